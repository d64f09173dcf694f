package catalog_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"sync"
	"testing"
	"time"
)

// Two throw-away certificates, made once.
var makeCertificates = sync.OnceValues(func() ([2][]byte, error) {
	var out [2][]byte
	for i := range out {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return out, err
		}
		template := &x509.Certificate{SerialNumber: big.NewInt(int64(i + 1)), Subject: pkix.Name{CommonName: "acme"},
			NotBefore: time.Unix(1_700_000_000, 0), NotAfter: time.Unix(2_000_000_000, 0)}
		if out[i], err = x509.CreateCertificate(rand.Reader, template, template, key.Public(), key); err != nil {
			return out, err
		}
	}
	return out, nil
})

func certificateDER(t *testing.T) []byte {
	t.Helper()
	ders, err := makeCertificates()
	if err != nil {
		t.Fatal(err)
	}
	return ders[0]
}

func certificatePEM(t *testing.T) string {
	t.Helper()
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificateDER(t)}))
}

func otherPEM(t *testing.T) string {
	t.Helper()
	ders, err := makeCertificates()
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ders[1]}))
}
