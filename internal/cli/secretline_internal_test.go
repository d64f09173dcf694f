package cli

import (
	"errors"
	"io"
	"strings"
	"testing"
)

func TestASecretLineIsReadAsItWasTyped(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, typed, want, left string
		err                     error
	}{
		{"enter", "s3cret\rnext", "s3cret", "next", nil},
		{"a line feed", "s3cret\n", "s3cret", "", nil},
		{"mended", "s3crxx\x7f\x08et\r", "s3cret", "", nil},
		{"a sign of several bytes taken back", "pässß\x7f\r", "päss", "", nil},
		{"nothing to take back", "\x7f\x7fa\r", "a", "", nil},
		{"begun anew", "wrong\x15right\r", "right", "", nil},
		{"arrows say nothing by their first byte", "a\x1bb\r", "ab", "", nil},
		{"ctrl+c", "abc\x03", "", "", ErrInterrupted},
		{"ctrl+d at the beginning", "\x04", "", "", io.EOF},
		{"the end of the input", "abc", "abc", "", io.EOF},
	} {
		r := strings.NewReader(tc.typed)
		got, err := readSecretLine(r)
		left, _ := io.ReadAll(r)
		if string(got) != tc.want || string(left) != tc.left || !errors.Is(err, tc.err) {
			t.Errorf("%s: %q, %v, left %q", tc.name, got, err, left)
		}
	}
}
