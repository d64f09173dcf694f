package wizard

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"example.com/ssowizard/internal/app"
	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/oktaapi"
	"example.com/ssowizard/tui"
)

// planFresh is how long a plan is carried out without looking again: a person
// may have read it for an hour.
const planFresh = 30 * time.Second

// handle is what a plan needs to be carried out.
type handle struct {
	session *app.Session
	made    time.Time
}

// Prepare makes the plan of a job.
func (b *backend) Prepare(ctx context.Context, job tui.Job, report func(plan.Event)) (*tui.Prepared, error) {
	s, err := b.session(ctx, job)
	if err != nil {
		return nil, err
	}
	s.Core.Report = report
	made, err := b.plan(ctx, job, s)
	s.Core.Report = nil
	if err != nil {
		return nil, err
	}
	return &tui.Prepared{Job: job, Plan: made, TestSkipped: s.TestSkipped, Handle: &handle{s, time.Now()}}, nil
}

// Told reads what the service provider tells of itself.
func (b *backend) Told(ctx context.Context, job tui.Job) (sso.SPState, error) {
	s, err := b.session(ctx, job)
	if err != nil {
		return sso.SPState{}, err
	}
	s.Core.Report = b.waitOf
	return s.Core.SP.Read(ctx)
}

func (b *backend) session(ctx context.Context, job tui.Job) (s *app.Session, err error) {
	answers, err := copied(job)
	if err != nil {
		return nil, err
	}
	org := answers.Text(ask.Org)
	if org == "" {
		org = job.Org
	}
	err = b.with(job.Secrets, org, func() (err error) {
		if job.Verb == tui.Setup {
			if s, err = b.app.Session(ctx, answers); err == nil {
				s.Spec.Logo, err = logoOf(answers.Text(ask.Logo))
			}
			return err
		}
		// A kept connection is known by its org and name.
		if !b.app.InSandbox() {
			if err := answers.Set(ask.Org, ask.FromAsked, job.Org); err != nil {
				return err
			}
		}
		s, err = b.app.Existing(ctx, job.Name, answers)
		return err
	})
	return s, err
}

// logoOf reads the image for the app's tile, nil for none.
func logoOf(path string) (*sso.Logo, error) {
	if path == "" {
		return nil, nil //nolint:nilnil // no image is wanted
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, hint.With(hint.Usage, fmt.Errorf("logo: %w", err), "give the path of a PNG, JPG, GIF or SVG file")
	}
	if err := oktaapi.CheckLogo(path, data); err != nil {
		return nil, err
	}
	return &sso.Logo{Name: filepath.Base(path), Data: data}, nil
}

// copied are the job's answers, with whether a test is wanted for the verbs
// that are not a set-up. The session adds to them, so they are a copy.
func copied(job tui.Job) (*ask.Answers, error) {
	out := &ask.Answers{}
	for _, q := range ask.Setup() {
		if have, ok := job.Answers.Get(q.ID); ok {
			if err := out.Set(q.ID, have.From, have.Values...); err != nil {
				return nil, err
			}
		}
	}
	if job.Verb == tui.Setup {
		return out, nil
	}
	way := sso.TestNone
	_, said := job.Answers.Get(ask.Test)
	switch job.Verb {
	case tui.Test, tui.Rotate: // proven, unless somebody said that it is not to be
		way = sso.TestHTTP
	case tui.Enable: // a real sign-in follows where somebody is named for it
		way = sso.TestAuto
	default:
		said = false
	}
	if said {
		return out, nil
	}
	return out, out.Set(ask.Test, ask.FromFlag, string(way))
}

// plan reads both sides and makes the plan of a verb.
func (b *backend) plan(ctx context.Context, job tui.Job, s *app.Session) (*plan.Plan, error) {
	verb := job.Verb
	if verb == tui.Rotate {
		return s.RotatePlan(ctx, yearsOf(job))
	}
	s.Spec.Enable = s.Spec.Enable || verb == tui.Enable
	observe := s.Core.Observe
	switch verb {
	case tui.Undo:
		observe = s.Core.ObserveForUndo
	case tui.Disable:
		observe = s.Core.ObserveForDisable
	}
	observed, err := observe(ctx, s.Spec)
	if err != nil {
		return nil, err
	}
	switch verb {
	case tui.Setup:
		return plan.Make(s.Spec, s.Profile, observed, s.Core.Diff)
	case tui.Test:
		return plan.MakeTest(s.Spec, s.Profile, observed, s.Core.Diff)
	case tui.Enable:
		made, err := plan.MakeEnable(s.Spec, s.Profile, observed, s.Core.Diff)
		if err == nil {
			made.HoldBack() // that is agreed to by itself, when this has worked
		}
		return made, err
	case tui.Disable:
		return plan.MakeDisable(s.Spec, s.Profile, observed, s.Core.Diff)
	case tui.Undo:
		return plan.MakeUndo(s.Spec, s.Profile, observed, s.Core.Diff)
	}
	return nil, fmt.Errorf("no plan is known for %q", verb)
}

func yearsOf(job tui.Job) int {
	if job.Years == 0 {
		return app.KeyYears
	}
	return job.Years
}

// Run carries a plan out, under the connection's lock. One that is old is made
// anew first, and not carried out when it has become another.
func (b *backend) Run(ctx context.Context, p *tui.Prepared, report func(plan.Event), person tui.Person) (plan.Result, error) {
	h, ok := p.Handle.(*handle)
	if !ok {
		return plan.Result{}, fmt.Errorf("the plan of %q was not made here", p.Job.Verb)
	}
	unlock, err := h.session.Kept.Lock(ctx, "ssowizard")
	if err != nil {
		return plan.Result{}, err
	}
	defer unlock()
	if time.Since(h.made) > planFresh {
		fresh, err := b.Prepare(ctx, p.Job, report)
		if err != nil {
			return plan.Result{}, err
		}
		if !same(p.Plan, fresh.Plan) {
			return plan.Result{}, &tui.Stale{Fresh: fresh}
		}
		p = fresh
		h, _ = fresh.Handle.(*handle)
	}
	b.hand.meet(person)
	defer b.hand.meet(nil)
	core := h.session.Core
	core.Report = report
	defer func() { core.Report = nil }()
	if p.Job.Verb == tui.Undo {
		return core.Undo(ctx, p.Plan)
	}
	return core.Apply(ctx, p.Plan)
}

// same tells whether two plans do the same.
func same(a, b *plan.Plan) bool {
	x, errX := json.Marshal(a.Steps)
	y, errY := json.Marshal(b.Steps)
	return errX == nil && errY == nil && string(x) == string(y)
}
