package sandbox

import (
	"bytes"
	_ "embed"
	"html/template"
	"net"
	"net/http"
	"net/netip"
)

const consolePath = "/sandbox"

// mostListed is how many people, and how many groups, the console shows.
const mostListed = 100

//go:embed console.html
var consoleSource string

//go:embed console.css
var consoleStyle string

var consolePage = template.Must(template.New("console").Funcs(template.FuncMap{"clean": clean}).Parse(consoleSource))

// console is the page that shows what is in the sandbox, for people. It is no
// part of Okta, so it is neither logged nor delayed; and because it shows the
// sandbox's secrets it is for this machine alone.
type console struct {
	info   Info
	org    org
	recent *recent
}

type consoleView struct {
	Info
	Overview overview
	Query    string
	Requests []line
	Nonce    string
	Style    template.CSS
}

func (c *console) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	case !fromHere(r):
		http.Error(w, "this page is for the machine that the sandbox runs on", http.StatusForbidden)
		return
	}
	query := r.URL.Query().Get("q")
	v := consoleView{Info: c.info, Overview: c.org.Overview(query, mostListed), Query: query,
		Requests: c.recent.newestFirst(), Nonce: randomHex(16), Style: template.CSS(consoleStyle)} //nolint:gosec // our own file
	var b bytes.Buffer
	if err := consolePage.Execute(&b, v); err != nil {
		http.Error(w, "the page could not be drawn", http.StatusInternalServerError)
		return
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'nonce-"+v.Nonce+"'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	if r.Method != http.MethodHead {
		_, _ = w.Write(b.Bytes()) // fails when the other side has gone
	}
}

// fromHere tells whether a request comes from this machine.
func fromHere(r *http.Request) bool {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}
