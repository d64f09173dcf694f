package catalog

import (
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"example.com/ssowizard/internal/certificate"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

// Roots that the values of a profile may have, by place. Of Call only those
// names are listed that have a value there.
const (
	appRoots     = "Input SP"
	settingRoots = "Input IdP SP"
	listRoots    = "Input SP"
	recordRoots  = "Input SP Call.resource"
	saveRoots    = "Input SP Setting Call.resource"
	switchRoots  = "Input SP Setting Call.resource Call.enabled"
	verdictRoots = "Input SP Call.resource Call.test"
	addRoots     = "Input SP Call.resource Call.certificate"
	removeRoots  = "Input SP Call.resource Call.certificate_id"
)

var (
	profileID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,29}$`)
	memberID  = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
)

// ParseProfile reads and checks one profile. The error is a usage error around
// a *ProfileError, which has every problem with its line; file is only named.
func ParseProfile(file string, data []byte) (*Profile, error) {
	r := &reader{file: file}
	p := &Profile{File: file}
	if doc := r.document(data); doc != nil {
		if f := r.mapping(doc, "the profile"); f != nil {
			r.profile(p, f)
			f.done()
			r.checkAnswers(p, f)
			r.checkTrusted(p, f)
			r.checkRecords(p, f)
			r.checkSense(p, f)
			r.checkFroms(p, f)
			r.checkNames(p)
		}
	}
	if err := r.err(); err != nil {
		return nil, hint.With(hint.Usage, err, "")
	}
	return p, nil
}

func (r *reader) profile(p *Profile, f *fields) {
	p.ID = f.id("id", profileID)
	p.Name = f.line("name", true)
	p.Protocol = sso.Protocol(f.oneOf("protocol", true, string(sso.SAML), string(sso.OIDC)))
	p.Guide = f.https("guide", false)
	p.Prerequisites = f.texts("prerequisites")
	r.inputs(p, f)
	p.Computed = f.pairs("computed", "Input")
	for _, pair := range p.Computed {
		if !memberID.MatchString(pair.Name) {
			r.fail(find(f.byName["computed"], pair.Name), "the name %q has to match %s", pair.Name, memberID)
		}
	}
	p.DefaultLabel = p.Name
	if app := f.sub("app", true); app != nil {
		r.app(p, app)
		app.done()
	}
	r.flows(p, f)
	r.settings(p, f)
	p.Certificates = f.number("certificates", 1, 0, 10)
	r.checkPlaces(p, f)
	p.TurnOn = TurnOn(f.oneOf("turn_on", true, string(TurnOnSwitch), string(TurnOnNone)))
	p.Proof = ProofKind(f.oneOf("proof", true, string(ProofSPTest), string(ProofSignIn), string(ProofResponse)))
	p.Consent = f.text("consent", p.TurnOn == TurnOnSwitch)
	p.Irrevocable = f.text("irrevocable", false)
	r.deadline(p, f)
	r.bookmark(p, f)
	p.FollowUp = f.texts("follow_up")
	r.troubleshooting(p, f)
	if api := f.sub("api", false); api != nil {
		p.API = r.api(p, api)
		api.done()
	}
	r.portal(p, f)
	if page := f.sub("sign_in_page", false); page != nil {
		p.SignInPage = &SignInPage{Start: page.value("start", true, appRoots),
			Open: page.line("open", false), EmailField: page.line("email_field", false),
			Submit: page.line("submit", false), Choose: page.line("choose", false)}
		r.constantURL(page, "start", p.SignInPage.Start)
		page.done()
	}
}

func (r *reader) flows(p *Profile, f *fields) {
	for _, n := range f.list("flows", true) {
		s, _ := r.scalar(n, "each of flows")
		switch sso.Flow(s) {
		case sso.FlowSPInitiated:
			p.Flows.SPInitiated = true
		case sso.FlowIdPInitiated:
			p.Flows.IdPInitiated = true
		default:
			r.fail(n, "flow %q is not known; it may be: %s, %s", s, sso.FlowSPInitiated, sso.FlowIdPInitiated)
		}
	}
	if f.byName["flows"] != nil && !p.Flows.SPInitiated && !p.Flows.IdPInitiated {
		r.fail(f.byName["flows"], "flows names no flow, so nobody could sign in")
	}
}

func (r *reader) settings(p *Profile, f *fields) {
	for _, n := range f.list("settings", true) {
		s := r.mapping(n, "a setting")
		if s == nil {
			continue
		}
		setting := r.setting(p, s)
		s.done()
		if _, twice := p.Setting(setting.ID); twice {
			r.fail(n, "setting %q stands there twice", setting.ID)
			continue
		}
		p.Settings = append(p.Settings, setting)
	}
}

func (r *reader) setting(p *Profile, f *fields) Setting {
	s := Setting{ID: f.id("id", memberID), Label: f.line("label", true), Term: f.line("term", false),
		Synonyms: f.texts("synonyms"), Help: f.text("help", false)}
	s.Kind = Kind(f.oneOf("kind", true, string(KindText), string(KindSecret), string(KindTextArea),
		string(KindFile), string(KindToggle), string(KindSelect), string(KindReadOnly)))
	readonly := s.Kind == KindReadOnly
	s.Value = f.value("value", !readonly, settingRoots)
	s.Rendering = r.rendering(f)
	s.FileName = f.line("file_name", false)
	s.Options = f.texts("options")
	s.Equal = Equality(f.oneOf("equal", false, string(EqualURL), string(EqualCase)))
	if s.Equal != "" && (s.Rendering != "" || s.Kind == KindToggle || s.Kind == KindSecret) {
		r.fail(f.byName["equal"], "certificates and toggles are compared by what they mean, and a secret is never read back")
	}
	s.Required = f.yesNo("required", false)
	s.When = r.standing(p, f)
	if readonly && s.Value != "" {
		r.fail(f.byName["value"], "a readonly setting is shown by the page and has no value")
	}
	r.checkFileName(f, &s)
	r.checkRendering(f.byName["value"], s.Kind, s.Value, s.Rendering)
	r.alternates(p, f, &s)
	s.Late = f.yesNo("late", false)
	s.Consent = f.text("consent", s.Late)
	if s.Late && s.Kind != KindToggle {
		r.fail(f.byName["late"], "only a toggle can be late")
	}
	return s
}

// checkFileName gives a file setting the name under which Okta's own download
// is known, and lets no name leave its folder.
func (r *reader) checkFileName(f *fields, s *Setting) {
	switch {
	case s.Kind != KindFile && s.FileName != "":
		r.fail(f.byName["file_name"], "only a setting of kind file has a file_name")
	case s.Kind == KindFile && s.FileName == "":
		s.FileName = "okta.cert"
	case s.FileName != path.Base(s.FileName) || strings.ContainsAny(s.FileName, `\:`) || strings.HasPrefix(s.FileName, "."):
		if s.FileName != "" {
			r.fail(f.byName["file_name"], "file_name %q has to be a plain file name", s.FileName)
		}
	}
}

// checkRendering sees that a certificate has a form and nothing else has one,
// and that the two values with rules of their own stand alone.
func (r *reader) checkRendering(n *yaml.Node, kind Kind, value, rendering string) {
	t, err := parseTemplate(value)
	if err != nil {
		return // reported where it was read
	}
	certificates, secrets := 0, 0
	for _, p := range t {
		if p.root == "IdP" && (p.name == "Certificate" || p.name == "OtherCertificate") {
			certificates++
		}
		if p.root == "IdP" && p.name == "ClientSecret" {
			secrets++
		}
	}
	switch {
	case certificates > 0 && len(t) > 1:
		r.fail(n, "a certificate has to stand alone")
	case certificates > 0 && rendering == "":
		r.fail(n, "a certificate needs a rendering, such as %s", certificate.PEMFile)
	case certificates == 0 && rendering != "":
		r.fail(n, "only {{ .IdP.Certificate }} has a rendering")
	}
	if kind == KindSecret && (secrets != 1 || len(t) != 1) {
		r.fail(n, "the value of a secret has to be {{ .IdP.ClientSecret }}")
	}
	if kind != KindSecret && secrets > 0 {
		r.fail(n, "{{ .IdP.ClientSecret }} may stand only in a setting of kind secret")
	}
}

func (r *reader) rendering(f *fields) string {
	return f.oneOf("rendering", false, certificate.Renderings()...)
}

func (r *reader) troubleshooting(p *Profile, f *fields) {
	for _, n := range f.list("troubleshooting", false) {
		t := r.mapping(n, "a troubleshooting entry")
		if t == nil {
			continue
		}
		trouble := Trouble{Codes: t.texts("codes"), Says: t.texts("says"), Symptom: t.text("symptom", true), Advice: t.text("advice", true)}
		if len(trouble.Codes)+len(trouble.Says) == 0 {
			r.fail(n, "a troubleshooting entry needs codes or says, or nobody would see it")
		}
		t.done()
		p.Troubleshooting = append(p.Troubleshooting, trouble)
	}
}

func (r *reader) portal(p *Profile, f *fields) {
	sub := f.sub("portal", true)
	if sub == nil {
		return
	}
	p.Portal = &Portal{URL: sub.https("url", p.API != nil), Page: sub.line("page", true),
		First: sub.texts("first"), OtherPages: sub.texts("other_pages")}
	for _, n := range sub.list("buttons", false) {
		b := r.mapping(n, "a button")
		if b == nil {
			continue
		}
		p.Portal.Buttons = append(p.Portal.Buttons, Button{Label: b.line("label", true),
			Effect: Effect(b.oneOf("effect", true, string(EffectNavigate), string(EffectSave), string(EffectTest), string(EffectEnable))),
			Help:   b.text("help", false)})
		b.done()
	}
	sub.done()
}

// checkNames looks up the names of all placeholders, which may stand before the
// things that they name.
func (r *reader) checkNames(p *Profile) {
	known := map[string][]string{"IdP": IdPNames(), "Call": {"resource", "test", "enabled", "certificate", "certificate_id"}}
	for _, in := range p.Inputs {
		known["Input"] = append(known["Input"], in.ID)
		known["SP"] = append(known["SP"], in.ID)
	}
	for _, pair := range p.Computed {
		known["SP"] = append(known["SP"], pair.Name)
	}
	for _, s := range p.Settings {
		known["Setting"] = append(known["Setting"], s.ID)
		if s.Kind == KindReadOnly {
			known["SP"] = append(known["SP"], s.ID)
		}
	}
	if p.API != nil {
		for id := range p.API.Answer.Offered {
			known["SP"] = append(known["SP"], id)
		}
	}
	for _, later := range r.values {
		for _, part := range later.t {
			r.checkPlaceholder(later, part, known)
		}
	}
}

func (r *reader) checkPlaceholder(later checkLater, p part, known map[string][]string) {
	_, alone := later.t.single()
	switch {
	case p.root == "":
	case !allows(later.roots, p):
		r.fail(later.node, "%s cannot stand here; here may stand values of: %s", p, strings.Join(strings.Fields(later.roots), ", "))
	case !slices.Contains(known[p.root], p.name):
		names := slices.Clone(known[p.root])
		slices.Sort(names)
		r.fail(later.node, "%s is not known; known are: %s", p, listOrNone(slices.Compact(names)))
	case p.as != "" && (!later.leaf || !alone):
		r.fail(later.node, "| %s can follow only a placeholder that is the whole of a body value", p.as)
	}
}

// allows tells whether a placeholder may stand where these roots may.
func allows(roots string, p part) bool {
	for _, root := range strings.Fields(roots) {
		if root == p.root || root == p.root+"."+p.name {
			return true
		}
	}
	return false
}

func listOrNone(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// id reads an id of the given form.
func (f *fields) id(name string, form *regexp.Regexp) string {
	s := f.text(name, true)
	if s != "" && !form.MatchString(s) {
		f.r.fail(f.byName[name], "%s %q has to match %s", name, s, form)
	}
	return s
}

// line reads a text of one line.
func (f *fields) line(name string, need bool) string {
	s := f.text(name, need)
	if hasControl(s) {
		f.r.fail(f.byName[name], "%s has to be one line without control characters", name)
	}
	return s
}

func (f *fields) https(name string, need bool) string {
	s := f.text(name, need)
	if s == "" {
		return ""
	}
	u, err := url.Parse(s)
	if checkURL(s) != nil || err != nil || u.Scheme != "https" {
		f.r.fail(f.byName[name], "%s has to be a URL that begins with https://", name)
	}
	return s
}

// constantURL checks a URL that has no placeholder; one that has is checked
// when it is filled.
func (r *reader) constantURL(f *fields, name, value string) {
	if value == "" || strings.Contains(value, "{{") {
		return
	}
	if err := checkURL(value); err != nil {
		r.fail(f.byName[name], "%s: %v", name, err)
	}
}
