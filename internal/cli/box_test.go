package cli_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// patience bounds what a script waits for; nothing here takes a second.
const patience = time.Minute

// box is a sandbox that runs beside the script.
type box struct {
	info  boxInfo
	child *child
	proxy *connectProxy
	log   string
	seen  int64  // how much of the log was looked at before
	sp    string // the service provider that sp and front reach
}

// boxInfo is the first line of ssowizard sandbox --output json.
type boxInfo struct {
	Type string `json:"type"`
	Okta struct {
		TLSURL           string `json:"tls_url"`
		OrgURL           string `json:"org_url"`
		APIToken         string `json:"api_token"`
		ReadOnlyAPIToken string `json:"read_only_api_token"`
		People           []struct {
			Login    string `json:"login"`
			Password string `json:"password"`
		} `json:"people"`
	} `json:"okta"`
	ServiceProviders map[string]struct {
		PortalURL string `json:"portal_url"`
		APIURL    string `json:"api_url"`
		APIToken  string `json:"api_token"`
	} `json:"service_providers"`
	TLS struct {
		Address string   `json:"address"`
		CAFile  string   `json:"ca_file"`
		Hosts   []string `json:"hosts"`
	} `json:"tls"`
}

// startSandbox runs a sandbox in $BOX until the script ends, and sets:
//
//	OKTA, SPAPI            where Okta and net2phone's settings API are
//	TOKEN, ROTOKEN, SPTOKEN, PASSWORD   files with the secrets
//	TESTER, CAFILE, PROXY, BOX, PORTAL  and what else production flags need
func startSandbox(ts *testscript.TestScript, neg bool, args []string) {
	w := worldOf(ts)
	if neg || w.box != nil {
		ts.Fatalf("usage: sandbox [FLAGS…], once")
	}
	dir := ts.MkAbs("box")
	b := &box{log: ts.MkAbs("requests.jsonl"), sp: "net2phone"}
	start := []string{"sandbox", "--output", "json", "--state-dir", dir, "--log", b.log}
	if !slices.Contains(args, "--rate-limit") {
		start = append(start, "--rate-limit", "off") // a script makes more calls a minute than any admin
	}
	b.child = startChild(ts, append(start, args...))
	ts.Defer(func() { b.child.stop() })
	ts.Check(b.child.readJSON(&b.info))
	b.proxy = startProxy(ts, b.info.TLS.Hosts, b.info.TLS.Address)
	w.box = b
	sp := b.info.ServiceProviders["net2phone"]
	ana := b.info.Okta.People[0]
	for name, secret := range map[string]string{
		"TOKEN": b.info.Okta.APIToken, "ROTOKEN": b.info.Okta.ReadOnlyAPIToken,
		"SPTOKEN": sp.APIToken, "PASSWORD": ana.Password,
	} {
		file := ts.MkAbs("secrets/" + strings.ToLower(name))
		ts.Check(os.MkdirAll(filepath.Dir(file), 0o700))
		ts.Check(os.WriteFile(file, []byte(secret+"\n"), 0o600))
		ts.Setenv(name, file)
		w.secrets[name] = secret
	}
	ts.Setenv("OKTA", b.info.Okta.OrgURL)
	ts.Setenv("SPAPI", sp.APIURL)
	ts.Setenv("PORTAL", sp.PortalURL)
	ts.Setenv("TESTER", ana.Login)
	ts.Setenv("CAFILE", b.info.TLS.CAFile)
	ts.Setenv("PROXY", b.proxy.url())
	ts.Setenv("BOX", dir)
	ts.Setenv("REALOKTA", b.info.Okta.OrgURL)
	ts.Setenv("OKTATLS", b.info.Okta.TLSURL) // with --okta-tls
	ts.Setenv("PLAINTOKEN", b.info.Okta.APIToken)
	setOrgFolder(ts)
}

// child is a process that the script started; only it is ever signalled.
type child struct {
	cmd    *exec.Cmd
	first  *bufio.Reader
	out    *strings.Builder
	stderr strings.Builder
	done   chan struct{}
	err    error // of Wait, after done
}

// startChild runs the program beside the script. Its output is read through
// first, or kept as a whole by keepOutput.
func startChild(ts *testscript.TestScript, args []string) *child {
	c := command(ts, args)
	out, err := c.cmd.StdoutPipe()
	ts.Check(err)
	c.first = bufio.NewReader(out)
	ts.Check(c.cmd.Start())
	go func() { c.err = c.cmd.Wait(); close(c.done) }()
	return c
}

// command prepares the program with the script's environment and folder.
func command(ts *testscript.TestScript, args []string) *child {
	path, err := lookPath(ts)
	ts.Check(err)
	c := &child{cmd: exec.Command(path, args...), done: make(chan struct{})}
	c.cmd.Dir = ts.MkAbs(".")
	c.cmd.Env = environment(ts)
	c.cmd.Stderr = &c.stderr
	return c
}

// passedOn are the variables that a script may set for a child.
var passedOn = []string{"HOME", "PATH", "TMPDIR", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "SSOWIZARD_STATE_DIR",
	"DBUS_SESSION_BUS_ADDRESS", "TZ", "GOCOVERDIR", "GORACE", "OKTA_CLIENT_TOKEN", "HTTPS_PROXY", "SSOWIZARD_BROWSER"}

func environment(ts *testscript.TestScript) []string {
	var env []string
	for _, name := range passedOn {
		if v := ts.Getenv(name); v != "" {
			env = append(env, name+"="+v)
		}
	}
	return env
}

func lookPath(ts *testscript.TestScript) (string, error) {
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		path := filepath.Join(dir, "ssowizard")
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	return "", errors.New("ssowizard is not in PATH")
}

func (c *child) readJSON(into any) error {
	text, err := c.first.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("first line: %w; standard error: %s", err, c.stderr.String())
	}
	return json.Unmarshal(text, into)
}

// stop ends the process as Ctrl-C does, or at once when it does not listen.
func (c *child) stop() {
	_ = c.cmd.Process.Signal(os.Interrupt)
	timer := time.AfterFunc(patience, func() { _ = c.cmd.Process.Signal(syscall.SIGKILL) })
	defer timer.Stop()
	<-c.done
}
