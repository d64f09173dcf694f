package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

// Sandbox is a running sandbox. Safe for concurrent use.
type Sandbox struct {
	dir       string
	info      Info
	lock      *flock.Flock
	closers   []io.Closer // records and log
	listeners []net.Listener
	servers   []*http.Server
	base      context.Context // of every request
	cancel    context.CancelFunc
	serving   sync.WaitGroup
	public    published

	mu       sync.Mutex
	detach   func() bool // from the context that Start was given
	shared   bool        // running.json is there
	serveErr error

	once     sync.Once
	closeErr error
	done     chan struct{}
}

// Start starts the sandbox of o.Dir, making it where there is none. It runs
// until Close, or until ctx ends. Errors that a caller may branch on are
// HeldError, PortTakenError and OptionsError.
func Start(ctx context.Context, o Options) (*Sandbox, error) { return start(ctx, o, realParts) }

func start(ctx context.Context, o Options, parts makers) (_ *Sandbox, err error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	o.Dir = dir
	lock, err := take(ctx, dir)
	if err != nil {
		return nil, err
	}
	s := &Sandbox{dir: dir, lock: lock, done: make(chan struct{}), detach: func() bool { return false },
		public: published{Instance: randomHex(16), Key: randomHex(32), PID: os.Getpid(), Version: o.Version}}
	s.base, s.cancel = context.WithCancel(context.WithoutCancel(ctx))
	defer func() {
		if err != nil {
			_ = s.Close() // the first error is the one to tell
		}
	}()
	if err := s.claim(o); err != nil {
		return nil, err
	}
	if err := s.open(ctx, o, parts); err != nil {
		return nil, err
	}
	if o.Publish {
		if err := s.publish(); err != nil {
			return nil, err
		}
	}
	detach := context.AfterFunc(ctx, func() { _ = s.Close() })
	s.mu.Lock()
	s.detach = detach
	s.mu.Unlock()
	return s, nil
}

// publish lets others join.
func (s *Sandbox) publish() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.public.Info = s.info
	s.shared = true
	return writeJSON(runningPath(s.dir), s.public)
}

// claim says who has the lock, and takes away what a killed run published.
func (s *Sandbox) claim(o Options) error {
	if err := os.Remove(runningPath(s.dir)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("sandbox: %w", err)
	}
	return writeJSON(holderPath(s.dir), holder{PID: os.Getpid(), Command: o.Command, Shares: o.Publish})
}

// Info says where the sandbox is.
func (s *Sandbox) Info() Info { return s.info }

// Done is closed when the sandbox has ended.
func (s *Sandbox) Done() <-chan struct{} { return s.done }

// grace is how long answers that are under way may take at the end.
const grace = time.Second

// Close ends the sandbox: answers under way are given a second, then
// everything is closed and the lock let go. It may be called more than once
// and gives what went wrong while serving or closing.
func (s *Sandbox) Close() error {
	s.once.Do(func() {
		defer close(s.done)
		s.mu.Lock()
		s.detach()
		if s.shared {
			_ = os.Remove(runningPath(s.dir)) // what stays is found to be stale
		}
		s.mu.Unlock()
		var errs []error
		s.stopServing()
		for _, c := range s.closers {
			errs = append(errs, c.Close())
		}
		_ = os.Remove(holderPath(s.dir)) // means nothing without the lock
		errs = append(errs, s.lock.Unlock())
		s.mu.Lock()
		s.closeErr = errors.Join(append(errs, s.serveErr)...)
		s.mu.Unlock()
	})
	<-s.done
	return s.closeErr
}

func (s *Sandbox) stopServing() {
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	var wg sync.WaitGroup
	for _, srv := range s.servers {
		wg.Go(func() {
			_ = srv.Shutdown(ctx) // what is left over is cut below
		})
	}
	wg.Wait()
	s.cancel()
	for _, srv := range s.servers {
		_ = srv.Close()
	}
	for _, ln := range s.listeners {
		_ = ln.Close() // closed already where it was served
	}
	s.serving.Wait()
}
