package tui

import (
	"context"
	"sync"
	"time"

	"github.com/charmbracelet/bubbles/help"
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// Screen is one page of the wizard: a value that shows and asks.
type Screen interface {
	Init() tea.Cmd
	Update(msg tea.Msg) (Screen, tea.Cmd)
	// View fills exactly the last SetSize.
	View() string
	SetSize(width, height int) Screen
	Title() string
	// Captures tells that the screen wants this key before the frame does:
	// text in a field, esc while searching.
	Captures(msg tea.KeyMsg) bool
	help.KeyMap
	// Explain is the help for what has the focus.
	Explain() Explanation
	// Keep writes what was answered into the draft, also half an answer.
	Keep(d *Draft)
}

// busy is a screen with work that quitting would stop.
type busy interface {
	Busy() bool
	// Stop asks the work to end cleanly; the screen hears of its end as usual.
	Stop() (Screen, tea.Cmd)
}

// noted is a screen that has something for the status line.
type noted interface{ Note() string }

// Explanation is what ? shows: what a thing is, where it stands on both pages,
// and an example.
type Explanation struct {
	Title, What, Okta, SP, Example string
	// Literal tells that the key ? could also be meant as text here.
	Literal bool
}

// env is what all screens share. Nothing in it changes after Open but the world,
// the typed secrets and what the root puts there between screens.
type env struct {
	ctx   context.Context
	back  Backend
	local Local
	theme Theme
	keys  Keys
	world World
	// runs counts work that has to end before the program does.
	runs *sync.WaitGroup

	requests int
}

// request numbers a request. Answers carry the number back, and one that is not
// the latest of its screen is late.
func (e *env) request() int {
	e.requests++
	return e.requests
}

// Messages from screens to the root.
type (
	// done says that a screen has all it asked for.
	done struct{ from place }
	// jump opens the screen where a value is set; done or esc come back.
	jump struct{ to place }
	// back leaves the screen.
	back struct{}
	// leave quits the wizard and keeps the work.
	leave struct{}
	// overlay lays a screen over the one that is there; closed takes it away.
	overlay struct{ screen Screen }
	closed  struct{}
	// say puts a line into the status line.
	say struct{ text string }
)

func send(msg tea.Msg) tea.Cmd { return func() tea.Msg { return msg } }

// tick comes while something is going on; the screen learns the time from it.
type tick struct{ at time.Time }

const tickEvery = 250 * time.Millisecond

func ticking() tea.Cmd { return tea.Tick(tickEvery, func(t time.Time) tea.Msg { return tick{t} }) }

// sized is the size that every screen has.
type sized struct{ width, height int }

// spinner is the sign of work at a time.
func spinner(at time.Time) string {
	signs := []string{"◐", "◓", "◑", "◒"}
	if at.IsZero() {
		return signs[0]
	}
	return signs[int(at.UnixMilli()/tickEvery.Milliseconds())%len(signs)]
}

var zeroTime time.Time // before the first tick

// seconds is a length of time for people: 0.4 s, 12 s, 2 min 5 s.
func seconds(d time.Duration) string {
	switch {
	case d < 0:
		return "0 s"
	case d < 10*time.Second:
		return trimZero(d)
	case d < 2*time.Minute:
		return plural(int(d.Seconds()), "s", "s")
	}
	return plural(int(d.Minutes()), "min", "min") + " " + plural(int(d.Seconds())%60, "s", "s")
}

func trimZero(d time.Duration) string {
	tenths := int(d.Round(100*time.Millisecond) / (100 * time.Millisecond))
	return thousands(tenths/10) + "." + string(rune('0'+tenths%10)) + " s"
}

// keymap is the two lists of keys that the frame shows.
func keymap(keys ...key.Binding) []key.Binding { return keys }
