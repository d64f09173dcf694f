package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/samlcheck"
)

func (p *program) inspectCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "inspect FILE",
		Short:   "Explain a SAML response: XML or base64, from a file or standard input (-)",
		Example: `  ssowizard inspect response.xml`,
		Args:    cobra.ExactArgs(1),
		RunE:    func(_ *cobra.Command, args []string) error { return p.inspect(args[0]) },
	}
}

// maxResponse bounds a SAML response; real ones have tens of kilobytes.
const maxResponse = 4 << 20

func (p *program) inspect(path string) error {
	var r io.Reader = p.In
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return hint.With(hint.Usage, fmt.Errorf("SAML response: %w", err), "give the path of a file with a SAMLResponse")
		}
		defer f.Close()
		r = f
	}
	data, err := io.ReadAll(io.LimitReader(r, maxResponse))
	if err != nil {
		return hint.With(hint.Usage, fmt.Errorf("SAML response: %w", err), "")
	}
	sum, err := samlcheck.Explain(data)
	if err != nil {
		return hint.With(hint.Usage, fmt.Errorf("%s: %w", path, err), "give the SAMLResponse as XML, or in base64 as the browser posts it")
	}
	p.showSummary(sum)
	p.succeed()
	return nil
}

// showSummary prints what the response says, as checks: values without an
// expectation are shown, and what can be judged from the response alone is.
func (p *program) showSummary(s samlcheck.Summary) {
	now := time.Now()
	checks := []checkLine{
		told("status", s.Status),
		told("issuer", s.Issuer),
		told("destination", s.Destination),
		told("in_response_to", orNone(s.InResponseTo)),
		told("recipient", s.Recipient),
		told("audience", strings.Join(s.Audiences, ", ")),
		judged("not_before", s.NotBefore.IsZero() || !now.Before(s.NotBefore), "not after now", stamp(s.NotBefore)),
		judged("not_on_or_after", s.NotOnOrAfter.IsZero() || now.Before(s.NotOnOrAfter), "after now", stamp(s.NotOnOrAfter)),
		told("nameid_format", shortURN(s.NameIDFormat)),
		told("nameid", s.NameID),
		told("authn_context", shortURN(s.AuthnContext)),
		judged("signature", s.Intact, "every signature fits the certificate beside it", signed(s)),
	}
	for _, c := range s.Certificates {
		checks = append(checks, judged("certificate", now.Before(c.NotAfter), "valid now",
			fmt.Sprintf("SHA-256 %s, until %s", c.SHA256, stamp(c.NotAfter))))
	}
	for _, a := range s.Attributes {
		checks = append(checks, told("attribute."+a.Name, strings.Join(a.Values, ", ")))
	}
	rows := [][]string{}
	for _, c := range checks {
		p.print.object(c)
		mark := "✓"
		if !c.OK {
			mark = "✗"
		}
		rows = append(rows, []string{"  " + mark, c.ID, plain(c.Got)})
	}
	p.print.text(table(rows)...)
	p.print.text("", "Whose certificate this is, the response alone cannot tell: compare the fingerprint with Okta's.")
}

func told(id, got string) checkLine { return judged(id, true, "", got) }

func judged(id string, ok bool, expected, got string) checkLine {
	return checkLine{Type: "check", ID: plain(id), OK: ok, Expected: expected, Got: plain(got)}
}

func orNone(s string) string {
	if s == "" {
		return "(none: the sign-in began at Okta)"
	}
	return s
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return "(not given)"
	}
	return t.UTC().Format(time.RFC3339)
}

func signed(s samlcheck.Summary) string {
	parts := []string{}
	if s.ResponseSigned {
		parts = append(parts, "response by "+s.ResponseMethod)
	}
	if s.AssertionSigned {
		parts = append(parts, "assertion by "+s.AssertionMethod)
	}
	if len(parts) == 0 {
		return "nothing is signed"
	}
	return strings.Join(parts, ", ")
}
