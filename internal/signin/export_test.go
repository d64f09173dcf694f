package signin

import "example.com/ssowizard/internal/secret"

// WithPerson has b count on somebody who sits at the browser, though it shows no
// window. Without known they alone have the password.
func (b *InBrowser) WithPerson(known bool) *InBrowser {
	out, client := *b, *b.c
	out.person, out.c = true, &client
	if !known {
		out.cfg.Password, client.cfg.Password = secret.String{}, secret.String{}
	}
	return &out
}
