package plan

import (
	"time"

	"example.com/ssowizard/internal/sso"
)

// EventKind says which part of an Event is filled.
type EventKind string

// Kinds of events.
const (
	EventStep    EventKind = "step"
	EventCheck   EventKind = "check"
	EventHandoff EventKind = "handoff"
	EventWarning EventKind = "warning"
)

// Status is where a step stands.
type Status string

// States of a step.
const (
	Started  Status = "started"
	Waiting  Status = "waiting"
	Retrying Status = "retrying"
	Done     Status = "done"
	Skipped  Status = "skipped"
	Failed   Status = "failed"
)

// Event is one thing that happened in a run: the same stream feeds the screen,
// plain lines, JSON lines and tests.
type Event struct {
	Time    time.Time
	Kind    EventKind
	Step    StepID
	Status  Status
	Elapsed time.Duration
	Detail  string
	// Until is when a wait ends, zero where that is not known.
	Until   time.Time
	Check   *sso.Finding
	Handoff *Handoff
}

// Handoff is work for a person: values to enter at the service provider.
type Handoff struct {
	Step   StepID         `json:"step"`
	Page   string         `json:"page"`
	Dir    string         `json:"dir"`
	Values []HandoffValue `json:"values"`
	// Note is what has to be known of the page, "" for nothing.
	Note string `json:"note,omitempty"`
	// Todo says what to do with them, in a clause.
	Todo   string          `json:"todo"`
	Resume string          `json:"resume"`
	All    []sso.SPSetting `json:"-"`
}

// HandoffValue is one value under the label that the page uses. A secret has no
// Value here; Note says where the person sees it.
type HandoffValue struct {
	Label string `json:"label"`
	Value string `json:"value"`
	Note  string `json:"note,omitempty"`
}
