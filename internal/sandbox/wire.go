package sandbox

import (
	"example.com/ssowizard/internal/sandbox/okta"
	"example.com/ssowizard/internal/sandbox/sp"
)

// realParts are the org and the service providers that people get.
var realParts = makers{org: newOrg, providers: newProviders}

type oktaOrg struct{ *okta.Org }

func newOrg(o orgOptions) (org, error) {
	made, err := okta.New(okta.Options{
		Log: o.Log, Users: o.Users, Groups: o.Groups, Engine: o.Engine,
		RateLimit: o.RateLimit, TwoFactor: o.TwoFactor, Lag: o.Lag, AllowedHosts: o.AllowedHosts,
	})
	if err != nil {
		return nil, err
	}
	return oktaOrg{made}, nil
}

func (o oktaOrg) Printed() []person {
	var out []person
	for _, l := range o.People() {
		out = append(out, personOf(l))
	}
	return out
}

func (o oktaOrg) Everybody(yield func(person) bool) {
	for l := range o.Org.Everybody() {
		if !yield(personOf(l)) {
			return
		}
	}
}

func personOf(l okta.Login) person {
	return person{Login: l.Login, Email: l.Email, Password: l.Password,
		FirstName: l.FirstName, LastName: l.LastName, Status: l.Status, Admin: l.Admin}
}

func (o oktaOrg) Overview(q string, most int) overview {
	v := o.Org.Overview(q, most)
	out := overview{PeopleFound: v.PeopleFound, GroupsFound: v.GroupsFound}
	for _, a := range v.Apps {
		out.Apps = append(out.Apps, appLine{ID: a.ID, Label: a.Label, Mode: a.Mode, Status: a.Status,
			People: a.People, Groups: a.Groups, Instructions: a.Instructions})
	}
	for _, p := range v.People {
		out.People = append(out.People, personOf(p))
	}
	for _, g := range v.Groups {
		out.Groups = append(out.Groups, groupLine{ID: g.ID, Name: g.Name, Members: g.Members})
	}
	return out
}

type spProviders struct{ *sp.Providers }

func newProviders(o providerOptions) (providers, error) {
	made, err := sp.New(sp.Options{
		Log: o.Log, OktaOrigin: o.OktaOrigin, IsOkta: o.IsOkta, Transport: o.Transport,
		People: func(yield func(sp.Person) bool) {
			o.People(func(p person) bool {
				return yield(sp.Person{Email: p.Email, FirstName: p.FirstName, LastName: p.LastName,
					Password: p.Password, Admin: p.Admin})
			})
		},
	})
	if err != nil {
		return nil, err
	}
	return spProviders{made}, nil
}

func (p spProviders) List() []provider {
	var out []provider
	for _, i := range p.Providers.List() {
		out = append(out, provider{Key: i.Key, PortalURL: i.PortalURL, APIURL: i.APIURL,
			APIToken: i.APIToken, Hosts: i.Hosts})
	}
	return out
}
