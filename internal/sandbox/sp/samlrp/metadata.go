package samlrp

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"strings"

	"github.com/beevik/etree"
)

const (
	nsMetadata      = "urn:oasis:names:tc:SAML:2.0:metadata"
	bindingRedirect = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
	bindingPost     = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"

	// FormatEmail is the NameID format of e-mail addresses.
	FormatEmail = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
)

// IdentityProvider is what an identity provider's metadata says.
type IdentityProvider struct {
	EntityID       string
	SSOURL, SLOURL string
	Certificate    *x509.Certificate
}

// ParseMetadata reads the metadata of one identity provider. Metadata without a
// sign-on URL that takes redirects, or without a signing certificate, is refused.
func ParseMetadata(raw []byte) (IdentityProvider, error) {
	var idp IdentityProvider
	if err := scan(raw); err != nil {
		return idp, fmt.Errorf("the metadata is not acceptable XML: %w", err)
	}
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(raw); err != nil {
		return idp, fmt.Errorf("the metadata is not XML: %w", err)
	}
	root := doc.Root()
	if !is(root, nsMetadata, "EntityDescriptor") {
		return idp, fmt.Errorf("this is <%s>, not the metadata of one identity provider", root.Tag)
	}
	roles := children(root, nsMetadata, "IDPSSODescriptor")
	if len(roles) != 1 {
		return idp, fmt.Errorf("the metadata describes %d identity providers, not one", len(roles))
	}
	idp.EntityID = root.SelectAttrValue("entityID", "")
	idp.SSOURL = location(roles[0], "SingleSignOnService")
	idp.SLOURL = location(roles[0], "SingleLogoutService")
	idp.Certificate = signingCertificate(roles[0])
	switch {
	case idp.SSOURL == "":
		return idp, errors.New("the metadata names no sign-on URL for redirects")
	case idp.Certificate == nil:
		return idp, errors.New("the metadata holds no signing certificate")
	}
	return idp, nil
}

func location(role *etree.Element, service string) string {
	for _, el := range children(role, nsMetadata, service) {
		if el.SelectAttrValue("Binding", "") == bindingRedirect {
			return strings.TrimSpace(el.SelectAttrValue("Location", ""))
		}
	}
	return ""
}

func signingCertificate(role *etree.Element) *x509.Certificate {
	for _, key := range children(role, nsMetadata, "KeyDescriptor") {
		if use := key.SelectAttrValue("use", ""); use != "" && use != "signing" {
			continue
		}
		for _, el := range descendants(key, nsSignature, "X509Certificate") {
			der, err := base64.StdEncoding.DecodeString(strings.Map(dropSpace, text(el)))
			if err != nil {
				continue
			}
			if cert, err := x509.ParseCertificate(der); err == nil {
				return cert
			}
		}
	}
	return nil
}

// Metadata is the metadata of a service provider that takes e-mail addresses as
// NameID and wants its assertions signed.
func Metadata(entityID, acsURL string) ([]byte, error) {
	type service struct {
		Binding   string `xml:"Binding,attr"`
		Location  string `xml:"Location,attr"`
		Index     int    `xml:"index,attr"`
		IsDefault bool   `xml:"isDefault,attr"`
	}
	type role struct {
		Protocols    string  `xml:"protocolSupportEnumeration,attr"`
		Signed       bool    `xml:"AuthnRequestsSigned,attr"`
		WantSigned   bool    `xml:"WantAssertionsSigned,attr"`
		NameIDFormat string  `xml:"NameIDFormat"`
		ACS          service `xml:"AssertionConsumerService"`
	}
	type descriptor struct {
		XMLName  xml.Name `xml:"urn:oasis:names:tc:SAML:2.0:metadata EntityDescriptor"`
		EntityID string   `xml:"entityID,attr"`
		Role     role     `xml:"SPSSODescriptor"`
	}
	var b bytes.Buffer
	b.WriteString(xml.Header)
	enc := xml.NewEncoder(&b)
	enc.Indent("", "  ")
	err := enc.Encode(descriptor{EntityID: entityID, Role: role{
		Protocols: nsProtocol, WantSigned: true, NameIDFormat: FormatEmail,
		ACS: service{Binding: bindingPost, Location: acsURL, IsDefault: true},
	}})
	if err != nil {
		return nil, fmt.Errorf("write SP metadata: %w", err)
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}
