package tui

import (
	"context"
	"slices"
	"sync"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/secret"
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
	returnTo      place
	width, height int
	status        string
	opened        bool
	openErr       error
	ended         bool
	interrupted   bool
	unfinished    bool // a run was stopped part way
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
	}, r.screen.Init())
}

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
	switch {
	case key.Matches(msg, k.Help) && r.over == nil:
		r.lay(newHelp(r.env, front))
		return r.over.Init()
	case key.Matches(msg, k.Back):
		return r.goBack()
	}
	return r.pass(msg)
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

// keep writes the draft down, or drops it once the work is done.
func (r *Root) keep() tea.Cmd {
	if !r.opened || r.draft.SP == "" || r.verb != Setup {
		return nil
	}
	d := r.draft.clone()
	if i := railIndex(r.at()); i >= 0 && i < len(rail) {
		d.Place = rail[i].title
	}
	kept := &d
	if r.at() == atDone {
		kept = nil
	}
	e := r.env
	return func() tea.Msg { return draftKept{e.back.KeepDraft(kept)} }
}

func (r *Root) at() place { return r.stack[len(r.stack)-1] }

// travel takes the messages that lead from screen to screen.
func (r *Root) travel(msg tea.Msg) (tea.Cmd, bool) {
	switch msg := msg.(type) {
	case begin:
		return r.begin(msg), true
	case done:
		if msg.from != r.at() {
			return nil, true // a late second one
		}
		r.screen.Keep(&r.draft)
		return r.goOn(), true
	case jump:
		r.screen.Keep(&r.draft)
		r.returnTo = r.at()
		return r.enter(append(r.stack, msg.to)), true
	case back:
		return r.goBack(), true
	case leave:
		return r.end(), true
	case overlay:
		r.lay(msg.screen)
		return r.over.Init(), true
	case closed:
		r.over = nil
		return nil, true
	case stopNow:
		r.over = nil
		if b, ok := r.screen.(busy); ok {
			var cmd tea.Cmd
			r.screen, cmd = b.Stop()
			return cmd, true
		}
		return nil, true
	case say:
		r.status = msg.text
		return nil, true
	case gotSecrets:
		r.takeSecrets(msg)
		return nil, true
	case ran:
		r.last = msg
		r.unfinished = msg.err != nil && msg.result.Changed
		r.interrupted = hint.CodeOf(msg.err) == hint.Interrupted
		return nil, false
	case runAgain:
		return r.again(msg), true
	}
	return nil, false
}

func (r *Root) takeSecrets(s gotSecrets) {
	if !s.Token.IsZero() {
		r.secrets.Token, r.tokenFor = s.Token, s.org
	}
	if !s.SPToken.IsZero() {
		r.secrets.SPToken = s.SPToken
	}
	if !s.Password.IsZero() {
		r.secrets.Password, r.password = s.Password, true
	}
}

// begin starts a journey from the first screen.
func (r *Root) begin(msg begin) tea.Cmd {
	from := r.draft.From[ask.Org]
	org, hadOrg := r.draft.Org, r.draft.Org != ""
	r.verb, r.job, r.entry, r.last = msg.verb, msg.verb, msg.entry, ran{}
	r.draft = msg.draft.clone()
	if r.draft.Org == "" && hadOrg {
		r.draft.Org = org
		r.draft.set(ask.Org, from)
	}
	if r.world.Sandbox() {
		r.draft.Org = r.world.SandboxOrg
	}
	if msg.straight {
		return r.enter([]place{atStart, atProvider, atOrg})
	}
	return r.goOn()
}

// goOn enters the screen that follows.
func (r *Root) goOn() tea.Cmd {
	if r.returnTo != atStart && r.at() != r.returnTo {
		home := r.returnTo
		r.returnTo = atStart
		if i := slices.Index(r.stack, home); i >= 0 {
			return r.enter(r.stack[:i+1])
		}
	}
	if r.at() == atTurnOn && r.draft.TurnedOn {
		r.job = Enable
	}
	if plan, ok := r.screen.(*review); ok {
		r.job, r.last = r.verb, ran{prepared: plan.p}
	}
	to := next(r.at(), r.journey)
	if to == atStart {
		return r.enter([]place{atStart})
	}
	if r.at() >= atReview && to >= atApply {
		return r.enter(append(r.stack[:len(r.stack)-1:len(r.stack)-1], to)) // no way back through a run
	}
	return r.enter(append(r.stack, to))
}

// goBack leaves the screen, with what was answered on it.
func (r *Root) goBack() tea.Cmd {
	switch {
	case r.over != nil:
		r.over = nil
		return nil
	case !r.opened, r.at() >= atApply:
		return nil // a run is ended, not left
	case len(r.stack) == 1:
		return r.end()
	}
	r.screen.Keep(&r.draft)
	if r.returnTo != atStart {
		r.returnTo = atStart
	}
	return r.enter(r.stack[:len(r.stack)-1])
}

// again makes another way on after a run: once more, back to the plan, undo.
func (r *Root) again(msg runAgain) tea.Cmd {
	switch msg.how {
	case againReview:
		r.job, r.draft.Override = r.verb, r.draft.Override || msg.override
		if r.verb == Setup {
			return r.enter([]place{atStart, atProvider, atOrg, atDetails, atWho, atReview})
		}
		return r.enter([]place{atStart, atReview})
	case againUndo:
		r.verb, r.job, r.last = Undo, Undo, ran{}
		return r.enter([]place{atStart, atReview})
	}
	return r.enter(append(r.stack[:len(r.stack)-1:len(r.stack)-1], atApply))
}

// enter makes the screen on top of the new stack anew, from the draft.
func (r *Root) enter(stack []place) tea.Cmd {
	r.stack, r.over, r.status = stack, nil, ""
	r.screen = r.build(r.at())
	r.resize()
	return tea.Batch(r.screen.Init(), r.keep())
}

func (r *Root) build(at place) Screen {
	e, d := r.env, r.draft.clone()
	switch at {
	case atProvider:
		return newProvider(e, d)
	case atOrg:
		return newOrg(e, d, r.secretsNow().Token)
	case atDetails:
		return newDetails(e, d)
	case atAccess:
		return newAccess(e, d, !r.secrets.SPToken.IsZero())
	case atWho:
		return newWho(e, d)
	case atTester:
		return newTester(e, d, r.password || e.world.TestPassword || e.world.Sandbox())
	case atReview:
		return newReview(e, d, r.makeJob(), r.profileName())
	case atApply:
		return newApply(e, r.makeJob(), r.takePrepared(), r.profileName())
	case atHand:
		return newHand(e, r.journey)
	case atTest:
		return newTest(e, r.journey)
	case atTurnOn:
		return newTurnOn(e, r.journey)
	case atDone:
		return newFinish(e, r.journey)
	}
	return newStart(e, d)
}

// takePrepared gives the reviewed plan to one run; a later run reads anew.
func (r *Root) takePrepared() *Prepared {
	p := r.last.prepared
	if p == nil || p.Job.Verb != r.job || r.last.result.Command != "" || r.last.err != nil {
		return nil
	}
	return p
}

func (r *Root) makeJob() Job {
	d := r.draft
	if r.job != Setup {
		d = Draft{Confirmed: d.Confirmed, Override: d.Override, Tester: d.Tester, SPAPIURL: d.SPAPIURL}
	}
	a, err := d.Answers(r.world)
	if err != nil {
		a = &ask.Answers{} // the screens let nothing through that a flag would not take
	}
	j := Job{Verb: r.job, Answers: a, Secrets: r.secretsNow(), Org: r.entry.Org, Name: r.entry.Name}
	if r.entry.Name == "" {
		j.Org, j.Name = r.draft.Org, r.draft.Connection
	}
	return j
}

// secretsNow leaves out a token that was typed for another org.
func (r *Root) secretsNow() Secrets {
	s := r.secrets
	if r.tokenFor != r.draft.Org {
		s.Token = secret.String{}
	}
	return s
}

func (r *Root) profileName() string {
	if p := r.world.Profile(r.draft.SP); p != nil {
		return p.Name
	}
	return plain(r.draft.SP)
}
