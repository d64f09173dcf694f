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
// goes on from the one that is in FILE. Of the program only the sign-in over
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
