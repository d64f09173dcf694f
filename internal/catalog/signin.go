package catalog

import "errors"

// SignInStart is where an SP-initiated sign-in begins, with the admin's answers
// and what the service provider shows filled in; false when the profile knows
// no such page.
func (p *Profile) SignInStart(inputs, offered map[string]string) (string, bool, error) {
	if p.SignInPage == nil || p.SignInPage.Start == "" {
		return "", false, nil
	}
	f := &filler{values: Values{Input: inputs, SP: offered}}
	start := f.url("sign-in page", p.SignInPage.Start)
	return start, true, errors.Join(f.problems...)
}
