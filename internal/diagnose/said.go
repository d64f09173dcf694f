package diagnose

import (
	"strings"

	"example.com/ssowizard/internal/sso"
)

// refusals are the codes whose Got holds the words of a page or an API that
// said no. signInCode begins more of them.
var refusals = map[string]bool{"sp_test": true, "signed_in": true}

// said is the advice whose words stand in a refusal: what the other side says
// is nearer to the reason than that it refused. The longest words win, and
// among equals the earlier advice.
func (c Context) said(f sso.Finding) string {
	if !refusals[f.Code] && !strings.HasPrefix(f.Code, signInCode) {
		return ""
	}
	got := strings.ToLower(strings.TrimPrefix(f.Got, c.sp())) // its name is no reason
	best, text := 0, ""
	for _, a := range c.Advice {
		for _, words := range a.Says {
			if len(words) > best && strings.TrimSpace(a.Text) != "" && strings.Contains(got, strings.ToLower(words)) {
				best, text = len(words), a.Text
			}
		}
	}
	return text
}
