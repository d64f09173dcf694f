package record_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/record"
	"example.com/ssowizard/internal/sso"
)

var now = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

func profile(t *testing.T) *catalog.Profile {
	t.Helper()
	c, err := catalog.Load("")
	if err != nil {
		t.Fatal(err)
	}
	p, err := c.Profile("net2phone")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func done(t *testing.T) record.Document {
	return record.OfConnection(record.Done{Now: now, Profile: profile(t), Undo: "ssowizard undo net2phone",
		State: sso.State{Connection: "net2phone", OrgURL: "https://acme.okta.com", AppID: "0oa1", Label: "Phones | <b>all</b>", KID: "kid1",
			AppliedApp: map[string]any{"settings.signOn.audience": "n2p"}, AppliedSP: map[string]string{"entity_id": "n2p", "login_url": "https://acme.okta.com/sso"},
			Assigned: []sso.Assignment{{Kind: sso.ToGroup, Name: "Support", ID: "00g1"}}, Proof: &sso.Proof{Kind: "sp-test", At: now, Tester: "ana@acme.com"}},
		Status: plan.ConnectionStatus{Enabled: true, Drift: []plan.Drift{{Side: "okta", Field: "label", Want: "a", Got: "b"}}},
		Journal: []sso.JournalEntry{
			{Time: now, Command: "setup", Step: "okta.app", Phase: sso.PhaseIntent, What: "create app"},
			{Time: now, Command: "setup", Step: "okta.app", Phase: sso.PhaseDone, What: "create app", Target: "0oa1", RequestID: "req1"},
		}})
}

func TestARecordSaysWhatWasSetWhenAndHowToTakeItBack(t *testing.T) {
	for _, form := range []record.Form{record.Markdown, record.HTML, record.JSON} {
		b, err := done(t).Render(form)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{"net2phone", "0oa1", "kid1", "n2p", "https://acme.okta.com/sso", "Support", "ana@acme.com", "req1", "ssowizard undo net2phone", "2026-03-01"} {
			if !strings.Contains(string(b), text) {
				t.Errorf("%s lacks %q:\n%s", form, text, b)
			}
		}
	}
}

func TestTextFromOutsideCannotBreakTheForm(t *testing.T) {
	for form, forbidden := range map[record.Form]string{record.Markdown: "Phones | <b>", record.HTML: "<b>all</b>"} {
		b, err := done(t).Render(form)
		if err != nil || strings.Contains(string(b), forbidden) {
			t.Errorf("%s holds %q, err %v", form, forbidden, err)
		}
	}
}

func TestJSONFormIsOneObjectWithItsSections(t *testing.T) {
	b, err := done(t).Render(record.JSON)
	if err != nil {
		t.Fatal(err)
	}
	var d record.Document
	if err := json.Unmarshal(b, &d); err != nil || len(d.Sections) < 5 {
		t.Errorf("%v: %s", err, b)
	}
}

func TestAPlanIsRecordedBeforeTheFact(t *testing.T) {
	p := &plan.Plan{Command: "setup", Connection: "net2phone", Profile: profile(t), Warnings: []string{"Everyone is many"},
		Observed: plan.Observed{Uncovered: []sso.Assignment{{Name: "dan@acme.example"}}}, Steps: []plan.Step{
			{ID: plan.StepApp, Action: plan.Create, Summary: "create app", Changes: []sso.Change{{Field: "settings.signOn.audience", To: "n2p"}}},
			{ID: plan.StepValues, Action: plan.None, Summary: "read"},
			{ID: plan.StepPush, Action: plan.Update, Summary: "enter values", Changes: []sso.Change{{Field: "login_url", KnownAfter: "okta.app"}}},
		}}
	b, err := record.OfPlan(p, "acme.okta.com", now).Render(record.Markdown)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"has written nothing", "1. create app", "| Audience (SP entity ID) | (nothing) | n2p |", "2. enter values", "known after okta.app", "Everyone is many", "get no Okta app", "dan@acme.example"} {
		if !strings.Contains(string(b), text) {
			t.Errorf("lacks %q:\n%s", text, b)
		}
	}
	if strings.Contains(string(b), "read") && strings.Contains(string(b), "3.") {
		t.Error("steps that do nothing are listed")
	}
}

func TestFileNameDecidesTheForm(t *testing.T) {
	for file, want := range map[string]record.Form{"a.md": record.Markdown, "b/C.HTML": record.HTML, "x.json": record.JSON} {
		if got, err := record.FormOf(file); err != nil || got != want {
			t.Errorf("%s: %s, %v", file, got, err)
		}
	}
	if _, err := record.FormOf("report"); hint.CodeOf(err) != hint.Usage {
		t.Errorf("err = %v", err)
	}
}
