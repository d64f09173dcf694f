package tui

import "github.com/charmbracelet/bubbles/key"

// Keys are all keys of the wizard in one place.
type Keys struct {
	Quit, Suspend, Help, Back, Exit        key.Binding
	Up, Down, PageUp, PageDown, Home, End  key.Binding
	Left, Right, Next, Previous, Enter     key.Binding
	Choose, Search, Tab, View, Paste       key.Binding
	Tester, Copy, Save, Edit, Apply, Log   key.Binding
	Retry, Undo, New, Test, TurnOn, Delete key.Binding
	Details, Report, NotNow, Override      key.Binding
	Rotate, Adopt, Exact, Logo, Keep       key.Binding
	AllTheSame, Picked                     key.Binding
}

func bind(help, what string, keys ...string) key.Binding {
	return key.NewBinding(key.WithKeys(keys...), key.WithHelp(help, what))
}

// DefaultKeys is the one set of keys there is.
func DefaultKeys() Keys {
	return Keys{
		Quit: bind("ctrl+c", "quit", "ctrl+c"), Suspend: bind("ctrl+z", "suspend", "ctrl+z"),
		Help: bind("?", "help", "?", "f1"), Back: bind("esc", "back", "esc"), Exit: bind("q", "quit", "q"),
		Up: bind("↑", "up", "up", "k"), Down: bind("↓", "down", "down", "j"),
		PageUp: bind("pgup", "page up", "pgup", "ctrl+b"), PageDown: bind("pgdn", "page down", "pgdown", "ctrl+f"),
		Home: bind("home", "first", "home", "g"), End: bind("end", "last", "end", "G"),
		Left: bind("←", "fold", "left"), Right: bind("→", "unfold", "right"),
		Next: bind("tab", "next field", "tab", "down"), Previous: bind("shift+tab", "field before", "shift+tab", "up"),
		Enter: bind("enter", "continue", "enter"), Choose: bind("space", "choose", " "),
		Search: bind("/", "search", "/"), Tab: bind("tab", "people", "tab", "shift+tab"),
		View: bind("v", "without e-mail", "v"), Paste: bind("p", "paste a list", "p"), Tester: bind("t", "tester", "t"),
		Copy: bind("y", "copy as command", "y"), Save: bind("s", "save", "s"), Edit: bind("e", "change", "e"),
		Apply: bind("a", "apply", "a"), Log: bind("l", "log", "l"), Retry: bind("r", "try again", "r"),
		Undo: bind("u", "undo", "u"), New: bind("n", "new", "n"), Test: bind("t", "test", "t"),
		TurnOn: bind("o", "turn on or off", "o"), Delete: bind("x", "throw away", "x"),
		Details: bind("d", "differences", "d"), Report: bind("m", "report", "m"), NotNow: bind("n", "not now", "n"),
		Override:   bind("o", "set back", "o"),
		Keep:       bind("k", "keep the change", "k"),
		Picked:     bind("c", "who is chosen", "c"),
		AllTheSame: bind("ctrl+o", "take it over all the same", "ctrl+o"),
		Rotate:     bind("c", "new certificate", "c"), Adopt: bind("i", "take over an app", "i"),
		Exact: bind("x", "take away the access of others, or leave it", "x"), Logo: bind("i", "image for the app's tile", "i"),
	}
}

// as is a binding with other words for the bottom line.
func as(b key.Binding, what string) key.Binding {
	b.SetHelp(b.Help().Key, what)
	return b
}
