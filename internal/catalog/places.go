package catalog

import (
	"regexp"
	"slices"
	"strings"
)

// Places says where the answer to an input stands on Okta's page and on the
// service provider's, by the labels there; "" for a side that does not have it
// or of which nothing is known. What the profile says of it comes first.
func (p *Profile) Places(input string) (okta, sp string) {
	i := slices.IndexFunc(p.Inputs, func(in Input) bool { return in.ID == input })
	if i < 0 {
		return "", ""
	}
	in := p.Inputs[i]
	uses := p.uses(in)
	if okta = in.Okta; okta == "" {
		if labels := p.oktaFields(in, uses); len(labels) > 0 {
			okta = "Applications → Applications → the app → General: " + strings.Join(labels, ", ")
		}
	}
	if sp = in.SP; sp == "" {
		sp = p.spFields(in, uses)
	}
	return okta, sp
}

// uses tells whether a value is made of an input, itself or by way of what is
// computed from it.
func (p *Profile) uses(in Input) func(value string) bool {
	names := []string{`Input\.` + regexp.QuoteMeta(in.ID), `SP\.` + regexp.QuoteMeta(in.ID)}
	direct := regexp.MustCompile(`\.Input\.` + regexp.QuoteMeta(in.ID) + `\b`)
	for _, c := range p.Computed {
		if direct.MatchString(c.Value) {
			names = append(names, `SP\.`+regexp.QuoteMeta(c.Name))
		}
	}
	return regexp.MustCompile(`\{\{\s*\.(?:` + strings.Join(names, "|") + `)\b`).MatchString
}

// oktaFields are the labels of the fields of Okta's page that an input is part of.
func (p *Profile) oktaFields(in Input, uses func(string) bool) []string {
	var out []string
	for _, f := range []struct{ label, value string }{
		{"Single sign-on URL", p.App.ACSURL}, {"Audience URI (SP Entity ID)", p.App.Audience}, {"Default RelayState", p.App.DefaultRelayState},
		{"Name ID format", p.App.NameIDFormat}, {"Sign-in redirect URIs", strings.Join(p.App.RedirectURIs, " ")},
	} {
		if uses(f.value) {
			out = append(out, f.label)
		}
	}
	if in.ID == p.App.AttributesFrom {
		out = append(out, "Attribute Statements")
	}
	if slices.ContainsFunc(p.App.Attributes, func(a Attribute) bool {
		return uses(a.Name) || uses(a.FilterValue)
	}) {
		out = append(out, "Group Attribute Statements")
	}
	return out
}

// spFields says on which page of the service provider an input stands, and under
// which labels.
func (p *Profile) spFields(in Input, uses func(string) bool) string {
	var labels []string
	for _, s := range p.Settings {
		if uses(s.Value) || in.From.Offered == s.ID && s.Kind == KindReadOnly || in.From.Setting == s.ID {
			labels = append(labels, s.Label)
		}
	}
	if len(labels) == 0 {
		return ""
	}
	text := strings.Join(labels, ", ")
	if p.Portal != nil && p.Portal.Page != "" {
		text = p.Portal.Page + ": " + text
	}
	return text
}
