package plan

import (
	"context"
	"errors"
	"time"

	"example.com/ssowizard/internal/hint"
)

// grace is how long a write that has begun may go on after the run was told to
// stop, so that its outcome is known rather than guessed.
const grace = 5 * time.Second

// withGrace is ctx, but its end comes a little later.
func withGrace(ctx context.Context, clock Clock) (context.Context, context.CancelFunc) {
	patient, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		if clock.Sleep(patient, grace) == nil {
			cancel(context.Cause(ctx))
		}
	})
	return patient, func() { stop(); cancel(nil) }
}

// lastGrace is how long a way back may go on after the run was told to stop. It
// outlasts a rate limit, which is a minute, but not a side that never answers.
const lastGrace = time.Minute

// toTheEnd is a context for what must not stay half done: the end of ctx does not
// end it, but gives it lastGrace by the wall clock.
func toTheEnd(ctx context.Context) (context.Context, context.CancelFunc) {
	lasting, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		select {
		case <-time.After(lastGrace):
			cancel(context.Cause(ctx))
		case <-lasting.Done():
		}
	})
	return lasting, func() { stop(); cancel(nil) }
}

func requestID(err error) string { return hint.RequestID(err) }

// outcomeUnknown tells whether a call may have taken effect though no answer came.
func outcomeUnknown(err error) bool {
	var u interface{ OutcomeUnknown() bool }
	return errors.As(err, &u) && u.OutcomeUnknown()
}
