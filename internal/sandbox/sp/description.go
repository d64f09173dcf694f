package sp

import (
	"net/http"
	"regexp"
	"strings"
	"time"
)

// fieldKind says how a setting is entered and what is checked about it.
type fieldKind int

const (
	textField          fieldKind = iota
	urlField                     // https, or the sandbox's own Okta
	nameField                    // part of the provider's URLs
	certificateField             // a PEM file, pasting allowed
	oneLineCertificate           // pasted, without line breaks
	fingerprintField             // hex digits
	choiceField                  // one of the field's options
	toggleField                  // true or false
	constantField                // shown as chosen; not a setting
	shownField                   // what the provider says; not a setting
)

// stored tells whether a field of this kind is a setting.
func (k fieldKind) stored() bool { return k != constantField && k != shownField }

// field is a setting of a provider, with the label of the vendor's guide.
type field struct {
	name     string // in the settings API and in forms
	label    string
	hint     string
	section  string // heading, where it is another than the field's before
	kind     fieldKind
	required bool
	options  []option
	// later fields stand in the form only after the first save, or when the
	// admin asks to enter everything by hand.
	later bool
	// unshown fields are in no answer, so one that is left out stays what it is.
	unshown bool
	// shows is the text of a shownField; "" when there is none yet.
	shows func(p *provider, v values) string
}

// option is a value that a choiceField can have.
type option struct{ Value, Label string }

// link is an entry of the left navigation.
type link struct{ Label, URL string }

// action is a button of the settings form.
type action struct {
	name, label string
	main, later bool
	beside      string // the field that the button stands beside; "": below the form
	run         func(p *provider, w http.ResponseWriter, r *http.Request, f entry) error
}

// settingsForm says how the settings page is walked through.
type settingsForm struct {
	settingsPath []link // navigation to the settings page, as the guide says; it is the last
	// opener is the button that opens the form while nothing is configured;
	// "": the form is open.
	opener string
	// byHand is the link that shows the later fields before the first save.
	byHand string
	// actions are the form's buttons; the first is what Enter does.
	actions []action
	// switchLabel is the switch that turns SSO on; "" where saved is on.
	switchLabel string
	// switchInForm is true where the switch takes effect with the next save.
	switchInForm bool
	switchHint   string // what turning on does to people
}

// signInRules say how people begin to sign in, and who may still use a password.
type signInRules struct {
	ssoLink string // leads to a sign-in with SSO; "" where the address alone decides
	// companyEmail and companySubmit are the form behind the link, where an
	// address is asked for once more.
	companyEmail, companySubmit string
	// passwordsStay is true where SSO never ends passwords, and passwordsFor
	// is for how long they go on after it was turned on.
	passwordsStay bool
	passwordsFor  time.Duration
	// bypasses tells who keeps the password for good.
	bypasses func(p *provider, email string) bool
}

// table is a page of the portal that lists something, for admins.
type table struct {
	link
	intro string
	head  []string
	rows  func(p *provider) [][]string // called with the provider's lock held
}

// description is what tells one provider from another. The engine reads it and
// knows no provider by name.
type description struct {
	key, name  string
	portalHost string   // sign-in page, settings page
	authHost   string   // ACS
	moreHosts  []string // served like authHost
	// cookieDomain covers both hosts, so that a sign-in begun at one can be
	// finished at the other.
	cookieDomain string

	settingsForm
	signInRules
	peopleRules

	fields []field // in the guide's order
	// hidden are settings that no form shows; they hold with their fingerprint.
	hidden []string

	// acsAt, entityIDAt and loginAt are the provider's own URLs. {account}
	// stands for the account's number and {name} for the setting nameField.
	acsAt, entityIDAt, loginAt string
	nameField                  string
	namePattern                *regexp.Regexp
	nameRule                   string // the pattern in words
	takenNames                 []string
	metadataAt                 string // path of the SP's metadata, "" for none

	loginURL, logoutURL, certificate, spEntityID, issuer string // names of the fields with these meanings
	fingerprint, fingerprintAlgorithm                    string
	bareIssuer, certificateEnds                          bool
	audienceLabel                                        string

	spInitiatedOnly bool
	// relayState is where a sign-in ends; one that was begun at the identity
	// provider has to name it. "": it does not matter.
	relayState string
	savedIsOn  bool
	several    bool // configurations, each with its own name
	// announcement is the mail that everybody gets when SSO is turned on.
	announcement func(p *provider, c connection) (subject, text string)
	tables       []table

	// api is the provider's own API in place of the reference settings API.
	api *ownAPI
	// mount puts a provider's own handlers in the place of the engine's.
	mount func(p *provider) error
}

// ownAPI is an API that is a provider's own.
type ownAPI struct {
	host, prefix string
	routes       func(p *provider) http.Handler
}

func (d *description) hosts() []string {
	if d.authHost == d.portalHost {
		return []string{d.portalHost}
	}
	return append([]string{d.portalHost, d.authHost}, d.moreHosts...)
}

func (d *description) settingsURL() string { return d.settingsPath[len(d.settingsPath)-1].URL }

func (d *description) field(name string) (field, bool) {
	for _, f := range d.fields {
		if f.name == name && f.kind.stored() {
			return f, true
		}
	}
	return field{}, false
}

// label is what the settings page calls a field, "" when there is none.
func (d *description) label(name string) string {
	f, _ := d.field(name)
	return f.label
}

// choices are the values that the API lets an admin choose from.
func (d *description) choices() map[string][]string {
	all := map[string][]string{}
	for _, f := range d.fields {
		for _, o := range f.options {
			all[f.name] = append(all[f.name], o.Value)
		}
	}
	return all
}

// at fills one of the provider's URLs; "" when it needs a name that is not
// set. They are what the vendor's guide prints, so they never carry a port.
func (p *provider) at(pattern string, v values) string {
	if strings.Contains(pattern, "{name}") && v[p.nameField] == "" {
		return ""
	}
	return strings.NewReplacer("{account}", p.accountNumber(), "{name}", v[p.nameField]).Replace(pattern)
}

// pathOf is the route of one of the provider's URLs.
func (p *provider) pathOf(pattern string) string {
	_, path, _ := strings.Cut(strings.TrimPrefix(pattern, "https://"), "/")
	return "/" + strings.ReplaceAll(path, "{account}", p.accountNumber())
}

func (p *provider) acsURL(v values) string { return p.at(p.acsAt, v) }

// entityID is the SP entity ID under the given settings.
func (p *provider) entityID(v values) string {
	if id := v[p.spEntityID]; p.spEntityID != "" && id != "" {
		return id
	}
	return p.at(p.entityIDAt, v)
}

// offered is what the provider tells for the identity provider's side, as far
// as it is known yet.
func (p *provider) offered(v values) map[string]string {
	all := map[string]string{"acs_url": p.acsURL(v), "entity_id": p.entityID(v), "initiation_url": p.at(p.loginAt, v)}
	for name, value := range all {
		if value == "" {
			delete(all, name)
		}
	}
	return all
}

func descriptions() []description {
	return []description{net2phone(), telnyx(), infobip(), justcall(), cloudtalk()}
}
