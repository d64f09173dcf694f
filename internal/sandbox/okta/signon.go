package okta

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"example.com/ssowizard/internal/sandbox/okta/signon"
)

// mount makes the part of the org that people meet.
func (o *Org) mount() *signon.Site {
	options := signon.Options{OrgID: o.meta.ID}
	if o.limiter.limits == nil {
		options.LoginTries = unlimited // a person's tries a second are a limit like the others
	}
	return signon.New(o.Directory(), options)
}

// isSignOn tells whether a path is the sign-on site's.
func isSignOn(segments []string) bool {
	if len(segments) == 0 {
		return true
	}
	switch segments[0] {
	case "login", "home", "signin", "app":
		return !isMetadata(segments)
	case "admin": // an app's certificate
		return len(segments) > 2 && segments[1] == "org" && segments[2] == "security"
	case "api":
		return len(segments) > 2 && segments[1] == "v1" && (segments[2] == "authn" || segments[2] == "sessions")
	}
	return false
}

// isMetadata tells whether a path is /app/…/sso/saml/metadata.
func isMetadata(segments []string) bool {
	n := len(segments)
	return segments[0] == "app" && (n == 5 || n == 6) && slices.Equal(segments[n-3:], []string{"sso", "saml", "metadata"})
}

// serveSignOn counts the calls of programs; pages are not counted.
func (o *Org) serveSignOn(w http.ResponseWriter, r *http.Request, segments []string) {
	h := w.Header()
	h.Set("Date", o.now().UTC().Format(http.TimeFormat))
	h.Set("Server", "nginx")
	h.Set("X-Okta-Request-Id", o.random.hex(16))
	if len(segments) > 2 && segments[0] == "api" {
		o.setHeaders(h)
		bucket := bucketAuthn
		if segments[2] == "sessions" {
			bucket = bucketSessions
		}
		if bucket == bucketAuthn || r.Header.Get("Authorization") != "" {
			o.setCookies(h)
		}
		if err := o.limiter.take(h, bucket, ""); err != nil {
			o.writeError(w, err)
			return
		}
		// One's own session needs no token, anybody else's does.
		if bucket == bucketSessions && len(segments) > 3 && segments[3] != "me" {
			c := &call{r: r, base: o.Base(r), who: o.identify(r)}
			if err := o.authorize(c, &route{method: r.Method, resource: resSessions}); err != nil {
				o.writeError(w, err)
				return
			}
		}
	}
	o.site.ServeHTTP(w, r)
}

// Directory is the org as the sign-on site sees it.
func (o *Org) Directory() signon.Directory { return directory{o} }

type directory struct{ *Org }

func (d directory) Now() time.Time { return d.now() }

func (d directory) OrgName() string { return companyName }

func (d directory) TwoFactor() bool { return d.twoFactor }

func (d directory) NewID(prefix string) string {
	return prefix + d.random.text(max(0, idSize-len(prefix)))
}

func (d directory) Fail(w http.ResponseWriter, status int, code, summary string, causes ...string) {
	d.setHeaders(w.Header())
	d.writeError(w, fail(status, code, summary, causes...))
}

func (d directory) PersonByLogin(login string) (signon.Person, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	p, found := d.people.byName(login)
	return personOf(p), found
}

func (d directory) PersonByID(id string) (signon.Person, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	p, found := d.people.byID[id]
	return personOf(p), found
}

func personOf(p *person) signon.Person {
	if p == nil {
		return signon.Person{}
	}
	return signon.Person{
		ID: p.ID, Login: p.Login, Email: p.Email, FirstName: p.First, LastName: p.Last, Status: p.Status,
		PasswordChanged: p.PasswordChanged.time(), Profile: p.profile(),
	}
}

// CheckPassword holds no lock while it computes: a hash takes milliseconds.
func (d directory) CheckPassword(id, text string) bool {
	d.mu.RLock()
	p, found := d.people.byID[id]
	if !found {
		d.mu.RUnlock()
		return false
	}
	seen := *p
	d.mu.RUnlock()
	return d.checkPassword(&seen, text)
}

func (d directory) GroupsOf(id string) []string {
	d.mu.RLock()
	defer d.mu.RUnlock()
	p, found := d.people.byID[id]
	if !found {
		return nil
	}
	var names []string
	for _, g := range d.groupsOf(p) {
		names = append(names, g.Name)
	}
	slices.Sort(names)
	return names
}

func (d directory) AppByExternalKey(exk string) (signon.App, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.appOf(d.apps.byID[d.apps.byKey[exk]])
}

func (d directory) AppByID(id string) (signon.App, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.appOf(d.apps.byID[id])
}

func (d directory) AppsOf(id string) []signon.App {
	d.mu.RLock()
	defer d.mu.RUnlock()
	p, found := d.people.byID[id]
	if !found {
		return nil
	}
	var list []signon.App
	for _, a := range d.apps.sorted {
		if a.Status != active || a.Own || d.assignment(a, p) == nil {
			continue
		}
		v, _ := d.appOf(a)
		list = append(list, v)
	}
	slices.SortStableFunc(list, func(a, b signon.App) int {
		return strings.Compare(strings.ToLower(a.Label), strings.ToLower(b.Label))
	})
	return list
}

func (d directory) UserName(app, id string) (string, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	a, p := d.apps.byID[app], d.people.byID[id]
	if a == nil || p == nil {
		return "", false
	}
	u := d.assignment(a, p)
	if u == nil {
		return "", false
	}
	return u.UserName, true
}

func (d directory) ActiveKey(app string) (signon.Key, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	a := d.apps.byID[app]
	if a == nil || d.keys[a.Kid] == nil {
		return signon.Key{}, false
	}
	k := d.keys[a.Kid]
	return signon.Key{KID: k.KID, Private: k.Private, Certificate: k.Certificate}, true
}

func (d directory) appOf(a *app) (signon.App, bool) {
	if a == nil {
		return signon.App{}, false
	}
	v := signon.App{
		ID: a.ID, Name: a.Name, Label: a.Label, ExternalKey: a.ExternalKey, LinkID: a.LinkID, Status: a.Status,
		SignOnMode: a.Mode, HideTile: a.Visibility.Hide.Web, LogoURL: a.logoPath(), ErrorURL: text(a.Access.ErrorURL),
	}
	if a.Mode == modeBookmark {
		v.BookmarkURL = bookmarkURL(a)
	}
	switch {
	case a.SAML != nil:
		v.SAML = samlOf(a.SAML)
	case a.Overrides != nil && a.Mode == modeSAML:
		v.SAML = a.Overrides.saml()
	}
	if v.SAML.ACSURL == "" && a.Mode == modeSAML {
		v.SignOnMode = "" // nobody has said where its service provider is
	}
	return v, true
}

func samlOf(s *samlSettings) signon.SAML {
	v := signon.SAML{
		ACSURL: s.ACSURL, Recipient: s.Recipient, Destination: s.Destination, Audience: s.Audience,
		IssuerTemplate: s.IdPIssuer, NameIDFormat: s.NameIDFormat, NameIDTemplate: s.NameIDTemplate,
		ResponseSigned: s.ResponseSigned, AssertionSigned: s.AssertionSigned,
		SignatureAlgorithm: s.SignatureAlgorithm, DigestAlgorithm: s.DigestAlgorithm,
		AuthnContextClassRef: s.AuthnContextClassRef, HonorForceAuthn: s.HonorForceAuthn,
		DefaultRelayState: s.DefaultRelayState, AllowMultipleACS: s.AllowMultipleACS,
		SLOEnabled: s.SLO.Enabled, SLOIssuer: s.SLO.Issuer, SLOURL: s.SLO.LogoutURL,
		SPCertificate: s.SPCertificate, SignedRequestRequired: s.SignedRequest,
	}
	for _, st := range s.Attributes {
		v.Attributes = append(v.Attributes, signon.Attribute{
			Type: st.Type, Name: st.Name, Namespace: st.Namespace, Values: st.Values,
			FilterType: st.FilterType, FilterValue: st.FilterValue,
		})
	}
	for _, e := range s.ACSEndpoints {
		v.ACSEndpoints = append(v.ACSEndpoints, signon.ACSEndpoint{URL: e.URL, Index: e.Index})
	}
	return v
}
