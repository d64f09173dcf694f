package catalog

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"example.com/ssowizard/internal/hint"
)

// CheckInputs checks the admin's answers and fills in the defaults. Everything
// that is wrong or missing is in one usage error. Optional inputs without an
// answer are absent from the result. What the service provider may answer is not
// missed yet: CompleteInputs does that when the service provider was read.
func (p *Profile) CheckInputs(given map[string]string) (map[string]string, error) {
	out := map[string]string{}
	var problems []error
	if err := p.unknownInputs(given); err != nil {
		problems = append(problems, err)
	}
	var missing []Input
	for _, in := range slices.Concat(p.Inputs, p.choiceInputs()) {
		value, applies := given[in.ID], in.When.holds(out, p.byHand)
		if value == "" && applies {
			value = in.Default
		}
		if value == "" {
			if in.Required && applies && in.From == (InputFrom{}) {
				missing = append(missing, in)
			}
			continue
		}
		if err := in.Check(value); err != nil {
			problems = append(problems, err)
			continue
		}
		out[in.ID] = value
	}
	if len(missing) > 0 {
		problems = append(problems, missingInputs(p.Name, missing))
	}
	if len(problems) > 0 {
		return nil, hint.With(hint.Usage, errors.Join(problems...), "")
	}
	return out, nil
}

func (p *Profile) unknownInputs(given map[string]string) error {
	var known, unknown []string
	for _, in := range p.Inputs {
		known = append(known, in.ID)
	}
	choices := p.choiceInputs()
	for id := range given {
		isChoice := slices.ContainsFunc(choices, func(in Input) bool { return in.ID == id })
		if !slices.Contains(known, id) && !isChoice {
			unknown = append(unknown, fmt.Sprintf("%q", id))
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	slices.Sort(unknown)
	err := fmt.Errorf("%s has no input %s", p.Name, strings.Join(unknown, ", "))
	if len(known) == 0 {
		return hint.Add(err, "%s needs no inputs", p.Name)
	}
	return hint.Add(err, "known inputs: %s", strings.Join(known, ", "))
}

// ChangedFixed are the inputs that must not change once the settings were pushed
// and that have another answer now than before.
func (p *Profile) ChangedFixed(before, now map[string]string) []Input {
	var out []Input
	for _, in := range p.Inputs {
		if in.Fixed && before[in.ID] != "" && before[in.ID] != now[in.ID] {
			out = append(out, in)
		}
	}
	return out
}

func missingInputs(name string, missing []Input) error {
	var ids, flags []string
	for _, in := range missing {
		ids = append(ids, in.ID+" ("+in.Label+")")
		example := in.Example
		if example == "" {
			example = "…"
		}
		flags = append(flags, "--input "+in.ID+"="+example)
	}
	return hint.Add(fmt.Errorf("%s needs inputs that were not given: %s", name, strings.Join(ids, ", ")),
		"give them with %s", strings.Join(flags, " "))
}

// Check tells what is wrong with an answer that is not empty.
func (in Input) Check(value string) error {
	if strings.ContainsFunc(value, unicode.IsControl) {
		return fmt.Errorf("input %s: the answer has control characters", in.ID)
	}
	if len(in.Options) > 0 && !slices.Contains(in.Options, value) {
		return hint.Add(fmt.Errorf("input %s: %q is none of the choices", in.ID, value),
			"choices for %s: %s", in.ID, strings.Join(in.Options, ", "))
	}
	if err := in.Form.check(value); err != nil {
		return fmt.Errorf("input %s: %w", in.ID, err)
	}
	if in.Pattern == "" {
		return nil
	}
	re, err := compilePattern(in.Pattern)
	if err != nil {
		return fmt.Errorf("input %s: pattern: %w", in.ID, err)
	}
	if re.MatchString(value) {
		return nil
	}
	err = fmt.Errorf("input %s: %q is not of the form that is wanted", in.ID, value)
	if in.PatternHelp == "" {
		return hint.Add(err, "%s has to match %s", in.ID, in.Pattern)
	}
	return hint.Add(err, "%s: %s", in.ID, in.PatternHelp)
}

func (f InputForm) check(value string) error {
	switch f {
	case FormURL:
		return checkURL(value)
	case FormAttributes:
		_, err := ParseAttributes(value)
		return err
	}
	return nil
}

func compilePattern(pattern string) (*regexp.Regexp, error) {
	return regexp.Compile(`^(?:` + pattern + `)$`)
}
