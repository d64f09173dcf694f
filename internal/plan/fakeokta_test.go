package plan_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"example.com/ssowizard/internal/sso"
)

// fakeOkta is an org in memory. fail decides, by the name of a call, whether it
// fails before or after it took effect.
type fakeOkta struct {
	mu     sync.Mutex
	apps   []sso.App
	groups []sso.Group
	people []sso.Person
	given  map[string][]sso.Assignment // by app id
	calls  []string
	fail   func(call string, n int) (before, after error)
	made   int
	keys   []sso.SigningKey
}

func newOkta() *fakeOkta {
	return &fakeOkta{
		groups: []sso.Group{{ID: "00gSup", Name: "Support"}, {ID: "00gSales", Name: "Sales"}, {ID: "00gEvery", Name: "Everyone", Type: "BUILT_IN"}},
		people: []sso.Person{
			{ID: "00uAna", Login: "ana@acme.example", Email: "ana@acme.example", Status: "ACTIVE"},
			{ID: "00uBen", Login: "ben@acme.example", Email: "ben@acme.example", Status: "ACTIVE"},
			{ID: "00uNoMail", Login: "nomail", Status: "ACTIVE"},
			{ID: "00uSus", Login: "sus@acme.example", Email: "sus@acme.example", Status: "SUSPENDED"},
		},
		given: map[string][]sso.Assignment{},
		keys:  []sso.SigningKey{{KID: "kid1", Created: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}},
	}
}

// call notes a call and carries it out between its two chances to fail.
func (o *fakeOkta) call(name string, effect func() error) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	n := 1
	for _, c := range o.calls {
		if c == name {
			n++
		}
	}
	o.calls = append(o.calls, name)
	var before, after error
	if o.fail != nil {
		before, after = o.fail(name, n)
	}
	if before != nil {
		return before
	}
	if err := effect(); err != nil {
		return err
	}
	return after
}

func (o *fakeOkta) count(name string) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	n := 0
	for _, c := range o.calls {
		if c == name {
			n++
		}
	}
	return n
}

// writes lists the calls that change something, in order.
func (o *fakeOkta) writes() []string {
	var out []string
	for _, c := range o.calls {
		switch c {
		case "create", "update", "delete", "assign", "unassign", "activate", "logo", "generate", "switch":
			out = append(out, c)
		}
	}
	return out
}

func (o *fakeOkta) Org(context.Context) (org sso.Org, err error) {
	err = o.call("org", func() error {
		org = sso.Org{ID: "00oAcme", URL: "https://acme.example", Host: "acme.example", Engine: "oie"}
		return nil
	})
	return org, err
}

func (o *fakeOkta) Apps(context.Context) (apps []sso.App, err error) {
	err = o.call("apps", func() error { apps = append(apps, o.apps...); return nil })
	return apps, err
}

func (o *fakeOkta) App(_ context.Context, id string) (app sso.App, err error) {
	err = o.call("app", func() error {
		for _, a := range o.apps {
			if a.ID == id {
				app = a
				return nil
			}
		}
		return errors.New("no such app")
	})
	return app, err
}

func (o *fakeOkta) CreateApp(_ context.Context, want sso.App) (app sso.App, err error) {
	err = o.call("create", func() error {
		o.made++
		app = want
		app.ID, app.KID, app.Status = fmt.Sprintf("0oa%d", o.made), "kid1", sso.StatusActive
		o.apps = append(o.apps, app)
		return nil
	})
	if err != nil {
		return sso.App{}, err
	}
	return app, nil
}

func (o *fakeOkta) UpdateApp(_ context.Context, id string, want sso.App) (app sso.App, err error) {
	err = o.call("update", func() error {
		for i, a := range o.apps {
			if a.ID == id {
				want.ID, want.KID, want.Status = a.ID, a.KID, a.Status
				o.apps[i] = want
				app = want
				return nil
			}
		}
		return errors.New("no such app")
	})
	return app, err
}

// Diff compares the few fields that these tests change.
func (o *fakeOkta) Diff(have, want sso.App) []sso.Change {
	var out []sso.Change
	add := func(field, a, b string) {
		if a == b {
			return
		}
		c := sso.Change{Field: field, To: b}
		if a != "" {
			c.From = a
		}
		out = append(out, c)
	}
	add("label", have.Label, want.Label)
	add("settings.notes.admin", have.AdminNote, want.AdminNote)
	if want.SAML != nil {
		h := sso.SAMLSettings{}
		if have.SAML != nil {
			h = *have.SAML
		}
		add("settings.signOn.ssoAcsUrl", h.ACSURL, want.SAML.ACSURL)
		add("settings.signOn.audience", h.Audience, want.SAML.Audience)
	}
	return out
}

func (o *fakeOkta) ActivateApp(_ context.Context, id string) error {
	return o.call("activate", func() error {
		for i := range o.apps {
			if o.apps[i].ID == id {
				o.apps[i].Status = sso.StatusActive
			}
		}
		return nil
	})
}

func (o *fakeOkta) DeleteApp(_ context.Context, id string) error {
	return o.call("delete", func() error {
		for i, a := range o.apps {
			if a.ID == id {
				o.apps = append(o.apps[:i], o.apps[i+1:]...)
				return nil
			}
		}
		return nil
	})
}

func (o *fakeOkta) Keys(context.Context, string) (keys []sso.SigningKey, err error) {
	err = o.call("keys", func() error { keys = append(keys, o.keys...); return nil })
	return keys, err
}

func (o *fakeOkta) GenerateKey(_ context.Context, _ string, years int) (k sso.SigningKey, err error) {
	err = o.call("generate", func() error {
		n := len(o.keys) + 1
		created := time.Date(2026, 2, n, 0, 0, 0, 0, time.UTC)
		k = sso.SigningKey{KID: fmt.Sprintf("kid%d", n), Created: created, NotAfter: created.AddDate(years, 0, 0)}
		o.keys = append(o.keys, k)
		return nil
	})
	if err != nil {
		return sso.SigningKey{}, err
	}
	return k, nil
}

func (o *fakeOkta) SwitchKey(_ context.Context, app sso.App, kid string) (out sso.App, err error) {
	err = o.call("switch", func() error {
		for i := range o.apps {
			if o.apps[i].ID == app.ID {
				o.apps[i].KID = kid
				out = o.apps[i]
				return nil
			}
		}
		return errors.New("no such app")
	})
	if err != nil {
		return sso.App{}, err
	}
	return out, nil
}

func (o *fakeOkta) UploadLogo(context.Context, string, string, []byte) error {
	return o.call("logo", func() error { return nil })
}

func (o *fakeOkta) IdPValues(_ context.Context, app sso.App) (v sso.IdPValues, err error) {
	err = o.call("values", func() error {
		v = sso.IdPValues{Issuer: "http://www.okta.com/exk" + app.ID, SSOURL: "https://acme.example/app/x/exk" + app.ID + "/sso/saml", KID: app.KID, Certificate: testCertificate(app.KID)}
		return nil
	})
	return v, err
}

func (o *fakeOkta) Group(_ context.Context, ref string) (exact, near []sso.Group, err error) {
	err = o.call("group", func() error {
		for _, g := range o.groups {
			if g.Name == ref || g.ID == ref {
				exact = append(exact, g)
			} else {
				near = append(near, g)
			}
		}
		return nil
	})
	return exact, near, err
}

func (o *fakeOkta) Person(_ context.Context, ref string) (exact, near []sso.Person, err error) {
	err = o.call("person", func() error {
		for _, p := range o.people {
			if p.Login == ref || p.ID == ref || p.Email == ref {
				exact = append(exact, p)
			}
		}
		return nil
	})
	return exact, near, err
}

func (o *fakeOkta) assigned(appID string, kind sso.AssignmentKind) []sso.Assignment {
	var out []sso.Assignment
	for _, a := range o.given[appID] {
		if a.Kind == kind {
			out = append(out, a)
		}
	}
	return out
}

func (o *fakeOkta) AppGroups(_ context.Context, appID string) (out []sso.Assignment, err error) {
	err = o.call("appgroups", func() error { out = o.assigned(appID, sso.ToGroup); return nil })
	return out, err
}

func (o *fakeOkta) AppUsers(_ context.Context, appID string) (out []sso.Assignment, err error) {
	err = o.call("appusers", func() error { out = o.assigned(appID, sso.ToUser); return nil })
	return out, err
}

func (o *fakeOkta) AppUser(_ context.Context, appID, userID string) (a sso.Assignment, found bool, err error) {
	err = o.call("appuser", func() error {
		for _, u := range o.assigned(appID, sso.ToUser) {
			if u.ID == userID {
				a, found = u, true
			}
		}
		return nil
	})
	return a, found, err
}

func (o *fakeOkta) Assign(_ context.Context, appID string, a sso.Assignment) error {
	return o.call("assign", func() error { o.given[appID] = append(o.given[appID], a); return nil })
}

func (o *fakeOkta) Unassign(_ context.Context, appID string, a sso.Assignment) error {
	return o.call("unassign", func() error {
		var left []sso.Assignment
		for _, h := range o.given[appID] {
			if h.ID != a.ID {
				left = append(left, h)
			}
		}
		o.given[appID] = left
		return nil
	})
}
