package signin_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/signin"
	"example.com/ssowizard/internal/sso"
)

// answerXML is a response as far as it is read here; inResponseTo may be empty.
func answerXML(id, inResponseTo, issued string) string {
	if inResponseTo != "" {
		inResponseTo = ` InResponseTo="` + inResponseTo + `"`
	}
	return `<saml2p:Response xmlns:saml2p="urn:oasis:names:tc:SAML:2.0:protocol" ID="` + id + `" Version="2.0" IssueInstant="` + issued +
		`" Destination="` + acsURL + `"` + inResponseTo + `><saml2p:Status><saml2p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></saml2p:Status></saml2p:Response>`
}

func b64(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

// wrapped breaks a text into lines as mail programs do.
func wrapped(text string) string {
	var b strings.Builder
	for len(text) > 76 {
		b.WriteString(text[:76] + "\r\n")
		text = text[76:]
	}
	return b.String() + text
}

func utf16LE(text string) []byte {
	out := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(text)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return out
}

func TestTheAnswerIsFoundInWhateverAPersonBrings(t *testing.T) {
	t.Parallel()
	xml := answerXML("id1", "_r42", "2026-05-04T10:00:00.000Z")
	body := url.Values{"SAMLResponse": {b64(xml)}, "RelayState": {"a b&c"}}.Encode()
	form := func(action string) string {
		return `<!DOCTYPE html><html><body onload="document.forms[0].submit()"><form method="POST" action="` + html.EscapeString(action) + `">
<input type="hidden" name="SAMLResponse" value="` + strings.ReplaceAll(b64(xml), "+", "&#x2b;") + `"><input type="hidden" name="RelayState" value="a b&amp;c"/></form></body></html>`
	}
	for name, c := range map[string]struct{ text, postedTo, relay string }{
		"XML":                      {xml, "", ""},
		"XML with a declaration":   {"\ufeff<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + xml + "\n", "", ""},
		"base64":                   {b64(xml) + "\n", "", ""},
		"base64 in lines":          {wrapped(b64(xml)), "", ""},
		"base64 in quotes":         {`"` + b64(xml) + `"`, "", ""},
		"base64 without padding":   {strings.TrimRight(b64(xml), "="), "", ""},
		"URL-encoded base64":       {url.QueryEscape(b64(xml)), "", ""},
		"deflated":                 {deflated(xml), "", ""},
		"address of a redirect":    {"https://auth.sp.example/saml/acs?SAMLResponse=" + url.QueryEscape(deflated(xml)), "", ""},
		"body of the POST":         {body, "", "a b&c"},
		"fields as the tools show": {"SAMLResponse: " + b64(xml) + "\nRelayState: https://sp.example/", "", "https://sp.example/"},
		"fields in lines":          {"SAMLResponse=" + wrapped(b64(xml)) + "\nRelayState=\n", "", ""},
		"copied as curl":           {"curl 'https://auth.sp.example/saml/acs?x=1' \\\n  -H 'content-type: application/x-www-form-urlencoded' \\\n  --data-raw '" + body + "'", "https://auth.sp.example/saml/acs?x=1", "a b&c"},
		"copied as fetch":          {`fetch("https://auth.sp.example/saml/acs", {"body": "` + body + `", "method": "POST"});`, "https://auth.sp.example/saml/acs", "a b&c"},
		"page of Okta":             {form(acsURL), acsURL, "a b&c"},
		"page without an address":  {form("/relative"), "", "a b&c"},
		"saved by Notepad":         {string(utf16LE(b64(xml))), "", ""},
	} {
		got, err := signin.ReadHanded([]byte(c.text), sso.FlowSPInitiated)
		if err != nil || string(got.Response) != xml && !strings.HasSuffix(string(got.Response), xml) {
			t.Errorf("%s: %q %v", name, got.Response, err)
			continue
		}
		if got.PostedTo != c.postedTo || got.RelayState != c.relay || got.RequestID != "" {
			t.Errorf("%s: posted to %q, RelayState %q, request %q", name, got.PostedTo, got.RelayState, got.RequestID)
		}
	}
}

func TestWhatIsNoAnswerIsNamed(t *testing.T) {
	t.Parallel()
	xml := answerXML("id1", "", "2026-05-04T10:00:00Z")
	for name, c := range map[string]struct{ text, says string }{
		"nothing":              {" \r\n\t", "nothing was given"},
		"prose":                {"It did not work, sorry!", `text without a SAMLResponse: "It did not work, sorry!"`},
		"error page":           {"<html><head><title>Error</title></head><body><h1>400</h1>GENERAL_NONSUCCESS</body></html>", `it says "400 GENERAL_NONSUCCESS"`},
		"sign-in page":         {`<html><div id="okta-sign-in"></div><input type=password>`, "has not come to its end"},
		"page with a request":  {`<form action="` + oktaURL + `"><input name="SAMLRequest" type="hidden" value="x"></form>`, "the page that asks Okta"},
		"AuthnRequest":         {authnRequestXML(""), "the AuthnRequest, which the service provider sends"},
		"SAMLRequest":          {deflated(authnRequestXML("")), "this is the SAMLRequest"},
		"address of a request": {ssoRedirect(""), "this is the SAMLRequest"},
		"metadata":             {`<?xml version="1.0"?><md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"/>`, "SAML metadata"},
		"assertion":            {`<saml2:Assertion xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion"/>`, "an assertion without the response"},
		"code":                 {"https://sp.example/cb?code=abc&state=x", "OpenID Connect"},
		"ID token":             {"eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "OpenID Connect"},
		"address":              {"https://sp.example/acs", "an address alone"},
		"cut XML":              {xml[:len(xml)-30], "cut short"},
		"cut in its first tag": {xml[:40], "cut short"},
		"cut base64":           {b64(xml)[:200], "cut short"},
		"base64 of nothing":    {b64("hello there, nothing to see"), "the base64 holds no XML"},
		"empty field":          {`<form action="` + acsURL + `"><input name="SAMLResponse" type="hidden" value=""></form>`, "the SAMLResponse is empty"},
		"error of Okta":        {`{"errorCode":"E0000006","errorSummary":"You do not have permission"}`, "You do not have permission"},
		"JSON":                 {`{"a":1}`, "no HAR file"},
		"cut JSON":             {`{"log":{"entries":[{"request"`, "cut short"},
		"HAR of another shape": {`{"log":{"entries":{"a":1}}}`, "HAR file cannot be read"},
		"empty HAR":            {`{"log":{"entries":[]}}`, "is empty"},
		"control characters":   {"<html><body>bad\x1b[2Jpage</body></html>", `it says "bad[2Jpage"`},
	} {
		got, err := signin.ReadHanded([]byte(c.text), sso.FlowIdPInitiated)
		if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\x1b") {
			t.Errorf("%s: %+v %v", name, got, err)
			continue
		}
		if hint.CodeOf(err) != hint.Usage || len(hint.Hints(err)) == 0 {
			t.Errorf("%s: code %d, hints %q", name, hint.CodeOf(err), hint.Hints(err))
		}
	}
	big := strings.Repeat("A", 5<<20)
	if _, err := signin.ReadHanded([]byte(big), sso.FlowIdPInitiated); err == nil || !strings.Contains(err.Error(), "too much") {
		t.Errorf("too much: %v", err)
	}
}

// entry is one of a recording.
type entry map[string]any

func get(address string, status int, redirect, page string) entry {
	return entry{"request": entry{"method": "GET", "url": address},
		"response": entry{"status": status, "redirectURL": redirect, "content": entry{"mimeType": "text/html; charset=utf-8", "text": page}}}
}

func post(address, body string, status int, redirect, page string) entry {
	e := get(address, status, redirect, page)
	e["request"] = entry{"method": "POST", "url": address, "postData": entry{"mimeType": "application/x-www-form-urlencoded", "text": body}}
	return e
}

func har(entries ...entry) []byte {
	out, err := json.Marshal(entry{"log": entry{"version": "1.2", "entries": entries}})
	if err != nil {
		panic(err)
	}
	return out
}

func answerBody(xml string) string {
	return url.Values{"SAMLResponse": {b64(xml)}, "RelayState": {"r"}}.Encode()
}

func TestARecordingTellsTheRequestAndWhatCameOfIt(t *testing.T) {
	t.Parallel()
	const issued = "2026-05-04T10:00:00Z"
	ours := answerBody(answerXML("id1", "_r42", issued))
	asking := get(ssoRedirect(""), 302, "", "")
	home := get(spURL+"/home", 200, "", "<main>Welcome, Ana</main>")
	refused := "<main>No such user</main>"
	params := post(acsURL, "", 200, "", "<p>in</p>")
	params["request"].(entry)["postData"] = entry{"params": []entry{
		{"name": "SAMLResponse", "value": url.QueryEscape(b64(answerXML("id1", "_r42", issued)))}, {"name": "RelayState", "value": "r"}}}
	encoded := post(acsURL, ours, 200, "", b64("<p>in</p>"))
	encoded["response"].(entry)["content"].(entry)["encoding"] = "base64"
	for name, c := range map[string]struct {
		entries []entry
		flow    sso.Flow
		request string
		outcome sso.Outcome
		says    string
	}{
		"let in":               {[]entry{asking, post(acsURL, ours, 303, "/next", ""), get("https://auth.sp.example/next", 302, spURL+"/home#x", ""), home}, sso.FlowSPInitiated, "_r42", sso.OutcomeSignedIn, "Welcome, Ana"},
		"refused":              {[]entry{asking, post(acsURL, ours, 403, "", refused)}, sso.FlowSPInitiated, "_r42", sso.OutcomeSPRefused, "No such user"},
		"refused afterwards":   {[]entry{asking, post(acsURL, ours, 302, spURL+"/home", ""), get(spURL+"/home", 401, "", refused)}, sso.FlowSPInitiated, "_r42", sso.OutcomeSPRefused, "No such user"},
		"asked for a password": {[]entry{asking, post(acsURL, ours, 200, "", `<input type="password">Sign in`)}, sso.FlowSPInitiated, "_r42", sso.OutcomeSPRefused, "Sign in"},
		"asked again":          {[]entry{asking, post(acsURL, ours, 302, ssoRedirect(""), "")}, sso.FlowSPInitiated, "_r42", sso.OutcomeSPRefused, "asked " + oktaURL + " again"},
		"page left out":        {[]entry{asking, post(acsURL, ours, 200, "", "")}, sso.FlowSPInitiated, "_r42", "word", ""},
		"refusal left out":     {[]entry{asking, post(acsURL, ours, 500, "", "")}, sso.FlowSPInitiated, "_r42", sso.OutcomeSPRefused, "status 500"},
		"saved too early":      {[]entry{asking, post(acsURL, ours, 0, "", "")}, sso.FlowSPInitiated, "_r42", "word", ""},
		"end not recorded":     {[]entry{asking, post(acsURL, ours, 302, spURL+"/home", "")}, sso.FlowSPInitiated, "_r42", "word", ""},
		"begun too late":       {[]entry{post(acsURL, ours, 200, "", "<p>in</p>")}, sso.FlowSPInitiated, "_r42", sso.OutcomeSignedIn, ""},
		"another request":      {[]entry{asking, post(acsURL, answerBody(answerXML("id1", "_other", issued)), 200, "", "<p>in</p>")}, sso.FlowSPInitiated, "_r42", sso.OutcomeSignedIn, ""},
		"unasked answer":       {[]entry{asking, post(acsURL, answerBody(answerXML("id1", "", issued)), 200, "", "<p>in</p>")}, sso.FlowSPInitiated, "_r42", sso.OutcomeSignedIn, ""},
		"tile":                 {[]entry{post(acsURL, answerBody(answerXML("id1", "", issued)), 200, "", "<p>in</p>")}, sso.FlowIdPInitiated, "", sso.OutcomeSignedIn, ""},
		"params alone":         {[]entry{asking, params}, sso.FlowSPInitiated, "_r42", sso.OutcomeSignedIn, ""},
		"page in base64":       {[]entry{asking, encoded}, sso.FlowSPInitiated, "_r42", sso.OutcomeSignedIn, "in"},
	} {
		hand := &fakeHand{brings: [][]byte{har(c.entries...)}, earlier: true, word: signin.Unsaid}
		seen, err := byHand(hand).SignIn(t.Context(), sso.SignInRequest{Flow: c.flow, StartURL: spURL, Deliver: true})
		if c.outcome == "word" { // then the person is asked
			if c.outcome = sso.OutcomeAnswered; hand.asked != 1 {
				t.Errorf("%s: the person was asked %d times", name, hand.asked)
			}
		} else if hand.asked != 0 {
			t.Errorf("%s: the person was asked although the recording tells", name)
		}
		if err != nil || seen.RequestID != c.request || seen.Outcome != c.outcome || !strings.Contains(seen.Detail, c.says) {
			t.Errorf("%s: %+v %v", name, seen, err)
		}
		if seen.PostedTo != acsURL || seen.RelayState != "r" {
			t.Errorf("%s: posted to %q with %q", name, seen.PostedTo, seen.RelayState)
		}
	}
}

func TestOfSeveralAnswersInARecordingTheOneOfTheFlowIsTaken(t *testing.T) {
	t.Parallel()
	const issued = "2026-05-04T10:00:00Z"
	both := har(
		post(acsURL, answerBody(answerXML("tile1", "", issued)), 200, "", "<p>in</p>"),
		post(acsURL, answerBody(answerXML("tile2", "", issued)), 200, "", "<p>in</p>"),
		get(ssoRedirect(""), 302, "", ""),
		post(acsURL, answerBody(answerXML("sp1", "_r42", issued)), 200, "", "<p>in</p>"))
	for flow, want := range map[sso.Flow]string{sso.FlowSPInitiated: `ID="sp1"`, sso.FlowIdPInitiated: `ID="tile2"`} {
		got, err := signin.ReadHanded(both, flow)
		if err != nil || !strings.Contains(string(got.Response), want) {
			t.Errorf("%s: %s %v", flow, got.Response, err)
		}
	}
	shown := har(get(oktaURL+ssoPath, 200, "", `<form action="`+acsURL+`" method="post"><input type="hidden" name="SAMLResponse" value="`+b64(answerXML("shown", "", issued))+`"></form>`))
	if got, err := signin.ReadHanded(shown, sso.FlowIdPInitiated); err != nil || !strings.Contains(string(got.Response), "shown") || got.PostedTo != acsURL {
		t.Errorf("on Okta's page only: %+v %v", got, err)
	}
}

func TestARecordingWithoutAnAnswerSaysHowFarItCame(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		entry entry
		says  string
	}{
		"code":      {get("https://sp.example/cb?code=abc&state=s", 200, "", ""), "OpenID Connect (a code)"},
		"sign-in":   {get(oktaURL+"/login", 200, "", `<input type="password">`), "ends at a sign-in page of " + oktaURL},
		"asked":     {get(ssoRedirect(""), 200, "", ""), "Okta was asked, but has not answered"},
		"something": {get("https://news.example/", 200, "", "hello"), "holds no SAMLResponse"},
		"cleaned":   {post(acsURL, "SAMLResponse=%5Bredacted%5D", 200, "", ""), "cleaned the recording"},
	} {
		if _, err := signin.ReadHanded(har(c.entry), sso.FlowSPInitiated); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzReadHanded(f *testing.F) {
	xml := answerXML("id1", "_r42", "2026-05-04T10:00:00Z")
	for _, seed := range []string{"", xml, b64(xml), answerBody(xml), `<form action="/x"><input name=SAMLResponse value=PGE+></form>`,
		string(har(get(ssoRedirect(""), 302, "", ""), post(acsURL, answerBody(xml), 303, "/home", ""))), string(utf16LE(xml)),
		`{"log":{"entries":[{"request":{"url":"%zz","postData":{"text":"SAMLResponse=%"}}}]}}`, deflated(authnRequestXML("")), "SAMLResponse: x\nRelayState: y"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, flow := range []sso.Flow{sso.FlowSPInitiated, sso.FlowIdPInitiated} {
			got, err := signin.ReadHanded(data, flow)
			if err != nil {
				if hint.CodeOf(err) != hint.Usage || err.Error() != sso.PlainText(err.Error(), 0) {
					t.Errorf("%q", err)
				}
				continue
			}
			if len(got.Response) == 0 || got.Response[0] != '<' {
				t.Errorf("an answer %q", got.Response)
			}
		}
	})
}

func TestASavedRecordingIsRead(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("testdata", "*.har"))
	if err != nil || len(files) != 2 {
		t.Fatalf("%v %v", files, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		got, err := signin.ReadHanded(data, sso.FlowSPInitiated)
		if err != nil || got.RequestID != "_r42" || got.PostedTo != acsURL || got.RelayState != "state & more" || !strings.Contains(string(got.Response), `InResponseTo="_r42"`) {
			t.Errorf("%s: %+v %v", file, fmt.Sprintf("%+v", got), err)
		}
	}
}
