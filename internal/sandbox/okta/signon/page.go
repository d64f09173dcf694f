package signon

import (
	"bytes"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"strings"
	"unicode"
)

//go:embed page.html
var pageSource string

//go:embed page.css
var pageStyle string

var pages = template.Must(template.New("page").Funcs(template.FuncMap{"clean": clean}).Parse(pageSource))

// view is what every page is drawn from.
type view struct {
	Title string
	Org   string
	Nonce string
	Style template.CSS
	Page  any
}

// render writes one of the pages of page.html.
func (s *Site) render(w http.ResponseWriter, r *http.Request, status int, title, name string, page any) {
	v := view{Title: clean(title), Org: clean(s.dir.OrgName()), Nonce: random("", 22),
		Style: template.CSS(pageStyle), Page: page} //nolint:gosec // our own file
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, name, v); err != nil {
		http.Error(w, "the page could not be drawn", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	noStore(w)
	h.Set("Content-Type", "text/html;charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	// With no-referrer a browser would send "Origin: null" with our own forms.
	h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
	// form-action stays open to the web: Chromium applies it to the redirects
	// after a form too, and those lead to service providers.
	h.Set("Content-Security-Policy", "default-src 'none'; img-src 'self'; style-src 'nonce-"+v.Nonce+
		"'; script-src 'nonce-"+v.Nonce+"'; form-action 'self' https: http:; base-uri 'none'; frame-ancestors 'none'")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(b.Bytes())
	}
}

type problemPage struct{ Heading, Text string }

// problem is the page for everything that went wrong.
func (s *Site) problem(w http.ResponseWriter, r *http.Request, status int, heading, text string) {
	s.render(w, r, status, heading, "problem", problemPage{heading, clean(text)})
}

func (s *Site) notFound(w http.ResponseWriter, r *http.Request) {
	s.problem(w, r, http.StatusNotFound, "Page not found", "There is nothing at this address.")
}

type postPage struct {
	Action, Name, Value, RelayState string
}

// post makes the browser hand a SAML message to a service provider.
func (s *Site) post(w http.ResponseWriter, r *http.Request, to, name string, message []byte, relayState string) {
	s.render(w, r, http.StatusOK, "Signing in", "post", postPage{
		Action: to, Name: name, Value: base64.StdEncoding.EncodeToString(message), RelayState: relayState})
}

// clean drops control characters and marks that turn the direction of the
// text around them: labels come from outside, and pages are read in terminals
// too.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return ' '
		case unicode.IsControl(r), 0x202a <= r && r <= 0x202e, 0x2066 <= r && r <= 0x2069:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

func quoted(label string) string { return "“" + clean(label) + "”" }
