// Package api pushes settings to a service provider through its settings API.
// One driver serves all of them: what to call, what to send and where things
// stand in the answers is told by the profile, and no service provider is named
// here.
//
// The token goes to the base URL's origin and nowhere else. Redirects are
// refused. A write whose outcome is not known is looked at before it is
// repeated. No error carries a secret.
package api
