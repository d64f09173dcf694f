package plan_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sso"
)

func actions(p *plan.Plan) map[plan.StepID]plan.Action {
	out := map[plan.StepID]plan.Action{}
	for _, s := range p.Steps {
		out[s.ID] = s.Action
	}
	return out
}

func TestFirstPlanHasTheStepsInOrderAndWritesNothing(t *testing.T) {
	w := newWorld(t)
	p, err := w.plan(w.spec(func(s *sso.Spec) { s.Test = sso.TestHTTP; s.Tester = "ana@acme.example"; s.Enable = true }))
	if err != nil {
		t.Fatal(err)
	}
	var ids []plan.StepID
	for _, s := range p.Steps {
		ids = append(ids, s.ID)
	}
	want := []plan.StepID{"okta.app", "okta.tester", "okta.values", "sp.push", "sp.readback", "test", "okta.assign", "sp.enable"}
	if diff := cmp.Diff(want, ids); diff != "" {
		t.Error(diff)
	}
	wantActions := map[plan.StepID]plan.Action{"okta.app": "create", "okta.tester": "create", "okta.values": "none",
		"sp.push": "create", "sp.readback": "none", "test": "run", "okta.assign": "create", "sp.enable": "update"}
	if diff := cmp.Diff(wantActions, actions(p)); diff != "" {
		t.Error(diff)
	}
	if len(w.okta.writes()) > 0 || w.keeper.have || len(w.keeper.journal) > 0 {
		t.Errorf("planning wrote: %v", w.okta.writes())
	}
}

func TestValuesThatOktaDecidesAreMarkedAsKnownLater(t *testing.T) {
	w := newWorld(t)
	p, err := w.plan(w.spec(nil))
	if err != nil {
		t.Fatal(err)
	}
	want := []sso.Change{{Field: "login_url", KnownAfter: "okta.app"}, {Field: "entity_id", To: "n2p"}, {Field: "public_certificate", KnownAfter: "okta.app"}}
	if diff := cmp.Diff(want, p.Step(plan.StepPush).Changes); diff != "" {
		t.Error(diff)
	}
}

func TestSecondPlanHasNothingToDo(t *testing.T) {
	w := newWorld(t)
	w.mustSetup(w.spec(nil))
	p, err := w.plan(w.spec(nil))
	if err != nil {
		t.Fatal(err)
	}
	if p.Pending() {
		t.Errorf("pending: %v", actions(p))
	}
}

func TestWhatSomebodyChangedSinceIsRefusedAndNamed(t *testing.T) {
	for _, tc := range []struct {
		name   string
		change func(*world)
		names  string
	}{
		{"audience in Okta", func(w *world) { w.okta.apps[0].SAML.Audience = "N2P" }, "Audience (SP entity ID): is N2P, would become n2p"},
		{"label in Okta", func(w *world) { w.okta.apps[0].Label = "Telephony" }, "label: is Telephony"},
		{"status in Okta", func(w *world) { w.okta.apps[0].Status = sso.StatusInactive }, "Status: is INACTIVE"},
		{"setting at the service provider", func(w *world) { w.sp.settings["entity_id"] = "other" }, "SP entity ID (Entity ID): is other, would become n2p"},
		{"app deleted", func(w *world) { w.okta.apps = nil }, "gone from Okta"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t)
			w.mustSetup(w.spec(nil))
			tc.change(w)
			_, err := w.plan(w.spec(nil))
			if hint.CodeOf(err) != hint.Refused || !strings.Contains(err.Error(), tc.names) {
				t.Fatalf("err = %v (code %d)", err, hint.CodeOf(err))
			}
			if !strings.Contains(strings.Join(hint.Hints(err), " "), "--override") {
				t.Errorf("hints = %v", hint.Hints(err))
			}
			p, err := w.plan(w.spec(func(s *sso.Spec) { s.Override = true }))
			if err != nil || !p.Pending() {
				t.Errorf("with --override: %v", err)
			}
		})
	}
}

func TestAChangedAnswerIsNotDrift(t *testing.T) {
	w := newWorld(t)
	w.mustSetup(w.spec(nil))
	p, err := w.plan(w.spec(func(s *sso.Spec) { s.Label = "Phones" }))
	if err != nil {
		t.Fatal(err)
	}
	want := []sso.Change{{Field: "label", From: "net2phone Sync", To: "Phones"}}
	if diff := cmp.Diff(want, p.Step(plan.StepApp).Changes); diff != "" {
		t.Error(diff)
	}
}

func TestPeoplesTextInTheAdminNoteIsKept(t *testing.T) {
	w := newWorld(t)
	w.mustSetup(w.spec(nil))
	w.okta.apps[0].AdminNote = "Ask Ana first.\n" + w.okta.apps[0].AdminNote
	p, err := w.plan(w.spec(nil))
	if err != nil || p.Pending() {
		t.Fatalf("a note of people counts as a change: %v %v", err, p)
	}
	w.okta.apps[0].AdminNote = "somebody wrote over all of it"
	if res := w.mustSetup(w.spec(nil)); !res.Changed {
		t.Error("a lost mark is not put back")
	}
	if note := w.okta.apps[0].AdminNote; !strings.HasPrefix(note, "somebody wrote over all of it\nssowizard:1 ") {
		t.Errorf("note = %q", note)
	}
}

func TestForeignAppsAreNeverWrittenOver(t *testing.T) {
	acs, audience := "https://auth.net2phone.com/saml/login/callback", "n2p"
	for _, tc := range []struct {
		name string
		app  sso.App
		says string
	}{
		{"same label", sso.App{ID: "0oaX", Label: "net2phone Sync"}, "the same label"},
		{"same ACS URL and Audience", sso.App{ID: "0oaX", Label: "Other", SAML: &sso.SAMLSettings{ACSURL: acs, Audience: audience}}, "the same ACS URL and Audience"},
		{"another connection of ours", sso.App{ID: "0oaX", Label: "Other", SAML: &sso.SAMLSettings{ACSURL: acs, Audience: audience},
			AdminNote: "ssowizard:1 0123456789abcdef phones net2phone"}, `belongs to connection "phones"`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t)
			w.okta.apps = []sso.App{tc.app}
			_, err := w.plan(w.spec(nil))
			if hint.CodeOf(err) != hint.Refused || !strings.Contains(err.Error(), tc.says) {
				t.Fatalf("err = %v", err)
			}
			if tips := strings.Join(hint.Hints(err), " "); !strings.Contains(tips, "--app 0oaX") || !strings.Contains(tips, "--new-app") {
				t.Errorf("hints = %s", tips)
			}
			p, err := w.plan(w.spec(func(s *sso.Spec) { s.NewApp = true }))
			if err != nil || p.Step(plan.StepApp).Action != plan.Create {
				t.Errorf("with --new-app: %v", err)
			}
		})
	}
}

func TestAnAppThatOnlySharesTheACSURLIsNotInTheWay(t *testing.T) {
	w := newWorld(t)
	w.okta.apps = []sso.App{{ID: "0oaX", Label: "Other", SAML: &sso.SAMLSettings{ACSURL: "https://auth.net2phone.com/saml/login/callback", Audience: "mine"}}}
	if _, err := w.plan(w.spec(nil)); err != nil {
		t.Error(err)
	}
}

func TestTwoAppsWithOurMarkAreNamed(t *testing.T) {
	w := newWorld(t)
	w.mustSetup(w.spec(nil))
	twin := w.okta.apps[0]
	twin.ID = "0oaTwin"
	w.okta.apps = append(w.okta.apps, twin)
	_, err := w.plan(w.spec(nil))
	if hint.CodeOf(err) != hint.Refused || !strings.Contains(err.Error(), "0oa1") || !strings.Contains(err.Error(), "0oaTwin") {
		t.Errorf("err = %v", err)
	}
}

func TestWhoCannotBeAssignedIsNamed(t *testing.T) {
	for _, tc := range []struct {
		name   string
		change func(*sso.Spec)
		says   []string
	}{
		{"unknown group lists candidates", func(s *sso.Spec) { s.Groups = []string{"Suport"} }, []string{`no group in Okta is called "Suport"`}},
		{"unknown person", func(s *sso.Spec) { s.Users = []string{"zoe@acme.example"} }, []string{`no person in Okta is called "zoe@acme.example"`}},
		{"both at once", func(s *sso.Spec) { s.Groups = []string{"Suport"}; s.Users = []string{"zoe"} }, []string{"Suport", "zoe"}},
		{"no e-mail address", func(s *sso.Spec) { s.Users = []string{"nomail"} }, []string{"nomail has no e-mail address"}},
		{"suspended", func(s *sso.Spec) { s.Users = []string{"sus@acme.example"} }, []string{"sus@acme.example is suspended"}},
		{"suspended tester", func(s *sso.Spec) { s.Test = sso.TestHTTP; s.Tester = "sus@acme.example" }, []string{"is suspended"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t)
			_, err := w.plan(w.spec(tc.change))
			if hint.CodeOf(err) != hint.Usage {
				t.Fatalf("code = %d, err = %v", hint.CodeOf(err), err)
			}
			for _, text := range tc.says {
				if !strings.Contains(err.Error(), text) {
					t.Errorf("%q does not say %q", err, text)
				}
			}
		})
	}
}

func TestAmbiguousGroupListsItsCandidates(t *testing.T) {
	w := newWorld(t)
	w.okta.groups = append(w.okta.groups, sso.Group{ID: "00gSup2", Name: "Support"})
	_, err := w.plan(w.spec(nil))
	tips := strings.Join(hint.Hints(err), " ")
	if hint.CodeOf(err) != hint.Usage || !strings.Contains(tips, "00gSup") || !strings.Contains(tips, "00gSup2") {
		t.Errorf("err = %v, hints = %s", err, tips)
	}
}

func TestTurningOnIsRefusedWithoutAProof(t *testing.T) {
	w := newWorld(t)
	_, err := w.plan(w.spec(func(s *sso.Spec) { s.Enable = true }))
	if hint.CodeOf(err) != hint.Refused || !strings.Contains(err.Error(), "no test has passed") {
		t.Errorf("err = %v", err)
	}
}

func TestSingleSignOnOfSomebodyElseIsNotOverwritten(t *testing.T) {
	w := newWorld(t)
	w.sp.settings, w.sp.enabled = map[string]string{"login_url": "https://other.example/sso"}, true
	_, err := w.plan(w.spec(nil))
	if hint.CodeOf(err) != hint.Refused || !strings.Contains(err.Error(), "already on") {
		t.Errorf("err = %v", err)
	}
	w.sp.enabled = false
	if _, err := w.plan(w.spec(nil)); err != nil {
		t.Errorf("while it is off: %v", err)
	}
}

func TestAssignmentsOfEarlierRunsStayUnlessExact(t *testing.T) {
	w := newWorld(t)
	w.mustSetup(w.spec(func(s *sso.Spec) { s.Groups = []string{"Support", "Sales"} }))
	p, err := w.plan(w.spec(nil))
	if err != nil || p.Pending() {
		t.Fatalf("a group left out counts as a change: %v", err)
	}
	p, err = w.plan(w.spec(func(s *sso.Spec) { s.Exact = true }))
	if err != nil {
		t.Fatal(err)
	}
	want := []sso.Change{{Field: "assignments.group", From: "Sales"}}
	if diff := cmp.Diff(want, p.Step(plan.StepAssign).Changes); diff != "" {
		t.Error(diff)
	}
}

func TestEveryoneIsWarnedAbout(t *testing.T) {
	w := newWorld(t)
	p, err := w.plan(w.spec(func(s *sso.Spec) { s.Groups = []string{"Everyone"} }))
	if err != nil || !strings.Contains(strings.Join(p.Warnings, " "), "every person of the org") {
		t.Errorf("warnings = %v, err = %v", p, err)
	}
}

func TestSavingIsSaidToTurnOnWhereThereIsNoSwitch(t *testing.T) {
	for _, consent := range []string{"Saving turns it on.", ""} {
		w := newWorld(t)
		profile := *w.core.Profile
		profile.TurnOn, profile.Consent = catalog.TurnOnNone, consent
		w.core.Profile = &profile
		want := consent
		if want == "" {
			want = "as soon as the values are saved there, people may sign in with Okta"
		}
		p, err := w.plan(w.spec(nil))
		if err != nil || strings.Count(strings.Join(p.Warnings, " "), want) != 1 {
			t.Fatalf("the first plan: %+v, err %v", p, err)
		}
		w.mustSetup(w.spec(nil))
		if p, err = w.plan(w.spec(nil)); err != nil || len(p.Warnings) > 0 {
			t.Errorf("a later plan: %+v, err %v", p, err)
		}
	}
}

func TestOneDeadTokenIsToldOnce(t *testing.T) {
	w := newWorld(t)
	dead := hint.New(hint.NotAllowed, "Okta refused the token", "make a new one")
	w.okta.fail = func(string, int) (error, error) { return dead, nil }
	_, err := w.plan(w.spec(func(s *sso.Spec) { s.Users = []string{"ana@acme.example"} }))
	if hint.CodeOf(err) != hint.NotAllowed || strings.Count(err.Error(), "refused the token") != 1 {
		t.Errorf("err = %v", err)
	}
	if !errors.Is(err, dead) {
		t.Error("the cause is lost")
	}
}
