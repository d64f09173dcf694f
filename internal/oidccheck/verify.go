// Package oidccheck says whether an ID token is one that a relying party, set
// up in a certain way, would accept. It fetches nothing: the keys are handed
// in, and a key that a token brings along is never used.
package oidccheck

import (
	"time"

	"example.com/ssowizard/internal/sso"
)

// Expect is what the relying party holds and what went before.
type Expect struct {
	Issuer   string // of the discovery document, byte for byte
	ClientID string
	Nonce    string // as it was sent; "" means that none was, so none may come
	// Keys is the authorization server's key set (JWKS), as it was fetched.
	Keys []byte
	// Email is the address that the token must carry; "" takes any.
	Email string
	// AccessToken came along with the ID token; "" when none did. It is
	// compared by its hash and never shown.
	AccessToken string
	Now         time.Time
	Skew        time.Duration // how far the two clocks may differ
	Flow        sso.Flow      // copied into the findings
}

// Codes of the findings, in their order.
const (
	CodeWellFormed = "well_formed"
	CodeAlgorithm  = "alg"
	CodeSignature  = "signature"
	CodeIssuer     = "issuer"
	CodeAudience   = "audience"
	CodeAZP        = "azp"
	CodeNonce      = "nonce"
	CodeExpiry     = "expiry"
	CodeIssuedAt   = "issued_at"
	CodeAtHash     = "at_hash"
	CodeEmail      = "email"
)

// NotChecked begins the Got of a finding whose check could not be made.
const NotChecked = "not checked: "

// reading is a token with what is expected of it.
type reading struct {
	Expect
	token      *token // nil: unreadable
	unreadable string
}

// check is one line of the list.
type check struct {
	code string
	want func(*reading) string
	look func(*reading) (ok bool, got string)
}

var checks = []check{
	{CodeAlgorithm, constant(rs256), checkAlgorithm},
	{CodeSignature, constant("signed with a key of the authorization server"), checkSignature},
	{CodeIssuer, func(r *reading) string { return r.Issuer }, checkIssuer},
	{CodeAudience, func(r *reading) string { return r.ClientID }, checkAudience},
	{CodeAZP, func(r *reading) string { return "none, or " + r.ClientID }, checkAZP},
	{CodeNonce, wantNonce, checkNonce},
	{CodeExpiry, func(r *reading) string { return "after " + stamp(r.Now.Add(-r.Skew)) }, checkExpiry},
	{CodeIssuedAt, func(r *reading) string { return "not after " + stamp(r.Now.Add(r.Skew)) }, checkIssuedAt},
	{CodeAtHash, wantAtHash, checkAtHash},
	{CodeEmail, wantEmail, checkEmail},
}

// Verify checks an ID token against e. The list is always whole and in the
// order of the codes: a failed check does not hide the others, and one that
// could not be made is not OK and says why. Only when every finding is OK, see
// sso.AllOK, would the relying party let the person in; as long as the
// signature is not good, the other findings describe what somebody sent. No
// finding holds the token or a part of its signature. Fix stays empty.
func Verify(idToken string, e Expect) []sso.Finding {
	r := &reading{Expect: e}
	t, err := parse(idToken)
	if err != nil {
		r.unreadable = err.Error()
	} else {
		r.token = t
	}
	findings := []sso.Finding{r.wellFormed()}
	for _, c := range checks {
		f := sso.Finding{Code: c.code, Expected: plain(c.want(r)), Flow: e.Flow}
		if r.token == nil {
			f.Got = NotChecked + "the ID token could not be read"
		} else {
			f.OK, f.Got = c.look(r)
			f.Got = plain(f.Got)
		}
		findings = append(findings, f)
	}
	return findings
}

func (r *reading) wellFormed() sso.Finding {
	const want = "a signed JWT with a subject"
	f := sso.Finding{Code: CodeWellFormed, Expected: want, Flow: r.Flow}
	switch {
	case r.token == nil:
		f.Got = plain(r.unreadable)
	default:
		subject, ok := r.token.text("sub")
		if f.OK = ok && subject != ""; f.OK {
			f.Got = want
		} else {
			f.Got = "a JWT without a subject (sub)"
		}
	}
	return f
}

func constant(text string) func(*reading) string {
	return func(*reading) string { return text }
}
