package okta

import (
	"cmp"
	"slices"
	"strings"

	"example.com/ssowizard/internal/sandbox/okta/oidc"
)

func (o *Org) userExtraRoutes() []*route {
	return []*route{
		api("GET", "/api/v1/users/{}/appLinks", bucketUsers, resUsers, o.appLinksOfUser),
		api("DELETE", "/api/v1/users/{}/sessions", bucketUsers, resUsers, o.endUserSessions),
		api("POST", "/api/v1/users/{}/credentials/forgot_password", bucketUsers, resUsers, o.forgotPassword),
	}
}

// appLinksOfUser are the tiles of a person, those of hidden apps too.
func (o *Org) appLinksOfUser(c *call) (*reply, error) {
	u, err := o.person(c.ids[0])
	if err != nil {
		return nil, err
	}
	apps := slices.DeleteFunc(slices.Clone(o.apps.sorted), func(a *app) bool {
		return a.Status != active || a.Own || o.assignment(a, u) == nil
	})
	slices.SortStableFunc(apps, func(a, b *app) int {
		return cmp.Compare(strings.ToLower(a.Label), strings.ToLower(b.Label))
	})
	out := []object{}
	for _, a := range apps {
		for _, l := range o.tiles(a) {
			out = append(out, object{
				{"id", u.ID}, {"label", a.Label}, {"linkUrl", c.base + "/home/" + a.Name + "/" + a.ID + "/" + l.id},
				{"logoUrl", c.base + a.logoPath()}, {"appName", a.Name}, {"appInstanceId", a.ID},
				{"appAssignmentId", tileAssignment(a.ID, u.ID)}, {"credentialsSetup", false}, {"hidden", a.Visibility.Hide.Web}, {"sortOrder", len(out)},
			})
		}
	}
	return ok(out), nil
}

// tileAssignment is the same for the same app and person.
func tileAssignment(app, person string) string {
	return "0ua" + app[3:11] + person[11:]
}

// endUserSessions signs a person out of every browser, and with oauthTokens out
// of the apps that go on by themselves.
func (o *Org) endUserSessions(c *call) (*reply, error) {
	u, err := o.person(c.ids[0])
	if err != nil {
		return nil, err
	}
	o.site.EndAll(u.ID)
	if c.query.Get("oauthTokens") != "true" {
		return noContent(), nil
	}
	return o.revoked(o.oidc.refreshTokens(func(r oidc.Refreshing) bool { return r.Person == u.ID }), nil)
}

// forgotPassword answers the link when the caller keeps the mail back.
func (o *Org) forgotPassword(c *call) (*reply, error) {
	u, err := o.person(c.ids[0])
	if err != nil {
		return nil, err
	}
	if !slices.Contains([]string{active, lockedOut, recovery, passwordExpired}, u.Status) {
		return nil, refuseStep("reset_password", "This operation is not allowed in the user's current status.")
	}
	if c.query.Get("sendEmail") == "false" {
		return ok(object{{"resetPasswordUrl", c.base + "/reset_password/" + o.random.url(15)}}), nil
	}
	return ok(object{}), nil
}
