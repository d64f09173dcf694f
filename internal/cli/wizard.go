package cli

import (
	"context"
	"errors"

	"example.com/ssowizard/internal/hint"
)

// fullScreen tells whether the wizard can have the whole screen: somebody sits
// at a terminal that can draw. It draws on standard error, so that standard
// output has nothing but what is left at its end.
func (p *program) fullScreen() bool {
	return p.Wizard != nil && p.InTerminal && p.ErrTerminal && p.output == "text" && p.Getenv("TERM") != "dumb" && !p.nameless()
}

// nameless tells whether nobody says what the terminal can do. On Windows none
// has a name.
func (p *program) nameless() bool { return p.Getenv("TERM") == "" && p.GOOS != "windows" }

// wizard runs the full-screen wizard and prints what it leaves behind.
func (p *program) wizard(ctx context.Context, flags *answerFlags) error {
	ctx, cancel := p.limited(ctx)
	defer cancel()
	cfg, err := p.config(ctx, flags)
	if err != nil {
		return err
	}
	lines, err := p.Wizard(ctx, cfg, p.noColor)
	p.print.text(lines...)
	err = cause(ctx, err)
	if len(lines) > 0 && hint.CodeOf(err) == hint.Interrupted && !errors.Is(err, ErrInterrupted) {
		return shown{err} // the lines say that the work is kept
	}
	return err
}
