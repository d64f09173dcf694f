package api_test

import (
	"net/http"
	"testing"

	"example.com/ssowizard/spclient/sptest"
)

func TestReferenceAPIConforms(t *testing.T) {
	t.Parallel()
	sptest.Run(t, func(t *testing.T) sptest.Subject {
		server := &reference{}
		return subject(t, newBench(t, "net2phone", server.serve(t), http.DefaultTransport), server.change,
			func(words string) string { return `{"error":{"code":"x","message":` + quote(words) + `}}` })
	})
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
		Secrets: []string{token},
	}
}
