package tui_test

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/tui"
)

// crowd is a directory of a hundred thousand people, searched like Okta's: one
// page at a time.
type crowd struct {
	*fake
	people []sso.Person
}

func newCrowd(b *testing.B) *crowd {
	c := &crowd{fake: newFake(b)}
	for i := range 100_000 {
		login := fmt.Sprintf("person.%06d@acme.example", i)
		c.people = append(c.people, sso.Person{ID: fmt.Sprintf("00u%017d", i), Login: login, Email: login, FirstName: fmt.Sprintf("First%d", i%997), LastName: fmt.Sprintf("Last%d", i), Status: "ACTIVE"})
	}
	return c
}

func (c *crowd) People(_ context.Context, _, text, after string) (tui.PeoplePage, error) {
	from := 0
	if after != "" {
		_, _ = fmt.Sscanf(after, "@%d", &from)
	}
	page := tui.PeoplePage{}
	for i := from; i < len(c.people); i++ {
		if len(page.People) == 50 {
			page.After = fmt.Sprintf("@%d", i)
			break
		}
		if strings.HasPrefix(c.people[i].Login, text) {
			page.People = append(page.People, c.people[i])
		}
	}
	return page, nil
}

// percentile is the p-th of the times, as milliseconds.
func percentile(times []time.Duration, p int) float64 {
	if len(times) == 0 {
		return 0
	}
	slices.Sort(times)
	return float64(times[min(len(times)*p/100, len(times)-1)].Microseconds()) / 1000
}

func BenchmarkStartToFirstFrame(b *testing.B) {
	f := newFake(b)
	var times []time.Duration
	for b.Loop() {
		begun := time.Now()
		root := tui.NewRoot(b.Context(), tui.Config{Backend: f, Local: local{}, Theme: tui.NewTheme(tui.Dark, io.Discard)})
		m, _ := root.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
		if !strings.Contains(m.View(), "Getting ready") {
			b.Fatal("no first frame")
		}
		times = append(times, time.Since(begun))
	}
	b.ReportMetric(percentile(times, 50), "median-ms")
}

// BenchmarkKeyToFrame is a key in the search of a hundred thousand people until
// the frame that shows it stands.
func BenchmarkKeyToFrame(b *testing.B) {
	c := newCrowd(b)
	var m tea.Model = tui.NewRoot(b.Context(), tui.Config{Backend: c, Local: local{}, Theme: tui.NewTheme(tui.Dark, io.Discard)})
	m, _ = m.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
	pump(b, &m, m.Init())
	for _, k := range []string{"enter", "enter", "a", "c", "m", "e", "enter", "enter", "enter", "enter", "enter", "tab", "/"} {
		press(b, &m, k)
	}
	if !strings.Contains(m.View(), "search:") {
		b.Fatalf("not at the search:\n%s", m.View())
	}
	var times []time.Duration
	keys := []string{"p", "e", "r", "s", "o", "n", ".", "0", "backspace", "backspace", "backspace", "backspace", "backspace", "backspace", "backspace", "backspace"}
	i := 0
	for b.Loop() {
		begun := time.Now()
		var cmd tea.Cmd
		m, cmd = m.Update(keyOf(keys[i%len(keys)]))
		_ = m.View()
		times = append(times, time.Since(begun))
		_ = cmd // the pause before the server is asked is not waited for
		i++
	}
	b.ReportMetric(percentile(times, 99), "p99-ms")
	var mem runtime.MemStats
	c.people = nil // the server's, not ours
	runtime.GC()
	runtime.ReadMemStats(&mem)
	b.ReportMetric(float64(mem.HeapInuse)/(1<<20), "MB")
}

func keyOf(name string) tea.KeyMsg {
	switch name {
	case "enter":
		return tea.KeyMsg{Type: tea.KeyEnter}
	case "tab":
		return tea.KeyMsg{Type: tea.KeyTab}
	case "backspace":
		return tea.KeyMsg{Type: tea.KeyBackspace}
	}
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(name)}
}

func press(b *testing.B, m *tea.Model, key string) {
	b.Helper()
	var cmd tea.Cmd
	*m, cmd = (*m).Update(keyOf(key))
	pump(b, m, cmd)
}

// pump runs a command and those that follow from it, but for timers, which no
// answer here depends on.
func pump(b *testing.B, m *tea.Model, cmd tea.Cmd) {
	b.Helper()
	if cmd == nil {
		return
	}
	out := make(chan tea.Msg, 1)
	go func() { out <- cmd() }()
	var msg tea.Msg
	select {
	case msg = <-out:
	case <-time.After(50 * time.Millisecond):
		return
	}
	if batch, ok := msg.(tea.BatchMsg); ok {
		for _, c := range batch {
			pump(b, m, c)
		}
		return
	}
	if msg == nil {
		return
	}
	var next tea.Cmd
	*m, next = (*m).Update(msg)
	pump(b, m, next)
}
