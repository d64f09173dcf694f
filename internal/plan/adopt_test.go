package plan_test

import (
	"context"
	"strings"
	"testing"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sso"
)

func (w *world) adopt(appID string) (plan.Result, error) {
	return w.core.Adopt(context.Background(), w.spec(nil), appID)
}

// forget is a machine that has no state: a colleague takes over.
func (w *world) forget() { w.keeper.state, w.keeper.have = sso.State{}, false }

func TestAColleagueTakesOverByTheMarkAlone(t *testing.T) {
	w := newWorld(t)
	w.mustSetup(w.spec(nil))
	w.forget()
	w.okta.calls = nil
	res, err := w.adopt("")
	if err != nil || res.App.ID != "0oa1" || len(w.okta.writes()) > 0 {
		t.Fatalf("result %+v, writes %v, err %v", res, w.okta.writes(), err)
	}
	p, err := w.plan(w.spec(nil))
	if err != nil || p.Pending() {
		t.Errorf("after adopting: pending %v, err %v", p, err)
	}
}

func TestAForeignAppIsAdoptedUnchangedAndUndoLeavesIt(t *testing.T) {
	w := newWorld(t)
	w.okta.apps = []sso.App{{ID: "0oaOld", Label: "Phones", Status: "ACTIVE", KID: "kid1", AdminNote: "made by hand",
		SAML: &sso.SAMLSettings{ACSURL: "https://auth.net2phone.com/saml/login/callback", Audience: "n2p"}}}
	if _, err := w.adopt("0oaOld"); err != nil {
		t.Fatal(err)
	}
	if len(w.okta.writes()) > 0 || w.okta.apps[0].AdminNote != "made by hand" {
		t.Errorf("adopting wrote %v", w.okta.writes())
	}
	// What differs from the profile is offered as a change, not taken for somebody's.
	p, err := w.plan(w.spec(func(s *sso.Spec) { s.Label = "Phones" }))
	if err != nil || p.Step(plan.StepApp).Action != plan.Update {
		t.Fatalf("plan = %v, err = %v", p, err)
	}
	w.mustSetup(w.spec(func(s *sso.Spec) { s.Label = "Phones" }))
	w.undo(nil)
	if len(w.okta.apps) != 1 || w.okta.apps[0].AdminNote != "made by hand" {
		t.Errorf("after undo: %+v", w.okta.apps)
	}
}

func TestWhatCannotBeAdoptedIsRefused(t *testing.T) {
	acs := sso.SAMLSettings{ACSURL: "https://auth.net2phone.com/saml/login/callback", Audience: "n2p"}
	for _, tc := range []struct {
		name string
		apps []sso.App
		id   string
		code hint.Code
		says string
	}{
		{"no such app", nil, "0oaX", hint.Usage, "no app in Okta has the id"},
		{"nothing alike", nil, "", hint.Usage, "carries the mark"},
		{"several alike", []sso.App{{ID: "0oaA", SAML: &acs}, {ID: "0oaB", SAML: &acs}}, "", hint.Usage, "several apps"},
		{"another sign-on mode", []sso.App{{ID: "0oaA", SignOnMode: "OPENID_CONNECT", OIDC: &sso.OIDCSettings{}}}, "0oaA", hint.Usage, "OPENID_CONNECT"},
		{"another connection's", []sso.App{{ID: "0oaA", SAML: &acs, AdminNote: "ssowizard:1 0123456789abcdef phones net2phone"}}, "0oaA", hint.Refused, `belongs to connection "phones"`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t)
			w.okta.apps = tc.apps
			_, err := w.adopt(tc.id)
			if hint.CodeOf(err) != tc.code || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("code %d, err = %v", hint.CodeOf(err), err)
			}
			if w.keeper.have {
				t.Error("a state was kept")
			}
		})
	}
}

// asking is a service provider whose record is known by an answer.
type asking struct {
	*fakeSP
	inputs map[string]string
}

func (s *asking) SetInputs(inputs map[string]string) { s.inputs = inputs }

func (s *asking) Read(ctx context.Context) (sso.SPState, error) {
	if s.inputs["short_name"] != "acme" {
		return sso.SPState{Readable: true}, ctx.Err()
	}
	return s.fakeSP.Read(ctx)
}

func telnyxInUse(t *testing.T) *world {
	w := newWorld(t)
	w.core.Profile = profileOf(t, "telnyx")
	w.okta.apps = []sso.App{{ID: "0oaOld", Label: "Phones", Status: "ACTIVE", KID: "kid1",
		SAML: &sso.SAMLSettings{ACSURL: "https://api.telnyx.com/sso/saml/auth/acme", Audience: "https://api.telnyx.com/sso/saml/metadata/acme"}}}
	w.sp.settings = map[string]string{"name": "Okta of Acme", "short_name": "acme"}
	w.core.SP = &asking{fakeSP: w.sp}
	return w
}

func TestAdoptingAsksOnlyWhatNeitherSideTells(t *testing.T) {
	w := telnyxInUse(t)
	spec := sso.Spec{Connection: "telnyx", Profile: "telnyx", Push: sso.PushAPI, Test: sso.TestNone}
	if _, err := w.core.Adopt(context.Background(), spec, "0oaOld"); err != nil {
		t.Fatal(err)
	}
	if got := w.keeper.state.Inputs; got["short_name"] != "acme" || got["provider_name"] != "Okta of Acme" {
		t.Errorf("kept %v", got)
	}
	if w.keeper.state.BeforeSP == nil || w.keeper.state.BeforeSP.Settings["name"] != "Okta of Acme" {
		t.Errorf("before = %+v", w.keeper.state.BeforeSP)
	}

	w = telnyxInUse(t)
	w.okta.apps[0].SAML.ACSURL = "https://api.telnyx.com/sso/saml/auth/globex"
	_, err := w.core.Adopt(context.Background(), spec, "0oaOld")
	if hint.CodeOf(err) != hint.Usage || !strings.Contains(err.Error(), "short_name (Short Name): globex, acme") {
		t.Errorf("contradicting sides: code %d, %v", hint.CodeOf(err), err)
	}

	w = telnyxInUse(t)
	w.okta.apps[0].SAML = &sso.SAMLSettings{ACSURL: "https://elsewhere.example", Audience: "x"}
	spec.Override = true
	_, err = w.core.Adopt(context.Background(), spec, "0oaOld")
	if hint.CodeOf(err) != hint.Usage || !strings.Contains(strings.Join(hint.Hints(err), " "), "--input short_name=") {
		t.Errorf("nothing tells: code %d, %v", hint.CodeOf(err), err)
	}
}

func TestAnAppOfAnotherConnectionOrServiceProviderIsRefused(t *testing.T) {
	w := inUse(t)
	w.core.Manages = func(id string) (string, error) { return map[string]string{"0oaOld": "phones"}[id], nil }
	for _, id := range []string{"0oaOld", ""} {
		_, err := w.adopt(id)
		if hint.CodeOf(err) != hint.Refused || !strings.Contains(err.Error(), `managed by connection "phones"`) {
			t.Errorf("--app %q: code %d, %v", id, hint.CodeOf(err), err)
		}
	}
	w.core.Manages = nil
	w.okta.apps[0].SAML = &sso.SAMLSettings{ACSURL: "https://elsewhere.example/acs", Audience: "elsewhere"}
	_, err := w.adopt("0oaOld")
	if hint.CodeOf(err) != hint.Refused || !strings.Contains(err.Error(), "https://elsewhere.example/acs") || w.keeper.have {
		t.Errorf("code %d, %v", hint.CodeOf(err), err)
	}
	if _, err = w.core.Adopt(context.Background(), w.spec(func(s *sso.Spec) { s.Override = true }), "0oaOld"); err != nil {
		t.Errorf("with --override: %v", err)
	}
}

func TestWhatAnAdoptedAppNeverHadIsNobodysChange(t *testing.T) {
	w := inUse(t)
	w.okta.apps[0].SAML.Audience = "" // lacks what the profile wants
	if _, err := w.adopt("0oaOld"); err != nil {
		t.Fatal(err)
	}
	p, err := w.plan(w.spec(func(s *sso.Spec) { s.Label = "Phones" }))
	if err != nil || p.Step(plan.StepApp).Action != plan.Update {
		t.Fatalf("plan %+v, err %v", p, err)
	}
	w.mustSetup(w.spec(func(s *sso.Spec) { s.Label = "Phones" }))
	w.okta.apps[0].SAML = &sso.SAMLSettings{ACSURL: w.okta.apps[0].SAML.ACSURL}
	if _, err = w.plan(w.spec(func(s *sso.Spec) { s.Label = "Phones" })); hint.CodeOf(err) != hint.Refused {
		t.Errorf("taken away since: %v", err)
	}
}

func TestTheSwitchOfAnAdoptedConnectionIsKnownOnlyWhereItCanBeRead(t *testing.T) {
	w := newWorld(t)
	tests := []struct {
		name  string
		state sso.State
		sp    sso.SPState
		want  string
	}{
		{"nothing can be read", sso.State{Adopted: true}, sso.SPState{}, "on or off, not known"},
		{"it can be read", sso.State{Adopted: true}, sso.SPState{Readable: true}, "off"},
		{"a run of ours turned it on and off", sso.State{Adopted: true, TurnedOn: true}, sso.SPState{}, "off"},
		{"a person has said that it is on", sso.State{Adopted: true}, sso.SPState{Enabled: true}, "on"},
		{"we have set it up", sso.State{AppID: "0oa1", CreatedApp: true}, sso.SPState{}, "off"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := plan.StatusOf(w.spec(nil), w.core.Profile, plan.Observed{State: tt.state, HaveState: true, SP: tt.sp}, w.okta.Diff, w.core.Clock.Now())
			if err != nil || s.Switch() != tt.want {
				t.Errorf("%q, %v", s.Switch(), err)
			}
		})
	}
}
