package signon

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"
)

// tile is an app on the dashboard.
type tile struct {
	Label   string
	Href    string
	Logo    string
	Initial string
}

type dashboardPage struct {
	Name  string
	Login string
	Tiles []tile
}

// dashboard shows a person their apps.
func (s *Site) dashboard(w http.ResponseWriter, r *http.Request) {
	_, p, _, ok := s.arrive(w, r)
	if !ok {
		s.askToSignIn(w, r, self(r))
		return
	}
	page := dashboardPage{Name: strings.TrimSpace(p.FirstName + " " + p.LastName), Login: p.Login}
	for _, app := range s.dir.AppsOf(p.ID) {
		if app.HideTile || !startable(app) {
			continue
		}
		page.Tiles = append(page.Tiles, s.tile(r, app))
	}
	slices.SortStableFunc(page.Tiles, func(a, b tile) int {
		return strings.Compare(strings.ToLower(a.Label), strings.ToLower(b.Label))
	})
	s.render(w, r, http.StatusOK, "My Apps", "dashboard", page)
}

// startable tells whether a tile leads anywhere.
func startable(app App) bool {
	return app.SignOnMode == "SAML_2_0" || app.BookmarkURL != ""
}

func (s *Site) tile(r *http.Request, app App) tile {
	t := tile{
		Label: clean(app.Label),
		Href: "/home/" + url.PathEscape(app.Name) + "/" + url.PathEscape(app.ID) + "/" +
			url.PathEscape(app.LinkID),
	}
	// A logo from elsewhere would make the browser reach out of the sandbox.
	if logo, ok := s.onOrg(r, app.LogoURL); ok && app.LogoURL != "" {
		t.Logo = logo
	}
	for _, c := range t.Label {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			t.Initial = strings.ToUpper(string(c))
			break
		}
	}
	return t
}

// home is the link behind a tile: it starts a sign-on from Okta's side.
func (s *Site) home(w http.ResponseWriter, r *http.Request) {
	app, ok := s.dir.AppByID(r.PathValue("id"))
	if !ok || app.Name != r.PathValue("name") || app.LinkID != r.PathValue("aln") ||
		app.Status != "ACTIVE" || !startable(app) {
		s.noApp(w, r)
		return
	}
	if app.SignOnMode == "SAML_2_0" {
		s.signOn(w, r, app, pending{exk: app.ExternalKey, relayState: r.URL.Query().Get("RelayState")})
		return
	}
	_, p, _, ok := s.arrive(w, r)
	if !ok {
		s.askToSignIn(w, r, self(r))
		return
	}
	if _, assigned := s.dir.UserName(app.ID, p.ID); !assigned {
		s.notAssigned(w, r, app)
		return
	}
	if !webAddress(app.BookmarkURL) {
		s.noApp(w, r)
		return
	}
	noStore(w)
	http.Redirect(w, r, app.BookmarkURL, http.StatusFound)
}
