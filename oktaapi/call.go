package oktaapi

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/tidwall/gjson"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/httpx"
)

// call is one request to the Management API.
type call struct {
	method      string
	path        string // escaped, from /api/v1 on
	query       url.Values
	body        any // nil, []byte, or something to encode as JSON
	accept      string
	contentType string
}

// answer is what came back, whatever its status.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// maxAnswer bounds an answer when the transport does not.
const maxAnswer = 64 << 20

type exchangeKey struct{}

// exchange is how an answer gets past the SDK, and the access token in.
type exchange struct {
	bearer string
	answer *answer
}

// carrier hands each request of the SDK to the transport and keeps the answer
// for us. The SDK itself gets an empty 200: it would crash on a Link header that
// is not a URL, lose the body of a 403 that has a WWW-Authenticate header, sleep
// on a 429, and send a request again and again, POST too, after io.EOF.
type carrier struct{ base http.RoundTripper }

func (t carrier) RoundTrip(req *http.Request) (*http.Response, error) {
	x, ok := req.Context().Value(exchangeKey{}).(*exchange)
	if !ok {
		return nil, errors.New("request without an exchange")
	}
	if x.bearer != "" {
		req = req.Clone(req.Context())
		req.Header.Set("Authorization", "Bearer "+x.bearer)
	}
	resp, err := t.base.RoundTrip(req)
	if err != nil {
		return nil, broke(req, err)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	_ = resp.Body.Close()
	if err != nil {
		return nil, broke(req, err)
	}
	x.answer = &answer{status: resp.StatusCode, header: resp.Header, body: body}
	if resp.StatusCode >= 300 && resp.StatusCode < 400 && resp.Header.Get("Location") != "" {
		resp.Body = http.NoBody
		return resp, nil // http.Client judges the redirect
	}
	return &http.Response{Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: http.NoBody, Request: req}, nil
}

// broke makes sure, whatever the transport is, that a lost answer to a write
// is known as such and that the SDK does not see io.EOF.
func broke(req *http.Request, err error) error {
	var known *httpx.UnknownOutcome
	if errors.As(err, &known) || req.Method == http.MethodGet {
		return httpx.HideEOF(err)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &httpx.UnknownOutcome{Method: req.Method, Host: req.URL.Host, Path: req.URL.Path, Err: err}
	}
	return err
}

// do sends c and gives the answer when it is a success. A 401 with an OAuth
// token is tried once more with a fresh one, but for POST.
func (c *Client) do(ctx context.Context, r call) (answer, error) {
	a, bearer, err := c.send(ctx, r)
	if err == nil && a.status == http.StatusUnauthorized && c.token != nil && r.method != http.MethodPost {
		c.token.drop(ctx, bearer)
		a, _, err = c.send(ctx, r)
	}
	if err != nil {
		return answer{}, err
	}
	if err := c.check(r, a); err != nil {
		return answer{}, err
	}
	return a, nil
}

func (c *Client) send(ctx context.Context, r call) (answer, string, error) {
	x := &exchange{}
	if c.token != nil {
		token, err := c.token.get(ctx)
		if err != nil {
			return answer{}, "", err
		}
		x.bearer = token
	}
	exec := *c.exec
	if r.accept != "" {
		exec.WithAccept(r.accept)
	}
	if r.contentType != "" {
		exec.WithContentType(r.contentType)
	}
	target := r.path
	if len(r.query) > 0 {
		target += "?" + r.query.Encode()
	}
	req, err := exec.NewRequest(r.method, target, r.body)
	if err != nil {
		return answer{}, "", err
	}
	_, err = exec.Do(context.WithValue(ctx, exchangeKey{}, x), req, nil)
	if err != nil {
		return answer{}, "", withoutURL(err)
	}
	return *x.answer, x.bearer, nil
}

// withoutURL takes off the layer in which http.Client repeats method and
// URL: the errors beneath already say which host it was.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// check turns an answer that is no success, or not Okta's, into an error.
func (c *Client) check(r call, a answer) error {
	if a.status < 200 || a.status > 299 {
		return c.failure(r, a)
	}
	if len(bytes.TrimSpace(a.body)) == 0 {
		return nil
	}
	kind := strings.ToLower(a.header.Get("Content-Type"))
	if r.accept != "" && strings.Contains(kind, "xml") && !strings.Contains(kind, "html") {
		return nil
	}
	if strings.Contains(kind, "json") && gjson.ValidBytes(a.body) {
		return nil
	}
	err := notOkta(c.host, a)
	if strings.Contains(kind, "json") {
		err = hint.Add(errors.New("the answer of "+c.host+" is not whole: its JSON does not parse"),
			"run the same command again; if it stays, a proxy on the way changes answers")
	}
	return c.lostUnless(r, err)
}

// lostUnless makes err an unknown outcome where r was a write.
func (c *Client) lostUnless(r call, err error) error {
	if r.method == http.MethodGet {
		return err
	}
	path, _, _ := strings.Cut(r.path, "?")
	return &httpx.UnknownOutcome{Method: r.method, Host: c.host, Path: path, Err: err}
}

// get reads a JSON thing.
func (c *Client) get(ctx context.Context, path string, query url.Values) (gjson.Result, error) {
	a, err := c.do(ctx, call{method: http.MethodGet, path: path, query: query})
	if err != nil {
		return gjson.Result{}, err
	}
	return gjson.ParseBytes(a.body), nil
}
