package tuitest

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Terminal is a terminal's screen: what a program writes to it becomes lines of
// text. It knows the codes that Bubble Tea's renderer writes, and answers none:
// it is as mute as a terminal can be.
type Terminal struct {
	mu      sync.Mutex
	changed *sync.Cond
	width   int
	cells   [][]Cell
	style   string // of what is written next: the numbers of SGR, "" for none
	row     int
	col     int
	alt     bool
	drawing bool     // a frame of the alternate screen has come in part
	main    [][]Cell // the lines behind the alternate screen
	mainRow int
	mainCol int
	raw     strings.Builder
	closed  bool
	rest    []byte // of a code that has not come whole
	keys    *os.File
}

// NewTerminal is a terminal whose other end is tty, which it reads until its end.
func NewTerminal(tty *os.File, width, height int) *Terminal {
	t := &Terminal{width: width, cells: blank(width, height), keys: tty}
	t.changed = sync.NewCond(&t.mu)
	go t.read()
	return t
}

// Cell is one place on the screen.
type Cell struct {
	Text  string // "" for a blank, restOfWide for the second half of a wide sign
	Style string // numbers of SGR, such as 1;36, "" for none
}

const restOfWide = "\x00"

func blank(width, height int) [][]Cell {
	cells := make([][]Cell, height)
	for i := range cells {
		cells[i] = make([]Cell, width)
	}
	return cells
}

func (t *Terminal) read() {
	buf := make([]byte, 32<<10)
	for {
		n, err := t.keys.Read(buf)
		t.mu.Lock()
		t.raw.Write(buf[:n])
		t.write(buf[:n])
		t.closed = err != nil
		t.changed.Broadcast()
		t.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// write works off the bytes that have come; a code that is cut off waits.
func (t *Terminal) write(b []byte) {
	t.rest = append(t.rest, b...)
	for len(t.rest) > 0 {
		if t.rest[0] == 0x1b {
			n := codeLength(t.rest)
			if n == 0 {
				return
			}
			t.code(string(t.rest[:n]))
			t.rest = t.rest[n:]
			continue
		}
		if !utf8.FullRune(t.rest) {
			return
		}
		r, n := utf8.DecodeRune(t.rest)
		t.rest = t.rest[n:]
		t.put(r)
	}
}

// codeLength is the length of the escape code that b begins with, 0 while it is
// not whole.
func codeLength(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	switch b[1] {
	case '[':
		for i := 2; i < len(b); i++ {
			if b[i] >= 0x40 && b[i] <= 0x7e {
				return i + 1
			}
		}
		return 0
	case ']', 'P': // ends with BEL or ST
		for i := 2; i < len(b); i++ {
			if b[i] == 0x07 {
				return i + 1
			}
			if b[i] == '\\' && b[i-1] == 0x1b {
				return i + 1
			}
		}
		return 0
	}
	return 2
}

func (t *Terminal) put(r rune) {
	switch r {
	case '\r':
		t.col = 0
	case '\n':
		t.down()
	case '\b':
		t.col = max(t.col-1, 0)
	default:
		if r < ' ' {
			return
		}
		w := ansi.StringWidth(string(r))
		if w == 0 && t.col > 0 {
			t.cells[t.row][t.col-1].Text += string(r)
			return
		}
		if t.col+w > t.width {
			t.col = 0
			t.down()
		}
		t.cells[t.row][t.col] = Cell{string(r), t.style}
		for i := 1; i < w; i++ {
			t.cells[t.row][t.col+i] = Cell{restOfWide, t.style}
		}
		t.col += w
	}
}

func (t *Terminal) down() {
	if t.row < len(t.cells)-1 {
		t.row++
		return
	}
	t.cells = append(t.cells[1:], make([]Cell, t.width))
}

func (t *Terminal) code(code string) {
	if code[1] != '[' {
		return
	}
	last := code[len(code)-1]
	args := strings.TrimLeft(code[2:len(code)-1], "?")
	n := func(i, other int) int {
		parts := strings.Split(args, ";")
		if i >= len(parts) {
			return other
		}
		if v, err := strconv.Atoi(parts[i]); err == nil && v > 0 {
			return v
		}
		return other
	}
	switch last {
	case 'A':
		t.row = max(t.row-n(0, 1), 0)
	case 'B':
		t.row = min(t.row+n(0, 1), len(t.cells)-1)
	case 'C':
		t.col = min(t.col+n(0, 1), t.width-1)
	case 'D':
		t.col = max(t.col-n(0, 1), 0)
	case 'G':
		t.col = min(n(0, 1), t.width) - 1
	case 'H':
		// The renderer begins a frame at home, and ends it at the last line.
		t.drawing = t.alt && args == ""
		t.row, t.col = min(n(0, 1), len(t.cells))-1, min(n(1, 1), t.width)-1
	case 'J':
		t.eraseScreen(n(0, 0))
	case 'K':
		t.eraseLine(n(0, 0))
	case 'm':
		t.restyle(args)
	case 'h', 'l':
		if args == "1049" {
			t.alternate(last == 'h')
		}
	}
}

// restyle adds to the style, or ends it.
func (t *Terminal) restyle(args string) {
	if args == "" || args == "0" {
		t.style = ""
		return
	}
	t.style = strings.TrimPrefix(t.style+";"+strings.TrimPrefix(args, "0;"), ";")
}

// Cells is a copy of the screen with its styles, after a whole frame.
func (t *Terminal) Cells() [][]Cell {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.waitUntil(func() bool { return true })
	out := make([][]Cell, len(t.cells))
	for i, row := range t.cells {
		out[i] = slices.Clone(row)
	}
	return out
}

func (t *Terminal) eraseScreen(how int) {
	if how == 2 {
		t.cells = blank(t.width, len(t.cells))
		return
	}
	t.eraseLine(0)
	for i := t.row + 1; i < len(t.cells); i++ {
		t.cells[i] = make([]Cell, t.width)
	}
}

func (t *Terminal) eraseLine(how int) {
	from := t.col
	if how == 2 {
		from = 0
	}
	for i := from; i < t.width; i++ {
		t.cells[t.row][i] = Cell{}
	}
}

func (t *Terminal) alternate(on bool) {
	switch {
	case on && !t.alt:
		t.main, t.mainRow, t.mainCol = t.cells, t.row, t.col
		t.cells, t.row, t.col = blank(t.width, len(t.cells)), 0, 0
	case !on && t.alt:
		t.cells, t.row, t.col = t.main, t.mainRow, t.mainCol
	}
	t.alt, t.drawing = on, on
}

// Screen is the text on the screen, after a whole frame.
func (t *Terminal) Screen() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.waitUntil(func() bool { return true })
	return t.screen()
}

func (t *Terminal) screen() string {
	var lines []string
	for _, row := range t.cells {
		var b strings.Builder
		for _, c := range row {
			switch c.Text {
			case "":
				b.WriteByte(' ')
			case restOfWide:
			default:
				b.WriteString(c.Text)
			}
		}
		lines = append(lines, strings.TrimRight(b.String(), " "))
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n") + "\n"
}

// Raw is everything that was written.
func (t *Terminal) Raw() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.raw.String()
}

// patience is how long a text may take to appear on a busy machine.
const patience = 60 * time.Second

// Wait waits until the screen is as wanted, or fails the test.
func (t *Terminal) Wait(tb testing.TB, what string, wanted func(screen string) bool) {
	tb.Helper()
	t.wait(tb, what, func() bool { return wanted(t.screen()) })
}

// Wrote waits until the program has written the bytes of text.
func (t *Terminal) Wrote(tb testing.TB, text string) {
	tb.Helper()
	t.wait(tb, strconv.Quote(text), func() bool { return strings.Contains(t.raw.String(), text) })
}

func (t *Terminal) wait(tb testing.TB, what string, wanted func() bool) {
	tb.Helper()
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.waitUntil(wanted) {
		tb.Fatalf("the terminal never showed %s (closed: %v):\n%s", what, t.closed, t.screen())
	}
}

// waitUntil waits for a whole frame with which it is as wanted. It is called
// with the lock held.
func (t *Terminal) waitUntil(wanted func() bool) bool {
	deadline := time.Now().Add(patience)
	alarm := time.AfterFunc(patience, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.changed.Broadcast()
	})
	defer alarm.Stop()
	for t.drawing && !t.closed || !wanted() {
		if t.closed || time.Now().After(deadline) {
			return false
		}
		t.changed.Wait()
	}
	return true
}

// See waits until the screen shows text; line breaks and runs of blanks count as
// one blank.
func (t *Terminal) See(tb testing.TB, text string) {
	tb.Helper()
	t.Wait(tb, strconv.Quote(text), func(screen string) bool { return strings.Contains(flatten(screen), flatten(text)) })
}

// Type sends text as keys.
func (t *Terminal) Type(tb testing.TB, text string) {
	tb.Helper()
	if _, err := t.keys.WriteString(text); err != nil {
		tb.Fatal(err)
	}
}

// Codes of keys, as terminals send them.
const (
	Enter = "\r"
	Esc   = "\x1b"
	Tab   = "\t"
	Up    = "\x1b[A"
	Down  = "\x1b[B"
	Right = "\x1b[C"
	Left  = "\x1b[D"
	CtrlC = "\x03"
	CtrlU = "\x15"
)

// Until presses a key again and again, from where the screen shows one text until
// it shows another. Each time it waits for what is chosen to change: other things
// do by themselves.
func (t *Terminal) Until(tb testing.TB, key, from, text string) {
	tb.Helper()
	t.See(tb, from) // keys before this one have been taken
	for range 30 {
		before := t.Screen()
		if strings.Contains(flatten(before), flatten(text)) {
			return
		}
		t.Type(tb, key)
		t.Wait(tb, "a change after a key", func(screen string) bool { return chosen(screen) != chosen(before) })
	}
	t.See(tb, text)
}

// chosen are the lines with the marks of what is chosen.
func chosen(screen string) string {
	var lines []string
	for line := range strings.SplitSeq(screen, "\n") {
		if strings.ContainsAny(line, "›‹") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}
