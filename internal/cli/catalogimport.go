package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"example.com/ssowizard/internal/app"
	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/store"
)

type importOptions struct {
	name, to string
	force    bool
}

func (p *program) catalogImportCommand() *cobra.Command {
	o := &importOptions{}
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Make a profile of your own out of a service provider's SAML metadata",
		Long: `Make a profile out of a service provider's SAML metadata (SP metadata, XML), from a
file or standard input (-), and put it into the folder of your own profiles. From
then on the service provider is set up like those that are built in.`,
		Example: `  ssowizard catalog import sp-metadata.xml --name "Acme Phone"
  ssowizard catalog import sp-metadata.xml --to - > acme-phone.yaml`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return p.catalogImport(o, args[0]) },
	}
	f := cmd.Flags()
	f.StringVar(&o.name, "name", "", "name of the service provider, of which its id is made; without it, what the metadata says")
	f.StringVar(&o.to, "to", "", "file to write instead of the folder of your own profiles, - is standard output")
	f.BoolVar(&o.force, "force", false, "replace a profile that is there already")
	return cmd
}

// importedLine tells what came of the metadata.
type importedLine struct {
	profileLine
	File  string   `json:"file,omitempty"`
	Notes []string `json:"notes"`
	YAML  string   `json:"yaml,omitempty"`
}

func (p *program) catalogImport(o *importOptions, file string) error {
	data, notes, err := p.importFrom(file, o.name)
	if err != nil {
		return err
	}
	profile, err := catalog.ParseProfile(file, data)
	if err != nil {
		return err
	}
	line := importedLine{profileLine: lineOf(profile), Notes: append([]string{}, notes...)}
	if o.to == "-" {
		line.YAML = string(data)
		return p.showImported(line, data)
	}
	if line.File, err = p.importTarget(o, profile.ID); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(line.File), 0o700); err != nil {
		return hint.With(hint.Usage, fmt.Errorf("write the profile: %w", err), "name a file that can be written with --to FILE")
	}
	if o.to != "" {
		if err := writable("--to", line.File); err != nil {
			return err
		}
	}
	if err := store.WriteFile(line.File, data, 0o600); err != nil {
		return err
	}
	return p.showImported(line, nil)
}

func (p *program) importFrom(file, name string) (data []byte, notes []string, err error) {
	var r io.Reader = p.In
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, nil, hint.With(hint.Usage, fmt.Errorf("SP metadata: %w", err), "give the path of an XML file, or - for standard input")
		}
		defer f.Close()
		r = f
	}
	return catalog.ImportSPMetadata(r, name)
}

// importTarget is the file to write. Nothing that is there is replaced unasked,
// neither a file nor a built-in profile, whose place an own one would take.
func (p *program) importTarget(o *importOptions, id string) (string, error) {
	target := o.to
	if target == "" {
		dir := app.ProfileDir(p.Getenv, p.GOOS, p.Home)
		if dir == "" {
			return "", hint.New(hint.Usage, "there is no folder for your own profiles: neither HOME nor XDG_CONFIG_HOME is set", "name the file with --to FILE")
		}
		target = filepath.Join(dir, id+".yaml")
		if err := p.checkTaken(dir, id, target, o.force); err != nil {
			return "", err
		}
	}
	_, err := os.Lstat(target)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return target, nil
	case err != nil:
		return "", hint.With(hint.Usage, fmt.Errorf("write the profile: %w", err), "name a file that can be written with --to FILE")
	case !o.force:
		return "", hint.New(hint.Refused, target+" is there already", "replace it with --force, give the profile another name with --name, or name another file with --to")
	}
	return target, nil
}

// checkTaken refuses an id that another profile has. Two own files with one id
// would make the whole folder useless.
func (p *program) checkTaken(dir, id, target string, force bool) error {
	c, err := catalog.Load(dir)
	if err != nil {
		return err
	}
	for _, b := range c.Broken() {
		if b.ID == id && b.File != target {
			return hint.New(hint.Refused, fmt.Sprintf("the id %q is taken by %s, which is wrong", id, b.File), "give the profile another name with --name, or take that file away")
		}
	}
	have, err := c.Profile(id)
	switch {
	case err != nil || have.File == target:
		return nil //nolint:nilerr // an unknown id is what is hoped for
	case have.File != "":
		return hint.New(hint.Refused, fmt.Sprintf("the id %q is taken by %s", id, have.File), "give the profile another name with --name, or take that file away")
	case !force:
		return hint.New(hint.Refused, fmt.Sprintf("%q is a service provider that is built in; your own profile would take its place", id), "give the profile another name with --name, or do it with --force")
	}
	return nil
}

// showImported tells what was made. A profile on standard output stands alone
// there, so that it can be sent into a file.
func (p *program) showImported(line importedLine, onStdout []byte) error {
	p.print.object(line)
	defer p.succeed()
	if p.output == "json" {
		return nil
	}
	if onStdout != nil {
		for _, note := range line.Notes {
			p.say(wrap("note: ", plain(note), 90)...)
		}
		_, err := p.Out.Write(onStdout)
		return err
	}
	p.print.text("Written: " + line.File)
	if len(line.Notes) > 0 {
		p.print.text("", "Look at these first:")
	}
	for _, note := range line.Notes {
		p.print.text(wrap("  · ", plain(note), 90)...)
	}
	if dir := app.ProfileDir(p.Getenv, p.GOOS, p.Home); filepath.Dir(line.File) == dir {
		p.print.text("", fmt.Sprintf("%s is known as %s from now on: ", plain(line.Name), line.ID)+p.hereAt(p.org, line.ID).Runnable("ssowizard setup "+line.ID))
	} else {
		p.print.text("", fmt.Sprintf("To set up %s with it, put it into %s", plain(line.Name), dir))
	}
	return nil
}
