package e2e_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"path"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"example.com/ssowizard/internal/secret"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/spclient/api"
)

// validated is a wire on which every request to the reference settings API and
// every answer is held against the OpenAPI file, whoever wrote either side.
type validated struct {
	t      *testing.T
	wire   http.RoundTripper
	router routers.Router
	seen   map[string]int // by operation and status class
}

func newValidated(t *testing.T, wire http.RoundTripper) *validated {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile("../../docs/sso-settings-openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		t.Fatal(err)
	}
	doc.Servers = nil
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return &validated{t: t, wire: wire, router: router, seen: map[string]int{}}
}

func (v *validated) RoundTrip(req *http.Request) (*http.Response, error) {
	if !strings.HasPrefix(req.URL.Path, "/sso-settings/") {
		return v.wire.RoundTrip(req)
	}
	body := []byte{}
	if req.Body != nil {
		body, _ = io.ReadAll(req.Body)
	}
	again := func() io.ReadCloser { return io.NopCloser(bytes.NewReader(body)) }
	route, params, err := v.router.FindRoute(req)
	if err != nil {
		v.t.Errorf("%s %s is not in the OpenAPI file: %v", req.Method, req.URL.Path, err)
		req.Body = again()
		return v.wire.RoundTrip(req)
	}
	options := &openapi3filter.Options{IncludeResponseStatus: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}
	req.Body = again()
	in := &openapi3filter.RequestValidationInput{Request: req, PathParams: params, Route: route, Options: options}
	if err := openapi3filter.ValidateRequest(req.Context(), in); err != nil {
		v.t.Errorf("request %s %s: %v", req.Method, req.URL.Path, err)
	}
	req.Body = again()
	resp, err := v.wire.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	answer, _ := io.ReadAll(resp.Body)
	resp.Body = io.NopCloser(bytes.NewReader(answer))
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: resp.StatusCode, Header: resp.Header, Options: options}
	out.SetBodyBytes(answer)
	if err := openapi3filter.ValidateResponse(req.Context(), out); err != nil {
		v.t.Errorf("answer %d to %s %s: %v", resp.StatusCode, req.Method, req.URL.Path, err)
	}
	v.seen[req.Method+" "+path.Base(route.Path)]++
	return resp, nil
}

func TestDriverAndSandboxBothSpeakTheOpenAPIFile(t *testing.T) {
	settings := []string{"GET connection", "PUT connection", "DELETE connection"}
	withTest := append([]string{"PUT enabled", "POST tests", "GET {id}"}, settings...)
	for profileID, operations := range map[string][]string{"net2phone": withTest, "justcall": withTest, "infobip": settings, "cloudtalk": settings} {
		t.Run(profileID, func(t *testing.T) {
			w := newWorld(t)
			v := newValidated(t, w.wire)
			for _, name := range []string{"setup", "rotate", "undo"} {
				core, _ := w.start(profileID)
				core.SP = w.driver(profileID, v)
				if err := runs[name](w, core); err != nil {
					t.Fatalf("%s: %v", name, err)
				}
			}
			core, _ := w.start(profileID)
			driver := w.driver(profileID, v)
			if _, err := driver.Push(context.Background(), []sso.SPSetting{{ID: "login_url", Value: "not a URL"}}); err == nil {
				t.Errorf("%s takes a login URL that is none", core.Profile.Name)
			}
			for _, operation := range operations {
				if v.seen[operation] == 0 {
					t.Errorf("%s was never used: %v", operation, v.seen)
				}
			}
		})
	}
}

// driver is a fresh settings API driver over another wire.
func (w *world) driver(profileID string, wire http.RoundTripper) *api.Driver {
	w.t.Helper()
	core, _ := w.start(profileID)
	inputs, err := core.Profile.CheckInputs(sweptInputs[profileID])
	if err != nil {
		w.t.Fatal(err)
	}
	for _, info := range w.sps.List() {
		if info.Key == profileID {
			d, err := api.New(api.Config{Profile: core.Profile, BaseURL: info.APIURL, Token: secret.New(info.APIToken), Inputs: inputs, Transport: wire, Clock: w.clock})
			if err != nil {
				w.t.Fatal(err)
			}
			return d
		}
	}
	w.t.Fatalf("the sandbox has no %s", profileID)
	return nil
}
