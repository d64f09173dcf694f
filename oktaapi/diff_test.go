package oktaapi_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/oktaapi"
)

func TestDiffKnowsOktasIdeaOfEqual(t *testing.T) {
	t.Parallel()
	have := appOf(t, appJSON)
	for name, tt := range map[string]struct {
		change func(have, want *sso.App)
		want   []sso.Change
	}{
		"nothing":                 {func(_, _ *sso.App) {}, nil},
		"null RelayState":         {func(_, w *sso.App) { w.SAML.DefaultRelayState = "" }, nil},
		"unstated texts":          {func(_, w *sso.App) { w.SAML.IssuerTemplate, w.SAML.SignatureAlgorithm, w.KID = "", "", "" }, nil},
		"order of statements":     {func(_, w *sso.App) { w.SAML.Attributes = append(w.SAML.Attributes, department) }, nil},
		"line ends in notes":      {func(h, w *sso.App) { *h = note(t, `"a\r\nb\n"`); w.AdminNote = "a\nb" }, nil},
		"people's note is kept":   {func(h, w *sso.App) { *h = note(t, `"mine\nssowizard:1 0123456789abcdef a b"`) }, nil},
		"a note that is only our": {func(h, w *sso.App) { *h = note(t, `"ssowizard:1 0123456789abcdef a b"`) }, []sso.Change{{Field: "settings.notes.admin", From: "ssowizard:1 0123456789abcdef a b", To: ""}}},
		"audience byte for byte":  {func(_, w *sso.App) { w.SAML.Audience = "N2P" }, []sso.Change{{Field: "settings.signOn.audience", From: "n2p", To: "N2P"}}},
		"own recipient":           {func(_, w *sso.App) { w.SAML.Recipient = "https://r" }, []sso.Change{{Field: "settings.signOn.recipient", From: "https://sp.example/acs", To: "https://r"}}},
		"bool":                    {func(_, w *sso.App) { w.SAML.HonorForceAuthn = false }, []sso.Change{{Field: "settings.signOn.honorForceAuthn", From: true, To: false}}},
		"note":                    {func(_, w *sso.App) { w.AdminNote = "x" }, []sso.Change{{Field: "settings.notes.admin", From: nil, To: "x"}}},
		"statement": {func(_, w *sso.App) { w.SAML.Attributes[0].Values = []string{"user.login"} },
			[]sso.Change{{Field: "settings.signOn.attributeStatements.email", From: "user.email", To: "user.login"}}},
		"format of a statement": {func(_, w *sso.App) { w.SAML.Attributes[0].Format = sso.AttrURI },
			[]sso.Change{{Field: "settings.signOn.attributeStatements.email.namespace", From: sso.AttrUnspec, To: sso.AttrURI}}},
		"user name": {func(_, w *sso.App) { w.UserNameTemplate = "${source.email}" },
			[]sso.Change{{Field: "credentials.userNameTemplate.template", From: "${source.login}", To: "${source.email}"}}},
		"a tile hidden apart on mobiles": {func(h, _ *sso.App) { *h = appOf(t, strings.Replace(appJSON, `"iOS":false`, `"iOS":true`, 1)) }, nil},
		"tile":                           {func(_, w *sso.App) { w.HideTile = true }, []sso.Change{{Field: "visibility.hide.web", From: false, To: true}, {Field: "visibility.hide.iOS", From: false, To: true}}},
		"made up, without raw":           {func(h, w *sso.App) { h.Raw = nil; w.SAML.Audience = "x" }, []sso.Change{{Field: "settings.signOn.audience", From: "n2p", To: "x"}}},
	} {
		h, w := have, wanted()
		tt.change(&h, &w)
		if diff := cmp.Diff(tt.want, oktaapi.Diff(h, w), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

var department = sso.AttributeStatement{Name: "department", Format: sso.AttrBasic, Values: []string{"user.department"}}

func note(t *testing.T, text string) sso.App {
	return appOf(t, strings.Replace(appJSON, `"admin":null`, `"admin":`+text, 1))
}

func appOf(t *testing.T, text string) sso.App {
	t.Helper()
	o := newOrg(t)
	o.on("GET "+appLine, jsonAnswer(200, text))
	app, err := o.client(t).App(t.Context(), appID)
	if err != nil {
		t.Fatal(err)
	}
	return app
}

func TestDiffOfANewAppListsWhatItStates(t *testing.T) {
	t.Parallel()
	got := oktaapi.Diff(sso.App{}, wanted())
	byField := map[string]any{}
	for _, c := range got {
		if c.From != nil {
			t.Errorf("%s comes from %v", c.Field, c.From)
		}
		byField[c.Field] = c.To
	}
	for field, want := range map[string]any{"label": "Acme Sync", "settings.signOn.audience": "n2p", "settings.signOn.responseSigned": true,
		"settings.signOn.attributeStatements.email": "user.email", "settings.signOn.recipient": "https://sp.example/acs", "visibility.hide.web": false} {
		if byField[field] != want {
			t.Errorf("%s: got %v, want %v", field, byField[field], want)
		}
	}
	if _, ok := byField["settings.notes.admin"]; ok {
		t.Error("an empty note is listed")
	}
}
