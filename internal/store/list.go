package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

// Entry names a connection that is kept.
type Entry struct {
	Org  string // host of the org, with the port where there is one, or SandboxOrg
	Name string
}

// Sandbox tells whether the connection is one of the sandbox.
func (e Entry) Sandbox() bool { return e.Org == SandboxOrg }

// List names every connection that has a state, readable or not, in order of
// org and name. A store without a folder is empty.
func (s *Store) List() ([]Entry, error) {
	hosts, err := folders(s.orgs())
	if err != nil {
		return nil, err
	}
	var out []Entry
	for _, host := range hosts {
		org, ok := hostOf(host)
		if !ok || hostFolder(org) != host {
			continue // not a folder of ours
		}
		names, err := folders(filepath.Join(s.orgs(), host))
		if err != nil {
			return nil, err
		}
		for _, folder := range names {
			name, ok := nameOf(folder)
			if !ok || nameFolder(name) != folder {
				continue
			}
			if _, err := os.Stat(s.Connection(org, name).statePath()); err == nil {
				out = append(out, Entry{Org: org, Name: name})
			}
		}
	}
	sort.Slice(out, func(i, j int) bool {
		if out[i].Org != out[j].Org {
			return out[i].Org < out[j].Org
		}
		return out[i].Name < out[j].Name
	})
	return out, nil
}

func folders(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fileError("list", dir, notFolderAbove(dir, err))
	}
	var out []string
	for _, e := range entries {
		if e.IsDir() {
			out = append(out, e.Name())
		}
	}
	return out, nil
}

// Find gives the connection of a name. With org "" it looks in every org but
// the sandbox's, which is only meant when it is named. No connection of that
// name, or several of them, is a usage error that lists what there is.
func (s *Store) Find(org, name string) (Entry, error) {
	if !sso.ValidName(name) {
		return Entry{}, hint.New(hint.Usage, fmt.Sprintf("%q is not a connection name", clean(name)),
			"a name has lower-case letters, digits, dot, underscore and hyphen, at most 40; ssowizard status lists them")
	}
	all, err := s.List()
	if err != nil {
		return Entry{}, err
	}
	var hits []Entry
	inSandbox := false
	for _, e := range all {
		switch {
		case e.Name != name:
		case org == "" && e.Sandbox():
			inSandbox = true
		case org == "" || normalHost(org) == e.Org:
			hits = append(hits, e)
		}
	}
	switch len(hits) {
	case 0:
		if gone := s.takenBack(org, name); gone != nil && !inSandbox {
			return Entry{}, hint.With(hint.Usage, gone, "set it up again: ssowizard setup SP")
		}
		return Entry{}, notFound(org, name, all, inSandbox)
	case 1:
		return hits[0], nil
	}
	return Entry{}, ambiguous(name, hits)
}

func ambiguous(name string, hits []Entry) error {
	orgs := make([]string, len(hits))
	for i, e := range hits {
		orgs[i] = clean(e.Org)
	}
	return hint.New(hint.Usage,
		fmt.Sprintf("connection %q is in several orgs: %s", name, strings.Join(orgs, ", ")),
		"say which with --org, such as --org "+orgs[0])
}

func notFound(org, name string, all []Entry, inSandbox bool) error {
	msg := fmt.Sprintf("no connection %q on this machine", name)
	if org != "" {
		msg = fmt.Sprintf("no connection %q of %s on this machine", name, clean(org))
	}
	if inSandbox {
		return hint.New(hint.Usage, msg, "it exists in the sandbox only: add --sandbox")
	}
	var known []string
	for _, e := range all {
		if org == "" && e.Sandbox() || org != "" && normalHost(org) == SandboxOrg && !e.Sandbox() {
			continue
		}
		known = append(known, clean(e.Name+" ("+e.Org+")"))
	}
	if len(known) == 0 {
		return hint.New(hint.Usage, msg,
			"set one up with ssowizard setup, or take over an existing app with ssowizard adopt")
	}
	return hint.New(hint.Usage, msg, "there are: "+strings.Join(known, ", ")+
		"; one that another machine set up comes back with ssowizard adopt")
}
