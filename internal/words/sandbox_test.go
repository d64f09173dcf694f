package words_test

import (
	"strings"
	"testing"

	"example.com/ssowizard/internal/words"
)

func TestAPageOfTheSandboxUnderARealNameIsToldOf(t *testing.T) {
	got := words.SandboxPage("https://app.net2phone.com  Settings", "--state-dir", "x")
	if !strings.Contains(got, "ssowizard sandbox --open --state-dir x only") || !strings.Contains(got, "the real service") {
		t.Errorf("it says %q", got)
	}
	for _, page := range []string{"", "http://127.0.0.1:7001/app/UserHome", "http://localhost:7001/x"} {
		if got := words.SandboxPage(page); got != "" {
			t.Errorf("%s: %q", page, got)
		}
	}
}
