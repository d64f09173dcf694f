package sso

// SPSetting is one setting of a service provider's SSO page: its id in the
// profile, the label that the page uses, and the text to put there.
type SPSetting struct {
	ID        string
	Label     string
	Kind      string // text, secret, textarea, file, toggle, select
	Value     string // rendered for the page: URL, PEM text, fingerprint, …
	Rendering string // how Value was rendered: "", pem-file, pem-one-line, …
	Required  bool
	Secret    bool
}

// SPState is what a service provider holds now.
type SPState struct {
	// Readable is false where nothing can be read (guided, push none).
	Readable   bool
	Configured bool
	Enabled    bool
	// Settings holds the text of each setting by id, as read back. A secret
	// is never in it.
	Settings map[string]string
	// Offered holds what the service provider shows for the Okta side, such
	// as acs_url and sp_entity_id, by id.
	Offered map[string]string
	// Options holds the choices of select settings by id.
	Options map[string][]string
	// Resource is the id of the record at the service provider, if it has one.
	Resource string
}

// SPTest is a test that a service provider has begun: whoever signs in at
// StartURL decides it.
type SPTest struct {
	ID       string
	StartURL string
}

// SPVerdict is what the service provider says of its own test.
type SPVerdict struct {
	Status  string // pending, passed, failed
	Code    string // reason in the service provider's words for programs
	Message string // reason for people
	Person  string // whom the service provider recognised, an e-mail address
}

// Verdict states of an SPTest.
const (
	VerdictPending = "pending"
	VerdictPassed  = "passed"
	VerdictFailed  = "failed"
)

// SPPerson is somebody who has an account at a service provider, as it tells.
type SPPerson struct {
	Email string
	// Status is the service provider's own word, "" where it has none.
	Status string
	// Inactive is true for somebody who cannot sign in at all.
	Inactive bool
	// KeepsPassword is true for somebody who may go on signing in without the
	// identity provider when sign-in with it is on.
	KeepsPassword bool
}
