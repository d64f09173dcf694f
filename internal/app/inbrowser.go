package app

import (
	"encoding/pem"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/browser"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/httpx"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sandbox"
	"example.com/ssowizard/internal/signin"
)

// connectInBrowser has the sign-ins made in a browser of this machine. With a
// screen the tester goes on there themselves where it takes more than a password.
func (a *App) connectInBrowser(s *Session, core *plan.Core) error {
	if a.InSandbox() && s.Spec.Tester == "" {
		s.Spec.Tester = a.sandboxTester(s.Spec)
	}
	if s.Spec.Tester == "" {
		return ask.Missing(ask.TestUser)
	}
	screen := HasScreen(a.cfg.GOOS, a.cfg.Getenv)
	if screen { // Okta's own page asks for it
		a.cfg.TestPassword.Prompt = nil
	}
	password, err := a.testPassword(s.Spec.Tester)
	if err != nil {
		return err
	}
	cfg := signin.InBrowserConfig{Login: s.Spec.Tester, Password: password, Now: time.Now, Ask: core.NoteWait}
	if cfg.Browser, cfg.Proxy, err = a.browser(); err != nil {
		return err
	}
	cfg.Browser.Headless = !screen
	core.SignIn, err = newTester(s.OrgURL, func(okta string) (signer, error) {
		cfg := cfg
		cfg.OktaURL = okta
		return signin.NewInBrowser(cfg)
	})
	return err
}

// HasScreen tells whether a window can be shown.
func HasScreen(goos string, env func(string) string) bool {
	return goos == "windows" || goos == "darwin" || env("DISPLAY") != "" || env("WAYLAND_DISPLAY") != ""
}

// FindBrowser looks for a browser before anything starts, so that a run that
// cannot keep its word does nothing.
func FindBrowser(goos, home string, env func(string) string) (string, error) {
	system := browser.ThisSystem()
	system.GOOS, system.Getenv, system.Home = goos, env, home
	return browser.Find(system)
}

// browser is one that reaches what the program's own clients do.
func (a *App) browser() (browser.Options, *url.Userinfo, error) {
	program, err := FindBrowser(a.cfg.GOOS, a.cfg.Home, a.cfg.Getenv)
	if err != nil {
		return browser.Options{}, nil, hint.With(hint.Usage, fmt.Errorf("--test browser: %w", err), "")
	}
	if a.InSandbox() {
		o, err := SandboxBrowser(program, *a.info)
		return o, nil, err
	}
	proxies, err := httpx.ProxiesOf(a.cfg.Proxy, a.cfg.Getenv)
	if err != nil {
		return browser.Options{}, nil, err
	}
	o := browser.Options{Program: program, World: &browser.World{Except: proxies.Except}}
	// Who uses a proxy is told to the browser alone, not on its command line.
	var user *url.Userinfo
	for _, proxy := range []*url.URL{proxies.HTTP, proxies.HTTPS} {
		if proxy != nil && proxy.User != nil {
			user = proxy.User
		}
	}
	o.World.HTTP, o.World.HTTPS = nameOf(proxies.HTTP), nameOf(proxies.HTTPS)
	if a.cfg.CAFile != "" {
		o.Authority, err = authorities(a.cfg.CAFile)
	}
	return o, user, err
}

// nameOf is how a browser calls a proxy; it always lets a SOCKS proxy look up names.
func nameOf(proxy *url.URL) string {
	if proxy == nil {
		return ""
	}
	return strings.Replace(proxy.Scheme, "socks5h", "socks5", 1) + "://" + proxy.Host
}

// authorities is a file of --ca-file as PEM.
func authorities(file string) ([]byte, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the authorities of --ca-file: %w", err)
	}
	if block, _ := pem.Decode(data); block == nil { // the network has found it good
		data = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: data})
	}
	return data, nil
}

// SandboxBrowser is a browser that reaches the sandbox under its real names and
// nothing else.
func SandboxBrowser(program string, i sandbox.Info) (browser.Options, error) {
	authority, err := os.ReadFile(i.TLS.CAFile)
	if err != nil {
		return browser.Options{}, fmt.Errorf("start a browser: %w", err)
	}
	o := browser.Options{Program: program, Hosts: map[string]string{}, Authority: authority}
	for _, host := range i.TLS.Hosts {
		o.Hosts[host] = i.TLS.Address
	}
	for _, origin := range []string{i.Okta.OrgURL, i.Okta.TLSURL} {
		if u, err := url.Parse(origin); err == nil && u.Hostname() != "" {
			o.Direct = append(o.Direct, u.Hostname())
		}
	}
	return o, nil
}
