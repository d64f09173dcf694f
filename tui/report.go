package tui

import (
	"bytes"
	"fmt"
	"strings"

	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/words"
)

// report is a plan as Markdown, for a ticket.
func report(p *plan.Plan, spName, org string) []byte {
	var b bytes.Buffer
	labels := p.Profile.Labels()
	fmt.Fprintf(&b, "# Plan: %s of connection %s\n\n", p.Command, cell(p.Connection))
	fmt.Fprintf(&b, "%s ⇄ %s. Nothing was written by making this plan.\n", cell(org), cell(spName))
	for _, w := range p.Warnings {
		fmt.Fprintf(&b, "\n> **Note:** %s\n", cell(w))
	}
	n := 0
	for _, s := range p.Steps {
		if s.Action == plan.None {
			continue
		}
		n++
		fmt.Fprintf(&b, "\n## %d. %s\n\nStep `%s`, %s.\n", n, cell(s.Summary), s.ID, s.Action)
		if len(s.Changes) == 0 {
			continue
		}
		b.WriteString("\n| Field | Before | After |\n|---|---|---|\n")
		for _, c := range s.Changes {
			to := words.ValueOf(c.Field, c.To)
			if c.KnownAfter != "" {
				to = "known after " + c.KnownAfter
			}
			fmt.Fprintf(&b, "| %s | %s | %s |\n", cell(words.Field(c.Field, labels)), cell(words.ValueOf(c.Field, c.From)), cell(to))
		}
	}
	if n == 0 {
		b.WriteString("\nNothing to do: both sides are as wanted.\n")
	}
	return b.Bytes()
}

// cell is text inside a table: on one line, and without the table's own signs.
func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;", "`", "'").Replace(plain(s))
}
