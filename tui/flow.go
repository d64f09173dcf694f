package tui

import (
	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sso"
)

// place names a screen in the order of the wizard.
type place int

// The places. The ones from atProvider to atTurnOn stand on the rail, where
// some share a line.
const (
	atStart place = iota
	atProvider
	atOrg
	atDetails
	atAccess
	atTold
	atWho
	atTester
	atAdopt
	atRotate
	atReview
	atApply
	atHand
	atTest
	atTurnOn
	atDone
)

// journey is what decides where to go.
type journey struct {
	world World
	draft Draft
	verb  Verb
	// job is what is being prepared or done right now: the verb, or Enable
	// after a set-up.
	job Verb
	// agreed is what was last said to turning on.
	agreed bool
	// stands is how both sides said that the kept connection stands, nil where
	// they could not be asked yet.
	stands *plan.ConnectionStatus
	// password and spToken tell which secrets were typed.
	password, spToken bool
	last              ran
}

// ran is what the last run came to.
type ran struct {
	prepared *Prepared
	result   plan.Result
	err      error
	handoff  *plan.Handoff
	findings []sso.Finding
	warnings []string // of the run, beside those of its plan
	log      []plan.Event
}

// heldBack tells whether something has waited until this run was over.
func (r ran) heldBack() bool { return r.prepared != nil && len(r.prepared.Plan.Held) > 0 }

// next says which screen follows when the one at `at` is finished. It is the
// order of the wizard, all of it.
func next(at place, j journey) place {
	if j.verb.ofKept() && at < atReview {
		return nextOfKept(at, j)
	}
	switch at {
	case atStart:
		return atProvider
	case atProvider:
		return atOrg
	case atOrg:
		return atDetails
	case atDetails:
		if j.draft.pushes(j.world) == sso.PushAPI && !j.world.Sandbox() {
			return atAccess
		}
		return afterAccess(j)
	case atAccess:
		return afterAccess(j)
	case atTold:
		return atWho
	case atWho:
		if j.needsTester() {
			return atTester
		}
		return atReview
	case atTester:
		return atReview
	case atReview:
		if j.verb == Enable {
			return atTurnOn // consent first
		}
		return atApply
	case atHand:
		return atApply
	case atApply:
		return afterRun(j)
	case atTest:
		if j.last.handoff != nil {
			return atApply // a person has said what the test came to
		}
		if mayTurnOn(j) {
			return atTurnOn
		}
		return atDone
	case atTurnOn:
		switch {
		case j.agreed:
			return atApply
		case j.verb == Enable && !j.draft.TurnedOn:
			return atStart // not now, and nothing else was wanted
		}
		return atDone
	}
	return atDone
}

// afterAccess asks what is left to ask once the service provider can be read.
func afterAccess(j journey) place {
	if p := j.world.Profile(j.draft.SP); p != nil && j.draft.pushes(j.world) == sso.PushAPI && tells(p) {
		return atTold
	}
	return atWho
}

// nextOfKept is the way to the plan of a job on a connection that is there
// already: only what is missing for it is asked.
func nextOfKept(at place, j journey) place {
	asks := []struct {
		at   place
		when bool
	}{
		{atOrg, !j.world.Sandbox() && (j.verb == Adopt || j.stands == nil)},
		{atAdopt, j.verb == Adopt},
		{atAccess, !j.world.Sandbox() && j.stands == nil && j.draft.Push == sso.PushAPI && j.verb != Adopt},
		{atRotate, j.verb == Rotate},
		{atTester, (j.verb == Test || j.verb == Rotate || j.verb == Enable && j.signsInAfter()) && j.needsTester()},
	}
	from := 0
	for i, a := range asks {
		if a.at == at {
			from = i + 1
		}
	}
	for _, a := range asks[from:] {
		if a.when {
			return a.at
		}
	}
	if j.verb == Adopt {
		return atStart // where the connection now is
	}
	return atReview
}

// afterRun says where a run leads by how it ended. A failure that is neither of
// these stays where it is: the screen of the run offers the ways on.
func afterRun(j journey) place {
	switch hint.CodeOf(j.last.err) {
	case hint.Waiting:
		if j.last.handoff != nil && j.last.handoff.Step == plan.StepTest {
			return atTest
		}
		return atHand
	case hint.TestFailed:
		return atTest
	case hint.Done:
		if j.job == Enable && j.last.heldBack() {
			return atTurnOn // it has worked; now for what waited for that
		}
		if j.job == Setup || j.job == Test || j.job == Rotate && len(j.last.findings) > 0 {
			return atTest
		}
		return atDone
	}
	return atApply
}

// mayTurnOn tells whether there is something to turn on, and a proof for it.
func mayTurnOn(j journey) bool {
	p, r := j.world.Profile(j.draft.SP), j.last
	if j.verb == Rotate || r.err != nil || !r.result.Tested || p == nil || p.TurnOn != catalog.TurnOnSwitch {
		return false
	}
	return !r.result.Enabled || r.prepared != nil && len(r.prepared.Plan.Waits()) > 0
}

// signsInAfter tells whether a real sign-in has to follow turning on, because
// nobody can make one before.
func (j journey) signsInAfter() bool {
	p := j.world.Profile(j.draft.SP)
	return p != nil && p.Proof == catalog.ProofResponse
}

// needsTester tells whether somebody has to say who tries the sign-in: the
// sandbox and the environment may have answered that already.
func (j journey) needsTester() bool {
	switch {
	case j.world.Sandbox() || j.draft.NoTest:
		return false
	case j.draft.Way == sso.TestByHand || j.draft.Way == sso.TestBrowser && j.world.Screen: // the person signs in
		return j.draft.Tester == ""
	}
	return j.draft.Tester == "" || !j.password && !j.world.TestPassword
}

// rail is the steps as they stand on the left, with the places they stand for.
var rail = []struct {
	title  string
	places []place
}{
	{"Service provider", []place{atProvider}},
	{"Okta org", []place{atOrg}},
	{"Details", []place{atDetails, atAccess, atTold}},
	{"Who", []place{atWho, atTester}},
	{"Review", []place{atReview}},
	{"Apply", []place{atApply}},
	{"SP settings", []place{atHand}},
	{"Test", []place{atTest}},
	{"Turn on", []place{atTurnOn}},
}

// railIndex is the line of a place on the rail, -1 for none, and past the end
// when all is done.
func railIndex(at place) int {
	if at == atDone {
		return len(rail)
	}
	for i, r := range rail {
		for _, p := range r.places {
			if p == at {
				return i
			}
		}
	}
	return -1
}
