package sandbox

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"time"
)

// published is what a running sandbox tells those who may join it, and only
// them: the file is its owner's alone.
type published struct {
	Instance string `json:"instance"` // new at each start
	Key      string `json:"key"`      // proves the instance; never sent
	PID      int    `json:"pid"`
	Version  string `json:"version"`
	Info     Info   `json:"info"`
}

func runningPath(dir string) string { return filepath.Join(dir, "running.json") }

const (
	instancePath = "/.sandbox/instance"
	joinPoll     = 50 * time.Millisecond
	joinPatience = 20 * time.Second
	answerWithin = 5 * time.Second
)

// Join finds the sandbox that is running in dir and shares itself; nil means
// that there is none. Before it says where the sandbox is it has made sure,
// without a token, that the very process that published the address answers
// there. A sandbox that is still starting is waited for.
func Join(ctx context.Context, dir string) (*Info, error) {
	ctx, cancel := context.WithTimeout(ctx, joinPatience)
	defer cancel()
	for {
		var p published
		found, err := readJSON(runningPath(dir), &p)
		if err == nil && found && answers(ctx, p) {
			return &p.Info, nil
		}
		var h holder
		_, herr := readJSON(holderPath(dir), &h)
		if herr != nil || !h.Shares || !held(dir) {
			return nil, nonTimeout(ctx)
		}
		select {
		case <-ctx.Done():
			return nil, nonTimeout(ctx)
		case <-time.After(joinPoll):
		}
	}
}

// nonTimeout is ctx's error unless Join's own patience ended it.
func nonTimeout(ctx context.Context) error {
	if err := ctx.Err(); err != nil && !errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
		return fmt.Errorf("join the sandbox: %w", err)
	}
	return nil
}

// answers tells whether the instance that was published answers at its address.
func answers(ctx context.Context, p published) bool {
	if p.Key == "" || p.Instance == "" {
		return false
	}
	challenge := randomHex(16)
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet,
		p.Info.Okta.OrgURL+instancePath+"?challenge="+url.QueryEscape(challenge), nil)
	if err != nil || !isLoopback(req.URL.Hostname()) {
		return false
	}
	client := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true}, // and no proxy
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	var got instanceAnswer
	if resp.StatusCode != http.StatusOK ||
		json.NewDecoder(io.LimitReader(resp.Body, 4096)).Decode(&got) != nil {
		return false
	}
	return got.ID == p.Instance && hmac.Equal([]byte(got.Proof), []byte(prove(p.Key, challenge)))
}

type instanceAnswer struct {
	ID      string `json:"id"`
	Version string `json:"version,omitempty"`
	Proof   string `json:"proof,omitempty"`
}

func prove(key, challenge string) string {
	m := hmac.New(sha256.New, []byte(key))
	m.Write([]byte(challenge))
	return hex.EncodeToString(m.Sum(nil))
}

// serveInstance says which instance this is. It is no part of Okta, so it is
// neither logged nor delayed.
func (p *published) serveInstance(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	answer := instanceAnswer{ID: p.Instance, Version: p.Version}
	if c := r.URL.Query().Get("challenge"); c != "" {
		answer.Proof = prove(p.Key, c)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(answer) // the other side has gone
}
