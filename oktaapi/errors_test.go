package oktaapi_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/httpx"
	"example.com/ssowizard/oktaapi"
)

func TestAnErrorKeepsWhatOktaSaid(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.on("POST /api/v1/apps", jsonAnswer(400, `{"errorCode":"E0000001","errorSummary":"Api validation failed: label","errorLink":"E0000001","errorId":"oae1",
		"errorCauses":[{"errorSummary":"label: The field\u001b[2J cannot be left blank"},{"errorSummary":"other"}]}`, "X-Rate-Limit-Reset", "1767726557"))
	_, err := o.client(t).CreateApp(t.Context(), wanted())
	var e *oktaapi.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %T %v", err, err)
	}
	want := &oktaapi.Error{Method: "POST", Path: "/api/v1/apps", Status: 400, Code: "E0000001", Summary: "Api validation failed: label",
		Causes: []string{"label: The field [2J cannot be left blank", "other"}, RequestID: "req-POST", Reset: time.Unix(1767726557, 0).UTC()}
	if diff := cmp.Diff(want, e); diff != "" {
		t.Error(diff)
	}
	const text = `create app "Acme Sync": Okta answered 400 to POST /api/v1/apps: Api validation failed: label (E0000001): label: The field [2J cannot be left blank; other`
	if err.Error() != text || hint.RequestID(err) != "req-POST" || hint.CodeOf(err) != hint.Failed {
		t.Errorf("got %v, request id %q, code %d", err, hint.RequestID(err), hint.CodeOf(err))
	}
	for _, sentinel := range []error{oktaapi.ErrNotFound, oktaapi.ErrUnauthorized, oktaapi.ErrForbidden} {
		if errors.Is(err, sentinel) {
			t.Errorf("a 400 matches %v", sentinel)
		}
	}
}

func TestFailuresOfOktaSayWhatToDo(t *testing.T) {
	t.Parallel()
	const insufficient = `Bearer authorization_uri="http://x", realm="http://x", scope="okta.apps.manage", error="insufficient_scope", error_description="The access token provided does not contain the required scopes."`
	forbidden := `{"errorCode":"E0000006","errorSummary":"You do not have permission to perform the requested action"}`
	for name, tt := range map[string]struct {
		h       http.HandlerFunc
		oauth   bool
		want    string
		code    hint.Code
		is      error
		unknown bool
	}{
		"token":       {h: jsonAnswer(401, `{"errorCode":"E0000011","errorSummary":"Invalid token provided"}`), want: "30 days", code: hint.NotAllowed, is: oktaapi.ErrUnauthorized},
		"feature":     {h: jsonAnswer(401, `{"errorCode":"E0000015","errorSummary":"You do not have permission to access the feature you are requesting"}`), want: "feature", code: hint.NotAllowed, is: oktaapi.ErrUnauthorized},
		"role":        {h: jsonAnswer(403, forbidden), want: "Application Administrator who is not limited", code: hint.NotAllowed, is: oktaapi.ErrForbidden},
		"scope":       {h: jsonAnswer(403, forbidden, "WWW-Authenticate", insufficient), oauth: true, want: "okta.apps.manage", code: hint.NotAllowed, is: oktaapi.ErrForbidden},
		"OAuth role":  {h: jsonAnswer(403, forbidden), oauth: true, want: "admin role of its own", code: hint.NotAllowed, is: oktaapi.ErrForbidden},
		"app limit":   {h: jsonAnswer(400, `{"errorCode":"E0000001","errorSummary":"Api validation failed: generalSettings","errorCauses":[{"errorSummary":"Cannot create application instance. Maximum number of instances has been reached."}]}`), want: "limit of apps", code: hint.Failed},
		"server":      {h: jsonAnswer(500, `{"errorCode":"E0000009","errorSummary":"Internal Server Error"}`), want: "status.okta.com", code: hint.Failed, unknown: true},
		"proxy 403":   {h: page(403, "text/html", "<html>Blocked by policy</html>"), want: "not Okta's API", code: hint.NotAllowed, is: oktaapi.ErrForbidden},
		"sign-in 200": {h: page(200, "text/html;charset=utf-8", "<!DOCTYPE html><html>"), want: "sign-in page", code: hint.Failed, unknown: true},
		"plain text":  {h: page(200, "text/plain", "ok"), want: "of type text/plain", code: hint.Failed, unknown: true},
		"empty 400":   {h: page(400, "", ""), want: "answered 400", code: hint.Failed},
	} {
		o := newOrg(t)
		o.on("POST /oauth2/v1/token", tokenAnswer("at"))
		o.on("POST /api/v1/apps", tt.h)
		auth := tokenAuth()
		if tt.oauth {
			auth = serviceApp()
		}
		_, err := o.clientWith(t, auth).CreateApp(t.Context(), wanted())
		text := fmt.Sprint(err, " ", hint.Hints(err))
		if !strings.Contains(text, tt.want) || hint.CodeOf(err) != tt.code || tt.is != nil && !errors.Is(err, tt.is) {
			t.Errorf("%s: got %s with code %d", name, text, hint.CodeOf(err))
		}
		var lost *httpx.UnknownOutcome
		if errors.As(err, &lost) != tt.unknown {
			t.Errorf("%s: outcome unknown is %v, want %v", name, !tt.unknown, tt.unknown)
		}
		if strings.Contains(text, canary) {
			t.Errorf("%s: the token is in %s", name, text)
		}
	}
}

func TestARateLimitIsSurvivedOrNamed(t *testing.T) {
	t.Parallel()
	limited := func(w http.ResponseWriter, r *http.Request) {
		reset := time.Now().Unix() - 5
		jsonAnswer(429, `{"errorCode":"E0000047","errorSummary":"API call exceeded rate limit due to too many requests."}`,
			"X-Rate-Limit-Limit", "10", "X-Rate-Limit-Remaining", "0", "X-Rate-Limit-Reset", fmt.Sprint(reset))(w, r)
	}
	o := newOrg(t)
	o.on("GET "+appLine, limited)
	c, err := oktaapi.New(oktaapi.Config{OrgURL: o.URL, Auth: tokenAuth(), Transport: (&httpx.Net{}).Transport()})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.App(t.Context(), appID)
	var e *oktaapi.Error
	if !errors.As(err, &e) || e.Status != 429 || e.Code != "E0000047" || e.Reset.IsZero() || len(o.lines()) != 1 {
		t.Errorf("with a bare transport: got %v after %d requests", err, len(o.lines()))
	}
}

func TestTheTokenDoesNotFollowARedirect(t *testing.T) {
	t.Parallel()
	thief := newOrg(t)
	o := newOrg(t)
	away := func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, thief.URL+"/api/v1/apps", http.StatusTemporaryRedirect)
	}
	o.on("GET "+appLine, away)
	o.on("POST /api/v1/apps", away)
	c := o.client(t)
	_, err1 := c.App(t.Context(), appID)
	_, err2 := c.CreateApp(t.Context(), wanted())
	if err1 == nil || err2 == nil || len(thief.lines()) != 0 {
		t.Errorf("got %v and %v; the other host saw %q", err1, err2, thief.lines())
	}
	if !strings.Contains(err1.Error(), "redirect") || len(hint.Hints(err1)) == 0 {
		t.Errorf("got %v", err1)
	}
}

func TestBrokenLinkHeadersDoNotCrash(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.on("GET "+appLine, jsonAnswer(200, appJSON, "Link", `<http://[::1>; rel="self"`, "Link", `;;;`))
	if _, err := o.client(t).App(t.Context(), appID); err != nil {
		t.Error(err)
	}
}
