package catalog

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

// ImportSPMetadata makes a profile out of a service provider's SAML 2.0 metadata
// and gives it as YAML, ready for the folder of own profiles. The profile's id
// and name are made of name, or of what the metadata says when it is empty. The
// notes say what was chosen where there was a choice, and what the metadata has
// that a profile cannot hold. Metadata that is no use is a usage error; a
// signature of the metadata is not looked at.
func ImportSPMetadata(r io.Reader, name string) ([]byte, []string, error) {
	im := &importer{}
	data, err := im.run(r, name)
	if err != nil {
		return nil, nil, hint.With(hint.Usage, fmt.Errorf("read SP metadata: %w", err),
			"without usable metadata, ssowizard setup custom takes the ACS URL and the SP entity ID by hand")
	}
	return data, im.notes, nil
}

type importer struct{ notes []string }

// note keeps a remark. What it quotes comes from outside.
func (im *importer) note(format string, args ...any) {
	im.notes = append(im.notes, sso.PlainText(fmt.Sprintf(format, args...), 600))
}

func (im *importer) run(r io.Reader, name string) ([]byte, error) {
	entity, err := readSPMetadata(r)
	if err != nil {
		return nil, cleanError(err)
	}
	role, err := entity.role()
	if err != nil {
		return nil, err
	}
	profile, err := im.profile(entity, role, name)
	if err != nil {
		return nil, cleanError(err)
	}
	im.remarks(entity, role)
	var b bytes.Buffer
	fmt.Fprintf(&b, "# Made out of the SP metadata of %s.\n# Check the values marked in the notes, and add what the metadata cannot tell.\n", sso.PlainText(entity.EntityID, 300))
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := errors.Join(enc.Encode(profile), enc.Close()); err != nil {
		return nil, err
	}
	if _, err := ParseProfile("profile", b.Bytes()); err != nil {
		return nil, fmt.Errorf("the profile that comes of it is not usable: %w", cleanError(err))
	}
	return b.Bytes(), nil
}

// cleanError takes control characters out of a message that quotes the file.
func cleanError(err error) error { return errors.New(sso.PlainText(err.Error(), 600)) }

func (im *importer) profile(e spEntity, role spRole, name string) (*profileOut, error) {
	entityID := strings.TrimSpace(e.EntityID)
	switch {
	case entityID == "":
		return nil, errors.New("it has no entityID")
	case hasMarks(entityID) || hasControl(entityID):
		return nil, fmt.Errorf("the entityID %q cannot be used", entityID)
	}
	acs, err := im.acs(role.ACS)
	if err != nil {
		return nil, err
	}
	if name == "" {
		name = e.name()
	}
	name = sso.PlainText(name, 80)
	id := slug(name)
	if id == "" {
		return nil, fmt.Errorf("the name %q has no letter or digit that an id could be made of; give another name", name)
	}
	out := newProfileOut(id, name)
	out.App.Label, out.App.ACSURL, out.App.Audience = name, acs, entityID
	out.App.NameIDFormat = im.nameID(role.NameIDFormats)
	out.App.Attributes = im.attributes(role)
	return out, nil
}

// name is what the metadata calls the service provider, else its host.
func (e spEntity) name() string {
	for _, n := range slices.Concat(e.Org.DisplayName, e.Org.Name) {
		if n = sso.PlainText(n, 80); slug(n) != "" {
			return n
		}
	}
	if u, err := url.Parse(strings.TrimSpace(e.EntityID)); err == nil && u.Hostname() != "" {
		return u.Hostname()
	}
	return e.EntityID
}

var notSlug = regexp.MustCompile(`[^a-z0-9]+`)

// hasMarks tells whether a text would be taken for one with placeholders.
func hasMarks(s string) bool { return strings.Contains(s, "{{") || strings.Contains(s, "}}") }

// slug makes an id of a name.
func slug(name string) string {
	s := strings.Trim(notSlug.ReplaceAllString(strings.ToLower(name), "-"), "-")
	return strings.TrimRight(s[:min(len(s), 30)], "-")
}

// acs chooses the ACS URL: among those that take a POST, which is what Okta
// sends, the default one, else the first that is not said to be no default, else
// the first, in the order of the document (SAML 2.0 metadata, 2.2.3).
func (im *importer) acs(all []spEndpoint) (string, error) {
	if len(all) > maxEntries {
		return "", fmt.Errorf("more than %d ACS URLs", maxEntries)
	}
	var usable, others []spEndpoint
	for _, a := range all {
		a.Location = strings.TrimSpace(a.Location)
		switch {
		case a.Binding != bindingPOST:
			im.note("Left out: ACS URL %s, whose binding %s Okta does not use.", a.Location, short(a.Binding))
		case strings.HasPrefix(strings.ToLower(a.Location), "http://") && checkURL(a.Location) != nil:
			im.note("Left out: ACS URL %q, which is not https.", a.Location)
		case checkURL(a.Location) != nil || hasMarks(a.Location):
			im.note("Left out: ACS URL %q, which is no usable web address.", a.Location)
		default:
			usable = append(usable, a)
		}
	}
	if len(usable) == 0 {
		if len(all) == 0 {
			return "", errors.New("it has no ACS URL (AssertionConsumerService)")
		}
		return "", fmt.Errorf("none of its %d ACS URLs takes a POST, which is what Okta sends, at a web address that begins with https://", len(all))
	}
	chosen := 0
	rank := func(a spEndpoint) int {
		switch {
		case isTrue(a.IsDefault):
			return 2
		case strings.TrimSpace(a.IsDefault) == "":
			return 1
		}
		return 0
	}
	for i, a := range usable {
		if rank(a) > rank(usable[chosen]) {
			chosen = i
		}
	}
	for i, a := range usable {
		if i != chosen && a.Location != usable[chosen].Location {
			others = append(others, a)
		}
	}
	im.otherACS(usable[chosen], others)
	return usable[chosen].Location, nil
}

func (im *importer) otherACS(chosen spEndpoint, others []spEndpoint) {
	if len(others) == 0 {
		return
	}
	var texts []string
	for _, o := range others {
		texts = append(texts, fmt.Sprintf("%s (index %s)", o.Location, o.Index))
	}
	im.note("Chosen of %d ACS URLs: %s. Not used: %s. Change acs_url in the profile if another one is meant.",
		len(others)+1, chosen.Location, firstFew(texts))
}

// short is the last part of a URN.
func short(urn string) string {
	return sso.PlainText(urn[strings.LastIndex(urn, ":")+1:], 80)
}

// nameID chooses the NameID format: the e-mail address where it is allowed.
func (im *importer) nameID(formats []string) string {
	const email = "EmailAddress"
	var known []string
	for _, f := range formats {
		for word, urn := range nameIDFormats {
			if f = strings.TrimSpace(f); f == urn || strings.EqualFold(f, "urn:oasis:names:tc:SAML:2.0:nameid-format:"+word) {
				known = append(known, word)
			}
		}
	}
	switch {
	case len(formats) == 0 || slices.Contains(known, email):
		return email
	case len(known) == 0:
		im.note("The metadata asks for the NameID format %s, which is not known here; the e-mail address was taken.", short(formats[0]))
		return email
	}
	im.note("The metadata asks for the NameID format %s. The NameID is still the e-mail address; change name_id_template if the service provider wants another.", known[0])
	return known[0]
}

// remarks are about what a profile does not hold.
func (im *importer) remarks(e spEntity, role spRole) {
	if until := strings.TrimSpace(e.ValidUntil); until != "" {
		im.note("The metadata says of itself that it is valid until %s.", until)
	}
	for _, slo := range role.Logout {
		im.note("Single Logout is offered at %s (%s); it is not set up.", slo.Location, short(slo.Binding))
	}
	if isTrue(role.AuthnRequestsSigned) {
		im.note("The service provider signs its requests. Okta takes them as they are; to have Okta check the signature, upload the signing certificate in the app's SAML settings.")
	}
	if isTrue(role.WantAssertionsSigned) {
		im.note("The service provider wants signed assertions; the app signs both response and assertion.")
	}
	for _, key := range role.Keys[:min(len(role.Keys), 20)] {
		im.certificate(key)
	}
}

func (im *importer) certificate(key spKey) {
	use := map[string]string{"signing": "signing", "encryption": "encryption"}[key.Use]
	if use == "" {
		use = "signing and encryption"
	}
	for _, text := range key.Certificates[:min(len(key.Certificates), 5)] {
		der, err := parseCertificate([]byte(strings.Join(strings.FieldsFunc(text, unicode.IsSpace), "")))
		if err != nil {
			im.note("A certificate of the service provider (%s) cannot be read.", use)
			continue
		}
		fingerprint, err := renderCertificate(der, "fingerprint-sha256")
		cert, parseErr := x509.ParseCertificate(der)
		if errors.Join(err, parseErr) != nil {
			continue
		}
		text := fmt.Sprintf("Certificate of the service provider for %s: SHA-256 %s, until %s.", use, fingerprint, cert.NotAfter.UTC().Format("2006-01-02"))
		if key.Use == "encryption" {
			text += " Assertions are not encrypted by this profile; where the service provider insists, set that up in the app."
		}
		im.note("%s", text)
	}
}
