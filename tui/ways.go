package tui

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
)

// way is a way on from a plan that was refused: its key, what it does, and the
// answer that goes with it.
type way struct {
	key  key.Binding
	what string
	then runAgain
}

// ways are the ways on that the refusal of a plan knows of and the wizard has:
// each makes the plan anew.
func (s *review) ways() []way {
	var out []way
	w, k := plan.WaysOf(s.err), s.env.keys
	setup := s.job.Verb == Setup
	if setup && (w.KeepLabel != "" || len(w.Keep) > 0) {
		out = append(out, way{as(k.Keep, "keep it"), "keep the change: " + s.kept(w), runAgain{how: againReview, keep: &w}})
	}
	if w.Override != "" && !s.draft.Override {
		short := "nevertheless"
		if setup {
			short = "set back"
		}
		out = append(out, way{as(k.Override, short), w.Override, runAgain{how: againReview, override: true}})
	}
	if setup && w.Adopt != "" {
		out = append(out, way{as(k.Adopt, "take it over"), "take that app under management, changing nothing in it", runAgain{how: againAdopt, app: w.Adopt}})
	}
	if setup && w.NewApp && !s.draft.NewApp {
		out = append(out, way{as(k.New, "second app"), "make an app of our own beside it", runAgain{how: againReview, newApp: true}})
	}
	return out
}

// kept names the answers that keep somebody's change.
func (s *review) kept(w plan.Ways) string {
	var parts []string
	if w.KeepLabel != "" {
		parts = append(parts, "App label = "+plain(w.KeepLabel))
	}
	p := s.env.world.Profile(s.draft.SP)
	for _, id := range slices.Sorted(maps.Keys(w.Keep)) {
		parts = append(parts, inputLabel(p, id)+" = "+plain(w.Keep[id]))
	}
	return strings.Join(parts, ", ")
}

func inputLabel(p *catalog.Profile, id string) string {
	if p != nil {
		for _, in := range p.Inputs {
			if in.ID == id {
				return plain(in.Label)
			}
		}
	}
	return plain(id)
}

// wayKey takes the key of one of the ways.
func (s *review) wayKey(msg tea.KeyMsg) tea.Cmd {
	for _, w := range s.ways() {
		if key.Matches(msg, w.key) {
			return send(w.then)
		}
	}
	return nil
}

// wayLines offer them.
func (s *review) wayLines() []string {
	var out []string
	for _, w := range s.ways() {
		out = append(out, hang(s.env.theme.Key.Render(w.key.Help().Key)+"  ", w.what, s.width)...)
	}
	if len(out) > 0 {
		out = append(out, "", s.env.theme.Faint.Render("The plan is shown before anything is written."))
	}
	return out
}

// takeWay puts into the draft what goes with a way on.
func (d *Draft) takeWay(r runAgain) {
	d.Override = d.Override || r.override
	d.NewApp = d.NewApp || r.newApp
	if r.keep == nil {
		return
	}
	if r.keep.KeepLabel != "" {
		d.Label = r.keep.KeepLabel
		delete(d.From, ask.Label)
	}
	for id, value := range r.keep.Keep {
		d.answer(id, value)
	}
}

// The words of commands, and what the screens have for them. The last of them
// take what is left of a flag that has a field here.
var onScreen = []struct {
	flag *regexp.Regexp
	here string
}{
	{regexp.MustCompile(`\(--input [^()]+\)`), "(under Details)"},
	{regexp.MustCompile(`run the (?:same )?command again(?: with --confirmed [a-z.]+)?`), "try again"},
	{regexp.MustCompile(`run ssowizard setup again with --override`), "set it up again here and have it set back"},
	{regexp.MustCompile(`which ssowizard setup does with --override`), "which setting it up again here does"},
	{regexp.MustCompile(`set it up (again|anew) with (?:setup … )?--override`), "set it up $1 from the first screen"},
	{regexp.MustCompile(`or clear the service provider's side with ssowizard undo \S+`), "or clear the service provider's side with undo there"},
	{regexp.MustCompile(`with ssowizard undo [^\s,]+`), "with undo on the first screen"},
	{regexp.MustCompile(`another one with --connection NAME`), "another one under another connection name"},
	{regexp.MustCompile(`; name a tester with --test-user and --test-password-file`), "; a tester would show it"},
	{regexp.MustCompile(`it needs --test-user and --test-password-file`), "nobody is named who tries it"},
	{regexp.MustCompile(`add --test-user LOGIN with --test-password-file FILE(?:, or --test none)?`), "say who tries it"},
	{regexp.MustCompile(` \(--test [a-z-]+\)`), ""},
	{regexp.MustCompile(`give it with --sp-api-url, or use --push guided`), "give it, or have the values entered by hand, under Details"},
	{regexp.MustCompile(`use --push guided`), "have the values entered by hand, under Details"},
	{regexp.MustCompile(`or a file for --sp-token-file`), "or type it where it is asked"},
	{regexp.MustCompile(`give the final address with --sp-api-url`), "give the final address"},
	{regexp.MustCompile(`--sp-api-url`), "the address of the settings API"},
	{regexp.MustCompile(`(?:or )?name the app with --app ID`), "choose the app by its id"},
	{regexp.MustCompile(`name another app with --app ID`), "choose another app"},
	{regexp.MustCompile(`see that --app and --sp name what you mean; add --override to take it over all the same`), "see that it is the app and the service provider that you mean"},
	{regexp.MustCompile(` with --new-app`), ""},
}

// hintsHere are the hints of an error on the screen. The ways on from a plan
// that was refused stand with the plan.
func hintsHere(err error) []string {
	if w := plan.WaysOf(err); w.Err != nil && (w.Override != "" || w.NewApp) {
		return []string{"make the plan again: it offers the ways on"}
	}
	var out []string
	for _, h := range hint.Hints(err) {
		out = append(out, onScreens(nil, plain(h)))
	}
	return out
}

var (
	inputAnswer = regexp.MustCompile(`--input ([a-z_]+)=("[^"]*"|[^\s,;]*[^\s,;.])`)
	inputName   = regexp.MustCompile(`--input ([a-z_]+)`)
)

// onScreens is a hint for whoever sits before the screens: what they have a key
// or a field for is named by that and not by a flag. p may be nil.
func onScreens(p *catalog.Profile, hint string) string {
	for _, o := range onScreen {
		hint = o.flag.ReplaceAllString(hint, o.here)
	}
	for _, input := range []*regexp.Regexp{inputAnswer, inputName} {
		hint = input.ReplaceAllStringFunc(hint, func(flag string) string {
			m := append(input.FindStringSubmatch(flag), "")
			if value := strings.Trim(m[2], `"…`); value != "" {
				return inputLabel(p, m[1]) + " = " + value + " (under Details)"
			}
			return inputLabel(p, m[1]) + " (under Details)"
		})
	}
	return hint
}
