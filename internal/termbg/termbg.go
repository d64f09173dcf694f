// Package termbg keeps the program from asking the terminal for its background
// at start-up: Bubble Tea does that while it is being initialised, in every
// command of the binary, and a terminal that does not answer costs seconds.
//
// It works by its import path. Packages are initialised in the order of their
// paths as soon as what they import is ready; this one imports nothing but Lip
// Gloss and sorts before github.com/charmbracelet, so it runs first.
package termbg

import "github.com/charmbracelet/lipgloss"

func init() { lipgloss.SetHasDarkBackground(true) }
