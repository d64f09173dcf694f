package signin

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/url"
	"time"

	"example.com/ssowizard/internal/sso"
)

// ByHandOpenID has a person carry out the sign-ins of an OpenID Connect app. What
// they bring of a code flow is the address on which it ended; a code lives for
// about a minute and works once, so it is used at once and kept nowhere.
type ByHandOpenID struct {
	hand  Hand
	login string
	now   func() time.Time
}

// NewByHandOpenID makes a ByHandOpenID for the person with the login. What was
// brought before is refused here where it can be no answer.
func NewByHandOpenID(hand Hand, login string, now func() time.Time) (*ByHandOpenID, error) {
	check := func(data []byte) error {
		_, err := readCodes(data)
		return err
	}
	return &ByHandOpenID{hand, login, now}, hand.Check(check)
}

// Brought tells whether the next sign-in was made before it is asked for.
func (b *ByHandOpenID) Brought() bool { return b.hand.Ready() }

// CodeFlow hands a code flow to the person and reads what they bring back. Only
// an answer with the request's own state is taken; what is no use is handed back.
// Errors are those of ByHand.SignIn.
func (b *ByHandOpenID) CodeFlow(ctx context.Context, req sso.CodeFlowRequest) (sso.CodeFlow, error) {
	okta, err := url.Parse(req.AuthorizeURL)
	if err != nil || !isWeb(okta) {
		return sso.CodeFlow{}, errors.New("sign in by hand for a code: the authorization endpoint is no web address")
	}
	judging := &Client{cfg: Config{Now: b.now}, okta: &url.URL{Scheme: okta.Scheme, Host: okta.Host}}
	h := HandOver{Flow: sso.FlowSPInitiated, URL: req.AuthorizeURL, Login: b.login, Wants: WantsCode}
	for {
		f, err := newCodeFlow(judging, req)
		if err != nil {
			return sso.CodeFlow{}, fmt.Errorf("sign in by hand for a code: %w", err)
		}
		if err := context.Cause(ctx); err != nil {
			return f.out, err
		}
		got, err := b.hand.Bring(ctx, h)
		if err != nil {
			return f.out, err
		}
		to, err := f.choose(got.Data)
		if err != nil {
			h.Problem = err
			continue
		}
		err = f.run.finish(f.read(to), sso.OutcomeIdPError)
		f.out.Seen = f.run.seen
		f.out.Seen.Detail = sso.PlainText(f.out.Seen.Detail, maxDetail)
		return f.out, err
	}
}

// SignIn has the person sign in at the service provider. Its code is not for us,
// so whether it let them in is their word.
func (b *ByHandOpenID) SignIn(ctx context.Context, req sso.SignInRequest) (sso.Seen, error) {
	seen := sso.Seen{Flow: req.Flow}
	if _, err := parseWebURL(req.StartURL); err != nil {
		return seen, fmt.Errorf("sign in by hand: start at %q: %w", sso.PlainText(req.StartURL, 200), err)
	}
	h := HandOver{Flow: req.Flow, URL: req.StartURL, Login: b.login, Deliver: req.Deliver, Wants: WantsWord}
	if _, err := b.hand.Bring(ctx, h); err != nil {
		return seen, err
	}
	word, err := b.hand.LetIn(ctx, h)
	if err != nil {
		return seen, err
	}
	seen.At = b.now()
	seen.Outcome, seen.Detail = word.outcome()
	return seen, nil
}

// choose finds the answer to the request in what was brought.
func (f *codeFlow) choose(data []byte) (*url.URL, error) {
	all, err := readCodes(data)
	if err != nil {
		return nil, err
	}
	here := false
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].Host == "" && all[i].Scheme == "" { // the parameters alone
			at := *f.callback
			at.RawQuery = all[i].RawQuery
			all[i] = &at
		}
		if !f.arrives(all[i]) {
			continue
		}
		here = true
		if subtle.ConstantTimeCompare([]byte(all[i].Query().Get("state")), []byte(f.state)) == 1 {
			return all[i], nil
		}
	}
	if !here {
		return nil, refuse(fmt.Sprintf("this leads to %s, and the sign-in ends at %s", sso.PlainText(bare(all[len(all)-1]), 150), bare(f.callback)), howToBringCode)
	}
	return nil, refuse("this is the answer to another sign-in: its state is not the one of this test",
		"open the address that this test gives, sign in, and bring what comes of that")
}
