package okta

import (
	"maps"
	"slices"

	"example.com/ssowizard/internal/sandbox/durable"
)

func (o *Org) schemaRoutes() []*route {
	const types, schemas = "/api/v1/meta/types/user", "/api/v1/meta/schemas"
	return []*route{
		api("GET", types, bucketAny, resTypes, o.listUserTypes),
		api("POST", types, bucketAny, resTypes, o.createUserType),
		api("GET", types+"/{}", bucketAny, resTypes, o.getUserType),
		api("POST", types+"/{}", bucketAny, resTypes, o.replaceUserType),
		api("PUT", types+"/{}", bucketAny, resTypes, o.replaceUserType),
		api("DELETE", types+"/{}", bucketAny, resTypes, o.deleteUserType),
		api("GET", schemas+"/user/{}", bucketAny, resSchemas, o.getUserSchema),
		api("POST", schemas+"/user/{}", bucketAny, resSchemas, o.changeUserSchema),
		api("GET", schemas+"/group/default", bucketAny, resSchemas, o.getGroupSchema),
		api("POST", schemas+"/group/default", bucketAny, resSchemas, o.changeGroupSchema),
		api("GET", schemas+"/apps/{}/default", bucketAny, resSchemas, o.getAppSchema),
		api("POST", schemas+"/apps/{}/default", bucketAny, resSchemas, o.changeAppSchema),
	}
}

// typeOfSchema finds the type that a schema's id, or "default", means.
func (o *Org) typeOfSchema(id string) (*userType, error) {
	if id == "default" || id == o.meta.Schema {
		return o.defaultType(), nil
	}
	for _, t := range o.userTypes {
		if t.SchemaID == id {
			return t, nil
		}
	}
	return nil, notFound(id, "UserSchema")
}

func (o *Org) userSchemaObject(c *call, t *userType) object {
	s := *o.schemaOf(t.ID)
	id := "default"
	if t.ID != o.meta.UserType {
		id = t.SchemaID
		s.Created = max(s.Created, t.Created)
		s.Updated = max(s.Updated, t.Created)
	}
	v := schemaObject(c.base+"/meta/schemas/user/"+id, t.Name, t.DisplayName, t.Description, &s, baseProperties)
	v.add("_links", object{
		{"self", relLink("self", c.url("meta/schemas/user", t.SchemaID))},
		{"type", relLink("type", c.url("meta/types/user", t.ID))},
	})
	return v
}

func schemaObject(id, name, title, description string, s *schema, base []property) object {
	v := object{{"id", id}, {"$schema", "http://json-schema.org/draft-04/schema#"}, {"name", name}, {"title", title}}
	if description != "" {
		v.add("description", description)
	}
	v.add("lastUpdated", s.Updated)
	v.add("created", s.Created)
	v.add("definitions", object{
		{"custom", definition("#custom", s.Custom)},
		{"base", definition("#base", base)},
	})
	v.add("type", "object")
	v.add("properties", object{{"profile", object{{"allOf", []object{
		{{"$ref", "#/definitions/custom"}}, {{"$ref", "#/definitions/base"}},
	}}}}})
	return v
}

func (o *Org) getUserSchema(c *call) (*reply, error) {
	t, err := o.typeOfSchema(c.ids[0])
	if err != nil {
		return nil, err
	}
	return ok(o.userSchemaObject(c, t)), nil
}

func (o *Org) changeUserSchema(c *call) (*reply, error) {
	t, err := o.typeOfSchema(c.ids[0])
	if err != nil {
		return nil, err
	}
	err = o.changeSchema(c, t.ID, baseProperties, func(p *property) {
		p.Mutability = "READ_WRITE"
		if len(p.Permissions) == 0 {
			p.Permissions = []permission{{"SELF", "READ_ONLY"}}
		}
		if len(p.Master) == 0 || string(p.Master) == "null" {
			p.Master = masteredByProfile
		}
		p.ExternalName, p.ExternalNS = "", ""
	})
	if err != nil {
		return nil, err
	}
	return ok(o.userSchemaObject(c, t)), nil
}

// changeSchema puts in and takes away what a body says, after complete has
// made sent properties whole.
func (o *Org) changeSchema(c *call, key string, base []property, complete func(*property)) error {
	var b schemaBody
	if err := c.decode(&b); err != nil {
		return err
	}
	sent := b.Definitions.Custom.Properties
	for _, s := range sent {
		if s.set != nil {
			complete(s.set)
		}
	}
	now := *o.schemaOf(key)
	list, err := merged(now.Custom, sent, base)
	if err != nil {
		return err
	}
	now.Custom, now.Updated = list, stampOf(o.now())
	changed := o.withoutValues(key, sent)
	records := []durable.Record{durable.Put(kindSchema, key, &now)}
	var groups []*group
	if key == groupSchema {
		groups = o.groupsWithout(sent)
	}
	for _, g := range groups {
		records = append(records, durable.Put(kindGroup, g.ID, g))
	}
	for _, p := range changed {
		records = append(records, durable.Put(kindPerson, p.ID, p))
	}
	if err := o.commit(records...); err != nil {
		return err
	}
	o.schemas[key] = &now
	for _, g := range groups {
		o.groups.byID[g.ID].Extra = g.Extra
	}
	for _, p := range changed {
		o.people.update(o.people.byID[p.ID], p)
	}
	return nil
}

// groupsWithout are the groups that had a value of an attribute which is taken
// away, without it.
func (o *Org) groupsWithout(sent orderedProperties) []*group {
	var changed []*group
	for _, g := range o.groups.sorted {
		left := maps.Clone(g.Extra)
		for _, s := range sent {
			if s.set == nil {
				delete(left, s.name)
			}
		}
		if len(left) < len(g.Extra) {
			without := *g
			without.Extra = left
			changed = append(changed, &without)
		}
	}
	return changed
}

// withoutValues are the people of a type who had a value of an attribute that
// is taken away, without it.
func (o *Org) withoutValues(userType string, sent orderedProperties) []*person {
	var gone []string
	for _, s := range sent {
		if s.set == nil {
			gone = append(gone, s.name)
		}
	}
	var changed []*person
	for _, p := range o.people.sorted {
		has := func(name string) bool { _, ok := p.Extra[name]; return ok }
		if o.typeOf(p).ID != userType || !slices.ContainsFunc(gone, has) {
			continue
		}
		p = p.clone()
		for _, name := range gone {
			delete(p.Extra, name)
		}
		changed = append(changed, p)
	}
	return changed
}

var groupProperties = []property{
	{Name: "name", Title: "Name", Description: "Group name", Type: "string", Required: true, Mutability: "READ_WRITE",
		Scope: "NONE", MaxLength: ptr(255), Permissions: []permission{{"SELF", "READ_ONLY"}}, Master: masteredByProfile},
	{Name: "description", Title: "Description", Description: "Group description", Type: "string", Mutability: "READ_WRITE",
		Scope: "NONE", MaxLength: ptr(1024), Permissions: []permission{{"SELF", "READ_ONLY"}}, Master: masteredByProfile},
}

func ptr[T any](v T) *T { return &v }

func (o *Org) groupSchemaObject(c *call) object {
	v := schemaObject(c.base+"/meta/schemas/group/default", "group", "Okta group",
		"Okta group profile template with default permission settings", o.schemaOf(groupSchema), groupProperties)
	v.add("_links", object{{"self", relLink("self", c.url("meta/schemas/group/default"))}})
	return v
}

func (o *Org) getGroupSchema(c *call) (*reply, error) { return ok(o.groupSchemaObject(c)), nil }

func (o *Org) changeGroupSchema(c *call) (*reply, error) {
	err := o.changeSchema(c, groupSchema, groupProperties, func(p *property) {
		p.Mutability, p.ExternalName, p.ExternalNS = "READ_WRITE", "", ""
		if len(p.Master) == 0 || string(p.Master) == "null" {
			p.Master = masteredByProfile
		}
	})
	if err != nil {
		return nil, err
	}
	return ok(o.groupSchemaObject(c)), nil
}

var appProperties = []property{{
	Name: "userName", Title: "Username", Type: "string", Required: true, Scope: "NONE", MaxLength: ptr(100), Master: masteredByProfile,
}}

func appSchemaObject(c *call, a *app, s *schema) object {
	return schemaObject(c.base+"/meta/schemas/apps/"+a.ID+"/default", a.Name, a.Label+" User", "", s, appProperties)
}

// appSchema is an app's, which is as old as the app.
func (o *Org) appSchema(a *app) *schema {
	s := *o.schemaOf(a.ID)
	if o.schemas[a.ID] == nil {
		s.Updated = a.Created
	}
	s.Created = a.Created
	return &s
}

func (o *Org) getAppSchema(c *call) (*reply, error) {
	a, err := o.app(c.ids[0])
	if err != nil {
		return nil, err
	}
	return ok(appSchemaObject(c, a, o.appSchema(a))), nil
}

// changeAppSchema adds attributes of the app's own. What people may do with
// them is not answered.
func (o *Org) changeAppSchema(c *call) (*reply, error) {
	a, err := o.app(c.ids[0])
	if err != nil {
		return nil, err
	}
	err = o.changeSchema(c, a.ID, appProperties, func(p *property) {
		p.Permissions, p.Mutability = nil, ""
		if len(p.Master) == 0 || string(p.Master) == "null" {
			p.Master = masteredByProfile
		}
	})
	if err != nil {
		return nil, err
	}
	return ok(appSchemaObject(c, a, o.appSchema(a))), nil
}

// id names who calls, where an answer tells who made a thing.
func (i *identity) id() string {
	switch {
	case i.person != nil:
		return i.person.ID
	case i.client != nil:
		return i.client.ID
	}
	return ""
}
