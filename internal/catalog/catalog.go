package catalog

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"example.com/ssowizard/internal/hint"
)

//go:embed profiles/*.yaml
var embedded embed.FS

// maxProfile bounds a profile file; real ones have a few kilobytes.
const maxProfile = 1 << 20

// Catalog is a set of profiles. It does not change once loaded.
type Catalog struct {
	byID   map[string]*Profile
	broken []Broken
}

// Load reads the built-in profiles and those in the folder own, "" for none. A
// folder that does not exist holds none. An own profile with the id of a
// built-in one takes its place. A wrong file is no error here: it stands in the
// way of its own id only, and of unknown ones; see Broken.
func Load(own string) (*Catalog, error) {
	c := &Catalog{byID: map[string]*Profile{}}
	if err := c.loadEmbedded(); err != nil {
		return nil, err
	}
	if own == "" {
		return c, nil
	}
	if err := c.loadFolder(own); err != nil {
		return nil, hint.With(hint.Usage, fmt.Errorf("read the profiles in %s: %w", own, err), "see that the folder can be read")
	}
	return c, nil
}

func (c *Catalog) loadEmbedded() error {
	names, err := fs.Glob(embedded, "profiles/*.yaml")
	if err != nil {
		return err
	}
	for _, name := range names {
		data, err := embedded.ReadFile(name)
		if err != nil {
			return err
		}
		p, err := ParseProfile(name, data)
		if err != nil {
			return fmt.Errorf("read built-in profile: %w", err)
		}
		p.File = ""
		c.byID[p.ID] = p
	}
	return nil
}

func (c *Catalog) loadFolder(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, entry := range entries {
		ext := strings.ToLower(filepath.Ext(entry.Name()))
		if ext != ".yaml" && ext != ".yml" {
			continue
		}
		c.takeOwn(filepath.Join(dir, entry.Name()))
	}
	return nil
}

func (c *Catalog) takeOwn(path string) {
	p, err := ReadProfile(path)
	if err != nil {
		c.broken = append(c.broken, Broken{File: path, ID: likelyID(path), Err: err})
		return
	}
	if have := c.byID[p.ID]; have != nil && have.File != "" {
		c.broken = append(c.broken, Broken{File: path, ID: p.ID, Err: fmt.Errorf("%s: id %q is taken by %s", path, p.ID, have.File)})
		return
	}
	c.byID[p.ID] = p
}

// ReadProfile reads and checks the profile in one file.
func ReadProfile(path string) (*Profile, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // nothing was written
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: not a regular file", path)
	}
	data, err := io.ReadAll(io.LimitReader(f, maxProfile+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return ParseProfile(path, data)
}

// Profile finds a profile by its id. An unknown id is a usage error that lists
// the known ones, and so is one whose own file is wrong.
func (c *Catalog) Profile(id string) (*Profile, error) {
	if err := c.brokenAs(id); err != nil {
		return nil, err
	}
	if p, ok := c.byID[id]; ok {
		return p, nil
	}
	unknown := hint.With(hint.Usage, fmt.Errorf("no service provider %q in the catalog", id),
		"known service providers: "+strings.Join(c.ids(), ", "))
	return nil, errors.Join(unknown, wrongFiles(c.broken))
}

// List gives all profiles in the order of their ids.
func (c *Catalog) List() []*Profile {
	var out []*Profile
	for _, id := range c.ids() {
		out = append(out, c.byID[id])
	}
	return out
}

func (c *Catalog) ids() []string {
	ids := make([]string, 0, len(c.byID))
	for id := range c.byID {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	return ids
}
