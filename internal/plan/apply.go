package plan

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

// Apply runs a plan. Every step looks before it writes, the journal has each
// intent and outcome, and the state is saved as soon as something is known, so
// that the same command goes on after any stop. A plan without anything to do
// only reads. The Result is valid also when the error is not nil.
func (c *Core) Apply(ctx context.Context, p *Plan) (Result, error) {
	r := c.newRun(p.Command, p)
	err := r.apply(ctx)
	return r.finish(err)
}

func (r *run) apply(ctx context.Context) error {
	// Undo is always noted: once it has forgotten the connection, the journal
	// alone knows that there was one.
	quiet := !r.plan.Pending() && r.sameState() && r.command != "undo"
	if !quiet {
		if err := r.begin(); err != nil {
			return err
		}
	}
	for _, w := range r.plan.Warnings {
		r.emit(Event{Kind: EventWarning, Detail: w})
	}
	for _, wave := range r.plan.waves() {
		if err := r.wave(ctx, wave); err != nil {
			return err
		}
	}
	if quiet {
		return nil
	}
	if err := r.end(); err != nil || r.plan.Rotate == nil || !r.plan.Rotate.back {
		return err
	}
	return wentBack(r.profile.Name, r.connection())
}

// begin notes what this run is about before its first write.
func (r *run) begin() error {
	if err := r.journal("", sso.PhaseBegin, r.command, "", nil); err != nil {
		return err
	}
	o, spec := r.plan.Observed, r.plan.Spec
	return r.save(func(s *sso.State) {
		s.Connection, s.Profile, s.Label = spec.Connection, r.profile.ID, spec.Label
		s.OrgID, s.OrgURL = o.Org.ID, o.Org.URL
		s.ID = sso.ConnectionID(o.Org.ID, spec.Connection)
		s.Inputs, s.Push, s.SPAPIURL = spec.Inputs, string(spec.Push), spec.SPAPIURL
		if r.whole() {
			s.Unfinished = r.command
		}
		if r.command == "setup" {
			s.Wanted = r.plan.Assign
		}
		if o.App != nil {
			s.AppID, s.AppName = o.App.ID, o.App.Name
			if s.KID == "" { // else whoever follows another key notes it
				s.KID = o.App.KID
			}
		}
	})
}

// whole tells whether the command has work that a stop leaves half done.
func (r *run) whole() bool {
	return r.command == "setup" || r.command == "undo" || r.command == "rotate"
}

func (r *run) end() error {
	if r.whole() {
		if err := r.save(func(s *sso.State) {
			s.Unfinished = ""
			if r.command == "setup" {
				s.Wanted = nil
			}
			// A rotation has come to its end, also one that nothing has proven; and
			// a set-up has brought both sides together on the key in use.
			if r.command == "rotate" || r.command == "setup" && r.app.SAML != nil {
				s.Rotation = nil
			}
		}); err != nil {
			return err
		}
	}
	return r.journal("", sso.PhaseEnd, r.command, r.app.ID, nil)
}

// sameState tells whether the kept state already says what was observed, so
// that a run that changes nothing on either side writes nothing here either.
func (r *run) sameState() bool {
	o := r.plan.Observed
	return o.HaveState && o.State.Unfinished == "" && o.App != nil && o.State.AppID == o.App.ID && o.State.Rotation == nil && r.sameAnswers()
}

// sameAnswers tells whether the kept state has the answers of this run: others
// that ask for what is there already, because somebody has made it so, are kept
// as well.
func (r *run) sameAnswers() bool {
	kept, spec := r.plan.Observed.State, r.plan.Spec
	return kept.Label == spec.Label && maps.Equal(kept.Inputs, spec.Inputs)
}

func (r *run) wave(ctx context.Context, ids []StepID) error {
	var wg sync.WaitGroup
	errs := make([]error, len(ids))
	for i, id := range ids {
		wg.Add(1)
		go func() {
			defer wg.Done()
			errs[i] = r.step(ctx, *r.plan.Step(id))
		}()
	}
	wg.Wait()
	return errors.Join(errs...)
}

// step runs one step and reports how it went.
func (r *run) step(ctx context.Context, s Step) error {
	if err := context.Cause(ctx); err != nil && !r.inGap() {
		return err
	}
	begun := r.Clock.Now()
	r.current.Store(s.ID)
	r.emit(Event{Kind: EventStep, Step: s.ID, Status: Started, Detail: s.Summary})
	status, detail, err := r.execute(ctx, s)
	if err != nil {
		status, detail = Failed, sso.PlainText(err.Error(), 500)
		err = fmt.Errorf("%s: %w", s.ID, err)
	}
	r.emit(Event{Kind: EventStep, Step: s.ID, Status: status, Elapsed: r.Clock.Now().Sub(begun), Detail: detail})
	return err
}

// execute does what the step says. Steps that only read run also when their
// action is none; other steps without anything to do are skipped.
func (r *run) execute(ctx context.Context, s Step) (Status, string, error) {
	reading := s.ID == StepValues || s.ID == StepReadback
	if s.Action == None && !reading {
		return Skipped, s.Summary, r.adopt(s.ID)
	}
	steps := map[StepID]doing{
		StepApp: r.stepApp, StepLogo: r.stepLogo, StepBookmark: r.stepBookmark, StepTester: r.stepTester, StepValues: r.stepValues,
		StepPush: r.stepPush, StepReadback: r.stepReadback, StepTest: r.stepTest,
		StepAssign: r.stepAssign, StepEnable: r.stepEnable, StepKey: r.stepKey, StepSwitch: r.stepSwitch,
	}
	r.rotationSteps(steps)
	if s.Action == Delete {
		steps[StepApp], steps[StepPush], steps[StepEnable], steps[StepBookmark] = r.removeApp, r.restoreSP, r.turnOff, r.deleteBookmark
	}
	detail, err := steps[s.ID](ctx, s)
	return Done, detail, err
}

// doing is how a step is carried out.
type doing = func(context.Context, Step) (string, error)

// rotationSteps replaces the steps that a rotation does in its own way.
func (r *run) rotationSteps(steps map[StepID]doing) {
	switch {
	case r.plan.Rotate == nil || r.plan.Rotate.back:
	case r.profile.Protocol == sso.OIDC:
		steps[StepKey], steps[StepValues], steps[StepTest], steps[StepOktaRetire] = r.stepSecret, r.rotateSecretValues, r.rotateSecretTest, r.retireSecret
	case r.profile.HoldsSeveral():
		steps[StepValues], steps[StepSwitch], steps[StepTest], steps[StepSPRetire] = r.overlapValues, r.overlapSwitch, r.overlapTest, r.stepSPRetire
	case r.plan.Rotate.switchFirst:
		steps[StepValues], steps[StepSwitch], steps[StepPush], steps[StepTest] = r.rotateValues, r.switchWhenReady, r.pushAfterSwitch, r.rotateTest
	default:
		steps[StepValues], steps[StepPush], steps[StepTest] = r.rotateValues, r.rotatePush, r.rotateTest
	}
}

// adopt keeps what a skipped step found to be true already, so that a machine
// without state, or one that stopped before saving, knows it from now on.
func (r *run) adopt(id StepID) error {
	if id == StepTest {
		r.mu.Lock()
		r.proven = true
		r.mu.Unlock()
	}
	if !r.plan.Pending() && r.sameState() {
		return nil
	}
	switch id {
	case StepApp:
		return r.keepApp(r.app, r.state.CreatedApp)
	case StepBookmark:
		if b := r.plan.Observed.Bookmark; b != nil && r.state.BookmarkID != b.ID {
			return r.save(func(s *sso.State) { s.BookmarkID = b.ID })
		}
	case StepPush:
		if r.sp.Readable && r.sp.Configured && r.state.AppliedSP == nil {
			return r.save(func(s *sso.State) { s.LeaveSP(r.sp.Settings) })
		}
	}
	return nil
}

// finish turns the outcome of a run into its result and its exit code. What a
// failure means depends on whether something had been written before.
func (r *run) finish(err error) (Result, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	nothing := r.nothingLeft(err)
	err = r.judge(err)
	if nothing {
		err = errors.Join(err, r.Keeper.Remove())
	}
	res := Result{Command: r.command, OK: err == nil, ExitCode: int(hint.CodeOf(err)),
		Connection: r.connection(), Proof: string(r.profile.Proof), Changed: r.writes > 0 && !nothing,
		Tested: r.tested(), Enabled: r.sp.Enabled}
	res.Rotated, res.Later, res.Left = r.rotated, r.later, r.left
	if r.app.ID != "" {
		res.App = &AppResult{ID: r.app.ID, Label: r.app.Label, KID: r.app.KID}
	}
	if r.sp.Readable && len(r.sp.Settings) > 0 {
		res.Values = r.sp.Settings
	}
	return res, err
}

// nothingLeft tells whether the run has left nothing behind on either side: the
// create was its first write and Okta has refused it. A connection that was not
// known before is then not known afterwards.
func (r *run) nothingLeft(err error) bool {
	return hint.CodeOf(err) == hint.NotAllowed && r.command == "setup" && r.writes == 1 && r.app.ID == "" && !r.plan.Observed.HaveState
}

func (r *run) connection() string {
	if r.plan.Connection != "" {
		return r.plan.Connection
	}
	return r.state.Connection
}

func (r *run) tested() bool {
	if r.state.SignInOwed && r.sp.Enabled {
		return false
	}
	if r.plan.Observed.OktaUnread != "" {
		return r.state.Proof != nil // as it was known last
	}
	if r.plan.Rotate != nil && r.rotated == nil && r.before.idp.SSOURL != "" && r.state.Proof != nil &&
		r.state.Proof.Digest == Digest(r.profile, r.app, r.before.idp, r.plan.Observed.SP) {
		return true // nothing of the rotation is in force yet
	}
	return r.proven || (r.state.Proof != nil && r.app.ID != "" && r.state.Proof.Digest == Digest(r.profile, r.app, r.idp, r.sp))
}

// judge gives err the exit code that the situation calls for.
func (r *run) judge(err error) error {
	if err == nil || r.writes == 0 {
		return err
	}
	switch hint.CodeOf(err) {
	case hint.NotAllowed:
		if r.writes == 1 && r.app.ID == "" {
			return err // the create itself: it left nothing behind
		}
		return hint.Seal(hint.Partway, err, "give a token that works, then run the same command again: it goes on from here")
	case hint.Failed, hint.Partway:
		return hint.Seal(hint.Partway, err, "run the same command again: it goes on from here")
	}
	return err
}
