package tui

import (
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
)

// The least window that the wizard can be used in, and from where on there is
// room for the steps on the left.
const (
	leastWidth  = 60
	leastHeight = 20
	railFrom    = 80
	railWidth   = 22
	widest      = 120
)

func (r *Root) fits() bool { return r.width >= leastWidth && r.height >= leastHeight }

// hasRail tells whether the steps stand on the left: where there is room, and
// on the way through them.
func (r *Root) hasRail() bool {
	return r.width >= railFrom && r.verb == Setup && r.at() != atStart
}

// inner is the room for a screen: all but title, rules, status and keys.
func (r *Root) inner() (width, height int) {
	width = min(r.width, widest) - 2
	if r.hasRail() {
		width -= railWidth
	}
	return width, r.height - 5
}

func (r *Root) resize() {
	if !r.fits() {
		return
	}
	w, h := r.inner()
	r.screen = r.screen.SetSize(w, h)
	if r.over != nil {
		r.over = r.over.SetSize(w, h)
	}
}

// View draws the frame; it has exactly the window's size.
func (r *Root) View() string {
	if r.env.theme.ASCII {
		return ascii(r.frame())
	}
	return r.frame()
}

func (r *Root) frame() string {
	if r.width == 0 || r.height == 0 {
		return ""
	}
	if !r.fits() {
		return r.tooSmall()
	}
	w := min(r.width, widest)
	t := r.env.theme
	rule := t.Rule.Render(strings.Repeat("─", w-2))
	lines := []string{" " + r.titleLine(w-2), " " + rule}
	body := strings.Split(r.front().View(), "\n")
	left := r.railLines()
	for i, line := range body {
		if r.hasRail() && i < len(left) {
			line = pad(left[i], railWidth) + line
		}
		lines = append(lines, " "+line)
	}
	lines = append(lines, " "+fit(r.statusLine(), w-2), " "+rule, " "+r.footer(w-2))
	return fill(lines, r.width, r.height)
}

func (r *Root) tooSmall() string {
	text := []string{"ssowizard", "", "This window has " + itoa(r.width) + "×" + itoa(r.height) + ".",
		"The wizard needs " + itoa(leastWidth) + "×" + itoa(leastHeight) + ".", "", "Make it larger, or", "ctrl+c quits and keeps", "the work."}
	if r.height < len(text) {
		text = []string{"needs " + itoa(leastWidth) + "×" + itoa(leastHeight), "has " + itoa(r.width) + "×" + itoa(r.height)}
	}
	return fill(text, r.width, r.height)
}

func itoa(n int) string { return strings.ReplaceAll(thousands(max(n, 0)), ",", "") }

func (r *Root) titleLine(width int) string {
	t := r.env.theme
	left := "ssowizard"
	if !r.hasRail() && r.verb == Setup {
		if i := r.railNow(); i >= 0 && i < len(rail) {
			left = itoa(i+1) + "/" + itoa(len(rail)) + " " + rail[i].title
		}
	}
	if r.world.Sandbox() {
		left += " · sandbox"
	}
	right := ""
	if r.at() != atStart {
		right = host(r.draft.Org)
		if r.world.Sandbox() && right != "" {
			right = "sandbox org"
		}
		if name := r.profileName(); name != "" {
			if right != "" {
				right += "  ⇄  "
			}
			right += name
		}
	}
	room := width - ansi.StringWidth(left) - 2
	return ends(t.Title.Render(left), t.Strong.Render(fit(right, room)), width)
}

// host is an origin without its scheme.
func host(origin string) string {
	_, rest, found := strings.Cut(origin, "://")
	if !found {
		rest = origin
	}
	return plain(rest)
}

// railNow is the step that one is at. Turning on is a run too, and in a run the
// test may be what a person is asked for.
func (r *Root) railNow() int {
	if r.at() >= atApply && r.at() < atDone && r.verb == Setup && r.job == Enable {
		return railIndex(atTurnOn)
	}
	if s, ok := r.screen.(*apply); ok && s.person != nil {
		return railIndex(atTest)
	}
	return railIndex(r.at())
}

// railLines are the steps: done, here, to come. A window too low for all of
// them shows those around the present one.
func (r *Root) railLines() []string {
	_, height := r.inner()
	out := make([]string, height)
	t := r.env.theme
	now := r.railNow()
	for i, step := range rail {
		if i >= height {
			break
		}
		switch {
		case i < now:
			out[i] = " " + t.Good.Render("✓") + " " + step.title
		case i == now:
			out[i] = " " + t.Cursor.Render("● "+step.title)
		default:
			out[i] = " " + t.Faint.Render("○ "+step.title)
		}
	}
	return out
}

func (r *Root) statusLine() string {
	if r.waiting() && r.at() != atApply {
		left := seconds(r.wait.Until.Sub(r.waitAt).Truncate(time.Second)) + " left"
		why, room := plain(r.wait.Detail), min(r.width, widest)-4
		if head, rest, ok := strings.Cut(why, " for /"); ok && columns(why)+2+columns(left) > room {
			_, rest, _ = strings.Cut(rest, " ")
			why = head + " " + rest // for what is said where there is room
		}
		return r.env.theme.Warn.Render("… ") + ends(why, left, room)
	}
	if r.status != "" {
		return r.status
	}
	if n, ok := r.front().(noted); ok {
		return n.Note()
	}
	return ""
}

// footer is the keys that work here, as many as there is room for; the ways
// back and to help are always among them.
func (r *Root) footer(width int) string {
	k := r.env.keys
	keys := r.front().ShortHelp()
	var last []key.Binding
	if r.leaves() {
		last = append(last, k.Back)
	}
	if r.over == nil {
		last = append(last, r.helpKey())
	}
	tail := r.keyText(last)
	room := width - ansi.StringWidth(tail)
	var parts []string
	used := 0
	for _, b := range keys {
		if !b.Enabled() {
			continue
		}
		text := r.keyText([]key.Binding{b})
		w := ansi.StringWidth(text) + 3
		if used+w > room {
			break
		}
		parts, used = append(parts, text), used+w
	}
	if tail != "" {
		parts = append(parts, tail)
	}
	return fit(strings.Join(parts, " · "), width)
}

// leaves tells whether esc goes back from what is in front.
func (r *Root) leaves() bool {
	return r.over != nil || r.at() < atApply && len(r.stack) > 1 && !r.front().Captures(tea.KeyMsg{Type: tea.KeyEsc})
}

// helpKey is the key that asks for help here: in a secret that has begun, ? is
// one of its signs.
func (r *Root) helpKey() key.Binding {
	if r.front().Captures(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{'?'}}) {
		return bind("f1", "help", "f1")
	}
	return r.env.keys.Help
}

func (r *Root) keyText(keys []key.Binding) string {
	var parts []string
	for _, b := range keys {
		if b.Enabled() && b.Help().Key != "" {
			parts = append(parts, r.env.theme.Key.Render(b.Help().Key)+" "+b.Help().Desc)
		}
	}
	return strings.Join(parts, " · ")
}
