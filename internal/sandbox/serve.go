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
	spLeaf, err := ca.leaf(sps.Hosts(), now)
	if err != nil {
		return err
	}
	f := &front{log: requests, latency: o.Latency, now: time.Now}
	oktaFront := f.serve(okta, at.admitsOkta, func(string) string { return "okta" })
	spFront := f.serve(sps, admitsProviders(sps), serviceNames(sps))
	if at.oktaOnTLS != nil {
		leaf, err := ca.leaf([]string{"*.localhost", at.oktaTLS.host, at.oktaTLS.ip}, now)
		if err != nil {
			return err
		}
		s.serveOn(at.oktaOnTLS, oktaFront, &leaf, o.Latency)
	}
	s.serveOn(at.spListener, spFront, &spLeaf, o.Latency)
	s.serveOn(at.oktaListener, s.withInstance(oktaFront, at), nil, o.Latency)
	return nil
}

// withInstance adds the page by which a joining command knows the instance.
func (s *Sandbox) withInstance(next http.Handler, at *places) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == instancePath && at.admitsOkta(hostName(r.Host)) {
			s.public.serveInstance(w, r)
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
