package guided

import (
	"context"
	"fmt"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

// Driver stands where a settings API would. It reads nothing and writes
// nothing: whatever would change the page is an error with the exit code for
// waiting, and says what a person has to do there.
type Driver struct{ profile *catalog.Profile }

// New makes the driver of a profile.
func New(p *catalog.Profile) *Driver { return &Driver{profile: p.For(sso.PushGuided)} }

// Read says that nothing can be read.
func (d *Driver) Read(ctx context.Context) (sso.SPState, error) {
	return sso.SPState{}, ctx.Err()
}

// Push waits for a person to enter the settings.
func (d *Driver) Push(ctx context.Context, settings []sso.SPSetting) (sso.SPState, error) {
	for _, s := range settings {
		if _, ok := d.profile.Setting(s.ID); !ok {
			return sso.SPState{}, fmt.Errorf("the profile has no setting %q", s.ID)
		}
	}
	return sso.SPState{}, d.wait(ctx, "enter the values on the page", catalog.EffectSave)
}

// SetEnabled waits for a person to use the switch.
func (d *Driver) SetEnabled(ctx context.Context, on bool) error {
	if d.profile.TurnOn == catalog.TurnOnNone {
		return hint.New(hint.Usage, d.profile.Name+" has no switch", "what is saved there is on")
	}
	what := "turn the switch off"
	if on {
		what = "turn the switch on"
	}
	return d.wait(ctx, what, catalog.EffectEnable)
}

// StartTest waits for a person to run the page's own test.
func (d *Driver) StartTest(ctx context.Context) (sso.SPTest, error) {
	return sso.SPTest{}, d.wait(ctx, "run the test of the page", catalog.EffectTest)
}

// TestVerdict waits for a person to say what the page said.
func (d *Driver) TestVerdict(ctx context.Context, _ string) (sso.SPVerdict, error) {
	return sso.SPVerdict{}, d.wait(ctx, "see what the test of the page says", catalog.EffectTest)
}

// People says that nobody can be listed.
func (d *Driver) People(ctx context.Context) ([]sso.SPPerson, bool, error) {
	return nil, false, ctx.Err()
}

// Restore waits for a person to set the page back.
func (d *Driver) Restore(ctx context.Context, before sso.SPState) error {
	if before.Configured {
		return d.wait(ctx, "enter the former values on the page", catalog.EffectSave)
	}
	return d.wait(ctx, "clear the values on the page", catalog.EffectSave)
}

// wait is the error that asks a person for something, with the page and the
// button that has the effect.
func (d *Driver) wait(ctx context.Context, what string, effect catalog.Effect) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	tip := what
	if d.profile.Portal != nil {
		tip += ": " + d.profile.Portal.Page
		if d.profile.Portal.URL != "" {
			tip += " at " + d.profile.Portal.URL
		}
		for _, b := range d.profile.Portal.Buttons {
			if b.Effect == effect {
				tip += ", with " + b.Label
				break
			}
		}
	}
	return hint.New(hint.Waiting, "waiting for a person at "+d.profile.Name, tip)
}
