package tui

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"example.com/ssowizard/internal/plan"
)

func TestNoLineOfARunBreaksAnewWhenItsTimeComes(t *testing.T) {
	s := &apply{env: &env{}, steps: []stepRow{{id: plan.StepTester, summary: "Okta: assign ana.lima@acme.example, who tests first", status: plan.Done}}}
	for s.width = 40; s.width < 70; s.width++ {
		var before []string
		for _, took := range []time.Duration{0, 200 * time.Millisecond, 12 * time.Second, 119 * time.Second} {
			s.steps[0].elapsed = took
			lines := s.stepLines(true)
			for i := range lines { // the first ends with the time
				lines[i] = ansi.Strip(lines[i])
				if took >= 50*time.Millisecond {
					lines[i] = strings.TrimSuffix(lines[i], seconds(took))
				}
				lines[i] = strings.TrimRight(lines[i], " ")
			}
			if got := strings.Join(lines, "\n"); before != nil && got != strings.Join(before, "\n") {
				t.Fatalf("%d columns, after %s:\n%s\nand before:\n%s", s.width, took, got, strings.Join(before, "\n"))
			}
			before = lines
		}
	}
}
