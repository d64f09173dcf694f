package catalog_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

func TestAddressesMadeOfAnOldAnswerDoNotStand(t *testing.T) {
	t.Parallel()
	p := builtIn(t, "infobip")
	offered := map[string]string{"acs_url": "https://portal.infobip.com/login/saml/old/callback", "note": "kept"}
	held := sso.SPState{Configured: true, Offered: offered, Settings: map[string]string{"custom_domain": "old"}}
	for answer, want := range map[string]map[string]string{
		"old": offered,
		"new": {"note": "kept"},
	} {
		if diff := cmp.Diff(want, p.Standing(map[string]string{"custom_domain": answer}, held)); diff != "" {
			t.Errorf("%s: %s", answer, diff)
		}
	}
	held.Settings = nil // nothing is set up: what is shown does not depend on us
	if diff := cmp.Diff(offered, p.Standing(map[string]string{"custom_domain": "new"}, held)); diff != "" {
		t.Error(diff)
	}
}

func TestAGroupFilterHasToBeARegularExpressionOfSomeDialect(t *testing.T) {
	t.Parallel()
	p := builtIn(t, "infobip")
	for filter, ok := range map[string]bool{
		"Infobip-.*": true, "(?i)support": true, "(?!Everyone).*": true, `\p{L}+`: true, "a{1,2000}": true,
		"(Support": false, "Support)": false, "[a-": false, `end\`: false, "*": false, "[z-a]": false,
	} {
		_, err := p.CheckInputs(map[string]string{"custom_domain": "acme", "auto_create_groups": "yes", "group_filter": filter})
		if (err == nil) != ok {
			t.Errorf("%q: %v", filter, err)
		}
		if !ok && (hint.CodeOf(err) != hint.Usage || !strings.Contains(strings.Join(hint.Hints(err), " "), "--input group_filter=")) {
			t.Errorf("%q: %v, %q", filter, err, hint.Hints(err))
		}
	}
}

func TestWhatAPageMayNotShowIsSuggestedWithItsReason(t *testing.T) {
	t.Parallel()
	_, err := builtIn(t, "justcall").CompleteInputs(nil, sso.SPState{})
	text := strings.Join(hint.Hints(err), " ")
	for _, want := range []string{"--input acs_url=https://bifrost.justcall.io/passport/login/callback", "--input sp_entity_id=JustCall", "Try it only if your page shows no"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %q", want, text)
		}
	}
}
