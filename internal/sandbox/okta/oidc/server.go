package oidc

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// prefix is where the endpoints are.
const prefix = "/oauth2/v1/"

// maxBody bounds a request; a client assertion is the largest thing in one.
const maxBody = 1 << 20

// Server is the authorization server. It is safe for concurrent use.
type Server struct {
	dir  Directory
	site SignOn

	mu    sync.Mutex
	codes map[string]*grant // by digest of the code
	// rotated are refresh tokens that were used, and until when they may be
	// once more.
	rotated map[string]time.Time
	devices map[string]*device // by device code
	pushed  map[string]pushed  // by request URI
}

// New makes the authorization server of an org.
func New(dir Directory, site SignOn) *Server {
	return &Server{
		dir: dir, site: site, codes: map[string]*grant{}, rotated: map[string]time.Time{},
		devices: map[string]*device{}, pushed: map[string]pushed{},
	}
}

type endpoint struct {
	methods string
	page    bool // a person looks at its errors
	serve   func(*Server, http.ResponseWriter, *http.Request, url.Values)
}

var endpoints = map[string]endpoint{
	"authorize":  {"GET POST", true, (*Server).authorize},
	"token":      {"POST", false, (*Server).token},
	"userinfo":   {"GET POST", false, (*Server).userinfo},
	"introspect": {"POST", false, (*Server).introspect},
	"revoke":     {"POST", false, (*Server).revoke},
	"logout":     {"GET POST", true, (*Server).logout},
	"par":        {"POST", false, (*Server).par},

	"device/authorize": {"POST", false, (*Server).authorizeDevice},
	activatePath:       {"GET POST", true, (*Server).activate},
}

// Handles tells whether a path is one of the server's endpoints.
func Handles(path string) bool {
	_, known := endpoints[strings.TrimPrefix(path, prefix)]
	return known && (path == activatePath || strings.HasPrefix(path, prefix))
}

// ServeHTTP answers at the endpoints.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e, ok := endpoints[strings.TrimPrefix(r.URL.Path, prefix)]
	if !ok {
		s.dir.Fail(w, http.StatusNotFound, "E0000008", "The requested path was not found")
		return
	}
	if !strings.Contains(" "+e.methods+" ", " "+r.Method+" ") {
		s.dir.Fail(w, http.StatusMethodNotAllowed, "E0000022", "The endpoint does not support the provided HTTP method")
		return
	}
	noStore(w.Header())
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if err := checkForm(r); err != nil {
		if e.page {
			s.page(w, r, err.Code, err.Description)
			return
		}
		s.refuse(w, r, err)
		return
	}
	// Parameters stand in the body or, as some clients send them, in the query.
	e.serve(s, w, r, r.Form)
}

// checkForm reads the parameters. One that is there twice could be read
// differently by two readers; only resource may be, by its own standard.
func checkForm(r *http.Request) *Error {
	if err := r.ParseForm(); err != nil {
		return badRequest("invalid_request", "The request parameters could not be parsed.")
	}
	for name, values := range r.Form {
		if len(values) > 1 && name != "resource" {
			return badRequest("invalid_request", "The '"+printable(name)+"' parameter is there more than once.")
		}
	}
	return nil
}

func noStore(h http.Header) {
	h.Set("Cache-Control", "no-cache, no-store")
	h.Set("Pragma", "no-cache")
	h.Set("Expires", "0")
}

func badRequest(code, description string) *Error {
	return &Error{http.StatusBadRequest, code, description}
}

// refuse answers a program.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var e *Error
	if !errors.As(err, &e) {
		s.dir.Fail(w, http.StatusInternalServerError, "E0000009", "Internal Server Error")
		return
	}
	if e.Code == unknownClient {
		s.dir.Fail(w, e.Status, "invalid_client", e.Description)
		return
	}
	if _, _, basic := r.BasicAuth(); basic && e.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Basic realm="`+s.dir.Base(r)+`"`)
	}
	writeJSON(w, e.Status, struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}{e.Code, e.Description})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		http.Error(w, "the answer could not be made", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(bytes.TrimRight(b.Bytes(), "\n")) // the client is gone when this fails
}

// random makes n random bytes in base64url.
func random(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // crypto/rand never fails
	return base64.RawURLEncoding.EncodeToString(b)
}

// printable keeps what may stand in an answer of what a caller sent.
func printable(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || strings.ContainsRune(`"\<>`, r) {
			return -1
		}
		return r
	}, s)
	return s[:min(len(s), 100)]
}
