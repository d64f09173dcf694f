package oktaapi

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/tidwall/gjson"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/httpx"
)

// Sentinels that an Error matches with errors.Is, by its status.
var (
	ErrNotFound     = errors.New("not found")
	ErrUnauthorized = errors.New("not authenticated")
	ErrForbidden    = errors.New("not permitted")
)

// Error is an answer of Okta that is no success.
type Error struct {
	Method, Path string
	Status       int
	Code         string // E0000001 and so on, or OAuth's error word; "" where Okta sent none
	Summary      string // without control characters, like Causes
	Causes       []string
	RequestID    string
	Reset        time.Time // end of the rate-limit window, zero where the answer had none
}

func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Okta answered %d to %s %s", e.Status, e.Method, e.Path)
	if e.Summary != "" {
		b.WriteString(": " + strings.TrimRight(e.Summary, ". "))
	}
	if e.Code != "" {
		b.WriteString(" (" + e.Code + ")")
	}
	if len(e.Causes) > 0 {
		b.WriteString(": " + strings.Join(e.Causes, "; "))
	}
	return b.String()
}

// Is matches the sentinel of the status.
func (e *Error) Is(target error) bool {
	switch target { //nolint:errorlint // sentinels are compared by identity
	case ErrNotFound:
		return e.Status == http.StatusNotFound
	case ErrUnauthorized:
		return e.Status == http.StatusUnauthorized
	case ErrForbidden:
		return e.Status == http.StatusForbidden
	}
	return false
}

// about tells whether the error says that a thing of a type, such as
// AppInstance, was not found.
func (e *Error) about(kind string) bool { return strings.Contains(e.Summary, "("+kind+")") }

// failure makes the error of an answer, with what to do about it.
func (c *Client) failure(r call, a answer) error {
	path, _, _ := strings.Cut(r.path, "?")
	e := &Error{Method: r.method, Path: path, Status: a.status, RequestID: clean(a.header.Get("X-Okta-Request-Id"), 100)}
	if epoch, err := strconv.ParseInt(a.header.Get("X-Rate-Limit-Reset"), 10, 64); err == nil {
		e.Reset = time.Unix(epoch, 0).UTC()
	}
	if !gjson.ValidBytes(a.body) || !gjson.ParseBytes(a.body).IsObject() {
		if len(a.body) > 0 && a.status < 500 {
			return &hint.Error{Err: fmt.Errorf("%w: %w", e, notOkta(c.host, a)), Code: codeFor(a.status), RequestID: e.RequestID}
		}
		return c.lostIfServer(r, e, &hint.Error{Err: e, Code: codeFor(a.status), Hints: c.tips(r, e, a), RequestID: e.RequestID})
	}
	body := gjson.ParseBytes(a.body)
	e.Code = clean(body.Get("errorCode").String(), 40)
	e.Summary = clean(body.Get("errorSummary").String(), 400)
	if e.Code == "" {
		e.Code, e.Summary = clean(body.Get("error").String(), 60), clean(body.Get("error_description").String(), 400)
	}
	for _, cause := range body.Get("errorCauses.#.errorSummary").Array() {
		if text := clean(cause.String(), 300); text != "" && len(e.Causes) < 10 {
			e.Causes = append(e.Causes, text)
		}
	}
	return c.lostIfServer(r, e, &hint.Error{Err: e, Code: codeFor(a.status), Hints: c.tips(r, e, a), RequestID: e.RequestID})
}

// lostIfServer says of a POST to which the server failed that nobody knows
// what came of it. Everything else the transport has repeated already.
func (c *Client) lostIfServer(r call, e *Error, err error) error {
	if e.Status >= 500 && r.method == http.MethodPost {
		return c.lostUnless(r, err)
	}
	return err
}

func codeFor(status int) hint.Code {
	if status == http.StatusUnauthorized || status == http.StatusForbidden {
		return hint.NotAllowed
	}
	return 0
}

// tips say what a person can do about e.
func (c *Client) tips(r call, e *Error, a answer) []string {
	switch {
	case e.Status == http.StatusUnauthorized && e.Code == "E0000015":
		return []string{"the org has this feature switched off; Okta's support or the account's licence decides"}
	case e.Status == http.StatusUnauthorized:
		return []string{c.tokenTip()}
	case e.Status == http.StatusForbidden:
		return c.forbiddenTips(r, e, a)
	case e.Code == "E0000024":
		return []string{"Okta does not change an app that is not active: activate it under Applications in the Admin Console, then run the same command again"}
	case e.Code == "E0000001" && strings.Contains(strings.Join(e.Causes, " "), "Maximum number of instances"):
		return []string{"the org's limit of apps is reached: delete an app that nobody needs, or ask Okta to raise the limit"}
	case e.Status == http.StatusTooManyRequests:
		return []string{"run the same command again in a minute"}
	case e.Status >= 500:
		return []string{"Okta itself failed: look at status.okta.com and run the same command again"}
	}
	return nil
}

func (c *Client) tokenTip() string {
	if c.token != nil {
		return "Okta does not take the access token of service app " + clean(c.auth.ClientID, 60) + ": check that the app is active in this very org, " + c.host
	}
	return "the API token is wrong, revoked, or has not been used for 30 days, the person who made it was deactivated, it belongs to another org than " +
		c.host + ", or it is bound to a network zone: make a new one under Security → API → Tokens"
}

func (c *Client) forbiddenTips(r call, e *Error, a answer) []string {
	if e.Code == "E0000046" || e.Code == "E0000056" || e.Code == "E0000039" {
		return nil // the summary says it
	}
	if strings.Contains(a.header.Get("Www-Authenticate"), "insufficient_scope") {
		return []string{"grant the scope " + scopeFor(r) + " to service app " + clean(c.auth.ClientID, 60) +
			" (Applications → the service app → Okta API Scopes; only a Super Administrator can)"}
	}
	if c.token != nil {
		return []string{"besides its scopes a service app needs an admin role of its own: " + roleFor(r)}
	}
	return []string{"the token can do what the person who made it can: " + roleFor(r) + "; or it is bound to a network zone that this computer is not in"}
}

func scopeFor(r call) string {
	switch {
	case strings.HasPrefix(r.path, "/api/v1/groups"):
		return "okta.groups.read"
	case strings.HasPrefix(r.path, "/api/v1/users"):
		return "okta.users.read"
	}
	return "okta.apps.manage"
}

func roleFor(r call) string {
	switch {
	case r.method == http.MethodPost && r.path == appsPath:
		return "creating apps takes a Super Administrator, or an Application Administrator who is not limited to some apps (only a Super, Org, Group, Group Membership or Read-only Administrator can make API tokens)"
	case r.method != http.MethodGet:
		return "changing apps and their assignments takes a Super Administrator or an Application Administrator for this app"
	case strings.HasPrefix(r.path, "/api/v1/groups"), strings.HasPrefix(r.path, "/api/v1/users"):
		return "reading people and groups takes an Application, Org, Read-only or Super Administrator"
	}
	return "reading apps takes an Application, Read-only or Super Administrator"
}

// notOkta is the error of an answer that Okta's API does not give.
func notOkta(host string, a answer) error {
	return hint.Add(fmt.Errorf("this is not Okta's API: %s gave %s with status %d", host, kindOf(a), a.status),
		"a proxy or a sign-in page answered instead of Okta: check the org's address, the network and --proxy")
}

// kindOf says in plain words what sort of answer came.
func kindOf(a answer) string {
	kind := clean(a.header.Get("Content-Type"), 60)
	switch {
	case looksLikeHTML(a):
		return "a web page"
	case kind == "":
		return "an answer without a type"
	}
	return "an answer of type " + kind
}

func looksLikeHTML(a answer) bool {
	head := strings.ToLower(string(a.body[:min(len(a.body), 200)]))
	return strings.Contains(a.header.Get("Content-Type"), "html") || strings.Contains(head, "<html") || strings.Contains(head, "<!doctype html")
}

// isGone tells whether err says that the thing is not there.
func isGone(err error) bool { return errors.Is(err, ErrNotFound) }

// unknownOutcome tells whether err is a write of which nobody knows.
func unknownOutcome(err error) bool {
	var lost *httpx.UnknownOutcome
	return errors.As(err, &lost)
}

// clean makes text from outside fit to be shown: without control and
// formatting characters, cut after limit characters.
func clean(s string, limit int) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > limit {
		s = string(runes[:limit]) + "…"
	}
	return s
}
