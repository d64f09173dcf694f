package plan

import (
	"fmt"
	"math"
	"time"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

// RotatePlan is what a rotation of the signing certificate is about.
type RotatePlan struct {
	FromKID string
	ToKID   string // "" when the key is yet to be made
	Years   int    // validity of a key that is made
	// switchFirst tells that Okta is switched before a person enters the values.
	switchFirst bool
	// back tells that a way back is gone to its end.
	back bool
	// retired tells that the service provider has the new certificate alone.
	retired bool
	gap     int // in calls, of a switch that an earlier run made
	gapMS   int64
	// until is the end of a key that is taken.
	until time.Time
	// known are the keys that were there when the plan was made.
	known []string
}

// Rotated is what a rotation came to.
type Rotated struct {
	FromKID string `json:"from_kid"`
	ToKID   string `json:"to_kid"`
	// GapCalls is how many requests lay between the moment in which the
	// service provider held the new certificate and the one in which Okta
	// signed with the new key: the time in which nobody could sign in. It is 0
	// where the service provider trusts both certificates meanwhile.
	GapCalls int `json:"gap_calls"`
	// GapMS is the same in milliseconds, from the first run that began it.
	GapMS int64 `json:"gap_ms"`
	// ByHand tells that a person's part fell into that time, which the calls do
	// not measure.
	ByHand bool `json:"by_hand,omitempty"`
}

// MakeRotate makes the plan of replacing the app's signing key on both sides.
// A key that is newer than the active one is left from a rotation that stopped
// or went back; it is used rather than added to, because Okta keeps every key
// for ever. keys are all keys of the app.
func MakeRotate(spec sso.Spec, profile *catalog.Profile, o Observed, keys []sso.SigningKey, years int, diff Differ) (*Plan, error) {
	m, err := start("rotate", spec, profile, o, diff)
	if err != nil {
		return nil, err
	}
	if o.App.Status != sso.StatusActive || o.IdP == nil {
		return nil, hint.New(hint.Refused, fmt.Sprintf("the app %s is not active", name(*o.App)), "set it up again with --override, or activate it in Okta")
	}
	if profile.Protocol == sso.OIDC {
		return makeRotateSecret(m, profile)
	}
	m.Rotate = &RotatePlan{FromKID: o.App.KID, Years: years}
	if r := o.State.Rotation; r != nil && r.Back && r.FromKID == o.App.KID {
		m.backSteps()
		return m.Plan, nil
	}
	for _, k := range keys {
		m.Rotate.known = append(m.Rotate.known, k.KID)
	}
	if resumed := o.State.Rotation; resumed != nil && resumed.ToKID == o.App.KID && o.State.Unfinished == "rotate" {
		m.Rotate.FromKID, m.Rotate.ToKID, m.Rotate.gap, m.Rotate.gapMS = resumed.FromKID, resumed.ToKID, resumed.GapCalls, resumed.GapMS
	} else {
		key := m.unusedKey(keys)
		m.Rotate.ToKID, m.Rotate.until = key.KID, key.NotAfter
		if err := m.refuseUneven(); err != nil {
			return nil, err
		}
	}
	if profile.HoldsSeveral() {
		return m.Plan, m.overlapSteps(keys)
	}
	switched := o.App.KID == m.Rotate.ToKID
	if spec.Push == sso.PushGuided && profile.TestsBeforeSaving() {
		return m.Plan, m.switchFirstSteps(switched)
	}
	m.rotateSteps(switched)
	return m.Plan, nil
}

// unusedKey is the key to take rather than to make one: that of a rotation that
// has stopped or gone back, or, where nothing is kept of one, the newest that is
// newer than the active one. Only a rotation under way takes a key of another
// validity than is wanted.
func (m *maker) unusedKey(keys []sso.SigningKey) sso.SigningKey {
	var active, newest sso.SigningKey
	named := map[string]sso.SigningKey{}
	for _, k := range keys {
		named[k.KID] = k
	}
	active = named[m.Observed.App.KID]
	delete(named, active.KID)
	state := m.Observed.State
	if r := state.Rotation; r != nil && named[r.ToKID].KID != "" {
		return named[r.ToKID]
	}
	if k := named[state.SpareKID]; k.KID != "" && validFor(k, m.Rotate.Years) {
		return k
	}
	for _, k := range named {
		if k.Created.After(active.Created) && k.Created.After(newest.Created) && validFor(k, m.Rotate.Years) {
			newest = k
		}
	}
	return newest
}

// validFor tells whether a key was made for so many years.
func validFor(k sso.SigningKey, years int) bool {
	return int(math.Round(k.NotAfter.Sub(k.Created).Hours()/24/365.25)) == years
}

// refuseUneven refuses to rotate where the two sides do not agree to begin with,
// or somebody has changed the app since, unless a rotation is under way.
func (m *maker) refuseUneven() error {
	if m.Observed.State.Rotation != nil && m.Observed.State.Unfinished == "rotate" || m.Spec.Override {
		return nil
	}
	m.drift = append(m.drift, appDrift(m.Observed, m.diff(*m.Observed.App, m.WantApp))...)
	if err := m.refuseDrift(); err != nil {
		return err
	}
	changes, err := m.settingChanges()
	if err != nil || len(changes) == 0 {
		return err
	}
	return &Ways{Override: "rotate all the same",
		Err: hint.New(hint.Refused, fmt.Sprintf("%s does not hold Okta's values: %s differs", m.Profile.Name, m.changedLabels(changes)[0]),
			fmt.Sprintf("bring both sides together first: ssowizard setup %s; or add --override", m.Profile.ID))}
}

// refuseHalfRotated leaves it to rotate to end what it began: what a rotation
// that has stopped left behind is nobody's change.
func (m *maker) refuseHalfRotated() error {
	r, push := m.Observed.State.Rotation, m.Step(StepPush)
	if r == nil || r.ToKID == "" || m.Spec.Override || push == nil || push.Action == None || m.Profile.Protocol == sso.OIDC {
		return nil
	}
	return &Ways{Override: "give " + m.Profile.Name + " the certificate of the key that Okta uses now",
		Err: hint.New(hint.Refused, "a rotation of the signing key has stopped half way, and people may not be able to sign in",
			fmt.Sprintf("go on with it: ssowizard rotate %s; or add --override to give %s the certificate of the key that Okta uses now", m.Spec.Connection, m.Profile.Name))}
}

func (m *maker) rotateSteps(switched bool) {
	sp := m.Profile.Name
	m.keyStep()
	m.add(StepValues, None, "Read Okta's values for the new key", nil)
	push, swtch := Update, Update
	if switched {
		push, swtch = None, None
	}
	m.add(StepPush, push, sp+": give it the new certificate; from here until the next step nobody can sign in", nil)
	m.switchStep(swtch)
	m.order = [][]StepID{{StepKey}, {StepValues}, {StepPush}, {StepSwitch}, {StepReadback}}
	m.add(StepReadback, None, sp+": read the settings back and compare", nil)
	m.rotateTest("; if that fails, both sides go back to the old key")
	m.add(StepOktaRetire, None, "Okta: the old key stays in the app's list, for the way back", nil)
	m.order = append(m.order, []StepID{StepOktaRetire})
}

// keyStep plans where the new key comes from.
func (m *maker) keyStep() {
	if rp := m.Rotate; rp.ToKID == "" {
		m.add(StepKey, Create, fmt.Sprintf("Okta: make a new signing key, good for %s; it signs nothing yet", plural(rp.Years, "year", "years")), nil)
	} else {
		m.add(StepKey, None, "Okta: the unused signing key "+rp.ToKID+" is taken"+goodUntil(rp.until), nil)
	}
}

func goodUntil(end time.Time) string {
	if end.IsZero() {
		return ""
	}
	return ", good until " + end.UTC().Format("2006-01-02")
}

func (m *maker) switchStep(action Action) {
	rp := m.Rotate
	m.add(StepSwitch, action, "Okta: sign with the new key"+goodUntil(rp.until), []sso.Change{{Field: "credentials.signing.kid", From: rp.FromKID, To: orNil(rp.ToKID), KnownAfter: knownAfter(rp.ToKID)}})
}

// rotateTest plans the proof. One that an earlier run has passed for these very
// values counts once Okta signs with the new key.
func (m *maker) rotateTest(otherwise string) {
	if m.Spec.Test == sso.TestNone || m.Observed.Tester == nil {
		m.Warnings = append(m.Warnings, "no sign-in is tried, so a mistake shows only when people cannot sign in; name a tester with --test-user and --test-password-file")
		return
	}
	m.test(otherwise)
	m.order = append(m.order, []StepID{StepTest})
}

func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func knownAfter(kid string) string {
	if kid == "" {
		return string(StepKey)
	}
	return ""
}
