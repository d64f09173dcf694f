package sp_test

import (
	"net/url"
	"testing"

	"example.com/ssowizard/internal/sandbox/sandboxtest"
)

func mustParse(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// What tests do with a page.
var (
	each   = sandboxtest.Walk
	find   = sandboxtest.Find
	attr   = sandboxtest.Attr
	has    = sandboxtest.HasAttr
	textOf = sandboxtest.Text
)
