package okta

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"io"
	"sync"
)

const (
	base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	idSize = 20
	// seedEra and liveEra stand after an id's prefix. Everything that the org
	// was born with sorts before everything made later, so that a list of apps
	// begins with Okta's own, as in every real org.
	seedEra = '1'
	liveEra = 'k'
)

// random hands out random values; safe for concurrent use.
type random struct {
	mu     sync.Mutex
	source io.Reader
}

func newRandom(source io.Reader) *random {
	if source == nil {
		source = rand.Reader
	}
	return &random{source: source}
}

func (r *random) bytes(n int) []byte {
	b := make([]byte, n)
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, err := io.ReadFull(r.source, b); err != nil {
		// A source that is given may end; the system's never does.
		_, _ = rand.Read(b)
	}
	return b
}

// text is n characters of base62. 256 is no multiple of 62: the slight
// preference for the first characters does no harm in names.
func (r *random) text(n int) string {
	b := r.bytes(n)
	for i := range b {
		b[i] = base62[int(b[i])%len(base62)]
	}
	return string(b)
}

// id makes an id of Okta's form: a prefix that tells the type, 20 characters.
func (r *random) id(prefix string, era byte) string {
	return prefix + string(era) + r.text(idSize-len(prefix)-1)
}

// url is n random bytes in base64url: key ids (32 bytes, 43 characters).
func (r *random) url(n int) string { return base64.RawURLEncoding.EncodeToString(r.bytes(n)) }

func (r *random) hex(n int) string { return hex.EncodeToString(r.bytes(n)) }
