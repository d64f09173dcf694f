package okta

import (
	"encoding/xml"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// previewMetadata is an app's metadata with the key asked for, or the active
// one.
func (o *Org) previewMetadata(c *call) (*reply, error) {
	a, err := o.app(c.ids[0])
	if err != nil {
		return nil, err
	}
	kid := a.Kid
	if asked := c.query.Get("kid"); asked != "" {
		kid = asked
	}
	if a.Mode != modeSAML {
		return nil, notFound(a.ID, "AppInstance")
	}
	if !a.hasKey(kid) {
		return nil, notFound(kid, "JsonWebKey")
	}
	return o.metadata(c, a, kid), nil
}

// publicMetadata is the same with the active key, for anybody. An inactive app
// has it too, so that a service provider that polls it keeps its trust.
func (o *Org) publicMetadata(c *call) (*reply, error) {
	a := o.apps.byID[o.apps.byKey[c.ids[len(c.ids)-1]]]
	if a == nil || len(c.ids) == 2 && c.ids[0] != a.Name {
		return &reply{
			status: http.StatusNotFound, contentType: "text/html;charset=utf-8",
			body: []byte(notFoundPage), header: http.Header{},
		}, nil
	}
	return o.metadata(c, a, a.Kid), nil
}

// metadata is one line, in which only the certificate has line breaks. It says
// ISO-8859-1 outside and UTF-8 inside, as Okta's does.
func (o *Org) metadata(c *call, a *app, kid string) *reply {
	const (
		protocol = "urn:oasis:names:tc:SAML:2.0:protocol"
		binding  = "urn:oasis:names:tc:SAML:2.0:bindings:"
	)
	app := c.base + "/app/" + a.Name + "/" + a.ExternalKey
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><md:EntityDescriptor entityID="` + issuer(a.ExternalKey) + `"`)
	b.WriteString(` xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"><md:IDPSSODescriptor WantAuthnRequestsSigned="false"`)
	b.WriteString(` protocolSupportEnumeration="` + protocol + `"><md:KeyDescriptor use="signing"><ds:KeyInfo`)
	b.WriteString(` xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>`)
	b.WriteString(wrap(o.keys[kid].Certificate, "\n"))
	b.WriteString(`</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`)
	services := func(element, location string) {
		for _, name := range []string{"HTTP-POST", "HTTP-Redirect"} {
			b.WriteString("<md:" + element + ` Binding="` + binding + name + `" Location="` + escape(location) + `"/>`)
		}
	}
	if a.SAML.SLO.Enabled {
		services("SingleLogoutService", app+"/slo/saml")
	}
	for _, format := range metadataFormats(a.SAML.NameIDFormat) {
		b.WriteString("<md:NameIDFormat>" + format + "</md:NameIDFormat>")
	}
	services("SingleSignOnService", app+"/sso/saml")
	b.WriteString("</md:IDPSSODescriptor></md:EntityDescriptor>")
	body := []byte(b.String())
	return (&reply{status: http.StatusOK, contentType: "application/xml;charset=ISO-8859-1", body: body, header: http.Header{}}).
		set("Content-Length", strconv.Itoa(len(body)))
}

// issuer is the IdP entity ID: with this host and without TLS for every org.
func issuer(externalKey string) string { return "http://www.okta.com/" + externalKey }

// metadataFormats are the app's own format and e-mail address, in the order
// seen for each: of the two 1.1 formats the app's stands first, any other
// stands after.
func metadataFormats(own string) []string {
	formats := []string{nameIDEmail}
	switch own {
	case nameIDEmail:
	case nameIDUnspec:
		formats = slices.Insert(formats, 0, own)
	default:
		formats = append(formats, own)
	}
	return formats
}

func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder takes everything
	return b.String()
}
