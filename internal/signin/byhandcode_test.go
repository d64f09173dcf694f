package signin_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"example.com/ssowizard/internal/signin"
	"example.com/ssowizard/internal/sso"
)

const redirectURI = spURL + "/cb"

// codeByHand hands a code flow with the state "ours" to a person.
func codeByHand(t *testing.T, h *fakeHand, callback string) (sso.CodeFlow, error) {
	t.Helper()
	b, err := signin.NewByHandOpenID(h, login, nowFake)
	if err != nil {
		t.Fatal(err)
	}
	return b.CodeFlow(t.Context(), sso.CodeFlowRequest{RedirectURI: callback, State: "ours",
		AuthorizeURL: oktaURL + "/oauth2/v1/authorize?" + url.Values{"client_id": {"0oa1"}, "redirect_uri": {callback}, "state": {"ours"}}.Encode()})
}

func TestACodeIsFoundHoweverItIsBrought(t *testing.T) {
	t.Parallel()
	address := redirectURI + "?code=" + codeText + "&state=ours"
	har := func(entries string) string { return `{"log":{"entries":[` + entries + `]}}` }
	entry := func(at, location string) string {
		return fmt.Sprintf(`{"request":{"method":"GET","url":%q},"response":{"status":302,"headers":[{"name":"location","value":%q}]}}`, at, location)
	}
	for name, c := range map[string]struct{ callback, brought string }{
		"the address":           {redirectURI, address + "\n"},
		"with a fragment":       {redirectURI, address + "#"},
		"a copied command":      {redirectURI, "curl '" + address + "' -H 'accept: text/html'"},
		"the parameters":        {redirectURI, "?state=ours&code=" + codeText},
		"a program's address":   {"com.example.app:/cb", "com.example.app:/cb?code=" + codeText + "&state=ours"},
		"a redirect of Okta":    {redirectURI, har(entry(oktaURL+"/oauth2/v1/authorize", address))},
		"a request":             {redirectURI, har(entry(address, "/welcome"))},
		"another sign-in later": {redirectURI, har(entry(address, "/") + "," + entry(redirectURI+"?code=later&state=theirs", "/"))},
		"the page that posts":   {redirectURI, `<form method="post" action="` + redirectURI + `"><input name="code" value="` + codeText + `"><input name="state" value="ours"></form>`},
		"UTF-16":                {redirectURI, utf16Text(address)},
	} {
		hand := &fakeHand{brings: [][]byte{[]byte(c.brought)}}
		flow, err := codeByHand(t, hand, c.callback)
		if err != nil || flow.Code.Reveal() != codeText || flow.Seen.Outcome != sso.OutcomeAnswered || !strings.HasSuffix(flow.Seen.PostedTo, "/cb") {
			t.Errorf("%s: %+v, %v, %q", name, flow, err, hand.problems)
		}
		if h := hand.overs[0]; h.Wants != signin.WantsCode || h.Login != login || !strings.Contains(h.URL, "state=ours") {
			t.Errorf("%s: handed over %+v", name, h)
		}
	}
}

// utf16Text is text as some programs on Windows save it.
func utf16Text(s string) string {
	out := "\xff\xfe"
	for _, r := range s {
		out += string([]byte{byte(r), 0})
	}
	return out
}

func TestWhatIsNoAnswerToTheRequestIsHandedBack(t *testing.T) {
	t.Parallel()
	for brought, says := range map[string]string{
		"":                                "nothing was given",
		redirectURI + "?state=ours":       "neither a code nor an error",
		redirectURI + "?code=" + codeText: "no state",
		redirectURI + "?code=" + codeText + "&state=theirs":        "another sign-in",
		"https://evil.example/cb?code=" + codeText + "&state=ours": "https://evil.example/cb",
		oktaURL + "/oauth2/v1/authorize?client_id=0oa1&state=ours": "at which the sign-in begins",
		"SAMLResponse=PHNhbWw+":                                    "a SAMLResponse",
		"hello there":                                              "no address",
		`{"errorSummary":"Not found"}`:                             "an error of Okta",
		`{"log":{"entries":[]}}`:                                   "no redirect with a code",
		`{"log":`:                                                  "cut short",
		`<html><body>Welcome</body></html>`:                        "a web page without a code",
		strings.Repeat("x", 5<<20):                                 "too much",
	} {
		hand := &fakeHand{brings: [][]byte{[]byte(brought)}}
		flow, err := codeByHand(t, hand, redirectURI)
		if !errors.Is(err, errGaveUp) || len(hand.problems) != 1 || !strings.Contains(hand.problems[0], says) || !flow.Code.IsZero() {
			t.Errorf("%.80q: %v, %q", brought, err, hand.problems)
		}
		if len(hand.problems) > 0 && strings.Contains(hand.problems[0], codeText) {
			t.Errorf("the code is repeated: %s", hand.problems[0])
		}
	}
}

func TestAnErrorOfOktaIsAnAnswerToo(t *testing.T) {
	t.Parallel()
	hand := &fakeHand{brings: [][]byte{[]byte(redirectURI + "?error=access_denied&error_description=User+is+not+assigned+to+the+client+application.&state=ours")}}
	flow, err := codeByHand(t, hand, redirectURI)
	if err != nil || flow.ErrorCode != "access_denied" || flow.Seen.Outcome != sso.OutcomeNotAssigned || !strings.Contains(flow.Seen.Detail, "not assigned") {
		t.Errorf("%+v, %v", flow, err)
	}
}

func TestASignInAtARelyingPartyIsThePersonsWord(t *testing.T) {
	t.Parallel()
	for word, want := range map[signin.Word]sso.Outcome{signin.Yes: sso.OutcomeSignedIn, signin.No: sso.OutcomeSPRefused, signin.Unsaid: sso.OutcomeAnswered} {
		hand := &fakeHand{brings: [][]byte{nil}, word: word}
		b, err := signin.NewByHandOpenID(hand, login, nowFake)
		if err != nil {
			t.Fatal(err)
		}
		seen, err := b.SignIn(t.Context(), spFlow)
		if err != nil || seen.Outcome != want || seen.Response != nil || hand.overs[0].Wants != signin.WantsWord || hand.asked != 1 {
			t.Errorf("%v: %+v, %v, %+v", word, seen, err, hand.overs)
		}
	}
}

// checkedHand has something that was brought along.
type checkedHand struct {
	fakeHand
	brought string
}

func (c *checkedHand) Check(check func([]byte) error) error { return check([]byte(c.brought)) }

func TestWhatWasBroughtAlongIsLookedAtBeforeAnythingElse(t *testing.T) {
	t.Parallel()
	code, saml := redirectURI+"?code="+codeText+"&state=any", b64(answerXML("id1", "_r42", at(0)))
	if _, err := signin.NewByHandOpenID(&checkedHand{brought: code}, login, nowFake); err != nil {
		t.Error(err)
	}
	if _, err := signin.NewByHandOpenID(&checkedHand{brought: saml}, login, nowFake); err == nil {
		t.Error("a SAML response is taken for a code")
	}
	if _, err := signin.NewByHand(&checkedHand{brought: saml}, login, nowFake); err != nil {
		t.Error(err)
	}
	if _, err := signin.NewByHand(&checkedHand{brought: code}, login, nowFake); err == nil {
		t.Error("a code is taken for a SAML response")
	}
}

func TestAnInterruptedCodeFlowEnds(t *testing.T) {
	t.Parallel()
	b, err := signin.NewByHandOpenID(&fakeHand{}, login, nowFake)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	cancel(enough)
	_, err = b.CodeFlow(ctx, sso.CodeFlowRequest{AuthorizeURL: oktaURL + "/authorize?state=s", RedirectURI: redirectURI, State: "s"})
	if !errors.Is(err, enough) {
		t.Error(err)
	}
}
