package catalog

import (
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

var (
	envName    = regexp.MustCompile(`^[A-Z][A-Z0-9_]{0,63}$`)
	headerName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]*$`)
	schemeName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`)
)

func (r *reader) api(p *Profile, f *fields) *API {
	a := &API{BaseURL: f.https("base_url", false), TokenEnv: f.id("token_env", envName), TokenHelp: f.text("token_help", true)}
	if strings.Contains(a.BaseURL, "?") {
		r.fail(f.byName["base_url"], "base_url cannot have a query")
	}
	a.Auth = Auth{Header: "Authorization", Scheme: "Bearer"}
	if auth := f.sub("auth", false); auth != nil {
		a.Auth = Auth{Header: auth.id("header", headerName), Base64: auth.yesNo("base64", false)}
		if auth.take("scheme", false) != nil {
			a.Auth.Scheme = auth.id("scheme", schemeName)
		}
		auth.done()
	}
	a.Headers = r.headers(f, a.Auth)
	r.contentType = f.contentType(JSONType)
	if read := f.sub("read", true); read != nil {
		a.Read = r.readCall(read)
		read.done()
	}
	a.Save = r.calls(f, "save", true, saveRoots)
	turnsOn := p.TurnOn == TurnOnSwitch
	a.Enable = r.calls(f, "enable", turnsOn, switchRoots)
	a.Disable = r.calls(f, "disable", turnsOn, switchRoots)
	a.Clear = r.calls(f, "clear", false, recordRoots)
	a.Trusted = r.trustedCalls(f)
	if test := f.sub("test", p.Proof == ProofSPTest); test != nil {
		a.Test = r.testCalls(test)
		test.done()
	}
	if people := f.sub("people", false); people != nil {
		a.People = r.people(people)
		people.done()
	}
	if answer := f.sub("answer", true); answer != nil {
		a.Answer = r.answer(answer)
		answer.done()
	}
	if errs := f.sub("errors", false); errs != nil {
		a.Errors = r.errors(errs)
		errs.done()
	}
	return a
}

func (r *reader) calls(f *fields, name string, need bool, roots string) []Call {
	var out []Call
	nodes := f.list(name, need)
	for _, n := range nodes {
		sub := r.mapping(n, "each of "+name)
		if sub == nil {
			continue
		}
		c := Call{Only: sub.oneOf("only", false, OnlyNew, OnlyExisting), Answers: sub.yesNo("answers", false)}
		if req := sub.take("request", true); req != nil {
			c.Request = r.request(req, roots)
		}
		sub.done()
		out = append(out, c)
	}
	if n := f.byName[name]; n != nil && len(nodes) == 0 && n.Kind == yaml.SequenceNode {
		r.fail(n, "%s has no call", name)
	}
	return out
}

// request reads a request, whose values may have placeholders of the roots.
func (r *reader) request(n *yaml.Node, roots string) Request {
	f := r.mapping(n, "a request")
	if f == nil {
		return Request{}
	}
	q := Request{Method: f.oneOf("method", true, "GET", "PUT", "POST", "PATCH", "DELETE")}
	q.Path = f.value("path", true, roots)
	r.checkPath(f, q.Path)
	q.Query = f.pairs("query", roots)
	if body := f.take("body", false); body != nil {
		if q.Method == "GET" {
			r.fail(body, "a GET request has no body")
		}
		q.Body = r.tree(body, roots)
	}
	q.ContentType = f.contentType(r.contentType)
	if q.ContentType == FormType && !q.Body.flat() {
		r.fail(f.byName["body"], "a form has fields with one value each, so its body cannot nest")
	}
	if q.Keep = f.yesNo("keep", false); q.Keep && (q.Method == "GET" || !q.Body.isObject() || q.ContentType == FormType) {
		r.fail(f.byName["keep"], "keep is for a request that writes an object")
	}
	q.Success = f.statuses("success", 200, 299)
	q.Absent = f.choice("absent", AbsentOmit, AbsentEmpty, AbsentNull)
	f.done()
	return q
}

// get reads a request that may be repeated because it only reads. Some list or
// search by POST, with what they look for in the body.
func (r *reader) get(n *yaml.Node, roots string) Request {
	q := r.request(n, roots)
	if q.Method != "" && q.Method != "GET" && (q.Method != "POST" || q.Body == nil) {
		r.fail(n, "this request only reads, so its method has to be GET, or POST with a body that says what to read")
	}
	return q
}

// checkPath wants a path below the base URL and nothing that could leave it.
func (r *reader) checkPath(f *fields, path string) {
	if path == "" {
		return
	}
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "?#\\") ||
		strings.Contains(path+"/", "/../") || strings.Contains(path+"/", "/./") {
		f.r.fail(f.byName["path"], "path has to begin with one slash, without query, .. or backslash; query parameters stand in query")
	}
}

func (r *reader) tree(n *yaml.Node, roots string) *Tree {
	switch n.Kind {
	case yaml.MappingNode:
		f := r.mapping(n, "a body")
		t := &Tree{kind: treeObject}
		for _, name := range f.names {
			t.Members = append(t.Members, Member{Name: name, Tree: r.tree(f.byName[name], roots)})
		}
		return t
	case yaml.SequenceNode:
		t := &Tree{kind: treeList}
		for _, item := range n.Content {
			t.Items = append(t.Items, r.tree(item, roots))
		}
		return t
	}
	return r.leaf(n, roots)
}

func (r *reader) leaf(n *yaml.Node, roots string) *Tree {
	switch n.ShortTag() {
	case "!!null":
		return &Tree{kind: treeLiteral}
	case "!!bool":
		return &Tree{kind: treeLiteral, Literal: strings.EqualFold(n.Value, "true")}
	case "!!int":
		if v, err := strconv.ParseInt(n.Value, 10, 64); err == nil {
			return &Tree{kind: treeLiteral, Literal: v}
		}
	case "!!str":
		r.template(n, n.Value, roots, true)
		return &Tree{kind: treeText, Text: n.Value}
	}
	r.fail(n, "a body value has to be a text, a whole number, true, false or null; put %s in quotation marks", n.Value)
	return &Tree{kind: treeLiteral}
}

func (r *reader) testCalls(f *fields) *TestCalls {
	t := &TestCalls{}
	if start := f.sub("start", true); start != nil {
		if n := start.take("request", true); n != nil {
			t.Start = r.request(n, recordRoots)
		}
		t.ID, t.StartURL = start.place("id", true), start.place("start_url", true)
		start.done()
	}
	if v := f.sub("verdict", true); v != nil {
		if n := v.take("request", true); n != nil {
			t.Verdict = r.get(n, verdictRoots)
		}
		t.Status, t.Code = v.place("status", true), v.place("code", false)
		t.Message, t.Person = v.place("message", false), v.place("person", false)
		t.Pending, t.Passed, t.Failed = v.texts("pending"), v.texts("passed"), v.texts("failed")
		if len(t.Passed) == 0 || len(t.Failed) == 0 {
			r.fail(v.node, "verdict has to say which words mean passed and failed")
		}
		v.done()
	}
	return t
}

func (r *reader) errors(f *fields) Errors {
	e := Errors{Message: f.texts("message"), Code: f.place("code", false), Field: f.place("field", false),
		Failed: f.flag("failed", false)}
	for _, place := range e.Message {
		r.checkPlace(f.byName["message"], place)
	}
	e.Fields = map[string]string{}
	for _, pair := range f.pairs("fields", "") {
		e.Fields[pair.Name] = pair.Value
	}
	for _, n := range f.list("advice", false) {
		a := r.mapping(n, "an advice")
		if a == nil {
			continue
		}
		e.Advice = append(e.Advice, ErrorAdvice{Status: a.number("status", 0, 400, 599), Code: a.text("code", false),
			Setting: a.text("setting", false), Says: a.text("says", true)})
		a.done()
	}
	return e
}

func (r *reader) answer(f *fields) Answer {
	a := Answer{Record: f.place("record", false), Resource: f.place("resource", false),
		Configured: f.flag("configured", false), Enabled: f.flag("enabled", false), Settings: map[string]Flag{}}
	if sub := f.sub("settings", true); sub != nil {
		for _, id := range sub.names {
			a.Settings[id] = sub.flag(id, true)
		}
	}
	a.Offered = f.places("offered")
	a.Options = f.places("options")
	return a
}

func (f *fields) places(name string) map[string]string {
	out := map[string]string{}
	sub := f.sub(name, false)
	if sub == nil {
		return out
	}
	for _, id := range sub.names {
		out[id] = sub.place(id, true)
	}
	return out
}

// flag reads a place, or a mapping of a place, the word that means true, and
// whether it is turned round.
func (f *fields) flag(name string, need bool) Flag {
	n := f.take(name, need)
	if n == nil {
		return Flag{}
	}
	if n.Kind != yaml.MappingNode {
		return Flag{At: f.place(name, need)}
	}
	sub := f.r.mapping(n, name)
	flag := Flag{At: sub.place("at", true), Is: sub.text("is", false), Not: sub.yesNo("not", false)}
	sub.done()
	return flag
}

// place reads where something stands in an answer.
func (f *fields) place(name string, need bool) string {
	s := f.line(name, need)
	if s != "" {
		f.r.checkPlace(f.byName[name], s)
	}
	return s
}

func (r *reader) checkPlace(n *yaml.Node, place string) {
	if _, err := splitPlace(place); err != nil {
		r.fail(n, "%v", err)
	}
}

func (f *fields) statuses(name string, least, most int) []int {
	var out []int
	for _, n := range f.list(name, false) {
		v, err := strconv.Atoi(n.Value)
		if n.Kind != yaml.ScalarNode || err != nil || v < least || v > most {
			f.r.fail(n, "each of %s has to be a status from %d to %d", name, least, most)
			continue
		}
		out = append(out, v)
	}
	return out
}

// checkAnswers looks up the ids that the description of the API uses.
func (r *reader) checkAnswers(p *Profile, f *fields) {
	if p.API == nil {
		return
	}
	known := func(n *yaml.Node, id string) {
		if _, ok := p.Setting(id); !ok {
			r.fail(n, "there is no setting %q", id)
		}
	}
	api := f.byName["api"]
	for id := range p.API.Answer.Settings {
		known(find(api, "answer", "settings", id), id)
		if s, ok := p.Setting(id); ok && s.Kind == KindSecret {
			r.fail(find(api, "answer", "settings", id), "setting %q is a secret, which is never read back", id)
		}
	}
	for id := range p.API.Answer.Options {
		known(find(api, "answer", "options", id), id)
	}
	for name, id := range p.API.Errors.Fields {
		known(find(api, "errors", "fields", name), id)
	}
	for _, a := range p.API.Errors.Advice {
		if a.Setting != "" {
			known(find(api, "errors", "advice"), a.Setting)
		}
	}
}

// find goes down mappings by names and gives the last node that is there.
func find(n *yaml.Node, names ...string) *yaml.Node {
	for _, name := range names {
		if n == nil || n.Kind != yaml.MappingNode {
			return n
		}
		next := n
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == name {
				next = n.Content[i+1]
			}
		}
		n = next
	}
	return n
}
