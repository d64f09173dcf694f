package signin

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"example.com/ssowizard/internal/sso"
)

// codeRequest is what a relying party asks Okta for.
type codeRequest struct {
	redirectURI *url.URL
}

// codeRequestOf reads an authorization request for a code, if q is one.
func codeRequestOf(q request) (codeRequest, bool) {
	asked := parametersOf(q)
	if !slices.Contains(strings.Fields(asked.Get("response_type")), "code") {
		return codeRequest{}, false
	}
	to, err := url.Parse(asked.Get("redirect_uri"))
	if err != nil || to.Host == "" {
		return codeRequest{}, false
	}
	return codeRequest{redirectURI: to}, true
}

// parametersOf are those of a request, wherever they stand.
func parametersOf(q request) url.Values {
	if q.method == http.MethodPost {
		return q.form
	}
	return q.url.Query()
}

// codeAnswer tells whether n carries Okta's answer to an authorization request
// to the service provider. An answer that is an error is an end: the service
// provider would only repeat it.
func (r *run) codeAnswer(n, asking request) (bool, error) {
	asked, ok := codeRequestOf(asking)
	if !ok || origin(asked.redirectURI) != origin(n.url) || asked.redirectURI.EscapedPath() != n.url.EscapedPath() {
		return false, nil
	}
	r.seen.At = r.c.cfg.Now()
	r.seen.PostedTo = bare(n.url)
	answer := parametersOf(n)
	switch {
	case answer.Get("error") != "":
		return true, &end{outcome: outcomeOfError(answer), detail: "Okta answered " + answer.Get("error") + ": " + answer.Get("error_description")}
	case answer.Get("code") == "":
		return true, &end{outcome: sso.OutcomeIdPError, detail: "Okta's answer holds neither a code nor an error"}
	}
	return true, nil
}
