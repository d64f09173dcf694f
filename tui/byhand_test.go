package tui_test

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/tui"
	"example.com/ssowizard/tui/tuitest"
)

// good is what is of use to bySelf.
const good = "PHNhbWwycDpSZXNwb25zZT4="

// bySelf plays a run whose sign-in a person makes.
func (f *fake) bySelf(ctx context.Context, p *tui.Prepared, report func(plan.Event)) (plan.Result, error) {
	if p.Job.Verb == tui.Enable {
		return passing(ctx, p, report)
	}
	steps(p, report, plan.StepTest)
	waits := func(err error) (plan.Result, error) {
		report(plan.Event{Kind: plan.EventStep, Time: time.Now(), Step: plan.StepTest, Status: plan.Failed, Detail: err.Error()})
		return plan.Result{Command: p.Plan.Command, Changed: true}, err
	}
	s := tui.BySelf{Flow: sso.FlowSPInitiated, URL: "https://auth.net2phone.com/saml/login?test=2f1c9d7e4b8a4f6c", Login: "ana.lima@acme.example"}
	for {
		text, err := f.person.SignIn(ctx, s)
		if err != nil {
			return waits(err)
		}
		f.brought = append(f.brought, text)
		if text == good || len(text) > 20_000 {
			break
		}
		s.Problem = hint.New(hint.Usage, "answer of the sign-in: this is a web page without a SAMLResponse", "copy the SAMLResponse of the POST, not the page that it leads to")
	}
	yes, err := f.person.LetIn(ctx, s)
	if err != nil {
		return waits(err)
	}
	if !yes {
		return badTest(ctx, p, report)
	}
	for _, c := range checks(true) {
		report(plan.Event{Kind: plan.EventCheck, Time: time.Now(), Step: plan.StepTest, Check: &c})
	}
	report(plan.Event{Kind: plan.EventStep, Time: time.Now(), Step: plan.StepTest, Status: plan.Done})
	return result(p), nil
}

// bringing plays a run that asks a person for one thing.
func (f *fake) bringing(what tui.Wants) func(context.Context, *tui.Prepared, func(plan.Event)) (plan.Result, error) {
	return func(ctx context.Context, p *tui.Prepared, report func(plan.Event)) (plan.Result, error) {
		steps(p, report, plan.StepTest)
		s := tui.BySelf{Flow: sso.FlowSPInitiated, Login: "ana.lima@acme.example", Wants: what,
			URL: "https://acme.okta.com/oauth2/v1/authorize?client_id=0oaexample&response_type=code&scope=openid+email&state=hKAmaU0E1QNb"}
		var err error
		if what == tui.WantsWord {
			_, err = f.person.LetIn(ctx, s)
		} else {
			_, err = f.person.SignIn(ctx, s)
		}
		return result(p), err
	}
}

// moreFactors plays a run in which Okta asks the tester for a second factor.
func moreFactors(_ context.Context, p *tui.Prepared, report func(plan.Event)) (plan.Result, error) {
	steps(p, report, plan.StepTest)
	bad := sso.Finding{Code: "sign_in.more_factors", Flow: sso.FlowSPInitiated, Expected: "signed in with a password", Got: "Okta asks for a second factor",
		Fix: "The org's policy wants a second factor, so sign in by hand or in a browser for this test."}
	report(plan.Event{Kind: plan.EventCheck, Time: time.Now(), Step: plan.StepTest, Check: &bad})
	err := hint.New(hint.TestFailed, "1 of 1 checks failed, first: sign_in.more_factors", "")
	report(plan.Event{Kind: plan.EventStep, Time: time.Now(), Step: plan.StepTest, Status: plan.Failed, Detail: err.Error()})
	return plan.Result{Command: p.Plan.Command, Changed: true}, err
}

// wrongPassword plays a run in which Okta does not take the tester's password.
func wrongPassword(_ context.Context, p *tui.Prepared, report func(plan.Event)) (plan.Result, error) {
	steps(p, report, plan.StepTest)
	bad := sso.Finding{Code: "sign_in.wrong_password", Flow: sso.FlowSPInitiated, Expected: "Okta signs the person in with login and password", Got: "Unable to sign in",
		Fix: "Check the password."}
	report(plan.Event{Kind: plan.EventCheck, Time: time.Now(), Step: plan.StepTest, Check: &bad})
	err := hint.New(hint.TestFailed, "1 of 1 checks failed, first: sign_in.wrong_password", "")
	report(plan.Event{Kind: plan.EventStep, Time: time.Now(), Step: plan.StepTest, Status: plan.Failed, Detail: err.Error()})
	return plan.Result{Command: p.Plan.Command, Changed: true}, err
}

func TestAWrongPasswordIsAskedForAgainAndNotTriedAgain(t *testing.T) {
	walkIn(t, func(f *fake) { f.events = wrongPassword }, func(t *testing.T, f *fake, d *tuitest.Driver) {
		toApply(d)
		d.See("Okta did not take the tester's password", "t give the password again, or another tester")
		d.Press("l")
		d.See("check ✗ sign_in.wrong_password")
		d.Press("l", "enter")
		if got := len(f.runs()); got != 1 {
			t.Errorf("enter made run %d", got)
		}
		d.See("Try a real sign-in")
		d.Press("enter", "enter", "enter")
		d.See("the password is needed")
		d.Type("right")
		f.events = passing
		d.Press("enter", "a")
		d.See("Everything in the plan is done")
		if got := f.lastJob(t).Secrets.Password.Reveal(); got != "right" {
			t.Errorf("the password was %q", got)
		}
	})
}

func TestASignInByHandTakesWhatIsPastedAndSaysWhatIsWrong(t *testing.T) {
	walkIn(t, func(f *fake) { f.events = f.bySelf }, func(t *testing.T, f *fake, d *tuitest.Driver) {
		toTester(d)
		d.Press("right", "right")
		d.See("yes, by hand in a browser of my own")
		d.DontSee("Password")
		d.Press("enter", "ctrl+u")
		d.Type("ana.lima@acme.example")
		d.Press("enter")
		d.See("This is what will be done")
		d.Press("end")
		d.See("Test by hand")
		if got := f.lastJob(t).Answers.Text(ask.Test); got != "by-hand" {
			t.Errorf("--test %s", got)
		}
		d.Press("a")
		d.See("Sign in yourself", "Open a private window", "sign in as ana.lima@acme.example", "https://auth.net2phone.com/saml/login?test=")
		d.Press("ctrl+y")
		d.See("Copied the address.")
		if !strings.HasPrefix(f.copied, "https://auth.net2phone.com/saml/login?test=") {
			t.Errorf("copied %q", f.copied)
		}
		d.Press("enter") // nothing to check
		d.Paste("<html>\n\n<body>Welcome</body></html>")
		d.Press("enter")
		d.See("this is a web page without a SAMLResponse", "copy the SAMLResponse of the POST")
		large := strings.Repeat("QUJDREVG", 3000)
		d.Paste(large[:12_000])
		d.Paste(large[12_000:])
		d.See("24,000 characters")
		d.DontSee("without a SAMLResponse")
		d.Press("enter")
		d.See("Did the page let you in?", "Did net2phone Sync let you in with it")
		d.Press("y")
		d.See("Everything in the plan is done")
		if diff := cmp.Diff([]string{"<html>\n\n<body>Welcome</body></html>", large}, f.brought); diff != "" {
			t.Error(diff)
		}
		d.Press("enter", "enter")
		d.Type("net2phone Sync")
		d.Press("enter", "enter", "y")
		if !strings.Contains(f.copied, "--test by-hand --test-user ana.lima@acme.example") {
			t.Errorf("the same run is %q", f.copied)
		}
	})
}

func TestInTheSandboxASignInByHandNamesItsBrowser(t *testing.T) {
	for _, wants := range []tui.Wants{tui.WantsAddress, tui.WantsWord} {
		walkIn(t, func(f *fake) { sandboxed(f); f.events = f.bringing(wants) }, func(t *testing.T, _ *fake, d *tuitest.Driver) {
			toSandboxApply(d)
			d.See("opened with `ssowizard sandbox --open`", "In any other browser they are the real service")
		})
	}
	walkIn(t, func(f *fake) { f.events = f.bringing(tui.WantsAddress) }, func(t *testing.T, _ *fake, d *tuitest.Driver) {
		toApply(d)
		d.DontSee("sandbox")
	})
}

func sandboxed(f *fake) {
	f.world.SandboxOrg, f.world.SandboxTester = "https://127.0.0.1:4321", "ana.lima@acme.example"
}

func toSandboxApply(d *tuitest.Driver) {
	toOrg(d)
	d.See("Identity Engine")
	d.Press("enter")
	d.See("App label")
	d.Press("enter", "enter", "enter", "space", "enter")
	d.See("This is what will be done")
	d.Press("a")
}

func TestASignInByHandCanBeLeftForLater(t *testing.T) {
	walkIn(t, func(f *fake) { f.events = f.bySelf }, func(t *testing.T, f *fake, d *tuitest.Driver) {
		toApply(d)
		d.Type("half a path?")
		d.See("Help: Sign in yourself")
		d.Press("?")
		d.See("half a path?")
		d.Press("esc")
		d.See("Stopped", "the sign-in by hand still waits for you")
		d.Press("r")
		d.See("Sign in yourself")
		d.Press("ctrl+c")
		d.See("Stop here?")
		d.Press("y")
		d.See("You stopped the run")
		d.Press("q")
		if !d.Ended() {
			t.Error("q does not leave")
		}
		if last := f.drafts[len(f.drafts)-1]; len(last) == 0 {
			t.Error("the draft is gone")
		}
	})
}

// onInVain plays a set-up by hand whose first sign-in after turning on fails, so
// that a person has to turn it off.
func onInVain(ctx context.Context, p *tui.Prepared, report func(plan.Event)) (plan.Result, error) {
	if p.Job.Verb != tui.Disable {
		res, err := offAgain(ctx, p, report)
		res.Enabled = err != nil
		return res, err
	}
	for _, step := range p.Plan.Spec.Confirmed {
		if step == string(plan.StepEnable) {
			return plan.Result{Command: "disable"}, nil
		}
	}
	h := &plan.Handoff{Step: plan.StepEnable, Todo: "turn the switch off at net2phone Sync"}
	report(plan.Event{Kind: plan.EventHandoff, Time: time.Now(), Step: plan.StepEnable, Handoff: h})
	return plan.Result{Command: "disable"}, hint.New(hint.Waiting, "waiting for a person at net2phone Sync", "")
}

func TestWhatWasTurnedOnByHandInVainIsTurnedOffFirst(t *testing.T) {
	walkIn(t, func(f *fake) { f.events = onInVain }, func(t *testing.T, f *fake, d *tuitest.Driver) {
		toTested(d)
		d.Press("enter")
		d.Type("net2phone Sync")
		d.Press("enter")
		d.See("The first real sign-in failed", "o turn it off again, before anything else")
		d.Press("o")
		d.See("Turn the switch off at net2phone Sync.", "Is it off now?")
		d.DontSee("Press")
		d.Press("enter", "enter")
		d.See("Sign-in with Okta is not turned on at net2phone Sync.")
		if got := f.runs(); got[len(got)-1] != tui.Disable {
			t.Errorf("%s were run", got)
		}
		d.Press("y")
		if strings.Contains(f.copied, "--enable") {
			t.Errorf("the same run is %q", f.copied)
		}
	})
}

// leftOn plays a set-up whose first sign-in after turning on a person leaves for
// later: it is on meanwhile.
func (f *fake) leftOn(ctx context.Context, p *tui.Prepared, report func(plan.Event)) (plan.Result, error) {
	if p.Job.Verb != tui.Enable {
		return onInVain(ctx, p, report)
	}
	steps(p, report, plan.StepEnable)
	_, err := f.person.SignIn(ctx, tui.BySelf{Flow: sso.FlowSPInitiated, URL: "https://auth.net2phone.com/saml/login", Login: "ana.lima@acme.example"})
	report(plan.Event{Kind: plan.EventStep, Time: time.Now(), Step: plan.StepEnable, Status: plan.Failed, Detail: err.Error()})
	return plan.Result{Command: p.Plan.Command, Changed: true, Enabled: true}, err
}

func toLeftOn(d *tuitest.Driver) {
	toTested(d)
	d.Press("enter")
	d.Type("net2phone Sync")
	d.Press("enter")
	d.See("Sign in yourself")
	d.Press("esc")
}

func TestWhatIsOnWithoutASignInSaysSoAndIsTurnedOffWithOneKey(t *testing.T) {
	walkIn(t, func(f *fake) { f.events = f.leftOn }, func(t *testing.T, f *fake, d *tuitest.Driver) {
		toLeftOn(d)
		d.See("Stopped, and sign-in with Okta is ON", "no sign-in has worked since", "o turn it off")
		d.Press("o")
		d.See("Is it off now?")
		if got := f.runs(); got[len(got)-1] != tui.Disable {
			t.Errorf("%s were run", got)
		}
	})
}

func TestWhatIsLeftOnIsToldInTheTerminalToo(t *testing.T) {
	tuitest.Run(t, func(t *testing.T) {
		f := newFake(t)
		f.events = f.leftOn
		f.world.Flags = []string{"--state-dir", "elsewhere"}
		root := tui.NewRoot(t.Context(), tui.Config{Backend: f, Local: local{}, Theme: tui.NewTheme(tui.Monochrome, io.Discard), From: ask.FromFlag})
		d := tuitest.New(t, root, 80, 24)
		toLeftOn(d)
		d.Press("q")
		left := strings.Join(root.Left(100), "\n")
		for _, part := range []string{"Sign-in with Okta is ON at net2phone Sync, and no sign-in has worked since", "ssowizard disable net2phone --state-dir elsewhere"} {
			if !strings.Contains(left, part) {
				t.Errorf("what stays lacks %q:\n%s", part, left)
			}
		}
	})
}

func TestWhoIsAskedForMoreFactorsMaySignInThemselves(t *testing.T) {
	for key, way := range map[string]string{"h": "by-hand", "w": "browser"} {
		walkIn(t, func(f *fake) { f.events = moreFactors }, func(t *testing.T, f *fake, d *tuitest.Driver) {
			toApply(d)
			d.See("sign-in: more factors", "sign in by hand, in a browser of your own")
			f.events = f.bySelf
			d.Press(key)
			d.See("Sign in yourself")
			if got := f.lastJob(t).Answers.Text(ask.Test); got != way {
				t.Errorf("--test %s", got)
			}
		})
	}
}
