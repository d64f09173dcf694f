package main_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "example.com/ssowizard/"

// mayKnow says which packages of ours each package may import. A package that
// is not listed fails the test, so a new room needs a place in the house.
var mayKnow = map[string][]string{
	"internal/sso":               {"internal/secret"},
	"internal/hint":              {},
	"internal/secret":            {"internal/hint"},
	"internal/certificate":       {"internal/sso", "internal/hint"},
	"internal/oidccheck":         {"internal/sso"},
	"internal/sandbox/okta/oidc": {"internal/sandbox/okta/signon"},
	"internal/sandbox/sp/oidcrp": {},
	"internal/replay":            {"internal/sandbox/okta", "internal/sandbox/durable", "oktaapi", "internal/sso", "internal/secret"},
	"internal/samlcheck":         {"internal/sso", "internal/hint", "internal/certificate"},
	"internal/catalog":           {"internal/sso", "internal/hint", "internal/certificate", "internal/samlcheck", "internal/secret"},
	"internal/diagnose":          {"internal/sso", "internal/hint", "internal/certificate", "internal/samlcheck", "internal/catalog"},
	"internal/ask":               {"internal/sso", "internal/hint", "internal/certificate", "internal/catalog"},
	"internal/plan":              {"internal/sso", "internal/hint", "internal/certificate", "internal/samlcheck", "internal/catalog", "internal/diagnose", "internal/ask", "internal/oidccheck", "internal/secret"},

	"internal/httpx":  {"internal/hint", "internal/sso", "internal/secret"},
	"internal/store":  {"internal/sso", "internal/hint"},
	"internal/signin": {"internal/sso", "internal/hint", "internal/secret", "internal/httpx", "internal/samlcheck", "internal/browser"},
	"oktaapi":         {"internal/sso", "internal/certificate", "internal/secret", "internal/hint", "internal/httpx"},
	"spclient/api":    {"internal/sso", "internal/certificate", "internal/secret", "internal/hint", "internal/httpx", "internal/catalog"},
	"spclient/guided": {"internal/sso", "internal/certificate", "internal/secret", "internal/hint", "internal/httpx", "internal/catalog"},
	"spclient/sptest": {"internal/sso", "internal/certificate", "internal/secret", "internal/hint", "internal/httpx", "internal/catalog"},

	"internal/sandbox/durable":            {},
	"internal/sandbox/sandboxtest":        {},
	"internal/sandbox/okta/signon":        {},
	"internal/sandbox/okta":               {"internal/sandbox/durable", "internal/sandbox/okta/signon", "internal/sandbox/okta/oidc"},
	"internal/sandbox/sp/samlrp":          {},
	"internal/sandbox/sp/samlrp/samltest": {"internal/sandbox/sp/samlrp"},
	"internal/sandbox/sp":                 {"internal/sandbox/durable", "internal/sandbox/sp/samlrp", "internal/sandbox/sp/oidcrp"},
	"internal/sandbox":                    {"internal/sandbox/durable", "internal/sandbox/okta", "internal/sandbox/sp"},

	"internal/browser":             {"internal/hint"},
	"internal/browser/browsertest": {"internal/browser"},

	"internal/words":  {"internal/sso", "internal/hint", "internal/certificate"},
	"internal/record": {"internal/sso", "internal/hint", "internal/catalog", "internal/plan", "internal/words"},
	"internal/termbg": {},
	// The screens know the core and its nouns; the world is behind tui.Backend.
	"tui":         {"internal/sso", "internal/hint", "internal/secret", "internal/certificate", "internal/catalog", "internal/diagnose", "internal/ask", "internal/plan", "internal/words", "internal/termbg"},
	"tui/tuitest": {"tui"},

	// wizard joins tui and app. app builds the graph, cli is a face: they may know everybody below.
	// e2e is tests only, over the real parts of both sides.
	"internal/e2e":    {},
	"internal/app":    {"*"},
	"internal/cli":    {"*"},
	"internal/wizard": {"*"},
	"cmd/ssowizard":   {"internal/cli", "internal/wizard"},
}

// noHTTP are the packages that stay free of HTTP, also through others of ours.
var noHTTP = []string{"internal/sso", "internal/hint", "internal/certificate", "internal/samlcheck", "internal/catalog",
	"internal/diagnose", "internal/ask", "internal/plan", "internal/store", "internal/words", "internal/termbg", "tui"}

// graph is the imports of every package of the module, tests left out.
func graph(t *testing.T) map[string][]string {
	t.Helper()
	cmd := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	imports := map[string][]string{}
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		fields := strings.Fields(line)
		imports[strings.TrimPrefix(fields[0], module)] = fields[1:]
	}
	return imports
}

func TestEveryPackageKnowsOnlyWhomItMay(t *testing.T) {
	for pkg, imports := range graph(t) {
		allowed, listed := mayKnow[pkg]
		if !listed {
			t.Errorf("%s has no place in the house: add it to mayKnow", pkg)
			continue
		}
		for _, imp := range imports {
			ours, isOurs := strings.CutPrefix(imp, module)
			if isOurs && !slices.Contains(allowed, ours) && !slices.Contains(allowed, "*") {
				t.Errorf("%s imports %s, which it may not know", pkg, ours)
			}
		}
	}
}

func TestOnlyAppAndCLIKnowTheSandbox(t *testing.T) {
	for pkg, imports := range graph(t) {
		inside := strings.HasPrefix(pkg, "internal/sandbox")
		for _, imp := range imports {
			if strings.HasPrefix(imp, module+"internal/sandbox") && !inside && pkg != "internal/app" && pkg != "internal/cli" {
				t.Errorf("%s imports %s: client and simulator may meet over HTTP only", pkg, imp)
			}
		}
	}
}

func TestTheCoreIsFreeOfHTTP(t *testing.T) {
	imports := graph(t)
	var reaches func(pkg string, path []string) []string
	reaches = func(pkg string, path []string) []string {
		for _, imp := range imports[pkg] {
			if imp == "net/http" {
				return append(path, pkg)
			}
			if ours, ok := strings.CutPrefix(imp, module); ok {
				if found := reaches(ours, append(path, pkg)); found != nil {
					return found
				}
			}
		}
		return nil
	}
	for _, pkg := range noHTTP {
		if path := reaches(pkg, nil); path != nil {
			t.Errorf("%s reaches net/http through %s", pkg, strings.Join(path, " → "))
		}
	}
}

func TestOnlyMainExitsAndOnlyCLIPrintsToStandardOutput(t *testing.T) {
	rules := []struct{ call, only string }{{"os.Exit(", "cmd/"}, {"fmt.Print", "internal/cli/"}}
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && d.Name() == ".ci" {
			return fs.SkipDir // programs of their own, in modules of their own
		}
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, rule := range rules {
			if strings.Contains(string(text), rule.call) && !strings.HasPrefix(filepath.ToSlash(path), "../../"+rule.only) {
				t.Errorf("%s uses %s", path, rule.call)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
