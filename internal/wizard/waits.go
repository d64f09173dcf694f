package wizard

import (
	"strings"
	"time"

	"example.com/ssowizard/internal/plan"
)

// Waits gives the pauses of everything that is only looked at.
func (b *backend) Waits() <-chan plan.Event { return b.waits }

// waited tells of a pause. Nobody is waited for: when the screen is behind,
// later pauses say the same.
func (b *backend) waited(why string, length time.Duration) {
	now := time.Now()
	select {
	case b.waits <- plan.Event{Kind: plan.EventStep, Status: plan.Waiting, Time: now, Until: now.Add(length), Detail: why}:
	default:
	}
}

// waitOf tells of a pause that a core has reported.
func (b *backend) waitOf(ev plan.Event) {
	if ev.Status != plan.Waiting || ev.Until.IsZero() {
		return
	}
	why, _, _ := strings.Cut(ev.Detail, "; goes on in ")
	b.waited(why, ev.Until.Sub(ev.Time))
}
