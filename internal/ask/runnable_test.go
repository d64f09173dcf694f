package ask_test

import (
	"testing"

	"example.com/ssowizard/internal/ask"
)

func TestCommandsInATextLeadToThePlaceOfTheRun(t *testing.T) {
	t.Parallel()
	here := ask.Place{Flags: []string{"--sandbox", "--state-dir", `"my state"`}, Names: []string{"phones", "net2phone"}}
	const flags = ` --sandbox --state-dir "my state"`
	for text, want := range map[string]string{
		"ssowizard status phones shows both sides; add --override":                        "ssowizard status phones" + flags + " shows both sides; add --override",
		"to keep it: ssowizard setup net2phone --input a=b":                               "to keep it: ssowizard setup net2phone --input a=b" + flags,
		"prove it first: ssowizard test phones":                                           "prove it first: ssowizard test phones" + flags,
		"Set it up again: ssowizard setup net2phone.":                                     "Set it up again: ssowizard setup net2phone" + flags + ".",
		"set it up first: ssowizard setup SP":                                             "set it up first: ssowizard setup SP" + flags,
		"ssowizard undo takes the settings away again":                                    "ssowizard undo" + flags + " takes the settings away again",
		"or run ssowizard setup again with --override":                                    "or run ssowizard setup" + flags + " again with --override",
		"run: ssowizard sandbox, and leave it running":                                    `run: ssowizard sandbox --state-dir "my state", and leave it running`,
		"begin anew with: ssowizard sandbox reset":                                        `begin anew with: ssowizard sandbox reset --state-dir "my state"`,
		"again: ssowizard adopt phones --app 0oa1 --sp net2phone":                         "again: ssowizard adopt phones --app 0oa1 --sp net2phone" + flags,
		`ssowizard assign phones --add-group "Support EMEA" --add-user 'a b' and so on`:   `ssowizard assign phones --add-group "Support EMEA" --add-user 'a b'` + flags + " and so on",
		"ssowizard setup net2phone --label X; or so":                                      "ssowizard setup net2phone --label X" + flags + "; or so",
		"with ssowizard setup SP --yes and what is missing":                               "with ssowizard setup SP --yes" + flags + " and what is missing",
		"ssowizard test NAME --by-hand --response FILE judges it":                         "ssowizard test NAME --by-hand --response FILE" + flags + " judges it",
		"ssowizard disable phones --confirmed sp.enable.":                                 "ssowizard disable phones --confirmed sp.enable" + flags + ".",
		"ssowizard assign phones --add-group " + ask.Quote("Inc.") + " --add-user a@b.c.": `ssowizard assign phones --add-group "Inc." --add-user a@b.c` + flags + ".",
		"ssowizard adopt a; ssowizard undo phones":                                        "ssowizard adopt" + flags + " a; ssowizard undo phones" + flags,
		"ssowizard catalog list names those that are known":                               "ssowizard catalog list names those that are known",
		"a newer ssowizard wrote it":                                                      "a newer ssowizard wrote it",
		"start ssowizard again":                                                           "start ssowizard again",
		"nothing to run":                                                                  "nothing to run",
		"":                                                                                "",
	} {
		if got := here.Runnable(text); got != want {
			t.Errorf("%q\n got  %q\n want %q", text, got, want)
		}
		if got := (ask.Place{}).Runnable(text); got != text {
			t.Errorf("no flags: %q became %q", text, got)
		}
	}
}
