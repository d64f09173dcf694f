package signin

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"example.com/ssowizard/internal/sso"
)

const howToBringCode = "bring the whole address of the page on which the sign-in ended (it holds code and state), within a minute, or a recording of the sign-in (HAR file)"

// webAddress is an address inside other text, such as a copied command.
var webAddress = regexp.MustCompile(`[A-Za-z][A-Za-z0-9+.-]*:/[^\s"'<>]+`)

// readCodes finds the answers of an authorization endpoint in what a person
// brings: the address on which the sign-in ended, the parameters alone, the page
// that posts them, or a HAR file. The last is the latest. An error says what was
// found instead.
func readCodes(data []byte) ([]*url.URL, error) {
	if len(data) > MaxHanded {
		return nil, refuse(fmt.Sprintf("%d bytes are too much", len(data)), howToBringCode)
	}
	data = bytes.TrimSpace(asUTF8(data))
	switch {
	case len(data) == 0:
		return nil, refuse("nothing was given", howToBringCode)
	case data[0] == '{' || data[0] == '[':
		return readCodesInHAR(data)
	case len(data) > maxLoose:
		return nil, refuse(fmt.Sprintf("%d bytes are too much for anything but a HAR file", len(data)), howToBringCode)
	case data[0] == '<':
		return readCodesInPage(data)
	}
	return readCodesInText(string(data))
}

// isCodeAnswer tells whether parameters are those of an answer, good or bad.
func isCodeAnswer(q url.Values) bool { return q.Has("state") && (q.Has("code") || q.Has("error")) }

func readCodesInText(text string) ([]*url.URL, error) {
	var all []*url.URL
	var last *url.URL
	for _, found := range webAddress.FindAllString(text, -1) {
		u, err := url.Parse(found)
		if err != nil {
			continue
		}
		last = u
		if isCodeAnswer(u.Query()) {
			all = append(all, u)
		}
	}
	if last == nil && !strings.ContainsAny(text, " \n") {
		if q, err := url.ParseQuery(strings.TrimLeft(text, "?#&")); err == nil && isCodeAnswer(q) {
			return []*url.URL{{RawQuery: q.Encode()}}, nil
		}
	}
	switch {
	case len(all) > 0:
		return all, nil
	case last != nil && last.Query().Has("code"):
		return nil, refuse("this address holds a code, but no state that tells which sign-in it answers", howToBringCode)
	case last != nil && last.Query().Has("client_id"):
		return nil, refuse("this is the address at which the sign-in begins, not the one on which it ended", howToBringCode)
	case last != nil:
		return nil, refuse("this address holds neither a code nor an error of Okta", howToBringCode)
	case strings.Contains(text, "SAMLResponse"):
		return nil, refuse("this is a SAMLResponse, not an answer of OpenID Connect", howToBringCode)
	}
	return nil, refuse("this is no address", howToBringCode)
}

// readCodesInPage takes the page that posts an answer.
func readCodesInPage(data []byte) ([]*url.URL, error) {
	p := newPage(&url.URL{}, http.StatusOK, http.Header{"Content-Type": {"text/html"}}, data)
	for _, f := range p.forms {
		if !isCodeAnswer(f.fields) {
			continue
		}
		to := &url.URL{}
		if f.action != nil && f.action.Host != "" {
			*to = *f.action
		}
		to.RawQuery = f.fields.Encode()
		return []*url.URL{to}, nil
	}
	return nil, refuse(strings.ReplaceAll(insteadOf(p), "a SAMLResponse", "a code"), howToBringCode)
}

// readCodesInHAR takes the answers out of a recording: redirects to the service
// provider, and requests that follow them.
func readCodesInHAR(data []byte) ([]*url.URL, error) {
	var har harFile
	err := json.Unmarshal(data, &har)
	switch {
	case !json.Valid(data):
		return nil, refuse("this begins like JSON but is none: it may be cut short", howToBringCode)
	case err != nil || har.Log == nil:
		var api authnAnswer
		if json.Unmarshal(data, &api) == nil && api.ErrorSummary != "" {
			return nil, refuse("this is an error of Okta: "+sso.PlainText(api.words(), 200), howToBringCode)
		}
		return nil, refuse("this is JSON, but no HAR file: it has no log", howToBringCode)
	}
	var all []*url.URL
	for _, e := range har.Log.Entries {
		at, err := url.Parse(e.Request.URL)
		if err != nil {
			continue
		}
		if isCodeAnswer(at.Query()) {
			all = append(all, at)
		}
		if posted := e.Request.PostData.fields(); isCodeAnswer(posted) {
			to := *at
			to.RawQuery = posted.Encode()
			all = append(all, &to)
		}
		if to, err := at.Parse(e.redirect()); err == nil && e.redirect() != "" && isCodeAnswer(to.Query()) {
			all = append(all, to)
		}
	}
	if len(all) == 0 {
		return nil, refuse("the recording (HAR) holds no redirect with a code", "open the browser's developer tools, tab Network, before signing in, and keep the log over pages (Preserve log)")
	}
	return all, nil
}
