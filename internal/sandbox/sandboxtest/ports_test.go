package sandboxtest_test

import (
	"testing"

	"example.com/ssowizard/internal/sandbox/sandboxtest"
)

func TestPortsAreTakenOnce(t *testing.T) {
	t.Parallel()
	taken := map[string]bool{}
	for range 50 {
		ports, release, err := sandboxtest.TakePorts()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(release)
		if taken[ports] {
			t.Errorf("%s is given twice", ports)
		}
		taken[ports] = true
	}
}
