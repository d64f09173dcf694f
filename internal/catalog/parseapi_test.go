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
