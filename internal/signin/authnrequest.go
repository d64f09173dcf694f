package signin

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// authnRequest is what a service provider asks Okta for.
type authnRequest struct {
	ID         string
	ForceAuthn bool // wants a fresh sign-in although there is a session
}

const maxMessage = 1 << 20

// samlRequestOf finds the SAMLRequest parameter of a request, in either binding.
func samlRequestOf(q request) (string, bool) {
	if q.method == http.MethodPost {
		if v := q.form.Get("SAMLRequest"); v != "" {
			return v, true
		}
	}
	v := q.url.Query().Get("SAMLRequest")
	return v, v != ""
}

// readAuthnRequest decodes a SAMLRequest: base64 of XML (HTTP-POST) or of
// deflated XML (HTTP-Redirect).
func readAuthnRequest(encoded string) (authnRequest, error) {
	raw, err := decodeBase64(encoded)
	if err != nil {
		return authnRequest{}, errors.New("SAMLRequest: not base64")
	}
	text := bytes.TrimSpace(raw)
	if len(text) == 0 || text[0] != '<' {
		if text, err = inflate(raw); err != nil {
			return authnRequest{}, errors.New("SAMLRequest: neither XML nor deflated")
		}
	}
	decoder := xml.NewDecoder(bytes.NewReader(text))
	for {
		token, err := decoder.Token()
		if err != nil {
			return authnRequest{}, errors.New("SAMLRequest: no AuthnRequest in it")
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if start.Name.Local != "AuthnRequest" {
			return authnRequest{}, errors.New("SAMLRequest: not an AuthnRequest")
		}
		var req authnRequest
		for _, a := range start.Attr {
			switch {
			case a.Name.Space != "":
			case a.Name.Local == "ID":
				req.ID = a.Value
			case a.Name.Local == "ForceAuthn":
				req.ForceAuthn = a.Value == "true" || a.Value == "1"
			}
		}
		return req, nil
	}
}

// decodeBase64 takes base64 with line breaks, and with blanks where a + was
// undone by a careless URL encoding.
func decodeBase64(text string) ([]byte, error) {
	text = strings.NewReplacer("\r", "", "\n", "", "\t", "", " ", "+", "=", "").Replace(strings.TrimSpace(text))
	return base64.RawStdEncoding.DecodeString(text)
}

// request is one request that is about to be made.
type request struct {
	method string
	url    *url.URL
	form   url.Values // body of a POST
	// initiator is the page that caused it, nil for an address typed in.
	initiator *url.URL
}

// inflate undoes the deflating of the redirect binding, up to the size of a
// message.
func inflate(raw []byte) ([]byte, error) {
	return io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(raw)), maxMessage))
}
