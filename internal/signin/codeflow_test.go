package signin_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"example.com/ssowizard/internal/sso"
)

const (
	callback  = "https://sp.example/oauth2/idpresponse"
	stateText = "our-state"
	codeText  = "canary-code-4711"
)

func codeRequest() sso.CodeFlowRequest {
	q := url.Values{"client_id": {"0oa1"}, "redirect_uri": {callback}, "response_type": {"code"}, "scope": {"openid email"},
		"state": {stateText}, "nonce": {"n1"}}
	return sso.CodeFlowRequest{AuthorizeURL: oktaURL + "/oauth2/v1/authorize?" + q.Encode(), RedirectURI: callback, State: stateText}
}

// authorize lets the org answer at the authorization endpoint.
func authorize(o *okta, answer http.HandlerFunc) {
	o.afterSSO = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/oauth2/v1/authorize" {
			return false
		}
		answer(w, r)
		return true
	}
}

func answerWith(q url.Values) http.HandlerFunc { return redirect(302, callback+"?"+q.Encode()) }

func TestCodeFlowStopsAtTheRedirectWithTheCode(t *testing.T) {
	t.Parallel()
	w, o, _, _ := newWorld()
	authorize(o, func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("nonce") != "n1" || r.URL.Query().Get("scope") != "openid email" {
			t.Errorf("asked %s", r.URL)
		}
		answerWith(url.Values{"code": {codeText}, "state": {stateText}})(rw, r)
	})
	got, err := w.client(t).CodeFlow(t.Context(), codeRequest())
	if err != nil || got.Seen.Outcome != sso.OutcomeAnswered || got.Code.Reveal() != codeText || got.ErrorCode != "" {
		t.Fatalf("%+v %v", got, err)
	}
	if got.Seen.PostedTo != callback || got.Seen.Detail != "" || !got.Seen.At.Equal(start) {
		t.Errorf("seen %+v", got.Seen)
	}
	for _, r := range w.seen {
		if !strings.HasPrefix(r.url, oktaURL+"/") {
			t.Errorf("the service provider was asked: %s", r.url)
		}
	}
	text, err := json.Marshal(got)
	if err != nil || strings.Contains(string(text)+fmt.Sprintf("%+v %#v", got, got), codeText) {
		t.Errorf("the code can be printed: %s %v", text, err)
	}
}

func TestCodeFlowIntoAProgramIsRead(t *testing.T) {
	t.Parallel()
	w, o, _, _ := newWorld()
	authorize(o, redirect(302, "com.sp.app:/cb?code="+codeText+"&state="+stateText))
	req := codeRequest()
	req.RedirectURI = "com.sp.app:/cb"
	if got, err := w.client(t).CodeFlow(t.Context(), req); err != nil || got.Code.Reveal() != codeText {
		t.Errorf("%+v %v", got, err)
	}
}

func TestCodeFlowTellsWhatOktaSaid(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer  http.HandlerFunc
		outcome sso.Outcome
		code    string
		says    string
	}{
		"not assigned": {answerWith(url.Values{"error": {"access_denied"}, "error_description": {"User is not assigned to the client application."}, "state": {stateText}}),
			sso.OutcomeNotAssigned, "access_denied", "User is not assigned"},
		"policy": {answerWith(url.Values{"error": {"access_denied"}, "error_description": {"Policy evaluation failed"}, "state": {stateText}}),
			sso.OutcomeIdPError, "access_denied", "Policy evaluation failed"},
		"scope": {answerWith(url.Values{"error": {"invalid_scope"}, "error_description": {"x\x1b[2J"}, "state": {stateText}}),
			sso.OutcomeIdPError, "invalid_scope", "invalid_scope: x[2J"},
		"another state": {answerWith(url.Values{"code": {codeText}, "state": {"theirs"}}), sso.OutcomeIdPError, "", "another state"},
		"no state":      {answerWith(url.Values{"code": {codeText}}), sso.OutcomeIdPError, "", "another state"},
		"nothing":       {answerWith(url.Values{"state": {stateText}}), sso.OutcomeIdPError, "", "neither a code nor an error"},
		"redirect URI": {show(400, "<h1>400 Bad Request</h1><p>The 'redirect_uri' parameter must be a Login redirect URI in the client app settings</p>"),
			sso.OutcomeIdPError, "", "must be a Login redirect URI"},
		"more factors": {show(200, `<div id="okta-sign-in"></div><input type="password" name="p">`), sso.OutcomeMoreFactors, "", ""},
		"elsewhere":    {redirect(302, "https://evil.example/cb?code="+codeText+"&state="+stateText), sso.OutcomeNotAssigned, "", "https://evil.example/cb"},
		"another path": {redirect(302, callback+"/x?code="+codeText+"&state="+stateText), sso.OutcomeNotAssigned, "", callback + "/x"},
		"in circles":   {redirect(302, oktaURL+"/oauth2/v1/authorize?state="+stateText), sso.OutcomeIdPError, "", "circles"},
	} {
		w, o, _, _ := newWorld()
		authorize(o, c.answer)
		got, err := w.client(t).CodeFlow(t.Context(), codeRequest())
		if err != nil || got.Seen.Outcome != c.outcome || got.ErrorCode != c.code || !strings.Contains(got.Seen.Detail, c.says) || !got.Code.IsZero() {
			t.Errorf("%s: %+v %v", name, got, err)
		}
		if text := fmt.Sprintf("%+v", got); strings.Contains(text, codeText) || strings.Contains(text, "\x1b") {
			t.Errorf("%s: %q", name, text)
		}
		for _, r := range w.seen {
			if !strings.HasPrefix(r.url, oktaURL) {
				t.Errorf("%s: asked %s", name, r.url)
			}
		}
	}
}

func TestCodeFlowOfAWrongPasswordEndsThere(t *testing.T) {
	t.Parallel()
	w, o, _, _ := newWorld()
	o.authn = func(rw http.ResponseWriter, _ map[string]any) {
		oktaError(rw, 401, "E0000004", "Authentication failed")
	}
	got, err := w.client(t).CodeFlow(t.Context(), codeRequest())
	if err != nil || got.Seen.Outcome != sso.OutcomeWrongPassword || len(w.seen) != 1 {
		t.Errorf("%+v %v", got, err)
	}
}

func TestCodeFlowThatCannotBeCarriedOutIsAnError(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*sso.CodeFlowRequest){
		"endpoint elsewhere": func(r *sso.CodeFlowRequest) {
			r.AuthorizeURL = strings.Replace(r.AuthorizeURL, "acme.okta.com", "evil.example", 1)
		},
		"no endpoint":     func(r *sso.CodeFlowRequest) { r.AuthorizeURL = "" },
		"no redirect URI": func(r *sso.CodeFlowRequest) { r.RedirectURI = "" },
		"no state":        func(r *sso.CodeFlowRequest) { r.State = "" },
		"another state":   func(r *sso.CodeFlowRequest) { r.State = "x" },
	} {
		w, _, _, _ := newWorld()
		req := codeRequest()
		change(&req)
		if _, err := w.client(t).CodeFlow(t.Context(), req); err == nil || len(w.seen) > 0 {
			t.Errorf("%s: %v, asked %v", name, err, w.seen)
		}
	}
	w, _, _, _ := newWorld()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.client(t).CodeFlow(ctx, codeRequest()); !errors.Is(err, context.Canceled) {
		t.Errorf("after Ctrl-C: %v", err)
	}
}
