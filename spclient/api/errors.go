package api

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
)

// Error is an answer of the settings API that is not a success. Texts of the
// service provider are cleaned and cut, and have no secret in them.
type Error struct {
	Method  string
	Path    string // without query
	Status  int
	Code    string
	Message string // the service provider's words
	// Setting is the id of the setting that was refused, and Label its
	// label, where the answer named one.
	Setting string
	Label   string
}

func (e *Error) Error() string {
	text := fmt.Sprintf("%s %s answered %d", e.Method, e.Path, e.Status)
	if name := http.StatusText(e.Status); name != "" {
		text += " " + name
	}
	if e.Label != "" && !strings.Contains(e.Message, e.Label) {
		text += ": " + e.Label
	}
	switch {
	case e.Message != "":
		text += ": " + e.Message
	case e.Code != "":
		text += ": " + e.Code
	}
	return text
}

// UnknownOutcome is the error of a write of which nobody can say whether it was
// carried out.
type UnknownOutcome struct {
	Method string
	Path   string
	cause  error
}

func (e *UnknownOutcome) Error() string {
	return fmt.Sprintf("%s %s: outcome unknown: %v", e.Method, e.Path, e.cause)
}

// OutcomeUnknown is true; callers that do not know this type ask for it.
func (e *UnknownOutcome) OutcomeUnknown() bool { return true }

// Unwrap gives what went wrong on the way.
func (e *UnknownOutcome) Unwrap() error { return e.cause }

// maxText bounds what is kept of the service provider's words.
const maxText = 400

// clean makes outside text fit for a message: one line, without control and
// invisible characters, without secrets, cut to a bearable length.
func (d *Driver) clean(text string, secrets []string) string {
	text = d.withoutSecrets(text, secrets)
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	// Once more, for one that was torn apart by what is gone now.
	text = d.withoutSecrets(strings.Join(strings.Fields(text), " "), secrets)
	if len(text) <= maxText {
		return text
	}
	cut := maxText
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}

func (d *Driver) withoutSecrets(text string, secrets []string) string {
	for _, s := range slices.Concat(secrets, []string{d.header.Reveal(), d.token.Reveal()}) {
		if s != "" {
			text = strings.ReplaceAll(text, s, "[secret]")
		}
	}
	return text
}

// refused turns an answer that is no success into an error with a hint.
func (d *Driver) refused(ex exchange, res *result) error {
	e := &Error{Method: ex.method, Path: ex.path, Status: res.status}
	form := d.api.Errors
	for _, place := range form.Message {
		if text := textsAt(res.body, place); text != "" {
			e.Message = d.clean(text, ex.secrets)
			break
		}
	}
	e.Code = d.clean(textAt(res.body, form.Code), ex.secrets)
	if form.Field != "" {
		e.Setting = d.settingOf(textAt(res.body, form.Field))
	}
	if s, ok := d.profile.Setting(e.Setting); ok {
		e.Label = s.Title()
	}
	out := &hint.Error{Err: e, RequestID: d.clean(requestID(res.header), ex.secrets)}
	d.advise(out, e)
	return out
}

// advise adds what to do: the profile's word where it has one, else a general one.
func (d *Driver) advise(out *hint.Error, e *Error) {
	d.adviseInGeneral(out, e)
	for _, a := range d.api.Errors.Advice {
		if (a.Status != 0 && a.Status != e.Status) || (a.Code != "" && a.Code != e.Code) || (a.Setting != "" && a.Setting != e.Setting) {
			continue
		}
		if out.Code != hint.NotAllowed { // where the token came from stays worth knowing
			out.Hints = nil
		}
		out.Hints = append([]string{a.Says}, out.Hints...)
		return
	}
}

func (d *Driver) adviseInGeneral(out *hint.Error, e *Error) {
	switch e.Status {
	case http.StatusUnauthorized:
		out.Code = hint.NotAllowed
		out.Hints = []string{fmt.Sprintf("the token from %s was refused: it is wrong, expired or for another account; %s",
			d.tokenFrom, d.api.TokenHelp)}
	case http.StatusForbidden:
		out.Code = hint.NotAllowed
		out.Hints = []string{fmt.Sprintf("the token from %s may not do this; %s", d.tokenFrom, d.api.TokenHelp)}
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		out.Hints = []string{fmt.Sprintf("check --sp-api-url: the path %s is added to it", e.Path)}
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		if e.Label != "" {
			out.Hints = []string{fmt.Sprintf("%s was not accepted; the answer says why", e.Label)}
		}
	case http.StatusConflict:
		out.Hints = []string{"the state at " + d.profile.Name + " does not allow it; see ssowizard status"}
	case http.StatusTooManyRequests:
		out.Hints = []string{"too many requests; try again later"}
	}
}

// settingOf finds the setting for the name that an error gives: by the
// profile's own table, or by the last step of a path such as /settings/url.
func (d *Driver) settingOf(field string) string {
	if field == "" {
		return ""
	}
	if id, ok := d.api.Errors.Fields[field]; ok {
		return id
	}
	steps := strings.FieldsFunc(field, func(r rune) bool { return strings.ContainsRune("/.[]", r) })
	slices.Reverse(steps)
	for _, step := range steps {
		if _, ok := d.profile.Setting(step); ok {
			return step
		}
	}
	return ""
}

func requestID(h http.Header) string {
	for _, name := range []string{"X-Request-Id", "Request-Id", "X-Correlation-Id"} {
		if id := h.Get(name); id != "" {
			return id
		}
	}
	return ""
}

func textAt(body any, place string) string {
	if place == "" {
		return ""
	}
	v, _ := catalog.At(body, place)
	s, _ := scalarText(v)
	return s
}

// textsAt joins the texts at a place that may stand for several.
func textsAt(body any, place string) string {
	var out []string
	for _, v := range catalog.All(body, place) {
		if s, ok := scalarText(v); ok && s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return strings.Join(out, "; ")
}

// errWebPage is what a proxy's, a portal's or a wrong address's answer means.
var errWebPage = errors.New("the address answered a web page, not the settings API")

func (d *Driver) webPage(ex exchange, status int) error {
	return hint.Add(fmt.Errorf("%s %s answered %d: %w", ex.method, ex.path, status, errWebPage),
		"check --sp-api-url; a portal, a sign-in page or a proxy may have answered in its place")
}
