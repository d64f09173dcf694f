package okta_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"io"
	"math/big"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/ssowizard/internal/sandbox/okta"
)

// signed is a certificate of an authority of ours for a request.
func signed(t *testing.T, csr string, until time.Time) []byte {
	t.Helper()
	der, err := base64.StdEncoding.DecodeString(csr)
	if err != nil {
		t.Fatal(err)
	}
	request, err := x509.ParseCertificateRequest(der)
	if err != nil || request.CheckSignature() != nil {
		t.Fatal("the request does not hold", err)
	}
	if len(request.DNSNames) > 0 && request.DNSNames[0] != "sso.corp.example" {
		t.Errorf("DNS names %v", request.DNSNames)
	}
	return certificate(t, request.PublicKey, request.Subject, until)
}

func certificate(t *testing.T, public any, subject pkix.Name, until time.Time) []byte {
	t.Helper()
	authority := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Corp CA"}}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: subject, NotBefore: until.AddDate(-1, 0, 0), NotAfter: until}
	der, err := x509.CreateCertificate(rand.Reader, leaf, authority, public, sharedKeys()[0])
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestAKeyMayHaveACertificateOfSomebodyElses(t *testing.T) {
	t.Parallel()
	s := start(t)
	app := s.samlApp("Own CA")
	path := "/api/v1/apps/" + app + "/credentials/csrs"
	made := s.must(201, "POST", path, `{"subject":{"countryName":"US","organizationName":"Corp","commonName":"SP Issuer"},"subjectAltNames":{"dnsNames":["sso.corp.example"]}}`)
	var r struct{ ID, CSR, Kty string }
	made.into(t, &r)
	if len(r.ID) != 43 || made.Header.Get("Location") != s.url+path+"/"+r.ID || r.Kty != "RSA" {
		t.Errorf("%s, Location %s", made.text, made.Header.Get("Location"))
	}
	if got := s.must(200, "GET", path+"/"+r.ID, "", "Accept", "application/pkcs10"); got.text != r.CSR || got.Header.Get("Content-Type") != "application/pkcs10" {
		t.Errorf("%s %s", got.Header.Get("Content-Type"), got.text)
	}
	if got := s.must(200, "GET", path, "").text; got != "["+made.text+"]" {
		t.Errorf("%s", got)
	}
	until := s.clock.now().AddDate(1, 0, 0)
	publish := path + "/" + r.ID + "/lifecycle/publish"
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for want, body := range map[string][]byte{
		"could not be parsed": []byte("no certificate"),
		"does not match":      certificate(t, &stranger.PublicKey, pkix.Name{CommonName: "x"}, until),
		"more than 90 days":   signed(t, r.CSR, s.clock.now().AddDate(0, 0, 30)),
	} {
		if got := s.must(400, "POST", publish, string(body), "Content-Type", "application/pkix-cert"); !strings.Contains(got.text, want) {
			t.Errorf("%s, want %s", got.text, want)
		}
	}
	der := signed(t, r.CSR, until)
	s.must(400, "POST", publish, string(der)) // a certificate is no JSON
	key := s.must(201, "POST", publish, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), "Content-Type", "application/x-pem-file")
	if !strings.Contains(key.text, base64.StdEncoding.EncodeToString(der)) || !strings.Contains(key.text, `"kid":"`+r.ID+`"`) {
		t.Errorf("%s", key.text)
	}
	if got := s.must(200, "GET", path, "").text; got != "[]" {
		t.Errorf("the request is still there: %s", got)
	}
	s.must(200, "PUT", "/api/v1/apps/"+app, samlBody("Own CA", `"settings"`, `"credentials":{"signing":{"kid":"`+r.ID+`"}},"settings"`))
	again := s.must(201, "POST", path, `{}`).id(t)
	s.must(204, "DELETE", path+"/"+again, "")
	s.must(404, "GET", path+"/"+again, "")
}

func TestPublicKeysOfAClientComeAndGo(t *testing.T) {
	t.Parallel()
	s := start(t)
	jwk := func(kid string, key *rsa.PrivateKey) string {
		b, err := json.Marshal(map[string]string{"kid": kid, "kty": "RSA", "use": "sig", "e": "AQAB", "n": base64.RawURLEncoding.EncodeToString(key.N.Bytes())})
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	app := s.must(200, "POST", "/api/v1/apps", `{"name":"oidc_client","label":"Robot","signOnMode":"OPENID_CONNECT",
		"credentials":{"oauthClient":{"token_endpoint_auth_method":"private_key_jwt"}},
		"settings":{"oauthClient":{"application_type":"service","grant_types":["client_credentials"],"response_types":["token"],"jwks":{"keys":[`+jwk("one", sharedKeys()[0])+`]}}}}`).id(t)
	path := "/api/v1/apps/" + app + "/credentials/jwks"
	var list []struct{ ID, Kid, Status string }
	s.must(200, "GET", path, "").into(t, &list)
	if len(list) != 1 || list[0].Kid != "one" || list[0].Status != "ACTIVE" || !strings.HasPrefix(list[0].ID, "pks") {
		t.Fatalf("%+v", list)
	}
	first := path + "/" + list[0].ID
	r := s.must(400, "POST", path, `{"kid":"short","status":"ACTIVE","kty":"RSA","use":"sig"}`)
	sameBytes(t, r.text, `{"errorCode":"E0000001","errorSummary":"Api validation failed: JsonWebKey","errorLink":"E0000001","errorId":"oae*",
		"errorCauses":[{"errorSummary":"RSA key length in the 'jwks' is less than '2,048' bits for the given key."}]}`)
	s.must(400, "POST", first+"/lifecycle/deactivate", "") // the only one
	second := path + "/" + s.must(201, "POST", path, jwk("two", sharedKeys()[1])).id(t)
	s.must(400, "POST", path, jwk("two", sharedKeys()[1]))
	s.must(400, "DELETE", first, "")
	s.must(200, "POST", first+"/lifecycle/deactivate", "")
	if got := s.must(200, "GET", "/api/v1/apps/"+app, "").text; strings.Contains(got, `"kid":"one"`) || !strings.Contains(got, `"kid":"two"`) {
		t.Errorf("the app has the keys of %s", got)
	}
	if got := s.must(200, "POST", first+"/lifecycle/activate", "").text; !strings.Contains(got, `"status":"ACTIVE"`) {
		t.Errorf("%s", got)
	}
	s.must(200, "POST", second+"/lifecycle/deactivate", "")
	s.must(204, "DELETE", second, "")
	s.must(404, "GET", second, "")
}

func TestPoliciesAreMappedToApps(t *testing.T) {
	t.Parallel()
	s := start(t)
	app := s.samlApp("Guarded")
	made := s.must(200, "POST", "/api/v1/policies", `{"type":"ACCESS_POLICY","name":"Offices only","description":"From the offices","status":"ACTIVE"}`)
	id := made.id(t)
	sameBytes(t, made.text, `{"id":"rst*","status":"ACTIVE","name":"Offices only","description":"From the offices","priority":1,"system":false,"conditions":null,
		"created":"2026-01-31T09:30:00.000Z","lastUpdated":"2026-01-31T09:30:00.000Z","_links":{
		"mappings":{"href":"{o}/api/v1/policies/rst*/mappings","hints":{"allow":["GET","POST"]}},
		"self":{"href":"{o}/api/v1/policies/rst*","hints":{"allow":["GET","PUT","DELETE"]}},
		"rules":{"href":"{o}/api/v1/policies/rst*/rules","hints":{"allow":["GET","POST"]}},
		"deactivate":{"href":"{o}/api/v1/policies/rst*/lifecycle/deactivate","hints":{"allow":["POST"]}}},"_embedded":{"resourceType":"APP"},"type":"ACCESS_POLICY"}`)
	path := "/api/v1/policies/" + id
	mappings := func() string { return s.must(200, "GET", path+"/mappings", "").text }
	if got := mappings(); got != "[]" {
		t.Errorf("%s", got)
	}
	mapping := s.must(200, "POST", path+"/mappings", `{"resourceId":"`+app+`","resourceType":"APP"}`)
	if got := mappings(); got != "["+mapping.text+"]" || !strings.Contains(got, "/api/v1/apps/"+app) {
		t.Errorf("%s", got)
	}
	accessPolicy := func() string {
		var a struct {
			Links struct {
				AccessPolicy struct{ Href string } `json:"accessPolicy"`
			} `json:"_links"`
		}
		s.must(200, "GET", "/api/v1/apps/"+app, "").into(t, &a)
		return strings.TrimPrefix(a.Links.AccessPolicy.Href, s.url+"/api/v1/policies/")
	}
	if got := accessPolicy(); got != id {
		t.Errorf("the app's policy is %s", got)
	}
	if got := s.must(200, "GET", path+"/app", "").text; !strings.Contains(got, app) {
		t.Errorf("%s", got)
	}
	if got := s.must(200, "GET", path+"/rules", "").text; !strings.Contains(got, `"name":"Catch-all Rule"`) {
		t.Errorf("%s", got)
	}
	s.must(400, "POST", "/api/v1/policies", `{"type":"ACCESS_POLICY","name":"Offices only"}`)
	s.must(400, "POST", "/api/v1/policies", `{"type":"PASSWORD","name":"x"}`)
	s.must(200, "PUT", path, `{"type":"ACCESS_POLICY","name":"Offices"}`)
	s.must(204, "POST", path+"/lifecycle/deactivate", "")
	if got := s.must(200, "GET", path, "").text; !strings.Contains(got, `"status":"INACTIVE","name":"Offices"`) || !strings.Contains(got, "lifecycle/activate") {
		t.Errorf("%s", got)
	}
	s.must(204, "DELETE", path, "")
	s.must(404, "GET", path, "")
	if got := accessPolicy(); got == id || got == "" {
		t.Errorf("the app's policy is %s", got)
	}
	var system []struct {
		ID     string
		System bool
	}
	s.must(200, "GET", "/api/v1/policies?type=ACCESS_POLICY", "").into(t, &system)
	for _, p := range system {
		if p.System {
			s.must(403, "DELETE", "/api/v1/policies/"+p.ID, "")
		}
	}
	if got := s.must(200, "GET", "/api/v1/policies?type=PROFILE_ENROLLMENT", "").text; !strings.Contains(got, `"type":"PROFILE_ENROLLMENT"`) {
		t.Errorf("%s", got)
	}
	s.must(400, "GET", "/api/v1/policies?type=WEATHER", "")
}

func TestWhoIsSignedInMayReadAboutThemselves(t *testing.T) {
	t.Parallel()
	s := start(t)
	var login okta.Login
	for _, p := range s.org.People() {
		if !p.Admin {
			login = p
		}
	}
	var authn struct{ SessionToken string }
	s.must(200, "POST", "/api/v1/authn", `{"username":`+quote(login.Login)+`,"password":`+quote(login.Password)+`}`, "Authorization", "").into(t, &authn)
	sid := s.must(200, "POST", "/api/v1/sessions", `{"sessionToken":`+quote(authn.SessionToken)+`}`, "Authorization", "").id(t)
	cookie := []string{"Authorization", "", "Cookie", "sid=" + sid}
	for _, path := range []string{"/api/v1/users/me", "/api/v1/sessions/me"} {
		r := s.must(200, "GET", path, "", cookie...)
		if !strings.Contains(r.text, login.ID) || strings.Contains(strings.Join(r.Header.Values("Set-Cookie"), " "), "Max-Age=0") {
			t.Errorf("%s: %s\nSet-Cookie %v", path, r.text, r.Header.Values("Set-Cookie"))
		}
	}
	for _, path := range []string{"/api/v1/apps", "/api/v1/users", "/api/v1/users/" + login.ID, "/api/v1/sessions/" + sid} {
		if r := s.must(403, "GET", path, "", cookie...); !strings.Contains(r.text, "E0000005") {
			t.Errorf("%s: %s", path, r.text)
		}
	}
	s.must(403, "GET", "/api/v1/users/me", "", "Authorization", "", "Cookie", "sid=102nobody")
	s.must(200, "GET", "/api/v1/sessions/"+sid, "")
	s.must(204, "DELETE", "/api/v1/sessions/me", "", cookie...)
	s.must(403, "GET", "/api/v1/users/me", "", cookie...)
}

func TestNewThingsAreFoundLaterWhereTheOrgLags(t *testing.T) {
	t.Parallel()
	s := start(t, func(o *okta.Options) { o.Lag = 5 * time.Second })
	app := s.samlApp("Slow")
	group := s.must(200, "POST", "/api/v1/groups", `{"profile":{"name":"Fresh"}}`).id(t)
	user := s.must(200, "POST", "/api/v1/users", `{"profile":{"firstName":"Ida","lastName":"Holm","login":"ida@corp.example","email":"ida@corp.example"}}`).id(t)
	s.must(204, "PUT", "/api/v1/groups/"+group+"/users/"+user, "")
	s.must(200, "PUT", "/api/v1/apps/"+app+"/groups/"+group, "{}")
	late := []string{
		"/api/v1/users?search=profile.lastName+eq+%22Holm%22", "/api/v1/groups?search=profile.name+eq+%22Fresh%22", "/api/v1/apps/" + app + "/users",
	}
	for _, path := range late {
		if got := s.must(200, "GET", path, "").text; got != "[]" {
			t.Errorf("%s knows at once %s", path, got)
		}
	}
	// What is asked for directly is there at once.
	for _, path := range []string{"/api/v1/users/" + user, "/api/v1/users?q=Ida", "/api/v1/groups?q=Fresh", "/api/v1/groups/" + group + "/users"} {
		if got := s.must(200, "GET", path, "").text; !strings.Contains(got, user) && !strings.Contains(got, group) {
			t.Errorf("%s: %s", path, got)
		}
	}
	s.clock.add(5 * time.Second)
	for _, path := range late {
		if got := s.must(200, "GET", path, "").text; got == "[]" {
			t.Errorf("%s still does not know", path)
		}
	}
}

func TestTooManyCallsAtTheSameTimeAreRefused(t *testing.T) {
	t.Parallel()
	s := start(t, func(o *okta.Options) { o.RateLimit = "free" })
	const most = 35
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var wg sync.WaitGroup
	arrived := make(chan struct{})
	for range most {
		body := &held{arrived: arrived, until: ctx.Done()}
		r, err := http.NewRequestWithContext(ctx, http.MethodPut, s.url+"/api/v1/groups/00gNONE", body)
		if err != nil {
			t.Fatal(err)
		}
		wg.Go(func() {
			if res, err := (&http.Transport{}).RoundTrip(r); err == nil {
				res.Body.Close()
			}
		})
		<-arrived
	}
	var r response
	for end := time.Now().Add(time.Minute); time.Now().Before(end); { // their headers may still be on the way
		if r = s.do("GET", "/api/v1/org", ""); r.StatusCode == http.StatusTooManyRequests {
			break
		}
		s.clock.add(2 * time.Minute) // another limit is not to be met
	}
	if r.StatusCode != 429 || r.Header.Get("X-Rate-Limit-Limit") != "0" || r.Header.Get("X-Rate-Limit-Remaining") != "0" || !strings.Contains(r.text, "E0000047") {
		t.Errorf("%d %v %s", r.StatusCode, r.Header, r.text)
	}
	cancel()
	wg.Wait()
}

// held is a body that does not end before it is told to.
type held struct {
	arrived chan<- struct{}
	until   <-chan struct{}
	once    sync.Once
}

func (h *held) Read(p []byte) (int, error) {
	first := false
	h.once.Do(func() { first = true })
	if first {
		h.arrived <- struct{}{}
		p[0] = '{'
		return 1, nil
	}
	<-h.until
	return 0, io.ErrUnexpectedEOF
}
