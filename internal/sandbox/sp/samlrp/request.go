package samlrp

import (
	"fmt"
	"net/url"
	"time"

	"github.com/crewjam/saml"
)

// Request is an authentication request that a service provider makes.
type Request struct {
	ID         string // unique; must begin with a letter or underscore
	Issuer     string // SP entity ID
	ACSURL     string
	LoginURL   string // the identity provider's sign-on URL
	Now        time.Time
	RelayState string
}

// URL returns the address that the browser is sent to with the request
// (HTTP-Redirect binding). Query members of the login URL are kept.
func (r Request) URL() (string, error) {
	format, create := string(saml.EmailAddressNameIDFormat), true
	request := saml.AuthnRequest{
		ID:                          r.ID,
		Version:                     "2.0",
		IssueInstant:                r.Now.UTC(),
		Destination:                 r.LoginURL,
		Issuer:                      &saml.Issuer{Value: r.Issuer},
		NameIDPolicy:                &saml.NameIDPolicy{Format: &format, AllowCreate: &create},
		AssertionConsumerServiceURL: r.ACSURL,
		ProtocolBinding:             saml.HTTPPostBinding,
	}
	// The library puts the RelayState into the query as it is.
	to, err := request.Redirect(url.QueryEscape(r.RelayState), &saml.ServiceProvider{})
	if err != nil {
		return "", fmt.Errorf("make authentication request for %s: %w", r.LoginURL, err)
	}
	return to.String(), nil
}
