package catalog

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

const (
	nsMetadata   = "urn:oasis:names:tc:SAML:2.0:metadata"
	protocolSAML = "urn:oasis:names:tc:SAML:2.0:protocol"
	bindingPOST  = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"

	maxMetadata      = 1 << 20 // bytes; real ones have a few kilobytes
	maxMetadataDepth = 64
	maxEntries       = 1000 // of one kind in one document
)

// spEntity is a service provider as its metadata describes it.
type spEntity struct {
	EntityID   string         `xml:"entityID,attr"`
	ValidUntil string         `xml:"validUntil,attr"`
	Roles      []spRole       `xml:"urn:oasis:names:tc:SAML:2.0:metadata SPSSODescriptor"`
	IdP        []struct{}     `xml:"urn:oasis:names:tc:SAML:2.0:metadata IDPSSODescriptor"`
	Org        spOrganization `xml:"urn:oasis:names:tc:SAML:2.0:metadata Organization"`
}

type spOrganization struct {
	DisplayName []string `xml:"urn:oasis:names:tc:SAML:2.0:metadata OrganizationDisplayName"`
	Name        []string `xml:"urn:oasis:names:tc:SAML:2.0:metadata OrganizationName"`
}

type spRole struct {
	Protocols            string       `xml:"protocolSupportEnumeration,attr"`
	AuthnRequestsSigned  string       `xml:"AuthnRequestsSigned,attr"`
	WantAssertionsSigned string       `xml:"WantAssertionsSigned,attr"`
	Keys                 []spKey      `xml:"urn:oasis:names:tc:SAML:2.0:metadata KeyDescriptor"`
	Logout               []spEndpoint `xml:"urn:oasis:names:tc:SAML:2.0:metadata SingleLogoutService"`
	NameIDFormats        []string     `xml:"urn:oasis:names:tc:SAML:2.0:metadata NameIDFormat"`
	ACS                  []spEndpoint `xml:"urn:oasis:names:tc:SAML:2.0:metadata AssertionConsumerService"`
	Consuming            []struct {
		IsDefault string        `xml:"isDefault,attr"`
		Requested []spRequested `xml:"urn:oasis:names:tc:SAML:2.0:metadata RequestedAttribute"`
	} `xml:"urn:oasis:names:tc:SAML:2.0:metadata AttributeConsumingService"`
}

type spKey struct {
	Use          string   `xml:"use,attr"`
	Certificates []string `xml:"http://www.w3.org/2000/09/xmldsig# KeyInfo>X509Data>X509Certificate"`
}

type spEndpoint struct {
	Binding   string `xml:"Binding,attr"`
	Location  string `xml:"Location,attr"`
	Index     string `xml:"index,attr"`
	IsDefault string `xml:"isDefault,attr"`
}

type spRequested struct {
	Name         string `xml:"Name,attr"`
	NameFormat   string `xml:"NameFormat,attr"`
	FriendlyName string `xml:"FriendlyName,attr"`
	IsRequired   string `xml:"isRequired,attr"`
}

// readSPMetadata finds the one service provider in metadata.
func readSPMetadata(r io.Reader) (spEntity, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxMetadata+1))
	switch {
	case err != nil:
		return spEntity{}, err
	case len(data) > maxMetadata:
		return spEntity{}, fmt.Errorf("larger than %d bytes", maxMetadata)
	}
	if data, err = utf8XML(data); err != nil {
		return spEntity{}, err
	}
	data = bytes.TrimSpace(data)
	if len(data) == 0 {
		return spEntity{}, errors.New("empty")
	}
	if data[0] != '<' {
		return spEntity{}, errors.New("not XML")
	}
	root, err := harmlessXML(data)
	if err != nil {
		return spEntity{}, err
	}
	entities, err := decodeEntities(root, data)
	if err != nil {
		return spEntity{}, err
	}
	return onlySP(entities)
}

// harmlessXML looks through the whole document before anything is made of it,
// and gives its root. A document type is refused: it could define entities that
// grow without end, or that read files.
func harmlessXML(data []byte) (xml.Name, error) {
	dec := xmlDecoder(data)
	var root xml.Name
	depth := 0
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			if root.Local == "" {
				return root, errors.New("no XML element")
			}
			return root, nil
		}
		if err != nil {
			return root, fmt.Errorf("not XML: %w", err)
		}
		switch t := token.(type) {
		case xml.Directive:
			return root, errors.New("it has a document type (<!DOCTYPE …>), which metadata never needs and which can do harm")
		case xml.StartElement:
			if depth == 0 && root.Local != "" {
				return root, errors.New("more than one root element")
			}
			if depth == 0 {
				root = t.Name
			}
			if depth++; depth > maxMetadataDepth {
				return root, fmt.Errorf("nested deeper than %d levels", maxMetadataDepth)
			}
		case xml.EndElement:
			depth--
		}
	}
}

// decodeEntities gives the entities of a document that has one of them or a list.
func decodeEntities(root xml.Name, data []byte) ([]spEntity, error) {
	switch {
	case root.Space != nsMetadata:
	case root.Local == "EntityDescriptor":
		var one spEntity
		err := xmlDecoder(data).Decode(&one)
		return []spEntity{one}, err
	case root.Local == "EntitiesDescriptor":
		return decodeList(data)
	}
	if strings.EqualFold(root.Local, "html") {
		return nil, errors.New("a web page, not SAML metadata; save the XML itself, not the page that shows it")
	}
	return nil, fmt.Errorf("the root element is %q, not EntityDescriptor of SAML 2.0 metadata", root.Local)
}

// decodeList takes the entities out of a list, which may hold further lists.
func decodeList(data []byte) ([]spEntity, error) {
	dec := xmlDecoder(data)
	var out []spEntity
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name != (xml.Name{Space: nsMetadata, Local: "EntityDescriptor"}) {
			continue
		}
		var one spEntity
		if err := dec.DecodeElement(&one, &start); err != nil {
			return nil, err
		}
		if out = append(out, one); len(out) > maxEntries {
			return nil, fmt.Errorf("more than %d entities", maxEntries)
		}
	}
}

func onlySP(entities []spEntity) (spEntity, error) {
	var found []spEntity
	idps := 0
	for _, e := range entities {
		if len(e.Roles) > 0 {
			found = append(found, e)
		}
		idps += len(e.IdP)
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		var ids []string
		for _, e := range found {
			ids = append(ids, e.EntityID)
		}
		return spEntity{}, fmt.Errorf("it describes %d service providers (%s); give the metadata of one", len(found), firstFew(ids))
	case idps > 0:
		return spEntity{}, errors.New("it is the metadata of an identity provider, such as Okta; the metadata of the service provider is wanted")
	}
	return spEntity{}, errors.New("it describes no service provider (SPSSODescriptor)")
}

// firstFew names some of many.
func firstFew(texts []string) string {
	const few = 5
	if len(texts) <= few {
		return strings.Join(texts, ", ")
	}
	return strings.Join(texts[:few], ", ") + ", …"
}

// role is the service provider's role that speaks SAML 2.0.
func (e spEntity) role() (spRole, error) {
	for _, r := range e.Roles {
		for _, protocol := range strings.Fields(r.Protocols) {
			if protocol == protocolSAML {
				return r, nil
			}
		}
	}
	return spRole{}, errors.New("the service provider does not speak SAML 2.0")
}

// isTrue reads an XML boolean.
func isTrue(s string) bool {
	s = strings.TrimSpace(s)
	return s == "true" || s == "1"
}
