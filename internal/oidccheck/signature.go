package oidccheck

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
)

// rs256 is the one algorithm that Okta signs ID tokens with. "none" proves
// nothing, and HS256 would let everybody sign who knows the client secret, or
// who takes a public key for one.
const rs256 = "RS256"

// smallest modulus of a key, in bits.
const smallestKey = 2048

// webKey is a key of a JWKS.
type webKey struct {
	KID       string `json:"kid"`
	Type      string `json:"kty"`
	Use       string `json:"use"`
	Algorithm string `json:"alg"`
	N         string `json:"n"`
	E         string `json:"e"`
}

func (t *token) algorithm() string {
	alg, _ := textOf(t.header["alg"])
	return alg
}

func checkAlgorithm(r *reading) (bool, string) {
	alg, there := textOf(r.token.header["alg"])
	if !there {
		return false, notGiven
	}
	return alg == rs256, alg
}

// checkSignature needs the key that the token names. Without a name each key
// is tried.
func checkSignature(r *reading) (bool, string) {
	if r.token.algorithm() != rs256 {
		return false, NotChecked + "the algorithm is not " + rs256
	}
	keys, err := signingKeys(r.Keys)
	if err != nil {
		return false, NotChecked + err.Error()
	}
	kid, named := textOf(r.token.header["kid"])
	tried := 0
	for _, k := range keys {
		if named && k.KID != kid {
			continue
		}
		tried++
		public, err := k.public()
		switch {
		case err != nil && named:
			return false, fmt.Sprintf("%skey %q %s", NotChecked, k.KID, err)
		case err != nil: // one of the others may be the one
			continue
		}
		sum := sha256.Sum256(r.token.signed)
		if rsa.VerifyPKCS1v15(public, crypto.SHA256, sum[:], r.token.signature) == nil {
			return true, "signed with key " + k.KID
		}
	}
	if named && tried == 0 {
		return false, fmt.Sprintf("signed with key %q, which the authorization server does not publish", kid)
	}
	return false, "the signature does not fit the key"
}

// signingKeys reads a JWKS and keeps what may have signed with RS256.
func signingKeys(jwks []byte) ([]webKey, error) {
	if len(jwks) == 0 {
		return nil, errors.New("the keys of the authorization server are not known")
	}
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(jwks, &set); err != nil {
		return nil, errors.New("the key set of the authorization server cannot be read")
	}
	var keys []webKey
	for _, raw := range set.Keys {
		var k webKey
		// A key of a kind that is not understood is no obstacle to the others.
		if json.Unmarshal(raw, &k) != nil || k.Type != "RSA" ||
			k.Use != "" && k.Use != "sig" || k.Algorithm != "" && k.Algorithm != rs256 {
			continue
		}
		keys = append(keys, k)
	}
	if len(keys) == 0 {
		return nil, errors.New("the authorization server publishes no RSA key")
	}
	return keys, nil
}

func (k webKey) public() (*rsa.PublicKey, error) {
	n, err := base64.RawURLEncoding.DecodeString(k.N)
	if err != nil {
		return nil, errors.New("has a modulus that cannot be read")
	}
	e, err := base64.RawURLEncoding.DecodeString(k.E)
	if err != nil || len(e) == 0 || len(e) > 4 {
		return nil, errors.New("has an exponent that cannot be read")
	}
	key := &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}
	switch {
	case key.N.BitLen() < smallestKey:
		return nil, fmt.Errorf("has %d bits, and %d are the least", key.N.BitLen(), smallestKey)
	case key.N.BitLen() > 16384, key.E < 3, key.E > 1<<31-1:
		return nil, errors.New("is of a size that nobody uses")
	}
	return key, nil
}
