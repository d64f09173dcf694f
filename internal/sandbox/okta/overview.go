package okta

import "strings"

// Overview is what an org holds, for somebody who looks at it.
type Overview struct {
	Apps   []AppLine   // by id, Okta's own left out
	Groups []GroupLine // by name
	People []Login     // those that People gives first, then by id
	// GroupsFound and PeopleFound are how many there are, of which the lists
	// may hold the first only.
	GroupsFound, PeopleFound int
}

// AppLine is an app in an Overview.
type AppLine struct {
	ID, Label, Name, Mode, Status string
	People, Groups                int
	// Instructions is the path of the page with the values for the service
	// provider, for a SAML app.
	Instructions string
}

// GroupLine is a group in an Overview.
type GroupLine struct {
	ID, Name, Type string
	Members        int
}

// Overview lists the org's apps, and those groups and people whose name, login
// or e-mail address contains q, at most so many of each.
func (o *Org) Overview(q string, most int) Overview {
	o.mu.RLock()
	defer o.mu.RUnlock()
	var v Overview
	for _, a := range o.apps.sorted {
		if !a.Own {
			v.Apps = append(v.Apps, o.appLine(a))
		}
	}
	for _, g := range o.groups.sorted {
		if !contains(q, g.Name) {
			continue
		}
		if v.GroupsFound++; v.GroupsFound <= most {
			line := GroupLine{ID: g.ID, Name: g.Name, Type: g.Type, Members: len(g.members)}
			if g.everyone {
				line.Members = len(o.people.sorted)
			}
			v.Groups = append(v.Groups, line)
		}
	}
	first := map[string]bool{}
	see := func(p *person) {
		if p.Deleted || !contains(q, p.First+" "+p.Last, p.Login, p.Email) {
			return
		}
		if v.PeopleFound++; v.PeopleFound <= most {
			v.People = append(v.People, o.login(p))
		}
	}
	for _, p := range o.printed {
		first[p.ID] = true
		see(p)
	}
	for _, p := range o.people.sorted {
		if !first[p.ID] {
			see(p)
		}
	}
	return v
}

func (o *Org) appLine(a *app) AppLine {
	line := AppLine{ID: a.ID, Label: a.Label, Name: a.Name, Mode: a.Mode, Status: a.Status,
		People: len(o.appUsers[a.ID]), Groups: len(o.appGrps[a.ID])}
	if a.Mode == modeSAML && a.ExternalKey != "" {
		line.Instructions = "/app/" + a.Name + "/" + a.ID + "/setup/help/SAML_2_0/instructions"
	}
	return line
}

func contains(q string, texts ...string) bool {
	q = strings.ToLower(strings.TrimSpace(q))
	for _, t := range texts {
		if strings.Contains(strings.ToLower(t), q) {
			return true
		}
	}
	return false
}
