package catalog

import "slices"

func (r *reader) inputs(p *Profile, f *fields) {
	for _, n := range f.list("inputs", false) {
		in := r.mapping(n, "an input")
		if in == nil {
			continue
		}
		input := Input{ID: in.id("id", memberID), Label: in.line("label", true), Help: in.text("help", false),
			Pattern: in.text("pattern", false), PatternHelp: in.text("pattern_help", false),
			Default: in.text("default", false), Example: in.text("example", false),
			Okta: in.text("okta", false), SP: in.text("sp", false),
			Options: in.texts("options"), Required: in.yesNo("required", false), When: r.standing(p, in),
			Fixed: in.yesNo("fixed", false)}
		input.Form = InputForm(in.oneOf("form", false, string(FormURL), string(FormAttributes), string(FormRegexp)))
		r.inputFrom(in, &input)
		in.done()
		r.checkInput(in, input)
		if slices.ContainsFunc(p.Inputs, func(other Input) bool { return other.ID == input.ID }) {
			r.fail(n, "input %q stands there twice", input.ID)
			continue
		}
		p.Inputs = append(p.Inputs, input)
	}
}

func (r *reader) inputFrom(f *fields, in *Input) {
	if from := f.sub("from", false); from != nil {
		in.From = InputFrom{Offered: from.text("offered", false), Setting: from.text("setting", false)}
		if (in.From.Offered == "") == (in.From.Setting == "") {
			r.fail(from.node, "from has either offered or setting")
		}
		from.done()
	}
	for _, n := range f.list("suggestions", false) {
		if s := r.mapping(n, "a suggestion"); s != nil {
			in.Suggestions = append(in.Suggestions, Suggestion{Value: s.text("value", true), Why: s.text("why", true)})
			s.done()
		}
	}
}

// checkFroms looks up what inputs take from the service provider, when all of
// its settings are known.
func (r *reader) checkFroms(p *Profile, f *fields) {
	for i, n := range f.list("inputs", false) {
		if i >= len(p.Inputs) {
			return
		}
		from := p.Inputs[i].From
		if _, ok := p.Setting(from.Setting); from.Setting != "" && !ok {
			r.fail(find(n, "from", "setting"), "there is no setting %q", from.Setting)
		}
	}
}

func (r *reader) checkInput(f *fields, in Input) {
	if in.Pattern != "" {
		if _, err := compilePattern(in.Pattern); err != nil {
			r.fail(f.byName["pattern"], "pattern: %v", err)
			return
		}
	}
	for name, value := range map[string]string{"default": in.Default, "example": in.Example} {
		if value == "" {
			continue
		}
		if err := in.Check(value); err != nil {
			r.fail(f.byName[name], "the %s is not allowed by the input itself: %v", name, err)
		}
	}
	for i, s := range in.Suggestions {
		if err := in.Check(s.Value); s.Value != "" && err != nil {
			r.fail(f.byName["suggestions"], "suggestion %d is not allowed by the input itself: %v", i+1, err)
		}
	}
}
