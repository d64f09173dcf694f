package diagnose

import (
	"strings"

	"example.com/ssowizard/internal/sso"
)

// refusals are the codes whose Got holds the words with which a service provider
// said no.
var refusals = map[string]bool{"sp_test": true, "signed_in": true,
	signInCode + string(sso.OutcomeSPRefused): true, signInCode + string(sso.OutcomeStartRefused): true}

// pageOfOkta is the code whose Got holds a page of Okta, which says much; only a
// word of the protocol itself, such as redirect_uri, is looked for in it.
const pageOfOkta = signInCode + string(sso.OutcomeIdPError)

// said is the advice whose words stand in a refusal: what the other side says
// is nearer to the reason than that it refused. The longest words win, and
// among equals the earlier advice.
func (c Context) said(f sso.Finding) string {
	if !refusals[f.Code] && f.Code != pageOfOkta {
		return ""
	}
	got := strings.ToLower(strings.TrimPrefix(f.Got, c.sp())) // its name is no reason
	best, text := 0, ""
	for _, a := range c.Advice {
		for _, words := range a.Says {
			if f.Code == pageOfOkta && !strings.Contains(words, "_") {
				continue
			}
			if len(words) > best && strings.TrimSpace(a.Text) != "" && strings.Contains(got, strings.ToLower(words)) {
				best, text = len(words), a.Text
			}
		}
	}
	return text
}
