package cli

import (
	"errors"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"example.com/ssowizard/internal/ask"
)

// answerFlags are the flags of a command that answer questions of package ask.
type answerFlags struct {
	set    *pflag.FlagSet
	values map[ask.ID]*string
	lists  map[ask.ID]*[]string
	flags  map[ask.ID]*bool
	hand   byHandFlags
	// stdin names further flags that want standard input.
	stdin []string
}

// setupQuestions are the questions that setup and plan take as flags; the org
// and the service provider have places of their own.
var setupQuestions = []ask.ID{ask.Connection, ask.Label, ask.Inputs, ask.Groups, ask.Users, ask.Push, ask.SPAPIURL,
	ask.Enable, ask.Test, ask.TestUser, ask.TestPassword, ask.Logo, ask.Exact, ask.Override, ask.NewApp, ask.Confirmed,
	ask.OktaToken, ask.SPToken}

// accessQuestions are those of commands on a connection that exists.
var accessQuestions = []ask.ID{ask.OktaToken, ask.SPToken, ask.SPAPIURL}

func (a *answerFlags) register(cmd *cobra.Command, ids ...ask.ID) {
	a.set = cmd.Flags()
	a.values, a.lists, a.flags = map[ask.ID]*string{}, map[ask.ID]*[]string{}, map[ask.ID]*bool{}
	for _, id := range ids {
		q := ask.Find(id)
		usage := q.Help
		if q.Env != "" {
			usage += " (" + q.Env + ")"
		}
		switch q.Kind {
		case ask.List:
			a.lists[id] = a.set.StringArray(q.Flag, nil, usage)
		case ask.Flag:
			a.flags[id] = a.set.Bool(q.Flag, false, usage)
		default:
			a.values[id] = a.set.String(q.Flag, "", usage)
		}
	}
}

// answers takes what the flags and the environment say.
func (a *answerFlags) answers(p *program, args []string) (*ask.Answers, error) {
	out := &ask.Answers{}
	var problems []error
	note := func(id ask.ID, from ask.Source, values ...string) {
		problems = append(problems, out.Set(id, from, values...))
	}
	if len(args) > 0 {
		note(ask.SP, ask.FromFlag, args[0])
	}
	if p.org != "" {
		note(ask.Org, ask.FromFlag, p.org)
	}
	for id, v := range a.values {
		if q := ask.Find(id); a.set.Changed(q.Flag) && !q.Secret {
			note(id, ask.FromFlag, *v)
		}
	}
	for id, v := range a.lists {
		if len(*v) > 0 {
			note(id, ask.FromFlag, *v...)
		}
	}
	for id, v := range a.flags {
		if a.set.Changed(ask.Find(id).Flag) {
			note(id, ask.FromFlag, strconv.FormatBool(*v))
		}
	}
	for _, id := range a.ids() {
		q := ask.Find(id)
		if v := p.Getenv(q.Env); q.Env != "" && v != "" && !q.Secret {
			note(id, ask.FromEnv, v)
		}
	}
	problems = append(problems, a.hand.answer(out))
	return out, errors.Join(problems...)
}

func (a *answerFlags) ids() []ask.ID {
	var out []ask.ID
	for _, q := range ask.Setup() {
		_, isValue := a.values[q.ID]
		_, isList := a.lists[q.ID]
		_, isFlag := a.flags[q.ID]
		if isValue || isList || isFlag {
			out = append(out, q.ID)
		}
	}
	return out
}

// file is the path given for a secret.
func (a *answerFlags) file(id ask.ID) string {
	if v := a.values[id]; v != nil {
		return *v
	}
	return ""
}

func baseName(path string) string { return filepath.Base(path) }
