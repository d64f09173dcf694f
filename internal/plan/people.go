package plan

import (
	"context"
	"fmt"
	"strings"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

// candidatesShown bounds the candidates listed in an error.
const candidatesShown = 8

func (c *Core) findGroup(ctx context.Context, ref string) (sso.Group, error) {
	exact, near, err := c.Okta.Group(ctx, ref)
	if err != nil {
		return sso.Group{}, fmt.Errorf("look for group %q: %w", ref, err)
	}
	if len(exact) == 1 {
		return exact[0], nil
	}
	listed := exact
	if len(exact) == 0 {
		listed = near
	}
	var names []string
	for _, g := range listed {
		names = append(names, fmt.Sprintf("%s (%s)", sso.PlainText(g.Name, 80), g.ID))
	}
	return sso.Group{}, notOne("group", ref, len(exact), names)
}

func (c *Core) findPerson(ctx context.Context, ref string) (sso.Person, error) {
	exact, near, err := c.Okta.Person(ctx, ref)
	if err != nil {
		return sso.Person{}, fmt.Errorf("look for person %q: %w", ref, err)
	}
	if len(exact) == 1 {
		return exact[0], usable(exact[0])
	}
	listed := exact
	if len(exact) == 0 {
		listed = near
	}
	var names []string
	for _, p := range listed {
		names = append(names, fmt.Sprintf("%s (%s %s, %s)", sso.PlainText(p.Login, 80),
			sso.PlainText(p.FirstName, 40), sso.PlainText(p.LastName, 40), p.ID))
	}
	return sso.Person{}, notOne("person", ref, len(exact), names)
}

// usable refuses people who could never sign in: the service provider knows
// people by their e-mail address, and Okta lets only some states in.
func usable(p sso.Person) error {
	login := sso.PlainText(p.Login, 80)
	switch {
	case p.Email == "":
		return hint.New(hint.Usage, fmt.Sprintf("%s has no e-mail address in Okta", login),
			"the service provider matches people by e-mail address: add one to the person's Okta profile, or leave the person out")
	case p.Status == "SUSPENDED" || p.Status == "DEPROVISIONED":
		return hint.New(hint.Usage, fmt.Sprintf("%s is %s in Okta and cannot sign in", login, strings.ToLower(p.Status)),
			"reactivate the person in the Okta Admin Console (Directory → People), or leave the person out")
	}
	return nil
}

func notOne(kind, ref string, exact int, candidates []string) error {
	if exact > 1 {
		return hint.New(hint.Usage, fmt.Sprintf("%s %q is ambiguous: %d match", kind, ref, exact),
			fmt.Sprintf("give the id of one of them: %s", list(candidates)))
	}
	tip := "nothing in Okta begins like it; check the spelling in the Okta Admin Console (Directory)"
	if len(candidates) > 0 {
		tip = "did you mean: " + list(candidates)
	}
	return hint.New(hint.Usage, fmt.Sprintf("no %s in Okta is called %q", kind, ref), tip)
}

func list(items []string) string {
	if extra := len(items) - candidatesShown; extra > 0 {
		return strings.Join(items[:candidatesShown], ", ") + fmt.Sprintf(" and %d more", extra)
	}
	return strings.Join(items, ", ")
}

// FindGroup finds the one group that a word of the admin's means, as a plan
// would; its error names those that come near.
func (c *Core) FindGroup(ctx context.Context, ref string) (sso.Group, error) {
	return c.findGroup(ctx, ref)
}

// FindPerson is FindGroup for people; one who could never sign in is refused.
func (c *Core) FindPerson(ctx context.Context, ref string) (sso.Person, error) {
	return c.findPerson(ctx, ref)
}
