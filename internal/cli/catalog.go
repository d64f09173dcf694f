package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"example.com/ssowizard/internal/app"
	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
)

func (p *program) catalogCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "catalog", Short: "The service providers that are known", Args: cobra.NoArgs, RunE: p.needsCommand}
	cmd.AddCommand(
		&cobra.Command{Use: "list", Short: "List the service providers", Args: cobra.NoArgs,
			RunE: func(*cobra.Command, []string) error { return p.catalogList() }},
		&cobra.Command{Use: "show SP", Short: "Show what is known of a service provider", Args: cobra.ExactArgs(1),
			RunE: func(_ *cobra.Command, args []string) error { return p.catalogShow(args[0]) }},
		&cobra.Command{Use: "check FILE", Short: "Check a profile of your own", Args: cobra.ExactArgs(1),
			RunE: func(_ *cobra.Command, args []string) error { return p.catalogCheck(args[0]) }},
		p.catalogImportCommand(),
	)
	return cmd
}

func (p *program) catalog() (*catalog.Catalog, error) {
	return catalog.Load(app.ProfileDir(p.Getenv, p.GOOS, p.Home))
}

type profileLine struct {
	Type     string   `json:"type"`
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Protocol string   `json:"protocol"`
	Proof    string   `json:"proof"`
	TurnOn   string   `json:"turn_on"`
	Inputs   []string `json:"inputs"`
	Guide    string   `json:"guide"`
}

func lineOf(pr *catalog.Profile) profileLine {
	inputs := []string{}
	for _, in := range pr.Inputs {
		inputs = append(inputs, in.ID)
	}
	return profileLine{"profile", pr.ID, pr.Name, string(pr.Protocol), string(pr.Proof), string(pr.TurnOn), inputs, pr.Guide}
}

// showLine is a profile with its settings.
type showLine struct {
	profileLine
	Settings []settingLine `json:"settings"`
}

type settingLine struct {
	ID         string          `json:"id"`
	Label      string          `json:"label"`
	Value      string          `json:"value"`
	Rendering  string          `json:"rendering,omitempty"`
	Alternates []alternateLine `json:"alternates,omitempty"`
}

type alternateLine struct {
	ID        string `json:"id,omitempty"`
	Value     string `json:"value,omitempty"`
	Rendering string `json:"rendering,omitempty"`
	When      string `json:"when,omitempty"`
	Why       string `json:"why"`
}

func settingLines(pr *catalog.Profile) []settingLine {
	out := []settingLine{}
	for _, s := range pr.Settings {
		line := settingLine{ID: s.ID, Label: s.Label, Value: s.Value, Rendering: s.Rendering}
		for _, a := range s.Alternates {
			line.Alternates = append(line.Alternates, alternateLine{a.ID, a.Value, a.Rendering, whenOf(a.When), a.Why})
		}
		out = append(out, line)
	}
	return out
}

func (p *program) catalogList() error {
	c, err := p.catalog()
	if err != nil {
		return err
	}
	rows := [][]string{{"SP", "NAME", "PROTOCOL", "INPUTS"}}
	for _, pr := range c.List() {
		line := lineOf(pr)
		p.print.object(line)
		rows = append(rows, []string{line.ID, line.Name, strings.ToUpper(line.Protocol), strings.Join(line.Inputs, ", ")})
	}
	p.print.text(table(rows)...)
	for _, b := range c.Broken() {
		p.print.warning("left out: " + linesTogether(b.Err))
	}
	p.succeed()
	return nil
}

// linesTogether is an error that has several lines.
func linesTogether(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }

// succeed writes the result line of a command that has nothing else to say.
func (p *program) succeed() {
	p.print.object(bareResult{"result", p.command, true, 0})
}

func (p *program) catalogShow(id string) error {
	c, err := p.catalog()
	if err != nil {
		return err
	}
	pr, err := c.Profile(id)
	if err != nil {
		return err
	}
	p.print.object(showLine{lineOf(pr), settingLines(pr)})
	p.print.text(describe(pr)...)
	p.succeed()
	return nil
}

func describe(pr *catalog.Profile) []string {
	lines := []string{pr.Name, "", row("Protocol", strings.ToUpper(string(pr.Protocol))), row("Guide", pr.Guide)}
	if pr.Portal != nil {
		lines = append(lines, row("Settings page", pr.Portal.URL+"  "+pr.Portal.Page))
	}
	section := func(title string, items []string) {
		if len(items) > 0 {
			lines = append(lines, "", title)
			lines = append(lines, items...)
		}
	}
	var before, inputs, settings, after []string
	for _, t := range pr.Prerequisites {
		before = append(before, wrap("  · ", t, 90)...)
	}
	for _, in := range pr.Inputs {
		inputs = append(inputs, row("--input "+in.ID+"=", in.Label+inputDefault(in)))
	}
	for _, s := range pr.Settings {
		settings = append(settings, row(s.Title(), s.Value))
		settings = append(settings, alternates(s)...)
	}
	for _, t := range pr.FollowUp {
		after = append(after, wrap("  · ", t, 90)...)
	}
	section("Before you begin", before)
	section("Inputs", inputs)
	section("Settings at the service provider", settings)
	section("Turning on", wrap("  ", pr.Consent, 90))
	section("Afterwards", after)
	return lines
}

// alternates are the other values of a setting, and when each is used.
func alternates(s catalog.Setting) []string {
	var out []string
	for _, a := range s.Alternates {
		form := a.Value
		if form == "" {
			form = a.Rendering
		}
		text := form
		if a.ID != "" {
			text = fmt.Sprintf("--input %s=%s  %s", s.ID, a.ID, form)
		}
		if when := whenOf(a.When); when != "" {
			text += " (" + when + ")"
		}
		out = append(out, row("  or", strings.TrimSpace(text)))
		if a.Why != "" {
			out = append(out, wrap(row("", ""), a.Why, 100)...)
		}
	}
	return out
}

// whenOf says in which case an alternate counts.
func whenOf(w catalog.When) string {
	switch {
	case w.Finding != "":
		return "offered after the check " + w.Finding + " has failed"
	case w.By == catalog.ByHand:
		return "where a person enters it"
	case w.By == catalog.ByAPI:
		return "where the settings API takes it"
	case w.Given:
		return "where " + w.Input + " is given"
	case w.Input != "":
		return "where " + w.Input + " is " + w.Is
	}
	return ""
}

func inputDefault(in catalog.Input) string {
	if in.Default == "" {
		return ""
	}
	return fmt.Sprintf(" (default %s)", in.Default)
}

func (p *program) catalogCheck(file string) error {
	pr, err := catalog.ReadProfile(file)
	var missing *fs.PathError
	if errors.As(err, &missing) {
		return hint.With(hint.Usage, fmt.Errorf("profile: %w", err), "give the path of a YAML file")
	}
	if err != nil {
		return err
	}
	p.print.object(lineOf(pr))
	p.print.text(fmt.Sprintf("%s is a good profile: %s (%s)", file, pr.Name, pr.ID))
	p.succeed()
	return nil
}
