package signon

import (
	"net/http"
	"strconv"
	"time"
)

// transaction is a sign-in under way: the password was right, and something
// is wanted still.
type transaction struct {
	personID string
	status   string // MFA_REQUIRED, PASSWORD_EXPIRED
	factorID string
	expires  time.Time
}

type authnRequest struct {
	Username   string `json:"username"`
	Password   string `json:"password"`
	StateToken string `json:"stateToken"`
	Options    struct {
		WarnBeforePasswordExpired bool `json:"warnBeforePasswordExpired"`
		MultiOptionalFactorEnroll bool `json:"multiOptionalFactorEnroll"`
	} `json:"options"`
}

// Members stand in the order in which Okta sends them.
type authnAnswer struct {
	StateToken   string         `json:"stateToken,omitempty"`
	ExpiresAt    string         `json:"expiresAt,omitempty"`
	Status       string         `json:"status"`
	FactorResult string         `json:"factorResult,omitempty"`
	SessionToken string         `json:"sessionToken,omitempty"`
	Embedded     *authnEmbedded `json:"_embedded,omitempty"`
	Links        authnLinks     `json:"_links"`
}

type authnEmbedded struct {
	User    authnUser     `json:"user"`
	Factors []authnFactor `json:"factors,omitempty"`
	Factor  *authnFactor  `json:"factor,omitempty"`
	Policy  any           `json:"policy,omitempty"`
}

type authnUser struct {
	ID              string       `json:"id"`
	PasswordChanged *string      `json:"passwordChanged"`
	Profile         authnProfile `json:"profile"`
}

type authnProfile struct {
	Login     string `json:"login"`
	FirstName string `json:"firstName"`
	LastName  string `json:"lastName"`
	Locale    string `json:"locale"`
	TimeZone  string `json:"timeZone"`
}

type authnLinks struct {
	Next   *link `json:"next,omitempty"`
	Cancel *link `json:"cancel,omitempty"`
	Prev   *link `json:"prev,omitempty"`
}

// authn is POST /api/v1/authn: primary authentication, or with a stateToken
// the state of one.
func (s *Site) authn(w http.ResponseWriter, r *http.Request) {
	var in authnRequest
	if !s.readJSON(w, r, &in) {
		return
	}
	if in.StateToken != "" && in.Username == "" {
		s.authnState(w, r, in.StateToken)
		return
	}
	if in.Username == "" || in.Password == "" {
		s.dir.Fail(w, http.StatusBadRequest, "E0000001", "Api validation failed: authRequest",
			"The 'username' and 'password' attributes are required in this context.")
		return
	}
	p, v := s.authenticate(in.Username, in.Password)
	switch v {
	case accepted:
		s.authnAccepted(w, r, p)
	case expired:
		token, tx := s.begin(p.ID, "PASSWORD_EXPIRED")
		writeJSON(w, http.StatusOK, s.stateAnswer(r, token, tx, p))
	case lockedOut:
		writeJSON(w, http.StatusOK, authnAnswer{Status: "LOCKED_OUT", Links: authnLinks{
			Next: namedLink("unlock", s.dir.Base(r)+"/api/v1/authn/recovery/unlock", "POST")}})
	case throttled:
		s.tooManyTries(w)
	default:
		s.authenticationFailed(w)
	}
}

func (s *Site) authnAccepted(w http.ResponseWriter, r *http.Request, p Person) {
	if s.dir.TwoFactor() {
		token, tx := s.begin(p.ID, "MFA_REQUIRED")
		writeJSON(w, http.StatusOK, s.stateAnswer(r, token, tx, p))
		return
	}
	now := s.dir.Now()
	writeJSON(w, http.StatusOK, authnAnswer{
		ExpiresAt:    stamp(now.Add(sessionTokenLife)),
		Status:       "SUCCESS",
		SessionToken: s.newSessionToken(s.newGrant(p.ID, false)),
		Embedded:     &authnEmbedded{User: embeddedUser(p)},
		Links:        authnLinks{Cancel: s.cancelLink(r)},
	})
}

func (s *Site) authenticationFailed(w http.ResponseWriter) {
	s.dir.Fail(w, http.StatusUnauthorized, "E0000004", "Authentication failed")
}

// tooManyTries is the answer to the fifth try within a second. Its limit is
// the user name's own, so it replaces whatever the headers said about the
// bucket of the path.
func (s *Site) tooManyTries(w http.ResponseWriter) {
	h := w.Header()
	h.Set("X-Rate-Limit-Limit", strconv.Itoa(s.tries.perSecond))
	h.Set("X-Rate-Limit-Remaining", "0")
	h.Set("X-Rate-Limit-Reset", strconv.FormatInt(s.dir.Now().Unix()+1, 10))
	s.dir.Fail(w, http.StatusTooManyRequests, "E0000047",
		"API call exceeded rate limit due to too many requests.")
}

// begin opens a transaction and returns its state token.
func (s *Site) begin(personID, status string) (string, transaction) {
	now := s.dir.Now()
	tx := transaction{personID: personID, status: status, factorID: s.dir.NewID("opf"), expires: now.Add(transactionLife)}
	token := random("00", 40)
	s.transactions.put(token, tx, now, tx.expires)
	return token, tx
}

func (s *Site) cancelLink(r *http.Request) *link {
	return linkTo(s.dir.Base(r)+"/api/v1/authn/cancel", "POST")
}

func embeddedUser(p Person) authnUser {
	return authnUser{
		ID:              p.ID,
		PasswordChanged: stampOrNull(p.PasswordChanged),
		Profile: authnProfile{
			Login: p.Login, FirstName: p.FirstName, LastName: p.LastName,
			Locale:   profileText(p, "locale", "en_US"),
			TimeZone: profileText(p, "timezone", "America/Los_Angeles"),
		},
	}
}

func profileText(p Person, name, otherwise string) string {
	if v, ok := p.Profile[name].(string); ok && v != "" {
		return v
	}
	return otherwise
}
