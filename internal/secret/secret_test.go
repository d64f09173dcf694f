package secret_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"example.com/ssowizard/internal/secret"
)

const canary = "canary-7f3a"

// holder keeps a secret where fmt cannot call its methods.
type holder struct {
	token secret.String
	Inner struct{ Token secret.String }
}

func TestNoVerbPrintsASecret(t *testing.T) {
	h := holder{token: secret.New(canary)}
	h.Inner.Token = secret.New(canary)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%T"} {
		for _, v := range []any{h, &h, h.token, &h.token, []secret.String{h.token}, map[string]secret.String{"a": h.token}} {
			if out := fmt.Sprintf(verb, v); strings.Contains(out, canary) || strings.Contains(out, fmt.Sprintf("%x", canary)) {
				t.Errorf("%s prints it: %s", verb, out)
			}
		}
	}
}

func TestNoEncodingHoldsASecret(t *testing.T) {
	h := holder{}
	h.Inner.Token = secret.New(canary)
	b, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "token", h.Inner.Token, "all", h)
	if out := string(b) + log.String(); strings.Contains(out, canary) || !strings.Contains(out, "[secret]") {
		t.Errorf("encoded: %s", out)
	}
}

func TestRevealGivesTheText(t *testing.T) {
	if got := secret.New(canary).Reveal(); got != canary {
		t.Errorf("revealed %q", got)
	}
	if zero := (secret.String{}); !zero.IsZero() || zero.Reveal() != "" {
		t.Error("the zero value is not empty")
	}
}
