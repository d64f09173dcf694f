package tui

import (
	"encoding/json"
	"slices"
)

// asking are the screens that ask, in their order, with the names by which a
// draft says how far it came.
var asking = []struct {
	at   place
	name string
}{
	{atProvider, "Service provider"}, {atOrg, "Okta org"}, {atDetails, "Details"}, {atAccess, "Settings API"},
	{atTold, "What the service provider tells"}, {atWho, "Who"}, {atTester, "Who tries it first"}, {atReview, "Review"},
}

// placeName is the name of a screen that asks; those after them have the plan's,
// because it is made anew from there.
func placeName(at place) string {
	for _, a := range asking {
		if a.at == at {
			return a.name
		}
	}
	return asking[len(asking)-1].name
}

// placeOf is the screen of a name: the first one where none is kept, and the
// plan for those after it.
func placeOf(name string) place {
	if name == "" {
		return atProvider
	}
	for _, a := range asking {
		if a.name == name {
			return a.at
		}
	}
	return atReview
}

// reached notes how far the work came.
func (d *Draft) reached(at place) {
	if at != atStart && at > placeOf(d.Place) {
		d.Place = placeName(at)
	}
}

// equal tells whether the same was answered; how far somebody came is no answer,
// nor is where one came from.
func (d Draft) equal(o Draft) bool {
	d.Place, o.Place, d.From, o.From = "", "", nil, nil
	x, errX := json.Marshal(d)
	y, errY := json.Marshal(o)
	return errX == nil && errY == nil && string(x) == string(y)
}

// past goes on from the top of the stack past the screens that are answered.
func (r *Root) past(stack []place) []place {
	if !r.passing {
		return stack
	}
	for at := stack[len(stack)-1]; r.answered(at); stack = append(stack, at) {
		at = next(at, r.journey)
	}
	return stack
}

// answered tells whether a screen was left with its answers. Where a secret is
// asked it was not: none is kept.
func (r *Root) answered(at place) bool {
	if at >= placeOf(r.draft.Place) {
		return false
	}
	switch at {
	case atDetails:
		s, ok := newDetails(r.env, r.draft.clone()).(*details)
		return ok && s.profile != nil && !slices.ContainsFunc(s.form.fields, func(f *field) bool { return f.problem() != "" })
	case atAccess:
		return r.spToken
	case atTold, atWho:
		return true
	}
	return false
}
