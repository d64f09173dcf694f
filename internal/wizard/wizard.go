// Package wizard joins the screens to the real parts: it is the tui.Backend
// that the program has. It decides nothing.
package wizard

import (
	"context"
	"io"
	"os"
	"strings"

	"github.com/muesli/termenv"

	"example.com/ssowizard/internal/app"
	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/oktaapi"
	"example.com/ssowizard/tui"
)

// New gives the wizard that reads in and draws on screen. What it returns is
// what stays in the terminal. width is the terminal's.
func New(in, screen *os.File, width int) func(ctx context.Context, cfg app.Config, noColor bool) ([]string, error) {
	return func(ctx context.Context, cfg app.Config, noColor bool) ([]string, error) {
		b := newBackend(cfg, screen)
		lines, err := tui.Run(ctx, tui.Config{Backend: b, Local: local{}, Org: cfg.Org, From: orgSource(cfg)},
			tui.Terminal{In: in, Out: screen, Look: lookOf(cfg.Getenv, noColor, screen), ASCII: asciiOnly(cfg.Getenv), Width: width})
		return lines, joinClose(err, b.close())
	}
}

// local answers what needs no I/O.
type local struct{}

func (local) ParseOrg(text string) (string, error) { return oktaapi.ParseOrg(text) }

// orgSource tells a flag from the environment, for the review.
func orgSource(cfg app.Config) ask.Source {
	if cfg.Org != "" && cfg.Getenv(ask.Find(ask.Org).Env) == cfg.Org {
		return ask.FromEnv
	}
	return ask.FromFlag
}

// lookOf decides the colours from the environment alone: asking the terminal
// would cost whoever has a mute one a wait. SSOWIZARD_THEME says light or dark;
// else COLORFGBG, which many terminals set, tells.
func lookOf(getenv func(string) string, noColor bool, screen io.Writer) tui.Look {
	if noColor || getenv("NO_COLOR") != "" {
		return tui.Monochrome
	}
	profile := termenv.NewOutput(screen, termenv.WithEnvironment(environ{getenv}), termenv.WithTTY(true)).EnvColorProfile()
	switch {
	case profile == termenv.Ascii:
		return tui.Monochrome
	case profile == termenv.ANSI:
		return tui.Dark16
	}
	switch strings.ToLower(getenv("SSOWIZARD_THEME")) {
	case "light":
		return tui.Light
	case "dark":
		return tui.Dark
	case "16":
		return tui.Dark16
	case "mono":
		return tui.Monochrome
	}
	fgbg := strings.Split(getenv("COLORFGBG"), ";")
	switch fgbg[len(fgbg)-1] {
	case "7", "15":
		return tui.Light
	case "":
		return tui.Dark16 // the terminal's own colours can be read on its own background
	}
	return tui.Dark
}

// asciiOnly tells whether the locale says that text is not in UTF-8. One that
// says nothing does not: few terminals are left that need that.
func asciiOnly(getenv func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		locale, _, _ := strings.Cut(getenv(name), "@")
		if locale == "" {
			continue
		}
		_, charset, said := strings.Cut(locale, ".")
		if !said {
			return locale == "C" || locale == "POSIX"
		}
		charset = strings.ReplaceAll(strings.ToLower(charset), "-", "")
		return charset != "utf8"
	}
	return false
}

// environ is the environment in termenv's form.
type environ struct{ getenv func(string) string }

func (e environ) Environ() []string         { return nil }
func (e environ) Getenv(name string) string { return e.getenv(name) }
