package tui

import (
	"io"

	"github.com/charmbracelet/huh"
	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
)

// Look is how much colour the screen may have.
type Look int

// The looks. Every one of them says the same with signs alone.
const (
	Monochrome Look = iota // bold and reverse only
	Dark16                 // the terminal's own sixteen colours
	Dark
	Light
)

// Theme is every style of the wizard.
type Theme struct {
	Title, Strong, Faint, Good, Bad, Warn, Accent lipgloss.Style
	Cursor, Rule, Key                             lipgloss.Style
	// ASCII tells that the terminal has no signs but those.
	ASCII bool
	// Field is the theme of the text fields and choices.
	Field *huh.Theme
}

// palette is the few colours that there are; "" is the terminal's own.
type palette struct{ accent, good, bad, warn, faint lipgloss.Color }

var palettes = map[Look]palette{
	Monochrome: {},
	Dark16:     {accent: "6", good: "2", bad: "1", warn: "3", faint: "8"},
	Dark:       {accent: "81", good: "114", bad: "210", warn: "221", faint: "245"},
	Light:      {accent: "25", good: "28", bad: "160", warn: "130", faint: "242"},
}

// ProfileOf is the colour profile that a look needs. Monochrome keeps the ANSI
// profile: without one, bold and reverse would be lost too, and with them the
// cursor.
func ProfileOf(l Look) termenv.Profile {
	if l == Dark || l == Light {
		return termenv.ANSI256
	}
	return termenv.ANSI
}

// NewTheme makes the styles of a look for what is drawn on out.
func NewTheme(l Look, out io.Writer) Theme {
	r := lipgloss.NewRenderer(out)
	r.SetColorProfile(ProfileOf(l))
	r.SetHasDarkBackground(l != Light)
	p := palettes[l]
	style := func(c lipgloss.Color) lipgloss.Style {
		s := r.NewStyle()
		if c != "" {
			s = s.Foreground(c)
		}
		return s
	}
	t := Theme{
		Title: style(p.accent).Bold(true), Strong: r.NewStyle().Bold(true), Faint: style(p.faint),
		Good: style(p.good), Bad: style(p.bad).Bold(true), Warn: style(p.warn).Bold(true), Accent: style(p.accent),
		Cursor: style(p.accent).Bold(true), Rule: style(p.faint), Key: r.NewStyle().Bold(true),
	}
	t.Field = fieldTheme(r, t)
	return t
}

// fieldTheme makes huh's styles from ours, every one of them, because those it
// brings belong to a renderer that has not been asked.
func fieldTheme(r *lipgloss.Renderer, t Theme) *huh.Theme {
	none := r.NewStyle()
	f := huh.FieldStyles{
		Base: none, Title: t.Strong, Description: t.Faint,
		ErrorIndicator: none, ErrorMessage: none,
		SelectSelector: t.Cursor.SetString("› "), Option: none,
		NextIndicator: t.Accent.SetString(" ›"), PrevIndicator: t.Accent.SetString("‹ "),
		SelectedOption: t.Strong, UnselectedOption: none,
		FocusedButton: t.Strong.SetString("› "), BlurredButton: none.SetString("  "),
		Card: none, NoteTitle: t.Strong, Next: t.Strong,
	}
	f.TextInput = huh.TextInputStyles{Cursor: none, CursorText: none, Placeholder: t.Faint, Prompt: t.Cursor, Text: none}
	blurred := f
	blurred.Title = none
	blurred.TextInput.Prompt = none
	blurred.NextIndicator, blurred.PrevIndicator = none, none.SetString("  ")
	return &huh.Theme{Form: huh.FormStyles{Base: none}, Group: huh.GroupStyles{Base: none, Title: t.Strong, Description: t.Faint},
		FieldSeparator: none.SetString("\n"), Focused: f, Blurred: blurred}
}
