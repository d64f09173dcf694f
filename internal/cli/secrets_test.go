package cli_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/go-jose/go-jose/v4"
	"github.com/rogpeppe/go-internal/testscript"
)

// noSecrets looks for every secret that the script knows, in every form in
// which one could slip out, in files and folders; stdout and stderr are those
// of the last run. Negated, each path has to hold one.
func noSecrets(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) == 0 {
		ts.Fatalf("usage: nosecrets PATH…")
	}
	for _, arg := range args {
		found := ""
		if arg == "stdout" || arg == "stderr" {
			found = findSecret(worldOf(ts).secrets, []byte(ts.ReadFile(arg)))
		} else {
			found = searchTree(ts, ts.MkAbs(arg))
		}
		if (found == "") == neg {
			ts.Fatalf("%s: %q", arg, found)
		}
	}
}

func searchTree(ts *testscript.TestScript, root string) string {
	found := ""
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || found != "" {
			return err
		}
		data, err := os.ReadFile(path)
		if name := findSecret(worldOf(ts).secrets, append([]byte(path+"\n"), data...)); name != "" {
			found = name + " in " + path
		}
		return err
	})
	ts.Check(err)
	return found
}

func findSecret(secrets map[string]string, in []byte) string {
	for name, value := range secrets {
		for form, text := range formsOf(value) {
			if bytes.Contains(in, []byte(text)) {
				return name + " (" + form + ")"
			}
		}
	}
	return ""
}

// formsOf are the ways to write a secret. Base64 comes in three shifts, by how
// many bytes stand before it.
func formsOf(secret string) map[string]string {
	inJSON, err := json.Marshal(secret)
	if err != nil {
		panic(err) // strings always encode
	}
	forms := map[string]string{
		"plain": secret, "in a URL": url.QueryEscape(secret), "in a path": url.PathEscape(secret),
		"hex": hex.EncodeToString([]byte(secret)), "in JSON": strings.Trim(string(inJSON), `"`),
		"reversed": reversed(secret),
	}
	for shift := range 3 {
		for form, enc := range map[string]*base64.Encoding{"base64": base64.RawStdEncoding, "base64url": base64.RawURLEncoding} {
			text := enc.EncodeToString([]byte(strings.Repeat("\x00", shift) + secret))
			from := []int{0, 2, 3}[shift]
			forms[form+strings.Repeat("+", shift)] = text[from : len(text)-2]
		}
	}
	return forms
}

func reversed(s string) string {
	r := []rune(s)
	slices.Reverse(r)
	return string(r)
}

// keyOf is the key of the scripts' service app.
type keyOf struct {
	pem []byte
	jwk string // the public half
	d   string // a piece of the private half, as PEM shows it
}

var makeKey = sync.OnceValues(func() (keyOf, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return keyOf{}, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return keyOf{}, err
	}
	public, err := jose.JSONWebKey{Key: key.Public(), KeyID: "pipeline", Use: "sig", Algorithm: string(jose.RS256)}.MarshalJSON()
	if err != nil {
		return keyOf{}, err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	return keyOf{pem: text, jwk: string(public), d: strings.Split(string(text), "\n")[12]}, nil
})

func serviceKey(ts *testscript.TestScript) keyOf {
	key, err := makeKey()
	ts.Check(err)
	return key
}
