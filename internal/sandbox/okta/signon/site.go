package signon

import (
	"crypto/rand"
	"net/http"
	"strings"
	"sync/atomic"
)

// Options are the settings of a Site. The zero value gives Okta's own.
type Options struct {
	// LoginTries is how many tries a second one user name has; 0 stands for 4.
	LoginTries int
	// LockAfter is how many wrong passwords in a row lock a person out; 0
	// stands for 10.
	LockAfter int
	// OrgID is the org's id as sessions name it (idp.id). Without one it is
	// made up at New.
	OrgID string
}

// Site serves the pages and calls of signing in and signing on. It is safe for
// concurrent use. Sessions and everything that leads to one live in memory:
// a new Site knows nobody.
//
// What Okta does here and no published evidence settles was chosen so:
//
//	AuthnRequest's Issuer              not compared with the Audience
//	AuthnRequest's age                 not checked
//	NameIDPolicy, RequestedAuthnContext, ProtocolBinding   not honoured
//	AssertionConsumerServiceURL        must be the app's, else 400
//	AssertionConsumerServiceIndex      counts only where several ACS URLs are on
//	ForceAuthn                         met by a password given after the request was issued
//	unsigned error answers             never: a status answer is always signed
//	expired SP certificate             still verifies: SAML uses it to carry a key
//	empty NameID                       HTML 400, nothing is sent
//	the tenth wrong password           locks; LOCKED_OUT is the answer from then on
//	setup instructions                 open, like the metadata they repeat
type Site struct {
	dir    Directory
	orgID  string
	tries  *tries
	serial atomic.Uint64
	key    [32]byte // makes form tokens

	tokens       *shelf[grant]
	transactions *shelf[transaction]
	sessions     *shelf[session]
	requests     *shelf[pending]

	mux *http.ServeMux
}

// New makes a Site for the org that dir describes.
func New(dir Directory, o Options) *Site {
	if o.LoginTries <= 0 {
		o.LoginTries = 4
	}
	if o.LockAfter <= 0 {
		o.LockAfter = 10
	}
	if o.OrgID == "" {
		o.OrgID = dir.NewID("00o")
	}
	s := &Site{
		dir: dir, orgID: o.OrgID,
		tries:        newTries(o.LoginTries, o.LockAfter),
		tokens:       newShelf[grant](10_000),
		transactions: newShelf[transaction](10_000),
		sessions:     newShelf[session](100_000),
		requests:     newShelf[pending](1_000),
		mux:          http.NewServeMux(),
	}
	_, _ = rand.Read(s.key[:]) // crypto/rand never fails
	s.routes()
	return s
}

// Handles tells whether a path is one that Site serves. The SAML metadata of
// an app lies among its paths, but belongs to whoever serves the Management
// API.
func (s *Site) Handles(path string) bool {
	switch path {
	case "/", "/api/v1/authn", "/api/v1/sessions", "/login", "/signin":
		return true
	}
	if strings.HasPrefix(path, "/app/") && strings.HasSuffix(path, "/sso/saml/metadata") {
		return false
	}
	for _, p := range []string{
		"/api/v1/authn/", "/api/v1/sessions/", "/login/", "/signin/", "/app/", "/home/", "/admin/org/security/",
	} {
		if strings.HasPrefix(path, p) {
			return true
		}
	}
	return false
}

// ServeHTTP answers a request; paths it does not know get a 404 in the form
// that fits the path.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	// SAMLRequest bodies and forms are small; nothing here takes an upload.
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	s.mux.ServeHTTP(w, r)
}

const maxBody = 1 << 20

func (s *Site) routes() {
	s.api("POST", "/api/v1/authn", s.authn)
	s.api("POST", "/api/v1/authn/cancel", s.authnCancel)
	s.api("POST", "/api/v1/authn/previous", s.authnPrevious)
	s.api("POST", "/api/v1/authn/credentials/change_password", s.authnChangePassword)
	s.api("POST", "/api/v1/authn/recovery/unlock", s.authnUnlock)
	s.api("POST", "/api/v1/authn/factors/{id}/verify", s.authnVerify)
	s.api("POST", "/api/v1/sessions", s.createSession)
	s.api("GET DELETE", "/api/v1/sessions/{id}", s.oneSession)
	s.api("POST", "/api/v1/sessions/{id}/lifecycle/refresh", s.refreshSession)

	s.page("GET", "/login/sessionCookieRedirect", s.sessionCookieRedirect)
	s.page("GET POST", "/login/login.htm", s.signIn)
	s.page("GET POST", "/login/default", s.signIn)
	for _, short := range []string{"/login", "/login/{$}", "/signin", "/signin/{$}"} {
		s.page("GET", short, s.toSignIn)
	}
	s.page("POST", "/signin/verify", s.secondFactor)
	s.page("GET POST", "/login/signout", s.signOut)

	s.page("GET", "/{$}", s.dashboard)
	s.page("GET", "/app/UserHome", s.dashboard)
	s.page("GET", "/home/{name}/{id}/{aln}", s.home)
	s.page("GET POST", "/app/{name}/{exk}/sso/saml", s.sso)
	s.page("GET POST", "/app/{name}/{exk}/slo/saml", s.slo)
	s.page("GET", "/app/{name}/{id}/setup/help/SAML_2_0/instructions", s.instructions)
	s.page("GET", "/admin/org/security/{exk}/cert", s.certificate)

	s.mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) {
		s.dir.Fail(w, http.StatusNotFound, "E0000008", "The requested path was not found")
	})
	s.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { s.notFound(w, r) })
}

// api registers a call of the API for the methods named.
func (s *Site) api(methods, path string, h http.HandlerFunc) {
	s.mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
		if !allowed(methods, r.Method) {
			s.dir.Fail(w, http.StatusMethodNotAllowed, "E0000022",
				"The endpoint does not support the provided HTTP method")
			return
		}
		h(w, r)
	})
}

// page registers a page for the methods named; HEAD goes with GET.
func (s *Site) page(methods, path string, h http.HandlerFunc) {
	s.mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
		if !allowed(methods, r.Method) && (r.Method != http.MethodHead || !allowed(methods, http.MethodGet)) {
			w.Header().Set("Allow", strings.ReplaceAll(methods, " ", ", "))
			s.problem(w, r, http.StatusMethodNotAllowed, "This address does not take "+r.Method,
				"Open it in a browser instead.")
			return
		}
		h(w, r)
	})
}

func allowed(methods, method string) bool {
	for m := range strings.FieldsSeq(methods) {
		if m == method {
			return true
		}
	}
	return false
}
