package sso

// Change is one field that a step sets. From and To are text, bool, []string
// or nil. Secrets never enter it.
type Change struct {
	Field string `json:"field"`
	From  any    `json:"from"`
	To    any    `json:"to"`
	// KnownAfter names the step whose answer decides To, when it is not known yet.
	KnownAfter string `json:"known_after,omitempty"`
}

// Finding is the outcome of one check. Code is stable and in the words of the
// standards; what to do about it is added by package diagnose.
type Finding struct {
	Code     string `json:"id"`
	OK       bool   `json:"ok"`
	Expected string `json:"expected"`
	Got      string `json:"got"`
	Fix      string `json:"fix"`
	// Flow says in which part it was seen: settings, sp-initiated, idp-initiated.
	Flow Flow `json:"flow,omitempty"`
	// Field is the setting at the service provider that it is about, if any.
	Field string `json:"field,omitempty"`
	// Others are answers that are worth a try when the check has failed.
	Others []Other `json:"-"`
}

// Other is another answer to a question of the profile, with the reason.
type Other struct{ Input, Answer, Why string }

// Text is what to try, as a sentence.
func (o Other) Text() string {
	return "Or try --input " + o.Input + "=" + o.Answer + ": " + o.Why
}

// Flow is a part of the proof.
type Flow string

// The parts of a proof.
const (
	FlowSettings     Flow = "settings"
	FlowSPInitiated  Flow = "sp-initiated"
	FlowIdPInitiated Flow = "idp-initiated"
)

// AllOK tells whether every finding passed. An empty list proves nothing and
// is not OK.
func AllOK(fs []Finding) bool {
	for _, f := range fs {
		if !f.OK {
			return false
		}
	}
	return len(fs) > 0
}
