package signon_test

import (
	"bytes"
	"encoding/pem"
	"strings"
	"testing"
)

func TestInstructionsShowTheValuesForTheServiceProvider(t *testing.T) {
	t.Parallel()
	d := withSLO()
	d.apps[0].Label = `<img src=x onerror=alert(1)>`
	b := open(t, d)
	p := b.get("/app/acme_sync_1/0oaAPP/setup/help/SAML_2_0/instructions")
	b.wantPage(p, 200, "Identity Provider Single Sign-On URL")
	for _, want := range []string{
		b.base + ssoPath, b.base + sloPath, "http://www.okta.com/exkAPP", "-----BEGIN CERTIFICATE-----",
		"Identity Provider Issuer", "X.509 Certificate", "Download certificate", b.base + "/app/exkAPP/sso/saml/metadata",
		"&lt;img src=x"} {
		if !strings.Contains(p.body, want) {
			t.Errorf("%s is missing", want)
		}
	}
	d.apps[0].SAML.SLOEnabled = false
	if p := b.get("/app/acme_sync_1/0oaAPP/setup/help/SAML_2_0/instructions"); strings.Contains(p.body, "slo/saml") {
		t.Error("a logout URL is shown while Single Logout is off")
	}
	b.wantPage(b.get("/app/acme_sync_1/0oaNONE/setup/help/SAML_2_0/instructions"), 404, "no such app")
}

func TestCertificateIsServedAsAFile(t *testing.T) {
	t.Parallel()
	b := open(t, newDirectory())
	p := b.get("/admin/org/security/exkAPP/cert")
	block, rest := pem.Decode([]byte(p.body))
	if block == nil || len(rest) > 0 || !bytes.Equal(block.Bytes, idpKey().Certificate) {
		t.Errorf("%d %s", p.status, p.body)
	}
	if got := p.header.Get("Content-Disposition"); got != `attachment; filename="okta.cert"` {
		t.Errorf("Content-Disposition %q", got)
	}
	b.wantPage(b.get("/admin/org/security/exkNONE/cert"), 404, "no such app")
}
