package catalog_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

// edit replaces one line of the whole profile, by its beginning, and gives the
// number of the last one that it put there.
func edit(t *testing.T, begins, line string) (text string, number int) {
	t.Helper()
	data, err := os.ReadFile("testdata/whole.yaml")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(data), "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, begins) {
			lines[i] = line
			return strings.Join(lines, "\n"), i + 1 + strings.Count(line, "\n")
		}
	}
	t.Fatalf("no line begins with %q", begins)
	return "", 0
}

func TestWrongProfileIsRefusedWithLineAndReason(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, begins, line, reason string }{
		{"unknown key", "guide:", "giude: https://help.acme.example/sso", `no member "giude"`},
		{"unknown key deep down", "      match:", "      macth:", `no member "macth"`},
		{"member missing", "flows:", "", `the profile has no "flows"`},
		{"id", "id:", "id: Acme Voice", `id "Acme Voice" has to match`},
		{"protocol", "protocol:", "protocol: ws-fed", `protocol is "ws-fed"; it may be: saml, oidc`},
		{"number for text", "name:", "name: 12", "name has to be a text: put 12 in quotation marks"},
		{"list for text", "name:", "name: [a]", "name has to be a text, not a list"},
		{"text for list", "prerequisites:", "prerequisites: one", "prerequisites has to be a list, not a text"},
		{"text for truth", "  hide_tile:", `  hide_tile: "true"`, "hide_tile has to be true or false"},
		{"number out of range", "certificates:", "certificates: 99", "certificates has to be a number from 0 to 10"},
		{"empty text", "name:", "name:", "name has to be a text, not nothing"},
		{"twice", "guide:", "id: again", `has "id" twice`},
		{"pattern", "    pattern:", `    pattern: "[a-z"`, "pattern: error parsing regexp"},
		{"example against pattern", "    example:", "    example: Acme Inc", "the example is not allowed by the input itself"},
		{"unknown flow", "flows:", "flows: [sideways]", `flow "sideways" is not known`},
		{"no flow", "flows:", "flows: []", "flows names no flow"},
		{"unknown rendering", "    rendering:", "    rendering: pem-round", `rendering is "pem-round"; it may be: body-one-line`},
		{"unknown kind", "  - {id: acs,", "  - {id: acs, label: ACS URL, kind: button}", `kind is "button"`},
		{"readonly with value", "  - {id: acs,", "  - {id: acs, label: ACS URL, kind: readonly, value: x}", "readonly setting is shown by the page"},
		{"certificate without rendering", "  - {id: issuer,", `  - {id: issuer, label: I, kind: text, value: "{{ .IdP.Certificate }}"}`, "a certificate needs a rendering"},
		{"certificate within text", "  - {id: issuer,", `  - {id: issuer, label: I, kind: text, rendering: pem-text, value: "x{{ .IdP.Certificate }}"}`, "has to stand alone"},
		{"rendering without certificate", "  - {id: issuer,", `  - {id: issuer, label: I, kind: text, rendering: pem-text, value: x}`, "only {{ .IdP.Certificate }} has a rendering"},
		{"secret in a text", "  - {id: issuer,", `  - {id: issuer, label: I, kind: text, value: "{{ .IdP.ClientSecret }}"}`, "only in a setting of kind secret"},
		{"unknown input", "  acs_url:", "  acs_url: https://x.example/{{ .Input.nonsense }}", ".Input.nonsense is not known; known are: auto_create_groups,"},
		{"unknown IdP value", "  - {id: issuer,", `  - {id: issuer, label: I, kind: text, value: "{{ .IdP.Password }}"}`, ".IdP.Password is not known"},
		{"value from the wrong place", "  acs_url:", "  acs_url: https://x.example/{{ .IdP.SSOURL }}", ".IdP.SSOURL cannot stand here"},
		{"unknown root", "  acs_url:", "  acs_url: https://x.example/{{ .Env.HOME }}", "is no placeholder"},
		{"function", "  acs_url:", "  acs_url: https://x.example/{{ printf .Input.short_name }}", "is no placeholder"},
		{"pipe outside a body", "  acs_url:", "  acs_url: https://x.example/{{ .Input.short_name | bool }}", "| bool can follow only"},
		{"open placeholder", "  acs_url:", "  acs_url: https://x.example/{{ .Input.short_name", "{{ without }}"},
		{"no URL", "  acs_url:", "  acs_url: api.acme.example", "is not a URL that begins with https://"},
		{"nothing signed", "  response_signed:", "  response_signed: false", "neither the response nor the assertion"},
		{"unknown NameID format", "  name_id_format:", "  name_id_format: Mail", `name_id_format is "Mail"; it may be a URN or: EmailAddress`},
		{"case of an unknown input", "      when: {input: auto", "      when: {input: nope, is: x}", `there is no input "nope"`},
		{"case that can never be", "      when: {input: auto", "      when: {input: auto_create_groups, is: maybe}", `can never be "maybe"`},
		{"portal without https", "portal:", "portal: {url: http://portal.acme.example, page: x}", "url has to be a URL that begins with https://"},
		{"path that leaves", "        path:", "        path: /v2/../admin", "path has to begin with one slash"},
		{"whole URL as path", "        path:", "        path: //evil.example/x", "path has to begin with one slash"},
		{"reading by POST", "      request: {method: GET", "      request: {method: POST, path: /v2/providers}", "its method has to be GET"},
		{"answer for an unknown setting", "    settings: {issuer:", "    settings: {isuer: x}", `there is no setting "isuer"`},
		{"unknown setting in a body", "        body:", `        body: {x: "{{ .Setting.isuer }}"}`, ".Setting.isuer is not known"},
		{"token variable", "  token_env:", "  token_env: acme token", "token_env"},
		{"paging without cursor", "      paging:", "      paging: {style: cursor, query: after}", `paging has no "next"`},
		{"alternate without a name", "      - id: fingerprint", "      - why2: x", `no "id"`},
		{"alternate with the name of the usual one", "      - id: fingerprint", "      - id: usual", `the id "usual" is taken`},
		{"case of two things", "      when: {input: auto", "      when: {input: auto_create_groups, is: \"yes\", by: hand}", "either an input, a finding or by"},
		{"case that says nothing of its input", "      when: {input: auto", "      when: {input: auto_create_groups}", "either what it is or given"},
		{"case of no known way", "      when: {input: auto", "      when: {by: post}", `by is "post"; it may be: hand, api`},
		{"computed from what is not known yet", "guide:", "computed: {acs_url: \"{{ .IdP.Issuer }}\"}", ".IdP.Issuer cannot stand here"},
		{"computed under a bad name", "guide:", "computed: {ACS: x}", `the name "ACS" has to match`},
		{"deadline without a switch", "guide:", "deadline: {after: 72h, says: x}", "nothing that is turned on"},
		{"deadline that is no time", "guide:", "deadline: {after: soon, says: x}", "after has to be a time"},
		{"bookmark without an address", "guide:", "bookmark: {label: x, url: nowhere}", "is not a URL"},
		{"late text", "  - {id: issuer,", "  - {id: issuer, label: I, kind: text, value: x, late: true, consent: x}", "only a toggle can be late"},
		{"late without a consent", "  - {id: groups,", "  - {id: groups, label: G, kind: toggle, value: \"no\", late: true}", `no "consent"`},
		{"attributes from no input", "  hide_tile:", "  attributes_from: group_filter", "of the form attributes"},
		{"input from an unknown setting", "    label: Group filter", "    label: Group filter\n    from: {setting: nope}", `there is no setting "nope"`},
		{"input from nowhere", "    label: Group filter", "    label: Group filter\n    from: {}", "from has either offered or setting"},
		{"input of an unknown form", "    label: Group filter", "    label: Group filter\n    form: mail", `form is "mail"`},
		{"suggestion against the pattern", "    pattern_help:", "    suggestions: [{value: A B, why: x}]", "suggestion 1 is not allowed"},
		{"people inactive without a status", "    missing: [404]", "  people: {request: {method: GET, path: /u}, email: email, inactive: [blocked]}", "no status is there"},
		{"people without an address", "    missing: [404]", "  people: {request: {method: GET, path: /u}}", `people has no "email"`},
		{"advice for an unknown setting", "    missing: [404]", "  errors: {advice: [{setting: nope, says: x}]}", `there is no setting "nope"`},
		{"alias", "prerequisites:", "prerequisites: [*x]", "unknown anchor"},
		{"anchor", "prerequisites:", "prerequisites: &x [a]", "anchors and aliases are not used"},
		{"tag", "name:", "name: !!binary aGk=", "tags such as"},
		{"not YAML", "portal:", "portal: {", "not YAML"},
		{"second document", "certificates:", "---", "second document"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			text, line := edit(t, tt.begins, tt.line)
			_, err := catalog.ParseProfile("acme.yaml", []byte(text))
			if err == nil {
				t.Fatal("accepted")
			}
			if hint.CodeOf(err) != hint.Usage {
				t.Errorf("exit code %d", hint.CodeOf(err))
			}
			var problems *catalog.ProfileError
			if !errors.As(err, &problems) {
				t.Fatalf("error %v is no ProfileError", err)
			}
			for _, p := range problems.Problems {
				if strings.Contains(p.Reason, tt.reason) {
					if p.File != "acme.yaml" {
						t.Errorf("file %q", p.File)
					}
					if !lineMayDiffer[tt.name] && p.Line != line {
						t.Errorf("line %d, want %d", p.Line, line)
					}
					return
				}
			}
			t.Errorf("no problem says %q:\n%v", tt.reason, err)
		})
	}
}

// These are seen at another line than the one that was spoilt: where the mapping
// begins that misses something, or where the parser gave up.
var lineMayDiffer = map[string]bool{"member missing": true, "nothing signed": true, "alias": true, "not YAML": true,
	"second document": true, "number for text": false}

func TestAllProblemsAreReportedInTheOrderOfLines(t *testing.T) {
	t.Parallel()
	text, _ := edit(t, "guide:", "giude: x")
	text = strings.Replace(text, "certificates: 2", "certificates: many", 1)
	text = strings.Replace(text, "kind: toggle", "kind: switch", 1)
	_, err := catalog.ParseProfile("acme.yaml", []byte(text))
	if err == nil {
		t.Fatal("accepted")
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != 3 {
		t.Fatalf("want three problems:\n%v", err)
	}
	last := 0
	for _, l := range lines {
		var n int
		if _, scanErr := fmt.Sscanf(l, "acme.yaml:%d:", &n); scanErr != nil || n < last {
			t.Errorf("%q is not in order, or has no line", l)
		}
		last = n
	}
}

func TestHugeAndEmptyFilesAreRefused(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"empty": "", "comment only": "# nothing\n", "huge": strings.Repeat("#", 2<<20),
		"deep": "name: " + strings.Repeat("[", 200) + strings.Repeat("]", 200), "a list": "- a\n", "a scalar": "hello"} {
		if _, err := catalog.ParseProfile("x.yaml", []byte(text)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestOwnProfilesJoinTheBuiltInOnes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text, _ := edit(t, "id:", "id: acme-own")
	write(t, filepath.Join(dir, "own.yaml"), text)
	write(t, filepath.Join(dir, "notes.txt"), "not a profile")
	c, err := catalog.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	p, err := c.Profile("acme-own")
	if err != nil || p.File != filepath.Join(dir, "own.yaml") {
		t.Errorf("profile %+v, error %v", p, err)
	}
	var ids []string
	for _, p := range c.List() {
		ids = append(ids, p.ID)
	}
	if len(ids) < 2 || ids[0] != "acme-own" {
		t.Errorf("ids %v", ids)
	}
}

func TestOwnProfileReplacesABuiltInOne(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text, _ := edit(t, "id:", "id: net2phone")
	write(t, filepath.Join(dir, "mine.yml"), text)
	c, err := catalog.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if p, err := c.Profile("net2phone"); err != nil || p.Name != "Acme Voice" {
		t.Errorf("profile %+v, error %v", p, err)
	}
}

func TestWrongOwnProfilesStandInTheWayOfThemselvesAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	good, _ := edit(t, "id:", "id: one")
	write(t, filepath.Join(dir, "a.yaml"), good)
	write(t, filepath.Join(dir, "b.yaml"), good)
	write(t, filepath.Join(dir, "c.yaml"), "nonsense: 1\n")
	if err := os.Mkdir(filepath.Join(dir, "d.yaml"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "e.yaml"), "id: telnyx\nname: Mine\n")
	c, err := catalog.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Profile("net2phone"); err != nil {
		t.Error(err)
	}
	for id, part := range map[string]string{"one": "is taken by", "c": "c.yaml:1:", "d": "not a regular file", "telnyx": "e.yaml"} {
		if _, err := c.Profile(id); err == nil || !strings.Contains(err.Error(), part) || strings.Contains(err.Error(), "no service provider") || hint.CodeOf(err) != hint.Usage {
			t.Errorf("%s: %v", id, err)
		}
	}
	if n := len(c.Broken()); n != 4 {
		t.Errorf("%d are broken", n)
	}
	if _, err = c.Profile("nosuch"); err == nil {
		t.Fatal("accepted")
	}
	for _, part := range []string{"no service provider", "b.yaml: id \"one\" is taken by", "c.yaml:1:", "d.yaml: not a regular file"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%v\ndoes not say %q", err, part)
		}
	}
	if hint.CodeOf(err) != hint.Usage {
		t.Errorf("exit code %d", hint.CodeOf(err))
	}
}

func TestMissingFolderHoldsNoProfiles(t *testing.T) {
	t.Parallel()
	if _, err := catalog.Load(filepath.Join(t.TempDir(), "none")); err != nil {
		t.Error(err)
	}
}

func TestUnknownProfileListsTheKnownOnes(t *testing.T) {
	t.Parallel()
	c, err := catalog.Load("")
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Profile("net2fone")
	if hint.CodeOf(err) != hint.Usage || !strings.Contains(strings.Join(hint.Hints(err), " "), "net2phone") {
		t.Errorf("error %v, hints %v", err, hint.Hints(err))
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func FuzzParseProfile(f *testing.F) {
	names, err := filepath.Glob("profiles/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range append(names, "testdata/whole.yaml") {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte("settings: [{}]\napp: {attributes: [{group_filter: }]}\napi: {save: [{request: {body: [[{a: ~}]]}}]}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := catalog.ParseProfile("f.yaml", data)
		if err != nil {
			var problems *catalog.ProfileError
			if !errors.As(err, &problems) || len(problems.Problems) == 0 {
				t.Fatalf("error without a problem: %v", err)
			}
			return
		}
		// Whatever was accepted can be used without a panic.
		inputs, err := p.CheckInputs(nil)
		if err == nil {
			_, _ = p.WantedApp("", inputs, nil)
			_, _ = p.PlannedSettings(inputs, nil)
			_, _ = p.LateSettings(inputs, nil, sso.IdPValues{Issuer: "x"})
			_, _, _ = p.WantedBookmark("", inputs, nil)
			_, _ = p.SignIn(inputs, nil)
			_, _ = p.For(sso.PushGuided).CompleteInputs(inputs, sso.SPState{})
			_ = p.Offers("certificate", inputs, nil, sso.IdPValues{})
		}
		_ = p.Labels()
	})
}
