package oidc

import (
	"bytes"
	"html/template"
	"net/http"
	"net/url"

	"example.com/ssowizard/internal/sandbox/okta/signon"
)

// activatePath is where a person brings the code that a device shows.
const activatePath = "/activate"

var activatePage = template.Must(template.New("activate").Parse(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Activate your device</title>
</head>
<body>
<main>
<h1>Activate your device</h1>
{{if .Note}}<p role="alert">{{.Note}}</p>
{{end}}{{if .Token}}<form method="POST" action="/activate">
<p>{{.App}} on another device wants to sign in as {{.Login}}. The device shows the code <strong>{{.Code}}</strong>.</p>
<input type="hidden" name="user_code" value="{{.Code}}"/>
<input type="hidden" name="xsrfToken" value="{{.Token}}"/>
<button type="submit" name="answer" value="allow">Allow</button>
<button type="submit" name="answer" value="deny">Deny</button>
</form>
{{else if .Ask}}<form method="GET" action="/activate">
<label for="user_code">Activation code</label>
<input id="user_code" name="user_code" autocomplete="off" required/>
<button type="submit">Next</button>
</form>
{{end}}</main>
</body>
</html>
`))

type activation struct {
	Note, App, Login, Code, Token string
	Ask                           bool
}

// activate asks a person who is signed in whether a device may sign in as
// them. The answer counts only from the page that was shown to that person.
func (s *Server) activate(w http.ResponseWriter, r *http.Request, form url.Values) {
	a, here := s.site.Arrive(w, r)
	code := normalCode(form.Get("user_code"))
	if !here {
		back := &url.URL{Path: activatePath, RawQuery: url.Values{"user_code": {code}}.Encode()}
		s.site.AskToSignIn(w, r, back, "", false)
		return
	}
	if code == "" {
		s.showActivation(w, activation{Ask: true})
		return
	}
	if r.Method == http.MethodPost {
		s.showActivation(w, s.answerDevice(code, a, r.PostForm))
		return
	}
	s.showActivation(w, s.askDevice(code, a))
}

const badUserCode = "This code is not valid. Look at the device again: a code is good for ten minutes."

func (s *Server) askDevice(code string, a signon.Arrival) activation {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.deviceOf(code)
	if d == nil {
		return activation{Ask: true, Note: badUserCode}
	}
	c, ok := s.dir.Client(d.clientID)
	if _, assigned := s.dir.UserName(c.AppID, a.Person.ID); !ok || !assigned {
		return activation{Note: "You are not assigned to this app."}
	}
	d.form, d.formOf = random(24), a.Person.ID
	return activation{App: c.Label, Login: a.Person.Login, Code: code, Token: d.form}
}

func (s *Server) answerDevice(code string, a signon.Arrival, form url.Values) activation {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.deviceOf(code)
	if d == nil || !same(d.form, form.Get("xsrfToken")) || d.formOf != a.Person.ID {
		return activation{Ask: true, Note: badUserCode}
	}
	if form.Get("answer") != "allow" {
		d.denied = true
		return activation{Note: "The device was not signed in."}
	}
	d.grant = &grant{
		clientID: d.clientID, personID: a.Person.ID, scopes: d.scopes, authTime: a.At, amr: a.AMR, family: s.newFamily(),
	}
	return activation{Note: "Device activated. Go on at the device."}
}

func (s *Server) showActivation(w http.ResponseWriter, v activation) {
	var b bytes.Buffer
	if err := activatePage.Execute(&b, v); err != nil {
		http.Error(w, "the page could not be drawn", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html;charset=utf-8")
	h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Content-Security-Policy", "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(b.Bytes()) // the client is gone when this fails
}
