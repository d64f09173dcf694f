package main

import (
	"fmt"
	"net/http"
	"path"
	"strings"

	"github.com/okta/okta-sdk-golang/v5/okta"
)

func (r *round) group() error {
	profile := okta.NewGroupProfile()
	profile.SetName(r.label)
	made, _, err := r.client.GroupAPI.CreateGroup(r.ctx).Group(okta.Group{Profile: profile}).Execute()
	if err != nil {
		return err
	}
	r.groupID = made.GetId()
	profile.SetDescription("made by the round")
	if _, _, err := r.client.GroupAPI.ReplaceGroup(r.ctx, r.groupID).Group(okta.Group{Profile: profile}).Execute(); err != nil {
		return err
	}
	got, _, err := r.client.GroupAPI.GetGroup(r.ctx, r.groupID).Execute()
	if err == nil && got.Profile.GetDescription() != "made by the round" {
		err = fmt.Errorf("description %q", got.Profile.GetDescription())
	}
	return err
}

func (r *round) user() error {
	login := fmt.Sprintf("sdk5.%s@acme.example", r.groupID[3:])
	profile := okta.NewUserProfile()
	profile.SetLogin(login)
	profile.SetEmail(login)
	profile.SetFirstName("Sonja")
	profile.SetLastName("De Kok")
	made, _, err := r.client.UserAPI.CreateUser(r.ctx).Activate(true).Body(okta.CreateUserRequest{Profile: *profile}).Execute()
	if err != nil {
		return err
	}
	r.userID = made.GetId()
	change := okta.NewUserProfile()
	change.SetDepartment("Support")
	updated, _, err := r.client.UserAPI.UpdateUser(r.ctx, r.userID).User(okta.UpdateUserRequest{Profile: change}).Execute()
	if err != nil {
		return err
	}
	if updated.Profile.GetDepartment() != "Support" || updated.Profile.GetLastName() != "De Kok" {
		return fmt.Errorf("a partial update gave %v", updated.Profile)
	}
	if _, err := r.client.GroupAPI.AssignUserToGroup(r.ctx, r.groupID, r.userID).Execute(); err != nil {
		return err
	}
	members, _, err := r.client.GroupAPI.ListGroupUsers(r.ctx, r.groupID).Execute()
	if err == nil && (len(members) != 1 || members[0].GetId() != r.userID) {
		err = fmt.Errorf("members: %v", members)
	}
	return err
}

// rule fills the group by what is in profiles, and names its owner.
func (r *round) rule() error {
	expression := okta.NewGroupRuleExpression()
	expression.SetType("urn:okta:expression:1.0")
	expression.SetValue(`user.department=="Support"`)
	conditions := okta.NewGroupRuleConditions()
	conditions.SetExpression(*expression)
	groups := okta.NewGroupRuleGroupAssignment()
	groups.SetGroupIds([]string{r.groupID})
	action := okta.NewGroupRuleAction()
	action.SetAssignUserToGroups(*groups)
	rule := okta.NewGroupRule()
	rule.SetName(r.label)
	rule.SetType("group_rule")
	rule.SetConditions(*conditions)
	rule.SetActions(*action)
	made, _, err := r.client.GroupAPI.CreateGroupRule(r.ctx).GroupRule(*rule).Execute()
	if err != nil {
		return err
	}
	if _, err := r.client.GroupAPI.ActivateGroupRule(r.ctx, made.GetId()).Execute(); err != nil {
		return err
	}
	got, _, err := r.client.GroupAPI.GetGroupRule(r.ctx, made.GetId()).Execute()
	if err != nil {
		return err
	}
	if got.GetStatus() != "ACTIVE" {
		return fmt.Errorf("the rule is %s", got.GetStatus())
	}
	if _, err := r.client.GroupAPI.DeactivateGroupRule(r.ctx, made.GetId()).Execute(); err != nil {
		return err
	}
	if _, err := r.client.GroupAPI.DeleteGroupRule(r.ctx, made.GetId()).Execute(); err != nil {
		return err
	}
	owner := okta.NewAssignGroupOwnerRequestBody()
	owner.SetId(r.userID)
	owner.SetType("USER")
	if _, _, err := r.client.GroupOwnerAPI.AssignGroupOwner(r.ctx, r.groupID).AssignGroupOwnerRequestBody(*owner).Execute(); err != nil {
		return err
	}
	owners, _, err := r.client.GroupOwnerAPI.ListGroupOwners(r.ctx, r.groupID).Execute()
	if err == nil && len(owners) != 1 {
		err = fmt.Errorf("%d owners", len(owners))
	}
	return err
}

func (r *round) assignments() error {
	api := r.client.ApplicationGroupsAPI
	if _, _, err := api.AssignGroupToApplication(r.ctx, r.samlID, r.groupID).Execute(); err != nil {
		return err
	}
	groups, _, err := api.ListApplicationGroupAssignments(r.ctx, r.samlID).Execute()
	if err != nil {
		return err
	}
	if len(groups) != 1 || groups[0].GetId() != r.groupID {
		return fmt.Errorf("groups: %v", groups)
	}
	request := okta.NewAppUserAssignRequest(r.userID)
	assigned, _, err := r.client.ApplicationUsersAPI.AssignUserToApplication(r.ctx, r.oidcID).AppUser(*request).Execute()
	if err != nil {
		return err
	}
	if assigned.GetScope() != "USER" {
		return fmt.Errorf("scope of a person assigned directly: %q", assigned.GetScope())
	}
	users, _, err := r.client.ApplicationUsersAPI.ListApplicationUsers(r.ctx, r.samlID).Execute()
	if err == nil && (len(users) != 1 || users[0].GetScope() != "GROUP") {
		err = fmt.Errorf("people of the group: %v", users)
	}
	return err
}

// policies assigns the policy that the app has already. They are not listed:
// this generation cannot read the _embedded that Okta sends with them.
func (r *round) policies() error {
	app, _, err := r.client.ApplicationAPI.GetApplication(r.ctx, r.samlID).Execute()
	if err != nil {
		return err
	}
	links := app.SamlApplication.GetLinks()
	id := path.Base(links.AccessPolicy.GetHref())
	if !strings.HasPrefix(id, "rst") {
		return fmt.Errorf("the app's policy link ends in %q", id)
	}
	_, err = r.client.ApplicationPoliciesAPI.AssignApplicationPolicy(r.ctx, r.samlID, id).Execute()
	return err
}

// cleanUp checks on the way that an active app cannot be deleted.
func (r *round) cleanUp() error {
	if _, err := r.client.ApplicationGroupsAPI.UnassignApplicationFromGroup(r.ctx, r.samlID, r.groupID).Execute(); err != nil {
		return err
	}
	apps := r.client.ApplicationAPI
	if resp, err := apps.DeleteApplication(r.ctx, r.samlID).Execute(); err == nil || resp.StatusCode != http.StatusForbidden {
		return fmt.Errorf("delete of an active app: %v", err)
	}
	for _, id := range []string{r.samlID, r.oidcID} {
		if _, err := apps.DeactivateApplication(r.ctx, id).Execute(); err != nil {
			return err
		}
		if _, err := apps.DeleteApplication(r.ctx, id).Execute(); err != nil {
			return err
		}
		if _, resp, err := apps.GetApplication(r.ctx, id).Execute(); err == nil || resp.StatusCode != http.StatusNotFound {
			return fmt.Errorf("a deleted app: %v", err)
		}
	}
	if _, err := r.client.UserAPI.DeactivateUser(r.ctx, r.userID).Execute(); err != nil {
		return err
	}
	if _, err := r.client.UserAPI.DeleteUser(r.ctx, r.userID).Execute(); err != nil {
		return err
	}
	_, err := r.client.GroupAPI.DeleteGroup(r.ctx, r.groupID).Execute()
	return err
}
