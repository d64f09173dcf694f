package samltest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

const (
	excC14N   = "http://www.w3.org/2001/10/xml-exc-c14n#"
	enveloped = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
)

// sign puts an enveloped signature after the element's Issuer. It is built by
// hand because the library cannot write the prefix list that Okta uses.
func (r Response) sign(el *etree.Element) {
	prefixes := ""
	if r.Typed {
		prefixes = "xs"
	}
	sig := etree.NewElement("ds:Signature")
	attrs(sig, "xmlns:ds", dsig.Namespace)
	info := sig.CreateElement("ds:SignedInfo")
	attrs(info.CreateElement("ds:CanonicalizationMethod"), "Algorithm", excC14N)
	attrs(info.CreateElement("ds:SignatureMethod"), "Algorithm", dsig.RSASHA256SignatureMethod)
	reference := info.CreateElement("ds:Reference")
	attrs(reference, "URI", "#"+el.SelectAttrValue("ID", ""))
	transforms := reference.CreateElement("ds:Transforms")
	attrs(transforms.CreateElement("ds:Transform"), "Algorithm", enveloped)
	c14n := transforms.CreateElement("ds:Transform")
	attrs(c14n, "Algorithm", excC14N)
	if prefixes != "" {
		attrs(c14n.CreateElement("ec:InclusiveNamespaces"), "xmlns:ec", excC14N, "PrefixList", prefixes)
	}
	attrs(reference.CreateElement("ds:DigestMethod"), "Algorithm", "http://www.w3.org/2001/04/xmlenc#sha256")
	reference.CreateElement("ds:DigestValue").SetText(base64.StdEncoding.EncodeToString(hash(el, prefixes)))

	sig.CreateElement("ds:SignatureValue").SetText(base64.StdEncoding.EncodeToString(r.value(info)))
	if r.KeyInfo {
		sig.CreateElement("ds:KeyInfo").CreateElement("ds:X509Data").CreateElement("ds:X509Certificate").
			SetText(base64.StdEncoding.EncodeToString(r.Key.Certificate.Raw))
	}
	el.InsertChildAt(1, sig)
}

// value signs the SignedInfo as it reads once its prefix is declared on it.
func (r Response) value(info *etree.Element) []byte {
	alone := info.Copy()
	attrs(alone, "xmlns:ds", dsig.Namespace)
	signature, err := rsa.SignPKCS1v15(rand.Reader, r.Key.Private, crypto.SHA256, hash(alone, ""))
	if err != nil {
		panic(err)
	}
	return signature
}

func hash(el *etree.Element, prefixes string) []byte {
	b, err := dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList(prefixes).Canonicalize(el)
	if err != nil {
		panic(err)
	}
	sum := sha256.Sum256(b)
	return sum[:]
}
