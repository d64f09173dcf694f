package plan_test

import (
	"context"
	"reflect"
	"strings"
	"testing"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sso"
)

func TestARefusalNamesTheCommandThatKeepsTheChange(t *testing.T) {
	for _, tc := range []struct {
		name   string
		change func(*world)
		says   []string
		ways   plan.Ways
	}{
		{"label", func(w *world) { w.okta.apps[0].Label = "Phones of Acme" },
			[]string{`to keep the change: ssowizard setup infobip --connection office --label "Phones of Acme"`, "add --override to set it back"},
			plan.Ways{KeepLabel: "Phones of Acme", Keep: map[string]string{}}},
		{"toggle at the service provider", func(w *world) { w.sp.settings["auto_create_users"] = "true" },
			[]string{"to keep the change: ssowizard setup infobip --connection office --input auto_create_users=yes"},
			plan.Ways{Keep: map[string]string{"auto_create_users": "yes"}}},
		{"something that no answer asks for", func(w *world) { w.okta.apps[0].SAML.Audience = "https://elsewhere.example" },
			[]string{"no answer to setup keeps Audience (SP entity ID)", "ssowizard test office"}, plan.Ways{Keep: map[string]string{}}},
		{"both", func(w *world) {
			w.sp.settings["auto_create_users"], w.sp.settings["idp_issuer"] = "true", "http://other"
		}, []string{"--input auto_create_users=yes; no answer to setup keeps IdP entity ID (Identity Provider Issuer)", "add --override to set them back"},
			plan.Ways{Keep: map[string]string{"auto_create_users": "yes"}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t)
			w.core.Profile = profileOf(t, "infobip")
			spec := sso.Spec{Connection: "office", Profile: "infobip", Label: "Infobip", Push: sso.PushAPI, Test: sso.TestNone,
				Inputs: map[string]string{"custom_domain": "acme", "auto_create_users": "no", "auto_create_groups": "no", "bookmark": "no"}}
			w.mustSetup(spec)
			tc.change(w)
			o, err := w.core.Observe(context.Background(), spec)
			if err != nil {
				t.Fatal(err)
			}
			_, err = plan.Make(spec, w.core.Profile, o, w.okta.Diff)
			tc.ways.Override = "set back what was changed"
			got := plan.WaysOf(err)
			if got.Err = nil; !reflect.DeepEqual(got, tc.ways) {
				t.Errorf("ways on: %+v, want %+v", got, tc.ways)
			}
			tips := strings.Join(hint.Hints(err), "\n")
			for _, want := range tc.says {
				if hint.CodeOf(err) != hint.Refused || !strings.Contains(tips, want) {
					t.Errorf("%v\nhints do not say %q:\n%s", err, want, tips)
				}
			}
		})
	}
}

func TestFollowingTheCommandKeepsTheChangeForGood(t *testing.T) {
	w := newWorld(t)
	w.core.Profile = profileOf(t, "infobip")
	spec := sso.Spec{Connection: "office", Profile: "infobip", Label: "Infobip", Push: sso.PushAPI, Test: sso.TestNone,
		Inputs: map[string]string{"custom_domain": "acme", "auto_create_users": "no", "auto_create_groups": "no", "bookmark": "no"}}
	w.mustSetup(spec)
	w.sp.settings["auto_create_users"] = "true"
	w.okta.apps[0].Label = "Phones"
	spec.Label, spec.Inputs = "Phones", map[string]string{"custom_domain": "acme", "auto_create_users": "yes", "auto_create_groups": "no", "bookmark": "no"}
	if res := w.mustSetup(spec); res.Changed {
		t.Error("something was written")
	}
	if s := w.status(); len(s.Drift) > 0 {
		t.Errorf("drift %+v", s.Drift)
	}
	if _, err := w.planUndo(nil); err != nil {
		t.Errorf("undo: %v", err)
	}
}
