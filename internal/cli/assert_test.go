package cli_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"
)

// members are what each JSON line has to have, whatever happens.
var members = map[string][]string{
	"plan":       {"connection", "steps"},
	"step":       {"id", "status", "elapsed_ms", "detail"},
	"check":      {"id", "ok", "expected", "got", "fix"},
	"handoff":    {"step", "page", "dir", "values", "resume"},
	"error":      {"code", "message", "hint", "request_id"},
	"result":     {"command", "ok", "exit_code"},
	"connection": {"connection", "app", "enabled", "tested", "certificate", "drift"},
	"warning":    {"message"},
	"help":       {"text"},
	"profile":    {"id", "name", "protocol"},
	"record":     {"title", "made", "sections"},
	"sandbox":    {"okta.org_url", "okta.api_token", "okta.people.0.password", "service_providers.net2phone.api_url", "tls.ca_file"},
}

var statuses = []string{"started", "waiting", "retrying", "done", "skipped", "failed"}

// jsonLines reads standard output and checks that it is what --output json
// promises: one known object a line, a result and only the last line one.
func jsonLines(ts *testscript.TestScript) []gjson.Result {
	var out []gjson.Result
	for text := range strings.Lines(ts.ReadFile("stdout")) {
		l := gjson.Parse(text)
		if !gjson.Valid(text) || !l.IsObject() {
			ts.Fatalf("standard output has a line that is no JSON object: %q", text)
		}
		kind := l.Get("type").String()
		want, known := members[kind]
		if !known {
			ts.Fatalf("unknown type of line: %s", text)
		}
		for _, m := range want {
			if !l.Get(m).Exists() {
				ts.Fatalf("the line has no member %q: %s", m, text)
			}
		}
		if kind == "step" && !slices.Contains(statuses, l.Get("status").String()) {
			ts.Fatalf("unknown status: %s", text)
		}
		out = append(out, l)
	}
	for i, l := range out {
		if last := i == len(out)-1; last != (l.Get("type").String() == "result") {
			ts.Fatalf("line %d of %d is %s: the result has to be the last line, once", i+1, len(out), l)
		}
	}
	if len(out) == 0 {
		ts.Fatalf("standard output is empty")
	}
	return out
}

// result checks members of the last line: result KEY=VALUE KEY~REGEXP …
func result(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("result cannot be negated")
	}
	lines := jsonLines(ts)
	if why := differs(ts, lines[len(lines)-1], args); why != "" {
		ts.Fatalf("result: %s", why)
	}
}

// line checks that there is a line of a type with members as given, or none.
func line(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) == 0 {
		ts.Fatalf("usage: line TYPE [KEY=VALUE…]")
	}
	if n := countLines(ts, args[0], args[1:]); (n == 0) != neg {
		ts.Fatalf("%d lines are %s", n, strings.Join(args, " "))
	}
}

// lines counts lines: lines N|<=N|>=N TYPE [KEY=VALUE…].
func lines(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: lines N|<=N|>=N TYPE [KEY=VALUE…]")
	}
	if n := countLines(ts, args[1], args[2:]); !fits(ts, n, args[0]) {
		ts.Fatalf("%d lines are %s, want %s", n, strings.Join(args[1:], " "), args[0])
	}
}

func countLines(ts *testscript.TestScript, kind string, conditions []string) int {
	n := 0
	for _, l := range jsonLines(ts) {
		if l.Get("type").String() == kind && differs(ts, l, conditions) == "" {
			n++
		}
	}
	return n
}

// differs says which of the conditions does not hold, "" when all do.
func differs(ts *testscript.TestScript, l gjson.Result, conditions []string) string {
	for _, c := range conditions {
		at := operator(c)
		if at < 0 {
			ts.Fatalf("%q is neither KEY=VALUE nor KEY~REGEXP", c)
		}
		key, op, want := c[:at], c[at], c[at+1:]
		got := l.Get(key)
		ok := got.Exists() && got.String() == want
		if op == '~' {
			re, err := regexp.Compile(want)
			ts.Check(err)
			ok = got.Exists() && re.MatchString(got.String())
		}
		if !ok {
			return fmt.Sprintf("%s is %q, want %q", key, got.Raw, want)
		}
	}
	return ""
}

// operator finds the = or ~ of a condition; those in the parentheses of a query
// are part of the key.
func operator(condition string) int {
	depth := 0
	for i, c := range condition {
		switch {
		case c == '(':
			depth++
		case c == ')':
			depth--
		case depth == 0 && (c == '=' || c == '~'):
			return i
		}
	}
	return -1
}

// capture sets a variable to what a path finds in the JSON on standard output;
// ..#(type=="result").app.id looks through JSON lines.
func capture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: capture NAME PATH")
	}
	v := gjson.Get(ts.ReadFile("stdout"), args[1])
	if !v.Exists() {
		ts.Fatalf("nothing at %s", args[1])
	}
	ts.Setenv(args[0], v.String())
}

// jsonSet changes a JSON file as somebody would by hand: jsonset FILE PATH VALUE.
func jsonSet(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: jsonset FILE PATH VALUE")
	}
	changed, err := sjson.Set(ts.ReadFile(args[0]), args[1], args[2])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(changed), 0o600))
}

// pick leaves only the named members of a JSON file: pick FILE MEMBER….
func pick(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: pick FILE MEMBER…")
	}
	picked := "{}"
	for _, m := range args[1:] {
		var err error
		picked, err = sjson.SetRaw(picked, m, gjson.Get(ts.ReadFile(args[0]), m).Raw)
		ts.Check(err)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(picked), 0o600))
}

// masks are what differs from run to run in a summary.
var masks = []struct {
	what *regexp.Regexp
	with string
}{
	{regexp.MustCompile(`http://127\.0\.0\.1:\d+`), "http://127.0.0.1:PORT"},
	{regexp.MustCompile(`\b0oa[0-9A-Za-z]{17}`), "APPID"},
	{regexp.MustCompile(`\bexk[0-9A-Za-z]{17}`), "EXTERNALKEY"},
	{regexp.MustCompile(`ssowizard:1 [0-9a-f]{16}`), "ssowizard:1 CONNECTIONID"},
	{regexp.MustCompile(`\d{4}-\d\d-\d\d(T[0-9:]+Z)?`), "DATE"},
	{regexp.MustCompile(`(?:[0-9A-F]{2}:)+[0-9A-F]{0,2}`), "FINGERPRINT"},
	{regexp.MustCompile(`\b(?:id-|_)[0-9a-f]{20,}`), "REQUESTID"},
	{regexp.MustCompile(` +\d+\.\d s\b`), ""},
	// Two steps run side by side and may end in either order.
	{regexp.MustCompile(`(  ✓ okta\.values.*\n)(  ✓ okta\.tester.*\n)`), "$2$1"},
}

// mask writes a text without what differs from run to run: mask FROM TO.
func mask(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: mask FROM TO")
	}
	text := ts.ReadFile(args[0])
	for _, m := range masks {
		text = m.what.ReplaceAllString(text, m.with)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(text), 0o600))
}
