package signon

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha1" // RSA_SHA1 and SHA1 are settings that Okta still offers
	_ "crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

const (
	nsDSig    = "http://www.w3.org/2000/09/xmldsig#"
	excC14N   = "http://www.w3.org/2001/10/xml-exc-c14n#"
	enveloped = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
)

type algorithm struct {
	uri  string
	hash crypto.Hash
}

var signatureAlgorithms = map[string]algorithm{
	"RSA_SHA256": {"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", crypto.SHA256},
	"RSA_SHA1":   {"http://www.w3.org/2000/09/xmldsig#rsa-sha1", crypto.SHA1},
}

var digestAlgorithms = map[string]algorithm{
	"SHA256": {"http://www.w3.org/2001/04/xmlenc#sha256", crypto.SHA256},
	"SHA1":   {"http://www.w3.org/2000/09/xmldsig#sha1", crypto.SHA1},
}

// signer puts enveloped signatures into SAML elements the way Okta does:
// right after the Issuer, digest and signature algorithm chosen apart, and the
// prefix that typed attribute values use inside their text named in
// InclusiveNamespaces. No library at hand does the last two.
type signer struct {
	key       Key
	signature algorithm
	digest    algorithm
	inclusive string // prefix list, "" without
}

func newSigner(key Key, saml SAML, inclusive string) signer {
	s := signer{key: key, inclusive: inclusive,
		signature: signatureAlgorithms["RSA_SHA256"], digest: digestAlgorithms["SHA256"]}
	if a, ok := signatureAlgorithms[saml.SignatureAlgorithm]; ok {
		s.signature = a
	}
	if a, ok := digestAlgorithms[saml.DigestAlgorithm]; ok {
		s.digest = a
	}
	return s
}

// sign signs el, which must declare every prefix it uses itself, have an ID,
// and begin with its Issuer.
func (s signer) sign(el *etree.Element) error {
	sum, err := digestOf(el, s.digest.hash, s.inclusive)
	if err != nil {
		return fmt.Errorf("digest %s: %w", el.Tag, err)
	}
	sig := etree.NewElement("ds:Signature")
	sig.CreateAttr("xmlns:ds", nsDSig)
	info := sig.CreateElement("ds:SignedInfo")
	s.describe(info, attr(el, "ID"), sum)
	alone := info.Copy()
	alone.CreateAttr("xmlns:ds", nsDSig)
	hashed, err := digestOf(alone, s.signature.hash, "")
	if err != nil {
		return fmt.Errorf("digest SignedInfo: %w", err)
	}
	value, err := rsa.SignPKCS1v15(rand.Reader, s.key.Private, s.signature.hash, hashed)
	if err != nil {
		return fmt.Errorf("sign %s: %w", el.Tag, err)
	}
	sig.CreateElement("ds:SignatureValue").SetText(base64.StdEncoding.EncodeToString(value))
	sig.CreateElement("ds:KeyInfo").CreateElement("ds:X509Data").
		CreateElement("ds:X509Certificate").SetText(inLines(base64.StdEncoding.EncodeToString(s.key.Certificate), 76))
	el.InsertChildAt(1, sig)
	return nil
}

func (s signer) describe(info *etree.Element, id string, sum []byte) {
	info.CreateElement("ds:CanonicalizationMethod").CreateAttr("Algorithm", excC14N)
	info.CreateElement("ds:SignatureMethod").CreateAttr("Algorithm", s.signature.uri)
	ref := info.CreateElement("ds:Reference")
	ref.CreateAttr("URI", "#"+id)
	transforms := ref.CreateElement("ds:Transforms")
	transforms.CreateElement("ds:Transform").CreateAttr("Algorithm", enveloped)
	c14n := transforms.CreateElement("ds:Transform")
	c14n.CreateAttr("Algorithm", excC14N)
	if s.inclusive != "" {
		list := c14n.CreateElement("ec:InclusiveNamespaces")
		list.CreateAttr("PrefixList", s.inclusive)
		list.CreateAttr("xmlns:ec", excC14N)
	}
	ref.CreateElement("ds:DigestMethod").CreateAttr("Algorithm", s.digest.uri)
	ref.CreateElement("ds:DigestValue").SetText(base64.StdEncoding.EncodeToString(sum))
}

func digestOf(el *etree.Element, hash crypto.Hash, inclusive string) ([]byte, error) {
	// Canonicalising rewrites the element, so it gets a copy.
	text, err := dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList(inclusive).Canonicalize(el.Copy())
	if err != nil {
		return nil, err
	}
	h := hash.New()
	_, _ = h.Write(text) // a hash takes everything
	return h.Sum(nil), nil
}

// inLines breaks base64 as Okta's documents do.
func inLines(s string, width int) string {
	var b strings.Builder
	for len(s) > width {
		b.WriteString(s[:width])
		b.WriteByte('\n')
		s = s[width:]
	}
	b.WriteString(s)
	return b.String()
}
