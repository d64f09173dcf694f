// Package record turns what will be done, or was done, into a document for a
// ticket: Markdown, HTML or JSON. It holds what both sides were given, when and
// under which request, and what is left to do. No secret comes near it.
package record

import (
	"fmt"
	"sort"
	"time"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/internal/words"
)

// Document is a record without a form. Its JSON members are stable.
type Document struct {
	Title    string    `json:"title"`
	Made     time.Time `json:"made"`
	Intro    []string  `json:"intro"`
	Sections []Section `json:"sections"`
}

// Section is a part of a document: text, a table, a list, any of them.
type Section struct {
	Title string     `json:"title"`
	Text  []string   `json:"text,omitempty"`
	Head  []string   `json:"head,omitempty"`
	Rows  [][]string `json:"rows,omitempty"`
	Items []string   `json:"items,omitempty"`
}

// OfPlan is the record of a plan before the fact.
func OfPlan(p *plan.Plan, org string, now time.Time) Document {
	d := Document{Title: fmt.Sprintf("Plan: %s of connection %s", p.Command, p.Connection), Made: now.UTC(),
		Intro: []string{fmt.Sprintf("%s ⇄ %s. Making this plan has written nothing.", org, p.Profile.Name)}}
	d.list("Before you start", p.Prerequisites)
	labels := p.Profile.Labels()
	n := 0
	for _, s := range p.Steps {
		if s.Action == plan.None {
			continue
		}
		n++
		section := Section{Title: fmt.Sprintf("%d. %s", n, s.Summary), Text: []string{fmt.Sprintf("Step %s, %s.", s.ID, s.Action)}}
		for _, c := range s.Changes {
			section.Head = []string{"Field", "Before", "After"}
			to := words.ValueOf(c.Field, c.To)
			if c.KnownAfter != "" {
				to = "known after " + c.KnownAfter
			}
			section.Rows = append(section.Rows, []string{words.Field(c.Field, labels), words.ValueOf(c.Field, c.From), to})
		}
		d.Sections = append(d.Sections, section)
	}
	if n == 0 {
		d.Intro = append(d.Intro, "Nothing to do: both sides are as wanted.")
	}
	d.list("Warnings", p.Warnings)
	if s := p.Step(plan.StepEnable); s != nil && s.Action == plan.Update && p.Profile.Consent != "" {
		d.list("What turning on does to people", []string{p.Profile.Consent})
	}
	var closed []string
	for _, a := range p.Observed.Uncovered {
		closed = append(closed, sso.PlainText(a.Name, 100))
	}
	d.list("Users at "+p.Profile.Name+" who get no Okta app, by their e-mail addresses", closed)
	d.list("Afterwards", p.Profile.FollowUp)
	return d
}

// Done is what a record of a connection is made from.
type Done struct {
	State   sso.State
	Journal []sso.JournalEntry
	Status  plan.ConnectionStatus
	Profile *catalog.Profile
	// Undo is the command that takes everything back.
	Undo string
	Now  time.Time
}

// OfConnection is the record of what was done.
func OfConnection(in Done) Document {
	s, st := in.State, in.Status
	d := Document{Title: "Record: connection " + s.Connection, Made: in.Now.UTC(),
		Intro: []string{fmt.Sprintf("%s ⇄ %s", s.OrgURL, in.Profile.Name)}}
	d.Sections = append(d.Sections, Section{Title: "State", Head: []string{"What", "Value"}, Rows: stateRows(in)})
	d.table("Okta app", []string{"Field", "Value"}, appRows(s.AppliedApp))
	d.table("Settings at "+in.Profile.Name, []string{"Field", "Value"}, settingRows(s, in.Profile))
	d.table("Assigned", []string{"Kind", "Name", "Id"}, assignmentRows(s.Assigned))
	if len(st.Drift) > 0 {
		section := Section{Title: "Differs now", Head: []string{"Side", "Field", "Wanted", "Is"}}
		for _, x := range st.Drift {
			section.Rows = append(section.Rows, []string{x.Side, words.Field(x.Field, in.Profile.Labels()), words.ValueOf(x.Field, x.Want), words.ValueOf(x.Field, x.Got)})
		}
		d.Sections = append(d.Sections, section)
	}
	d.table("What was done", []string{"Time (UTC)", "Command", "Step", "What", "Outcome", "Request id"}, journalRows(in.Journal))
	d.list("Afterwards", in.Profile.FollowUp)
	d.list("The way back", []string{in.Undo})
	return d
}

func (d *Document) table(title string, head []string, rows [][]string) {
	if len(rows) > 0 {
		d.Sections = append(d.Sections, Section{Title: title, Head: head, Rows: rows})
	}
}

func (d *Document) list(title string, items []string) {
	if len(items) > 0 {
		d.Sections = append(d.Sections, Section{Title: title, Items: items})
	}
}

func stateRows(in Done) [][]string {
	s, st := in.State, in.Status
	rows := [][]string{{"Okta app", s.Label + " (" + s.AppID + ")"}, {"Signing key", s.KID}, {"Sign-in with Okta", onOff(st.Enabled)}}
	if s.EnabledAt != nil {
		rows = append(rows, []string{"Turned on", stamp(*s.EnabledAt)})
	}
	if s.Proof == nil {
		rows = append(rows, []string{"Tested", "no"})
	} else {
		who := s.Proof.Tester
		if s.Proof.Attested {
			who += ", as a person says"
		}
		rows = append(rows, []string{"Tested", fmt.Sprintf("%s (%s) by %s", stamp(s.Proof.At), s.Proof.Kind, who)})
	}
	if c := st.Certificate; c != nil {
		rows = append(rows, []string{"Certificate", fmt.Sprintf("SHA-256 %s, until %s, %d days left", c.SHA256, stamp(c.NotAfter), c.DaysLeft)})
	}
	if s.Unfinished != "" {
		rows = append(rows, []string{"Not finished", s.Unfinished})
	}
	return rows
}

func appRows(applied map[string]any) [][]string {
	var fields []string
	for f := range applied {
		fields = append(fields, f)
	}
	sort.Strings(fields)
	var rows [][]string
	for _, f := range fields {
		rows = append(rows, []string{words.Field(f, nil), words.Value(applied[f])})
	}
	return rows
}

func settingRows(s sso.State, profile *catalog.Profile) [][]string {
	var rows [][]string
	for _, setting := range profile.Settings {
		if v, ok := s.AppliedSP[setting.ID]; ok && v != "" && setting.Kind != catalog.KindSecret {
			if word, known := map[string]string{"true": "on", "false": "off"}[v]; known && setting.Kind == catalog.KindToggle {
				v = word
			}
			rows = append(rows, []string{setting.Title(), v})
		}
	}
	return rows
}

func assignmentRows(list []sso.Assignment) [][]string {
	var rows [][]string
	for _, a := range list {
		rows = append(rows, []string{string(a.Kind), sso.PlainText(a.Name, 100), a.ID})
	}
	return rows
}

// journalRows joins each intent with its outcome.
func journalRows(entries []sso.JournalEntry) [][]string {
	var rows [][]string
	for _, e := range entries {
		outcome := map[string]string{sso.PhaseDone: "done", sso.PhaseFailed: "failed: " + e.Detail}[e.Phase]
		if outcome == "" {
			continue
		}
		if e.Target != "" {
			outcome += " (" + e.Target + ")"
		}
		rows = append(rows, []string{stamp(e.Time), e.Command, e.Step, sso.PlainText(e.What, 200), sso.PlainText(outcome, 300), e.RequestID})
	}
	return rows
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func stamp(t time.Time) string {
	return t.UTC().Format("2006-01-02 15:04:05")
}
