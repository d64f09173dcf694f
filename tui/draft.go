package tui

import (
	"maps"
	"slices"
	"strings"

	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sso"
)

// Draft is what was answered so far. It is kept between starts and holds no secret.
type Draft struct {
	SP         string            `json:"sp"`
	Org        string            `json:"org,omitempty"` // origin
	Connection string            `json:"connection,omitempty"`
	Label      string            `json:"label,omitempty"`
	Inputs     map[string]string `json:"inputs,omitempty"`
	Push       sso.PushWay       `json:"push,omitempty"`
	SPAPIURL   string            `json:"sp_api_url,omitempty"`
	Groups     []Chosen          `json:"groups,omitempty"`
	People     []Chosen          `json:"people,omitempty"`
	Tester     string            `json:"tester,omitempty"`
	NoTest     bool              `json:"no_test,omitempty"`
	// Way is how it is tried, "" for what can be done without anybody's hand.
	Way       sso.TestWay `json:"way,omitempty"`
	Override  bool        `json:"override,omitempty"`
	NewApp    bool        `json:"new_app,omitempty"`
	Exact     bool        `json:"exact,omitempty"`
	Logo      string      `json:"logo,omitempty"` // path of an image
	Confirmed []string    `json:"confirmed,omitempty"`
	// Existing is true for a connection that was set up before: its answers
	// are all said again, so that none of the old ones stays by silence.
	Existing bool `json:"existing,omitempty"`
	// Years is how long a new signing key is to be good for; AppID is the app
	// to take over. Neither is for a set-up.
	Years int    `json:"-"`
	AppID string `json:"-"`
	// TurnedOn is set when turning on was agreed to, for the command that
	// says the same.
	TurnedOn bool `json:"turned_on,omitempty"`
	// From says where answers came from that nobody typed.
	From map[ask.ID]ask.Source `json:"from,omitempty"`
	// Place names the furthest screen that was reached.
	Place string `json:"place,omitempty"`
}

// Chosen is a group or person that gets access.
type Chosen struct {
	ID   string `json:"id"`
	Name string `json:"name"` // for the screen
	// Ref is how flags and files name it: the name, unless that could be
	// mistaken, then the id.
	Ref      string `json:"ref"`
	People   int    `json:"people,omitempty"` // of a group; -1 when not known
	Everyone bool   `json:"everyone,omitempty"`
	NoEmail  bool   `json:"no_email,omitempty"`
}

// chooseGroup names a group so that a flag or file finds it again. twin tells
// that another one of the same name has been seen.
func chooseGroup(g Group, twin bool) Chosen {
	c := Chosen{ID: g.ID, Name: plain(g.Name), Ref: g.Name, People: g.People, Everyone: g.Everyone}
	if twin || c.Name != g.Name || c.Name == "" {
		c.Ref = g.ID
	}
	return c
}

func choosePerson(p sso.Person) Chosen {
	c := Chosen{ID: p.ID, Name: plain(p.Login), Ref: p.Login, NoEmail: p.Email == ""}
	if c.Name != p.Login || c.Name == "" {
		c.Ref = p.ID
	}
	return c
}

func refs(list []Chosen) []string {
	var out []string
	for _, c := range list {
		out = append(out, c.Ref)
	}
	return out
}

// clone shares nothing with d.
func (d Draft) clone() Draft {
	d.Inputs, d.From = maps.Clone(d.Inputs), maps.Clone(d.From)
	d.Groups, d.People, d.Confirmed = slices.Clone(d.Groups), slices.Clone(d.People), slices.Clone(d.Confirmed)
	return d
}

// sameAs tells whether two drafts are of the same connection.
func (d Draft) sameAs(o Draft) bool {
	return d.SP == o.SP && d.Connection == o.Connection && d.Org == o.Org
}

// draftLike is the place in ds of a draft of the same connection, -1 without one.
func draftLike(ds []Draft, d Draft) int { return slices.IndexFunc(ds, d.sameAs) }

// without are the drafts of ds that are not of the same connection as d.
func without(ds []Draft, d Draft) []Draft {
	return slices.DeleteFunc(slices.Clone(ds), d.sameAs)
}

// set notes where an answer came from.
func (d *Draft) set(id ask.ID, from ask.Source) {
	if d.From == nil {
		d.From = map[ask.ID]ask.Source{}
	}
	d.From[id] = from
}

// source is where an answer came from: asked, unless something else is noted.
func (d Draft) source(id ask.ID) ask.Source {
	if from, ok := d.From[id]; ok {
		return from
	}
	return ask.FromAsked
}

// profileDefaults takes a profile's defaults for what is not answered yet.
func (d *Draft) profileDefaults(p *catalog.Profile) {
	if d.SP != p.ID {
		d.Inputs, d.Label, d.Connection, d.Push, d.SPAPIURL, d.Place = nil, "", "", "", "", ""
	}
	d.SP = p.ID
	if d.Label == "" {
		d.Label = p.DefaultLabel
		d.set(ask.Label, ask.FromProfile)
	}
	if d.Connection == "" {
		d.Connection = p.ID
		d.set(ask.Connection, ask.FromDefault)
	}
}

// pushDefault is how the values reach the service provider where nobody says:
// what a run without the question would do.
func (d Draft) pushDefault(w World) sso.PushWay {
	if p := w.Profile(d.SP); p != nil && p.API != nil && (w.Sandbox() || p.API.BaseURL != "") {
		return sso.PushAPI
	}
	return sso.PushGuided
}

// pushes is how the values reach the service provider.
func (d Draft) pushes(w World) sso.PushWay {
	if d.Push != "" {
		return d.Push
	}
	return d.pushDefault(w)
}

// draftOf begins from what a kept connection was set up with.
func draftOf(s sso.State, org string) Draft {
	d := Draft{SP: s.Profile, Org: org, Connection: s.Connection, Label: s.Label, Inputs: maps.Clone(s.Inputs),
		Push: sso.PushWay(s.Push), SPAPIURL: s.SPAPIURL, Tester: s.Tester, Existing: true}
	for _, id := range []ask.ID{ask.SP, ask.Org, ask.Connection, ask.Label, ask.Inputs, ask.Push, ask.SPAPIURL, ask.TestUser, ask.Groups, ask.Users} {
		d.set(id, ask.FromState)
	}
	for _, a := range append(slices.Clone(s.Assigned), s.Wanted...) {
		c := Chosen{ID: a.ID, Name: plain(a.Name), Ref: a.ID, People: -1}
		if c.Name == "" {
			c.Name = a.ID
		} else if c.Name == a.Name {
			c.Ref = a.Name
		}
		if a.Kind == sso.ToGroup {
			d.Groups = append(d.Groups, c)
		} else if a.ID != s.TesterID {
			d.People = append(d.People, c)
		}
	}
	return d
}

// Answers are the answers of the draft, as flags would give them. What is only
// a default is left unsaid, so that the same flags make the same Spec.
func (d Draft) Answers(w World) (*ask.Answers, error) {
	a := &ask.Answers{}
	set := func(id ask.ID, values ...string) error {
		if len(values) == 0 || values[0] == "" {
			return nil
		}
		return a.Set(id, d.source(id), values...)
	}
	if err := set(ask.SP, d.SP); err != nil {
		return nil, err
	}
	org := d.Org
	if w.Sandbox() {
		org = ""
	}
	label, connection := d.Label, d.Connection
	if p := w.Profile(d.SP); p != nil && !d.Existing {
		label, connection = unless(label, p.DefaultLabel), unless(connection, p.ID)
	}
	tester, test := d.Tester, string(d.Way)
	if d.NoTest {
		tester, test = "", string(sso.TestNone)
	}
	for _, one := range []struct {
		id    ask.ID
		value string
	}{{ask.Org, org}, {ask.Connection, connection}, {ask.Label, label}, {ask.Push, string(d.Push)}, {ask.SPAPIURL, d.SPAPIURL},
		{ask.Test, test}, {ask.TestUser, tester}, {ask.Override, yes(d.Override)}, {ask.Enable, yes(d.TurnedOn)},
		{ask.NewApp, yes(d.NewApp)}, {ask.Exact, yes(d.Exact)}, {ask.Logo, d.Logo}} {
		if err := set(one.id, one.value); err != nil {
			return nil, err
		}
	}
	for _, many := range []struct {
		id     ask.ID
		values []string
	}{{ask.Groups, refs(d.Groups)}, {ask.Users, refs(d.People)}, {ask.Confirmed, d.Confirmed}} {
		if err := set(many.id, many.values...); err != nil {
			return nil, err
		}
	}
	return a, a.SetInputs(d.source(ask.Inputs), d.Inputs)
}

// yes is a flag's answer, "" for one that is not given.
func yes(is bool) string {
	if is {
		return "true"
	}
	return ""
}

func unless(value, same string) string {
	if value == same {
		return ""
	}
	return value
}

// Command is the same run as a command line. What a person confirmed is left
// out: that was true of this run, and whoever runs it again has to look anew.
func (d Draft) Command(w World) string {
	d.Confirmed = nil
	d.Org = strings.TrimPrefix(d.Org, "https://")
	a, err := d.Answers(w)
	if err != nil {
		return "" // the screens let nothing through that a flag would not take
	}
	return a.Command("setup", w.flags()...)
}

// answer gives one of the profile's questions an answer.
func (d *Draft) answer(input, value string) {
	d.Inputs = maps.Clone(d.Inputs)
	if d.Inputs == nil {
		d.Inputs = map[string]string{}
	}
	d.Inputs[input] = value
	delete(d.From, ask.Inputs)
}

// unconfirm forgets that a person has done a step.
func (d *Draft) unconfirm(step plan.StepID) {
	d.Confirmed = slices.DeleteFunc(d.Confirmed, func(s string) bool { return s == string(step) })
}

// confirm notes that a person has done a step.
func (d *Draft) confirm(step plan.StepID) {
	if step != "" && !slices.Contains(d.Confirmed, string(step)) {
		d.Confirmed = append(d.Confirmed, string(step))
	}
}
