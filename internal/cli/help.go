package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/hint"
)

// commandWords is a command as it is typed, without the program's name but for
// the program alone.
func commandWords(cmd *cobra.Command) string {
	path := cmd.CommandPath()
	if _, words, more := strings.Cut(path, " "); more {
		return words
	}
	return path
}

// helpOn has help, too, keep to one JSON object a line.
func (p *program) helpOn(root *cobra.Command) {
	asText := root.HelpFunc()
	root.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		if p.output != "json" {
			asText(cmd, args)
			return
		}
		var text strings.Builder
		cmd.SetOut(&text)
		asText(cmd, args)
		p.command = commandWords(cmd)
		p.print = p.newPrinter()
		p.print.object(struct {
			Type    string `json:"type"`
			Command string `json:"command"`
			Text    string `json:"text"`
		}{"help", p.command, text.String()})
		p.command = "help"
		p.succeed()
	})
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		if cmd.Name() == "completion" { // else any word after it passes for one
			cmd.RunE = p.needsCommand
		}
	}
	root.SetHelpCommand(&cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Help about any command",
		RunE: func(_ *cobra.Command, args []string) error {
			cmd, rest, err := root.Find(args)
			if err != nil || cmd == nil || len(rest) > 0 {
				return hint.New(hint.Usage, fmt.Sprintf("no command is called %q", strings.Join(args, " ")), "ssowizard --help lists the commands")
			}
			cmd.InitDefaultHelpFlag()
			return cmd.Help()
		},
	})
}

// needsCommand is what a command that only groups others does by itself.
func (p *program) needsCommand(cmd *cobra.Command, _ []string) error {
	var names []string
	for _, c := range cmd.Commands() {
		names = append(names, c.Name())
	}
	p.usage(cmd)
	return hint.New(hint.Usage, fmt.Sprintf("%s needs one more word", commandWords(cmd)), "one of: "+strings.Join(names, ", "))
}

// wizardNeedsTerminal is the end of a bare call where nobody can be asked: it
// says what the same work needs without questions, and is not given.
func (p *program) wizardNeedsTerminal(cmd *cobra.Command, flags *answerFlags) error {
	missing := []ask.ID{ask.SP}
	if !p.sandbox {
		if p.org == "" {
			missing = append(missing, ask.Org)
		}
		if flags.file(ask.OktaToken) == "" && p.Getenv(ask.Find(ask.OktaToken).Env) == "" && p.Getenv("OKTA_CLIENT_PRIVATEKEY") == "" {
			missing = append(missing, ask.OktaToken)
		}
	}
	tip := "without a terminal, as in a script, do the same work with ssowizard setup SP --yes and what is missing here"
	switch {
	case p.InTerminal && p.output == "json":
		tip = "leave --output json out, or do the same work with ssowizard setup SP --yes and what is missing here"
	case p.InTerminal:
		tip = "--accessible asks the same questions one a line; or do the same work with ssowizard setup SP --yes and what is missing here"
	}
	p.usage(cmd)
	return hint.With(hint.Usage, fmt.Errorf("the wizard needs a terminal to draw on; %w", ask.Missing(missing...)), tip)
}

// usage shows how a command is called, beside an error and never on standard
// output.
func (p *program) usage(cmd *cobra.Command) {
	if p.output != "json" {
		_, _ = io.WriteString(p.Err, cmd.UsageString()+"\n")
	}
}
