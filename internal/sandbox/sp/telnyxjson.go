package sp

import (
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// telnyxErrors is an answer of Telnyx's API that refuses a call.
type telnyxErrors struct {
	status int
	Errors []telnyxError
}

func (e *telnyxErrors) Error() string { return e.Errors[0].Detail }

type telnyxError struct {
	Code   string        `json:"code"`
	Title  string        `json:"title"`
	Detail string        `json:"detail"`
	Source *telnyxSource `json:"source,omitempty"`
	Meta   struct {
		URL string `json:"url"`
	} `json:"meta"`
}

type telnyxSource struct {
	Pointer   string `json:"pointer,omitempty"`
	Parameter string `json:"parameter,omitempty"`
}

func newTelnyxError(code, title, detail string, source *telnyxSource) telnyxError {
	e := telnyxError{Code: code, Title: title, Detail: detail, Source: source}
	e.Meta.URL = "https://developers.telnyx.com/docs/overview/errors/" + code
	return e
}

func telnyxRefusal(status int, e telnyxError) error {
	return &telnyxErrors{status, []telnyxError{e}}
}

func telnyxNotFound() error {
	return telnyxRefusal(http.StatusNotFound, newTelnyxError("10005", "Resource not found", "There is no resource at this URL.", nil))
}

func telnyxBad(detail string) error {
	return telnyxRefusal(http.StatusBadRequest, newTelnyxError("10015", "Bad Request", detail, nil))
}

func telnyxBadParameter(name, detail string) error {
	return telnyxRefusal(http.StatusBadRequest, newTelnyxError("10015", "Bad Request", detail, &telnyxSource{Parameter: name}))
}

func telnyxMissing(pointer string) telnyxError {
	return newTelnyxError("10004", "Missing required parameter", "The value is required.", &telnyxSource{Pointer: pointer})
}

func telnyxInvalid(pointer, detail string) telnyxError {
	return newTelnyxError("10015", "Bad Request", detail, &telnyxSource{Pointer: pointer})
}

func telnyxBadURL(pointer, detail string) telnyxError {
	return newTelnyxError("10003", "Invalid URL", detail, &telnyxSource{Pointer: pointer})
}

// telnyxFault puts a value that the engine refused into Telnyx's words.
func telnyxFault(w *fieldError) telnyxError {
	pointer := "/" + w.Field
	if strings.HasPrefix(w.Field, "idp_") {
		pointer = "/" + telnyxSettings + pointer
	}
	detail := w.Message + "."
	switch w.Code {
	case "required":
		return telnyxMissing(pointer)
	case "taken":
		return newTelnyxError("10012", "Duplicate resource", detail, &telnyxSource{Pointer: pointer})
	case "invalid_url":
		return telnyxBadURL(pointer, detail)
	}
	return telnyxInvalid(pointer, detail)
}

func writeTelnyxError(w http.ResponseWriter, err error) {
	var refused *telnyxErrors
	var body *apiError
	switch {
	case errors.As(err, &refused):
	case errors.As(err, &body): // of the engine's reader
		refused = &telnyxErrors{body.status, []telnyxError{newTelnyxError("10015", "Bad Request", body.message+".", nil)}}
	default:
		refused = &telnyxErrors{http.StatusInternalServerError, []telnyxError{
			newTelnyxError("10007", "Unexpected error", "The change could not be kept.", nil)}}
	}
	writeJSON(w, refused.status, struct {
		Errors []telnyxError `json:"errors"`
	}{refused.Errors})
}

func telnyxRoute(m map[string]apiHandler) http.Handler {
	return apiRouteWith(m, writeTelnyxError, func(method string) error {
		return telnyxRefusal(http.StatusMethodNotAllowed, newTelnyxError("10015", "Bad Request", "This URL does not take "+method+".", nil))
	})
}

// telnyxMembers reads a body that is one JSON object.
func telnyxMembers(r *http.Request) (map[string]json.RawMessage, error) {
	body, err := readBody(r)
	if err != nil {
		return nil, err
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return nil, telnyxRefusal(http.StatusUnsupportedMediaType,
			newTelnyxError("10014", "Unsupported Media Type", "The body must be sent as application/json.", nil))
	}
	if err := uniqueMembers(body); err != nil {
		return nil, telnyxBad("The body is not acceptable JSON: " + err.Error() + ".")
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(body, &members); err != nil || members == nil {
		return nil, telnyxBad("The body is not a JSON object.")
	}
	return members, nil
}

func telnyxNumber(r *http.Request, name string, to *int, most int) error {
	given, ok := r.URL.Query()[name]
	if !ok {
		return nil
	}
	n, err := strconv.Atoi(given[0])
	if err != nil || n < 1 || n > most {
		return telnyxBadParameter(name, fmt.Sprintf("The value must be a whole number from 1 to %d.", most))
	}
	*to = n
	return nil
}

// telnyxAuthorized counts every call and asks for the key before anything else
// is said.
func (p *provider) telnyxAuthorized(next http.Handler) http.Handler {
	limit := &window{most: 300, length: time.Minute}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		left, reset, ok := limit.take(p.env.Now())
		h := w.Header()
		h.Set("X-RateLimit-Limit", strconv.Itoa(limit.most))
		h.Set("X-RateLimit-Remaining", strconv.Itoa(left))
		h.Set("X-RateLimit-Reset", strconv.Itoa(reset))
		if !ok {
			h.Set("Retry-After", strconv.Itoa(reset))
			writeTelnyxError(w, telnyxRefusal(http.StatusTooManyRequests,
				newTelnyxError("10011", "Too many requests", "More requests came than are allowed in a minute.", nil)))
			return
		}
		if err := p.telnyxKey(r); err != nil {
			writeTelnyxError(w, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (p *provider) telnyxKey(r *http.Request) error {
	scheme, key, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	key = strings.TrimSpace(key)
	if !strings.EqualFold(scheme, "Bearer") || key == "" {
		return telnyxRefusal(http.StatusUnauthorized, newTelnyxError("10007", "Unauthorized", "The request has no Authorization header with an API v2 key.", nil))
	}
	if sameToken(key, p.secrets.APIToken) {
		return nil
	}
	if _, ok := p.siblingWith(key); ok {
		return telnyxRefusal(http.StatusForbidden, newTelnyxError("10010", "Authorization failed", "The key's user may not do this.", nil))
	}
	return telnyxRefusal(http.StatusUnauthorized, newTelnyxError("10009", "Authentication failed", "The API key is not known or was revoked.", nil))
}

// window counts calls in spans of time of equal length.
type window struct {
	most   int
	length time.Duration

	mu    sync.Mutex
	ends  time.Time
	taken int
}

// take counts one call. It returns how many are left and in how many seconds
// the count begins again, and whether this one was still within.
func (l *window) take(now time.Time) (left, reset int, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !now.Before(l.ends) || l.ends.Sub(now) > l.length {
		l.ends, l.taken = now.Add(l.length), 0
	}
	ok = l.taken < l.most
	if ok {
		l.taken++
	}
	return l.most - l.taken, int((l.ends.Sub(now) + time.Second - 1) / time.Second), ok
}
