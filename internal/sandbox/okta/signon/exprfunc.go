package signon

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// listOf is the function behind {a, b}; no name in an expression reads so.
const listOf = "{}"

// A function of the expression language takes evaluated arguments. Where an
// argument is missing it is nil.
type function struct {
	least int
	do    func(e *env, args []any) any
}

var functions = map[string]function{
	listOf:                  {0, func(_ *env, a []any) any { return a }},
	"String.toLowerCase":    {1, onText(strings.ToLower)},
	"String.toUpperCase":    {1, onText(strings.ToUpper)},
	"String.trim":           {1, onText(strings.TrimSpace)},
	"String.removeSpaces":   {1, onText(func(s string) string { return strings.ReplaceAll(s, " ", "") })},
	"String.len":            {1, func(_ *env, a []any) any { return float64(utf8.RuneCountInString(text(a[0]))) }},
	"String.append":         {2, func(_ *env, a []any) any { return text(a[0]) + text(a[1]) }},
	"String.join":           {2, join},
	"String.replace":        {3, replace(-1)},
	"String.replaceFirst":   {3, replace(1)},
	"String.substring":      {3, substring},
	"String.stringSwitch":   {2, stringSwitch},
	"String.stringContains": {2, onTwo(strings.Contains)},
	"String.contains":       {2, onTwo(strings.Contains)},
	"String.startsWith":     {2, onTwo(strings.HasPrefix)},
	"String.endsWith":       {2, onTwo(strings.HasSuffix)},
	"String.substringBefore": {2, func(_ *env, a []any) any {
		// Without the separator the whole text is what stands before it.
		before, _, _ := strings.Cut(text(a[0]), text(a[1]))
		return before
	}},
	"String.substringAfter": {2, func(_ *env, a []any) any {
		_, after, _ := strings.Cut(text(a[0]), text(a[1]))
		return after
	}},
	"Arrays.contains":    {2, func(_ *env, a []any) any { return slices.Contains(texts(a[0]), text(a[1])) }},
	"Arrays.size":        {1, func(_ *env, a []any) any { return float64(len(texts(a[0]))) }},
	"Arrays.isEmpty":     {1, func(_ *env, a []any) any { return len(texts(a[0])) == 0 }},
	"Arrays.flatten":     {1, func(_ *env, a []any) any { return texts(a) }},
	"Arrays.toCsvString": {1, func(_ *env, a []any) any { return strings.Join(texts(a[0]), ",") }},

	"isMemberOfGroupName":           {1, anyGroup("EQUALS")},
	"isMemberOfGroupNameStartsWith": {1, anyGroup("STARTS_WITH")},
	"isMemberOfGroupNameContains":   {1, anyGroup("CONTAINS")},
	"isMemberOfGroupNameRegex":      {1, anyGroup("REGEX")},
}

func (n call) eval(e *env) any {
	name := n.name
	if old, ok := strings.CutPrefix(name, "fn:"); ok {
		name = "String." + old
	}
	f, ok := functions[name]
	if !ok || len(n.args) < f.least {
		return nil
	}
	args := make([]any, len(n.args))
	for i, a := range n.args {
		args[i] = a.eval(e)
	}
	v := f.do(e, args)
	if s, ok := v.(string); ok && len(s) > maxText {
		return s[:maxText]
	}
	return v
}

func onText(change func(string) string) func(*env, []any) any {
	return func(_ *env, a []any) any { return change(text(a[0])) }
}

func onTwo(holds func(string, string) bool) func(*env, []any) any {
	return func(_ *env, a []any) any { return holds(text(a[0]), text(a[1])) }
}

func join(_ *env, a []any) any {
	var parts []string
	for _, v := range a[1:] {
		parts = append(parts, texts(v)...)
	}
	return strings.Join(parts, text(a[0]))
}

func replace(times int) func(*env, []any) any {
	return func(_ *env, a []any) any {
		s, old, by := text(a[0]), text(a[1]), text(a[2])
		if old == "" || strings.Count(s, old)*len(by) > maxText {
			return s
		}
		return strings.Replace(s, old, by, times)
	}
}

func substring(_ *env, a []any) any {
	from, ok1 := number(a[1])
	to, ok2 := number(a[2])
	runes := []rune(text(a[0]))
	if !ok1 || !ok2 || from < 0 || to > float64(len(runes)) || from > to {
		return nil
	}
	return string(runes[int(from):int(to)])
}

// stringSwitch(input, otherwise, key1, value1, …) gives the value of the first
// key that the input contains.
func stringSwitch(_ *env, a []any) any {
	for i := 2; i+1 < len(a); i += 2 {
		if key := text(a[i]); key != "" && strings.Contains(text(a[0]), key) {
			return a[i+1]
		}
	}
	return a[1]
}

func anyGroup(filter string) func(*env, []any) any {
	return func(e *env, a []any) any {
		for _, v := range a {
			if len(filterGroups(e.groups, filter, text(v))) > 0 {
				return true
			}
		}
		return false
	}
}

// filterGroups are the names that a GROUP statement sends.
func filterGroups(names []string, filter, value string) []string {
	fits := func(string) bool { return false }
	switch filter {
	case "STARTS_WITH":
		fits = func(n string) bool { return strings.HasPrefix(n, value) }
	case "EQUALS":
		fits = func(n string) bool { return n == value }
	case "CONTAINS":
		fits = func(n string) bool { return strings.Contains(n, value) }
	case "REGEX":
		// The whole name has to match, as with Java's matches.
		if re, err := regexp.Compile(`\A(?:` + value + `)\z`); err == nil {
			fits = re.MatchString
		}
	}
	var out []string
	for _, n := range names {
		if fits(n) {
			out = append(out, n)
		}
	}
	return out
}
