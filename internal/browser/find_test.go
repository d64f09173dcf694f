package browser_test

import (
	"errors"
	"slices"
	"testing"

	"example.com/ssowizard/internal/browser"
	"example.com/ssowizard/internal/hint"
)

// machine has the files and the programs on the PATH that it is told.
func machine(goos string, env map[string]string, files ...string) browser.System {
	return browser.System{
		GOOS: goos, Home: "/home/ana",
		Getenv: func(name string) string { return env[name] },
		IsFile: func(name string) bool { return slices.Contains(files, name) },
		LookPath: func(name string) (string, error) {
			if slices.Contains(files, "PATH/"+name) {
				return "/usr/bin/" + name, nil
			}
			return "", errors.New("not found")
		},
	}
}

func TestFindLooksWhereEachSystemHasThem(t *testing.T) {
	t.Parallel()
	windows := map[string]string{"ProgramFiles": `C:\Program Files`, "ProgramFiles(x86)": `C:\Program Files (x86)\`, "LocalAppData": `C:\Users\ana\AppData\Local`}
	for _, tt := range []struct {
		name  string
		on    browser.System
		found string
	}{
		{"Linux, Chromium", machine("linux", nil, "PATH/chromium"), "/usr/bin/chromium"},
		{"Linux, Chrome before Edge", machine("linux", nil, "PATH/microsoft-edge", "PATH/google-chrome-stable"), "/usr/bin/google-chrome-stable"},
		{"Linux, Edge alone", machine("linux", nil, "PATH/microsoft-edge-stable"), "/usr/bin/microsoft-edge-stable"},
		{"macOS", machine("darwin", nil, "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"), "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"},
		{"macOS, at home", machine("darwin", nil, "/home/ana/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge"),
			"/home/ana/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge"},
		{"Windows, Edge as it comes", machine("windows", windows, `C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe`),
			`C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe`},
		{"Windows, Chrome of one person", machine("windows", windows, `C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe`,
			`C:\Users\ana\AppData\Local\Google\Chrome\Application\chrome.exe`), `C:\Users\ana\AppData\Local\Google\Chrome\Application\chrome.exe`},
		{"named by a path", machine("linux", map[string]string{browser.Variable: "/opt/brave"}, "/opt/brave", "PATH/chromium"), "/opt/brave"},
		{"named by a name", machine("linux", map[string]string{browser.Variable: "thorium"}, "PATH/thorium", "PATH/chromium"), "/usr/bin/thorium"},
	} {
		got, err := browser.Find(tt.on)
		if err != nil || got != tt.found {
			t.Errorf("%s: %q, %v; want %q", tt.name, got, err, tt.found)
		}
	}
}

func TestFindSaysWhatToDoWithoutABrowser(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		on   browser.System
		code hint.Code
	}{
		{"none", machine("linux", nil), hint.Failed},
		{"none on Windows, though the PATH has one", machine("windows", nil, "PATH/chromium"), hint.Failed},
		{"a wrong name", machine("linux", map[string]string{browser.Variable: "/nowhere"}, "PATH/chromium"), hint.Usage},
	} {
		_, err := browser.Find(tt.on)
		if err == nil || hint.CodeOf(err) != tt.code || len(hint.Hints(err)) == 0 {
			t.Errorf("%s: %v, code %d, hints %q", tt.name, err, hint.CodeOf(err), hint.Hints(err))
		}
	}
}
