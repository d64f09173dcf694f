package secret

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/zalando/go-keyring"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"example.com/ssowizard/internal/hint"
)

// maxSecret bounds a secret's file: keys have a few kilobytes.
const maxSecret = 64 << 10

// Source says where a secret may come from. The first place that has it counts:
// file, environment, keyring, prompt.
type Source struct {
	Name string // for messages, such as "Okta API token"
	// File is a path; "-" is Stdin.
	File  string
	Stdin io.Reader
	// Env are names of variables, read with Getenv.
	Env    []string
	Getenv func(string) string
	// Keyring is the account in the system's keyring, "" for none.
	Keyring string
	// Prompt asks a person without showing the answer; nil when nobody can be asked.
	Prompt func(title string) (string, error)
}

// Find looks for the secret and says where it was found. It is zero, without an
// error, when no place has one. A file that is named has to hold it.
func (s Source) Find() (value String, from string, err error) {
	if s.File != "" {
		value, err = s.readFile()
		return value, "file", err
	}
	for _, name := range s.Env {
		if v := strings.TrimSpace(s.Getenv(name)); v != "" {
			return New(v), name, nil
		}
	}
	if s.Keyring != "" {
		if v := fromKeyring(s.Keyring); v != "" {
			return New(v), "keyring", nil
		}
	}
	if s.Prompt == nil {
		return String{}, "", nil
	}
	v, err := s.Prompt(s.Name)
	if v = strings.TrimSpace(v); v == "" || err != nil {
		return String{}, "", err
	}
	return New(v), "prompt", nil
}

func (s Source) readFile() (String, error) {
	name := s.File
	r := s.Stdin
	if name == "-" {
		name = "standard input"
	} else {
		f, err := os.Open(s.File)
		if err != nil {
			return String{}, hint.With(hint.Usage, fmt.Errorf("%s: %w", s.Name, err), "give a file that holds nothing but the secret")
		}
		defer f.Close()
		r = f
	}
	// Shells and editors of Windows write UTF-16, or a byte order mark first.
	r = transform.NewReader(io.LimitReader(r, maxSecret+1), unicode.BOMOverride(transform.Nop))
	b, err := io.ReadAll(r)
	switch {
	case err != nil:
		return String{}, hint.With(hint.Usage, fmt.Errorf("%s: read %s: %w", s.Name, name, err), "")
	case len(b) > maxSecret:
		return String{}, hint.New(hint.Usage, fmt.Sprintf("%s: %s is too long for a secret", s.Name, name), "give a file that holds nothing but the secret")
	case strings.TrimSpace(string(b)) == "":
		return String{}, hint.New(hint.Usage, fmt.Sprintf("%s: %s is empty", s.Name, name), "give a file that holds nothing but the secret")
	}
	return New(strings.TrimSpace(string(b))), nil
}

// keyringService is the name under which the keyring keeps our entries, and
// keyringPatience is how long a keyring that asks its owner may take.
const (
	keyringService  = "ssowizard"
	keyringPatience = 3 * time.Second
)

// within runs f unless it takes longer than the keyring's patience: a keyring
// may wait for a dialogue that nobody sees.
func within(f func() error) error {
	done := make(chan error, 1)
	go func() { done <- f() }()
	t := time.NewTimer(keyringPatience)
	defer t.Stop()
	select {
	case err := <-done:
		return err
	case <-t.C:
		return fmt.Errorf("the keyring did not answer within %s", keyringPatience)
	}
}

// fromKeyring is "" when the keyring has nothing, or is not there at all.
func fromKeyring(account string) string {
	found := make(chan string, 1)
	err := within(func() error {
		v, err := keyring.Get(keyringService, account)
		found <- v
		return err
	})
	if err != nil {
		return ""
	}
	return <-found
}

// Keep puts a secret into the system's keyring.
func Keep(account string, s String) error {
	err := within(func() error { return keyring.Set(keyringService, account, s.Reveal()) })
	if err != nil {
		return fmt.Errorf("the system's keyring cannot be used: %w", err)
	}
	return nil
}

// Drop takes a secret out of the keyring and tells whether there was one.
func Drop(account string) (bool, error) {
	had := fromKeyring(account) != ""
	if !had {
		return false, nil
	}
	return true, within(func() error { return keyring.Delete(keyringService, account) })
}
