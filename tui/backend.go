package tui

import (
	"context"

	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/secret"
	"example.com/ssowizard/internal/sso"
)

// Backend is the world outside the screen. Every method may take its time and
// is called from commands only, never from Update or View; all are safe for
// concurrent use after Open has returned.
type Backend interface {
	// Open builds what the rest needs. It is called once, first.
	Open(ctx context.Context) (World, error)
	// Waits gives what any method but Prepare and Run has to wait for, such as
	// a rate limit, while it waits. Nil where nothing ever waits.
	Waits() <-chan plan.Event
	// Kept lists the connections of this machine without asking anybody.
	Kept(ctx context.Context) ([]Connection, error)
	// Look asks both sides how a connection stands.
	Look(ctx context.Context, c Connection) (plan.ConnectionStatus, error)

	// TokenFrom says where a token for the org is found without asking, ""
	// where there is none.
	TokenFrom(ctx context.Context, org string) (string, error)
	// CheckOrg asks the org who it is and what the token may do. A zero token
	// means the one that TokenFrom found.
	CheckOrg(ctx context.Context, org string, token secret.String) (OrgReport, error)
	Groups(ctx context.Context, org, text, after string) (GroupPage, error)
	People(ctx context.Context, org, text, after string) (PeoplePage, error)
	// FindPeople looks each of refs up; the answer has one entry for each.
	FindPeople(ctx context.Context, org string, refs []string) ([]Found, error)
	// Members reads the people of a group, up to a limit of the backend's.
	Members(ctx context.Context, org, groupID string) (Members, error)

	// Told reads what the service provider tells of itself: values for the Okta
	// side, what its settings hold, and what they let one choose from.
	Told(ctx context.Context, job Job) (sso.SPState, error)
	// Prepare makes the plan of a job and writes nothing. It reports only what
	// it has to wait for.
	Prepare(ctx context.Context, job Job, report func(plan.Event)) (*Prepared, error)
	// Adoptable lists the apps of the org that carry our mark and that nothing
	// on this machine knows of.
	Adoptable(ctx context.Context, org string) ([]Adoptable, error)
	// Adopt takes the job's app under management and changes nothing.
	Adopt(ctx context.Context, job Job) (plan.Result, error)
	// Run carries a prepared plan out; report is called from several
	// goroutines, also at the same time. person is asked for what only a person
	// can do. A plan that no longer holds is not carried out; Stale is the error
	// then.
	Run(ctx context.Context, p *Prepared, report func(plan.Event), person Person) (plan.Result, error)

	// KeepDrafts and Drafts keep what was answered and not carried out yet, for
	// the next start, the newest first.
	KeepDrafts(ds []Draft) error
	Drafts() ([]Draft, error)
	// SaveFile writes a new file and refuses to replace one.
	SaveFile(path string, data []byte) (where string, err error)
	// Copy puts text on the clipboard.
	Copy(ctx context.Context, text string) error
}

// Person is somebody whom a run asks to sign in. Both methods wait for an answer
// and give an error when there will be none.
type Person interface {
	// SignIn hands a sign-in over and gives what was pasted of it, or the path
	// of a file.
	SignIn(ctx context.Context, s BySelf) (pasted string, err error)
	// LetIn asks whether the service provider let the person in.
	LetIn(ctx context.Context, s BySelf) (bool, error)
}

// BySelf is a sign-in that a person makes in a browser of their own.
type BySelf struct {
	Flow  sso.Flow
	URL   string // where to begin
	Login string // whom to sign in as
	Wants Wants
	// Problem is what was wrong with what was given before, nil at first.
	Problem error
}

// Wants is what a person brings of a sign-in.
type Wants int

// What a person brings: a SAML response, the address on which the sign-in ended
// with a code in it, or only the word whether the page let them in.
const (
	WantsResponse Wants = iota
	WantsAddress
	WantsWord
)

// Local is what needs no I/O, so that it can be asked on every key.
type Local interface {
	// ParseOrg gives the origin of an org's address as typed.
	ParseOrg(text string) (string, error)
}

// World is what Open found.
type World struct {
	Profiles []*catalog.Profile
	// SandboxOrg is the address of the sandbox's org, "" in production.
	SandboxOrg string
	// OwnSandbox tells that the sandbox ends with the wizard.
	OwnSandbox bool
	// SandboxTester is who tries the sign-in there; the password is known.
	SandboxTester string
	// Drafts are the unfinished ones of earlier starts, the newest first.
	Drafts []Draft
	// TestPassword tells that the environment has the tester's password.
	TestPassword bool
	// Flags are the flags given for every command, as words of a shell: the
	// commands that are shown have them too.
	Flags []string
	// Screen tells whether a browser can show a window here.
	Screen bool
}

// Sandbox tells whether nothing outside this machine is reached.
func (w World) Sandbox() bool { return w.SandboxOrg != "" }

// flags are what every command that is shown ends with.
func (w World) flags() []string {
	if w.Sandbox() {
		return append([]string{"--sandbox"}, w.Flags...)
	}
	return w.Flags
}

// Profile finds a profile by its id, nil without.
func (w World) Profile(id string) *catalog.Profile {
	for _, p := range w.Profiles {
		if p.ID == id {
			return p
		}
	}
	return nil
}

// Connection is one that is kept on this machine.
type Connection struct {
	Org, Name string // as the store calls them
	State     sso.State
	Problem   string // why the state cannot be read, "" when it can
}

// OrgReport is what the org says of itself and of the token.
type OrgReport struct {
	Org     sso.Org
	Company string
	Me      sso.Person
	// Roles are administrator roles; RolesKnown is false where the token may
	// not read them.
	Roles      []string
	RolesKnown bool
	// Missing are rights that the work needs and the token does not have.
	Missing []Missing
}

// Missing is one right that is not there.
type Missing struct{ What, Why, Who string }

// Group is a group in the picker.
type Group struct {
	ID, Name, Description string
	Everyone              bool
	People                int // -1 where it is not known
}

// GroupPage and PeoplePage are pages of a search; After is the cursor of the
// next one, "" on the last.
type GroupPage struct {
	Groups []Group
	After  string
}

// PeoplePage is a page of people.
type PeoplePage struct {
	People []sso.Person
	After  string
}

// Found is what became of one pasted address.
type Found struct {
	Ref    string
	Person *sso.Person // nil when nobody is meant
	Why    string      // then why
}

// Members are people of a group; More tells that there are more than these.
type Members struct {
	People []sso.Person
	More   bool
}

// Adoptable is an app that was set up by this program, but not from here.
type Adoptable struct {
	AppID, Label string
	// Connection and Profile are what its mark says.
	Connection, Profile string
	Active              bool
}

// Verb is what a job does, in the words of the commands.
type Verb string

// The jobs.
const (
	Setup   Verb = "setup"
	Test    Verb = "test"
	Enable  Verb = "enable"
	Disable Verb = "disable"
	Undo    Verb = "undo"
	Rotate  Verb = "rotate"
	Adopt   Verb = "adopt"
)

// ofKept tells whether the job is about a connection that is there already.
func (v Verb) ofKept() bool { return v != "" && v != Setup }

// Job is a plan to be made.
type Job struct {
	Verb    Verb
	Answers *ask.Answers
	// Org and Name are those of a kept connection, for every verb but Setup.
	Org, Name string
	Secrets   Secrets
	// Years is how long a new signing key is to be good for.
	Years int
	// AppID is the app to adopt, "" for the one with the connection's mark.
	AppID string
}

// Secrets are typed in and never kept. Zero ones come from the environment.
type Secrets struct{ Token, SPToken, Password secret.String }

// Prepared is a plan and what showing it needs.
type Prepared struct {
	Job  Job
	Plan *plan.Plan
	// TestSkipped says why no test will be made, "" when one will.
	TestSkipped string
	// Handle is the backend's own.
	Handle any
}

// Stale is the error of a plan that no longer holds; Fresh is the one that does.
type Stale struct{ Fresh *Prepared }

func (*Stale) Error() string { return "something has changed since the plan was made" }
