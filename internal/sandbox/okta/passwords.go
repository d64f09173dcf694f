package okta

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
)

// password is one that was set: never the text.
type password struct {
	Salt []byte `json:"salt"`
	Hash []byte `json:"hash"`
}

const passwordRounds = 4096

func (o *Org) newPassword(text string) *password {
	salt := o.random.bytes(16)
	return &password{Salt: salt, Hash: derive(text, salt)}
}

func derive(text string, salt []byte) []byte {
	hash, err := pbkdf2.Key(sha256.New, text, salt, passwordRounds, 32)
	if err != nil {
		return nil // only for impossible parameters
	}
	return hash
}

// firstPassword is the one a seeded person begins with: from the kept seed, so
// that it is random, the same after a restart, and nowhere stored.
func (o *Org) firstPassword(id string) string {
	mac := hmac.New(sha256.New, o.meta.Seed)
	mac.Write([]byte("password of " + id))
	return "Okta-" + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))[:16]
}

// checkPassword takes the same time for every wrong password of a person.
func (o *Org) checkPassword(p *person, text string) bool {
	if !p.HasPassword {
		return false
	}
	if p.Password == nil {
		return subtle.ConstantTimeCompare([]byte(o.firstPassword(p.ID)), []byte(text)) == 1
	}
	hash := derive(text, p.Password.Salt)
	return len(hash) > 0 && subtle.ConstantTimeCompare(p.Password.Hash, hash) == 1
}
