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
		{"visibility", visibilityObject(a)},
		{"features", []string{}},
		{"signOnMode", a.Mode},
		{"credentials", appCredentials(a, secret)},
		{"universalLogout", nil},
		{"settings", o.appSettings(a)},
	}
	if len(a.Profile) > 0 {
		v.add("profile", a.Profile)
	}
	v.add("_links", o.appLinks(c, a))
	return v
}

func visibilityObject(a *app) object {
	var v object
	if !a.Own {
		v.add("autoLaunch", a.Visibility.AutoLaunch)
	}
	v.add("autoSubmitToolbar", a.Visibility.AutoSubmit)
	v.add("hide", object{{"iOS", a.Visibility.Hide.IOS}, {"web", a.Visibility.Hide.Web}})
	links := object{}
	for name, on := range a.Visibility.Links { // one at most
		links.add(name, on)
	}
	v.add("appLinks", links)
	return v
}

func appCredentials(a *app, secret string) object {
	name := object{{"template", a.UserName.Template}}
	if a.UserName.Suffix != "" {
		name.add("suffix", a.UserName.Suffix)
	}
	name.add("type", a.UserName.Type)
	if a.UserName.PushStatus != "" {
		name.add("pushStatus", a.UserName.PushStatus)
	}
	signing := object{}
	if a.Kid != "" {
		signing.add("kid", a.Kid)
	}
	creds := object{{"userNameTemplate", name}, {"signing", signing}}
	if a.OAuth != nil {
		creds.add("oauthClient", a.OAuth.credentials(secret))
	}
	return creds
}

func (o *Org) appSettings(a *app) object {
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
	settings.add("emOptInStatus", "NONE")
	settings.add("notes", object{{"admin", a.Notes.Admin}, {"enduser", a.Notes.EndUser}})
	if a.SAML != nil {
		settings.add("signOn", a.SAML.object())
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

// appLinks are an app's links, in Okta's order.
func (o *Org) appLinks(c *call, a *app) object {
	var links object
	add := func(name string, value object) { links.add(name, value) }
	url := func(path ...string) string { return c.url(append([]string{"apps", a.ID}, path...)...) }
	if a.Mode == modeSAML {
		add("help", object{{"href", c.base + "/app/" + a.Name + "/" + a.ID + "/setup/help/SAML_2_0/instructions"}, {"type", "text/html"}})
		add("metadata", object{{"href", url("sso/saml/metadata")}, {"type", "application/xml"}})
	}
	add("uploadLogo", object{{"href", url("logo")}, {"hints", allow("POST")}})
	home := []object{}
	if a.LinkName != "" {
		home = append(home, object{
			{"name", a.LinkName}, {"href", c.base + "/home/" + a.Name + "/" + a.ID + "/" + a.LinkID}, {"type", "text/html"},
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
	if a.OAuth != nil {
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
