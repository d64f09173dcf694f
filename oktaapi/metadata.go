package oktaapi

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"example.com/ssowizard/internal/sso"
)

// IdPValues reads what a service provider has to know of an app: of a SAML app
// from Okta's metadata of its active key, of an OIDC app from the org's
// discovery document.
func (c *Client) IdPValues(ctx context.Context, app sso.App) (sso.IdPValues, error) {
	var v sso.IdPValues
	var err error
	if app.SignOnMode == modeOIDC {
		v, err = c.oidcValues(ctx, app)
	} else {
		v, err = c.samlValues(ctx, app)
	}
	if err != nil {
		return sso.IdPValues{}, fmt.Errorf("read what the service provider has to know of app %q: %w", app.Label, err)
	}
	return v, nil
}

func (c *Client) samlValues(ctx context.Context, app sso.App) (sso.IdPValues, error) {
	r := call{method: http.MethodGet, path: appPath(app.ID, "sso/saml/metadata"), accept: "application/xml"}
	if app.KID != "" {
		r.query = url.Values{"kid": {app.KID}}
	}
	a, err := c.do(ctx, r)
	if err != nil {
		return sso.IdPValues{}, err
	}
	v, err := readMetadata(a.body)
	if err != nil {
		return sso.IdPValues{}, fmt.Errorf("the metadata that Okta gave: %w", err)
	}
	v.KID = app.KID
	return v, nil
}

func (c *Client) oidcValues(ctx context.Context, app sso.App) (sso.IdPValues, error) {
	if app.OIDC == nil || app.OIDC.ClientID == "" {
		return sso.IdPValues{}, errors.New("the app has no client id")
	}
	server, err := c.Discovery(ctx)
	if err != nil {
		return sso.IdPValues{}, err
	}
	return sso.IdPValues{OIDCIssuer: server.Issuer, ClientID: app.OIDC.ClientID}, nil
}

type entityDescriptor struct {
	XMLName  xml.Name `xml:"urn:oasis:names:tc:SAML:2.0:metadata EntityDescriptor"`
	EntityID string   `xml:"entityID,attr"`
	IdP      struct {
		Keys []struct {
			Use          string   `xml:"use,attr"`
			Certificates []string `xml:"http://www.w3.org/2000/09/xmldsig# KeyInfo>X509Data>X509Certificate"`
		} `xml:"urn:oasis:names:tc:SAML:2.0:metadata KeyDescriptor"`
		SSO []endpoint `xml:"urn:oasis:names:tc:SAML:2.0:metadata SingleSignOnService"`
		SLO []endpoint `xml:"urn:oasis:names:tc:SAML:2.0:metadata SingleLogoutService"`
	} `xml:"urn:oasis:names:tc:SAML:2.0:metadata IDPSSODescriptor"`
}

type endpoint struct {
	Binding  string `xml:"Binding,attr"`
	Location string `xml:"Location,attr"`
}

var externalKey = regexp.MustCompile(`^exk[A-Za-z0-9]{5,40}$`)

// readMetadata reads a SAML metadata document of Okta: Issuer, SSO and SLO
// URL, external key and the one signing certificate.
func readMetadata(text []byte) (sso.IdPValues, error) {
	var doc entityDescriptor
	if err := decodeXML(text, &doc); err != nil {
		return sso.IdPValues{}, err
	}
	v := sso.IdPValues{Issuer: strings.TrimSpace(doc.EntityID), SSOURL: location(doc.IdP.SSO), SLOURL: location(doc.IdP.SLO)}
	if v.Issuer == "" {
		return sso.IdPValues{}, errors.New("it has no entityID")
	}
	u, err := url.Parse(v.SSOURL)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return sso.IdPValues{}, errors.New("it has no single sign-on URL")
	}
	if v.Certificate, err = doc.signingCertificate(); err != nil {
		return sso.IdPValues{}, err
	}
	if v.ExternalKey = findExternalKey(v.Issuer, u.Path); v.ExternalKey != "" {
		v.MetadataURL = u.Scheme + "://" + u.Host + "/app/" + v.ExternalKey + "/sso/saml/metadata"
	}
	return v, nil
}

func (d *entityDescriptor) signingCertificate() ([]byte, error) {
	for _, key := range d.IdP.Keys {
		if key.Use != "" && key.Use != "signing" {
			continue
		}
		for _, text := range key.Certificates {
			cert, err := readCertificate(text)
			if err != nil {
				return nil, fmt.Errorf("its signing certificate: %w", err)
			}
			return cert.Raw, nil
		}
	}
	return nil, errors.New("it has no signing certificate")
}

// location prefers the HTTP-POST endpoint.
func location(endpoints []endpoint) string {
	for _, e := range endpoints {
		if strings.HasSuffix(e.Binding, ":HTTP-POST") {
			return strings.TrimSpace(e.Location)
		}
	}
	if len(endpoints) > 0 {
		return strings.TrimSpace(endpoints[0].Location)
	}
	return ""
}

// findExternalKey looks for exk… at the end of the Issuer, else in the SSO
// URL's path: the Issuer can be one of the admin's own choice.
func findExternalKey(issuer, path string) string {
	if key := issuer[strings.LastIndexByte(issuer, '/')+1:]; externalKey.MatchString(key) {
		return key
	}
	for _, seg := range strings.Split(path, "/") {
		if externalKey.MatchString(seg) {
			return seg
		}
	}
	return ""
}

// decodeXML reads one XML document. The header of Okta's answers says
// ISO-8859-1 while the document says UTF-8; the document is right.
func decodeXML(text []byte, into any) error {
	d := xml.NewDecoder(bytes.NewReader(text))
	d.CharsetReader = func(charset string, in io.Reader) (io.Reader, error) {
		if strings.EqualFold(charset, "iso-8859-1") || strings.EqualFold(charset, "us-ascii") {
			return latin1(in)
		}
		return nil, fmt.Errorf("character set %q", clean(charset, 40))
	}
	if err := d.Decode(into); err != nil {
		return errors.New("it does not parse: " + clean(err.Error(), 200))
	}
	return nil
}

func latin1(in io.Reader) (io.Reader, error) {
	b, err := io.ReadAll(in)
	if err != nil {
		return nil, err
	}
	runes := make([]rune, len(b))
	for i, c := range b {
		runes[i] = rune(c)
	}
	return strings.NewReader(string(runes)), nil
}
