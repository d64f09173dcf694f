package signin_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/sso"
)

func TestThePasswordFollowsNoRedirect(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 307, 308} {
		w, o, _, _ := newWorld()
		w.hosts["evil.example"] = show(200, "thanks")
		o.authn = func(w http.ResponseWriter, _ map[string]any) { redirect(status, "https://evil.example/authn")(w, nil) }
		if seen := w.run(t, spStart); seen.Outcome != sso.OutcomeIdPError {
			t.Errorf("%d: %+v", status, seen)
		}
		if last := w.seen[len(w.seen)-1]; last.url != oktaURL+"/api/v1/authn" {
			t.Errorf("%d: went on to %s", status, last.url)
		}
	}
}

func TestNoPasswordIsSentWhenTheStartIsRefused(t *testing.T) {
	t.Parallel()
	w, o, app, _ := newWorld()
	app["/start"] = show(200, "Log in here")
	w.run(t, spStart)
	if len(o.logins) != 0 {
		t.Error("the password was sent for nothing")
	}
}

func TestAuthnAsksForNoMoreThanThePassword(t *testing.T) {
	t.Parallel()
	w, o, _, _ := newWorld()
	w.run(t, spStart)
	want := []map[string]any{{"path": "/api/v1/authn", "username": login, "password": password,
		"options": map[string]any{"warnBeforePasswordExpired": false, "multiOptionalFactorEnroll": false}}}
	if diff := cmp.Diff(want, o.logins); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestOffersThatCanBeSkippedAreSkipped(t *testing.T) {
	t.Parallel()
	for _, status := range []string{"PASSWORD_WARN", "MFA_ENROLL"} {
		w, o, _, _ := newWorld()
		o.authn = func(w http.ResponseWriter, body map[string]any) {
			if body["path"] == "/api/v1/authn/skip" && body["stateToken"] == "00s" {
				fmt.Fprintf(w, `{"status":"SUCCESS","sessionToken":%q}`, token)
				return
			}
			fmt.Fprintf(w, `{"status":%q,"stateToken":"00s","_links":{"skip":{"href":"https://evil.example/skip"}}}`, status)
		}
		if seen := w.run(t, spStart); seen.Outcome != sso.OutcomeSignedIn {
			t.Errorf("%s: %+v", status, seen)
		}
	}
	w, o, _, _ := newWorld()
	o.authn = func(w http.ResponseWriter, _ map[string]any) {
		fmt.Fprint(w, `{"status":"PASSWORD_WARN","stateToken":"00s","_links":{"skip":{"href":"x"}}}`)
	}
	if seen := w.run(t, spStart); seen.Outcome != sso.OutcomePasswordStale || len(o.logins) > 5 {
		t.Errorf("skipped %d times: %+v", len(o.logins), seen)
	}
}

// Okta takes four tries a second for one login.
func TestATryThatOktaPutOffIsMadeAgain(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		header map[string]string
		waits  time.Duration
	}{
		"by Okta's clock": {map[string]string{"Date": "Mon, 04 May 2026 10:00:00 GMT", "X-Rate-Limit-Reset": strconv.FormatInt(start.Add(3*time.Second).Unix(), 10)}, 4 * time.Second},
		"nothing said":    {nil, time.Second},
		"far too long":    {map[string]string{"Date": "Mon, 04 May 2026 10:00:00 GMT", "X-Rate-Limit-Reset": "99999999999"}, time.Minute},
		"rubbish":         {map[string]string{"X-Rate-Limit-Reset": "soon"}, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, o, _, _ := newWorld()
				o.authn = func(w http.ResponseWriter, _ map[string]any) {
					if len(o.logins) > 1 {
						fmt.Fprintf(w, `{"status":"SUCCESS","sessionToken":%q}`, token)
						return
					}
					for k, v := range c.header {
						w.Header().Set(k, v)
					}
					oktaError(w, 429, "E0000047", "API call exceeded rate limit due to too many requests.")
				}
				begun := time.Now()
				if seen := w.run(t, spStart); seen.Outcome != sso.OutcomeSignedIn || time.Since(begun) != c.waits {
					t.Errorf("%s after %s", seen.Outcome, time.Since(begun))
				}
			})
		})
	}
	synctest.Test(t, func(t *testing.T) {
		w, o, _, _ := newWorld()
		o.authn = func(w http.ResponseWriter, _ map[string]any) { oktaError(w, 429, "E0000047", "rate limit") }
		if seen := w.run(t, spStart); seen.Outcome != sso.OutcomeIdPError || len(o.logins) != 4 {
			t.Errorf("%d tries: %+v", len(o.logins), seen)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second/2)
		defer cancel()
		if _, err := w.client(t).SignIn(ctx, spStart); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("waited on: %v", err)
		}
	})
}

func TestAFreshSignInIsExplained(t *testing.T) {
	t.Parallel()
	w, o, app, _ := newWorld()
	app["/start"] = redirect(302, ssoRedirect(` ForceAuthn="true"`))
	o.afterSSO = func(w http.ResponseWriter, _ *http.Request) bool {
		page(w, 200, `<div id="okta-sign-in">Verify</div>`)
		return true
	}
	seen := w.run(t, spStart)
	if seen.Outcome != sso.OutcomeMoreFactors || !strings.Contains(seen.Detail, "ForceAuthn") {
		t.Errorf("%+v", seen)
	}
}
