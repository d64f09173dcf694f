package signin

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"example.com/ssowizard/internal/sso"
)

// authnAnswer is Okta's answer to a primary authentication, or its error.
type authnAnswer struct {
	Status       string `json:"status"`
	SessionToken string `json:"sessionToken"`
	StateToken   string `json:"stateToken"`
	Links        struct {
		Skip json.RawMessage `json:"skip"`
	} `json:"_links"`

	ErrorCode    string `json:"errorCode"`
	ErrorSummary string `json:"errorSummary"`
	ErrorCauses  []struct {
		ErrorSummary string `json:"errorSummary"`
	} `json:"errorCauses"`
}

// words is what Okta says of a failure.
func (a authnAnswer) words() string {
	parts := []string{a.ErrorSummary}
	for _, cause := range a.ErrorCauses {
		parts = append(parts, cause.ErrorSummary)
	}
	text := strings.Join(parts, "; ")
	if a.ErrorCode != "" {
		text += " (" + a.ErrorCode + ")"
	}
	return text
}

// Error codes of Okta that say something about the person.
const (
	codeAuthenticationFailed = "E0000004"
	codeUserLocked           = "E0000069"
	codePasswordExpired      = "E0000064"
)

// maxSkips bounds how many offers of Okta are declined, such as to change a
// password that is about to expire.
const maxSkips = 3

// authenticate proves login and password to Okta and keeps the session token.
// The password goes into this one request, to the org's own origin, and no
// redirect is followed.
func (r *run) authenticate(ctx context.Context) error {
	answer, err := r.authn(ctx, "/api/v1/authn", map[string]any{
		"username": r.c.cfg.Login,
		"password": r.c.cfg.Password.Reveal(),
		"options":  map[string]bool{"warnBeforePasswordExpired": false, "multiOptionalFactorEnroll": false},
	})
	for skips := 0; err == nil && answer.Status != "SUCCESS" && len(answer.Links.Skip) > 0 && answer.StateToken != "" && skips < maxSkips; skips++ {
		answer, err = r.authn(ctx, "/api/v1/authn/skip", map[string]any{"stateToken": answer.StateToken})
	}
	if err != nil {
		return err
	}
	if answer.Status == "SUCCESS" && answer.SessionToken != "" {
		r.token = answer.SessionToken
		return nil
	}
	return &end{outcome: outcomeOfStatus(answer.Status), detail: "authentication status " + answer.Status}
}

func outcomeOfStatus(status string) sso.Outcome {
	switch status {
	case "LOCKED_OUT":
		return sso.OutcomeLocked
	case "PASSWORD_WARN", "PASSWORD_EXPIRED", "PASSWORD_RESET":
		return sso.OutcomePasswordStale
	}
	if strings.HasPrefix(status, "MFA_") || strings.HasPrefix(status, "FACTOR_") {
		return sso.OutcomeMoreFactors
	}
	return sso.OutcomeIdPError
}

// authn makes one call of the authentication API and gives its transaction.
func (r *run) authn(ctx context.Context, path string, body any) (authnAnswer, error) {
	var answer authnAnswer
	text, err := json.Marshal(body)
	if err != nil {
		return answer, fmt.Errorf("encode the request to %s: %w", path, err)
	}
	u := r.c.okta.JoinPath(path)
	p, err := r.postJSON(ctx, u, text)
	// A try that was put off was not made, and does not count against the person.
	for tries := 0; err == nil && p.status == http.StatusTooManyRequests && tries < maxRetries; tries++ {
		if err := r.c.cfg.Sleep(ctx, putOff(p.header)); err != nil {
			return answer, err
		}
		p, err = r.postJSON(ctx, u, text)
	}
	if err != nil {
		return answer, err
	}
	return readAuthn(p)
}

// readAuthn is what an answer of the authentication API says; a refusal is an end.
func readAuthn(p *page) (authnAnswer, error) {
	var answer authnAnswer
	if json.Unmarshal(p.body, &answer) != nil {
		answer = authnAnswer{}
	}
	switch {
	case p.status == http.StatusOK && answer.Status != "":
		return answer, nil
	case answer.ErrorCode == codeAuthenticationFailed:
		return answer, &end{outcome: sso.OutcomeWrongPassword, detail: answer.words()}
	case answer.ErrorCode == codeUserLocked:
		return answer, &end{outcome: sso.OutcomeLocked, detail: answer.words()}
	case answer.ErrorCode == codePasswordExpired:
		return answer, &end{outcome: sso.OutcomePasswordStale, detail: answer.words()}
	case answer.ErrorSummary != "":
		return answer, &end{outcome: sso.OutcomeIdPError, detail: answer.words()}
	}
	return answer, &end{outcome: sso.OutcomeIdPError, detail: fmt.Sprintf("%s answered %d and no authentication result: %s", origin(p.url), p.status, p.words())}
}

// maxRetries bounds how often a try that Okta put off is made again, maxWait
// for how long each time.
const (
	maxRetries = 3
	maxWait    = time.Minute
)

func (r *run) postJSON(ctx context.Context, u *url.URL, body []byte) (*page, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("make the request to %s: %w", bare(u), err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	return r.send(req, r.c.okta)
}

// putOff is how long Okta wants to be left alone, by its own clock and a second
// more, since it counts in whole seconds.
func putOff(h http.Header) time.Duration {
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return time.Second
	}
	reset, err := strconv.ParseInt(h.Get("X-Rate-Limit-Reset"), 10, 64)
	if err != nil {
		return time.Second
	}
	return min(max(time.Unix(reset, 0).Sub(date), 0), maxWait-time.Second) + time.Second
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
