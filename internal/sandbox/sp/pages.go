package sp

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"strings"
)

//go:embed pages
var pageFiles embed.FS

// templates hold one set for each page, all in the same frame.
var templates = func() map[string]*template.Template {
	set := map[string]*template.Template{}
	for _, name := range []string{"signin", "password", "home", "menu", "settings", "refusal", "verdict", "message", "table"} {
		set[name] = template.Must(template.ParseFS(pageFiles, "pages/frame.html", "pages/"+name+".html"))
	}
	return set
}()

// page is what the frame needs; Body is the template's own.
type page struct {
	Template string
	Title    string
	Reason   string // code for machines, in the head of the page
	Body     any

	Provider string
	Session  *session
	Links    []navEntry
	Home     string
	Token    template.HTML // the hidden field that every form carries
}

// navEntry is an entry of the left navigation.
type navEntry struct {
	Label, URL string
	Current    bool
	Level      int
}

// render writes a page. It is made completely before the first byte goes out,
// so a template that fails cannot leave half a page behind.
func (p *provider) render(w http.ResponseWriter, r *http.Request, status int, content page) error {
	browser, err := p.browser(w, r)
	if err != nil {
		return err
	}
	content.Provider, content.Home = p.name, p.portalURL("/")
	content.Token = template.HTML(`<input type="hidden" name="` + tokenField + `" value="` + p.formToken(browser) + `">`) // hex only
	if s, ok := p.session(r); ok && strings.EqualFold(hostOf(r), p.portalHost) {
		content.Session, content.Links = &s, p.navigation(s, r.URL.Path)
	}
	var b bytes.Buffer
	if err := templates[content.Template].ExecuteTemplate(&b, "frame.html", content); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // a browser that has gone needs no page
	return nil
}

func hostOf(r *http.Request) string {
	host, _, _ := strings.Cut(r.Host, ":")
	return strings.TrimSuffix(host, ".")
}

// navigation shows the way to the settings page one level at a time, as the
// guide walks it.
func (p *provider) navigation(s session, path string) []navEntry {
	entries := []navEntry{{Label: "Home", URL: "/home", Current: path == "/home"}}
	if !s.Person.Admin {
		return entries
	}
	for i, link := range p.settingsPath {
		current := path == link.URL || i == len(p.settingsPath)-1 && strings.HasPrefix(path, link.URL)
		entries = append(entries, navEntry{Label: link.Label, URL: link.URL, Current: current, Level: i})
		if !strings.HasPrefix(path, link.URL) {
			break
		}
	}
	for _, t := range p.tables {
		entries = append(entries, navEntry{Label: t.Label, URL: t.URL, Current: path == t.URL})
	}
	return entries
}

type messageView struct{ Text string }

func (p *provider) message(w http.ResponseWriter, r *http.Request, status int, title, text string) error {
	return p.render(w, r, status, page{Template: "message", Title: title, Body: messageView{text}})
}

func (p *provider) notFound(w http.ResponseWriter, r *http.Request) error {
	return p.message(w, r, http.StatusNotFound, "Page not found", "There is nothing at this address.")
}

func (p *provider) methodNotAllowed(w http.ResponseWriter, r *http.Request) error {
	return p.message(w, r, http.StatusMethodNotAllowed, "This address cannot be used in that way",
		"It takes "+w.Header().Get("Allow")+" requests only.")
}

// failed says that something could not be kept. It must not fail itself.
func (p *provider) failed(w http.ResponseWriter, r *http.Request) {
	if p.message(w, r, http.StatusInternalServerError, "Something went wrong", "Your change could not be kept. Try again.") != nil {
		http.Error(w, "something went wrong", http.StatusInternalServerError)
	}
}

// showMenu lists where the navigation leads from one of its upper entries.
func (p *provider) showMenu(i int) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		return p.render(w, r, http.StatusOK, page{Template: "menu", Title: p.settingsPath[i].Label, Body: p.settingsPath[i+1]})
	}
}

func showStyle(w http.ResponseWriter, _ *http.Request) error {
	b, err := pageFiles.ReadFile("pages/style.css")
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	_, _ = w.Write(b)
	return nil
}
