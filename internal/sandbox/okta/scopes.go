package okta

import "strings"

// oktaScopes are the scopes of the management API, in the order in which the
// authorization server lists them.
var oktaScopes = scopes(`
	users.manage users.manage.self users.read users.read.self linkedObjects.manage linkedObjects.read
	profileMappings.manage profileMappings.read userTypes.manage userTypes.read clients.manage clients.register
	clients.read appGrants.manage appGrants.read policies.manage policies.read groups.manage groups.read
	inlineHooks.manage inlineHooks.read eventHooks.manage eventHooks.read events.read logs.read apps.manage
	apps.read governance.assignmentCandidates.read accessRequests.tasks.manage accessRequests.tasks.read
	schemas.manage schemas.read idps.manage idps.read factors.manage factors.read riskProviders.manage
	riskProviders.read roles.manage roles.read orgs.manage orgs.read domains.manage domains.read brands.manage
	brands.read sessions.manage sessions.read templates.manage templates.read trustedOrigins.manage
	trustedOrigins.read threatInsights.manage threatInsights.read behaviors.manage behaviors.read
	networkZones.manage networkZones.read agentPools.manage agentPools.read reports.read features.manage
	features.read certificateAuthorities.manage certificateAuthorities.read principalRateLimits.manage
	principalRateLimits.read rateLimits.manage rateLimits.read directories.manage directories.groups.manage
	apiTokens.manage apiTokens.read personal.adminSettings.manage personal.adminSettings.read
`)

func scopes(names string) []string {
	list := strings.Fields(names)
	for i, n := range list {
		list[i] = "okta." + n
	}
	return list
}
