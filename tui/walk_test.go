package tui_test

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/tui"
	"example.com/ssowizard/tui/tuitest"
)

func TestMain(m *testing.M) {
	lipgloss.SetColorProfile(termenv.ANSI) // what Run does; the cursor has no renderer of its own
	lipgloss.SetHasDarkBackground(true)
	os.Exit(m.Run())
}

// The walk through the wizard, one screen after the other.

func toProvider(d *tuitest.Driver) { d.See("Set up a new connection"); d.Press("enter") }

func toOrg(d *tuitest.Driver) { toProvider(d); d.See("Which service"); d.Press("enter") }

func toKnownOrg(d *tuitest.Driver) {
	toOrg(d)
	d.Type("acme")
	d.Press("enter")
	d.See("Identity Engine")
}

func toDetails(d *tuitest.Driver) { toKnownOrg(d); d.Press("enter") }

// guidedDetails leaves the details with the values going by hand.
func toWho(d *tuitest.Driver) {
	toDetails(d)
	d.See("App label")
	d.Press("enter", "enter", "enter")
	d.See("Who may sign in with Okta?")
}

func toTester(d *tuitest.Driver) {
	toWho(d)
	d.Press("space", "enter")
	d.See("Try a real sign-in")
}

func toReview(d *tuitest.Driver) {
	toTester(d)
	d.Press("enter")
	d.Type("ana.lima@acme.example")
	d.Press("enter")
	d.Type("s3cret?")
	d.Press("enter")
}

func toApply(d *tuitest.Driver) { toReview(d); d.See("This is what will be done"); d.Press("a") }

func toTested(d *tuitest.Driver) { toApply(d); d.Press("enter"); d.See("It works") }

func handoff(step plan.StepID) *plan.Handoff {
	h := &plan.Handoff{Step: step, Page: "https://app.net2phone.com  Settings → Single Sign-On", Dir: "/home/ana/.local/state/ssowizard/handoff"}
	if step == plan.StepPush {
		h.All = []sso.SPSetting{
			{ID: "login_url", Label: "Login URL", Kind: "text", Value: "https://acme.okta.com/app/acme_net2phonesync_1/exk1fcia6d6EMsf331d8/sso/saml"},
			{ID: "logout_url", Label: "Logout URL", Kind: "text"},
			{ID: "entity_id", Label: "SP entity ID (Entity ID)", Kind: "text", Value: "n2p"},
			{ID: "public_certificate", Label: "Public Certificate", Kind: "file", Value: "-----BEGIN CERTIFICATE-----\nMIIDqDCCApCgAwIBAgIGAV2ka\nUAAOTBBM\n-----END CERTIFICATE-----\n"},
		}
	}
	return h
}

// byHand plays runs of a service provider without an API: each stops for what a
// person has not confirmed yet.
func byHand(ctx context.Context, p *tui.Prepared, report func(plan.Event)) (plan.Result, error) {
	confirmed := map[string]bool{}
	for _, id := range p.Plan.Spec.Confirmed {
		confirmed[id] = true
	}
	for _, step := range []plan.StepID{plan.StepPush, plan.StepTest, plan.StepEnable} {
		if p.Plan.Step(step) == nil || confirmed[string(step)] {
			continue
		}
		steps(p, report, step)
		report(plan.Event{Kind: plan.EventHandoff, Time: time.Now(), Step: step, Handoff: handoff(step)})
		report(plan.Event{Kind: plan.EventStep, Time: time.Now(), Step: step, Status: plan.Failed, Detail: "waiting for a person"})
		return plan.Result{Command: p.Plan.Command, Changed: true}, hint.New(hint.Waiting, "waiting for a person at net2phone Sync", "enter these values")
	}
	return passing(ctx, p, report)
}

// failing plays a run that breaks at a step.
func failing(step plan.StepID, err error) func(context.Context, *tui.Prepared, func(plan.Event)) (plan.Result, error) {
	return func(_ context.Context, p *tui.Prepared, report func(plan.Event)) (plan.Result, error) {
		steps(p, report, step)
		report(plan.Event{Kind: plan.EventStep, Time: time.Now(), Step: step, Status: plan.Failed, Detail: err.Error()})
		return plan.Result{Command: p.Plan.Command, Changed: true}, err
	}
}

// badTest plays a run whose test finds a wrong Audience.
func badTest(_ context.Context, p *tui.Prepared, report func(plan.Event)) (plan.Result, error) {
	steps(p, report, plan.StepTest)
	for _, f := range checks(false) {
		report(plan.Event{Kind: plan.EventCheck, Time: time.Now(), Step: plan.StepTest, Check: &f})
	}
	err := hint.New(hint.TestFailed, "1 of 4 checks failed, first: audience", "make the two the same")
	report(plan.Event{Kind: plan.EventStep, Time: time.Now(), Step: plan.StepTest, Status: plan.Failed, Detail: err.Error()})
	return plan.Result{Command: p.Plan.Command, Changed: true}, err
}

// contested plays a run whose test fails where another answer is worth a try.
func contested(_ context.Context, p *tui.Prepared, report func(plan.Event)) (plan.Result, error) {
	steps(p, report, plan.StepTest)
	bad := sso.Finding{Code: "certificate", Flow: sso.FlowSPInitiated, Expected: "the app's certificate", Got: "another",
		Fix:    "Upload the active certificate again. Or try --input public_certificate=text: Some pages take its text.",
		Others: []sso.Other{{Input: "public_certificate", Answer: "text", Why: "Some pages take its text."}}}
	report(plan.Event{Kind: plan.EventCheck, Time: time.Now(), Step: plan.StepTest, Check: &bad})
	err := hint.New(hint.TestFailed, "1 of 1 checks failed, first: certificate", "")
	report(plan.Event{Kind: plan.EventStep, Time: time.Now(), Step: plan.StepTest, Status: plan.Failed, Detail: err.Error()})
	return plan.Result{Command: p.Plan.Command, Changed: true}, err
}

// offAgain plays a set-up, and a turning on whose first sign-in fails.
func offAgain(ctx context.Context, p *tui.Prepared, report func(plan.Event)) (plan.Result, error) {
	if p.Job.Verb != tui.Enable {
		return passing(ctx, p, report)
	}
	steps(p, report, plan.StepEnable)
	bad := sso.Finding{Code: "sign_in.sp_refused", Flow: sso.FlowSPInitiated, Expected: "signed in", Got: "refused", Fix: "See that the person has an account there."}
	report(plan.Event{Kind: plan.EventCheck, Time: time.Now(), Step: plan.StepTest, Check: &bad})
	err := hint.New(hint.TestFailed, "the first real sign-in after turning on failed, so it is off again: 1 of 1 checks failed", "")
	report(plan.Event{Kind: plan.EventStep, Time: time.Now(), Step: plan.StepEnable, Status: plan.Failed, Detail: err.Error()})
	return plan.Result{Command: p.Plan.Command, Changed: true}, err
}

// endless plays a run that stays in the first step until it is stopped.
func endless(waits bool) func(context.Context, *tui.Prepared, func(plan.Event)) (plan.Result, error) {
	return func(ctx context.Context, p *tui.Prepared, report func(plan.Event)) (plan.Result, error) {
		report(plan.Event{Kind: plan.EventStep, Time: time.Now(), Step: plan.StepApp, Status: plan.Started})
		if waits {
			report(plan.Event{Kind: plan.EventStep, Time: time.Now(), Step: plan.StepApp, Status: plan.Waiting, Until: time.Now().Add(27 * time.Second),
				Detail: "Okta's rate limit for /api/v1/apps is used up; goes on in 27s"})
		}
		<-ctx.Done()
		return plan.Result{Command: p.Plan.Command, Changed: true}, context.Cause(ctx)
	}
}

// endlessAt plays a run that stays in one step until it is stopped.
func endlessAt(at plan.StepID) func(context.Context, *tui.Prepared, func(plan.Event)) (plan.Result, error) {
	return func(ctx context.Context, p *tui.Prepared, report func(plan.Event)) (plan.Result, error) {
		steps(p, report, at)
		<-ctx.Done()
		return plan.Result{Command: p.Plan.Command, Changed: true}, context.Cause(ctx)
	}
}

// wentBack plays a rotation whose sign-in fails, so that both sides go back.
func wentBack(ctx context.Context, p *tui.Prepared, report func(plan.Event)) (plan.Result, error) {
	res, err := badTest(ctx, p, report)
	return res, hint.Add(err, "both sides are back on the old key and certificate; the new key is kept unused at Okta for the next try")
}
