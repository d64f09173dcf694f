package tui

import (
	"errors"
	"slices"
	"strings"

	"github.com/charmbracelet/huh"

	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
)

// inputField asks one of a profile's questions; value is the answer so far.
func inputField(e *env, p *catalog.Profile, in catalog.Input, value string) *field {
	if value == "" {
		value = in.Default
	}
	var f *field
	if len(in.Options) > 0 {
		var options []huh.Option[string]
		for _, o := range in.Options {
			options = append(options, huh.NewOption(plain(o), o))
		}
		if !slices.Contains(in.Options, value) {
			value = in.Options[0]
		}
		f = choiceField(e, plain(in.Label), value, options)
	} else {
		f = textField(e, plain(in.Label), value)
	}
	f.check = func(text string) error {
		if text == "" {
			if in.Needed() {
				return errors.New("this is needed" + exampleOf(in))
			}
			return nil
		}
		return shortError(in.ID, in.Check(text))
	}
	f.help = plain(in.Help)
	if len(in.Options) > 2 {
		f.help = strings.TrimSpace(f.help + " One of: " + plain(strings.Join(in.Options, ", ")) + ".")
	}
	if in.From != (catalog.InputFrom{}) {
		f.help = strings.TrimSpace(f.help + " Empty: what the service provider tells.")
	}
	f.explain = explainInput(p, in, f.help)
	return f
}

// explainInput says what an answer is, what it may be, and where it stands on
// both sides.
func explainInput(p *catalog.Profile, in catalog.Input, help string) Explanation {
	what := help
	if in.PatternHelp != "" {
		what = strings.TrimSpace(what + "\nIt may have " + plain(in.PatternHelp) + ".")
	}
	x := Explanation{Title: plain(in.Label), What: what, Example: in.Example}
	if p != nil {
		x.Okta, x.SP = p.Places(in.ID)
	}
	return x
}

func exampleOf(in catalog.Input) string {
	if in.Example == "" {
		return ""
	}
	return ", such as " + in.Example
}

// shortError is an error with its hint, on one line beside the field of the
// input; that it is about the input needs not be said there.
func shortError(input string, err error) error {
	if err == nil {
		return nil
	}
	text := strings.TrimPrefix(err.Error(), "input "+input+": ")
	for _, h := range hint.Hints(err) {
		if strings.Contains(h, "--"+ask.Find(ask.Inputs).Flag+" ") {
			continue // the words of a command
		}
		text += ": " + strings.TrimPrefix(h, input+": ")
	}
	return errors.New(text)
}
