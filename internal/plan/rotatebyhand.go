package plan

import (
	"context"

	"example.com/ssowizard/internal/sso"
)

// A settings page that saves only what has passed its own test takes the new
// certificate only once Okta signs with it. There the order of a rotation by
// hand is: get ready, switch Okta, test and save.

// toPush is what a person has to do with the values.
func (r *run) toPush() string {
	switch rp := r.plan.Rotate; {
	case rp == nil:
		return "enter these values"
	case rp.back:
		return putBack
	case r.profile.Protocol == sso.OIDC:
		return "enter the new client secret; the old one goes on working until the new one is proven"
	case r.profile.HoldsSeveral():
		return "enter the new certificate beside the old one, which stays"
	}
	return "enter and save the new certificate, and go on here at once: nobody can sign in from then until Okta signs with the new key"
}

// switchFirstSteps plans such a rotation.
func (m *maker) switchFirstSteps(switched bool) error {
	sp := m.Profile.Name
	m.Rotate.switchFirst = true
	push, swtch := Update, Update
	if switched {
		swtch = None
		changes, err := m.settingChanges()
		if err != nil {
			return err
		}
		if len(changes) == 0 {
			push = None
		}
	}
	m.keyStep()
	m.add(StepValues, None, "Read Okta's values for the new key", nil)
	m.switchStep(swtch)
	m.add(StepPush, push, sp+": test and save the new certificate; until then nobody can sign in", nil)
	m.add(StepReadback, None, sp+": read the settings back and compare", nil)
	m.order = [][]StepID{{StepKey}, {StepValues}, {StepSwitch}, {StepPush}, {StepReadback}}
	m.rotateTest("; if that fails, both sides go back to the old key")
	m.add(StepOktaRetire, None, "Okta: the old key stays in the app's list, for the way back", nil)
	m.order = append(m.order, []StepID{StepOktaRetire})
	return nil
}

// switchWhenReady makes Okta sign with the new key once a person is ready to
// save its certificate.
func (r *run) switchWhenReady(ctx context.Context, _ Step) (string, error) {
	if !r.confirmed(StepSwitch) {
		want, err := r.profile.WantedSettings(r.plan.Inputs, r.sp.Offered, r.idp)
		if err != nil {
			return "", err
		}
		return "", r.handoff(StepSwitch, r.toEnter(want),
			"open the page and put the new certificate in, but neither test nor save it yet: the page takes it only once Okta signs with the new key, and that comes next")
	}
	if err := r.switchTo(ctx, r.plan.Rotate.ToKID); err != nil {
		return "", err
	}
	r.rotated = &Rotated{FromKID: r.plan.Rotate.FromKID, ToKID: r.plan.Rotate.ToKID, GapCalls: 1, ByHand: true}
	return "now signing with " + r.app.KID + "; nobody can sign in until the new certificate is saved at " + r.profile.Name, r.keepSwitch()
}

// pushAfterSwitch waits for the person to save. A test that fails on the page
// needs the way back as well: whoever says that it is saved lets our own test find out.
func (r *run) pushAfterSwitch(context.Context, Step) (string, error) {
	want, err := r.profile.WantedSettings(r.plan.Inputs, r.sp.Offered, r.idp)
	if err != nil {
		return "", err
	}
	return r.handOver(StepPush, want, "test and save the new certificate now, because nobody can sign in until then; if the page does not take it, go on all the same: the sign-in that follows fails then, and Okta goes back to the old key")
}
