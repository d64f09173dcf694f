package browser_test

import (
	"slices"
	"strings"
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

func TestFlagsLeadToTheWorldThroughAProxy(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		world browser.World
		want  []string
	}{
		"as the system says": {browser.World{}, nil},
		"one proxy":          {browser.World{HTTPS: "proxy.example:3128"}, []string{"--proxy-server=https=proxy.example:3128"}},
		"two, and exceptions": {browser.World{HTTP: "p:1", HTTPS: "socks5://[::1]:1080", Except: []string{"sp.example", ".corp.example", "10.0.0.0/8"}},
			[]string{"--proxy-server=http=p:1;https=socks5://[::1]:1080", "--proxy-bypass-list=sp.example;*.sp.example;*.corp.example;10.0.0.0/8;*.10.0.0.0/8"}},
		"all but none": {browser.World{HTTP: "p:1", Except: []string{"*"}}, []string{"--proxy-server=http=p:1", "--proxy-bypass-list=*"}},
	} {
		flags, err := browser.Flags(browser.Options{World: &tt.world})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range flags {
			if strings.HasPrefix(f, "--proxy-") {
				got = append(got, f)
			}
			if f == "--no-proxy-server" || strings.HasPrefix(f, "--host-resolver-rules") {
				t.Errorf("%s: %s", name, f)
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
	for _, world := range []browser.World{{HTTPS: "ana:secret@proxy:1"}, {HTTP: "p:1;https=q:1"}, {HTTP: "p:1", Except: []string{"a;b"}}} {
		if flags, err := browser.Flags(browser.Options{World: &world}); err == nil {
			t.Errorf("accepted: %q", flags)
		}
	}
}
