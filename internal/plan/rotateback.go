package plan

import (
	"fmt"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

// The way back from a rotation in which a person enters the values: Okta signs
// with the old key again, and the old certificate is theirs to put back.

// backSteps plans what is left of a way back.
func (m *maker) backSteps() {
	m.Rotate.ToKID, m.Rotate.back = m.Rotate.FromKID, true
	m.add(StepValues, None, "Read Okta's values for the old key", nil)
	m.add(StepPush, Update, m.Profile.Name+": put the old certificate back; until then nobody can sign in", nil)
	m.add(StepReadback, None, m.Profile.Name+": read the settings back and compare", nil)
	m.order = [][]StepID{{StepValues}, {StepPush}, {StepReadback}}
	m.rotateTest("")
}

// putBack is what a person has to do on a way back.
const putBack = "put the old certificate back on the page now, because nobody can sign in until then"

// wentBack is the end of a rotation whose proof had failed: nothing is new.
func wentBack(sp, connection string) error {
	return hint.New(hint.TestFailed, fmt.Sprintf("the new certificate was not proven: Okta and %s are on the old key and certificate again", sp),
		"find out what failed, then try again: ssowizard rotate "+connection)
}

// backByHand hands the old values over. What a person entered last stays known
// as what the page holds until they say that it is right again.
func (r *run) backByHand(cause error) error {
	if err := r.save(func(s *sso.State) {
		s.Rotation = &sso.Rotation{FromKID: r.plan.Rotate.FromKID, ToKID: r.plan.Rotate.ToKID, Back: true}
		s.KID, s.Proof = r.app.KID, nil
	}); err != nil {
		return fmt.Errorf("%w; went back, but could not note it: %w", cause, err)
	}
	want, err := r.profile.WantedSettings(r.plan.Inputs, r.sp.Offered, r.idp)
	if err != nil {
		return err
	}
	waiting := r.handoff(StepPush, r.toEnter(want), putBack)
	if hint.CodeOf(waiting) != hint.Waiting {
		return fmt.Errorf("%w; and the old values could not be handed over: %w", cause, waiting)
	}
	return hint.Seal(hint.Waiting, fmt.Errorf("%w; Okta signs with the old key again, and %s has to get the old certificate back", cause, r.profile.Name), thenConfirm(putBack, StepPush))
}
