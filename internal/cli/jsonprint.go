package cli

import (
	"encoding/json"
	"io"
	"sync"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
)

// printer shows what happens: as text for people, or as one JSON object a line.
type printer interface {
	plan(p *plan.Plan, where place)
	event(e plan.Event)
	warning(text string)
	result(r plan.Result, err error, where place)
	status(list []statusLine, code hint.Code, err error)
	// object prints one JSON line, or nothing in text.
	object(v any)
	// text prints lines for people, or nothing in JSON.
	text(lines ...string)
	failure(err error)
}

// jsonPrinter writes JSON lines. Safe for concurrent use.
type jsonPrinter struct {
	mu      sync.Mutex
	out     io.Writer
	command func() string
	// runnable completes the commands within a text.
	runnable func(string) string
}

type planLine struct {
	Type       string      `json:"type"`
	Connection string      `json:"connection"`
	Steps      []plan.Step `json:"steps"`
	Warnings   []string    `json:"warnings,omitempty"`
	// Prerequisites have to be so before a first set-up begins.
	Prerequisites []string `json:"prerequisites,omitempty"`
}

type stepLine struct {
	Type      string `json:"type"`
	ID        string `json:"id"`
	Status    string `json:"status"`
	ElapsedMS int64  `json:"elapsed_ms"`
	Detail    string `json:"detail"`
}

type checkLine struct {
	Type     string `json:"type"`
	ID       string `json:"id"`
	OK       bool   `json:"ok"`
	Expected string `json:"expected"`
	Got      string `json:"got"`
	Fix      string `json:"fix"`
	Flow     string `json:"flow,omitempty"`
}

type errorLine struct {
	Type      string `json:"type"`
	Code      int    `json:"code"`
	Message   string `json:"message"`
	Hint      string `json:"hint"`
	RequestID string `json:"request_id"`
}

func (j *jsonPrinter) object(v any) {
	b, err := json.Marshal(v)
	if err != nil {
		b, _ = json.Marshal(errorLine{Type: "error", Code: int(hint.Failed), Message: err.Error()})
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	_, _ = j.out.Write(append(b, '\n')) // a reader that has gone away is no reason to stop half way
}

func (j *jsonPrinter) text(...string) {}

func (j *jsonPrinter) plan(p *plan.Plan, _ place) {
	j.object(planLine{"plan", p.Connection, p.Steps, p.Warnings, p.Prerequisites})
}

func (j *jsonPrinter) warning(text string) {
	j.object(struct {
		Type    string `json:"type"`
		Message string `json:"message"`
	}{"warning", text})
}

func (j *jsonPrinter) event(e plan.Event) {
	switch e.Kind {
	case plan.EventStep:
		j.object(stepLine{"step", string(e.Step), string(e.Status), e.Elapsed.Milliseconds(), e.Detail})
	case plan.EventCheck:
		c := e.Check
		j.object(checkLine{"check", c.Code, c.OK, c.Expected, c.Got, j.runnable(c.Fix), string(c.Flow)})
	case plan.EventHandoff:
		j.object(struct {
			Type string `json:"type"`
			*plan.Handoff
		}{"handoff", e.Handoff})
	case plan.EventWarning:
		j.warning(e.Detail)
	}
}

func (j *jsonPrinter) result(r plan.Result, err error, _ place) {
	if err != nil {
		j.error(err)
	}
	j.object(struct {
		Type string `json:"type"`
		plan.Result
	}{"result", r})
}

func (j *jsonPrinter) error(err error) {
	j.object(errorLine{"error", int(hint.CodeOf(err)), oneMessage(err), joinHints(err, j.runnable), hint.RequestID(err)})
}

// failure tells an error that ended a command before it had a result.
func (j *jsonPrinter) failure(err error) {
	j.error(err)
	j.object(bareResult{"result", j.command(), false, int(hint.CodeOf(err))}) // also after another result: it is the last
}

type bareResult struct {
	Type     string `json:"type"`
	Command  string `json:"command"`
	OK       bool   `json:"ok"`
	ExitCode int    `json:"exit_code"`
}

func (j *jsonPrinter) status(list []statusLine, code hint.Code, err error) {
	for _, s := range list {
		j.object(s)
	}
	if err != nil {
		j.error(err)
	}
	j.object(bareResult{"result", j.command(), code == hint.Done, int(code)})
}
