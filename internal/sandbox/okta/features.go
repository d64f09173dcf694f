package okta

import (
	"encoding/json"

	"example.com/ssowizard/internal/sandbox/durable"
)

// What an app that provisions can be told to do at the other side.
type capabilities struct {
	Create struct {
		Lifecycle enabled `json:"lifecycleCreate"`
	} `json:"create"`
	Update struct {
		Profile    enabled `json:"profile"`
		Deactivate enabled `json:"lifecycleDeactivate"`
		Password   struct {
			Status string `json:"status"`
			Seed   string `json:"seed"`
			Change string `json:"change"`
		} `json:"password"`
	} `json:"update"`
}

type enabled struct {
	Status string `json:"status"`
}

const (
	featureProvisioning = "USER_PROVISIONING"
	on, off             = "ENABLED", "DISABLED"
)

// provisioningApp refuses what cannot provision, as a custom app never can.
func (o *Org) provisioningApp(c *call) (*app, error) {
	a, err := o.app(c.ids[0])
	if err != nil {
		return nil, err
	}
	if of := integrationOf(a.Name); of == nil || !of.provisions {
		return nil, invalid("feature", "Provisioning is not supported.")
	}
	if len(c.ids) > 1 && c.ids[1] != featureProvisioning {
		return nil, notFound(c.ids[1], "PublicAppFeatureSetName")
	}
	return a, nil
}

func (a *app) capabilities() (k capabilities, set bool) {
	if len(a.Provisioning) > 0 && json.Unmarshal(a.Provisioning, &k) == nil {
		return k, true
	}
	k.Create.Lifecycle.Status, k.Update.Profile.Status, k.Update.Deactivate.Status = off, off, off
	k.Update.Password.Status, k.Update.Password.Seed, k.Update.Password.Change = off, "OKTA", "KEEP_EXISTING"
	return k, false
}

func featureObject(c *call, a *app) object {
	k, set := a.capabilities()
	status := func(e enabled) object { return object{{"status", e.Status}} }
	return object{
		{"name", featureProvisioning},
		{"status", map[bool]string{true: on, false: off}[set]},
		{"description", "User provisioning settings from Okta to a downstream application"},
		{"capabilities", object{
			{"create", object{{"lifecycleCreate", status(k.Create.Lifecycle)}}},
			{"update", object{
				{"profile", status(k.Update.Profile)}, {"lifecycleDeactivate", status(k.Update.Deactivate)},
				{"password", object{
					{"status", k.Update.Password.Status}, {"seed", k.Update.Password.Seed}, {"change", k.Update.Password.Change},
				}},
			}},
		}},
		{"_links", object{{"self", object{
			{"href", c.url("apps", a.ID, "features", featureProvisioning)}, {"hints", allow("GET", "PUT")},
		}}}},
	}
}

func (o *Org) listFeatures(c *call) (*reply, error) {
	a, err := o.provisioningApp(c)
	if err != nil {
		return nil, err
	}
	return ok([]object{featureObject(c, a)}), nil
}

func (o *Org) getFeature(c *call) (*reply, error) {
	a, err := o.provisioningApp(c)
	if err != nil {
		return nil, err
	}
	return ok(featureObject(c, a)), nil
}

// setFeature changes what is sent; the rest stays.
func (o *Org) setFeature(c *call) (*reply, error) {
	old, err := o.provisioningApp(c)
	if err != nil {
		return nil, err
	}
	k, _ := old.capabilities()
	if err := c.decode(&k); err != nil {
		return nil, err
	}
	for _, s := range []string{k.Create.Lifecycle.Status, k.Update.Profile.Status, k.Update.Deactivate.Status, k.Update.Password.Status} {
		if s != on && s != off {
			return nil, malformed()
		}
	}
	a := old.clone()
	if a.Provisioning, err = json.Marshal(k); err != nil {
		return nil, internalError()
	}
	if err := o.commit(durable.Put(kindApp, a.ID, a)); err != nil {
		return nil, err
	}
	o.apps.put(a)
	return ok(featureObject(c, a)), nil
}
