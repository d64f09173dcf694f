package catalog

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"

	"example.com/ssowizard/internal/hint"
)

// Broken is a file among the own profiles that is no profile.
type Broken struct {
	File string
	ID   string // as it says, else as its name lets one think
	Err  error
}

// Broken lists the own files that could not be taken, in the order of their names.
func (c *Catalog) Broken() []Broken { return append([]Broken(nil), c.broken...) }

// brokenAs is the error of the own files that are meant to be the profile id. A
// built-in one of that id does not stand in for them: the admin has replaced it.
func (c *Catalog) brokenAs(id string) error {
	var meant []Broken
	for _, b := range c.broken {
		if b.ID == id {
			meant = append(meant, b)
		}
	}
	return wrongFiles(meant)
}

func wrongFiles(list []Broken) error {
	var problems []error
	for _, b := range list {
		problems = append(problems, b.Err)
	}
	return hint.With(hint.Usage, errors.Join(problems...), "ssowizard catalog check FILE looks at one profile alone")
}

// likelyID is the id that a wrong profile is meant to have.
func likelyID(path string) string {
	name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxProfile {
		return name
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return name
	}
	var says struct {
		ID string `yaml:"id"`
	}
	if yaml.Unmarshal(data, &says) != nil || !profileID.MatchString(says.ID) {
		return name
	}
	return says.ID
}
