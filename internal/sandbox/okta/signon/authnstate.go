package signon

import "net/http"

type authnFactor struct {
	ID         string           `json:"id"`
	FactorType string           `json:"factorType"`
	Provider   string           `json:"provider"`
	VendorName string           `json:"vendorName"`
	Profile    factorProfile    `json:"profile"`
	Links      map[string]*link `json:"_links"`
}

type factorProfile struct {
	CredentialID string `json:"credentialId"`
	DeviceType   string `json:"deviceType"`
	Name         string `json:"name"`
	Platform     string `json:"platform"`
	Version      string `json:"version"`
}

type devicePolicy struct {
	AllowRememberDevice             bool     `json:"allowRememberDevice"`
	RememberDeviceLifetimeInMinutes int      `json:"rememberDeviceLifetimeInMinutes"`
	RememberDeviceByDefault         bool     `json:"rememberDeviceByDefault"`
	FactorsPolicyInfo               struct{} `json:"factorsPolicyInfo"`
}

type passwordPolicy struct {
	Complexity passwordComplexity `json:"complexity"`
}

type passwordComplexity struct {
	MinLength       int  `json:"minLength"`
	MinLowerCase    int  `json:"minLowerCase"`
	MinUpperCase    int  `json:"minUpperCase"`
	MinNumber       int  `json:"minNumber"`
	MinSymbol       int  `json:"minSymbol"`
	ExcludeUsername bool `json:"excludeUsername"`
}

// stateAnswer describes a transaction that waits for something.
func (s *Site) stateAnswer(r *http.Request, token string, tx transaction, p Person) authnAnswer {
	a := authnAnswer{
		StateToken: token, ExpiresAt: stamp(tx.expires), Status: tx.status,
		Embedded: &authnEmbedded{User: embeddedUser(p)},
		Links:    authnLinks{Cancel: s.cancelLink(r)},
	}
	base := s.dir.Base(r)
	switch tx.status {
	case "MFA_REQUIRED":
		a.Embedded.Factors = []authnFactor{s.phone(r, tx, p)}
		a.Embedded.Policy = devicePolicy{}
	case "MFA_CHALLENGE":
		// The sandbox's people have no phone that could answer, so a client
		// that polls sees the challenge wait until the transaction ends.
		f := s.phone(r, tx, p)
		a.FactorResult = "WAITING"
		a.Embedded.Factor = &f
		a.Embedded.Policy = devicePolicy{}
		a.Links.Next = namedLink("poll", base+"/api/v1/authn/factors/"+tx.factorID+"/verify", "POST")
		a.Links.Prev = linkTo(base+"/api/v1/authn/previous", "POST")
	case "PASSWORD_EXPIRED":
		a.Embedded.Policy = passwordPolicy{passwordComplexity{
			MinLength: 8, MinLowerCase: 1, MinUpperCase: 1, MinNumber: 1, ExcludeUsername: true}}
		a.Links.Next = namedLink("changePassword", base+"/api/v1/authn/credentials/change_password", "POST")
	}
	return a
}

func (s *Site) phone(r *http.Request, tx transaction, p Person) authnFactor {
	return authnFactor{
		ID: tx.factorID, FactorType: "push", Provider: "OKTA", VendorName: "OKTA",
		Profile: factorProfile{CredentialID: p.Login, DeviceType: "SmartPhone_Android",
			Name: "Pretend phone", Platform: "ANDROID", Version: "1"},
		Links: map[string]*link{"verify": linkTo(s.dir.Base(r)+"/api/v1/authn/factors/"+tx.factorID+"/verify", "POST")},
	}
}

// transactionOf finds a transaction and its person, and answers itself when
// there is none.
func (s *Site) transactionOf(w http.ResponseWriter, token string) (transaction, Person, bool) {
	tx, ok := s.transactions.get(token, s.dir.Now())
	if ok {
		if p, known := s.dir.PersonByID(tx.personID); known {
			return tx, p, true
		}
	}
	s.dir.Fail(w, http.StatusUnauthorized, "E0000011", "Invalid token provided")
	return transaction{}, Person{}, false
}

// stateTokenOf reads the body of the calls that take nothing but a token.
func (s *Site) stateTokenOf(w http.ResponseWriter, r *http.Request) (string, bool) {
	var in struct {
		StateToken string `json:"stateToken"`
	}
	if !s.readJSON(w, r, &in) {
		return "", false
	}
	return in.StateToken, true
}

func (s *Site) authnState(w http.ResponseWriter, r *http.Request, token string) {
	if tx, p, ok := s.transactionOf(w, token); ok {
		writeJSON(w, http.StatusOK, s.stateAnswer(r, token, tx, p))
	}
}

func (s *Site) authnCancel(w http.ResponseWriter, r *http.Request) {
	token, ok := s.stateTokenOf(w, r)
	if !ok {
		return
	}
	if _, _, ok := s.transactionOf(w, token); !ok {
		return
	}
	s.transactions.remove(token)
	writeJSON(w, http.StatusOK, struct{}{})
}

func (s *Site) authnVerify(w http.ResponseWriter, r *http.Request) {
	s.move(w, r, "MFA_CHALLENGE", func(tx transaction) bool {
		return r.PathValue("id") == tx.factorID && tx.status != "PASSWORD_EXPIRED"
	})
}

func (s *Site) authnPrevious(w http.ResponseWriter, r *http.Request) {
	s.move(w, r, "MFA_REQUIRED", func(tx transaction) bool { return tx.status == "MFA_CHALLENGE" })
}

// move brings a transaction to another status when it may go there.
func (s *Site) move(w http.ResponseWriter, r *http.Request, to string, may func(transaction) bool) {
	token, ok := s.stateTokenOf(w, r)
	if !ok {
		return
	}
	tx, p, ok := s.transactionOf(w, token)
	if !ok {
		return
	}
	if !may(tx) {
		s.dir.Fail(w, http.StatusForbidden, "E0000079",
			"This operation is not allowed in the current authentication state.")
		return
	}
	tx.status = to
	s.transactions.replace(token, tx, tx.expires)
	writeJSON(w, http.StatusOK, s.stateAnswer(r, token, tx, p))
}

// authnChangePassword refuses: the passwords of this org are given.
func (s *Site) authnChangePassword(w http.ResponseWriter, r *http.Request) {
	token, ok := s.stateTokenOf(w, r)
	if !ok {
		return
	}
	if _, _, ok := s.transactionOf(w, token); ok {
		s.dir.Fail(w, http.StatusForbidden, "E0000014", "Update of credentials failed",
			"This org does not let people change their own passwords.")
	}
}

// authnUnlock refuses, as an org does that leaves unlocking to its admins.
func (s *Site) authnUnlock(w http.ResponseWriter, r *http.Request) {
	var in map[string]any
	if s.readJSON(w, r, &in) {
		s.dir.Fail(w, http.StatusForbidden, "E0000032", "Unlock is not allowed for this user.")
	}
}
