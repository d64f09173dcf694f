package guided_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/spclient/guided"
	"example.com/ssowizard/spclient/sptest"
)

var _ sptest.Driver = (*guided.Driver)(nil)

const pemText = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"

func profile(t *testing.T, text string) *catalog.Profile {
	t.Helper()
	p, err := catalog.ParseProfile("test.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func net2phone(t *testing.T) *catalog.Profile {
	t.Helper()
	c, err := catalog.Load("")
	if err != nil {
		t.Fatal(err)
	}
	p, err := c.Profile("net2phone")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var settings = []sso.SPSetting{
	{ID: "login_url", Label: "Login URL", Kind: "text", Value: "https://acme.okta.com/sso", Required: true},
	{ID: "entity_id", Label: "SP entity ID (Entity ID)", Kind: "text", Value: "n2p", Required: true},
	{ID: "public_certificate", Label: "Public Certificate", Kind: "file", Value: pemText, Rendering: "pem-file", Required: true},
}

func TestFolderHoldsValuesAndCertificate(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "hand", "off")
	files, err := guided.WriteFolder(dir, net2phone(t), settings)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{filepath.Join(dir, "values.txt"), filepath.Join(dir, "okta.cert")}, files); diff != "" {
		t.Error(diff)
	}
	const want = `net2phone Sync

Before you start:
- You can manage applications in Okta and open Settings in net2phone Sync.
- net2phone has switched on SSO configuration access for your account. If Settings has no Single Sign-On page, ask net2phone for it.
- Everybody who is to sign in has a Sync user with the same e-mail address as in Okta.

https://app.net2phone.com
Settings → Single Sign-On
(or: profile icon → Admin Settings → Single Sign On)

Login URL
https://acme.okta.com/sso

Logout URL
(leave it as it is)

SP entity ID (Entity ID)
n2p

Public Certificate
(the file okta.cert in this folder; if the page wants text, it is this:)
-----BEGIN CERTIFICATE-----
MIIB
-----END CERTIFICATE-----

Then press, in this order:
- Test Configuration: Tries the values that stand on the page, before anything is saved.
- Submit: Saves the values. Press it only after a passed test.
`
	if diff := cmp.Diff(want, read(t, files[0])); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(pemText, read(t, files[1])); diff != "" {
		t.Error(diff)
	}
	for _, path := range append(files, dir) {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
	}
}

func TestFolderIsReplacedFileByFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := guided.WriteFolder(dir, net2phone(t), settings); err != nil {
		t.Fatal(err)
	}
	changed := append([]sso.SPSetting(nil), settings...)
	changed[2].Value = "other certificate\n"
	if _, err := guided.WriteFolder(dir, net2phone(t), changed); err != nil {
		t.Fatal(err)
	}
	if got := read(t, filepath.Join(dir, "okta.cert")); got != "other certificate\n" {
		t.Errorf("certificate %q", got)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 {
		t.Errorf("left behind: %v, error %v", entries, err)
	}
}

func TestSecretsAreNotWritten(t *testing.T) {
	t.Parallel()
	p := profile(t, `{id: x, name: X, protocol: oidc, flows: [sp-initiated], turn_on: none, proof: response,
portal: {url: "https://x.example", page: Settings}, app: {redirect_uris: ["https://x.example/cb"], client_authentication: client_secret_post},
settings: [{id: secret, label: Client Secret, kind: secret, value: "{{ .IdP.ClientSecret }}", required: true},
{id: users, label: Create users, kind: toggle, value: "no", required: true},
{id: one, label: One, kind: file, value: "{{ .IdP.ClientID }}"},
{id: two, label: Two, kind: file, value: "{{ .IdP.ClientID }}"}]}`)
	dir := t.TempDir()
	files, err := guided.WriteFolder(dir, p, []sso.SPSetting{
		{ID: "secret", Kind: "secret", Value: "canary-31", Secret: true},
		{ID: "users", Kind: "toggle", Value: "false"},
		{ID: "one", Kind: "file", Value: "\x30\x82\x00\xff"},
		{ID: "two", Kind: "file", Value: pemText},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		if strings.Contains(read(t, path), "canary-31") {
			t.Errorf("the secret stands in %s", path)
		}
	}
	text := read(t, files[0])
	for _, part := range []string{"Client Secret\n(a secret: it is shown on screen only)", "Create users\noff",
		"One\n(the file okta.cert in this folder)", "Two\n(the file two-okta.cert in this folder; if"} {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not in\n%s", part, text)
		}
	}
	if got := read(t, files[1]); got != "\x30\x82\x00\xff" {
		t.Errorf("binary file %q", got)
	}
}

func TestFolderThatCannotBeMadeIsNamed(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := guided.WriteFolder(filepath.Join(file, "sub"), net2phone(t), settings)
	if err == nil || !strings.Contains(err.Error(), file) || len(hint.Hints(err)) == 0 {
		t.Errorf("error %v, hints %v", err, hint.Hints(err))
	}
	if _, err = guided.WriteFolder(t.TempDir(), net2phone(t), []sso.SPSetting{{ID: "nope"}}); err == nil {
		t.Error("an unknown setting was written")
	}
}

func TestDriverReadsNothingAndWaitsForAPerson(t *testing.T) {
	t.Parallel()
	d := guided.New(net2phone(t))
	state, err := d.Read(t.Context())
	if diff := cmp.Diff(sso.SPState{}, state); err != nil || diff != "" {
		t.Errorf("error %v\n%s", err, diff)
	}
	for name, tt := range map[string]struct {
		do   func(ctx context.Context) error
		says string
	}{
		"push":    {func(ctx context.Context) error { _, err := d.Push(ctx, settings); return err }, "with Submit"},
		"enable":  {func(ctx context.Context) error { return d.SetEnabled(ctx, true) }, "turn the switch on: Settings → Single Sign-On"},
		"disable": {func(ctx context.Context) error { return d.SetEnabled(ctx, false) }, "switch off"},
		"test":    {func(ctx context.Context) error { _, err := d.StartTest(ctx); return err }, "Test Configuration"},
		"verdict": {func(ctx context.Context) error { _, err := d.TestVerdict(ctx, "1"); return err }, "Test Configuration"},
		"restore": {func(ctx context.Context) error { return d.Restore(ctx, sso.SPState{Readable: true}) }, "clear the values"},
	} {
		err := tt.do(t.Context())
		if hint.CodeOf(err) != hint.Waiting || !strings.Contains(strings.Join(hint.Hints(err), " "), tt.says) {
			t.Errorf("%s: error %v, hints %v", name, err, hint.Hints(err))
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := tt.do(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("%s, cancelled: %v", name, err)
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
