package ask_test

import (
	"strings"
	"testing"

	"example.com/ssowizard/internal/ask"
)

func TestWhatIsNullInAFileIsNotGiven(t *testing.T) {
	t.Parallel()
	a := &ask.Answers{}
	text := "sp: net2phone\nlabel: null\nusers: ~\ngroups:\nenable: null\ninputs:\n  a: null\n  b: 12\n  c: on\n  d: false\n"
	if err := ask.File("c.yaml", []byte(text), a); err != nil {
		t.Fatal(err)
	}
	for _, id := range []ask.ID{ask.Label, ask.Users, ask.Groups, ask.Enable} {
		if have, ok := a.Get(id); ok {
			t.Errorf("%s is %v", id, have)
		}
	}
	if got := strings.Join(a.List(ask.Inputs), " "); got != "b=12 c=on d=no" {
		t.Errorf("inputs %s", got)
	}
}

func TestAFileIsRefusedByItsLineAndKey(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ text, want string }{
		"list for a text":    {"sp: net2phone\nlabel: [a, b]\n", "c.yaml, line 2: label: expected a text, found a list"},
		"mapping for a list": {"groups:\n  a: b\n", "c.yaml, line 2: groups: expected a list, found keys and values"},
		"list in a list":     {"users:\n  - ana\n  - [ben]\n", "c.yaml, line 3: users: expected a text, found a list"},
		"nothing in a list":  {"users:\n  - ana\n  -\n", "c.yaml, line 3: users: expected a text, found nothing"},
		"truth for a text":   {"label: true\n", "c.yaml, line 1: label: expected a text, found true without quotes"},
		"text for a flag":    {"enable: soon\n", `c.yaml, line 1: enable: expected true or false, found "soon"`},
		"list for a flag":    {"enable: [true]\n", "c.yaml, line 1: enable: expected true or false, found a list"},
		"text for inputs":    {"inputs: a=b\n", `c.yaml, line 1: inputs: expected keys and values, found "a=b"`},
		"list in inputs":     {"inputs:\n  a: [b]\n", "c.yaml, line 2: inputs: a: expected one value, found a list"},
		"second document":    {"sp: net2phone\n---\nsp: telnyx\n", "c.yaml, line 2: a second document"},
		"key twice":          {"sp: a\nsp: b\n", `"sp" stands twice`},
		"unknown key":        {"sp: a\npasswort: b\n", `c.yaml, line 2: unknown key "passwort"`},
		"nothing":            {"", "c.yaml: the file is empty"},
		"only a comment":     {"# later\n", "c.yaml: the file is empty"},
		"a list":             {"- a\n", "c.yaml, line 1: expected keys and values"},
		"no YAML":            {"sp: [\n", "c.yaml: "},
		"bad after document": {"sp: a\n---\n\tb: [\n", "c.yaml: "},
	} {
		err := ask.File("c.yaml", []byte(tt.text), &ask.Answers{})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}

func TestAFileMaySayAThingOnce(t *testing.T) {
	t.Parallel()
	a := &ask.Answers{}
	if err := ask.File("c.yaml", []byte("groups: &who [Sales, 42]\nusers: *who\n"), a); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(a.List(ask.Users), " "); got != "Sales 42" {
		t.Errorf("users %s", got)
	}
}
