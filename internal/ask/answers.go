package ask

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

// Source says where an answer came from. Stronger sources come first.
type Source int

// The sources, strongest first.
const (
	FromFlag Source = iota
	FromEnv
	FromFile
	FromAsked
	FromState // an earlier run
	FromProfile
	FromDefault
)

func (s Source) String() string {
	return [...]string{"flag", "environment", "connection file", "asked", "earlier run", "profile", "default"}[s]
}

// Answer is what was said, and where.
type Answer struct {
	Values []string
	From   Source
}

// Answers are the answers so far. The zero value has none.
type Answers struct {
	byID map[ID]Answer
}

// Set takes an answer unless a stronger source has given one. Inputs are merged
// key by key.
func (a *Answers) Set(id ID, from Source, values ...string) error {
	q := Find(id)
	var problems []error
	for _, v := range values {
		problems = append(problems, q.Validate(v))
	}
	if err := errors.Join(problems...); err != nil {
		return err
	}
	if a.byID == nil {
		a.byID = map[ID]Answer{}
	}
	have, answered := a.byID[id]
	switch {
	case answered && id == Inputs:
		a.byID[id] = mergeInputs(have, Answer{values, from})
	case !answered || from < have.From:
		a.byID[id] = Answer{values, from}
	}
	return nil
}

// Add takes further answers to a question that may be answered several times.
func (a *Answers) Add(id ID, from Source, values ...string) error {
	have := a.byID[id]
	delete(a.byID, id)
	return a.Set(id, from, append(slices.Clone(have.Values), values...)...)
}

// mergeInputs keeps the stronger answer for each key.
func mergeInputs(a, b Answer) Answer {
	if b.From < a.From {
		a, b = b, a
	}
	merged := slices.Clone(a.Values)
	given := keys(a.Values)
	for _, kv := range b.Values {
		if k, _, _ := strings.Cut(kv, "="); !given[k] {
			merged = append(merged, kv)
		}
	}
	return Answer{merged, a.From}
}

func keys(list []string) map[string]bool {
	out := map[string]bool{}
	for _, kv := range list {
		k, _, _ := strings.Cut(kv, "=")
		out[k] = true
	}
	return out
}

// Get gives the answer to a question and whether there is one.
func (a *Answers) Get(id ID) (Answer, bool) {
	have, ok := a.byID[id]
	return have, ok
}

// Text is a single answer, "" without one.
func (a *Answers) Text(id ID) string {
	if have := a.byID[id]; len(have.Values) > 0 {
		return have.Values[len(have.Values)-1]
	}
	return ""
}

// Yes tells whether a flag was answered with true.
func (a *Answers) Yes(id ID) bool { return a.Text(id) == "true" }

// List is an answer that may be given several times.
func (a *Answers) List(id ID) []string { return slices.Clone(a.byID[id].Values) }

// InputMap is the answers to the profile's questions by key. One key with two
// values is an error.
func (a *Answers) InputMap() (map[string]string, error) {
	out := map[string]string{}
	for _, kv := range a.byID[Inputs].Values {
		k, v, _ := strings.Cut(kv, "=")
		if old, twice := out[k]; twice && old != v {
			return nil, hint.New(hint.Usage, fmt.Sprintf("--input %s is given twice with different values", k), "leave one out")
		}
		out[k] = v
	}
	return out, nil
}

// SetInputs takes a map of inputs.
func (a *Answers) SetInputs(from Source, inputs map[string]string) error {
	var list []string
	for _, k := range slices.Sorted(maps.Keys(inputs)) {
		list = append(list, k+"="+inputs[k])
	}
	if len(list) == 0 {
		return nil
	}
	return a.Set(Inputs, from, list...)
}

// Spec makes the Spec of the answers. What the answers do not say is left empty:
// defaults are the caller's, who knows the profile and the earlier run.
func (a *Answers) Spec() (sso.Spec, error) {
	inputs, err := a.InputMap()
	if err != nil {
		return sso.Spec{}, err
	}
	return sso.Spec{
		Connection: a.Text(Connection), Profile: a.Text(SP), Label: a.Text(Label), Inputs: inputs,
		Groups: a.List(Groups), Users: a.List(Users),
		Push: sso.PushWay(a.Text(Push)), SPAPIURL: a.Text(SPAPIURL), Enable: a.Yes(Enable),
		Test: sso.TestWay(a.Text(Test)), Tester: a.Text(TestUser),
		Exact: a.Yes(Exact), Override: a.Yes(Override), NewApp: a.Yes(NewApp), Confirmed: a.List(Confirmed),
	}, nil
}

// Missing is the error for questions that nobody can be asked: it lists exactly
// the flags, with the environment variables that would do as well.
func Missing(ids ...ID) error {
	if len(ids) == 0 {
		return nil
	}
	var names, tips []string
	for _, id := range ids {
		q := Find(id)
		names = append(names, q.name())
		tip := fmt.Sprintf("%s %s", q.name(), q.Example)
		if q.Flag == "" {
			tip = fmt.Sprintf("%s, such as %s", q.Title, q.Example)
		}
		if q.Env != "" {
			tip += " (or " + q.Env + ")"
		}
		tips = append(tips, tip+": "+q.Help)
	}
	err := &hint.Error{Err: fmt.Errorf("missing: %s", strings.Join(names, ", ")), Code: hint.Usage, Hints: tips}
	return err
}

// Forget takes an answer back, to ask again.
func (a *Answers) Forget(id ID) { delete(a.byID, id) }
