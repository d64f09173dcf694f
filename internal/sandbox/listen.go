package sandbox

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// freePorts lie below the range from which systems give ports to outgoing
// connections, so that a kept one is still free at the next start.
var freePorts = portRange{20000, 28999}

// tries is how many free ports are tried before the system is asked for one.
const tries = 50

// portRange is from its first port to its last.
type portRange struct{ first, last int }

// EnvPorts names the environment variable with the range, such as 9000-9020,
// in which the first start of a sandbox looks for free ports.
const EnvPorts = "SSOWIZARD_SANDBOX_PORTS"

func parsePorts(text string) (portRange, error) {
	if text == "" {
		return freePorts, nil
	}
	from, to, _ := strings.Cut(text, "-")
	first, err := strconv.ParseUint(from, 10, 16)
	last, err2 := strconv.ParseUint(to, 10, 16)
	if err != nil || err2 != nil || first == 0 || last <= first {
		return portRange{}, &OptionsError{Option: EnvPorts, Value: clean(text), Reason: "must be two ports, the first and the last to use, such as 9000-9020"}
	}
	return portRange{int(first), int(last)}, nil
}

// retake is how long a kept port may stay taken by a run that is just ending.
const retake = 300 * time.Millisecond

// address is a loopback address to listen on.
type address struct {
	host string // as it was given: a name or an IP
	ip   string
	port int // 0: any free one
}

// letIn is the option that lets other machines in. It says what it does, and
// it alone takes an address that is not loopback.
const letIn = "let-other-machines-in"

// parseAddress reads host:port, or a port alone. Every address of a host name
// must be loopback, and :port, which means every interface, is refused; but
// not with the option that says that others are to come in.
func parseAddress(ctx context.Context, option, text string) (address, error) {
	bad := func(reason string) (address, error) {
		return address{}, &OptionsError{Option: option, Value: clean(text), Reason: reason}
	}
	beyond := func(reason string) (address, error) {
		return address{}, &OptionsError{Option: option, Value: clean(text), Reason: reason, BeyondLoopback: true}
	}
	host, portText, err := net.SplitHostPort(text)
	if err != nil {
		host, portText = "127.0.0.1", text
		if option == letIn {
			host = "" // every interface
		}
	}
	port, err := strconv.ParseUint(portText, 10, 16)
	if err != nil {
		return bad("must be a port, or a loopback address and a port, such as 127.0.0.1:8080")
	}
	if option == letIn {
		return networkAddress(ctx, host, int(port), bad)
	}
	if host == "" {
		return beyond("would listen on every interface; the sandbox is for this machine alone, such as 127.0.0.1:" + portText)
	}
	ip, err := loopbackIP(ctx, host)
	if errors.Is(err, errBeyond) {
		return beyond(err.Error())
	}
	if err != nil {
		return bad(err.Error())
	}
	return address{host: strings.ToLower(host), ip: ip, port: int(port)}, nil
}

// networkAddress is one that other machines may reach.
func networkAddress(ctx context.Context, host string, port int, bad func(string) (address, error)) (address, error) {
	if host == "" {
		return address{port: port}, nil
	}
	ip := host
	if _, err := netip.ParseAddr(host); err != nil {
		ips, err := net.DefaultResolver.LookupHost(ctx, host)
		if err != nil || len(ips) == 0 {
			return bad("the host name is not known on this machine")
		}
		ip = ips[0]
	}
	return address{host: strings.ToLower(host), ip: ip, port: port}, nil
}

var errBeyond = errors.New("is not a loopback address; the sandbox is for this machine alone, such as 127.0.0.1")

func loopbackIP(ctx context.Context, host string) (string, error) {
	if isLocalhost(host) {
		return "127.0.0.1", nil
	}
	ips := []string{host}
	if _, err := netip.ParseAddr(host); err != nil {
		if ips, err = net.DefaultResolver.LookupHost(ctx, host); err != nil || len(ips) == 0 {
			return "", errors.New("the host name is not known on this machine")
		}
	}
	for _, ip := range ips {
		if a, err := netip.ParseAddr(ip); err != nil || !a.IsLoopback() {
			return "", errBeyond
		}
	}
	return ips[0], nil
}

// isLocalhost knows the names that mean loopback everywhere.
func isLocalhost(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

func isLoopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return err == nil && a.IsLoopback() || isLocalhost(host)
}

func (a address) String() string { return net.JoinHostPort(a.ip, strconv.Itoa(a.port)) }

// origin is scheme, host and port as a browser writes them.
func (a address) origin(scheme string) string {
	host := a.host
	if scheme == "http" || host == "" {
		host = a.ip
	}
	if scheme == "https" && a.port == 443 {
		if strings.Contains(host, ":") {
			host = "[" + host + "]"
		}
		return "https://" + host
	}
	return scheme + "://" + net.JoinHostPort(host, strconv.Itoa(a.port))
}

// listen opens a and tells the port that it got. The purpose is for the error.
func (a *address) listen(ctx context.Context, purpose string, kept bool, free portRange) (net.Listener, error) {
	if a.port == 0 {
		return a.listenFree(ctx, purpose, free)
	}
	ln, err := open(ctx, *a)
	for end := time.Now().Add(retake); kept && taken(err) && time.Now().Before(end); {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(lockPoll):
		}
		ln, err = open(ctx, *a)
	}
	if taken(err) {
		return nil, &PortTakenError{Address: a.String(), Purpose: purpose, Kept: kept, Err: err}
	}
	if err != nil {
		return nil, fmt.Errorf("listen for %s: %w", purpose, err)
	}
	return ln, nil
}

func (a *address) listenFree(ctx context.Context, purpose string, free portRange) (net.Listener, error) {
	for range tries {
		try := *a
		try.port = free.first + rand.IntN(free.last-free.first+1) //nolint:gosec // no secret
		if ln, err := open(ctx, try); err == nil {
			a.port = try.port
			return ln, nil
		}
	}
	ln, err := open(ctx, *a)
	if err != nil {
		return nil, fmt.Errorf("listen for %s: %w", purpose, err)
	}
	a.port = ln.Addr().(*net.TCPAddr).Port
	return ln, nil
}

func open(ctx context.Context, a address) (net.Listener, error) {
	var lc net.ListenConfig
	return lc.Listen(ctx, "tcp", a.String())
}

func taken(err error) bool {
	const wsaeaddrinuse, wsaeacces = syscall.Errno(10048), syscall.Errno(10013)
	return errors.Is(err, syscall.EADDRINUSE) || errors.Is(err, wsaeaddrinuse) || errors.Is(err, wsaeacces)
}
