package e2e_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/sjson"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sso"
)

// console is somebody at Okta's console: it changes the app's JSON.
func (w *world) console(appID string, changes map[string]any) {
	w.t.Helper()
	body := w.asAdmin(http.MethodGet, "/api/v1/apps/"+appID, "")
	for path, value := range changes {
		var err error
		if body, err = sjson.Set(body, path, value); err != nil {
			w.t.Fatal(err)
		}
	}
	w.asAdmin(http.MethodPut, "/api/v1/apps/"+appID, body)
}

// asAdmin makes one call to Okta's API beside all calls of the program.
func (w *world) asAdmin(method, path, body string) string {
	w.t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), method, orgURL+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Authorization", "SSWS "+w.org.APIToken())
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Content-Type", "application/json")
	resp := w.wire.serve(req)
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode > 299 {
		w.t.Fatalf("%s %s: %d %v\n%s", method, path, resp.StatusCode, err, answer)
	}
	return string(answer)
}

// setUp is a world with a tested connection.
func setUp(t *testing.T, profileID string, enable bool) (*world, sso.Spec, string) {
	t.Helper()
	w := newWorld(t)
	core, k := w.start(profileID)
	spec := wish(profileID, core.Profile.DefaultLabel)
	spec.Enable = enable
	var err error
	if spec.Inputs, err = core.Profile.CheckInputs(sweptInputs[profileID]); err != nil {
		t.Fatal(err)
	}
	if res, _, err := carryOut(core, spec); err != nil || !res.Tested {
		t.Fatalf("%+v, %v", res, err)
	}
	state, _, _ := k.Load()
	return w, spec, state.AppID
}

// carryOut makes the plan of a set-up and runs it.
func carryOut(core *plan.Core, spec sso.Spec) (plan.Result, *plan.Plan, error) {
	ctx := context.Background()
	o, err := core.Observe(ctx, spec)
	if err != nil {
		return plan.Result{}, nil, err
	}
	p, err := plan.Make(spec, core.Profile, o, core.Diff)
	if err != nil {
		return plan.Result{}, nil, err
	}
	res, err := core.Apply(ctx, p)
	return res, p, err
}

func TestAProofEndsWithASignOnSettingThatIsNotOurs(t *testing.T) {
	t.Parallel()
	w, spec, appID := setUp(t, "net2phone", false)
	w.console(appID, map[string]any{"settings.signOn.acsEndpoints": []any{map[string]any{"url": "https://elsewhere.example/acs", "index": 0}}, "settings.signOn.allowMultipleAcsEndpoints": true})
	core, _ := w.start("net2phone")
	ctx := context.Background()
	spec.Test, spec.Enable = sso.TestNone, true
	o, err := core.ObserveAll(ctx, spec)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := plan.MakeEnable(spec, core.Profile, o, core.Diff); hint.CodeOf(err) != hint.Refused {
		t.Errorf("turning on: %v", err)
	}
	status, err := plan.StatusOf(spec, core.Profile, o, core.Diff, w.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	want := []plan.Drift{
		{Side: "okta", Field: "settings.signOn.acsEndpoints", Got: `[{"index":0,"url":"https://elsewhere.example/acs"}]`},
		{Side: "okta", Field: "settings.signOn.allowMultipleAcsEndpoints", Got: "true"},
	}
	if diff := cmp.Diff(want, status.Drift); diff != "" || status.Tested {
		t.Errorf("tested %v\n%s", status.Tested, diff)
	}

	// Another test covers it, and what was not ours stays as it is.
	spec.Test = sso.TestHTTP
	core, _ = w.start("net2phone")
	if res, _, err := carryOut(core, spec); err != nil || !res.Tested || !res.Enabled {
		t.Errorf("%+v, %v", res, err)
	}
	if !strings.Contains(w.asAdmin(http.MethodGet, "/api/v1/apps/"+appID, ""), "elsewhere.example") {
		t.Error("the other ACS endpoint is gone")
	}
	if o, err = core.ObserveAll(ctx, spec); err != nil {
		t.Fatal(err)
	}
	if status, err = plan.StatusOf(spec, core.Profile, o, core.Diff, w.clock.Now()); err != nil || len(status.Drift) > 0 || !status.Tested {
		t.Errorf("%+v, %v", status, err)
	}
}

func TestStatusSaysWhyAProofNoLongerHolds(t *testing.T) {
	t.Parallel()
	w, spec, appID := setUp(t, "net2phone", true)
	w.console(appID, map[string]any{"credentials.userNameTemplate.template": "${source.email}"})
	core, _ := w.start("net2phone")
	o, err := core.ObserveAll(context.Background(), spec)
	if err != nil {
		t.Fatal(err)
	}
	status, err := plan.StatusOf(spec, core.Profile, o, core.Diff, w.clock.Now())
	want := []plan.Drift{{Side: "okta", Field: "credentials.userNameTemplate.template", Want: "${source.login}", Got: "${source.email}"}}
	if diff := cmp.Diff(want, status.Drift); err != nil || diff != "" || status.Tested {
		t.Errorf("tested %v, %v\n%s", status.Tested, err, diff)
	}
}

func TestAnotherLabelLeavesTheProofAsItIs(t *testing.T) {
	t.Parallel()
	w, spec, _ := setUp(t, "net2phone", true)
	core, _ := w.start("net2phone")
	spec.Label = "Phones"
	res, p, err := carryOut(core, spec)
	if err != nil || !res.Tested || !res.Enabled {
		t.Fatalf("%+v, %v", res, err)
	}
	if app, test := p.Step(plan.StepApp), p.Step(plan.StepTest); app.Action != plan.Update || test.Action != plan.None {
		t.Errorf("%+v, %+v", app, test)
	}
	core, _ = w.start("net2phone")
	if res, p, err = carryOut(core, spec); err != nil || p.Pending() || !res.Tested {
		t.Errorf("again: %+v, %v", res, err)
	}
}

func TestASecondClientSecretIsNobodysChange(t *testing.T) {
	t.Parallel()
	w, spec, appID := setUp(t, "cloudtalk", true)
	_ = w.clock.Sleep(context.Background(), 1e9)
	w.asAdmin(http.MethodPost, "/api/v1/apps/"+appID+"/credentials/secrets", "{}")
	core, _ := w.start("cloudtalk")
	o, err := core.ObserveAll(context.Background(), spec)
	if err != nil {
		t.Fatal(err)
	}
	status, err := plan.StatusOf(spec, core.Profile, o, core.Diff, w.clock.Now())
	if err != nil || len(status.Drift) > 0 || !status.Tested {
		t.Errorf("%+v, %v", status, err)
	}
	core, _ = w.start("cloudtalk")
	if res, p, err := carryOut(core, spec); err != nil || p.Pending() || !res.Tested {
		t.Errorf("%+v, %+v, %v", res, p.Steps, err)
	}
}
