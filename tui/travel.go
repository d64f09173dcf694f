package tui

import (
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/secret"
)

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
		r.returnTo, r.passing = r.at(), false
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
		r.secrets.SPToken, r.spToken = s.SPToken, true
	}
	if !s.Password.IsZero() {
		r.secrets.Password, r.password, r.refused = s.Password, true, false
	}
}

// begin starts a journey from the first screen.
func (r *Root) begin(msg begin) tea.Cmd {
	from := r.draft.From[ask.Org]
	org, hadOrg := r.draft.Org, r.draft.Org != ""
	r.verb, r.job, r.entry, r.last, r.stands = msg.verb, msg.verb, msg.entry, ran{}, msg.status
	r.stack = []place{atStart}
	r.draft = msg.draft.clone()
	if r.draft.Org == "" && hadOrg {
		r.draft.Org = org
		r.draft.set(ask.Org, from)
	}
	if r.world.Sandbox() {
		r.draft.Org = r.world.SandboxOrg
	}
	r.passing, r.begunWith, r.keptAs = msg.goOn, r.draft.clone(), Draft{}
	if r.wasDraft = draftLike(r.env.world.Drafts, msg.draft) >= 0; r.wasDraft {
		r.keptAs = r.begunWith
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
	switch s := r.screen.(type) {
	case *review:
		r.job, r.last = r.verb, ran{prepared: s.p}
	case *turnOn:
		if r.agreed = s.agreed; s.agreed {
			r.job, r.last = Enable, ran{prepared: s.p}
			r.draft.unconfirm(plan.StepEnable) // an earlier word was for something else
		}
	}
	to := next(r.at(), r.journey)
	if to == atStart {
		return r.enter([]place{atStart})
	}
	if r.at() >= atReview && to >= atApply {
		return r.enter(append(r.stack[:len(r.stack)-1:len(r.stack)-1], to)) // no way back through a run
	}
	return r.enter(r.past(append(r.stack, to)))
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
	r.returnTo, r.passing = atStart, false
	return r.enter(r.stack[:len(r.stack)-1])
}

// again makes another way on after a run: once more, back to the plan, undo.
func (r *Root) again(msg runAgain) tea.Cmd {
	switch msg.how {
	case againReview:
		if s, ok := r.screen.(*review); ok {
			s.Keep(&r.draft)
		}
		r.job = r.verb
		r.draft.takeWay(msg)
		if msg.answer != nil {
			r.draft.answer(msg.answer.Input, msg.answer.Answer)
			r.draft.unconfirm(plan.StepPush) // that was for the value before
		}
		if r.verb == Setup {
			return r.enter([]place{atStart, atProvider, atOrg, atDetails, atWho, atReview})
		}
		return r.enter([]place{atStart, atReview})
	case againAdopt:
		return r.begin(begin{verb: Adopt, goOn: true, draft: Draft{SP: r.draft.SP, Org: r.draft.Org, Connection: r.draft.Connection, AppID: msg.app}})
	case againTester:
		return r.askTester()
	case againOff:
		r.job, r.last, r.draft.TurnedOn = Disable, ran{}, false
		r.draft.unconfirm(plan.StepEnable) // that was for the other way
	case againUndo:
		r.verb, r.job, r.last, r.draft.Override = Undo, Undo, ran{}, false
		return r.enter([]place{atStart, atReview})
	}
	if msg.way != "" {
		r.draft.Way, r.draft.NoTest = msg.way, false
		r.last = ran{}
	}
	return r.enter(append(r.stack[:len(r.stack)-1:len(r.stack)-1], atApply))
}

// enter makes the screen on top of the new stack anew, from the draft.
func (r *Root) enter(stack []place) tea.Cmd {
	r.stack, r.over, r.status = stack, nil, ""
	if r.at() == atReview {
		r.draft.Confirmed = nil // what a person has done was for the plan before
	}
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
		return newOrg(e, d, orgVisit{token: r.secretsNow().Token, ofKept: r.verb.ofKept(), passing: r.passing, spare: r.verb == Disable})
	case atDetails:
		return newDetails(e, d)
	case atAccess:
		return newAccess(e, d, !r.secrets.SPToken.IsZero())
	case atTold:
		return newTold(e, d, r.makeJob(Setup))
	case atWho:
		return newWho(e, d)
	case atTester:
		return newTester(e, d, !r.refused && (r.password || e.world.TestPassword) || e.world.Sandbox(), r.verb)
	case atAdopt:
		return newAdopt(e, d, r.adoptJob)
	case atRotate:
		return newRotate(e, d, r.entry, r.stands)
	case atReview:
		return newReview(e, d, r.makeJob(r.job), r.profileName())
	case atApply:
		return newApply(e, r.makeJob(r.job), r.takePrepared(), r.profileName())
	case atHand:
		return newHand(e, r.journey)
	case atTest:
		return newTest(e, r.journey)
	case atTurnOn:
		return newTurnOn(e, r.journey, r.makeJob(Enable))
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

// makeJob is the job of a verb in this journey.
func (r *Root) makeJob(verb Verb) Job {
	d := r.draft
	d.TurnedOn = false // turning on is agreed to by itself
	if verb != Setup {
		var inputs map[string]string
		if r.verb == Setup && verb == Enable { // what was answered on the way here
			inputs = d.Inputs
		}
		d = Draft{Inputs: inputs, From: d.From, Confirmed: d.Confirmed, Override: d.Override, Tester: d.Tester, Way: d.Way, NoTest: d.NoTest && (verb == Rotate || verb == Enable && r.verb == Enable), SPAPIURL: d.SPAPIURL}
	}
	a, err := d.Answers(r.world)
	if err != nil {
		a = &ask.Answers{} // the screens let nothing through that a flag would not take
	}
	j := Job{Verb: verb, Answers: a, Secrets: r.secretsNow(), Org: r.entry.Org, Name: r.entry.Name, Years: r.draft.Years}
	if r.entry.Name == "" {
		j.Org, j.Name = r.draft.Org, r.draft.Connection
	}
	return j
}

// adoptJob is the job of taking over what the draft names.
func (r *Root) adoptJob(d Draft) Job {
	a, err := Draft{SP: d.SP, Org: d.Org, Connection: d.Connection, Inputs: d.Inputs, Override: d.Override, Existing: true}.Answers(r.world)
	if err != nil {
		a = &ask.Answers{} // the screens let nothing through that a flag would not take
	}
	return Job{Verb: Adopt, Answers: a, Secrets: r.secretsNow(), Org: d.Org, Name: d.Connection, AppID: d.AppID}
}

// secretsNow leaves out a token that was typed for another org.
func (r *Root) secretsNow() Secrets {
	s := r.secrets
	if r.tokenFor != r.draft.Org {
		s.Token = secret.String{}
	}
	return s
}
