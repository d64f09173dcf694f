package sp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"example.com/ssowizard/internal/sandbox/sp/samlrp"
)

const (
	importTakes = 10 * time.Second
	// notFound is what stands as IdP Entity ID after an import: the import
	// does not read that part of Okta's metadata.
	notFound = "not found"
)

// fetcher reads from the sandbox's own Okta and from nowhere else. It
// knows no proxy, and a redirect is not followed.
func (p *provider) fetcher() *http.Client {
	return &http.Client{
		Timeout:       importTakes,
		Transport:     onlyOkta{env: p.env, base: p.wire()},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// wire carries the provider's own requests.
func (p *provider) wire() http.RoundTripper {
	if p.env.Transport != nil {
		return p.env.Transport
	}
	return &http.Transport{Proxy: nil, DisableKeepAlives: true}
}

// importMetadata fills the settings that stand in an identity provider's
// metadata. The error says what is wrong in words for the admin.
func (p *provider) importMetadata(ctx context.Context, from string, into values) error {
	raw, err := p.fetchMetadata(ctx, from)
	if err != nil {
		return err
	}
	idp, err := samlrp.ParseMetadata(raw)
	if err != nil {
		return fmt.Errorf("cannot be imported: %w", err)
	}
	into[p.issuer] = notFound
	into[p.loginURL] = idp.SSOURL
	into[p.fingerprint] = samlrp.FingerprintOf(idp.Certificate, "sha256")
	into[p.fingerprintAlgorithm] = "sha256"
	into["idp_certificate"] = pemOf(idp.Certificate)
	into["idp_slo_target_url"] = idp.SLOURL
	return nil
}

func (p *provider) fetchMetadata(ctx context.Context, from string) ([]byte, error) {
	u, err := url.Parse(from)
	if err != nil || !p.env.leadsToOkta(u) {
		return nil, fmt.Errorf("cannot be imported: the sandbox reads metadata only from its own Okta at %s", p.env.OktaOrigin)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, errors.New("cannot be imported: it is not a URL that can be read")
	}
	res, err := p.fetcher().Do(req)
	if err != nil {
		return nil, errors.New("cannot be imported: Okta does not answer")
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("cannot be imported: Okta answers %d instead of the metadata; the address has to open without a sign-in", res.StatusCode)
	}
	raw, err := io.ReadAll(io.LimitReader(res.Body, mostRequestBytes))
	if err != nil {
		return nil, errors.New("cannot be imported: the answer ended early")
	}
	return raw, nil
}

// importEntered is the button that imports the identity provider's settings and
// saves them.
func (p *provider) importEntered(w http.ResponseWriter, r *http.Request, e entry) error {
	p.mu.Lock()
	first, wrong := p.check(e.id, e.values, false)
	p.mu.Unlock()
	const urlField = "settings_url"
	if first[urlField] == "" && len(wrong) == 0 {
		wrong = append(wrong, &fieldError{urlField, "required", p.label(urlField) + " is required for an import"})
	}
	if len(wrong) == 0 {
		if err := p.importMetadata(r.Context(), first[urlField], first); err != nil {
			wrong = append(wrong, &fieldError{urlField, "invalid_url", p.label(urlField) + " " + err.Error()})
		}
	}
	if len(wrong) > 0 {
		return p.refused(w, r, http.StatusUnprocessableEntity, e, wrong, correctFields)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.nameTaken(e.id, first[p.nameField]) { // while the metadata was read
		return p.message(w, r, http.StatusConflict, "Nothing was saved", "The name has been taken meanwhile. Go back and choose another.")
	}
	return p.saveChecked(w, r, e, first)
}
