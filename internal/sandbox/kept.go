package sandbox

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
)

const keptVersion = 1

// kept is what the first start decides and every later one keeps.
type kept struct {
	Version int    `json:"version"`
	Listen  string `json:"listen"` // address of the org
	TLS     string `json:"tls"`    // address of the service providers
	Users   int    `json:"users"`
	Groups  int    `json:"groups"`
	Engine  string `json:"engine"`
}

const (
	defaultUsers  = 200
	defaultGroups = 40
	defaultEngine = "oie"
)

func keptPath(dir string) string { return filepath.Join(dir, "kept.json") }

func loadKept(dir string) (kept, error) {
	var k kept
	found, err := readJSON(keptPath(dir), &k)
	if err != nil || !found {
		return kept{}, err
	}
	if k.Version != keptVersion {
		return kept{}, fmt.Errorf("%s is of version %d; this program knows version %d: reset the sandbox",
			keptPath(dir), k.Version, keptVersion)
	}
	return k, nil
}

// merge takes the seeds that were asked for into k, or says what is in the way.
func (k *kept) merge(o Options) error {
	fresh := k.Version == 0
	if fresh {
		*k = kept{Version: keptVersion, Users: defaultUsers, Groups: defaultGroups, Engine: defaultEngine}
	}
	for _, n := range []struct {
		name string
		want int
		have *int
	}{{"users", o.Users, &k.Users}, {"groups", o.Groups, &k.Groups}} {
		switch {
		case n.want < 0:
			return &OptionsError{Option: n.name, Value: strconv.Itoa(n.want), Reason: "must not be negative"}
		case n.want == 0 || n.want == *n.have:
		case fresh:
			*n.have = n.want
		default:
			return &OptionsError{Option: n.name, Value: strconv.Itoa(n.want), Kept: strconv.Itoa(*n.have)}
		}
	}
	switch {
	case o.Engine == "" || o.Engine == k.Engine:
	case fresh:
		k.Engine = o.Engine
	default:
		return &OptionsError{Option: "engine", Value: o.Engine, Kept: k.Engine}
	}
	return nil
}

// check refuses words that no part would understand.
func (o Options) check() error {
	if o.Dir == "" {
		return errors.New("sandbox: no folder to keep it in")
	}
	for _, w := range []struct {
		name, value string
		allowed     []string
	}{
		{"engine", o.Engine, []string{"oie", "classic"}},
		{"rate-limit", o.RateLimit, []string{"okta", "free", "off"}},
		{"policy", o.Policy, []string{"password", "two-factor"}},
	} {
		if err := oneOf(w.name, w.value, w.allowed); err != nil {
			return err
		}
	}
	if o.Latency < 0 {
		return &OptionsError{Option: "latency", Value: o.Latency.String(), Reason: "must not be negative"}
	}
	if o.Lag < 0 {
		return &OptionsError{Option: "lag", Value: o.Lag.String(), Reason: "must not be negative"}
	}
	if _, err := parseFaults(o.Faults); err != nil {
		return err
	}
	return nil
}

func oneOf(name, value string, allowed []string) error {
	list := ""
	for i, a := range allowed {
		if value == a || value == "" {
			return nil
		}
		if i > 0 {
			list += ", "
		}
		list += a
	}
	return &OptionsError{Option: name, Value: clean(value), Reason: "must be one of " + list}
}

// readJSON reads a file of ours; false says that there is none.
func readJSON(path string, v any) (bool, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("sandbox: %w", err)
	}
	if err := json.Unmarshal(data, v); err != nil {
		return false, fmt.Errorf("read %s: %w: reset the sandbox", path, err)
	}
	return true, nil
}

func writeJSON(path string, v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("encode %s: %w", path, err)
	}
	return writeFile(path, append(data, '\n'))
}

// writeFile replaces a file that only its owner may read, or leaves it as it was.
func writeFile(path string, data []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".tmp-*") // 0600
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // gone already when all went well
	_, err = tmp.Write(data)
	if err == nil {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

func randomHex(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}
