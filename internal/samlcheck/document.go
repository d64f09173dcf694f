package samlcheck

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/beevik/etree"
	xrv "github.com/mattermost/xml-roundtrip-validator"
)

// Bounds of what is looked at. Okta's answers have some ten kilobytes, with
// hundreds of groups some hundred.
const (
	maxBytes    = 2 << 20
	maxDepth    = 64
	maxElements = 20000
)

const (
	nsProtocol  = "urn:oasis:names:tc:SAML:2.0:protocol"
	nsAssertion = "urn:oasis:names:tc:SAML:2.0:assertion"
	nsDSig      = "http://www.w3.org/2000/09/xmldsig#"

	statusSuccess = "urn:oasis:names:tc:SAML:2.0:status:Success"
	methodBearer  = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
	unspecified   = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
)

const noAssertion = "no Assertion"

// document is a response whose shape leaves one reading only.
type document struct {
	response  *etree.Element
	assertion *etree.Element // nil when there is none to read
	missing   string         // why there is none, "" otherwise
}

// parse reads a response. It refuses whatever two XML readers, or a reader and
// a signature, could understand differently: document types, processing
// instructions, repeated IDs, a second assertion anywhere, signatures in odd
// places.
func parse(text []byte) (*document, error) {
	if err := scan(text); err != nil {
		return nil, err
	}
	tree := etree.NewDocument()
	if err := tree.ReadFromBytes(text); err != nil {
		return nil, fmt.Errorf("the XML cannot be read: %w", err)
	}
	root := tree.Root()
	if root == nil {
		return nil, errors.New("no XML element")
	}
	if root.Tag != "Response" || root.NamespaceURI() != nsProtocol {
		return nil, errors.New(describeRoot(root))
	}
	if v := attr(root, "Version"); v != "2.0" {
		return nil, fmt.Errorf("version %q of SAML", v)
	}
	if err := checkIDs(root); err != nil {
		return nil, err
	}
	return findAssertion(root)
}

// scan bounds the text and refuses what has no place in a SAML message, before
// a tree is built of it.
func scan(text []byte) error {
	switch {
	case len(bytes.TrimSpace(text)) == 0:
		return errors.New("nothing was received")
	case len(text) > maxBytes:
		return fmt.Errorf("%d bytes are too much for a response", len(text))
	case !utf8.Valid(text):
		return errors.New("the text is not UTF-8")
	}
	decoder := xml.NewDecoder(bytes.NewReader(text))
	depth, elements := 0, 0
	for {
		token, err := decoder.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("the XML cannot be read: %w", err)
		}
		switch t := token.(type) {
		case xml.Directive:
			return errors.New("a document type declaration, which a SAML message must not have")
		case xml.ProcInst:
			if t.Target != "xml" || elements > 0 {
				return errors.New("a processing instruction, which a SAML message must not have")
			}
		case xml.StartElement:
			depth++
			elements++
		case xml.EndElement:
			depth--
		}
		if depth > maxDepth || elements > maxElements {
			return errors.New("too deeply nested, or too many elements")
		}
	}
	// Some XML changes its meaning when Go's encoding/xml writes it back, which
	// would let what was signed and what is read differ.
	if err := xrv.Validate(bytes.NewReader(text)); err != nil {
		return errors.New("XML that cannot be read without doubt")
	}
	return nil
}

func describeRoot(root *etree.Element) string {
	switch {
	case strings.EqualFold(root.Tag, "html"):
		return "a web page, not a SAML response"
	case root.Tag == "Response":
		return fmt.Sprintf("a Response of another kind, namespace %q", root.NamespaceURI())
	}
	return fmt.Sprintf("the XML is a %q, not a SAML response", root.Tag)
}

// checkIDs refuses a response in which an ID names two things, or an element
// has two IDs: a signature could be checked for one and the other be read.
func checkIDs(root *etree.Element) error {
	seen := map[string]bool{}
	return walk(root, func(el *etree.Element) error {
		ids := 0
		for _, a := range el.Attr {
			if !strings.EqualFold(a.Key, "id") || a.Space == "xmlns" {
				continue
			}
			ids++
			if seen[a.Value] {
				return fmt.Errorf("the ID %q occurs twice", a.Value)
			}
			seen[a.Value] = true
		}
		if ids > 1 {
			return fmt.Errorf("a %s with %d IDs", el.Tag, ids)
		}
		if el.Tag == "Signature" && !mayBeSigned(el.Parent(), root) {
			return errors.New("a Signature in an unexpected place")
		}
		return nil
	})
}

func mayBeSigned(el, root *etree.Element) bool {
	return el != nil && (el == root || el.Tag == "Assertion" && el.Parent() == root)
}

func findAssertion(root *etree.Element) (*document, error) {
	var assertions, encrypted []*etree.Element
	_ = walk(root, func(el *etree.Element) error {
		switch el.Tag {
		case "Assertion":
			assertions = append(assertions, el)
		case "EncryptedAssertion":
			encrypted = append(encrypted, el)
		}
		return nil
	})
	doc := &document{response: root}
	switch {
	case len(assertions)+len(encrypted) > 1:
		return nil, fmt.Errorf("%d assertions, one is wanted", len(assertions)+len(encrypted))
	case len(encrypted) == 1:
		doc.missing = "an EncryptedAssertion, which only the service provider can read"
	case len(assertions) == 0:
		doc.missing = noAssertion
	case assertions[0].Parent() != root || assertions[0].NamespaceURI() != nsAssertion:
		return nil, errors.New("an Assertion in an unexpected place")
	default:
		doc.assertion = assertions[0]
	}
	return doc, nil
}

func walk(el *etree.Element, visit func(*etree.Element) error) error {
	if err := visit(el); err != nil {
		return err
	}
	for _, child := range el.ChildElements() {
		if err := walk(child, visit); err != nil {
			return err
		}
	}
	return nil
}

// attr is the value of an attribute without a namespace. etree's own lookup
// takes one of any namespace.
func attr(el *etree.Element, name string) string {
	v, _ := findAttr(el, name)
	return v
}

func findAttr(el *etree.Element, name string) (string, bool) {
	if el != nil {
		for _, a := range el.Attr {
			if a.Space == "" && a.Key == name {
				return a.Value, true
			}
		}
	}
	return "", false
}

func children(el *etree.Element, ns, tag string) []*etree.Element {
	var out []*etree.Element
	if el != nil {
		for _, c := range el.ChildElements() {
			if c.Tag == tag && c.NamespaceURI() == ns {
				out = append(out, c)
			}
		}
	}
	return out
}

// child is the first element at the end of a path of tags, nil without one.
func child(el *etree.Element, ns string, tags ...string) *etree.Element {
	for _, tag := range tags {
		found := children(el, ns, tag)
		if len(found) == 0 {
			return nil
		}
		el = found[0]
	}
	return el
}

// text is the whole text of a node. A comment in the middle, which
// canonicalisation drops, must not cut it short: that would turn
// admin@acme.example<!-- -->.evil.example into somebody else.
func text(el *etree.Element) string {
	var b strings.Builder
	if el != nil {
		for _, token := range el.Child {
			switch t := token.(type) {
			case *etree.CharData:
				b.WriteString(t.Data)
			case *etree.Element:
				b.WriteString(text(t))
			}
		}
	}
	return b.String()
}
