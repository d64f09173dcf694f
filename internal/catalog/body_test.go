package catalog_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/catalog"
)

// request gives the request that saves what is there already, of a profile in
// which its path is as told and rest stands in place of its body.
func request(t *testing.T, path, rest string) catalog.Request {
	t.Helper()
	// Another request writes every setting, which is none of this one's business.
	text, _ := edit(t, "  answer:", `    - {request: {method: PUT, path: /all, body: {i: "{{ .Setting.issuer }}", c: "{{ .Setting.certificate }}", g: "{{ .Setting.groups }}", p: "{{ .Setting.prefix }}"}}}
  answer:`)
	lines := strings.Split(text, "\n")
	last := map[string]int{}
	for i, l := range lines {
		name, _, _ := strings.Cut(l, ":")
		last[name] = i
	}
	lines[last["        path"]], lines[last["        body"]] = "        path: "+path, rest
	p, err := catalog.ParseProfile("x.yaml", []byte(strings.Join(lines, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	return p.API.Save[1].Request
}

func TestBodyKeepsOrderAndTypes(t *testing.T) {
	t.Parallel()
	q := request(t, "/x", `        body: {z: "{{ .Setting.issuer }}", a: {on: "{{ .Setting.groups | bool }}", off: "{{ .Setting.groups | not }}"}, n: "{{ .Input.group_filter | int }}", list: [1, true, null, "{{ .Input.short_name }}-x"], gone: "{{ .Setting.prefix }}"}`)
	got, err := q.Content(catalog.Values{
		Setting: map[string]string{"issuer": `"}],"admin":true,<&>`, "groups": "yes"},
		Input:   map[string]string{"group_filter": "42", "short_name": "acme"},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"z":"\"}],\"admin\":true,<&>","a":{"on":true,"off":false},"n":42,"list":[1,true,null,"acme-x"]}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if diff := cmp.Diff([]string{"issuer", "groups", "prefix"}, q.SettingIDs()); diff != "" {
		t.Error(diff)
	}
}

func TestAbsentValuesInABody(t *testing.T) {
	t.Parallel()
	for absent, want := range map[string]string{"omit": `{"b":{}}`, "empty": `{"a":"","b":{"c":""}}`, "json-null": `{"a":null,"b":{"c":null}}`} {
		q := request(t, "/x", `        absent: `+absent+`
        body: {a: "{{ .Setting.issuer }}", b: {c: "{{ .Setting.prefix }}"}}`)
		got, err := q.Content(catalog.Values{})
		if err != nil || string(got) != want {
			t.Errorf("%s: %s, error %v, want %s", absent, got, err, want)
		}
	}
}

func TestWrongTypeInABodyIsAnError(t *testing.T) {
	t.Parallel()
	q := request(t, "/x", `        body: {a: "{{ .Input.group_filter | bool }}"}`)
	if got, err := q.Content(catalog.Values{Input: map[string]string{"group_filter": "perhaps"}}); err == nil {
		t.Errorf("got %s", got)
	}
	q = request(t, "/x", `        body: {a: "{{ .Setting.issuer | int }}"}`)
	if got, err := q.Content(catalog.Values{Setting: map[string]string{"issuer": "1.5"}}); err == nil {
		t.Errorf("got %s", got)
	}
}

func TestPathValuesCannotLeaveTheirSegment(t *testing.T) {
	t.Parallel()
	q := request(t, `"/v2/{{ .Call.resource }}/x"`, "        query: {q: \"{{ .Input.short_name }}\", none: \"{{ .Setting.prefix }}\"}")
	got, err := q.Target(catalog.Values{Call: map[string]string{"resource": "a/../b?c#d"}, Input: map[string]string{"short_name": "x&admin=1"}})
	if want := "/v2/a%2F..%2Fb%3Fc%23d/x?q=x%26admin%3D1"; err != nil || got != want {
		t.Errorf("got %q, error %v, want %q", got, err, want)
	}
	for _, value := range []string{"", ".", ".."} {
		if got, err := q.Target(catalog.Values{Call: map[string]string{"resource": value}}); err == nil {
			t.Errorf("%q became %q", value, got)
		}
	}
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	var v any
	if err := json.Unmarshal([]byte(`{"a":{"b.c":[{"d":"x"}],"~/":"y"},"n":null}`), &v); err != nil {
		t.Fatal(err)
	}
	for place, want := range map[string]any{"/a/b.c/0/d": "x", "/a/~0~1": "y", "n": nil} {
		if got, ok := catalog.At(v, place); !ok || got != want {
			t.Errorf("%s: %v, %v", place, got, ok)
		}
	}
	for _, place := range []string{"a.x", "a.b.c", "/a/b.c/1", "/a/b.c/-1", "n.x", "/a/b.c/x"} {
		if got, ok := catalog.At(v, place); ok {
			t.Errorf("%s: found %v", place, got)
		}
	}
}

func FuzzRequest(f *testing.F) {
	f.Add("https://x.example/{{ .Input.short_name }}", `a"b`)
	f.Add("{{ .Input.short_name }}{{.Input.short_name}}", "../x")
	f.Add("}}{{", "\x00\xff")
	f.Fuzz(func(t *testing.T, text, value string) {
		quoted, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		profile := `{"id":"x","name":"X","protocol":"saml","flows":["sp-initiated"],"turn_on":"none","proof":"sign-in",
"portal":{"url":"https://x.example","page":"x"},"app":{"acs_url":"https://x.example/acs","audience":"x"},
"inputs":[{"id":"short_name","label":"S"}],"settings":[{"id":"s","label":"S","kind":"text","value":"v"}],
"api":{"token_env":"X","token_help":"x","read":{"request":{"method":"GET","path":"/r/{{ .Input.short_name }}"}},
"save":[{"request":{"method":"PUT","path":"/s","body":{"a":` + string(quoted) + `}}}],"answer":{"settings":{"s":"s"}}}}`
		p, err := catalog.ParseProfile("f.yaml", []byte(profile))
		if err != nil {
			return
		}
		values := catalog.Values{Input: map[string]string{"short_name": value}}
		body, err := p.API.Save[0].Request.Content(values)
		if err == nil {
			var got map[string]any
			if err := json.Unmarshal(body, &got); err != nil || len(got) > 1 {
				t.Fatalf("body %s: %v", body, err)
			}
		}
		target, err := p.API.Read.Request.Target(values)
		if err != nil {
			return
		}
		u, err := url.Parse("https://x.example" + target)
		if err != nil || u.Host != "x.example" || u.RawQuery != "" || u.Path != "/r/"+value {
			t.Fatalf("target %q of %q: %v", target, value, err)
		}
	})
}
