package cli_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/tidwall/gjson"
)

// callOkta calls the org itself, past every front: okta METHOD PATH [BODYFILE].
// The answer is on standard output; an error fails unless negated.
func callOkta(ts *testscript.TestScript, neg bool, args []string) {
	b := worldOf(ts).box
	call(ts, neg, args, b.info.Okta.OrgURL, "SSWS "+b.info.Okta.APIToken)
}

// callSP calls the service provider's settings API itself: sp METHOD PATH [BODYFILE].
func callSP(ts *testscript.TestScript, neg bool, args []string) {
	b := worldOf(ts).box
	sp := b.info.ServiceProviders[b.sp]
	call(ts, neg, args, sp.APIURL, "Bearer "+sp.APIToken)
}

func call(ts *testscript.TestScript, neg bool, args []string, base, authorization string) {
	if len(args) < 2 || len(args) > 3 {
		ts.Fatalf("usage: okta|sp METHOD PATH [BODYFILE]")
	}
	var body []byte
	if len(args) == 3 {
		body = []byte(ts.ReadFile(args[2]))
	}
	status, answer := ask(ts, args[0], strings.TrimSuffix(base, "/")+args[1], authorization, body)
	_, err := ts.Stdout().Write(answer)
	ts.Check(err)
	if (status >= 400) != neg {
		ts.Fatalf("%s %s: %d %s", args[0], args[1], status, answer)
	}
}

func ask(ts *testscript.TestScript, method, address, authorization string, body []byte) (int, []byte) {
	req, err := http.NewRequest(method, address, bytes.NewReader(body)) //nolint:noctx // the client has a timeout
	ts.Check(err)
	req.Header.Set("Authorization", authorization)
	req.Header.Set("Accept", "application/json")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := worldOf(ts).box.client(ts).Do(req)
	ts.Check(err)
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	ts.Check(err)
	return resp.StatusCode, answer
}

// forget begins counting requests anew.
func forget(ts *testscript.TestScript, neg bool, args []string) {
	b := worldOf(ts).box
	if neg || len(args) != 0 || b == nil {
		ts.Fatalf("usage: forget, after sandbox")
	}
	info, err := os.Stat(b.log)
	ts.Check(err)
	b.seen = info.Size()
}

// sent counts the requests since forget, as the sandbox's own log has them:
// sent N|<=N|>=N [service=okta] [method=POST,PUT] [path=PREFIX] [at=PATH].
func sent(ts *testscript.TestScript, neg bool, args []string) {
	b := worldOf(ts).box
	if neg || len(args) == 0 || b == nil {
		ts.Fatalf("usage: sent N|<=N|>=N [KEY=VALUE…], after sandbox")
	}
	data, err := os.ReadFile(b.log)
	ts.Check(err)
	var found []string
	for text := range bytes.Lines(data[b.seen:]) {
		var l struct{ Service, Method, Path string }
		ts.Check(json.Unmarshal(text, &l))
		if requestMatches(ts, l.Service, l.Method, l.Path, args[1:]) {
			found = append(found, l.Method+" "+l.Path)
		}
	}
	if !fits(ts, len(found), args[0]) {
		ts.Fatalf("%d requests with %s, want %s:\n%s", len(found), strings.Join(args[1:], " "), args[0], strings.Join(found, "\n"))
	}
}

func requestMatches(ts *testscript.TestScript, service, method, path string, conditions []string) bool {
	for _, c := range conditions {
		key, value, _ := strings.Cut(c, "=")
		switch key {
		case "service":
			if service != value {
				return false
			}
		case "method":
			if !strings.Contains(","+value+",", ","+method+",") {
				return false
			}
		case "at":
			if path != value {
				return false
			}
		case "path":
			if !strings.HasPrefix(path, value) {
				return false
			}
		default:
			ts.Fatalf("requests have no %q", key)
		}
	}
	return true
}

func fits(ts *testscript.TestScript, n int, want string) bool {
	number := strings.TrimLeft(want, "<>=")
	limit, err := strconv.Atoi(number)
	ts.Check(err)
	switch strings.TrimSuffix(want, number) {
	case "<=":
		return n <= limit
	case ">=":
		return n >= limit
	}
	return n == limit
}

// grants are the scopes that a service app needs.
var grants = []string{"okta.apps.manage", "okta.groups.read", "okta.users.read"}

// serviceApp makes an OAuth service app in the org for the key in KEYFILE and
// sets the SDK's variables for it. With "noscopes" nothing is granted.
func serviceApp(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 1 {
		ts.Fatalf("usage: serviceapp [noscopes]")
	}
	w := worldOf(ts)
	key := serviceKey(ts)
	org, token := w.box.info.Okta.OrgURL, "SSWS "+w.box.info.Okta.APIToken
	app := fmt.Sprintf(`{"name":"oidc_client","label":"pipeline","signOnMode":"OPENID_CONNECT",
		"credentials":{"oauthClient":{"token_endpoint_auth_method":"private_key_jwt"}},
		"settings":{"oauthClient":{"application_type":"service","grant_types":["client_credentials"],
		"response_types":["token"],"jwks":{"keys":[%s]}}}}`, key.jwk)
	status, answer := ask(ts, "POST", org+"/api/v1/apps", token, []byte(app))
	if status >= 300 {
		ts.Fatalf("make a service app: %d %s", status, answer)
	}
	id := gjson.GetBytes(answer, "id").String()
	for _, scope := range grants {
		if len(args) == 1 {
			break
		}
		grant := fmt.Sprintf(`{"scopeId":%q,"issuer":%q}`, scope, org)
		if status, answer := ask(ts, "POST", org+"/api/v1/apps/"+id+"/grants", token, []byte(grant)); status >= 300 {
			ts.Fatalf("grant %s: %d %s", scope, status, answer)
		}
	}
	file := ts.MkAbs("secrets/key.pem")
	ts.Check(os.WriteFile(file, key.pem, 0o600))
	w.secrets["KEY"] = key.d
	ts.Setenv("KEYFILE", file)
	ts.Setenv("KEYTEXT", string(key.pem))
	ts.Setenv("OKTA_CLIENT_CLIENTID", gjson.GetBytes(answer, "credentials.oauthClient.client_id").String())
	ts.Setenv("OKTA_CLIENT_PRIVATEKEY", file)
}
