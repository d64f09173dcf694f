package api_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/secret"
	"example.com/ssowizard/spclient/api"
)

// pagedDriver is the nested profile with another way of paging.
func pagedDriver(t *testing.T, paging, base string) *api.Driver {
	t.Helper()
	data, err := os.ReadFile("testdata/nested.yaml")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(data), "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, "      paging:") {
			lines[i] = "      paging: " + paging
		}
		if strings.HasPrefix(l, "    request: {method: GET, path: \"/idps/{{") {
			lines[i] = "" // the item of the list is the whole record
		}
	}
	p, err := catalog.ParseProfile("paged.yaml", []byte(strings.Join(lines, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	d, err := api.New(api.Config{Profile: p, BaseURL: base, Token: secret.New(token), Inputs: inputs,
		Transport: http.DefaultTransport, Clock: newClock()})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

const (
	otherItem = `{"id":"o","disabled":true,"login":{"short":"other"}}`
	ourItem   = `{"id":"a","disabled":false,"login":{"short":"acme"}}`
)

func TestListIsFollowedOverItsPages(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, paging string
		pages        map[string]string // query → body
		links        map[string]string // query → Link header
		want         bool
		requests     int
	}{
		{"number with a total", `{style: number, query: p, pages: total}`,
			map[string]string{"p=1": `{"total":2,"data":[` + otherItem + `]}`, "p=2": `{"total":2,"data":[` + ourItem + `]}`}, nil, true, 2},
		{"number until a page is empty", `{style: number, query: p, first: 0}`,
			map[string]string{"p=0": `{"data":[` + otherItem + `]}`, "p=1": `{"data":[` + ourItem + `]}`, "p=2": `{"data":[]}`}, nil, true, 3},
		{"number until a page is short", `{style: number, query: p, size_query: n, size: 2}`,
			map[string]string{"n=2&p=1": `{"data":[` + otherItem + `,` + otherItem + `]}`, "n=2&p=2": `{"data":[` + otherItem + `]}`}, nil, false, 2},
		{"cursor", `{style: cursor, query: after, next: cursors.next}`,
			map[string]string{"": `{"data":[],"cursors":{"next":"x&y"}}`, "after=x%26y": `{"data":[` + ourItem + `],"cursors":{"next":null}}`}, nil, true, 2},
		{"cursor until nothing more is said to follow", `{style: cursor, query: after, next: last, more: has_more}`,
			map[string]string{"": `{"data":[],"last":"x","has_more":true}`, "after=x": `{"data":[` + ourItem + `],"last":"y","has_more":false}`}, nil, true, 2},
		{"offset with a total", `{style: offset, query: from, total: count}`,
			map[string]string{"from=0": `{"count":"2","data":[` + otherItem + `]}`, "from=1": `{"count":"2","data":[` + ourItem + `]}`}, nil, true, 2},
		{"offset until a page is short", `{style: offset, query: from, size_query: n, size: 2}`,
			map[string]string{"from=0&n=2": `{"data":[` + otherItem + `,` + otherItem + `]}`, "from=2&n=2": `{"data":[` + otherItem + `]}`}, nil, false, 2},
		{"offset with pages shorter than asked for, and more to follow", `{style: offset, query: from, size_query: n, size: 2, more: more}`,
			map[string]string{"from=0&n=2": `{"more":true,"data":[` + otherItem + `]}`, "from=1&n=2": `{"more":false,"data":[` + ourItem + `]}`}, nil, true, 2},
		{"number with pages shorter than asked for, and more to follow", `{style: number, query: p, size_query: n, size: 2, more: more}`,
			map[string]string{"n=2&p=1": `{"more":true,"data":[` + otherItem + `]}`, "n=2&p=2": `{"more":false,"data":[` + ourItem + `]}`}, nil, true, 2},
		{"address in the answer", `{style: url, next: links.next}`,
			map[string]string{"": `{"data":[],"links":{"next":"/v9/idps?page=2"}}`, "page=2": `{"data":[` + ourItem + `],"links":{"next":null}}`}, nil, true, 2},
		{"null for an empty list", `{style: link}`, map[string]string{"": `{"data":null}`}, nil, false, 1},
		{"link", `{style: link}`,
			map[string]string{"": `{"data":[]}`, "page=2": `{"data":[` + ourItem + `]}`},
			map[string]string{"": `</v9/idps?page=0>; rel="prev", </v9/idps?page=2>; title="a, b"; rel="next last"`}, true, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			requests := 0
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				requests++
				q := r.URL.Query()
				q.Del("sort")
				body, ok := tt.pages[q.Encode()]
				if !ok {
					t.Errorf("page %q", q.Encode())
				}
				if link := tt.links[q.Encode()]; link != "" {
					w.Header().Set("Link", link)
				}
				jsonAnswer(w, http.StatusOK, body)
			}))
			t.Cleanup(server.Close)
			state, err := pagedDriver(t, tt.paging, server.URL+"/v9").Read(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if state.Configured != tt.want || state.Enabled != tt.want || requests != tt.requests {
				t.Errorf("configured %v, enabled %v, %d requests", state.Configured, state.Enabled, requests)
			}
		})
	}
}

func TestListThatLeadsAwayOrRoundIsRefused(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ paging, link, body, says string }{
		"another host":            {`{style: link}`, `<https://evil.example/idps>; rel=next`, `{"data":[]}`, "another address"},
		"another scheme":          {`{style: link}`, `<ftp://{host}/idps>; rel=next`, `{"data":[]}`, "another address"},
		"round":                   {`{style: link}`, `</v9/idps?page=1>; rel=next`, `{"data":[]}`, "circle"},
		"address of another host": {`{style: url, next: n}`, "", `{"data":[],"n":"https://evil.example/idps"}`, "another address"},
		"same cursor":             {`{style: cursor, query: c, next: n}`, "", `{"data":[],"n":"x"}`, "circle"},
		"no list":                 {`{style: link}`, "", `{"items":[]}`, "no list at data"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if tt.link != "" {
					w.Header().Set("Link", strings.ReplaceAll(tt.link, "{host}", r.Host))
				}
				jsonAnswer(w, http.StatusOK, tt.body)
			}))
			t.Cleanup(server.Close)
			_, err := pagedDriver(t, tt.paging, server.URL+"/v9").Read(t.Context())
			if err == nil || !strings.Contains(fmt.Sprint(err), tt.says) {
				t.Errorf("error %v", err)
			}
		})
	}
}
