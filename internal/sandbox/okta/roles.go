package okta

import "slices"

// Admin roles.
const (
	superAdmin      = "SUPER_ADMIN"
	orgAdmin        = "ORG_ADMIN"
	appAdmin        = "APP_ADMIN"
	readOnlyAdmin   = "READ_ONLY_ADMIN"
	groupAdmin      = "USER_ADMIN"
	membershipAdmin = "GROUP_MEMBERSHIP_ADMIN"
	helpDeskAdmin   = "HELP_DESK_ADMIN"
	reportAdmin     = "REPORT_ADMIN"
	apiAdmin        = "API_ACCESS_MANAGEMENT_ADMIN"
	mobileAdmin     = "MOBILE_ADMIN"
)

// roleLabels are the names people see, and the list of roles that exist.
var roleLabels = map[string]string{
	superAdmin:      "Super Administrator",
	orgAdmin:        "Organizational Administrator",
	appAdmin:        "Application Administrator",
	readOnlyAdmin:   "Read-only Administrator",
	groupAdmin:      "Group Administrator",
	membershipAdmin: "Group Membership Administrator",
	helpDeskAdmin:   "Help Desk Administrator",
	reportAdmin:     "Report Administrator",
	apiAdmin:        "API Access Management Administrator",
	mobileAdmin:     "Mobile Administrator",
}

// reach is what a role lets somebody read and change.
type reach struct{ read, write []resource }

var (
	everything = []resource{resApps, resGrants, resUsers, resGroups, resPolicies, resOrg, resRoles, resClients, resSchemas,
		resTypes, resHooks, resLimits, resSessions}
	reaches = map[string]reach{
		superAdmin:      {everything, everything},
		orgAdmin:        {everything, []resource{resUsers, resGroups, resOrg, resSchemas, resTypes}},
		appAdmin:        {[]resource{resApps, resUsers, resGroups, resPolicies, resOrg, resSchemas, resTypes, resHooks}, []resource{resApps}},
		readOnlyAdmin:   {everything, nil},
		groupAdmin:      {[]resource{resUsers, resGroups, resOrg}, []resource{resUsers, resGroups}},
		membershipAdmin: {[]resource{resUsers, resGroups, resOrg}, []resource{resGroups}},
		helpDeskAdmin:   {[]resource{resUsers, resGroups, resOrg}, nil},
		reportAdmin:     {[]resource{resOrg}, nil},
		apiAdmin:        {[]resource{resApps, resUsers, resGroups, resOrg, resClients}, nil},
		mobileAdmin:     {[]resource{resApps, resUsers, resGroups, resOrg}, nil},
	}
)

// allows tells whether any of the roles reaches. A person without role may
// only see themselves, which needs no resource.
func allows(roles []role, res resource, write bool) bool {
	if res == "" {
		return true
	}
	for _, r := range roles {
		may := reaches[r.Type]
		if write && slices.Contains(may.write, res) || !write && slices.Contains(may.read, res) {
			return true
		}
	}
	return false
}
