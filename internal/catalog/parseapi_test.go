package catalog_test

import (
	"os"
	"strings"
	"testing"

	"example.com/ssowizard/internal/catalog"
)

// described is the profile with the described settings API, in which old stands
// once and was replaced by now.
func described(t *testing.T, old, now string) string {
	t.Helper()
	data, err := os.ReadFile("testdata/described.yaml")
	if err != nil {
		t.Fatal(err)
	}
	before, after, found := strings.Cut(string(data), old)
	if !found || strings.Contains(after, old) {
		t.Fatalf("%q does not stand there once", old)
	}
	return before + now + after
}

func TestWrongDescriptionsOfAnAPIAreRefusedWithLineAndReason(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, old, now, reason string }{
		{"value that a list cannot know", "path: /idps}", `path: "/idps/{{ .Call.resource }}"}`, ".Call.resource cannot stand here"},
		{"setting in a request that reads", `path: "/idps/{{ .Call.resource }}"}` + "\n    also", `path: "/idps/{{ .Setting.sso_url }}"}` + "\n    also", ".Setting.sso_url cannot stand here"},
		{"test without a test", `path: "/idps/{{ .Call.resource }}/on"`, `path: "/idps/{{ .Call.test }}/on"`, ".Call.test cannot stand here"},
		{"certificate where none is added", `/keys/{{ .Call.certificate_id }}"`, `/keys/{{ .Call.certificate }}"`, ".Call.certificate cannot stand here"},
		{"id of nothing", "    resource: id\n    enabled", "    enabled", ".Call.resource is known only when answer says where the id stands"},
		{"certificates of no setting", "setting: keys", "setting: kyes", `there is no setting "kyes"`},
		{"certificates of another setting", "setting: keys", "setting: sso_url", `setting "sso_url" is no certificate`},
		{"certificates that are read twice", "settings: {sso_url: url}", "settings: {sso_url: url, keys: k}", `where setting "keys" stands is said under certificates already`},
		{"certificates that cannot be removed", `    remove: {method: DELETE, path: "/idps/{{ .Call.resource }}/keys/{{ .Call.certificate_id }}"}` + "\n", "", `certificates has no "remove"`},
		{"header that is ours", "  token_help: Ask the owner.", "  token_help: x\n  headers: {authorization: x}", "header authorization is set by auth"},
		{"header with a bad name", "  token_help: Ask the owner.", `  token_help: x` + "\n" + `  headers: {"X Y": x}`, `header "X Y" has to match`},
		{"content type that is no JSON", "  token_help: Ask the owner.", "  token_help: x\n  content_type: text/xml", `content_type is "text/xml"; it may be application/json`},
		{"form that nests", `body: {pem: "{{ .Call.certificate }}"}`, `content_type: application/x-www-form-urlencoded, body: {pem: {x: "{{ .Call.certificate }}"}}`, "its body cannot nest"},
		{"form with a list", `body: {pem: "{{ .Call.certificate }}"}`, `content_type: application/x-www-form-urlencoded, body: {pem: "{{ .Input.tenant | list }}"}`, "its body cannot nest"},
		{"keeping without a body", `/on"}}]`, `/on", keep: true}}]`, "keep is for a request that writes an object"},
		{"offset without a query", `items: data`, "items: data\n      paging: {style: offset}", `paging has no "query"`},
		{"address of the next page nowhere", `items: data`, "items: data\n      paging: {style: url}", `paging has no "next"`},
		{"equality that is none", `value: "{{ .IdP.SSOURL }}"`, `value: "{{ .IdP.SSOURL }}", equal: nearly`, `equal is "nearly"; it may be: url, ignore-case`},
		{"equality of certificates", `rendering: pem-text`, `rendering: pem-text, equal: url`, "certificates and toggles are compared by what they mean"},
		{"part without a name", "{name: trusted, request", "{request", `each of also has no "name"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			text := described(t, tt.old, tt.now)
			_, err := catalog.ParseProfile("x.yaml", []byte(text))
			if err == nil || !strings.Contains(err.Error(), tt.reason) || strings.Contains(err.Error(), "x.yaml:0") {
				t.Errorf("%v does not say %q", err, tt.reason)
			}
		})
	}
}

func TestFieldOfAFormMayHaveAnyText(t *testing.T) {
	t.Parallel()
	text := described(t, `body: {pem: "{{ .Call.certificate }}"}`,
		`content_type: application/x-www-form-urlencoded, body: {pem: "{{ .Call.certificate }}", kind: allowlist, room: 2, main: true}`)
	if _, err := catalog.ParseProfile("x.yaml", []byte(text)); err != nil {
		t.Error(err)
	}
}

func TestProfilesThatCouldNeverWorkAreRefused(t *testing.T) {
	t.Parallel()
	const settings, saveNew = "settings:\n  - {id: sso_url", `    - only: new
      request: {method: POST, path: /idps, body: {url: "{{ .Setting.sso_url }}"}}
`
	with := func(setting string) string { return "settings:\n  - " + setting + "\n  - {id: sso_url" }
	tests := []struct{ name, old, now, reason string }{
		{"toggle that is neither", settings, with(`{id: x, label: X, kind: toggle, value: maybe}`), `setting "x" is a toggle, so its value has to be yes or no, not "maybe"`},
		{"select without that option", settings, with(`{id: x, label: X, kind: select, options: [a, b], value: c}`), `setting "x" cannot be "c"; its options are: a, b`},
		{"alternate without that option", settings, with(`{id: x, label: X, kind: select, options: [a, b], value: a, alternates: [{id: z, value: q, why: w}]}`), `setting "x" cannot be "q"`},
		{"setting that is never read", "settings: {sso_url: url}", "settings: {}", `setting "sso_url" is not among the settings of answer`},
		{"setting that is never written", settings, with(`{id: x, label: X, kind: text, value: "{{ .IdP.Issuer }}", required: true}`), `setting "x" is in no request of save`},
		{"setting that a new record lacks", strings.TrimSpace(saveNew), strings.Replace(strings.TrimSpace(saveNew), "{{ .Setting.sso_url }}", "x", 1), "is in no request of save that is made for a new record"},
		{"setting that waits for a finding", "rendering: pem-text, required", "rendering: pem-text, when: {finding: issuer}, required", "only an alternate can wait for a finding"},
		{"switch that cannot be read", `    enabled: "on"` + "\n", "", "answer has to say with enabled"},
		{"id before there is one", saveNew, strings.Replace(saveNew, "path: /idps,", `path: "/idps/{{ .Call.resource }}",`, 1), "the first call for a new record cannot know its id"},
		{"input from nowhere", "{id: tenant, label: Tenant,", "{id: tenant, label: Tenant, from: {offered: nope},", `"nope" is neither a readonly setting nor under offered`},
		{"advice for nothing", "\napi:", "\ntroubleshooting: [{symptom: s, advice: a}]\napi:", "needs codes or says"},
		{"value of the other protocol", settings, with(`{id: x, label: X, kind: text, value: "{{ .IdP.ClientID }}"}`), "an app of the protocol saml has no .IdP.ClientID"},
		{"text as a truth", `POST, path: /idps, body: {url: "{{ .Setting.sso_url }}"}`, `POST, path: /idps, body: {url: "{{ .Setting.sso_url | bool }}"}`, `setting "sso_url" is neither yes nor no`},
		{"the same NameID for everybody", "audience: x}", "audience: x, name_id_template: user.email}", "everybody would have the same"},
		{"attribute of nothing", "audience: x}", "audience: x, attributes: [{name: a, values: []}]}", "values is empty"},
		{"address with a query", "  token_env", "  base_url: https://x.example?a=b\n  token_env", "base_url cannot have a query"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := catalog.ParseProfile("x.yaml", []byte(described(t, tt.old, tt.now)))
			if err == nil || !strings.Contains(err.Error(), tt.reason) || strings.Contains(err.Error(), "x.yaml:0") {
				t.Errorf("%v does not say %q", err, tt.reason)
			}
		})
	}
}

func TestTextsAreEqualAsTheProfileSays(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, equal, a, b string
		want              bool
	}{
		{"host in another letter case", "equal: url, ", "https://Acme.okta.com/App/x", "HTTPS://acme.OKTA.com/App/x", true},
		{"slash at the end", "equal: url, ", "https://acme.okta.com", "https://acme.okta.com/", true},
		{"usual port", "equal: url, ", "https://acme.okta.com:443/a", "https://acme.okta.com/a", true},
		{"path in another letter case", "equal: url, ", "https://acme.okta.com/app", "https://acme.okta.com/APP", false},
		{"another query", "equal: url, ", "https://acme.okta.com/a?x=1", "https://acme.okta.com/a?x=2", false},
		{"another port", "equal: url, ", "https://acme.okta.com:8443", "https://acme.okta.com", false},
		{"no addresses", "equal: url, ", "acme", "ACME", false},
		{"letter case", "equal: ignore-case, ", "Sha256", "SHA256", true},
		{"byte for byte otherwise", "", "https://acme.okta.com", "https://acme.okta.com/", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, err := catalog.ParseProfile("x.yaml", []byte(described(t, "label: SSO URL, ", "label: SSO URL, "+tt.equal)))
			if err != nil {
				t.Fatal(err)
			}
			if got := p.SettingsEqual("sso_url", tt.a, tt.b); got != tt.want {
				t.Errorf("%v, want %v", got, tt.want)
			}
		})
	}
}

func TestProfilesOfTheDocumentationAreAccepted(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../../docs/profiles.md")
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(string(data), "```")
	found := 0
	for _, part := range parts {
		text, isYAML := strings.CutPrefix(part, "yaml\n")
		if !isYAML {
			continue
		}
		found++
		if _, err := catalog.ParseProfile("profiles.md", []byte(text)); err != nil {
			t.Error(err)
		}
	}
	if found != 2 {
		t.Errorf("%d profiles", found)
	}
}
