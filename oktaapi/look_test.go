package oktaapi_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/oktaapi"
)

const forbidden = `{"errorCode":"E0000006","errorSummary":"You do not have permission to perform the requested action","errorLink":"E0000006","errorId":"oae2","errorCauses":[]}`

func TestCompanyAndRolesAreUnknownWhereTheTokenMayNotReadThem(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.on("GET /api/v1/org", jsonAnswer(403, forbidden))
	o.on("GET /api/v1/users/00u1/roles", jsonAnswer(403, forbidden))
	if name, err := o.client(t).Company(t.Context()); name != "" || err != nil {
		t.Errorf("company = %q, %v", name, err)
	}
	if roles, known, err := o.client(t).Roles(t.Context(), "00u1"); roles != nil || known || err != nil {
		t.Errorf("roles = %q, known %v, %v", roles, known, err)
	}
}

func TestCompanyAndRolesComeWithoutControlCharacters(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.on("GET /api/v1/org", jsonAnswer(200, `{"companyName":"Acme\u001b[2J Inc"}`))
	o.on("GET /api/v1/users/00u1/roles", jsonAnswer(200, `[{"type":"SUPER_ADMIN","status":"ACTIVE"},{"type":"APP_ADMIN","status":"INACTIVE"}]`))
	if name, err := o.client(t).Company(t.Context()); name != "Acme[2J Inc" || err != nil {
		t.Errorf("company = %q, %v", name, err)
	}
	roles, known, err := o.client(t).Roles(t.Context(), "00u1")
	if diff := cmp.Diff([]string{"SUPER_ADMIN"}, roles); diff != "" || !known || err != nil {
		t.Errorf("known %v, %v, %s", known, err, diff)
	}
}

func TestMayReadAppsTellsAMissingRightFromOtherFailures(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.on("GET /api/v1/apps", jsonAnswer(403, forbidden))
	if err := o.client(t).MayReadApps(t.Context()); !errors.Is(err, oktaapi.ErrForbidden) {
		t.Errorf("error = %v", err)
	}
	o.on("GET /api/v1/apps", jsonAnswer(200, `[]`))
	if err := o.client(t).MayReadApps(t.Context()); err != nil {
		t.Error(err)
	}
	if got := o.last().line; got != "GET /api/v1/apps?limit=1" {
		t.Errorf("asked %s", got)
	}
}

func TestCountedGroupsHaveTheirNumbersOrSayThatNoneIsKnown(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.on("GET /api/v1/groups", jsonAnswer(200, `[{"id":"00g1","type":"OKTA_GROUP","profile":{"name":"Sales"},"_embedded":{"stats":{"usersCount":0}}},{"id":"00g2","type":"OKTA_GROUP","profile":{"name":"Sales 2"}}]`))
	groups, next, err := o.client(t).SearchCountedGroups(t.Context(), "s", 50, "")
	if err != nil || next != "" || len(groups) != 2 || groups[0].People != 0 || groups[1].People != -1 {
		t.Errorf("got %+v, %q, %v", groups, next, err)
	}
	if got := o.last().line; got != "GET /api/v1/groups?expand=stats&limit=50&search=profile.name+sw+%22s%22" {
		t.Errorf("asked %s", got)
	}
}

func TestGroupPeopleStopAtTheLimitAndSayThatThereAreMore(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	first := jsonAnswer(200, "["+personJSON("00u1", "a", "a@x", "ACTIVE")+","+personJSON("00u2", "b", "", "ACTIVE")+"]", "Link", `<https://x/api/v1/groups/00g1/users?after=abc&limit=200>; rel="next"`)
	last := jsonAnswer(200, "["+personJSON("00u3", "c", "c@x", "ACTIVE")+"]")
	o.on("GET /api/v1/groups/00g1/users", turns(first, last, first))
	people, more, err := o.client(t).GroupPeople(t.Context(), "00g1", 10)
	if err != nil || more || len(people) != 3 || people[1].Email != "" {
		t.Errorf("got %+v, more %v, %v", people, more, err)
	}
	people, more, err = o.client(t).GroupPeople(t.Context(), "00g1", 2)
	if err != nil || !more || len(people) != 2 {
		t.Errorf("got %+v, more %v, %v", people, more, err)
	}
}
