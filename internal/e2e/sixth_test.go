package e2e_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sandbox/sp/samlrp"
	"example.com/ssowizard/internal/secret"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/spclient/api"
)

const (
	sixthHost = "api.sixth.example"
	sixthKey  = "sixth-key-0123456789"
)

// sixth is the service provider of testdata/sixth.yaml: its settings API and a
// relying party that judges what Okta really says.
type sixth struct {
	world   *world
	records []map[string]any
	next    int
	// elsewhere makes it name other addresses than its guide says.
	elsewhere bool
	arrived   []string // who signed in
}

func (s *sixth) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if path, ok := strings.CutPrefix(r.URL.Path, "/saml/"); ok {
		s.party(w, r, strings.Split(path, "/"))
		return
	}
	if r.Header.Get("X-Api-Key") != "Key "+base64.StdEncoding.EncodeToString([]byte(sixthKey)) {
		sixthError(w, http.StatusUnauthorized, "no such key", "")
		return
	}
	var body map[string]any
	if r.Method == http.MethodPost || r.Method == http.MethodPatch {
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			sixthError(w, http.StatusBadRequest, err.Error(), "")
			return
		}
	}
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/v9/idps"), "/")
	switch {
	case len(parts) == 1 && r.Method == http.MethodPost:
		s.create(w, body)
	case len(parts) == 1:
		s.list(w, r)
	default:
		s.one(w, r, parts[1:], body)
	}
}

func (s *sixth) create(w http.ResponseWriter, body map[string]any) {
	tenant, _ := member(body, "login", "tenant").(string)
	if tenant == "taken" || s.find("tenant", tenant) != nil {
		sixthError(w, http.StatusUnprocessableEntity, "somebody has it", "/login/tenant")
		return
	}
	if body["disabled"] != true {
		sixthError(w, http.StatusUnprocessableEntity, "begin disabled", "/disabled")
		return
	}
	s.next++
	body["id"] = "idp-" + strconv.Itoa(s.next)
	base := "https://" + sixthHost + "/saml/" + tenant
	acs := base + "/acs"
	if s.elsewhere {
		acs += "/v2"
	}
	body["saml"].(map[string]any)["acs"], body["saml"].(map[string]any)["audience"] = acs, base
	body["login"].(map[string]any)["url"] = base + "/login"
	body["users"].(map[string]any)["roles"] = []string{"listener", "speaker"}
	s.records = append(s.records, body)
	sixthShow(w, body)
}

func (s *sixth) list(w http.ResponseWriter, r *http.Request) {
	page, _ := strconv.Atoi(r.URL.Query().Get("page[number]"))
	size, _ := strconv.Atoi(r.URL.Query().Get("page[size]"))
	from, to := min((page-1)*size, len(s.records)), min(page*size, len(s.records))
	sixthJSON(w, http.StatusOK, map[string]any{"data": s.records[from:to], "meta": map[string]any{"pages": (len(s.records) + size - 1) / size}})
}

func (s *sixth) one(w http.ResponseWriter, r *http.Request, path []string, body map[string]any) {
	record := s.find("id", path[0])
	switch {
	case record == nil:
		sixthError(w, http.StatusNotFound, "there is none", "")
	case len(path) == 2:
		value := body["values"].([]any)[0].(string)
		record["saml"].(map[string]any)["certificates"] = []any{map[string]any{"value": strings.ToLower(value)}}
		w.WriteHeader(http.StatusAccepted)
	case r.Method == http.MethodDelete:
		for i := range s.records {
			if s.records[i]["id"] == record["id"] {
				s.records = append(s.records[:i], s.records[i+1:]...)
				break
			}
		}
		w.WriteHeader(http.StatusNoContent)
	case r.Method == http.MethodPatch:
		mergeInto(record, body)
		sixthShow(w, record)
	default:
		sixthShow(w, record)
	}
}

// party begins sign-ins and judges answers. One that is disabled does neither.
func (s *sixth) party(w http.ResponseWriter, r *http.Request, path []string) {
	record := s.find("tenant", path[0])
	if record == nil || record["disabled"] != false {
		http.Error(w, "single sign-on is off here", http.StatusForbidden)
		return
	}
	if path[1] == "login" {
		to, err := samlrp.Request{ID: "_" + strconv.Itoa(len(s.arrived)+1), Issuer: member(record, "saml", "audience").(string), ACSURL: member(record, "saml", "acs").(string),
			LoginURL: member(record, "saml", "target").(string), Now: s.world.clock.Now()}.URL()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		http.Redirect(w, r, to, http.StatusFound)
		return
	}
	who, err := s.judge(record, r)
	if err != nil {
		http.Error(w, "refused: "+err.Error(), http.StatusForbidden)
		return
	}
	s.arrived = append(s.arrived, who)
	fmt.Fprintf(w, "<title>Home</title><p>Welcome, %s</p>", who)
}

func (s *sixth) judge(record map[string]any, r *http.Request) (string, error) {
	response, err := samlrp.Parse(r.PostFormValue("SAMLResponse"))
	if err != nil {
		return "", err
	}
	trust := samlrp.Trust{ACSURL: member(record, "saml", "acs").(string), Audience: member(record, "saml", "audience").(string), Issuer: member(record, "saml", "entity").(string)}
	digest := member(record, "saml", "certificates").([]any)[0].(map[string]any)["value"].(string)
	trust.Fingerprint = samlrp.Fingerprint{Algorithm: "sha256", Digest: digest}
	if response.InResponseTo() == "" {
		return "", errors.New("nobody here asked for this")
	}
	a, err := response.Verify(trust, s.world.clock.Now())
	if err != nil {
		return "", err
	}
	if mail := a.Values("mail"); len(mail) != 1 || mail[0] != a.NameID {
		return "", errors.New("the attribute mail is missing")
	}
	if member(record, "users", "refuse_unknown") == true && !strings.HasPrefix(a.NameID, "ana.") && !strings.HasPrefix(a.NameID, "ben.") {
		return "", errors.New("nobody here has this address")
	}
	return a.NameID, nil
}

func (s *sixth) find(by, value string) map[string]any {
	for _, r := range s.records {
		if by == "id" && r["id"] == value || by == "tenant" && member(r, "login", "tenant") == value {
			return r
		}
	}
	return nil
}

func member(record map[string]any, group, member string) any {
	inner, _ := record[group].(map[string]any)
	return inner[member]
}

func mergeInto(into, from map[string]any) {
	for name, value := range from {
		inner, isObject := value.(map[string]any)
		if have, both := into[name].(map[string]any); isObject && both {
			mergeInto(have, inner)
			continue
		}
		into[name] = value
	}
}

func sixthShow(w http.ResponseWriter, record map[string]any) {
	sixthJSON(w, http.StatusOK, map[string]any{"data": record})
}

func sixthJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func sixthError(w http.ResponseWriter, status int, detail, pointer string) {
	sixthJSON(w, status, map[string]any{"errors": []any{map[string]any{"code": "x", "detail": detail, "source": map[string]any{"pointer": pointer}}}})
}

// sixthWorld has the sixth service provider beside the others.
func sixthWorld(t *testing.T) (*world, *sixth) {
	t.Helper()
	w := newWorld(t)
	s := &sixth{world: w}
	for _, tenant := range []string{"one", "two", "three"} { // others, so that ours is on the last of several pages
		s.records = append(s.records, map[string]any{"id": "other-" + tenant, "disabled": false, "login": map[string]any{"tenant": tenant}})
	}
	w.others = map[string]http.Handler{sixthHost: s}
	return w, s
}

// sixthCore is a new process that knows the sixth profile from the folder of the
// admin's own profiles.
func sixthCore(w *world) *plan.Core {
	w.t.Helper()
	dir := w.t.TempDir()
	file, err := os.ReadFile("testdata/sixth.yaml")
	if err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "sixth.yaml"), file, 0o600); err != nil {
		w.t.Fatal(err)
	}
	c, err := catalog.Load(dir)
	if err != nil {
		w.t.Fatal(err)
	}
	profile, err := c.Profile("sixth")
	if err != nil {
		w.t.Fatal(err)
	}
	core, _ := w.start("net2phone")
	core.Profile, core.Keeper = profile, &keeper{Connection: w.store.Connection("sandbox", "sixth"), wire: w.wire}
	core.SP, err = api.New(api.Config{Profile: profile, BaseURL: profile.API.BaseURL, Token: secret.New(sixthKey),
		Inputs: map[string]string{"tenant": "acme"}, Transport: w.wire, Clock: w.clock})
	if err != nil {
		w.t.Fatal(err)
	}
	return core
}

// sixthWish are the admin's answers.
func sixthWish(tenant, join string) map[string]string {
	return map[string]string{"tenant": tenant, "join": join}
}

// setUpSixth runs one set-up of the sixth service provider.
func setUpSixth(w *world, core *plan.Core, inputs map[string]string) (plan.Result, *plan.Plan, error) {
	spec := wish("sixth", core.Profile.DefaultLabel)
	var err error
	if spec.Inputs, err = core.Profile.CheckInputs(inputs); err != nil {
		return plan.Result{}, nil, err
	}
	o, err := core.Observe(context.Background(), spec)
	if err != nil {
		return plan.Result{}, nil, err
	}
	p, err := plan.Make(spec, core.Profile, o, core.Diff)
	if err != nil {
		return plan.Result{}, nil, err
	}
	res, err := core.Apply(context.Background(), p)
	return res, p, err
}

func TestAServiceProviderThatIsOnlyAFileIsSetUpEndToEnd(t *testing.T) {
	t.Parallel()
	w, s := sixthWorld(t)
	res, _, err := setUpSixth(w, sixthCore(w), sixthWish("acme", "no"))
	if err != nil || !res.Tested || !res.Enabled {
		t.Fatalf("%+v, %v", res, err)
	}
	if len(s.arrived) != 1 || s.arrived[0] != "ana.lima@acme.example" {
		t.Errorf("who signed in there: %v", s.arrived)
	}
	record := s.find("tenant", "acme")
	if record["disabled"] != false || member(record, "users", "refuse_unknown") != true || member(record, "users", "role") != "listener" {
		t.Errorf("%v", record)
	}
	res, p, err := setUpSixth(w, sixthCore(w), sixthWish("acme", "no"))
	if err != nil || p.Pending() || res.Changed || !res.Tested || !res.Enabled {
		t.Errorf("again: %+v, %v", res, err)
	}

	if err := doRotate(w, sixthCore(w)); err != nil {
		t.Fatalf("rotate: %v", err)
	}
	if len(s.arrived) != 2 {
		t.Errorf("after the rotation: %v", s.arrived)
	}
	res, _, err = setUpSixth(w, sixthCore(w), sixthWish("acme", "yes"))
	if err != nil || !res.Changed || !res.Tested || member(record, "users", "refuse_unknown") != false {
		t.Errorf("another answer: %+v, %v, %v", res, err, record)
	}
	if err := doUndo(w, sixthCore(w)); err != nil {
		t.Fatalf("undo: %v", err)
	}
	if s.find("tenant", "acme") != nil || len(s.records) != 3 {
		t.Errorf("undo left %v", s.records)
	}
}

func TestTheOktaAppFollowsTheAddressesThatTheSixthShows(t *testing.T) {
	t.Parallel()
	w, s := sixthWorld(t)
	s.elsewhere = true
	core := sixthCore(w)
	var warned string
	core.Report = func(e plan.Event) {
		if e.Kind == plan.EventWarning && e.Step != "" {
			warned = e.Detail
		}
	}
	res, _, err := setUpSixth(w, core, sixthWish("acme", "no"))
	if err != nil || !res.Tested || !res.Enabled || len(s.arrived) != 1 {
		t.Fatalf("%+v, %v, %v", res, err, s.arrived)
	}
	if !strings.Contains(warned, "Sixth Voice shows other values than computed") {
		t.Errorf("warned %q", warned)
	}
}

func TestTheSixthRefusesInItsOwnWordsAndAdviceIsItsOwn(t *testing.T) {
	t.Parallel()
	w, s := sixthWorld(t)
	core := sixthCore(w)
	core.SP, _ = api.New(api.Config{Profile: core.Profile, BaseURL: core.Profile.API.BaseURL, Token: secret.New(sixthKey),
		Inputs: map[string]string{"tenant": "taken"}, Transport: w.wire, Clock: w.clock})
	_, _, err := setUpSixth(w, core, sixthWish("taken", "no"))
	if err == nil || !strings.Contains(err.Error(), "somebody has it") || hint.CodeOf(err) != hint.Partway {
		t.Errorf("a tenant that is taken: %v", err)
	}
	if err := doUndo(w, sixthCore(w)); err != nil {
		t.Fatal(err)
	}

	if _, _, err := setUpSixth(w, sixthCore(w), sixthWish("acme", "no")); err != nil {
		t.Fatal(err)
	}
	s.find("tenant", "acme")["saml"].(map[string]any)["entity"] = "http://www.okta.com/exkOther"
	core = sixthCore(w)
	var found []sso.Finding
	core.Report = func(e plan.Event) {
		if e.Kind == plan.EventCheck && !e.Check.OK {
			found = append(found, *e.Check)
		}
	}
	if _, _, err := setUpSixth(w, core, sixthWish("acme", "no")); hint.CodeOf(err) != hint.Refused {
		t.Errorf("somebody has changed the issuer: %v", err)
	}
	spec, _, _ := kept(core)
	spec.Test, spec.Tester = sso.TestHTTP, "ana.lima@acme.example"
	o, err := core.Observe(context.Background(), spec)
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.MakeTest(spec, core.Profile, o, core.Diff)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := core.Apply(context.Background(), p); hint.CodeOf(err) != hint.TestFailed {
		t.Errorf("%v", err)
	}
	if len(found) != 1 || found[0].Code != "settings.sp.entity" || found[0].Fix != "Copy the issuer into Who answers once more." {
		t.Errorf("%+v", found)
	}
}
