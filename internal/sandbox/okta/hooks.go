package okta

import (
	"encoding/json"
	"net/http"

	"example.com/ssowizard/internal/sandbox/durable"
)

// inlineHook is somebody else's program that Okta asks. It is kept and named
// in apps; it is never called: a sandbox reaches nothing outside.
type inlineHook struct {
	ID      string          `json:"id"`
	Status  string          `json:"status"`
	Name    string          `json:"name"`
	Type    string          `json:"type"`
	Version string          `json:"version"`
	Channel hookChannel     `json:"channel"`
	Created stamp           `json:"created"`
	Updated stamp           `json:"updated"`
	Meta    json.RawMessage `json:"metadata,omitempty"`
}

type hookChannel struct {
	Type    string `json:"type"`
	Version string `json:"version"`
	Config  struct {
		URI     string `json:"uri"`
		Headers []struct {
			Key   string `json:"key"`
			Value string `json:"value"`
		} `json:"headers"`
		Method string `json:"method"`
		Auth   *struct {
			Type  string `json:"type"`
			Key   string `json:"key"`
			Value string `json:"value,omitempty"` // kept, never answered
		} `json:"authScheme"`
	} `json:"config"`
}

func (o *Org) hookRoutes() []*route {
	const hooks = "/api/v1/inlineHooks"
	return []*route{
		api("GET", hooks, bucketAny, resHooks, o.listHooks),
		api("POST", hooks, bucketAny, resHooks, o.createHook),
		api("GET", hooks+"/{}", bucketAny, resHooks, o.getHook),
		api("POST", hooks+"/{}", bucketAny, resHooks, o.replaceHook),
		api("PUT", hooks+"/{}", bucketAny, resHooks, o.replaceHook),
		api("DELETE", hooks+"/{}", bucketAny, resHooks, o.deleteHook),
		api("POST", hooks+"/{}/lifecycle/activate", bucketAny, resHooks, o.activateHook),
		api("POST", hooks+"/{}/lifecycle/deactivate", bucketAny, resHooks, o.deactivateHook),
	}
}

func (o *Org) hookObject(c *call, h *inlineHook) object {
	url := func(path ...string) string { return c.url(append([]string{"inlineHooks", h.ID}, path...)...) }
	headers := []object{}
	for _, header := range h.Channel.Config.Headers {
		headers = append(headers, object{{"key", header.Key}, {"value", header.Value}})
	}
	config := object{{"uri", h.Channel.Config.URI}, {"headers", headers}, {"method", h.Channel.Config.Method}}
	if auth := h.Channel.Config.Auth; auth != nil {
		config.add("authScheme", object{{"type", auth.Type}, {"key", auth.Key}})
	}
	self := object{{"href", url()}}
	links := object{
		{"activate", object{{"href", url("lifecycle/activate")}, {"hints", allow("POST")}}},
		{"self", self},
		{"delete", object{{"href", url()}, {"hints", allow("DELETE")}}},
	}
	if h.Status == active {
		links = object{
			{"self", self},
			{"execute", object{{"href", url("execute")}, {"hints", allow("POST")}}},
			{"deactivate", object{{"href", url("lifecycle/deactivate")}, {"hints", allow("POST")}}},
		}
	}
	return object{
		{"id", h.ID}, {"status", h.Status}, {"name", h.Name}, {"type", h.Type}, {"version", h.Version},
		{"channel", object{{"type", h.Channel.Type}, {"version", h.Channel.Version}, {"config", config}}},
		{"created", h.Created}, {"lastUpdated", h.Updated}, {"_links", links},
	}
}

func (o *Org) hook(c *call) (*inlineHook, error) {
	if h := o.hooks[c.ids[0]]; h != nil {
		return h, nil
	}
	return nil, notFound(c.ids[0], "InlineHook")
}

// listHooks finds by type.
func (o *Org) listHooks(c *call) (*reply, error) {
	out := []object{}
	kind := c.query.Get("type")
	for _, id := range sortedKeys(o.hooks) {
		if kind == "" || o.hooks[id].Type == kind {
			out = append(out, o.hookObject(c, o.hooks[id]))
		}
	}
	return ok(out), nil
}

func (o *Org) getHook(c *call) (*reply, error) {
	h, err := o.hook(c)
	if err != nil {
		return nil, err
	}
	return ok(o.hookObject(c, h)), nil
}

func (h *inlineHook) fill(c *call) error {
	var b struct {
		Name    string      `json:"name"`
		Type    string      `json:"type"`
		Version string      `json:"version"`
		Channel hookChannel `json:"channel"`
	}
	if err := c.decode(&b); err != nil {
		return err
	}
	for _, f := range []struct{ name, value string }{
		{"name", b.Name}, {"type", b.Type}, {"version", b.Version}, {"channel.config.uri", b.Channel.Config.URI},
	} {
		if f.value == "" {
			return invalid(f.name, blank(f.name))
		}
	}
	if !absoluteURL(b.Channel.Config.URI) {
		return invalid("uri", "uri: The field must be a valid URL")
	}
	if b.Channel.Config.Method == "" {
		b.Channel.Config.Method = http.MethodPost
	}
	h.Name, h.Type, h.Version, h.Channel = b.Name, b.Type, b.Version, b.Channel
	return nil
}

func (o *Org) keepHook(c *call, h *inlineHook) (*reply, error) {
	if err := o.commit(durable.Put(kindHook, h.ID, h)); err != nil {
		return nil, err
	}
	o.hooks[h.ID] = h
	return ok(o.hookObject(c, h)), nil
}

func (o *Org) createHook(c *call) (*reply, error) {
	now := stampOf(o.now())
	h := &inlineHook{ID: o.random.id("cal", liveEra), Status: active, Created: now, Updated: now}
	if err := h.fill(c); err != nil {
		return nil, err
	}
	return o.keepHook(c, h)
}

func (o *Org) replaceHook(c *call) (*reply, error) {
	old, err := o.hook(c)
	if err != nil {
		return nil, err
	}
	h := *old
	h.Updated = stampOf(o.now())
	if err := h.fill(c); err != nil {
		return nil, err
	}
	return o.keepHook(c, &h)
}

func (o *Org) activateHook(c *call) (*reply, error)   { return o.setHookStatus(c, active) }
func (o *Org) deactivateHook(c *call) (*reply, error) { return o.setHookStatus(c, inactive) }

func (o *Org) setHookStatus(c *call, status string) (*reply, error) {
	old, err := o.hook(c)
	if err != nil {
		return nil, err
	}
	h := *old
	if h.Status != status {
		h.Status, h.Updated = status, stampOf(o.now())
	}
	return o.keepHook(c, &h)
}

func (o *Org) deleteHook(c *call) (*reply, error) {
	h, err := o.hook(c)
	if err != nil {
		return nil, err
	}
	if h.Status == active {
		return nil, fail(http.StatusBadRequest, "E0000132", "Inline hook must be deactivated before it is deleted.")
	}
	if err := o.commit(durable.Remove(kindHook, h.ID)); err != nil {
		return nil, err
	}
	delete(o.hooks, h.ID)
	return noContent(), nil
}

// knownHooks refuses an app that names a hook which is not there.
func (o *Org) knownHooks(a *app) error {
	if a.SAML == nil {
		return nil
	}
	for _, id := range a.SAML.InlineHooks {
		if o.hooks[id] == nil {
			return notFound(id, "InlineHook")
		}
	}
	return nil
}
