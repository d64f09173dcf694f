package browser

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Options say what a browser reaches and trusts.
type Options struct {
	// Program is its path, as Find gives it.
	Program string
	// URL is opened at the start.
	URL string
	// Hosts are host names and the address where each is answered.
	Hosts map[string]string
	// Direct are hosts reached as they are: loopback addresses, and names that
	// this machine knows.
	Direct []string
	// World, when not nil, lets the browser reach everything, through a proxy
	// where there is one. Hosts and Direct say nothing then.
	World *World
	// Authority are PEM certificates that are trusted beside the system's; nil
	// for none.
	Authority []byte
	// Profile is the folder of its settings and cookies. Start makes one of its
	// own where it is empty, and takes it away at the end.
	Profile string
	// Headless shows no window.
	Headless bool
	// Drive lets the browser be driven, see Browser.DevTools. It shows nothing
	// then until it is told to.
	Drive bool
	// AsRoot leaves out the browser's own sandbox, which it cannot have as root.
	AsRoot bool
}

// World is how a browser reaches the real hosts. The zero value has it do as
// the system says.
type World struct {
	// HTTP and HTTPS are the proxies for either kind of address, such as
	// proxy.example:3128 or socks5://proxy.example:1080; "" is none.
	HTTP, HTTPS string
	// Except are hosts reached without a proxy, as in NO_PROXY.
	Except []string
}

// quiet keeps a browser from calling its maker, from asking on its first run,
// and from a keyring that is not its own. The host rules would stop the calls
// too, each with an error in its log.
var quiet = []string{
	"--no-first-run", "--no-default-browser-check", "--no-pings", "--metrics-recording-only",
	"--disable-background-networking", "--disable-component-update", "--disable-default-apps",
	"--disable-domain-reliability", "--disable-client-side-phishing-detection", "--disable-sync",
	"--disable-breakpad", "--disable-quic", "--password-store=basic", "--use-mock-keychain",
	"--disable-features=Translate,OptimizationHints,MediaRouter,HttpsUpgrades,AutofillServerCommunication",
}

// Flags are the command line of a browser with these options, without the
// page. They can be given to whatever drives it.
func Flags(o Options) ([]string, error) {
	reach, err := o.reach()
	if err != nil {
		return nil, err
	}
	flags := append(slices.Clone(quiet), reach...)
	if o.Authority != nil {
		keys, err := spki(o.Authority)
		if err != nil {
			return nil, err
		}
		flags = append(flags, "--ignore-certificate-errors-spki-list="+keys)
	}
	if o.Profile != "" {
		flags = append(flags, "--user-data-dir="+o.Profile)
	}
	if o.Headless {
		flags = append(flags, "--headless=new", "--disable-gpu", "--hide-scrollbars")
	} else {
		flags = append(flags, "--ozone-platform-hint=auto") // a screen may be Wayland's alone
	}
	if o.Drive {
		flags = append(flags, "--no-startup-window", "--disable-save-password-bubble") // what is typed here is not to be kept
	}
	if o.AsRoot {
		flags = append(flags, "--no-sandbox", "--test-type") // the latter hides the bar that warns of the former
	}
	return flags, nil
}

// reach is what the browser may reach, and how.
func (o Options) reach() ([]string, error) {
	if o.World != nil {
		return o.World.flags()
	}
	rules, err := hostRules(o.Hosts, o.Direct)
	return []string{"--no-proxy-server", "--host-resolver-rules=" + rules}, err
}

func (w World) flags() ([]string, error) {
	var proxies []string
	for scheme, proxy := range map[string]string{"http": w.HTTP, "https": w.HTTPS} {
		if proxy == "" {
			continue
		}
		if !plain(strings.Replace(proxy, "://", "", 1)) {
			return nil, fmt.Errorf("start a browser: it cannot be given the proxy for %s", scheme)
		}
		proxies = append(proxies, scheme+"="+proxy)
	}
	if proxies == nil {
		return nil, nil
	}
	slices.Sort(proxies)
	flags := []string{"--proxy-server=" + strings.Join(proxies, ";")}
	var except []string
	for _, host := range w.Except {
		switch bare := strings.TrimPrefix(strings.TrimPrefix(host, "*"), "."); {
		case host == "*":
			except = append(except, "*")
		case !plain(strings.Replace(bare, "/", "", 1)):
			return nil, fmt.Errorf("start a browser: %q is no host to reach without a proxy", host)
		case bare == host:
			except = append(except, host, "*."+host) // with all below it, as in NO_PROXY
		default:
			except = append(except, "*."+bare)
		}
	}
	if except != nil {
		flags = append(flags, "--proxy-bypass-list="+strings.Join(except, ";"))
	}
	return flags, nil
}

// hostRules map each host to its address and everything else to nothing.
// Proxies and secure DNS come after them, so nothing gets around.
func hostRules(hosts map[string]string, direct []string) (string, error) {
	var rules []string
	for _, host := range slices.Sorted(maps.Keys(hosts)) {
		if !plain(host) || !plain(hosts[host]) {
			return "", fmt.Errorf("start a browser: cannot map the host %q to %q", host, hosts[host])
		}
		rules = append(rules, "MAP "+host+" "+hosts[host])
	}
	rules = append(rules, "MAP * ~NOTFOUND")
	for _, host := range slices.Sorted(slices.Values(direct)) {
		if !plain(host) {
			return "", fmt.Errorf("start a browser: %q is no host", host)
		}
		rules = append(rules, "EXCLUDE "+host)
	}
	return strings.Join(rules, ", "), nil
}

// plain tells whether a host or an address is one, and not more rules.
func plain(host string) bool {
	return host != "" && !strings.ContainsFunc(host, func(r rune) bool {
		letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
		return !letter && !strings.ContainsRune("-.:[]_", r)
	})
}

// spki is what a browser knows the keys of certificates by.
func spki(authorities []byte) (string, error) {
	var keys []string
	for block, rest := pem.Decode(authorities); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return "", fmt.Errorf("start a browser: read the authority: %w", err)
		}
		sum := sha256.Sum256(cert.RawSubjectPublicKeyInfo)
		keys = append(keys, base64.StdEncoding.EncodeToString(sum[:]))
	}
	if keys == nil {
		return "", errors.New("start a browser: the authority is no PEM certificate")
	}
	return strings.Join(keys, ","), nil
}
