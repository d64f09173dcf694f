package cli

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"

	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/hint"
)

func (p *program) loginCommand() *cobra.Command {
	f := &answerFlags{}
	cmd := &cobra.Command{
		Use:   "login",
		Short: "Check an Okta API token and keep it in the system's keyring",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, cancel := p.limited(cmd.Context())
			defer cancel()
			a, err := p.openApp(ctx, f)
			if err != nil {
				return err
			}
			who, err := a.Login(ctx, p.org)
			if err != nil {
				return cause(ctx, err)
			}
			p.print.text(fmt.Sprintf("Kept the token of %s for %s in the keyring.", plain(who.Login), plain(who.Org)))
			p.succeed()
			return nil
		},
	}
	f.register(cmd, ask.OktaToken)
	return cmd
}

func (p *program) logoutCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "logout",
		Short: "Drop the Okta API token from the keyring",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := p.openApp(cmd.Context(), nil)
			if err != nil {
				return err
			}
			dropped, err := a.Logout(p.org)
			if err != nil && hint.CodeOf(err) != hint.Failed {
				return err
			}
			if err != nil {
				return hint.With(hint.Failed, err, "take it out with the system's own keyring program, under the name ssowizard")
			}
			text := "The keyring held no token for this org."
			if dropped {
				text = "Dropped the token from the keyring. It still works at Okta until it is revoked there."
			}
			p.print.text(text)
			p.succeed()
			return nil
		},
	}
}

// linked is set by the linker for a release.
var linked string

// version is what was linked in, else what Go noted about the build.
func version() string {
	if linked != "" {
		return linked
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

func (p *program) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			p.print.object(struct {
				bareResult
				Version string `json:"version"`
			}{bareResult{"result", "version", true, 0}, version()})
			p.print.text("ssowizard " + version())
			return nil
		},
	}
}
