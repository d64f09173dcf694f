package sandbox

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// authority is the sandbox's certificate authority. Its certificate admits the
// sandbox's own host names and loopback addresses only, so whoever trusts it
// trusts it for nothing else, even when its key gets about.
type authority struct {
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
	file string // certificate as PEM
}

const (
	authorityYears = 10
	renewBefore    = 400 * 24 * time.Hour
	leafDays       = 397 // more is refused by some clients
)

var loopbackRanges = []*net.IPNet{
	{IP: net.IPv4(127, 0, 0, 0).To4(), Mask: net.CIDRMask(8, 32)},
	{IP: net.IPv6loopback, Mask: net.CIDRMask(128, 128)},
}

func authorityFile(dir string) string    { return filepath.Join(dir, "authority.pem") }
func authorityKeyFile(dir string) string { return filepath.Join(dir, "authority-key.pem") }

// loadAuthority reads the kept authority, or makes one. When hosts come to it
// or it nears its end it gets a new certificate for the same key.
func loadAuthority(dir string, hosts []string, now time.Time) (*authority, error) {
	a := &authority{file: authorityFile(dir)}
	var err error
	if a.key, err = loadKey(authorityKeyFile(dir)); err != nil {
		return nil, err
	}
	names := append([]string{"localhost"}, hosts...)
	if a.cert, err = readCertificate(a.file); err != nil {
		return nil, err
	}
	if a.cert != nil && a.key.PublicKey.Equal(a.cert.PublicKey) {
		names = append(names, a.cert.PermittedDNSDomains...) // what an earlier start needed
		slices.Sort(names)
		names = slices.Compact(names)
		if len(names) == len(a.cert.PermittedDNSDomains) && now.Add(renewBefore).Before(a.cert.NotAfter) {
			return a, nil
		}
	}
	slices.Sort(names)
	return a, a.certify(slices.Compact(names), now)
}

func (a *authority) certify(names []string, now time.Time) error {
	tmpl := &x509.Certificate{
		SerialNumber:                serial(),
		Subject:                     pkix.Name{CommonName: "ssowizard sandbox, not for any real site"},
		NotBefore:                   now.Add(-time.Hour),
		NotAfter:                    now.AddDate(authorityYears, 0, 0),
		IsCA:                        true,
		BasicConstraintsValid:       true,
		MaxPathLenZero:              true,
		KeyUsage:                    x509.KeyUsageCertSign,
		ExtKeyUsage:                 []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		PermittedDNSDomainsCritical: true,
		PermittedDNSDomains:         names,
		PermittedIPRanges:           loopbackRanges,
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, a.key.Public(), a.key)
	if err != nil {
		return fmt.Errorf("make the sandbox's authority: %w", err)
	}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		return fmt.Errorf("make the sandbox's authority: %w", err)
	}
	return writeFile(a.file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// leaf makes a certificate for host names and IP addresses. The authority goes
// with it, because browsers that are told of it by its key look for it there.
func (a *authority) leaf(names []string, now time.Time) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("make a certificate: %w", err)
	}
	tmpl := &x509.Certificate{
		SerialNumber:          serial(),
		Subject:               pkix.Name{CommonName: "ssowizard sandbox"},
		NotBefore:             now.Add(-time.Hour),
		NotAfter:              now.AddDate(0, 0, leafDays),
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	names = append([]string{"localhost"}, names...)
	slices.Sort(names)
	for _, n := range slices.Compact(names) {
		ip, err := netip.ParseAddr(n)
		if err != nil {
			tmpl.DNSNames = append(tmpl.DNSNames, n)
		} else {
			tmpl.IPAddresses = append(tmpl.IPAddresses, ip.AsSlice())
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, a.cert, key.Public(), a.key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("make a certificate: %w", err)
	}
	return tls.Certificate{Certificate: [][]byte{der, a.cert.Raw}, PrivateKey: key}, nil
}

func loadKey(path string) (*ecdsa.PrivateKey, error) {
	block, err := readPEM(path)
	if err != nil {
		return nil, err
	}
	if block != nil {
		parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		key, ok := parsed.(*ecdsa.PrivateKey)
		if err != nil || !ok {
			return nil, fmt.Errorf("read %s: not the key of the sandbox's authority: reset the sandbox", path)
		}
		return key, nil
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make the sandbox's authority: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("make the sandbox's authority: %w", err)
	}
	return key, writeFile(path, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

func readCertificate(path string) (*x509.Certificate, error) {
	block, err := readPEM(path)
	if err != nil || block == nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w: reset the sandbox", path, err)
	}
	return cert, nil
}

// readPEM gives the first block of a file, nil without a file.
func readPEM(path string) (*pem.Block, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, fmt.Errorf("read %s: not PEM: reset the sandbox", path)
	}
	return block, nil
}

func serial() *big.Int {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails
	b[0] &= 0x7f
	return new(big.Int).SetBytes(b)
}
