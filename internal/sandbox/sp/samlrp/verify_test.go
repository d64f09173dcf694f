package samlrp_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"
	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/sandbox/sp/samlrp"
	"example.com/ssowizard/internal/sandbox/sp/samlrp/samltest"
)

const acsURL = "https://auth.example.com/saml/callback"

var now = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

func trust() samlrp.Trust {
	return samlrp.Trust{ACSURL: acsURL, Audience: "sp-1", Certificate: samltest.First().Certificate, Skew: time.Minute}
}

func verify(r samltest.Response, t samlrp.Trust) (*samlrp.Assertion, error) {
	response, err := samlrp.Parse(r.Encode())
	if err != nil {
		return nil, err
	}
	return response.Verify(t, now)
}

func TestVerifyReturnsWhatTheAssertionSays(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*samltest.Response){
		"both signed":             func(*samltest.Response) {},
		"assertion signed":        func(r *samltest.Response) { r.SignResponse = false },
		"response signed":         func(r *samltest.Response) { r.SignAssertion = false },
		"typed attribute values":  func(r *samltest.Response) { r.Typed = true },
		"typed, assertion signed": func(r *samltest.Response) { r.Typed, r.SignResponse = true, false },
		"typed, response signed":  func(r *samltest.Response) { r.Typed, r.SignAssertion = true, false },
		// Only the key counts; nothing in the response can change which.
		"another certificate embedded": func(r *samltest.Response) {
			r.Key = samltest.Key{Private: samltest.First().Private, Certificate: samltest.Second().Certificate}
		},
		"no certificate embedded": func(r *samltest.Response) { r.KeyInfo = false },
		"no destination, response not signed": func(r *samltest.Response) {
			r.SignResponse, r.Destination = false, ""
		},
		"request confirmed by the signed response only": func(r *samltest.Response) { r.ConfirmedRequest = new(string) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := samltest.New(acsURL, "sp-1", "ana@acme.example", now)
			r.InResponseTo, r.Attributes = "_request", map[string]string{"email": "ana@acme.example"}
			change(&r)
			got, err := verify(r, trust())
			if err != nil {
				t.Fatal(err)
			}
			want := &samlrp.Assertion{
				ID: r.AssertionID, Issuer: r.Issuer, NameID: "ana@acme.example", NameIDFormat: r.NameIDFormat,
				Attributes:   []samlrp.Attribute{{Name: "email", Values: []string{"ana@acme.example"}}},
				InResponseTo: "_request", Expires: r.NotOnOrAfter,
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("assertion (-want +got):\n%s", diff)
			}
		})
	}
}

func TestVerifyNamesTheReasonForARefusal(t *testing.T) {
	t.Parallel()
	other := "_other"
	tests := []struct {
		name   string
		change func(*samltest.Response)
		want   samlrp.Code
	}{
		{"nothing signed", func(r *samltest.Response) { r.SignResponse, r.SignAssertion = false, false }, samlrp.Unsigned},
		{"signed by somebody else", func(r *samltest.Response) { r.Key = samltest.Second() }, samlrp.CertificateMismatch},
		{"signed by somebody else, no certificate", func(r *samltest.Response) { r.Key, r.KeyInfo = samltest.Second(), false }, samlrp.BadSignature},
		{"forged certificate beside the signature", func(r *samltest.Response) {
			r.Key = samltest.Key{Private: samltest.Second().Private, Certificate: samltest.First().Certificate}
		}, samlrp.BadSignature},
		{"name changed after signing", func(r *samltest.Response) {
			r.Signed = func(root *etree.Element) { root.FindElement("//NameID").SetText("ben@acme.example") }
		}, samlrp.BadSignature},
		{"name changed, only the response signed", func(r *samltest.Response) {
			r.SignAssertion = false
			r.Signed = func(root *etree.Element) { root.FindElement("//NameID").SetText("ben@acme.example") }
		}, samlrp.BadSignature},
		{"destination changed after signing", func(r *samltest.Response) {
			r.Signed = func(root *etree.Element) { root.CreateAttr("Destination", acsURL+"/") }
		}, samlrp.BadSignature},
		{"status", func(r *samltest.Response) { r.Status = "urn:oasis:names:tc:SAML:2.0:status:Responder" }, samlrp.StatusNotSuccess},
		{"destination", func(r *samltest.Response) { r.Destination = acsURL + "/" }, samlrp.WrongDestination},
		{"destination missing in a signed response", func(r *samltest.Response) { r.Destination = "" }, samlrp.WrongDestination},
		{"recipient", func(r *samltest.Response) { r.Recipient = acsURL + "/" }, samlrp.WrongRecipient},
		{"audience in another case", func(r *samltest.Response) { r.Audience = "SP-1" }, samlrp.WrongAudience},
		{"audience with a space", func(r *samltest.Response) { r.Audience = "sp-1 " }, samlrp.WrongAudience},
		{"no audience", func(r *samltest.Response) {
			r.Unsigned = func(root *etree.Element) {
				c := root.FindElement("//Conditions")
				c.RemoveChild(c.SelectElement("AudienceRestriction"))
			}
		}, samlrp.WrongAudience},
		{"one of two restrictions without us", func(r *samltest.Response) {
			r.Unsigned = func(root *etree.Element) {
				root.FindElement("//Conditions").CreateElement("saml2:AudienceRestriction").CreateElement("saml2:Audience").SetText("else")
			}
		}, samlrp.WrongAudience},
		{"over", func(r *samltest.Response) { r.NotOnOrAfter = now.Add(-time.Minute) }, samlrp.Expired},
		{"not yet", func(r *samltest.Response) { r.NotBefore = now.Add(time.Minute + time.Second) }, samlrp.NotYetValid},
		{"no end", func(r *samltest.Response) {
			r.Unsigned = func(root *etree.Element) { root.FindElement("//SubjectConfirmationData").RemoveAttr("NotOnOrAfter") }
		}, samlrp.Malformed},
		{"session at the identity provider over", func(r *samltest.Response) {
			r.Unsigned = func(root *etree.Element) {
				root.FindElement("//AuthnStatement").CreateAttr("SessionNotOnOrAfter", "2026-03-04T05:00:00Z")
			}
		}, samlrp.Expired},
		{"assertion for another request", func(r *samltest.Response) { r.InResponseTo, r.ConfirmedRequest = "_request", &other }, samlrp.UnknownRequest},
		{"unsolicited assertion in an unsigned answer", func(r *samltest.Response) {
			r.SignResponse, r.InResponseTo, r.ConfirmedRequest = false, "_request", new(string)
		}, samlrp.UnknownRequest},
		{"no NameID", func(r *samltest.Response) { r.NameID = "" }, samlrp.Malformed},
		{"no issuer", func(r *samltest.Response) { r.Issuer = "" }, samlrp.Malformed},
		{"holder of key only", func(r *samltest.Response) {
			r.Unsigned = func(root *etree.Element) {
				root.FindElement("//SubjectConfirmation").CreateAttr("Method", "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key")
			}
		}, samlrp.Malformed},
		{"no assertion", func(r *samltest.Response) {
			r.SignAssertion = false
			r.Unsigned = func(root *etree.Element) { root.RemoveChild(root.SelectElement("Assertion")) }
		}, samlrp.Malformed},
		{"encrypted assertion", func(r *samltest.Response) {
			r.Unsigned = func(root *etree.Element) {
				e := root.CreateElement("saml2:EncryptedAssertion")
				e.CreateAttr("xmlns:saml2", "urn:oasis:names:tc:SAML:2.0:assertion")
			}
		}, samlrp.Malformed},
		{"SAML 1.1", func(r *samltest.Response) {
			r.Unsigned = func(root *etree.Element) { root.CreateAttr("Version", "1.1") }
		}, samlrp.Malformed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := samltest.New(acsURL, "sp-1", "ana@acme.example", now)
			tt.change(&r)
			_, err := verify(r, trust())
			wantCode(t, err, tt.want)
		})
	}
}

func wantCode(t *testing.T, err error, want samlrp.Code) {
	t.Helper()
	var refusal *samlrp.Refusal
	if !errors.As(err, &refusal) {
		t.Fatalf("got the error %v, want a refusal with %s", err, want)
	}
	if refusal.Code != want {
		t.Errorf("code = %s (%s), want %s", refusal.Code, refusal.Message, want)
	}
}

func TestClockSkewIsAllowedUpToItsEnd(t *testing.T) {
	t.Parallel()
	r := samltest.New(acsURL, "sp-1", "ana@acme.example", now)
	r.NotBefore, r.NotOnOrAfter = now.Add(time.Minute), now.Add(2*time.Minute)
	if _, err := verify(r, trust()); err != nil {
		t.Errorf("a minute early: %v", err)
	}
	r.NotBefore, r.NotOnOrAfter = now.Add(-time.Hour), now.Add(-time.Minute+time.Second)
	if _, err := verify(r, trust()); err != nil {
		t.Errorf("a second before the skew ends: %v", err)
	}
}

func TestIssuerIsComparedOnlyWhereOneIsStored(t *testing.T) {
	t.Parallel()
	r := samltest.New(acsURL, "sp-1", "ana@acme.example", now)
	with := trust()
	with.Issuer = r.Issuer
	if _, err := verify(r, with); err != nil {
		t.Error(err)
	}
	with.Issuer = "https://www.okta.com/exk1"
	_, err := verify(r, with)
	wantCode(t, err, samlrp.WrongIssuer)
}

// Every arrangement holds the genuine signed assertion of ana and one for ben
// that nobody signed. None may be accepted at all.
func TestWrappedSignaturesAreRefused(t *testing.T) {
	t.Parallel()
	forge := func(genuine *etree.Element) *etree.Element {
		forged := genuine.Copy()
		forged.CreateAttr("ID", "forged")
		forged.FindElement("./Subject/NameID").SetText("ben@acme.example")
		forged.RemoveChild(forged.SelectElement("Signature"))
		return forged
	}
	type arrangement = func(root, genuine *etree.Element)
	arrangements := map[samlrp.Code]map[string]arrangement{samlrp.Malformed: {
		"forged beside genuine": func(root, genuine *etree.Element) { root.InsertChildAt(genuine.Index(), forge(genuine)) },
		"genuine in extensions": func(root, genuine *etree.Element) {
			forged := forge(genuine)
			root.RemoveChild(genuine)
			root.CreateElement("saml2p:Extensions").AddChild(genuine)
			root.AddChild(forged)
		},
		"genuine in the forged one's signature": func(root, genuine *etree.Element) {
			forged, sig := forge(genuine), genuine.SelectElement("Signature")
			root.RemoveChild(genuine)
			genuine.RemoveChild(sig)
			sig.CreateElement("ds:Object").AddChild(genuine)
			forged.InsertChildAt(1, sig)
			root.AddChild(forged)
		},
		"same ID": func(root, genuine *etree.Element) {
			forged := forge(genuine)
			forged.CreateAttr("ID", genuine.SelectAttrValue("ID", ""))
			root.AddChild(forged)
		},
		"ID used twice": func(root, genuine *etree.Element) {
			root.CreateElement("saml2p:Extensions").CreateAttr("ID", genuine.SelectAttrValue("ID", ""))
		},
		"whole genuine response inside": func(root, genuine *etree.Element) {
			inner := root.Copy()
			root.RemoveChild(genuine)
			root.CreateAttr("ID", "outer")
			root.CreateElement("saml2p:Extensions").AddChild(inner)
			root.AddChild(forge(genuine))
		},
	}, samlrp.BadSignature: {
		"signature elsewhere": func(root, genuine *etree.Element) {
			root.CreateElement("saml2p:Extensions").AddChild(genuine.SelectElement("Signature").Copy())
		},
		"forged takes the signature over": func(root, genuine *etree.Element) {
			forged, sig := forge(genuine), genuine.SelectElement("Signature").Copy()
			root.RemoveChild(genuine)
			forged.InsertChildAt(1, sig)
			root.AddChild(forged)
		},
		"signature of the assertion on the response": func(root, genuine *etree.Element) {
			sig := genuine.SelectElement("Signature")
			genuine.RemoveChild(sig)
			genuine.FindElement("./Subject/NameID").SetText("ben@acme.example")
			root.InsertChildAt(1, sig)
		},
	}}
	for want, some := range arrangements {
		for name, arrange := range some {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				r := samltest.New(acsURL, "sp-1", "ana@acme.example", now)
				r.SignResponse = false
				r.Signed = func(root *etree.Element) { arrange(root, root.SelectElement("Assertion")) }
				_, err := verify(r, trust())
				wantCode(t, err, want)
			})
		}
	}
}

// A comment is outside what exclusive canonicalisation signs, so it can be put
// into a genuine response. It must not shorten the name.
func TestACommentDoesNotSplitTheNameID(t *testing.T) {
	t.Parallel()
	r := samltest.New(acsURL, "sp-1", "ana@acme.example.evil.example", now)
	raw := strings.Replace(string(r.XML()), "ana@acme.example.evil", "ana@acme.example<!-- -->.evil", 1)
	response, err := samlrp.Parse(base64.StdEncoding.EncodeToString([]byte(raw)))
	if err != nil {
		t.Fatal(err)
	}
	got, err := response.Verify(trust(), now)
	if err != nil {
		t.Fatal(err)
	}
	if got.NameID != "ana@acme.example.evil.example" {
		t.Errorf("NameID = %q", got.NameID)
	}
}

func TestParseRefusesWhatIsNoResponse(t *testing.T) {
	t.Parallel()
	good := string(samltest.New(acsURL, "sp-1", "ana@acme.example", now).XML())
	for name, raw := range map[string]string{
		"empty":         "",
		"text":          "hello",
		"other message": strings.NewReplacer("saml2p:Response", "saml2p:LogoutResponse").Replace(good),
		"cut":           good[:len(good)-20],
		"document type": `<!DOCTYPE r [<!ENTITY e "x">]>` + good,
		"two roots":     good + good,
		"deep":          strings.Repeat("<a>", 5000) + strings.Repeat("</a>", 5000),
		"large":         `<a b="` + strings.Repeat("x", 300<<10) + `"/>`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := samlrp.Parse(base64.StdEncoding.EncodeToString([]byte(raw)))
			wantCode(t, err, samlrp.Malformed)
		})
	}
	_, err := samlrp.Parse("%%%")
	wantCode(t, err, samlrp.Malformed)
}

func TestParseTakesBase64WithLineBreaks(t *testing.T) {
	t.Parallel()
	encoded := samltest.New(acsURL, "sp-1", "ana@acme.example", now).Encode()
	if _, err := samlrp.Parse(encoded[:76] + "\r\n" + encoded[76:]); err != nil {
		t.Error(err)
	}
}

func TestMessagesHoldNoControlCharacters(t *testing.T) {
	t.Parallel()
	r := samltest.New(acsURL, "sp-1", "ana@acme.example", now)
	r.Audience = "evil\u202e\u0085n2p" + strings.Repeat("x", 5000)
	_, err := verify(r, trust())
	wantCode(t, err, samlrp.WrongAudience)
	if strings.ContainsAny(err.Error(), "\u202e\u0085") || len(err.Error()) > 2000 {
		t.Errorf("message = %q", err.Error())
	}
}

func FuzzParse(f *testing.F) {
	f.Add(samltest.New(acsURL, "sp-1", "ana@acme.example", now).XML())
	f.Add([]byte(`<Response xmlns="urn:oasis:names:tc:SAML:2.0:protocol" Version="2.0"/>`))
	f.Add([]byte(`<r><![CDATA[x]]><?pi?></r>`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		response, err := samlrp.Parse(base64.StdEncoding.EncodeToString(raw))
		if err != nil {
			wantCode(t, err, samlrp.Malformed)
			return
		}
		response.InResponseTo()
		if a, err := response.Verify(trust(), now); err == nil && a.NameID != "ana@acme.example" {
			t.Errorf("accepted %q, which was never signed", a.NameID)
		}
	})
}
