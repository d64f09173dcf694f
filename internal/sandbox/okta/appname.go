package okta

import (
	"strconv"
	"strings"

	"example.com/ssowizard/internal/sandbox/durable"
)

// identifyApp gives a new app its name, tiles and the key that it shares with
// the org.
func (o *Org) identifyApp(a *app, label string, now stamp) (records []durable.Record) {
	of := integrationOf(a.Name)
	switch {
	case of == nil && a.Mode == modeOIDC:
		a.Name, a.LinkName, a.LinkID = nameOIDC, nameOIDC+"_link", o.meta.OIDCLink
	case of == nil:
		a.Name, records = o.generatedName(label)
		a.LinkName, a.LinkID = a.Name+"_link", o.random.id("aln", liveEra)
	case of.links == nil:
		a.LinkName, a.LinkID = of.name+"_link", o.tileID(of.name)
	}
	if a.Mode == modeOIDC || of != nil && signs(a.Mode) {
		a.Kid = o.meta.SigningKid
	}
	if of != nil && signs(a.Mode) && !of.ownKey {
		a.Keys = []appKey{{KID: a.Kid, Created: now}}
	}
	if a.Mode == modeSAML11 || a.Mode == modeWSFed {
		a.ExternalKey = o.random.id("exk", liveEra)
	}
	return records
}

// nameBase is what a generated name and its counter go by: the org's subdomain
// and the label's letters and digits.
func nameBase(label string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(label) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			b.WriteRune(r)
		}
	}
	return subdomain + "_" + b.String()
}

// generatedName never gives a number again, not even after a deletion.
func (o *Org) generatedName(label string) (string, []durable.Record) {
	base := nameBase(label)
	n := o.counters[base] + 1
	return base + "_" + strconv.Itoa(n), []durable.Record{durable.Put(kindCounter, base, n)}
}

// hasMode tells whether an app can be said to have a sign-on mode.
func (a *app) hasMode(mode string) bool {
	of := integrationOf(a.Name)
	if of == nil {
		return mode == a.Mode
	}
	_, has := of.mode(mode)
	return has && (mode == a.Mode || mode == modeAutoLogin && a.Mode == modeBrowserPlugin)
}
