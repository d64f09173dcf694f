package tui

import (
	"context"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sso"
)

// prepared is the plan of the job, or why there is none.
type prepared struct {
	number int
	p      *Prepared
	err    error
}

// review shows the plan before anything is written.
type review struct {
	sized
	env     *env
	draft   Draft
	job     Job
	spName  string
	number  int
	loading bool
	err     error
	p       *Prepared
	open    map[plan.StepID]bool
	cursor  int
	offset  int
	at      tick
	watch   *watch
	wait    stepRow // what the reading waits for
}

func newReview(e *env, d Draft, job Job, spName string) Screen {
	return &review{env: e, draft: d, job: job, spName: spName, open: map[plan.StepID]bool{}}
}

func (s *review) Init() tea.Cmd { return s.load() }

func (s *review) load() tea.Cmd {
	s.number = s.env.request()
	s.loading, s.err = true, nil
	n, e, job := s.number, s.env, s.job
	var cmd tea.Cmd
	s.watch, cmd = newWatch(e, n, func(ctx context.Context, report func(plan.Event)) tea.Msg {
		p, err := e.back.Prepare(ctx, job, report)
		return prepared{n, p, err}
	})
	s.wait = stepRow{}
	return tea.Batch(ticking(), cmd)
}

func (s *review) Update(msg tea.Msg) (Screen, tea.Cmd) {
	switch msg := msg.(type) {
	case prepared:
		if msg.number != s.number {
			return s, nil
		}
		s.loading, s.p, s.err, s.cursor, s.offset = false, msg.p, msg.err, 0, 0
		if s.err == nil {
			s.cursor = len(s.warnings())
		}
		return s, nil
	case progress:
		if msg.number == s.number {
			s.wait = stepRow{detail: plain(msg.event.Detail), until: msg.event.Until}
			return s, s.watch.next()
		}
	case tick:
		if s.at = msg; s.loading {
			return s, ticking()
		}
	case tea.KeyMsg:
		if s.loading {
			return s, nil
		}
		return s, s.key(msg)
	}
	return s, nil
}

func (s *review) key(msg tea.KeyMsg) tea.Cmd {
	k := s.env.keys
	if s.err != nil {
		return s.failedKey(msg)
	}
	rows := s.rows()
	here := rows[min(s.cursor, len(rows)-1)]
	switch {
	case key.Matches(msg, k.Down):
		s.cursor = min(s.cursor+1, len(rows)-1)
	case key.Matches(msg, k.Up):
		s.cursor = max(s.cursor-1, 0)
	case key.Matches(msg, k.PageDown):
		s.cursor = min(s.cursor+max(s.height-4, 1), len(rows)-1)
	case key.Matches(msg, k.PageUp):
		s.cursor = max(s.cursor-max(s.height-4, 1), 0)
	case key.Matches(msg, k.Home):
		s.cursor = 0
	case key.Matches(msg, k.End):
		s.cursor = len(rows) - 1
	case key.Matches(msg, k.Right) && here.step != "":
		s.open[here.step] = true
	case key.Matches(msg, k.Left) && here.step != "":
		s.open[here.step] = false
	case key.Matches(msg, k.Enter) && here.apply, key.Matches(msg, k.Apply):
		return s.agree()
	case (key.Matches(msg, k.Enter) || key.Matches(msg, k.Choose)) && here.step != "":
		s.open[here.step] = !s.open[here.step]
	case key.Matches(msg, k.Edit), key.Matches(msg, k.Enter):
		if here.jump != atStart && s.job.Verb == Setup {
			return send(jump{here.jump})
		}
	case key.Matches(msg, k.Copy):
		return tea.Sequence(send(overlay{s.showCommand()}), copyText(s.env, s.command(), "the command"))
	case key.Matches(msg, k.Save) && s.job.Verb == Setup:
		return send(overlay{s.saveFile()})
	case key.Matches(msg, k.Report):
		return send(overlay{s.saveReport()})
	case key.Matches(msg, k.Exact) && s.job.Verb == Setup && s.draft.Existing:
		s.draft.Exact = !s.draft.Exact
		return send(runAgain{how: againReview})
	case key.Matches(msg, k.Logo) && s.job.Verb == Setup:
		return send(overlay{s.askLogo()})
	}
	return nil
}

// agree goes on; what takes something away asks for the app's label first, so
// that no stray key does it.
func (s *review) agree() tea.Cmd {
	if s.job.Verb != Undo && s.job.Verb != Disable || !s.p.Plan.Pending() {
		return send(done{atReview})
	}
	label := plain(s.draft.Label)
	if app := s.p.Plan.Observed.App; app != nil {
		label = plain(app.Label)
	}
	return send(overlay{newLineQuestion(s.env, "Are you sure?", "Type the app's label to do it: "+label, "", func(text string) tea.Cmd {
		if strings.Join(strings.Fields(text), " ") != label {
			return send(say{"That is not the label. Nothing was done."})
		}
		return send(done{atReview})
	})})
}

func (s *review) failedKey(msg tea.KeyMsg) tea.Cmd {
	k := s.env.keys
	switch {
	case key.Matches(msg, k.Retry), key.Matches(msg, k.Enter):
		return s.load()
	case key.Matches(msg, k.Logo) && s.otherLogo():
		return send(overlay{s.askLogo()})
	}
	return s.wayKey(msg)
}

// otherLogo tells whether the image may be why there is no plan.
func (s *review) otherLogo() bool {
	return s.job.Verb == Setup && s.draft.Logo != "" && len(s.ways()) == 0
}

// askLogo asks for the image of the app's tile; - takes it out of the plan.
func (s *review) askLogo() Screen {
	q := ask.Find(ask.Logo)
	return newLineQuestion(s.env, "Image for the app's tile", q.Help+". The path of a file; - for none.", s.draft.Logo, func(path string) tea.Cmd {
		if path == "-" {
			path = ""
		}
		s.draft.Logo = path
		return send(runAgain{how: againReview})
	})
}

// copyText puts text on the clipboard and says so.
func copyText(e *env, text, what string) tea.Cmd {
	return func() tea.Msg {
		if err := e.back.Copy(e.ctx, text); err != nil {
			return say{"Not copied: " + plain(err.Error())}
		}
		return say{"Copied " + what + "."}
	}
}

// showCommand shows the command as text too: no terminal says whether it has
// taken a copy.
func (s *review) showCommand() Screen {
	e, command := s.env, s.command()
	r := reader{env: e, title: "The same as one command"}
	r.text = func(width int) []string {
		lines := append(wrap(command, width), "")
		return append(lines, styled(e.theme.Faint, "It was given to the clipboard. Where the terminal does not take that, mark it here.", width)...)
	}
	r.keys = keymap(e.keys.Back)
	return r
}

func (s *review) command() string { return commandOf(s.env, s.draft, s.job) }

// commandOf is a job as a command line.
func commandOf(e *env, d Draft, job Job) string {
	if job.Verb == Setup {
		return d.Command(e.world)
	}
	line := "ssowizard " + string(job.Verb) + " " + ask.Quote(job.Name)
	if job.Verb == Rotate && job.Years != 0 && job.Years != mostYears {
		line += " --years " + itoa(job.Years)
	}
	if job.Verb == Rotate && d.NoTest {
		line += " --" + ask.Find(ask.Test).Flag + " " + string(sso.TestNone)
	}
	if d.Override {
		line += " --" + ask.Find(ask.Override).Flag
	}
	if d.Org != "" && !e.world.Sandbox() {
		line += " --org " + ask.Quote(host(d.Org))
	}
	return strings.Join(append([]string{line}, e.world.flags()...), " ")
}

func (s *review) saveFile() Screen {
	e, d := s.env, s.draft
	return newLineQuestion(e, "Save as a connection file", "ssowizard setup -f FILE does the same with it. It holds no secret.",
		d.Connection+".yaml", func(path string) tea.Cmd {
			return func() tea.Msg {
				a, err := d.Answers(e.world)
				if err != nil {
					return say{"Not saved: " + plain(err.Error())}
				}
				data, err := a.YAML()
				return saved(e, path, data, err)
			}
		})
}

func (s *review) saveReport() Screen {
	e, p, name, org := s.env, s.p, s.spName, host(s.draft.Org)
	return newLineQuestion(e, "Save the plan as a report", "Markdown, for a ticket: every step, every field, before and after.",
		s.p.Plan.Connection+"-plan.md", func(path string) tea.Cmd {
			return func() tea.Msg { return saved(e, path, report(p.Plan, name, org), nil) }
		})
}

func saved(e *env, path string, data []byte, err error) tea.Msg {
	where := ""
	if err == nil {
		where, err = e.back.SaveFile(path, data)
	}
	if err != nil {
		return say{"Not saved: " + plain(err.Error())}
	}
	return say{"Saved " + plain(where)}
}

func (s *review) Keep(d *Draft) {
	d.Override, d.NewApp, d.Exact, d.Logo = s.draft.Override, s.draft.NewApp, s.draft.Exact, s.draft.Logo
}
