package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/record"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/internal/store"
)

type recordOptions struct {
	answerFlags
	file string
}

func (p *program) recordCommand() *cobra.Command {
	o := &recordOptions{}
	cmd := &cobra.Command{
		Use:   "record NAME",
		Short: "Write down what was done, for a ticket: Markdown, HTML or JSON",
		Example: `  ssowizard record net2phone > ticket.md
  ssowizard record net2phone --to record.html`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return p.record(cmd.Context(), o, args[0]) },
	}
	o.register(cmd, accessQuestions...)
	cmd.Flags().StringVar(&o.file, "to", "", "file to write, ending in .md, .html or .json; without it Markdown on standard output")
	return cmd
}

func (p *program) record(ctx context.Context, o *recordOptions, name string) error {
	ctx, cancel := p.limited(ctx)
	defer cancel()
	form := record.Markdown
	if o.file != "" {
		var err error
		if form, err = record.FormOf(o.file); err != nil {
			return err
		}
		if err := writable("--to", o.file); err != nil {
			return err
		}
	}
	doc, err := p.recordOf(ctx, o, name)
	if err != nil {
		return cause(ctx, err)
	}
	if err := p.writeDocument(doc, form, o.file); err != nil {
		return err
	}
	if p.output == "json" {
		p.succeed()
	}
	return nil
}

// recordOf reads how the connection stands now, because a record that hides
// what somebody changed since would mislead.
func (p *program) recordOf(ctx context.Context, o *recordOptions, name string) (record.Document, error) {
	answers, err := o.answers(p, nil)
	if err != nil {
		return record.Document{}, err
	}
	if err := answers.Set(ask.Test, ask.FromFlag, string(sso.TestNone)); err != nil {
		return record.Document{}, err
	}
	a, err := p.openApp(ctx, &o.answerFlags)
	if err != nil {
		return record.Document{}, err
	}
	s, err := a.Existing(ctx, name, answers)
	if err != nil {
		return record.Document{}, err
	}
	observed, err := s.Core.ObserveAll(ctx, s.Spec)
	if err != nil {
		return record.Document{}, err
	}
	status, err := plan.StatusOf(s.Spec, s.Profile, observed, s.Core.Diff, time.Now())
	if err != nil {
		return record.Document{}, err
	}
	journal, err := s.Kept.Journal()
	if err != nil {
		return record.Document{}, err
	}
	undo := p.hereAt(s.OrgURL, name).Runnable("ssowizard undo " + name)
	return record.OfConnection(record.Done{State: observed.State, Journal: journal, Status: status, Profile: s.Profile, Undo: undo, Now: time.Now()}), nil
}

// writeDocument writes to a file, or to standard output where there is none.
func (p *program) writeDocument(doc record.Document, form record.Form, file string) error {
	if file == "" && p.output == "json" {
		p.print.object(struct {
			Type string `json:"type"`
			record.Document
		}{"record", doc})
		return nil
	}
	b, err := doc.Render(form)
	if err != nil {
		return err
	}
	if file == "" {
		_, err := p.Out.Write(b)
		return err
	}
	if err := store.WriteFile(file, b, 0o600); err != nil {
		return err
	}
	p.print.text("Written: " + file)
	return nil
}
