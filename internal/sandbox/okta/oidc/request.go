package oidc

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// request is an authorization request whose client and redirect URI are known
// to belong together.
type request struct {
	client      Client
	redirectURI string
	mode        string // query, fragment, form_post
	state       string
	nonce       string
	scopes      []string
	types       []string // of response: code, id_token, token
	challenge   string
	prompts     []string
	maxAge      time.Duration // negative: any
	loginHint   string
}

// scopes of the org authorization server that people's tokens can have.
var knownScopes = []string{"openid", "email", "profile", "address", "phone", "offline_access", "groups"}

const (
	noSuchScope = "One or more scopes are not configured for the authorization server resource."
	noScope     = "The authorization server resource does not have any configured default scopes, 'scope' must be provided."
)

// readRequest reads what is left once client and redirect URI are in order.
// With an error the state and the mode are as far read as an answer needs.
func readRequest(c Client, redirectURI string, form url.Values) (request, error) {
	q := request{
		client: c, redirectURI: redirectURI, mode: "query", state: form.Get("state"), nonce: form.Get("nonce"),
		challenge: form.Get("code_challenge"), prompts: strings.Fields(form.Get("prompt")),
		maxAge: -1, loginHint: form.Get("login_hint"),
	}
	q.types = strings.Fields(form.Get("response_type"))
	if q.wants("id_token") || q.wants("token") {
		q.mode = "fragment"
	}
	if mode := form.Get("response_mode"); mode != "" {
		if !slices.Contains([]string{"query", "fragment", "form_post"}, mode) {
			return q, badRequest("invalid_request", "The response mode is not supported by the authorization server.")
		}
		if mode == "query" && q.mode == "fragment" {
			return q, badRequest("invalid_request", "The response mode 'query' is not allowed for tokens.")
		}
		q.mode = mode
	}
	for _, check := range []func(*request, url.Values) error{
		checkState, checkResponseType, checkObjects, checkScopes, checkPKCE, checkPrompt, checkMaxAge,
	} {
		if err := check(&q, form); err != nil {
			return q, err
		}
	}
	return q, nil
}

func checkState(q *request, _ url.Values) error {
	if q.state == "" {
		return badRequest("invalid_request", "The authentication request has an invalid 'state' parameter.")
	}
	return nil
}

// checkResponseType takes what the app is registered for: a code, tokens, or
// both at once.
func checkResponseType(q *request, form url.Values) error {
	if len(q.types) == 0 {
		return badRequest("invalid_request", "The 'response_type' parameter is required.")
	}
	for i, kind := range q.types {
		grantType := "implicit"
		if kind == "code" {
			grantType = grantCode
		}
		switch {
		case slices.Contains(q.types[:i], kind), !slices.Contains([]string{"code", "id_token", "token"}, kind),
			!slices.Contains(q.client.ResponseTypes, kind):
			return badRequest("unsupported_response_type", fmt.Sprintf(
				"The response type is not supported by the authorization server. Configured response types: [%s]",
				strings.Join(q.client.ResponseTypes, ", ")))
		case !slices.Contains(q.client.GrantTypes, grantType):
			return badRequest("unauthorized_client", unauthorizedGrant(q.client))
		}
	}
	if q.wants("id_token") && form.Get("nonce") == "" {
		return badRequest("invalid_request", "The authentication request has an invalid 'nonce' parameter.")
	}
	return nil
}

func (q request) wants(kind string) bool { return slices.Contains(q.types, kind) }

func unauthorizedGrant(c Client) string {
	return fmt.Sprintf("The client is not authorized to use the provided grant type. Configured grant types: [%s].",
		strings.Join(c.GrantTypes, ", "))
}

func checkObjects(_ *request, form url.Values) error {
	for _, name := range []string{"request", "request_uri"} {
		if form.Get(name) != "" {
			return badRequest(name+"_not_supported", "The '"+name+"' parameter is not supported.")
		}
	}
	return nil
}

func checkScopes(q *request, form url.Values) error {
	for _, scope := range strings.Fields(form.Get("scope")) {
		if !slices.Contains(knownScopes, scope) {
			return badRequest("invalid_scope", noSuchScope)
		}
		if !slices.Contains(q.scopes, scope) {
			q.scopes = append(q.scopes, scope)
		}
	}
	if len(q.scopes) == 0 {
		return badRequest("invalid_scope", noScope)
	}
	return nil
}

func checkPKCE(q *request, form url.Values) error {
	method := form.Get("code_challenge_method")
	switch {
	case !q.wants("code"): // there is nothing to redeem
		return nil
	case q.challenge == "" && q.client.AuthMethod == "none":
		return badRequest("invalid_request", "PKCE code challenge is required when the token endpoint authentication method is 'NONE'.")
	case q.challenge == "" && q.client.PKCERequired:
		return badRequest("invalid_request", "PKCE code challenge is required by the application.")
	case q.challenge == "" && method != "":
		return badRequest("invalid_request", "The 'code_challenge' parameter is required.")
	case q.challenge == "":
		return nil
	case method != "S256":
		return badRequest("invalid_request", "The 'code_challenge_method' parameter must be 'S256'.")
	case !codeText(q.challenge):
		return badRequest("invalid_request", "The 'code_challenge' parameter is invalid.")
	}
	return nil
}

// codeText tells whether s has the form of a verifier or a challenge.
func codeText(s string) bool {
	return len(s) >= 43 && len(s) <= 128 && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-._~", r))
	})
}

func checkPrompt(q *request, _ url.Values) error {
	for _, p := range q.prompts {
		if !slices.Contains([]string{"none", "login", "consent", "enroll_authenticator"}, p) {
			return badRequest("invalid_request", "The 'prompt' parameter is invalid.")
		}
	}
	if slices.Contains(q.prompts, "none") && len(q.prompts) > 1 {
		return badRequest("invalid_request", "The 'prompt' parameter value 'none' cannot be combined with others.")
	}
	return nil
}

func checkMaxAge(q *request, form url.Values) error {
	text := form.Get("max_age")
	if text == "" {
		return nil
	}
	seconds, err := strconv.ParseInt(text, 10, 32)
	if err != nil || seconds < 0 {
		return badRequest("invalid_request", "The 'max_age' parameter is invalid.")
	}
	q.maxAge = time.Duration(seconds) * time.Second
	return nil
}

func (q request) prompt(value string) bool { return slices.Contains(q.prompts, value) }

// registered tells whether a redirect URI is one of the app's, character for
// character. Where wildcards are on, a * stands for a part of one host label.
func registered(uri string, uris []string, wildcard bool) bool {
	if uri == "" {
		return false
	}
	return slices.ContainsFunc(uris, func(known string) bool {
		if known == uri {
			return true
		}
		before, after, star := strings.Cut(known, "*")
		if !wildcard || !star || len(uri) < len(before)+len(after) {
			return false
		}
		middle := strings.TrimSuffix(strings.TrimPrefix(uri, before), after)
		return before+middle+after == uri && middle != "" && !strings.ContainsAny(middle, "./:@?#\\%[]")
	})
}
