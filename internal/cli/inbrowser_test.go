package cli_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/rogpeppe/go-internal/testscript"

	"example.com/ssowizard/internal/browser"
)

// TestSettingsPagesAreFilledInABrowser runs the scripts of the guided way with a
// person at a real browser, from the service provider's sign-in page to the switch.
func TestSettingsPagesAreFilledInABrowser(t *testing.T) {
	needBrowser(t)
	var files []string
	for _, sp := range []string{"net2phone", "telnyx", "infobip", "justcall", "cloudtalk"} {
		files = append(files, filepath.Join("testdata", "script", "guided_"+sp+".txtar"))
	}
	params := scripts()
	params.Dir, params.Files = "", files
	params.Setup = func(env *testscript.Env) error {
		env.Setenv("VISITOR", "browser")
		return setup(env)
	}
	testscript.Run(t, params)
}

// TestSignInsAreMadeInABrowser runs testdata/browser: --test browser, without a
// screen.
func TestSignInsAreMadeInABrowser(t *testing.T) {
	program := needBrowser(t)
	params := scripts()
	params.Dir = filepath.Join("testdata", "browser")
	params.Setup = func(env *testscript.Env) error {
		env.Setenv(browser.Variable, program)
		return setup(env)
	}
	testscript.Run(t, params)
}

// needBrowser is the browser of this machine. Without one the test skips, where
// SSOWIZARD_REQUIRE_BROWSER does not say that there has to be one.
func needBrowser(t *testing.T) string {
	t.Helper()
	program, err := browser.Find(browser.ThisSystem())
	if err != nil {
		if os.Getenv("SSOWIZARD_REQUIRE_BROWSER") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	return program
}

// screen is a window of a headless browser that reaches the sandbox and nothing else.
type screen struct {
	ts  *testscript.TestScript
	ctx context.Context
}

func openBrowser(ts *testscript.TestScript, b *box) *screen {
	program, err := browser.Find(browser.ThisSystem())
	ts.Check(err)
	authority, err := os.ReadFile(b.info.TLS.CAFile)
	ts.Check(err)
	hosts := map[string]string{}
	for _, host := range b.info.TLS.Hosts {
		hosts[host] = b.info.TLS.Address
	}
	flags, err := browser.Flags(browser.Options{Hosts: hosts, Direct: []string{"127.0.0.1"}, Authority: authority,
		Profile: ts.MkAbs("browser"), Headless: true, AsRoot: os.Geteuid() == 0})
	ts.Check(err)
	options := []chromedp.ExecAllocatorOption{chromedp.ExecPath(program), chromedp.WindowSize(1024, 900)}
	for _, f := range flags {
		name, value, has := strings.Cut(strings.TrimPrefix(f, "--"), "=")
		if has {
			options = append(options, chromedp.Flag(name, value))
		} else {
			options = append(options, chromedp.Flag(name, true))
		}
	}
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	ts.Defer(cancel)
	ctx, end := chromedp.NewContext(ctx)
	ts.Defer(end)
	ts.Check(chromedp.Do(ctx)) // starts it
	return &screen{ts: ts, ctx: ctx}
}

func (s *screen) do(what string, actions ...chromedp.Action[chromedp.Void]) {
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		s.ts.Fatalf("%s: %v, on the page:\n%s", what, err, tell[string](s, "document.body.innerText"))
	}
}

// tell asks or tells the page at hand something in JavaScript.
func tell[T any](s *screen, question string) T {
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	defer cancel()
	answer, err := chromedp.Run(ctx, chromedp.Evaluate[T](question))
	if err != nil {
		s.ts.Fatalf("%s: %v", question, err)
	}
	return answer
}

func inJS(text string) string {
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(err) // strings always encode
	}
	return string(quoted)
}

func (s *screen) open(address string) {
	s.do("open "+address, chromedp.Navigate(address))
	s.arrive()
}

// leave does something that leads to another page, and waits for that.
func (s *screen) leave(what string, action chromedp.Action[chromedp.Void]) {
	tell[bool](s, "window.here = true")
	s.do(what, action)
	s.until(what, `!window.here && document.readyState === "complete"`)
	s.arrive()
}

// until waits for something to be true. Pages come and go meanwhile, which ends
// a question that is under way.
func (s *screen) until(what, condition string) {
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("Boolean("+condition+")")); ok && err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			s.ts.Fatalf("%s: nothing happens, on the page:\n%s", what, tell[string](s, "document.body.innerText"))
		}
	}
}

// arrive passes Okta's sign-in page and pages that hand an answer on.
func (s *screen) arrive() {
	s.until("go on", `!document.getElementById("appForm") && document.readyState === "complete"`)
	if !tell[bool](s, `Boolean(document.getElementById("form-signin"))`) {
		return
	}
	s.fill("Username", s.ts.Getenv("TESTER"), "")
	s.fill("Password", worldOf(s.ts).secrets["PASSWORD"], "")
	s.leave("sign in at Okta", chromedp.Click("#okta-signin-submit"))
}

func (s *screen) follow(link string) {
	s.leave("follow "+link, chromedp.Click(`//a[normalize-space()="`+link+`"]`))
}

func (s *screen) press(label string) {
	s.leave("press "+label, chromedp.Click(`//button[normalize-space()="`+label+`" and not(@disabled)]`))
}

// field is the element that a label belongs to, in JavaScript.
func field(label string) string {
	return `[...document.querySelectorAll("label")].find(l => l.textContent.trim() === ` + inJS(label) + `)?.control`
}

func labelled(label string) string {
	return `//*[@id=//label[normalize-space()="` + label + `"]/@for]`
}

func (s *screen) fill(label, value, file string) bool {
	switch kind := tell[string](s, `(() => { const f = `+field(label)+`; return !f || f.readOnly || f.disabled || !f.checkVisibility() ? "" : f.type; })()`); kind {
	case "":
		return false
	case "file":
		s.do("choose "+label, chromedp.SetUploadFiles(labelled(label), []string{file}))
	case "checkbox":
		if tell[bool](s, field(label)+".checked") != (value == "true") {
			s.click(label)
		}
	case "select-one", "textarea": // chosen, or pasted
		s.do("choose "+label, chromedp.SetValue(labelled(label), value))
	default:
		tell[string](s, "("+field(label)+").select() ?? \"\"") // what is there goes
		s.do("fill "+label, chromedp.SendKeys(labelled(label), value))
	}
	return true
}

func (s *screen) click(label string) { s.do("click "+label, chromedp.Click(labelled(label))) }

func (s *screen) text() string { return tell[string](s, "document.body.innerText") }

func (s *screen) value(label string) string { return tell[string](s, field(label)+".value") }
