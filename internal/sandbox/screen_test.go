package sandbox_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"

	"example.com/ssowizard/internal/browser/browsertest"
	"example.com/ssowizard/internal/sandbox"
)

// screen is a person at a browser that reaches the sandbox and nothing else.
type screen struct {
	*browsertest.Screen
	t    *testing.T
	info sandbox.Info
}

// openScreen starts a headless browser. It skips without one, unless
// SSOWIZARD_REQUIRE_BROWSER is set.
func openScreen(t *testing.T, info sandbox.Info) *screen {
	t.Helper()
	s, end := browsertest.Open(browsertest.Program(t), t.TempDir(),
		browsertest.World{Hosts: info.TLS.Hosts, Address: info.TLS.Address, CAFile: info.TLS.CAFile}, t.Fatalf)
	t.Cleanup(end)
	return &screen{Screen: s, t: t, info: info}
}

// see waits until the page shows some text, and takes a picture of it.
func (s *screen) see(name, words string) {
	s.t.Helper()
	s.Until("look for "+words, "document.body && document.body.innerText.includes("+browsertest.Quote(words)+")")
	s.picture(name)
}

// picture keeps the page as an image where SSOWIZARD_SCREENSHOTS names a folder.
func (s *screen) picture(name string) {
	s.t.Helper()
	if folder := os.Getenv("SSOWIZARD_SCREENSHOTS"); folder != "" {
		picture := browsertest.Run(s.Screen, "take a picture", chromedp.FullScreenshot(100))
		must(s.t, os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o600))
	}
}

func (s *screen) open(url string) { s.t.Helper(); s.Do("open "+url, chromedp.Navigate(url)) }

// press activates the button or link with this text.
func (s *screen) press(text string) {
	s.t.Helper()
	s.Press("press "+text, `//button[normalize-space()="`+text+`"] | //a[normalize-space()="`+text+`"]`)
}

// fill writes into the field with this label, found as a person finds it.
func (s *screen) fill(label, value string) {
	s.t.Helper()
	s.Do("fill "+label, chromedp.Clear(browsertest.Labelled(label)), chromedp.SendKeys(browsertest.Labelled(label), value))
}

func (s *screen) text(selector string) string {
	s.t.Helper()
	return strings.TrimSpace(browsertest.Run(s.Screen, "read "+selector, chromedp.Text(selector)))
}

// signInAtOkta fills Okta's sign-in page and sends it with the Enter key.
func (s *screen) signInAtOkta(login, password string) {
	s.t.Helper()
	s.fill("Username", login)
	s.fill("Password", password+"\r")
}

// wantSound checks what a screen reader needs of the page at hand.
func (s *screen) wantSound() {
	s.t.Helper()
	for _, f := range browsertest.Run(s.Screen, "look at the page", chromedp.Evaluate[[]string](soundness)) {
		s.t.Errorf("%s", f)
	}
}

const soundness = `(() => {
	const faults = [], at = location.pathname + ": ";
	if (!document.documentElement.lang) faults.push(at + "the page has no language");
	if (!document.title) faults.push(at + "the page has no title");
	if (document.querySelectorAll("h1").length !== 1) faults.push(at + "the page has not one h1");
	if (!document.querySelector("main")) faults.push(at + "the page has no main");
	for (const e of document.querySelectorAll("input:not([type=hidden]):not([type=submit]), textarea, select"))
		if (!e.labels || e.labels.length === 0) faults.push(at + "no label: " + e.outerHTML);
	for (const e of document.querySelectorAll("a, button"))
		if (!e.textContent.trim()) faults.push(at + "no name: " + e.outerHTML);
	for (const e of document.querySelectorAll("img")) if (!e.hasAttribute("alt")) faults.push(at + "no alt: " + e.outerHTML);
	for (const e of document.querySelectorAll("[aria-describedby], [aria-labelledby]"))
		for (const name of ["aria-describedby", "aria-labelledby"])
			for (const id of (e.getAttribute(name) || "").split(/\s+/)) if (id && !document.getElementById(id)) faults.push(at + name + " names no element: " + id);
	const ids = [...document.querySelectorAll("[id]")].map(e => e.id);
	for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) faults.push(at + "the id is there twice: " + id);
	for (const e of document.querySelectorAll("[tabindex]")) if (e.tabIndex > 0) faults.push(at + "tabindex above 0: " + e.outerHTML);
	if (document.documentElement.scrollWidth > innerWidth) faults.push(at + "the page is wider than its window");
	return faults;
})()`

// download follows a link to a file and gives its place.
func (s *screen) download(link, name string) string {
	s.t.Helper()
	folder := s.t.TempDir()
	ctx, cancel := s.Patient()
	defer cancel()
	progress := chromedp.Events(ctx, browser.DownloadProgress)
	_, err := chromedp.Call(ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: folder, EventsEnabled: new(true)})
	must(s.t, err)
	s.press(link)
	for event, err := range progress {
		if err != nil {
			s.t.Fatalf("download %s: %v", name, err)
		}
		if event.State == browser.DownloadProgressStateCompleted {
			break
		}
	}
	return filepath.Join(folder, name)
}
