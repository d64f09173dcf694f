package sandbox

import (
	"fmt"
	"strings"
	"unicode"
)

// HeldError says that another process has the sandbox, which it either does
// not share or has not shared yet.
type HeldError struct {
	Dir     string
	PID     int    // 0 where it is not known
	Command string // "" where it is not known
	OrgURL  string // where it answers, when it can be joined
}

func (e *HeldError) Error() string {
	msg := fmt.Sprintf("the sandbox in %s is held by another run", e.Dir)
	var who []string
	if e.Command != "" {
		who = append(who, e.Command)
	}
	if e.PID != 0 {
		who = append(who, fmt.Sprintf("process %d", e.PID))
	}
	if len(who) > 0 {
		msg += " (" + strings.Join(who, ", ") + ")"
	}
	if e.OrgURL != "" {
		msg += " and answers at " + e.OrgURL
	}
	return msg
}

// PortTakenError says that somebody else listens where the sandbox has to.
type PortTakenError struct {
	Address string
	Purpose string // Okta, Okta on TLS, service providers
	Kept    bool   // kept from an earlier start, not asked for now
	Err     error
}

func (e *PortTakenError) Error() string {
	kept := ""
	if e.Kept {
		kept = ", which this sandbox keeps from its first start,"
	}
	return fmt.Sprintf("%s for %s%s is taken by another program", e.Address, e.Purpose, kept)
}

// Unwrap gives the system's error.
func (e *PortTakenError) Unwrap() error { return e.Err }

// OptionsError says that an option cannot be had.
type OptionsError struct {
	Option string // as in Options, lower case: users, groups, engine, listen, …
	Value  string
	Reason string
	// Kept is what the sandbox keeps from its first start, where that is the
	// reason; a reset is the way to another value.
	Kept string
	// BeyondLoopback says that an address was refused because other machines
	// could reach it.
	BeyondLoopback bool
}

func (e *OptionsError) Error() string {
	if e.Kept != "" {
		return fmt.Sprintf("sandbox option %s %s: this sandbox was made with %s", e.Option, e.Value, e.Kept)
	}
	return fmt.Sprintf("sandbox option %s %q: %s", e.Option, e.Value, e.Reason)
}

// clean takes out what could move a terminal's cursor or turn text around.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, s)
}
