// Package oktaapi is everything that is said to Okta, in Okta's words: apps,
// signing keys, metadata, people, groups and assignments. It maps sso.App to and
// from Okta's JSON and says what differs, with Okta's own idea of equal.
//
// Requests are built and sent by Okta's Management SDK. Answers are read here,
// raw, because the SDK's types drop members that they do not know, and an update
// must keep those. Waiting for rate limits and repeating is left to the
// transport; what is never left to it is repeating a POST.
package oktaapi
