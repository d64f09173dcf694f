package catalog

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
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

// CheckGiven checks only the answers that were given: none is missed, and no
// default is taken. Answers that are empty are left out.
func (p *Profile) CheckGiven(given map[string]string) (map[string]string, error) {
	out := map[string]string{}
	var problems []error
	if err := p.unknownInputs(given); err != nil {
		problems = append(problems, err)
	}
	for _, in := range slices.Concat(p.Inputs, p.choiceInputs()) {
		if value := given[in.ID]; value != "" {
			problems = append(problems, in.Check(value))
			out[in.ID] = value
		}
	}
	if err := errors.Join(problems...); err != nil {
		return nil, hint.With(hint.Usage, err, "")
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
	var ids, flags, suggestions []string
	for _, in := range missing {
		ids = append(ids, in.ID+" ("+in.Label+")")
		example := in.Example
		if example == "" {
			example = "…"
		}
		flags = append(flags, "--input "+in.ID+"="+example)
		for _, s := range in.Suggestions {
			suggestions = append(suggestions, fmt.Sprintf("--input %s=%s (%s)", in.ID, s.Value, s.Why))
		}
	}
	err := hint.Add(fmt.Errorf("%s needs inputs that were not given: %s", name, strings.Join(ids, ", ")),
		"give them with %s", strings.Join(flags, " "))
	if len(suggestions) == 0 {
		return err
	}
	return hint.Add(err, "or perhaps %s", strings.Join(suggestions, ", "))
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
		return in.withExample(fmt.Errorf("input %s: %w", in.ID, err))
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

func (in Input) withExample(err error) error {
	if in.Example == "" {
		return err
	}
	return hint.Add(err, "for example --input %s='%s'", in.ID, in.Example)
}

func (f InputForm) check(value string) error {
	switch f {
	case FormURL:
		return checkURL(value)
	case FormAttributes:
		_, err := ParseAttributes(value)
		return err
	case FormRegexp:
		return checkRegexp(value)
	}
	return nil
}

// checkRegexp refuses what is no regular expression in any dialect. Okta's knows
// more than ours, so what only ours lacks is left to Okta.
func checkRegexp(value string) error {
	_, err := regexp.Compile(value)
	var wrong *syntax.Error
	if !errors.As(err, &wrong) {
		return nil
	}
	switch wrong.Code {
	case syntax.ErrMissingBracket, syntax.ErrMissingParen, syntax.ErrUnexpectedParen, syntax.ErrTrailingBackslash,
		syntax.ErrMissingRepeatArgument, syntax.ErrInvalidCharRange:
		return fmt.Errorf("%q is no regular expression: %s", value, wrong.Code)
	}
	return nil
}

func compilePattern(pattern string) (*regexp.Regexp, error) {
	return regexp.Compile(`^(?:` + pattern + `)$`)
}

// Asks tells whether an input is a question at all, with the answers given so
// far: outside its case nothing is asked for.
func (p *Profile) Asks(in Input, given map[string]string) bool {
	answered := map[string]string{}
	for _, before := range p.Inputs {
		if before.ID == in.ID {
			break
		}
		value := given[before.ID]
		if value == "" && before.When.holds(answered, p.byHand) {
			value = before.Default
		}
		if value != "" {
			answered[before.ID] = value
		}
	}
	return in.When.holds(answered, p.byHand)
}

// Needed tells whether an input that is asked for has to be answered: what the
// service provider may tell itself is not missed.
func (in Input) Needed() bool { return in.Required && in.From == (InputFrom{}) }
