package replay_test

import (
	"os"
	"strings"
	"testing"

	"example.com/ssowizard/internal/replay"
)

// ours are the recordings of our own making.
func ours(t testing.TB) []replay.Cassette {
	t.Helper()
	list, err := replay.Folder(os.DirFS("testdata"))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestOurOwnRecordingsAgreeWithTheSandbox(t *testing.T) {
	t.Parallel()
	sent := map[string]int{"goVCR1.yaml": 2, "goVCR2.yaml": 15, "vcrpy.yaml": 2}
	for _, c := range ours(t) {
		r := replay.Run(c, sandbox(t, c), acceptances(t))
		for _, d := range r.Failed {
			t.Error(d)
		}
		if r.Sent != sent[c.Name] {
			t.Errorf("%s: %d requests sent, want %d; skipped %v", c.Name, r.Sent, sent[c.Name], r.Skipped)
		}
		delete(sent, c.Name)
	}
	if len(sent) > 0 {
		t.Errorf("no such recordings: %v", sent)
	}
}

// Each change of a recording is a difference of one kind at one place.
func TestWhatDiffersIsFound(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/goVCR2.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, old, new, kind, path string }{
		{"status", "code: 204", "code: 200", "status", ""},
		{"type", `"errorRedirectUrl":null`, `"errorRedirectUrl":""`, "type", "accessibility.errorRedirectUrl"},
		{"default", `"autoLaunch":false`, `"autoLaunch":true`, "value", "visibility.autoLaunch"},
		{"missing member", `"features":[]`, `"features":[],"colour":"red"`, "missing", "colour"},
		{"extra member", `"selfService":false,`, ``, "extra", "accessibility.selfService"},
		{"order", `"label":"Acme Sync","status":"ACTIVE"`, `"status":"ACTIVE","label":"Acme Sync"`, "order", ""},
		{"another id", "groups/00gGRP00000000000000/owners", "groups/00gOTHER000000000000/owners", "value", "_links.owners.href"},
		{"time that moved", `"2026-05-04T10:00:08.000Z"`, `"2026-05-04T10:00:01.000Z"`, "moved", "lastUpdated"},
		{"content type", "Content-Type: ['application/json']", "Content-Type: ['text/html']", "header", "Content-Type"},
		{"link", "/groups?limit=200>; rel", "/groups?limit=199>; rel", "header", "Link self"},
		{"no link", "        Link: ['<https://acme.okta.com/api/v1/policies?type=ACCESS_POLICY>; rel=\"self\"']\n", "", "header", "Link"},
		{"text of an error", "(AppInstance)", "(User)", "value", "errorSummary"},
		{"list", `"values":["user.email"]`, `"values":["user.email","user.login"]`, "value", "settings.signOn.attributeStatements[].values"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, err := replay.Parse("changed", []byte(strings.ReplaceAll(string(text), tt.old, tt.new)))
			if err != nil {
				t.Fatal(err)
			}
			r := replay.Run(c, sandbox(t, c), acceptances(t))
			for _, d := range r.Failed {
				if d.Kind == tt.kind && d.Path == tt.path {
					return
				}
			}
			t.Errorf("not found among %v", r.Failed)
		})
	}
}

func TestAcceptancesNeedAReasonAndSayWhetherTheyAreNeeded(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"- kind: value\n  path: x\n", "- kind: colour\n  why: it is\n", "- kynd: value\n  why: it is\n", "- kind: [x]\n"} {
		if _, err := replay.ParseAccepted([]byte(bad)); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	a, err := replay.ParseAccepted([]byte(`
- {kind: value|type, path: "a.*", on: "GET /x|GET /y", before: "2026-01-01", why: old}
- {kind: value, path: b, recorded: '"1"', answered: '"2"', file: "one/*", mode: SAML_2_0, why: known}
`))
	if err != nil {
		t.Fatal(err)
	}
	fits := replay.Difference{Kind: "type", Path: "a.b", On: "GET /y", Day: "2025-12-31"}
	if !a.Admits(fits) {
		t.Error("what fits is not admitted")
	}
	for _, change := range []func(*replay.Difference){
		func(d *replay.Difference) { d.Kind = "order" },
		func(d *replay.Difference) { d.Path = "b" },
		func(d *replay.Difference) { d.On = "GET /z" },
		func(d *replay.Difference) { d.Day = "2026-01-01" },
	} {
		d := fits
		if change(&d); a.Admits(d) {
			t.Errorf("%+v is admitted", d)
		}
	}
	if unused := a.Unused(); len(unused) != 1 || unused[0].Path != "b" {
		t.Errorf("unused: %v", unused)
	}
	if !a.Admits(replay.Difference{Kind: "value", Path: "b", Recorded: `"1"`, Answered: `"2"`, File: "one/x.yaml", Signature: "SAML_2_0"}) || len(a.Unused()) != 0 {
		t.Error("the other one is not admitted")
	}
}

func TestRequestsAboutUnknownThingsAreLeftOut(t *testing.T) {
	t.Parallel()
	for _, c := range ours(t) {
		if c.Name != "goVCR2.yaml" {
			continue
		}
		r := replay.Run(c, sandbox(t, c), acceptances(t))
		if len(r.Skipped) != 1 || r.Sent+1 != len(c.Exchanges) {
			t.Errorf("sent %d of %d, skipped %v", r.Sent, len(c.Exchanges), r.Skipped)
		}
	}
}

func TestRecordingsThatAreNoneAreRefused(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{
		"interactions: 7", "interactions: [{request: {method: GET}}]", "\tx",
		"interactions: [{request: {url: 'https://a.example/', headers: {A: {b: c}}}, response: {code: 200}}]",
		"interactions: [{request: {url: 'https://a.example/'}, response: {status: many}}]",
	} {
		if c, err := replay.Parse("x", []byte(bad)); err == nil {
			t.Errorf("%q is taken as %v", bad, c)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"version: 2\ninteractions:\n- request: {method: GET, url: 'https://a.example/x', headers: {A: [b]}, body: ''}\n  response: {code: 200, headers: {}, body: '{\"pipeline\":\"v1\"}'}\n",
		"interactions:\n- request: {method: POST, uri: 'https://a.example/x', body: {n: 1, t: 'x', l: [true, null]}}\n  response: {status: {code: 201}, headers: {date: 'Mon, 04 May 2026 10:00:00 GMT'}, body: {string: '[]'}}\n",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := replay.Parse("fuzz", text)
		if err == nil {
			_, _ = c.Engine(), c.Began()
		}
	})
}
