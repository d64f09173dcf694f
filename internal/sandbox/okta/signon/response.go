package signon

import (
	"strings"
	"time"

	"github.com/beevik/etree"
)

const (
	nsSchema   = "http://www.w3.org/2001/XMLSchema"
	nsInstance = "http://www.w3.org/2001/XMLSchema-instance"
	entity     = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity"
	bearer     = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
	passwordPT = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"

	statusSuccess   = "urn:oasis:names:tc:SAML:2.0:status:Success"
	statusResponder = "urn:oasis:names:tc:SAML:2.0:status:Responder"
	statusNoPassive = "urn:oasis:names:tc:SAML:2.0:status:NoPassive"

	// How far an assertion's times lie around the moment it was made.
	assertionLife = 5 * time.Minute
)

// sending is everything a Response is made from.
type sending struct {
	app          App
	key          Key
	now          time.Time
	inResponseTo string // "" for a sign-on that Okta started
	recipient    string
	destination  string
	nameID       string
	index        string // SessionIndex
	authnInstant time.Time
	statements   []statement
}

func issuerOf(app App) string {
	if app.SAML.IssuerTemplate == "" {
		return "http://www.okta.com/" + app.ExternalKey
	}
	return strings.ReplaceAll(app.SAML.IssuerTemplate, "${org.externalKey}", app.ExternalKey)
}

// response builds and signs the answer to a sign-on.
func (m sending) response() ([]byte, error) {
	prefixes := ""
	if len(m.statements) > 0 {
		prefixes = "xs"
	}
	sign := newSigner(m.key, m.app.SAML, prefixes)
	res := m.message("Response", prefixes)
	status(res, statusSuccess, "")
	assertion := m.assertion(prefixes)
	if m.app.SAML.AssertionSigned {
		if err := sign.sign(assertion); err != nil {
			return nil, err
		}
	}
	res.AddChild(assertion)
	if m.app.SAML.ResponseSigned {
		if err := sign.sign(res); err != nil {
			return nil, err
		}
	}
	return document(res)
}

// refusal is a Response that says why there is no assertion. It is signed
// whatever the flags say: nothing else in it could be.
func (m sending) refusal(code, detail string) ([]byte, error) {
	return m.statusOnly("Response", code, detail)
}

func (m sending) statusOnly(tag, code, detail string) ([]byte, error) {
	res := m.message(tag, "")
	status(res, code, detail)
	if err := newSigner(m.key, m.app.SAML, "").sign(res); err != nil {
		return nil, err
	}
	return document(res)
}

// message begins a Response or LogoutResponse: attributes in Okta's order,
// which is the alphabet's, and the Issuer.
func (m sending) message(tag, prefixes string) *etree.Element {
	el := etree.NewElement("saml2p:" + tag)
	put(el, "Destination", m.destination)
	put(el, "ID", samlID())
	if m.inResponseTo != "" {
		put(el, "InResponseTo", m.inResponseTo)
	}
	put(el, "IssueInstant", stamp(m.now))
	put(el, "Version", "2.0")
	put(el, "xmlns:saml2p", nsProtocol)
	if prefixes != "" {
		put(el, "xmlns:xs", nsSchema)
	}
	m.issuer(el)
	return el
}

func (m sending) issuer(el *etree.Element) {
	i := el.CreateElement("saml2:Issuer")
	put(i, "Format", entity)
	put(i, "xmlns:saml2", nsAssertion)
	setText(i, issuerOf(m.app))
}

func status(el *etree.Element, code, detail string) {
	st := el.CreateElement("saml2p:Status")
	put(st, "xmlns:saml2p", nsProtocol)
	outer := st.CreateElement("saml2p:StatusCode")
	put(outer, "Value", code)
	if detail != "" {
		put(outer.CreateElement("saml2p:StatusCode"), "Value", detail)
	}
}

func (m sending) assertion(prefixes string) *etree.Element {
	el := etree.NewElement("saml2:Assertion")
	put(el, "ID", samlID())
	put(el, "IssueInstant", stamp(m.now))
	put(el, "Version", "2.0")
	put(el, "xmlns:saml2", nsAssertion)
	if prefixes != "" {
		put(el, "xmlns:xs", nsSchema)
	}
	m.issuer(el)
	m.subject(el)
	m.conditions(el)
	m.authnStatement(el)
	m.attributeStatement(el)
	return el
}

// part adds an element with attributes, names and values in turn, that
// declares its prefix again, as Okta's do.
func part(el *etree.Element, tag string, attributes ...string) *etree.Element {
	p := el.CreateElement("saml2:" + tag)
	for i := 0; i+1 < len(attributes); i += 2 {
		put(p, attributes[i], attributes[i+1])
	}
	put(p, "xmlns:saml2", nsAssertion)
	return p
}

func (m sending) subject(el *etree.Element) {
	subject := part(el, "Subject")
	nameID := subject.CreateElement("saml2:NameID")
	if m.app.SAML.NameIDFormat != "" {
		put(nameID, "Format", m.app.SAML.NameIDFormat)
	}
	setText(nameID, m.nameID)
	confirmation := subject.CreateElement("saml2:SubjectConfirmation")
	put(confirmation, "Method", bearer)
	data := confirmation.CreateElement("saml2:SubjectConfirmationData")
	if m.inResponseTo != "" {
		put(data, "InResponseTo", m.inResponseTo)
	}
	put(data, "NotOnOrAfter", stamp(m.now.Add(assertionLife)))
	put(data, "Recipient", m.recipient)
}

func (m sending) conditions(el *etree.Element) {
	c := part(el, "Conditions",
		"NotBefore", stamp(m.now.Add(-assertionLife)), "NotOnOrAfter", stamp(m.now.Add(assertionLife)))
	setText(c.CreateElement("saml2:AudienceRestriction").CreateElement("saml2:Audience"), m.app.SAML.Audience)
}

func (m sending) authnStatement(el *etree.Element) {
	st := part(el, "AuthnStatement", "AuthnInstant", stamp(m.authnInstant), "SessionIndex", m.index)
	class := m.app.SAML.AuthnContextClassRef
	if class == "" {
		class = passwordPT
	}
	setText(st.CreateElement("saml2:AuthnContext").CreateElement("saml2:AuthnContextClassRef"), class)
}

func (m sending) attributeStatement(el *etree.Element) {
	if len(m.statements) == 0 {
		return
	}
	st := part(el, "AttributeStatement")
	for _, a := range m.statements {
		at := st.CreateElement("saml2:Attribute")
		put(at, "Name", a.name)
		put(at, "NameFormat", a.format)
		for _, v := range a.values {
			av := at.CreateElement("saml2:AttributeValue")
			put(av, "xmlns:xs", nsSchema)
			put(av, "xmlns:xsi", nsInstance)
			put(av, "xsi:type", "xs:string")
			setText(av, v)
		}
	}
}

// document writes an element with the escapes of canonical XML: a bare
// carriage return in a value would reach the verifier as a line feed.
func document(el *etree.Element) ([]byte, error) {
	doc := etree.NewDocument()
	doc.WriteSettings = etree.WriteSettings{CanonicalText: true, CanonicalAttrVal: true}
	doc.CreateProcInst("xml", `version="1.0" encoding="UTF-8"`)
	doc.SetRoot(el)
	return doc.WriteToBytes()
}

func put(el *etree.Element, key, value string) { el.CreateAttr(key, xmlText(value)) }

func setText(el *etree.Element, value string) { el.SetText(xmlText(value)) }

// xmlText drops what XML 1.0 cannot hold, in whatever way it is escaped.
func xmlText(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t', r == '\n', r == '\r',
			0x20 <= r && r <= 0xd7ff, 0xe000 <= r && r <= 0xfffd, 0x10000 <= r && r <= 0x10ffff:
			return r
		}
		return -1
	}, strings.ToValidUTF8(s, "\uFFFD"))
}
