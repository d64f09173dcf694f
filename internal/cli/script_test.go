package cli_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"example.com/ssowizard/internal/sandbox/sandboxtest"
)

// TestScripts runs testdata/script: the program as people and pipelines call
// it, on sandboxes and behind broken networks. The commands of the scripts:
//
//	exits CODE ARGS…        run the program; its exit code has to be CODE
//	production CODE ARGS…   the same against the script's sandbox as a real org, with all access flags
//	begin ARGS… / held / interrupt / ended CODE    a run in the background, stopped by Ctrl-C
//	sweep before|after ARGS…                       kill the run at each of its calls, and run it again
//	sandbox [FLAGS…]        start a sandbox and set OKTA, TOKEN, SPAPI, SPTOKEN, CAFILE, PASSWORD, PROXY …
//	front okta|sp KIND [METHOD PATHPREFIX [N]]     put a faulty network in front of one side
//	mend                                           have it work again
//	await FILE, occupy ADDRESS                     wait for a file; take a port
//	provider KEY            have SPAPI, SPTOKEN, PORTAL, sp and front stand for this service provider
//	visitor DOES WHAT…      somebody at the service provider's pages
//	okta, sp METHOD PATH [BODYFILE]                call one side directly
//	result, line, lines, capture, jsonset, pick       look at JSON
//	browse URL FORM FILE    sign in in a browser at URL and save what went by as FORM
//	forget, sent N [KEY=VALUE…]                    what the sandbox was asked
//	canary, silent                                 a listener that nobody may talk to
//	tells TEXT…                                    standard error has a message and a hint with these
//	told CODE TEXT ARGS…    run the command that was printed after TEXT, as it was printed, with more arguments
//	secret NAME PATH                               learn a secret from the JSON on standard output
//	nosecrets PATH…                                none of the known secrets is in there
func TestScripts(t *testing.T) { testscript.Run(t, scripts()) }

func scripts() testscript.Params {
	return testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		Setup:               setup,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "production": production,
			"begin": begin, "held": held, "interrupt": interrupt, "await": await, "sweep": sweep, "occupy": occupy, "ended": ended,
			"sandbox": startSandbox, "front": startFront, "mend": mend, "serviceapp": serviceApp,
			"browse": browse, "provider": provider, "visitor": visit, "secret": learnSecret, "okta": callOkta, "sp": callSP, "forget": forget, "sent": sent,
			"result": result, "line": line, "lines": lines, "capture": capture, "jsonset": jsonSet, "pick": pick, "mask": mask,
			"canary": canary, "silent": silent, "tells": tells, "told": told, "nosecrets": noSecrets,
		},
	}
}

// worldKey finds the script's world among its values.
type worldKey struct{}

// world is what a script has running.
type world struct {
	box     *box
	fronts  []*front
	child   *child
	canary  *listener
	visitor *visitor
	wire    tripwire
	secrets map[string]string // by name
}

func worldOf(ts *testscript.TestScript) *world { return ts.Value(worldKey{}).(*world) }

// setup gives each script a machine of its own: nothing of the developer's
// home, configuration, keyring or proxy is seen.
func setup(env *testscript.Env) error {
	env.Values[worldKey{}] = &world{secrets: map[string]string{}}
	for _, dir := range []string{"home", "tmp"} {
		if err := os.MkdirAll(filepath.Join(env.WorkDir, dir), 0o700); err != nil {
			return err
		}
	}
	at := func(name string) string { return filepath.Join(env.WorkDir, name) }
	env.Setenv("HOME", at("home"))
	env.Setenv("XDG_CONFIG_HOME", at("config"))
	env.Setenv("XDG_STATE_HOME", at("xdgstate"))
	env.Setenv("SSOWIZARD_STATE_DIR", at("state"))
	env.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+at("no-bus")) // there is no keyring here
	env.Setenv("TZ", "UTC")
	ports, release, err := sandboxtest.TakePorts()
	if err != nil {
		return err
	}
	env.Defer(release)
	env.Setenv("SSOWIZARD_SANDBOX_PORTS", ports)
	return nil
}

// exits runs the program and holds its exit code against the wanted one.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: exits CODE ARGS…")
	}
	runFor(ts, args[0], args[1:])
}

func runFor(ts *testscript.TestScript, code string, args []string) {
	want, err := strconv.Atoi(code)
	if err != nil {
		ts.Fatalf("%q is no exit code", code)
	}
	if got := exitCode(ts, ts.Exec("ssowizard", args...)); got != want {
		ts.Fatalf("ssowizard %s: exit code %d, want %d", strings.Join(args, " "), got, want)
	}
}

func exitCode(ts *testscript.TestScript, err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	}
	ts.Fatalf("%v", err)
	return -1
}

// production runs the program against the sandbox as if it were a real org:
// every way in is a flag, and the service provider is behind a proxy. Flags
// that the script gives itself win.
func production(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: production CODE COMMAND ARGS…")
	}
	runFor(ts, args[0], withAccess(ts, args[1:]))
}

// withAccess adds the access flags that the command knows and the script left out.
func withAccess(ts *testscript.TestScript, args []string) []string {
	args = append([]string{}, args...)
	add := func(flag, variable string) {
		for _, a := range args {
			if a == flag || strings.HasPrefix(a, flag+"=") {
				return
			}
		}
		args = append(args, flag, ts.Getenv(variable))
	}
	add("--org", "OKTA")
	add("--proxy", "PROXY")
	add("--ca-file", "CAFILE")
	if ts.Getenv("OKTA_CLIENT_CLIENTID") == "" {
		add("--okta-token-file", "TOKEN")
	}
	add("--sp-api-url", "SPAPI")
	add("--sp-token-file", "SPTOKEN")
	switch args[0] {
	case "setup", "plan", "test", "enable", "rotate":
		add("--test-user", "TESTER")
		add("--test-password-file", "PASSWORD")
	}
	return args
}

// tells checks an error for people: a message and what to do, and each text in it.
func tells(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: tells TEXT…")
	}
	text := ts.ReadFile("stderr")
	flat := strings.Join(strings.Fields(text), " ")
	for _, want := range append([]string{"error: ", "hint: "}, args...) {
		if !strings.Contains(flat, strings.Join(strings.Fields(want), " ")) && !strings.Contains(text, want) {
			ts.Fatalf("standard error does not tell %q", want)
		}
	}
}
