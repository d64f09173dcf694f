package okta

import (
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// setHeaders sets what is on every answer of Okta's API.
func (o *Org) setHeaders(h http.Header) {
	h.Set("Date", o.now().UTC().Format(http.TimeFormat))
	h.Set("Server", "nginx")
	h.Set("X-Okta-Request-Id", o.random.hex(16))
	h.Set("Cache-Control", "no-cache, no-store")
	h.Set("Pragma", "no-cache")
	h.Set("Expires", "0")
	h.Set("P3P", `CP="HONK"`)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-XSS-Protection", "0")
	h.Set("Strict-Transport-Security", "max-age=315360000; includeSubDomains")
	h.Set("Content-Security-Policy", "default-src 'self'; frame-ancestors 'self'")
	h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
	h.Set("Accept-Ch", "Sec-CH-UA-Platform-Version")
	h.Set("Vary", "Accept-Encoding")
}

// setCookies sets the cookies that an answer to a token carries. They end a
// browser's session, so they are on no answer that a browser asks for.
func (o *Org) setCookies(h http.Header) {
	h.Add("Set-Cookie", `sid="";Version=1;Path=/;Max-Age=0`)
	h.Add("Set-Cookie", `xids="";Version=1;Path=/;Max-Age=0`)
	h.Add("Set-Cookie", "JSESSIONID="+strings.ToUpper(o.random.hex(16))+"; Path=/; Secure; HttpOnly")
}

// checkHeaders refuses an Accept or Content-Type that the endpoint has not got.
// An empty body needs no Content-Type.
func checkHeaders(rt *route, r *http.Request, body []byte) error {
	serves := func(media string) bool { return acceptable(r.Header.Values("Accept"), media) }
	if !rt.document() && !slices.ContainsFunc(rt.produces(), serves) {
		return headersWrong("E0000019")
	}
	if len(body) == 0 || r.Method == http.MethodGet || r.Method == http.MethodDelete {
		return nil
	}
	sent := r.Header.Get("Content-Type")
	if sent == "" {
		return headersWrong("E0000018")
	}
	kind, _, err := mime.ParseMediaType(sent)
	if err != nil || !slices.Contains(rt.consumes(), kind) {
		return headersWrong("E0000021")
	}
	return nil
}

// acceptable tells whether an Accept header lets a media type through.
func acceptable(accept []string, produced string) bool {
	if len(accept) == 0 {
		return true
	}
	family, _, _ := strings.Cut(produced, "/")
	for part := range strings.SplitSeq(strings.Join(accept, ","), ",") {
		kind, parameters, err := mime.ParseMediaType(strings.TrimSpace(part))
		if err != nil || !positive(parameters["q"]) {
			continue
		}
		if kind == "text/xml" { // the older name, by which Okta's own later SDKs ask
			kind = "application/xml"
		}
		if kind == "*/*" || kind == family+"/*" || kind == produced {
			return true
		}
	}
	return strings.TrimSpace(strings.Join(accept, "")) == ""
}

func positive(q string) bool {
	if q == "" {
		return true
	}
	f, err := strconv.ParseFloat(q, 64)
	return err == nil && f > 0
}
