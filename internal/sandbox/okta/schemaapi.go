package okta

import (
	"net/http"
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

// userType is a type of people. The first one, which every org has, is not
// kept: it cannot be changed into anything else.
type userType struct {
	ID          string `json:"id"`
	SchemaID    string `json:"schemaId"`
	Name        string `json:"name"`
	DisplayName string `json:"displayName"`
	Description string `json:"description"`
	Created     stamp  `json:"created"`
	Updated     stamp  `json:"updated"`
	CreatedBy   string `json:"createdBy"`
	UpdatedBy   string `json:"updatedBy"`
}

func (o *Org) defaultType() *userType {
	return &userType{
		ID: o.meta.UserType, SchemaID: o.meta.Schema, Name: "user", DisplayName: "User",
		Description: "Okta user profile template with default permission settings",
		Created:     o.meta.Created, Updated: o.meta.Created, CreatedBy: "sprt", UpdatedBy: "sprt",
	}
}

// typeOf is a person's type.
func (o *Org) typeOf(p *person) *userType {
	if t := o.userTypes[p.Type]; t != nil {
		return t
	}
	return o.defaultType()
}

func (o *Org) userType(id string) (*userType, error) {
	if id == o.meta.UserType || id == "default" {
		return o.defaultType(), nil
	}
	if t := o.userTypes[id]; t != nil {
		return t, nil
	}
	return nil, notFound(id, "UserType")
}

func (o *Org) userTypeObject(c *call, t *userType) object {
	return object{
		{"id", t.ID},
		{"displayName", t.DisplayName},
		{"name", t.Name},
		{"description", orNull(t.Description)},
		{"createdBy", t.CreatedBy},
		{"lastUpdatedBy", t.UpdatedBy},
		{"created", t.Created},
		{"lastUpdated", t.Updated},
		{"default", t.ID == o.meta.UserType},
		{"_links", object{
			{"schema", relLink("schema", c.url("meta/schemas/user", t.SchemaID))},
			{"self", relLink("self", c.url("meta/types/user", t.ID))},
		}},
	}
}

func relLink(rel, href string) object { return object{{"rel", rel}, {"href", href}, {"method", "GET"}} }

func (o *Org) listUserTypes(c *call) (*reply, error) {
	list := []object{o.userTypeObject(c, o.defaultType())}
	for _, id := range sortedKeys(o.userTypes) {
		list = append(list, o.userTypeObject(c, o.userTypes[id]))
	}
	return ok(list), nil
}

func (o *Org) getUserType(c *call) (*reply, error) {
	t, err := o.userType(c.ids[0])
	if err != nil {
		return nil, err
	}
	return ok(o.userTypeObject(c, t)), nil
}

type userTypeBody struct {
	Name        *string `json:"name"`
	DisplayName *string `json:"displayName"`
	Description *string `json:"description"`
}

func (o *Org) createUserType(c *call) (*reply, error) {
	var b userTypeBody
	if err := c.decode(&b); err != nil {
		return nil, err
	}
	name := text(b.Name)
	switch {
	case name == "":
		return nil, invalid("name", blank("name"))
	case text(b.DisplayName) == "":
		return nil, invalid("displayName", blank("displayName"))
	case name == "user" || slices.ContainsFunc(sortedKeys(o.userTypes), func(id string) bool { return o.userTypes[id].Name == name }):
		return nil, invalid("name", "name: An object with this field already exists in the current organization")
	}
	now, id := stampOf(o.now()), o.random.id("oty", liveEra)
	t := &userType{
		ID: id, SchemaID: schemaID(id), Name: name, DisplayName: *b.DisplayName, Description: text(b.Description),
		Created: now, Updated: now, CreatedBy: c.who.id(), UpdatedBy: c.who.id(),
	}
	if err := o.commit(durable.Put(kindUserType, t.ID, t)); err != nil {
		return nil, err
	}
	o.userTypes[t.ID] = t
	return ok(o.userTypeObject(c, t)), nil
}

// replaceUserType changes what people call a type; its name stays.
func (o *Org) replaceUserType(c *call) (*reply, error) {
	t, err := o.userType(c.ids[0])
	if err != nil {
		return nil, err
	}
	var b userTypeBody
	if err := c.decode(&b); err != nil {
		return nil, err
	}
	if t.ID == o.meta.UserType {
		return nil, denied()
	}
	changed := *t
	if b.DisplayName != nil {
		changed.DisplayName = *b.DisplayName
	}
	if b.Description != nil {
		changed.Description = *b.Description
	}
	changed.Updated, changed.UpdatedBy = stampOf(o.now()), c.who.id()
	if err := o.commit(durable.Put(kindUserType, t.ID, &changed)); err != nil {
		return nil, err
	}
	o.userTypes[t.ID] = &changed
	return ok(o.userTypeObject(c, &changed)), nil
}

// deleteUserType takes a type away that nobody is of.
func (o *Org) deleteUserType(c *call) (*reply, error) {
	t, err := o.userType(c.ids[0])
	if err != nil {
		return nil, err
	}
	inUse := slices.ContainsFunc(o.people.sorted, func(p *person) bool { return p.Type == t.ID && p.Status != deprovisioned })
	if t.ID == o.meta.UserType || inUse {
		return nil, fail(http.StatusBadRequest, "E0000127", "User type cannot be deleted: it is in use.")
	}
	if err := o.commit(durable.Remove(kindUserType, t.ID), durable.Remove(kindSchema, t.ID)); err != nil {
		return nil, err
	}
	delete(o.userTypes, t.ID)
	delete(o.schemas, t.ID)
	return noContent(), nil
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
	for _, p := range changed {
		records = append(records, durable.Put(kindPerson, p.ID, p))
	}
	if err := o.commit(records...); err != nil {
		return err
	}
	o.schemas[key] = &now
	for _, p := range changed {
		o.people.update(o.people.byID[p.ID], p)
	}
	return nil
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
