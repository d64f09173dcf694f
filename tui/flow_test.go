package tui_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/tui"
	"example.com/ssowizard/tui/tuitest"
)

// walk runs a test in virtual time on a fresh world.
func walk(t *testing.T, test func(t *testing.T, f *fake, d *tuitest.Driver)) {
	t.Helper()
	tuitest.Run(t, func(t *testing.T) {
		f := newFake(t)
		test(t, f, open(t, f, tui.Monochrome, 80, 24))
	})
}

// walkIn is walk in a world that is prepared before the wizard opens.
func walkIn(t *testing.T, prepare func(f *fake), test func(t *testing.T, f *fake, d *tuitest.Driver)) {
	t.Helper()
	tuitest.Run(t, func(t *testing.T) {
		f := newFake(t)
		prepare(f)
		test(t, f, open(t, f, tui.Monochrome, 80, 24))
	})
}

func flags(t *testing.T, answers map[ask.ID][]string) *ask.Answers {
	t.Helper()
	a := &ask.Answers{}
	for id, values := range answers {
		if err := a.Set(id, ask.FromFlag, values...); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

func TestScreensAndFlagsMakeTheSameSpecAndThePlanIsTheSame(t *testing.T) {
	walk(t, func(t *testing.T, f *fake, d *tuitest.Driver) {
		toWho(d)
		d.Press("space", "end", "tab", "down", "space", "enter")
		d.Press("enter", "ctrl+u")
		d.Type("ana.lima@acme.example")
		d.Press("enter")
		d.Type("s3cret?")
		d.Press("enter")
		d.See("This is what will be done")
		got, err := f.lastJob(t).Answers.Spec()
		if err != nil {
			t.Fatal(err)
		}
		same := flags(t, map[ask.ID][]string{ask.SP: {"net2phone"}, ask.Org: {org}, ask.Groups: {"Support EMEA"}, ask.Users: {"ben.okafor@acme.example"}, ask.TestUser: {"ana.lima@acme.example"}})
		want, err := same.Spec()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("spec of the flags and of the screens: %s", diff)
		}
		byScreens, err := f.Prepare(t.Context(), f.lastJob(t), func(plan.Event) {})
		if err != nil {
			t.Fatal(err)
		}
		byFlags, err := f.Prepare(t.Context(), tui.Job{Verb: tui.Setup, Answers: same}, func(plan.Event) {})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(byFlags.Plan.Steps, byScreens.Plan.Steps); diff != "" {
			t.Errorf("plan of the flags and of the screens: %s", diff)
		}
	})
}

func TestTheCommandThatIsCopiedSaysTheSameAndHoldsNoSecret(t *testing.T) {
	walk(t, func(t *testing.T, f *fake, d *tuitest.Driver) {
		toReview(d)
		d.Press("y")
		d.See("Copied the command.")
		want := `ssowizard setup net2phone --org acme.okta.com --group "Support EMEA" --test-user ana.lima@acme.example`
		if f.copied != want {
			t.Errorf("copied %q, want %q", f.copied, want)
		}
		d.See(want, "given to the clipboard")
		d.Press("enter")
		d.See("This is what will be done")
	})
}

func TestTheCommandHasTheFlagsThatLeadToTheSamePlace(t *testing.T) {
	walkIn(t, func(f *fake) { f.world.Flags = []string{"--state-dir", `"my state"`} }, func(t *testing.T, f *fake, d *tuitest.Driver) {
		toReview(d)
		d.Press("y")
		if !strings.HasSuffix(f.copied, ` --test-user ana.lima@acme.example --state-dir "my state"`) {
			t.Errorf("copied %q", f.copied)
		}
	})
}

func TestReviewSavesAConnectionFileAndAReportButReplacesNone(t *testing.T) {
	walk(t, func(t *testing.T, f *fake, d *tuitest.Driver) {
		toReview(d)
		d.Press("s", "enter")
		d.See("Saved /home/ana/net2phone.yaml")
		answers := &ask.Answers{}
		if err := ask.File("net2phone.yaml", []byte(f.files["net2phone.yaml"]), answers); err != nil {
			t.Fatal(err)
		}
		if answers.Text(ask.SP) != "net2phone" || answers.Text(ask.Groups) != "Support EMEA" {
			t.Errorf("the file says\n%s", f.files["net2phone.yaml"])
		}
		d.Press("m", "enter")
		d.See("Saved /home/ana/net2phone-plan.md")
		for _, part := range []string{"# Plan: setup", "ACS URL", "https://auth.net2phone.com/saml/login/callback", "(nothing)"} {
			if !strings.Contains(f.files["net2phone-plan.md"], part) {
				t.Errorf("the report lacks %q:\n%s", part, f.files["net2phone-plan.md"])
			}
		}
		d.Press("s", "enter")
		d.See("Not saved: net2phone.yaml is there already")
	})
}

func TestBackKeepsWhatWasAnswered(t *testing.T) {
	walk(t, func(t *testing.T, _ *fake, d *tuitest.Driver) {
		toDetails(d)
		d.Press("ctrl+u")
		d.Type("Phones")
		d.Press("enter", "enter", "enter")
		d.Press("down", "space")
		d.See("Chosen: Support US")
		d.Press("esc")
		d.See("Phones", "Connection name")
		d.Press("esc")
		d.See("acme", "Identity Engine")
		d.Press("enter", "enter", "enter", "enter")
		d.See("Chosen: Support US")
	})
}

func TestJumpFromAReviewedLineLeadsThereAndBack(t *testing.T) {
	walk(t, func(t *testing.T, f *fake, d *tuitest.Driver) {
		toReview(d)
		d.Press("e")
		d.See("App label")
		d.Press("ctrl+u")
		d.Type("Phones")
		d.Press("enter", "enter", "enter")
		d.See("This is what will be done", `create SAML app "Phones"`)
		if got := f.lastJob(t).Answers.Text(ask.Label); got != "Phones" {
			t.Errorf("label = %q", got)
		}
		d.Press("e", "esc")
		d.See("This is what will be done")
	})
}

func TestTypeAheadDoesNotApplyThePlan(t *testing.T) {
	walk(t, func(t *testing.T, _ *fake, d *tuitest.Driver) {
		toReview(d)
		d.Press("enter", "enter", "enter", "enter")
		d.See("This is what will be done")
	})
}

func TestAWrongAnswerIsToldBesideTheFieldAndCanBeMended(t *testing.T) {
	walk(t, func(t *testing.T, _ *fake, d *tuitest.Driver) {
		toOrg(d)
		d.Type("https://ana@acme.okta.com")
		d.See("✗ the org's address holds a user name")
		d.Press("enter")
		d.DontSee("Asking the org")
		d.Press("ctrl+u")
		d.Type("https://acme-admin.okta.com/admin/dashboard")
		d.See("✓ https://acme.okta.com")
	})
}

func TestATokenIsAskedHiddenAndUsedForItsOrgAlone(t *testing.T) {
	walkIn(t, func(f *fake) { f.tokens = nil }, func(t *testing.T, f *fake, d *tuitest.Driver) {
		toOrg(d)
		d.Type("acme")
		d.Press("enter")
		d.See("Okta API token (not shown)")
		d.Type("00CANARY?token")
		d.DontSee("CANARY")
		d.Press("enter")
		d.See("typed in, not kept")
		if len(f.seen) != 1 || f.seen[0].Reveal() != "00CANARY?token" {
			t.Fatalf("the org was asked with %d tokens", len(f.seen))
		}
		d.Press("shift+tab")
		d.Type("x")
		d.DontSee("Identity Engine")
		d.Press("enter")
		d.See("No token for this org was found")
		if len(f.seen) != 1 {
			t.Error("the token of one org was shown to another")
		}
	})
}

func TestARefusedTokenIsAskedForAgain(t *testing.T) {
	walkIn(t, func(f *fake) { f.orgErr = refused }, func(t *testing.T, f *fake, d *tuitest.Driver) {
		toOrg(d)
		d.Type("acme")
		d.Press("enter")
		d.See("Invalid token provided", "reqABC123", "Give another token")
		d.Press("enter") // an empty one is none
		d.See("paste the token")
		f.orgErr = nil
		d.Type("00CANARY")
		d.DontSee("CANARY")
		d.Press("enter")
		d.See("Identity Engine", "typed in, not kept")
	})
}

func TestATokenThatIsRefusedAgainIsStillHidden(t *testing.T) {
	walkIn(t, func(f *fake) { f.orgErr, f.tokens = refused, nil }, func(t *testing.T, f *fake, d *tuitest.Driver) {
		toOrg(d)
		d.Type("acme")
		d.Press("enter")
		d.Type("00wrong")
		d.Press("enter")
		d.See("Invalid token provided")
		f.orgErr = nil
		d.Paste("00CANARYtoken")
		d.DontSee("CANARY")
		d.Press("enter")
		d.See("Identity Engine")
		if got := f.seen[len(f.seen)-1].Reveal(); got != "00CANARYtoken" {
			t.Errorf("the org was asked with %q", got)
		}
	})
}

func TestATokenIsNoAddressAndIsNotKept(t *testing.T) {
	for _, token := range []string{"00CANARYabcdefghijklmnopqrstuvwxyz012345", "https://" + strings.Repeat("CANARY", 11)} {
		walk(t, func(t *testing.T, f *fake, d *tuitest.Driver) {
			toOrg(d)
			d.Paste(token)
			d.See("this looks like a token")
			d.Press("enter")
			d.See("this looks like a token")
			d.Press("ctrl+c")
			data, err := json.Marshal(f.drafts)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(strings.ToLower(string(data)), "canary") {
				t.Errorf("the token is kept: %s", data)
			}
		})
	}
}

func TestQuittingKeepsTheDraftWithoutSecretsAndTheNextStartOffersIt(t *testing.T) {
	var kept []tui.Draft
	walkIn(t, func(f *fake) { f.tokens = nil }, func(t *testing.T, f *fake, d *tuitest.Driver) {
		toOrg(d)
		d.Type("acme")
		d.Press("enter")
		d.Type("00CANARYtoken")
		d.Press("enter", "enter")
		d.Press("enter", "enter", "enter", "space", "enter", "enter")
		d.Type("ana.lima@acme.example")
		d.Press("enter")
		d.Type("CANARYpassword")
		d.Press("enter")
		d.See("This is what will be done")
		d.Press("ctrl+c")
		if !d.Ended() {
			t.Fatal("ctrl+c does not leave")
		}
		kept = f.drafts[len(f.drafts)-1]
		data, err := json.Marshal(f.drafts)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(data), "CANARY") {
			t.Errorf("a secret is kept: %s", data)
		}
	})
	if len(kept) != 1 || kept[0].Place != "Review" {
		t.Fatalf("kept %+v", kept)
	}
	walkIn(t, func(f *fake) { f.world.Drafts = kept }, func(t *testing.T, f *fake, d *tuitest.Driver) {
		d.See("Go on: net2phone Sync for acme.okta.com", "Begun earlier, up to Review.")
		d.Press("enter") // the token is found by now; a password is kept nowhere
		d.See("Test user", "Password")
		d.Press("esc")
		d.See("Chosen: Support EMEA")
		d.Press("esc", "esc")
		d.See("Identity Engine")
	})
}

func TestInterruptedWorkComesFirst(t *testing.T) {
	walkIn(t, func(f *fake) { connections(t, f) }, func(t *testing.T, _ *fake, d *tuitest.Driver) {
		d.See("› Go on: sync-emea · setup not finished")
		d.Press("down")
		d.See("› net2phone · tested, on, 1 difference, 11 days left")
	})
}

func TestHelpExplainsTheFieldAndCanStillTypeAQuestionMark(t *testing.T) {
	walk(t, func(t *testing.T, _ *fake, d *tuitest.Driver) {
		toDetails(d)
		d.Press("?")
		d.See("Help: App label", "In Okta Applications", "Example net2phone Sync")
		d.Press("?")
		d.See("net2phone Sync?")
		d.Press("f1")
		d.See("Help: App label")
		d.Press("esc")
		d.See("net2phone Sync?")
	})
}

func TestSuspendAndResumeDrawTheSameScreen(t *testing.T) {
	walk(t, func(t *testing.T, _ *fake, d *tuitest.Driver) {
		toWho(d)
		before := d.Frame()
		d.Press("ctrl+z")
		if d.Suspended != 1 {
			t.Errorf("suspended %d times", d.Suspended)
		}
		if d.Frame() != before {
			t.Errorf("after resuming:\n%s", d.Frame())
		}
	})
}

func TestTextFromOutsideReachesTheScreenWithoutControlCharacters(t *testing.T) {
	walkIn(t, func(f *fake) {
		nasty := "Evil\x1b[2J\x07\u202e\r\nname"
		f.groups = []tui.Group{{ID: "00gevil", Name: nasty, Description: nasty, People: -1}}
		f.report.Company, f.report.Me.FirstName = nasty, nasty
		f.people = []sso.Person{{ID: "00uevil", Login: nasty, FirstName: nasty, Email: "x"}}
		f.searchErr = nil
	}, func(t *testing.T, f *fake, d *tuitest.Driver) {
		look := func() {
			t.Helper()
			for _, r := range d.Frame() {
				if r != '\n' && (r < ' ' || r == 0x7f || r == '\u202e') {
					t.Fatalf("the screen has %U:\n%q", r, d.Frame())
				}
			}
			exactly(t, d.Raw(), 80, 24)
		}
		toKnownOrg(d)
		look()
		d.Press("enter", "enter", "enter", "enter")
		look()
		d.Press("space", "tab", "space")
		look()
		f.planErr = hint.New(hint.Failed, "Okta said Evil\x1b[2J\u202e\nsecond", "do\x1b[31m this")
		d.Press("enter")
		d.Press("right", "right", "right", "enter")
		look()
	})
}
