package catalog_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"example.com/ssowizard/internal/catalog"
)

// Adding a service provider needs no Go. So none may stand in Go either, but in
// the sandbox, which plays them, in tests, and in examples.
func TestNoServiceProviderIsNamedInGo(t *testing.T) {
	t.Parallel()
	names := providerNames(t)
	files := 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		slash := filepath.ToSlash(path)
		switch {
		case err != nil:
			return err
		case d.IsDir() && (strings.HasPrefix(d.Name(), ".") && d.Name() != ".." || strings.HasSuffix(slash, "/internal/sandbox")):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		files++
		for _, where := range mentions(t, path, names) {
			t.Errorf("%s: a service provider is named outside the sandbox, tests and examples", where)
		}
		return nil
	})
	if err != nil || files < 50 {
		t.Errorf("%d files, error %v", files, err)
	}
}

func TestMentionsAreFound(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.go")
	write(t, path, `package x
// Telnyx in a comment
var TelnyxURL, help = "", example{Example: "set up telnyx", Help: "set up TELNYX"}
func f(s string) bool { return s == "infobip" }
`)
	got := strings.Join(mentions(t, path, providerNames(t)), "\n")
	if lines := strings.Count(got, "\n") + 1; lines != 3 || !strings.Contains(got, "x.go:3:5") || !strings.Contains(got, "x.go:4") {
		t.Errorf("found:\n%s", got)
	}
}

// providerNames are the ids of the built-in profiles that belong to a vendor.
func providerNames(t *testing.T) []string {
	t.Helper()
	c, err := catalog.Load("")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, p := range c.List() {
		if p.API != nil {
			names = append(names, p.ID)
		}
	}
	if len(names) < 5 {
		t.Fatalf("only %v", names)
	}
	return names
}

// mentions are the places where a name stands in an identifier or a text of the
// program, other than in an example.
func mentions(t *testing.T, path string, names []string) []string {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	ast.Inspect(file, func(n ast.Node) bool {
		text := ""
		switch n := n.(type) {
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok && (key.Name == "Example" || key.Name == "Long") {
				return false // of a question or a command: help
			}
		case *ast.Ident:
			text = n.Name
		case *ast.BasicLit:
			_, help, isHelp := strings.Cut(n.Value, "such as ")
			if text = n.Value; isHelp && len(help) < 40 {
				text = strings.TrimSuffix(text, help)
			}
		}
		for _, name := range names {
			if strings.Contains(strings.ToLower(text), name) {
				found = append(found, files.Position(n.Pos()).String())
			}
		}
		return true
	})
	return found
}
