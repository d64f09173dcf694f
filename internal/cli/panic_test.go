package cli_test

import (
	"bytes"
	"strings"
	"testing"

	"example.com/ssowizard/internal/cli"
)

func TestAFaultOfTheProgramStillEndsInAResult(t *testing.T) {
	t.Parallel()
	var out, errs bytes.Buffer
	streams := cli.Streams{In: strings.NewReader(""), Out: &out, Err: &errs, Getenv: func(string) string { panic("a fault") }}
	code := cli.Run(t.Context(), []string{"status", "--output", "json"}, streams)
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if code != 1 || len(lines) != 2 || !strings.Contains(lines[0], "internal error: a fault") ||
		lines[1] != `{"type":"result","command":"status","ok":false,"exit_code":1}` {
		t.Errorf("code %d, standard output:\n%s", code, out.String())
	}
	if !strings.Contains(errs.String(), "goroutine") {
		t.Error("nobody is told where it was")
	}
}
