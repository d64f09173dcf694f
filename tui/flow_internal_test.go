package tui

import (
	"testing"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sso"
)

func TestNextIsTheOrderOfTheWizard(t *testing.T) {
	world := World{Profiles: []*catalog.Profile{{ID: "acme", TurnOn: catalog.TurnOnSwitch}, {ID: "always", TurnOn: catalog.TurnOnNone},
		{ID: "after", TurnOn: catalog.TurnOnSwitch, Proof: catalog.ProofResponse}}}
	sandbox := world
	sandbox.SandboxOrg = "http://127.0.0.1:1"
	waited := ran{prepared: &Prepared{Plan: &plan.Plan{Held: []sso.Change{{Field: "enforce"}}}}}
	tested := ran{result: plan.Result{Tested: true}}
	waits := func(step plan.StepID) ran {
		return ran{err: hint.New(hint.Waiting, "waiting", ""), handoff: &plan.Handoff{Step: step}}
	}
	for _, tc := range []struct {
		name string
		at   place
		j    journey
		want place
	}{
		{"a new connection begins with the service provider", atStart, journey{verb: Setup}, atProvider},
		{"work on a kept one asks nothing", atStart, journey{verb: Undo, stands: &plan.ConnectionStatus{}}, atReview},
		{"nor in the sandbox", atStart, journey{verb: Undo, world: sandbox}, atReview},
		{"but for the token of an org that did not answer", atStart, journey{verb: Undo}, atOrg},
		{"and then for that of a settings API", atOrg, journey{verb: Undo, draft: Draft{Push: sso.PushAPI}}, atAccess},
		{"by hand needs no such token", atOrg, journey{verb: Undo, draft: Draft{Push: sso.PushGuided}}, atReview},
		{"a rotation is told before it is planned", atStart, journey{verb: Rotate, world: sandbox}, atRotate},
		{"somebody proves it", atRotate, journey{verb: Rotate, world: world}, atTester},
		{"somebody who is known with a password", atRotate, journey{verb: Rotate, world: world, draft: Draft{Tester: "ana"}, password: true}, atReview},
		{"a test needs somebody as well", atStart, journey{verb: Test, world: world, stands: &plan.ConnectionStatus{}}, atTester},
		{"turning on needs nobody where a sign-in came before", atStart, journey{verb: Enable, world: world, draft: Draft{SP: "acme"}, stands: &plan.ConnectionStatus{}}, atReview},
		{"somebody signs in after it where nobody could before", atStart, journey{verb: Enable, world: world, draft: Draft{SP: "after"}, stands: &plan.ConnectionStatus{}}, atTester},
		{"unless that is said not to be", atStart, journey{verb: Enable, world: world, draft: Draft{SP: "after", NoTest: true}, stands: &plan.ConnectionStatus{}}, atReview},
		{"a rotation's proof is shown", atApply, journey{verb: Rotate, job: Rotate, last: ran{findings: []sso.Finding{{OK: true}}}}, atTest},
		{"without one there is nothing to show", atApply, journey{verb: Rotate, job: Rotate}, atDone},
		{"a rotation turns nothing on", atTest, journey{verb: Rotate, job: Rotate, world: world, draft: Draft{SP: "acme"}, last: tested}, atDone},
		{"an app to take over is in an org", atStart, journey{verb: Adopt}, atOrg},
		{"where it is chosen", atOrg, journey{verb: Adopt, draft: Draft{Push: sso.PushAPI}}, atAdopt},
		{"the sandbox has one org", atStart, journey{verb: Adopt, world: sandbox}, atAdopt},
		{"taken over it stands on the first screen", atAdopt, journey{verb: Adopt}, atStart},
		{"the org follows", atProvider, journey{}, atOrg},
		{"then the details", atOrg, journey{}, atDetails},
		{"a settings API has to be opened", atDetails, journey{draft: Draft{Push: sso.PushAPI}}, atAccess},
		{"but not the sandbox's", atDetails, journey{world: sandbox, draft: Draft{Push: sso.PushAPI}}, atWho},
		{"by hand needs none", atDetails, journey{draft: Draft{Push: sso.PushGuided}}, atWho},
		{"then who", atAccess, journey{}, atWho},
		{"somebody has to try it", atWho, journey{world: world}, atTester},
		{"who is known with a password", atWho, journey{world: world, draft: Draft{Tester: "ana"}, password: true}, atReview},
		{"a password of the environment does as well", atWho, journey{world: World{TestPassword: true}, draft: Draft{Tester: "ana"}}, atReview},
		{"known, but without a password", atWho, journey{world: world, draft: Draft{Tester: "ana"}}, atTester},
		{"the sandbox knows its tester", atWho, journey{world: sandbox}, atReview},
		{"no test is wanted", atWho, journey{draft: Draft{NoTest: true}}, atReview},
		{"the review comes before anything is written", atTester, journey{}, atReview},
		{"then it is done", atReview, journey{verb: Setup}, atApply},
		{"turning on asks for consent first", atReview, journey{verb: Enable}, atTurnOn},
		{"values for a person", atApply, journey{job: Setup, last: waits(plan.StepPush)}, atHand},
		{"a test for a person", atApply, journey{job: Setup, last: waits(plan.StepTest)}, atTest},
		{"a switch for a person", atApply, journey{job: Enable, last: waits(plan.StepEnable)}, atHand},
		{"what a person has done goes on", atHand, journey{}, atApply},
		{"a person's test goes on", atTest, journey{last: waits(plan.StepTest)}, atApply},
		{"a failed test is shown", atApply, journey{job: Setup, last: ran{err: hint.New(hint.TestFailed, "no", "")}}, atTest},
		{"a failure stays", atApply, journey{job: Setup, last: ran{err: hint.New(hint.Partway, "no", "")}}, atApply},
		{"what is set up is shown as tested", atApply, journey{job: Setup, last: tested}, atTest},
		{"what is tested may be turned on", atTest, journey{world: world, draft: Draft{SP: "acme"}, last: tested}, atTurnOn},
		{"but not without a switch", atTest, journey{world: world, draft: Draft{SP: "always"}, last: tested}, atDone},
		{"nor untested", atTest, journey{world: world, draft: Draft{SP: "acme"}}, atDone},
		{"nor twice", atTest, journey{world: world, draft: Draft{SP: "acme"}, last: ran{result: plan.Result{Tested: true, Enabled: true}}}, atDone},
		{"consent turns it on", atTurnOn, journey{verb: Setup, agreed: true}, atApply},
		{"without it all is done", atTurnOn, journey{verb: Setup}, atDone},
		{"without it there was nothing else to do", atTurnOn, journey{verb: Enable}, atStart},
		{"turned on is the end", atApply, journey{job: Enable, last: tested}, atDone},
		{"but what has waited for that is asked for", atApply, journey{job: Enable, last: waited}, atTurnOn},
		{"and may be left", atTurnOn, journey{verb: Enable, draft: Draft{TurnedOn: true}, last: waited}, atDone},
		{"undone is the end", atApply, journey{job: Undo}, atDone},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := next(tc.at, tc.j); got != tc.want {
				t.Errorf("next = %d, want %d", got, tc.want)
			}
		})
	}
}

func TestWrapBreaksAtBlanksOnlyAndCountsColumns(t *testing.T) {
	for _, tc := range []struct {
		text  string
		width int
		want  []string
	}{
		{"", 10, nil},
		{"one two", 10, []string{"one two"}},
		{"run it --with-sandbox now", 14, []string{"run it", "--with-sandbox", "now"}},
		{"サポート 東京 です", 10, []string{"サポート", "東京 です"}},
		{"Zoe\u0308 Nu\u0301n\u0303ez ok", 10, []string{"Zoe\u0308 Nu\u0301n\u0303ez", "ok"}},
		{"https://acme.okta.com/app", 10, []string{"https://ac", "me.okta.co", "m/app"}},
	} {
		got := wrap(tc.text, tc.width)
		if len(got) != len(tc.want) {
			t.Errorf("%q gives %q", tc.text, got)
			continue
		}
		for i := range got {
			if got[i] != tc.want[i] {
				t.Errorf("%q gives %q, want %q", tc.text, got, tc.want)
				break
			}
		}
	}
}

func TestPadTakesExactlyTheColumnsAlsoOfWideAndCombinedSigns(t *testing.T) {
	for _, text := range []string{"東京東京東京", "a東京東京東", "Zoe\u0308Zoe\u0308Zoe\u0308", "יעל כהן ארוך", "👩‍👩‍👧‍👦👩‍👩‍👧‍👦"} {
		for width := range 9 {
			if w := columns(pad(text, width)); w != width {
				t.Errorf("%q in %d columns takes %d", text, width, w)
			}
		}
	}
}

func TestTheDraftOfAStoppedSetUpHasWhoIsStillToBeAssigned(t *testing.T) {
	d := draftOf(sso.State{Profile: "net2phone", Connection: "phones", Unfinished: "setup", TesterID: "00u1",
		Assigned: []sso.Assignment{{Kind: sso.ToUser, ID: "00u1", Name: "ana.lima@acme.example"}},
		Wanted:   []sso.Assignment{{Kind: sso.ToGroup, ID: "00g1", Name: "Contractors"}, {Kind: sso.ToUser, ID: "00u2", Name: "ben.okafor@acme.example"}}}, "https://acme.okta.com")
	if len(d.Groups) != 1 || d.Groups[0].Ref != "Contractors" || len(d.People) != 1 || d.People[0].Ref != "ben.okafor@acme.example" {
		t.Errorf("groups %+v, people %+v", d.Groups, d.People)
	}
}
