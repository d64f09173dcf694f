package cli

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
)

// talk is what a conversation has to know of the run under way.
type talk struct {
	answers *ask.Answers
	profile *catalog.Profile
	known   bool          // the connection was set up before
	handoff *plan.Handoff // what a person is asked to do, nil when nothing is
}

// converse carries out the plan of a conversation to its end: a person's part
// is waited for, and turning on is offered once a test has passed.
func (p *program) converse(ctx context.Context, s *session, made *plan.Plan) error {
	p.talk.profile, p.talk.known = s.Profile, s.Known
	if made.Pending() {
		if err := p.consent(made, s.Profile); err != nil {
			return err
		}
	}
	res, err := p.apply(ctx, s, made)
	waits := hint.CodeOf(err) == hint.Waiting && p.talk.handoff != nil
	if err := p.finish(ctx, s, res, err); err != nil {
		if waits {
			p.say("", "When it is done:", "  "+p.talk.command(append(p.flags(), p.tokens...), string(p.talk.handoff.Step)))
		}
		return err
	}
	if err := p.offerToTurnOn(ctx, s, res); err != nil {
		return err
	}
	p.print.text("", "The same as one command", "  "+p.talk.command(append(p.flags(), p.tokens...)))
	return nil
}

// lineWizard is the wizard as a conversation: the same questions, the same plan
// and the same result as on screens.
func (p *program) lineWizard(ctx context.Context, o *setupOptions) error {
	p.command = "setup"
	answers := &ask.Answers{}
	if p.org != "" {
		if err := answers.Set(ask.Org, ask.FromFlag, p.org); err != nil {
			return err
		}
	}
	if err := p.fromEnvironment(answers); err != nil {
		return err
	}
	p.say(wrap("", "Set up Okta single sign-on. Answer each question and press Enter; an empty answer takes what stands in brackets.", 78)...)
	p.say("")
	ctx, cancel := p.limited(ctx)
	defer cancel()
	return p.setupWith(ctx, o, answers)
}

// fromEnvironment takes the answers that the environment gives.
func (p *program) fromEnvironment(answers *ask.Answers) error {
	var problems []error
	for _, q := range ask.Setup() {
		if v := p.Getenv(q.Env); q.Env != "" && v != "" && !q.Secret {
			if q.ID == ask.Org && p.sandbox {
				continue
			}
			problems = append(problems, answers.Set(q.ID, ask.FromEnv, v))
		}
	}
	return errors.Join(problems...)
}

// apply carries a plan out. In a conversation a person who has something to do
// is asked when it is done, and the run goes on.
func (p *program) apply(ctx context.Context, s *session, made *plan.Plan) (plan.Result, error) {
	res, err := s.Core.Apply(ctx, made)
	for p.talk != nil && hint.CodeOf(err) == hint.Waiting && p.talk.handoff != nil {
		step := p.talk.handoff.Step
		yes, askErr := p.confirm(doneQuestions[step])
		if askErr != nil || !yes {
			return res, errors.Join(err, askErr)
		}
		p.talk.handoff = nil
		s.Spec.Confirmed = []string{string(step)} // what was done since the last stop
		again, planErr := p.planAgain(ctx, s, made.Command)
		if planErr != nil {
			return res, planErr
		}
		if len(made.Held) > 0 {
			again.HoldBack()
		}
		res, err = s.Core.Apply(ctx, again)
		res.Changed = true // by the person, if not by us
	}
	return res, err
}

var doneQuestions = map[plan.StepID]string{
	plan.StepPush:   "Have you entered and saved all of these values?",
	plan.StepTest:   "Did the page say that the test has passed?",
	plan.StepEnable: "Is it turned on there?",
}

func (p *program) planAgain(ctx context.Context, s *session, command string) (*plan.Plan, error) {
	observed, err := s.Core.Observe(ctx, s.Spec)
	if err != nil {
		return nil, err
	}
	if command == "enable" {
		return plan.MakeEnable(s.Spec, s.Profile, observed, s.Core.Diff)
	}
	return plan.Make(s.Spec, s.Profile, observed, s.Core.Diff)
}

// offerToTurnOn asks whether to turn sign-in with Okta on, now that a test has
// passed, in the profile's words. The app's label has to be typed.
func (p *program) offerToTurnOn(ctx context.Context, s *session, res plan.Result) error {
	if _, decided := p.talk.answers.Get(ask.Enable); decided || !res.Tested || res.Enabled || s.Profile.TurnOn != catalog.TurnOnSwitch || res.App == nil {
		return nil
	}
	label := plain(res.App.Label)
	if yes, err := p.agree(s.Profile.Consent, "turn sign-in with Okta on at "+plain(s.Profile.Name), label); !yes {
		return err
	}
	if err := p.talk.answers.Set(ask.Enable, ask.FromAsked, "true"); err != nil {
		return err
	}
	s.Spec.Enable = true
	made, err := p.turnOn(ctx, s)
	if err != nil || len(made.Held) == 0 {
		return err
	}
	var consents []string
	for _, c := range made.Held {
		setting, _ := s.Profile.Setting(c.Field)
		consents = append(consents, setting.Consent)
	}
	what := plain(s.Profile.Labels()[made.Held[0].Field])
	if yes, err := p.agree(strings.Join(consents, " "), "turn "+what+" on at "+plain(s.Profile.Name)+" too", label); !yes {
		return errors.Join(err, p.talk.without(made.LateInputs()))
	}
	// An earlier word was for the switch alone.
	s.Spec.Confirmed = slices.DeleteFunc(s.Spec.Confirmed, func(step string) bool { return step == string(plan.StepEnable) })
	_, err = p.turnOn(ctx, s)
	return err
}

// turnOn turns on what is next: the switch, or what has waited until that has
// worked. The plan that was carried out tells what waits still.
func (p *program) turnOn(ctx context.Context, s *session) (*plan.Plan, error) {
	made, err := p.planAgain(ctx, s, "enable")
	if err != nil {
		return nil, err
	}
	made.HoldBack()
	p.print.plan(made, s.place())
	on, err := p.apply(ctx, s, made)
	return made, p.finish(ctx, s, on, err)
}

// agree asks for the app's label as a word of consent.
func (p *program) agree(consent, what, label string) (bool, error) {
	p.say("")
	p.say(wrap("", plain(consent), 78)...)
	text, err := p.question("Turn on", "to "+what+" now, type the app's label, "+label+"; an empty answer leaves it off", "")
	switch {
	case errors.Is(err, io.EOF), err == nil && text == "":
		p.say("It stays off; to turn it on any time: " + p.enable())
		return false, nil
	case err != nil:
		return false, err
	case strings.Join(strings.Fields(text), " ") != label:
		p.say("That is not the label: it stays off; to turn it on any time: " + p.enable())
		return false, nil
	}
	return true, nil
}

// enable is the command that turns sign-in with Okta on here.
func (p *program) enable() string {
	return p.here().Runnable("ssowizard enable " + p.met.Spec.Connection)
}

// said are the answers that make the same run again: what an earlier run, the
// profile or a default has said is left out.
func (t *talk) said() *ask.Answers {
	out := &ask.Answers{}
	defaults := map[ask.ID]string{ask.Connection: t.profile.ID, ask.Label: t.profile.DefaultLabel}
	for _, q := range ask.Setup() {
		have, ok := t.answers.Get(q.ID)
		if !ok || have.From > ask.FromAsked || !t.known && defaults[q.ID] != "" && t.answers.Text(q.ID) == defaults[q.ID] {
			continue
		}
		_ = out.Set(q.ID, have.From, have.Values...) // it was good before
	}
	return out
}

// without takes answers to the profile's questions back.
func (t *talk) without(inputs []string) error {
	have, _ := t.answers.Get(ask.Inputs)
	left := slices.DeleteFunc(slices.Clone(have.Values), func(kv string) bool {
		key, _, _ := strings.Cut(kv, "=")
		return slices.Contains(inputs, key)
	})
	t.answers.Forget(ask.Inputs)
	if len(left) == 0 {
		return nil
	}
	return t.answers.Set(ask.Inputs, have.From, left...)
}

// command is the run as a command line that ends with flags; what a person has
// confirmed is left out of it but for the steps named.
func (t *talk) command(flags []string, confirmed ...string) string {
	a := t.said()
	a.Forget(ask.Confirmed)
	var more []string
	for _, step := range confirmed {
		more = append(more, "--"+ask.Find(ask.Confirmed).Flag, step)
	}
	return a.Command("setup", append(more, flags...)...)
}
