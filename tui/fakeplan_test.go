package tui_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/oktaapi"
	"example.com/ssowizard/tui"
)

// Prepare makes a real plan against what the fake has observed.
func (f *fake) Prepare(ctx context.Context, job tui.Job, report func(plan.Event)) (*tui.Prepared, error) {
	f.mu.Lock()
	f.jobs = append(f.jobs, job)
	f.mu.Unlock()
	if f.hold["Prepare"] != nil {
		report(plan.Event{Kind: plan.EventStep, Step: plan.StepApp, Status: plan.Waiting, Time: time.Now(), Until: time.Now().Add(27 * time.Second),
			Detail: "Okta's rate limit for /api/v1/apps is used up; goes on in 27s"})
	}
	if err := errors.Join(f.wait(ctx, "Prepare"), f.wait(ctx, "Prepare "+string(job.Verb)), f.planErr); err != nil {
		return nil, err
	}
	spec, err := job.Answers.Spec()
	if f.keptLabel != "" {
		spec.Label = f.keptLabel
	}
	if err != nil {
		return nil, err
	}
	p := f.world.Profiles[0]
	if spec.Connection == "" {
		spec.Connection = p.ID
	}
	if spec.Label == "" {
		spec.Label = p.DefaultLabel
	}
	o := f.observed
	o.Org = f.report.Org
	o.Groups, o.People = map[string]sso.Group{}, map[string]sso.Person{}
	for _, ref := range spec.Groups {
		i := slices.IndexFunc(f.groups, func(g tui.Group) bool { return g.Name == ref || g.ID == ref })
		if i < 0 {
			return nil, hint.New(hint.Usage, fmt.Sprintf("no group in Okta is called %q", ref), "check the spelling")
		}
		o.Groups[ref] = sso.Group{ID: f.groups[i].ID, Name: f.groups[i].Name}
	}
	for _, ref := range append(append([]string{}, spec.Users...), spec.Tester) {
		for _, person := range f.people {
			if person.Login == ref || person.ID == ref {
				o.People[ref] = person
			}
		}
	}
	tester := f.people[0]
	if t, ok := o.People[spec.Tester]; ok {
		tester = t
	}
	if spec.Test != sso.TestNone {
		o.Tester = &tester
	}
	o.SP.Readable = spec.Push != sso.PushGuided && !f.unread
	if spec.Push == "" {
		spec.Push = sso.PushAPI
	}
	var made *plan.Plan
	switch job.Verb {
	case tui.Enable:
		if f.enableErr != nil {
			return nil, f.enableErr
		}
		made = f.enable(p, spec)
	case tui.Rotate:
		spec.Override = true
		o.App = &sso.App{ID: "0oaexample", Label: "net2phone Sync", Status: sso.StatusActive, SignOnMode: "SAML_2_0", KID: "kid-2016", SAML: &sso.SAMLSettings{}}
		o.IdP = &sso.IdPValues{}
		made, err = plan.MakeRotate(spec, p, o, nil, job.Years, oktaapi.Diff)
	case tui.Undo:
		made = &plan.Plan{Command: "undo", Connection: spec.Connection, Profile: p, Spec: spec, Steps: []plan.Step{
			{ID: plan.StepPush, Action: plan.Delete, Summary: p.Name + ": clear the settings", Changes: []sso.Change{{Field: "entity_id", From: "n2p"}}},
			{ID: plan.StepApp, Action: plan.Delete, Summary: `Okta: delete app "net2phone Sync" with all its assignments`}}}
	default:
		made, err = plan.Make(spec, p, o, oktaapi.Diff)
	}
	if err != nil {
		return nil, err
	}
	return &tui.Prepared{Job: job, Plan: made}, nil
}

func (f *fake) Run(ctx context.Context, p *tui.Prepared, report func(plan.Event), person tui.Person) (plan.Result, error) {
	if err := f.wait(ctx, "Run"); err != nil {
		return plan.Result{}, err
	}
	f.mu.Lock()
	f.ran, f.person = append(f.ran, p.Job.Verb), person
	f.mu.Unlock()
	return f.events(ctx, p, report)
}

// enable is the plan of turning on: all of it, or first the switch and then
// what waits for it.
func (f *fake) enable(p *catalog.Profile, spec sso.Spec) *plan.Plan {
	made := &plan.Plan{Command: "enable", Connection: spec.Connection, Profile: p, Spec: spec, Warnings: f.told, Steps: []plan.Step{{ID: plan.StepEnable, Action: plan.Update,
		Summary: p.Name + ": turn sign-in with Okta on", Changes: []sso.Change{{Field: "enabled", From: false, To: true}}}}}
	late := []sso.Change{{Field: "login_url", To: "true"}}
	switch {
	case f.held && len(f.runs()) > 1:
		made.Observed.SP.Enabled, made.Steps[0].Changes, made.Warnings = true, late, []string{"Whoever is not assigned is locked out"}
	case f.held:
		made.Held = late
	}
	return made
}

// runs are the verbs of the plans that were carried out.
func (f *fake) runs() []tui.Verb {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.ran)
}

// steps plays the steps of a plan, each a fifth of a second long, up to one.
func steps(p *tui.Prepared, report func(plan.Event), until plan.StepID) {
	for _, s := range p.Plan.Steps {
		if s.ID == until {
			report(plan.Event{Kind: plan.EventStep, Time: time.Now(), Step: s.ID, Status: plan.Started})
			return
		}
		if s.Action == plan.None {
			report(plan.Event{Kind: plan.EventStep, Time: time.Now(), Step: s.ID, Status: plan.Skipped, Detail: s.Summary})
			continue
		}
		report(plan.Event{Kind: plan.EventStep, Time: time.Now(), Step: s.ID, Status: plan.Started})
		if s.ID == plan.StepTest {
			for _, f := range checks(true) {
				report(plan.Event{Kind: plan.EventCheck, Time: time.Now(), Step: s.ID, Check: &f})
			}
		}
		report(plan.Event{Kind: plan.EventStep, Time: time.Now(), Step: s.ID, Status: plan.Done, Elapsed: 200 * time.Millisecond, Detail: "0oaexample"})
	}
}

func checks(ok bool) []sso.Finding {
	fs := []sso.Finding{
		{Code: "settings.okta.audience", OK: true, Expected: "n2p", Got: "n2p", Flow: sso.FlowSettings},
		{Code: "settings.sp.entity_id", OK: true, Expected: "n2p", Got: "n2p", Flow: sso.FlowSettings},
		{Code: "audience", OK: ok, Expected: "n2p", Got: "n2p", Flow: sso.FlowSPInitiated},
		{Code: "nameid", OK: true, Expected: "ana.lima@acme.example", Got: "ana.lima@acme.example", Flow: sso.FlowSPInitiated},
	}
	if !ok {
		fs[2].Got, fs[2].Fix = "N2P", "Audience in the Okta app and Entity ID in Sync both have to be n2p, in lower case."
	}
	return fs
}

func result(p *tui.Prepared) plan.Result {
	return plan.Result{Command: p.Plan.Command, OK: true, Connection: p.Plan.Connection, App: &plan.AppResult{ID: "0oaexample", Label: "net2phone Sync", KID: "kid"},
		Values: map[string]string{"login_url": "https://acme.okta.com/app/acme_net2phonesync_1/exk1/sso/saml", "entity_id": "n2p"},
		Proof:  "sp-test", Tested: true, Changed: true}
}

func passing(_ context.Context, p *tui.Prepared, report func(plan.Event)) (plan.Result, error) {
	steps(p, report, "")
	r := result(p)
	r.Enabled = p.Job.Verb == tui.Enable
	if p.Job.Verb == tui.Rotate {
		r.Enabled, r.Rotated = true, &plan.Rotated{FromKID: "kid-2016", ToKID: "kid-2026", GapCalls: 1}
	}
	return r, nil
}
