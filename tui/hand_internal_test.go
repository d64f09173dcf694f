package tui

import (
	"strings"
	"testing"

	"example.com/ssowizard/internal/plan"
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
