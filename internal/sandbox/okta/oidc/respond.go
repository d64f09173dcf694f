package oidc

import (
	"bytes"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"strings"
)

// respondError tells the client what is wrong with its request.
func (s *Server) respondError(w http.ResponseWriter, r *http.Request, q request, err error) {
	var e *Error
	if !errors.As(err, &e) {
		e = &Error{http.StatusInternalServerError, "server_error", "The request could not be answered."}
	}
	s.respond(w, r, q, url.Values{"error": {e.Code}, "error_description": {e.Description}})
}

// respond sends the browser back to the client in the response mode asked for.
func (s *Server) respond(w http.ResponseWriter, r *http.Request, q request, answer url.Values) {
	if q.state != "" {
		answer.Set("state", q.state)
	}
	if q.mode == "form_post" {
		s.postForm(w, r, q.redirectURI, answer)
		return
	}
	if q.mode == "fragment" {
		redirect(w, q.redirectURI, "#", answer)
		return
	}
	redirect(w, q.redirectURI, "?", answer)
}

// redirect sends the browser to a registered URI with an answer behind it. The
// header is set by hand: http.Redirect would clean the URI's path.
func redirect(w http.ResponseWriter, to, separator string, answer url.Values) {
	if len(answer) > 0 {
		if separator == "?" && strings.Contains(to, "?") {
			separator = "&"
		}
		to += separator + answer.Encode()
	}
	w.Header().Set("Location", to)
	w.WriteHeader(http.StatusFound)
}

var formPage = template.Must(template.New("form").Parse(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="robots" content="noindex">
<title>Signing in</title>
</head>
<body>
<h1>Signing in…</h1>
<form id="appForm" action="{{.Action}}" method="POST">
{{range .Fields}}<input type="hidden" name="{{.Name}}" value="{{.Value}}"/>
{{end}}<noscript><p>Your browser runs no scripts. Press the button to go on.</p><button type="submit">Continue</button></noscript>
</form>
<script nonce="{{.Nonce}}">document.getElementById("appForm").submit();</script>
</body>
</html>
`))

type formField struct{ Name, Value string }

func (s *Server) postForm(w http.ResponseWriter, r *http.Request, to string, answer url.Values) {
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" {
		s.page(w, r, "invalid_request", "The response mode is not supported for this redirect URI.")
		return
	}
	view := struct {
		Action, Nonce string
		Fields        []formField
	}{Action: to, Nonce: random(16)}
	for _, name := range []string{
		"code", "access_token", "token_type", "expires_in", "scope", "id_token", "error", "error_description", "state",
	} {
		if answer.Has(name) {
			view.Fields = append(view.Fields, formField{name, answer.Get(name)})
		}
	}
	var b bytes.Buffer
	if err := formPage.Execute(&b, view); err != nil {
		http.Error(w, "the page could not be drawn", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html;charset=utf-8")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'nonce-"+view.Nonce+"'; base-uri 'none'; frame-ancestors 'none'")
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(b.Bytes())
}
