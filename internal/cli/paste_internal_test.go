package cli

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// pasted reads from a terminal into which text is typed or pasted. With raw its
// line editing is off, as it is at a real one.
func pasted(t *testing.T, text string, raw bool) (got []byte, shown, rest string, err error) {
	t.Helper()
	in, out := strings.NewReader(text), &bytes.Buffer{}
	restored := !raw
	p := &program{Streams: Streams{In: in, Err: out, InTerminal: true, Home: t.TempDir()}}
	if raw {
		p.Raw = func() (func(), error) { return func() { restored = true }, nil }
	}
	got, err = p.readPasted(context.Background())
	if !restored {
		t.Error("the terminal was left without line editing")
	}
	left := make([]byte, in.Len())
	_, _ = in.Read(left)
	return got, out.String(), string(left), err
}

func TestPastedTextEndsWhereItEnds(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("QUJD", 30_000) // far beyond a terminal's own line
	page := "<!DOCTYPE html>\n<html>\n\n\n<body>x</body>\n</html>"
	for name, c := range map[string]struct{ text, want, rest string }{
		"one line":          {"QUJD\n\ny\n", "QUJD", "y\n"},
		"a long line":       {long + "\n\ny\n", long, "y\n"},
		"lines":             {"QUJD\nREVG\n\ny\n", "QUJD\nREVG", "y\n"},
		"end of input":      {"QUJD", "QUJD", ""},
		"nothing":           {"\ny\n", "", "y\n"},
		"a page with gaps":  {page + "\n\ny\n", page, "y\n"},
		"an unfinished one": {"<html>\n\n\n\ny\n", "<html>", "y\n"},
		"JSON with gaps":    {"{\n\n\"a\": 1}\n\ny\n", "{\n\n\"a\": 1}", "y\n"},
		"XML":               {"<a:b>\n</a:b>\n\ny\n", "<a:b>\n</a:b>", "y\n"},
	} {
		for _, raw := range []bool{false, true} {
			text := c.text
			if raw {
				text = strings.ReplaceAll(strings.TrimSuffix(text, "y\n"), "\n", "\r") + c.rest // as the Enter key comes
			}
			got, shown, rest, err := pasted(t, text, raw)
			if err != nil || string(got) != c.want || rest != c.rest {
				t.Errorf("%s (raw %v): %.60q, rest %q, %v", name, raw, got, rest, err)
			}
			if len(shown) > 1000 {
				t.Errorf("%s (raw %v): %d bytes were shown", name, raw, len(shown))
			}
		}
	}
}

func TestKeysWorkWhileLineEditingIsOff(t *testing.T) {
	t.Parallel()
	if got, _, _, err := pasted(t, "QUJX\x7fD\r\r", true); err != nil || string(got) != "QUJD" {
		t.Errorf("backspace: %q %v", got, err)
	}
	if got, _, _, err := pasted(t, "QUJD\x04y", true); err != nil || string(got) != "QUJD" {
		t.Errorf("Ctrl-D: %q %v", got, err)
	}
	if _, _, _, err := pasted(t, "QUJ\x03", true); !errors.Is(err, ErrInterrupted) {
		t.Errorf("Ctrl-C: %v", err)
	}
	if got, shown, _, err := pasted(t, "\x1b[31mQUJD\r\r", true); err != nil || strings.Contains(shown, "\x1b") {
		t.Errorf("escape: %q shown as %q, %v", got, shown, err)
	}
}

func TestAPathIsReadAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "my sign-in.har")
	if err := os.WriteFile(file, []byte("the recording"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{file, "'" + file + "'", `"` + file + `"`, "  " + file + " "} {
		got, _, rest, err := pasted(t, line+"\ny\n", true)
		if err != nil || string(got) != "the recording" || rest != "y\n" {
			t.Errorf("%q: %q, rest %q, %v", line, got, rest, err)
		}
	}
	for _, line := range []string{filepath.Join(dir, "none.har"), "./none", "~/none.xml"} {
		if _, _, rest, err := pasted(t, line+"\ny\n", true); !errors.Is(err, os.ErrNotExist) || rest != "y\n" {
			t.Errorf("%q: %v, rest %q", line, err, rest)
		}
	}
}
