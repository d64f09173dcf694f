package main_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"

	"example.com/ssowizard/tui/tuitest"
)

// sitting is a person at a terminal with the program.
type sitting struct {
	*tuitest.Terminal
	t    testing.TB
	cmd  *exec.Cmd
	tty  *os.File
	out  bytes.Buffer // standard output, which is not the terminal
	done chan error
}

// sit starts the program in a pseudo-terminal of 80 by 24.
func sit(t testing.TB, state string, args ...string) *sitting {
	t.Helper()
	return sitAt(t, "xterm-256color", state, args...)
}

// sitAt is sit at a terminal of that name.
func sitAt(t testing.TB, terminal, state string, args ...string) *sitting {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("pseudo-terminals are Unix")
	}
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	s := &sitting{t: t, done: make(chan error, 1)}
	s.cmd = exec.CommandContext(t.Context(), path, append(args, "--state-dir", state)...)
	s.cmd.Env = append(environment(t, state), "TERM="+terminal)
	s.cmd.Stdout = &s.out
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := pty.Setsize(master, &pty.Winsize{Rows: 24, Cols: 80}); err != nil {
		t.Fatal(err)
	}
	s.cmd.Stdin, s.cmd.Stderr = slave, slave
	s.tty = master
	s.Terminal = tuitest.NewTerminal(master, 80, 24)
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = slave.Close() // the program has it now
	go func() { s.done <- s.cmd.Wait() }()
	t.Cleanup(func() { _ = master.Close() })
	return s
}

func (s *sitting) see(texts ...string) {
	s.t.Helper()
	for _, text := range texts {
		s.See(s.t, text)
	}
}

func (s *sitting) press(keys ...string) {
	s.t.Helper()
	for _, k := range keys {
		s.Type(s.t, k)
	}
}

// exit waits for the program's end and gives its exit code.
func (s *sitting) exit() int {
	s.t.Helper()
	select {
	case err := <-s.done:
		var e *exec.ExitError
		switch {
		case errors.As(err, &e):
			return e.ExitCode()
		case err != nil:
			s.t.Fatal(err)
		}
		return 0
	case <-time.After(time.Minute):
		s.t.Fatalf("the program does not end:\n%s", s.Screen())
	}
	return -1
}

// toWho goes from the first screen to the people.
func (s *sitting) toWho() {
	s.t.Helper()
	s.see("Set up a new connection")
	s.press(tuitest.Enter)
	s.Until(s.t, tuitest.Down, "› CloudTalk", "› net2phone Sync")
	s.press(tuitest.Enter)
	s.see("Identity Engine", "Super Administrator")
	s.press(tuitest.Enter)
	s.see("The Okta app will have")
}

func (s *sitting) chooseSupport() {
	s.t.Helper()
	s.see("Who may sign in with Okta?", "Contractors")
	s.press("/")
	s.see("search:")
	s.press("support e")
	s.see("› [ ] Support EMEA")
	s.Wait(s.t, "only what begins with it", func(screen string) bool { return !strings.Contains(screen, "Contractors") })
	s.press(tuitest.Enter, " ")
	s.see("Chosen: Support EMEA", "no e-mail address")
	s.press(tuitest.Enter)
}

func status(t *testing.T, state string) map[string]any {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), path, "status", "--sandbox", "--output", "json", "--state-dir", state)
	cmd.Env = environment(t, state)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("status: %v\n%s", err, out)
	}
	line, _, _ := strings.Cut(string(out), "\n")
	var got map[string]any
	if err := json.Unmarshal([]byte(line), &got); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	return got
}

// says runs the program with an input and gives what it says and its exit code.
func says(t *testing.T, state, input string, args ...string) (stdout string, code int) {
	t.Helper()
	return saysIn(t, state, input, append(args, "--sandbox")...)
}

// saysIn is says of a command that is not in the sandbox by itself.
func saysIn(t *testing.T, state, input string, args ...string) (stdout string, code int) {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), path, append(args, "--state-dir", state)...)
	cmd.Env = environment(t, state)
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

func TestWizardTypedFromStartToTurnedOn(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	s := sit(t, state, "--sandbox")
	s.toWho()
	s.press(tuitest.Enter, tuitest.Enter, tuitest.Enter)
	s.chooseSupport()
	s.see("This is what will be done", "Okta: create SAML app", "Turn on: asked again then")
	s.press("a")
	s.see("Everything in the plan is done")
	s.press(tuitest.Enter)
	s.see("It works: both sides agree, and a real sign-in went through")
	s.press(tuitest.Enter)
	s.see("From the moment SSO is on", "Type the app's label")
	s.press("net2phone Sync", tuitest.Enter)
	s.see("turn sign-in with Okta on", "Everything in the plan is done")
	s.press(tuitest.Enter)
	s.see("Done. People sign in to net2phone Sync with Okta now.")
	s.press(tuitest.Enter)
	if code := s.exit(); code != 0 {
		t.Fatalf("exit code %d\n%s", code, s.Screen())
	}
	left := s.out.String()
	for _, want := range []string{"Done. People sign in to net2phone Sync with Okta now.", "What is left for you",
		`ssowizard setup net2phone --group "Support EMEA" --enable --sandbox`} {
		if !strings.Contains(left, want) {
			t.Errorf("standard output lacks %q:\n%s", want, left)
		}
	}
	if strings.Contains(left, "\x1b") {
		t.Errorf("standard output, which is no terminal, has escape codes: %q", left)
	}
	if got := status(t, state); got["enabled"] != true || got["tested"] != true {
		t.Errorf("status says %v", got)
	}
	if _, err := os.Stat(filepath.Join(state, "wizard-sandbox.json")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the draft of finished work is kept (%v)", err)
	}
}

func TestWizardWithWrongAnswersMendedOnTheWay(t *testing.T) {
	t.Parallel()
	s := sit(t, t.TempDir(), "--sandbox")
	s.toWho()
	s.press(tuitest.CtrlU, tuitest.Enter)
	s.see("✗ the label has 0 characters")
	s.press("Phones", tuitest.Enter, tuitest.Enter)
	s.press(tuitest.CtrlU, "My Phones")
	s.see("is no connection name")
	s.press(tuitest.CtrlU, "phones", tuitest.Enter)
	s.see("Who may sign in with Okta?", "Contractors")
	s.press("p")
	s.see("Paste logins or e-mail addresses")
	s.press("ben.okafor@acme.example, nobody@acme.example", tuitest.Enter)
	s.see("1 person added, 1 is unknown", "nobody@acme.example")
	s.press(tuitest.Esc)
	s.see("Chosen: ben.okafor@acme.example", "1 pasted address is nobody's")
	s.press("t")
	s.see("Try a real sign-in before everybody gets access?")
	s.press(tuitest.Enter, tuitest.CtrlU, "chloe.durand@acme.example", tuitest.Enter, tuitest.Enter)
	s.see("Tries it first: chloe.durand@acme.example")
	s.press(tuitest.Enter)
	s.see("This is what will be done", `create SAML app "Phones"`, "sign in as chloe.durand@acme.example")
	s.press("a")
	s.see("Everything in the plan is done")
	s.press(tuitest.Enter)
	s.see("It works")
	s.press(tuitest.Enter)
	s.see("Type the app's label")
	s.press("phones", tuitest.Enter)
	s.see("That is not the label")
	s.press(tuitest.Tab)
	s.see("Done and tested. Sign-in with Okta is not turned on")
	s.press("q")
	if code := s.exit(); code != 0 {
		t.Fatalf("exit code %d\n%s", code, s.Screen())
	}
	if want := "ssowizard setup net2phone --connection phones --label Phones --user ben.okafor@acme.example --test-user chloe.durand@acme.example --sandbox"; !strings.Contains(s.out.String(), want) {
		t.Errorf("standard output lacks %q:\n%s", want, s.out.String())
	}
}

func TestWizardInterruptedByCtrlCGoesOnAtTheNextStart(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	startBoxIn(t, state, "--latency", "700ms") // slow enough to be interrupted
	s := sit(t, state, "--sandbox")
	s.toWho()
	s.press(tuitest.Enter, tuitest.Enter, tuitest.Enter)
	s.chooseSupport()
	s.see("This is what will be done")
	s.press("a")
	s.see("✓ Okta: create SAML app")
	s.press(tuitest.CtrlC)
	s.see("Stop here?")
	s.press("y")
	s.see("You stopped the run")
	s.press("q")
	if code := s.exit(); code != 130 {
		t.Fatalf("exit code %d, want 130\n%s", code, s.Screen())
	}
	if !strings.Contains(s.out.String(), "Start ssowizard again to go on from here.") {
		t.Errorf("standard output says\n%s", s.out.String())
	}

	s = sit(t, state, "--sandbox")
	s.see("› Go on: net2phone · setup not finished")
	s.press(tuitest.Enter)
	s.see("This is what will be done")
	s.press(tuitest.Esc)
	s.see("Chosen: Support EMEA", "people get access")
	s.press(tuitest.Enter)
	s.see("This is what will be done")
	if strings.Contains(s.Screen(), "create SAML app") {
		t.Errorf("the app would be made twice:\n%s", s.Screen())
	}
	s.press("a")
	s.see("Everything in the plan is done")
	s.press(tuitest.Enter)
	s.see("It works")
	s.press(tuitest.CtrlC)
	if code := s.exit(); code != 130 {
		t.Errorf("exit code %d after ctrl+c", code)
	}
}

func TestMuteTerminalCostsNoWait(t *testing.T) {
	t.Parallel()
	begun := time.Now()
	s := sit(t, t.TempDir(), "version")
	if code := s.exit(); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	// A question to a terminal that does not answer costs five seconds.
	if took := time.Since(begun); took > 4*time.Second {
		t.Errorf("the command took %s", took)
	}
	if raw := s.Raw(); strings.Contains(raw, "\x1b]11;?") || strings.Contains(raw, "\x1b[6n") {
		t.Errorf("the terminal was asked something: %q", raw)
	}
}

func TestNoColorKeepsTheWizardUsableAndWithoutColours(t *testing.T) {
	t.Parallel()
	s := sit(t, t.TempDir(), "--sandbox", "--no-color")
	s.see("Set up a new connection")
	s.press("q")
	if code := s.exit(); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	raw := s.Raw()
	if code := regexp.MustCompile(`\x1b\[[0-9;]*\b(3[0-8]|4[0-8]|9[0-7]|10[0-7])\b[0-9;]*m`).FindString(raw); code != "" {
		t.Errorf("colour code %q", code)
	}
	if !strings.Contains(raw, "\x1b[?1049h") || !strings.Contains(raw, "\x1b[?1049l") || !strings.Contains(raw, "\x1b[?25h") {
		t.Errorf("the terminal is not left as it was: %q", raw)
	}
}

func TestWithoutATerminalTheFlagsOfAScriptAreNamed(t *testing.T) {
	t.Parallel()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args []string
		want []string
	}{
		{[]string{"--sandbox"}, []string{"Usage:", "the wizard needs a terminal", "missing: Service provider\n", "ssowizard setup SP --yes"}},
		{[]string{"--org", "acme.okta.com"}, []string{"missing: Service provider, --okta-token-file\n"}},
	} {
		cmd := exec.CommandContext(t.Context(), path, append(tt.args, "--state-dir", t.TempDir())...)
		var out, errs strings.Builder
		cmd.Stdout, cmd.Stderr = &out, &errs
		cmd.Env = append(os.Environ(), "OKTA_CLIENT_TOKEN=", "OKTA_CLIENT_PRIVATEKEY=")
		_ = cmd.Run()
		if cmd.ProcessState.ExitCode() != 2 || out.Len() > 0 {
			t.Errorf("%v: exit code %d, standard output:\n%s", tt.args, cmd.ProcessState.ExitCode(), out.String())
		}
		for _, want := range tt.want {
			if !strings.Contains(errs.String(), want) {
				t.Errorf("%v: no %q in:\n%s", tt.args, want, errs.String())
			}
		}
	}
}
