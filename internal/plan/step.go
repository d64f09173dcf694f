package plan

import (
	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/sso"
)

// StepID names a step; it is stable between runs and versions.
type StepID string

// The steps of a set-up, in order.
const (
	StepApp      StepID = "okta.app"
	StepLogo     StepID = "okta.logo"
	StepBookmark StepID = "okta.bookmark"
	StepTester   StepID = "okta.tester"
	StepValues   StepID = "okta.values"
	StepPush     StepID = "sp.push"
	StepReadback StepID = "sp.readback"
	StepTest     StepID = "test"
	StepAssign   StepID = "okta.assign"
	StepEnable   StepID = "sp.enable"
)

// The steps that a rotation adds.
const (
	StepKey        StepID = "okta.key"
	StepSwitch     StepID = "okta.switch"
	StepSPRetire   StepID = "sp.retire"
	StepOktaRetire StepID = "okta.retire"
)

// Action is what a step does to the world.
type Action string

// The actions. Steps that only read, or have nothing to do, are None.
const (
	Create Action = "create"
	Update Action = "update"
	Delete Action = "delete"
	Run    Action = "run"
	None   Action = "none"
)

// Step is one unit of work as data.
type Step struct {
	ID      StepID       `json:"id"`
	Action  Action       `json:"action"`
	Summary string       `json:"summary"`
	Changes []sso.Change `json:"changes"`
}

// Plan is the way from what was observed to what is wanted, and everything
// that running it needs to know. Making one writes nothing.
type Plan struct {
	Command    string
	Connection string
	Steps      []Step
	Warnings   []string
	// Prerequisites have to be so before a first set-up begins; nil later.
	Prerequisites []string

	Spec sso.Spec
	// Inputs are the answers to the profile's questions, completed by what the
	// service provider tells.
	Inputs   map[string]string
	Profile  *catalog.Profile
	Observed Observed
	WantApp  sso.App
	// Assign and Unassign are the assignments to make and to take away, but
	// for the tester's, which TesterAssign holds.
	Assign       []sso.Assignment
	Unassign     []sso.Assignment
	TesterAssign *sso.Assignment
	// Forget are assignments of earlier runs that Okta no longer has and that
	// nobody wants back.
	Forget []sso.Assignment
	// WantBookmark is the bookmark app that is wanted beside the app, and
	// BookmarkAssign who gets it; nil without one.
	WantBookmark   *sso.App
	BookmarkAssign []sso.Assignment
	// Rotate is set for a rotation.
	Rotate *RotatePlan
	// Held is what HoldBack has left out.
	Held []sso.Change
	// order overrides the order of a set-up.
	order [][]StepID
}

// Pending tells whether the plan would do anything.
func (p *Plan) Pending() bool {
	for _, s := range p.Steps {
		if s.Action != None {
			return true
		}
	}
	return false
}

// Step gives a step by id, nil when the plan has none of that id.
func (p *Plan) Step(id StepID) *Step {
	for i := range p.Steps {
		if p.Steps[i].ID == id {
			return &p.Steps[i]
		}
	}
	return nil
}

// waves orders the steps for running: each wave starts when the one before is
// done, and the steps of one wave run side by side. Writes keep their order;
// reading Okta's values overlaps the assignment, which it does not depend on.
func (p *Plan) waves() [][]StepID {
	if p.order != nil {
		return p.order
	}
	testing := p.Step(StepTest) != nil
	side := []StepID{StepTester, StepValues}
	if !testing {
		side = []StepID{StepAssign, StepValues}
	}
	order := [][]StepID{{StepApp}, {StepLogo}, {StepBookmark}, side, {StepPush}, {StepReadback}, {StepTest}}
	if testing {
		order = append(order, []StepID{StepAssign})
	}
	order = append(order, []StepID{StepEnable})
	var waves [][]StepID
	for _, wave := range order {
		var present []StepID
		for _, id := range wave {
			if p.Step(id) != nil {
				present = append(present, id)
			}
		}
		if len(present) > 0 {
			waves = append(waves, present)
		}
	}
	return waves
}
