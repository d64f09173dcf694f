package signin

import (
	"context"
	"encoding/json"
	"net/url"
	"time"

	"example.com/ssowizard/internal/browser"
)

// window is a browser in which a sign-in goes by. It hands what it sees to its
// watch, and does on the pages what a person would.
type window struct {
	cfg   InBrowserConfig
	watch *watch
	tools *browser.DevTools
	start *url.URL
	kept  *session // at Okta, of an earlier sign-in; nil to begin without

	tabs    map[string]*tab // by session
	current *tab            // where the sign-in is
	asked   string          // of the person, last

	opened, emailed, chosen bool  // at the service provider's own page
	pressed                 place // where one of these was done last

	over bool  // the sign-in has come to its end
	err  error // and how
}

// place is a document in a tab.
type place struct {
	tab      *tab
	document int
}

const (
	tick = 100 * time.Millisecond
	// atRest is how many quiet ticks tell that a page has come to rest, and
	// tooLong after how many it is judged although it goes on loading.
	atRest  = 6
	tooLong = 200
	// leaves is after how many ticks a page on which something was pressed is
	// taken to stay, though a line that it holds open keeps it from resting.
	leaves = 50
	// callMay bounds one command.
	callMay = 10 * time.Second
)

// watchOver sees the sign-in to its end, which is an end, nil for one that has
// come to Okta's answer, or browser.ErrGone.
func (w *window) watchOver(ctx context.Context) error {
	err := w.call(ctx, "", "Target.setAutoAttach", map[string]any{"autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true,
		"filter": []map[string]any{{"type": "page"}, {"exclude": true}}}, nil)
	if err != nil {
		return err
	}
	w.resume(ctx)
	if _, err := w.tools.Send("", "Target.createTarget", map[string]any{"url": blank, "newWindow": true}); err != nil {
		return err
	}
	if !w.watch.automatic() {
		w.ask(w.watch.invitation())
	}
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for !w.over {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case e, open := <-w.tools.Events():
			w.hear(ctx, e, open)
		case <-ticker.C:
			w.look(ctx)
		}
	}
	w.keep(ctx)
	return w.err
}

// end notes that the sign-in is over, with the first word on how.
func (w *window) end(over bool, err error) {
	if !w.over && (over || err != nil) {
		w.over, w.err = true, err
	}
}

func (w *window) call(ctx context.Context, session, method string, params, result any) error {
	ctx, cancel := context.WithTimeout(ctx, callMay)
	defer cancel()
	return w.tools.Call(ctx, session, method, params, result)
}

// hear takes one event; open is false at their end.
func (w *window) hear(ctx context.Context, e browser.Event, open bool) {
	var t told
	switch {
	case !open:
		w.end(true, browser.ErrGone)
		return
	case json.Unmarshal(e.Params, &t) != nil:
		return
	}
	tab := w.tabs[e.Session]
	switch {
	case e.Method == "Target.attachedToTarget":
		w.attach(ctx, t)
	case e.Method == "Target.detachedFromTarget":
		w.detach(t.SessionID)
	case tab != nil:
		w.hearTab(ctx, tab, e.Method, t)
	}
}

// hearTab takes one event of a page.
func (w *window) hearTab(ctx context.Context, tab *tab, method string, t told) {
	switch method {
	case "Network.requestWillBeSent":
		tab.busy[t.RequestID], tab.quiet = true, 0
	case "Network.loadingFinished":
		delete(tab.busy, t.RequestID)
	case "Network.loadingFailed":
		delete(tab.busy, t.RequestID)
		if q, ok := tab.docs[t.RequestID]; ok && t.ErrorText != "net::ERR_ABORTED" {
			w.end(true, w.watch.failed(q, t.ErrorText))
		}
		delete(tab.docs, t.RequestID)
	case "Page.javascriptDialogOpening":
		if w.cfg.Browser.Headless {
			w.tell(tab, "Page.handleJavaScriptDialog", map[string]any{"accept": true})
		}
	case "Fetch.authRequired":
		w.authenticate(tab, t)
	case "Fetch.requestPaused":
		tab.quiet = 0
		w.paused(ctx, tab, t)
	}
}

// tell sends a command whose answer does not matter.
func (w *window) tell(t *tab, method string, params any) {
	_, _ = w.tools.Send(t.session, method, params) // a browser that is gone ends the events
}

// attach watches a page from its first request on.
func (w *window) attach(ctx context.Context, e told) {
	t := &tab{session: e.SessionID, frame: e.TargetInfo.TargetID, docs: map[string]request{}, busy: map[string]bool{}}
	w.tabs[t.session] = t
	okta := origin(w.watch.c.okta)
	patterns := []map[string]any{{"urlPattern": "*", "resourceType": "Document", "requestStage": "Request"},
		{"urlPattern": "*", "resourceType": "Document", "requestStage": "Response"},
		{"urlPattern": okta + "/api/v1/authn*", "requestStage": "Response"}, {"urlPattern": okta + "/idp/idx/*", "requestStage": "Response"}}
	w.tell(t, "Network.enable", nil)
	w.tell(t, "Network.setBypassServiceWorker", map[string]any{"bypass": true}) // it would answer unseen
	w.tell(t, "Page.enable", nil)
	w.tell(t, "Fetch.enable", map[string]any{"patterns": patterns, "handleAuthRequests": w.cfg.Proxy != nil})
	w.tell(t, "Runtime.runIfWaitingForDebugger", nil)
	if w.current != nil {
		return
	}
	w.current = t
	// The window's own first page would break off another that comes too soon.
	var empty struct {
		ErrorText string `json:"errorText"`
	}
	for range maxOpens {
		empty.ErrorText = ""
		err := w.call(ctx, t.session, "Page.navigate", map[string]any{"url": blank}, &empty)
		if err == nil && empty.ErrorText == "" {
			break
		}
	}
	w.tell(t, "Page.navigate", map[string]any{"url": w.start.String()})
}

// blank is a page without anything; maxOpens is how often it is tried.
const (
	blank    = "about:blank"
	maxOpens = 3
)

// detach forgets a page that was closed.
func (w *window) detach(session string) {
	gone := w.tabs[session]
	delete(w.tabs, session)
	if len(w.tabs) == 0 {
		w.end(true, errClosed)
	}
	if w.current == gone {
		for _, t := range w.tabs {
			w.current = t
		}
	}
}

// ask asks the person for something, once.
func (w *window) ask(what string) {
	if what != "" && what != w.asked {
		w.asked = what
		w.cfg.Ask(what)
	}
}
