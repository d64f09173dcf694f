// Package okta is an Okta org's Management API, good enough that a client made
// for the real one does not notice: Okta's JSON with its order of members, its
// defaults, generated names, errors, headers, pages and rate limits, on both
// engines. The signon package has what people meet, and is mounted here.
//
// People and groups that the org is born with are made anew from a kept seed
// at each start; only what changes is kept. Every change is in the log before
// its answer is sent.
//
// Where neither documentation nor recorded traffic settles what Okta does, this
// package chose. A client must not depend on these choices:
//
//	path that is not there              404 E0000008 before any token is looked at
//	HEAD                                as GET, without the body
//	missing Content-Type with a body    400 E0000018; another type 400 E0000021
//	wrong or missing token              counted in the org's own half of the bucket
//	recipient, destination, ACS URL     absolute http(s) URLs, else 400 E0000001 naming the field
//	missing SAML members                400 E0000001 settings, one cause for each member
//	both signing flags false            400 E0000001 settings
//	acsEndpoints with the flag off      dropped
//	more than 100 acsEndpoints          400 E0000001 settings
//	signed requests or SLO without certificate   400 E0000001 settings
//	kid that is not the app's, in PUT   400 E0000001 credentials.signing.kid
//	kid that is not the app's, metadata 404 E0000007 (JsonWebKey)
//	metadata without kid                the active key's
//	metadata of an inactive app         as of an active one
//	metadata formats never seen         e-mail address first, the app's own after it
//	PUT of an inactive custom SAML app  400 E0000024
//	PUT without signOnMode or name      allowed, they stay; userNameTemplate stays too when missing
//	note of more than 250 characters    400 E0000001 settings
//	name of an app that is no integration of ours   404 E0000007 (App)
//	settings of an integration          its members, null where not sent; unknown ones are dropped
//	automatic login of an integration   done by the browser plugin (recorded of one)
//	universalLogout of an integration   {"status":"UNSUPPORTED"} for those that federate
//	sign-on of an integration           by its overrides; without them there is none
//	Okta's own apps                     can be read and assigned; PUT, lifecycle and DELETE 403 E0000006
//	DELETE a second time                404
//	group name taken                    400 E0000001 name
//	read-only group                     403 E0000075
//	page of app users                   by id
//	role of a group                     kept and answered; its members have no more rights by it
//	metadata, pictures for anybody      whatever Accept says
//	group rule at work                  cannot be changed, 400 E0000001 status
//	members that a rule gave            stay when it stops, go when it works again and no longer fits
//	cursor of /groups                   id of the last group
//	search on an unknown attribute      400 E0000031
//	new service apps                    are super admins (the org setting for that is on); scopes must be granted
//	client assertion's aud              the token endpoint alone
//	DPoP                                for service apps; the code flow answers invalid_dpop_proof
//	DPoP proof that is wrong, at the API   401 E0000011
//	attributes of one's own             checked for type, length and choice; taking one away takes its values
//	type of people in use               cannot be deleted, 400 E0000127
//	schemas of OIDC apps                userName alone
//	deleting a policy                   gives its apps the default one
//	rules of a policy                   the last one alone
//	public keys of a client             those of jwks, with an id made from the key
//	another user name in POST of an app user   is another assignment (recorded once)
//	priority that others have           they move up, or close the gap that the group leaves
//	deactivated people                  keep their direct assignments, lose those through groups
//	search, group assignment            effective at once, or all of it after Options.Lag
//	too many calls at the same time     counted until the answer is sent
//	X-Rate-Limit-* without limits       a million
package okta
