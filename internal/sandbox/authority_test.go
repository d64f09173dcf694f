package sandbox_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"example.com/ssowizard/internal/sandbox"
)

func pemBlock(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	must(t, err)
	block, _ := pem.Decode(data)
	if block == nil {
		t.Fatalf("%s is not PEM", path)
	}
	return block.Bytes
}

// Whoever gets the authority's key cannot use it against other sites.
func TestAuthorityCanVouchForItsOwnHostsOnly(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	info := start(t, sandbox.Options{Dir: dir}).Info()
	ca, err := x509.ParseCertificate(pemBlock(t, info.TLS.CAFile))
	must(t, err)
	key, err := x509.ParsePKCS8PrivateKey(pemBlock(t, filepath.Join(dir, "authority-key.pem")))
	must(t, err)
	forge := func(isCA bool, names []string, ips ...net.IP) *x509.Certificate {
		leafKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		must(t, err)
		der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
			SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "forged"}, DNSNames: names, IPAddresses: ips,
			NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
			IsCA: isCA, BasicConstraintsValid: true,
			ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		}, ca, leafKey.Public(), key)
		must(t, err)
		leaf, err := x509.ParseCertificate(der)
		must(t, err)
		return leaf
	}
	roots := x509.NewCertPool()
	roots.AddCert(ca)
	for _, tt := range []struct {
		leaf *x509.Certificate
		name string
		ok   bool
	}{
		{forge(false, []string{"app.net2phone.com"}), "app.net2phone.com", true},
		{forge(false, []string{"localhost"}), "localhost", true},
		{forge(false, nil, net.IPv4(127, 0, 0, 1)), "127.0.0.1", true},
		{forge(false, []string{"www.okta.com"}), "www.okta.com", false},
		{forge(false, []string{"net2phone.com"}), "net2phone.com", false},
		{forge(false, []string{"app.net2phone.com", "evil.example"}), "app.net2phone.com", false},
		{forge(false, nil, net.IPv4(10, 0, 0, 1)), "10.0.0.1", false},
	} {
		_, err := tt.leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: tt.name})
		if (err == nil) != tt.ok {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	if !ca.IsCA || !ca.MaxPathLenZero || ca.MaxPathLen != 0 {
		t.Error("it can make further authorities")
	}
}

func TestServerSendsItsAuthority(t *testing.T) {
	t.Parallel()
	info := start(t, sandbox.Options{Dir: t.TempDir()}).Info()
	for _, name := range []string{"app.net2phone.com", "auth.net2phone.com", "localhost", "127.0.0.1"} {
		roots := x509.NewCertPool()
		ca, err := x509.ParseCertificate(pemBlock(t, info.TLS.CAFile))
		must(t, err)
		roots.AddCert(ca)
		d := tls.Dialer{Config: &tls.Config{RootCAs: roots, ServerName: name, NextProtos: []string{"h2"}}}
		conn, err := d.DialContext(t.Context(), "tcp", info.TLS.Address)
		must(t, err)
		st := conn.(*tls.Conn).ConnectionState()
		if n := len(st.PeerCertificates); n != 2 || !bytes.Equal(st.PeerCertificates[1].Raw, ca.Raw) || st.NegotiatedProtocol != "h2" {
			t.Errorf("%s: %d certificates, %q", name, n, st.NegotiatedProtocol)
		}
		must(t, conn.Close())
	}
}

func TestAuthorityIsCertifiedAgainWithTheSameKey(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	now := time.Now()
	read := func() *x509.Certificate {
		c, err := x509.ParseCertificate(pemBlock(t, filepath.Join(dir, "authority.pem")))
		must(t, err)
		return c
	}
	load := func(at time.Time, hosts ...string) *x509.Certificate {
		_, err := sandbox.LoadAuthority(dir, hosts, at)
		must(t, err)
		return read()
	}
	first := load(now, "a.example")
	same := load(now.AddDate(1, 0, 0), "a.example")
	more := load(now, "b.example")
	both := load(now, "a.example")
	late := load(now.AddDate(9, 6, 0), "a.example")
	if !first.Equal(same) || first.Equal(more) || !more.Equal(both) || both.Equal(late) {
		t.Error("certified again without need, or not when needed")
	}
	if !late.PublicKey.(*ecdsa.PublicKey).Equal(first.PublicKey) || late.NotAfter.Before(now.AddDate(19, 0, 0)) {
		t.Error("another key, or not renewed")
	}
}

func TestAddressesMustBeLoopback(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"8080": "127.0.0.1:8080", "127.0.0.1:80": "127.0.0.1:80", "127.9.9.9:1": "127.9.9.9:1",
		"localhost:443": "127.0.0.1:443", "Acme.localhost:443": "127.0.0.1:443", "[::1]:443": "[::1]:443",
		":8080": "", "0.0.0.0:1": "", "[::]:1": "", "192.168.1.5:80": "", "127.0.0.1": "", "127.0.0.1:x": "",
		"127.0.0.1:70000": "", "127.0.0.1:-1": "", "": "", "a.invalid:1": "",
	} {
		got, err := sandbox.ParseAddress(context.Background(), "listen", text)
		if want == "" {
			if e := new(sandbox.OptionsError); !errors.As(err, &e) || e.Option != "listen" {
				t.Errorf("%q: %v, %v", text, got, err)
			}
			continue
		}
		if err != nil || got.String() != want {
			t.Errorf("%q: %v, %v; want %s", text, got, err, want)
		}
	}
}

func FuzzParseAddress(f *testing.F) {
	for _, s := range []string{"1", "127.0.0.1:1", "[::1]:1", "x:y:z"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel() // no name is looked up
		got, err := sandbox.ParseAddress(ctx, "listen", text)
		if err != nil {
			return
		}
		host, _, err := net.SplitHostPort(got.String())
		if err != nil || !net.ParseIP(host).IsLoopback() {
			t.Errorf("%q gives %s", text, got)
		}
	})
}
