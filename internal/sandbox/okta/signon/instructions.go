package signon

import (
	"encoding/pem"
	"fmt"
	"net/http"
	"net/url"
)

type instructionsPage struct {
	Label       string
	SSOURL      string
	SLOURL      string
	Issuer      string
	PEM         string
	Download    string
	MetadataURL string
}

// instructions is the page that shows what a service provider has to be told.
func (s *Site) instructions(w http.ResponseWriter, r *http.Request) {
	app, ok := s.dir.AppByID(r.PathValue("id"))
	if !ok || app.Name != r.PathValue("name") || app.SignOnMode != "SAML_2_0" {
		s.noApp(w, r)
		return
	}
	key, ok := s.dir.ActiveKey(app.ID)
	if !ok {
		s.internal(w, r)
		return
	}
	base := s.dir.Base(r)
	own := base + "/app/" + url.PathEscape(app.Name) + "/" + url.PathEscape(app.ExternalKey)
	page := instructionsPage{
		Label:       clean(app.Label),
		SSOURL:      own + "/sso/saml",
		Issuer:      issuerOf(app),
		PEM:         certificatePEM(key),
		Download:    "/admin/org/security/" + url.PathEscape(app.ExternalKey) + "/cert",
		MetadataURL: base + "/app/" + url.PathEscape(app.ExternalKey) + "/sso/saml/metadata",
	}
	if app.SAML.SLOEnabled {
		page.SLOURL = own + "/slo/saml"
	}
	s.render(w, r, http.StatusOK, "How to Configure SAML 2.0 for "+page.Label, "instructions", page)
}

// certificate serves an app's active certificate as the file that Okta names
// okta.cert.
func (s *Site) certificate(w http.ResponseWriter, r *http.Request) {
	app, ok := s.dir.AppByExternalKey(r.PathValue("exk"))
	if !ok {
		s.noApp(w, r)
		return
	}
	key, ok := s.dir.ActiveKey(app.ID)
	if !ok {
		s.noApp(w, r)
		return
	}
	noStore(w)
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", `attachment; filename="okta.cert"`)
	_, _ = fmt.Fprint(w, certificatePEM(key))
}

func certificatePEM(key Key) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: key.Certificate}))
}
