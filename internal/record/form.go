package record

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"path/filepath"
	"strings"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

// Form is how a document is written.
type Form string

// The forms.
const (
	Markdown Form = "markdown"
	HTML     Form = "html"
	JSON     Form = "json"
)

// FormOf is the form that a file's name asks for.
func FormOf(file string) (Form, error) {
	switch strings.ToLower(filepath.Ext(file)) {
	case ".md", ".markdown":
		return Markdown, nil
	case ".html", ".htm":
		return HTML, nil
	case ".json":
		return JSON, nil
	}
	return "", hint.New(hint.Usage, fmt.Sprintf("the name %q does not say which form the document has", sso.PlainText(file, 200)), "let it end in .md, .html or .json")
}

// Render writes the document in a form.
func (d Document) Render(form Form) ([]byte, error) {
	switch form {
	case HTML:
		return d.html()
	case JSON:
		b, err := json.MarshalIndent(d, "", "  ")
		return append(b, '\n'), err
	}
	return d.markdown(), nil
}

func (d Document) markdown() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s\n\n", cell(d.Title))
	for _, text := range d.Intro {
		fmt.Fprintf(&b, "%s\n\n", cell(text))
	}
	fmt.Fprintf(&b, "Made %s UTC.\n", stamp(d.Made))
	for _, s := range d.Sections {
		fmt.Fprintf(&b, "\n## %s\n", cell(s.Title))
		for _, text := range s.Text {
			fmt.Fprintf(&b, "\n%s\n", cell(text))
		}
		if len(s.Rows) > 0 {
			b.WriteString("\n")
			markdownRow(&b, s.Head)
			b.WriteString(strings.Repeat("|---", len(s.Head)) + "|\n")
			for _, row := range s.Rows {
				markdownRow(&b, row)
			}
		}
		if len(s.Items) > 0 {
			b.WriteString("\n")
		}
		for _, item := range s.Items {
			fmt.Fprintf(&b, "- %s\n", cell(item))
		}
	}
	return b.Bytes()
}

func markdownRow(b *bytes.Buffer, row []string) {
	for _, c := range row {
		b.WriteString("| " + cell(c) + " ")
	}
	b.WriteString("|\n")
}

// cell is text on one line that Markdown and the HTML in it leave alone.
func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;", "`", "'", "*", `\*`, "[", `\[`).Replace(sso.PlainText(s, 4000))
}

var page = template.Must(template.New("record").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{.Title}}</title>
<style>
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}
table{border-collapse:collapse;width:100%}th,td{border:1px solid #999;padding:.3rem .6rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}
th{background:#eee}pre,td{white-space:pre-wrap}
</style></head><body><main>
<h1>{{.Title}}</h1>
{{range .Intro}}<p>{{.}}</p>
{{end}}<p>Made {{.Made.Format "2006-01-02 15:04:05"}} UTC.</p>
{{range .Sections}}<h2>{{.Title}}</h2>
{{range .Text}}<p>{{.}}</p>
{{end}}{{if .Rows}}<table><thead><tr>{{range .Head}}<th scope="col">{{.}}</th>{{end}}</tr></thead><tbody>
{{range .Rows}}<tr>{{range .}}<td>{{.}}</td>{{end}}</tr>
{{end}}</tbody></table>
{{end}}{{if .Items}}<ul>{{range .Items}}<li>{{.}}</li>{{end}}</ul>
{{end}}{{end}}</main></body></html>
`))

func (d Document) html() ([]byte, error) {
	var b bytes.Buffer
	if err := page.Execute(&b, d); err != nil {
		return nil, fmt.Errorf("write the document as HTML: %w", err)
	}
	return b.Bytes(), nil
}
