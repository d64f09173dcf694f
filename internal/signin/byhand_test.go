package signin_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/signin"
	"example.com/ssowizard/internal/sso"
)

var errGaveUp = errors.New("gave up")

// fakeHand brings what it was given, in order, and then gives up.
type fakeHand struct {
	brings   [][]byte
	earlier  bool
	word     signin.Word
	asked    int // for a word
	overs    []signin.HandOver
	problems []string
}

func (f *fakeHand) Bring(_ context.Context, h signin.HandOver) (signin.Brought, error) {
	f.overs = append(f.overs, h)
	if h.Problem != nil {
		f.problems = append(f.problems, h.Problem.Error())
	}
	if len(f.overs) > len(f.brings) {
		return signin.Brought{}, errGaveUp
	}
	return signin.Brought{Data: f.brings[len(f.overs)-1], Earlier: f.earlier}, nil
}

func (f *fakeHand) LetIn(context.Context, signin.HandOver) (signin.Word, error) {
	f.asked++
	return f.word, nil
}

func (f *fakeHand) Check(func([]byte) error) error { return nil }

func (f *fakeHand) Ready() bool { return len(f.overs) < len(f.brings) }

// byHand has a clock that stands 10 minutes after start.
func byHand(h *fakeHand) *signin.ByHand {
	b, err := signin.NewByHand(h, login, func() time.Time { return start.Add(10 * time.Minute) })
	if err != nil {
		panic(err) // this hand has nothing to check
	}
	return b
}

func at(d time.Duration) string { return start.Add(d).Format("2006-01-02T15:04:05.000Z") }

var spFlow = sso.SignInRequest{Flow: sso.FlowSPInitiated, StartURL: spURL + "/start", Deliver: true}

func TestAPastedAnswerIsSeenAsOfWhenOktaAnswered(t *testing.T) {
	t.Parallel()
	hand := &fakeHand{brings: [][]byte{[]byte(b64(answerXML("id1", "_r42", at(3*time.Minute))))}, earlier: true, word: signin.Yes}
	seen, err := byHand(hand).SignIn(t.Context(), spFlow)
	if err != nil || !seen.At.Equal(start.Add(3*time.Minute)) || seen.Outcome != sso.OutcomeSignedIn {
		t.Fatalf("%+v %v", seen, err)
	}
	if seen.RequestID != "_r42" || seen.PostedTo != acsURL || seen.Flow != sso.FlowSPInitiated {
		t.Errorf("%+v", seen)
	}
	for _, part := range []string{"as a person says", "taken from InResponseTo", "Destination was taken"} {
		if !strings.Contains(seen.Detail, part) {
			t.Errorf("the detail does not say %q: %s", part, seen.Detail)
		}
	}
	if h := hand.overs[0]; h.Login != login || h.URL != spFlow.StartURL || h.Problem != nil || !h.Deliver {
		t.Errorf("handed over %+v", h)
	}
}

func TestWhoWasLetInIsThePersonsWord(t *testing.T) {
	t.Parallel()
	for word, want := range map[signin.Word]sso.Outcome{signin.Yes: sso.OutcomeSignedIn, signin.No: sso.OutcomeSPRefused, signin.Unsaid: sso.OutcomeAnswered} {
		hand := &fakeHand{brings: [][]byte{[]byte(answerXML("id1", "_r42", at(9*time.Minute)))}, earlier: true, word: word}
		if seen, err := byHand(hand).SignIn(t.Context(), spFlow); err != nil || seen.Outcome != want {
			t.Errorf("%d: %+v %v", word, seen, err)
		}
	}
	hand := &fakeHand{brings: [][]byte{[]byte(answerXML("id1", "", at(9*time.Minute)))}, earlier: true, word: signin.No}
	seen, err := byHand(hand).SignIn(t.Context(), sso.SignInRequest{Flow: sso.FlowIdPInitiated, StartURL: tile})
	if err != nil || seen.Outcome != sso.OutcomeAnswered || hand.asked != 0 || seen.RequestID != "" {
		t.Errorf("not to be delivered: %+v %v, asked %d times", seen, err, hand.asked)
	}
}

func TestAnAnswerOfTheTileNamesNoRequestForTheServiceProvider(t *testing.T) {
	t.Parallel()
	hand := &fakeHand{brings: [][]byte{[]byte(answerXML("id1", "", at(9*time.Minute)))}, earlier: true}
	if seen, err := byHand(hand).SignIn(t.Context(), spFlow); err != nil || seen.RequestID != "" || seen.Response == nil {
		t.Errorf("%+v %v", seen, err)
	}
	hand = &fakeHand{brings: [][]byte{[]byte(answerXML("id1", "_r42", at(9*time.Minute)))}, earlier: true}
	seen, err := byHand(hand).SignIn(t.Context(), sso.SignInRequest{Flow: sso.FlowIdPInitiated, StartURL: tile, Deliver: true})
	if err != nil || seen.RequestID != "" {
		t.Errorf("an answer to a request at the tile: %+v %v", seen, err)
	}
}

func TestAnOldAnswerProvesNothing(t *testing.T) {
	t.Parallel()
	used := spFlow
	used.Used = []string{"id0", "id1"}
	since := spFlow
	since.Since = start.Add(5 * time.Minute)
	for name, c := range map[string]struct {
		issued  string
		earlier bool
		req     sso.SignInRequest
		says    string // "": taken
	}{
		"an hour":                        {at(-49 * time.Minute), true, spFlow, ""},
		"more than an hour":              {at(-51 * time.Minute), true, spFlow, "more than an hour ago"},
		"before it was asked for here":   {at(8 * time.Minute), false, spFlow, "before this test began"},
		"within the skew":                {at(9*time.Minute + 10*time.Second), false, spFlow, ""},
		"before an earlier run asked":    {at(3 * time.Minute), true, since, "before this test began"},
		"after an earlier run asked":     {at(6 * time.Minute), true, since, ""},
		"used before":                    {at(9 * time.Minute), true, used, "has proven a test before"},
		"time that cannot be read":       {"yesterday", true, spFlow, ""},
		"in the future, within the skew": {at(10*time.Minute + 30*time.Second), true, spFlow, ""},
	} {
		hand := &fakeHand{brings: [][]byte{[]byte(answerXML("id1", "_r42", c.issued))}, earlier: c.earlier}
		seen, err := byHand(hand).SignIn(t.Context(), c.req)
		if c.says == "" {
			if err != nil || len(hand.problems) > 0 {
				t.Errorf("%s: %v %q", name, err, hand.problems)
			}
			continue
		}
		if !errors.Is(err, errGaveUp) || len(hand.problems) != 1 || !strings.Contains(hand.problems[0], c.says) || seen.Response != nil {
			t.Errorf("%s: %v, problems %q, seen %+v", name, err, hand.problems, seen)
		}
		if p := hand.overs[1].Problem; hint.CodeOf(p) != hint.Usage || !strings.Contains(strings.Join(hint.Hints(p), " "), "sign in again") {
			t.Errorf("%s: code %d, hints %q", name, hint.CodeOf(p), hint.Hints(p))
		}
	}
}

func TestAnAnswerFromTheFutureIsJudgedNow(t *testing.T) {
	t.Parallel()
	hand := &fakeHand{brings: [][]byte{[]byte(answerXML("id1", "_r42", at(time.Hour)))}, earlier: true}
	if seen, err := byHand(hand).SignIn(t.Context(), spFlow); err != nil || !seen.At.Equal(start.Add(10*time.Minute)) {
		t.Errorf("%+v %v", seen, err)
	}
}

func TestWhatIsNoUseIsHandedBackUntilItIs(t *testing.T) {
	t.Parallel()
	good := answerXML("id1", "_r42", at(10*time.Minute))
	hand := &fakeHand{brings: [][]byte{nil, []byte("hm?"), []byte(good)}}
	seen, err := byHand(hand).SignIn(t.Context(), spFlow)
	if err != nil || string(seen.Response) != good || len(hand.problems) != 2 || !strings.Contains(hand.problems[0], "nothing was given") {
		t.Errorf("%+v %v %q", seen, err, hand.problems)
	}
}

func TestAResponseOfAnOddShapeIsLeftForTheChecks(t *testing.T) {
	t.Parallel()
	odd := strings.Replace(answerXML("id1", "_r42", at(time.Minute)), "<saml2p:Status>", `<saml2p:Status ID="id1">`, 1)
	hand := &fakeHand{brings: [][]byte{[]byte(odd)}, earlier: true}
	seen, err := byHand(hand).SignIn(t.Context(), spFlow)
	if err != nil || string(seen.Response) != odd || !seen.At.Equal(start.Add(10*time.Minute)) {
		t.Errorf("%+v %v", seen, err)
	}
}

func TestASignInByHandEndsWithItsContext(t *testing.T) {
	t.Parallel()
	why := errors.New("Ctrl-C")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(why)
	hand := &fakeHand{brings: [][]byte{nil}}
	if _, err := byHand(hand).SignIn(ctx, spFlow); !errors.Is(err, why) || len(hand.overs) != 0 {
		t.Errorf("%v after %d questions", err, len(hand.overs))
	}
	if _, err := byHand(&fakeHand{}).SignIn(t.Context(), sso.SignInRequest{StartURL: "javascript:x"}); err == nil || errors.Is(err, errGaveUp) {
		t.Errorf("an address that is none: %v", err)
	}
}
