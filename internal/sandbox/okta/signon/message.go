package signon

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/beevik/etree"
)

const (
	nsProtocol  = "urn:oasis:names:tc:SAML:2.0:protocol"
	nsAssertion = "urn:oasis:names:tc:SAML:2.0:assertion"
)

// message is a SAML request as it came in, before anybody believes it.
type message struct {
	root       *etree.Element
	relayState string
	// query is the raw query of the redirect binding, whose signature covers
	// the escaped text; empty for the POST binding, where the XML is signed.
	query string
}

// receive reads the SAMLRequest of either binding. Without one it returns nil.
func receive(r *http.Request) (*message, error) {
	if r.Method == http.MethodPost {
		if err := r.ParseForm(); err != nil {
			return nil, fmt.Errorf("read the form: %w", err)
		}
		return receiveForm(r.PostForm["SAMLRequest"], r.PostForm.Get("RelayState"))
	}
	query := r.URL.Query()
	sent := query["SAMLRequest"]
	if len(sent) == 0 {
		return nil, nil
	}
	if len(sent) > 1 {
		return nil, errors.New("there is more than one SAMLRequest")
	}
	if enc := query.Get("SAMLEncoding"); enc != "" && !strings.HasSuffix(enc, ":DEFLATE") {
		return nil, fmt.Errorf("the encoding %q is not supported", enc)
	}
	text, err := inflate(sent[0])
	if err != nil {
		return nil, err
	}
	root, err := parseXML(text)
	if err != nil {
		return nil, err
	}
	return &message{root: root, relayState: query.Get("RelayState"), query: r.URL.RawQuery}, nil
}

func receiveForm(sent []string, relayState string) (*message, error) {
	if len(sent) == 0 {
		return nil, nil
	}
	if len(sent) > 1 {
		return nil, errors.New("there is more than one SAMLRequest")
	}
	text, err := decodeBase64(sent[0])
	if err != nil {
		return nil, err
	}
	root, err := parseXML(text)
	if err != nil {
		return nil, err
	}
	return &message{root: root, relayState: relayState}, nil
}

var lineBreaks = strings.NewReplacer("\r", "", "\n", "", "\t", "")

func decodeBase64(s string) ([]byte, error) {
	b, err := base64.StdEncoding.DecodeString(lineBreaks.Replace(s))
	if err != nil {
		return nil, fmt.Errorf("the SAMLRequest is not base64: %w", err)
	}
	return b, nil
}

func inflate(s string) ([]byte, error) {
	b, err := decodeBase64(s)
	if err != nil {
		return nil, err
	}
	zr := flate.NewReader(bytes.NewReader(b))
	defer zr.Close()
	// A few bytes can unfold into gigabytes.
	text, err := io.ReadAll(io.LimitReader(zr, maxBody+1))
	if err != nil {
		return nil, fmt.Errorf("the SAMLRequest is not deflated: %w", err)
	}
	if len(text) > maxBody {
		return nil, errors.New("the SAMLRequest is too large")
	}
	return text, nil
}

func parseXML(text []byte) (*etree.Element, error) {
	doc := etree.NewDocument()
	doc.ReadSettings.MaxDepth = 64
	doc.ReadSettings.ValidateInput = true
	// White space after the end is no part of the document, and libraries that
	// sign with xmlsec1 leave a line break there.
	if err := doc.ReadFromBytes(bytes.TrimRight(text, " \t\r\n")); err != nil {
		return nil, fmt.Errorf("the SAMLRequest is not XML: %w", err)
	}
	roots := 0
	for _, t := range doc.Child {
		switch t.(type) {
		case *etree.Directive:
			return nil, errors.New("the SAMLRequest has a document type, which SAML forbids")
		case *etree.Element:
			roots++
		}
	}
	if roots != 1 {
		return nil, errors.New("the SAMLRequest is not one XML element")
	}
	return doc.Root(), nil
}

// samlRequest is what counts in an AuthnRequest or a LogoutRequest.
type samlRequest struct {
	ID          string
	Issuer      string
	Destination string

	ACSURL       string
	ACSIndex     string
	ForceAuthn   bool
	IsPassive    bool
	IssueInstant time.Time
	// wholeSeconds tells that the instant was given no finer.
	wholeSeconds bool

	SessionIndex []string
}

func readRequest(root *etree.Element, tag string) (samlRequest, error) {
	var q samlRequest
	if root.Tag != tag || root.NamespaceURI() != nsProtocol {
		return q, fmt.Errorf("expected a SAML 2.0 %s, got <%s>", tag, root.FullTag())
	}
	if v := attr(root, "Version"); v != "2.0" {
		return q, fmt.Errorf("the Version is %q, not 2.0", v)
	}
	q.ID = attr(root, "ID")
	if q.ID == "" {
		return q, errors.New("the ID is missing")
	}
	issued := attr(root, "IssueInstant")
	at, err := parseInstant(issued)
	if err != nil {
		return q, fmt.Errorf("read IssueInstant: %w", err)
	}
	q.IssueInstant, q.wholeSeconds = at, !strings.Contains(issued, ".")
	if i := child(root, nsAssertion, "Issuer"); i != nil {
		q.Issuer = strings.TrimSpace(i.Text())
	}
	q.Destination = attr(root, "Destination")
	q.ACSURL = attr(root, "AssertionConsumerServiceURL")
	q.ACSIndex = attr(root, "AssertionConsumerServiceIndex")
	if q.ForceAuthn, err = xsBoolean(attr(root, "ForceAuthn")); err != nil {
		return q, fmt.Errorf("read ForceAuthn: %w", err)
	}
	if q.IsPassive, err = xsBoolean(attr(root, "IsPassive")); err != nil {
		return q, fmt.Errorf("read IsPassive: %w", err)
	}
	for _, el := range root.ChildElements() {
		if el.Tag == "SessionIndex" && el.NamespaceURI() == nsProtocol {
			q.SessionIndex = append(q.SessionIndex, strings.TrimSpace(el.Text()))
		}
	}
	return q, nil
}

// attr is an attribute without a prefix. etree's own look-up would also take
// one with any prefix.
func attr(el *etree.Element, key string) string {
	for _, a := range el.Attr {
		if a.Space == "" && a.Key == key {
			return a.Value
		}
	}
	return ""
}

func child(el *etree.Element, namespace, tag string) *etree.Element {
	for _, c := range el.ChildElements() {
		if c.Tag == tag && c.NamespaceURI() == namespace {
			return c
		}
	}
	return nil
}

func xsBoolean(s string) (bool, error) {
	if s == "" {
		return false, nil
	}
	if s != "true" && s != "false" && s != "1" && s != "0" {
		return false, fmt.Errorf("%q is neither true nor false", s)
	}
	return strconv.ParseBool(s)
}

func parseInstant(s string) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return at, nil
	}
	// xs:dateTime may leave out the zone; SAML means UTC then.
	return time.Parse("2006-01-02T15:04:05.999999999", s)
}
