package okta

// userObject is a person as Okta answers them: with every link in an answer
// about one person, with self alone in lists.
func (o *Org) userObject(c *call, p *person, single bool) object {
	u := object{
		{"id", p.ID},
		{"status", p.Status},
		{"created", p.Created},
		{"activated", p.Activated},
		{"statusChanged", p.StatusChanged},
		{"lastLogin", p.LastLogin},
		{"lastUpdated", p.Updated},
		{"passwordChanged", p.PasswordChanged},
	}
	if !o.classic {
		u.add("realmId", o.meta.Realm)
	}
	u.add("type", object{{"id", o.typeOf(p).ID}})
	u.add("profile", p.profile())
	u.add("credentials", credentialsObject(p))
	self := object{{"href", c.url("users", p.ID)}}
	if single {
		u.add("_links", o.userLinks(c, p, self))
	} else {
		u.add("_links", object{{"self", self}})
	}
	return u
}

func credentialsObject(p *person) object {
	var creds object
	if p.HasPassword {
		creds.add("password", object{})
	}
	if p.Question != "" {
		creds.add("recovery_question", object{{"question", p.Question}})
	}
	creds.add("provider", object{{"type", "OKTA"}, {"name", "OKTA"}})
	return creds
}

// userLinks are what may be done with a person, which their status decides.
func (o *Org) userLinks(c *call, p *person, self object) object {
	var links object
	post := func(name, path string) {
		links.add(name, object{{"href", c.url("users", p.ID, path)}, {"method", "POST"}})
	}
	working := p.Status == active || p.Status == passwordExpired || p.Status == recovery || p.Status == lockedOut
	withPassword := working && p.HasPassword
	if working || p.Status == provisioned {
		post("suspend", "lifecycle/suspend")
	}
	links.add("schema", object{{"href", c.url("meta/schemas/user", o.typeOf(p).SchemaID)}})
	switch p.Status {
	case staged, deprovisioned:
		post("activate", "lifecycle/activate")
	case suspended:
		post("unsuspend", "lifecycle/unsuspend")
	case lockedOut:
		post("unlock", "lifecycle/unlock")
		post("resetPassword", "lifecycle/reset_password")
	default:
		post("resetPassword", "lifecycle/reset_password")
	}
	if p.Status == provisioned {
		post("reactivate", "lifecycle/reactivate")
	}
	if withPassword {
		post("forgotPassword", "credentials/forgot_password")
		post("expirePassword", "lifecycle/expire_password")
		post("changeRecoveryQuestion", "credentials/change_recovery_question")
	}
	links.add("self", self)
	post("resetFactors", "lifecycle/reset_factors")
	links.add("type", object{{"href", c.url("meta/types/user", o.typeOf(p).ID)}})
	if withPassword {
		post("changePassword", "credentials/change_password")
	}
	switch p.Status {
	case staged:
	case deprovisioned:
		links.add("delete", object{{"href", c.url("users", p.ID)}, {"method", "DELETE"}})
	default:
		post("deactivate", "lifecycle/deactivate")
	}
	return links
}
