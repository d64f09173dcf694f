package catalog

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// recordPart reads a further answer that belongs to the record.
func (r *reader) recordPart(n *yaml.Node) RecordPart {
	f := r.mapping(n, "each of also")
	if f == nil {
		return RecordPart{}
	}
	part := RecordPart{Name: f.id("name", memberID)}
	if req := f.take("request", true); req != nil {
		part.Request = r.get(req, recordRoots)
	}
	f.done()
	return part
}

// trustedCalls reads the calls for certificates that are resources of their own.
func (r *reader) trustedCalls(f *fields) *TrustedCalls {
	sub := f.sub("certificates", false)
	if sub == nil {
		return nil
	}
	c := &TrustedCalls{Setting: sub.text("setting", true), Items: sub.place("items", true), ID: sub.place("id", true),
		Value: sub.place("value", true)}
	if n := sub.take("add", true); n != nil {
		c.Add = r.request(n, addRoots)
	}
	if n := sub.take("remove", true); n != nil {
		c.Remove = r.request(n, removeRoots)
	}
	sub.done()
	return c
}

// joinPlaces goes on from one place to the next, as a JSON pointer.
func joinPlaces(places ...string) string {
	var b strings.Builder
	for _, place := range places {
		steps, err := splitPlace(place)
		if err != nil {
			continue // reported where it was read
		}
		for _, step := range steps {
			b.WriteString("/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(step))
		}
	}
	return b.String()
}

// checkTrusted sees that the certificates are those of a setting that holds them,
// and says where it stands: in each of their list.
func (r *reader) checkTrusted(p *Profile, f *fields) {
	if p.API == nil || p.API.Trusted == nil {
		return
	}
	c, api := p.API.Trusted, f.byName["api"]
	n := find(api, "certificates", "setting")
	s, ok := p.Setting(c.Setting)
	_, twice := p.API.Answer.Settings[c.Setting]
	switch {
	case c.Setting == "":
	case !ok:
		r.fail(n, "there is no setting %q", c.Setting)
	case s.Rendering == "":
		r.fail(n, "setting %q is no certificate", s.ID)
	case p.hasSecondPlace():
		r.fail(n, "where each certificate is a resource of its own, none has a setting of its own")
	case twice:
		r.fail(find(api, "answer", "settings", s.ID), "where setting %q stands is said under certificates already", s.ID)
	default:
		p.API.Answer.Settings[s.ID] = Flag{At: joinPlaces(c.Items, "*", c.Value)}
	}
}
