package okta

import (
	"bytes"
	"encoding/json"
	"strings"
)

// groupProfile is a group's profile as it is sent.
type groupProfile struct {
	name        string
	description *string
	extra       map[string]any
}

// groupProfile reads a group's profile and checks it.
func (o *Org) groupProfile(c *call, id string) (*groupProfile, error) {
	var sent struct {
		Profile map[string]any `json:"profile"`
	}
	d := json.NewDecoder(bytes.NewReader(c.body))
	d.UseNumber()
	if d.Decode(&sent) != nil || d.More() {
		return nil, malformed()
	}
	if sent.Profile == nil {
		return nil, invalid("profile", blank("profile"))
	}
	b := &groupProfile{}
	for _, name := range sortedKeys(sent.Profile) {
		value := sent.Profile[name]
		text, isText := value.(string)
		attribute := o.schemaOf(groupSchema).property(name)
		switch {
		case (name == "name" || name == "description") && !isText && value != nil:
			return nil, malformed()
		case name == "name":
			b.name = text
		case name == "description" && isText:
			b.description = &text
		case name == "description" || value == nil:
		case attribute == nil:
			return nil, invalid("newGroup", "Property name '"+name+"' is not defined in profile")
		default:
			if why, fits := attribute.fits(value); !fits {
				return nil, invalid(name, name+": "+why)
			}
			if b.extra == nil {
				b.extra = map[string]any{}
			}
			b.extra[name] = value
		}
	}
	return b, o.checkGroupName(b.name, id)
}

func (o *Org) checkGroupName(name, id string) error {
	if strings.TrimSpace(name) == "" {
		return invalid("name", blank("name"))
	}
	if len([]rune(name)) > 255 {
		return invalid("name", "name: The field is too long")
	}
	if other := o.groups.byName(name); other != nil && other.ID != id {
		return invalid("name", "name: An object with this field already exists in the current organization")
	}
	return nil
}

// profile is a group's profile in an answer.
func (g *group) profile() object {
	return append(object{{"name", g.Name}, {"description", g.Description}}, javaOrder(g.Extra)...)
}
