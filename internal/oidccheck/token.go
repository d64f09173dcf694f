package oidccheck

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
)

// maxToken bounds a token; one of Okta has a few kilobytes.
const maxToken = 256 << 10

// token is a JWT in its three parts. Members keep their exact names: a decoder
// that takes "ISS" for "iss" reads another token than the relying party.
type token struct {
	header, claims map[string]json.RawMessage
	signed         []byte // what the signature covers
	signature      []byte
}

func parse(text string) (*token, error) {
	text = strings.TrimSpace(text)
	parts := strings.Split(text, ".")
	switch {
	case text == "":
		return nil, errors.New("no ID token")
	case len(text) > maxToken:
		return nil, errors.New("an ID token that is too long")
	case len(parts) == 5:
		return nil, errors.New("an encrypted ID token, which only the relying party can read")
	case len(parts) != 3:
		return nil, fmt.Errorf("a text of %d parts, where a signed JWT has three", len(parts))
	}
	t := &token{signed: []byte(parts[0] + "." + parts[1])}
	var err error
	if t.header, err = object(parts[0]); err != nil {
		return nil, fmt.Errorf("a JWT whose header %w", err)
	}
	if t.claims, err = object(parts[1]); err != nil {
		return nil, fmt.Errorf("a JWT whose claims %w", err)
	}
	if t.signature, err = decode(parts[2]); err != nil {
		return nil, errors.New("a JWT whose signature is not base64url")
	}
	if _, extended := t.header["crit"]; extended {
		return nil, errors.New("a JWT with critical extensions (crit), which nobody here understands")
	}
	return t, nil
}

func decode(part string) ([]byte, error) { return base64.RawURLEncoding.Strict().DecodeString(part) }

func object(part string) (map[string]json.RawMessage, error) {
	raw, err := decode(part)
	if err != nil {
		return nil, errors.New("is not base64url")
	}
	members, err := uniqueMembers(raw)
	if err != nil {
		return nil, err
	}
	return members, nil
}

// uniqueMembers reads a JSON object that names no member twice: of two, two
// readers could take different ones.
func uniqueMembers(raw []byte) (map[string]json.RawMessage, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return nil, errors.New("is no JSON object")
	}
	members := map[string]json.RawMessage{}
	for d.More() {
		name, err := d.Token()
		key, isText := name.(string)
		if err != nil || !isText {
			return nil, errors.New("is no JSON object")
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, errors.New("is no JSON object")
		}
		if _, twice := members[key]; twice {
			return nil, fmt.Errorf("names %q twice", key)
		}
		members[key] = value
	}
	if _, err := d.Token(); err != nil {
		return nil, errors.New("is no JSON object")
	}
	if rest := raw[d.InputOffset():]; len(bytes.TrimSpace(rest)) > 0 {
		return nil, errors.New("is followed by something else")
	}
	return members, nil
}

// text is a claim that is a text; false when it is absent or something else.
func (t *token) text(name string) (string, bool) { return textOf(t.claims[name]) }

func textOf(raw json.RawMessage) (string, bool) {
	var s *string
	if json.Unmarshal(raw, &s) != nil || s == nil {
		return "", false
	}
	return *s, true
}

// show is a claim as a person may read it.
func (t *token) show(name string) string {
	raw, there := t.claims[name]
	if !there || string(raw) == "null" {
		return notGiven
	}
	if s, ok := textOf(raw); ok {
		return s
	}
	return string(raw)
}

// moment is a claim that is a time; false when it is absent or something else.
func (t *token) moment(name string) (time.Time, bool) {
	var n *float64
	if json.Unmarshal(t.claims[name], &n) != nil || n == nil || math.IsNaN(*n) || math.Abs(*n) > 1e11 {
		return time.Time{}, false
	}
	whole, part := math.Modf(*n)
	return time.Unix(int64(whole), int64(part*float64(time.Second))).UTC(), true
}

// audiences is the aud claim: one text or a list of them.
func (t *token) audiences() ([]string, bool) {
	if one, ok := t.text("aud"); ok {
		return []string{one}, true
	}
	var list []*string
	if json.Unmarshal(t.claims["aud"], &list) != nil {
		return nil, false
	}
	var out []string
	for _, s := range list {
		if s == nil {
			return nil, false
		}
		out = append(out, *s)
	}
	return out, len(out) > 0
}
