package signon_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/crewjam/saml"
	dsig "github.com/russellhaering/goxmldsig"

	"example.com/ssowizard/internal/sandbox/okta/signon"
)

// epoch is when every test begins.
var epoch = time.Date(2026, 3, 2, 9, 30, 0, 250_000_000, time.UTC)

func TestMain(m *testing.M) {
	// The foreign verifier has its clock in package variables.
	saml.TimeNow = func() time.Time { return epoch }
	saml.Clock = dsig.NewFakeClockAt(epoch)
	os.Exit(m.Run())
}

var keys = sync.OnceValue(func() [2]signon.Key {
	return [2]signon.Key{newKey("idp"), newKey("sp")}
})

func idpKey() signon.Key { return keys()[0] }
func spKey() signon.Key  { return keys()[1] }

func newKey(name string) signon.Key {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotBefore: epoch.Add(-time.Hour), NotAfter: epoch.AddDate(10, 0, 0)}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	return signon.Key{KID: name, Private: key, Certificate: der}
}

// directory is an org of a few people and apps.
type directory struct {
	mu        sync.Mutex
	now       time.Time
	twoFactor bool
	people    []signon.Person
	apps      []*signon.App
	groups    map[string][]string
	assigned  map[string]string // app id + person id → application username
	serial    int
}

const (
	password = "Correct-Horse-1"
	acsURL   = "https://sp.example/saml/acs"
	audience = "https://sp.example/entity"
)

func newDirectory() *directory {
	d := &directory{now: epoch, groups: map[string][]string{}, assigned: map[string]string{}}
	d.people = []signon.Person{
		{ID: "00uANA", Login: "ana.lima@acme.example", Email: "ana.lima@acme.example", FirstName: "Ana", LastName: "Lima",
			Status: "ACTIVE", PasswordChanged: epoch.AddDate(0, -1, 0),
			Profile: map[string]any{"department": "Support <EMEA> & friends", "costCenter": json.Number("42"),
				"roles": []any{"admin", "agent"}, "nothing": nil}},
		{ID: "00uBEN", Login: "ben.okafor@acme.example", Email: "ben@other.example", Status: "ACTIVE"},
		{ID: "00uSUS", Login: "sue@acme.example", Status: "SUSPENDED"},
		{ID: "00uSTA", Login: "sten@acme.example", Status: "STAGED"},
		{ID: "00uEXP", Login: "eve@acme.example", Status: "PASSWORD_EXPIRED"},
		{ID: "00uLOC", Login: "lou@acme.example", Status: "LOCKED_OUT"},
		{ID: "00uNOM", Login: "no.mail", Status: "ACTIVE"},
	}
	d.groups["00uANA"] = []string{"Everyone", "Support EMEA", "Support US"}
	d.apps = []*signon.App{samlApp(), {
		ID: "0oaBOOK", Name: "bookmark", Label: "Wiki", LinkID: "alnB", Status: "ACTIVE",
		SignOnMode: "BOOKMARK", BookmarkURL: "https://wiki.example/start",
	}}
	d.assign("0oaAPP", "00uANA", "ana.lima@acme.example")
	d.assign("0oaAPP", "00uNOM", "no.mail")
	d.assign("0oaBOOK", "00uANA", "ana.lima@acme.example")
	return d
}

func samlApp() *signon.App {
	return &signon.App{
		ID: "0oaAPP", Name: "acme_sync_1", Label: "Acme Sync", ExternalKey: "exkAPP", LinkID: "alnAPP",
		Status: "ACTIVE", SignOnMode: "SAML_2_0",
		SAML: signon.SAML{
			ACSURL: acsURL, Recipient: acsURL, Destination: acsURL, Audience: audience,
			IssuerTemplate: "http://www.okta.com/${org.externalKey}",
			NameIDFormat:   "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
			NameIDTemplate: "${user.email}",
			ResponseSigned: true, AssertionSigned: true,
			SignatureAlgorithm: "RSA_SHA256", DigestAlgorithm: "SHA256",
			AuthnContextClassRef: "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
			HonorForceAuthn:      true,
			Attributes: []signon.Attribute{
				{Type: "EXPRESSION", Name: "email", Namespace: basicName, Values: []string{"user.email"}},
				{Type: "EXPRESSION", Name: "roles", Namespace: basicName, Values: []string{"user.roles"}},
				{Type: "EXPRESSION", Name: "empty", Namespace: basicName, Values: []string{"user.nothing"}},
				{Type: "GROUP", Name: "groups", FilterType: "STARTS_WITH", FilterValue: "Support"},
			},
		},
	}
}

const (
	basicName = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic"
	ssoPath   = "/app/acme_sync_1/exkAPP/sso/saml"
	sloPath   = "/app/acme_sync_1/exkAPP/slo/saml"
	homePath  = "/home/acme_sync_1/0oaAPP/alnAPP"
)

func (d *directory) assign(app, person, userName string) { d.assigned[app+person] = userName }

func (d *directory) app(id string) *signon.App {
	for _, a := range d.apps {
		if a.ID == id {
			return a
		}
	}
	return nil
}

func (d *directory) advance(by time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now = d.now.Add(by)
}

func (d *directory) Now() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.now
}

func (d *directory) Base(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

func (d *directory) OrgName() string   { return "Acme" }
func (d *directory) Subdomain() string { return "acme" }
func (d *directory) TwoFactor() bool   { return d.twoFactor }

func (d *directory) NewID(prefix string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.serial++
	return fmt.Sprintf("%s%017d", prefix, d.serial)
}

func (d *directory) Fail(w http.ResponseWriter, status int, code, summary string, causes ...string) {
	list := []map[string]string{}
	for _, c := range causes {
		list = append(list, map[string]string{"errorSummary": c})
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"errorCode": code, "errorSummary": summary, "errorCauses": list})
}

func (d *directory) PersonByLogin(login string) (signon.Person, bool) {
	for _, p := range d.people {
		if strings.EqualFold(p.Login, login) {
			return p, true
		}
	}
	return signon.Person{}, false
}

func (d *directory) PersonByID(id string) (signon.Person, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, p := range d.people {
		if p.ID == id {
			return p, true
		}
	}
	return signon.Person{}, false
}

func (d *directory) setStatus(id, status string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i := range d.people {
		if d.people[i].ID == id {
			d.people[i].Status = status
		}
	}
}

func (d *directory) CheckPassword(_, given string) bool { return given == password }

func (d *directory) GroupsOf(personID string) []string { return d.groups[personID] }

func (d *directory) AppByExternalKey(exk string) (signon.App, bool) {
	for _, a := range d.apps {
		if a.ExternalKey == exk && exk != "" {
			return *a, true
		}
	}
	return signon.App{}, false
}

func (d *directory) AppByID(id string) (signon.App, bool) {
	if a := d.app(id); a != nil {
		return *a, true
	}
	return signon.App{}, false
}

func (d *directory) AppsOf(personID string) []signon.App {
	var out []signon.App
	for _, a := range d.apps {
		if _, ok := d.UserName(a.ID, personID); ok && a.Status == "ACTIVE" {
			out = append(out, *a)
		}
	}
	return out
}

func (d *directory) UserName(appID, personID string) (string, bool) {
	name, ok := d.assigned[appID+personID]
	return name, ok
}

func (d *directory) ActiveKey(string) (signon.Key, bool) { return idpKey(), true }
