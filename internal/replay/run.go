package replay

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Org is what recordings are held against.
type Org struct {
	Handler http.Handler
	Base    string          // origin under which it is reached
	Token   string          // SSWS token for requests that had one
	SetTime func(time.Time) // sets its clock; may be nil
}

// Report is what came of holding recordings against an org.
type Report struct {
	Sent     int
	Skipped  map[string]int // by reason
	Accepted int
	Failed   []Difference
	Compared int // bodies
}

// Add sums reports up.
func (r *Report) Add(o Report) {
	r.Sent, r.Accepted, r.Compared = r.Sent+o.Sent, r.Accepted+o.Accepted, r.Compared+o.Compared
	if r.Skipped == nil {
		r.Skipped = map[string]int{}
	}
	for why, n := range o.Skipped {
		r.Skipped[why] += n
	}
	r.Failed = append(r.Failed, o.Failed...)
}

const unknownThing = "is about something that was made before the recording began"

// Run sends a recording to an org that has not been used yet.
func Run(c Cassette, org Org, accepted *Accepted) Report {
	p := &player{org: org, world: newWorld(org.Base), accepted: accepted, file: c.Name}
	p.report.Skipped = map[string]int{}
	for i, e := range c.Exchanges {
		p.exchange(i, e)
	}
	return p.report
}

type player struct {
	*world
	org      Org
	accepted *Accepted
	report   Report
	file     string
	clock    time.Time

	sessionToken string // the last one answered
}

func (p *player) exchange(number int, e Exchange) {
	if p.recordedHost == "" {
		p.recordedHost = e.URL.Host
	}
	d := Difference{File: p.file, Number: number, On: route(e.Method, e.URL.Path), Day: day(e)}
	d.Signature = mode(e.Text)
	skipped := d
	skipped.Kind, skipped.Path, skipped.Recorded = KindSkip, e.URL.RawQuery, e.Text
	if p.accepted.Admits(skipped) {
		p.report.Skipped[d.On+" is listed as one that is not sent"]++
		return
	}
	if p.refersToUnknown(e) {
		p.report.Skipped[d.On+" "+unknownThing]++
		return
	}
	p.tick(e)
	answer, body := p.send(e)
	p.report.Sent++
	add := func(kind, path, recorded, answered string) {
		f := d
		f.Kind, f.Path, f.Recorded, f.Answered = kind, path, recorded, answered
		if p.accepted.Admits(f) {
			p.report.Accepted++
		} else {
			p.report.Failed = append(p.report.Failed, f)
		}
	}
	if answer.StatusCode != e.Status {
		add(kindStatus, "", fmt.Sprint(e.Status), fmt.Sprintf("%d %s", answer.StatusCode, body))
		return
	}
	p.headers(e, answer, add)
	p.body(e, answer, body, add)
}

func day(e Exchange) string {
	if t := e.At(); !t.IsZero() {
		return t.UTC().Format(time.DateOnly)
	}
	return ""
}

// mode is the sign-on mode of the app that an answer is.
func mode(text string) string {
	n, err := parseJSON(text)
	if err != nil {
		return ""
	}
	return n.get("signOnMode").text
}

// refersToUnknown tells whether a path names an id that no answer so far did.
func (p *player) refersToUnknown(e Exchange) bool {
	return e.Status < 400 && slices.ContainsFunc(strings.Split(e.URL.Path, "/"), func(s string) bool {
		_, known := p.tokens[s]
		return looksLikeID(s) && !known
	})
}

// tick sets the org's clock to the recorded time, which never goes back.
func (p *player) tick(e Exchange) {
	if at := e.At(); at.After(p.clock) {
		p.clock = at
	}
	if p.org.SetTime != nil && !p.clock.IsZero() {
		p.org.SetTime(p.clock)
	}
}

var blotted = regexp.MustCompile(`"(client_secret|sessionToken)"\s*:\s*"REDACTED"`)

func (p *player) send(e Exchange) (*http.Response, string) {
	body := p.translate(p.madeAnew(e))
	// What the recorder blotted out is too short to be a client secret, and no
	// session token at all.
	body = blotted.ReplaceAllStringFunc(body, func(m string) string {
		if strings.Contains(m, "sessionToken") {
			return `"sessionToken":` + quote(p.sessionToken)
		}
		return `"client_secret":"` + strings.Repeat("redacted", 5) + `"`
	})
	u := *e.URL
	u.Scheme, u.Host = p.liveScheme, p.liveHost
	u.Path, u.RawPath = p.translate(u.Path), ""
	u.RawQuery = p.translate(u.RawQuery)
	r := httptest.NewRequest(e.Method, u.String(), bytes.NewReader([]byte(body)))
	r.Host = p.liveHost
	for _, name := range []string{"Accept", "Content-Type", "User-Agent"} {
		if v := e.Header.Get(name); v != "" {
			r.Header.Set(name, v)
		}
	}
	if body != "" && e.Body == "" && r.Header.Get("Content-Type") == "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if e.Header.Get("Authorization") != "" {
		r.Header.Set("Authorization", "SSWS "+p.org.Token)
	}
	w := httptest.NewRecorder()
	p.org.Handler.ServeHTTP(w, r)
	answer := w.Result()
	text, _ := io.ReadAll(answer.Body) // from memory
	if n, err := parseJSON(string(text)); err == nil && n.has("sessionToken") {
		p.sessionToken = n.get("sessionToken").text
	}
	return answer, string(text)
}

// recorderKeeps are the headers that every recorder wrote down.
var recorderKeeps = []string{"Content-Type", "Location", "Link"}

// transport are headers that say how an answer travelled, not what it is.
var transport = []string{"Connection", "Transfer-Encoding", "Content-Encoding", "Content-Length", "Keep-Alive"}

// headers compares the headers whose form a client depends on, and of the
// recordings that have all headers, which ones there are.
func (p *player) headers(e Exchange, answer *http.Response, add func(kind, path, recorded, answered string)) {
	recordedType, liveType := mediaType(e.Answer), mediaType(answer.Header)
	if recordedType != liveType && (e.Text != "" || liveType != "") {
		add(kindHeader, "Content-Type", e.Answer.Get("Content-Type"), answer.Header.Get("Content-Type"))
	}
	if a, b := e.Answer.Get("Location"), answer.Header.Get("Location"); (a != "") != (b != "") || a != "" && !p.sameAddress(a, b) {
		add(kindHeader, "Location", a, b)
	}
	p.links(e, answer, add)
	if !e.AllKept {
		return
	}
	for name := range e.Answer {
		if !slices.Contains(recorderKeeps, name) && !slices.Contains(transport, name) && answer.Header.Get(name) == "" {
			add(kindHeader, name, e.Answer.Get(name), "")
		}
	}
}

func mediaType(h http.Header) string {
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		return h.Get("Content-Type")
	}
	if kind == "application/json" { // older answers say its charset
		return kind
	}
	return kind + ";" + params["charset"]
}

// links compares the Link lines: which relations, each on a line of its own,
// and what their addresses say. How many pages an org has is its own affair.
func (p *player) links(e Exchange, answer *http.Response, add func(kind, path, recorded, answered string)) {
	a, b := relations(e.Answer.Values("Link")), relations(answer.Header.Values("Link"))
	if (a["self"] == "") != (b["self"] == "") {
		add(kindHeader, "Link", strings.Join(e.Answer.Values("Link"), " "), strings.Join(answer.Header.Values("Link"), " "))
		return
	}
	for rel, recorded := range a {
		live := b[rel]
		if live == "" || recorded == "" {
			continue
		}
		if x, y := p.translate(parameters(recorded)), parameters(live); x != y {
			add(kindHeader, "Link "+rel, x, y)
		}
	}
}

// relations are the addresses of Link lines. Recorders of an older kind put
// two into one line.
func relations(lines []string) map[string]string {
	out := map[string]string{}
	for part := range strings.SplitSeq(strings.Join(lines, ", "), ", <") {
		address, rest, ok := strings.Cut(strings.TrimPrefix(part, "<"), ">")
		if ok {
			out[strings.Trim(strings.TrimPrefix(strings.TrimSpace(rest), "; rel="), `"`)] = address
		}
	}
	return out
}

// parameters are an address's path, and its parameters with cursors left out.
func parameters(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	var keep []string
	for pair := range strings.SplitSeq(u.RawQuery, "&") {
		if strings.HasPrefix(pair, "after=") {
			pair = "after=*"
		}
		keep = append(keep, pair)
	}
	return u.Path + "?" + strings.Join(keep, "&")
}

func (p *player) body(e Exchange, answer *http.Response, body string, add func(kind, path, recorded, answered string)) {
	if (strings.TrimSpace(e.Text) == "") != (body == "") {
		add(kindValue, "body", short(e.Text), short(body))
		return
	}
	if e.Text == "" {
		return
	}
	p.report.Compared++
	if strings.Contains(mediaType(answer.Header), "xml") {
		p.document(e.Text, body, add)
		return
	}
	recorded, err := parseJSON(e.Text)
	if err != nil {
		add(kindValue, "body", short(e.Text), short(body))
		return
	}
	live, err := parseJSON(body)
	if err != nil {
		add(kindValue, "body", short(e.Text), short(body))
		return
	}
	c := &comparison{world: p.world, add: add}
	c.compare("", "", recorded, live)
}

// document compares XML text by its tags, attributes and texts.
func (p *player) document(recorded, live string, add func(kind, path, recorded, answered string)) {
	a, b := pieces(recorded), pieces(live)
	if len(a) != len(b) {
		add(kindValue, "document", recorded, live)
		return
	}
	for i := range a {
		if a[i] != b[i] && !p.same("", a[i], b[i]) {
			add(kindValue, "document", a[i], b[i])
		}
	}
}

// pieces cuts a document at its tags and quotes.
func pieces(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(`<>"`, r) })
}
