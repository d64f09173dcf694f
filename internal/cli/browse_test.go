package cli_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"example.com/ssowizard/internal/secret"
	"example.com/ssowizard/internal/signin"
	"example.com/ssowizard/internal/sso"
)

// browse signs in as the tester, as with a browser, and saves what a person
// would: browse URL har|har+|xml|base64|form|body FILE. With har+ the recording
// goes on from the one that is in FILE. Of a code flow it is browse URL
// address|codehar|codeform FILE. Of the program only the sign-in over
// HTTP is used; what was saved is what the program under test has to read.
func browse(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: browse URL har|har+|xml|base64|form|body FILE")
	}
	b := worldOf(ts).box
	browser := &recorder{base: b.client(ts).Transport}
	ana := b.info.Okta.People[0]
	client, err := signin.New(signin.Config{Transport: browser, OktaURL: b.info.Okta.OrgURL, Login: ana.Login,
		Password: secret.New(ana.Password), Now: time.Now, UserAgent: "a browser"})
	ts.Check(err)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if text, ok := savedCode(ts, ctx, client, browser, args[0], args[1]); ok {
		ts.Check(os.WriteFile(ts.MkAbs(args[2]), text, 0o600))
		return
	}
	seen, err := client.SignIn(ctx, sso.SignInRequest{StartURL: args[0], Deliver: true})
	ts.Check(err)
	if seen.Response == nil {
		ts.Fatalf("Okta did not answer: %s %s", seen.Outcome, seen.Detail)
	}
	if args[1] == "har+" {
		browser.before = []byte(ts.ReadFile(args[2]))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), saved(ts, args[1], seen, browser), 0o600))
}

func saved(ts *testscript.TestScript, form string, seen sso.Seen, browser *recorder) []byte {
	encoded := base64.StdEncoding.EncodeToString(seen.Response)
	switch form {
	case "har", "har+":
		return browser.har(ts)
	case "xml":
		return seen.Response
	case "base64":
		return []byte(encoded + "\n")
	case "body":
		return []byte(url.Values{"SAMLResponse": {encoded}, "RelayState": {seen.RelayState}}.Encode())
	case "form":
		return fmt.Appendf(nil, "<!DOCTYPE html>\n<html><body>\n\n<form method=\"post\" action=%q><input type=\"hidden\" name=\"SAMLResponse\" value=\"%s\"></form></body></html>\n",
			seen.PostedTo, html.EscapeString(encoded))
	}
	ts.Fatalf("unknown form %q", form)
	return nil
}

// savedCode signs in at an authorization endpoint and gives what came of it, if
// the form is one of a code flow.
func savedCode(ts *testscript.TestScript, ctx context.Context, client *signin.Client, browser *recorder, address, form string) ([]byte, bool) {
	if form != "address" && form != "codehar" && form != "codeform" {
		return nil, false
	}
	u, err := url.Parse(address)
	ts.Check(err)
	asked := u.Query()
	flow, err := client.CodeFlow(ctx, sso.CodeFlowRequest{AuthorizeURL: address, RedirectURI: asked.Get("redirect_uri"), State: asked.Get("state")})
	ts.Check(err)
	if flow.Code.IsZero() {
		ts.Fatalf("no code: %s %s", flow.Seen.Outcome, flow.Seen.Detail)
	}
	worldOf(ts).secrets["CODE"] = flow.Code.Reveal()
	answer := url.Values{"code": {flow.Code.Reveal()}, "state": {asked.Get("state")}}
	switch form {
	case "codehar":
		return browser.har(ts), true
	case "codeform":
		return fmt.Appendf(nil, "<html><body><form method=\"post\" action=%q><input type=\"hidden\" name=\"code\" value=%q><input type=\"hidden\" name=\"state\" value=%q></form></body></html>",
			asked.Get("redirect_uri"), flow.Code.Reveal(), asked.Get("state")), true
	}
	return []byte(asked.Get("redirect_uri") + "?" + answer.Encode() + "\n"), true
}

// recorder writes down what a browser's developer tools would.
type recorder struct {
	base    http.RoundTripper
	before  []byte // an earlier recording
	entries []any
}

func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	var sent []byte
	if req.Body != nil {
		var err error
		if sent, err = io.ReadAll(req.Body); err != nil {
			return nil, err
		}
		req.Body = io.NopCloser(bytes.NewReader(sent))
	}
	resp, err := r.base.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	request := map[string]any{"method": req.Method, "url": req.URL.String(), "headers": []any{}}
	if req.Method == http.MethodPost && strings.Contains(req.Header.Get("Content-Type"), "urlencoded") {
		request["postData"] = map[string]any{"mimeType": req.Header.Get("Content-Type"), "text": string(sent), "params": []any{}}
	}
	r.entries = append(r.entries, map[string]any{"startedDateTime": time.Now().UTC().Format(time.RFC3339Nano), "request": request,
		"response": map[string]any{"status": resp.StatusCode, "redirectURL": resp.Header.Get("Location"),
			"content": map[string]any{"mimeType": resp.Header.Get("Content-Type"), "text": string(body)}}})
	return resp, nil
}

func (r *recorder) har(ts *testscript.TestScript) []byte {
	entries := r.entries
	if r.before != nil {
		var old struct {
			Log struct {
				Entries []any `json:"entries"`
			} `json:"log"`
		}
		ts.Check(json.Unmarshal(r.before, &old))
		entries = append(old.Log.Entries, entries...)
	}
	out, err := json.MarshalIndent(map[string]any{"log": map[string]any{"version": "1.2", "creator": map[string]any{"name": "a browser"}, "entries": entries}}, "", " ")
	ts.Check(err)
	return append(out, '\n')
}
