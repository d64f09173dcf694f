// Package sandboxtest is what tests in several rooms need to run sandboxes side
// by side.
package sandboxtest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// Ports below those that a sandbox takes without being told where to look.
const (
	first = 10000
	each  = 100 // so that two sandboxes of one test do not choose the same
	slots = 100
)

// TakePorts gives a range of ports, as SSOWIZARD_SANDBOX_PORTS has it, that no
// other test on this machine gets until release. A sandbox that a test starts
// again and again keeps its ports, and another test's that looks for free ones
// would take them in between.
func TakePorts() (ports string, release func(), err error) {
	// One folder for all tests, whatever TMPDIR a script has.
	folder := filepath.Join(os.TempDir(), fmt.Sprintf("ssowizard-test-ports-%d", os.Getuid()))
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", nil, err
	}
	for _, slot := range rand.Perm(slots) {
		from := first + slot*each
		lock := flock.New(filepath.Join(folder, fmt.Sprint(from)))
		switch got, err := lock.TryLock(); {
		case err != nil:
			return "", nil, err
		case got:
			return fmt.Sprintf("%d-%d", from, from+each-1), func() { _ = lock.Unlock() }, nil // it ends with the process anyway
		}
	}
	return "", nil, errors.New("all ranges of ports are taken by other tests")
}
