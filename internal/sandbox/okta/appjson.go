package okta

// appObject is an app as Okta answers it. secret is the client secret of an
// OIDC app, shown where it was just made or sent.
func (o *Org) appObject(c *call, a *app, secret string) object {
	v := object{
		{"id", a.ID},
		{"orn", "orn:okta:idp:" + o.meta.ID + ":apps:" + a.Name + ":" + a.ID},
		{"name", a.Name},
		{"label", a.Label},
		{"status", a.Status},
		{"lastUpdated", a.Updated},
		{"created", a.Created},
		{"accessibility", object{
			{"selfService", a.Access.SelfService}, {"errorRedirectUrl", a.Access.ErrorURL}, {"loginRedirectUrl", a.Access.LoginURL},
		}},
	}
	if of := integrationOf(a.Name); of != nil && of.seats {
		v.add("licensing", object{{"seatCount", 0}})
	}
	v = append(v, object{
		{"visibility", visibilityObject(a, o.shownLinks(a))},
		{"features", []string{}},
		{"signOnMode", a.Mode},
		{"credentials", appCredentials(a, secret)},
		{"universalLogout", universalLogout(a)},
		{"settings", o.appSettings(c, a)},
	}...)
	if len(a.Profile) > 0 {
		v.add("profile", a.Profile)
	}
	v.add("_links", o.appLinks(c, a))
	return v
}

func visibilityObject(a *app, links object) object {
	var v object
	if !a.Own {
		v.add("autoLaunch", a.Visibility.AutoLaunch)
	}
	v.add("autoSubmitToolbar", a.Visibility.AutoSubmit)
	v.add("hide", object{{"iOS", a.Visibility.Hide.IOS}, {"web", a.Visibility.Hide.Web}})
	v.add("appLinks", links)
	return v
}

func appCredentials(a *app, secret string) object {
	name := object{{"template", a.UserName.Template}, {"type", a.UserName.Type}}
	if a.UserName.Suffix != "" {
		name.add("suffix", a.UserName.Suffix)
	}
	if a.UserName.PushStatus != "" {
		name.add("pushStatus", a.UserName.PushStatus)
	}
	signing := object{}
	if a.Kid != "" {
		signing.add("kid", a.Kid)
	}
	if s := a.SignIn; s != nil {
		return s.object(name, signing)
	}
	creds := object{{"userNameTemplate", name}, {"signing", signing}}
	if a.OAuth != nil {
		creds.add("oauthClient", a.OAuth.credentials(secret))
	}
	return creds
}

func (o *Org) appSettings(c *call, a *app) object {
	settings := object{}
	if len(a.Settings) > 0 {
		settings.add("app", a.Settings)
	} else {
		settings.add("app", object{})
	}
	settings.add("notifications", notificationsObject(a.Notifications))
	settings.add("manualProvisioning", false)
	settings.add("implicitAssignment", a.Implicit)
	if a.Own {
		return settings
	}
	if signs(a.Mode) || a.Mode == modeOIDC {
		settings.add("emOptInStatus", "NONE")
	}
	settings.add("notes", object{{"admin", a.Notes.Admin}, {"enduser", a.Notes.EndUser}})
	if a.SAML != nil {
		settings.add("signOn", a.SAML.object(c))
	}
	if a.Overrides != nil {
		settings.add("signOn", a.Overrides.object(a.Mode))
	}
	if a.Plugin != nil {
		settings.add("signOn", a.Plugin.object())
	}
	if a.OAuth != nil {
		settings.add("oauthClient", a.OAuth.object(o.classic))
	}
	return settings
}

func notificationsObject(n *notifications) object {
	if n == nil {
		n = &notifications{}
	}
	connection := n.VPN.Network.Connection
	if connection == "" {
		connection = "DISABLED"
	}
	return object{{"vpn", object{
		{"network", object{{"connection", connection}}}, {"message", n.VPN.Message}, {"helpUrl", n.VPN.HelpURL},
	}}}
}

// universalLogout is what an integration can do; a person's own app says
// nothing of it.
func universalLogout(a *app) any {
	if (signs(a.Mode) || a.Mode == modeOIDC) && integrationOf(a.Name) != nil {
		return object{{"status", "UNSUPPORTED"}}
	}
	return nil
}

// object is credentials of an app with passwords.
func (s *signInWith) object(name, signing object) object {
	v := object{{"scheme", s.Scheme}, {"userNameTemplate", name}}
	if s.UserName != "" {
		v.add("userName", s.UserName)
	}
	if s.HasPassword {
		v.add("password", object{})
	}
	v.add("revealPassword", s.Reveal)
	v.add("signing", signing)
	return v
}

// help is the last part of the address of an app's setup instructions.
func (a *app) help() string {
	if of := integrationOf(a.Name); of != nil {
		if signs(a.Mode) || a.Mode == modeOIDC {
			return of.help
		}
		return ""
	}
	if a.Mode == modeSAML {
		return helpOwn
	}
	return ""
}

// appLinks are an app's links, in Okta's order.
func (o *Org) appLinks(c *call, a *app) object {
	var links object
	add := func(name string, value object) { links.add(name, value) }
	url := func(path ...string) string { return c.url(append([]string{"apps", a.ID}, path...)...) }
	if help := a.help(); help != "" {
		add("help", object{{"href", c.base + "/app/" + a.Name + "/" + a.ID + "/setup/help/" + a.Mode + "/" + help}, {"type", "text/html"}})
	}
	if a.Mode == modeSAML {
		add("metadata", object{{"href", url("sso/saml/metadata")}, {"type", "application/xml"}})
	}
	add("uploadLogo", object{{"href", url("logo")}, {"hints", allow("POST")}})
	home := []object{}
	for _, l := range o.tiles(a) {
		home = append(home, object{
			{"name", l.name}, {"href", c.base + "/home/" + a.Name + "/" + a.ID + "/" + l.id}, {"type", "text/html"},
		})
	}
	links.add("appLinks", home)
	if !o.classic {
		add("profileEnrollment", object{{"href", c.url("policies", o.meta.EnrollmentPolicy)}})
	}
	if a.Status != active {
		add("activate", object{{"href", url("lifecycle/activate")}})
	}
	if !o.classic {
		add("policies", object{{"href", url("policies")}, {"hints", allow("PUT")}})
	}
	add("groups", object{{"href", url("groups")}})
	links.add("logo", []object{{{"name", "medium"}, {"href", c.base + a.logoPath()}, {"type", "image/png"}}})
	if a.Mode == modeOIDC && !a.Own {
		links.add("clientCredentials", []object{{{"name", "secrets"}, {"href", url("credentials/secrets")}}})
	}
	if !o.classic {
		add("accessPolicy", object{{"href", c.url("policies", a.Policy)}})
	}
	add("users", object{{"href", url("users")}})
	if a.Status == active {
		add("deactivate", object{{"href", url("lifecycle/deactivate")}})
	}
	return links
}

func allow(methods ...string) object { return object{{"allow", methods}} }

// Pictures of apps without a logo of their own.
const (
	defaultAppLogo = "/assets/img/logos/default.png"
	bookmarkLogo   = "/assets/img/logos/bookmark-app.png"
)

func (a *app) logoPath() string {
	switch {
	case a.Logo != "":
		return "/fs/bcg/4/" + a.Logo
	case a.Mode == modeBookmark:
		return bookmarkLogo
	}
	return defaultAppLogo
}
