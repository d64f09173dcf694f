package signin

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// cookies keeps cookies by the rules of a browser, SameSite included, which
// net/http/cookiejar leaves out: a sign-in that works only because a cookie
// went where no browser sends it would prove nothing. There is a jar for each
// kind of request; a cookie is in those that may carry it.
type cookies struct {
	sameSite  *cookiejar.Jar // requests that a page of the same site causes
	crossGet  *cookiejar.Jar // a link or redirect from another site
	crossPost *cookiejar.Jar // a form of another site
}

func newCookies() *cookies {
	jar := func() *cookiejar.Jar {
		j, _ := cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List}) // never fails
		return j
	}
	return &cookies{sameSite: jar(), crossGet: jar(), crossPost: jar()}
}

// forRequest lists the cookies for a request to u that a page at initiator
// caused; nil means that somebody typed the address.
func (c *cookies) forRequest(initiator, u *url.URL, method string) []*http.Cookie {
	switch {
	case initiator == nil || site(initiator) == site(u):
		return c.sameSite.Cookies(u)
	case method == http.MethodGet:
		return c.crossGet.Cookies(u)
	}
	return c.crossPost.Cookies(u)
}

// keep takes the cookies of an answer from u. Browsers drop SameSite=None
// without Secure. A cookie without SameSite counts as Lax, but goes along with
// a form of another site for its first two minutes, which is longer than this.
func (c *cookies) keep(u *url.URL, set []*http.Cookie) {
	for _, cookie := range set {
		if cookie.SameSite == http.SameSiteNoneMode && !cookie.Secure {
			continue
		}
		gone := *cookie
		gone.MaxAge, gone.Value = -1, ""
		put := func(jar *cookiejar.Jar, allowed bool) {
			if allowed {
				jar.SetCookies(u, []*http.Cookie{cookie})
			} else {
				jar.SetCookies(u, []*http.Cookie{&gone}) // an older one of the name
			}
		}
		strict, lax := cookie.SameSite == http.SameSiteStrictMode, cookie.SameSite == http.SameSiteLaxMode
		put(c.sameSite, true)
		put(c.crossGet, !strict)
		put(c.crossPost, !strict && !lax)
	}
}

// site is the scheme with the registrable domain.
func site(u *url.URL) string {
	host := strings.ToLower(u.Hostname())
	if domain, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		host = domain
	}
	return u.Scheme + "://" + host
}
