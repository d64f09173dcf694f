package signin

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"net/http"

	"example.com/ssowizard/internal/secret"
)

// inPage is what is done on a page, see inpage.js.
//
//go:embed inpage.js
var inPage string

// look sees what the page asks for and does it, or takes a page that rests.
func (w *window) look(ctx context.Context) {
	t := w.current
	if t == nil {
		return
	}
	if t.coming != nil {
		w.arrive(ctx, t)
	}
	if t.at == nil || t.coming != nil || w.over {
		return
	}
	t.age++
	if t.quiet++; len(t.busy) > 0 {
		t.quiet = 0
	}
	did, f := w.act(ctx, t)
	if did {
		t.quiet, t.age = 0, 0
	}
	if did || t.quiet < atRest && t.age < tooLong {
		return
	}
	p, ok := w.shown(ctx, t)
	if !ok || w.over {
		return
	}
	what, err := w.watch.rests(p, f)
	w.ask(what)
	w.end(err != nil, err)
}

// act does what the page asks for, if the program can.
func (w *window) act(ctx context.Context, t *tab) (did bool, f fields) {
	switch w.watch.stage {
	case toOkta:
		// A page on which something was pressed may be about to go.
		if w.pressed == (place{t, t.document}) && (len(t.docs) > 0 || t.quiet < atRest && t.age < leaves) {
			return false, f
		}
		if did = w.enter(ctx, t); did {
			w.pressed = place{t, t.document}
		}
		return did, f
	case atOkta:
		return w.fillIn(ctx, t)
	case delivered:
	}
	return false, f
}

// enter goes on at the service provider's own sign-in page, by its labels.
func (w *window) enter(ctx context.Context, t *tab) bool {
	req := w.watch.req
	once := func(done *bool, wanted string, do func() bool) bool {
		*done = *done || wanted != "" && do()
		return *done
	}
	press := func(label string) func() bool {
		return func() bool { return w.inPage(ctx, t, "press", map[string]any{"label": label}, nil) }
	}
	switch {
	case !w.opened && once(&w.opened, req.Open, press(req.Open)):
	case !w.emailed && once(&w.emailed, req.Email, func() bool {
		a := map[string]any{"label": req.EmailField, "email": req.Email, "button": req.Submit}
		entered := w.inPage(ctx, t, "enter", a, nil)
		if entered { // a step of its own: the page's scripts take note in between
			w.inPage(ctx, t, "send", a, nil)
		}
		return entered
	}):
	case !w.chosen && once(&w.chosen, req.Choose, press(req.Choose)):
	default:
		return false
	}
	return true
}

// maxLogins bounds how often the login is filled in on one document.
const maxLogins = 2

// fillIn fills login and password into Okta's sign-in page. Each is a step of
// its own, so that the page's scripts take note in between. The password goes in
// once: another try would count towards locking the person out.
func (w *window) fillIn(ctx context.Context, t *tab) (did bool, f fields) {
	c := w.watch.c.cfg
	a := map[string]any{"okta": origin(w.watch.c.okta), "login": c.Login}
	if !w.read(ctx, t, "fields", a, &f) || !f.Here || f.NewPassword || w.watch.entered {
		return false, f
	}
	// What was sent already is sent again only when nothing has come of it.
	again := t.logins == 0 || t.logins < maxLogins && t.quiet >= atRest
	filled := f.Login && again && w.inPage(ctx, t, "login", a, nil)
	if filled {
		t.logins++
	}
	switch {
	case f.Password && w.watch.automatic():
		if !w.inPage(ctx, t, "password", a, &c.Password) {
			return filled, f
		}
		w.watch.entered = true
	case f.Password || !filled: // the person goes on
		return filled, f
	}
	return w.inPage(ctx, t, "go on", a, nil) || filled, f
}

// inPage does something on a page and tells whether it could be done.
func (w *window) inPage(ctx context.Context, t *tab, what string, args map[string]any, password *secret.String) bool {
	if password != nil {
		with := map[string]any{"password": password.Reveal()}
		for k, v := range args {
			with[k] = v
		}
		args = with
	}
	var did bool
	return w.read(ctx, t, what, args, &did) && did
}

// read asks the page for something. A page that is left meanwhile tells nothing,
// and what is asked of one page is never heard by the next.
func (w *window) read(ctx context.Context, t *tab, what string, args map[string]any, result any) bool {
	var world struct {
		Context int `json:"executionContextId"`
	}
	asked := t.document
	if !w.listen(ctx, t, "Page.createIsolatedWorld", map[string]any{"frameId": t.frame, "worldName": "ssowizard"}, &world) || t.document != asked {
		return false
	}
	var answer struct {
		Result struct {
			Value json.RawMessage `json:"value"`
		} `json:"result"`
		Exception json.RawMessage `json:"exceptionDetails"`
	}
	ok := w.listen(ctx, t, "Runtime.callFunctionOn", map[string]any{"functionDeclaration": inPage, "executionContextId": world.Context,
		"arguments": []map[string]any{{"value": what}, {"value": args}}, "returnByValue": true, "userGesture": true}, &answer)
	return ok && answer.Exception == nil && !bytes.Equal(answer.Result.Value, []byte("null")) &&
		json.Unmarshal(answer.Result.Value, result) == nil
}

// listen carries out a command at a page and goes on hearing events: a page that
// is being left answers only when the request that it waits for goes on.
func (w *window) listen(ctx context.Context, t *tab, method string, params, result any) bool {
	answer, err := w.tools.Send(t.session, method, params)
	if err != nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, callMay)
	defer cancel()
	for !w.over {
		select {
		case r := <-answer:
			return r.Err == nil && json.Unmarshal(r.Result, result) == nil
		case e, open := <-w.tools.Events():
			w.hear(ctx, e, open)
		case <-ctx.Done():
			return false
		}
	}
	return false
}

// shown is the page as the browser shows it now.
func (w *window) shown(ctx context.Context, t *tab) (*page, bool) {
	var now struct{ URL, HTML string }
	if !w.read(ctx, t, "page", nil, &now) {
		return nil, false
	}
	u, err := parseWebURL(now.URL)
	if err != nil {
		return nil, false
	}
	return newPage(u, t.status, http.Header{"Content-Type": {"text/html; charset=utf-8"}}, []byte(now.HTML)), true
}
