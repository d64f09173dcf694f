package cli_test

import (
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/rogpeppe/go-internal/testscript"

	"example.com/ssowizard/internal/browser"
	"example.com/ssowizard/internal/browser/browsertest"
)

// TestSettingsPagesAreFilledInABrowser runs the scripts of the guided way with a
// person at a real browser, from the service provider's sign-in page to the switch.
func TestSettingsPagesAreFilledInABrowser(t *testing.T) {
	browsertest.Program(t)
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
	program := browsertest.Program(t)
	params := scripts()
	params.Dir = filepath.Join("testdata", "browser")
	params.Setup = func(env *testscript.Env) error {
		env.Setenv(browser.Variable, program)
		return setup(env)
	}
	testscript.Run(t, params)
}

// screen is a person at a browser that reaches the sandbox and nothing else.
type screen struct {
	*browsertest.Screen
	ts *testscript.TestScript
}

func openBrowser(ts *testscript.TestScript, b *box) *screen {
	program, err := browser.Find(browser.ThisSystem())
	ts.Check(err)
	s, end := browsertest.Open(program, ts.MkAbs("browser"),
		browsertest.World{Hosts: b.info.TLS.Hosts, Address: b.info.TLS.Address, CAFile: b.info.TLS.CAFile}, ts.Fatalf)
	ts.Defer(end)
	return &screen{Screen: s, ts: ts}
}

func tell[T any](s *screen, question string) T { return browsertest.Tell[T](s.Screen, question) }

func (s *screen) open(address string) {
	s.Do("open "+address, chromedp.Navigate(address))
	s.arrive()
}

// leave does something that leads to another page, and waits for that.
func (s *screen) leave(what string, action chromedp.Action[chromedp.Void]) {
	tell[bool](s, "window.here = true")
	s.Do(what, action)
	s.Until(what, `!window.here && document.readyState === "complete"`)
	s.arrive()
}

// arrive passes Okta's sign-in page and pages that hand an answer on.
func (s *screen) arrive() {
	s.Until("go on", `!document.getElementById("appForm") && document.readyState === "complete"`)
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
	return `[...document.querySelectorAll("label")].find(l => l.textContent.trim() === ` + browsertest.Quote(label) + `)?.control`
}

func (s *screen) fill(label, value, file string) bool {
	switch kind := tell[string](s, `(() => { const f = `+field(label)+`; return !f || f.readOnly || f.disabled || !f.checkVisibility() ? "" : f.type; })()`); kind {
	case "":
		return false
	case "file":
		s.Do("choose "+label, chromedp.SetUploadFiles(browsertest.Labelled(label), []string{file}))
	case "checkbox":
		if tell[bool](s, field(label)+".checked") != (value == "true") {
			s.click(label)
		}
	case "select-one", "textarea": // chosen, or pasted
		s.Do("choose "+label, chromedp.SetValue(browsertest.Labelled(label), value))
	default:
		tell[string](s, "("+field(label)+").select() ?? \"\"") // what is there goes
		s.Do("fill "+label, chromedp.SendKeys(browsertest.Labelled(label), value))
	}
	return true
}

func (s *screen) click(label string) {
	s.Press("click "+label, browsertest.Labelled(label))
}

func (s *screen) text() string { return tell[string](s, "document.body.innerText") }

func (s *screen) value(label string) string { return tell[string](s, field(label)+".value") }
