package oidc

import (
	"net/http"
	"net/url"
	"strings"
)

// logout ends the person's session here and sends the browser to where the
// client wants it, if that is registered.
func (s *Server) logout(w http.ResponseWriter, r *http.Request, form url.Values) {
	var hint struct {
		ID       string `json:"jti"`
		Subject  string `json:"sub"`
		Audience string `json:"aud"`
	}
	clientID := form.Get("client_id")
	if text := form.Get("id_token_hint"); text != "" {
		if err := s.open(text, &hint); err != nil || !strings.HasPrefix(hint.ID, "ID.") {
			s.page(w, r, "invalid_request", "The 'id_token_hint' parameter is invalid.")
			return
		}
		if clientID == "" {
			clientID = hint.Audience
		}
	}
	c, ok := s.dir.Client(clientID)
	switch to := form.Get("post_logout_redirect_uri"); {
	case clientID == "":
		s.page(w, r, "invalid_request", "The 'id_token_hint' parameter is required.")
	case !ok || hint.ID != "" && hint.Audience != c.ID:
		s.page(w, r, "invalid_client", "Invalid value for 'client_id' parameter.")
	case to == "":
		s.site.Leave(w, r, hint.Subject)
		http.Redirect(w, r, s.dir.Base(r)+"/login/login.htm", http.StatusFound)
	case !registered(to, c.LogoutURIs, c.Wildcard):
		s.page(w, r, "invalid_request", "The 'post_logout_redirect_uri' parameter must be a Logout redirect URI in the client app settings: "+
			s.settingsPage(r, c))
	default:
		s.site.Leave(w, r, hint.Subject)
		answer := url.Values{}
		if state := form.Get("state"); state != "" {
			answer.Set("state", state)
		}
		redirect(w, to, "?", answer)
	}
}
