package signin

import (
	"net/http"
	"net/url"
	"testing"

	"example.com/ssowizard/internal/sso"
)

func FuzzPage(f *testing.F) {
	for _, seed := range []string{
		`<form id=appForm action="https://sp.example/acs" method=POST><input type=hidden name=SAMLResponse value=PHg+></form>`,
		`<base href="//x"><meta http-equiv=refresh content="0;url=/a"><body onload="submit()"><form action=":bad"><select><textarea>`,
		`<noscript><form><input type=password></noscript><template><p hidden>x`,
		`{"errorSummary":"no"}`,
	} {
		f.Add(seed, "text/html; charset=utf-8")
		f.Add(seed, "")
	}
	self := &url.URL{Scheme: "https", Host: "sp.example", Path: "/start"}
	f.Fuzz(func(t *testing.T, body, kind string) {
		p := newPage(self, 200, http.Header{"Content-Type": {kind}}, []byte(body))
		for _, text := range []string{p.text, p.title, p.words()} {
			if len(text) > maxDetail || sso.PlainText(text, 0) != text {
				t.Errorf("not fit to be shown: %q", text)
			}
		}
		if q, ok := p.selfSubmitting(); ok {
			if out := q.request(self); !isWeb(out.url) || (out.method != http.MethodGet && out.method != http.MethodPost) {
				t.Errorf("would send %s to %s", out.method, out.url)
			}
		}
		if p.refresh != nil && !isWeb(p.refresh) {
			t.Errorf("would go to %s", p.refresh)
		}
		_ = describe(p)
	})
}

func FuzzReadAuthnRequest(f *testing.F) {
	f.Add("PHNhbWxwOkF1dGhuUmVxdWVzdCBJRD0iX3IiLz4=")
	f.Add("")
	f.Add("////")
	f.Fuzz(func(t *testing.T, encoded string) {
		req, err := readAuthnRequest(encoded)
		if err != nil && req != (authnRequest{}) {
			t.Errorf("%+v with %v", req, err)
		}
	})
}
