package replay

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Cassette is a recording: requests and their answers in the order in which
// they were made.
type Cassette struct {
	Name      string // path of the file
	Exchanges []Exchange
}

// Exchange is one request and its answer.
type Exchange struct {
	Method  string
	URL     *url.URL
	Header  http.Header // of the request
	Body    string
	Status  int
	Answer  http.Header
	Text    string // body of the answer
	AllKept bool   // the recorder kept all headers of the answer
}

// At is the server's time when it answered; zero where it was not recorded.
func (e Exchange) At() time.Time {
	t, err := http.ParseTime(e.Answer.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return t
}

// The three layouts are read into one shape: go-vcr 1 and 2 have url, code and
// a body that is text; vcrpy has uri, a status of two members and a body of one.
type rawCassette struct {
	Interactions []struct {
		Request struct {
			Method  string               `yaml:"method"`
			URL     string               `yaml:"url"`
			URI     string               `yaml:"uri"`
			Headers map[string]yaml.Node `yaml:"headers"`
			Body    yaml.Node            `yaml:"body"`
		} `yaml:"request"`
		Response struct {
			Status  yaml.Node            `yaml:"status"`
			Code    int                  `yaml:"code"`
			Headers map[string]yaml.Node `yaml:"headers"`
			Body    yaml.Node            `yaml:"body"`
		} `yaml:"response"`
	} `yaml:"interactions"`
}

// Parse reads a recording of go-vcr (versions 1 and 2) or of vcrpy.
func Parse(name string, text []byte) (Cassette, error) {
	c := Cassette{Name: name}
	var raw rawCassette
	if err := yaml.Unmarshal(text, &raw); err != nil {
		return c, fmt.Errorf("read recording %s: %w", name, err)
	}
	for i, r := range raw.Interactions {
		e := Exchange{Method: strings.ToUpper(r.Request.Method), Status: r.Response.Code, AllKept: r.Request.URI != ""}
		var err error
		if e.URL, err = url.Parse(r.Request.URL + r.Request.URI); err != nil || e.URL.Host == "" {
			return c, fmt.Errorf("read recording %s: request %d has no address", name, i)
		}
		if e.Header, err = headers(r.Request.Headers); err != nil {
			return c, fmt.Errorf("read recording %s: request %d: %w", name, i, err)
		}
		if e.Answer, err = headers(r.Response.Headers); err != nil {
			return c, fmt.Errorf("read recording %s: answer %d: %w", name, i, err)
		}
		if e.Body, err = bodyText(r.Request.Body); err != nil {
			return c, fmt.Errorf("read recording %s: request %d: %w", name, i, err)
		}
		if e.Text, err = bodyText(r.Response.Body); err != nil {
			return c, fmt.Errorf("read recording %s: answer %d: %w", name, i, err)
		}
		if e.Status == 0 {
			if e.Status, err = status(r.Response.Status); err != nil {
				return c, fmt.Errorf("read recording %s: answer %d: %w", name, i, err)
			}
		}
		if e.Method == "" {
			e.Method = http.MethodGet
		}
		c.Exchanges = append(c.Exchanges, e)
	}
	return c, nil
}

// Folder reads every recording below the root of a file system.
func Folder(root fs.FS) ([]Cassette, error) {
	var list []Cassette
	err := fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".yaml") && !strings.HasSuffix(path, ".yml") {
			return err
		}
		text, err := fs.ReadFile(root, path)
		if err != nil {
			return err
		}
		c, err := Parse(path, text)
		if err != nil {
			return err
		}
		list = append(list, c)
		return nil
	})
	return list, err
}

func headers(raw map[string]yaml.Node) (http.Header, error) {
	h := http.Header{}
	for name, node := range raw {
		var values []string
		if node.Kind == yaml.ScalarNode {
			values = []string{node.Value}
		} else if err := node.Decode(&values); err != nil {
			return nil, fmt.Errorf("header %s: %w", name, err)
		}
		for _, v := range values {
			h.Add(name, v)
		}
	}
	return h, nil
}

// bodyText is a body that is text, nothing, an object {string: text}, or the
// JSON itself, which a recorder wrote as YAML.
func bodyText(n yaml.Node) (string, error) {
	switch n.Kind {
	case 0:
		return "", nil
	case yaml.ScalarNode:
		if n.Tag == "!!null" {
			return "", nil
		}
		var text string
		if n.Tag == "!!binary" {
			err := n.Decode(&text)
			return text, err
		}
		return n.Value, nil
	case yaml.MappingNode:
		if len(n.Content) == 2 && n.Content[0].Value == "string" {
			return bodyText(*n.Content[1])
		}
		return yamlJSON(&n, 0)
	case yaml.SequenceNode:
		return yamlJSON(&n, 0)
	}
	return "", errors.New("a body of a form that no recorder writes")
}

// yamlJSON keeps the order of members, as decoding into a map would not.
func yamlJSON(n *yaml.Node, depth int) (string, error) {
	if depth > maxDepth {
		return "", errors.New("a body nested too deeply")
	}
	var parts []string
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			v, err := yamlJSON(n.Content[i+1], depth+1)
			if err != nil {
				return "", err
			}
			parts = append(parts, quote(n.Content[i].Value)+":"+v)
		}
		return "{" + strings.Join(parts, ",") + "}", nil
	case yaml.SequenceNode:
		for _, item := range n.Content {
			v, err := yamlJSON(item, depth+1)
			if err != nil {
				return "", err
			}
			parts = append(parts, v)
		}
		return "[" + strings.Join(parts, ",") + "]", nil
	case yaml.ScalarNode:
		switch n.Tag {
		case "!!null":
			return "null", nil
		case "!!bool":
			return strings.ToLower(n.Value), nil
		case "!!int", "!!float":
			if _, err := strconv.ParseFloat(n.Value, 64); err == nil {
				return n.Value, nil
			}
		}
		return quote(n.Value), nil
	}
	return "", errors.New("a body of a form that no recorder writes")
}

func status(n yaml.Node) (int, error) {
	var pair struct {
		Code int `yaml:"code"`
	}
	if n.Kind == yaml.MappingNode {
		if err := n.Decode(&pair); err != nil {
			return 0, err
		}
		return pair.Code, nil
	}
	digits, _, _ := strings.Cut(n.Value, " ")
	code, err := strconv.Atoi(digits)
	if err != nil {
		return 0, fmt.Errorf("status %q", n.Value)
	}
	return code, nil
}

// Engine is "classic" or "oie", as the recorded org said it or its answers
// show it. Where nothing does, it is the newer one.
func (c Cassette) Engine() string {
	old := false
	for _, e := range c.Exchanges {
		n, err := parseJSON(e.Text)
		if err != nil {
			continue
		}
		switch n.get("pipeline").text {
		case "v1":
			return "classic"
		case "idx":
			return "oie"
		}
		if n.has("signOnMode") {
			if n.get("_links").has("accessPolicy") {
				return "oie"
			}
			old = true
		}
	}
	if old {
		return "classic"
	}
	return "oie"
}

// Began is the time of the first answer; zero where none was recorded.
func (c Cassette) Began() time.Time {
	for _, e := range c.Exchanges {
		if at := e.At(); !at.IsZero() {
			return at
		}
	}
	return time.Time{}
}
