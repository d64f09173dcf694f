// Package tui is the wizard: the same job as the commands, on the whole screen.
//
// The root model owns the stack of screens, the frame around them, the window's
// size and the keys that work everywhere. A screen is a value that shows and
// asks; it does no I/O and reads no clock, it hands out commands and takes their
// messages. Which screen follows which is one function, next. What has to be
// done in the world is behind Backend; the plan, its events and its results are
// those of package plan.
package tui
