package okta

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"time"

	"example.com/ssowizard/internal/sandbox/durable"
)

// signRequest is a certificate signing request of an app's: a key that waits
// for its certificate.
type signRequest struct {
	ID      string
	App     string
	Order   int
	Created stamp
	Private *rsa.PrivateKey
	DER     []byte
}

type keptRequest struct {
	ID      string `json:"id"`
	App     string `json:"app"`
	Order   int    `json:"order"`
	Created stamp  `json:"created"`
	Private []byte `json:"private"` // PKCS #1
	DER     []byte `json:"der"`
}

// MarshalJSON is how a request is kept in the log.
func (r *signRequest) MarshalJSON() ([]byte, error) {
	return json.Marshal(keptRequest{r.ID, r.App, r.Order, r.Created, x509.MarshalPKCS1PrivateKey(r.Private), r.DER})
}

// UnmarshalJSON reads a kept request.
func (r *signRequest) UnmarshalJSON(b []byte) error {
	var kept keptRequest
	if err := json.Unmarshal(b, &kept); err != nil {
		return err
	}
	private, err := x509.ParsePKCS1PrivateKey(kept.Private)
	if err != nil {
		return fmt.Errorf("certificate signing request %s: %w", kept.ID, err)
	}
	*r = signRequest{kept.ID, kept.App, kept.Order, kept.Created, private, kept.DER}
	return nil
}

// Media types of certificates and of requests for them.
const (
	mediaPKCS10 = "application/pkcs10"
	mediaCA     = "application/x-x509-ca-cert"
	mediaPKIX   = "application/pkix-cert"
	mediaPEM    = "application/x-pem-file"
)

func (o *Org) csrRoutes() []*route {
	const csrs = "/api/v1/apps/{}/credentials/csrs"
	return []*route{
		api("GET", csrs, bucketApps, resApps, o.listCSRs),
		api("POST", csrs, bucketApps, resApps, o.createCSR).slow().answers("application/json", mediaPKCS10),
		api("GET", csrs+"/{}", bucketApps, resApps, o.getCSR).answers("application/json", mediaPKCS10),
		api("DELETE", csrs+"/{}", bucketApps, resApps, o.revokeCSR),
		api("POST", csrs+"/{}/lifecycle/publish", bucketApps, resApps, o.publishCSR).takes(mediaCA, mediaPKIX, mediaPEM),
	}
}

func csrObject(c *call, r *signRequest) object {
	self := c.url("apps", r.App, "credentials/csrs", r.ID)
	return object{
		{"id", r.ID},
		{"created", r.Created},
		{"csr", base64.StdEncoding.EncodeToString(r.DER)},
		{"kty", "RSA"},
		{"_links", object{
			{"publish", object{{"href", self + "/lifecycle/publish"}, {"hints", allow("POST")}}},
			{"self", object{{"href", self}, {"hints", allow("GET", "DELETE")}}},
		}},
	}
}

// csrReply is the request itself for who asks for that.
func csrReply(c *call, status int, r *signRequest) *reply {
	if kind, _, err := mime.ParseMediaType(c.r.Header.Get("Accept")); err == nil && kind == mediaPKCS10 {
		return &reply{status: status, contentType: mediaPKCS10, body: []byte(base64.StdEncoding.EncodeToString(r.DER)), header: http.Header{}}
	}
	return answer(status, csrObject(c, r))
}

func (o *Org) csr(c *call) (*signRequest, error) {
	if _, err := o.app(c.ids[0]); err != nil {
		return nil, err
	}
	for _, r := range o.csrs[c.ids[0]] {
		if r.ID == c.ids[1] {
			return r, nil
		}
	}
	return nil, notFound(c.ids[1], "CSR")
}

func (o *Org) listCSRs(c *call) (*reply, error) {
	if _, err := o.app(c.ids[0]); err != nil {
		return nil, err
	}
	out := []object{}
	for _, r := range o.csrs[c.ids[0]] {
		out = append(out, csrObject(c, r))
	}
	return ok(out), nil
}

func (o *Org) getCSR(c *call) (*reply, error) {
	r, err := o.csr(c)
	if err != nil {
		return nil, err
	}
	return csrReply(c, http.StatusOK, r), nil
}

type csrBody struct {
	Subject struct {
		Country      string `json:"countryName"`
		State        string `json:"stateOrProvinceName"`
		Locality     string `json:"localityName"`
		Organization string `json:"organizationName"`
		Unit         string `json:"organizationalUnitName"`
		CommonName   string `json:"commonName"`
	} `json:"subject"`
	Names struct {
		DNS []string `json:"dnsNames"`
	} `json:"subjectAltNames"`
}

func (b *csrBody) template() *x509.CertificateRequest {
	var name pkix.RDNSequence
	for _, part := range []struct {
		id    int
		value string
	}{{6, b.Subject.Country}, {8, b.Subject.State}, {7, b.Subject.Locality}, {10, b.Subject.Organization}, {11, b.Subject.Unit}, {3, b.Subject.CommonName}} {
		if part.value != "" {
			name = append(name, []pkix.AttributeTypeAndValue{{Type: asn1.ObjectIdentifier{2, 5, 4, part.id}, Value: part.value}})
		}
	}
	raw, _ := asn1.Marshal(name) // texts alone
	return &x509.CertificateRequest{RawSubject: raw, DNSNames: b.Names.DNS, SignatureAlgorithm: x509.SHA256WithRSA}
}

func (o *Org) createCSR(c *call) (*reply, error) {
	var b csrBody
	if len(bytes.TrimSpace(c.body)) > 0 {
		if err := c.decode(&b); err != nil {
			return nil, err
		}
	}
	if err := o.takesKeys(c.ids[0]); err != nil {
		return nil, err
	}
	private, err := o.newKey()
	if err != nil {
		return nil, internalError()
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, b.template(), private)
	if err != nil {
		return nil, invalid("csr", "subjectAltNames: The field is not valid")
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	a, err := o.app(c.ids[0])
	if err != nil {
		return nil, err
	}
	order := 0
	if list := o.csrs[a.ID]; len(list) > 0 {
		order = list[len(list)-1].Order + 1
	}
	r := &signRequest{ID: o.random.url(32), App: a.ID, Order: order, Created: stampOf(o.now()), Private: private, DER: der}
	if err := o.commit(durable.Put(kindCSR, r.ID, r)); err != nil {
		return nil, err
	}
	o.csrs[a.ID] = append(o.csrs[a.ID], r)
	return csrReply(c, http.StatusCreated, r).set("Location", c.url("apps", a.ID, "credentials/csrs", r.ID)), nil
}

func (o *Org) dropCSR(r *signRequest) {
	o.csrs[r.App] = slices.DeleteFunc(o.csrs[r.App], func(other *signRequest) bool { return other == r })
}

func (o *Org) revokeCSR(c *call) (*reply, error) {
	r, err := o.csr(c)
	if err != nil {
		return nil, err
	}
	if err := o.commit(durable.Remove(kindCSR, r.ID)); err != nil {
		return nil, err
	}
	o.dropCSR(r)
	return noContent(), nil
}

// publishedLeast is how long a certificate must still be valid.
const publishedLeast = 90 * 24 * time.Hour

// publishCSR makes a key of the request and the certificate that was signed
// for it. It does not use the key: only a PUT of the app does.
func (o *Org) publishCSR(c *call) (*reply, error) {
	r, err := o.csr(c)
	if err != nil {
		return nil, err
	}
	cert := readCertificate(c.body)
	if cert == nil {
		return nil, invalid("certificate", "The certificate could not be parsed.")
	}
	public, isRSA := cert.PublicKey.(*rsa.PublicKey)
	if !isRSA || !public.Equal(&r.Private.PublicKey) {
		return nil, invalid("certificate", "The certificate does not match the CSR.")
	}
	if cert.NotAfter.Sub(o.now()) <= publishedLeast {
		return nil, invalid("certificate", "The certificate must be valid for more than 90 days.")
	}
	old, err := o.app(c.ids[0])
	if err != nil {
		return nil, err
	}
	key := &signingKey{KID: r.ID, Private: r.Private, Certificate: cert.Raw, Expires: stampOf(cert.NotAfter)}
	entry := appKey{KID: key.KID, Created: stampOf(o.now())}
	a := old.clone()
	a.Keys = append(a.Keys, entry)
	if err := o.keepApp(a, durable.Put(kindKey, key.KID, key), durable.Remove(kindCSR, r.ID)); err != nil {
		return nil, err
	}
	o.keys[key.KID] = key
	o.dropCSR(r)
	return answer(http.StatusCreated, o.keyObject(entry)).set("Location", c.url("apps", a.ID, "credentials/keys", key.KID)), nil
}

// readCertificate takes PEM, DER, and base64 of DER.
func readCertificate(body []byte) *x509.Certificate {
	if block, _ := pem.Decode(body); block != nil {
		body = block.Bytes
	} else if der, err := base64.StdEncoding.DecodeString(string(bytes.Join(bytes.Fields(body), nil))); err == nil {
		body = der
	}
	cert, err := x509.ParseCertificate(body)
	if err != nil {
		return nil
	}
	return cert
}
