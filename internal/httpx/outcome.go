package httpx

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"example.com/ssowizard/internal/hint"
)

// UnknownOutcome is the error of a write that was sent and whose answer did
// not arrive whole: it may or may not have been carried out. Whoever gets it
// looks before doing it again. It never matches io.EOF.
type UnknownOutcome struct {
	Method string
	Host   string
	Path   string
	Err    error
}

func (e *UnknownOutcome) Error() string {
	return fmt.Sprintf("%s %s%s: it is not known whether this was carried out: %v", e.Method, e.Host, e.Path, e.Err)
}

// OutcomeUnknown is true; callers that do not know this type ask for it.
func (e *UnknownOutcome) OutcomeUnknown() bool { return true }

// Unwrap gives the reason, in which io.EOF cannot be found.
func (e *UnknownOutcome) Unwrap() error { return HideEOF(e.Err) }

// RateLimited is the error of a request that was turned away for the rate
// limit more often than one run waits.
type RateLimited struct {
	Method, Path string
	Bucket       string
	Until        time.Time
	RequestID    string
	Tries        int
}

func (e *RateLimited) Error() string {
	return fmt.Sprintf("%s %s: still over the rate limit after %d tries", e.Method, e.Path, e.Tries)
}

// HideEOF gives err in a form that matches neither io.EOF nor
// io.ErrUnexpectedEOF and is otherwise the same: Okta's SDK takes either for a
// request to send once more, without end and for POST too.
func HideEOF(err error) error {
	if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	return &hint.Error{Err: &notEOF{err}, Code: codeOf(err), Hints: hint.Hints(err), RequestID: hint.RequestID(err)}
}

func codeOf(err error) hint.Code {
	if c := hint.CodeOf(err); c != hint.Failed {
		return c
	}
	return 0
}

type notEOF struct{ err error }

func (e *notEOF) Error() string {
	text := e.err.Error()
	if text == io.EOF.Error() || text == io.ErrUnexpectedEOF.Error() {
		return "the connection was closed before the answer was complete"
	}
	return text
}

func (e *notEOF) Is(target error) bool {
	return target != io.EOF && target != io.ErrUnexpectedEOF && errors.Is(e.err, target) //nolint:errorlint // identity is meant
}

func (e *notEOF) As(target any) bool { return errors.As(e.err, target) }

// neverSent tells whether err arose before a byte of the request went out.
func neverSent(err error) bool {
	var op *net.OpError
	if errors.As(err, &op) && (op.Op == "dial" || op.Op == "proxyconnect") {
		return true
	}
	var dns *net.DNSError
	var refused *HostRefused
	var proxy *proxyError
	var handshake *handshakeError
	return errors.As(err, &dns) || errors.As(err, &refused) || errors.As(err, &proxy) || errors.As(err, &handshake) || isTrustFailure(err)
}

// permanent tells whether trying again at once cannot help.
func permanent(err error) bool {
	var dns *net.DNSError
	if errors.As(err, &dns) && dns.IsNotFound {
		return true
	}
	var refused *HostRefused
	var proxy *proxyError
	return errors.As(err, &refused) || errors.As(err, &proxy) || isTrustFailure(err) ||
		errors.Is(err, http.ErrSchemeMismatch)
}

func isTrustFailure(err error) bool {
	var verification *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	return errors.As(err, &verification) || errors.As(err, &authority) || errors.As(err, &host) ||
		errors.As(err, &invalid) || errors.As(err, &record)
}

func isContextError(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
