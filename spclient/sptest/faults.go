package sptest

import (
	"bytes"
	"io"
	"net/http"
	"sync"
)

// Faults is a transport that loses what it is told to lose and counts the
// writes that were carried out. It is safe for concurrent use.
type Faults struct {
	Next http.RoundTripper
	// Reads tells which requests beside GET only read; nil for none.
	Reads func(*http.Request) bool

	mu     sync.Mutex
	queue  []Fault
	writes int
}

// Fault is what becomes of one write.
type Fault struct {
	// LoseRequest breaks the connection before the request arrives,
	// LoseAnswer after it was carried out.
	LoseRequest bool
	LoseAnswer  bool
	// Status, when set, is answered in place of the service provider.
	Status      int
	ContentType string
	Body        string
	Header      http.Header
}

// Add lets the next writes, one for each fault, meet these faults.
func (f *Faults) Add(faults ...Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.queue = append(f.queue, faults...)
}

// Writes counts the requests, but those that only read, that were carried out with success.
func (f *Faults) Writes() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.writes
}

// RoundTrip sends the request or does what the next fault says.
func (f *Faults) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	reads := req.Method == http.MethodGet || f.Reads != nil && f.Reads(req)
	fault := f.take(reads)
	switch {
	case fault.LoseRequest:
		return nil, io.ErrUnexpectedEOF
	case fault.Status != 0:
		return fault.Answer(req), nil
	}
	resp, err := f.Next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	if !reads && resp.StatusCode < 300 {
		f.mu.Lock()
		f.writes++
		f.mu.Unlock()
	}
	if fault.LoseAnswer {
		_ = resp.Body.Close()
		return nil, io.EOF
	}
	return resp, nil
}

func (f *Faults) take(reads bool) Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	if reads || len(f.queue) == 0 {
		return Fault{}
	}
	fault := f.queue[0]
	f.queue = f.queue[1:]
	return fault
}

// Answer is what the fault answers in place of the service provider.
func (f Fault) Answer(req *http.Request) *http.Response {
	header := f.Header.Clone()
	if header == nil {
		header = http.Header{}
	}
	if f.ContentType == "" {
		f.ContentType = "application/json"
	}
	header.Set("Content-Type", f.ContentType)
	return &http.Response{Status: http.StatusText(f.Status), StatusCode: f.Status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, Body: io.NopCloser(bytes.NewBufferString(f.Body)), ContentLength: int64(len(f.Body)), Request: req}
}
