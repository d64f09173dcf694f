package plan

import (
	"context"
	"fmt"
	"slices"
	"time"

	"example.com/ssowizard/internal/samlcheck"
	"example.com/ssowizard/internal/sso"
)

// byHandLasts is how long a test waits for a person before it begins anew.
const byHandLasts = time.Hour

// brought is a SignIn that may have been given what it needs beforehand.
type brought interface {
	// Brought tells whether the next sign-in was made before it is asked for.
	Brought() bool
}

// signsByHand tells whether a person makes the sign-ins of the test.
func (r *run) signsByHand() bool { return r.plan.Spec.Test == sso.TestByHand }

// beginByHand notes when a test was begun whose sign-ins a person makes: the
// run may end before the person is done, and another one goes on with the very
// same test, as long as both sides hold the same values.
func (r *run) beginByHand() error {
	if !r.signsByHand() {
		return nil
	}
	now, digest := r.Clock.Now().UTC(), Digest(r.profile, r.app, r.idp, r.sp)
	if b := r.state.ByHand; b != nil && b.Digest == digest && now.Sub(b.At) < byHandLasts {
		r.since = b.At
		return nil
	}
	return r.save(func(s *sso.State) { s.ByHand = &sso.ByHandTest{At: now, Digest: digest} })
}

// startTest begins the service provider's own test, or goes on with the one
// whose address a person was given in an earlier run.
func (r *run) startTest(ctx context.Context) (sso.SPTest, error) {
	if kept, ok := r.keptTest(ctx); ok {
		return kept, nil
	}
	test, err := r.SP.StartTest(ctx)
	if err != nil {
		return test, fmt.Errorf("begin the test of %s: %w", r.profile.Name, err)
	}
	if !r.signsByHand() || r.state.ByHand == nil {
		return test, nil
	}
	return test, r.save(func(s *sso.State) {
		b := *s.ByHand
		b.TestID, b.StartURL = test.ID, test.StartURL
		s.ByHand = &b
	})
}

// keptTest is the test of an earlier run, unless it is over or lost: one that is
// decided counts only for the sign-in that decided it.
func (r *run) keptTest(ctx context.Context) (sso.SPTest, bool) {
	b := r.state.ByHand
	if !r.signsByHand() || b == nil || b.TestID == "" {
		return sso.SPTest{}, false
	}
	verdict, err := r.SP.TestVerdict(ctx, b.TestID)
	if err != nil {
		return sso.SPTest{}, false
	}
	usable := verdict.Status == sso.VerdictPending
	if verdict.Status == sso.VerdictPassed || verdict.Status == sso.VerdictFailed {
		person, ok := r.SignIn.(brought)
		usable = ok && person.Brought()
	}
	return sso.SPTest{ID: b.TestID, StartURL: b.StartURL}, usable
}

// codeValues are a state and a nonce that nobody can guess. Of a code flow that a
// person was sent on in an earlier run of this test they are those of then.
func (r *run) codeValues() (state, nonce string, err error) {
	if !r.signsByHand() || r.state.ByHand == nil {
		return guessless(), guessless(), nil
	}
	if b := r.state.ByHand; b.CodeState != "" && b.CodeNonce != "" {
		return b.CodeState, b.CodeNonce, nil
	}
	state, nonce = guessless(), guessless()
	return state, nonce, r.save(func(s *sso.State) {
		b := *s.ByHand
		b.CodeState, b.CodeNonce = state, nonce
		s.ByHand = &b
	})
}

// request completes what is asked of the tester by what was there before.
func (r *run) request(req sso.SignInRequest) sso.SignInRequest {
	req.IdPURL, req.Since = r.idp.SSOURL, r.since
	req.Used = slices.Clone(r.responses)
	if r.state.Proof != nil {
		req.Used = append(req.Used, r.state.Proof.Responses...)
	}
	return req
}

// keepResponse remembers which response the test at work has looked at.
func (r *run) keepResponse(response []byte) {
	if sum, err := samlcheck.Explain(response); err == nil && sum.ID != "" {
		r.responses = append(r.responses, sum.ID)
	}
}

// delivered tells whether the service provider has Okta's answer, so that it
// can judge it. Of a sign-in by hand it may not be known what it said.
func delivered(o sso.Outcome) bool {
	return o == sso.OutcomeSignedIn || o == sso.OutcomeSPRefused || o == sso.OutcomeAnswered
}
