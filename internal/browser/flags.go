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
	// Authority is a PEM certificate that is trusted for those hosts; nil for none.
	Authority []byte
	// Profile is the folder of its settings and cookies. Start makes one of its
	// own where it is empty, and takes it away at the end.
	Profile string
	// Headless shows no window.
	Headless bool
	// AsRoot leaves out the browser's own sandbox, which it cannot have as root.
	AsRoot bool
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
	rules, err := hostRules(o.Hosts, o.Direct)
	if err != nil {
		return nil, err
	}
	flags := append(slices.Clone(quiet), "--no-proxy-server", "--host-resolver-rules="+rules)
	if o.Authority != nil {
		key, err := spki(o.Authority)
		if err != nil {
			return nil, err
		}
		flags = append(flags, "--ignore-certificate-errors-spki-list="+key)
	}
	if o.Profile != "" {
		flags = append(flags, "--user-data-dir="+o.Profile)
	}
	if o.Headless {
		flags = append(flags, "--headless=new", "--disable-gpu", "--hide-scrollbars")
	}
	if o.AsRoot {
		flags = append(flags, "--no-sandbox", "--test-type") // the latter hides the bar that warns of the former
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

// spki is what a browser knows a certificate's key by.
func spki(authority []byte) (string, error) {
	block, _ := pem.Decode(authority)
	if block == nil {
		return "", errors.New("start a browser: the authority is no PEM certificate")
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return "", fmt.Errorf("start a browser: read the authority: %w", err)
	}
	sum := sha256.Sum256(cert.RawSubjectPublicKeyInfo)
	return base64.StdEncoding.EncodeToString(sum[:]), nil
}
