package okta

import (
	"net/http"
	"slices"

	"example.com/ssowizard/internal/sandbox/durable"
)

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
