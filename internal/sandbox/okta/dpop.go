package okta

import (
	"crypto"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// proofLife is how far the time of a proof may be from the server's.
const proofLife = 5 * time.Minute

// proof is what a DPoP header proves: that its sender holds a key.
type proof struct {
	thumbprint string
	nonce      string
}

// proofClaims are those of a DPoP proof.
type proofClaims struct {
	jwt.Claims
	Method string `json:"htm"`
	URL    string `json:"htu"`
	Nonce  string `json:"nonce"`
	Token  string `json:"ath"` // digest of the access token beside it
}

func badProof(description string) *oauthError {
	return &oauthError{http.StatusBadRequest, "invalid_dpop_proof", description, nil}
}

// provenKey reads the DPoP header of a request. Each proof is good once, for
// its method, address and, beside an access token, for that token.
func (o *Org) provenKey(r *http.Request, base, token string) (proof, *oauthError) {
	headers := r.Header.Values("DPoP")
	switch {
	case len(headers) == 0:
		return proof{}, badProof("The DPoP proof JWT header is missing.")
	case len(headers) > 1:
		return proof{}, badProof("There is more than one DPoP proof JWT header.")
	}
	parsed, err := jwt.ParseSigned(headers[0], assertionAlgorithms)
	if err != nil || len(parsed.Headers) != 1 {
		return proof{}, badProof("The DPoP proof JWT is not a signed JWT that the server can read.")
	}
	h := parsed.Headers[0]
	if kind, _ := h.ExtraHeaders[jose.HeaderType].(string); kind != "dpop+jwt" || h.JSONWebKey == nil || !h.JSONWebKey.IsPublic() {
		return proof{}, badProof("The DPoP proof JWT needs the type 'dpop+jwt' and a public key in its header.")
	}
	var claims proofClaims
	if parsed.Claims(h.JSONWebKey.Key, &claims) != nil {
		return proof{}, badProof("The DPoP proof JWT signature is invalid.")
	}
	print, err := h.JSONWebKey.Thumbprint(crypto.SHA256)
	if err != nil {
		return proof{}, badProof("The DPoP proof JWT needs a public key in its header.")
	}
	p := proof{thumbprint: base64.RawURLEncoding.EncodeToString(print), nonce: claims.Nonce}
	return p, o.checkProof(claims, r, base, token)
}

func (o *Org) checkProof(claims proofClaims, r *http.Request, base, token string) *oauthError {
	now := o.now()
	switch {
	case claims.Method != r.Method:
		return badProof("The 'htm' claim of the DPoP proof JWT is not the method of the request.")
	case !sameAddress(claims.URL, base+r.URL.EscapedPath()):
		return badProof("The 'htu' claim of the DPoP proof JWT is not the address of the request.")
	case claims.IssuedAt == nil || now.Sub(claims.IssuedAt.Time()).Abs() > proofLife:
		return badProof("The 'iat' claim of the DPoP proof JWT is not now.")
	case claims.ID == "":
		return badProof("The 'jti' claim of the DPoP proof JWT is missing.")
	case token != "" && claims.Token != tokenHash(token):
		return badProof("The 'ath' claim of the DPoP proof JWT is not the hash of the access token.")
	case !o.assertion.first("proof "+claims.ID, now.Add(2*proofLife), now):
		return badProof("The DPoP proof JWT has already been used.")
	}
	return nil
}

func tokenHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// sameAddress compares what htu may hold: no query, and a standard port or none.
func sameAddress(a, b string) bool {
	x, err1 := url.Parse(a)
	y, err2 := url.Parse(b)
	return err1 == nil && err2 == nil && x.Scheme == y.Scheme && hostPort(x) == hostPort(y) &&
		strings.TrimPrefix(x.EscapedPath(), "/") == strings.TrimPrefix(y.EscapedPath(), "/")
}

func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return strings.ToLower(u.Hostname()) + ":" + port
}

// boundKey is the key that a token is bound to; "" for an app without DPoP. A
// proof needs the server's nonce, which an answer brings.
func (o *Org) boundKey(c *call, a *app) (string, error) {
	if !a.OAuth.DPoP {
		return "", nil
	}
	p, bad := o.provenKey(c.r, c.base, "")
	if bad != nil {
		return "", bad
	}
	if p.nonce != o.nonce {
		return "", &oauthError{
			http.StatusBadRequest, "use_dpop_nonce", "Authorization server requires nonce in DPoP proof.",
			http.Header{"Dpop-Nonce": {o.nonce}},
		}
	}
	return p.thumbprint, nil
}
