// Package tuitest drives a Bubble Tea model like a person: it types, presses
// keys, looks at the screen. Time is virtual (testing/synctest): every command
// runs in a goroutine of its own, and the driver looks only when all of them
// have ended or wait for time or for each other. Nothing sleeps for real.
package tuitest

import (
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
)

var update = flag.Bool("update", false, "write the golden frames anew")

// settles is how much virtual time passes after each act of the driver: longer
// than a pause in typing, shorter than a person would wait.
const settles = 200 * time.Millisecond

// Driver is a person at a screen.
type Driver struct {
	t     testing.TB
	model tea.Model

	mu    sync.Mutex
	queue []tea.Msg
	ended bool
	// Suspended counts how often the model asked to be suspended.
	Suspended int
}

// Run runs f in a bubble of virtual time.
func Run(t *testing.T, f func(t *testing.T)) { synctest.Test(t, f) }

// New shows a model in a window of the size. It is to be called inside Run.
func New(t testing.TB, m tea.Model, width, height int) *Driver {
	t.Helper()
	d := &Driver{t: t, model: m}
	t.Cleanup(func() {
		d.ended = true
		time.Sleep(time.Minute) // virtual: timers that are still running have to end inside the bubble
	})
	d.run(m.Init())
	d.Resize(width, height)
	return d
}

// run carries a command out; its message is queued.
func (d *Driver) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go func() { d.deliver(cmd()) }()
}

func (d *Driver) deliver(msg tea.Msg) {
	switch msg := msg.(type) {
	case nil:
		return
	case tea.BatchMsg:
		for _, c := range msg {
			d.run(c)
		}
		return
	}
	// A sequence is a list of commands of a type that has no public name.
	if v := reflect.ValueOf(msg); v.Kind() == reflect.Slice && v.Type().Elem() == reflect.TypeFor[tea.Cmd]() {
		for i := range v.Len() {
			if c, ok := v.Index(i).Interface().(tea.Cmd); ok && c != nil {
				d.deliver(c())
			}
		}
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.queue = append(d.queue, msg)
}

func (d *Driver) take() []tea.Msg {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := d.queue
	d.queue = nil
	return out
}

// settle works off messages until there are none.
func (d *Driver) settle() {
	for {
		synctest.Wait()
		msgs := d.take()
		if len(msgs) == 0 {
			return
		}
		for _, m := range msgs {
			d.update(m)
		}
	}
}

func (d *Driver) update(msg tea.Msg) {
	switch msg.(type) {
	case tea.QuitMsg:
		d.ended = true
		return
	case tea.SuspendMsg:
		d.Suspended++
		msg = tea.ResumeMsg{}
	}
	if d.ended {
		return
	}
	var cmd tea.Cmd
	d.model, cmd = d.model.Update(msg)
	d.run(cmd)
}

// Pass lets virtual time pass, in steps, so that what ticks does tick.
func (d *Driver) Pass(length time.Duration) {
	for length > 0 {
		step := min(length, 50*time.Millisecond)
		time.Sleep(step) // virtual
		d.settle()
		length -= step
	}
}

// Send gives the model a message.
func (d *Driver) Send(msg tea.Msg) {
	d.settle()
	d.update(msg)
	d.settle()
	d.Pass(settles)
}

// Burst gives the model messages that come at once.
func (d *Driver) Burst(msgs ...tea.Msg) {
	d.settle()
	for _, m := range msgs {
		d.update(m)
	}
	d.settle()
	d.Pass(settles)
}

// Resize makes the window another size.
func (d *Driver) Resize(width, height int) { d.Send(tea.WindowSizeMsg{Width: width, Height: height}) }

// Type types text, one key after the other.
func (d *Driver) Type(text string) {
	for _, r := range text {
		k := tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}}
		if r == ' ' {
			k = tea.KeyMsg{Type: tea.KeySpace, Runes: []rune{' '}}
		}
		d.settle()
		d.update(k)
	}
	d.settle()
	d.Pass(settles)
}

// Paste pastes text, as terminals do it.
func (d *Driver) Paste(text string) {
	d.Send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(text), Paste: true})
}

var keys = map[string]tea.KeyType{"enter": tea.KeyEnter, "esc": tea.KeyEsc, "tab": tea.KeyTab, "shift+tab": tea.KeyShiftTab,
	"up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown,
	"home": tea.KeyHome, "end": tea.KeyEnd, "backspace": tea.KeyBackspace, "ctrl+c": tea.KeyCtrlC, "ctrl+z": tea.KeyCtrlZ,
	"ctrl+o": tea.KeyCtrlO, "ctrl+u": tea.KeyCtrlU, "ctrl+y": tea.KeyCtrlY, "f1": tea.KeyF1}

// Press presses keys by name; a name of one sign is that sign.
func (d *Driver) Press(names ...string) {
	d.t.Helper()
	for _, name := range names {
		switch k, known := keys[name]; {
		case known:
			d.Send(tea.KeyMsg{Type: k})
		case name == "space":
			d.Send(tea.KeyMsg{Type: tea.KeySpace, Runes: []rune{' '}})
		case len([]rune(name)) == 1:
			d.Send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(name)})
		default:
			d.t.Fatalf("no key %q", name)
		}
	}
}

// Raw is the screen with its escape codes.
func (d *Driver) Raw() string { return d.model.View() }

// Frame is the screen as plain text, without blanks at the ends of lines.
func (d *Driver) Frame() string { return Plain(d.Raw()) }

// Ended tells whether the model has quit.
func (d *Driver) Ended() bool { return d.ended }

// See fails the test unless the screen shows every one of texts. Line breaks and
// runs of blanks count as one blank, so that a wrapped sentence is still seen.
func (d *Driver) See(texts ...string) {
	d.t.Helper()
	flat := flatten(d.Frame())
	for _, text := range texts {
		if !strings.Contains(flat, flatten(text)) {
			d.t.Fatalf("the screen does not show %q:\n%s", text, d.Frame())
		}
	}
}

// DontSee fails the test when the screen shows one of texts.
func (d *Driver) DontSee(texts ...string) {
	d.t.Helper()
	flat := flatten(d.Frame())
	for _, text := range texts {
		if strings.Contains(flat, flatten(text)) {
			d.t.Fatalf("the screen shows %q:\n%s", text, d.Frame())
		}
	}
}

// flatten leaves out the steps on the left too, which would stand in the middle
// of a wrapped sentence.
func flatten(s string) string {
	var words []string
	for _, line := range strings.Split(s, "\n") {
		for _, sign := range []string{"✓ ", "● ", "○ "} {
			if strings.HasPrefix(line, "  "+sign) && len([]rune(line)) > 23 {
				line = string([]rune(line)[23:])
				break
			}
		}
		words = append(words, strings.Fields(line)...)
	}
	return strings.Join(words, " ")
}

// Plain takes the escape codes out of a frame, and blanks off the line ends.
func Plain(frame string) string {
	lines := strings.Split(ansi.Strip(frame), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n") + "\n"
}

// Tagged shows the escape codes of a frame as text: «1;36» begins a style and
// «» ends it.
func Tagged(frame string) string {
	out := strings.NewReplacer("\x1b[0m", "«»", "\x1b[m", "«»").Replace(frame)
	var b strings.Builder
	for {
		i := strings.Index(out, "\x1b[")
		if i < 0 {
			break
		}
		end := strings.IndexByte(out[i:], 'm')
		if end < 0 {
			break
		}
		b.WriteString(out[:i] + "«" + out[i+2:i+end] + "»")
		out = out[i+end+1:]
	}
	b.WriteString(out)
	lines := strings.Split(b.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n") + "\n"
}

// Golden compares text with the file testdata/name.txt, or writes it with -update.
func Golden(t testing.TB, name, text string) {
	t.Helper()
	path := filepath.Join("testdata", filepath.FromSlash(name)+".txt")
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (go test -update writes it)", err)
	}
	if string(want) != text {
		t.Errorf("%s differs (go test -update writes it anew)\n--- want\n%s\n--- is\n%s", name, want, text)
	}
}
