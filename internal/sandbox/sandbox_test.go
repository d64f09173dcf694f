package sandbox_test

import (
	"context"
	"encoding/json"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/sandbox"
	"example.com/ssowizard/internal/sandbox/sandboxtest"
)

func TestInfoHasTheFormOfTheFirstLine(t *testing.T) {
	t.Parallel()
	info := start(t, sandbox.Options{Dir: t.TempDir()}).Info()
	raw, err := json.Marshal(info)
	must(t, err)
	var got map[string]any
	must(t, json.Unmarshal(raw, &got))
	okta := got["okta"].(map[string]any)
	first := okta["people"].([]any)[0]
	want := map[string]any{"login": "ana@acme.example", "password": "pw-ana"}
	if d := cmp.Diff(any(want), first); d != "" || got["type"] != "sandbox" {
		t.Error(d, got["type"])
	}
	if okta["org_url"] == "" || !strings.HasPrefix(okta["api_token"].(string), "token-") {
		t.Errorf("okta: %v", okta)
	}
	sp := got["service_providers"].(map[string]any)["net2phone"].(map[string]any)
	if sp["portal_url"] != "https://app.net2phone.com" || sp["api_url"] != "https://app.net2phone.com" || sp["api_token"] == "" {
		t.Errorf("service provider: %v", sp)
	}
	tls := got["tls"].(map[string]any)
	if d := cmp.Diff([]any{"app.net2phone.com", "auth.net2phone.com"}, tls["hosts"]); d != "" {
		t.Error(d)
	}
	host := strings.TrimPrefix(info.Okta.OrgURL, "http://")
	nets := map[string]string{host: host, "app.net2phone.com": info.TLS.Address, "auth.net2phone.com": info.TLS.Address}
	if d := cmp.Diff(nets, info.NetHosts()); d != "" {
		t.Error(d)
	}
	for _, a := range []string{host, info.TLS.Address} {
		if ip, _, _ := net.SplitHostPort(a); ip != "127.0.0.1" {
			t.Errorf("%s is not on 127.0.0.1", a)
		}
	}
}

func TestOnlyOwnHostNamesAreServed(t *testing.T) {
	t.Parallel()
	p := &parts{}
	s, err := sandbox.StartWith(t.Context(), sandbox.Options{Dir: t.TempDir()}, p.makers())
	must(t, err)
	defer s.Close()
	info := s.Info()
	plain := client(t, info, "")
	for host, want := range map[string]int{
		"": 200, "localhost:80": 200, "acme.localhost": 200, "127.0.0.1": 200, "[::1]:9": 200,
		"evil.example": 400, "acme.okta.com": 400, "127.0.0.1.evil.example": 400, "app.net2phone.com": 400, "192.168.0.1": 400,
	} {
		if got, _ := get(t, plain, info.Okta.OrgURL+"/", host); got != want {
			t.Errorf("okta, Host %q: %d, want %d", host, got, want)
		}
		if got := p.org.opts.AllowedHosts(host); host != "" && got != (want == 200) {
			t.Errorf("the org is told %v of host %q", got, host)
		}
	}
	secure := client(t, info, info.TLS.Address)
	for host, want := range map[string]int{"": 200, "AUTH.net2phone.com:443": 200, "localhost": 200, "evil.example": 400} {
		if got, _ := get(t, secure, "https://app.net2phone.com/", host); got != want {
			t.Errorf("service provider, Host %q: %d, want %d", host, got, want)
		}
	}
	_, body := get(t, secure, "https://auth.net2phone.com/x", "")
	if want := "sp auth.net2phone.com origin " + info.Okta.OrgURL; body != want {
		t.Errorf("body %q, want %q", body, want)
	}
}

func TestRestartKeepsEverything(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "state", "sandbox")
	p := &parts{}
	s, err := sandbox.StartWith(t.Context(), sandbox.Options{Dir: dir, Users: 500, Engine: "classic", Policy: "two-factor"}, p.makers())
	must(t, err)
	before := s.Info()
	if o := p.org.opts; o.Users != 500 || o.Groups != 40 || o.Engine != "classic" || !o.TwoFactor {
		t.Errorf("first start: %+v", o)
	}
	ca, err := os.ReadFile(before.TLS.CAFile)
	must(t, err)
	must(t, s.Close())

	s, err = sandbox.StartWith(t.Context(), sandbox.Options{Dir: dir, RateLimit: "free"}, p.makers())
	must(t, err)
	defer s.Close()
	if d := cmp.Diff(before, s.Info()); d != "" {
		t.Error(d)
	}
	if o := p.org.opts; o.Users != 500 || o.Engine != "classic" || o.TwoFactor || o.RateLimit != "free" {
		t.Errorf("second start: %+v", o)
	}
	again, err := os.ReadFile(before.TLS.CAFile)
	must(t, err)
	if string(ca) != string(again) {
		t.Error("the authority is another one")
	}
}

func TestSeedsOfAKeptSandboxCannotChange(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	must(t, start(t, sandbox.Options{Dir: dir}).Close())
	for _, tt := range []struct {
		o            sandbox.Options
		option, kept string
	}{
		{sandbox.Options{Users: 500}, "users", "200"},
		{sandbox.Options{Groups: 1}, "groups", "40"},
		{sandbox.Options{Engine: "classic"}, "engine", "oie"},
	} {
		tt.o.Dir = dir
		_, err := sandbox.StartWith(t.Context(), tt.o, (&parts{}).makers())
		if e := as[*sandbox.OptionsError](t, err); e.Option != tt.option || e.Kept != tt.kept {
			t.Errorf("%+v", e)
		}
	}
	start(t, sandbox.Options{Dir: dir, Users: 200, Groups: 40, Engine: "oie"}) // the same again is no change
}

func TestUnusableOptionsAreRefused(t *testing.T) {
	t.Parallel()
	for option, o := range map[string]sandbox.Options{
		"engine":     {Engine: "v8"},
		"rate-limit": {RateLimit: "10"},
		"policy":     {Policy: "none\x1b"},
		"users":      {Users: -1},
		"groups":     {Groups: -1},
		"latency":    {Latency: -time.Second},
		"listen":     {Listen: "0.0.0.0:8080"},
		"okta-tls":   {OktaTLS: ":443"},

		sandbox.EnvPorts: {Ports: "9000"},
	} {
		o.Dir = t.TempDir()
		_, err := sandbox.StartWith(t.Context(), o, (&parts{}).makers())
		if e := as[*sandbox.OptionsError](t, err); e.Option != option || strings.ContainsRune(err.Error(), '\x1b') {
			t.Errorf("%s: %+v", option, e)
		}
		if _, err := os.Stat(filepath.Join(o.Dir, "kept.json")); err == nil {
			t.Errorf("%s: a refused start is kept", option)
		}
	}
	if _, err := sandbox.StartWith(t.Context(), sandbox.Options{}, (&parts{}).makers()); err == nil {
		t.Error("no folder is taken for one")
	}
}

func TestPortsThatAreNotTwoInOrderAreRefused(t *testing.T) {
	t.Parallel()
	for _, ports := range []string{"9000", "9000-", "-9000", "9020-9000", "9000-9000", "0-9", "9000-70000", "a-b", "9000 - 9020"} {
		_, err := sandbox.StartWith(t.Context(), sandbox.Options{Dir: t.TempDir(), Ports: ports}, (&parts{}).makers())
		if e := as[*sandbox.OptionsError](t, err); e.Option != sandbox.EnvPorts || !strings.Contains(err.Error(), strconv.Quote(ports)) {
			t.Errorf("%q: %v", ports, err)
		}
	}
}

func TestFreePortsAreLookedForWhereAsked(t *testing.T) {
	t.Parallel()
	ports, release, err := sandboxtest.TakePorts()
	must(t, err)
	t.Cleanup(release)
	info := start(t, sandbox.Options{Dir: t.TempDir(), Ports: ports}).Info()
	for _, addr := range []string{strings.TrimPrefix(info.Okta.OrgURL, "http://"), info.TLS.Address} {
		_, port, err := net.SplitHostPort(addr)
		must(t, err)
		if from, to, _ := strings.Cut(ports, "-"); port < from || port > to { // of one length
			t.Errorf("%s is not within %s", addr, ports)
		}
	}
}

func TestListenMovesTheOrgForGood(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := start(t, sandbox.Options{Dir: dir})
	first := s.Info()
	must(t, s.Close())
	s = start(t, sandbox.Options{Dir: dir, Listen: "127.0.0.1:0"})
	moved := s.Info()
	must(t, s.Close())
	if moved.Okta.OrgURL == first.Okta.OrgURL || moved.TLS.Address != first.TLS.Address {
		t.Errorf("from %s to %s; service providers %s to %s", first.Okta.OrgURL, moved.Okta.OrgURL, first.TLS.Address, moved.TLS.Address)
	}
	if kept := start(t, sandbox.Options{Dir: dir}).Info(); kept.Okta.OrgURL != moved.Okta.OrgURL {
		t.Errorf("at %s after it was moved to %s", kept.Okta.OrgURL, moved.Okta.OrgURL)
	}
}

func TestPortTakenByAStrangerIsNamed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := start(t, sandbox.Options{Dir: dir})
	info := s.Info()
	must(t, s.Close())
	for purpose, addr := range map[string]string{
		"Okta": strings.TrimPrefix(info.Okta.OrgURL, "http://"), "the service providers": info.TLS.Address,
	} {
		ln, err := net.Listen("tcp", addr)
		must(t, err)
		_, err = sandbox.StartWith(t.Context(), sandbox.Options{Dir: dir}, (&parts{}).makers())
		if e := as[*sandbox.PortTakenError](t, err); e.Address != addr || e.Purpose != purpose || !e.Kept || !strings.Contains(err.Error(), addr) {
			t.Errorf("%+v: %v", e, err)
		}
		if purpose == "Okta" {
			_, err = sandbox.StartWith(t.Context(), sandbox.Options{Dir: dir, Listen: addr}, (&parts{}).makers())
			if e := as[*sandbox.PortTakenError](t, err); e.Kept {
				t.Errorf("asked for, not kept: %+v", e)
			}
		}
		must(t, ln.Close())
	}
	if got := start(t, sandbox.Options{Dir: dir}).Info(); got.Okta.OrgURL != info.Okta.OrgURL {
		t.Errorf("then at %s", got.Okta.OrgURL)
	}
}

func TestEndOfContextClosesEverything(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	dir := t.TempDir()
	s, err := sandbox.StartWith(ctx, sandbox.Options{Dir: dir, Publish: true}, (&parts{}).makers())
	must(t, err)
	cancel()
	soon(t, s.Done())
	must(t, s.Close())
	if _, err := os.Stat(filepath.Join(dir, "running.json")); err == nil {
		t.Error("it is still published")
	}
	for _, a := range []string{strings.TrimPrefix(s.Info().Okta.OrgURL, "http://"), s.Info().TLS.Address} {
		ln, err := net.Listen("tcp", a)
		must(t, err)
		must(t, ln.Close())
	}
	start(t, sandbox.Options{Dir: dir})
}

func TestFailedStartLetsEverythingGo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	bad := (&parts{}).makers()
	bad.Providers = func(sandbox.ProviderOptions) (sandbox.Providers, error) { return nil, fs.ErrInvalid }
	if _, err := sandbox.StartWith(t.Context(), sandbox.Options{Dir: dir}, bad); err == nil {
		t.Fatal("it started")
	}
	start(t, sandbox.Options{Dir: dir})
}

func TestSecretsAreForTheirOwnerOnly(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	dir := filepath.Join(t.TempDir(), "sandbox")
	start(t, sandbox.Options{Dir: dir, Publish: true, LogFile: filepath.Join(dir, "log")})
	seen := map[string]bool{}
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		must(t, err)
		info, err := d.Info()
		must(t, err)
		seen[d.Name()] = true
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return nil
	}))
	for _, name := range []string{"authority-key.pem", "authority.pem", "running.json", "okta.records", "providers.records", "kept.json"} {
		if !seen[name] {
			t.Errorf("%s is missing", name)
		}
	}
}

func TestServiceProvidersKnowEverybodyButOne(t *testing.T) {
	t.Parallel()
	p := &parts{}
	s, err := sandbox.StartWith(t.Context(), sandbox.Options{Dir: t.TempDir()}, p.makers())
	must(t, err)
	defer s.Close()
	at := "@acme.example"
	if d := cmp.Diff([]string{"ana" + at, "ben" + at, "chloe" + at, "gen1" + at, "gen3" + at}, p.sp.seen); d != "" {
		t.Error(d)
	}
}

func TestOktaAnswersOnTLSWhereItIsAsked(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := start(t, sandbox.Options{Dir: dir, OktaTLS: "localhost:0"})
	info := s.Info()
	if !strings.HasPrefix(info.Okta.TLSURL, "https://localhost:") {
		t.Fatalf("at %q", info.Okta.TLSURL)
	}
	port := info.Okta.TLSURL[strings.LastIndexByte(info.Okta.TLSURL, ':'):]
	c := client(t, info, "127.0.0.1"+port)
	for _, host := range []string{"localhost", "127.0.0.1", "acme.localhost"} {
		code, body := get(t, c, "https://"+host+port+"/", "")
		if code != http.StatusOK || body != "okta "+host+port {
			t.Errorf("%s: %d %q", host, code, body)
		}
	}
	if got, _ := get(t, c, "https://localhost"+port+"/", "evil.example"); got != http.StatusBadRequest {
		t.Errorf("foreign host: %d", got)
	}
	must(t, s.Close())
	if got := start(t, sandbox.Options{Dir: dir}).Info().Okta.TLSURL; got != "" {
		t.Errorf("without the option at %s", got)
	}
}
