package ask_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/ask"
)

func answered(t *testing.T) *ask.Answers {
	t.Helper()
	a := &ask.Answers{}
	for id, values := range map[ask.ID][]string{
		ask.SP: {"net2phone"}, ask.Org: {"acme.okta.com"}, ask.Label: {`Sync "$HOME" it's`}, ask.Inputs: {"b=no", "a=12"},
		ask.Groups: {"Support EMEA", "Sales"}, ask.Users: {"ana.lima@acme.example"}, ask.Enable: {"true"}, ask.Exact: {"false"},
	} {
		if err := a.Set(id, ask.FromAsked, values...); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

func TestCommandHasAFlagForEveryAnswerAndQuotesThem(t *testing.T) {
	got := answered(t).Command("setup", "--sandbox")
	want := `ssowizard setup net2phone --org acme.okta.com --label 'Sync "$HOME" it'\''s' --input b=no --input a=12` +
		` --group "Support EMEA" --group Sales --user ana.lima@acme.example --enable --sandbox`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTheFlagsOfEveryCommandHoldNoPassword(t *testing.T) {
	want := []string{"--state-dir", `"my state"`, "--proxy", "http://ana:xxxxx@proxy:8080", "--ca-file", "ca.pem"}
	if diff := cmp.Diff(want, ask.Everywhere("my state", "http://ana:secret@proxy:8080", "ca.pem")); diff != "" {
		t.Error(diff)
	}
	if got := ask.Everywhere("", "", ""); len(got) > 0 {
		t.Errorf("nothing was given: %q", got)
	}
}

func TestYAMLIsReadBackAsTheSameAnswers(t *testing.T) {
	data, err := answered(t).YAML()
	if err != nil {
		t.Fatal(err)
	}
	back := &ask.Answers{}
	if err := ask.File("connection.yaml", data, back); err != nil {
		t.Fatalf("%v in\n%s", err, data)
	}
	want, err := answered(t).Spec()
	if err != nil {
		t.Fatal(err)
	}
	got, err := back.Spec()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
