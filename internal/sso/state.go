package sso

import "time"

// State is what is kept of a connection between runs. It holds no secret.
type State struct {
	Version    int    `json:"version"`
	Connection string `json:"connection"` // name
	ID         string `json:"id"`         // ConnectionID
	Profile    string `json:"profile"`
	Label      string `json:"label"`
	OrgID      string `json:"org_id"`
	OrgURL     string `json:"org_url"`

	AppID   string `json:"app_id,omitempty"`
	AppName string `json:"app_name,omitempty"`
	KID     string `json:"kid,omitempty"`
	// SecretID is the id of the client secret that the service provider was
	// given; the secret itself is kept nowhere.
	SecretID string `json:"secret_id,omitempty"`
	// Logo is the SHA-256, in hex, of the logo that was uploaded last.
	Logo string `json:"logo,omitempty"`
	// BookmarkID is the bookmark app beside the app, and CreatedBookmark tells
	// that a run of ours made it.
	BookmarkID      string `json:"bookmark_id,omitempty"`
	CreatedBookmark bool   `json:"created_bookmark,omitempty"`
	// CreatedApp is true when a run of ours made the app, so undo removes it.
	CreatedApp bool `json:"created_app,omitempty"`
	// Adopted is true when the connection was there before us: undo leaves its
	// app and the settings at the service provider in place.
	Adopted bool `json:"adopted,omitempty"`

	Inputs   map[string]string `json:"inputs,omitempty"`
	Push     string            `json:"push,omitempty"`
	SPAPIURL string            `json:"sp_api_url,omitempty"`

	// Assigned are the assignments that runs of ours made, people and groups.
	Assigned []Assignment `json:"assigned,omitempty"`
	// Wanted are the assignments that a set-up that has not come to its end is
	// still to make.
	Wanted   []Assignment `json:"wanted,omitempty"`
	TesterID string       `json:"tester_id,omitempty"`
	// Tester is the login of the tester.
	Tester string `json:"tester,omitempty"`

	// AppliedApp and AppliedSP are the values that our last run left on each
	// side, by field; a difference to what is there now is somebody's change.
	AppliedApp map[string]any    `json:"applied_app,omitempty"`
	AppliedSP  map[string]string `json:"applied_sp,omitempty"`
	// PushingSP are the values that a push of ours is about to write, until what
	// became of it is read back: they are not somebody's change either.
	PushingSP map[string]string `json:"pushing_sp,omitempty"`
	// BeforeSP is what the service provider held before our first push, or when
	// the connection was adopted; nil where it could not be read.
	BeforeSP *SPState `json:"before_sp,omitempty"`

	Proof *Proof `json:"proof,omitempty"`
	// ByHand is a test that waits for a person, nil when none does.
	ByHand    *ByHandTest `json:"by_hand,omitempty"`
	EnabledAt *time.Time  `json:"enabled_at,omitempty"`
	// SignInOwed tells that sign-in was turned on and the real sign-in that has to
	// follow has not worked yet.
	SignInOwed bool `json:"sign_in_owed,omitempty"`
	// TurnedOn is true once a run of ours has turned sign-in with Okta on; it
	// stays so when it is turned off again.
	TurnedOn bool `json:"turned_on,omitempty"`
	// Rotation is a rotation that has begun and is not proven yet.
	Rotation *Rotation `json:"rotation,omitempty"`
	// SpareKID is a signing key that a rotation of ours made and gave up.
	SpareKID string `json:"spare_kid,omitempty"`
	// Confirmed holds the steps that a person said were done by hand.
	Confirmed map[string]time.Time `json:"confirmed,omitempty"`
	// Unfinished names the command of a run that has not come to its end.
	Unfinished string    `json:"unfinished,omitempty"`
	Updated    time.Time `json:"updated"`
}

// LeaveSP notes what our last run left at the service provider.
func (s *State) LeaveSP(values map[string]string) { s.AppliedSP, s.PushingSP = values, nil }

// Rotation is the change from one signing key to another.
type Rotation struct {
	FromKID string `json:"from_kid"`
	ToKID   string `json:"to_kid,omitempty"` // "" until the key is there
	// Back tells that the proof failed and Okta went back to FromKID, and that a
	// person has yet to put the old certificate back at the service provider.
	Back bool `json:"back,omitempty"`
	// PushedAt is when the service provider got the certificate of ToKID alone,
	// zero before.
	PushedAt time.Time `json:"pushed_at,omitzero"`
	// GapCalls and GapMS are what the time until the switch was measured at,
	// once it was made.
	GapCalls int   `json:"gap_calls,omitempty"`
	GapMS    int64 `json:"gap_ms,omitempty"`
}

// Proof is a passed test and the values that it was passed for.
type Proof struct {
	Kind     string    `json:"kind"` // sp-test, sign-in, response
	Digest   string    `json:"digest"`
	At       time.Time `json:"at"`
	Tester   string    `json:"tester,omitempty"`
	Attested bool      `json:"attested,omitempty"` // a person said so
	// App and SP are the values that it is for, by field, to tell later which of
	// them changed.
	App map[string]any    `json:"app,omitempty"`
	SP  map[string]string `json:"sp,omitempty"`
	// Responses are the IDs of the SAML responses that it rests on.
	Responses []string `json:"responses,omitempty"`
}

// ByHandTest is a test that waits for a person to sign in.
type ByHandTest struct {
	At     time.Time `json:"at"`     // when it was begun
	Digest string    `json:"digest"` // of the values that it is for
	// TestID and StartURL are of the service provider's own test, "" without one.
	TestID   string `json:"test_id,omitempty"`
	StartURL string `json:"start_url,omitempty"`
	// CodeState and CodeNonce are those of a code flow that a person was sent
	// on, "" without one: the answer may come in a later run. The code itself is
	// kept nowhere.
	CodeState string `json:"code_state,omitempty"`
	CodeNonce string `json:"code_nonce,omitempty"`
}

// JournalEntry is one line of the journal: what is about to be done, or what
// came of it. It holds no secret.
type JournalEntry struct {
	Time    time.Time `json:"time"`
	Run     string    `json:"run"`
	Command string    `json:"command"`
	Step    string    `json:"step"`
	Phase   string    `json:"phase"` // begin, intent, done, failed, end
	What    string    `json:"what"`  // such as: create app "net2phone Sync"
	// Target is the id of the thing, as soon as it is known.
	Target    string `json:"target,omitempty"`
	Detail    string `json:"detail,omitempty"`
	RequestID string `json:"request_id,omitempty"`
}

// Phases of a journal entry.
const (
	PhaseBegin  = "begin"
	PhaseIntent = "intent"
	PhaseDone   = "done"
	PhaseFailed = "failed"
	PhaseEnd    = "end"
)
