package main_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/tui/tuitest"
)

var recording = flag.Bool("recording", false, "write the recording of the README anew")

// What differs from run to run, each with what stands in its place. The length
// stays, or what follows is blank anyway.
var varying = []struct {
	is *regexp.Regexp
	as string
}{
	{regexp.MustCompile(`127\.0\.0\.1:\d{4,5}`), "127.0.0.1:28080"},
	{regexp.MustCompile(`\b(0oa|00g|00u|exk)[A-Za-z0-9]{17}\b`), "${1}1a2B3c4D5e6F7g8H9"},
	{regexp.MustCompile(` +\d+\.\d s$`), ""},
	{regexp.MustCompile(`\b20\d\d-\d\d-\d\d\b`), "2036-01-01"},
	{regexp.MustCompile(`\b[0-9A-F]{2}(:[0-9A-F]{1,2})+`), "3A:5F:28:8B:FD:B3:E3:3C"},
	{regexp.MustCompile(`\b[A-Za-z0-9]{14,}/sso/saml`), "1a2B3c4D5e6F7g8H/sso/saml"},
	{regexp.MustCompile(`_[0-9a-f]{20,}`), "_3d4bf72e77e9ab8f36524f7"},
	{regexp.MustCompile(`\b\d+ people\b`), "39 people"},
	{regexp.MustCompile(`! .* e-mail address  \(v view\)`), "! 1 of them has no e-mail address  (v view)"},
}

// film is a recording that is being made.
type film struct {
	*sitting
	shots  []tuitest.Shot
	frames []string
}

// shoot takes what is on the screen.
func (f *film) shoot(seconds float64) {
	f.shots = append(f.shots, tuitest.Shot{Cells: steady(f.Cells()), Seconds: seconds})
	var lines []string
	for _, line := range strings.Split(strings.TrimRight(f.Screen(), "\n"), "\n") {
		for _, v := range varying {
			line = v.is.ReplaceAllString(line, v.as)
		}
		lines = append(lines, line)
	}
	f.frames = append(f.frames, strings.Join(lines, "\n")+"\n")
}

// steady puts the same times and addresses into every recording.
func steady(cells [][]tuitest.Cell) [][]tuitest.Cell {
	for _, row := range cells {
		var text strings.Builder
		for _, c := range row {
			if len([]rune(c.Text)) == 1 {
				text.WriteString(c.Text)
			} else {
				text.WriteByte(' ')
			}
		}
		for _, v := range varying[:3] {
			for _, at := range v.is.FindAllStringIndex(strings.TrimRight(text.String(), " "), -1) {
				from := len([]rune(text.String()[:at[0]]))
				old := []rune(text.String()[at[0]:at[1]])
				now := []rune(v.is.ReplaceAllString(string(old), v.as))
				for i := range old {
					row[from+i].Text = ""
					if i < len(now) {
						row[from+i].Text = string(now[i])
					}
				}
			}
		}
	}
	return cells
}

// TestRecordingShowsTheProgramAsItIs walks through a whole set-up with the real
// program. With -recording the README's recording is written from it; without,
// its frames have to be those that were recorded.
func TestRecordingShowsTheProgramAsItIs(t *testing.T) {
	t.Parallel()
	f := &film{sitting: sit(t, t.TempDir(), "--sandbox")}
	f.see("Set up a new connection", "Take over an app")
	f.shoot(2.5)
	f.press(tuitest.Enter)
	f.Until(t, tuitest.Down, "› net2phone Sync")
	f.shoot(2.5)
	f.press(tuitest.Enter)
	f.see("Identity Engine", "Super Administrator")
	f.shoot(2)
	f.press(tuitest.Enter)
	f.see("The Okta app will have")
	f.shoot(3)
	f.press(tuitest.Enter, tuitest.Enter, tuitest.Enter)
	f.see("Who may sign in with Okta?", "Contractors")
	f.press("/")
	f.see("search:")
	f.press("support e")
	f.see("› [ ] Support EMEA")
	f.Wait(t, "only what begins with it", func(screen string) bool { return !strings.Contains(screen, "Contractors") })
	f.press(tuitest.Enter, " ")
	f.see("Chosen: Support EMEA", "no e-mail address")
	f.shoot(3)
	f.press(tuitest.Enter)
	f.see("This is what will be done", "Turn on: asked again then")
	f.shoot(3)
	f.press(tuitest.Enter)
	f.see("ACS URL", "Audience (SP entity ID)")
	f.shoot(4)
	f.press("a")
	f.see("Everything in the plan is done")
	f.shoot(3)
	f.press(tuitest.Enter)
	f.see("It works: both sides agree")
	f.shoot(3.5)
	f.press(tuitest.Enter)
	f.see("Type the app's label")
	f.press("net2phone Sync")
	f.Wait(t, "the label typed", func(screen string) bool { return strings.Count(screen, "net2phone Sync") >= 4 })
	f.shoot(3.5)
	f.press(tuitest.Enter)
	f.see("Everything in the plan is done")
	f.press(tuitest.Enter)
	f.see("Done. People sign in to net2phone Sync with Okta now.")
	f.shoot(6)
	f.press(tuitest.Enter)
	if code := f.exit(); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	text := strings.Join(f.frames, strings.Repeat("═", 80)+"\n")
	frames, picture := filepath.Join("..", "..", "docs", "recording", "frames.txt"), filepath.Join("..", "..", "docs", "recording", "wizard.svg")
	if *recording {
		for path, data := range map[string]string{frames: text, picture: tuitest.SVG("A whole set-up with ssowizard, on the sandbox", f.shots)} {
			if err := os.WriteFile(path, []byte(data), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		return
	}
	want, err := os.ReadFile(frames)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), text); diff != "" && !sameWords(string(want), text) {
		t.Errorf("the recording shows another program; make it anew with docs/recording/make: %s", diff)
	}
}

// sameWords tells whether two texts have the same words. On a slow machine a step
// shows how long it took; that is taken out of the frame, but may have broken the
// step's line before.
func sameWords(a, b string) bool {
	x, y := strings.Fields(a), strings.Fields(b)
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y)
}
