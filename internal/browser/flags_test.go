package browser_test

import (
	"slices"
	"testing"

	"example.com/ssowizard/internal/browser"
)

func TestFlagsLetTheGivenHostsThroughAndNoOthers(t *testing.T) {
	t.Parallel()
	flags, err := browser.Flags(browser.Options{
		Hosts:  map[string]string{"b.example": "127.0.0.1:20001", "a.example": "127.0.0.1:20001"},
		Direct: []string{"127.0.0.1"}, Profile: "/tmp/p", Headless: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"--no-proxy-server", "--user-data-dir=/tmp/p", "--headless=new",
		"--host-resolver-rules=MAP a.example 127.0.0.1:20001, MAP b.example 127.0.0.1:20001, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
	} {
		if !slices.Contains(flags, want) {
			t.Errorf("%q is missing in %q", want, flags)
		}
	}
	for _, f := range flags {
		if f == "--no-sandbox" || f == "--ignore-certificate-errors" {
			t.Errorf("%s weakens the browser for no reason", f)
		}
	}
}

func TestFlagsRefuseHostsThatWouldBeMoreRules(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]browser.Options{
		"another rule":   {Hosts: map[string]string{"a.example": "127.0.0.1:1, MAP * 192.0.2.1"}},
		"everything":     {Hosts: map[string]string{"*": "192.0.2.1:443"}},
		"white space":    {Direct: []string{"a.example b.example"}},
		"nothing":        {Direct: []string{""}},
		"everything out": {Direct: []string{"*"}},
		"no certificate": {Authority: []byte("text")},
	} {
		if flags, err := browser.Flags(o); err == nil {
			t.Errorf("%s: accepted as %q", name, flags)
		}
	}
}
