// Package ask holds every question of the program once, as data: what it is
// called, what it means, which flag and environment variable answer it, and
// what a good answer is. Flags, environment, connection files, prompts and
// screens are ways of answering; all of them end in the same sso.Spec.
package ask

import (
	"fmt"
	"slices"
	"strings"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

// ID names a question; it is also its key in a connection file.
type ID string

// The questions of a set-up.
const (
	SP           ID = "sp"
	Org          ID = "org"
	Connection   ID = "connection"
	Label        ID = "label"
	Inputs       ID = "inputs"
	Groups       ID = "groups"
	Users        ID = "users"
	Push         ID = "push"
	SPAPIURL     ID = "sp_api_url"
	Enable       ID = "enable"
	Test         ID = "test"
	TestUser     ID = "test_user"
	TestPassword ID = "test_password_file"
	Logo         ID = "logo"
	Exact        ID = "exact"
	Override     ID = "override"
	NewApp       ID = "new_app"
	Confirmed    ID = "confirmed"
	OktaToken    ID = "okta_token_file"
	SPToken      ID = "sp_token_file"
)

// Kind is the form of an answer.
type Kind string

// Kinds of answers.
const (
	Text Kind = "text"
	List Kind = "list" // given several times
	Flag Kind = "flag" // yes or no
	Path Kind = "path" // of a file; its content is the answer
)

// Question is one thing to know from the admin.
type Question struct {
	ID    ID
	Title string
	// Help says what it is and where it stands on the pages.
	Help    string
	Example string
	Flag    string // without dashes; "" for a positional argument
	Env     string
	Kind    Kind
	Secret  bool
	// InFile tells whether a connection file may hold it.
	InFile  bool
	Options []string
	Check   func(string) error
}

// Setup lists the questions of a set-up in the order in which they are asked.
func Setup() []Question {
	return slices.Clone(setup)
}

// Find gives a question by id; it panics for one that does not exist, which is
// a programming error.
func Find(id ID) Question {
	for _, q := range setup {
		if q.ID == id {
			return q
		}
	}
	panic("ask: no question " + string(id))
}

var setup = []Question{
	{ID: SP, Title: "Service provider", Kind: Text, InFile: true, Example: "net2phone",
		Help: "The service that people are to sign in to with Okta; ssowizard catalog list names those that are known"},
	{ID: Org, Title: "Okta org", Flag: "org", Env: "SSOWIZARD_ORG", Kind: Text, InFile: true, Example: "acme.okta.com",
		Help: "Address of your Okta org, as in the browser's address bar: acme, acme.okta.com or a custom domain"},
	{ID: OktaToken, Title: "Okta API token", Flag: "okta-token-file", Env: "OKTA_CLIENT_TOKEN", Kind: Path, Secret: true, Example: "token.txt",
		Help: "File with an Okta API token (- is standard input); made in the Okta Admin Console under Security → API → Tokens"},
	{ID: Connection, Title: "Connection name", Flag: "connection", Env: "SSOWIZARD_CONNECTION", Kind: Text, InFile: true, Example: "net2phone",
		Help:  "What this connection is called here; the service provider's id unless you have several of one kind",
		Check: checkConnection},
	{ID: Label, Title: "App label", Flag: "label", Env: "SSOWIZARD_LABEL", Kind: Text, InFile: true, Example: "net2phone Sync",
		Help: "Name of the app in Okta, which people see under its tile", Check: checkLabel},
	{ID: Inputs, Title: "Input", Flag: "input", Env: "SSOWIZARD_INPUT", Kind: List, InFile: true, Example: "short_name=acme",
		Help: "Answer KEY=VALUE to a question of the service provider's profile; ssowizard catalog show SP lists them", Check: checkInput},
	{ID: Groups, Title: "Groups", Flag: "group", Env: "SSOWIZARD_GROUP", Kind: List, InFile: true, Example: "Support EMEA",
		Help: "Okta group whose people get access, by name or id"},
	{ID: Users, Title: "People", Flag: "user", Env: "SSOWIZARD_USER", Kind: List, InFile: true, Example: "ana.lima@acme.example",
		Help: "Person who gets access, by login, e-mail address or id"},
	{ID: Logo, Title: "Logo", Flag: "logo", Env: "SSOWIZARD_LOGO", Kind: Path, Example: "logo.png",
		Help: "Image for the app's tile: PNG, JPG, GIF or SVG under 1 MB, best 420 by 120 pixels"},
	{ID: Push, Title: "How the values get to the service provider", Flag: "push", Env: "SSOWIZARD_PUSH", Kind: Text, InFile: true, Example: "api",
		Help:    "api writes them through a settings API, guided hands each value to you, none leaves the service provider alone; default: api where its URL and token are known, else guided",
		Options: []string{string(sso.PushAPI), string(sso.PushGuided), string(sso.PushNone), string(sso.PushBrowser)}},
	{ID: SPAPIURL, Title: "Settings API of the service provider", Flag: "sp-api-url", Env: "SSOWIZARD_SP_API_URL", Kind: Text, InFile: true, Example: "https://gateway.acme.example",
		Help: "Base URL of the service provider's settings API"},
	{ID: SPToken, Title: "Token of the settings API", Flag: "sp-token-file", Env: "SSOWIZARD_SP_TOKEN", Kind: Path, Secret: true, Example: "sp-token.txt",
		Help: "File with the token of the settings API (- is standard input)"},
	{ID: Test, Title: "Test", Flag: "test", Env: "SSOWIZARD_TEST", Kind: Text, InFile: true, Example: "auto",
		Help:    "How to try the sign-in: http signs in as --test-user, browser does it in a window where you go on yourself if Okta wants more than a password, by-hand has you sign in with your own browser, none skips it, auto does what can be done",
		Options: []string{string(sso.TestAuto), string(sso.TestNone), string(sso.TestHTTP), string(sso.TestBrowser), string(sso.TestByHand)}},
	{ID: TestUser, Title: "Test user", Flag: "test-user", Env: "SSOWIZARD_TEST_USER", Kind: Text, Example: "ana.lima@acme.example",
		Help: "Login of the person who tries the sign-in; assigned first, everybody else after the test has passed"},
	{ID: TestPassword, Title: "Password of the test user", Flag: "test-password-file", Env: "SSOWIZARD_TEST_PASSWORD", Kind: Path, Secret: true, Example: "password.txt",
		Help: "File with the test user's Okta password (- is standard input)"},
	{ID: Enable, Title: "Turn on", Flag: "enable", Env: "SSOWIZARD_ENABLE", Kind: Flag, InFile: true, Example: "true",
		Help: "Turn sign-in with Okta on at the service provider when the test has passed; consent to what that does to people"},
	{ID: Exact, Title: "Exact assignments", Flag: "exact", Env: "SSOWIZARD_EXACT", Kind: Flag, Example: "true",
		Help: "Also take away assignments that are not named"},
	{ID: Override, Title: "Override", Flag: "override", Env: "SSOWIZARD_OVERRIDE", Kind: Flag, Example: "true",
		Help: "Set back settings that somebody changed since"},
	{ID: NewApp, Title: "New app", Flag: "new-app", Env: "SSOWIZARD_NEW_APP", Kind: Flag, Example: "true",
		Help: "Make an app of our own though one like it exists in Okta"},
	{ID: Confirmed, Title: "Done by hand", Flag: "confirmed", Env: "SSOWIZARD_CONFIRMED", Kind: List, Example: "sp.push",
		Help: "Step that you have done by hand since the last run stopped for it"},
}

func checkConnection(s string) error {
	if sso.ValidName(s) {
		return nil
	}
	return fmt.Errorf("%q is no connection name: lower-case letters, digits, dot, hyphen and underscore, at most 40", s)
}

func checkLabel(s string) error {
	if n := len([]rune(s)); n < 1 || n > 100 {
		return fmt.Errorf("the label has %d characters; Okta takes 1 to 100", n)
	}
	if sso.PlainText(s, 0) != strings.Join(strings.Fields(s), " ") {
		return fmt.Errorf("the label has control characters")
	}
	return nil
}

func checkInput(s string) error {
	if k, _, ok := strings.Cut(s, "="); !ok || k == "" {
		return fmt.Errorf("%q is not KEY=VALUE", s)
	}
	return nil
}

// Validate checks one answer to q.
func (q Question) Validate(answer string) error {
	if len(q.Options) > 0 && !slices.Contains(q.Options, answer) {
		return hint.New(hint.Usage, fmt.Sprintf("%s: %q is not one of %s", q.name(), answer, strings.Join(q.Options, ", ")), "")
	}
	if q.Kind == Flag && answer != "true" && answer != "false" {
		return hint.New(hint.Usage, fmt.Sprintf("%s: %q is neither true nor false", q.name(), answer), "")
	}
	if q.Check == nil {
		return nil
	}
	if err := q.Check(answer); err != nil {
		return hint.With(hint.Usage, fmt.Errorf("%s: %w", q.name(), err), "for example: "+q.Example)
	}
	return nil
}

func (q Question) name() string {
	if q.Flag != "" {
		return "--" + q.Flag
	}
	return q.Title
}
