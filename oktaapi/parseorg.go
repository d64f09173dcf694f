package oktaapi

import (
	"net"
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/net/idna"

	"example.com/ssowizard/internal/hint"
)

// oktaDomains are the domains under which orgs live.
var oktaDomains = []string{"okta.com", "oktapreview.com", "okta-emea.com", "okta-gov.com", "okta.mil"}

var (
	orgName   = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	hostLabel = regexp.MustCompile(`^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?$`)
)

// notAnOrg are first labels of Okta's own sites.
var notAnOrg = map[string]bool{"www": true, "developer": true, "support": true, "help": true, "login": true,
	"status": true, "trust": true, "admin": true, "yourorg": true, "your-org": true, "youroktadomain": true}

// ParseOrg reads the address of an Okta org as people type or paste it: acme,
// acme.okta.com, an address of the Admin Console, a custom domain, with or without
// scheme and path. It gives the origin, such as https://acme.okta.com, without a
// trailing slash. Plain http is taken for this computer only. What cannot be an
// org is a usage error (exit code 2) that does not repeat a password.
func ParseOrg(text string) (string, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return "", badOrg("the org's address is empty")
	case strings.ContainsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }):
		return "", badOrg("the org's address holds a space or a control character")
	case strings.ContainsAny(text, "{}<>$") || strings.Contains(strings.ToLower(text), "youroktadomain"):
		return "", badOrg("the org's address still holds a placeholder")
	case strings.Contains(text, `\`):
		return "", badOrg("the org's address holds a backslash")
	}
	if name := strings.ToLower(text); orgName.MatchString(name) && name != "localhost" {
		return subdomainOrg(name, "okta.com")
	}
	scheme, rest, found := strings.Cut(text, "://")
	if !found {
		scheme, rest = "", text
	}
	authority := rest
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		authority = rest[:i]
	}
	if strings.Contains(authority, "@") {
		return "", badOrg("the org's address holds a user name or is an e-mail address")
	}
	host, port, err := splitAuthority(authority)
	if err != nil {
		return "", err
	}
	return originOf(strings.ToLower(scheme), host, port)
}

func splitAuthority(authority string) (host, port string, err error) {
	u, perr := url.Parse("https://" + authority)
	if perr != nil || u.Host == "" || u.Path != "" {
		return "", "", badOrg("the org's address is not an address")
	}
	host, port = u.Hostname(), u.Port()
	if strings.HasSuffix(u.Host, ":") || port != "" && strings.Trim(port, "0123456789") != "" {
		return "", "", badOrg("the org's address has no number after the colon")
	}
	if strings.ContainsFunc(host, func(r rune) bool { return r > unicode.MaxASCII }) {
		if host, perr = idna.Lookup.ToASCII(host); perr != nil {
			return "", "", badOrg("the org's address is not the name of a host")
		}
	}
	return strings.TrimSuffix(strings.ToLower(host), "."), port, nil
}

func originOf(scheme, host, port string) (string, error) {
	local := loopback(host)
	if scheme == "" {
		scheme = "https"
		if local {
			scheme = "http"
		}
	}
	switch {
	case scheme != "http" && scheme != "https":
		return "", badOrg("the org's address must begin with https://")
	case scheme == "http" && !local:
		return "", badOrg("the org's address begins with http://, which would send the token unprotected")
	}
	if net.ParseIP(host) == nil && host != "localhost" {
		if err := checkHost(host); err != nil {
			return "", err
		}
		if name, domain, ok := oktaSubdomain(host); ok {
			if port != "" && port != "443" {
				return "", badOrg("Okta's own domains have no port " + port)
			}
			return subdomainOrg(name, domain)
		}
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port == "" || scheme == "https" && port == "443" || scheme == "http" && port == "80" {
		return scheme + "://" + host, nil
	}
	return scheme + "://" + host + ":" + port, nil
}

func checkHost(host string) error {
	if host == "" || len(host) > 253 {
		return badOrg("the org's address is not the name of a host")
	}
	labels := strings.Split(host, ".")
	for _, label := range labels {
		if !hostLabel.MatchString(label) {
			return badOrg("the org's address is not the name of a host")
		}
	}
	switch {
	case strings.HasSuffix(host, ".localhost"):
		return nil
	case len(labels) < 2:
		return badOrg("the org's address has no domain")
	case strings.Contains(host, ".com.com"):
		return badOrg("the org's address ends in .com.com")
	}
	return nil
}

// oktaSubdomain splits a host under one of Okta's domains.
func oktaSubdomain(host string) (name, domain string, ok bool) {
	for _, domain := range oktaDomains {
		if host == domain {
			return "", domain, true
		}
		if name, ok := strings.CutSuffix(host, "."+domain); ok {
			return name, domain, true
		}
	}
	return "", "", false
}

func subdomainOrg(name, domain string) (string, error) {
	name = strings.TrimSuffix(name, "-admin")
	switch {
	case name == "" || notAnOrg[name]:
		return "", badOrg(strings.TrimPrefix(name+".", ".") + domain + " is a site of Okta's own and not an org")
	case !orgName.MatchString(name):
		return "", badOrg("an org's address has one name before " + domain)
	}
	return "https://" + name + "." + domain, nil
}

func badOrg(reason string) error {
	return hint.New(hint.Usage, reason, "give the org's address as in the browser's address bar, such as acme.okta.com, or only its name, acme")
}

func loopback(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
