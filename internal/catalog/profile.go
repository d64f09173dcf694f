package catalog

import (
	"time"

	"example.com/ssowizard/internal/sso"
)

// Profile is what the catalog knows about one service provider. A Profile that
// came from ParseProfile or Load is valid; it is not to be changed.
type Profile struct {
	ID       string
	Name     string
	Protocol sso.Protocol
	// Guide is the address of the vendor's own guide.
	Guide         string
	Prerequisites []string
	Inputs        []Input
	// Computed says what {{ .SP.z }} is as long as the service provider has
	// not told it and no input of that id was answered; see SPValues.
	Computed []Pair
	App      AppTemplate
	// Bookmark is a tile beside the app, for a service provider where people
	// cannot start at the app's own tile.
	Bookmark *Bookmark
	Flows    Flows
	// Settings are in the order of the service provider's page.
	Settings   []Setting
	API        *API
	Portal     *Portal
	SignInPage *SignInPage
	// Certificates is how many signing certificates the service provider
	// holds at a time.
	Certificates int
	TurnOn       TurnOn
	Proof        ProofKind
	// Consent says what turning on does to people; it is shown when consent
	// is asked for. Where what is saved is on, it says what saving does, and is
	// shown with the plan that saves first.
	Consent string
	// Irrevocable says what turning on did that undo cannot take back; undo
	// shows it. "" where there is nothing of the kind.
	Irrevocable string
	// Deadline is what happens some time after turning on.
	Deadline        *Deadline
	FollowUp        []string
	Troubleshooting []Trouble
	DefaultLabel    string
	// File is where the profile was read from, "" for a built-in one.
	File string

	byHand bool // see For
}

// Deadline is what the service provider does by itself a while after sign-in
// with Okta was turned on.
type Deadline struct {
	After time.Duration
	Says  string // a sentence without the time
}

// Bookmark is a bookmark app, which only leads to URL.
type Bookmark struct {
	Label string
	URL   string // template
	When  When
}

// TurnOn says whether sign-in with Okta has a switch of its own.
type TurnOn string

// The two ways of turning on.
const (
	TurnOnSwitch TurnOn = "switch"
	TurnOnNone   TurnOn = "none" // what is saved is on
)

// ProofKind says what has to pass before sign-in with Okta is turned on.
type ProofKind string

// The kinds of proof.
const (
	ProofSPTest   ProofKind = "sp-test"  // the service provider's own test
	ProofSignIn   ProofKind = "sign-in"  // an ordinary sign-in
	ProofResponse ProofKind = "response" // Okta's answer, verified here
)

// Flows says where a sign-in may begin.
type Flows struct {
	SPInitiated  bool
	IdPInitiated bool
}

// Input is one question that only the admin can answer.
type Input struct {
	ID    string
	Label string
	Help  string
	// Pattern is a regular expression that the whole answer has to match,
	// and PatternHelp says the same in words.
	Pattern     string
	PatternHelp string
	Default     string
	Example     string
	// Okta and SP say where the answer stands on either side's pages, "" for
	// what Places finds.
	Okta, SP string
	// Options are the only answers allowed, if there are any.
	Options  []string
	Required bool
	// Form is what kind of text the answer has to be.
	Form InputForm
	// When limits the question to a case. Outside it nothing is asked for and
	// no default is taken.
	When When
	// From names what the service provider can answer in the admin's place.
	From InputFrom
	// Fixed marks an answer by which the service provider's record is known:
	// with another one, a second record would be made beside the first.
	Fixed bool
	// Suggestions are answers worth a try, each with a reason. None is ever
	// taken by itself.
	Suggestions []Suggestion
}

// InputForm is a form that an answer has to have.
type InputForm string

// Forms of answers.
const (
	FormText       InputForm = ""
	FormURL        InputForm = "url"
	FormAttributes InputForm = "attributes" // name=expression, … see ParseAttributes
	FormRegexp     InputForm = "regexp"     // a regular expression, for Okta
)

// InputFrom says where at the service provider the answer to an input stands.
// At most one member is set.
type InputFrom struct {
	// Offered is the id of a value that the service provider shows. Where it
	// does, it is taken and nobody is asked.
	Offered string
	// Setting is the id of a setting: what it holds now is the default, else
	// the first of its options, and its options are the answers allowed.
	Setting string
}

// Suggestion is an answer worth a try.
type Suggestion struct{ Value, Why string }

// When limits something to a case: an answer of the admin (Input has the value
// Is, or any value with Given), a failed check (Finding is its code), or a way
// to the settings (By). The zero value is always true.
type When struct {
	Input   string
	Is      string
	Given   bool
	Finding string
	By      string // ByHand or ByAPI
}

// Ways to the settings, for When.By.
const (
	ByHand = "hand" // a person enters the values on the page
	ByAPI  = "api"
)

// AppTemplate is the app to make in Okta. Texts may have placeholders; Okta's
// own expressions, such as ${user.email}, pass through untouched.
type AppTemplate struct {
	// SAML. Recipient and Destination follow the ACS URL.
	ACSURL               string
	Audience             string
	NameIDFormat         string // full URN, or a template for one or its short name
	NameIDTemplate       string
	DefaultRelayState    string
	IssuerTemplate       string
	SignatureAlgorithm   string
	DigestAlgorithm      string
	AuthnContextClassRef string
	ResponseSigned       bool
	AssertionSigned      bool
	HonorForceAuthn      bool
	Attributes           []Attribute
	// AttributesFrom is an input of the form attributes, whose answer adds
	// attribute statements.
	AttributesFrom string

	// OIDC.
	RedirectURIs           []string
	PostLogoutRedirectURIs []string
	GrantTypes             []string
	ResponseTypes          []string
	ClientAuthentication   string
	PKCERequired           bool
	IssuerMode             string

	// Both.
	UserNameTemplate string // "": Okta's own default
	HideTile         bool
}

// Attribute is one attribute statement of the app, with a filter in place of
// values when it is a group statement.
type Attribute struct {
	Name        string
	Format      string // full URN
	Values      []string
	Group       bool
	FilterType  string
	FilterValue string
	When        When
}

// Kind is the kind of field by which a setting stands on the page.
type Kind string

// Kinds of settings.
const (
	KindText     Kind = "text"
	KindSecret   Kind = "secret"
	KindTextArea Kind = "textarea"
	KindFile     Kind = "file"
	KindToggle   Kind = "toggle"
	KindSelect   Kind = "select"
	KindReadOnly Kind = "readonly"
)

// Setting is one setting on the service provider's page.
type Setting struct {
	ID string
	// Label is the page's own word, and Synonyms are others that the page
	// has been seen with.
	Label    string
	Synonyms []string
	// Term is the standard term for a label that can be mistaken, such as
	// "SP entity ID" for a page that says "Entity ID".
	Term string
	Kind Kind
	Help string
	// Value is a template; a readonly setting has none.
	Value string
	// Rendering is the form of a certificate, "" for other values.
	Rendering string
	// FileName is what the file of a file setting is called.
	FileName string
	Options  []string
	// Equal says when two texts of the setting mean the same, see SettingsEqual.
	Equal      Equality
	Required   bool
	When       When
	Alternates []Alternate
	// Late marks a toggle that is turned on only after sign-in with Okta is on
	// and has worked, with a consent of its own; see LateSettings.
	Late    bool
	Consent string
}

// Equality is what a service provider may make of a text without changing it.
type Equality string

// The equalities that a profile can say. Without one texts are equal byte for byte.
const (
	EqualURL  Equality = "url"         // letter case of scheme and host, the usual port, a slash at the end
	EqualCase Equality = "ignore-case" // letter case
)

// Title is the label for people: the standard term first where the page's own
// word alone could be mistaken.
func (s Setting) Title() string {
	if s.Term == "" || s.Term == s.Label {
		return s.Label
	}
	return s.Term + " (" + s.Label + ")"
}

// Alternate is another value or form of a setting, for one whose right value is
// contested. One that waits for an input or a way to the settings is taken by
// itself; one that waits for a finding is only offered. An alternate with an ID
// can be asked for: by the answer ID to an input of the setting's id. The answer
// Usual asks for the setting's own value.
type Alternate struct {
	ID        string
	When      When
	Value     string // "": the setting's own
	Rendering string // "": the setting's own
	// IssuerTemplate is what the app's has to be for this value, "" for no matter.
	IssuerTemplate string
	Why            string
}

// Portal is where the settings page is.
type Portal struct {
	URL  string // "" where it is not known
	Page string // path of menus, such as Settings → Security
	// First is what to do on the page before values can be entered.
	First []string
	// OtherPages are paths that older or other versions of the portal have.
	OtherPages []string
	// Buttons are in the order in which they are used.
	Buttons []Button
}

// Effect is what pressing a button does.
type Effect string

// Effects of buttons. EffectEnable changes how people sign in and wants consent.
const (
	EffectNavigate Effect = "navigate"
	EffectSave     Effect = "save"
	EffectTest     Effect = "test"
	EffectEnable   Effect = "enable"
)

// Button is one action of the settings page.
type Button struct {
	Label  string
	Effect Effect
	Help   string
}

// SignInPage is where an SP-initiated sign-in begins. EmailField and Submit are
// the labels to fill and to press; both are empty when opening Start is enough.
// Open is what to press before the field is there, and Choose what to pick when
// the page then asks for the identity provider; mostly both are empty.
type SignInPage struct {
	Start      string // template
	Open       string
	EmailField string
	Submit     string
	Choose     string
}

// Trouble is advice for the codes of failed checks. A code may end in ".*". Says
// are words of a refusal by which this is known to be its reason, whatever the
// code; letter case aside.
type Trouble struct {
	Codes   []string
	Says    []string
	Symptom string
	Advice  string
}

// Setting finds a setting by its id.
func (p *Profile) Setting(id string) (Setting, bool) {
	for _, s := range p.Settings {
		if s.ID == id {
			return s, true
		}
	}
	return Setting{}, false
}

// IssuerSetting is the id of the setting for the Issuer (IdP entity ID).
func (p *Profile) IssuerSetting() (string, bool) {
	for _, s := range p.Settings {
		if s.Value == "{{ .IdP.Issuer }}" {
			return s.ID, true
		}
	}
	return "", false
}

// TestsBeforeSaving tells whether the settings page saves only what has passed
// its own test.
func (p *Profile) TestsBeforeSaving() bool {
	if p.Portal == nil {
		return false
	}
	for _, b := range p.Portal.Buttons {
		switch b.Effect {
		case EffectTest:
			return true
		case EffectSave:
			return false
		}
	}
	return false
}

// Labels gives every setting's Title by its id.
func (p *Profile) Labels() map[string]string {
	out := make(map[string]string, len(p.Settings))
	for _, s := range p.Settings {
		out[s.ID] = s.Title()
	}
	return out
}
