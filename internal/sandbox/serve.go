package sandbox

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"time"
)

// serve begins to answer on every listener.
func (s *Sandbox) serve(o Options, okta org, sps providers, at *places, requests *requestLog) error {
	now := time.Now()
	hosts := slices.Clone(sps.Hosts())
	if name := at.oktaTLS.host; at.oktaOnTLS != nil && !isLoopback(name) {
		hosts = append(hosts, name)
	}
	ca, err := loadAuthority(s.dir, hosts, now)
	if err != nil {
		return err
	}
	at.way.trusts(ca)
	spLeaf, err := ca.leaf(sps.Hosts(), now)
	if err != nil {
		return err
	}
	wrong, err := parseFaults(o.Faults)
	if err != nil {
		return err
	}
	f := &front{log: requests, recent: &recent{}, latency: o.Latency, faults: wrong, now: time.Now}
	isOkta := func(string) string { return "okta" }
	oktaFront := f.serve(okta, at.admitsOkta, isOkta)
	page := &console{info: s.info, org: okta, recent: f.recent}
	spFront := f.serve(sps, admitsProviders(sps), serviceNames(sps))
	if at.oktaOnTLS != nil {
		leaf, err := ca.leaf([]string{"*.localhost", at.oktaTLS.host, at.oktaTLS.ip}, now)
		if err != nil {
			return err
		}
		s.serveOn(at.oktaOnTLS, withPage(oktaFront, consolePath, page, at), &leaf, o.Latency)
	}
	if at.networkListener != nil {
		s.serveOn(at.networkListener, f.serve(okta, at.admitsNetwork, isOkta), nil, o.Latency)
	}
	s.serveOn(at.spListener, spFront, &spLeaf, o.Latency)
	own := withPage(oktaFront, instancePath, http.HandlerFunc(s.public.serveInstance), at)
	s.serveOn(at.oktaListener, withPage(own, consolePath, page, at), nil, o.Latency)
	return nil
}

// withPage adds a page of the sandbox's own to the org, under the org's names.
func withPage(next http.Handler, path string, page http.Handler, at *places) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == path && at.admitsOkta(hostName(r.Host)) {
			page.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func admitsProviders(sps providers) func(string) bool {
	hosts := sps.Hosts()
	// Loopback names get the providers' own answer, which says what is missing.
	return func(host string) bool { return slices.Contains(hosts, host) || isLoopback(host) }
}

func serviceNames(sps providers) func(string) string {
	names := map[string]string{}
	for _, p := range sps.List() {
		for _, host := range p.Hosts {
			names[host] = p.Key
		}
	}
	return func(host string) string {
		if name, ok := names[host]; ok {
			return name
		}
		return "unknown"
	}
}

// serveOn answers on ln until Close; with a certificate, on TLS.
func (s *Sandbox) serveOn(ln net.Listener, h http.Handler, cert *tls.Certificate, latency time.Duration) {
	srv := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		WriteTimeout:      latency + 2*time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          log.New(io.Discard, "", 0), // it would write over a wizard's screen
		BaseContext:       func(net.Listener) context.Context { return s.base },
	}
	if cert != nil {
		srv.TLSConfig = &tls.Config{Certificates: []tls.Certificate{*cert}, MinVersion: tls.VersionTLS12}
	}
	s.servers = append(s.servers, srv)
	s.serving.Go(func() {
		var err error
		if cert == nil {
			err = srv.Serve(ln)
		} else {
			err = srv.ServeTLS(ln, "", "")
		}
		if !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
			s.mu.Lock()
			s.serveErr = errors.Join(s.serveErr, fmt.Errorf("sandbox: serve %s: %w", ln.Addr(), err))
			s.mu.Unlock()
			go func() { _ = s.Close() }() // a part of a sandbox is none
		}
	})
}
