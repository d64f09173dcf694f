package store

import (
	"fmt"
	"path/filepath"
	"time"

	"example.com/ssowizard/internal/sso"
)

// TakenBackError says that a connection is not kept any more because undo has
// taken all of it back from here.
type TakenBackError struct {
	Entry
	At time.Time
}

func (e *TakenBackError) Error() string {
	return fmt.Sprintf("connection %q was taken back on %s; nothing of it is left here", clean(e.Name), e.At.Local().Format(time.DateTime))
}

// takenBack looks for a connection that undo was the last to work on, which the
// journal outlasts. An empty org stands for every one but the sandbox's.
func (s *Store) takenBack(org, name string) *TakenBackError {
	hosts, _ := folders(s.orgs()) // List has told what keeps it from being read
	for _, host := range hosts {
		of, ok := hostOf(host)
		e := Entry{Org: of, Name: name}
		if !ok || (org == "" && e.Sandbox()) || (org != "" && normalHost(org) != of) {
			continue
		}
		if filepath.Join(s.orgs(), host) != filepath.Dir(s.Connection(of, name).dir) {
			continue // not a folder of ours
		}
		entries, err := s.Connection(of, name).Journal()
		if err != nil || len(entries) == 0 {
			continue
		}
		if last := entries[len(entries)-1]; last.Command == "undo" && last.Phase == sso.PhaseEnd {
			return &TakenBackError{e, last.Time}
		}
	}
	return nil
}
