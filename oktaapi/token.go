package oktaapi

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/tidwall/gjson"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/httpx"
	"example.com/ssowizard/internal/secret"
)

const (
	assertionType     = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
	assertionLifetime = 5 * time.Minute
	// earlyRenewal is how long before its end a token is no longer used, so
	// that none runs out on the way or while a rate limit is waited for.
	earlyRenewal = 2 * time.Minute
	tokenPath    = "/oauth2/v1/token"
)

// tokenSource gives the access token of a service app: one request at a time,
// whoever asks, and the token is kept until shortly before its end.
type tokenSource struct {
	client   *http.Client
	orgURL   string
	host     string
	agent    string
	clientID string
	scopes   []string
	signer   jose.Signer
	now      func() time.Time

	turn    chan struct{} // holds one element: whoever takes it may look and fetch
	token   secret.String
	renewAt time.Time
}

func newTokenSource(cfg Config, client *http.Client) (*tokenSource, error) {
	if cfg.Auth.PrivateKey.IsZero() {
		return nil, hint.New(hint.Usage, "the OAuth service app has no private key", "give the private key as PEM")
	}
	signer, err := newSigner(cfg.Auth.PrivateKey, cfg.Auth.KeyID)
	if err != nil {
		return nil, hint.With(hint.Usage, fmt.Errorf("read the service app's private key: %w", err),
			"give the private key as PEM (PKCS#1, PKCS#8 or EC) without a passphrase, or as JWK")
	}
	scopes := cfg.Auth.Scopes
	if scopes == nil {
		scopes = DefaultScopes
	}
	s := &tokenSource{client: client, orgURL: cfg.OrgURL, agent: cfg.UserAgent, clientID: cfg.Auth.ClientID,
		scopes: scopes, signer: signer, now: cfg.Clock, turn: make(chan struct{}, 1)}
	s.host = strings.TrimPrefix(strings.TrimPrefix(cfg.OrgURL, "https://"), "http://")
	s.turn <- struct{}{}
	return s, nil
}

// get gives a token that is good for a while. It ends with ctx, whether it
// fetches or waits for somebody who does.
func (s *tokenSource) get(ctx context.Context) (string, error) {
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case <-s.turn:
	}
	defer func() { s.turn <- struct{}{} }()
	if !s.token.IsZero() && s.now().Before(s.renewAt) {
		return s.token.Reveal(), nil
	}
	token, life, err := s.fetch(ctx)
	if err != nil {
		return "", fmt.Errorf("get an access token for service app %s: %w", clean(s.clientID, 60), err)
	}
	s.token = secret.New(token)
	s.renewAt = s.now().Add(max(life-earlyRenewal, life/2))
	return token, nil
}

// drop forgets token, which Okta has refused, unless there is a newer one already.
func (s *tokenSource) drop(ctx context.Context, token string) {
	select {
	case <-ctx.Done():
		return
	case <-s.turn:
	}
	defer func() { s.turn <- struct{}{} }()
	if s.token.Reveal() == token {
		s.token = secret.String{}
	}
}

// fetch asks for a token. Asking again after a lost answer does no harm, as
// each assertion is signed anew.
func (s *tokenSource) fetch(ctx context.Context) (string, time.Duration, error) {
	for try := 1; ; try++ {
		token, life, err := s.fetchOnce(ctx)
		if err == nil || !unknownOutcome(err) || try == 3 || ctx.Err() != nil {
			return token, life, err
		}
	}
}

func (s *tokenSource) fetchOnce(ctx context.Context) (string, time.Duration, error) {
	assertion, err := s.assertion()
	if err != nil {
		return "", 0, err
	}
	form := url.Values{"grant_type": {"client_credentials"}, "scope": {strings.Join(s.scopes, " ")},
		"client_assertion_type": {assertionType}, "client_assertion": {assertion}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.orgURL+tokenPath, strings.NewReader(form.Encode()))
	if err != nil {
		return "", 0, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	setAgent(req, s.agent)
	a, err := exchangePlain(s.client, req)
	if err != nil {
		return "", 0, err
	}
	return s.read(a)
}

func (s *tokenSource) read(a answer) (string, time.Duration, error) {
	if !gjson.ValidBytes(a.body) || !gjson.ParseBytes(a.body).IsObject() {
		return "", 0, notOkta(s.host, a)
	}
	body := gjson.ParseBytes(a.body)
	if a.status != http.StatusOK {
		return "", 0, s.refused(a, body)
	}
	token := body.Get("access_token").String()
	if kind := body.Get("token_type").String(); token == "" || !strings.EqualFold(kind, "Bearer") {
		if strings.EqualFold(kind, "DPoP") {
			return "", 0, hint.New(hint.NotAllowed, "Okta gave a token that is bound to a DPoP proof", dpopTip)
		}
		return "", 0, errors.New("the answer holds no bearer token")
	}
	life := time.Duration(min(max(body.Get("expires_in").Int(), 0), 86400)) * time.Second
	return token, life, nil
}

const dpopTip = "open the service app in the Admin Console (General → General Settings → Edit) and untick " +
	"“Require Demonstrating Proof of Possession (DPoP) header in token requests”, then run the same command again"

func (s *tokenSource) refused(a answer, body gjson.Result) error {
	e := &Error{Method: http.MethodPost, Path: tokenPath, Status: a.status, RequestID: clean(a.header.Get("X-Okta-Request-Id"), 100),
		Code: clean(body.Get("error").String(), 60), Summary: clean(body.Get("error_description").String(), 400)}
	if e.Code == "" {
		e.Code, e.Summary = clean(body.Get("errorCode").String(), 40), clean(body.Get("errorSummary").String(), 400)
	}
	out := &hint.Error{Err: e, Code: hint.NotAllowed, RequestID: e.RequestID}
	switch e.Code {
	case "invalid_dpop_proof", "use_dpop_nonce":
		out.Hints = []string{dpopTip}
	case "invalid_scope":
		out.Hints = []string{"grant each of these scopes to the service app (Okta API Scopes tab; only a Super Administrator can): " + strings.Join(s.scopes, ", ")}
	case "invalid_client", "unauthorized_client", "access_denied":
		out.Hints = []string{"check that the client id is of a service app of " + s.host + " that is active, that it authenticates with a public key, that the public key belongs to the private key given, " +
			"and that this computer's clock is right"}
	default:
		if e.Status >= 500 || e.Status == http.StatusTooManyRequests {
			out.Code, out.Hints = 0, []string{"run the same command again in a minute"}
		}
	}
	return out
}

// assertion is the JWT by which the service app proves that it has the key.
func (s *tokenSource) assertion() (string, error) {
	now := s.now()
	id := make([]byte, 16)
	if _, err := rand.Read(id); err != nil {
		return "", err
	}
	text, err := jwt.Signed(s.signer).Claims(jwt.Claims{
		Issuer: s.clientID, Subject: s.clientID, Audience: jwt.Audience{s.orgURL + tokenPath},
		IssuedAt: jwt.NewNumericDate(now), Expiry: jwt.NewNumericDate(now.Add(assertionLifetime)), ID: hex.EncodeToString(id),
	}).Serialize()
	if err != nil {
		return "", fmt.Errorf("sign the client assertion: %w", err)
	}
	return text, nil
}

func newSigner(key secret.String, kid string) (jose.Signer, error) {
	parsed, jwkID, err := parseKey(key.Reveal())
	if err != nil {
		return nil, err
	}
	alg, err := algorithm(parsed)
	if err != nil {
		return nil, err
	}
	if kid == "" {
		kid = jwkID
	}
	opts := &jose.SignerOptions{}
	if kid != "" {
		opts = opts.WithHeader("kid", kid)
	}
	return jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: parsed}, opts)
}

func algorithm(key crypto.PrivateKey) (jose.SignatureAlgorithm, error) {
	switch k := key.(type) {
	case *rsa.PrivateKey:
		return jose.RS256, nil
	case *ecdsa.PrivateKey:
		switch k.Curve {
		case elliptic.P256():
			return jose.ES256, nil
		case elliptic.P384():
			return jose.ES384, nil
		case elliptic.P521():
			return jose.ES512, nil
		}
		return "", errors.New("an EC key must be on the curve P-256, P-384 or P-521")
	}
	return "", errors.New("it is neither an RSA nor an EC key")
}

// parseKey reads a private key. Its errors tell what was found and never show
// any of it.
func parseKey(text string) (key crypto.PrivateKey, kid string, err error) {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "{") {
		return parseJWK(text)
	}
	// In an environment variable line ends are often written as \n.
	rest := []byte(strings.ReplaceAll(text, `\n`, "\n"))
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return nil, "", errors.New("it holds no private key in PEM form")
		}
		switch block.Type {
		case "EC PARAMETERS":
			continue
		case "RSA PRIVATE KEY":
			if block.Headers["Proc-Type"] != "" {
				return nil, "", errors.New("it is protected by a passphrase")
			}
			key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
		case "EC PRIVATE KEY":
			key, err = x509.ParseECPrivateKey(block.Bytes)
		case "PRIVATE KEY":
			key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
		case "ENCRYPTED PRIVATE KEY":
			return nil, "", errors.New("it is protected by a passphrase")
		default:
			return nil, "", fmt.Errorf("it holds a %q and no private key", clean(block.Type, 60))
		}
		if err != nil {
			return nil, "", fmt.Errorf("its %s does not parse", strings.ToLower(block.Type))
		}
		return key, "", nil
	}
}

func parseJWK(text string) (crypto.PrivateKey, string, error) {
	var jwk jose.JSONWebKey
	if err := json.Unmarshal([]byte(text), &jwk); err != nil || jwk.IsPublic() || !jwk.Valid() {
		return nil, "", errors.New("it is no private key in JWK form")
	}
	return jwk.Key, jwk.KeyID, nil
}

// exchangePlain sends a request without the SDK and reads the answer whole.
func exchangePlain(client *http.Client, req *http.Request) (answer, error) {
	resp, err := client.Do(req)
	if err != nil {
		return answer{}, broke(req, withoutURL(err))
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return answer{}, httpx.HideEOF(broke(req, err))
	}
	return answer{status: resp.StatusCode, header: resp.Header, body: body}, nil
}

func setAgent(req *http.Request, agent string) {
	if agent != "" {
		req.Header.Set("User-Agent", agent)
	}
}
