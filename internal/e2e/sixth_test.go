package e2e_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/secret"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/spclient/api"
)

// sixthWorld has the sixth service provider beside the others.
func sixthWorld(t *testing.T) (*world, *sixth) {
	t.Helper()
	w := newWorld(t)
	s := &sixth{world: w, room: 2}
	for _, tenant := range []string{"one", "two", "three"} { // others, so that ours is on the last of several pages
		s.records = append(s.records, map[string]any{"id": "other-" + tenant, "disabled": false, "login": map[string]any{"tenant": tenant}})
	}
	w.others = map[string]http.Handler{sixthHost: s}
	return w, s
}

// sixthCore is a new process that knows the sixth profile from the folder of the
// admin's own profiles. Pairs of texts change the profile's file.
func sixthCore(w *world, changes ...string) *plan.Core {
	w.t.Helper()
	dir := w.t.TempDir()
	file, err := os.ReadFile("testdata/sixth.yaml")
	if err != nil {
		w.t.Fatal(err)
	}
	changed := string(file)
	for i := 0; i < len(changes); i += 2 {
		if strings.Count(changed, changes[i]) != 1 {
			w.t.Fatalf("%q does not stand once in the profile", changes[i])
		}
		changed = strings.Replace(changed, changes[i], changes[i+1], 1)
	}
	if err := os.WriteFile(filepath.Join(dir, "sixth.yaml"), []byte(changed), 0o600); err != nil {
		w.t.Fatal(err)
	}
	c, err := catalog.Load(dir)
	if err != nil {
		w.t.Fatal(err)
	}
	profile, err := c.Profile("sixth")
	if err != nil {
		w.t.Fatal(err)
	}
	core, _ := w.start("net2phone")
	core.Profile, core.Keeper = profile, &keeper{Connection: w.store.Connection("sandbox", "sixth"), wire: w.wire}
	core.SP, err = api.New(api.Config{Profile: profile, BaseURL: profile.API.BaseURL, Token: secret.New(sixthKey),
		Inputs: map[string]string{"tenant": "acme"}, Transport: w.wire, Clock: w.clock})
	if err != nil {
		w.t.Fatal(err)
	}
	return core
}

// sixthWish are the admin's answers.
func sixthWish(tenant, join string) map[string]string {
	return map[string]string{"tenant": tenant, "join": join}
}

// setUpSixth runs one set-up of the sixth service provider.
func setUpSixth(w *world, core *plan.Core, inputs map[string]string) (plan.Result, *plan.Plan, error) {
	spec := wish("sixth", core.Profile.DefaultLabel)
	var err error
	if spec.Inputs, err = core.Profile.CheckInputs(inputs); err != nil {
		return plan.Result{}, nil, err
	}
	return carryOut(core, spec)
}

func TestAServiceProviderThatIsOnlyAFileIsSetUpEndToEnd(t *testing.T) {
	t.Parallel()
	w, s := sixthWorld(t)
	res, _, err := setUpSixth(w, sixthCore(w), sixthWish("acme", "no"))
	if err != nil || !res.Tested || !res.Enabled {
		t.Fatalf("%+v, %v", res, err)
	}
	if len(s.arrived) != 1 || s.arrived[0] != "ana.lima@acme.example" {
		t.Errorf("who signed in there: %v", s.arrived)
	}
	record := s.find("tenant", "acme")
	if record["disabled"] != false || member(record, "users", "refuse_unknown") != true || member(record, "users", "role") != "listener" {
		t.Errorf("%v", record)
	}
	res, p, err := setUpSixth(w, sixthCore(w), sixthWish("acme", "no"))
	if err != nil || p.Pending() || res.Changed || !res.Tested || !res.Enabled {
		t.Errorf("again: %+v, %v", res, err)
	}

	if err := doRotate(w, sixthCore(w)); err != nil {
		t.Fatalf("rotate: %v", err)
	}
	if len(s.arrived) != 2 {
		t.Errorf("after the rotation: %v", s.arrived)
	}
	res, _, err = setUpSixth(w, sixthCore(w), sixthWish("acme", "yes"))
	if err != nil || !res.Changed || !res.Tested || member(record, "users", "refuse_unknown") != false {
		t.Errorf("another answer: %+v, %v, %v", res, err, record)
	}
	if err := doUndo(w, sixthCore(w)); err != nil {
		t.Fatalf("undo: %v", err)
	}
	if s.find("tenant", "acme") != nil || len(s.records) != 3 {
		t.Errorf("undo left %v", s.records)
	}
}

func TestTheOktaAppFollowsTheAddressesThatTheSixthShows(t *testing.T) {
	t.Parallel()
	w, s := sixthWorld(t)
	s.elsewhere = true
	core := sixthCore(w)
	var warned string
	core.Report = func(e plan.Event) {
		if e.Kind == plan.EventWarning && e.Step != "" {
			warned = e.Detail
		}
	}
	res, _, err := setUpSixth(w, core, sixthWish("acme", "no"))
	if err != nil || !res.Tested || !res.Enabled || len(s.arrived) != 1 {
		t.Fatalf("%+v, %v, %v", res, err, s.arrived)
	}
	if !strings.Contains(warned, "Sixth Voice shows other values than computed") {
		t.Errorf("warned %q", warned)
	}
}

func TestTheSixthRefusesInItsOwnWordsAndAdviceIsItsOwn(t *testing.T) {
	t.Parallel()
	w, s := sixthWorld(t)
	core := sixthCore(w)
	core.SP, _ = api.New(api.Config{Profile: core.Profile, BaseURL: core.Profile.API.BaseURL, Token: secret.New(sixthKey),
		Inputs: map[string]string{"tenant": "taken"}, Transport: w.wire, Clock: w.clock})
	_, _, err := setUpSixth(w, core, sixthWish("taken", "no"))
	if err == nil || !strings.Contains(err.Error(), "somebody has it") || hint.CodeOf(err) != hint.Partway {
		t.Errorf("a tenant that is taken: %v", err)
	}
	if err := doUndo(w, sixthCore(w)); err != nil {
		t.Fatal(err)
	}

	if _, _, err := setUpSixth(w, sixthCore(w), sixthWish("acme", "no")); err != nil {
		t.Fatal(err)
	}
	s.find("tenant", "acme")["saml"].(map[string]any)["entity"] = "http://www.okta.com/exkOther"
	core = sixthCore(w)
	var found []sso.Finding
	core.Report = func(e plan.Event) {
		if e.Kind == plan.EventCheck && !e.Check.OK {
			found = append(found, *e.Check)
		}
	}
	if _, _, err := setUpSixth(w, core, sixthWish("acme", "no")); hint.CodeOf(err) != hint.Refused {
		t.Errorf("somebody has changed the issuer: %v", err)
	}
	spec, _, _ := kept(core)
	spec.Test, spec.Tester = sso.TestHTTP, "ana.lima@acme.example"
	o, err := core.Observe(context.Background(), spec)
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.MakeTest(spec, core.Profile, o, core.Diff)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := core.Apply(context.Background(), p); hint.CodeOf(err) != hint.TestFailed {
		t.Errorf("%v", err)
	}
	if len(found) != 1 || found[0].Code != "settings.sp.entity" || found[0].Fix != "Copy the issuer into Who answers once more." {
		t.Errorf("%+v", found)
	}
}

func TestNothingIsTurnedOnWhereTheProfileDoesNotSayHowPeopleSignIn(t *testing.T) {
	t.Parallel()
	w, s := sixthWorld(t)
	core := sixthCore(w, `sign_in_page: {start: "{{ .SP.login_url }}"}`+"\n", "")
	_, _, err := setUpSixth(w, core, sixthWish("acme", "no"))
	if hint.CodeOf(err) != hint.Usage || !strings.Contains(strings.Join(hint.Hints(err), " "), "add sign_in_page to the profile") {
		t.Errorf("%v", err)
	}
	if len(s.records) != 3 {
		t.Errorf("something was made all the same: %v", s.records)
	}
}
