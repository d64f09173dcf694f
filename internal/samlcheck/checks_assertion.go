package samlcheck

import (
	"fmt"
	"strings"
	"time"

	"github.com/beevik/etree"

	"example.com/ssowizard/internal/sso"
)

// confirmation is the SubjectConfirmationData that the bearer of the assertion
// is confirmed by; with several, the one for our ACS URL. It may be nil.
func confirmation(r *reading) *etree.Element {
	var first *etree.Element
	for _, c := range children(child(r.assertion, nsAssertion, "Subject"), nsAssertion, "SubjectConfirmation") {
		data := child(c, nsAssertion, "SubjectConfirmationData")
		if attr(c, "Method") != methodBearer || data == nil {
			continue
		}
		if attr(data, "Recipient") == r.ACSURL {
			return data
		}
		if first == nil {
			first = data
		}
	}
	return first
}

func checkRecipient(r *reading) (bool, string) {
	data := confirmation(r)
	if data == nil {
		return false, "no SubjectConfirmationData for a bearer"
	}
	return same(r.ACSURL, attr(data, "Recipient"))
}

// checkAudience wants the SP entity ID in every AudienceRestriction: several
// narrow each other, several audiences in one widen it.
func checkAudience(r *reading) (bool, string) {
	restrictions := children(child(r.assertion, nsAssertion, "Conditions"), nsAssertion, "AudienceRestriction")
	if len(restrictions) == 0 {
		return false, "no AudienceRestriction"
	}
	shown := ""
	for _, restriction := range restrictions {
		ok, got := inRestriction(r.Audience, restriction)
		if !ok {
			return false, got
		}
		shown = got
	}
	return true, shown
}

func inRestriction(want string, restriction *etree.Element) (bool, string) {
	var all []string
	for _, el := range children(restriction, nsAssertion, "Audience") {
		ok, got := same(want, text(el))
		if ok {
			return true, got
		}
		all = append(all, got)
	}
	if len(all) == 0 {
		return false, notGiven
	}
	return false, strings.Join(all, ", ")
}

func wantNotBefore(r *reading) string {
	return fmt.Sprintf("not after %s%s", stamp(r.Now), leeway(r.Skew))
}

func wantNotOnOrAfter(r *reading) string {
	return fmt.Sprintf("after %s%s", stamp(r.Now), leeway(r.Skew))
}

func leeway(skew time.Duration) string {
	if skew <= 0 {
		return ""
	}
	return fmt.Sprintf(", %s allowed", skew)
}

func checkNotBefore(r *reading) (bool, string) {
	from := attr(child(r.assertion, nsAssertion, "Conditions"), "NotBefore")
	if from == "" {
		return true, notGiven
	}
	when, err := parseTime(from)
	if err != nil {
		return false, err.Error()
	}
	if early := when.Sub(r.Now); early > r.Skew {
		return false, fmt.Sprintf("%s, which is %s ahead", stamp(when), early.Round(time.Second))
	}
	return true, stamp(when)
}

// checkNotOnOrAfter looks at every end that the assertion gives itself. That of
// the bearer's confirmation must be there.
func checkNotOnOrAfter(r *reading) (bool, string) {
	ends := []struct{ where, text string }{
		{"SubjectConfirmationData", attr(confirmation(r), "NotOnOrAfter")},
		{"Conditions", attr(child(r.assertion, nsAssertion, "Conditions"), "NotOnOrAfter")},
		{"AuthnStatement", attr(child(r.assertion, nsAssertion, "AuthnStatement"), "SessionNotOnOrAfter")},
	}
	shown := ""
	for i, end := range ends {
		if end.text == "" {
			if i == 0 {
				return false, "not given in SubjectConfirmationData"
			}
			continue
		}
		when, err := parseTime(end.text)
		if err != nil {
			return false, fmt.Sprintf("in %s: %s", end.where, err)
		}
		if late := r.Now.Sub(when); late >= r.Skew {
			return false, fmt.Sprintf("%s in %s, which was %s ago", stamp(when), end.where, late.Round(time.Second))
		}
		if i == 0 {
			shown = stamp(when)
		}
	}
	return true, shown
}

// parseTime reads an xs:dateTime. SAML wants UTC; a time without a zone is
// taken as such.
func parseTime(text string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is not a time", sso.PlainText(text, 40))
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func nameID(r *reading) *etree.Element { return child(r.assertion, nsAssertion, "Subject", "NameID") }

func wantNameIDFormat(r *reading) string { return orAny(r.NameIDFormat) }

func checkNameIDFormat(r *reading) (bool, string) {
	id := nameID(r)
	if id == nil {
		return false, "no NameID"
	}
	format := attr(id, "Format")
	if format == "" {
		format = unspecified // what its absence means
	}
	if r.NameIDFormat == "" {
		return true, format
	}
	return same(r.NameIDFormat, format)
}

func wantNameID(r *reading) string { return orAny(r.Email) }

func checkNameID(r *reading) (bool, string) {
	id := nameID(r)
	switch {
	case id == nil && child(r.assertion, nsAssertion, "Subject", "EncryptedID") != nil:
		return false, "an EncryptedID, which only the service provider can read"
	case id == nil:
		return false, "no NameID"
	}
	return equalOrAny(r.Email, text(id))
}

func orAny(want string) string {
	if want == "" {
		return "any"
	}
	return want
}

func equalOrAny(want, got string) (bool, string) {
	if want != "" {
		return same(want, got)
	}
	if strings.TrimSpace(got) == "" {
		return false, "empty"
	}
	return true, got
}

func attributeCheck(name string) check {
	return check{
		code:  CodeAttribute + name,
		needs: anAssertion,
		want:  func(r *reading) string { return orAny(r.Attributes[name]) },
		look:  func(r *reading) (bool, string) { return checkAttribute(r, name) },
	}
}

// checkAttribute wants one of the attribute's values to be the expected one.
func checkAttribute(r *reading, name string) (bool, string) {
	values, found := []string(nil), false
	for _, a := range attributesOf(r.assertion) {
		if a.Name == name {
			found = true
			values = append(values, a.Values...)
		}
	}
	if !found {
		return false, missingAttribute(r, name)
	}
	var seen []string
	for _, v := range values {
		ok, got := equalOrAny(r.Attributes[name], v)
		if ok {
			return true, got
		}
		seen = append(seen, got)
	}
	if len(seen) == 0 {
		return false, "empty"
	}
	return false, strings.Join(seen, ", ")
}

// missingAttribute points at the attribute that was probably meant.
func missingAttribute(r *reading, name string) string {
	for _, a := range attributesOf(r.assertion) {
		if sso.Visible(strings.ToLower(a.Name)) == sso.Visible(strings.ToLower(name)) {
			return fmt.Sprintf("not given, but there is %q", sso.PlainText(a.Name, 100))
		}
	}
	return notGiven
}

// attributesOf lists the attributes with their values as they stand.
func attributesOf(assertion *etree.Element) []Attribute {
	var out []Attribute
	for _, statement := range children(assertion, nsAssertion, "AttributeStatement") {
		for _, el := range children(statement, nsAssertion, "Attribute") {
			a := Attribute{Name: attr(el, "Name"), Format: attr(el, "NameFormat")}
			for _, v := range children(el, nsAssertion, "AttributeValue") {
				a.Values = append(a.Values, text(v))
			}
			out = append(out, a)
		}
	}
	return out
}
