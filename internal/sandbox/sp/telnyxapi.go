package sp

import (
	"cmp"
	"encoding/json"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"example.com/ssowizard/internal/sandbox/sp/samlrp"
)

const (
	telnyxSettings   = "settings"
	telnyxMostItems  = 250
	telnyxFewItems   = 20
	providerRecord   = "authentication_provider"
	defaultAlgorithm = "sha1"
)

// telnyxRoutes is Telnyx's public API, as far as it has to do with SSO.
func telnyxRoutes(p *provider) http.Handler {
	mux := http.NewServeMux()
	route := func(path string, m map[string]apiHandler) { mux.Handle("/v2"+path, telnyxRoute(m)) }
	route("/authentication_providers", map[string]apiHandler{
		http.MethodGet: p.telnyxList, http.MethodPost: p.telnyxCreate,
	})
	route("/authentication_providers/{id}", map[string]apiHandler{
		http.MethodGet: p.telnyxRead, http.MethodPatch: p.telnyxUpdate, http.MethodDelete: p.telnyxDelete,
	})
	route("/organizations/users", map[string]apiHandler{http.MethodGet: p.telnyxUsers})
	route("/organizations/users/{id}", map[string]apiHandler{http.MethodGet: p.telnyxUser})
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { writeTelnyxError(w, telnyxNotFound()) })
	return p.telnyxAuthorized(mux)
}

// telnyxRecord is an authentication provider as the API shows it.
type telnyxRecord struct {
	ID             string               `json:"id"`
	RecordType     string               `json:"record_type"`
	Name           string               `json:"name"`
	ShortName      string               `json:"short_name"`
	OrganizationID string               `json:"organization_id"`
	Active         bool                 `json:"active"`
	ActivatedAt    *time.Time           `json:"activated_at"`
	CreatedAt      *time.Time           `json:"created_at"`
	UpdatedAt      *time.Time           `json:"updated_at"`
	Settings       telnyxRecordSettings `json:"settings"`
}

type telnyxRecordSettings struct {
	ACSURL               string            `json:"assertion_consumer_service_url"`
	EntityID             string            `json:"service_provider_entity_id"`
	LoginURL             string            `json:"service_provider_login_url"`
	IdPEntityID          string            `json:"idp_entity_id"`
	IdPSSOTargetURL      string            `json:"idp_sso_target_url"`
	IdPSLOTargetURL      *string           `json:"idp_slo_target_url"`
	Fingerprint          string            `json:"idp_cert_fingerprint"`
	FingerprintAlgorithm string            `json:"idp_cert_fingerprint_algorithm"`
	Certificate          *string           `json:"idp_certificate"`
	AttributeNames       map[string]string `json:"idp_attribute_names"`
	NameIDFormat         string            `json:"name_identifier_format"`
	ProvisionGroups      bool              `json:"provision_groups"`
}

func (p *provider) telnyxView(c connection) telnyxRecord {
	v := c.Settings
	return telnyxRecord{
		ID: c.ID, RecordType: providerRecord, Name: v["name"], ShortName: v["short_name"],
		OrganizationID: uuid(p.secrets.Account), Active: c.Enabled,
		ActivatedAt: c.ActivatedAt, CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt,
		Settings: telnyxRecordSettings{
			ACSURL: p.acsURL(v), EntityID: p.entityID(v), LoginURL: p.at(p.loginAt, v),
			IdPEntityID: v["idp_entity_id"], IdPSSOTargetURL: v["idp_sso_target_url"], IdPSLOTargetURL: orNull(v["idp_slo_target_url"]),
			Fingerprint: v["idp_cert_fingerprint"], FingerprintAlgorithm: v["idp_cert_fingerprint_algorithm"],
			Certificate:    orNull(v["idp_certificate"]),
			AttributeNames: map[string]string{"email": "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"},
			NameIDFormat:   samlrp.FormatEmail,
		},
	}
}

type telnyxData struct {
	Data any         `json:"data"`
	Meta *telnyxMeta `json:"meta,omitempty"`
}

func (p *provider) telnyxAnswer(c connection) (int, any, error) {
	return http.StatusOK, telnyxData{Data: p.telnyxView(c)}, nil
}

var telnyxOrders = map[string]func(a, b connection) int{
	"name":       func(a, b connection) int { return cmp.Compare(a.Settings["name"], b.Settings["name"]) },
	"short_name": func(a, b connection) int { return cmp.Compare(a.Settings["short_name"], b.Settings["short_name"]) },
	"active":     func(a, b connection) int { return truth(a.Enabled) - truth(b.Enabled) },
	"created_at": func(a, b connection) int { return compareTimes(a.CreatedAt, b.CreatedAt) },
	"updated_at": func(a, b connection) int { return compareTimes(a.UpdatedAt, b.UpdatedAt) },
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (p *provider) telnyxList(r *http.Request) (int, any, error) {
	page, err := telnyxPageOf(r, telnyxFewItems)
	if err != nil {
		return 0, nil, err
	}
	sort := r.URL.Query().Get("sort")
	if sort == "" {
		sort = "-created_at"
	}
	order, ok := telnyxOrders[strings.TrimPrefix(sort, "-")]
	if !ok {
		return 0, nil, telnyxBadParameter("sort", "The value must be one of: name, short_name, active, created_at, updated_at, with or without a leading -.")
	}
	p.mu.Lock()
	all := p.state.sorted()
	p.mu.Unlock()
	slices.SortStableFunc(all, func(a, b connection) int {
		if strings.HasPrefix(sort, "-") {
			return order(b, a)
		}
		return order(a, b)
	})
	from, to, meta := page.cut(len(all))
	records := make([]telnyxRecord, 0, to-from)
	for _, c := range all[from:to] {
		records = append(records, p.telnyxView(c))
	}
	return http.StatusOK, telnyxData{Data: records, Meta: meta}, nil
}

// telnyxFind finds the record that a path names. The caller holds the lock.
func (p *provider) telnyxFind(r *http.Request) (connection, error) {
	c, ok := p.state.connections[r.PathValue("id")]
	if !ok {
		return connection{}, telnyxNotFound()
	}
	return c, nil
}

func (p *provider) telnyxRead(r *http.Request) (int, any, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c, err := p.telnyxFind(r)
	if err != nil {
		return 0, nil, err
	}
	return p.telnyxAnswer(c)
}

func (p *provider) telnyxDelete(r *http.Request) (int, any, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c, err := p.telnyxFind(r)
	if err != nil {
		return 0, nil, err
	}
	gone := p.change()
	gone.removeConnection(c.ID)
	if err := gone.commit(); err != nil {
		return 0, nil, err
	}
	return p.telnyxAnswer(c)
}

func (p *provider) telnyxCreate(r *http.Request) (int, any, error) {
	body, err := p.telnyxBody(r)
	if err != nil {
		return 0, nil, err
	}
	id, err := p.newConnectionID()
	if err != nil {
		return 0, nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	next := connection{ID: id, Enabled: true, Settings: values{}}
	return p.telnyxKeep(next, body, body.missing())
}

func (p *provider) telnyxUpdate(r *http.Request) (int, any, error) {
	p.mu.Lock()
	_, err := p.telnyxFind(r)
	p.mu.Unlock()
	if err != nil {
		return 0, nil, err
	}
	body, err := p.telnyxBody(r)
	if err != nil {
		return 0, nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	next, err := p.telnyxFind(r) // metadata may have been read meanwhile
	if err != nil {
		return 0, nil, err
	}
	return p.telnyxKeep(next, body, nil)
}

// telnyxKeep changes a record as the body says. The caller holds the lock.
func (p *provider) telnyxKeep(next connection, body telnyxChange, faults []telnyxError) (int, any, error) {
	given := values{}
	for name, v := range next.Settings {
		given[name] = v
	}
	for name, v := range body.values {
		given[name] = v
	}
	faults = append(faults, body.faults...)
	told := map[string]bool{}
	for _, f := range faults {
		told[f.Source.Pointer] = true
	}
	checked, wrong := p.check(next.ID, given, true)
	noSettings := told["/"+telnyxSettings] || told["/settings_url"] // then each of them is missing
	for _, w := range wrong {
		e := telnyxFault(w)
		if inSettings := strings.HasPrefix(e.Source.Pointer, "/"+telnyxSettings+"/"); !told[e.Source.Pointer] && !(inSettings && noSettings) {
			faults = append(faults, e)
		}
	}
	if len(faults) > 0 {
		return 0, nil, &telnyxErrors{http.StatusUnprocessableEntity, faults}
	}
	for _, name := range p.hidden {
		if v, ok := body.values[name]; ok {
			checked[name] = v
		}
	}
	p.carry(next.Settings, checked)
	next.Settings = checked
	if body.active != nil {
		next.Enabled = *body.active
	}
	if err := p.store(next); err != nil {
		return 0, nil, err
	}
	return p.telnyxAnswer(p.state.connections[next.ID])
}

// telnyxChange is what the body of a create or an update says.
type telnyxChange struct {
	values values // settings given, by the engine's names
	active *bool
	has    map[string]bool
	faults []telnyxError
}

// missing are the members that a create must have.
func (b telnyxChange) missing() []telnyxError {
	var faults []telnyxError
	for _, name := range []string{"name", "short_name"} {
		if !b.has[name] {
			faults = append(faults, telnyxMissing("/"+name))
		}
	}
	if !b.has[telnyxSettings] && !b.has["settings_url"] {
		faults = append(faults, telnyxMissing("/"+telnyxSettings))
	}
	return faults
}

// telnyxBody reads a body. Members that the API does not know are passed over.
func (p *provider) telnyxBody(r *http.Request) (telnyxChange, error) {
	b := telnyxChange{values: values{}, has: map[string]bool{}}
	members, err := telnyxMembers(r)
	if err != nil {
		return b, err
	}
	for _, name := range []string{"name", "short_name", "settings_url"} {
		b.text(members, name, "/"+name, name)
	}
	if raw, ok := members["active"]; ok {
		if err := json.Unmarshal(raw, &b.active); err != nil || b.active == nil {
			b.faults = append(b.faults, telnyxInvalid("/active", "The value must be true or false."))
		}
	}
	raw, ok := members[telnyxSettings]
	if ok && string(raw) != "null" {
		b.settings(raw)
		delete(b.values, "settings_url") // is not looked at beside settings
		return b, nil
	}
	if from := b.values["settings_url"]; from != "" && len(b.faults) == 0 {
		if err := p.importMetadata(r.Context(), from, b.values); err != nil {
			b.faults = append(b.faults, telnyxBadURL("/settings_url", "The settings_url "+err.Error()+"."))
		}
	}
	return b, nil
}

// text takes a string member over.
func (b *telnyxChange) text(members map[string]json.RawMessage, name, pointer, setting string) {
	raw, ok := members[name]
	if !ok {
		return
	}
	b.has[name] = true
	var v *string
	if err := json.Unmarshal(raw, &v); err != nil || v == nil {
		if string(raw) == "null" && name == "settings_url" {
			b.has[name] = false
			return
		}
		b.faults = append(b.faults, telnyxInvalid(pointer, "The value must be a string."))
		return
	}
	b.values[setting] = *v
}

// settings takes a settings object over, which is always the whole of it.
func (b *telnyxChange) settings(raw json.RawMessage) {
	b.has[telnyxSettings] = true
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil || members == nil {
		b.faults = append(b.faults, telnyxInvalid("/"+telnyxSettings, "The value must be an object."))
		return
	}
	b.values["idp_cert_fingerprint_algorithm"] = defaultAlgorithm
	for _, name := range []string{"idp_entity_id", "idp_sso_target_url", "idp_cert_fingerprint", "idp_cert_fingerprint_algorithm"} {
		pointer := "/" + telnyxSettings + "/" + name
		b.text(members, name, pointer, name)
		if name != "idp_cert_fingerprint_algorithm" && !b.has[name] || b.has[name] && b.values[name] == "" && !b.faulty(pointer) {
			b.faults = append(b.faults, telnyxMissing(pointer))
		}
	}
}

func (b *telnyxChange) faulty(pointer string) bool {
	return slices.ContainsFunc(b.faults, func(e telnyxError) bool { return e.Source.Pointer == pointer })
}

// telnyxPage is the part of a list that is asked for.
type telnyxPage struct{ number, size int }

type telnyxMeta struct {
	PageNumber   int `json:"page_number"`
	PageSize     int `json:"page_size"`
	TotalPages   int `json:"total_pages"`
	TotalResults int `json:"total_results"`
}

func (p telnyxPage) cut(total int) (from, to int, meta *telnyxMeta) {
	pages := (total + p.size - 1) / p.size
	from = total
	if p.number-1 < pages { // so that the product cannot overflow
		from = (p.number - 1) * p.size
	}
	return from, min(total, from+p.size), &telnyxMeta{p.number, p.size, pages, total}
}

func telnyxPageOf(r *http.Request, size int) (telnyxPage, error) {
	page := telnyxPage{1, size}
	for _, one := range []struct {
		name string
		to   *int
		most int
	}{{"page[number]", &page.number, math.MaxInt32}, {"page[size]", &page.size, telnyxMostItems}} {
		if err := telnyxNumber(r, one.name, one.to, one.most); err != nil {
			return page, err
		}
	}
	return page, nil
}
