// Package oidc is the org's own OpenID Connect authorization server: the
// authorization endpoint with the org's sign-in page before it, the token
// endpoint for authorization codes, user info, introspection, revocation and
// logout. Discovery, keys and the client credentials grant are the Management
// API's affair; what the org knows is learned from a Directory.
//
// Tokens are JWTs signed with the org's kept key, so that they outlive a
// restart; authorization codes live in memory, for a minute; so do device
// codes and pushed requests.
//
// Where no published evidence settles what Okta does, this package chose:
//
//	issuer                      the origin at which the tokens were asked for
//	scopes of the Management API   invalid_scope: nothing is delegated by people
//	offline_access              taken without a refresh token where the app has no such grant
//	refresh token               lasts 90 days from its last use; one that does not rotate from its first
//	rotated refresh token used again   takes back the family; access tokens run out by themselves
//	consent                     never asked for
//	nonce                       required where an ID token comes from the authorization endpoint
//	request objects             request_not_supported; a request_uri that was not pushed here: refused on a page
//	pushed request              good for a minute, once, without any check but of the client until it is used
//	device code                 polled sooner than every five seconds: slow_down; good for ten minutes
//	code_challenge_method       S256, also when it is missing beside a challenge: refused
//	code_verifier nobody asked for   PKCE verification failed
//	a code used a second time   takes back the access token it gave
//	person no longer active or assigned at the token endpoint   invalid_grant
//	id_token_hint at logout     may have run out; its signature counts
package oidc
