package sso

// Spec is what the admin wants of one connection. Flags, prompts and screens
// all end in one.
type Spec struct {
	Connection string // name
	Profile    string // id
	Label      string // of the Okta app
	Inputs     map[string]string
	// Groups and Users are as the admin gave them: name, login, e-mail or id.
	Groups       []string
	Users        []string
	RemoveGroups []string
	RemoveUsers  []string
	Push         PushWay
	SPAPIURL     string
	Enable       bool
	Test         TestWay
	Tester       string // login, e-mail or id of whoever signs in for the test
	// TesterNamed tells that Tester was named for this run, and not only kept
	// from an earlier one.
	TesterNamed bool
	Logo        *Logo
	// Exact takes away assignments that are not named.
	Exact bool
	// Override takes over settings that somebody changed since.
	Override bool
	// NewApp makes an app of our own though one like it exists.
	NewApp bool
	// Confirmed names steps that a person says were done by hand.
	Confirmed []string
}

// Logo is an image for the app's tile.
type Logo struct {
	Name string // file name, its extension tells the type
	Data []byte
}

// PushWay is how the IdP values get to the service provider.
type PushWay string

// The ways to push.
const (
	PushAPI     PushWay = "api"
	PushBrowser PushWay = "browser"
	PushGuided  PushWay = "guided"
	PushNone    PushWay = "none"
)

// TestWay is how the test signs in.
type TestWay string

// The ways to test.
const (
	TestAuto    TestWay = "auto"
	TestNone    TestWay = "none"
	TestHTTP    TestWay = "http"
	TestBrowser TestWay = "browser"
	TestByHand  TestWay = "by-hand"
)
