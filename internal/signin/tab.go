package signin

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"

	"example.com/ssowizard/internal/browser"
)

// tab is a page of the browser, or a window of its own.
type tab struct {
	session  string
	frame    string             // its main frame
	at       *url.URL           // of the document that it shows, nil before the first
	status   int                // of that document
	coming   *page              // what it is about to show
	document int                // how many it has shown
	born     float64            // when it began, by its own clock
	docs     map[string]request // requests for documents under way, by network id
	busy     map[string]bool    // requests under way, by network id
	quiet    int                // ticks without any
	age      int                // ticks since the document came
	logins   int                // how often the login was filled in on the document
}

// told is what an event tells, as far as it matters here.
type told struct {
	SessionID  string `json:"sessionId"`
	TargetInfo struct {
		TargetID string `json:"targetId"`
	} `json:"targetInfo"`

	RequestID string `json:"requestId"`
	NetworkID string `json:"networkId"`
	FrameID   string `json:"frameId"`
	Type      string `json:"resourceType"`
	ErrorText string `json:"errorText"`
	Request   struct {
		URL     string `json:"url"`
		Method  string `json:"method"`
		Post    string `json:"postData"`
		Entries []struct {
			Bytes []byte `json:"bytes"`
		} `json:"postDataEntries"`
	} `json:"request"`
	Error     string `json:"responseErrorReason"`
	Status    int    `json:"responseStatusCode"`
	Headers   []pair `json:"responseHeaders"`
	Challenge struct {
		Source string `json:"source"`
	} `json:"authChallenge"`
}

type pair struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// authenticate gives the proxy its password, to nobody else and once.
func (w *window) authenticate(t *tab, e told) {
	answer := map[string]any{"response": "Default"}
	if password, has := w.cfg.Proxy.Password(); e.Challenge.Source == "Proxy" && !t.busy["proxy "+e.RequestID] {
		t.busy["proxy "+e.RequestID] = true
		answer = map[string]any{"response": "ProvideCredentials", "username": w.cfg.Proxy.Username()}
		if has {
			answer["password"] = password
		}
	}
	w.tell(t, "Fetch.continueWithAuth", map[string]any{"requestId": e.RequestID, "authChallengeResponse": answer})
}

// paused takes a request that waits, before it is made or before its answer is
// used, and lets it go on unless the sign-in is to go no further.
func (w *window) paused(ctx context.Context, t *tab, e told) {
	var over bool
	var err error
	answered := e.Status != 0 || e.Error != ""
	switch {
	case e.Error != "":
	case e.Type == "Document" && e.FrameID == t.frame:
		over, err = w.document(ctx, t, e, answered)
	case answered && e.Type != "Document":
		over, err = w.signInHears(ctx, t, e)
	}
	if err != nil || over {
		w.tell(t, "Fetch.fulfillRequest", map[string]any{"requestId": e.RequestID, "responseCode": http.StatusOK,
			"responseHeaders": []pair{{"Content-Type", "text/html; charset=utf-8"}, {"Cache-Control", "no-store"}}, "body": []byte(overPage)})
		w.end(true, err)
		return
	}
	w.tell(t, "Fetch.continueRequest", map[string]any{"requestId": e.RequestID})
}

// overPage is shown where the sign-in was stopped.
const overPage = `<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>ssowizard</title>
<p>This sign-in is over and nothing more is sent. You may close this window.</p></html>`

// document hands a request for a page, or its answer, to the watch.
func (w *window) document(ctx context.Context, t *tab, e told, answered bool) (over bool, err error) {
	q, err := t.request(e)
	if err != nil {
		return false, nil //nolint:nilerr // no address of the web: about:blank and its like
	}
	w.current = t
	if !answered {
		t.docs[e.NetworkID] = q
		return w.watch.asks(q)
	}
	delete(t.docs, e.NetworkID)
	p, err := w.page(ctx, t, e, q.url)
	if err != nil {
		return false, err
	}
	if !isRedirect(p.status) {
		t.coming, t.age = p, 0
	}
	return w.watch.answered(q, p)
}

// arrive waits until the document that is on its way has taken the place of the
// one before. Events do not tell reliably: one with a process of its own is there
// before they are. Its age does.
func (w *window) arrive(ctx context.Context, t *tab) {
	var born float64
	t.age++
	coming := t.coming
	if w.read(ctx, t, "born", nil, &born) && born != t.born && t.coming == coming {
		t.at, t.status, t.born = t.coming.url, t.coming.status, born
		t.logins, t.busy = 0, map[string]bool{}
		t.document++
	} else if t.age < tooLong {
		return
	} // what never comes is a download, or nothing at all
	t.coming, t.age, t.quiet = nil, 0, 0
}

// signInHears hands what Okta tells its sign-in page to the watch.
func (w *window) signInHears(ctx context.Context, t *tab, e told) (bool, error) {
	u, err := parseWebURL(e.Request.URL)
	if err != nil || !w.watch.atOkta(u) || e.Request.Method != http.MethodPost {
		return false, nil //nolint:nilerr // not Okta's
	}
	p, err := w.page(ctx, t, e, u)
	if err != nil {
		return false, err
	}
	what, err := w.watch.told(p)
	w.ask(what)
	return false, err
}

// request is the one that an event tells of.
func (t *tab) request(e told) (request, error) {
	u, err := parseWebURL(e.Request.URL)
	if err != nil {
		return request{}, err
	}
	q := request{method: e.Request.Method, url: u, initiator: t.at}
	if t.coming != nil { // it is there, and sent a form before it was looked at
		q.initiator = t.coming.url
	}
	if q.method == http.MethodPost {
		var body []byte
		for _, part := range e.Request.Entries {
			body = append(body, part.Bytes...)
		}
		if body == nil {
			body = []byte(e.Request.Post)
		}
		q.form, _ = url.ParseQuery(string(body)) // what is no form has no fields that matter
	}
	return q, nil
}

// page is the answer that waits, with its text unless it is a redirect.
func (w *window) page(ctx context.Context, t *tab, e told, u *url.URL) (*page, error) {
	header := http.Header{}
	for _, h := range e.Headers {
		header.Add(h.Name, h.Value)
	}
	var body struct {
		Body   string `json:"body"`
		Base64 bool   `json:"base64Encoded"`
	}
	if !isRedirect(e.Status) {
		err := w.call(ctx, t.session, "Fetch.getResponseBody", map[string]any{"requestId": e.RequestID}, &body)
		if errors.Is(err, browser.ErrGone) || ctx.Err() != nil {
			return nil, err
		} // without its text a page is judged by its status
	}
	text := []byte(body.Body)
	if body.Base64 {
		text, _ = base64.StdEncoding.DecodeString(body.Body)
	}
	return newPage(u, e.Status, header, text[:min(len(text), maxBody)]), nil
}
