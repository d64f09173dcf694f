package okta

import (
	"encoding/json"
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
	if a.Mode != modeSAML && a.Mode != modeSAML11 {
		return nil, notFound(a.ID, "AppInstance")
	}
	if !a.hasKey(kid) {
		return nil, notFound(kid, "JsonWebKey")
	}
	answer := o.metadata(c, a, kid)
	answer.contentType = xmlType(c.r.Header.Values("Accept")) + ";charset=ISO-8859-1"
	return answer, nil
}

// xmlType is the name under which XML is answered. It is application/xml, but
// text/xml for those who ask for that, or for JSON before anything else as
// Okta's SDK for Node does, which reads only text/xml back.
func xmlType(accept []string) string {
	asked := strings.ToLower(strings.Join(accept, ","))
	switch {
	case strings.Contains(asked, "application/xml"):
		return "application/xml"
	case strings.Contains(asked, "text/xml"), strings.Contains(asked, "application/json"):
		return "text/xml"
	}
	return "application/xml"
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
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><md:EntityDescriptor entityID="` + a.entityID() + `"`)
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
	nameID := nameIDEmail
	switch of := integrationOf(a.Name); {
	case a.SAML != nil:
		nameID = a.SAML.NameIDFormat
	case of != nil && of.nameID != "":
		nameID = of.nameID
	}
	if a.SAML != nil && a.SAML.SLO.Enabled {
		services("SingleLogoutService", app+"/slo/saml")
	}
	for _, format := range metadataFormats(nameID) {
		b.WriteString("<md:NameIDFormat>" + format + "</md:NameIDFormat>")
	}
	services("SingleSignOnService", app+"/sso/saml")
	b.WriteString("</md:IDPSSODescriptor></md:EntityDescriptor>")
	body := []byte(b.String())
	return (&reply{status: http.StatusOK, contentType: "application/xml;charset=ISO-8859-1", body: body, header: http.Header{}}).
		set("Content-Length", strconv.Itoa(len(body)))
}

// entityID is the app's own key alone for SAML 1.1, and what an integration
// wants.
func (a *app) entityID() string {
	if of := integrationOf(a.Name); of != nil && of.entity != "" {
		var settings map[string]any
		_ = json.Unmarshal(a.Settings, &settings) // written here
		id := of.entity
		for name, v := range settings {
			value, _ := v.(string)
			id = strings.ReplaceAll(id, "{"+name+"}", value)
		}
		return escape(id)
	}
	if a.Mode == modeSAML11 {
		return a.ExternalKey
	}
	return issuer(a.ExternalKey)
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
