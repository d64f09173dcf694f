package e2e_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"example.com/ssowizard/internal/sandbox/sp/samlrp"
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
	room      int      // for certificates that are resources of their own
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
	case len(path) > 1 && path[1] == "trusted":
		s.trusted(w, r.Method, record["saml"].(map[string]any), path[2:], body)
	case len(path) == 2:
		var held []any
		for _, value := range body["values"].([]any) {
			held = append(held, map[string]any{"value": strings.ToLower(value.(string))})
		}
		record["saml"].(map[string]any)["certificates"] = held
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

// trusted has a resource for each certificate, as many as there is room for.
func (s *sixth) trusted(w http.ResponseWriter, method string, saml map[string]any, id []string, body map[string]any) {
	held, _ := saml["certificates"].([]any)
	switch {
	case method == http.MethodPost && len(held) == s.room:
		sixthError(w, http.StatusConflict, "there is no room for more", "/sum")
	case method == http.MethodPost:
		s.next++
		saml["certificates"] = append(held, map[string]any{"id": "c" + strconv.Itoa(s.next), "value": body["sum"]})
		w.WriteHeader(http.StatusCreated)
	case method == http.MethodDelete:
		saml["certificates"] = slices.DeleteFunc(held, func(c any) bool { return c.(map[string]any)["id"] == id[0] })
		w.WriteHeader(http.StatusNoContent)
	default:
		items := []any{}
		for _, c := range held {
			items = append(items, map[string]any{"id": c.(map[string]any)["id"], "sum": c.(map[string]any)["value"]})
		}
		sixthJSON(w, http.StatusOK, map[string]any{"items": items})
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
	if response.InResponseTo() == "" {
		return "", errors.New("nobody here asked for this")
	}
	var a *samlrp.Assertion
	err = errors.New("no certificate is held")
	for _, held := range member(record, "saml", "certificates").([]any) {
		trust.Fingerprint = samlrp.Fingerprint{Algorithm: "sha256", Digest: held.(map[string]any)["value"].(string)}
		if a, err = response.Verify(trust, s.world.clock.Now()); err == nil {
			break
		}
	}
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
