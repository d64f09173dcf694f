package hint_test

import (
	"errors"
	"fmt"
	"testing"

	"example.com/ssowizard/internal/hint"
	"github.com/google/go-cmp/cmp"
)

func TestCodeOfTakesTheStrongestCodeInTheTree(t *testing.T) {
	plain := errors.New("plain")
	for _, tc := range []struct {
		name string
		err  error
		want hint.Code
	}{
		{"no error", nil, hint.Done},
		{"nobody decided", plain, hint.Failed},
		{"a hint alone decides nothing", hint.Add(plain, "do this"), hint.Failed},
		{"wrapped", fmt.Errorf("set up: %w", hint.New(hint.Refused, "held", "")), hint.Refused},
		{"usage before refusal", errors.Join(hint.New(hint.Refused, "a", ""), hint.New(hint.Usage, "b", "")), hint.Usage},
		{"interruption before all", errors.Join(hint.New(hint.Usage, "a", ""), hint.New(hint.Interrupted, "b", "")), hint.Interrupted},
		{"refusal before not allowed", errors.Join(hint.New(hint.NotAllowed, "a", ""), hint.New(hint.Refused, "b", "")), hint.Refused},
		{"a seal hides what is inside", hint.Seal(hint.Partway, hint.New(hint.NotAllowed, "401", ""), ""), hint.Partway},
		{"a seal does not hide its neighbour", errors.Join(hint.Seal(hint.Partway, plain, ""), hint.New(hint.TestFailed, "x", "")), hint.TestFailed},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := hint.CodeOf(tc.err); got != tc.want {
				t.Errorf("code = %d, want %d", got, tc.want)
			}
		})
	}
}

func TestHintsAreListedOutermostFirstAndOnce(t *testing.T) {
	err := hint.Add(fmt.Errorf("x: %w", hint.Add(hint.Seal(hint.Partway, hint.Add(errors.New("y"), "inner"), "middle"), "outer")), "outer")
	if diff := cmp.Diff([]string{"outer", "middle", "inner"}, hint.Hints(err)); diff != "" {
		t.Error(diff)
	}
}

func TestRequestIDIsFoundUnderWrapping(t *testing.T) {
	err := fmt.Errorf("a: %w", hint.Add(&hint.Error{Err: errors.New("b"), RequestID: "req1"}, "h"))
	if got := hint.RequestID(err); got != "req1" {
		t.Errorf("request id = %q", got)
	}
}

func TestWithKeepsNil(t *testing.T) {
	if err := hint.Seal(hint.Failed, nil, "x"); err != nil {
		t.Errorf("err = %v", err)
	}
}
