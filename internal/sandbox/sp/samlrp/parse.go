package samlrp

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"github.com/beevik/etree"
)

const (
	nsProtocol  = "urn:oasis:names:tc:SAML:2.0:protocol"
	nsAssertion = "urn:oasis:names:tc:SAML:2.0:assertion"
	nsSignature = "http://www.w3.org/2000/09/xmldsig#"
	nsXMLEnc    = "http://www.w3.org/2001/04/xmlenc#"

	statusSuccess = "urn:oasis:names:tc:SAML:2.0:status:Success"
	methodBearer  = "urn:oasis:names:tc:SAML:2.0:cm:bearer"

	// mostBytes and mostDepth bound the work that a stranger can cause. A real
	// response has about 10 KB and a depth of 8.
	mostBytes = 256 << 10
	mostDepth = 32
)

// Response is a parsed response. Nothing in it is verified yet.
type Response struct {
	root      *etree.Element
	assertion *etree.Element // nil when there is none
}

// Parse reads the SAMLResponse parameter of a form post. What is not one whole
// SAML 2.0 response with at most one assertion is refused as malformed.
func Parse(parameter string) (*Response, error) {
	if len(parameter) > 2*mostBytes {
		return nil, Refuse(Malformed, "the response is larger than %d KB", mostBytes>>10)
	}
	raw, err := base64.StdEncoding.DecodeString(strings.Map(dropSpace, parameter))
	if err != nil {
		return nil, Refuse(Malformed, "the SAMLResponse parameter is not base64")
	}
	if err := scan(raw); err != nil {
		return nil, Refuse(Malformed, "the response is not acceptable XML: %v", err)
	}
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(raw); err != nil {
		return nil, Refuse(Malformed, "the response is not XML: %v", err)
	}
	return shape(doc.Root())
}

// InResponseTo is the id of the request that the response claims to answer, ""
// when it claims none. It is not verified: good for looking the request up,
// not for trusting it.
func (r *Response) InResponseTo() string {
	if id := r.root.SelectAttrValue("InResponseTo", ""); id != "" || r.assertion == nil {
		return id
	}
	for _, data := range descendants(r.assertion, nsAssertion, "SubjectConfirmationData") {
		if id := data.SelectAttrValue("InResponseTo", ""); id != "" {
			return id
		}
	}
	return ""
}

// scan refuses what no SAML message needs and attacks are made of: document
// types, processing instructions, deep nesting, more than one root.
func scan(raw []byte) error {
	if len(raw) > mostBytes {
		return errors.New("it is too large")
	}
	d := xml.NewDecoder(bytes.NewReader(raw))
	depth, roots := 0, 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			if roots != 1 {
				return errors.New("it has no single root element")
			}
			return nil
		}
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if depth == 0 {
				roots++
			}
			if depth++; depth > mostDepth {
				return errors.New("it is nested too deeply")
			}
		case xml.EndElement:
			depth--
		case xml.Directive:
			return errors.New("it has a document type")
		case xml.ProcInst:
			if t.Target != "xml" || depth > 0 || roots > 0 {
				return errors.New("it has a processing instruction")
			}
		case xml.CharData:
			if depth == 0 && len(bytes.TrimSpace(t)) > 0 {
				return errors.New("it has text outside its root element")
			}
		}
	}
}

// shape checks what has to be true before a signature is looked at, so that no
// second assertion and no second bearer of an ID can hide anywhere.
func shape(root *etree.Element) (*Response, error) {
	if !is(root, nsProtocol, "Response") {
		return nil, Refuse(Malformed, "the message is <%s>, not a SAML 2.0 response", root.Tag)
	}
	if v := root.SelectAttrValue("Version", ""); v != "2.0" {
		return nil, Refuse(Malformed, "the response has the SAML version %q, not 2.0", v)
	}
	if err := uniqueIDs(root); err != nil {
		return nil, err
	}
	if len(children(root, nsAssertion, "EncryptedAssertion")) > 0 || len(descendants(root, nsXMLEnc, "EncryptedData")) > 0 {
		return nil, Refuse(Malformed, "the assertion is encrypted, and this service provider has no decryption key")
	}
	all, direct := descendants(root, nsAssertion, "Assertion"), children(root, nsAssertion, "Assertion")
	if len(all) > 1 || len(all) != len(direct) {
		return nil, Refuse(Malformed, "the response must hold one assertion as its direct child, and holds %d", len(all))
	}
	r := &Response{root: root}
	if len(direct) == 1 {
		r.assertion = direct[0]
	}
	return r, nil
}

func uniqueIDs(root *etree.Element) error {
	seen := map[string]bool{}
	var err error
	walk(root, func(el *etree.Element) {
		for _, a := range el.Attr {
			if a.Space == "" && a.Key == "ID" {
				if a.Value == "" || seen[a.Value] {
					err = Refuse(Malformed, "the ID %q is empty or used twice in the response", a.Value)
				}
				seen[a.Value] = true
			}
		}
	})
	return err
}

func dropSpace(r rune) rune {
	switch r {
	case ' ', '\t', '\r', '\n':
		return -1
	}
	return r
}

func is(el *etree.Element, namespace, tag string) bool {
	return el != nil && el.Tag == tag && el.NamespaceURI() == namespace
}

func walk(el *etree.Element, visit func(*etree.Element)) {
	visit(el)
	for _, child := range el.ChildElements() {
		walk(child, visit)
	}
}

func children(el *etree.Element, namespace, tag string) []*etree.Element {
	var found []*etree.Element
	for _, child := range el.ChildElements() {
		if is(child, namespace, tag) {
			found = append(found, child)
		}
	}
	return found
}

func descendants(el *etree.Element, namespace, tag string) []*etree.Element {
	var found []*etree.Element
	walk(el, func(d *etree.Element) {
		if is(d, namespace, tag) {
			found = append(found, d)
		}
	})
	return found
}

// only returns the single child of that name, nil when there is none, and
// refuses several, of which different readers would take different ones.
func only(el *etree.Element, namespace, tag string) (*etree.Element, error) {
	found := children(el, namespace, tag)
	switch len(found) {
	case 0:
		return nil, nil
	case 1:
		return found[0], nil
	}
	return nil, Refuse(Malformed, "<%s> holds %d <%s> elements", el.Tag, len(found), tag)
}

// text is verbatim without the white space around it.
func text(el *etree.Element) string { return strings.TrimSpace(verbatim(el)) }

// verbatim joins all character data of an element. The library's own Text
// stops at the first comment, which would turn one address into another.
func verbatim(el *etree.Element) string {
	var b strings.Builder
	for _, token := range el.Child {
		if data, ok := token.(*etree.CharData); ok {
			b.WriteString(data.Data)
		}
	}
	return b.String()
}
