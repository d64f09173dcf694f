package httpx

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"

	"golang.org/x/net/http/httpproxy"

	"example.com/ssowizard/internal/hint"
)

// ProductionNet is the Net for real hosts. proxyURL (--proxy) wins over
// HTTPS_PROXY and HTTP_PROXY; NO_PROXY exempts hosts from either. The
// authorities in caFile (--ca-file) and in SSL_CERT_FILE are trusted beside the
// system's own. env is the environment. A value that cannot be used is a usage
// error (exit code 2) and shows no password.
func ProductionNet(proxyURL, caFile string, env func(string) string) (*Net, error) {
	config, err := proxyConfig(proxyURL, env)
	if err != nil {
		return nil, err
	}
	n := &Net{}
	if config.HTTPProxy != "" || config.HTTPSProxy != "" {
		choose := config.ProxyFunc()
		n.Proxy = func(req *http.Request) (*url.URL, error) { return choose(req.URL) }
	}
	files := map[string]string{"--ca-file": caFile, "SSL_CERT_FILE": env("SSL_CERT_FILE")}
	for _, source := range []string{"SSL_CERT_FILE", "--ca-file"} {
		if files[source] == "" {
			continue
		}
		if n.Roots == nil {
			if n.Roots, err = x509.SystemCertPool(); err != nil {
				n.Roots = x509.NewCertPool()
			}
		}
		if err := addAuthorities(n.Roots, source, files[source]); err != nil {
			return nil, err
		}
	}
	return n, nil
}

// Proxies are the proxies of the real hosts, for who does not dial through a Net.
type Proxies struct {
	HTTP, HTTPS *url.URL // nil for none; their users are known to nobody else
	Except      []string // as in NO_PROXY
}

// ProxiesOf gives the proxies that ProductionNet uses.
func ProxiesOf(proxyURL string, env func(string) string) (Proxies, error) {
	config, err := proxyConfig(proxyURL, env)
	if err != nil {
		return Proxies{}, err
	}
	p := Proxies{Except: strings.FieldsFunc(config.NoProxy, func(r rune) bool { return r == ',' || r == ' ' })}
	if config.HTTPProxy != "" {
		p.HTTP, err = checkProxy("HTTP_PROXY", config.HTTPProxy)
	}
	if config.HTTPSProxy != "" && err == nil {
		p.HTTPS, err = checkProxy("HTTPS_PROXY", config.HTTPSProxy)
	}
	return p, err
}

func proxyConfig(flag string, env func(string) string) (*httpproxy.Config, error) {
	first := func(names ...string) (string, string) {
		for _, name := range names {
			if v := env(name); v != "" {
				return v, name
			}
		}
		return "", ""
	}
	noProxy, _ := first("NO_PROXY", "no_proxy")
	config := &httpproxy.Config{NoProxy: noProxy}
	if flag != "" {
		u, err := checkProxy("--proxy", flag)
		if err != nil {
			return nil, err
		}
		if _, has := u.User.Password(); has {
			return nil, hint.New(hint.Usage, "--proxy holds a password, which others on this computer can read",
				"put the proxy with its password into the environment variable HTTPS_PROXY")
		}
		config.HTTPProxy, config.HTTPSProxy = flag, flag
		return config, nil
	}
	var name string
	config.HTTPSProxy, name = first("HTTPS_PROXY", "https_proxy")
	if config.HTTPSProxy != "" {
		if _, err := checkProxy(name, config.HTTPSProxy); err != nil {
			return nil, err
		}
	}
	// In a CGI script the variable HTTP_PROXY is set by whoever sends a
	// header named Proxy.
	if env("REQUEST_METHOD") == "" {
		config.HTTPProxy, name = first("HTTP_PROXY", "http_proxy")
		if config.HTTPProxy != "" {
			if _, err := checkProxy(name, config.HTTPProxy); err != nil {
				return nil, err
			}
		}
	}
	return config, nil
}

// checkProxy parses a proxy's address. Its errors do not repeat the value,
// which may hold a password.
func checkProxy(source, value string) (*url.URL, error) {
	text := strings.TrimSpace(value)
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" {
		return nil, hint.New(hint.Usage, source+" is not the address of a proxy", "write it as http://host:port")
	}
	switch u.Scheme {
	case "http", "https", "socks5", "socks5h":
		return u, nil
	}
	return nil, hint.With(hint.Usage, fmt.Errorf("%s has the scheme %q, which proxies do not speak", source, u.Scheme),
		"write it as http://host:port, https://host:port or socks5://host:port")
}

func addAuthorities(pool *x509.CertPool, source, file string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return hint.With(hint.Usage, fmt.Errorf("read the authorities of %s: %w", source, err),
			"give a PEM file with the certificates of the authorities to trust")
	}
	if pool.AppendCertsFromPEM(data) {
		return nil
	}
	if cert, err := x509.ParseCertificate(data); err == nil {
		pool.AddCert(cert)
		return nil
	}
	found := "it is not PEM"
	if block, _ := pem.Decode(data); block != nil {
		found = fmt.Sprintf("it holds a %q", cleanText(block.Type, 60))
	}
	return hint.With(hint.Usage, fmt.Errorf("the file %s of %s holds no certificate: %s", file, source, found),
		"give a PEM file with the certificates of the authorities to trust")
}
