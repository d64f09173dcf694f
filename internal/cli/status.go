package cli

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"example.com/ssowizard/internal/app"
	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/internal/store"
	"example.com/ssowizard/internal/words"
)

type statusOptions struct {
	answerFlags
	failWithin string
	exitCode   bool
}

func (p *program) statusCommand() *cobra.Command {
	o := &statusOptions{}
	cmd := &cobra.Command{
		Use:   "status [NAME…]",
		Short: "What is set up: tested, on, differences on both sides, days left on the certificate",
		Example: `  ssowizard status
  ssowizard status net2phone --fail-within 30d     # for cron: exit 3 when something is due`,
		RunE: func(cmd *cobra.Command, args []string) error { return p.status(cmd.Context(), o, args) },
	}
	o.register(cmd, accessQuestions...)
	cmd.Flags().StringVar(&o.failWithin, "fail-within", "", "exit 3 when a certificate ends within so long, such as 30d; implies --exit-code")
	cmd.Flags().BoolVar(&o.exitCode, "exit-code", false, "exit 3 when a connection differs, is untested, or its certificate has ended")
	return cmd
}

var days = regexp.MustCompile(`^([0-9]{1,5})d$`)

// parseWithin takes days (30d) or a Go duration (720h).
func parseWithin(text string) (time.Duration, error) {
	if m := days.FindStringSubmatch(text); m != nil {
		n, err := strconv.Atoi(m[1])
		return time.Duration(n) * 24 * time.Hour, err
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, hint.New(hint.Usage, fmt.Sprintf("--fail-within %q is no length of time", text), "for example --fail-within 30d")
	}
	return d, nil
}

func (p *program) status(ctx context.Context, o *statusOptions, names []string) error {
	ctx, cancel := p.limited(ctx)
	defer cancel()
	within := time.Duration(0)
	if o.failWithin != "" {
		var err error
		if within, err = parseWithin(o.failWithin); err != nil {
			return err
		}
		o.exitCode = true
	}
	a, err := p.openApp(ctx, &o.answerFlags)
	if err != nil {
		return cause(ctx, err)
	}
	entries, err := p.entries(a, names)
	if err != nil {
		return err
	}
	if err := p.oneAddress(a, &o.answerFlags, entries); err != nil {
		return err
	}
	list, err := p.look(ctx, a, &o.answerFlags, entries)
	err = cause(ctx, err)
	code := hint.CodeOf(err)
	if err == nil && o.exitCode && anyDue(list, within) {
		code = hint.Due
		err = shown{hint.New(hint.Due, "something is due", "")}
	} else if err != nil {
		err = shown{err}
	}
	if o.failWithin != "" && p.output != "json" && unshown(err) == nil {
		p.print.text(oneLine(list, within))
		return err
	}
	p.print.status(list, code, unshown(err))
	return err
}

// oneLine is the status for a monitor: what is due, or that nothing is.
func oneLine(list []statusLine, within time.Duration) string {
	var due []string
	nearest := -1
	for _, s := range list {
		if reasons := s.due(within); len(reasons) > 0 {
			due = append(due, s.Connection+" "+strings.Join(reasons, ", "))
		}
		if c := s.Certificate; c != nil && (nearest < 0 || c.DaysLeft < nearest) {
			nearest = c.DaysLeft
		}
	}
	if len(due) > 0 {
		return "due: " + strings.Join(due, "; ")
	}
	text := "ok: " + count(len(list), "connection", "connections")
	if nearest >= 0 {
		text += fmt.Sprintf(", the next certificate ends in %s", count(nearest, "day", "days"))
	}
	return text
}

// due says what is due about a connection, nothing when all is well.
func (s statusLine) due(within time.Duration) []string {
	var out []string
	if s.Unfinished != "" {
		out = append(out, s.Unfinished+" is not finished")
	}
	if s.Tested != nil && !*s.Tested {
		out = append(out, "is not tested")
	}
	if len(s.Drift) > 0 {
		out = append(out, "differs from what was set up: "+words.Field(s.Drift[0].Field, s.labels))
	}
	if s.Error != "" && !s.unknown {
		out = append(out, "has a broken journal")
	}
	if c := s.Certificate; c != nil && time.Until(c.NotAfter) < within {
		out = append(out, fmt.Sprintf("has a certificate that ends in %s", count(c.DaysLeft, "day", "days")))
	}
	return out
}

// unshown is the error to print: one that only carries the exit code is not.
func unshown(err error) error {
	var s shown
	if errors.As(err, &s) && hint.CodeOf(err) != hint.Due {
		return s.error
	}
	return nil
}

func (p *program) entries(a *app.App, names []string) ([]store.Entry, error) {
	if len(names) == 0 {
		return a.Entries(p.org)
	}
	var out []store.Entry
	var problems []error
	for _, name := range names {
		e, err := a.Find(p.org, name)
		problems = append(problems, err)
		out = append(out, e)
	}
	return out, errors.Join(problems...)
}

func (p *program) oneAddress(a *app.App, f *answerFlags, entries []store.Entry) error {
	answers, err := f.answers(p, nil)
	if err != nil {
		return err
	}
	return a.OneAddress(entries, answers, f.file(ask.SPToken) != "")
}

// look reads all connections side by side; one that fails does not hide the others.
func (p *program) look(ctx context.Context, a *app.App, f *answerFlags, entries []store.Entry) ([]statusLine, error) {
	list := make([]statusLine, len(entries))
	var mu sync.Mutex
	var problems []error
	var g errgroup.Group
	g.SetLimit(4)
	for i, e := range entries {
		g.Go(func() error {
			line, err := p.lookAt(ctx, a, f, e)
			if err != nil {
				line = p.glimpse(ctx, a, f, e, err)
				mu.Lock()
				defer mu.Unlock()
				problems = append(problems, fmt.Errorf("%s: %w", e.Name, err))
			}
			list[i] = line
			return nil
		})
	}
	return list, errors.Join(g.Wait(), errors.Join(problems...))
}

// lookAt tells how a connection stands. A journal that is broken is told
// beside it.
func (p *program) lookAt(ctx context.Context, a *app.App, f *answerFlags, e store.Entry) (statusLine, error) {
	answers, err := p.lookAnswers(f)
	if err != nil {
		return statusLine{}, err
	}
	s, err := a.Entry(ctx, e, answers)
	if err != nil {
		return statusLine{}, err
	}
	observed, err := s.Core.ObserveAll(ctx, s.Spec)
	if err != nil {
		return statusLine{}, err
	}
	status, err := plan.StatusOf(s.Spec, s.Profile, observed, s.Core.Diff, time.Now())
	for i, tip := range status.Hints {
		status.Hints[i] = p.hereAt(s.OrgURL, e.Name).Runnable(tip)
	}
	enabled := &status.Enabled
	if status.SwitchUnknown {
		enabled = nil
	}
	line := statusLine{Type: "connection", ConnectionStatus: status, Enabled: enabled, Tested: &status.Tested,
		sp: s.Profile.Name, labels: s.Profile.Labels()}
	if _, broken := s.Kept.Journal(); broken != nil {
		line.Error = broken.Error()
	}
	return line, err
}

func (p *program) lookAnswers(f *answerFlags) (*ask.Answers, error) {
	answers, err := f.answers(p, nil)
	if err != nil {
		return nil, err
	}
	return answers, answers.Set(ask.Test, ask.FromFlag, string(sso.TestNone))
}

// glimpse is what Okta alone tells of a connection of which the rest is not
// known, and why it is not.
func (p *program) glimpse(ctx context.Context, a *app.App, f *answerFlags, e store.Entry, why error) statusLine {
	line := statusLine{Type: "connection", ConnectionStatus: plan.ConnectionStatus{Connection: e.Name, Org: e.Org}, Error: why.Error(), unknown: true}
	answers, err := p.lookAnswers(f)
	if err != nil || ctx.Err() != nil {
		return line
	}
	s, err := a.Glimpse(e, answers)
	if err != nil {
		return line
	}
	observed, err := s.Core.ObserveOkta(ctx, s.Spec)
	if err != nil && observed.App == nil {
		return line
	}
	line.ConnectionStatus = plan.PartOf(e.Name, observed, time.Now())
	return line
}

func anyDue(list []statusLine, within time.Duration) bool {
	for _, s := range list {
		if len(s.due(within)) > 0 {
			return true
		}
	}
	return false
}
