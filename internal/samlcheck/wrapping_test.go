package samlcheck_test

import (
	"strings"
	"testing"

	"github.com/beevik/etree"

	"example.com/ssowizard/internal/samlcheck"
	"example.com/ssowizard/internal/sso"
)

const victim = "admin@acme.example"

// forged is a copy of el that names the victim, without signatures.
func forged(el *etree.Element, id string) *etree.Element {
	text := serialiseAny(el.Copy())
	text = strings.ReplaceAll(text, person, victim)
	doc := etree.NewDocument()
	must(doc.ReadFromString(text))
	out := doc.Root().Copy()
	for _, sig := range out.FindElements("//Signature") {
		sig.Parent().RemoveChild(sig)
	}
	for _, sig := range out.SelectElements("Signature") {
		out.RemoveChild(sig)
	}
	if id != "" {
		out.CreateAttr("ID", id)
	}
	return out
}

func serialiseAny(el *etree.Element) string {
	doc := etree.NewDocument()
	doc.SetRoot(el)
	text, err := doc.WriteToString()
	must(err)
	return text
}

// Signature wrapping: the signed part stays in the message somewhere, and a
// forged one stands where a reader looks.
func TestVerifyIsNotFooledBySignatureWrapping(t *testing.T) {
	t.Parallel()
	attacks := map[string]func(root *etree.Element, id string) *etree.Element{
		"original response inside the signature of the forged one": func(root *etree.Element, id string) *etree.Element {
			evil, sig := forged(root, id), root.SelectElement("Signature")
			if sig == nil {
				return nil
			}
			sig = sig.Copy()
			sig.AddChild(stripped(root))
			evil.InsertChildAt(1, sig)
			return evil
		},
		"original response beside a detached signature": func(root *etree.Element, id string) *etree.Element {
			evil, sig := forged(root, id), root.SelectElement("Signature")
			if sig == nil {
				return nil
			}
			evil.InsertChildAt(1, stripped(root))
			evil.AddChild(sig.Copy())
			return evil
		},
		"whole original response behind the forged assertion": func(root *etree.Element, id string) *etree.Element {
			evil := forged(root, id)
			evil.AddChild(root.Copy())
			return evil
		},
		"forged assertion first": func(root *etree.Element, id string) *etree.Element {
			a := root.SelectElement("Assertion")
			root.InsertChildAt(a.Index(), forged(a, id))
			return root
		},
		"forged assertion last": func(root *etree.Element, id string) *etree.Element {
			root.AddChild(forged(root.SelectElement("Assertion"), id))
			return root
		},
		"original assertion inside the forged one": func(root *etree.Element, id string) *etree.Element {
			a := root.SelectElement("Assertion")
			evil := forged(a, id)
			root.RemoveChild(a)
			evil.AddChild(a)
			root.AddChild(evil)
			return root
		},
		"forged assertion carries the signature": func(root *etree.Element, id string) *etree.Element {
			a := root.SelectElement("Assertion")
			sig := a.SelectElement("Signature")
			if sig == nil {
				return nil
			}
			evil := forged(a, id)
			a.RemoveChild(sig)
			evil.InsertChildAt(1, sig)
			root.InsertChildAt(a.Index(), evil)
			return root
		},
		"original assertion inside the signature of the forged one": func(root *etree.Element, id string) *etree.Element {
			a := root.SelectElement("Assertion")
			sig := a.SelectElement("Signature")
			if sig == nil {
				return nil
			}
			evil := forged(a, id)
			root.RemoveChild(a)
			a.RemoveChild(sig)
			object := sig.CreateElement("ds:Object")
			object.AddChild(a)
			evil.InsertChildAt(1, sig)
			root.AddChild(evil)
			return root
		},
		"original assertion in the extensions": func(root *etree.Element, id string) *etree.Element {
			a := root.SelectElement("Assertion")
			evil := forged(a, id)
			root.RemoveChild(a)
			root.InsertChildAt(1, etree.NewElement("saml2p:Extensions"))
			root.ChildElements()[1].AddChild(a)
			root.AddChild(evil)
			return root
		},
		"forged assertion in the extensions": func(root *etree.Element, id string) *etree.Element {
			ext := etree.NewElement("saml2p:Extensions")
			ext.AddChild(forged(root.SelectElement("Assertion"), id))
			root.InsertChildAt(1, ext)
			return root
		},
		"forged assertion under another namespace": func(root *etree.Element, id string) *etree.Element {
			evil := forged(root.SelectElement("Assertion"), id)
			evil.CreateAttr("xmlns:saml2", "urn:example:other")
			root.AddChild(evil)
			return root
		},
		"signed text with the subject exchanged": func(root *etree.Element, _ string) *etree.Element {
			for _, el := range root.FindElements("//NameID") {
				el.SetText(victim)
			}
			return root
		},
		"signature of the assertion moved to the response": func(root *etree.Element, id string) *etree.Element {
			a := root.SelectElement("Assertion")
			sig := a.SelectElement("Signature")
			if sig == nil {
				return nil
			}
			evil := forged(root, id)
			evil.InsertChildAt(1, sig.Copy())
			return evil
		},
	}
	for name, attack := range attacks {
		for kind, a := range map[string]answer{
			"both signed":      {},
			"response signed":  {unsignedAssertion: true},
			"assertion signed": {unsignedResponse: true},
		} {
			for _, id := range []string{"", "id9999999999"} {
				t.Run(name+"/"+kind+"/"+id, func(t *testing.T) {
					t.Parallel()
					doc := etree.NewDocument()
					must(doc.ReadFromBytes(a.xml(t)))
					root := attack(doc.Root().Copy(), id)
					if root == nil {
						t.Skip("nothing to move")
					}
					e := expect()
					e.ResponseSigned, e.AssertionSigned = !a.unsignedResponse, !a.unsignedAssertion
					e.Email = victim
					e.Attributes = nil
					findings := samlcheck.Verify([]byte(serialiseAny(root)), e)
					if sso.AllOK(findings) {
						t.Fatalf("accepted for the victim: %+v", findings)
					}
					bad := strings.Join(failed(findings), " ")
					if !strings.Contains(bad, "well_formed") && !strings.Contains(bad, "signature") {
						t.Errorf("only %q failed", bad)
					}
				})
			}
		}
	}
}

func stripped(el *etree.Element) *etree.Element {
	out := el.Copy()
	for _, sig := range out.SelectElements("Signature") {
		out.RemoveChild(sig)
	}
	return out
}

func TestVerifyRefusesDoubtfulIDs(t *testing.T) {
	t.Parallel()
	for name, tamper := range map[string]func(string) string{
		"assertion has the response's ID": replace("id2222222222", "id1111111111"),
		"an ID twice":                     replace(`<saml2:NameID `, `<saml2:NameID ID="id2222222222" `),
		"in other letters":                replace(`<saml2:NameID `, `<saml2:NameID Id="id2222222222" `),
		"two IDs on the assertion":        replace(`ID="id2222222222"`, `ID="id2222222222" id="id3"`),
		"an ID of a namespace":            replace(`ID="id2222222222"`, `xs:ID="id3" ID="id2222222222"`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := find(t, samlcheck.Verify(answer{tamper: tamper}.xml(t), expect()), "well_formed")
			if f.OK || !strings.Contains(f.Got, "ID") {
				t.Errorf("well_formed is %+v", f)
			}
		})
	}
}

func TestVerifyRefusesPartsInUnexpectedPlaces(t *testing.T) {
	t.Parallel()
	signature := func(s string) string {
		return s[strings.Index(s, "<ds:Signature ") : strings.Index(s, "</ds:Signature>")+len("</ds:Signature>")]
	}
	for name, c := range map[string]struct {
		tamper func(string) string
		code   string
		got    string
	}{
		"signature in the status": {func(s string) string {
			return strings.Replace(s, "</saml2p:Status>", signature(s)+"</saml2p:Status>", 1)
		}, "well_formed", "Signature in an unexpected place"},
		"two signatures of the response": {func(s string) string {
			return strings.Replace(s, "<ds:Signature ", signature(s)+"<ds:Signature ", 1)
		}, "response_signature", "more than one signature"},
		"signature about the assertion": {replace("#id1111111111", "#id2222222222"), "response_signature", "not about this element"},
		"signature about everything":    {replace("#id1111111111", ""), "response_signature", "not about this element"},
		"signature about a longer ID":   {replace("#id1111111111", "_id1111111111"), "response_signature", "not about this element"},
		"assertion in the status": {func(s string) string {
			i, end := strings.Index(s, "<saml2:Assertion"), "</saml2:Assertion>"
			j := strings.Index(s, end) + len(end)
			return strings.Replace(s[:i]+s[j:], "</saml2p:Status>", s[i:j]+"</saml2p:Status>", 1)
		}, "well_formed", "Signature in an unexpected place"},
		"assertion of another namespace": {replace(`<saml2:Assertion xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion"`, `<saml2:Assertion xmlns:saml2="urn:example:x"`),
			"well_formed", "Assertion in an unexpected place"},
		"Destination of another namespace": {replace(` Destination="`, ` xs:Destination="`), "destination", "not given"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := find(t, samlcheck.Verify(answer{tamper: c.tamper}.xml(t), expect()), c.code)
			if f.OK || !strings.Contains(f.Got, c.got) {
				t.Errorf("%s is %+v, want %q", c.code, f, c.got)
			}
		})
	}
	in := answer{unsignedAssertion: true, unsignedResponse: true, tamper: func(s string) string {
		return replace("<saml2:Assertion", "<saml2p:Extensions><saml2:Assertion")(replace("</saml2:Assertion>", "</saml2:Assertion></saml2p:Extensions>")(s))
	}}.xml(t)
	if f := find(t, samlcheck.Verify(in, expect()), "well_formed"); f.OK || !strings.Contains(f.Got, "Assertion in an unexpected place") {
		t.Errorf("a hidden assertion gives %+v", f)
	}
}
