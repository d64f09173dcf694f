package sandbox_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"

	finder "example.com/ssowizard/internal/browser"
	"example.com/ssowizard/internal/sandbox"
)

// screen is a person at a browser that reaches the sandbox and nothing else.
type screen struct {
	t    *testing.T
	ctx  context.Context
	info sandbox.Info
}

// openScreen starts a headless browser with the flags that people's browsers
// get. It skips without one, unless SSOWIZARD_REQUIRE_BROWSER is set.
func openScreen(t *testing.T, info sandbox.Info) *screen {
	t.Helper()
	program, err := finder.Find(finder.ThisSystem())
	if err != nil {
		if os.Getenv("SSOWIZARD_REQUIRE_BROWSER") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	authority, err := os.ReadFile(info.TLS.CAFile)
	must(t, err)
	hosts := map[string]string{}
	for _, host := range info.TLS.Hosts {
		hosts[host] = info.TLS.Address
	}
	flags, err := finder.Flags(finder.Options{Hosts: hosts, Direct: []string{"127.0.0.1"}, Authority: authority, Profile: t.TempDir(),
		Headless: true, AsRoot: os.Geteuid() == 0})
	must(t, err)
	options := []chromedp.ExecAllocatorOption{chromedp.ExecPath(program), chromedp.WindowSize(1024, 900)}
	for _, f := range flags {
		name, value, has := strings.Cut(strings.TrimPrefix(f, "--"), "=")
		if !has {
			options = append(options, chromedp.Flag(name, true))
			continue
		}
		options = append(options, chromedp.Flag(name, value))
	}
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, end := chromedp.NewContext(ctx)
	t.Cleanup(end)
	must(t, chromedp.Do(ctx)) // starts it
	return &screen{t: t, ctx: ctx, info: info}
}

// patience is how long a person waits for a page.
const patience = time.Minute

// do runs what a person does; a failure shows where they are.
func (s *screen) do(what string, actions ...chromedp.Action[chromedp.Void]) {
	s.t.Helper()
	for _, a := range actions {
		run(s, what, a)
	}
}

func run[T any](s *screen, what string, a chromedp.Action[T]) T {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	defer cancel()
	got, err := chromedp.Run(ctx, a)
	if err != nil {
		late, stop := context.WithTimeout(s.ctx, patience)
		defer stop()
		at, _ := chromedp.Run(late, chromedp.Location()) // as good as it goes
		text, _ := chromedp.Run(late, chromedp.Evaluate[string]("document.body.innerText"))
		s.t.Fatalf("%s: %v, at %s:\n%s", what, err, at, text)
	}
	return got
}

// until waits for something to be true of the page at hand. Pages come and go
// meanwhile, which ends a question that is under way.
func (s *screen) until(what, condition string) {
	s.t.Helper()
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
			run(s, what, chromedp.Func(func(context.Context, *chromedp.Target) error { return ctx.Err() }))
		}
	}
}

// see waits until the page shows some text, and takes a picture of it.
func (s *screen) see(name, words string) {
	s.t.Helper()
	s.until("look for "+words, "document.body && document.body.innerText.includes("+quoted(s.t, words)+")")
	s.picture(name)
}

// picture keeps the page as an image where SSOWIZARD_SCREENSHOTS names a folder.
func (s *screen) picture(name string) {
	s.t.Helper()
	if folder := os.Getenv("SSOWIZARD_SCREENSHOTS"); folder != "" {
		picture := run(s, "take a picture", chromedp.FullScreenshot(100))
		must(s.t, os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o600))
	}
}

// quoted is a text as JavaScript writes it.
func quoted(t *testing.T, text string) string {
	t.Helper()
	q, err := json.Marshal(text)
	must(t, err)
	return string(q)
}

func (s *screen) open(url string) { s.t.Helper(); s.do("open "+url, chromedp.Navigate(url)) }

// press activates the button or link with this text.
func (s *screen) press(text string) {
	s.t.Helper()
	s.do("press "+text, chromedp.Click(`//button[normalize-space()="`+text+`"] | //a[normalize-space()="`+text+`"]`))
}

// fill writes into the field with this label, found as a person finds it.
func (s *screen) fill(label, value string) {
	s.t.Helper()
	s.do("fill "+label, chromedp.Clear(s.labelled(label)), chromedp.SendKeys(s.labelled(label), value))
}

func (s *screen) labelled(label string) string {
	return `//*[@id=//label[normalize-space()="` + label + `"]/@for]`
}

func (s *screen) text(selector string) string {
	s.t.Helper()
	return strings.TrimSpace(run(s, "read "+selector, chromedp.Text(selector)))
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
	for _, f := range run(s, "look at the page", chromedp.Evaluate[[]string](soundness)) {
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
	ctx, cancel := context.WithTimeout(s.ctx, patience)
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
