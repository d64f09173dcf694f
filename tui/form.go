package tui

import (
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/huh"
)

// field is one question of a form: huh's input or choice, and beside it what is
// wrong with the answer, or what it comes to.
type field struct {
	title   string
	field   huh.Field
	input   *huh.Input // nil for a choice
	value   *string
	check   func(string) error  // nil: everything is right
	live    func(string) string // what the answer comes to, nil for nothing
	help    string
	explain Explanation
	secret  bool
	choice  bool
	touched bool
}

// form is the fields of one screen. Moving between them is ours and not huh's:
// its own form cannot be left and entered again.
type form struct {
	env    *env
	fields []*field
	focus  int
}

func textField(e *env, title, value string) *field {
	f := &field{title: title, value: &value}
	f.input = huh.NewInput().Title(title).Prompt("  ").Value(f.value)
	f.field = f.input.WithTheme(e.theme.Field)
	return f
}

func secretField(e *env, title string) *field {
	value := ""
	f := &field{title: title, value: &value, secret: true}
	f.input = huh.NewInput().Title(title + " (not shown)").Prompt("  ").EchoMode(huh.EchoModePassword).Value(f.value)
	f.field = f.input.WithTheme(e.theme.Field)
	return f
}

// choiceField lets one of a few be chosen with the arrows.
func choiceField(e *env, title, value string, options []huh.Option[string]) *field {
	f := &field{title: title, value: &value, choice: true}
	km := huh.NewDefaultKeyMap()
	km.Select.Filter.SetEnabled(false)
	f.field = huh.NewSelect[string]().Title(title).Options(options...).Inline(true).Value(f.value).
		WithTheme(e.theme.Field).WithKeyMap(km)
	return f
}

func (f *form) Init() tea.Cmd {
	if len(f.fields) == 0 {
		return nil
	}
	return f.at().enter()
}

// enter and leave move the focus, which is a sign before the text and not only
// a colour.
func (f *field) enter() tea.Cmd {
	if f.input != nil {
		f.input.Prompt("› ")
	}
	return f.field.Focus()
}

func (f *field) leave() tea.Cmd {
	if f.input != nil {
		f.input.Prompt("  ")
	}
	return f.field.Blur()
}

func (f *form) at() *field { return f.fields[f.focus] }

// Update takes a message for the field that has the focus; it tells whether the
// last field was left with enter.
func (f *form) Update(msg tea.Msg) (finished bool, cmd tea.Cmd) {
	if len(f.fields) == 0 {
		k, ok := msg.(tea.KeyMsg)
		return ok && key.Matches(k, f.env.keys.Enter), nil
	}
	switch msg := msg.(type) {
	case typed:
		return false, f.typeIn(msg.text)
	case tea.KeyMsg:
		keys := f.env.keys
		switch {
		case key.Matches(msg, keys.Enter):
			f.at().touched = true
			if f.at().problem() != "" {
				return false, nil
			}
			if f.focus == len(f.fields)-1 {
				return f.settle()
			}
			return false, f.move(f.focus + 1)
		case key.Matches(msg, keys.Next):
			f.at().touched = true
			return false, f.move((f.focus + 1) % len(f.fields))
		case key.Matches(msg, keys.Previous):
			return false, f.move((f.focus + len(f.fields) - 1) % len(f.fields))
		}
		if msg.Type == tea.KeyRunes {
			f.at().touched = true
		}
	}
	return false, f.pass(msg)
}

func (f *form) pass(msg tea.Msg) tea.Cmd {
	m, cmd := f.at().field.Update(msg)
	if next, ok := m.(huh.Field); ok {
		f.at().field = next
	}
	return cmd
}

func (f *form) typeIn(text string) tea.Cmd {
	return f.pass(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(text)})
}

// settle ends the form, or goes to the first field that is wrong.
func (f *form) settle() (bool, tea.Cmd) {
	for i, one := range f.fields {
		one.touched = true
		if one.problem() != "" {
			return false, f.move(i)
		}
	}
	return true, nil
}

func (f *form) move(to int) tea.Cmd {
	left := f.at().leave()
	f.focus = to
	return tea.Batch(left, f.at().enter())
}

func (f *field) text() string {
	if f.secret {
		return *f.value
	}
	return strings.TrimSpace(*f.value)
}

func (f *field) problem() string {
	if f.check == nil {
		return ""
	}
	if err := f.check(f.text()); err != nil {
		return plain(err.Error())
	}
	return ""
}

// beside is the line under a field: what is wrong, else what it comes to, else
// a word of help while it has the focus.
func (f *field) beside(t Theme, focused bool, width int) []string {
	if p := f.problem(); p != "" && f.touched {
		return hang(t.Bad.Render("✗ "), p, width)
	}
	if f.live != nil && f.problem() == "" {
		if text := f.live(f.text()); text != "" {
			return hang(t.Good.Render("✓ "), text, width)
		}
	}
	if focused && f.help != "" {
		return styled(t.Faint, f.help, width)
	}
	return nil
}

// lines are the fields from top to bottom; focus is the last line of the one at
// work, so that all of it comes into view.
func (f *form) lines(width int) (out []string, focus int) {
	for i, one := range f.fields {
		out = append(out, strings.Split(one.field.WithWidth(width).View(), "\n")...)
		for _, l := range one.beside(f.env.theme, i == f.focus, width-2) {
			out = append(out, "  "+l)
		}
		if i == f.focus {
			focus = len(out) - 1
		}
		out = append(out, "")
	}
	return out, focus
}

// captures tells whether a key is text for the field.
func (f *form) captures(k tea.KeyMsg) bool {
	if len(f.fields) == 0 || f.at().choice {
		return false
	}
	if k.String() == "?" && !k.Paste && (!f.at().secret || f.at().text() == "") {
		return false // help; there it can still be typed
	}
	return k.Type == tea.KeyRunes || k.Type == tea.KeySpace
}

func (f *form) explain() Explanation {
	if len(f.fields) == 0 {
		return Explanation{}
	}
	x := f.at().explain
	x.Literal = !f.at().choice
	if x.Title == "" {
		x.Title = f.at().title
	}
	return x
}

// shortHelp is the keys of a form, with a word for leaving its last field.
func (f *form) shortHelp(last string) []key.Binding {
	keys := f.env.keys
	if len(f.fields) == 0 || f.focus == len(f.fields)-1 {
		keys.Enter = as(keys.Enter, last)
	} else {
		keys.Enter = as(keys.Enter, "next field")
	}
	out := keymap(keys.Enter)
	if len(f.fields) > 0 && f.at().choice {
		out = append(out, bind("←→", "choose", "left", "right"))
	}
	if len(f.fields) > 1 {
		out = append(out, bind("tab", "next", "tab"), bind("shift+tab", "before", "shift+tab"))
	}
	return out
}
