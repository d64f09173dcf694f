package sandbox

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"path/filepath"

	"example.com/ssowizard/internal/sandbox/durable"
)

// open puts the parts together in the order in which they need each other.
func (s *Sandbox) open(ctx context.Context, o Options, parts makers) error {
	k, err := loadKept(s.dir)
	if err != nil {
		return err
	}
	if err := k.merge(o); err != nil {
		return err
	}
	at, err := s.listen(ctx, o, &k)
	if err != nil {
		return err
	}
	if err := writeJSON(keptPath(s.dir), k); err != nil {
		return err
	}
	okta, err := s.openOrg(o, k, parts, at)
	if err != nil {
		return err
	}
	sps, err := s.openProviders(okta, parts, at)
	if err != nil {
		return err
	}
	requests, err := openLog(o.LogFile)
	if err != nil {
		return err
	}
	s.closers = append(s.closers, requests)
	s.info = describe(okta, sps, at, authorityFile(s.dir))
	return s.serve(o, okta, sps, at, requests)
}

// places are the addresses that are listened on.
type places struct {
	okta, sp, oktaTLS, network address
	way                        *oktaWay
	oktaListener, spListener   net.Listener
	oktaOnTLS, networkListener net.Listener // nil where they were not asked for
}

// admitsOkta tells which host names are the org's.
func (p *places) admitsOkta(host string) bool {
	return isLoopback(host) || p.oktaOnTLS != nil && host == p.oktaTLS.host
}

// admitsNetwork tells under which host names other machines reach the org: IP
// addresses, which no page on the web can have as its own name, and the name
// that was given with the address.
func (p *places) admitsNetwork(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil || host == p.network.host && host != ""
}

// listen opens every listener and keeps in k where the first two are.
func (s *Sandbox) listen(ctx context.Context, o Options, k *kept) (*places, error) {
	free, err := parsePorts(o.Ports)
	if err != nil {
		return nil, err
	}
	at := &places{}
	at.way = newOktaWay(at)
	for _, l := range []struct {
		option, asked, purpose string
		keep                   *string
		addr                   *address
		to                     *net.Listener
	}{
		{"listen", o.Listen, "Okta", &k.Listen, &at.okta, &at.oktaListener},
		{"", "", "the service providers", &k.TLS, &at.sp, &at.spListener},
		{"okta-tls", o.OktaTLS, "Okta on TLS", nil, &at.oktaTLS, &at.oktaOnTLS},
		{letIn, o.LetOtherMachinesIn, "other machines", nil, &at.network, &at.networkListener},
	} {
		text, isKept := l.asked, false
		switch {
		case text != "":
		case l.keep == nil:
			continue // not asked for
		case *l.keep != "":
			text, isKept = *l.keep, true
		default:
			text = "127.0.0.1:0"
		}
		var err error
		if *l.addr, err = parseAddress(ctx, l.option, text); err != nil {
			return nil, err
		}
		ln, err := l.addr.listen(ctx, l.purpose, isKept, free)
		if err != nil {
			return nil, err
		}
		*l.to = ln
		s.listeners = append(s.listeners, ln)
		if l.keep != nil {
			*l.keep = l.addr.String()
		}
	}
	return at, nil
}

func (s *Sandbox) openOrg(o Options, k kept, parts makers, at *places) (org, error) {
	records, err := s.records("okta.records")
	if err != nil {
		return nil, err
	}
	made, err := parts.org(orgOptions{
		Log: records, Users: k.Users, Groups: k.Groups, Engine: k.Engine,
		RateLimit: o.RateLimit, TwoFactor: o.Policy == "two-factor", Lag: o.Lag,
		AllowedHosts: at.admits,
	})
	if err != nil {
		return nil, fmt.Errorf("start the sandbox's Okta org: %w", err)
	}
	return made, nil
}

// admits tells whether the org is served under a name on any listener. Which
// names go with which listener the front of each has looked at already.
func (p *places) admits(hostPort string) bool {
	host := hostName(hostPort)
	return p.admitsOkta(host) || p.networkListener != nil && p.admitsNetwork(host)
}

func (s *Sandbox) openProviders(okta org, parts makers, at *places) (providers, error) {
	records, err := s.records("providers.records")
	if err != nil {
		return nil, err
	}
	made, err := parts.providers(providerOptions{
		Log: records, People: known(okta), OktaOrigin: at.okta.origin("http"), IsOkta: at.way.leads, Transport: at.way,
	})
	if err != nil {
		return nil, fmt.Errorf("start the sandbox's service providers: %w", err)
	}
	return made, nil
}

func (s *Sandbox) records(name string) (*durable.Log, error) {
	l, err := durable.Open(filepath.Join(s.dir, name))
	if err != nil {
		return nil, fmt.Errorf("open the sandbox's records: %w", err)
	}
	s.closers = append(s.closers, l)
	return l, nil
}

func describe(okta org, sps providers, at *places, caFile string) Info {
	info := Info{
		Type: "sandbox",
		Okta: OktaInfo{OrgURL: at.okta.origin("http"), APIToken: okta.APIToken(),
			ReadOnlyAPIToken: okta.ReadOnlyToken(), People: []PersonInfo{}},
		ServiceProviders: map[string]ProviderInfo{},
		TLS:              TLSInfo{Address: at.sp.String(), CAFile: caFile, Hosts: sps.Hosts()},
	}
	if at.oktaOnTLS != nil {
		info.Okta.TLSURL = at.oktaTLS.origin("https")
	}
	if at.networkListener != nil {
		info.Okta.OtherMachines = at.network.String()
	}
	for _, p := range okta.Printed() {
		info.Okta.People = append(info.Okta.People, PersonInfo{Login: p.Login, Password: p.Password})
	}
	for _, p := range sps.List() {
		info.ServiceProviders[p.Key] = ProviderInfo{PortalURL: p.PortalURL, APIURL: p.APIURL, APIToken: p.APIToken}
	}
	return info
}
