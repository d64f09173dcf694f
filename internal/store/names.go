package store

import (
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
)

// Folder names are made so that every name maps to one folder of its own below
// its parent, on systems that fold case or reserve names too: what is not a
// lower-case letter, digit, dot or hyphen becomes %XX.

var (
	portSuffix = regexp.MustCompile(`^(.+)_([0-9]+)$`)
	// deviceName is what Windows takes for a device, whatever its extension.
	deviceName = regexp.MustCompile(`^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)`)
)

func normalHost(host string) string { return strings.ToLower(host) }

// hostFolder writes the colon before a port as "_", which no host has unescaped.
func hostFolder(host string) string {
	host = normalHost(host)
	if i := strings.LastIndexByte(host, ':'); i > 0 && isDigits(host[i+1:]) {
		return guard(escape(host[:i], "") + "_" + host[i+1:])
	}
	return guard(escape(host, ""))
}

func hostOf(folder string) (string, bool) {
	folder = strings.TrimSuffix(folder, "%")
	if m := portSuffix.FindStringSubmatch(folder); m != nil {
		host, ok := unescape(m[1])
		return host + ":" + m[2], ok
	}
	return unescape(folder)
}

func nameFolder(name string) string { return guard(escape(name, "_")) }

func nameOf(folder string) (string, bool) {
	return unescape(strings.TrimSuffix(folder, "%"))
}

// guard adds a "%" to what some system would not take as a folder's name.
func guard(folder string) string {
	if folder == "" || strings.HasSuffix(folder, ".") || deviceName.MatchString(folder) {
		return folder + "%"
	}
	return folder
}

// escape keeps a leading dot out, so that no name is hidden or leads upwards.
func escape(s, also string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '-', c == '.' && i > 0,
			strings.IndexByte(also, c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

func unescape(s string) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			b.WriteByte(s[i])
			continue
		}
		if i+3 > len(s) {
			return "", false
		}
		c, err := hex.DecodeString(s[i+1 : i+3])
		if err != nil {
			return "", false
		}
		b.Write(c)
		i += 2
	}
	return b.String(), true
}

func isDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
