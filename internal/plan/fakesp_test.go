package plan_test

import (
	"context"
	"sync"

	"example.com/ssowizard/internal/sso"
)

// fakeSP is a service provider in memory.
type fakeSP struct {
	mu       sync.Mutex
	settings map[string]string
	enabled  bool
	calls    []string
	fail     func(call string) error
	// twist changes what is stored, as a service provider that does not keep its word.
	twist func(map[string]string)
}

func (s *fakeSP) call(name string, effect func()) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, name)
	if s.fail != nil {
		if err := s.fail(name); err != nil {
			return err
		}
	}
	effect()
	return nil
}

func (s *fakeSP) state() sso.SPState {
	held := map[string]string{}
	for k, v := range s.settings {
		held[k] = v
	}
	return sso.SPState{Readable: true, Configured: len(held) > 0, Enabled: s.enabled, Settings: held}
}

func (s *fakeSP) Read(context.Context) (st sso.SPState, err error) {
	err = s.call("read", func() { st = s.state() })
	return st, err
}

func (s *fakeSP) Push(_ context.Context, settings []sso.SPSetting) (st sso.SPState, err error) {
	err = s.call("push", func() {
		s.settings = map[string]string{}
		for _, v := range settings {
			s.settings[v.ID] = v.Value
		}
		if s.twist != nil {
			s.twist(s.settings)
		}
		st = s.state()
	})
	return st, err
}

func (s *fakeSP) SetEnabled(_ context.Context, on bool) error {
	return s.call("enable", func() { s.enabled = on })
}

func (s *fakeSP) Restore(_ context.Context, before sso.SPState) error {
	return s.call("restore", func() {
		s.settings = nil
		if before.Configured {
			s.settings = before.Settings
		}
	})
}

func (s *fakeSP) StartTest(context.Context) (t sso.SPTest, err error) {
	err = s.call("starttest", func() { t = sso.SPTest{ID: "t1", StartURL: "https://sp.example/test"} })
	return t, err
}

func (s *fakeSP) TestVerdict(context.Context, string) (v sso.SPVerdict, err error) {
	err = s.call("verdict", func() { v = sso.SPVerdict{Status: sso.VerdictPassed, Person: "ana@acme.example"} })
	return v, err
}

// keeper keeps a state and a journal in memory.
type keeper struct {
	mu      sync.Mutex
	state   sso.State
	have    bool
	journal []sso.JournalEntry
	fail    func(phase string) error
}

func (k *keeper) Load() (sso.State, bool, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.state, k.have, nil
}

func (k *keeper) Save(s sso.State) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.fail != nil {
		if err := k.fail("save"); err != nil {
			return err
		}
	}
	k.state, k.have = s, true
	return nil
}

func (k *keeper) Append(e sso.JournalEntry) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.fail != nil {
		if err := k.fail(e.Phase); err != nil {
			return err
		}
	}
	k.journal = append(k.journal, e)
	return nil
}

func (k *keeper) Remove() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.state, k.have = sso.State{}, false
	return nil
}
