package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/internal/store"
)

func TestForgetTakesOneOrgAway(t *testing.T) {
	t.Parallel()
	s := store.Open(t.TempDir())
	must(t, s.Forget(t.Context(), store.SandboxOrg)) // nothing there
	for _, org := range []string{store.SandboxOrg, acme} {
		must(t, s.Connection(org, net2).Save(sso.State{}))
		must(t, s.Connection(org, net2).Append(entry("1", "x")))
	}
	must(t, s.Connection(store.SandboxOrg, "other").Save(sso.State{}))

	unlock, err := s.Connection(store.SandboxOrg, "other").Lock(t.Context(), "setup")
	must(t, err)
	if err := s.Forget(t.Context(), store.SandboxOrg); hint.CodeOf(err) != hint.Refused {
		t.Errorf("in use: %v", err)
	}
	if all, err := s.List(); err != nil || len(all) != 3 {
		t.Errorf("after a refusal: %v, %v", all, err)
	}
	unlock()

	must(t, s.Forget(t.Context(), store.SandboxOrg))
	all, err := s.List()
	must(t, err)
	if d := cmp.Diff([]store.Entry{{Org: acme, Name: net2}}, all); d != "" {
		t.Error(d)
	}
	if j, err := s.Connection(store.SandboxOrg, net2).Journal(); err != nil || len(j) != 0 {
		t.Errorf("journal %v, %v", j, err)
	}
}
