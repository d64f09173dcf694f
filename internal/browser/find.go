package browser

import (
	"fmt"
	"os"
	"os/exec"
	"path"
	"runtime"
	"strings"

	"example.com/ssowizard/internal/hint"
)

// Variable names the environment variable that decides which browser is taken.
const Variable = "SSOWIZARD_BROWSER"

// System is the machine as Find sees it.
type System struct {
	GOOS     string
	Getenv   func(string) string
	LookPath func(string) (string, error)
	IsFile   func(string) bool
	Home     string
}

// ThisSystem is the machine that the program runs on.
func ThisSystem() System {
	home, _ := os.UserHomeDir() // without one, places in it are not looked at
	return System{GOOS: runtime.GOOS, Getenv: os.Getenv, LookPath: exec.LookPath, IsFile: isFile, Home: home}
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

// onPath are names under which systems with a PATH have the browsers.
var onPath = []string{
	"google-chrome", "google-chrome-stable", "chromium", "chromium-browser",
	"microsoft-edge", "microsoft-edge-stable", "google-chrome-beta", "microsoft-edge-beta",
}

// Find gives the path of a browser that can be kept to a few hosts: Chrome,
// then Chromium, then Edge. The environment variable Variable wins.
func Find(s System) (string, error) {
	if asked := s.Getenv(Variable); asked != "" {
		if s.IsFile(asked) {
			return asked, nil
		}
		if found, err := s.LookPath(asked); err == nil {
			return found, nil
		}
		return "", hint.New(hint.Usage, fmt.Sprintf("%s names %q, which is no program", Variable, asked),
			"give the path of a Chrome, Chromium or Edge, or unset it")
	}
	for _, place := range places(s) {
		if s.IsFile(place) {
			return place, nil
		}
	}
	if s.GOOS != "windows" && s.GOOS != "darwin" {
		for _, name := range onPath {
			if found, err := s.LookPath(name); err == nil {
				return found, nil
			}
		}
	}
	return "", hint.New(hint.Failed, "found no Chrome, Chromium or Edge on this machine",
		"install one of them, or name one in "+Variable+"; other browsers cannot be kept away from the internet")
}

// places are files where an installer puts the browsers.
func places(s System) []string {
	switch s.GOOS {
	case "darwin":
		return onMac(s.Home)
	case "windows":
		return onWindows(s.Getenv)
	}
	return nil
}

func onMac(home string) []string {
	folders := []string{"/Applications"}
	if home != "" {
		folders = append(folders, path.Join(home, "Applications"))
	}
	var all []string
	for _, app := range []string{"Google Chrome", "Chromium", "Microsoft Edge"} {
		for _, folder := range folders {
			all = append(all, path.Join(folder, app+".app", "Contents/MacOS", app))
		}
	}
	return all
}

func onWindows(getenv func(string) string) []string {
	var all []string
	for _, program := range []string{`Google\Chrome\Application\chrome.exe`, `Chromium\Application\chrome.exe`, `Microsoft\Edge\Application\msedge.exe`} {
		for _, variable := range []string{"ProgramFiles", "ProgramFiles(x86)", "LocalAppData"} {
			if folder := strings.TrimRight(getenv(variable), `\`); folder != "" {
				all = append(all, folder+`\`+program)
			}
		}
	}
	return all
}
