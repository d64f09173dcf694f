package cli

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/internal/words"
)

// place is where a run works, for headings and the command to run next.
type place struct {
	Org     string // host
	Sandbox bool
	// Own is true when the sandbox ends with the run.
	Own    bool
	Labels map[string]string // setting id → label
	// Settings are the ids in the order of the service provider's page.
	Settings []string
	SPName   string
	Follow   []string // follow-up tasks
	Profile  string
	OIDC     bool
	Flags    []string // what every command that is shown ends with
}

// textPrinter writes for people. Safe for concurrent use.
type textPrinter struct {
	mu       sync.Mutex
	out, err io.Writer
	ink      ink
	width    int
	// runnable completes the commands within a text.
	runnable func(string) string
	flow     sso.Flow          // of the check shown last
	labels   map[string]string // setting id → label, of the plan shown last
}

// ink colours text, or leaves it as it is. Colour never carries a meaning alone.
type ink struct{ on bool }

func (i ink) paint(code, s string) string {
	if !i.on || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (i ink) bold(s string) string  { return i.paint("1", s) }
func (i ink) faint(s string) string { return i.paint("2", s) }
func (i ink) good(s string) string  { return i.paint("32", s) }
func (i ink) bad(s string) string   { return i.paint("31", s) }
func (i ink) warn(s string) string  { return i.paint("33", s) }

func (p *program) newPrinter() printer {
	runnable := func(text string) string { return p.here().Runnable(text) }
	if p.output == "json" {
		return &jsonPrinter{out: p.Out, command: func() string { return p.command }, runnable: runnable}
	}
	return &textPrinter{out: p.Out, err: p.Err, ink: ink{p.colour(p.noColor)}, width: p.Width, runnable: runnable}
}

func (t *textPrinter) object(any) {}

func (t *textPrinter) text(lines ...string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, line := range lines {
		fmt.Fprintln(t.out, line)
	}
}

func (t *textPrinter) warning(text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	fmt.Fprintf(t.err, "%s %s\n", t.ink.warn("warning:"), plain(text))
}

// marks of the actions in a plan.
var actionMarks = map[plan.Action]string{plan.Create: "+", plan.Update: "~", plan.Delete: "-", plan.Run: ">", plan.None: " "}

func (t *textPrinter) plan(p *plan.Plan, where place) {
	t.labels = where.Labels
	lines := []string{t.ink.bold(fmt.Sprintf("%s  ⇄  %s", where.Org, where.SPName)), ""}
	n := 0
	for _, s := range p.Steps {
		if s.Action == plan.None {
			continue
		}
		n++
		lines = append(lines, fmt.Sprintf("%3d %s %s", n, actionMarks[s.Action], plain(s.Summary)))
		lines = append(lines, t.changes(s, where)...)
	}
	if n == 0 {
		lines = append(lines, "Nothing to do: both sides are as wanted.")
	}
	t.text(append(lines, "")...)
	for _, w := range p.Warnings {
		t.warning(w)
	}
}

func (t *textPrinter) changes(s plan.Step, where place) []string {
	labels := make([]string, len(s.Changes))
	width := 0
	for i, c := range s.Changes {
		labels[i] = fieldLabel(c.Field, where.Labels)
		width = max(width, len([]rune(labels[i])))
	}
	var out []string
	for i, c := range s.Changes {
		out = append(out, fmt.Sprintf("        %-*s  %s", width, labels[i], t.value(c)))
	}
	return out
}

func (t *textPrinter) value(c sso.Change) string {
	to := showValue(c.Field, c.To)
	if c.KnownAfter != "" {
		to = t.ink.faint("(known when the Okta app is there)")
	}
	if c.From == nil {
		return to
	}
	return fmt.Sprintf("%s  →  %s", showValue(c.Field, c.From), to)
}

var statusMarks = map[plan.Status]string{plan.Done: "✓", plan.Skipped: "·", plan.Failed: "✗", plan.Waiting: "…", plan.Retrying: "…"}

func (t *textPrinter) event(e plan.Event) {
	switch e.Kind {
	case plan.EventStep:
		t.step(e)
	case plan.EventCheck:
		t.check(*e.Check)
	case plan.EventHandoff:
		t.handoff(*e.Handoff)
	case plan.EventWarning:
		// The plan has shown its own warnings before it was agreed to; those of
		// a step are new.
		if e.Step != "" {
			t.warning(e.Detail)
		}
	}
}

func (t *textPrinter) step(e plan.Event) {
	if e.Status == plan.Started || e.Status == plan.Skipped {
		return
	}
	mark := statusMarks[e.Status]
	switch e.Status {
	case plan.Done:
		mark = t.ink.good(mark)
	case plan.Failed:
		mark = t.ink.bad(mark)
	}
	line := fmt.Sprintf("  %s %-12s %s", mark, e.Step, plain(e.Detail))
	if e.Status == plan.Done && e.Elapsed >= 50*time.Millisecond {
		line += t.ink.faint(fmt.Sprintf("  %.1f s", e.Elapsed.Seconds()))
	}
	t.text(line)
}

func (t *textPrinter) check(f sso.Finding) {
	if f.Flow != t.flow {
		t.flow = f.Flow
		t.text("      " + t.ink.faint(words.Flow(f.Flow)))
	}
	label := words.Check(f.Code, t.labels)
	if f.OK {
		t.text(fmt.Sprintf("      %s %-26s %s", t.ink.good("✓"), label, shorten(words.Seen(f.Code, f.Got), 72)))
		return
	}
	t.text(fmt.Sprintf("      %s %s", t.ink.bad("✗"), label),
		"          expected  "+words.Seen(f.Code, f.Expected),
		"          got       "+words.Seen(f.Code, f.Got))
	if f.Fix != "" {
		t.text(wrap("          to do     ", plain(t.runnable(f.Fix)), t.columns())...)
	}
}

func (t *textPrinter) columns() int {
	if t.width < 40 {
		return 100
	}
	return min(t.width, 120)
}

func (t *textPrinter) handoff(h plan.Handoff) {
	lines := []string{"", t.ink.bold("Over to you: " + plain(h.Page))}
	if h.Note != "" {
		lines = append(lines, wrap("note: ", plain(h.Note), t.columns())...)
	}
	lines = append(lines, "")
	for i, v := range h.Values {
		lines = append(lines, "  "+plain(v.Label))
		value := v.Value
		if i < len(h.All) && h.All[i].Kind == string(catalog.KindToggle) { // on or off, as on the page
			value = words.Value(value)
		}
		for _, part := range strings.Split(strings.TrimRight(value, "\n"), "\n") {
			lines = append(lines, "      "+plain(part))
		}
		if v.Note != "" {
			lines = append(lines, "      ("+plain(v.Note)+")")
		}
	}
	if h.Todo != "" {
		lines = append(append(lines, ""), wrap("To do: ", plain(h.Todo), t.columns())...)
	}
	if h.Dir != "" {
		lines = append(lines, "", "The values and the certificate file are also in "+h.Dir)
	}
	if h.Resume != "" {
		lines = append(lines, "", "When it is done:", "  "+t.ink.bold(plain(h.Resume)))
	}
	t.text(lines...)
}

func (t *textPrinter) failure(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, line := range strings.Split(strings.TrimSpace(err.Error()), "\n") {
		head := "error: "
		if i > 0 {
			head = "       "
		}
		fmt.Fprintln(t.err, t.ink.bad(head)+plain(line))
	}
	for _, h := range hint.Hints(err) {
		fmt.Fprintln(t.err, t.ink.faint("hint:  ")+plain(t.runnable(h)))
	}
	if id := hint.RequestID(err); id != "" {
		fmt.Fprintln(t.err, t.ink.faint("       Okta's request id: "+plain(id)))
	}
}
