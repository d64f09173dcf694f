package api

import (
	"context"
	"errors"
	"slices"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/sso"
)

// People lists who has an account at the service provider. It is false when its
// settings API does not tell. An error says nothing about the rights that the
// other operations need.
func (d *Driver) People(ctx context.Context) ([]sso.SPPerson, bool, error) {
	if d.api.People == nil {
		return nil, false, nil
	}
	people, err := d.people(ctx)
	if err != nil {
		return nil, false, d.during("list the people", err)
	}
	return people, true, nil
}

func (d *Driver) people(ctx context.Context) ([]sso.SPPerson, error) {
	form := d.api.People
	people := []sso.SPPerson{}
	var wrong error
	_, err := d.each(ctx, &form.List, nil, func(item any) {
		keeps, err := keepsPassword(item, form.KeepsPassword)
		if err != nil && wrong == nil {
			wrong = err
		}
		status := textAt(item, form.Status)
		people = append(people, sso.SPPerson{Email: sso.PlainText(textAt(item, form.Email), maxText),
			Status: sso.PlainText(status, maxText), Inactive: slices.Contains(form.Inactive, status), KeepsPassword: keeps})
	})
	return people, errors.Join(err, wrong)
}

// keepsPassword is false where nothing is said: to name somebody who can still
// get in, without being told so, would be the worse mistake.
func keepsPassword(item any, flag catalog.Flag) (bool, error) {
	if _, isObject := item.(map[string]any); !isObject {
		return false, errors.New("an entry of the list is no object")
	}
	if _, told := catalog.At(item, flag.At); !told {
		return false, nil
	}
	return truthAt(item, flag, false)
}
