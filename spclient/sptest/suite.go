// Package sptest is the suite that every way to reach a service provider's
// settings passes: what the plan core may rely on, whoever does the pushing.
package sptest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

// Driver is a way to reach a service provider's settings.
type Driver interface {
	Read(ctx context.Context) (sso.SPState, error)
	Push(ctx context.Context, settings []sso.SPSetting) (sso.SPState, error)
	SetEnabled(ctx context.Context, on bool) error
	StartTest(ctx context.Context) (sso.SPTest, error)
	TestVerdict(ctx context.Context, id string) (sso.SPVerdict, error)
	Restore(ctx context.Context, before sso.SPState) error
	// People is false where the service provider does not tell who has an account.
	People(ctx context.Context) ([]sso.SPPerson, bool, error)
}

// Subject is a driver and the service provider behind it, which holds nothing
// yet. A function that is nil leaves out the tests that need it.
type Subject struct {
	Driver  Driver
	Profile *catalog.Profile
	// Settings is a whole set of settings, and Other one of the same ids in
	// which every value differs.
	Settings, Other []sso.SPSetting
	// Writes counts the requests so far that could have changed something
	// and that the service provider carried out.
	Writes func() int
	// Change sets a setting behind the driver's back.
	Change func(id, value string)
	// LoseAnswer lets the next write be carried out and its answer be lost.
	LoseAnswer func()
	// LoseRequest lets the next write be lost before it is carried out.
	LoseRequest func()
	// Refuse lets the next write be refused with these words.
	Refuse func(words string)
	// Secrets are texts that no error may hold.
	Secrets []string
}

// Run runs the suite. Each test gets a subject of its own.
func Run(t *testing.T, newSubject func(t *testing.T) Subject) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, Subject){
		"NothingIsThereAtFirst":              nothingAtFirst,
		"WhatIsPushedIsReadBack":             readBack,
		"SecondPushWritesNothing":            secondPush,
		"PushReplacesOtherValues":            replaces,
		"PushKeepsSettingsItDoesNotName":     keepsOthers,
		"PushDoesNotTurnOnOrOff":             keepsEnabled,
		"SwitchGoesOnAndOff":                 switches,
		"UnknownSettingIsRefused":            unknownSetting,
		"DriftIsReportedAndRepaired":         drift,
		"LostAnswerIsLookedAtBeforeARepeat":  lostAnswer,
		"LostRequestIsRepeated":              lostRequest,
		"RefusalIsToldWithoutSecrets":        refusal,
		"CancelledRunChangesNothing":         cancelled,
		"RestoreClearsWhatWasNotThere":       restoreNothing,
		"RestoreBringsBackTheFormerSettings": restoreFormer,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, newSubject(t))
		})
	}
}

func (s Subject) push(t *testing.T, settings []sso.SPSetting) sso.SPState {
	t.Helper()
	state, err := s.Driver.Push(t.Context(), settings)
	if err != nil {
		t.Fatalf("push: %v", err)
	}
	return state
}

func (s Subject) read(t *testing.T) sso.SPState {
	t.Helper()
	state, err := s.Driver.Read(t.Context())
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	return state
}

// differs names the settings that are not as wanted.
func (s Subject) differs(state sso.SPState, want []sso.SPSetting) []string {
	var ids []string
	for _, w := range want {
		if !w.Secret && !s.Profile.SettingsEqual(w.ID, w.Value, state.Settings[w.ID]) {
			ids = append(ids, w.ID)
		}
	}
	return ids
}

func nothingAtFirst(t *testing.T, s Subject) {
	state := s.read(t)
	if !state.Readable || state.Configured || state.Enabled {
		t.Errorf("readable %v, configured %v, enabled %v", state.Readable, state.Configured, state.Enabled)
	}
}

func readBack(t *testing.T, s Subject) {
	answered := s.push(t, s.Settings)
	for name, state := range map[string]sso.SPState{"answer": answered, "read": s.read(t)} {
		if ids := s.differs(state, s.Settings); len(ids) > 0 || !state.Readable || !state.Configured {
			t.Errorf("%s: readable %v, configured %v, other values in %v", name, state.Readable, state.Configured, ids)
		}
		for _, w := range s.Settings {
			if _, told := state.Settings[w.ID]; w.Secret && told {
				t.Errorf("%s tells the secret %s", name, w.ID)
			}
		}
	}
}

func secondPush(t *testing.T, s Subject) {
	s.push(t, s.Settings)
	if s.Writes == nil {
		return
	}
	before := s.Writes()
	// Nobody can tell whether a secret there is this one, so it is not named.
	s.push(t, slices.DeleteFunc(slices.Clone(s.Settings), func(w sso.SPSetting) bool { return w.Secret }))
	if got := s.Writes() - before; got != 0 {
		t.Errorf("%d writes", got)
	}
}

func replaces(t *testing.T, s Subject) {
	s.push(t, s.Settings)
	s.push(t, s.Other)
	if ids := s.differs(s.read(t), s.Other); len(ids) > 0 {
		t.Errorf("old values in %v", ids)
	}
}

func keepsOthers(t *testing.T, s Subject) {
	s.push(t, s.Settings)
	s.push(t, s.Other[:1])
	want := append([]sso.SPSetting{s.Other[0]}, s.Settings[1:]...)
	if ids := s.differs(s.read(t), want); len(ids) > 0 {
		t.Errorf("changed or lost: %v", ids)
	}
}

func (s Subject) hasSecret() bool {
	return slices.ContainsFunc(s.Settings, func(w sso.SPSetting) bool { return w.Secret })
}

func (s Subject) hasSwitch() bool { return s.Profile.TurnOn == catalog.TurnOnSwitch }

func (s Subject) enable(t *testing.T, on bool) {
	t.Helper()
	if err := s.Driver.SetEnabled(t.Context(), on); err != nil {
		t.Fatalf("enable %v: %v", on, err)
	}
}

func keepsEnabled(t *testing.T, s Subject) {
	if !s.hasSwitch() {
		return
	}
	if state := s.push(t, s.Settings); state.Enabled {
		t.Error("the first push turned it on")
	}
	s.enable(t, true)
	if state := s.push(t, s.Other); !state.Enabled {
		t.Error("a push turned it off")
	}
}

func switches(t *testing.T, s Subject) {
	s.push(t, s.Settings)
	if !s.hasSwitch() {
		if err := s.Driver.SetEnabled(t.Context(), true); err == nil {
			t.Error("a switch that is not there was turned on")
		}
		return
	}
	for _, on := range []bool{true, true, false, false, true} {
		s.enable(t, on)
		state := s.read(t)
		if state.Enabled != on {
			t.Fatalf("enabled is %v, want %v", state.Enabled, on)
		}
		if ids := s.differs(state, s.Settings); len(ids) > 0 {
			t.Fatalf("the switch changed %v", ids)
		}
	}
}

func unknownSetting(t *testing.T, s Subject) {
	_, err := s.Driver.Push(t.Context(), []sso.SPSetting{{ID: "no_such_setting", Value: "x"}})
	if err == nil || !strings.Contains(err.Error(), "no_such_setting") {
		t.Errorf("error %v", err)
	}
}

func drift(t *testing.T, s Subject) {
	if s.Change == nil {
		return
	}
	s.push(t, s.Settings)
	s.Change(s.Other[0].ID, s.Other[0].Value)
	if got := s.differs(s.read(t), s.Settings); fmt.Sprint(got) != fmt.Sprint([]string{s.Other[0].ID}) {
		t.Errorf("drift %v, want %s", got, s.Other[0].ID)
	}
	s.push(t, s.Settings)
	if ids := s.differs(s.read(t), s.Settings); len(ids) > 0 {
		t.Errorf("not repaired: %v", ids)
	}
}

func lostAnswer(t *testing.T, s Subject) {
	if s.LoseAnswer == nil {
		return
	}
	plain := s.writesOf(t, func() { s.push(t, s.Other) })
	s.reset(t)
	got := s.writesOf(t, func() { s.LoseAnswer(); s.push(t, s.Settings) })
	if ids := s.differs(s.read(t), s.Settings); len(ids) > 0 {
		t.Errorf("other values in %v", ids)
	}
	if s.hasSecret() {
		plain++ // nobody can tell whether the secret has arrived
	}
	if got > plain || got == 0 {
		t.Errorf("%d writes, where %d do without a lost answer", got, plain)
	}
}

func lostRequest(t *testing.T, s Subject) {
	if s.LoseRequest == nil {
		return
	}
	s.LoseRequest()
	s.push(t, s.Settings)
	if ids := s.differs(s.read(t), s.Settings); len(ids) > 0 {
		t.Errorf("other values in %v", ids)
	}
}

func (s Subject) writesOf(t *testing.T, do func()) int {
	t.Helper()
	before := s.Writes()
	do()
	return s.Writes() - before
}

// reset brings the far side back to nothing.
func (s Subject) reset(t *testing.T) {
	t.Helper()
	if err := s.Driver.Restore(t.Context(), sso.SPState{Readable: true}); err != nil {
		t.Fatalf("restore: %v", err)
	}
}

func refusal(t *testing.T, s Subject) {
	if s.Refuse == nil {
		return
	}
	s.Refuse("not \x1b[31macceptable\u202e " + strings.Join(s.Secrets, " "))
	_, err := s.Driver.Push(t.Context(), s.Settings)
	if err == nil {
		t.Fatal("no error")
	}
	all := err.Error() + strings.Join(hint.Hints(err), "\n") + fmt.Sprintf("%+v %#v", err, s.Driver)
	if !strings.Contains(all, "acceptable") {
		t.Errorf("%q does not repeat the words", err)
	}
	for _, secret := range s.Secrets {
		if strings.Contains(all, secret) {
			t.Errorf("a secret stands in %q", all)
		}
	}
	if strings.ContainsFunc(err.Error(), func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf) }) {
		t.Errorf("control characters in %q", err)
	}
}

func cancelled(t *testing.T, s Subject) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, do := range map[string]func() error{
		"read":    func() error { _, err := s.Driver.Read(ctx); return err },
		"push":    func() error { _, err := s.Driver.Push(ctx, s.Settings); return err },
		"enable":  func() error { return s.Driver.SetEnabled(ctx, true) },
		"restore": func() error { return s.Driver.Restore(ctx, sso.SPState{Readable: true}) },
	} {
		if name == "enable" && !s.hasSwitch() {
			continue
		}
		if err := do(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if s.Writes != nil && s.Writes() != 0 {
		t.Errorf("%d writes", s.Writes())
	}
}

func restoreNothing(t *testing.T, s Subject) {
	before := s.read(t)
	s.push(t, s.Settings)
	if s.hasSwitch() {
		s.enable(t, true)
	}
	for range 2 {
		if err := s.Driver.Restore(t.Context(), before); err != nil {
			t.Fatal(err)
		}
		if state := s.read(t); state.Configured || state.Enabled {
			t.Errorf("configured %v, enabled %v", state.Configured, state.Enabled)
		}
	}
}

func restoreFormer(t *testing.T, s Subject) {
	s.push(t, s.Other)
	before := s.read(t)
	s.push(t, s.Settings)
	if s.hasSwitch() {
		s.enable(t, true)
	}
	err := s.Driver.Restore(t.Context(), before)
	if toEnter := hint.CodeOf(err) == hint.Waiting; err != nil && !toEnter || toEnter != s.hasSecret() {
		t.Fatal(err) // only a secret is left to a person
	}
	after := s.read(t)
	if ids := s.differs(after, s.Other); len(ids) > 0 || after.Enabled != before.Enabled {
		t.Errorf("not restored: %v, enabled %v", ids, after.Enabled)
	}
	if len(after.Settings) != len(before.Settings) {
		t.Errorf("settings %v, before %v", after.Settings, before.Settings)
	}
	if s.Writes == nil {
		return
	}
	writes := s.Writes()
	if err := s.Driver.Restore(t.Context(), before); err != nil {
		t.Fatal(err)
	}
	if got := s.Writes() - writes; got != 0 {
		t.Errorf("%d writes where everything is restored already", got)
	}
}
