package plan_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sso"
)

// profileOf is a built-in profile.
func profileOf(t *testing.T, id string) *catalog.Profile {
	t.Helper()
	c, err := catalog.Load("")
	if err != nil {
		t.Fatal(err)
	}
	p, err := c.Profile(id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (w *world) planUndo(change func(*sso.Spec)) (*plan.Plan, error) {
	w.t.Helper()
	spec := plan.SpecOf(w.keeper.state)
	if change != nil {
		change(&spec)
	}
	o, err := w.core.ObserveForUndo(context.Background(), spec)
	if err != nil {
		w.t.Fatal(err)
	}
	return plan.MakeUndo(spec, w.core.Profile, o, w.okta.Diff)
}

// inUse is a connection that somebody else set up and that people sign in with.
func inUse(t *testing.T) *world {
	w := newWorld(t)
	w.okta.apps = []sso.App{{ID: "0oaOld", Label: "Phones", Status: "ACTIVE", KID: "kid1", AdminNote: "made by hand",
		SAML: &sso.SAMLSettings{ACSURL: "https://auth.net2phone.com/saml/login/callback", Audience: "n2p"}}}
	w.okta.given["0oaOld"] = []sso.Assignment{{Kind: sso.ToGroup, ID: "00gSales", Name: "Sales"}}
	w.sp.settings = map[string]string{"login_url": "https://acme.example/app/x/exk0oaOld/sso/saml", "entity_id": "n2p", "public_certificate": "old"}
	w.sp.enabled = true
	return w
}

func TestUndoOfAnAdoptedConnectionLeavesPeopleSigningIn(t *testing.T) {
	for _, tc := range []struct {
		name  string
		adopt func(*world)
	}{
		{"adopted by id", func(w *world) {
			if _, err := w.adopt("0oaOld"); err != nil {
				w.t.Fatal(err)
			}
		}},
		{"adopted by its mark", func(w *world) {
			w.okta.apps[0].AdminNote = "made by hand\nssowizard:1 " + sso.ConnectionID("00oAcme", "net2phone") + " net2phone net2phone"
			if _, err := w.adopt(""); err != nil {
				w.t.Fatal(err)
			}
		}},
		{"found by its mark in a set-up without state", func(w *world) {
			w.okta.apps[0].AdminNote = "made by hand\nssowizard:1 " + sso.ConnectionID("00oAcme", "net2phone") + " net2phone net2phone"
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := inUse(t)
			tc.adopt(w)
			w.mustSetup(w.spec(func(s *sso.Spec) { s.Label = "Phones" }))
			held := w.sp.state()
			p, err := w.planUndo(nil)
			if err != nil {
				t.Fatal(err)
			}
			if said := strings.Join(p.Warnings, " "); !strings.Contains(said, "were there before ssowizard and stay") || !strings.Contains(said, "Public Certificate") {
				t.Errorf("the plan says %q", said)
			}
			res := w.undo(nil)
			if res.Left == "" {
				t.Error("the result does not say what is left")
			}
			if diff := cmp.Diff(held, w.sp.state()); diff != "" {
				t.Errorf("the service provider has changed:\n%s", diff)
			}
			if len(w.okta.apps) != 1 || w.okta.apps[0].AdminNote != "made by hand" {
				t.Errorf("apps = %+v", w.okta.apps)
			}
			if diff := cmp.Diff([]sso.Assignment{{Kind: sso.ToGroup, ID: "00gSales", Name: "Sales"}}, w.okta.given["0oaOld"]); diff != "" {
				t.Errorf("assignments:\n%s", diff)
			}
			if w.keeper.have {
				t.Error("the state is still kept")
			}
		})
	}
}

func TestUndoTurnsOffWhatWasOffWhenItWasAdopted(t *testing.T) {
	w := inUse(t)
	w.sp.enabled = false
	if _, err := w.adopt("0oaOld"); err != nil {
		t.Fatal(err)
	}
	w.sp.enabled = true
	w.undo(nil)
	if w.sp.enabled || len(w.sp.settings) == 0 {
		t.Errorf("enabled %v, settings %v", w.sp.enabled, w.sp.settings)
	}
}

func TestUndoOfAnUnreadableAdoptedConnectionTurnsOffOnlyWhatARunOfOursTurnedOn(t *testing.T) {
	for _, ours := range []bool{false, true} {
		w := inUse(t)
		if _, err := w.adopt("0oaOld"); err != nil {
			t.Fatal(err)
		}
		now := w.clock.Now()
		w.keeper.state.BeforeSP, w.keeper.state.TurnedOn, w.keeper.state.EnabledAt = nil, ours, &now
		p, err := w.planUndo(nil)
		if err != nil {
			t.Fatal(err)
		}
		if off := p.Step(plan.StepEnable).Action == plan.Delete; off != ours {
			t.Errorf("turned on by us %v: turns off %v", ours, off)
		}
	}
}

func TestUndoRefusesToDeleteWhatSomebodyHasChanged(t *testing.T) {
	for _, tc := range []struct {
		name, says string
		change     func(*sso.App)
	}{
		{"renamed", "label: is Telephony, was net2phone Sync", func(a *sso.App) { a.Label = "Telephony" }},
		{"text in the note", "Note for admins: is Ask Ana, was empty", func(a *sso.App) { a.AdminNote = "Ask Ana\n" + a.AdminNote }},
		{"setting", "Audience (SP entity ID): is N2P, was n2p", func(a *sso.App) {
			s := *a.SAML
			s.Audience = "N2P"
			a.SAML = &s
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t)
			w.mustSetup(w.spec(nil))
			tc.change(&w.okta.apps[0])
			_, err := w.planUndo(nil)
			if hint.CodeOf(err) != hint.Refused || !strings.Contains(err.Error(), tc.says) || !strings.Contains(strings.Join(hint.Hints(err), " "), "--override") {
				t.Fatalf("code %d, err %v, hints %v", hint.CodeOf(err), err, hint.Hints(err))
			}
			if _, err := w.planUndo(func(s *sso.Spec) { s.Override = true }); err != nil {
				t.Errorf("with --override: %v", err)
			}
		})
	}
}

func TestUndoTakesWhatARunThatWasCutOffWroteForOurs(t *testing.T) {
	w := newWorld(t)
	w.mustSetup(w.spec(nil))
	w.okta.apps[0].Label = "Phones" // written, but not noted
	w.keeper.state.Label, w.keeper.state.Unfinished = "Phones", "setup"
	if _, err := w.planUndo(nil); err != nil {
		t.Error(err)
	}
}

func TestUndoNamesThoseWhomSomebodyElseAssigned(t *testing.T) {
	w := newWorld(t)
	w.mustSetup(w.spec(nil))
	w.okta.given["0oa1"] = append(w.okta.given["0oa1"], sso.Assignment{Kind: sso.ToGroup, ID: "00gSales", Name: "Sales"},
		sso.Assignment{Kind: sso.ToUser, ID: "00uBen", Name: "ben@acme.example"}, sso.Assignment{Kind: sso.ToUser, ID: "00uAna", Name: "ana@acme.example", ThroughGroup: true})
	p, err := w.planUndo(nil)
	if err != nil {
		t.Fatal(err)
	}
	said := strings.Join(p.Warnings, " ")
	if !strings.Contains(said, "assigned the app to Sales, ben@acme.example:") {
		t.Errorf("the plan says %q", said)
	}
}

func TestUndoSaysWhatItCannotTakeBack(t *testing.T) {
	w := newWorld(t)
	w.core.Profile = profileOf(t, "telnyx")
	w.keeper.state, w.keeper.have = sso.State{Connection: "telnyx", Profile: "telnyx", AppID: "0oaGone", CreatedApp: true, TurnedOn: true}, true
	p, err := w.planUndo(nil)
	if err != nil || !strings.Contains(strings.Join(p.Warnings, " "), "cannot recall") {
		t.Errorf("plan %+v, err %v", p, err)
	}
	w.keeper.state.TurnedOn = false
	if p, err = w.planUndo(nil); err != nil || len(p.Warnings) > 0 {
		t.Errorf("never turned on: warnings %v, err %v", p.Warnings, err)
	}
}

func TestUndoSaysThatItLeavesOffWhatWasOnBeforeUs(t *testing.T) {
	w := newWorld(t)
	w.sp.settings, w.sp.enabled = map[string]string{"login_url": "https://old.example/sso", "entity_id": "old"}, true
	w.mustSetup(w.spec(func(s *sso.Spec) { s.Override = true }))
	p, err := w.planUndo(nil)
	if err != nil || !strings.Contains(strings.Join(p.Warnings, " "), "turn it on again at net2phone Sync yourself") {
		t.Fatalf("warnings %v, err %v", p, err)
	}
	res := w.undo(nil)
	if w.sp.enabled || w.sp.settings["entity_id"] != "old" || !strings.Contains(res.Left, "leaves it off") {
		t.Errorf("enabled %v, settings %v, left %q", w.sp.enabled, w.sp.settings, res.Left)
	}
	for _, e := range w.events {
		if e.Detail == "as before" {
			t.Error("a step says that all is as before")
		}
	}
}
