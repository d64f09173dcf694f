package oktaapi

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"

	"example.com/ssowizard/internal/sso"
)

func FuzzParseOrg(f *testing.F) {
	for _, seed := range []string{"acme", "https://acme-admin.okta.com/x", "http://[::1]:7001", "me:pw@acme.okta.com", "bücher.example", "acme.okta.com:443", "//x", "%zz"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		origin, err := ParseOrg(text)
		if err != nil {
			return
		}
		u, err := url.Parse(origin)
		if err != nil || u.Path != "" || u.User != nil || u.RawQuery != "" || u.Host == "" || u.Scheme != "https" && !(u.Scheme == "http" && loopback(u.Hostname())) {
			t.Errorf("%q gives %q", text, origin)
		}
		if again, err := ParseOrg(origin); err != nil || again != origin {
			t.Errorf("%q gives %q, which gives %q, %v", text, origin, again, err)
		}
	})
}

func TestParseLinks(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]link{
		`<https://x/?a=1,2;3>; rel="next"`:             {{"https://x/?a=1,2;3", "next"}},
		`<a>; rel=self, <b>; title="x, y"; rel="next"`: {{"a", "self"}, {"b", "next"}},
		`<a>; REL="NEXT prev"`:                         {{"a", "next"}, {"a", "prev"}},
		`<a>`:                                          nil,
		`<a; rel="next"`:                               nil,
		`garbage`:                                      nil,
		`<a>;rel="next`:                                {{"a", "next"}},
		strings.Repeat(`<`, 10) + `>; rel="next"`:      {{strings.Repeat(`<`, 9), "next"}},
		`<https://x?after=1>; rel="self",<https://x>;rel=next`: {{"https://x?after=1", "self"}, {"https://x", "next"}},
	} {
		if diff := cmp.Diff(want, parseLinks([]string{text}), cmp.AllowUnexported(link{})); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}

func FuzzLinks(f *testing.F) {
	f.Add(`<https://x/api/v1/apps?after=0oa1&limit=200>; rel="next"`)
	f.Add(`<a>; rel="self", <b?x>; rel="next"`)
	f.Fuzz(func(t *testing.T, text string) {
		query, err := nextQuery([]string{text})
		if err != nil && query != nil {
			t.Error("both a query and an error")
		}
		for _, l := range parseLinks([]string{text}) {
			if !strings.Contains(text, "<"+l.target+">") {
				t.Errorf("%q is no target in %q", l.target, text)
			}
		}
	})
}

func FuzzMetadata(f *testing.F) {
	f.Add([]byte(`<md:EntityDescriptor entityID="x" xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"><md:IDPSSODescriptor><md:KeyDescriptor/><md:SingleSignOnService Binding="a:HTTP-POST" Location="https://x/exk12345"/></md:IDPSSODescriptor></md:EntityDescriptor>`))
	f.Add([]byte(`<?xml version="1.0" encoding="ISO-8859-1"?><a>` + "\xe9" + `</a>`))
	f.Fuzz(func(t *testing.T, text []byte) {
		v, err := readMetadata(text)
		if err == nil && (v.Issuer == "" || v.SSOURL == "" || len(v.Certificate) == 0) {
			t.Errorf("incomplete values %+v", v)
		}
	})
}

// FuzzUpdate checks, for any app, that an update makes it what was wanted and
// that a second one then finds nothing to do.
func FuzzUpdate(f *testing.F) {
	f.Add(`{"id":"1","settings":{"signOn":{"attributeStatements":[{"name":"email","values":["x"]}]},"notes":null}}`, "n2p", "note", "email")
	f.Add(`{"label":7,"settings":[],"visibility":"x"}`, "a\"b", "\u2028", "a.b|c")
	f.Fuzz(func(t *testing.T, raw, audience, note, attribute string) {
		if !gjson.Valid(raw) || !gjson.Parse(raw).IsObject() || hasDuplicates(raw) || attribute == "" {
			return
		}
		want := sso.App{Label: "L", AdminNote: strings.ToValidUTF8(note, ""), SAML: &sso.SAMLSettings{ACSURL: "https://x", Audience: strings.ToValidUTF8(audience, ""),
			Attributes: []sso.AttributeStatement{{Name: strings.ToValidUTF8(attribute, "x"), Values: []string{"user.email"}}}}}
		changed, err := set([]byte(raw), want)
		if err != nil {
			return
		}
		if !json.Valid(changed) {
			t.Fatalf("%s became %s", raw, changed)
		}
		if rest := Diff(sso.App{ID: "1", Raw: changed}, want); len(rest) > 0 {
			t.Errorf("%s became %s, which still differs: %+v", raw, changed, rest)
		}
	})
}

// hasDuplicates tells whether decoding and encoding loses members.
func hasDuplicates(raw string) bool {
	var v any
	if json.Unmarshal([]byte(raw), &v) != nil {
		return true
	}
	count := 0
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			count += len(v)
			for _, e := range v {
				walk(e)
			}
		case []any:
			for _, e := range v {
				walk(e)
			}
		}
	}
	walk(v)
	members := 0
	var visit func(gjson.Result)
	visit = func(r gjson.Result) {
		r.ForEach(func(_, e gjson.Result) bool {
			if r.IsObject() {
				members++
			}
			if e.IsObject() || e.IsArray() {
				visit(e)
			}
			return true
		})
	}
	visit(gjson.Parse(raw))
	return members != count
}
