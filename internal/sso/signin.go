package sso

import "time"

// SignInRequest asks for one real sign-in. Who signs in, and with which
// password, belongs to the part that carries it out.
type SignInRequest struct {
	Flow Flow
	// StartURL is where the person's browser would begin: the service
	// provider's own start URL, or the link behind Okta's tile.
	StartURL string
	// IdPURL is the sign-on URL in Okta's metadata. An org may have several
	// names; people sign in under the one that this URL has.
	IdPURL string
	// Email is the person's address, for a service provider that asks for it
	// before it sends people to Okta. The labels say how: Open is a link or
	// button to press first, EmailField the field, Submit its button, Choose the
	// link or button that names Okta among several. All but Email may be empty.
	Email, Open, EmailField, Submit, Choose string
	// Deliver posts Okta's answer to the ACS URL. Without it the answer is
	// only looked at, so that nothing at the service provider can change.
	Deliver bool
	// Since is when the sign-in was asked for in an earlier run, for one that a
	// person makes by hand; zero where it was not. Used are the IDs of responses
	// that have proven something before and prove nothing more.
	Since time.Time
	Used  []string
}

// Outcome says how far a sign-in came.
type Outcome string

// Outcomes of a sign-in, in the order in which they can happen.
const (
	OutcomeUnreachable   Outcome = "unreachable"    // a host did not answer
	OutcomeStartRefused  Outcome = "start_refused"  // the service provider did not send us to Okta
	OutcomeWrongPassword Outcome = "wrong_password" // Okta refused the person
	OutcomeLocked        Outcome = "locked_out"
	OutcomeMoreFactors   Outcome = "more_factors" // Okta wants more than a password
	OutcomePasswordStale Outcome = "password_expired"
	OutcomeNotAssigned   Outcome = "not_assigned"
	OutcomeIdPError      Outcome = "idp_error"  // Okta showed an error page
	OutcomeAnswered      Outcome = "answered"   // Okta answered; not delivered
	OutcomeSPRefused     Outcome = "sp_refused" // delivered, the service provider said no
	OutcomeSignedIn      Outcome = "signed_in"  // delivered and accepted
)

// Seen is what went by during a sign-in.
type Seen struct {
	Flow    Flow
	Outcome Outcome
	// Detail is the plain text that the last page showed, without control
	// characters, cut to a few hundred bytes.
	Detail    string
	Hops      []Hop
	RequestID string // ID of the AuthnRequest, "" in IdP-initiated flow
	// Response is the decoded SAMLResponse XML, nil when none went by.
	Response []byte
	// PostedTo is the form's action: where the response was, or would have
	// been, delivered.
	PostedTo   string
	RelayState string
	FinalURL   string // without query
	Status     int    // of the last page
	At         time.Time
	// OktaRequestID is Okta's id of the failing request, where it sent one.
	OktaRequestID string
}

// Hop is one request of a sign-in, without query and body.
type Hop struct {
	Method string
	URL    string
	Status int
}
