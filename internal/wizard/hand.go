package wizard

import (
	"context"
	"os"
	"sync"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/signin"
	"example.com/ssowizard/tui"
)

// hand is the way from a sign-in to the person at the screen of the run that is
// going on.
type hand struct {
	mu     sync.Mutex
	person tui.Person
}

// meet says who is at the screen from now on, nil for nobody.
func (h *hand) meet(p tui.Person) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.person = p
}

func (h *hand) met() (tui.Person, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.person == nil {
		return nil, hint.New(hint.Waiting, "nobody is at the screen to sign in", "")
	}
	return h.person, nil
}

// Ready is false: nothing was made before it is asked for.
func (h *hand) Ready() bool { return false }

// Check has nothing to look at before it is asked for.
func (h *hand) Check(func(data []byte) error) error { return nil }

// Bring hands a sign-in over and gives what was pasted, or what is in the file
// that was named. A file that is not there is asked for again.
func (h *hand) Bring(ctx context.Context, o signin.HandOver) (signin.Brought, error) {
	person, err := h.met()
	if err != nil || o.Wants == signin.WantsWord { // LetIn hands that over
		return signin.Brought{}, err
	}
	s := bySelf(o)
	for {
		text, err := person.SignIn(ctx, s)
		if err != nil {
			return signin.Brought{}, err
		}
		home, _ := os.UserHomeDir()
		data, err := signin.HandedOrFile(text, home)
		if err == nil {
			return signin.Brought{Data: data}, nil
		}
		s.Problem = err
	}
}

// LetIn asks whether the service provider let the person in.
func (h *hand) LetIn(ctx context.Context, o signin.HandOver) (signin.Word, error) {
	person, err := h.met()
	if err != nil {
		return signin.Unsaid, err
	}
	yes, err := person.LetIn(ctx, bySelf(o))
	if err != nil || !yes {
		return signin.No, err
	}
	return signin.Yes, nil
}

func bySelf(o signin.HandOver) tui.BySelf {
	wants := map[signin.Wants]tui.Wants{signin.WantsResponse: tui.WantsResponse, signin.WantsCode: tui.WantsAddress, signin.WantsWord: tui.WantsWord}
	return tui.BySelf{Flow: o.Flow, URL: o.URL, Login: o.Login, Wants: wants[o.Wants], Problem: o.Problem}
}
