package cli_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// window is what a visitor looks at: pages with labels, links and buttons, and
// nothing of what is behind them. Okta's sign-in page and pages that only hand
// an answer on are passed as the tester.
type window interface {
	open(address string)
	follow(link string)
	// fill enters a value, or chooses the file; false when no field has the label.
	fill(label, value, file string) bool
	click(label string) // a check box
	press(button string)
	text() string
	value(label string) string
}

// visitor is somebody at a service provider's pages.
type visitor struct {
	ts      *testscript.TestScript
	window  window
	pending map[string]string // what is still to be entered, by label
	files   map[string]string // files to choose from, by content
}

// visit is the command of scripts for what a person does at a settings page:
//
//	visitor signin                sign in at PORTAL as the tester
//	visitor follow 'A → B'        click these links, one after the other
//	visitor take                  take the values of the handoff on standard output
//	visitor type LABEL=VALUE…     want this entered, too
//	visitor click LABEL           tick a check box, or untick it
//	visitor fill                  enter what the page has labels for
//	visitor press BUTTON          do that, and press a button
//	visitor sees TEXT…            the page shows these
//	visitor reads NAME LABEL      set a variable to what a field shows
//	visitor left                  everything was entered somewhere
//
// With VISITOR=browser in the environment they sit at a real browser.
func visit(ts *testscript.TestScript, neg bool, args []string) {
	w := worldOf(ts)
	if len(args) == 0 || neg && args[0] != "sees" {
		ts.Fatalf("usage: visitor DOES WHAT…")
	}
	if w.visitor == nil {
		w.visitor = &visitor{ts: ts, pending: map[string]string{}, files: map[string]string{}}
		if ts.Getenv("VISITOR") == "browser" {
			w.visitor.window = openBrowser(ts, w.box)
		} else {
			w.visitor.window = newPaper(ts, w.box)
		}
	}
	w.visitor.does(neg, args[0], args[1:])
}

func (v *visitor) does(neg bool, verb string, what []string) {
	switch verb {
	case "signin":
		v.signIn()
	case "follow":
		for _, link := range strings.Split(what[0], " → ") {
			v.window.follow(strings.TrimSpace(link))
		}
	case "take":
		v.take()
	case "type":
		for _, pair := range what {
			label, value, _ := strings.Cut(pair, "=")
			v.pending[label] = value
		}
	case "click":
		v.window.click(what[0])
	case "fill":
		v.fill()
	case "press":
		v.fill()
		v.window.press(what[0])
	case "sees":
		v.sees(neg, what)
	case "reads":
		v.ts.Setenv(what[0], v.window.value(what[1]))
	case "left":
		for label := range v.pending {
			v.ts.Fatalf("no page had a field %q", label)
		}
	default:
		v.ts.Fatalf("a visitor does not %s", verb)
	}
}

func (v *visitor) signIn() {
	v.window.open(v.ts.Getenv("PORTAL"))
	v.pending["Email address"] = v.ts.Getenv("TESTER")
	v.does(false, "press", []string{"Next"})
	v.pending["Password"] = worldOf(v.ts).secrets["PASSWORD"]
	v.does(false, "press", []string{"Sign in"})
	v.sees(false, []string{"Signed in as Ana Lima"})
}

// take reads the hand-off that the program printed. A file is chosen from the
// folder, a secret is left to be typed.
func (v *visitor) take() {
	for _, l := range jsonLines(v.ts) {
		if l.Get("type").String() != "handoff" {
			continue
		}
		for _, value := range l.Get("values").Array() {
			if value.Get("note").String() == "" {
				v.pending[value.Get("label").String()] = value.Get("value").String()
			}
		}
		names, err := filepath.Glob(filepath.Join(l.Get("dir").String(), "*"))
		v.ts.Check(err)
		for _, name := range names {
			data, err := os.ReadFile(name)
			v.ts.Check(err)
			v.files[string(data)] = name
		}
	}
	if len(v.pending) == 0 {
		v.ts.Fatalf("standard output has no handoff")
	}
}

// fill enters what the page has labels for. The term of a field may stand before
// the page's own word, which is then in parentheses.
func (v *visitor) fill() {
	for label, value := range v.pending {
		words := []string{label}
		if i := strings.LastIndex(label, " ("); i > 0 {
			words = append(words, strings.TrimSuffix(label[i+2:], ")"))
		}
		entered := func(word string) bool { return v.window.fill(word, value, v.files[value]) }
		if slices.ContainsFunc(words, entered) {
			delete(v.pending, label)
		}
	}
}

func (v *visitor) sees(neg bool, texts []string) {
	shown := strings.Join(strings.Fields(v.window.text()), " ")
	for _, text := range texts {
		if strings.Contains(shown, text) == neg {
			v.ts.Fatalf("the page shows:\n%s", shown)
		}
	}
}
