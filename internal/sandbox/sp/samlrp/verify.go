package samlrp

import (
	"slices"
	"strings"
	"time"

	"github.com/beevik/etree"
)

// Verify judges the response at a moment. It returns a *Refusal as its error
// when the response is not acceptable; otherwise the assertion, in which only
// signed content stands. Whether the request is known, the assertion is new
// and the person exists is left to the caller.
func (r *Response) Verify(t Trust, now time.Time) (*Assertion, error) {
	if err := r.status(); err != nil {
		return nil, err
	}
	s, err := r.verifySignatures(t, now)
	if err != nil {
		return nil, err
	}
	j := judgement{trust: t, now: now, root: r.root, signed: s}
	for _, check := range checks {
		if err := check(&j); err != nil {
			return nil, err
		}
	}
	return &j.result, nil
}

// checks are made in this order; the first that fails names the reason.
var checks = []func(*judgement) error{
	(*judgement).identity,
	(*judgement).destination,
	(*judgement).subject,
	(*judgement).recipient,
	(*judgement).audience,
	(*judgement).issuer,
	(*judgement).confirmationTime,
	(*judgement).conditionsTime,
	(*judgement).requests,
	(*judgement).attributes,
}

type judgement struct {
	trust  Trust
	now    time.Time
	root   *etree.Element // the response as received; believed only where unsigned content may be
	signed signed

	confirmations []*etree.Element // data of the bearer confirmations that are for us
	result        Assertion
}

// status is read before the signature, because an error response has no
// assertion and is often not signed.
func (r *Response) status() error {
	status, err := only(r.root, nsProtocol, "Status")
	if err != nil {
		return err
	}
	if status == nil {
		return Refuse(Malformed, "the response has no status")
	}
	code, err := only(status, nsProtocol, "StatusCode")
	if err != nil {
		return err
	}
	if code == nil {
		return Refuse(Malformed, "the response has no status code")
	}
	if code.SelectAttrValue("Value", "") == statusSuccess {
		return nil
	}
	said := []string{code.SelectAttrValue("Value", "")}
	for _, detail := range children(code, nsProtocol, "StatusCode") {
		said = append(said, detail.SelectAttrValue("Value", ""))
	}
	for _, message := range children(status, nsProtocol, "StatusMessage") {
		said = append(said, text(message))
	}
	return Refuse(StatusNotSuccess, "the identity provider refused the sign-in: %s", strings.Join(said, ", "))
}

func (j *judgement) identity() error {
	a := j.signed.assertion
	if v := a.SelectAttrValue("Version", ""); v != "2.0" {
		return Refuse(Malformed, "the assertion has the SAML version %q, not 2.0", v)
	}
	if j.result.ID = a.SelectAttrValue("ID", ""); j.result.ID == "" {
		return Refuse(Malformed, "the assertion has no ID")
	}
	issuer, err := only(a, nsAssertion, "Issuer")
	if err != nil {
		return err
	}
	if issuer == nil || text(issuer) == "" {
		return Refuse(Malformed, "the assertion has no Issuer")
	}
	j.result.Issuer = text(issuer)
	return nil
}

func (j *judgement) destination() error {
	root := j.root
	if j.signed.response != nil {
		root = j.signed.response
	}
	got := root.SelectAttrValue("Destination", "")
	if got == "" && j.signed.response == nil {
		return nil // may be left out when the response itself is not signed
	}
	if got != j.trust.ACSURL {
		return Refuse(WrongDestination, "the response is destined for %q, but the ACS URL is %q", got, j.trust.ACSURL)
	}
	return nil
}

func (j *judgement) subject() error {
	subject, err := only(j.signed.assertion, nsAssertion, "Subject")
	if err != nil {
		return err
	}
	if subject == nil {
		return Refuse(Malformed, "the assertion has no Subject")
	}
	nameID, err := only(subject, nsAssertion, "NameID")
	if err != nil {
		return err
	}
	if nameID == nil || text(nameID) == "" {
		return Refuse(Malformed, "the assertion has no NameID")
	}
	j.result.NameID = text(nameID)
	j.result.NameIDFormat = nameID.SelectAttrValue("Format", "")
	for _, c := range children(subject, nsAssertion, "SubjectConfirmation") {
		if c.SelectAttrValue("Method", "") != methodBearer {
			continue
		}
		data, err := only(c, nsAssertion, "SubjectConfirmationData")
		if err != nil {
			return err
		}
		if data != nil {
			j.confirmations = append(j.confirmations, data)
		}
	}
	if len(j.confirmations) == 0 {
		return Refuse(Malformed, "the assertion has no bearer confirmation of its subject")
	}
	return nil
}

func (j *judgement) recipient() error {
	var others []string
	ours := j.confirmations[:0:0]
	for _, data := range j.confirmations {
		if got := data.SelectAttrValue("Recipient", ""); got == j.trust.ACSURL {
			ours = append(ours, data)
		} else {
			others = append(others, got)
		}
	}
	if len(ours) == 0 {
		return Refuse(WrongRecipient, "the assertion's Recipient is %s, but the ACS URL is %q", quoted(others), j.trust.ACSURL)
	}
	j.confirmations = ours
	return nil
}

func (j *judgement) audience() error {
	conditions, err := only(j.signed.assertion, nsAssertion, "Conditions")
	if err != nil {
		return err
	}
	if conditions == nil {
		return Refuse(WrongAudience, "the assertion names no audience; the %s here is %q", j.trust.audienceName(), j.trust.Audience)
	}
	restrictions := children(conditions, nsAssertion, "AudienceRestriction")
	if len(restrictions) == 0 {
		return Refuse(WrongAudience, "the assertion names no audience; the %s here is %q", j.trust.audienceName(), j.trust.Audience)
	}
	for _, restriction := range restrictions {
		var named []string
		for _, audience := range children(restriction, nsAssertion, "Audience") {
			named = append(named, verbatim(audience))
		}
		if !slices.Contains(named, j.trust.Audience) {
			return Refuse(WrongAudience, "the assertion is for the audience %s, but the %s here is %q", quoted(named), j.trust.audienceName(), j.trust.Audience)
		}
	}
	return nil
}

func (j *judgement) issuer() error {
	if !j.trust.issues(j.result.Issuer) {
		return Refuse(WrongIssuer, "the assertion's Issuer is %q, but the %s stored here is %q", j.result.Issuer, j.trust.issuerName(), j.trust.Issuer)
	}
	return nil
}

// confirmationTime keeps the confirmations that hold now and fails with the
// first one's reason when none does.
func (j *judgement) confirmationTime() error {
	var first error
	holding := j.confirmations[:0:0]
	for _, data := range j.confirmations {
		// One that does not hold yet counts too: the assertion could come again then.
		if end, _, err := instant(data, "NotOnOrAfter"); err == nil && end.After(j.result.Expires) {
			j.result.Expires = end
		}
		if err := j.window(data, "confirmation of its subject", true); err != nil {
			if first == nil {
				first = err
			}
			continue
		}
		holding = append(holding, data)
	}
	if len(holding) == 0 {
		return first
	}
	j.confirmations = holding
	return nil
}

func (j *judgement) conditionsTime() error {
	conditions, err := only(j.signed.assertion, nsAssertion, "Conditions")
	if err != nil || conditions == nil {
		return err
	}
	if err := j.window(conditions, "conditions", false); err != nil {
		return err
	}
	for _, statement := range children(j.signed.assertion, nsAssertion, "AuthnStatement") {
		end, ok, err := instant(statement, "SessionNotOnOrAfter")
		if err != nil {
			return err
		}
		if ok && !j.now.Before(end.Add(j.trust.Skew)) {
			return Refuse(Expired, "the identity provider's session ended at %s; it is %s here", stamp(end), stamp(j.now))
		}
	}
	return nil
}

// window checks NotBefore and NotOnOrAfter.
func (j *judgement) window(el *etree.Element, what string, needsEnd bool) error {
	begin, hasBegin, err := instant(el, "NotBefore")
	if err != nil {
		return err
	}
	end, hasEnd, err := instant(el, "NotOnOrAfter")
	if err != nil {
		return err
	}
	switch {
	case needsEnd && !hasEnd:
		return Refuse(Malformed, "the assertion's %s has no NotOnOrAfter", what)
	case hasBegin && j.now.Add(j.trust.Skew).Before(begin):
		return Refuse(NotYetValid, "the assertion's %s holds from %s; it is %s here", what, stamp(begin), stamp(j.now))
	case hasEnd && !j.now.Before(end.Add(j.trust.Skew)):
		return Refuse(Expired, "the assertion's %s ended at %s; it is %s here", what, stamp(end), stamp(j.now))
	}
	return nil
}

// requests finds the request that the signed content answers. The response and
// the confirmations have to agree, so that an assertion for one request cannot
// be passed off as the answer to another, or to none. A confirmation may leave
// the request out only where the response's own word for it is signed.
func (j *judgement) requests() error {
	id := j.root.SelectAttrValue("InResponseTo", "")
	for _, data := range j.confirmations {
		confirmed := data.SelectAttrValue("InResponseTo", "")
		if confirmed == "" && j.signed.response != nil {
			continue
		}
		if id != "" && confirmed != id {
			return Refuse(UnknownRequest, "the response answers the request %q, but its assertion was made for %q", id, confirmed)
		}
		id = confirmed
	}
	j.result.InResponseTo = id
	return nil
}

func (j *judgement) attributes() error {
	for _, statement := range children(j.signed.assertion, nsAssertion, "AttributeStatement") {
		for _, attribute := range children(statement, nsAssertion, "Attribute") {
			one := Attribute{Name: attribute.SelectAttrValue("Name", ""), Format: attribute.SelectAttrValue("NameFormat", "")}
			for _, value := range children(attribute, nsAssertion, "AttributeValue") {
				one.Values = append(one.Values, text(value))
			}
			j.result.Attributes = append(j.result.Attributes, one)
		}
	}
	return nil
}

func instant(el *etree.Element, attribute string) (time.Time, bool, error) {
	v := el.SelectAttrValue(attribute, "")
	if v == "" {
		return time.Time{}, false, nil
	}
	at, err := time.Parse(time.RFC3339Nano, v)
	if err != nil {
		return time.Time{}, false, Refuse(Malformed, "%s is %q, which is no time", attribute, v)
	}
	return at, true, nil
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
