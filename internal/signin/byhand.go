package signin

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/samlcheck"
	"example.com/ssowizard/internal/sso"
)

// Wants is what a person is to bring of a sign-in.
type Wants int

// What a person may be asked for. WantsResponse is a SAML response, WantsCode the
// address with a code, WantsWord only whether they were let in.
const (
	WantsResponse Wants = iota
	WantsCode
	WantsWord
)

// HandOver is one sign-in for a person to make in a browser of their own.
type HandOver struct {
	Flow  sso.Flow
	Wants Wants
	URL   string // where to begin
	Login string // whom to sign in as
	// Deliver tells that the service provider is to let the person in.
	Deliver bool
	// Problem is what was wrong with what was brought before, nil at first.
	Problem error
}

// Brought is what a person copied or saved of a sign-in.
type Brought struct {
	Data []byte
	// Earlier tells that the sign-in was made before it was asked for here, so
	// that its age says nothing about this run.
	Earlier bool
}

// Word is what a person says.
type Word int

// Words. Unsaid is no answer.
const (
	Unsaid Word = iota
	Yes
	No
)

// Hand is the way to a person and back.
type Hand interface {
	// Bring hands a sign-in over and gives what came of it. It is asked again
	// as long as that is no use, until it gives an error.
	Bring(ctx context.Context, h HandOver) (Brought, error)
	// LetIn asks whether the service provider let the person in.
	LetIn(ctx context.Context, h HandOver) (Word, error)
	// Ready tells whether the next Bring gives something made earlier.
	Ready() bool
	// Check has all of that looked at before anything is asked or written, and
	// says which of it check does not take.
	Check(check func(data []byte) error) error
}

// Limits of the age of an answer. A person takes their time, but what is older
// than an hour is rather left from another test.
const (
	maxAge   = time.Hour
	handSkew = time.Minute // how far the clocks of Okta and here may differ
)

// ByHand has a person carry out the sign-ins, for an org whose policy wants
// more than a password. Such an answer is verified like any other, but its
// times are judged as of the moment at which Okta answered: a person may bring
// it minutes later, when it has ended.
type ByHand struct {
	hand  Hand
	login string
	now   func() time.Time
}

// NewByHand makes a ByHand for the person with the login. What was brought before
// is refused here where it can be no answer.
func NewByHand(hand Hand, login string, now func() time.Time) (*ByHand, error) {
	check := func(data []byte) error {
		_, err := ReadHanded(data, sso.FlowSPInitiated)
		return err
	}
	return &ByHand{hand, login, now}, hand.Check(check)
}

// Brought tells whether the next sign-in was made before it is asked for.
func (b *ByHand) Brought() bool { return b.hand.Ready() }

// SignIn hands one sign-in to the person and reads what they bring back. What
// is no use is handed back to them; an error is that of the Hand, or means that
// req cannot be carried out at all.
func (b *ByHand) SignIn(ctx context.Context, req sso.SignInRequest) (sso.Seen, error) {
	if _, err := parseWebURL(req.StartURL); err != nil {
		return sso.Seen{}, fmt.Errorf("sign in by hand: start at %q: %w", sso.PlainText(req.StartURL, 200), err)
	}
	h := HandOver{Flow: req.Flow, URL: req.StartURL, Login: b.login, Deliver: req.Deliver}
	for {
		if err := context.Cause(ctx); err != nil {
			return sso.Seen{Flow: req.Flow}, err
		}
		asked := b.now()
		got, err := b.hand.Bring(ctx, h)
		if err != nil {
			return sso.Seen{Flow: req.Flow}, err
		}
		since := req.Since
		if !got.Earlier && asked.After(since) {
			since = asked
		}
		answer, err := ReadHanded(got.Data, req.Flow)
		if err == nil {
			var seen sso.Seen
			if seen, err = b.see(req, answer, since); err == nil {
				return seen, b.letIn(ctx, h, answer, &seen)
			}
		}
		h.Problem = err
	}
}

// see makes of an answer what a sign-in over HTTP would have seen. since is
// when the sign-in was asked for, zero where nobody knows.
func (b *ByHand) see(req sso.SignInRequest, answer Handed, since time.Time) (sso.Seen, error) {
	now := b.now()
	seen := sso.Seen{Flow: req.Flow, Outcome: sso.OutcomeAnswered, Response: answer.Response, RequestID: answer.RequestID,
		PostedTo: answer.PostedTo, RelayState: answer.RelayState, Status: answer.status, FinalURL: answer.finalURL, At: now}
	sum, err := samlcheck.Explain(answer.Response)
	if err != nil {
		return seen, nil //nolint:nilerr // a response that is not well formed is for samlcheck to judge
	}
	if slices.Contains(req.Used, sum.ID) {
		return seen, refuse("this response has proven a test before, and proves nothing more", "sign in again, and bring the new answer")
	}
	if err := tooOld(sum.IssueInstant, since, now); err != nil {
		return seen, err
	}
	if !sum.IssueInstant.IsZero() && !sum.IssueInstant.After(now.Add(handSkew)) {
		seen.At = sum.IssueInstant
	}
	var notes []string
	if answer.PostedTo == "" {
		seen.PostedTo = sum.Destination
		notes = append(notes, "where the browser sent it was not seen: its Destination was taken")
	}
	if req.Flow == sso.FlowSPInitiated && !answer.asked {
		seen.RequestID = sum.InResponseTo
		notes = append(notes, "the AuthnRequest was not seen: its ID was taken from InResponseTo")
	}
	seen.Detail = sso.PlainText(strings.Join(append(notes, answer.words), "; "), maxDetail)
	return seen, nil
}

func tooOld(issued, since, now time.Time) error {
	const again = "sign in again, and bring the new answer; if it is new, this computer's clock is wrong"
	switch at := issued.UTC().Format(time.RFC3339); {
	case issued.IsZero():
		return nil
	case now.Sub(issued) > maxAge:
		return refuse(fmt.Sprintf("the response was issued at %s, more than an hour ago: an old answer proves nothing", at), again)
	case !since.IsZero() && issued.Before(since.Add(-handSkew)):
		return refuse(fmt.Sprintf("the response was issued at %s, before this test began (%s): an old answer proves nothing", at, since.UTC().Format(time.RFC3339)), again)
	}
	return nil
}

// letIn finds out what the service provider made of the answer: a recording
// tells, else the person does. What nobody says stays open.
func (b *ByHand) letIn(ctx context.Context, h HandOver, answer Handed, seen *sso.Seen) error {
	if !h.Deliver {
		return nil
	}
	if answer.outcome != "" {
		seen.Outcome = answer.outcome
		return nil
	}
	word, err := b.hand.LetIn(ctx, h)
	if err != nil {
		return err
	}
	var said string
	seen.Outcome, said = word.outcome()
	seen.Detail = sso.PlainText(strings.TrimSuffix(said+"; "+seen.Detail, "; "), maxDetail)
	return nil
}

// outcome is what a person's word makes of a delivered answer.
func (w Word) outcome() (sso.Outcome, string) {
	switch w {
	case Yes:
		return sso.OutcomeSignedIn, "the page let the person in, as a person says"
	case No:
		return sso.OutcomeSPRefused, "the page did not let the person in, as a person says"
	case Unsaid:
	}
	return sso.OutcomeAnswered, "whether the page let the person in, nobody has said"
}

// refuse is the error for what a person brought in vain.
func refuse(problem, tip string) error {
	return hint.With(hint.Usage, fmt.Errorf("answer of the sign-in: %w", errors.New(problem)), tip)
}
