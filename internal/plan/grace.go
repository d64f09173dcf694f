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

func requestID(err error) string { return hint.RequestID(err) }

// outcomeUnknown tells whether a call may have taken effect though no answer came.
func outcomeUnknown(err error) bool {
	var u interface{ OutcomeUnknown() bool }
	return errors.As(err, &u) && u.OutcomeUnknown()
}
