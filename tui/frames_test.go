package tui_test

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/tui"
	"example.com/ssowizard/tui/tuitest"
)

// state is one state of one screen: how the world is, and the way there.
type state struct {
	name  string
	world func(t *testing.T, f *fake)
	walk  func(d *tuitest.Driver)
}

func nothing(*tuitest.Driver) {}

func held(name string) func(*testing.T, *fake) {
	return func(_ *testing.T, f *fake) { f.hold[name] = make(chan struct{}) }
}

var refused = &hint.Error{Err: errors.New("look up whose token it is: Okta answered 401 to GET /api/v1/users/me: Invalid token provided (E0000011)"), Code: hint.NotAllowed,
	Hints: []string{"the token is wrong, has been revoked, or has not been used for 30 days: make a new one in the Admin Console (Security → API → Tokens)"}, RequestID: "reqABC123"}

var lost = &hint.Error{Err: errors.New(`sp.push: save settings at net2phone Sync: the connection broke after the request was sent`), Code: hint.Partway,
	Hints: []string{"run the same command again: it goes on from here"}}

var states = []state{
	{"start-loading", held("Open"), nothing},
	{"start-empty", nil, nothing},
	{"start-failed", func(_ *testing.T, f *fake) {
		f.openErr = hint.New(hint.Refused, "the sandbox is in use by another run", "wait for it to end")
	}, nothing},
	{"start-connections", connections, func(d *tuitest.Driver) { d.Press("down") }},
	{"start-draft", func(_ *testing.T, f *fake) {
		f.world.Drafts = []tui.Draft{{SP: "net2phone", Org: org, Place: "Who"}}
	}, nothing},
	{"start-differences", connections, func(d *tuitest.Driver) { d.Press("down", "d") }},
	{"provider", nil, toProvider},
	{"org-empty", nil, toOrg},
	{"org-wrong", nil, func(d *tuitest.Driver) { toOrg(d); d.Type("http://acme.okta.com") }},
	{"org-token", func(_ *testing.T, f *fake) { f.tokens = nil }, func(d *tuitest.Driver) { toOrg(d); d.Type("acme"); d.Press("enter") }},
	{"org-checking", held("CheckOrg"), func(d *tuitest.Driver) { toOrg(d); d.Type("acme"); d.Press("enter") }},
	{"org-known", nil, toKnownOrg},
	{"org-missing", func(_ *testing.T, f *fake) {
		f.report.Roles = []string{"READ_ONLY_ADMIN"}
		f.report.Missing = []tui.Missing{{What: "creating apps", Why: "Nobody with these roles may.", Who: "a Super Administrator can give you the role Application Administrator"}}
	}, toKnownOrg},
	{"org-failed", func(_ *testing.T, f *fake) { f.orgErr = refused }, func(d *tuitest.Driver) { toOrg(d); d.Type("acme"); d.Press("enter") }},
	{"details", nil, toDetails},
	{"details-wrong", nil, func(d *tuitest.Driver) { toDetails(d); d.Press("ctrl+u", "enter") }},
	{"access", nil, func(d *tuitest.Driver) { toDetails(d); d.Press("tab", "left", "enter", "enter") }},
	{"told-loading", func(t *testing.T, f *fake) { telling(t, f); f.hold["Told"] = make(chan struct{}) }, toTold},
	{"told", telling, toTold},
	{"told-failed", func(t *testing.T, f *fake) { telling(t, f); f.toldErr = refusedBySP }, toTold},
	{"who-loading", held("Groups"), toWho},
	{"who-nothing", nil, func(d *tuitest.Driver) { toWho(d); d.Press("/"); d.Type("xyz") }},
	{"who-searching", held("Groupssal"), func(d *tuitest.Driver) { toWho(d); d.Press("/"); d.Type("sal") }},
	{"who-failed", func(_ *testing.T, f *fake) { f.searchErr = refused }, toWho},
	{"who-groups", nil, func(d *tuitest.Driver) { toWho(d); d.Press("space", "down", "space") }},
	{"who-everyone", nil, func(d *tuitest.Driver) {
		toWho(d)
		d.Press("/")
		d.Type("every")
		d.Press("enter", "space", "esc")
	}},
	{"who-people", nil, func(d *tuitest.Driver) { toWho(d); d.Press("tab", "space", "down", "down", "space", "end", "end") }},
	{"who-unknown", nil, func(d *tuitest.Driver) {
		toWho(d)
		d.Press("p")
		d.Paste("ben.okafor@acme.example\nnobody@acme.example; zoe@acme.example")
		d.Press("enter", "esc")
	}},
	{"who-chosen", nil, func(d *tuitest.Driver) {
		toWho(d)
		d.Press("space", "down", "space", "tab", "space", "c", "down", "space")
	}},
	{"who-no-email", nil, func(d *tuitest.Driver) { toWho(d); d.Press("space", "v") }},
	{"tester", nil, toTester},
	{"review-loading", held("Prepare"), toReview},
	{"review", nil, toReview},
	{"review-open", nil, func(d *tuitest.Driver) { toReview(d); d.Press("enter") }},
	{"review-failed", func(_ *testing.T, f *fake) {
		f.planErr = &plan.Ways{Override: "set back what was changed", KeepLabel: "Phones",
			Err: hint.New(hint.Refused, "2 settings were changed by somebody since: Okta, settings.signOn.audience: is N2P, would become n2p; Okta, label: is Phones, would become net2phone Sync",
				"ssowizard status net2phone shows both sides; add --override to set it back")}
	}, toReview},
	{"apply-running", func(_ *testing.T, f *fake) { f.events = endless(false) }, func(d *tuitest.Driver) { toApply(d); d.Pass(3 * time.Second) }},
	{"apply-waiting", func(_ *testing.T, f *fake) { f.events = endless(true) }, func(d *tuitest.Driver) { toApply(d); d.Pass(5 * time.Second) }},
	{"apply-stop", func(_ *testing.T, f *fake) { f.events = endless(false) }, func(d *tuitest.Driver) { toApply(d); d.Press("ctrl+c") }},
	{"apply-stopped", func(_ *testing.T, f *fake) { f.events = endless(false) }, func(d *tuitest.Driver) { toApply(d); d.Press("ctrl+c", "y") }},
	{"apply-failed", func(_ *testing.T, f *fake) { f.events = failing(plan.StepPush, lost) }, toApply},
	{"apply-done", nil, toApply},
	{"apply-log", nil, func(d *tuitest.Driver) { toApply(d); d.Press("l") }},
	{"hand-card", func(_ *testing.T, f *fake) { f.events = byHand }, toApply},
	{"hand-file", func(_ *testing.T, f *fake) { f.events = byHand }, func(d *tuitest.Driver) { toApply(d); d.Press("enter", "enter", "enter") }},
	{"hand-last", func(_ *testing.T, f *fake) { f.events = byHand }, func(d *tuitest.Driver) { toApply(d); d.Press("enter", "enter", "enter", "enter") }},
	{"test-passed", nil, func(d *tuitest.Driver) { toApply(d); d.Press("enter") }},
	{"test-confirmed", func(_ *testing.T, f *fake) { f.unread = true }, toTested},
	{"test-failed", func(_ *testing.T, f *fake) { f.events = badTest }, toApply},
	{"test-others", func(_ *testing.T, f *fake) { f.events = contested }, toApply},
	{"turned-off-again", func(_ *testing.T, f *fake) { f.events = offAgain }, func(d *tuitest.Driver) {
		toTested(d)
		d.Press("enter")
		d.Type("net2phone Sync")
		d.Press("enter")
	}},
	{"test-wrong-password", func(_ *testing.T, f *fake) { f.events = wrongPassword }, toApply},
	{"test-more-factors", func(_ *testing.T, f *fake) { f.events = moreFactors }, toApply},
	{"by-hand", func(_ *testing.T, f *fake) { f.events = f.bySelf }, toApply},
	{"by-hand-wrong", func(_ *testing.T, f *fake) { f.events = f.bySelf }, func(d *tuitest.Driver) { toApply(d); d.Paste("<html>no</html>"); d.Press("enter") }},
	{"by-hand-pasted", func(_ *testing.T, f *fake) { f.events = f.bySelf }, func(d *tuitest.Driver) { toApply(d); d.Paste(strings.Repeat("PHNhbWwycDpSZXNwb25zZQ", 1000)) }},
	{"by-hand-let-in", func(_ *testing.T, f *fake) { f.events = f.bySelf }, func(d *tuitest.Driver) { toApply(d); d.Paste(good); d.Press("enter") }},
	{"by-hand-code", func(_ *testing.T, f *fake) { f.events = f.bringing(tui.WantsAddress) }, toApply},
	{"by-hand-sandbox", func(_ *testing.T, f *fake) { sandboxed(f); f.events = f.bySelf }, toSandboxApply},
	{"by-hand-word", func(_ *testing.T, f *fake) { f.events = f.bringing(tui.WantsWord) }, toApply},
	{"on-in-vain", func(_ *testing.T, f *fake) { f.events = onInVain }, func(d *tuitest.Driver) {
		toTested(d)
		d.Press("enter")
		d.Type("net2phone Sync")
		d.Press("enter")
	}},
	{"left-on", func(_ *testing.T, f *fake) { f.events = f.leftOn }, toLeftOn},
	{"by-hand-later", func(_ *testing.T, f *fake) { f.events = f.bySelf }, func(d *tuitest.Driver) { toApply(d); d.Press("esc") }},
	{"tester-by-hand", nil, func(d *tuitest.Driver) { toTester(d); d.Press("right", "right") }},
	{"test-by-hand", func(_ *testing.T, f *fake) { f.events = byHand }, func(d *tuitest.Driver) {
		toApply(d)
		d.Press("enter", "enter", "enter", "enter", "enter")
	}},
	{"turn-on", nil, func(d *tuitest.Driver) { toApply(d); d.Press("enter", "enter") }},
	{"turn-on-loading", held("Prepare enable"), func(d *tuitest.Driver) { toTested(d); d.Press("enter") }},
	{"turn-on-failed", func(_ *testing.T, f *fake) { f.enableErr = lost }, func(d *tuitest.Driver) { toTested(d); d.Press("enter") }},
	{"turn-on-warned", func(_ *testing.T, f *fake) {
		f.told = []string{"net2phone Sync has 12 users; ana.lima@acme.example can go on signing in without Okta",
			"72 hours after turning on: passwords end, and people get in through Okta only. Whoever cannot sign in with Okta by then is locked out."}
	}, func(d *tuitest.Driver) { toTested(d); d.Press("enter") }},
	{"turn-on-rest", func(_ *testing.T, f *fake) { f.held = true }, func(d *tuitest.Driver) {
		toTested(d)
		d.Press("enter")
		d.Type("net2phone Sync")
		d.Press("enter", "enter")
	}},
	{"done", nil, func(d *tuitest.Driver) {
		toApply(d)
		d.Press("enter", "enter")
		d.Type("net2phone Sync")
		d.Press("enter", "enter")
	}},
	{"undo", connections, func(d *tuitest.Driver) { d.Press("down", "u") }},
	{"start-adopt", nil, func(d *tuitest.Driver) { d.Press("down") }},
	{"start-waiting", func(t *testing.T, f *fake) { connections(t, f); limited(f, "Look") }, func(d *tuitest.Driver) { d.Press("down"); d.Pass(3 * time.Second) }},
	{"org-waiting", func(_ *testing.T, f *fake) { limited(f, "CheckOrg") }, func(d *tuitest.Driver) { toOrg(d); d.Type("acme"); d.Press("enter") }},
	{"who-waiting", func(_ *testing.T, f *fake) { limited(f, "Groups") }, toWho},
	{"rotate", connections, func(d *tuitest.Driver) { d.Press("down", "c"); d.Press("left", "left") }},
	{"rotate-tester", connections, func(d *tuitest.Driver) { d.Press("down", "c", "enter") }},
	{"rotate-review", connections, toRotatePlan},
	{"rotate-running", func(t *testing.T, f *fake) { connections(t, f); f.events = endlessAt(plan.StepPush) }, func(d *tuitest.Driver) { toRotatePlan(d); d.Press("a"); d.Pass(time.Second) }},
	{"rotate-proven", connections, func(d *tuitest.Driver) { toRotatePlan(d); d.Press("a", "enter") }},
	{"rotate-failed", func(t *testing.T, f *fake) { connections(t, f); f.events = wentBack }, func(d *tuitest.Driver) { toRotatePlan(d); d.Press("a") }},
	{"rotate-done", connections, func(d *tuitest.Driver) { toRotatePlan(d); d.Press("a", "enter", "enter") }},
	{"adopt-loading", held("Adoptable"), toAdopt},
	{"adopt-empty", nil, toAdopt},
	{"adopt-failed", func(_ *testing.T, f *fake) { f.searchErr = refused }, toAdopt},
	{"adopt", marked, toAdopt},
	{"adopt-by-id", marked, func(d *tuitest.Driver) { toAdopt(d); d.Press("down", "down", "enter"); d.Type("0ab") }},
	{"adopt-refused", func(t *testing.T, f *fake) { marked(t, f); f.adoptErr = elsewhere }, func(d *tuitest.Driver) { toAdopt(d); d.Press("enter") }},
	{"adopt-untold", untold, func(d *tuitest.Driver) { toAdopt(d); d.Press("enter") }},
	{"adopt-working", func(t *testing.T, f *fake) { marked(t, f); f.hold["Adopt"] = make(chan struct{}) }, func(d *tuitest.Driver) { toAdopt(d); d.Press("enter") }},
	{"adopt-done", marked, func(d *tuitest.Driver) { toAdopt(d); d.Press("enter") }},
	{"help", nil, func(d *tuitest.Driver) { toOrg(d); d.Press("?") }},
}

// telling is a service provider that tells its own addresses and its roles.
func telling(t *testing.T, f *fake) {
	f.world.Profiles = []*catalog.Profile{profile(t, "justcall")}
	f.sp = sso.SPState{Readable: true, Settings: map[string]string{"default_role": "Agent"}, Options: map[string][]string{"default_role": {"Admin", "Agent", "Member"}},
		Offered: map[string]string{"acs_url": "https://app.justcall.io/sso/saml/100857/acs", "sp_entity_id": "https://app.justcall.io/sso/saml/100857"}}
}

var refusedBySP = hint.New(hint.NotAllowed, "read the settings of JustCall: it answered 401: unknown token", "the token comes from whoever runs the settings API")

// toTold goes to where a settings API is read.
func toTold(d *tuitest.Driver) {
	toKnownOrg(d)
	d.Press("enter")
	d.See("App label")
	d.Press("tab", "tab", "tab", "tab", "left") // past the questions that a person answers else
	d.See("what JustCall tells")
	d.Press("tab", "enter")
	d.See("Settings API of the service provider")
	d.Type("https://gateway.acme.example")
	d.Press("enter")
	d.Type("s3cret")
	d.Press("enter")
}

// connections are one that was stopped part way, one that is on but differs,
// and one that cannot be read.
func connections(_ *testing.T, f *fake) {
	f.kept = []tui.Connection{
		{Org: "acme.okta.com", Name: "net2phone", State: sso.State{Connection: "net2phone", Profile: "net2phone", OrgURL: org, Label: "net2phone Sync"}},
		{Org: "acme.okta.com", Name: "sync-emea", State: sso.State{Connection: "sync-emea", Profile: "net2phone", OrgURL: org, Unfinished: "setup"}},
		{Org: "acme.okta.com", Name: "torn", Problem: "its state file is damaged: unexpected end of JSON input"},
	}
	f.status["net2phone"] = plan.ConnectionStatus{Connection: "net2phone", Profile: "net2phone", Org: org, Enabled: true, Tested: true,
		App:         &plan.AppResult{ID: "0oaexample", Label: "net2phone Sync"},
		Certificate: &plan.CertificateStatus{NotAfter: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), DaysLeft: 11},
		Drift:       []plan.Drift{{Side: "okta", Field: "settings.signOn.audience", Want: "n2p", Got: "N2P"}}}
	f.status["sync-emea"] = plan.ConnectionStatus{Connection: "sync-emea", Unfinished: "setup"}
}

// limited lets a call of a name wait for Okta's rate limit, for ever.
func limited(f *fake, name string) {
	f.hold[name] = make(chan struct{})
	f.waits = make(chan plan.Event, 9)
	f.limited = name
}

// marked are two apps that another machine has set up.
func marked(_ *testing.T, f *fake) {
	f.adoptable = []tui.Adoptable{{AppID: "0oaexample", Label: "net2phone Sync", Connection: "phones", Profile: "net2phone", Active: true},
		{AppID: "0oaother", Label: "Sync\x1b[7m EMEA", Connection: "emea", Profile: "gone"}}
}

// untold is an app whose service provider does not tell everything.
func untold(t *testing.T, f *fake) {
	f.world.Profiles = []*catalog.Profile{profile(t, "telnyx")}
	f.adoptable = []tui.Adoptable{{AppID: "0oaexample", Label: "Telnyx", Connection: "telnyx", Profile: "telnyx", Active: true}}
	f.adoptErr = hint.New(hint.Usage, "short_name (Short name) is neither in the app nor at Telnyx", "give it with --input short_name=acme")
}

var elsewhere = hint.New(hint.Refused, `connection "phones" already manages the app 0oaanother`, "choose another connection name")

func toAdopt(d *tuitest.Driver) {
	d.See("Take over an app")
	d.Press("i")
	d.Type("acme")
	d.Press("enter")
	d.See("Identity Engine")
	d.Press("enter")
}

func toRotatePlan(d *tuitest.Driver) {
	d.Press("down", "c")
	d.See("Rotate the certificate of net2phone Sync")
	d.Press("enter", "enter")
	d.Type("ana.lima@acme.example")
	d.Press("enter")
	d.Type("s3cret?")
	d.Press("enter")
	d.See("This replaces the signing certificate on both sides")
}

var sizes = []struct{ width, height int }{{60, 20}, {80, 24}, {120, 40}}

// colours are the codes that set a colour.
var colours = regexp.MustCompile(`\x1b\[[0-9;]*\b(3[0-7]|38|4[0-7]|48|9[0-7]|10[0-7])\b[0-9;]*m`)

func TestEveryScreenFillsItsWindowAndLooksAsReviewed(t *testing.T) {
	for _, s := range states {
		t.Run(s.name, func(t *testing.T) {
			for _, size := range sizes {
				tuitest.Run(t, func(t *testing.T) {
					d := shown(t, s, tui.Monochrome, size.width, size.height)
					exactly(t, d.Raw(), size.width, size.height)
					if code := colours.FindString(d.Raw()); code != "" {
						t.Errorf("the monochrome frame has the colour code %q", code)
					}
					tuitest.Golden(t, fmt.Sprintf("frames/%s-%dx%d", s.name, size.width, size.height), d.Frame())
				})
			}
			var mono string
			for _, look := range []tui.Look{tui.Monochrome, tui.Dark, tui.Light, tui.Dark16} {
				tuitest.Run(t, func(t *testing.T) {
					d := shown(t, s, look, 80, 24)
					if look == tui.Monochrome {
						mono = d.Frame()
					}
					if d.Frame() != mono {
						t.Errorf("look %d says something else than monochrome:\n%s", look, d.Frame())
					}
					if look == tui.Dark16 {
						tuitest.Golden(t, "frames/"+s.name+"-colour", tuitest.Tagged(d.Raw()))
					}
				})
			}
		})
	}
}

func shown(t *testing.T, s state, look tui.Look, width, height int) *tuitest.Driver {
	t.Helper()
	f := newFake(t)
	if s.world != nil {
		s.world(t, f)
	}
	d := open(t, f, look, width, height)
	s.walk(d)
	return d
}

// exactly checks that a frame has the window's size to the column.
func exactly(t *testing.T, frame string, width, height int) {
	t.Helper()
	lines := strings.Split(frame, "\n")
	if len(lines) != height {
		t.Errorf("the frame has %d lines in a window of %d", len(lines), height)
	}
	for i, l := range lines {
		if w := ansi.StringWidth(l); w != width {
			t.Errorf("line %d has %d columns in a window of %d: %q", i+1, w, width, ansi.Strip(l))
		}
		if open := strings.LastIndex(l, "\x1b["); open >= 0 && !strings.HasPrefix(l[open:], "\x1b[0m") && !strings.HasPrefix(l[open:], "\x1b[m") {
			t.Errorf("line %d leaves a style open: %q", i+1, l)
		}
	}
}

func TestAWindowThatIsTooSmallSaysWhatItNeeds(t *testing.T) {
	for _, size := range []struct{ width, height int }{{59, 24}, {80, 19}, {20, 5}, {3, 1}} {
		tuitest.Run(t, func(t *testing.T) {
			d := open(t, newFake(t), tui.Monochrome, size.width, size.height)
			exactly(t, d.Raw(), size.width, size.height)
			tuitest.Golden(t, fmt.Sprintf("frames/too-small-%dx%d", size.width, size.height), d.Frame())
			if size.width > 20 {
				d.See("60×20")
			}
			d.Press("enter") // what is not seen is not answered
			d.Resize(80, 24)
			d.See("Set up a new connection")
		})
	}
}

// TestResizingAtAnyMomentKeepsTheFrameWhole goes through all sizes on every
// screen; each frame has the size of its window.
func TestResizingAtAnyMomentKeepsTheFrameWhole(t *testing.T) {
	for _, s := range states {
		tuitest.Run(t, func(t *testing.T) {
			d := shown(t, s, tui.Monochrome, 120, 40)
			before := d.Frame()
			for _, size := range []struct{ width, height int }{{60, 20}, {61, 20}, {79, 23}, {80, 20}, {200, 60}, {30, 10}, {83, 21}} {
				d.Resize(size.width, size.height)
				exactly(t, d.Raw(), size.width, size.height)
			}
			d.Resize(120, 40)
			if strings.HasPrefix(s.name, "apply-") || strings.HasSuffix(s.name, "-waiting") || strings.HasSuffix(s.name, "-running") ||
				strings.HasSuffix(s.name, "-working") || strings.HasSuffix(s.name, "-loading") {
				return // time passes there
			}
			if after := d.Frame(); after != before {
				t.Errorf("%s is another after resizing:\n%s\nbefore:\n%s", s.name, after, before)
			}
		})
	}
}
