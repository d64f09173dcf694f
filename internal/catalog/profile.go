package catalog

import "example.com/ssowizard/internal/sso"

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
	App           AppTemplate
	Flows         Flows
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
	// is asked for.
	Consent         string
	FollowUp        []string
	Troubleshooting []Trouble
	DefaultLabel    string
	// File is where the profile was read from, "" for a built-in one.
	File string
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
	// Options are the only answers allowed, if there are any.
	Options  []string
	Required bool
}

// When limits something to a case: an answer of the admin (Input has the value
// Is), or a failed check (Finding is its code). The zero value is always true.
type When struct {
	Input   string
	Is      string
	Finding string
}

// AppTemplate is the app to make in Okta. Texts may have placeholders; Okta's
// own expressions, such as ${user.email}, pass through untouched.
type AppTemplate struct {
	// SAML. Recipient and Destination follow the ACS URL.
	ACSURL               string
	Audience             string
	NameIDFormat         string // full URN
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
	FileName   string
	Options    []string
	Required   bool
	When       When
	Alternates []Alternate
}

// Title is the label for people: the standard term first where the page's own
// word alone could be mistaken.
func (s Setting) Title() string {
	if s.Term == "" || s.Term == s.Label {
		return s.Label
	}
	return s.Term + " (" + s.Label + ")"
}

// Alternate is another value or form of a setting, for one whose right value is
// contested. One that waits for an input is taken by itself; one that waits for
// a finding is only offered.
type Alternate struct {
	When      When
	Value     string // "": the setting's own
	Rendering string // "": the setting's own
	Why       string
}

// Portal is where the settings page is.
type Portal struct {
	URL  string
	Page string // path of menus, such as Settings → Security
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
type SignInPage struct {
	Start      string
	EmailField string
	Submit     string
}

// Trouble is advice for the codes of failed checks. A code may end in ".*".
type Trouble struct {
	Codes   []string
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

// Labels gives every setting's Title by its id.
func (p *Profile) Labels() map[string]string {
	out := make(map[string]string, len(p.Settings))
	for _, s := range p.Settings {
		out[s.ID] = s.Title()
	}
	return out
}
