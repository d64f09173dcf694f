package main_test

import (
	"bytes"
	"io"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/creack/pty"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"example.com/ssowizard/internal/cli"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/internal/wizard"
	"example.com/ssowizard/tui/tuitest"
)

// front is the program in this process. What its answers come to is noted where
// flags, prompts and screens hand it over.
type front struct {
	t     *testing.T
	state string

	mu   sync.Mutex
	spec sso.Spec // the last one
}

func (f *front) streams(in io.Reader, out, err io.Writer) cli.Streams {
	return cli.Streams{In: in, Out: out, Err: err, Home: f.state, GOOS: runtime.GOOS, Getenv: func(name string) string {
		return map[string]string{"TERM": "xterm-256color", "XDG_CONFIG_HOME": f.state}[name]
	}, Wanted: func(s sso.Spec) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.spec = s
	}}
}

// wanted is the Spec that came last.
func (f *front) wanted() sso.Spec {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.spec
}

// says runs the program with an input and gives what it says.
func (f *front) says(code int, input string, args ...string) string {
	f.t.Helper()
	var out, messages bytes.Buffer
	args = append(args, "--sandbox", "--state-dir", f.state)
	if got := cli.Run(f.t.Context(), args, f.streams(strings.NewReader(input), &out, &messages)); got != code {
		f.t.Fatalf("%q: exit code %d, want %d\n%s%s", args, got, code, messages.String(), out.String())
	}
	return out.String()
}

// oneScreen: the library of the screens has one look for the whole process.
var oneScreen sync.Mutex

// screens walks through the wizard until it shows its plan, saves that as a
// connection file and leaves.
func (f *front) screens(name string, details func(*sitting)) (file string) {
	f.t.Helper()
	oneScreen.Lock()
	defer oneScreen.Unlock()
	master, slave, err := pty.Open()
	if err != nil {
		f.t.Skip("no pseudo-terminal: ", err)
	}
	defer master.Close()
	if err := pty.Setsize(master, &pty.Winsize{Rows: 24, Cols: 80}); err != nil {
		f.t.Fatal(err)
	}
	s := &sitting{t: f.t, tty: master, done: make(chan error, 1), Terminal: tuitest.NewTerminal(master, 80, 24)}
	streams := f.streams(slave, &s.out, slave)
	streams.InTerminal, streams.ErrTerminal = true, true
	streams.Wizard = wizard.New(slave, slave, 80)
	go func() {
		cli.Run(f.t.Context(), []string{"--sandbox", "--state-dir", f.state}, streams)
		_ = slave.Close()
		s.done <- nil
	}()
	s.toDetails(name)
	details(s)
	s.see("Who may sign in with Okta?", "Contractors")
	s.press("p")
	s.see("Paste logins or e-mail addresses")
	s.press("ben.okafor@acme.example", tuitest.Enter)
	s.see("Chosen: ben.okafor@acme.example")
	s.press("/")
	s.see("search:")
	s.press("support e")
	s.see("› [ ] Support EMEA")
	s.Wait(f.t, "only what begins with it", func(screen string) bool { return !strings.Contains(screen, "Contractors") })
	s.press(tuitest.Enter, " ")
	s.see("Support EMEA, ben.okafor@acme.example")
	s.press(tuitest.Enter)
	s.see("This is what will be done")
	file = filepath.Join(f.state, "by-screens.yaml")
	s.press("s")
	s.see("Save as a connection file")
	s.press(tuitest.CtrlU, file, tuitest.Enter)
	s.see("Saved ")
	s.press(tuitest.CtrlC)
	s.exit()
	return file
}

// enters is so many times Enter.
func enters(n int) func(*sitting) {
	return func(s *sitting) { s.press(strings.Repeat(tuitest.Enter, n)) }
}

// TestFlagsPromptsAndScreensComeToTheSame gives the same answers in the three
// ways, for every kind of service provider: the Spec is one and the same at the
// point where each hands it over, and so is the plan.
func TestFlagsPromptsAndScreensComeToTheSame(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("pseudo-terminals are Unix")
	}
	t.Parallel()
	const at = "https://app.example.com/saml"
	for _, tc := range []struct {
		name, sp string
		flags    []string
		prompts  string // up to the groups
		details  func(s *sitting)
	}{
		{"as proposed", "net2phone Sync", []string{"net2phone"}, "net2phone\n\n\n", enters(3)},
		{"named", "net2phone Sync", []string{"net2phone", "--connection", "phones", "--label", "Phones"}, "net2phone\nphones\nPhones\n", func(s *sitting) {
			s.press(tuitest.CtrlU, "Phones", tuitest.Enter, tuitest.Enter, tuitest.CtrlU, "phones", tuitest.Enter)
		}},
		{"public API", "Telnyx", []string{"telnyx", "--input", "short_name=acme"}, "telnyx\n\nacme\n\n\n", func(s *sitting) {
			s.press("acme")
			enters(5)(s)
		}},
		{"questions that depend on others", "Infobip", []string{"infobip", "--input", "custom_domain=acme", "--input", "auto_create_groups=yes", "--input", "group_filter=Support.*"},
			"infobip\n\nacme\n\nyes\nSupport.*\n\n\n", func(s *sitting) {
				s.press("acme", tuitest.Enter, tuitest.Enter, tuitest.Right, tuitest.Enter, "Support.*")
				enters(5)(s)
			}},
		{"answers of the service provider", "JustCall", []string{"justcall", "--input", "default_role=Admin"}, "justcall\n\n\n\nAdmin\n\n", func(s *sitting) {
			enters(3)(s)
			s.see("‹ Member ›")
			s.Until(s.t, tuitest.Right, "‹ Member ›", "‹ Admin ›")
			s.press(tuitest.Enter)
		}},
		{"OpenID Connect", "CloudTalk", []string{"cloudtalk", "--input", "method=POST", "--input", "enforce=yes"}, "cloudtalk\n\nPOST\n\nyes\n\n", func(s *sitting) {
			s.press(tuitest.Right, tuitest.Enter, tuitest.Enter, tuitest.Right)
			enters(4)(s)
		}},
		{"by hand, whatever it is", "Custom SAML service provider", []string{"custom", "--input", "acs_url=" + at + "/acs", "--input", "audience=" + at, "--input", "certificate_form=text"},
			"custom\n\n" + at + "/acs\n" + at + "\n\n\n\n\n\n\ntext\n\n", func(s *sitting) {
				s.press(at+"/acs", tuitest.Enter, at)
				enters(7)(s)
				s.press(tuitest.Right)
				enters(4)(s)
			}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			f := &front{t: t, state: t.TempDir()}
			who := []string{"--group", "Support EMEA", "--user", "ben.okafor@acme.example"}
			plan := f.says(0, "", append(append([]string{"plan"}, tc.flags...), append(who, "--output", "json")...)...)
			spec := f.wanted()
			if spec.Profile != tc.flags[0] || !strings.Contains(plan, `"okta.app","action":"create"`) {
				t.Fatalf("the flags come to %+v\n%s", spec, plan)
			}
			same := func(way string) {
				t.Helper()
				if diff := cmp.Diff(spec, f.wanted(), cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("flags and %s make two Specs: %s", way, diff)
				}
			}
			// What has to be true before one starts, the prompts have said at their beginning.
			_, text, _ := strings.Cut("\n"+f.says(0, "", append(append([]string{"plan"}, tc.flags...), who...)...), "\nsandbox org")
			prompts := f.says(1, tc.prompts+"Support EMEA\nben.okafor@acme.example\nn\n", "--accessible")
			same("prompts")
			if diff := cmp.Diff("sandbox org"+text, prompts); diff != "" {
				t.Errorf("flags and prompts plan different things: %s", diff)
			}
			file := f.screens(tc.sp, tc.details)
			same("screens")
			if diff := cmp.Diff(plan, f.says(0, "", "plan", "-f", file, "--output", "json")); diff != "" {
				t.Errorf("flags and screens plan different things: %s", diff)
			}
			same("a connection file")
		})
	}
}
