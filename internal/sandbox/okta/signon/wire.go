package signon

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"time"
)

const wireTime = "2006-01-02T15:04:05.000Z"

func stamp(t time.Time) string { return t.UTC().Format(wireTime) }

// stampOrNull is null for a time that never was.
func stampOrNull(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	text := stamp(t)
	return &text
}

// link is one entry of _links.
type link struct {
	Name  string `json:"name,omitempty"`
	Href  string `json:"href"`
	Hints hints  `json:"hints"`
}

type hints struct {
	Allow []string `json:"allow"`
}

func linkTo(href string, allow ...string) *link { return &link{Href: href, Hints: hints{allow}} }

func namedLink(name, href string, allow ...string) *link {
	return &link{Name: name, Href: href, Hints: hints{allow}}
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		http.Error(w, "", http.StatusInternalServerError)
		return
	}
	noStore(w)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}

func noStore(w http.ResponseWriter) {
	w.Header().Set("Cache-Control", "no-cache, no-store")
	w.Header().Set("Pragma", "no-cache")
	w.Header().Set("Expires", "0")
}

// readJSON reads one JSON object, and answers itself when there is none.
func (s *Site) readJSON(w http.ResponseWriter, r *http.Request, into any) bool {
	if ct := r.Header.Get("Content-Type"); ct != "" {
		kind, _, err := mime.ParseMediaType(ct)
		if err != nil || kind != "application/json" {
			s.dir.Fail(w, http.StatusBadRequest, "E0000021",
				"Bad request.  Accept and/or Content-Type headers likely do not match supported values.")
			return false
		}
	}
	if err := decodeObject(r.Body, into); err != nil {
		s.dir.Fail(w, http.StatusBadRequest, "E0000003", "The request body was not well-formed.")
		return false
	}
	return true
}

var errNotOneObject = errors.New("not one JSON object")

func decodeObject(from io.Reader, into any) error {
	body, err := io.ReadAll(from)
	if err != nil {
		return err
	}
	// null and arrays would decode into nothing without a complaint.
	if trimmed := bytes.TrimLeft(body, " \t\r\n"); len(trimmed) == 0 || trimmed[0] != '{' {
		return errNotOneObject
	}
	return json.Unmarshal(body, into)
}
