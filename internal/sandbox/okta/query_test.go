package okta

import (
	"strings"
	"testing"
	"testing/quick"
)

func TestQueryPrecedence(t *testing.T) {
	t.Parallel()
	get := func(name string) any { return name } // each attribute has its own name as its value
	for text, want := range map[string]bool{
		`a eq "a"`:                                    true,
		`a eq "b"`:                                    false,
		`a eq "x" and b eq "b" or c eq "c"`:           true,
		`a eq "x" and (b eq "b" or c eq "c")`:         false,
		`c eq "c" or a eq "x" and b eq "x"`:           true,
		`(((a eq "a")))`:                              true,
		`A pr AND b Co "B"`:                           true,
		`a gt "A" or a lt "a"`:                        false,
		`a ge "a" and a le "a" and a sw ""`:           true,
		`orange eq "orange" and android sw "android"`: true,
	} {
		c, err := parseQuery(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := c.holds(func(n string) any { return strings.ToLower(get(n).(string)) }); got != want {
			t.Errorf("%s is %v", text, got)
		}
	}
}

func TestQuotedTextMeansItself(t *testing.T) {
	t.Parallel()
	same := func(value string) bool {
		escaped := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value)
		c, err := parseQuery(`x eq "` + escaped + `"`)
		if !strings.Contains(value, "\uFFFD") && err != nil {
			return len(escaped) > maxQueryBytes-10
		}
		return value == "" || c.holds(func(string) any { return value })
	}
	if err := quick.Check(same, nil); err != nil {
		t.Error(err)
	}
}

func FuzzParseQuery(f *testing.F) {
	for _, seed := range []string{
		`status eq "ACTIVE"`, `profile.lastName sw "L" and (created gt "2026-01-01T00:00:00.000Z" or id pr)`,
		`a eq "\"`, `((((`, `a eq 1e999`, `a eq true or`, "a\x00eq\xff",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parseQuery(text)
		if (c == nil) == (err == nil) {
			t.Fatalf("%q gives %v and %v", text, c, err)
		}
		if err != nil {
			return
		}
		for _, v := range []any{nil, "text", stamp(1), true, 1.5, []any{"a", nil}} {
			c.holds(func(string) any { return v })
		}
		if c.walk(func(c *comparison) error {
			if !operators[c.operator] || c.attribute == "" {
				t.Errorf("%q has the comparison %+v", text, c)
			}
			return nil
		}) != nil {
			t.Error("walk failed")
		}
	})
}
