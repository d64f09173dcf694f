package oktaapi_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/httpx"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/oktaapi"
)

const (
	groupLine = appLine + "/groups/00gGRP00000000000001"
	userLine  = appLine + "/users/00uUSR00000000000001"
)

var (
	toGroup = sso.Assignment{Kind: sso.ToGroup, ID: "00gGRP00000000000001", Name: "Sales"}
	toUser  = sso.Assignment{Kind: sso.ToUser, ID: "00uUSR00000000000001"}
)

func appUser(scope string) http.HandlerFunc {
	return jsonAnswer(200, `{"id":"00uUSR00000000000001","scope":"`+scope+`","status":"ACTIVE","credentials":{"userName":"ann@acme.example"},"profile":{}}`)
}

var noUser = jsonAnswer(404, `{"errorCode":"E0000007","errorSummary":"Not found: Resource not found: 00uUSR00000000000001 (User)","errorLink":"E0000007","errorId":"oae1","errorCauses":[]}`)

func TestAssign(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.on("PUT "+groupLine, jsonAnswer(200, `{"id":"00gGRP00000000000001","priority":0,"profile":{}}`))
	o.on("POST "+appLine+"/users", appUser("USER"))
	c := o.client(t)
	if err := errors.Join(c.Assign(t.Context(), appID, toGroup), c.Assign(t.Context(), appID, toUser)); err != nil {
		t.Fatal(err)
	}
	if o.asked[0].body != `{}` || o.asked[1].body != `{"id":"00uUSR00000000000001","scope":"USER"}` {
		t.Errorf("bodies %q and %q", o.asked[0].body, o.asked[1].body)
	}
	if diff := cmp.Diff([]string{"PUT " + groupLine, "POST " + appLine + "/users"}, o.lines()); diff != "" {
		t.Error(diff)
	}
	if err := c.Assign(t.Context(), appID, sso.Assignment{Kind: "robot", ID: "x"}); err == nil || len(o.lines()) != 2 {
		t.Error("an unknown kind was sent")
	}
}

func TestAssigningAPersonLooksBeforeItTriesAgain(t *testing.T) {
	t.Parallel()
	post, look := "POST "+appLine+"/users", "GET "+userLine
	for name, tt := range map[string]struct {
		look http.HandlerFunc
		want []string
	}{
		"was done":          {appUser("USER"), []string{post, look}},
		"was not done":      {noUser, []string{post, look, post}},
		"only by the group": {appUser("GROUP"), []string{post, look, post}},
	} {
		o := newOrg(t)
		o.on(post, turns(hangUp, appUser("USER")))
		o.on(look, tt.look)
		if err := o.client(t).Assign(t.Context(), appID, toUser); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(tt.want, o.lines()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestAssigningToAMissingAppIsExplained(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	err := o.client(t).Assign(t.Context(), appID, toGroup)
	if !errors.Is(err, oktaapi.ErrNotFound) || !strings.Contains(strings.Join(hint.Hints(err), " "), "active") || !strings.Contains(err.Error(), `group "Sales"`) {
		t.Errorf("got %v with %q", err, hint.Hints(err))
	}
}

func TestUnassign(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.on("DELETE "+groupLine, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) })
	o.on("DELETE "+userLine, noUser)
	c := o.client(t)
	if err := errors.Join(c.Unassign(t.Context(), appID, toGroup), c.Unassign(t.Context(), appID, toUser)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"DELETE " + groupLine, "DELETE " + userLine + "?sendEmail=false"}, o.lines()); diff != "" {
		t.Error(diff)
	}
	o.on("DELETE "+userLine, jsonAnswer(403, `{"errorCode":"E0000046","errorSummary":"Deactivate application for user forbidden."}`))
	err := c.Unassign(t.Context(), appID, toUser)
	if !errors.Is(err, oktaapi.ErrForbidden) || !strings.Contains(strings.Join(hint.Hints(err), " "), "through a group") {
		t.Errorf("got %v with %q", err, hint.Hints(err))
	}
}

func TestAppUserTellsAPersonFromAnApp(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	c := o.client(t)
	o.on("GET "+userLine, appUser("GROUP"))
	got, found, err := c.AppUser(t.Context(), appID, toUser.ID)
	want := sso.Assignment{Kind: sso.ToUser, ID: toUser.ID, UserName: "ann@acme.example", ThroughGroup: true}
	if diff := cmp.Diff(want, got); diff != "" || !found || err != nil {
		t.Errorf("%v %v %s", found, err, diff)
	}
	o.on("GET "+userLine, noUser)
	if _, found, err := c.AppUser(t.Context(), appID, toUser.ID); found || err != nil {
		t.Errorf("not assigned: %v, %v", found, err)
	}
	o.on("GET "+userLine, jsonAnswer(404, `{"errorCode":"E0000007","errorSummary":"Not found: Resource not found: x (AppInstance)"}`))
	if _, _, err := c.AppUser(t.Context(), appID, toUser.ID); !errors.Is(err, oktaapi.ErrNotFound) {
		t.Errorf("no app: %v", err)
	}
}

func TestAssignmentsAreReadToTheLastPage(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.on("GET "+appLine+"/groups", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("after") == "" {
			jsonAnswer(200, `[{"id":"00g1","priority":0,"_embedded":{"group":{"profile":{"name":"Sales"}}}}]`, "Link", `<`+o.URL+appLine+`/groups?after=00g1&limit=200>; rel="next"`)(w, r)
			return
		}
		jsonAnswer(200, `[{"id":"00g2","priority":1}]`)(w, r)
	})
	o.on("GET "+appLine+"/users", jsonAnswer(200, `[{"id":"00u1","scope":"USER","credentials":{"userName":"a"}},{"id":"00u2","scope":"GROUP","credentials":{"userName":"b"}}]`))
	c := o.client(t)
	groups, err1 := c.AppGroups(t.Context(), appID)
	users, err2 := c.AppUsers(t.Context(), appID)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	want := []sso.Assignment{{Kind: sso.ToGroup, ID: "00g1", Name: "Sales"}, {Kind: sso.ToGroup, ID: "00g2"},
		{Kind: sso.ToUser, ID: "00u1", UserName: "a"}, {Kind: sso.ToUser, ID: "00u2", UserName: "b", ThroughGroup: true}}
	if diff := cmp.Diff(want, append(groups, users...)); diff != "" {
		t.Error(diff)
	}
	wantLines := []string{"GET " + appLine + "/groups?expand=group&limit=200", "GET " + appLine + "/groups?after=00g1&expand=group&limit=200", "GET " + appLine + "/users?limit=500"}
	if diff := cmp.Diff(wantLines, o.lines()); diff != "" {
		t.Error(diff)
	}
}

// tenAMinute is an org on a free plan: ten calls in a window of a minute.
type tenAMinute struct {
	left            int
	end             time.Time
	refused, served int
}

func (f *tenAMinute) RoundTrip(req *http.Request) (*http.Response, error) {
	now := time.Now()
	if !now.Before(f.end) {
		f.left, f.end = 10, now.Add(60*time.Second)
	}
	status := 200
	if f.left == 0 {
		status = 429
		f.refused++
	} else {
		f.left--
		f.served++
	}
	h := http.Header{"Content-Type": {"application/json"}, "Date": {now.UTC().Format(http.TimeFormat)}, "X-Rate-Limit-Limit": {"10"},
		"X-Rate-Limit-Remaining": {fmt.Sprint(f.left)}, "X-Rate-Limit-Reset": {fmt.Sprint(f.end.Unix())}}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(`{}`)), Request: req}, nil
}

func TestTwoHundredAssignmentsAtTenAMinuteAreNeverTurnedAway(t *testing.T) {
	t.Parallel()
	f := &tenAMinute{}
	var waits int
	c, err := oktaapi.New(oktaapi.Config{OrgURL: "https://acme.okta.com", Auth: tokenAuth(),
		Transport: httpx.Retry(f, httpx.RetryOptions{Notify: func(httpx.Wait) { waits++ }})})
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		for i := range 200 {
			a := sso.Assignment{Kind: sso.ToUser, ID: fmt.Sprintf("00u%017d", i)}
			if err := c.Assign(context.Background(), appID, a); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(began); f.served != 200 || f.refused != 0 || waits != 19 || took > 20*time.Minute {
			t.Errorf("%d served, %d refused, %d waits, %s", f.served, f.refused, waits, took)
		}
	})
}
