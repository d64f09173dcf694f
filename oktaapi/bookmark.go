package oktaapi

import (
	"github.com/okta/okta-sdk-golang/v2/okta"

	"example.com/ssowizard/internal/sso"
)

// bookmarkPath is where a bookmark app keeps its address.
const bookmarkPath = "settings.app.url"

// newBookmarkApp is a tile that only leads somewhere. Unlike a custom SAML app
// it has a name, which is always the same.
func newBookmarkApp(want sso.App) any {
	app := okta.NewBookmarkApplication()
	app.Name = "bookmark"
	app.Label = want.Label
	app.Visibility = visibility(want.HideTile)
	app.Settings = &okta.BookmarkApplicationSettings{
		App:   &okta.BookmarkApplicationSettingsApplication{Url: want.BookmarkURL, RequestIntegration: new(bool)},
		Notes: notes(want.AdminNote),
	}
	return app
}
