package guided

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

// valuesFile is the file with every value under its label.
const valuesFile = "values.txt"

// WriteFolder writes what a person needs at the settings page into the folder
// dir, which is made if it is not there: values.txt, and a file for each setting
// that the page takes as a file. It gives the paths, values.txt first. Each file
// is written whole or not at all and is readable by nobody else. No secret is
// written; values.txt says instead where to see it.
func WriteFolder(dir string, p *catalog.Profile, settings []sso.SPSetting) ([]string, error) {
	files, err := writeFolder(dir, p, settings)
	if err != nil {
		return nil, hint.Add(fmt.Errorf("write the values for %s: %w", p.Name, err),
			"see that the folder %s can be written to, or choose another with --state-dir", filepath.Dir(dir))
	}
	return files, nil
}

func writeFolder(dir string, p *catalog.Profile, settings []sso.SPSetting) ([]string, error) {
	p = p.For(sso.PushGuided)
	if err := makeFolder(dir); err != nil {
		return nil, err
	}
	names, err := fileNames(p, settings)
	if err != nil {
		return nil, err
	}
	files := []string{filepath.Join(dir, valuesFile)}
	for _, s := range settings {
		name := names[s.ID]
		if name == "" {
			continue
		}
		path := filepath.Join(dir, name)
		if err := writeFile(path, []byte(s.Value)); err != nil {
			return nil, err
		}
		files = append(files, path)
	}
	return files, writeFile(files[0], []byte(valuesText(p, settings, names)))
}

// fileNames gives each file setting its file's name. Two of one name get their
// ids in front.
func fileNames(p *catalog.Profile, settings []sso.SPSetting) (map[string]string, error) {
	names, taken := map[string]string{}, map[string]bool{valuesFile: true}
	for _, s := range settings {
		known, ok := p.Setting(s.ID)
		if !ok {
			return nil, fmt.Errorf("the profile has no setting %q", s.ID)
		}
		pasted := s.Kind != "" && s.Kind != string(catalog.KindFile) // an alternate in another form
		if known.Kind != catalog.KindFile || pasted {
			continue
		}
		name := known.FileName
		if taken[strings.ToLower(name)] {
			name = s.ID + "-" + name
		}
		taken[strings.ToLower(name)] = true
		names[s.ID] = name
	}
	return names, nil
}

// valuesText lists the values in the order of the page. A value stands on lines
// of its own, so that it can be marked and copied without anything else.
func valuesText(p *catalog.Profile, settings []sso.SPSetting, names map[string]string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", p.Name)
	writeBefore(&b, p.Prerequisites)
	writePage(&b, p.Portal)
	given := map[string]sso.SPSetting{}
	for _, s := range settings {
		given[s.ID] = s
	}
	for _, known := range p.Settings {
		s, ok := given[known.ID]
		switch {
		case ok:
			fmt.Fprintf(&b, "\n%s\n%s\n", known.Title(), shown(s, known, names[s.ID]))
		case known.Kind == catalog.KindSelect && known.When == (catalog.When{}):
			fmt.Fprintf(&b, "\n%s\n(choose on the page)\n", known.Title())
		case known.Kind != catalog.KindReadOnly && known.When == (catalog.When{}):
			fmt.Fprintf(&b, "\n%s\n(leave it as it is)\n", known.Title())
		}
	}
	writeButtons(&b, p)
	return b.String()
}

// writePage says where the page is and what comes first there.
// writeBefore lists what has to be so before anything is entered.
func writeBefore(b *strings.Builder, prerequisites []string) {
	if len(prerequisites) == 0 {
		return
	}
	fmt.Fprint(b, "\nBefore you start:\n")
	for _, text := range prerequisites {
		fmt.Fprintf(b, "- %s\n", text)
	}
	fmt.Fprintln(b)
}

func writePage(b *strings.Builder, portal *catalog.Portal) {
	if portal == nil {
		return
	}
	if portal.URL != "" {
		fmt.Fprintln(b, portal.URL)
	}
	fmt.Fprintln(b, portal.Page)
	for _, other := range portal.OtherPages {
		fmt.Fprintf(b, "(or: %s)\n", other)
	}
	if len(portal.First) > 0 {
		fmt.Fprint(b, "\nFirst:\n")
	}
	for _, text := range portal.First {
		fmt.Fprintf(b, "- %s\n", text)
	}
}

func shown(s sso.SPSetting, known catalog.Setting, file string) string {
	text := strings.TrimRight(s.Value, "\r\n")
	switch {
	case s.Secret || known.Kind == catalog.KindSecret:
		return "(a secret: it is shown on screen only)"
	case file != "" && (!utf8.ValidString(text) || strings.ContainsRune(text, 0)):
		return "(the file " + file + " in this folder)"
	case file != "":
		return "(the file " + file + " in this folder; if the page wants text, it is this:)\n" + text
	case known.Kind == catalog.KindToggle:
		return map[string]string{"true": "on", "false": "off"}[text]
	case text == "":
		return "(leave it empty)"
	}
	return text
}

// writeButtons says what to press, in order. What turns sign-in on is not among
// them: that is a step of its own.
func writeButtons(b *strings.Builder, p *catalog.Profile) {
	if p.Portal == nil {
		return
	}
	first := true
	for _, button := range p.Portal.Buttons {
		if button.Effect == catalog.EffectEnable {
			continue
		}
		if first {
			b.WriteString("\nThen press, in this order:\n")
			first = false
		}
		line := "- " + button.Label
		if button.Help != "" {
			line += ": " + button.Help
		}
		b.WriteString(line + "\n")
	}
}

func makeFolder(dir string) error {
	_, err := os.Stat(dir)
	if err == nil {
		return nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.MkdirAll(dir, 0o700)
}

// writeFile writes a new file beside path and puts it in its place. The new
// file is made readable by its owner only from the start.
func writeFile(path string, data []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	if _, err = f.Write(data); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
