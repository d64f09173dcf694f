package okta_test

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"
)

// Handlers, the directory and token checks share people who change meanwhile:
// this test is for the race detector.
func TestConcurrentCallsLeaveEveryAppOnce(t *testing.T) {
	t.Parallel()
	s := start(t)
	ben, sales := s.userID("ben.okafor"), s.groupID("Sales")
	me := s.userID("me")
	dir := s.org.Directory()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			app := s.samlApp("Same label")
			s.must(200, "PUT", "/api/v1/apps/"+app+"/groups/"+sales, "{}")
			s.must(200, "POST", "/api/v1/apps/"+app+"/users", `{"id":"`+ben+`"}`)
			s.must(200, "POST", "/api/v1/users/"+me, fmt.Sprintf(`{"profile":{"title":"Lead %d"}}`, i))
			s.must(204, "PUT", "/api/v1/groups/"+sales+"/users/"+ben, "")
			s.must(200, "GET", "/api/v1/users?limit=200", "")
			s.must(200, "GET", "/api/v1/users/me", "")
			dir.CheckPassword(me, "wrong")
			dir.AppsOf(ben)
			for range s.org.Everybody() {
				continue
			}
		})
	}
	wg.Wait()
	var list []struct{ Name string }
	if err := json.Unmarshal([]byte(s.must(200, "GET", "/api/v1/apps?q=same", "").text), &list); err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, a := range list {
		names[a.Name] = true
	}
	if len(names) != 8 {
		t.Errorf("eight apps have the names %v", names)
	}
}
