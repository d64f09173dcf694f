package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/internal/store"
)

func TestLockHeldByAnotherProcessIsRefusedAndNamed(t *testing.T) {
	t.Parallel()
	s := store.Open(t.TempDir())
	pid, kill := holder(t, s.Root())
	c := s.Connection(acme, net2)
	_, err := c.Lock(t.Context(), "ssowizard rotate net2phone")
	if hint.CodeOf(err) != hint.Refused || len(hint.Hints(err)) == 0 {
		t.Fatalf("%v, code %d, hints %q", err, hint.CodeOf(err), hint.Hints(err))
	}
	for _, want := range []string{`"net2phone"`, "ssowizard setup net2phone", fmt.Sprintf("process %d", pid), "since "} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in: %v", want, err)
		}
	}
	for _, free := range []*store.Connection{s.Connection("b.okta.com", net2), s.Connection(acme, "net2phone-2")} {
		unlock, err := free.Lock(t.Context(), "other")
		must(t, err)
		unlock()
	}

	kill() // as kill -9: the lock ends with its process
	unlock, err := c.Lock(t.Context(), "next")
	must(t, err)
	unlock()
}

func TestLockIsHeldWithinAProcessToo(t *testing.T) {
	t.Parallel()
	s := store.Open(t.TempDir())
	s.Now = noon
	c := s.Connection(acme, net2)
	unlock, err := c.Lock(t.Context(), "first\x1b[2J")
	must(t, err)
	if _, err = s.Connection(acme, net2).Lock(t.Context(), "second"); hint.CodeOf(err) != hint.Refused {
		t.Fatalf("second: %v", err)
	}
	if strings.ContainsRune(err.Error(), '\x1b') || !strings.Contains(err.Error(), "first") {
		t.Errorf("%q", err)
	}
	write(t, filepath.Join(c.Dir(), "owner.json"), "{") // torn: nobody is named
	if _, err = c.Lock(t.Context(), "third"); hint.CodeOf(err) != hint.Refused {
		t.Errorf("third: %v", err)
	}
	unlock()
	unlock()
	again, err := c.Lock(t.Context(), "fourth")
	must(t, err)
	unlock() // an old unlock does not open a newer lock
	if _, err := c.Lock(t.Context(), "fifth"); hint.CodeOf(err) != hint.Refused {
		t.Errorf("fifth: %v", err)
	}
	again()
}

func TestLockDoesNotStartWhenInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c := store.Open(t.TempDir()).Connection(acme, net2)
	if _, err := c.Lock(ctx, "x"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	must(t, c.Save(sso.State{}))
}
