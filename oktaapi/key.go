package oktaapi

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

// Validity that Okta allows for a signing key, in years.
const (
	MinKeyYears = 2
	MaxKeyYears = 10
)

// Keys lists all signing keys of an app, in Okta's order, which tells neither
// the newest nor the active one.
func (c *Client) Keys(ctx context.Context, appID string) ([]sso.SigningKey, error) {
	var keys []sso.SigningKey
	v, err := c.get(ctx, appPath(appID, "credentials/keys"), nil)
	if err == nil && !v.IsArray() {
		err = errors.New("the answer is no list")
	}
	for _, k := range v.Array() {
		if err != nil {
			break
		}
		var key sso.SigningKey
		if key, err = readKey(k); err == nil {
			keys = append(keys, key)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("list the signing keys of app %s: %w", appID, err)
	}
	return keys, nil
}

// GenerateKey makes another signing key for an app, good for a number of
// years. It does not become the active one. It is sent once: after an
// *httpx.UnknownOutcome the caller looks with Keys.
func (c *Client) GenerateKey(ctx context.Context, appID string, years int) (sso.SigningKey, error) {
	if years < MinKeyYears || years > MaxKeyYears {
		return sso.SigningKey{}, hint.With(hint.Usage, fmt.Errorf("a signing key cannot be made for %d years", years),
			fmt.Sprintf("Okta takes %d to %d years", MinKeyYears, MaxKeyYears))
	}
	r := call{method: http.MethodPost, path: appPath(appID, "credentials/keys/generate"), query: url.Values{"validityYears": {strconv.Itoa(years)}}}
	a, err := c.do(ctx, r)
	var key sso.SigningKey
	if err == nil {
		if key, err = readKey(gjson.ParseBytes(a.body)); err != nil {
			err = c.lostUnless(r, err)
		}
	}
	if err != nil {
		return sso.SigningKey{}, fmt.Errorf("make a signing key for app %s: %w", appID, err)
	}
	return key, nil
}

func readKey(v gjson.Result) (sso.SigningKey, error) {
	key := sso.SigningKey{KID: v.Get("kid").String(), Created: readTime(v.Get("created")), NotAfter: readTime(v.Get("expiresAt"))}
	if key.KID == "" {
		return sso.SigningKey{}, errors.New("a signing key has no kid")
	}
	x5c := v.Get("x5c.0").String()
	if x5c == "" {
		return key, nil
	}
	cert, err := readCertificate(x5c)
	if err != nil {
		return sso.SigningKey{}, fmt.Errorf("the certificate of signing key %s: %w", clean(key.KID, 60), err)
	}
	key.Certificate, key.NotAfter = cert.Raw, cert.NotAfter.UTC()
	return key, nil
}

// readCertificate reads base64 in lines of any length.
func readCertificate(text string) (*x509.Certificate, error) {
	der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil {
		return nil, errors.New("it is not base64")
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("it does not parse: %w", err)
	}
	return cert, nil
}
