package replay

import (
	"net/http"
	"strings"
)

// madeAnew is the body of a request whose recorder kept none. What was sent
// comes back in the answer, but for secrets; members that the server decides
// itself it has to ignore anyway.
func (p *player) madeAnew(e Exchange) string {
	if e.Body != "" || !e.AllKept || e.Method == http.MethodGet || e.Method == http.MethodDelete {
		return e.Body
	}
	answer, err := parseJSON(e.Text)
	if err != nil || answer.kind != '{' {
		return e.Body
	}
	last := e.URL.Path[strings.LastIndexByte(e.URL.Path, '/')+1:]
	switch {
	case last == "authn":
		return `{"username":` + quote(answer.get("_embedded", "user", "profile", "login").text) + `,"password":"REDACTED"}`
	case last == "sessions":
		return `{"sessionToken":` + quote(p.sessionToken) + `}`
	case e.Status >= 400:
		return e.Body
	case last == "users" && answer.has("profile") && !answer.has("scope"):
		body := `{"profile":` + answer.get("profile").json()
		if answer.get("credentials").has("password") {
			body += `,"credentials":{"password":{"value":"REDACTED"}}`
		}
		return body + "}"
	case last == "apps", last == "groups", last == "grants", last == "users", last == "csrs", looksLikeID(last):
		return e.Text
	}
	return e.Body
}
