package signin

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"example.com/ssowizard/internal/sso"
)

// fields are what a sign-in page of Okta asks for, as the browser shows it.
type fields struct {
	Here        bool   // it is a page of the org
	Login       bool   // there is a field for the login
	Password    bool   // and one for the password
	NewPassword bool   // it wants a new password
	Filled      string // what was filled in just now: login, password
	Press       bool   // the button is to be pressed
	Problem     string // what it complains of
}

// idxAnswer is an answer of Identity Engine to a step of a sign-in.
type idxAnswer struct {
	Messages struct {
		Value []struct {
			Message string `json:"message"`
			Class   string `json:"class"`
			I18n    struct {
				Key string `json:"key"`
			} `json:"i18n"`
		} `json:"value"`
	} `json:"messages"`
	Remediation struct {
		Value []struct {
			Name string `json:"name"`
		} `json:"value"`
	} `json:"remediation"`
	ErrorSummary string `json:"errorSummary"`
}

// readSignIn tells what Okta made of login and password, of either engine; "" is
// nothing that ends a sign-in.
func readSignIn(p *page) (sso.Outcome, string) {
	if !strings.Contains(p.url.Path, "/idp/idx/") {
		answer, err := readAuthn(p)
		var e *end
		switch {
		case errors.As(err, &e):
			return e.outcome, e.detail
		case answer.Status == "SUCCESS":
			return "", ""
		}
		return outcomeOfStatus(answer.Status), "authentication status " + answer.Status
	}
	var answer idxAnswer
	if json.Unmarshal(p.body, &answer) != nil {
		return "", ""
	}
	for _, m := range answer.Messages.Value {
		if m.Class == "ERROR" {
			return outcomeOfWords(m.Message+" "+m.I18n.Key, p.status), strings.TrimSpace(m.Message + " (" + m.I18n.Key + ")")
		}
	}
	for _, r := range answer.Remediation.Value {
		switch {
		case r.Name == "reenroll-authenticator" || r.Name == "reset-authenticator":
			return sso.OutcomePasswordStale, "Okta wants a new password (" + r.Name + ")"
		case strings.HasPrefix(r.Name, "challenge-") || strings.HasPrefix(r.Name, "select-authenticator") || strings.HasPrefix(r.Name, "enroll-"):
			return sso.OutcomeMoreFactors, "Okta goes on with " + r.Name
		}
	}
	return "", ""
}

// outcomeOfWords goes by what a sign-in page complains of after a password. It
// has no codes where the words are all that a page shows.
func outcomeOfWords(words string, status int) sso.Outcome {
	lower := strings.ToLower(words)
	switch {
	case containsAny(lower, "locked", strings.ToLower(codeUserLocked), "e0000119"):
		return sso.OutcomeLocked
	case containsAny(lower, "expired", strings.ToLower(codePasswordExpired)):
		return sso.OutcomePasswordStale
	case containsAny(lower, notAssigned...):
		return sso.OutcomeNotAssigned
	case status == http.StatusUnauthorized,
		containsAny(lower, "unable to sign in", "incorrect", "authentication failed", "incorrectpassword", strings.ToLower(codeAuthenticationFailed)):
		return sso.OutcomeWrongPassword
	}
	return sso.OutcomeIdPError
}
