// Package secret holds strings that must not be shown. A String prints as a
// mask in every format, log and encoding; Reveal is called where the wire begins.
package secret

import (
	"encoding"
	"fmt"
	"log/slog"
)

const mask = "[secret]"

// String is a secret. The zero value is empty. The text is kept behind a
// pointer because fmt prints unexported fields of other structs without
// calling their methods.
type String struct{ p *string }

var (
	_ fmt.Formatter          = String{}
	_ encoding.TextMarshaler = String{}
	_ slog.LogValuer         = String{}
)

// New makes a secret of s.
func New(s string) String { return String{&s} }

// Reveal gives the text itself.
func (s String) Reveal() string {
	if s.p == nil {
		return ""
	}
	return *s.p
}

// IsZero tells whether there is no text.
func (s String) IsZero() bool { return s.p == nil || *s.p == "" }

// Format prints the mask for every verb.
func (s String) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(mask)) }

// MarshalText encodes the mask.
func (s String) MarshalText() ([]byte, error) { return []byte(mask), nil }

// LogValue logs the mask.
func (s String) LogValue() slog.Value { return slog.StringValue(mask) }
