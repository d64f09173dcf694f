package signin

import (
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"example.com/ssowizard/internal/sso"
)

// harFile is a HAR 1.2 recording, as far as a sign-in goes.
type harFile struct {
	Log *harLog `json:"log"`
}

type harLog struct {
	Entries []harEntry `json:"entries"`
}

type harEntry struct {
	Request struct {
		Method   string   `json:"method"`
		URL      string   `json:"url"`
		PostData *harPost `json:"postData"`
	} `json:"request"`
	Response struct {
		Status      int    `json:"status"`
		RedirectURL string `json:"redirectURL"`
		Headers     []struct {
			Name  string `json:"name"`
			Value string `json:"value"`
		} `json:"headers"`
		Content struct {
			MimeType string `json:"mimeType"`
			Text     string `json:"text"`
			Encoding string `json:"encoding"`
		} `json:"content"`
	} `json:"response"`
}

type harPost struct {
	Text     string `json:"text"`
	Encoding string `json:"encoding"`
	Params   []struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	} `json:"params"`
}

// fields are those of a posted form. The text is preferred: some browsers write
// the values of params as they are on the wire, others decoded.
func (p *harPost) fields() url.Values {
	if p == nil {
		return nil
	}
	text := p.Text
	if p.Encoding == "base64" {
		if raw, err := base64.StdEncoding.DecodeString(text); err == nil {
			text = string(raw)
		}
	}
	if strings.Contains(text, "SAMLResponse=") || strings.Contains(text, "SAMLRequest=") {
		if fields, err := url.ParseQuery(text); err == nil {
			return fields
		}
	}
	fields := url.Values{}
	for _, param := range p.Params {
		value := param.Value
		if strings.Contains(value, "%") {
			if plain, err := url.QueryUnescape(value); err == nil {
				value = plain
			}
		}
		fields.Add(param.Name, value)
	}
	return fields
}

// harAnswer is one answer of Okta in a recording.
type harAnswer struct {
	Handed
	entry  int  // where it is
	posted bool // it was sent on, and not only shown
}

// answer finds Okta's answer and what belongs to it.
func (l *harLog) answer(flow sso.Flow) (Handed, error) {
	if len(l.Entries) == 0 {
		return Handed{}, refuse("the recording (HAR) is empty", "open the browser's developer tools, tab Network, before signing in, and keep the log over pages (Preserve log)")
	}
	all, problem := l.answers()
	if len(all) == 0 {
		if problem != nil {
			return Handed{}, problem
		}
		return Handed{}, refuse(l.instead(), "open the browser's developer tools, tab Network, before signing in, and keep the log over pages (Preserve log)")
	}
	best := all[len(all)-1]
	for _, a := range all {
		if l.fits(a, flow) {
			best = a
		}
	}
	h := best.Handed
	h.RequestID, h.asked = l.asking(best, flow)
	if best.posted {
		l.followed(best.entry, &h)
	}
	return h, nil
}

// fits tells whether an answer is one to a request where the flow has one.
func (l *harLog) fits(a harAnswer, flow sso.Flow) bool {
	return (inResponseTo(a.Response) != "") == (flow == sso.FlowSPInitiated)
}

// answers lists the answers that were posted; where there are none, those that
// a page of Okta was about to post.
func (l *harLog) answers() ([]harAnswer, error) {
	var out []harAnswer
	var problem error
	note := func(i int, h Handed, to string, posted bool, err error) {
		if err != nil {
			problem = err
			return
		}
		if to != "" {
			h.PostedTo = to
		}
		out = append(out, harAnswer{h, i, posted})
	}
	for i, e := range l.Entries {
		if fields := e.Request.PostData.fields(); fields.Has("SAMLResponse") {
			h, err := readFields(fields)
			note(i, h, e.Request.URL, true, err)
		}
	}
	if len(out) > 0 {
		return out, nil
	}
	for i, e := range l.Entries {
		if p := e.page(); p != nil && strings.Contains(string(p.body), "SAMLResponse") {
			if f, ok := p.samlAnswer(); ok {
				h, err := readFields(f.fields)
				note(i, h, f.action.String(), false, err)
			}
		}
	}
	return out, problem
}

// asking is the ID of the AuthnRequest that an answer belongs to, and whether
// the recording tells. One that names a request of the recording belongs to it;
// one that does not is held against the last request before it.
func (l *harLog) asking(a harAnswer, flow sso.Flow) (id string, known bool) {
	named, last := inResponseTo(a.Response), ""
	if named == "" && flow == sso.FlowIdPInitiated {
		return "", true // whatever was asked before belongs to another sign-in
	}
	for _, e := range l.Entries[:a.entry+1] {
		asked := e.asks()
		if asked == "" {
			continue
		}
		if asked == named {
			return asked, true
		}
		last = asked
	}
	return last, last != ""
}

// asks is the ID of the AuthnRequest that a request carries, "" for none.
func (e harEntry) asks() string {
	message := e.Request.PostData.fields().Get("SAMLRequest")
	if u, err := url.Parse(e.Request.URL); err == nil && message == "" {
		message = u.Query().Get("SAMLRequest")
	}
	if message == "" {
		return ""
	}
	asked, err := readAuthnRequest(message)
	if err != nil {
		return ""
	}
	return sso.PlainText(asked.ID, 200)
}

// page is the answer to a request, nil where the recording has none.
func (e harEntry) page() *page {
	u, err := url.Parse(e.Request.URL)
	if err != nil {
		return nil
	}
	body := []byte(e.Response.Content.Text)
	if e.Response.Content.Encoding == "base64" {
		if body, err = base64.StdEncoding.DecodeString(e.Response.Content.Text); err != nil {
			return nil
		}
	}
	if len(body) > maxBody {
		body = body[:maxBody]
	}
	// What a recording holds as text is UTF-8, whatever the page was.
	kind, _, _ := strings.Cut(e.Response.Content.MimeType, ";")
	return newPage(u, e.Response.Status, http.Header{"Content-Type": {strings.TrimSpace(kind) + "; charset=utf-8"}}, body)
}

func (e harEntry) redirect() string {
	if e.Response.RedirectURL != "" {
		return e.Response.RedirectURL
	}
	for _, h := range e.Response.Headers {
		if strings.EqualFold(h.Name, "Location") {
			return h.Value
		}
	}
	return ""
}

// followed sees where the browser ended after the answer was posted: through
// redirects to the page that says whether the person is in.
func (l *harLog) followed(i int, h *Handed) {
	for {
		e := l.Entries[i]
		if e.Response.Status == 0 {
			return // broken off, or still under way when it was saved
		}
		p := e.page()
		if p == nil {
			return
		}
		h.status, h.finalURL = e.Response.Status, bare(p.url)
		if !isRedirect(e.Response.Status) {
			h.judge(p)
			return
		}
		to, err := p.url.Parse(e.redirect())
		if err != nil || e.redirect() == "" {
			return
		}
		if to.Query().Has("SAMLRequest") {
			h.outcome, h.words = sso.OutcomeSPRefused, "the service provider did not let the person in, and asked "+origin(to)+" again"
			return
		}
		if i = l.next(i, to); i < 0 {
			return
		}
	}
}

// judge takes the page's word as that of a page fetched here. Without its text
// only a failure can be told.
func (h *Handed) judge(p *page) {
	if len(p.body) == 0 && p.status < 400 {
		return
	}
	var e *end
	if errors.As(judgeArrival(p), &e) {
		h.outcome, h.words = e.outcome, e.detail
	}
}

// next is the entry after i for an address, -1 without. A fragment is not sent.
func (l *harLog) next(i int, to *url.URL) int {
	want := *to
	want.Fragment = ""
	for j := i + 1; j < len(l.Entries); j++ {
		u, err := url.Parse(l.Entries[j].Request.URL)
		if err != nil {
			continue
		}
		u.Fragment = ""
		if u.String() == want.String() {
			return j
		}
	}
	return -1
}

// instead says what a recording without an answer shows.
func (l *harLog) instead() string {
	const none = "the recording (HAR) holds no SAMLResponse"
	for i := len(l.Entries) - 1; i >= 0; i-- {
		e := l.Entries[i]
		u, err := url.Parse(e.Request.URL)
		if err != nil {
			continue
		}
		if q := u.Query(); q.Has("code") && q.Has("state") {
			return none + ", but an answer of OpenID Connect (a code)"
		}
		if p := e.page(); p != nil && (p.password || p.signInIdP) {
			return none + ": it ends at a sign-in page of " + sso.PlainText(origin(u), 100)
		}
	}
	for _, e := range l.Entries {
		if e.asks() != "" {
			return none + ": Okta was asked, but has not answered"
		}
	}
	return none
}
