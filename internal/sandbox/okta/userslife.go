package okta

import (
	"net/http"
	"slices"
)

// setStatus keeps a person's new status. The caller holds the lock.
func (o *Org) setStatus(u *person, status string) (*person, error) {
	now := stampOf(o.now())
	changed := u.clone()
	changed.Prior, changed.Status, changed.StatusChanged, changed.Updated = u.Status, status, now, now
	if u.Status == staged || u.Status == deprovisioned {
		changed.Activated = now
	}
	if status == deprovisioned {
		changed.Activated = u.Activated
	}
	if err := o.keepPerson(changed); err != nil {
		return nil, err
	}
	o.people.update(u, changed)
	return u, nil
}

// step is a lifecycle operation: from which statuses, to which.
type step struct {
	from  []string
	cause string
}

var steps = map[string]step{
	"activate":        {[]string{staged, deprovisioned}, "Activation failed because the user is already active"},
	"reactivate":      {[]string{provisioned}, "This operation is not allowed in the user's current status."},
	"deactivate":      {nil, ""},
	"suspend":         {[]string{active}, "Cannot suspend a user that is not active"},
	"unsuspend":       {[]string{suspended}, "Cannot unsuspend a user that is not suspended."},
	"unlock":          {[]string{lockedOut}, "This operation is not allowed in the user's current status."},
	"expire_password": {[]string{active}, "This operation is not allowed in the user's current status."},
	"reset_password":  {[]string{active, provisioned, passwordExpired, lockedOut, recovery}, "This operation is not allowed in the user's current status."},
	"reset_factors":   {[]string{active, provisioned, passwordExpired, lockedOut, recovery}, "This operation is not allowed in the user's current status."},
}

func (o *Org) userLifecycle(c *call) (*reply, error) {
	if c.ids[1] == "expire_password_with_temp_password" {
		c.ids[1] = "expire_password"
		c.query.Set("tempPassword", "true")
	}
	s, known := steps[c.ids[1]]
	if !known {
		return nil, noSuchPath()
	}
	u, err := o.person(c.ids[0])
	if err != nil {
		return nil, err
	}
	if s.from != nil && !slices.Contains(s.from, u.Status) {
		return nil, refuseStep(c.ids[1], s.cause)
	}
	status := map[string]string{
		"deactivate": deprovisioned, "suspend": suspended, "unsuspend": u.Prior, "unlock": active,
		"expire_password": passwordExpired, "activate": provisioned, "reset_password": recovery,
	}[c.ids[1]]
	switch {
	case c.ids[1] == "expire_password" && c.query.Get("tempPassword") == "true":
		return o.expireForTemporary(u)
	case c.ids[1] == "reset_password" && u.Status == provisioned: // there is no password yet
		return o.stepReply(c, u), nil
	case c.ids[1] == "activate" && u.HasPassword:
		status = active
	case c.ids[1] == "unsuspend" && status == "":
		status = active
	case status == "" || status == u.Status:
		return o.stepReply(c, u), nil
	}
	if u, err = o.setStatus(u, status); err != nil {
		return nil, err
	}
	return o.stepReply(c, u), nil
}

// expireForTemporary gives a person a password that is good for one sign-in, at
// which they choose another.
func (o *Org) expireForTemporary(u *person) (*reply, error) {
	const letters = 8
	temporary := o.random.text(letters)
	changed, now := u.clone(), stampOf(o.now())
	changed.HasPassword, changed.Password, changed.PasswordChanged = true, o.newPassword(temporary), now
	changed.Prior, changed.Status, changed.StatusChanged, changed.Updated = u.Status, passwordExpired, now, now
	if err := o.keepPerson(changed); err != nil {
		return nil, err
	}
	o.people.update(u, changed)
	return ok(object{{"tempPassword", temporary}}), nil
}

func refuseStep(name, cause string) error {
	switch name {
	case "suspend", "unsuspend":
		return invalid(name, cause)
	case "activate":
		return fail(http.StatusForbidden, "E0000016", cause)
	}
	return fail(http.StatusForbidden, "E0000038", cause)
}

// stepReply is {} for most steps. Steps that would send a mail answer the link
// when the caller keeps the mail back.
func (o *Org) stepReply(c *call, u *person) *reply {
	mailless := c.query.Get("sendEmail") == "false"
	switch c.ids[1] {
	case "expire_password":
		return ok(o.userObject(c, u, true))
	case "activate", "reactivate":
		if mailless {
			token := o.random.url(15)
			return ok(object{{"activationUrl", c.base + "/welcome/" + token}, {"activationToken", token}})
		}
	case "reset_password":
		if mailless {
			return ok(object{{"resetPasswordUrl", c.base + "/reset_password/" + o.random.url(15)}})
		}
	}
	return ok(object{})
}

func (o *Org) changePassword(c *call) (*reply, error) {
	var b struct {
		Old struct {
			Value string `json:"value"`
		} `json:"oldPassword"`
		New struct {
			Value string `json:"value"`
		} `json:"newPassword"`
	}
	if err := c.decode(&b); err != nil {
		return nil, err
	}
	if len(b.New.Value) < 8 || len(b.New.Value) > 72 {
		return nil, invalid("password", "password: Password requirements were not met. Password requirements: at least 8 characters.")
	}
	secret := o.newPassword(b.New.Value)
	return o.editCredentials(c, b.Old.Value, func(p *person, now stamp) {
		p.HasPassword, p.Password, p.PasswordChanged = true, secret, now
		if p.Status == passwordExpired {
			p.Status, p.StatusChanged = active, now
		}
	})
}

func (o *Org) changeQuestion(c *call) (*reply, error) {
	var b struct {
		Password struct {
			Value string `json:"value"`
		} `json:"password"`
		Question struct {
			Question string `json:"question"`
			Answer   string `json:"answer"`
		} `json:"recovery_question"`
	}
	if err := c.decode(&b); err != nil {
		return nil, err
	}
	if b.Question.Question == "" || b.Question.Answer == "" {
		return nil, invalid("recovery_question", blank("recovery_question"))
	}
	return o.editCredentials(c, b.Password.Value, func(p *person, _ stamp) { p.Question = b.Question.Question })
}

// editCredentials changes a person who can give the password they have.
func (o *Org) editCredentials(c *call, given string, edit func(*person, stamp)) (*reply, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	u, err := o.person(c.ids[0])
	if err != nil {
		return nil, err
	}
	if !o.checkPassword(u, given) {
		return nil, fail(http.StatusForbidden, "E0000014", "Update of credentials failed", "oldPassword: The credentials provided were incorrect.")
	}
	changed := u.clone()
	changed.Updated = stampOf(o.now())
	edit(changed, changed.Updated)
	if err := o.keepPerson(changed); err != nil {
		return nil, err
	}
	o.people.update(u, changed)
	return ok(credentialsObject(u)), nil
}
