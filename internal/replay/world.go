package replay

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// world knows what stands for what: which id, key or name of the answering org
// was given where the recorded org gave another.
type world struct {
	recordedHost string // acme.okta.com, with its port
	liveHost     string
	liveScheme   string
	names        []pair            // generated names, longest first
	tokens       map[string]string // recorded: live
	back         map[string]string // live: recorded
	stamps       map[string]stamps // by owner and member
}

type pair struct{ recorded, live string }

type stamps struct{ recorded, live string }

func newWorld(base string) *world {
	w := &world{tokens: map[string]string{}, back: map[string]string{}, stamps: map[string]stamps{}}
	if u, err := url.Parse(base); err == nil {
		w.liveHost, w.liveScheme = u.Host, u.Scheme
	}
	return w
}

var (
	tokenShape = regexp.MustCompile(`[0-9A-Za-z_-]{15,100}`)
	idShape    = regexp.MustCompile(`^[0-9a-zA-Z]{20}$`)
	idLetters  = regexp.MustCompile(`^(0oa|00[a-zA-Z]|rst|oty|osc|ocs|aln|exk|guo|oag|gfs|aut|ra1|cal|prl|0ua|scp|irb|102|pks|sch)`)
	kidShape   = regexp.MustCompile(`^[0-9A-Za-z_-]{43}$`)
	timeShape  = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$`)
	nameShape  = regexp.MustCompile(`^(.+)_([a-z0-9]*)_(\d+)(_link)?$`)
	orgAddress = regexp.MustCompile(`https?://[a-z0-9-]+\.(okta|oktapreview|okta-emea|dne-okta)\.com`)
	escapedID  = regexp.MustCompile(`^\{?[0-9A-Za-z_-]{20,}\}?$`)
)

// looksLikeID tells whether a text is an id that an org gives, and not a word.
func looksLikeID(s string) bool {
	return idShape.MatchString(s) && idLetters.MatchString(s) || kidShape.MatchString(s) && strings.ToLower(s) != s
}

// translate says a recorded text in the words of the answering org.
func (w *world) translate(text string) string {
	if w.recordedHost != "" {
		for _, scheme := range []string{"https://", "http://"} {
			text = strings.ReplaceAll(text, scheme+w.recordedHost, w.liveScheme+"://"+w.liveHost)
		}
		text = orgAddress.ReplaceAllStringFunc(text, func(address string) string {
			if strings.Contains(address, "-admin.") {
				return address
			}
			return w.liveScheme + "://" + w.liveHost
		})
		text = strings.ReplaceAll(text, "https%3A%2F%2F"+w.recordedHost, url.QueryEscape(w.liveScheme+"://"+w.liveHost))
	}
	for _, p := range w.names {
		text = strings.ReplaceAll(text, p.recorded, p.live)
	}
	return tokenShape.ReplaceAllStringFunc(text, func(t string) string {
		if live, ok := w.tokens[t]; ok {
			return live
		}
		return t
	})
}

func (w *world) pair(recorded, live string) bool {
	known, ok := w.tokens[recorded]
	if ok {
		return known == live
	}
	if _, taken := w.back[live]; taken {
		return false
	}
	w.tokens[recorded], w.back[live] = live, recorded
	return true
}

func (w *world) pairNames(recorded, live string) bool {
	for _, p := range w.names {
		if p.recorded == recorded {
			return p.live == live
		}
	}
	w.names = append(w.names, pair{recorded, live})
	slices.SortFunc(w.names, func(a, b pair) int { return len(b.recorded) - len(a.recorded) })
	return true
}

// same tells whether two texts mean the same, and learns from those that may
// only be translations of each other.
func (w *world) same(member, recorded, live string) bool {
	if recorded == live || w.translate(recorded) == live {
		return true
	}
	switch {
	case recorded == redactedSession:
		return strings.HasPrefix(live, "102") && w.pair(recorded, live)
	case recorded == "REDACTED":
		return live != ""
	case timeShape.MatchString(recorded):
		return timeShape.MatchString(live)
	case random[member]:
		return recorded != "" && live != "" && alphabet(recorded) == alphabet(live)
	case looksLikeID(recorded):
		return looksLikeID(live) && len(recorded) == len(live) && (len(recorded) != 20 || recorded[:3] == live[:3]) && w.pair(recorded, live)
	case isCertificate(recorded):
		return isCertificate(live) && strings.Count(recorded, "\r\n") > 0 == (strings.Count(live, "\r\n") > 0)
	case generated(w.recordedHost, recorded):
		m, n := nameShape.FindStringSubmatch(recorded), nameShape.FindStringSubmatch(live)
		return n != nil && m[2] == n[2] && m[4] == n[4] && w.pairNames(strings.TrimSuffix(recorded, m[4]), strings.TrimSuffix(live, n[4]))
	case strings.Contains(recorded, "/") || strings.HasPrefix(recorded, "orn:"):
		return w.sameAddress(recorded, live)
	}
	return false
}

// redactedSession stands for ids of sessions, which are as good as a password.
const redactedSession = "102SESSIONIDREDACTED"

// random are members whose value is another one each time.
var random = map[string]bool{
	"errorId": true, "n": true, "x5t#S256": true, "secret_hash": true, "csr": true, "client_secret": true,
	"sessionToken": true, "access_token": true, "cell": true,
}

// alphabet is the shape of a random text: which kinds of characters it has at
// most.
func alphabet(s string) string {
	if strings.Trim(s, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_") == "" {
		return "base64url"
	}
	return "text"
}

// generated tells whether a name was made from the org's and a label.
func generated(host, name string) bool {
	m := nameShape.FindStringSubmatch(name)
	return m != nil && strings.HasPrefix(host, m[1]+".")
}

func isCertificate(s string) bool {
	if block, _ := pem.Decode([]byte(s)); block != nil {
		return true
	}
	der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil || len(der) < 100 {
		return false
	}
	_, err = x509.ParseCertificate(der)
	return err == nil
}

// sameAddress compares URLs and the like piece by piece.
func (w *world) sameAddress(recorded, live string) bool {
	a, b := w.pieces(recorded, w.recordedHost), w.pieces(live, w.liveHost)
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] && (!escapedID.MatchString(a[i]) && !generated(w.recordedHost, a[i]) || !w.same("", a[i], b[i])) {
			return false
		}
	}
	return true
}

// pieces cuts an address at its separators. Recordings name one org by several
// hosts, of which some were replaced before publication.
func (w *world) pieces(text, host string) []string {
	for _, scheme := range []string{"https://", "http://"} {
		text = strings.ReplaceAll(text, scheme+host, "{org}")
	}
	text = orgAddress.ReplaceAllStringFunc(text, func(address string) string {
		if strings.Contains(address, "-admin.") {
			return "{admin}"
		}
		return "{org}"
	})
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("/?&=:", r) })
}

// moved compares whether a time of an object is another than the last one seen.
func (w *world) moved(owner, member, recorded, live string) bool {
	key := owner + " " + member
	before, seen := w.stamps[key]
	w.stamps[key] = stamps{recorded, live}
	return !seen || (before.recorded != recorded) == (before.live != live)
}
