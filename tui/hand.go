package tui

import (
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/internal/words"
)

// hand gives each value to a person, one card after the other, and waits for
// the word that it is in place.
type hand struct {
	sized
	env     *env
	profile *catalog.Profile
	spName  string
	handoff plan.Handoff
	card    int // the last one is the end of the list
	entered map[int]bool
	offset  int
	total   int // lines of the last view, and the room for them
	room    int
	sure    bool
	said    bool
	rotate  bool // of a certificate or secret: each hand-over has a word of its own
	off     bool // what is turned off has no button of its own
}

func newHand(e *env, j journey) Screen {
	s := &hand{env: e, profile: j.world.Profile(j.draft.SP), spName: plain(j.draft.SP), entered: map[int]bool{}, rotate: j.job == Rotate, off: j.job == Disable}
	if s.profile != nil {
		s.spName = s.profile.Name
	}
	if j.last.handoff != nil {
		s.handoff = *j.last.handoff
	}
	return s
}

func (s *hand) Init() tea.Cmd { return nil }

func (s *hand) cards() []sso.SPSetting { return s.handoff.All }

// copies tells whether there is a value to copy; a switch has none.
func (s *hand) copies() bool {
	if !s.onCard() {
		return false
	}
	c := s.cards()[s.card]
	return !c.Secret && c.Value != "" && s.shown(c) == c.Value
}

func (s *hand) onCard() bool { return s.card < len(s.cards()) }

func (s *hand) Update(msg tea.Msg) (Screen, tea.Cmd) {
	k, ok := msg.(tea.KeyMsg)
	if !ok {
		return s, nil
	}
	keys := s.env.keys
	switch {
	case key.Matches(k, keys.Exit):
		return s, send(leave{})
	case key.Matches(k, keys.Left), key.Matches(k, keys.Previous):
		s.card, s.offset = max(s.card-1, 0), 0
	case key.Matches(k, keys.Right), k.String() == "tab":
		s.card, s.offset = min(s.card+1, len(s.cards())), 0
	case key.Matches(k, keys.Down):
		s.offset++
	case key.Matches(k, keys.Up):
		s.offset = max(s.offset-1, 0)
	case key.Matches(k, keys.Copy) && s.copies():
		c := s.cards()[s.card]
		return s, copyText(s.env, c.Value, plain(c.Label))
	case key.Matches(k, keys.Enter):
		return s.enter()
	}
	return s, nil
}

// enter marks a card as entered and goes to the next; on the last page it says
// that all is done, which has to be said twice where cards were passed over.
func (s *hand) enter() (Screen, tea.Cmd) {
	if s.onCard() {
		s.entered[s.card] = true
		s.card, s.offset = s.card+1, 0
		return s, nil
	}
	if len(s.entered) < len(s.cards()) && !s.sure {
		s.sure = true
		return s, send(say{s.env.theme.Warn.Render("! ") + "Not all values are marked. Enter again goes on."})
	}
	s.said = true
	return s, send(done{atHand})
}

func (s *hand) View() string {
	t := s.env.theme
	head := []string{t.Strong.Render(fit("Over to you at "+s.spName, s.width))}
	if s.handoff.Page != "" {
		head = append(head, hang("Page  ", plain(s.handoff.Page), s.width)...)
		if note := s.sandboxNote(); note != "" {
			head = append(head, hang(t.Warn.Render("! "), note, s.width)...)
		}
	}
	if len(s.cards()) > 0 {
		head = append(head, s.steps())
	}
	head = append(head, "")
	var body []string
	if s.rotate && s.onCard() {
		body = append(styledHang(s.env.theme.Strong, s.env.theme.Warn.Render("! "), sentence(s.handoff.Todo), s.width), "")
	}
	if s.card == 0 && s.handoff.Step == plan.StepPush && !s.rotate && s.profile != nil && s.profile.Portal != nil {
		for _, text := range s.profile.Portal.First {
			body = append(body, hang("First  ", plain(text), s.width)...)
		}
		if len(body) > 0 {
			body = append(body, "")
		}
	}
	var tail []string // always in view: what is asked
	if s.onCard() {
		body = append(body, s.cardLines(s.cards()[s.card])...)
	} else {
		press, question := s.lastLines()
		body = append(body, press...)
		tail = []string{"", s.env.theme.Strong.Render(fit(question, s.width)), "[ Yes, go on ]  enter"}
	}
	room := max(s.height-len(head)-len(tail), 1)
	s.offset = min(s.offset, max(len(body)-room, 0))
	s.total, s.room = len(body), room
	shown, _ := window(body, -1, s.offset, room)
	return fill(append(append(head, shown...), tail...), s.width, s.height)
}

// sandboxNote says where the page is found that has the name of a real one. A
// sandbox that ends with the wizard has to be let go of first.
func (s *hand) sandboxNote() string {
	if !s.env.world.Sandbox() {
		return ""
	}
	note := words.SandboxPage(s.handoff.Page, s.env.world.Flags...)
	if note != "" && s.env.world.OwnSandbox {
		note += " Save and quit here before."
	}
	return note
}

// steps is where one is among the cards.
func (s *hand) steps() string {
	t := s.env.theme
	var parts []string
	for i := range s.cards() {
		sign := "○"
		switch {
		case i == s.card:
			sign = t.Cursor.Render("●")
		case s.entered[i]:
			sign = t.Good.Render("✓")
		}
		parts = append(parts, sign)
	}
	text := "all values"
	if s.onCard() {
		text = "value " + itoa(s.card+1) + " of " + itoa(len(s.cards()))
	}
	return strings.Join(parts, " ") + "  " + t.Faint.Render(text)
}

func (s *hand) cardLines(c sso.SPSetting) []string {
	t := s.env.theme
	out := []string{t.Title.Render(fit(plain(c.Label), s.width))}
	if s.profile != nil {
		if set, ok := s.profile.Setting(c.ID); ok {
			out = append(out, styled(t.Faint, plain(howTo(set, c.Value)), s.width)...)
			if set.Late && set.Consent != "" {
				out = append(out, hang(t.Warn.Render("! "), plain(set.Consent), s.width)...)
			}
		}
	}
	out = append(out, "")
	switch {
	case c.Secret:
		return append(out, wrap(s.whereSecret(c), s.width)...)
	case c.Value == "":
		return append(out, wrap("Leave it empty.", s.width)...)
	}
	for _, line := range strings.Split(strings.TrimRight(s.shown(c), "\n"), "\n") {
		out = append(out, wrap(plain(line), s.width)...)
	}
	if s.handoff.Dir != "" {
		out = append(out, "")
		out = append(out, styledHang(t.Faint, "Also in  ", plain(s.handoff.Dir), s.width)...)
	}
	return out
}

// shown is a value as the page has it: a switch is on or off there.
func (s *hand) shown(c sso.SPSetting) string {
	if s.profile != nil {
		if set, ok := s.profile.Setting(c.ID); ok && set.Kind == catalog.KindToggle {
			return words.Value(c.Value)
		}
	}
	return c.Value
}

// whereSecret says where a person sees a secret.
func (s *hand) whereSecret(c sso.SPSetting) string {
	for _, v := range s.handoff.Values {
		if v.Label == c.Label && v.Note != "" {
			return sentence(v.Note)
		}
	}
	return "A secret, not shown here: copy it in the Okta Admin Console, under Applications, the app, General, Client Credentials."
}

// howTo is how a value of a setting is entered, in the words of its page.
func howTo(set catalog.Setting, value string) string {
	var parts []string
	if set.Label != set.Title() {
		parts = append(parts, "On the page: "+set.Label+".")
	}
	if len(set.Synonyms) > 0 {
		parts = append(parts, "Some pages call it "+strings.Join(set.Synonyms, " or ")+".")
	}
	if set.Kind == catalog.KindFile && strings.Contains(value, "\n") {
		parts = append(parts, "The page takes a file: "+set.FileName+", from the folder below.")
	}
	if set.Help != "" {
		parts = append(parts, set.Help)
	}
	return strings.Join(parts, " ")
}

// lastLines say what to press, and what is asked then: the word that it is done.
func (s *hand) lastLines() (out []string, question string) {
	t := s.env.theme
	effects := []catalog.Effect{catalog.EffectTest, catalog.EffectSave}
	ask, do := "Are all values in place and saved?", sentence(s.handoff.Todo)
	switch s.handoff.Step {
	case plan.StepEnable:
		effects, ask = []catalog.Effect{catalog.EffectEnable}, "Is the switch as it should be?"
		if s.off {
			effects, ask = nil, "Is it off now?"
		}
	case plan.StepSwitch:
		effects, ask = nil, "Is it in place, and are you ready to save it?"
	case plan.StepSPRetire:
		effects, ask = effects[1:], "Is that done and saved?"
	case plan.StepPush:
		if len(s.cards()) == 0 {
			effects, ask = effects[1:], "Are Okta's values taken out, and is that saved?"
		} else if !s.rotate {
			do = "Save the page."
		}
	}
	if s.rotate || s.off {
		out = append(wrap(do, s.width), "")
	}
	if s.profile != nil && s.profile.Portal != nil {
		for _, b := range s.profile.Portal.Buttons {
			if slices.Contains(effects, b.Effect) {
				out = append(out, pressLines(t, b, s.width)...)
			}
		}
		for _, p := range s.profile.Portal.OtherPages {
			out = append(out, wrap("In some versions the page is under "+plain(p), s.width)...)
		}
	}
	if len(out) == 0 && do != "" {
		out = wrap(do, s.width)
	}
	return out, ask
}

// sentence makes one of a clause.
func sentence(clause string) string {
	if clause == "" {
		return ""
	}
	r := []rune(plain(clause))
	return strings.ToUpper(string(r[0])) + string(r[1:]) + "."
}

// pressLines say which button to press and what it does.
func pressLines(t Theme, b catalog.Button, width int) []string {
	out := []string{"Press  " + t.Strong.Render(fit(plain(b.Label), width-7))}
	return append(out, hang("       ", plain(b.Help), width)...)
}

// Note tells that there is more to read.
func (s *hand) Note() string { return moreBelow(s.total, s.offset, s.room) }

func (s *hand) SetSize(w, h int) Screen  { s.sized = sized{w, h}; return s }
func (s *hand) Title() string            { return "SP settings" }
func (s *hand) Captures(tea.KeyMsg) bool { return false }

func (s *hand) ShortHelp() []key.Binding {
	k := s.env.keys
	if !s.onCard() {
		return keymap(as(k.Enter, "it is done"), as(k.Left, "cards"), as(k.Exit, "save and quit"))
	}
	out := keymap(as(k.Enter, "entered, next"))
	if s.copies() {
		out = append(out, as(k.Copy, "copy value"))
	}
	return append(out, bind("←→", "cards", "left", "right"), bind("↑↓", "scroll", "up", "down"), as(k.Exit, "save and quit"))
}
func (s *hand) FullHelp() [][]key.Binding { return [][]key.Binding{s.ShortHelp()} }

func (s *hand) Explain() Explanation {
	x := Explanation{Title: "SP settings", What: "These values have to stand in the service provider's settings, each under the label shown. " +
		"You can leave at any time; the next start goes on here.", SP: plain(s.handoff.Page)}
	if s.onCard() {
		x.Title = plain(s.cards()[s.card].Label)
	}
	return x
}

func (s *hand) Keep(d *Draft) {
	if s.said {
		d.confirm(s.handoff.Step)
	}
}
