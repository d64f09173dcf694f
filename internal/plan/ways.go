package plan

import "errors"

// Ways are the ways on from a refusal, for a face that offers them by itself
// where the hints of Err name commands and flags.
type Ways struct {
	Err error
	// Override is what Spec.Override would do here, in a few words, "" for
	// nothing.
	Override string
	// NewApp tells that Spec.NewApp would make an app of our own.
	NewApp bool
	// Adopt is the id of an app that may be taken under management, "" for none.
	Adopt string
	// Keep are the inputs, and KeepLabel the label, that ask for what somebody
	// has changed.
	Keep      map[string]string
	KeepLabel string
}

func (w *Ways) Error() string { return w.Err.Error() }

// Unwrap gives the refusal with its hints.
func (w *Ways) Unwrap() error { return w.Err }

// WaysOf are the ways on that err knows of, none for any other error.
func WaysOf(err error) Ways {
	var w *Ways
	if errors.As(err, &w) {
		return *w
	}
	return Ways{}
}
