package oidc

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
)

// unknownClient marks the error that Okta words like its Management API.
const unknownClient = "invalid_client: unknown"

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

func invalidClient(description string) *Error {
	return &Error{http.StatusUnauthorized, "invalid_client", description}
}

const (
	badCredentials = "Client authentication failed. Either the client or the client credentials are invalid."
	badSecret      = "The client secret supplied for a confidential client is invalid."
	tooMany        = "Cannot supply multiple client credentials. Use one of the following: credentials in the Authorization header, " +
		"credentials in the post body, or a client_assertion in the post body."
)

// presented is how a client says who it is.
type presented struct {
	method   string
	id       string
	secrets  []string // readings of the one secret sent
	asserted string
}

// authenticate finds out which client calls. It has to prove itself in the way
// it is registered for, and in no other.
func (s *Server) authenticate(r *http.Request, form url.Values) (Client, error) {
	p, err := credentials(r, form)
	if err != nil {
		return Client{}, err
	}
	if p.asserted != "" {
		if form.Get("client_assertion_type") != assertionType {
			return Client{}, invalidClient("The client_assertion_type is invalid.")
		}
		audience := s.dir.Base(r) + r.URL.Path
		if p.id, err = s.dir.Asserted(p.asserted, p.id, audience); err != nil {
			return Client{}, err
		}
	}
	c, ok := s.dir.Client(p.id)
	switch {
	case !ok:
		return Client{}, &Error{http.StatusUnauthorized, unknownClient, "Invalid value for 'client_id' parameter."}
	case p.asserted != "":
		return c, nil // the way was looked at when it was verified
	case p.method != c.AuthMethod:
		return Client{}, invalidClient(badCredentials)
	case p.method == "none":
		return c, nil
	}
	for _, known := range c.Secrets {
		for _, sent := range p.secrets {
			if same(known, sent) {
				return c, nil
			}
		}
	}
	return Client{}, invalidClient(badSecret)
}

func credentials(r *http.Request, form url.Values) (presented, error) {
	p := presented{method: "none", id: form.Get("client_id"), asserted: form.Get("client_assertion")}
	id, secret, basic := r.BasicAuth()
	posted := form.Has("client_secret")
	switch {
	case basic && (posted || p.asserted != "" || p.id != ""), posted && p.asserted != "":
		return p, &Error{http.StatusUnauthorized, "invalid_request", tooMany}
	case basic:
		// Both parts are form-encoded by the letter of OAuth, and many clients
		// send them as they are.
		p.method, p.id, p.secrets = "client_secret_basic", id, []string{secret}
		if plain, err := url.QueryUnescape(secret); err == nil {
			p.secrets = append(p.secrets, plain)
		}
		if plain, err := url.QueryUnescape(id); err == nil {
			p.id = plain
		}
	case posted:
		p.method, p.secrets = "client_secret_post", []string{form.Get("client_secret")}
	}
	if p.id == "" && p.asserted == "" {
		return p, invalidClient("No client credentials found.")
	}
	return p, nil
}

func same(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return a != "" && hmac.Equal(x[:], y[:])
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
