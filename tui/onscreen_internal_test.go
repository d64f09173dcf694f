package tui

import (
	"strings"
	"testing"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
)

func TestAHintNamesTheFieldWhereTheCommandHasAFlag(t *testing.T) {
	c, err := catalog.Load("")
	if err != nil {
		t.Fatal(err)
	}
	p, err := c.Profile("telnyx")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"say where: Sign-in address (--input login_url=URL)":                               "say where: Sign-in address (under Details)",
		"Choose another with --input short_name=….":                                        "Choose another with Short Name (under Details).",
		"which --input idp_entity_id=url does.":                                            "which idp_entity_id = url (under Details) does.",
		"Set --input name_id_format and --input name_id to it":                             "Set name_id_format (under Details) and name_id (under Details) to it",
		"run the same command again: it goes on from here":                                 "try again: it goes on from here",
		"run the command again with --confirmed sp.push":                                   "try again",
		"sign in through a browser (--test browser) or by hand (--test by-hand).":          "sign in through a browser or by hand.",
		"no test is made: it needs --test-user and --test-password-file":                   "no test is made: nobody is named who tries it",
		"give the tester's password with --test-password-file FILE, or use --test browser": "give the tester's password, or sign in in a browser window",
		"name a tester with --test-user and --test-password-file":                          "name a tester",
		"check --sp-api-url: the path /v1 is added to it":                                  "check the address of the settings API: the path /v1 is added to it",
		"take the old one back first with ssowizard undo phones, or do something":          "take the old one back first with undo on the first screen, or do something",
		"a network that reaches the internet only through a proxy needs --proxy":           "a network that reaches the internet only through a proxy needs --proxy",
		"set it up again with --override, or activate it in Okta":                          "set it up again from the first screen, or activate it in Okta",
		"set it to the expected value, or run ssowizard setup again with --override.":      "set it to the expected value, or set it up again here and have it set back.",
	} {
		if got := onScreens(p, text); got != want {
			t.Errorf("%q\nis   %q\nwant %q", text, got, want)
		}
	}
	lines := failureLines(Theme{}, hint.New(hint.Usage, "no", "give it (--input x=URL)"), 100)
	if got := strings.Join(lines, "\n"); !strings.Contains(got, "give it (under Details)") {
		t.Errorf("a failure says %q", got)
	}
}

func TestNoAdviceOfAProfileNamesAFlagOnTheScreen(t *testing.T) {
	c, err := catalog.Load("")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range c.List() {
		for _, tr := range p.Troubleshooting {
			if got := onScreens(p, tr.Advice); strings.Contains(got, "--") {
				t.Errorf("%s, %s: %s", p.ID, tr.Symptom, got)
			}
		}
	}
}
