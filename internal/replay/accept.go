package replay

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Acceptance is a difference that is known and has a reason, or a request that
// is not sent and why. Empty fields fit everything; in texts * stands for
// anything.
type Acceptance struct {
	On       string `yaml:"on"`   // GET /api/v1/apps/{}
	Kind     string `yaml:"kind"` // skip: the request is not sent
	Path     string `yaml:"path"`
	Recorded string `yaml:"recorded"`
	Answered string `yaml:"answered"`
	File     string `yaml:"file"`
	Mode     string `yaml:"mode"`   // sign-on mode
	Before   string `yaml:"before"` // only recordings of earlier days than this
	Why      string `yaml:"why"`

	used int
}

// Accepted is the list of accepted differences.
type Accepted struct{ list []*Acceptance }

// KindSkip marks requests that are not sent.
const KindSkip = "skip"

var kinds = []string{
	kindStatus, kindHeader, kindMissing, kindExtra, kindOrder, kindType, kindValue, kindMoved, kindElement, KindSkip,
}

// ParseAccepted reads a list of accepted differences. Each must have a reason.
func ParseAccepted(text []byte) (*Accepted, error) {
	a := &Accepted{}
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&a.list); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read the accepted differences: %w", err)
	}
	for i, e := range a.list {
		if strings.TrimSpace(e.Why) == "" {
			return nil, fmt.Errorf("accepted difference %d (%s %s %s) has no reason", i+1, e.On, e.Kind, e.Path)
		}
		for kind := range strings.SplitSeq(e.Kind, "|") {
			if !strings.Contains(" "+strings.Join(kinds, " ")+" ", " "+kind+" ") {
				return nil, fmt.Errorf("accepted difference %d is of the unknown kind %q", i+1, kind)
			}
		}
	}
	return a, nil
}

// Admits tells whether a difference is accepted, and counts it.
func (a *Accepted) Admits(d Difference) bool {
	for _, e := range a.list {
		if e.fits(d) {
			e.used++
			return true
		}
	}
	return false
}

// Unused are the acceptances that no difference needed.
func (a *Accepted) Unused() []Acceptance {
	var out []Acceptance
	for _, e := range a.list {
		if e.used == 0 {
			out = append(out, *e)
		}
	}
	return out
}

// Uses yields each acceptance with how often it was needed.
func (a *Accepted) Uses(yield func(Acceptance, int) bool) {
	for _, e := range a.list {
		if !yield(*e, e.used) {
			return
		}
	}
}

func (e *Acceptance) fits(d Difference) bool {
	kindFits := false
	for kind := range strings.SplitSeq(e.Kind, "|") {
		kindFits = kindFits || kind == d.Kind
	}
	return kindFits && glob(e.On, d.On) && glob(e.Path, d.Path) && glob(e.Recorded, d.Recorded) &&
		glob(e.Answered, d.Answered) && glob(e.File, d.File) && glob(e.Mode, d.Signature) &&
		(e.Before == "" || d.Day < e.Before)
}

// glob fits alternatives (a|b), in which * is anything.
func glob(pattern, text string) bool {
	if pattern == "" {
		return true
	}
	for alternative := range strings.SplitSeq(pattern, "|") {
		quoted := strings.ReplaceAll(regexp.QuoteMeta(alternative), `\*`, ".*")
		if ok, err := regexp.MatchString(`(?s)^`+quoted+`$`, text); err == nil && ok {
			return true
		}
	}
	return false
}

// route is a request's method and path, with {} for what is an id.
func route(method, urlPath string) string {
	parts := strings.Split(path.Clean("/"+urlPath), "/")
	for i, p := range parts {
		if looksLikeID(p) || i > 1 && parts[i-1] == "roles" || strings.HasPrefix(p, "nonexistent") {
			parts[i] = "{}"
		}
	}
	return method + " " + strings.Join(parts, "/")
}
