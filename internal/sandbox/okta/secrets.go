package okta

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"

	"example.com/ssowizard/internal/sandbox/durable"
)

// clientSecret is a secret of an OIDC app. It can be read at any time.
type clientSecret struct {
	ID      string `json:"id"`
	App     string `json:"app"`
	Order   int    `json:"order"` // they are listed oldest first
	Created stamp  `json:"created"`
	Updated stamp  `json:"updated"`
	Status  string `json:"status"`
	Secret  string `json:"secret"`
}

const maxSecrets = 2

func (o *Org) newSecret(app, text string) *clientSecret {
	if text == "" {
		text = o.random.url(48)
	}
	order := 0
	if list := o.secrets[app]; len(list) > 0 {
		order = list[len(list)-1].Order + 1
	}
	now := stampOf(o.now())
	return &clientSecret{
		ID: o.random.id("ocs", liveEra), App: app, Order: order,
		Created: now, Updated: now, Status: active, Secret: text,
	}
}

// firstSecret is made with the app, where the client has one.
func (o *Org) firstSecret(a *app, b *appBody) (*clientSecret, error) {
	if a.OAuth == nil {
		return nil, nil
	}
	if id := o.apps.byClient[a.OAuth.ClientID]; id != "" && id != a.ID {
		return nil, invalid("client_id", "client_id: An object with this field already exists in the current organization")
	}
	if !a.OAuth.confidential() {
		return nil, nil
	}
	return o.newSecret(a.ID, b.sentSecret()), nil
}

func (b *appBody) sentSecret() string {
	if b.Credentials == nil || b.Credentials.OAuth == nil {
		return ""
	}
	return b.Credentials.OAuth.ClientSecret
}

// replacedSecret is the newest secret with a text that a PUT gave, or a first
// one for a client that has become confidential. Nil keeps what is there.
func (o *Org) replacedSecret(a *app, b *appBody) (*clientSecret, []durable.Record) {
	if a.OAuth == nil || !a.OAuth.confidential() {
		return nil, nil
	}
	sent, have := b.sentSecret(), o.newestSecret(a.ID)
	var s *clientSecret
	switch {
	case have == nil:
		s = o.newSecret(a.ID, sent)
	case sent == "" || sent == have.Secret:
		return nil, nil
	default:
		changed := *have
		changed.Secret, changed.Updated = sent, stampOf(o.now())
		s = &changed
	}
	return s, []durable.Record{durable.Put(kindSecret, s.ID, s)}
}

func (o *Org) newestSecret(app string) *clientSecret {
	for _, s := range slices.Backward(o.secrets[app]) {
		if s.Status == active {
			return s
		}
	}
	return nil
}

func (o *Org) currentSecret(a *app) string {
	if s := o.newestSecret(a.ID); s != nil {
		return s.Secret
	}
	return ""
}

// putSecret adds a secret or replaces its older version.
func (o *Org) putSecret(s *clientSecret) {
	list := slices.Clone(o.secrets[s.App])
	if i := slices.IndexFunc(list, func(x *clientSecret) bool { return x.ID == s.ID }); i >= 0 {
		list[i] = s
	} else {
		list = append(list, s)
	}
	o.secrets[s.App] = list
}

func (c *call) secretObject(s *clientSecret) object {
	url := func(path ...string) string {
		return c.url(append([]string{"apps", s.App, "credentials/secrets", s.ID}, path...)...)
	}
	var links object
	if s.Status == active {
		links.add("deactivate", object{{"href", url("lifecycle/deactivate")}, {"hints", allow("POST")}})
	} else {
		links.add("activate", object{{"href", url("lifecycle/activate")}, {"hints", allow("POST")}})
		links.add("delete", object{{"href", url()}, {"hints", allow("DELETE")}})
	}
	sum := sha256.Sum256([]byte(s.Secret))
	return object{
		{"id", s.ID},
		{"created", s.Created},
		{"lastUpdated", s.Updated},
		{"status", s.Status},
		{"client_secret", s.Secret},
		{"secret_hash", base64.RawURLEncoding.EncodeToString(sum[:16])},
		{"_links", links},
	}
}

// oauthApp is an app that has client secrets.
func (o *Org) oauthApp(id string) (*app, error) {
	a, err := o.app(id)
	if err != nil {
		return nil, err
	}
	if a.OAuth == nil {
		return nil, notFound(id, "OAuth2AppInstance")
	}
	return a, nil
}

func (o *Org) secret(c *call) (*clientSecret, error) {
	if _, err := o.oauthApp(c.ids[0]); err != nil {
		return nil, err
	}
	for _, s := range o.secrets[c.ids[0]] {
		if s.ID == c.ids[1] {
			return s, nil
		}
	}
	return nil, notFound(c.ids[1], "OAuth2ClientSecret")
}

func (o *Org) listSecrets(c *call) (*reply, error) {
	a, err := o.oauthApp(c.ids[0])
	if err != nil {
		return nil, err
	}
	out := make([]object, 0, maxSecrets)
	for _, s := range o.secrets[a.ID] {
		out = append(out, c.secretObject(s))
	}
	return ok(out), nil
}

func (o *Org) getSecret(c *call) (*reply, error) {
	s, err := o.secret(c)
	if err != nil {
		return nil, err
	}
	return ok(c.secretObject(s)), nil
}

func (o *Org) createSecret(c *call) (*reply, error) {
	a, err := o.oauthApp(c.ids[0])
	if err != nil {
		return nil, err
	}
	var b struct {
		Secret string `json:"client_secret"`
		Status string `json:"status"`
	}
	if len(c.body) > 0 && json.Unmarshal(c.body, &b) != nil {
		return nil, malformed()
	}
	if n := len(b.Secret); n > 0 && (n < 14 || n > 100) {
		return nil, invalid("client_secret", "client_secret: The field must be between 14 and 100 characters long")
	}
	if len(o.secrets[a.ID]) >= maxSecrets {
		return nil, invalid("client_secret", "You've reached the maximum number of client secrets per client.")
	}
	s := o.newSecret(a.ID, b.Secret)
	if b.Status == inactive {
		s.Status = inactive
	}
	if err := o.keepSecret(s); err != nil {
		return nil, err
	}
	return answer(http.StatusCreated, c.secretObject(s)), nil
}

func (o *Org) keepSecret(s *clientSecret) error {
	if err := o.commit(durable.Put(kindSecret, s.ID, s)); err != nil {
		return err
	}
	o.putSecret(s)
	return nil
}

func (o *Org) activateSecret(c *call) (*reply, error)   { return o.setSecretStatus(c, active) }
func (o *Org) deactivateSecret(c *call) (*reply, error) { return o.setSecretStatus(c, inactive) }

func (o *Org) setSecretStatus(c *call, status string) (*reply, error) {
	old, err := o.secret(c)
	if err != nil {
		return nil, err
	}
	if old.Status == status {
		return ok(c.secretObject(old)), nil
	}
	others := slices.ContainsFunc(o.secrets[old.App], func(x *clientSecret) bool { return x.ID != old.ID && x.Status == active })
	if status == inactive && !others {
		return nil, invalid("client_secret", "You can't deactivate the only active client secret.")
	}
	s := *old
	s.Status, s.Updated = status, stampOf(o.now())
	if err := o.keepSecret(&s); err != nil {
		return nil, err
	}
	return ok(c.secretObject(&s)), nil
}

func (o *Org) deleteSecret(c *call) (*reply, error) {
	s, err := o.secret(c)
	if err != nil {
		return nil, err
	}
	if s.Status == active {
		return nil, invalid("client_secret", "You can't delete an active client secret.")
	}
	if err := o.commit(durable.Remove(kindSecret, s.ID)); err != nil {
		return nil, err
	}
	o.secrets[s.App] = slices.DeleteFunc(slices.Clone(o.secrets[s.App]), func(x *clientSecret) bool { return x.ID == s.ID })
	return noContent(), nil
}
