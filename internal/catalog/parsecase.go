package catalog

import (
	"regexp"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"

	"example.com/ssowizard/internal/sso"
)

var alternateID = regexp.MustCompile(`^[a-z][a-z0-9-]{0,29}$`)

func (r *reader) alternates(p *Profile, f *fields, s *Setting) {
	for _, n := range f.list("alternates", false) {
		a := r.mapping(n, "an alternate")
		if a == nil {
			continue
		}
		alt := Alternate{When: r.when(p, a), Value: a.value("value", false, settingRoots),
			Rendering: r.rendering(a), IssuerTemplate: a.value("issuer_template", false, appRoots), Why: a.text("why", true)}
		if a.take("id", alt.When.Finding != "" || alt.When.By != "") != nil {
			alt.ID = a.id("id", alternateID)
		}
		a.done()
		r.checkAlternate(p, n, *s, alt)
		s.Alternates = append(s.Alternates, alt)
	}
	if s.choices() != nil && slices.ContainsFunc(p.Inputs, func(in Input) bool { return in.ID == s.ID }) {
		r.fail(f.byName["alternates"], "input %q has the name of the setting, so an alternate cannot be asked for by it", s.ID)
	}
}

func (r *reader) checkAlternate(p *Profile, n *yaml.Node, s Setting, a Alternate) {
	if a.When == (When{}) && a.ID == "" {
		r.fail(n, "an alternate needs a when or an id")
	}
	if a.ID == Usual || slices.ContainsFunc(s.Alternates, func(other Alternate) bool { return a.ID != "" && other.ID == a.ID }) {
		r.fail(n, "the id %q is taken", a.ID)
	}
	if a.IssuerTemplate != "" && p.Protocol != sso.SAML {
		r.fail(n, "only a SAML app has an issuer_template")
	}
	if a.Value == "" && a.Rendering == "" {
		r.fail(n, "an alternate needs another value or another rendering")
		return
	}
	value, rendering := s.with(a)
	r.checkRendering(n, s.Kind, value, rendering)
}

// when reads a case. Whether its input exists is known already, because inputs
// are read before everything that can depend on them.
func (r *reader) when(p *Profile, f *fields) When {
	sub := f.sub("when", false)
	if sub == nil {
		return When{}
	}
	w := When{Input: sub.text("input", false), Is: sub.text("is", false), Given: sub.yesNo("given", false),
		Finding: sub.text("finding", false), By: sub.oneOf("by", false, ByHand, ByAPI)}
	sub.done()
	subjects := 0
	for _, s := range []string{w.Input, w.Finding, w.By} {
		if s != "" {
			subjects++
		}
	}
	if subjects != 1 {
		r.fail(sub.node, "when has either an input, a finding or by")
		return w
	}
	if w.Input == "" {
		return w
	}
	i := slices.IndexFunc(p.Inputs, func(in Input) bool { return in.ID == w.Input })
	switch {
	case i < 0:
		r.fail(sub.byName["input"], "there is no input %q", w.Input)
	case (w.Is == "") != w.Given:
		r.fail(sub.node, "when has an input but does not say either what it is or given")
	case w.Is != "" && p.Inputs[i].Check(w.Is) != nil:
		r.fail(sub.byName["is"], "input %q can never be %q", w.Input, w.Is)
	}
	return w
}

// standing reads a case for what has to be there from the beginning.
func (r *reader) standing(p *Profile, f *fields) When {
	w := r.when(p, f)
	if w.Finding != "" {
		r.fail(f.byName["when"], "only an alternate can wait for a finding")
	}
	return w
}

// longestDeadline bounds what can be meant seriously.
const longestDeadline = 366 * 24 * time.Hour

func (r *reader) deadline(p *Profile, f *fields) {
	sub := f.sub("deadline", false)
	if sub == nil {
		return
	}
	p.Deadline = &Deadline{Says: sub.text("says", true)}
	after := sub.text("after", true)
	d, err := time.ParseDuration(after)
	if after != "" && (err != nil || d < time.Minute || d > longestDeadline) {
		r.fail(sub.byName["after"], "after has to be a time from 1m to a year, such as 72h")
	}
	p.Deadline.After = d
	if p.TurnOn != TurnOnSwitch {
		r.fail(sub.node, "there is a deadline, but nothing that is turned on")
	}
	sub.done()
}

func (r *reader) bookmark(p *Profile, f *fields) {
	sub := f.sub("bookmark", false)
	if sub == nil {
		return
	}
	p.Bookmark = &Bookmark{Label: sub.line("label", true), URL: sub.value("url", true, appRoots), When: r.standing(p, sub)}
	r.constantURL(sub, "url", p.Bookmark.URL)
	sub.done()
}
