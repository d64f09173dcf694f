package okta

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// property is an attribute of a profile, as a schema describes it.
type property struct {
	Name         string          `json:"name"`
	Title        string          `json:"title,omitempty"`
	Description  string          `json:"description,omitempty"`
	Type         string          `json:"type"`
	Required     bool            `json:"required,omitempty"`
	Format       string          `json:"format,omitempty"`
	Unique       string          `json:"unique,omitempty"`
	Mutability   string          `json:"mutability,omitempty"`
	Scope        string          `json:"scope,omitempty"`
	Enum         json.RawMessage `json:"enum,omitempty"`
	MinLength    *int            `json:"minLength,omitempty"`
	MaxLength    *int            `json:"maxLength,omitempty"`
	Items        json.RawMessage `json:"items,omitempty"`
	Permissions  []permission    `json:"permissions,omitempty"`
	Master       json.RawMessage `json:"master,omitempty"`
	OneOf        json.RawMessage `json:"oneOf,omitempty"`
	Pattern      string          `json:"pattern,omitempty"`
	ExternalName string          `json:"externalName,omitempty"`
	ExternalNS   string          `json:"externalNamespace,omitempty"`
}

type permission struct {
	Principal string `json:"principal"`
	Action    string `json:"action"`
}

// propertyTypes are the types that an attribute may have.
var propertyTypes = []string{"string", "number", "integer", "boolean", "array"}

// object is a property in an answer. Members that are not set are left out.
func (p *property) object() object {
	var o object
	text := func(name, value string) {
		if value != "" {
			o.add(name, value)
		}
	}
	raw := func(name string, value json.RawMessage) {
		if len(value) > 0 && string(value) != "null" {
			o.add(name, value)
		}
	}
	text("title", p.Title)
	text("description", p.Description)
	text("type", p.Type)
	if p.Required {
		o.add("required", true)
	}
	text("format", p.Format)
	text("unique", p.Unique)
	text("mutability", p.Mutability)
	text("scope", p.Scope)
	text("externalName", p.ExternalName)
	text("externalNamespace", p.ExternalNS)
	raw("enum", p.Enum)
	if p.MinLength != nil {
		o.add("minLength", *p.MinLength)
	}
	if p.MaxLength != nil {
		o.add("maxLength", *p.MaxLength)
	}
	text("pattern", p.Pattern)
	raw("items", p.Items)
	if len(p.Permissions) > 0 {
		list := make([]object, 0, len(p.Permissions))
		for _, may := range p.Permissions {
			list = append(list, object{{"principal", may.Principal}, {"action", may.Action}})
		}
		o.add("permissions", list)
	}
	raw("master", p.Master)
	raw("oneOf", p.OneOf)
	return o
}

// definition is one of the two parts of a schema: #base or #custom.
func definition(id string, properties []property) object {
	members, required := object{}, []string{}
	for i := range properties {
		members.add(properties[i].Name, properties[i].object())
		if properties[i].Required {
			required = append(required, properties[i].Name)
		}
	}
	o := object{{"id", id}, {"type", "object"}, {"properties", members}}
	if len(properties) > 0 {
		o.add("required", required)
	}
	return o
}

// schemaBody is what POST of a schema takes: properties to set, and to take
// away where their value is null. The base of a schema cannot be changed but
// for what people may do with it.
type schemaBody struct {
	Definitions struct {
		Custom struct {
			Properties orderedProperties `json:"properties"`
		} `json:"custom"`
	} `json:"definitions"`
}

// orderedProperties keeps the order in which properties were sent.
type orderedProperties []sentProperty

type sentProperty struct {
	name string
	set  *property // nil: take it away
}

func (o *orderedProperties) UnmarshalJSON(b []byte) error {
	if string(bytes.TrimSpace(b)) == "null" {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(b))
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return err
		}
		name, isText := t.(string)
		if !isText {
			return malformed()
		}
		s := sentProperty{name: name}
		if err := d.Decode(&s.set); err != nil {
			return err
		}
		if s.set != nil {
			s.set.Name = name
		}
		*o = append(*o, s)
	}
	return nil
}

// merged is a list of properties with those sent put in or taken away. New
// ones stand at the end.
func merged(have []property, sent orderedProperties, base []property) ([]property, error) {
	out := slices.Clone(have)
	for _, s := range sent {
		i := slices.IndexFunc(out, func(p property) bool { return p.Name == s.name })
		switch {
		case s.set == nil && i >= 0:
			out = slices.Delete(out, i, i+1)
		case s.set == nil:
		default:
			if err := s.set.check(base); err != nil {
				return nil, err
			}
			if i >= 0 && out[i].Type != s.set.Type {
				return nil, invalid(s.name, s.name+": property type cannot be changed")
			}
			if i >= 0 {
				out[i] = *s.set
			} else {
				out = append(out, *s.set)
			}
		}
	}
	return out, nil
}

func (p *property) check(base []property) error {
	legal := p.Name != "" && strings.Trim(p.Name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") == "" &&
		(p.Name[0] < '0' || p.Name[0] > '9')
	switch {
	case !legal:
		return invalid("schemaproperty", p.Name+": The attribute name is not valid.")
	case slices.ContainsFunc(base, func(b property) bool { return b.Name == p.Name }):
		return invalid("schemaproperty", p.Name+": An attribute of this name is already in the base schema.")
	case p.Title == "":
		return invalid("schemaproperty", blank("title"))
	case !slices.Contains(propertyTypes, p.Type):
		return malformed()
	}
	if p.Scope == "" {
		p.Scope = "NONE"
	}
	return nil
}

// fits tells whether a value may stand where the property is. What it may not
// is said in words.
func (p *property) fits(v any) (string, bool) {
	switch p.Type {
	case "string":
		s, isText := v.(string)
		switch {
		case !isText:
			return "The field must be a string", false
		case p.MinLength != nil && len([]rune(s)) < *p.MinLength, p.MaxLength != nil && len([]rune(s)) > *p.MaxLength:
			return "Does not match required length", false
		}
		return p.oneOf(v)
	case "number", "integer":
		n, isNumber := v.(json.Number)
		if !isNumber || p.Type == "integer" && strings.ContainsAny(n.String(), ".eE") {
			return "The field must be a number", false
		}
		return p.oneOf(v)
	case "boolean":
		if _, isBool := v.(bool); !isBool {
			return "The field must be a boolean", false
		}
	case "array":
		list, isList := v.([]any)
		if !isList {
			return "The field must be an array", false
		}
		var items property
		if json.Unmarshal(p.Items, &items) != nil || items.Type == "" {
			return "", true
		}
		for _, item := range list {
			if why, ok := items.fits(item); !ok {
				return why, false
			}
		}
	}
	return "", true
}

func (p *property) oneOf(v any) (string, bool) {
	if len(p.Enum) == 0 || string(p.Enum) == "null" {
		return "", true
	}
	d := json.NewDecoder(bytes.NewReader(p.Enum))
	d.UseNumber()
	var allowed []any
	if d.Decode(&allowed) != nil || slices.Contains(allowed, v) {
		return "", true
	}
	return "The value is not one of the allowed ones", false
}
