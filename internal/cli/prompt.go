package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/secret"
)

// confirm asks a yes-or-no question; anything but yes is no, and so is the end
// of the input.
func (p *program) confirm(question string) (bool, error) {
	fmt.Fprintf(p.Err, "%s [y/N] ", question)
	line, err := p.readLine()
	if err != nil && !errors.Is(err, io.EOF) {
		return false, hint.With(hint.Failed, fmt.Errorf("read the answer: %w", err), "add --yes to agree without being asked")
	}
	if err != nil && line == "" && p.talk != nil {
		return false, hint.New(hint.Usage, "the input ended before this was answered", "nothing was agreed to; answer y or n, or add --yes to agree without being asked")
	}
	if !p.InTerminal {
		fmt.Fprintln(p.Err) // nobody has pressed Enter on this screen
	}
	answer := strings.ToLower(strings.TrimSpace(line))
	return answer == "y" || answer == "yes", nil
}

// readLine reads a line byte by byte, so that what follows it stays for others.
func (p *program) readLine() (string, error) {
	var line []byte
	one := make([]byte, 1)
	for {
		n, err := p.In.Read(one)
		if n == 1 {
			if one[0] == '\n' {
				return string(line), nil
			}
			line = append(line, one[0])
		}
		if err != nil {
			return string(line), err
		}
	}
}

// askHiddenOnce asks for a secret the first time and gives it again after that:
// looking something up and the run itself open the same door.
func (p *program) askHiddenOnce(ctx context.Context, title string) (string, error) {
	if typed, known := p.typed[title]; known {
		return typed.Reveal(), nil
	}
	text, err := p.askHidden(ctx, title)
	if err != nil {
		return "", err
	}
	if p.typed == nil {
		p.typed = map[string]secret.String{}
	}
	p.typed[title] = secret.New(text)
	return text, nil
}

// askHidden asks for a secret without showing it.
func (p *program) askHidden(ctx context.Context, title string) (string, error) {
	defer fmt.Fprintln(p.Err)
	text, err := p.ReadHidden(ctx, func() { fmt.Fprintf(p.Err, "%s (not shown): ", title) })
	if err != nil {
		return "", hint.With(hint.Usage, fmt.Errorf("read the %s: %w", title, err), "")
	}
	return text, nil
}
