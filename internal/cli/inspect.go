package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/samlcheck"
	"example.com/ssowizard/internal/signin"
	"example.com/ssowizard/internal/sso"
)

func (p *program) inspectCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "inspect FILE",
		Short: "Explain a SAML response: XML, base64, the page that posts it or a HAR file; - is standard input",
		Example: `  ssowizard inspect response.xml
  ssowizard inspect signin.har --output json`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return p.inspect(args[0]) },
	}
}

// inspect explains what a response says. It takes what a test by hand takes, and
// a check that fails is a test that fails.
func (p *program) inspect(path string) error {
	data, err := p.readHanded(path)
	if err != nil {
		return hint.With(hint.Usage, fmt.Errorf("SAML response: %w", err), "give the path of a file with a SAMLResponse")
	}
	handed, err := signin.ReadHanded(data, sso.FlowSPInitiated)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	sum, err := samlcheck.Explain(handed.Response)
	if err != nil {
		return hint.With(hint.Usage, fmt.Errorf("%s: %w", path, err), "give the SAMLResponse as XML, or in base64 as the browser posts it")
	}
	checks := summaryChecks(sum, time.Now())
	p.showSummary(checks)
	var failed []string
	for _, c := range checks {
		if !c.OK {
			failed = append(failed, c.ID)
		}
	}
	if len(failed) == 0 {
		p.succeed()
		return nil
	}
	tip := ""
	if slices.Contains(failed, "not_on_or_after") {
		tip = "an answer is over some minutes after it was made; ssowizard test NAME --by-hand --response FILE judges it as of then"
	}
	return hint.New(hint.TestFailed, fmt.Sprintf("%d of %s failed: %s", len(failed), count(len(checks), "check", "checks"), strings.Join(failed, ", ")), tip)
}

// summaryChecks is what the response says, as checks: values without an
// expectation are told, and what can be judged from the response alone is.
func summaryChecks(s samlcheck.Summary, now time.Time) []checkLine {
	checks := []checkLine{
		judged("status", strings.HasPrefix(s.Status, "Success"), "Success", s.Status),
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
	return checks
}

func (p *program) showSummary(checks []checkLine) {
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
