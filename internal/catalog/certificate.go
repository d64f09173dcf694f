package catalog

import "example.com/ssowizard/internal/certificate"

func parseCertificate(text []byte) ([]byte, error) { return certificate.Parse(text) }

func renderCertificate(der []byte, rendering string) (string, error) {
	return certificate.Render(der, rendering)
}
