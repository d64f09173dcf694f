package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"example.com/ssowizard/internal/app"
	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
)

// lineQuestions are asked one a line where a screen cannot be drawn or read, in
// this order; the profile's own questions follow the org.
var lineQuestions = []ask.ID{ask.Label, ask.Groups, ask.Users, ask.TestUser, ask.Enable}

// lines says whether questions are asked one a line: --accessible, for screen
// readers, or a terminal that cannot place text.
func (p *program) lines() bool {
	return p.accessible || (p.InTerminal && p.Getenv("TERM") == "dumb")
}

// lineWizard is the wizard as a conversation: the same questions, the same plan
// and the same result as on screens.
func (p *program) lineWizard(ctx context.Context, o *setupOptions) error {
	p.command = "setup"
	answers := &ask.Answers{}
	if p.org != "" {
		if err := answers.Set(ask.Org, ask.FromFlag, p.org); err != nil {
			return err
		}
	}
	p.say("Set up Okta single sign-on. Answer each question and press Enter; an empty answer takes what stands in brackets.", "")
	ctx, cancel := p.limited(ctx)
	defer cancel()
	return p.setupWith(ctx, o, answers)
}

// say prints lines of the conversation.
func (p *program) say(lines ...string) {
	for _, line := range lines {
		fmt.Fprintln(p.Err, line)
	}
}

// askRest asks what is not answered yet, so that flags, environment and file
// shorten the conversation.
func (p *program) askRest(a *app.App, answers *ask.Answers) error {
	profile, err := p.askProfile(a, answers)
	if err != nil {
		return err
	}
	if !a.InSandbox() {
		if err := p.askOne(answers, ask.Org, ""); err != nil {
			return err
		}
	}
	if err := p.askInputs(answers, profile); err != nil {
		return err
	}
	for _, id := range lineQuestions {
		preset := map[ask.ID]string{ask.Label: profile.DefaultLabel, ask.Enable: "no"}[id]
		if id == ask.TestUser && a.InSandbox() {
			continue // the sandbox has a tester of its own
		}
		if err := p.askOne(answers, id, preset); err != nil {
			return err
		}
	}
	p.say("")
	return nil
}

func (p *program) askProfile(a *app.App, answers *ask.Answers) (*catalog.Profile, error) {
	for {
		if id := answers.Text(ask.SP); id != "" {
			profile, err := a.Catalog.Profile(id)
			if err != nil {
				return nil, err
			}
			for _, text := range profile.Prerequisites {
				p.say(wrap("  Before you begin: ", text, 78)...)
			}
			return profile, nil
		}
		var known []string
		for _, pr := range a.Catalog.List() {
			known = append(known, pr.ID)
		}
		p.say("Known: " + strings.Join(known, ", "))
		if err := p.askOne(answers, ask.SP, ""); err != nil {
			return nil, err
		}
		if _, err := a.Catalog.Profile(answers.Text(ask.SP)); err != nil {
			p.complain(err)
			answers.Forget(ask.SP)
		}
	}
}

// askInputs asks the profile's own questions.
func (p *program) askInputs(answers *ask.Answers, profile *catalog.Profile) error {
	given, err := answers.InputMap()
	if err != nil {
		return err
	}
	for _, in := range profile.Inputs {
		if _, answered := given[in.ID]; answered {
			continue
		}
		for {
			text, err := p.question(in.Label, in.Help, in.Default)
			if err != nil {
				return endOfAnswers(err, "--input "+in.ID+"=…")
			}
			if text == "" && !in.Required {
				break
			}
			if err := in.Check(text); err != nil {
				p.complain(err)
				continue
			}
			if err := answers.SetInputs(ask.FromAsked, map[string]string{in.ID: text}); err != nil {
				return err
			}
			break
		}
	}
	return nil
}

// askOne asks one question until the answer is good.
func (p *program) askOne(answers *ask.Answers, id ask.ID, preset string) error {
	if _, answered := answers.Get(id); answered {
		return nil
	}
	q := ask.Find(id)
	for {
		help := q.Help
		if q.Kind == ask.List {
			help += "; several with commas between them"
		}
		text, err := p.question(q.Title, help, preset)
		if err != nil {
			return endOfAnswers(err, "--"+q.Flag)
		}
		values, err := answerValues(q, text)
		if err == nil && len(values) > 0 {
			err = answers.Set(id, ask.FromAsked, values...)
		}
		if err == nil && len(values) == 0 && (id == ask.Org || id == ask.SP) {
			err = errors.New("this one needs an answer, such as " + q.Example)
		}
		if err == nil {
			return nil
		}
		p.complain(err)
	}
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
	case q.Kind == ask.Flag:
		switch strings.ToLower(text) {
		case "y", "yes", "true":
			return []string{"true"}, nil
		case "n", "no", "false":
			return []string{"false"}, nil
		}
		return nil, fmt.Errorf("%q is neither yes nor no", text)
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

func endOfAnswers(err error, flag string) error {
	if !errors.Is(err, io.EOF) {
		return err
	}
	return hint.New(hint.Usage, "the input ended before all questions were answered", "the next one is answered by "+flag+"; nothing was written")
}

func (p *program) complain(err error) {
	p.say("  That does not work: " + plain(err.Error()))
}
