package tui

import (
	"regexp"
	"strings"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
)

// The words of commands, and what the screens have for them. The last of them
// take what is left of a flag that has a field here.
var onScreen = []struct {
	flag *regexp.Regexp
	here string
}{
	{regexp.MustCompile(`\(--input [^()]+\)`), "(under Details)"},
	{regexp.MustCompile(`run the (?:same )?command again(?: with --confirmed [a-z.]+)?`), "try again"},
	{regexp.MustCompile(`run ssowizard setup again with --override`), "set it up again here and have it set back"},
	{regexp.MustCompile(`which ssowizard setup does with --override`), "which setting it up again here does"},
	{regexp.MustCompile(`set it up (again|anew) with (?:setup … )?--override`), "set it up $1 from the first screen"},
	{regexp.MustCompile(`or clear the service provider's side with ssowizard undo \S+`), "or clear the service provider's side with undo there"},
	{regexp.MustCompile(`with ssowizard undo [^\s,]+`), "with undo on the first screen"},
	{regexp.MustCompile(`another one with --connection NAME`), "another one under another connection name"},
	{regexp.MustCompile(`; name a tester with --test-user and --test-password-file`), "; a tester would show it"},
	{regexp.MustCompile(`name a tester with --test-user and --test-password-file`), "name a tester"},
	{regexp.MustCompile(`say who tests with --test-user LOGIN`), "say who tests"},
	{regexp.MustCompile(`password with (?:--test-user and )?--test-password-file FILE`), "password"},
	{regexp.MustCompile(`use --test browser`), "sign in in a browser window"},
	{regexp.MustCompile(` with --test by-hand`), " by hand"},
	{regexp.MustCompile(`it needs --test-user and --test-password-file`), "nobody is named who tries it"},
	{regexp.MustCompile(`add --test-user LOGIN with --test-password-file FILE(?:, or --test none)?`), "say who tries it"},
	{regexp.MustCompile(` \(--test [a-z-]+\)`), ""},
	{regexp.MustCompile(`give it with --sp-api-url, or use --push guided`), "give it, or have the values entered by hand, under Details"},
	{regexp.MustCompile(`use --push guided`), "have the values entered by hand, under Details"},
	{regexp.MustCompile(`or a file for --sp-token-file`), "or type it where it is asked"},
	{regexp.MustCompile(`give the final address with --sp-api-url`), "give the final address"},
	{regexp.MustCompile(`--sp-api-url`), "the address of the settings API"},
	{regexp.MustCompile(`(?:or )?name the app with --app ID`), "choose the app by its id"},
	{regexp.MustCompile(`name another app with --app ID`), "choose another app"},
	{regexp.MustCompile(`see that --app and --sp name what you mean; add --override to take it over all the same`), "see that it is the app and the service provider that you mean"},
	{regexp.MustCompile(` with --new-app`), ""},
}

// hintsHere are the hints of an error on the screen. The ways on from a plan
// that was refused stand with the plan.
func hintsHere(err error) []string {
	if w := plan.WaysOf(err); w.Err != nil && (w.Override != "" || w.NewApp) {
		return []string{"make the plan again: it offers the ways on"}
	}
	var out []string
	for _, h := range hint.Hints(err) {
		out = append(out, onScreens(nil, plain(h)))
	}
	return out
}

var (
	inputAnswer = regexp.MustCompile(`--input ([a-z_]+)=("[^"]*"|[^\s,;]*[^\s,;.])`)
	inputName   = regexp.MustCompile(`--input ([a-z_]+)`)
)

// onScreens is a hint for whoever sits before the screens: what they have a key
// or a field for is named by that and not by a flag. p may be nil.
func onScreens(p *catalog.Profile, hint string) string {
	for _, o := range onScreen {
		hint = o.flag.ReplaceAllString(hint, o.here)
	}
	for _, input := range []*regexp.Regexp{inputAnswer, inputName} {
		hint = input.ReplaceAllStringFunc(hint, func(flag string) string {
			m := append(input.FindStringSubmatch(flag), "")
			if value := strings.Trim(m[2], `"…`); value != "" {
				return inputLabel(p, m[1]) + " = " + value + " (under Details)"
			}
			return inputLabel(p, m[1]) + " (under Details)"
		})
	}
	return hint
}
