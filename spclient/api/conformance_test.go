package api_test

import (
	"net/http"
	"slices"
	"testing"

	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/spclient/sptest"
)

func TestReferenceAPIConforms(t *testing.T) {
	t.Parallel()
	for name, shape := range shapes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sptest.Run(t, func(t *testing.T) sptest.Subject {
				server := &reference{shape: shape}
				return subject(t, newBench(t, name, server.serve(t), http.DefaultTransport), server.change,
					func(words string) string { return `{"error":{"code":"x","message":` + quote(words) + `}}` })
			})
		})
	}
}

func TestTelnyxAPIConforms(t *testing.T) {
	t.Parallel()
	sptest.Run(t, func(t *testing.T) sptest.Subject {
		server := newTelnyx(3)
		s := subject(t, newBench(t, "telnyx", server.serve(t), http.DefaultTransport), server.change,
			func(words string) string {
				return `{"errors":[{"code":"10015","title":"x","detail":` + quote(words) + `}]}`
			})
		// By the short name the record is known, so it is never changed.
		s.Settings, s.Other = without(s.Settings, "short_name"), without(s.Other, "short_name")
		return s
	})
}

func without(settings []sso.SPSetting, id string) []sso.SPSetting {
	return slices.DeleteFunc(settings, func(s sso.SPSetting) bool { return s.ID == id })
}

func TestDifferentlyShapedAPIConforms(t *testing.T) {
	t.Parallel()
	sptest.Run(t, func(t *testing.T) sptest.Subject {
		server := &nested{}
		return subject(t, newBench(t, "nested", server.serve(t), http.DefaultTransport), server.change,
			func(words string) string { return `{"errors":[{"code":"x","detail":` + quote(words) + `}]}` })
	})
}

func subject(t *testing.T, b bench, change func(id, value string), refusal func(words string) string) sptest.Subject {
	settings, other := wanted(t, b.profile)
	return sptest.Subject{
		Driver: b, Profile: b.profile, Settings: settings, Other: other,
		Writes:      b.faults.Writes,
		Change:      change,
		LoseAnswer:  func() { b.faults.Add(sptest.Fault{LoseAnswer: true}) },
		LoseRequest: func() { b.faults.Add(sptest.Fault{LoseRequest: true}) },
		Refuse: func(words string) {
			b.faults.Add(sptest.Fault{Status: http.StatusUnprocessableEntity, Body: refusal(words)})
		},
		Secrets: secretsOf(settings),
	}
}

func secretsOf(settings []sso.SPSetting) []string {
	out := []string{token}
	for _, s := range settings {
		if s.Secret {
			out = append(out, s.Value)
		}
	}
	return out
}
