// Package sandbox runs an Okta org and the service providers on loopback: the
// org on plain HTTP (and on TLS at an address of choice), the service
// providers under their real host names on one TLS listener with a throw-away
// authority. A folder has one sandbox, kept over runs: its address, authority,
// tokens, passwords and records. What Okta and the service providers say is in
// the packages below; this one gives them a place, a lock and a log.
//
//	<dir>/lock, holder.json        who runs it
//	      kept.json                ports and seeds of the first start
//	      okta.records             the org's records
//	      providers.records        the service providers' records
//	      authority.pem, -key.pem  the throw-away authority
//	      running.json             where it is, while it can be joined
package sandbox

import (
	"strings"
	"time"
)

// Options say how to start a sandbox. The zero value of everything but Dir
// means: as kept from the first start, else the default.
type Options struct {
	// Dir is where everything is kept.
	Dir string
	// Listen is the loopback address of the Okta org; a port alone is one of
	// 127.0.0.1.
	Listen string
	// Ports is where free ports are looked for, as in EnvPorts.
	Ports string
	// OktaTLS is a loopback address at which the org answers on TLS too. A host
	// name in it becomes a name of the org.
	OktaTLS string

	// LetOtherMachinesIn is an address, such as 0.0.0.0:7001, at which other
	// machines reach the org too. Everything else stays on loopback.
	LetOtherMachinesIn string

	Users, Groups int    // seeds of the org: 200 and 40
	Engine        string // oie or classic
	RateLimit     string // okta, free or off
	Policy        string // password or two-factor
	Latency       time.Duration
	LogFile       string
	// Lag is how long the org's search does not know what is new, and how long
	// the members of a group wait for an app that it was given.
	Lag time.Duration
	// Faults are what goes wrong on purpose, at the org and the service
	// providers: KIND[=ARG]@METHOD PATH[#COUNT].
	Faults []string

	// Publish makes the sandbox one that other commands may join.
	Publish bool
	// Command is named to whoever finds the sandbox held.
	Command string
	Version string
}

// Info says where a sandbox is and how to get in. It is encoded as the first
// line of the sandbox command, and holds the sandbox's secrets.
type Info struct {
	Type             string                  `json:"type"`
	Okta             OktaInfo                `json:"okta"`
	ServiceProviders map[string]ProviderInfo `json:"service_providers"`
	TLS              TLSInfo                 `json:"tls"`
}

// OktaInfo says where the org is.
type OktaInfo struct {
	OrgURL   string `json:"org_url"`
	APIToken string `json:"api_token"`
	// ReadOnlyAPIToken belongs to an administrator who may only read.
	ReadOnlyAPIToken string `json:"read_only_api_token,omitempty"`
	// TLSURL is the origin on TLS, where there is one.
	TLSURL string `json:"tls_url,omitempty"`
	// OtherMachines is the address where other machines reach the org, if they
	// were let in.
	OtherMachines string `json:"other_machines,omitempty"`

	People []PersonInfo `json:"people"`
}

// PersonInfo is somebody who can sign in to the org.
type PersonInfo struct {
	Login    string `json:"login"`
	Password string `json:"password"`
}

// ProviderInfo says where a service provider is.
type ProviderInfo struct {
	PortalURL string `json:"portal_url"`
	APIURL    string `json:"api_url"`
	APIToken  string `json:"api_token"`
}

// TLSInfo is the listener of the service providers: to be dialled for any of
// Hosts on port 443, trusting the authority in CAFile.
type TLSInfo struct {
	Address string   `json:"address"`
	CAFile  string   `json:"ca_file"`
	Hosts   []string `json:"hosts"`
}

// NetHosts is the closed list of what exists in the sandbox: the host, or
// host:port, as in a URL, and the address to dial.
func (i Info) NetHosts() map[string]string {
	okta := strings.TrimPrefix(i.Okta.OrgURL, "http://") // an IP address and a port
	hosts := map[string]string{okta: okta}
	for _, host := range i.TLS.Hosts {
		hosts[host] = i.TLS.Address
	}
	return hosts
}
