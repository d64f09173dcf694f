package e2e_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/secret"
	"example.com/ssowizard/internal/signin"
	"example.com/ssowizard/internal/sso"
)

// The forms in which a service provider holds two certificates, as changes to
// the sixth profile: a list in one setting, a second setting, and a resource for
// each, which is added and removed by itself.
var twoCertificates = map[string][]string{
	"a list": {"certificates: 1", "certificates: 2",
		`["{{ .Setting.thumbprint }}"]`, `"{{ .Setting.thumbprint | list }}"`,
		"/saml/certificates/0/value", "saml.certificates.*.value"},
	"two settings": {"certificates: 1", "certificates: 2",
		"rendering: fingerprint-sha256, required: true}", "rendering: fingerprint-sha256, required: true}\n" +
			`  - {id: next, label: Next thumbprint, kind: text, value: "{{ .IdP.OtherCertificate }}", rendering: fingerprint-sha256}`,
		`["{{ .Setting.thumbprint }}"]`, `["{{ .Setting.thumbprint }}", "{{ .Setting.next }}"]`,
		"thumbprint: /saml/certificates/0/value", "thumbprint: /saml/certificates/0/value\n      next: /saml/certificates/1/value"},
	"resources of their own": {"certificates: 1", "certificates: 2",
		`request: {method: GET, path: "/idps/{{ .Call.resource }}"}`, `request: {method: GET, path: "/idps/{{ .Call.resource }}"}
    also: [{name: trusted, request: {method: GET, path: "/idps/{{ .Call.resource }}/trusted"}}]`,
		`    - request:
        method: POST
        path: /idps/{{ .Call.resource }}/certificates
        body: {digest: sha256, values: ["{{ .Setting.thumbprint }}"]}
`, `  certificates:
    setting: thumbprint
    items: trusted.items
    id: id
    value: sum
    add: {method: POST, path: "/idps/{{ .Call.resource }}/trusted", body: {sum: "{{ .Call.certificate }}"}}
    remove: {method: DELETE, path: "/idps/{{ .Call.resource }}/trusted/{{ .Call.certificate_id }}"}
`,
		"      thumbprint: /saml/certificates/0/value\n", ""},
}

// visit is somebody who signs in at the sixth service provider, beside all calls
// of the program. It is "" when that works.
func (s *sixth) visit() string {
	w := s.world
	ana := w.org.People()[0]
	client, err := signin.New(signin.Config{Transport: backstage{w}, OktaURL: orgURL, Login: ana.Login, Password: secret.New(ana.Password), Now: w.clock.Now, Sleep: w.clock.Sleep})
	if err != nil {
		return err.Error()
	}
	seen, err := client.SignIn(context.Background(), sso.SignInRequest{Flow: sso.FlowSPInitiated, StartURL: "https://" + sixthHost + "/saml/acme/login", Email: ana.Login, Deliver: true})
	if err != nil || seen.Outcome != sso.OutcomeSignedIn {
		return fmt.Sprintf("%s %s %v", seen.Outcome, seen.Detail, err)
	}
	return ""
}

// held are the thumbprints at the service provider.
func (s *sixth) held() []string {
	var out []string
	for _, c := range member(s.find("tenant", "acme"), "saml", "certificates").([]any) {
		out = append(out, c.(map[string]any)["value"].(string))
	}
	return out
}

func setUpWithTwo(t *testing.T, form string) (*world, *sixth) {
	t.Helper()
	w, s := sixthWorld(t)
	if res, _, err := setUpSixth(w, sixthCore(w, twoCertificates[form]...), sixthWish("acme", "no")); err != nil || !res.Enabled {
		t.Fatalf("%+v, %v", res, err)
	}
	return w, s
}

func TestWithTwoCertificatesThereIsNoMomentInWhichASignInFails(t *testing.T) {
	t.Parallel()
	for form, changes := range twoCertificates {
		t.Run(form, func(t *testing.T) {
			t.Parallel()
			w, s := setUpWithTwo(t, form)
			old := s.held()
			core := sixthCore(w, changes...)
			var most, visits int
			w.wire.fault = func(n int, req *http.Request) fault {
				if problem := s.visit(); problem != "" {
					t.Errorf("before call %d, %s %s: %s", n, req.Method, req.URL.Path, problem)
				}
				visits++
				most = max(most, len(s.held()))
				return none
			}
			res, err := rotateOnce(core)
			if err != nil || !res.Tested || res.Rotated == nil || res.Rotated.GapCalls != 0 {
				t.Fatalf("%+v, %v", res, err)
			}
			if problem := s.visit(); problem != "" {
				t.Error("afterwards: " + problem)
			}
			if now := s.held(); most != 2 || len(now) != 1 || now[0] == old[0] || visits < 10 {
				t.Errorf("%d at most, %v before, %v after, %d visits", most, old, now, visits)
			}
			w.wire.fault = nil
			res, p, err := setUpSixth(w, sixthCore(w, changes...), sixthWish("acme", "no"))
			if err != nil || p.Pending() || !res.Tested || !res.Enabled {
				t.Errorf("a set-up afterwards: %+v, %v", res, err)
			}
		})
	}
}

func TestWithRoomForOneCertificateResourceTheOldOneGoesFirst(t *testing.T) {
	t.Parallel()
	changes := twoCertificates["resources of their own"][2:]
	w, s := sixthWorld(t)
	s.room = 1
	if res, _, err := setUpSixth(w, sixthCore(w, changes...), sixthWish("acme", "no")); err != nil || !res.Enabled {
		t.Fatalf("%+v, %v", res, err)
	}
	old := s.held()
	res, err := rotateOnce(sixthCore(w, changes...))
	if err != nil || !res.Tested || len(s.held()) != 1 || s.held()[0] == old[0] || s.visit() != "" {
		t.Errorf("%+v, %v, %v", res, err, s.held())
	}
	if res, p, err := setUpSixth(w, sixthCore(w, changes...), sixthWish("acme", "no")); err != nil || p.Pending() || !res.Tested {
		t.Errorf("a set-up afterwards: %+v, %v", res, err)
	}
	if err := doUndo(w, sixthCore(w, changes...)); err != nil || s.find("tenant", "acme") != nil {
		t.Errorf("undo: %v", err)
	}
}

func rotateOnce(core *plan.Core) (plan.Result, error) {
	p, err := planRotation(core)
	if err != nil {
		return plan.Result{}, err
	}
	return core.Apply(context.Background(), p)
}

func TestARotationWithTwoCertificatesGoesOnAfterEveryCrash(t *testing.T) {
	t.Parallel()
	for form, changes := range twoCertificates {
		t.Run(form, func(t *testing.T) {
			t.Parallel()
			w, s := setUpWithTwo(t, form)
			core := sixthCore(w, changes...)
			if _, err := rotateOnce(core); err != nil {
				t.Fatal(err)
			}
			calls := len(w.wire.calls)
			want := len(s.held())
			tried := 0
			for n := range calls {
				for i, kind := range wireFaults {
					if (n+i)%stride != 0 {
						continue
					}
					tried++
					w, s := setUpWithTwo(t, form)
					core := sixthCore(w, changes...)
					w.wire.fault = at(n+1, kind)
					_, _ = rotateOnce(core)
					what := fmt.Sprintf("call %d, %s", n+1, kind)
					if problem := s.visit(); problem != "" {
						t.Errorf("%s: nobody can sign in: %s", what, problem)
					}
					res, err := rotateOnce(sixthCore(w, changes...))
					if err != nil || !res.Tested {
						t.Errorf("%s: the same command again: %+v, %v", what, res, err)
						continue
					}
					if problem := s.visit(); problem != "" || len(s.held()) != want {
						t.Errorf("%s: %d certificates in the end, %s", what, len(s.held()), problem)
					}
					core = sixthCore(w, changes...)
					spec, _, _ := kept(core)
					o, err := core.Observe(context.Background(), spec)
					if err != nil {
						t.Fatal(err)
					}
					if state := o.State; state.Rotation != nil || state.Unfinished != "" || state.Proof == nil || state.Proof.Digest != plan.Digest(core.Profile, *o.App, *o.IdP, o.SP) {
						t.Errorf("%s: the state is left as %+v", what, state)
					}
					noSecrets(t, w, what)
				}
			}
			t.Logf("%d combinations of call and fault", tried)
		})
	}
}

func TestAFailedProofWithTwoCertificatesGoesBackWithoutAGap(t *testing.T) {
	t.Parallel()
	for form, changes := range twoCertificates {
		t.Run(form, func(t *testing.T) {
			t.Parallel()
			w, s := setUpWithTwo(t, form)
			old := s.held()
			core := sixthCore(w, changes...)
			core.SignIn = brokenSignIn{}
			_, err := rotateOnce(core)
			if hint.CodeOf(err) != hint.TestFailed {
				t.Fatalf("%v", err)
			}
			if diff := cmp.Diff(old, s.held()); diff != "" || s.visit() != "" {
				t.Errorf("%s; %s", diff, s.visit())
			}
			// The key that was made is used by the next try, which works.
			if res, err := rotateOnce(sixthCore(w, changes...)); err != nil || !res.Tested || slices.Equal(old, s.held()) {
				t.Errorf("%+v, %v", res, err)
			}
		})
	}
}

// brokenSignIn is a tester whose password is wrong.
type brokenSignIn struct{}

func (brokenSignIn) SignIn(_ context.Context, req sso.SignInRequest) (sso.Seen, error) {
	return sso.Seen{Flow: req.Flow, Outcome: sso.OutcomeWrongPassword}, nil
}
