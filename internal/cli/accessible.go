package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"example.com/ssowizard/internal/app"
	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sso"
)

// lines says whether questions are asked one a line: --accessible, for screen
// readers, or a terminal that cannot place text. A script that agrees to
// everything beforehand is asked nothing because of its terminal.
func (p *program) lines() bool {
	return p.output != "json" && (p.accessible || p.InTerminal && !p.yes && p.Getenv("TERM") == "dumb")
}

// conversation asks what is not answered yet, so that flags, environment and
// file shorten it. What can be looked up is looked up at once, so that a wrong
// answer is mended where it was given.
type conversation struct {
	*program
	ctx     context.Context //nolint:containedctx // of one command
	app     *app.App
	answers *ask.Answers
	profile *catalog.Profile
	orgURL  string
	okta    *plan.Core // to look groups and people up
	state   sso.State  // of a connection that was set up before
	known   bool
}

// say prints lines of the conversation.
func (p *program) say(lines ...string) {
	for _, line := range lines {
		fmt.Fprintln(p.Err, line)
	}
}

// askRest asks everything that a set-up needs to know.
func (p *program) askRest(ctx context.Context, a *app.App, answers *ask.Answers) error {
	c := &conversation{program: p, ctx: ctx, app: a, answers: answers}
	for _, part := range []func() error{c.askProfile, c.askOrg, c.askConnection, c.askInputs, c.askLabel, c.askPush, c.askWho, c.askTester} {
		if err := part(); err != nil {
			return err
		}
	}
	p.say("")
	return nil
}

func (c *conversation) askProfile() error {
	for {
		if id := c.answers.Text(ask.SP); id != "" {
			profile, err := c.app.Catalog.Profile(id)
			if err != nil {
				return err
			}
			c.profile = profile
			for _, text := range profile.Prerequisites {
				c.say(wrap("  Before you begin: ", text, 78)...)
			}
			return nil
		}
		var known []string
		for _, pr := range c.app.Catalog.List() {
			known = append(known, pr.ID)
		}
		c.say("Known: " + strings.Join(known, ", "))
		if err := c.askOne(ask.SP, "", nil); err != nil {
			return err
		}
		if _, err := c.app.Catalog.Profile(c.answers.Text(ask.SP)); err != nil {
			c.complain(err)
			c.answers.Forget(ask.SP)
		}
	}
}

// askOrg asks for the org and says who it is, so that a wrong address or token
// shows before anything else is asked.
func (c *conversation) askOrg() error {
	if !c.app.InSandbox() {
		if err := c.askOne(ask.Org, "", nil); err != nil {
			return err
		}
	}
	var err error
	if c.orgURL, err = c.app.OrgURL(c.answers); err != nil {
		return err
	}
	client, err := c.app.Client(c.orgURL, func(why string, _ time.Duration) { c.say("  … " + plain(why)) })
	if err != nil {
		return err
	}
	org, err := client.Org(c.ctx)
	if err != nil {
		return err
	}
	me, err := client.Me(c.ctx)
	if err != nil {
		return err
	}
	who := "a service app"
	if me.Login != "" {
		who = plain(me.Login)
	}
	c.say("  " + plain(org.Host) + "; you are " + who)
	c.okta = &plan.Core{Okta: client}
	return nil
}

// askConnection settles the connection's name, for on it depends what was
// answered before.
func (c *conversation) askConnection() error {
	if err := c.askOne(ask.Connection, c.profile.ID, nil); err != nil {
		return err
	}
	var err error
	c.state, c.known, err = c.app.Kept(c.orgURL, c.answers.Text(ask.Connection))
	if c.known {
		c.say("  It was set up before; an empty answer keeps what was answered then.")
	}
	return err
}

func (c *conversation) askLabel() error {
	preset := c.profile.DefaultLabel
	if c.known && c.state.Label != "" {
		preset = c.state.Label
	}
	return c.askOne(ask.Label, preset, nil)
}

// askInputs asks the profile's own questions.
func (c *conversation) askInputs() error {
	for _, in := range c.profile.Inputs {
		given, err := c.answers.InputMap()
		if err != nil {
			return err
		}
		if _, answered := given[in.ID]; answered || !c.profile.Asks(in, given) {
			continue
		}
		if err := c.askInput(in); err != nil {
			return err
		}
	}
	return nil
}

func (c *conversation) askInput(in catalog.Input) error {
	help, preset := in.Help, in.Default
	if len(in.Options) > 0 {
		help += " One of: " + strings.Join(in.Options, ", ") + "."
	}
	if in.From != (catalog.InputFrom{}) {
		help += " Empty: what the service provider tells."
	}
	if kept := c.state.Inputs[in.ID]; c.known && kept != "" {
		preset = kept
	}
	for {
		text, err := c.question(in.Label, help, preset)
		if err != nil {
			return endOfAnswers(err, "--input "+in.ID+"=…")
		}
		if text == "" && !in.Needed() {
			return nil
		}
		if text == "" {
			err = errors.New("this one needs an answer, such as " + in.Example)
		} else {
			err = in.Check(text)
		}
		if err == nil {
			return c.answers.SetInputs(ask.FromAsked, map[string]string{in.ID: text})
		}
		c.complain(err)
	}
}

// askPush asks how the values get to the service provider, where there is more
// than one way, and for the way into its settings API. The sandbox has its own.
func (c *conversation) askPush() error {
	if c.app.InSandbox() || c.profile.API == nil {
		return nil
	}
	base := c.profile.API.BaseURL
	if c.known && c.state.SPAPIURL != "" {
		base = c.state.SPAPIURL
	}
	if c.answers.Text(ask.SPAPIURL) == "" {
		preset := string(sso.PushGuided)
		switch {
		case c.known && c.state.Push != "":
			preset = c.state.Push
		case base != "":
			preset = string(sso.PushAPI)
		}
		if err := c.askOne(ask.Push, preset, nil); err != nil {
			return err
		}
	}
	if c.answers.Text(ask.Push) != string(sso.PushAPI) {
		return nil
	}
	return c.askOne(ask.SPAPIURL, base, nil)
}

func (c *conversation) askWho() error {
	for _, q := range []struct {
		id   ask.ID
		find func(ref string) error
	}{
		{ask.Groups, func(ref string) error { _, err := c.okta.FindGroup(c.ctx, ref); return err }},
		{ask.Users, c.findPerson},
	} {
		if err := c.askOne(q.id, "", q.find); err != nil {
			return err
		}
	}
	return nil
}

func (c *conversation) findPerson(ref string) error {
	_, err := c.okta.FindPerson(c.ctx, ref)
	return err
}

// askTester asks who tries the sign-in. The sandbox has a tester of its own.
func (c *conversation) askTester() error {
	if test := c.answers.Text(ask.Test); c.app.InSandbox() || test == string(sso.TestNone) {
		return nil
	}
	return c.askOne(ask.TestUser, c.state.Tester, c.findPerson)
}

// needed are the questions that have no empty answer.
var needed = []ask.ID{ask.Org, ask.SP, ask.SPAPIURL}

// askOne asks one question until the answer is good; look, if there is one, is
// asked about each part of it.
func (c *conversation) askOne(id ask.ID, preset string, look func(string) error) error {
	if _, answered := c.answers.Get(id); answered {
		return nil
	}
	q := ask.Find(id)
	for {
		text, err := c.question(q.Title, helpOf(q), preset)
		if err != nil {
			return endOfAnswers(err, answeredBy(q))
		}
		values, err := answerValues(q, text)
		for _, v := range values {
			if err == nil && look != nil {
				err = look(v)
			}
		}
		if err == nil && len(values) > 0 {
			err = c.answers.Set(id, ask.FromAsked, values...)
		}
		if err == nil && len(values) == 0 && slices.Contains(needed, id) {
			err = errors.New("this one needs an answer, such as " + q.Example)
		}
		if err == nil {
			return nil
		}
		if hint.CodeOf(err) != hint.Usage && hint.CodeOf(err) != hint.Failed || c.ctx.Err() != nil {
			return err // another answer would not help
		}
		c.complain(hint.With(hint.CodeOf(err), errors.New(strings.TrimPrefix(err.Error(), "--"+q.Flag+": ")), strings.Join(hint.Hints(err), "; ")))
	}
}

func helpOf(q ask.Question) string {
	switch {
	case q.Kind == ask.List:
		return q.Help + "; several with commas between them"
	case q.ID == ask.TestUser:
		return q.Help + "; empty: no sign-in is tried, and it is not turned on"
	case len(q.Options) > 0:
		return q.Help + ". One of: " + strings.Join(q.Options, ", ")
	}
	return q.Help
}

func answerValues(q ask.Question, text string) ([]string, error) {
	switch {
	case text == "":
		return nil, nil
	case q.Kind == ask.List:
		var out []string
		for _, part := range strings.Split(text, ",") {
			if part = strings.TrimSpace(part); part != "" {
				out = append(out, part)
			}
		}
		return out, nil
	}
	return []string{text}, nil
}

// question asks for one line. The end of the input is an error, never an
// answer: a conversation that breaks off must not become a set-up.
func (p *program) question(title, help, preset string) (string, error) {
	p.say(wrap("", plain(title)+": "+plain(help), 78)...)
	brackets := ""
	if preset != "" {
		brackets = "[" + plain(preset) + "] "
	}
	fmt.Fprintf(p.Err, "> %s", brackets)
	line, err := p.readLine()
	if errors.Is(err, io.EOF) && line != "" {
		err = nil // the last line of a pipe may lack its end
	}
	if err != nil {
		return "", err
	}
	if !p.InTerminal {
		p.say("") // nobody has pressed Enter on this screen
	}
	if text := strings.TrimSpace(line); text != "" {
		return text, nil
	}
	return preset, nil
}

// answeredBy is how a command line answers a question.
func answeredBy(q ask.Question) string {
	if q.ID == ask.SP {
		return "the first argument: ssowizard setup SP"
	}
	return "--" + q.Flag
}

func endOfAnswers(err error, by string) error {
	if !errors.Is(err, io.EOF) {
		return err
	}
	return hint.New(hint.Usage, "the input ended before all questions were answered", "the next one is answered by "+by+"; nothing was written")
}

func (p *program) complain(err error) {
	p.say(wrap("  That does not work: ", plain(err.Error()), 78)...)
	for _, h := range hint.Hints(err) {
		p.say(wrap("    ", plain(p.here().Runnable(h)), 78)...)
	}
}
