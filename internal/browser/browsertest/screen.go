// Package browsertest is a person at the browser of this machine, for tests.
package browsertest

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"example.com/ssowizard/internal/browser"
)

// Program is the browser of this machine. Without one the test skips, where
// SSOWIZARD_REQUIRE_BROWSER does not say that there has to be one.
func Program(t testing.TB) string {
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

// World is all that a browser reaches.
type World struct {
	Hosts   []string // are all at Address, with a certificate of the authority in CAFile
	Address string
	CAFile  string
}

// Screen is a window of a headless browser. What cannot be done there fails the
// test with the text of the page at hand.
type Screen struct {
	ctx   context.Context
	fatal func(format string, args ...any)
}

// Open starts program with the flags that people's browsers get, and profile as
// its folder. fatal fails the test and does not return.
func Open(program, profile string, w World, fatal func(format string, args ...any)) (s *Screen, end func()) {
	authority, err := os.ReadFile(w.CAFile)
	if err != nil {
		fatal("%v", err)
	}
	hosts := map[string]string{}
	for _, host := range w.Hosts {
		hosts[host] = w.Address
	}
	flags, err := browser.Flags(browser.Options{Hosts: hosts, Direct: []string{"127.0.0.1"}, Authority: authority, Profile: profile,
		Headless: true, AsRoot: os.Geteuid() == 0})
	if err != nil {
		fatal("%v", err)
	}
	options := []chromedp.ExecAllocatorOption{chromedp.ExecPath(program), chromedp.WindowSize(1024, 900)}
	for _, f := range flags {
		name, value, has := strings.Cut(strings.TrimPrefix(f, "--"), "=")
		if has {
			options = append(options, chromedp.Flag(name, value))
		} else {
			options = append(options, chromedp.Flag(name, true))
		}
	}
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, close := chromedp.NewContext(ctx)
	end = func() { close(); stop() }
	if err := chromedp.Do(ctx); err != nil { // starts it
		end()
		fatal("start %s: %v", program, err)
	}
	return &Screen{ctx: ctx, fatal: fatal}, end
}

// patience is how long a person waits for a page.
const patience = time.Minute

// Patient is a context for one thing to do.
func (s *Screen) Patient() (context.Context, context.CancelFunc) {
	return context.WithTimeout(s.ctx, patience)
}

// Do runs what a person does, one after the other.
func (s *Screen) Do(what string, actions ...chromedp.Action[chromedp.Void]) {
	for _, a := range actions {
		Run(s, what, a)
	}
}

// Run is Do for what has an answer.
func Run[T any](s *Screen, what string, a chromedp.Action[T]) T {
	ctx, cancel := s.Patient()
	defer cancel()
	got, err := chromedp.Run(ctx, a)
	if err != nil {
		s.lost(what, err)
	}
	return got
}

// lost fails the test and shows where the person is.
func (s *Screen) lost(what string, err error) {
	ctx, cancel := s.Patient()
	defer cancel()
	at, _ := chromedp.Run(ctx, chromedp.Location()) // as good as it goes
	text, _ := chromedp.Run(ctx, chromedp.Evaluate[string]("document.body.innerText"))
	s.fatal("%s: %v, at %s:\n%s", what, err, at, text)
}

// Tell asks or tells the page at hand something in JavaScript.
func Tell[T any](s *Screen, question string) T {
	return Run(s, question, chromedp.Evaluate[T](question))
}

// Until waits for a condition in JavaScript to be true of the page at hand. Pages
// come and go meanwhile, which ends a question that is under way.
func (s *Screen) Until(what, condition string) {
	ctx, cancel := s.Patient()
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
			s.lost(what, ctx.Err())
		}
	}
}

// Press clicks what a selector finds, once the page is there as a whole: as long
// as one loads things move, and a click on where something was is lost.
func (s *Screen) Press(what, selector string) {
	s.Until("see the whole page to "+what, `document.readyState === "complete"`)
	s.Do(what, chromedp.Click(selector))
}

// Quote is a text as JavaScript writes it.
func Quote(text string) string {
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(err) // strings always encode
	}
	return string(quoted)
}

// Labelled selects the field with a label, found as a person finds it.
func Labelled(label string) string {
	return `//*[@id=//label[normalize-space()="` + label + `"]/@for]`
}
