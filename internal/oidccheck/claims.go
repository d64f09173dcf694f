package oidccheck

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"time"
)

func checkIssuer(r *reading) (bool, string) { return r.same(r.Issuer, "iss") }

// same compares a claim that has to be a text.
func (r *reading) same(want, name string) (bool, string) {
	got, ok := r.token.text(name)
	if !ok {
		return false, r.token.show(name)
	}
	return same(want, got)
}

// checkAudience wants the client alone: a token that others may use too can be
// used by them here.
func checkAudience(r *reading) (bool, string) {
	list, ok := r.token.audiences()
	if !ok {
		return false, r.token.show("aud")
	}
	if len(list) == 1 {
		return same(r.ClientID, list[0])
	}
	shown := strings.Join(list, ", ")
	if slices.Contains(list, r.ClientID) && r.ClientID != "" {
		return false, "several audiences: " + shown
	}
	return false, shown
}

// checkAZP wants the authorized party, where one is named, to be the client.
// With several audiences one has to be named.
func checkAZP(r *reading) (bool, string) {
	if _, named := r.token.claims["azp"]; named {
		return r.same(r.ClientID, "azp")
	}
	if list, _ := r.token.audiences(); len(list) > 1 {
		return false, "none, though there are several audiences"
	}
	return true, "none"
}

func wantNonce(r *reading) string {
	if r.Nonce == "" {
		return "none, as none was sent"
	}
	return r.Nonce
}

func checkNonce(r *reading) (bool, string) {
	if r.Nonce != "" {
		return r.same(r.Nonce, "nonce")
	}
	got := r.token.show("nonce")
	return got == notGiven, got
}

func checkExpiry(r *reading) (bool, string) {
	end, ok := r.token.moment("exp")
	if !ok {
		return false, r.token.show("exp")
	}
	if late := r.Now.Sub(end); late >= r.Skew {
		return false, fmt.Sprintf("%s, which was %s ago", stamp(end), late.Round(time.Second))
	}
	return true, stamp(end)
}

func checkIssuedAt(r *reading) (bool, string) {
	at, ok := r.token.moment("iat")
	if !ok {
		return false, r.token.show("iat")
	}
	shown := stamp(at)
	if from, given := r.token.moment("nbf"); given && from.After(at) {
		at, shown = from, stamp(from)+" (nbf)"
	}
	if early := at.Sub(r.Now); early > r.Skew {
		return false, fmt.Sprintf("%s, which is %s ahead", shown, early.Round(time.Second))
	}
	return true, shown
}

func wantAtHash(r *reading) string {
	if r.AccessToken == "" {
		return "any, there is no access token"
	}
	return "the hash of the access token"
}

// checkAtHash ties the access token to the ID token, where the ID token says
// which one belongs to it. In the code flow it need not.
func checkAtHash(r *reading) (bool, string) {
	got, given := r.token.text("at_hash")
	switch {
	case !given && r.token.show("at_hash") == notGiven:
		return true, notGiven
	case !given:
		return false, "not a text"
	case r.AccessToken == "":
		return true, "given"
	}
	sum := sha256.Sum256([]byte(r.AccessToken))
	if got != base64.RawURLEncoding.EncodeToString(sum[:len(sum)/2]) {
		return false, "the hash of another access token"
	}
	return true, "the hash of the access token"
}

func wantEmail(r *reading) string {
	if r.Email == "" {
		return "any e-mail address"
	}
	return r.Email
}

func checkEmail(r *reading) (bool, string) {
	got, ok := r.token.text("email")
	switch {
	case !ok:
		return false, r.token.show("email")
	case strings.TrimSpace(got) == "":
		return false, "empty"
	case r.Email == "":
		return strings.Contains(got, "@"), got
	}
	return same(r.Email, got)
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
