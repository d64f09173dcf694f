package oidc

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	grantDevice = "urn:ietf:params:oauth:grant-type:device_code"

	deviceLife     = 10 * time.Minute
	deviceInterval = 5 * time.Second
)

// device is a sign-in that waits for a person at another machine.
type device struct {
	userCode string
	clientID string
	scopes   []string
	expires  time.Time
	polled   time.Time
	form     string // the token of the page that asks for the consent
	formOf   string // and the person it was shown to

	denied bool
	grant  *grant // once somebody agreed
}

// deviceAnswer begins the sign-in of a device.
type deviceAnswer struct {
	DeviceCode string `json:"device_code"`
	UserCode   string `json:"user_code"`
	URI        string `json:"verification_uri"`
	Complete   string `json:"verification_uri_complete"`
	ExpiresIn  int    `json:"expires_in"`
	Interval   int    `json:"interval"`
}

// authorizeDevice gives a device its two codes.
func (s *Server) authorizeDevice(w http.ResponseWriter, r *http.Request, form url.Values) {
	c, err := s.authenticate(r, form)
	q := request{client: c}
	if err == nil && !slices.Contains(c.GrantTypes, grantDevice) {
		err = badRequest("unauthorized_client", unauthorizedGrant(c))
	}
	if err == nil {
		err = checkScopes(&q, form)
	}
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	code, d := deviceCode(), &device{clientID: c.ID, scopes: q.scopes, expires: s.dir.Now().Add(deviceLife)}
	s.keepDevice(code, d)
	at := s.dir.Base(r) + activatePath
	writeJSON(w, http.StatusOK, deviceAnswer{
		code, d.userCode, at, at + "?user_code=" + d.userCode, int(deviceLife.Seconds()), int(deviceInterval.Seconds()),
	})
}

// keepDevice gives the device a user code that no other has, and drops those
// that have run out.
func (s *Server) keepDevice(code string, d *device) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, old := range s.devices {
		if s.dir.Now().After(old.expires.Add(deviceLife)) {
			delete(s.devices, key)
		}
	}
	for d.userCode = userCode(); s.deviceOf(d.userCode) != nil; {
		d.userCode = userCode()
	}
	s.devices[code] = d
}

// deviceOf is the device that waits with a user code. The caller holds the lock.
func (s *Server) deviceOf(userCode string) *device {
	for _, d := range s.devices {
		if d.userCode == userCode && s.dir.Now().Before(d.expires) && !d.denied && d.grant == nil {
			return d
		}
	}
	return nil
}

// deviceCode has the form of a UUID.
func deviceCode() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // crypto/rand never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// userCode is eight letters that are not mistaken for each other.
func userCode() string {
	const letters = "BCDFGHJKLMNPQRSTVWXZ"
	b := make([]byte, 8)
	_, _ = rand.Read(b)
	for i := range b {
		b[i] = letters[int(b[i])%len(letters)]
	}
	return string(b)
}

// redeemDevice answers a device that asks whether somebody has agreed yet.
func (s *Server) redeemDevice(form url.Values, c Client, _ issue) (grant, error) {
	code := form.Get("device_code")
	if code == "" {
		return grant{}, badRequest("invalid_request", "The 'device_code' parameter is required.")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	d, now := s.devices[code], s.dir.Now()
	switch {
	case d == nil || d.clientID != c.ID:
		return grant{}, invalidGrant("The device code is invalid.")
	case !now.Before(d.expires):
		return grant{}, badRequest("expired_token", "The device code has expired.")
	case d.denied:
		delete(s.devices, code)
		return grant{}, badRequest("access_denied", "The resource owner or authorization server denied the request.")
	case d.grant == nil:
		early := !d.polled.IsZero() && now.Sub(d.polled) < deviceInterval
		d.polled = now
		if early {
			return grant{}, badRequest("slow_down", "The device is polling too frequently.")
		}
		return grant{}, badRequest("authorization_pending", "The device authorization is pending. Please try again later.")
	}
	delete(s.devices, code)
	person, known := s.dir.Person(d.grant.personID)
	if _, assigned := s.dir.UserName(c.AppID, d.grant.personID); !known || !person.Active || !assigned {
		return grant{}, badRequest("access_denied", "The resource owner or authorization server denied the request.")
	}
	return *d.grant, nil
}

// normalCode reads a user code as people type it.
func normalCode(typed string) string {
	return strings.ToUpper(strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' {
			return -1
		}
		return r
	}, typed))
}
