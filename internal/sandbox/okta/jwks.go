package okta

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// stoppedKey is a client's public key that is not used for now. Those in use
// are in the app's settings alone.
type stoppedKey struct {
	Key     json.RawMessage `json:"key"`
	Updated stamp           `json:"updated"`
}

const maxClientKeys = 50

func (o *Org) jwksRoutes() []*route {
	const keys = "/api/v1/apps/{}/credentials/jwks"
	return []*route{
		api("GET", keys, bucketApps, resApps, o.listClientKeys),
		api("POST", keys, bucketApps, resApps, o.addClientKey),
		api("GET", keys+"/{}", bucketApps, resApps, o.getClientKey),
		api("DELETE", keys+"/{}", bucketApps, resApps, o.deleteClientKey),
		api("POST", keys+"/{}/lifecycle/activate", bucketApps, resApps, o.activateClientKey),
		api("POST", keys+"/{}/lifecycle/deactivate", bucketApps, resApps, o.deactivateClientKey),
	}
}

// clientKey is a public key of a client with what the org says of it.
type clientKey struct {
	id, status string
	raw        json.RawMessage
	updated    stamp
}

// keySet are the keys of an app's settings, as they were sent.
func (s *oauthSettings) keySet() []json.RawMessage {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	_ = json.Unmarshal(s.JWKS, &set) // checked when it was taken
	return set.Keys
}

func (s *oauthSettings) setKeys(keys []json.RawMessage) {
	s.JWKS = nil
	if len(keys) > 0 {
		s.JWKS = encode(object{{"keys", rawList(keys)}})
	}
}

func rawList(keys []json.RawMessage) []any {
	list := make([]any, 0, len(keys))
	for _, k := range keys {
		list = append(list, k)
	}
	return list
}

// clientKeys are an app's, those in use first.
func clientKeys(a *app) []clientKey {
	var list []clientKey
	for _, raw := range a.OAuth.keySet() {
		list = append(list, clientKey{keyID(a, raw), active, raw, a.Updated})
	}
	for _, k := range a.OAuth.Stopped {
		list = append(list, clientKey{keyID(a, k.Key), inactive, k.Key, k.Updated})
	}
	return list
}

// keyID is the same for the same key of the same app, however it got there.
func keyID(a *app, raw json.RawMessage) string {
	sum := sha256.Sum256(append([]byte(a.ID), encode(raw)...))
	id := []byte("pks" + string(liveEra))
	for _, b := range sum[:idSize-len(id)] {
		id = append(id, base62[int(b)%len(base62)])
	}
	return string(id)
}

func (k clientKey) object(c *call, a *app) object {
	url := func(path ...string) string {
		return c.url(append([]string{"apps", a.ID, "credentials/jwks", k.id}, path...)...)
	}
	var given map[string]any
	_ = json.Unmarshal(k.raw, &given)
	v := object{{"id", k.id}}
	for _, name := range []string{"kid", "kty", "alg", "use", "crv", "x", "y", "e", "n"} {
		if given[name] != nil {
			v.add(name, given[name])
		}
	}
	v.add("status", k.status)
	v.add("created", a.Created)
	v.add("lastUpdated", k.updated)
	var links object
	if k.status == active {
		links.add("deactivate", object{{"href", url("lifecycle/deactivate")}, {"hints", allow("POST")}})
	} else {
		links.add("activate", object{{"href", url("lifecycle/activate")}, {"hints", allow("POST")}})
		links.add("delete", object{{"href", url()}, {"hints", allow("DELETE")}})
	}
	v.add("_links", links)
	return v
}

// clientKey finds the key that a path means.
func (o *Org) clientKey(c *call) (*app, clientKey, error) {
	a, err := o.oauthApp(c.ids[0])
	if err != nil {
		return nil, clientKey{}, err
	}
	for _, k := range clientKeys(a) {
		if k.id == c.ids[1] {
			return a, k, nil
		}
	}
	return nil, clientKey{}, notFound(c.ids[1], "JsonWebKey")
}

func (o *Org) listClientKeys(c *call) (*reply, error) {
	a, err := o.oauthApp(c.ids[0])
	if err != nil {
		return nil, err
	}
	out := []object{}
	for _, k := range clientKeys(a) {
		out = append(out, k.object(c, a))
	}
	return ok(out), nil
}

func (o *Org) getClientKey(c *call) (*reply, error) {
	a, k, err := o.clientKey(c)
	if err != nil {
		return nil, err
	}
	return ok(k.object(c, a)), nil
}

// addClientKey takes a public key, in use unless it says otherwise.
func (o *Org) addClientKey(c *call) (*reply, error) {
	old, err := o.oauthApp(c.ids[0])
	if err != nil {
		return nil, err
	}
	var sent map[string]json.RawMessage
	if err := c.decode(&sent); err != nil {
		return nil, err
	}
	stopped := string(sent["status"]) == `"`+inactive+`"`
	for _, name := range []string{"status", "id", "created", "lastUpdated", "_links"} {
		delete(sent, name)
	}
	raw, err := json.Marshal(sent)
	if err != nil {
		return nil, malformed()
	}
	if why := checkClientKey(raw); why != "" {
		return nil, invalid("JsonWebKey", why)
	}
	a := old.clone()
	oauth := *old.OAuth
	a.OAuth, a.Updated = &oauth, stampOf(o.now())
	switch have := clientKeys(old); {
	case len(have) >= maxClientKeys:
		return nil, invalid("JsonWebKey", "You've reached the maximum number of keys per client.")
	case slices.ContainsFunc(have, func(k clientKey) bool { return k.id == keyID(a, raw) }):
		return nil, invalid("JsonWebKey", "kid: A key with this kid already exists.")
	case stopped:
		oauth.Stopped = append(slices.Clone(oauth.Stopped), stoppedKey{raw, a.Updated})
	default:
		oauth.setKeys(append(oauth.keySet(), raw))
	}
	if err := o.keepApp(a); err != nil {
		return nil, err
	}
	for _, k := range clientKeys(a) {
		if k.id == keyID(a, raw) {
			return answer(http.StatusCreated, k.object(c, a)), nil
		}
	}
	return nil, internalError()
}

// checkClientKey says what is wrong with a public key.
func checkClientKey(raw json.RawMessage) string {
	const short = "RSA key length in the 'jwks' is less than '2,048' bits for the given key."
	var head struct {
		Kty string `json:"kty"`
		N   string `json:"n"`
	}
	if json.Unmarshal(raw, &head) != nil {
		return "The key could not be read"
	}
	if n, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(head.N, "=")); head.Kty == "RSA" && (err != nil || len(n) < 256) {
		return short
	}
	var k jose.JSONWebKey
	if k.UnmarshalJSON(raw) != nil || !k.Valid() || !k.IsPublic() {
		return "Only public keys are allowed"
	}
	return ""
}

func (o *Org) activateClientKey(c *call) (*reply, error)   { return o.setClientKey(c, active) }
func (o *Org) deactivateClientKey(c *call) (*reply, error) { return o.setClientKey(c, inactive) }

func (o *Org) setClientKey(c *call, status string) (*reply, error) {
	old, k, err := o.clientKey(c)
	if err != nil {
		return nil, err
	}
	if k.status == status {
		return ok(k.object(c, old)), nil
	}
	a := withoutKey(old, k)
	a.Updated = stampOf(o.now())
	k.status, k.updated = status, a.Updated
	switch {
	case status == active:
		a.OAuth.setKeys(append(a.OAuth.keySet(), k.raw))
	case a.OAuth.AuthMethod == "private_key_jwt" && len(a.OAuth.keySet()) == 0 && a.OAuth.JWKSURI == "":
		return nil, invalid("JsonWebKey", "You can't deactivate the only active key.")
	default:
		a.OAuth.Stopped = append(a.OAuth.Stopped, stoppedKey{k.raw, k.updated})
	}
	if err := o.keepApp(a); err != nil {
		return nil, err
	}
	return ok(k.object(c, a)), nil
}

// withoutKey is an app that has a key no more.
func withoutKey(old *app, k clientKey) *app {
	a := old.clone()
	oauth := *old.OAuth
	a.OAuth = &oauth
	oauth.setKeys(slices.DeleteFunc(oauth.keySet(), func(raw json.RawMessage) bool { return keyID(a, raw) == k.id }))
	oauth.Stopped = slices.DeleteFunc(slices.Clone(oauth.Stopped), func(s stoppedKey) bool { return keyID(a, s.Key) == k.id })
	return a
}

func (o *Org) deleteClientKey(c *call) (*reply, error) {
	old, k, err := o.clientKey(c)
	if err != nil {
		return nil, err
	}
	if k.status == active {
		return nil, invalid("JsonWebKey", "You can't delete an active key.")
	}
	if err := o.keepApp(withoutKey(old, k)); err != nil {
		return nil, err
	}
	return noContent(), nil
}
