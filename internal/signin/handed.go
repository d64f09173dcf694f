package signin

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf16"

	"example.com/ssowizard/internal/samlcheck"
	"example.com/ssowizard/internal/sso"
)

// MaxHanded bounds what a person may bring, in bytes. A recording of a whole
// visit to a portal has tens of megabytes, everything else a few kilobytes.
const MaxHanded = 64 << 20

// maxLoose bounds what is not a recording.
const maxLoose = 4 << 20

// Handed is Okta's answer as a person copied or saved it.
type Handed struct {
	Response   []byte // XML
	PostedTo   string // "" where it was not seen
	RelayState string
	RequestID  string // ID of the AuthnRequest
	asked      bool   // it is known whether, and with which request, Okta was asked

	// What a recording tells of what came after; outcome is "" where it does not.
	outcome  sso.Outcome
	status   int
	finalURL string
	words    string
}

const howToBring = "bring the SAMLResponse of the POST to the ACS URL (base64 or XML), the page of Okta that posts it (HTML), or a recording of the sign-in (HAR file)"

// ReadHanded finds Okta's answer in what a person brings: the SAMLResponse as
// XML or base64, the body of the POST, the page of Okta with the form that posts
// itself, or a HAR file. Of several answers in a recording the last is taken
// that fits the flow. An error says what was found instead.
func ReadHanded(data []byte, flow sso.Flow) (Handed, error) {
	if len(data) > MaxHanded {
		return Handed{}, refuse(fmt.Sprintf("%d bytes are too much", len(data)), howToBring)
	}
	data = bytes.TrimSpace(asUTF8(data))
	switch {
	case len(data) == 0:
		return Handed{}, refuse("nothing was given", howToBring)
	case data[0] == '{' || data[0] == '[':
		return readJSON(data, flow)
	case len(data) > maxLoose:
		return Handed{}, refuse(fmt.Sprintf("%d bytes are too much for anything but a HAR file", len(data)), howToBring)
	case data[0] == '<':
		return readMarkup(data)
	}
	return readText(string(data))
}

// asUTF8 undoes the encoding that some programs on Windows save text in.
func asUTF8(data []byte) []byte {
	little, big := bytes.HasPrefix(data, []byte{0xff, 0xfe}), bytes.HasPrefix(data, []byte{0xfe, 0xff})
	if !little && !big {
		return bytes.TrimPrefix(data, []byte("\ufeff"))
	}
	var units []uint16
	for i := 2; i+1 < len(data); i += 2 {
		low, high := data[i], data[i+1]
		if big {
			low, high = high, low
		}
		units = append(units, uint16(low)|uint16(high)<<8)
	}
	return []byte(string(utf16.Decode(units)))
}

// readMarkup takes XML or HTML.
func readMarkup(data []byte) (Handed, error) {
	root, ok := xmlRoot(data)
	switch {
	case ok && root.Local == "Response":
		return readResponse(data)
	case !ok && prefixed.Match(data):
		return readResponse(data)
	case ok && !strings.EqualFold(root.Local, "html") && instead[root.Local] != "":
		return Handed{}, refuse("this is "+instead[root.Local]+", not Okta's answer", howToBring)
	}
	return readPage(newPage(&url.URL{}, http.StatusOK, http.Header{"Content-Type": {"text/html"}}, data))
}

// readResponse takes the XML of a response, unless a piece of it is missing.
// Whether it is a good one is not asked here.
func readResponse(data []byte) (Handed, error) {
	decoder := xml.NewDecoder(bytes.NewReader(data))
	for {
		_, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return Handed{Response: data}, nil
		}
		if err != nil {
			return Handed{}, refuse("the XML of the response cannot be read to its end: it may be cut short", howToBring)
		}
	}
}

// instead says what XML is that people confuse with a response.
var instead = map[string]string{
	"AuthnRequest":                           "the AuthnRequest, which the service provider sends to Okta",
	"Assertion":                              "an assertion without the response around it",
	"EntityDescriptor":                       "SAML metadata",
	"LogoutRequest":                          "a message of Single Logout",
	"LogoutResponse":                         "a message of Single Logout",
	"ArtifactResponse":                       "an artifact response",
	"Envelope":                               "a SOAP message",
	"RequestSecurityTokenResponse":           "a WS-Federation answer",
	"RequestSecurityTokenResponseCollection": "a WS-Federation answer",
}

// xmlRoot is the name of the first element, if the text begins like XML.
func xmlRoot(data []byte) (xml.Name, bool) {
	decoder := xml.NewDecoder(bytes.NewReader(data))
	for {
		token, err := decoder.RawToken()
		if err != nil {
			return xml.Name{}, false
		}
		if start, ok := token.(xml.StartElement); ok {
			return start.Name, true
		}
	}
}

// readPage finds the form with the answer on a page.
func readPage(p *page) (Handed, error) {
	for _, f := range p.forms {
		if !f.fields.Has("SAMLResponse") {
			continue
		}
		h, err := readFields(f.fields)
		if f.action != nil && f.action.Host != "" {
			h.PostedTo = f.action.String()
		}
		return h, err
	}
	return Handed{}, refuse(insteadOf(p), howToBring)
}

// insteadOf says what a page without an answer is.
func insteadOf(p *page) string {
	for _, f := range p.forms {
		if f.fields.Has("SAMLRequest") {
			return "this is the page that asks Okta (SAMLRequest), not Okta's answer"
		}
	}
	what := "a web page without a SAMLResponse"
	if p.password || p.signInIdP {
		what = "a sign-in page: the sign-in has not come to its end"
	}
	if words := p.words(); words != "" {
		what += fmt.Sprintf("; it says %q", sso.PlainText(words, 150))
	}
	return "this is " + what
}

// readFields takes the fields of the form that carries the answer.
func readFields(fields url.Values) (Handed, error) {
	text := fields.Get("SAMLResponse")
	if strings.TrimSpace(text) == "" {
		return Handed{}, refuse("the SAMLResponse is empty", howToBring)
	}
	h, err := readBase64(text)
	h.RelayState = fields.Get("RelayState")
	return h, err
}

// readBase64 takes a SAMLResponse as it is posted.
func readBase64(text string) (Handed, error) {
	if strings.Contains(text, "%") {
		if plain, err := url.PathUnescape(text); err == nil { // keeps +, which base64 uses
			text = plain
		}
	}
	raw, err := decodeBase64(strings.Trim(text, `"'`))
	if err != nil {
		return Handed{}, refuse("the SAMLResponse is not base64: it may be cut short, or have been taken out by whoever cleaned the recording", howToBring)
	}
	raw = bytes.TrimSpace(raw)
	if len(raw) > 0 && raw[0] == '<' {
		return readMarkup(raw)
	}
	if _, err := readAuthnRequest(text); err == nil {
		return Handed{}, refuse("this is the SAMLRequest, which the service provider sends to Okta, not Okta's answer", howToBring)
	}
	// No service provider takes a response by the redirect binding, but some
	// tools show one in its form.
	if text, err := inflate(raw); err == nil && bytes.HasPrefix(bytes.TrimSpace(text), []byte("<")) {
		return readMarkup(bytes.TrimSpace(text))
	}
	return Handed{}, refuse("the base64 holds no XML", howToBring)
}

var (
	// bodyField is the answer in the body of a POST, also inside a copied curl
	// or fetch command, or as the browser's tools show it: "SAMLResponse: …".
	bodyField = regexp.MustCompile(`(?i)["']?SAMLResponse["']?\s*[=:]\s*["']?` +
		`([A-Za-z0-9+/=%_-]+(?:\r?\n[A-Za-z0-9+/=%_-]{40,})*(?:\r?\n[A-Za-z0-9+/_-]+={0,2}\s*$)?)`)
	relayField = regexp.MustCompile(`(?i)["']?RelayState["']?\s*[=:]\s*["']?([^\s&"']+)`)
	copied     = regexp.MustCompile(`(?:curl\s+(?:--location\s+)?|fetch\()\s*["']?(https?://[^\s"']+)`)
	// prefixed is the beginning of XML that is no HTML.
	prefixed = regexp.MustCompile(`^<(\?xml\b|[A-Za-z0-9_]+:)`)
	jwt      = regexp.MustCompile(`^eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$`)
)

// readText takes everything that is neither markup nor JSON.
func readText(text string) (Handed, error) {
	if m := bodyField.FindStringSubmatch(text); m != nil {
		encoded, _, _ := strings.Cut(m[1], "\nRelayState")
		h, err := readBase64(encoded)
		if relay := relayField.FindStringSubmatch(text); relay != nil {
			if h.RelayState, _ = url.QueryUnescape(relay[1]); h.RelayState == "" {
				h.RelayState = relay[1]
			}
		}
		if to := copied.FindStringSubmatch(text); to != nil {
			h.PostedTo = to[1]
		}
		return h, err
	}
	if what := insteadOfText(text); what != "" {
		return Handed{}, refuse(what, howToBring)
	}
	return readBase64(text)
}

// insteadOfText recognises what people take for the answer, "" for base64.
func insteadOfText(text string) string {
	u, err := url.Parse(text)
	web := err == nil && isWeb(u)
	switch {
	case strings.Contains(text, "SAMLRequest="):
		return "this is the SAMLRequest, which the service provider sends to Okta, not Okta's answer"
	case web && (u.Query().Has("code") || u.Query().Has("id_token")), strings.HasPrefix(text, "code="), jwt.MatchString(text):
		return "this is an answer of OpenID Connect (a code or an ID token), not a SAMLResponse"
	case web:
		return "this is an address alone; the answer is in the body of the POST"
	case strings.IndexFunc(text, func(r rune) bool {
		return !unicode.IsSpace(r) && !strings.ContainsRune("+/=%-_\"'", r) && (r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r))
	}) >= 0:
		return fmt.Sprintf("this is text without a SAMLResponse: %q", sso.PlainText(text, 80))
	}
	return ""
}

// readJSON takes a HAR file, and says what other JSON is.
func readJSON(data []byte, flow sso.Flow) (Handed, error) {
	var har harFile
	err := json.Unmarshal(data, &har)
	if err == nil && har.Log != nil {
		return har.Log.answer(flow)
	}
	var api authnAnswer
	switch {
	case err != nil && !json.Valid(data):
		return Handed{}, refuse("this begins like JSON but is none: it may be cut short", howToBring)
	case json.Unmarshal(data, &api) == nil && api.ErrorSummary != "":
		return Handed{}, refuse("this is an error of Okta: "+sso.PlainText(api.words(), 200), howToBring)
	case err != nil:
		return Handed{}, refuse("this HAR file cannot be read: "+sso.PlainText(err.Error(), 150), howToBring)
	}
	return Handed{}, refuse("this is JSON, but no HAR file: it has no log", howToBring)
}

// inResponseTo is the ID of the request that a response says it answers.
func inResponseTo(response []byte) string {
	sum, err := samlcheck.Explain(response)
	if err != nil {
		return ""
	}
	return sum.InResponseTo
}
