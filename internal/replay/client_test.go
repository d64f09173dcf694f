package replay_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"

	"example.com/ssowizard/internal/replay"
	"example.com/ssowizard/internal/secret"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/oktaapi"
)

// echo answers every GET with one recorded text, and every PUT with what is
// put, which it keeps.
type echo struct {
	mu   sync.Mutex
	text string
	put  string
}

func (e *echo) RoundTrip(r *http.Request) (*http.Response, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	text := e.text
	if r.Method == http.MethodPut {
		sent, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		e.put, text = string(sent), string(sent)
	}
	h := http.Header{"Content-Type": {"application/json"}}
	return &http.Response{StatusCode: http.StatusOK, Header: h, Request: r, Body: io.NopCloser(strings.NewReader(text))}, nil
}

func client(t *testing.T, e *echo) *oktaapi.Client {
	t.Helper()
	c, err := oktaapi.New(oktaapi.Config{OrgURL: "https://acme.okta.example", Transport: e, Auth: oktaapi.Auth{Token: secret.New("00token")}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// things are the recorded answers about one kind of thing, each once.
type things struct{ apps, keys, people, groups, appUsers, appGroups []string }

func collect(list []replay.Cassette) things {
	var all things
	seen := map[string]bool{}
	add := func(to *[]string, text string) {
		if !seen[text] {
			seen[text] = true
			*to = append(*to, text)
		}
	}
	for _, c := range list {
		for _, e := range c.Exchanges {
			if e.Status >= 300 || !gjson.Valid(e.Text) {
				continue
			}
			v := gjson.Parse(e.Text)
			items := []gjson.Result{v}
			if v.IsArray() {
				items = v.Array()
			}
			for _, i := range items {
				switch links := i.Get("_links"); {
				case i.Get("signOnMode").Exists():
					add(&all.apps, i.Raw)
				case i.Get("kty").Exists() && i.Get("x5c").Exists():
					add(&all.keys, i.Raw)
				case i.Get("syncState").Exists() && links.Get("user").Exists():
					add(&all.appUsers, i.Raw)
				case i.Get("priority").Exists() && links.Get("group").Exists():
					add(&all.appGroups, i.Raw)
				case i.Get("profile.login").Exists():
					add(&all.people, i.Raw)
				case i.Get("objectClass").Exists():
					add(&all.groups, i.Raw)
				}
			}
		}
	}
	return all
}

func TestOurClientReadsAndKeepsOurOwnRecordings(t *testing.T) {
	t.Parallel()
	checkClient(t, collect(ours(t)))
}

func TestOurClientReadsAndKeepsWhatIsRecorded(t *testing.T) {
	t.Parallel()
	all := collect(recordings(t))
	t.Logf("%d apps, %d keys, %d people, %d groups, %d assignments of people, %d of groups",
		len(all.apps), len(all.keys), len(all.people), len(all.groups), len(all.appUsers), len(all.appGroups))
	checkClient(t, all)
}

func checkClient(t *testing.T, all things) {
	t.Helper()
	for _, raw := range all.apps {
		checkApp(t, raw)
		checkUpdate(t, raw)
	}
	checkKeys(t, all.keys)
	checkPeople(t, all.people)
	checkGroups(t, all.groups)
	checkAssignments(t, all)
}

// checkApp holds what is read against the JSON.
func checkApp(t *testing.T, raw string) {
	t.Helper()
	v := gjson.Parse(raw)
	a, err := client(t, &echo{text: raw}).App(t.Context(), v.Get("id").String())
	if err != nil {
		t.Errorf("%v in %s", err, raw)
		return
	}
	got := map[string]string{
		"id": a.ID, "name": a.Name, "label": a.Label, "status": a.Status, "signOnMode": a.SignOnMode, "credentials.signing.kid": a.KID,
		"credentials.userNameTemplate.template": a.UserNameTemplate, "settings.notes.admin": a.AdminNote, "_links.appLinks.0.href": a.EmbedURL,
	}
	if s := a.SAML; s != nil {
		const at = "settings.signOn."
		got[at+"ssoAcsUrl"], got[at+"audience"], got[at+"recipient"] = s.ACSURL, s.Audience, s.Recipient
		got[at+"destination"], got[at+"subjectNameIdFormat"], got[at+"subjectNameIdTemplate"] = s.Destination, s.NameIDFormat, s.NameIDTemplate
		got[at+"idpIssuer"], got[at+"defaultRelayState"] = s.IssuerTemplate, s.DefaultRelayState
		got[at+"authnContextClassRef"] = s.AuthnContextClassRef
		if n := len(v.Get(at + "attributeStatements").Array()); n != len(s.Attributes) {
			t.Errorf("%d attribute statements are read as %d", n, len(s.Attributes))
		}
	}
	if o := a.OIDC; o != nil {
		got["credentials.oauthClient.client_id"] = o.ClientID
		got["credentials.oauthClient.token_endpoint_auth_method"] = o.ClientAuthentication
		got["settings.oauthClient.redirect_uris.0"] = slices.Concat(o.RedirectURIs, []string{""})[0]
	}
	for at, value := range got {
		if want := v.Get(at).String(); value != want {
			t.Errorf("%s is read as %q, it is %q", at, value, want)
		}
	}
	if want := without(t, raw, "credentials.oauthClient.client_secret"); string(a.Raw) != want {
		t.Errorf("the raw app is kept as %s, it is %s", a.Raw, want)
	}
	if a.Created.IsZero() || a.Updated.IsZero() {
		t.Errorf("times of %s are not read", a.ID)
	}
}

func without(t *testing.T, raw, at string) string {
	t.Helper()
	if !gjson.Get(raw, at).Exists() {
		return raw
	}
	cut, err := sjson.Delete(raw, at)
	if err != nil {
		t.Fatal(err)
	}
	return cut
}

// checkUpdate changes one thing after the other and wants every other byte of
// the app back.
func checkUpdate(t *testing.T, raw string) {
	t.Helper()
	v := gjson.Parse(raw)
	kept := without(t, raw, "credentials.oauthClient.client_secret")
	e := &echo{text: raw}
	c := client(t, e)
	have, err := c.App(t.Context(), v.Get("id").String())
	if err != nil {
		return // said already
	}
	for _, change := range []struct {
		at   string
		edit func(*sso.App) bool
	}{
		{"", func(*sso.App) bool { return true }},
		{"label", func(a *sso.App) bool { a.Label = "Another label"; return true }},
		{"settings.notes.admin", func(a *sso.App) bool { a.AdminNote = "Another note"; return v.Get("settings.notes").Exists() }},
		{"settings.signOn.audience", func(a *sso.App) bool {
			if a.SAML == nil || a.SAML.ACSURL == "" {
				return false
			}
			s := *a.SAML
			s.Audience = "https://other.example/sp"
			a.SAML = &s
			return true
		}},
		{"credentials.signing.kid", func(a *sso.App) bool {
			a.KID = strings.Repeat("k", 43)
			return v.Get("credentials.signing.kid").Exists()
		}},
	} {
		want := have
		if want.SAML != nil && want.SAML.ACSURL == "" {
			want.SAML = nil // an app of the catalogue has overrides alone
		}
		if want.OIDC != nil && want.OIDC.ClientID == "" {
			want.OIDC = nil
		}
		if !change.edit(&want) {
			continue
		}
		e.put = ""
		if _, err := c.UpdateApp(t.Context(), have.ID, want); err != nil {
			t.Errorf("change %q of %s: %v", change.at, raw, err)
			continue
		}
		expected := ""
		if change.at != "" {
			expected = set(t, kept, change.at, want)
		}
		if diff := cmp.Diff(expected, e.put); diff != "" {
			t.Errorf("change of %q puts something else too (-want +got):\n%s", change.at, diff)
		}
	}
}

func set(t *testing.T, raw, at string, want sso.App) string {
	t.Helper()
	value := map[string]string{
		"label": want.Label, "settings.notes.admin": want.AdminNote, "credentials.signing.kid": want.KID,
		"settings.signOn.audience": "https://other.example/sp",
	}[at]
	out, err := sjson.Set(raw, at, value)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func list(items []string) string { return "[" + strings.Join(items, ",") + "]" }

func checkKeys(t *testing.T, keys []string) {
	t.Helper()
	got, err := client(t, &echo{text: list(keys)}).Keys(t.Context(), "0oaAPP00000000000001")
	if err != nil || len(got) != len(keys) {
		t.Errorf("%d keys are read as %d: %v", len(keys), len(got), err)
		return
	}
	for i, k := range got {
		v := gjson.Parse(keys[i])
		der, _ := base64.StdEncoding.DecodeString(v.Get("x5c.0").String())
		if k.KID != v.Get("kid").String() || !bytes.Equal(k.Certificate, der) || k.NotAfter.Format("2006-01-02T15:04:05.000Z") != v.Get("expiresAt").String() {
			t.Errorf("key %s is read as %s, good until %s", keys[i], k.KID, k.NotAfter)
		}
	}
}

func checkPeople(t *testing.T, people []string) {
	t.Helper()
	for _, raw := range people {
		v := gjson.Parse(raw)
		if v.Get("status").String() == "DEPROVISIONED" {
			continue
		}
		// Asked for by login, the answer is a list; by id, it is the person.
		exact, _, err := client(t, &echo{text: list([]string{raw})}).Person(t.Context(), v.Get("profile.login").String())
		want := sso.Person{ID: v.Get("id").String(), Login: v.Get("profile.login").String(), Email: v.Get("profile.email").String(),
			FirstName: v.Get("profile.firstName").String(), LastName: v.Get("profile.lastName").String(), Status: v.Get("status").String()}
		if diff := cmp.Diff([]sso.Person{want}, exact); diff != "" || err != nil {
			t.Errorf("%v %s", err, diff)
		}
	}
}

func checkGroups(t *testing.T, groups []string) {
	t.Helper()
	for _, raw := range groups {
		v := gjson.Parse(raw)
		exact, _, err := client(t, &echo{text: list([]string{raw})}).Group(t.Context(), v.Get("profile.name").String())
		want := sso.Group{ID: v.Get("id").String(), Name: v.Get("profile.name").String(),
			Description: v.Get("profile.description").String(), Type: v.Get("type").String()}
		if diff := cmp.Diff([]sso.Group{want}, exact); diff != "" || err != nil {
			t.Errorf("%v %s", err, diff)
		}
	}
}

func checkAssignments(t *testing.T, all things) {
	t.Helper()
	for _, raw := range all.appUsers {
		v := gjson.Parse(raw)
		got, err := client(t, &echo{text: "[" + raw + "]"}).AppUsers(t.Context(), "0oaAPP00000000000001")
		if err != nil || len(got) != 1 || got[0].Kind != sso.ToUser || got[0].ID != v.Get("id").String() ||
			got[0].UserName != v.Get("credentials.userName").String() || got[0].ThroughGroup != (v.Get("scope").String() == "GROUP") {
			t.Errorf("%s is read as %+v, %v", raw, got, err)
		}
	}
	for _, raw := range all.appGroups {
		v := gjson.Parse(raw)
		got, err := client(t, &echo{text: "[" + raw + "]"}).AppGroups(t.Context(), "0oaAPP00000000000001")
		if err != nil || len(got) != 1 || got[0].Kind != sso.ToGroup || got[0].ID != v.Get("id").String() {
			t.Errorf("%s is read as %+v, %v", raw, got, err)
		}
		if link := v.Get("_links.group.href").String(); path.Base(link) != got[0].ID {
			t.Errorf("%s names another group than %s", link, got[0].ID)
		}
	}
}

// The recordings are JSON that Go may write in another way: what is compared
// above are bytes, so this says that bytes are what is meant.
func TestAPutKeepsEscapesAndNumbersAsTheyAre(t *testing.T) {
	t.Parallel()
	for _, c := range ours(t) {
		for _, raw := range collect([]replay.Cassette{c}).apps {
			odd, err := sjson.SetRaw(raw, "settings.future", `{"big":12345678901234567890.10,"text":"\u00fc\/<&>","list":[ ]}`)
			if err != nil || !json.Valid([]byte(odd)) {
				t.Fatal(err)
			}
			checkUpdate(t, odd)
		}
	}
}
