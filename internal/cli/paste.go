package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/signin"
)

// shownOfLine is how much of a line is shown while it is typed or pasted: enough
// for a path, not a page of base64.
const shownOfLine = 200

// readPasted reads what a person pastes, up to an empty line or the end of the
// input, or the file whose path they give. What is empty gives nothing.
func (p *program) readPasted(ctx context.Context) ([]byte, error) {
	restore, raw, err := p.longLines()
	if err != nil {
		return nil, err
	}
	defer restore()
	fmt.Fprint(p.Err, "> ")
	l := &lineReader{p: p, ctx: ctx, raw: raw}
	first, err := l.read()
	if name := signin.PathIn(first, p.Home); name != "" {
		if info, statErr := os.Stat(name); statErr == nil && info.Mode().IsRegular() {
			return p.readHanded(name)
		}
		if signin.LooksLikePath(name) {
			return nil, signin.NoSuchFile(name)
		}
	}
	text := []byte(first)
	blank := 0
	for err == nil && len(text) <= signin.MaxHanded {
		if strings.TrimSpace(lastLine(text)) == "" {
			blank++
			if complete(text) || blank > 2 {
				break
			}
		} else {
			blank = 0
		}
		var line string
		line, err = l.read()
		text = append(append(text, '\n'), line...)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return bytes.TrimSpace(text), nil
}

// longLines lets lines longer than a terminal's own buffer come through: by
// itself a terminal cuts what is pasted after some thousand characters.
func (p *program) longLines() (restore func(), raw bool, err error) {
	if p.Raw == nil || !p.InTerminal {
		return func() {}, false, nil
	}
	restore, err = p.Raw()
	if err != nil {
		return nil, false, hint.With(hint.Failed, fmt.Errorf("prepare the terminal: %w", err), "give the answer as a file: --response FILE")
	}
	return restore, true, nil
}

// complete tells whether an empty line ends a text: a page of HTML and JSON have
// empty lines of their own.
func complete(text []byte) bool {
	text = bytes.TrimSpace(text)
	switch {
	case len(text) == 0:
		return true
	case text[0] == '{':
		return json.Valid(text)
	case text[0] == '<':
		lower := bytes.ToLower(text)
		return !bytes.Contains(lower, []byte("<html")) || bytes.HasSuffix(lower, []byte("</html>"))
	}
	return true
}

func lastLine(text []byte) string { return string(text[bytes.LastIndexByte(text, '\n')+1:]) }

// lineReader reads lines of any length, from a terminal whose own editing may
// be switched off.
type lineReader struct {
	p   *program
	ctx context.Context //nolint:containedctx // lives as long as one question
	raw bool
	cr  bool // the last line ended with a carriage return
}

// Keys of a terminal whose own editing is off.
const (
	keyInterrupt = 0x03
	keyEnd       = 0x04
	keyBackspace = 0x08
	keyDelete    = 0x7f
)

func (l *lineReader) read() (string, error) {
	if !l.raw {
		line, err := l.p.readLine()
		return strings.TrimSuffix(line, "\r"), err
	}
	var line []byte
	one := make([]byte, 1)
	for {
		n, err := l.p.In.Read(one)
		if n == 0 && err != nil {
			return string(line), err
		}
		if n == 0 {
			continue
		}
		switch c := one[0]; c {
		case '\n':
			if l.cr && len(line) == 0 {
				l.cr = false
				continue // the second half of a line end
			}
			l.echo("\r\n")
			return string(line), nil
		case '\r':
			l.cr = true
			l.echo("\r\n")
			return string(line), nil
		case keyInterrupt:
			return "", ErrInterrupted
		case keyEnd:
			l.echo("\r\n")
			return string(line), io.EOF
		case keyBackspace, keyDelete:
			if len(line) > 0 {
				line = line[:len(line)-1]
				if len(line) < shownOfLine {
					l.echo("\b \b")
				}
			}
		default:
			l.cr = false
			line = append(line, c)
			switch {
			case len(line) == shownOfLine:
				l.echo("…")
			case len(line) < shownOfLine && c >= ' ':
				l.echo(string([]byte{c}))
			}
		}
		if len(line) > signin.MaxHanded {
			return string(line), nil
		}
	}
}

func (l *lineReader) echo(s string) { fmt.Fprint(l.p.Err, s) }
