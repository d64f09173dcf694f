package okta

import (
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"example.com/ssowizard/internal/sandbox/durable"
)

// defaultYears is how long the key lives that is made with an app.
const (
	defaultYears = 10
	minYears     = 2
	maxYears     = 10
)

// signingKey is a key pair with its certificate. The kid is random and says
// nothing about either.
type signingKey struct {
	KID         string
	Private     *rsa.PrivateKey
	Certificate []byte
	Expires     stamp
}

type keptKey struct {
	KID         string `json:"kid"`
	Private     []byte `json:"private"` // PKCS #1
	Certificate []byte `json:"certificate"`
	Expires     stamp  `json:"expires"`
}

// MarshalJSON is how a key is kept in the log.
func (k *signingKey) MarshalJSON() ([]byte, error) {
	return json.Marshal(keptKey{k.KID, x509.MarshalPKCS1PrivateKey(k.Private), k.Certificate, k.Expires})
}

// UnmarshalJSON reads a kept key.
func (k *signingKey) UnmarshalJSON(b []byte) error {
	var kept keptKey
	if err := json.Unmarshal(b, &kept); err != nil {
		return err
	}
	private, err := x509.ParsePKCS1PrivateKey(kept.Private)
	if err != nil {
		return fmt.Errorf("key %s: %w", kept.KID, err)
	}
	*k = signingKey{kept.KID, private, kept.Certificate, kept.Expires}
	return nil
}

// makeKey makes a key whose certificate lives so many years from now.
func (o *Org) makeKey(years int) (*signingKey, error) {
	private, err := o.newKey()
	if err != nil {
		return nil, err
	}
	now := o.now().UTC()
	der, err := certify(private, now, years)
	if err != nil {
		return nil, err
	}
	return &signingKey{
		KID: o.random.url(32), Private: private, Certificate: der,
		Expires: stampOf(now.AddDate(years, 0, 0)),
	}, nil
}

func (o *Org) keyRoutes() []*route {
	const keys = "/api/v1/apps/{}/credentials/keys"
	return []*route{
		api("GET", keys, bucketApps, resApps, o.listKeys),
		api("GET", keys+"/{}", bucketApps, resApps, o.getKey),
		api("POST", keys+"/generate", bucketApps, resApps, o.generateKey).slow(),
		api("POST", keys+"/{}/clone", bucketApps, resApps, o.cloneKey),
		api("GET", "/api/v1/apps/{}/sso/saml/metadata", bucketApps, resApps, o.previewMetadata).answers("application/xml"),
		public("/app/{}/sso/saml/metadata", "", o.publicMetadata).answers("application/xml"),
		public("/app/{}/{}/sso/saml/metadata", "", o.publicMetadata).answers("application/xml"),
	}
}

// keyObject is a key in an app's list.
func (o *Org) keyObject(k appKey) object {
	key := o.keys[k.KID]
	sum := sha256.Sum256(key.Certificate)
	return object{
		{"kty", "RSA"},
		{"created", k.Created},
		{"lastUpdated", k.Created},
		{"expiresAt", key.Expires},
		{"kid", k.KID},
		{"use", "sig"},
		{"x5c", []string{base64.StdEncoding.EncodeToString(key.Certificate)}},
		{"x5t#S256", base64.RawURLEncoding.EncodeToString(sum[:])},
		{"e", base64.RawURLEncoding.EncodeToString(big.NewInt(int64(key.Private.E)).Bytes())},
		{"n", base64.RawURLEncoding.EncodeToString(key.Private.N.Bytes())},
	}
}

// listKeys is ordered by kid without regard to case: the active key may stand
// anywhere.
func (o *Org) listKeys(c *call) (*reply, error) {
	a, err := o.app(c.ids[0])
	if err != nil {
		return nil, err
	}
	keys := slices.Clone(a.Keys)
	slices.SortFunc(keys, func(x, y appKey) int {
		return strings.Compare(strings.ToLower(x.KID), strings.ToLower(y.KID))
	})
	out := make([]object, 0, len(keys))
	for _, k := range keys {
		out = append(out, o.keyObject(k))
	}
	return ok(out), nil
}

func (o *Org) getKey(c *call) (*reply, error) {
	a, err := o.app(c.ids[0])
	if err != nil {
		return nil, err
	}
	k, err := a.key(c.ids[1])
	if err != nil {
		return nil, err
	}
	return ok(o.keyObject(k)), nil
}

func (a *app) key(kid string) (appKey, error) {
	for _, k := range a.Keys {
		if k.KID == kid {
			return k, nil
		}
	}
	return appKey{}, notFound(kid, "JsonWebKey")
}

// generateKey adds a key and does not use it: only a PUT of the app does.
func (o *Org) generateKey(c *call) (*reply, error) {
	years, err := strconv.Atoi(c.query.Get("validityYears"))
	if err != nil || years < minYears || years > maxYears {
		return nil, invalid("generateKey", "Validity years out of range. It should be 2 - 10 years.")
	}
	if err := o.takesKeys(c.ids[0]); err != nil {
		return nil, err
	}
	key, err := o.makeKey(years)
	if err != nil {
		return nil, internalError()
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	old, err := o.app(c.ids[0])
	if err != nil {
		return nil, err
	}
	a := old.clone()
	entry := appKey{KID: key.KID, Created: stampOf(o.now())}
	a.Keys = append(a.Keys, entry)
	if err := o.keepApp(a, durable.Put(kindKey, key.KID, key)); err != nil {
		return nil, err
	}
	o.keys[key.KID] = key
	return answer(http.StatusCreated, o.keyObject(entry)).set("Location", c.url("apps", a.ID, "credentials/keys", key.KID)), nil
}

// takesKeys refuses an app that is not there, before a key is made for it. An
// app that signs nothing may have keys all the same.
func (o *Org) takesKeys(id string) error {
	o.mu.RLock()
	defer o.mu.RUnlock()
	_, err := o.app(id)
	return err
}

// cloneKey puts a key into another app's list too.
func (o *Org) cloneKey(c *call) (*reply, error) {
	a, err := o.app(c.ids[0])
	if err != nil {
		return nil, err
	}
	k, err := a.key(c.ids[1])
	if err != nil {
		return nil, err
	}
	old, err := o.app(c.query.Get("targetAid"))
	if err != nil {
		return nil, err
	}
	if old.hasKey(k.KID) {
		return nil, invalid("cloneKey", "Key already exists in the list of key credentials for the target app.")
	}
	target := old.clone()
	entry := appKey{KID: k.KID, Created: stampOf(o.now())}
	target.Keys = append(target.Keys, entry)
	if err := o.keepApp(target); err != nil {
		return nil, err
	}
	return answer(http.StatusCreated, o.keyObject(entry)).
		set("Location", c.url("apps", target.ID, "credentials/keys", k.KID)), nil
}
