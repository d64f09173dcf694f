package tui

import (
	"slices"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/ssowizard/internal/secret"
	"example.com/ssowizard/internal/sso"
)

// refusedCodes are the ends of a sign-in that the same password meets again.
var refusedCodes = []string{"sign_in." + string(sso.OutcomeWrongPassword), "sign_in." + string(sso.OutcomeLocked), "sign_in." + string(sso.OutcomePasswordStale)}

// refused tells whether Okta did not let the tester in with the password: each
// further try with it is one more bad login, and enough of them lock the account.
func (s *test) refused() bool {
	return slices.ContainsFunc(s.journey.last.findings, func(f sso.Finding) bool { return !f.OK && slices.Contains(refusedCodes, f.Code) })
}

// refusedLines say what to do instead of trying once more.
func (s *test) refusedLines() []string {
	t := s.env.theme
	if !s.refused() {
		return nil
	}
	text := "Okta did not let the tester in. Another try with the same password counts as one more bad login."
	if slices.ContainsFunc(s.journey.last.findings, func(f sso.Finding) bool { return f.Code == refusedCodes[0] }) {
		text = "Okta did not take the tester's password. Another try with the same one counts as one more bad login, and enough of them lock the account."
	}
	return append(hang(t.Warn.Render("! "), text, s.width), "t  "+t.Strong.Render("give the password again, or another tester"), "")
}

func (s *test) refusedHelp() []key.Binding {
	k := s.env.keys
	return keymap(as(k.Tester, "tester, password"), as(k.Retry, "same password again"), backToPlan, as(k.Exit, "save and quit"))
}

// askTester asks anew who tries it and with which password, before a new plan.
func (r *Root) askTester() tea.Cmd {
	r.job, r.refused = r.verb, true
	r.password, r.secrets.Password = false, secret.String{}
	if r.verb == Setup {
		return r.enter([]place{atStart, atProvider, atOrg, atDetails, atWho, atTester})
	}
	return r.enter([]place{atStart, atTester})
}
