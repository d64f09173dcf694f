package okta

import (
	"encoding/json"

	"example.com/ssowizard/internal/sandbox/durable"
)

// orgSettings are small settings of the org that are read and written whole.
// They change nothing here: the limits that count are those of the start.
var orgSettings = []struct{ path, first string }{
	{"admin-notifications", `{"notificationsEnabled":true}`},
	{"warning-threshold", `{"warningThreshold":90}`},
	{"per-client", `{"defaultMode":"ENFORCE","useCaseModeOverrides":{"LOGIN_PAGE":"ENFORCE","OAUTH2_AUTHORIZE":"ENFORCE"}}`},
}

func (o *Org) settingRoutes() []*route {
	var list []*route
	for _, s := range orgSettings {
		path := "/api/v1/rate-limit-settings/" + s.path
		list = append(list,
			api("GET", path, bucketAny, resLimits, func(*call) (*reply, error) { return ok(o.setting(s.path, s.first)), nil }),
			api("PUT", path, bucketAny, resLimits, func(c *call) (*reply, error) { return o.setSetting(c, s.path, s.first) }))
	}
	return list
}

func (o *Org) setting(path, first string) json.RawMessage {
	if kept := o.settings[path]; kept != nil {
		return kept
	}
	return json.RawMessage(first)
}

// setSetting takes the members that the setting has, of the types they have.
func (o *Org) setSetting(c *call, path, first string) (*reply, error) {
	var known, sent map[string]any
	_ = json.Unmarshal([]byte(first), &known) // ours
	if err := c.decode(&sent); err != nil {
		return nil, err
	}
	for name, want := range known {
		v, given := sent[name]
		if !given {
			return nil, invalid(name, blank(name))
		}
		if !sameType(want, v) {
			return nil, malformed()
		}
	}
	for name := range sent {
		if _, ok := known[name]; !ok {
			return nil, malformed()
		}
	}
	if n, isNumber := sent["warningThreshold"].(float64); isNumber && (n < 30 || n > 90) {
		return nil, invalid("warningThreshold", "warningThreshold: The field must be between 30 and 90")
	}
	raw := json.RawMessage(c.body)
	if err := o.commit(durable.Put(kindSetting, path, raw)); err != nil {
		return nil, err
	}
	o.settings[path] = raw
	return ok(raw), nil
}

func sameType(a, b any) bool {
	switch a.(type) {
	case bool:
		_, is := b.(bool)
		return is
	case float64:
		_, is := b.(float64)
		return is
	case string:
		_, is := b.(string)
		return is
	}
	_, is := b.(map[string]any)
	return is
}
