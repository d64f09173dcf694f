package catalog_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

const post = `Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"`

// metadata is that of an SP with these elements in its role.
func metadata(inner string) string {
	return `<?xml version="1.0" encoding="UTF-8"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="https://Voice.example/saml/metadata">
 <md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:1.1:protocol urn:oasis:names:tc:SAML:2.0:protocol">` +
		inner + `</md:SPSSODescriptor>
 <md:Organization><md:OrganizationDisplayName xml:lang="en"> Voice &amp; Co </md:OrganizationDisplayName></md:Organization>
</md:EntityDescriptor>`
}

func acs(location, attributes string) string {
	return fmt.Sprintf(`<md:AssertionConsumerService Location=%q %s/>`, location, attributes)
}

func imported(t *testing.T, text, name string) (*catalog.Profile, []string) {
	t.Helper()
	data, notes, err := catalog.ImportSPMetadata(strings.NewReader(text), name)
	if err != nil {
		t.Fatal(err)
	}
	p, err := catalog.ParseProfile("imported.yaml", data)
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	return p, notes
}

func TestImportedProfileHasWhatTheMetadataSays(t *testing.T) {
	t.Parallel()
	p, notes := imported(t, metadata(
		`<md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>
`+base64.StdEncoding.EncodeToString(certificateDER(t))+`
</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
<md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://voice.example/slo"/>
<md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:persistent</md:NameIDFormat>
<md:NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress</md:NameIDFormat>`+
			acs("https://voice.example/acs", post+` index="0"`)+
			`<md:AttributeConsumingService index="0"><md:ServiceName xml:lang="en">x</md:ServiceName>
<md:RequestedAttribute Name="urn:oid:0.9.2342.19200300.100.1.3" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri" FriendlyName="mail" isRequired="true"/>
<md:RequestedAttribute Name="First_Name"/>
<md:RequestedAttribute Name="costCenter" isRequired="true"/>
</md:AttributeConsumingService>`), "")
	app, err := p.WantedApp("", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := samlApp("Voice & Co", "https://voice.example/acs", "https://Voice.example/saml/metadata", func(a *sso.App) {
		a.SAML.Attributes = []sso.AttributeStatement{
			{Name: "urn:oid:0.9.2342.19200300.100.1.3", Format: sso.AttrURI, Values: []string{"user.email"}},
			{Name: "First_Name", Format: sso.AttrUnspec, Values: []string{"user.firstName"}}}
	})
	if diff := cmp.Diff(want, app); diff != "" {
		t.Error(diff)
	}
	if p.ID != "voice-co" || p.Name != "Voice & Co" || p.Proof != catalog.ProofResponse {
		t.Errorf("id %q, name %q, proof %q", p.ID, p.Name, p.Proof)
	}
	all := strings.Join(notes, "\n")
	for _, part := range []string{"Single Logout is offered at https://voice.example/slo (HTTP-Redirect)", "Certificate of the service provider for signing: SHA-256 ",
		"until 2033-05-18", "costCenter is required", "First_Name = user.firstName"} {
		if !strings.Contains(all, part) {
			t.Errorf("the notes do not say %q:\n%s", part, all)
		}
	}
	if strings.Contains(all, "NameID format") {
		t.Errorf("a note on the NameID format, which is the usual one:\n%s", all)
	}
}

func TestImportChoosesTheACSURL(t *testing.T) {
	t.Parallel()
	a, b, c := "https://voice.example/a", "https://voice.example/b", "https://voice.example/c"
	tests := []struct{ name, inner, want, note string }{
		{"one", acs(a, post), a, ""},
		{"the default", acs(a, post+` index="0"`) + acs(b, post+` index="1" isDefault="true"`), b, "Not used: https://voice.example/a (index 0)"},
		{"the default as a number", acs(a, post+` index="0"`) + acs(b, post+` index="1" isDefault=" 1 "`), b, "2 ACS URLs"},
		{"the first in the document", acs(a, post+` index="7"`) + acs(b, post+` index="2"`) + acs(c, post), a, "3 ACS URLs"},
		{"not one that is no default", acs(a, post+` index="0" isDefault="false"`) + acs(b, post+` index="1"`), b, "2 ACS URLs"},
		{"no default at all", acs(a, post+` index="0" isDefault="false"`) + acs(b, post+` index="1" isDefault="false"`), a, "2 ACS URLs"},
		{"a default with another binding", acs(a, `Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact" isDefault="true"`) + acs(b, post), b, "binding HTTP-Artifact"},
		{"not a web address", acs("javascript:alert(1)", post) + acs(b, post), b, "no usable web address"},
		{"the same twice", acs(a, post+` index="0"`) + acs(a, post+` index="1"`), a, ""},
		{"plain http", acs("http://voice.example/a", post) + acs(b, post), b, "http://voice.example/a\", which is not https"},
		{"plain http on this machine", acs("http://localhost:8080/a", post), "http://localhost:8080/a", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, notes := imported(t, metadata(tt.inner), "")
			all := strings.Join(notes, "\n")
			if p.App.ACSURL != tt.want || !strings.Contains(all, tt.note) || (tt.note == "" && all != "") {
				t.Errorf("%s, notes %q", p.App.ACSURL, notes)
			}
		})
	}
}

func TestMetadataThatIsNoUseIsRefused(t *testing.T) {
	t.Parallel()
	good := metadata(acs("https://voice.example/acs", post))
	bomb := `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>`
	tests := []struct{ name, text, says string }{
		{"nothing", "  \n", "empty"},
		{"no XML", "https://voice.example/metadata", "not XML"},
		{"broken XML", good[:len(good)-30], "not XML"},
		{"no ACS URL", metadata(""), "has no ACS URL"},
		{"no usable ACS URL", metadata(acs("https://voice.example/a", `Binding="urn:x:PAOS"`)), "none of its 1 ACS URLs takes a POST"},
		{"plain http alone", metadata(acs("http://voice.example/a", post)), "begins with https://"},
		{"document type with entities", strings.Replace(good, "<md:Entity", bomb+"<md:Entity", 1), "document type"},
		{"document type alone", strings.Replace(good, "<md:Entity", `<!DOCTYPE x SYSTEM "file:///etc/passwd"><md:Entity`, 1), "document type"},
		{"entity that nobody defined", strings.Replace(good, "https://Voice", "&evil;", 1), "not XML"},
		{"a web page", "<html><head></head><body>Sign in</body></html>", "a web page"},
		{"something else", "<a/>", `the root element is "a"`},
		{"the identity provider's", strings.ReplaceAll(good, "SPSSO", "IDPSSO"), "metadata of an identity provider"},
		{"no role", strings.ReplaceAll(good, "SPSSO", "PDP"), "describes no service provider"},
		{"SAML 1.1 only", strings.Replace(good, " urn:oasis:names:tc:SAML:2.0:protocol", "", 1), "does not speak SAML 2.0"},
		{"no entity ID", strings.Replace(good, `entityID="https://Voice.example/saml/metadata"`, "", 1), "no entityID"},
		{"placeholder as entity ID", strings.Replace(good, "https://Voice.example", "{{ .Input.x }}", 1), "cannot be used"},
		{"another namespace", strings.Replace(good, "2.0:metadata", "1.0:metadata", 1), "not EntityDescriptor of SAML 2.0"},
		{"two service providers", `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">` +
			strings.Repeat(strings.SplitN(good, "\n", 2)[1], 2) + `</md:EntitiesDescriptor>`, "describes 2 service providers"},
		{"too large", good + strings.Repeat(" ", 1<<20) + "<!-- -->", "larger than"},
		{"too deep", strings.Repeat("<a>", 100) + strings.Repeat("</a>", 100), "nested deeper"},
		{"two roots", good + "<a/>", "more than one root"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := catalog.ImportSPMetadata(strings.NewReader(tt.text), "")
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Fatalf("error %v, want %q", err, tt.says)
			}
			if hint.CodeOf(err) != hint.Usage || len(hint.Hints(err)) == 0 {
				t.Errorf("code %d, hints %v", hint.CodeOf(err), hint.Hints(err))
			}
		})
	}
}

func TestImportFindsTheServiceProviderInAList(t *testing.T) {
	t.Parallel()
	one := strings.SplitN(metadata(acs("https://voice.example/acs", post)), "\n", 2)[1]
	idp := strings.ReplaceAll(one, "SPSSO", "IDPSSO")
	p, _ := imported(t, "\xef\xbb\xbf"+`<e:EntitiesDescriptor xmlns:e="urn:oasis:names:tc:SAML:2.0:metadata">`+idp+
		`<e:EntitiesDescriptor>`+one+`</e:EntitiesDescriptor></e:EntitiesDescriptor>`, "My Voice 2")
	if p.ID != "my-voice-2" || p.Name != "My Voice 2" || p.App.ACSURL != "https://voice.example/acs" {
		t.Errorf("id %q, name %q, ACS URL %q", p.ID, p.Name, p.App.ACSURL)
	}
}

func TestMetadataIsReadInTheEncodingsThatItComesIn(t *testing.T) {
	t.Parallel()
	text := strings.Replace(metadata(acs("https://voice.example/acs", post)), " Voice &amp; Co ", "Stimme für alle", 1)
	body := text[strings.Index(text, "<md:"):]
	declared := func(name string) string { return `<?xml version="1.0" encoding="` + name + `"?>` + body }
	encoded := func(e encoding.Encoding, text string) string {
		out, err := e.NewEncoder().String(text)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for name, text := range map[string]string{
		"UTF-8": declared("UTF-8"), "nothing declared": body,
		"UTF-16, low first":           encoded(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), declared("UTF-16")),
		"UTF-16, high first":          encoded(unicode.UTF16(unicode.BigEndian, unicode.UseBOM), declared("utf-16")),
		"UTF-16 without a mark":       encoded(unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), declared("UTF-16LE")),
		"ISO-8859-1":                  encoded(charmap.ISO8859_1, declared("iso-8859-1")),
		"windows-1252, single quotes": encoded(charmap.Windows1252, `<?xml version='1.0' encoding='Windows-1252'?>`+body),
	} {
		if p, _ := imported(t, text, ""); p.Name != "Stimme für alle" {
			t.Errorf("%s: %q", name, p.Name)
		}
	}
	_, _, err := catalog.ImportSPMetadata(strings.NewReader(declared("Shift_JIS")), "")
	if err == nil || !strings.Contains(err.Error(), "in the encoding Shift_JIS, which is not read here; save it as UTF-8") {
		t.Error(err)
	}
}

func TestImportSaysWhatItAssumes(t *testing.T) {
	t.Parallel()
	_, notes := imported(t, strings.Replace(strings.Replace(metadata(`<md:KeyDescriptor use="encryption"><ds:KeyInfo><ds:X509Data>
<ds:X509Certificate>bm9uc2Vuc2U=</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
<md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:transient</md:NameIDFormat>`+acs("https://voice.example/acs", post)),
		"<md:SPSSODescriptor", `<md:SPSSODescriptor AuthnRequestsSigned="true" WantAssertionsSigned="1"`, 1),
		"entityID", `validUntil="2030-01-02T00:00:00Z" entityID`, 1), "")
	all := strings.Join(notes, "\n")
	for _, part := range []string{"(encryption) cannot be read", "NameID format Transient", "signs its requests", "wants signed assertions", "valid until 2030-01-02"} {
		if !strings.Contains(all, part) {
			t.Errorf("the notes do not say %q:\n%s", part, all)
		}
	}
}

func FuzzImportSPMetadata(f *testing.F) {
	f.Add([]byte(metadata(acs("https://voice.example/acs", post+` index="1" isDefault="true"`)+`<md:NameIDFormat>x</md:NameIDFormat>
<md:AttributeConsumingService><md:RequestedAttribute Name="mail"/></md:AttributeConsumingService>`)), "x")
	f.Add([]byte(`<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`), "")
	f.Fuzz(func(t *testing.T, data []byte, name string) {
		out, notes, err := catalog.ImportSPMetadata(bytes.NewReader(data), name)
		for _, text := range append(notes, errText(err)) {
			if sso.PlainText(text, 0) != strings.Join(strings.Fields(text), " ") {
				t.Errorf("control characters in %q", text)
			}
		}
		if err != nil {
			return
		}
		p, err := catalog.ParseProfile("f.yaml", out)
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if _, err := p.WantedApp("", nil, nil); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	})
}
