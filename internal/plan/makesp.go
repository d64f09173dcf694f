package plan

import (
	"fmt"
	"sort"
	"strings"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/certificate"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

// push plans the service provider's side: what to write, by field, and reading
// it back.
func (m *maker) push() error {
	if m.Spec.Push == sso.PushNone {
		m.add(StepPush, None, m.Profile.Name+": not touched (--push none)", nil)
		return nil
	}
	if err := m.refuseForeignSP(); err != nil {
		return err
	}
	changes, err := m.settingChanges()
	if err != nil {
		return err
	}
	m.drift = append(m.drift, spDrift(m.Observed, m.Profile.SettingsEqual, changes)...)
	verb := "update"
	action := Update
	if !m.Observed.SP.Configured {
		verb, action = "enter", Create
	}
	if len(changes) == 0 {
		m.add(StepPush, None, m.Profile.Name+": settings are as wanted", nil)
	} else {
		m.add(StepPush, action, fmt.Sprintf("%s: %s %s", m.Profile.Name, verb, strings.Join(m.changedLabels(changes), ", ")), m.readable(changes))
	}
	m.add(StepReadback, None, m.Profile.Name+": read the settings back and compare", nil)
	return nil
}

// refuseForeignSP keeps away from a service provider that people already sign
// in to with single sign-on that we did not set up.
func (m *maker) refuseForeignSP() error {
	o := m.Observed
	ours := o.App != nil || (o.HaveState && o.State.AppliedSP != nil)
	if !o.SP.Enabled || !o.SP.Configured || ours || m.Spec.Override {
		return nil
	}
	err := hint.New(hint.Refused,
		fmt.Sprintf("single sign-on is already on at %s, set up by somebody else: writing other values would lock people out", m.Profile.Name),
		"turn it off there first, or add --override to take it over")
	return &Ways{Err: err, Override: "take over what is set up at " + m.Profile.Name}
}

// settingChanges compares the wanted settings with those the service provider
// holds. What depends on an app that is yet to be made is known after it.
func (m *maker) settingChanges() ([]sso.Change, error) {
	o := m.Observed
	if o.IdP == nil {
		return m.settingsToCome()
	}
	want, err := m.Profile.WantedSettings(m.Inputs, o.SP.Offered, *o.IdP)
	if err != nil {
		return nil, err
	}
	var changes []sso.Change
	for _, s := range want {
		have, ok := o.SP.Settings[s.ID]
		switch {
		case s.Secret:
			// It cannot be read back, so whoever sets things back has it written
			// again, unless a proof says that it is right.
			if o.State.SecretID != o.IdP.SecretID || !o.SP.Configured || m.Spec.Override && !m.proofFits() {
				changes = append(changes, sso.Change{Field: s.ID, To: "secret " + o.IdP.SecretID + " (not shown)"})
			}
		case ok && m.Profile.SettingsEqual(s.ID, have, s.Value), !ok && s.Value == "":
		case ok && have != "":
			changes = append(changes, sso.Change{Field: s.ID, From: have, To: s.Value})
		default:
			changes = append(changes, sso.Change{Field: s.ID, To: s.Value})
		}
	}
	return changes, nil
}

// settingsToCome are the changes as far as they are known before the app is.
func (m *maker) settingsToCome() ([]sso.Change, error) {
	want, err := m.Profile.PlannedSettings(m.Inputs, m.Observed.SP.Offered)
	if err != nil {
		return nil, err
	}
	var changes []sso.Change
	for _, s := range want {
		c := sso.Change{Field: s.ID}
		have := m.Observed.SP.Settings[s.ID]
		if have != "" {
			c.From = have
		}
		switch {
		case s.Value == "":
			c.KnownAfter = string(StepApp)
		case m.Profile.SettingsEqual(s.ID, have, s.Value):
			continue
		default:
			c.To = s.Value
		}
		changes = append(changes, c)
	}
	return changes, nil
}

func (m *maker) changedLabels(changes []sso.Change) []string {
	labels := m.Profile.Labels()
	var out []string
	for _, c := range changes {
		out = append(out, labels[c.Field])
	}
	return out
}

// readable puts a fingerprint in place of a certificate's text.
func (m *maker) readable(changes []sso.Change) []sso.Change {
	out := make([]sso.Change, 0, len(changes))
	for _, c := range changes {
		c.From, c.To = shortCertificate(c.From), shortCertificate(c.To)
		out = append(out, c)
	}
	return out
}

// shortCertificate puts fingerprints in place of the text of certificates.
func shortCertificate(v any) any {
	text, ok := v.(string)
	if !ok || !strings.Contains(text, "BEGIN CERTIFICATE") {
		return v
	}
	switch sums := catalog.Fingerprints(text); len(sums) {
	case 0:
		return "a certificate that cannot be read"
	case 1:
		return "certificate SHA-256 " + sums[0]
	default:
		return "certificates SHA-256 " + strings.Join(sums, " and ")
	}
}

func fingerprint(der []byte) string {
	text, err := certificate.Render(der, "fingerprint-sha256")
	if err != nil {
		return "?"
	}
	return text
}

// assignments plans who gets the app and, with Exact or the remove lists, who
// loses it.
func (m *maker) assignments() {
	o, spec := m.Observed, m.Spec
	wanted := map[string]bool{}
	for _, ref := range spec.Groups {
		g := o.Groups[ref]
		m.want(wanted, sso.Assignment{Kind: sso.ToGroup, ID: g.ID, Name: g.Name}, o.AppGroups)
	}
	for _, ref := range spec.Users {
		u := o.People[ref]
		m.want(wanted, sso.Assignment{Kind: sso.ToUser, ID: u.ID, Name: u.Login}, o.AppUsers)
	}
	m.BookmarkAssign = m.bookmarkAssign()
	if o.Tester != nil {
		wanted[o.Tester.ID] = true
	}
	wanted[o.State.TesterID] = true
	m.unwant(wanted)
	var changes []sso.Change
	for _, a := range m.Assign {
		changes = append(changes, sso.Change{Field: "assignments." + string(a.Kind), To: a.Name})
	}
	for _, a := range append(append([]sso.Assignment{}, m.Unassign...), m.Forget...) {
		changes = append(changes, sso.Change{Field: "assignments." + string(a.Kind), From: a.Name})
	}
	action, summary := None, "Okta: everybody named is assigned"
	switch {
	case len(m.Assign) > 0 && len(m.Unassign) > 0:
		action, summary = Update, fmt.Sprintf("Okta: assign %s; take away from %s", joinNames(m.Assign), joinNames(m.Unassign))
	case len(m.Assign) > 0:
		action, summary = Create, "Okta: assign "+joinNames(m.Assign)
	case len(m.BookmarkAssign) > 0:
		action, summary = Create, "Okta: assign the bookmark app to "+joinNames(m.BookmarkAssign)
	case len(m.Unassign) > 0:
		action, summary = Delete, "Okta: take the app away from "+joinNames(m.Unassign)
	case len(m.Forget) > 0:
		action, summary = Delete, fmt.Sprintf("forget that the app was given to %s: Okta has taken it away already", joinNames(m.Forget))
	case len(spec.Groups)+len(spec.Users) == 0:
		summary = "Okta: nobody is named to be assigned"
	}
	m.add(StepAssign, action, summary, changes)
}

// bookmarkAssign is who is named and does not have the bookmark app yet.
func (m *maker) bookmarkAssign() []sso.Assignment {
	if m.WantBookmark == nil {
		return nil
	}
	has := map[string]bool{}
	for _, a := range m.Observed.BookmarkAssigned {
		has[a.ID] = !a.ThroughGroup
	}
	var missing []sso.Assignment
	for _, ref := range m.Spec.Groups {
		if g := m.Observed.Groups[ref]; !has[g.ID] {
			missing = append(missing, sso.Assignment{Kind: sso.ToGroup, ID: g.ID, Name: g.Name})
		}
	}
	for _, ref := range m.Spec.Users {
		if u := m.Observed.People[ref]; !has[u.ID] {
			missing = append(missing, sso.Assignment{Kind: sso.ToUser, ID: u.ID, Name: u.Login})
		}
	}
	return missing
}

// want adds an assignment unless it is there. A person who has the app only
// through a group is assigned by name, so that leaving the group does not end it.
func (m *maker) want(wanted map[string]bool, a sso.Assignment, have []sso.Assignment) {
	if wanted[a.ID] {
		return
	}
	wanted[a.ID] = true
	for _, h := range have {
		if h.ID == a.ID && !h.ThroughGroup {
			return
		}
	}
	if m.TesterAssign != nil && m.TesterAssign.ID == a.ID {
		return
	}
	m.Assign = append(m.Assign, a)
}

func (m *maker) unwant(wanted map[string]bool) {
	o, spec := m.Observed, m.Spec
	remove := map[string]string{}
	for _, ref := range spec.RemoveGroups {
		remove[o.Groups[ref].ID] = o.Groups[ref].Name
	}
	for _, ref := range spec.RemoveUsers {
		remove[o.People[ref].ID] = o.People[ref].Login
	}
	for _, have := range append(append([]sso.Assignment{}, o.AppGroups...), o.AppUsers...) {
		_, named := remove[have.ID]
		if have.ThroughGroup || !named && (!spec.Exact || wanted[have.ID]) {
			continue
		}
		if have.Name == "" {
			have.Name = m.assignedName(have, remove)
		}
		m.Unassign = append(m.Unassign, have)
	}
	for _, a := range m.gone() {
		if _, named := remove[a.ID]; named || spec.Exact && !wanted[a.ID] {
			m.Forget = append(m.Forget, a)
		}
	}
	sort.SliceStable(m.Unassign, func(i, j int) bool { return m.Unassign[i].Kind < m.Unassign[j].Kind })
}

func (m *maker) assignedName(a sso.Assignment, named map[string]string) string {
	if n := named[a.ID]; n != "" {
		return n
	}
	for _, known := range m.Observed.State.Assigned {
		if known.ID == a.ID && known.Name != "" {
			return known.Name
		}
	}
	if a.UserName != "" {
		return a.UserName
	}
	return a.ID
}
