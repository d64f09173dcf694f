package tui

import (
	"context"
	"sync"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/plan"
)

// Root is the model of the whole wizard.
type Root struct {
	env *env
	journey
	secrets  Secrets
	tokenFor string     // the org that the typed token is for
	entry    Connection // of a job on a kept connection

	stack  []place
	screen Screen
	over   Screen // laid over the screen, nil without
	// returnTo is where a jump came from, atStart for none.
	returnTo place
	// passing tells that screens which are answered are gone past; begunWith is
	// the draft that the journey began with.
	passing       bool
	begunWith     Draft
	wasDraft      bool  // which was one of those that were kept
	keptAs        Draft // what was kept last of this journey's, zero for nothing
	width, height int
	status        string
	opened        bool
	openErr       error
	ended         bool
	interrupted   bool
	unfinished    bool // a run was stopped part way
	refused       bool // Okta did not take the tester's password
	wait          plan.Event
	waitAt        time.Time
}

// Config is what the wizard is made of.
type Config struct {
	Backend Backend
	Local   Local
	Theme   Theme
	// Org is what --org or the environment said, "" without; From is which.
	Org  string
	From ask.Source
}

// NewRoot makes the model. ctx ends everything that it has begun; Wait waits
// for that.
func NewRoot(ctx context.Context, cfg Config) *Root {
	e := &env{ctx: ctx, back: cfg.Backend, local: cfg.Local, theme: cfg.Theme, keys: DefaultKeys(), runs: &sync.WaitGroup{}}
	r := &Root{env: e, stack: []place{atStart}}
	if cfg.Org != "" {
		r.draft.Org = cfg.Org
		r.draft.set(ask.Org, cfg.From)
	}
	r.screen = newStart(e, r.draft)
	return r
}

// Wait returns when no run is at work any more.
func (r *Root) Wait() { r.env.runs.Wait() }

type openedMsg struct {
	world World
	err   error
}

// Init opens the backend while the first frame stands already.
func (r *Root) Init() tea.Cmd {
	e := r.env
	return tea.Batch(tea.SetWindowTitle("ssowizard"), func() tea.Msg {
		w, err := e.back.Open(e.ctx)
		return openedMsg{w, err}
	}, r.screen.Init(), r.nextWait())
}

// A wait of anything but a plan and its run, which show their own.
type (
	waitMsg  plan.Event
	waitTick time.Time
)

// nextWait hears of the next wait.
func (r *Root) nextWait() tea.Cmd {
	e := r.env
	waits := e.back.Waits()
	if waits == nil {
		return nil
	}
	return func() tea.Msg {
		select {
		case ev := <-waits:
			return waitMsg(ev)
		case <-e.ctx.Done():
			return nil
		}
	}
}

func waitTicking() tea.Cmd {
	return tea.Tick(tickEvery, func(t time.Time) tea.Msg { return waitTick(t) })
}

// waits shows a wait and counts it down.
func (r *Root) waits(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case waitMsg:
		ticks := r.waiting()
		if msg.Until.After(r.wait.Until) {
			r.wait, r.waitAt = plan.Event(msg), msg.Time
		}
		if ticks || !r.waiting() {
			return r.nextWait()
		}
		return tea.Batch(r.nextWait(), waitTicking())
	case waitTick:
		if r.waitAt = time.Time(msg); r.waiting() {
			return waitTicking()
		}
	}
	return nil
}

func (r *Root) waiting() bool { return r.wait.Until.After(r.waitAt) }

// Update takes one message.
func (r *Root) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		r.width, r.height = msg.Width, msg.Height
		r.resize()
		return r, nil
	case tea.ResumeMsg:
		return r, tea.ClearScreen
	case openedMsg:
		return r, r.openedNow(msg)
	case tea.KeyMsg:
		return r, r.key(msg)
	case waitMsg, waitTick:
		return r, r.waits(msg)
	case draftKept:
		if msg.err != nil {
			r.status = "the answers cannot be kept: " + plain(msg.err.Error())
		}
		return r, nil
	}
	if cmd, taken := r.travel(msg); taken {
		return r, cmd
	}
	return r, r.pass(msg)
}

// pass gives a message to the overlay and to the screen under it, whose work
// goes on meanwhile; keys go to the front one alone.
func (r *Root) pass(msg tea.Msg) tea.Cmd {
	var cmds []tea.Cmd
	_, isKey := msg.(tea.KeyMsg)
	if r.over != nil {
		var cmd tea.Cmd
		r.over, cmd = r.over.Update(msg)
		cmds = append(cmds, cmd)
	}
	if r.over == nil || !isKey {
		var cmd tea.Cmd
		r.screen, cmd = r.screen.Update(msg)
		cmds = append(cmds, cmd)
	}
	return tea.Batch(cmds...)
}

func (r *Root) openedNow(msg openedMsg) tea.Cmd {
	if msg.err != nil {
		r.openErr = msg.err
		r.screen = newFailed(r.env, "Cannot begin", msg.err)
		r.resize()
		return r.screen.Init()
	}
	r.opened, r.env.world, r.world = true, msg.world, msg.world
	if w := msg.world; w.Sandbox() {
		r.draft.Org = w.SandboxOrg
	} else if r.draft.Org != "" {
		if origin, err := r.env.local.ParseOrg(r.draft.Org); err == nil {
			r.draft.Org = origin
		}
	}
	r.screen = newStart(r.env, r.draft)
	r.resize()
	return r.screen.Init()
}

// key is where every key arrives first.
func (r *Root) key(msg tea.KeyMsg) tea.Cmd {
	k := r.env.keys
	switch {
	case key.Matches(msg, k.Quit):
		return r.quit()
	case key.Matches(msg, k.Suspend):
		return tea.Suspend
	}
	if !r.fits() {
		return nil // what is not seen is not answered
	}
	r.status = ""
	front := r.front()
	if front.Captures(msg) {
		return r.pass(msg)
	}
	if msg.Type == tea.KeyRunes && len(msg.Runes) > 1 && !msg.Paste {
		return r.each(msg)
	}
	switch {
	case key.Matches(msg, k.Help) && r.over == nil:
		r.lay(newHelp(r.env, front, r.leaves()))
		return r.over.Init()
	case key.Matches(msg, k.Back):
		return r.goBack()
	}
	return r.pass(msg)
}

// each takes apart what came in one read: where there is no text field these
// are keys, and a slow line must not make them none.
func (r *Root) each(msg tea.KeyMsg) tea.Cmd {
	var cmds []tea.Cmd
	for _, one := range msg.Runes {
		k := tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{one}, Alt: msg.Alt}
		if one == ' ' {
			k.Type = tea.KeySpace
		}
		cmds = append(cmds, r.key(k))
	}
	return tea.Batch(cmds...)
}

func (r *Root) front() Screen {
	if r.over != nil {
		return r.over
	}
	return r.screen
}

func (r *Root) lay(s Screen) {
	r.over = s
	r.resize()
}

// quit ends the wizard; while a run is at work it asks once, and stops it.
func (r *Root) quit() tea.Cmd {
	b, working := r.screen.(busy)
	if !working || !b.Busy() {
		r.interrupted = true
		return r.end()
	}
	if stop, asked := r.over.(stopQuestion); asked {
		return send(stop.yes())
	}
	r.lay(newStopQuestion(r.env))
	return nil
}

type draftKept struct{ err error }

// end keeps the draft and leaves.
func (r *Root) end() tea.Cmd {
	r.screen.Keep(&r.draft)
	r.ended = true
	return tea.Sequence(r.keep(), tea.Quit)
}

// keep writes the draft down, or drops it once the work is done. What a
// connection was set up with is no draft before it is changed.
func (r *Root) keep() tea.Cmd {
	if !r.opened || r.draft.SP == "" || r.verb != Setup {
		return nil
	}
	e := r.env
	if r.at() == atDone {
		if draftLike(e.world.Drafts, r.draft) < 0 {
			return nil
		}
		return e.keepDrafts(without(e.world.Drafts, r.draft))
	}
	if r.returnTo == atStart {
		r.draft.reached(r.at())
	}
	if r.draft.Existing && !r.wasDraft && r.draft.equal(r.begunWith) {
		if r.keptAs.SP == "" {
			return nil
		}
		ds := without(e.world.Drafts, r.keptAs) // it was changed, and is as before
		r.keptAs = Draft{}
		return e.keepDrafts(ds)
	}
	if draftLike(e.world.Drafts, r.draft) >= 0 && !r.draft.sameAs(r.keptAs) && placeOf(r.draft.Place) <= atDetails {
		return nil // it has the name of another one, until it is given its own
	}
	// Its name and org may have been another until now.
	others := without(without(e.world.Drafts, r.keptAs), r.draft)
	r.keptAs = r.draft.clone()
	return e.keepDrafts(append([]Draft{r.keptAs}, others...))
}

func (e *env) keepDrafts(ds []Draft) tea.Cmd {
	e.world.Drafts = ds
	return func() tea.Msg { return draftKept{e.back.KeepDrafts(ds)} }
}

func (r *Root) at() place { return r.stack[len(r.stack)-1] }

func (r *Root) profileName() string {
	if p := r.world.Profile(r.draft.SP); p != nil {
		return p.Name
	}
	return plain(r.draft.SP)
}
