package cli_test

import (
	"os"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/tidwall/gjson"
)

// provider makes another service provider than net2phone the one that SPAPI,
// SPTOKEN and PORTAL stand for, and that sp and front reach: provider KEY. It
// also sets WEAKTOKEN, a token that is known there but not allowed, and
// STRANGER and STRANGERPASSWORD for the one person whom no service provider knows.
func provider(ts *testscript.TestScript, neg bool, args []string) {
	w := worldOf(ts)
	if neg || len(args) != 1 || w.box == nil {
		ts.Fatalf("usage: provider KEY, after sandbox")
	}
	sp, ok := w.box.info.ServiceProviders[args[0]]
	if !ok {
		ts.Fatalf("the sandbox has no %q", args[0])
	}
	w.box.sp = args[0]
	people := w.box.info.Okta.People
	stranger := people[len(people)-1]
	weak := w.box.info.ServiceProviders["net2phone"].APIToken
	for name, secret := range map[string]string{"SPTOKEN": sp.APIToken, "WEAKTOKEN": weak, "STRANGERPASSWORD": stranger.Password} {
		file := ts.MkAbs("secrets/" + args[0] + "-" + name)
		ts.Check(os.WriteFile(file, []byte(secret+"\n"), 0o600))
		ts.Setenv(name, file)
		w.secrets[name+" of "+args[0]] = secret
	}
	ts.Setenv("STRANGER", stranger.Login)
	ts.Setenv("SPAPI", sp.APIURL)
	ts.Setenv("PORTAL", sp.PortalURL)
}

// learnSecret has nosecrets look for a value of the JSON on standard output
// from now on: secret NAME PATH.
func learnSecret(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: secret NAME PATH")
	}
	value := gjson.Get(ts.ReadFile("stdout"), args[1]).String()
	if len(value) < 20 {
		ts.Fatalf("%q at %s is no secret", value, args[1])
	}
	worldOf(ts).secrets[args[0]] = value
}
