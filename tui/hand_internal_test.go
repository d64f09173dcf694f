package tui

import (
	"strings"
	"testing"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sso"
)

func TestInTheSandboxTheHandOffSaysWhereThePageIs(t *testing.T) {
	page := plan.Handoff{Step: plan.StepPush, Page: "https://app.net2phone.com  Settings"}
	for name, c := range map[string]struct {
		world World
		want  string
	}{
		"production":   {World{}, ""},
		"a sandbox":    {World{SandboxOrg: "http://127.0.0.1:1", Flags: []string{"--state-dir", "x"}}, "ssowizard sandbox --open --state-dir x only"},
		"its own":      {World{SandboxOrg: "http://127.0.0.1:1", OwnSandbox: true}, "Save and quit here before."},
		"its own also": {World{SandboxOrg: "http://127.0.0.1:1", OwnSandbox: true}, "any other browser reaches the real service"},
	} {
		s := &hand{env: &env{world: c.world}, spName: "net2phone Sync", handoff: page}
		s.SetSize(200, 20)
		if got := s.View(); !strings.Contains(got, c.want) || c.want == "" && strings.Contains(got, "sandbox") {
			t.Errorf("%s:\n%s", name, got)
		}
	}
}

func TestASwitchIsSwitchedAndNotCopied(t *testing.T) {
	c, err := catalog.Load("")
	if err != nil {
		t.Fatal(err)
	}
	p, err := c.Profile("infobip")
	if err != nil {
		t.Fatal(err)
	}
	s := &hand{env: &env{keys: DefaultKeys()}, profile: p, handoff: plan.Handoff{Step: plan.StepPush,
		All: []sso.SPSetting{{ID: "auto_create_users", Label: "Auto-create users", Value: "true"}, {ID: "issuer", Label: "Issuer", Value: "true"}}}}
	s.SetSize(80, 20)
	if got := s.View(); !strings.Contains(got, "\non ") || strings.Contains(got, "true") || s.copies() {
		t.Errorf("the card says\n%s", got)
	}
	if s.card = 1; !s.copies() || !strings.Contains(s.View(), "true") {
		t.Errorf("a text is no switch:\n%s", s.View())
	}
}

func TestHelpOfAnInputSaysWhatItMayBeAndWhereItStands(t *testing.T) {
	c, err := catalog.Load("")
	if err != nil {
		t.Fatal(err)
	}
	p, err := c.Profile("infobip")
	if err != nil {
		t.Fatal(err)
	}
	x := inputField(&env{}, p, p.Inputs[0], "").explain
	if !strings.Contains(x.What, "lower-case letters") || !strings.Contains(x.Okta, "Single sign-on URL") ||
		!strings.Contains(x.SP, "SP Entity ID") || strings.Contains(x.SP, "lower-case") || x.Example == "" {
		t.Errorf("help: %+v", x)
	}
}
