package main_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/tui/tuitest"
)

// says runs the program with an input and gives what it says and its exit code.
func says(t *testing.T, state, input string, args ...string) (stdout string, code int) {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), path, append(args, "--sandbox", "--state-dir", state)...)
	cmd.Env = append(clean(os.Environ()), "HOME="+state, "XDG_CONFIG_HOME="+state)
	cmd.Stdin = strings.NewReader(input)
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return string(out), exit.ExitCode()
	}
	if err != nil {
		t.Fatalf("%q: %v", args, err)
	}
	return string(out), 0
}

// TestFlagsPromptsAndScreensMakeTheSamePlan gives the same answers in the three
// ways, to the real program and one sandbox.
func TestFlagsPromptsAndScreensMakeTheSamePlan(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, sp string
		flags    []string
		prompts  string
		details  func(s *sitting)
	}{
		{"net2phone", "net2phone Sync", []string{"net2phone", "--connection", "phones", "--label", "Phones"}, "net2phone\nphones\nPhones\n", func(s *sitting) {
			s.press(tuitest.CtrlU, "Phones", tuitest.Enter, tuitest.Enter, tuitest.CtrlU, "phones", tuitest.Enter)
		}},
		{"telnyx", "Telnyx", []string{"telnyx", "--input", "short_name=acme"}, "telnyx\n\nacme\n\n\n", func(s *sitting) {
			s.press("acme", tuitest.Enter, tuitest.Enter, tuitest.Enter, tuitest.Enter, tuitest.Enter)
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			state := t.TempDir()
			flags, code := says(t, state, "", append([]string{"plan", "--group", "Support EMEA", "--user", "ben.okafor@acme.example"}, tc.flags...)...)
			if code != 0 || !strings.Contains(flags, "create SAML app") {
				t.Fatalf("exit code %d:\n%s", code, flags)
			}
			prompts, code := says(t, state, tc.prompts+"Support EMEA\nben.okafor@acme.example\nn\n", "--accessible")
			if code != 1 {
				t.Fatalf("exit code %d:\n%s", code, prompts)
			}
			if diff := cmp.Diff(flags, prompts); diff != "" {
				t.Errorf("flags and prompts plan different things: %s", diff)
			}

			file := filepath.Join(state, "by-screens.yaml")
			s := sit(t, state, "--sandbox")
			s.see("Set up a new connection")
			s.press(tuitest.Enter)
			s.Until(t, tuitest.Down, "› "+tc.sp)
			s.press(tuitest.Enter)
			s.see("Identity Engine")
			s.press(tuitest.Enter)
			s.see("App label")
			tc.details(s)
			s.see("Who may sign in with Okta?", "Contractors")
			s.press("p")
			s.see("Paste logins or e-mail addresses")
			s.press("ben.okafor@acme.example", tuitest.Enter)
			s.see("Chosen: ben.okafor@acme.example")
			s.press("/")
			s.see("search:")
			s.press("support e")
			s.see("› [ ] Support EMEA")
			s.Wait(t, "only what begins with it", func(screen string) bool { return !strings.Contains(screen, "Contractors") })
			s.press(tuitest.Enter, " ")
			s.see("Support EMEA, ben.okafor@acme.example")
			s.press(tuitest.Enter)
			s.see("This is what will be done")
			s.press("s")
			s.see("Save as a connection file")
			s.press(tuitest.CtrlU, file, tuitest.Enter)
			s.see("Saved ")
			s.press(tuitest.CtrlC)
			s.exit()
			screens, code := says(t, state, "", "plan", "-f", file)
			if code != 0 {
				t.Fatalf("exit code %d:\n%s", code, screens)
			}
			if diff := cmp.Diff(flags, screens); diff != "" {
				t.Errorf("flags and screens plan different things: %s", diff)
			}
		})
	}
}
