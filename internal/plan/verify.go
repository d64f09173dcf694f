package plan

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/diagnose"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/samlcheck"
	"example.com/ssowizard/internal/sso"
)

// Waiting for things that follow an assignment or a sign-in by a moment.
const (
	assignmentSettles = time.Minute     // Okta expands assignments asynchronously
	settleStep        = 3 * time.Second // between two tries
	verdictTries      = 20
	verdictStep       = 500 * time.Millisecond
)

// stepTest proves the connection: the settings of both sides, then real
// sign-ins, and keeps the proof with the digest of the values it is for.
func (r *run) stepTest(ctx context.Context, _ Step) (string, error) {
	if err := r.beginByHand(); err != nil {
		return "", err
	}
	r.compareSettings()
	if sso.AllOK(r.findings) {
		if err := r.signIns(ctx); err != nil {
			return "", err
		}
	}
	if !sso.AllOK(r.findings) {
		if err := r.save(func(s *sso.State) { s.Proof, s.ByHand = nil, nil }); err != nil {
			return "", err
		}
		return "", testFailed(r.findings)
	}
	proof := sso.Proof{Kind: string(r.profile.Proof), Digest: Digest(r.profile, r.app, r.idp, r.sp), At: r.Clock.Now().UTC(),
		Tester: r.tester().Login, Attested: !r.sp.Readable, Responses: r.responses, App: signOnValues(r.Diff, r.app), SP: r.sp.Settings}
	err := r.save(func(s *sso.State) {
		s.Proof, s.ByHand = &proof, nil
		s.SignInOwed = s.SignInOwed && !r.sp.Enabled // where it is on, a real sign-in was among the tests
		r.endRotation(s)
		s.Tester = r.tester().Login
	})
	r.mu.Lock()
	r.proven = err == nil
	r.mu.Unlock()
	return plural(len(r.findings), "check passed", "checks passed"), err
}

func testFailed(fs []sso.Finding) error {
	failed := 0
	var first sso.Finding
	for _, f := range fs {
		if !f.OK {
			if failed == 0 {
				first = f
			}
			failed++
		}
	}
	return hint.New(hint.TestFailed, fmt.Sprintf("%d of %s failed, first: %s", failed, plural(len(fs), "check", "checks"), first.Code), first.Fix)
}

func (r *run) tester() sso.Person { return *r.plan.Observed.Tester }

// check explains findings, reports them and keeps them.
func (r *run) check(found ...sso.Finding) {
	for _, f := range diagnose.Fill(found, r.explanation()) {
		if !f.OK {
			f.Others = r.offers(f.Code)
			for _, o := range f.Others {
				f.Fix = strings.TrimSpace(f.Fix + " " + o.Text())
			}
		}
		r.findings = append(r.findings, f)
		r.emit(Event{Kind: EventCheck, Step: StepTest, Check: &f})
	}
}

// offers names other values of contested settings that are worth a try.
func (r *run) offers(code string) []sso.Other {
	var out []sso.Other
	for _, o := range r.profile.Offers(code, r.plan.Inputs, r.sp.Offered, r.idp) {
		out = append(out, sso.Other{Input: o.Input, Answer: o.Answer, Why: o.Why})
	}
	return out
}

func (r *run) explanation() diagnose.Context {
	var advice []diagnose.Advice
	for _, t := range r.profile.Troubleshooting {
		advice = append(advice, diagnose.Advice{Codes: t.Codes, Says: t.Says, Text: t.Advice})
	}
	return diagnose.Context{SPName: r.profile.Name, Labels: r.profile.Labels(), Advice: advice, AppLabel: r.app.Label}
}

// compareSettings compares what is wanted with what both sides hold.
func (r *run) compareSettings() {
	r.check(appFindings(r.Diff, r.plan.WantApp, r.app)...)
	if r.sp.Readable && !r.sp.Configured {
		r.check(sso.Finding{Code: "settings.sp", Flow: sso.FlowSettings, Expected: "what was set up at " + r.profile.Name, Got: "nothing is set up there",
			Fix: "Somebody has cleared the settings at " + r.profile.Name + ". Set it up again: ssowizard setup " + r.profile.ID})
		return
	}
	want, err := r.profile.WantedSettings(r.plan.Inputs, r.sp.Offered, r.idp)
	if err != nil {
		r.check(sso.Finding{Code: "settings.sp", Flow: sso.FlowSettings, Expected: "values for every setting", Got: text(err.Error())})
		return
	}
	r.check(append(settingFindings(r.profile, want, r.sp), offeredFindings(r.sp, r.app)...)...)
	r.warnIssuer()
}

// appFindings compares the app with what the profile wants: one finding for each
// value that a sign-in stands or falls with, and one for anything else that differs.
func appFindings(diff Differ, want, have sso.App) []sso.Finding {
	differs := map[string]sso.Change{}
	for _, c := range diff(have, want) {
		differs[c.Field] = c
	}
	var out []sso.Finding
	add := func(field string, expected, got any, ok bool) {
		out = append(out, sso.Finding{Code: "settings.okta." + shortField(field), Flow: sso.FlowSettings, OK: ok, Expected: show(expected), Got: show(got)})
		delete(differs, field)
	}
	add("status", sso.StatusActive, have.Status, have.Status == sso.StatusActive)
	delete(differs, noteField)
	for _, c := range diff(sso.App{}, want) {
		if !vital[c.Field] {
			continue
		}
		if d, bad := differs[c.Field]; bad {
			add(c.Field, d.To, d.From, false)
		} else {
			add(c.Field, c.To, c.To, true)
		}
	}
	for _, c := range diff(have, want) {
		if d, left := differs[c.Field]; left {
			add(c.Field, d.To, d.From, false)
		}
	}
	return out
}

// shortField leaves out the path that all sign-on settings share.
func shortField(field string) string {
	for _, prefix := range []string{"settings.signOn.", "settings.oauthClient.", "credentials.oauthClient."} {
		if rest, ok := strings.CutPrefix(field, prefix); ok {
			return rest
		}
	}
	return field
}

// vital are the fields that are shown also when they agree.
var vital = map[string]bool{
	"settings.signOn.ssoAcsUrl": true, "settings.signOn.audience": true,
	"settings.signOn.subjectNameIdFormat": true, "settings.signOn.subjectNameIdTemplate": true,
	"settings.oauthClient.redirect_uris": true, "credentials.oauthClient.token_endpoint_auth_method": true,
}

// signIns carries out the sign-ins that the profile's proof asks for.
func (r *run) signIns(ctx context.Context) error {
	if r.SignIn == nil {
		return hint.New(hint.Usage, "nobody is named to try the sign-in", "add --test-user LOGIN with --test-password-file FILE")
	}
	proofs := map[catalog.ProofKind]func(context.Context) error{
		catalog.ProofSPTest: r.spTest, catalog.ProofSignIn: r.ordinarySignIn, catalog.ProofResponse: r.idpInitiated,
	}
	if err := proofs[r.profile.Proof](ctx); err != nil {
		return err
	}
	if r.profile.Proof == catalog.ProofResponse && r.sp.Enabled && sso.AllOK(r.findings) {
		return r.ordinarySignIn(ctx)
	}
	if r.profile.Proof == catalog.ProofResponse || !r.profile.Flows.IdPInitiated || !sso.AllOK(r.findings) {
		return nil
	}
	return r.idpInitiated(ctx)
}

// ordinarySignIn begins where people begin, at the service provider, and has to
// end there, signed in.
func (r *run) ordinarySignIn(ctx context.Context) error {
	page, known := r.profile.SignIn(r.plan.Inputs, r.sp.Offered)
	if !known {
		tip := "add sign_in_page to the profile"
		if input, lacks := r.profile.SignInLacks(r.plan.Inputs, r.sp.Offered); lacks {
			tip = sayWhere(r.profile, input)
		}
		return hint.New(hint.Failed, "where people sign in to "+r.profile.Name+" is not known", tip)
	}
	seen, err := r.signIn(ctx, func() (sso.SignInRequest, error) {
		return sso.SignInRequest{Flow: sso.FlowSPInitiated, StartURL: page.Start, Deliver: true, Email: r.tester().Email,
			Open: page.Open, EmailField: page.EmailField, Submit: page.Submit, Choose: page.Choose}, nil
	})
	if err != nil {
		return err
	}
	r.judgeSignIn(seen)
	if seen.Outcome == sso.OutcomeAnswered && sso.AllOK(r.findings) { // by hand, and a recording that does not show it
		return hint.New(hint.Waiting, fmt.Sprintf("whether %s let %s in, nobody has said", r.profile.Name, r.tester().Login),
			fmt.Sprintf("if its page did, run the same command again with --confirmed %s", StepTest))
	}
	r.check(sso.Finding{Code: "signed_in", Flow: sso.FlowSPInitiated, OK: seen.Outcome == sso.OutcomeSignedIn,
		Expected: "signed in at " + r.profile.Name, Got: sso.PlainText(string(seen.Outcome)+" "+seen.Detail, 300)})
	return nil
}

// spTest runs the service provider's own test: it says where the sign-in
// starts, a real one follows, and its verdict is read.
func (r *run) spTest(ctx context.Context) error {
	if !r.sp.Readable {
		return r.attested()
	}
	var test sso.SPTest
	seen, err := r.signIn(ctx, func() (req sso.SignInRequest, err error) {
		test, err = r.startTest(ctx)
		return sso.SignInRequest{Flow: sso.FlowSPInitiated, StartURL: test.StartURL, Deliver: true}, err
	})
	if err != nil {
		return err
	}
	r.judgeSignIn(seen)
	if !delivered(seen.Outcome) || seen.Outcome == sso.OutcomeAnswered && !sso.AllOK(r.findings) {
		return nil // nothing reached the service provider that it could judge
	}
	return r.judgeVerdict(ctx, test)
}

func (r *run) judgeVerdict(ctx context.Context, test sso.SPTest) error {
	verdict, err := r.verdict(ctx, test.ID)
	if err != nil {
		return fmt.Errorf("read the verdict of %s: %w", r.profile.Name, err)
	}
	got := verdict.Status
	if verdict.Message != "" {
		got += ": " + verdict.Message
	}
	r.check(sso.Finding{Code: "sp_test", Flow: sso.FlowSPInitiated, OK: verdict.Status == sso.VerdictPassed,
		Expected: sso.VerdictPassed, Got: sso.PlainText(got, 300)})
	if verdict.Status == sso.VerdictPassed && verdict.Person != "" {
		r.check(sso.Finding{Code: "sp_person", Flow: sso.FlowSPInitiated, OK: sameAddress(verdict.Person, r.tester().Email),
			Expected: r.tester().Email, Got: sso.PlainText(verdict.Person, 200)})
	}
	return nil
}

// attested takes a person's word for the service provider's own test.
func (r *run) attested() error {
	if !r.confirmed(StepTest) {
		return r.handoff(StepTest, nil, "run the test on the page of "+r.profile.Name+" and see that it passes")
	}
	r.check(sso.Finding{Code: "sp_test", Flow: sso.FlowSPInitiated, OK: true, Expected: sso.VerdictPassed, Got: "passed, as a person says"})
	return nil
}

func (r *run) verdict(ctx context.Context, id string) (sso.SPVerdict, error) {
	for try := 1; ; try++ {
		v, err := r.SP.TestVerdict(ctx, id)
		if err != nil || v.Status != sso.VerdictPending || try == verdictTries {
			return v, err
		}
		if err := r.Clock.Sleep(ctx, verdictStep); err != nil {
			return v, err
		}
	}
}

// idpInitiated starts at Okta's tile. Its answer is delivered only where the
// service provider is on and takes sign-ins that it did not ask for; else it
// would be refused, rightly.
func (r *run) idpInitiated(ctx context.Context) error {
	if r.profile.Protocol == sso.OIDC {
		return r.codeFlow(ctx)
	}
	seen, err := r.signIn(ctx, func() (sso.SignInRequest, error) {
		return sso.SignInRequest{Flow: sso.FlowIdPInitiated, StartURL: r.app.EmbedURL, Deliver: r.sp.Enabled && r.profile.Flows.IdPInitiated}, nil
	})
	if err != nil {
		return err
	}
	r.judgeSignIn(seen)
	return nil
}

// signIn signs in where begin says, and once more while Okta says "not
// assigned" shortly after the assignment.
func (r *run) signIn(ctx context.Context, begin func() (sso.SignInRequest, error)) (sso.Seen, error) {
	begun := r.Clock.Now()
	for {
		req, err := begin()
		if err != nil {
			return sso.Seen{}, err
		}
		seen, err := r.SignIn.SignIn(ctx, r.request(req))
		if err != nil {
			return seen, fmt.Errorf("sign in as %s: %w", r.tester().Login, err)
		}
		if seen.Outcome != sso.OutcomeNotAssigned || !r.settling(begun) {
			return seen, nil
		}
		if err := r.settle(ctx); err != nil {
			return seen, err
		}
	}
}

// settling tells whether an assignment of this run may not have arrived yet.
func (r *run) settling(begun time.Time) bool {
	return r.plan.TesterAssign != nil && r.Clock.Now().Sub(begun) < assignmentSettles
}

func (r *run) settle(ctx context.Context) error {
	r.emit(Event{Kind: EventStep, Step: StepTest, Status: Waiting, Detail: "Okta has not caught up with the assignment yet"})
	return r.Clock.Sleep(ctx, settleStep)
}

// judgeSignIn turns what went by into checks: how far it came, and Okta's
// answer held against what the service provider holds.
func (r *run) judgeSignIn(seen sso.Seen) {
	r.check(diagnose.SignIn(seen, r.explanation())...)
	if seen.Response == nil {
		return
	}
	r.keepResponse(seen.Response)
	if seen.Flow == sso.FlowSPInitiated && seen.RequestID == "" {
		// Without it the answer could only be judged as one that nobody asked for.
		r.check(sso.Finding{Code: "authn_request", Flow: seen.Flow, Expected: "an AuthnRequest from " + r.profile.Name, Got: "none"})
		return
	}
	expect, err := r.expectation(seen)
	if err != nil {
		r.check(sso.Finding{Code: "certificate", Flow: seen.Flow, Expected: "a certificate at " + r.profile.Name, Got: text(err.Error())})
		return
	}
	r.check(samlcheck.Verify(seen.Response, expect)...)
}

var errNoCertificate = errors.New("none is held")
