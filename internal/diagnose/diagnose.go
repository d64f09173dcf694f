// Package diagnose turns what a check or a sign-in found into what a person can
// do about it: the advice of the service provider's profile where it has some,
// else general words that name the page on the Okta side.
package diagnose

import (
	"slices"
	"strings"

	"example.com/ssowizard/internal/samlcheck"
	"example.com/ssowizard/internal/sso"
)

// Advice is what a profile says about some codes. A code that ends in ".*"
// stands for all that begin with the part before the star. Says are words of a
// refusal that give its reason away; they count for more than its code.
type Advice struct {
	Codes []string
	Says  []string
	Text  string
}

// Context is what the advice is about.
type Context struct {
	SPName   string            // name of the service provider
	Labels   map[string]string // setting id → label on the service provider's page
	Advice   []Advice          // of the profile
	AppLabel string            // label of the Okta app
}

// Fill gives every failed finding a Fix in plain words; none is left without.
// A Fix that is there already stays. The findings passed in are not changed.
func Fill(findings []sso.Finding, c Context) []sso.Finding {
	out := slices.Clone(findings)
	for i, f := range out {
		if !f.OK && f.Fix == "" {
			out[i].Fix = c.fix(f)
		}
	}
	return out
}

func (c Context) fix(f sso.Finding) string {
	if why, ok := strings.CutPrefix(f.Got, samlcheck.NotChecked); ok {
		return c.unchecked(why)
	}
	if text := c.said(f); text != "" {
		return text
	}
	if text := c.advice(codesOf(f)...); text != "" {
		return text
	}
	return c.general(f)
}

// unchecked is for a check that was not made: advice on its subject would send
// people after a fault that nobody has seen.
func (c Context) unchecked(why string) string {
	if strings.Contains(why, "not known") {
		return "Nothing was found to compare with: see that " + c.sp() + " and the Okta app both have this value, and test again."
	}
	return "Put right what failed before this, and test again."
}

// advice is the text of the profile whose code fits best: a code itself before a
// star, an earlier code before a later one, a longer star before a shorter.
func (c Context) advice(codes ...string) string {
	best, text := -1, ""
	for i, code := range codes {
		for _, a := range c.Advice {
			for _, pattern := range a.Codes {
				fit := fits(pattern, code)
				if fit > len(code) {
					fit = exact - i
				}
				if fit > best && strings.TrimSpace(a.Text) != "" {
					best, text = fit, a.Text
				}
			}
		}
	}
	return text
}

// exact is how well a code fits itself; no star fits as well.
const exact = 1 << 20

// fits tells how well pattern fits code: -1 not at all, else the higher the better.
func fits(pattern, code string) int {
	if pattern == code {
		return len(code) + 1
	}
	if pattern == settingCode+"*" && strings.HasPrefix(code, oktaCode) {
		return -1 // it speaks of the service provider's page
	}
	if prefix, ok := strings.CutSuffix(pattern, "*"); ok && strings.HasSuffix(prefix, ".") && strings.HasPrefix(code, prefix) {
		return len(prefix)
	}
	return -1
}

const maxName = 100

func (c Context) sp() string {
	if name := sso.PlainText(c.SPName, maxName); name != "" {
		return name
	}
	return "the service provider"
}

// page is the way to a page of the app in Okta's Admin Console.
func (c Context) page(tab string) string {
	app := sso.PlainText(c.AppLabel, maxName)
	if app == "" {
		app = "the app"
	}
	return "Okta: Applications → " + app + " → " + tab
}

// field names the setting at the service provider, by its label where there is one.
func (c Context) field(id, otherwise string) string {
	if label := sso.PlainText(c.Labels[id], maxName); label != "" {
		return `"` + label + `" at ` + c.sp()
	}
	return otherwise + " at " + c.sp()
}
