// Package sso holds the nouns of the whole program: what an Okta app, a
// service provider's settings, a signing key, a person or a change is. It does
// no I/O, knows no vendor and no screen, and imports nothing of ours but the
// secret type. Everything that passes between packages is made of these.
package sso
