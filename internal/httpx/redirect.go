package httpx

import (
	"fmt"
	"net/http"

	"example.com/ssowizard/internal/hint"
)

const maxRedirects = 5

// SameOrigin is for http.Client.CheckRedirect of a client that carries a
// token: it follows a few redirects of a read within the origin that was asked
// and refuses every other one, so that neither the token nor a write travels
// to a place that the admin did not name.
func SameOrigin(req *http.Request, via []*http.Request) error {
	first := via[0]
	switch {
	case req.URL.Scheme != first.URL.Scheme || req.URL.Host != first.URL.Host:
		return hint.Add(fmt.Errorf("%s answered with a redirect to another address, %s", first.URL.Host, cleanText(req.URL.Host, 100)),
			"check the address: a sign-in page or a proxy answered, or the org has moved to %s", cleanText(req.URL.Host, 100))
	case first.Method != http.MethodGet && first.Method != http.MethodHead:
		return fmt.Errorf("%s answered %s with a redirect, which is not followed", first.URL.Host, first.Method)
	case len(via) > maxRedirects:
		return fmt.Errorf("%s redirects in circles", first.URL.Host)
	}
	return nil
}
