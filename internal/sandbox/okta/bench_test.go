package okta_test

import (
	"crypto/rsa"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"

	"example.com/ssowizard/internal/sandbox/okta"
)

const manyPeople, manyGroups = 100_000, 2_000

func bigOrg(tb testing.TB) *okta.Org {
	tb.Helper()
	org, err := okta.New(okta.Options{
		Users: manyPeople, Groups: manyGroups, RateLimit: "off", Key: func() (*rsa.PrivateKey, error) { return sharedKeys()[0], nil },
	})
	if err != nil {
		tb.Fatal(err)
	}
	return org
}

// heap is what is held after a collection, in MB.
func heap() float64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / (1 << 20)
}

func TestAHundredThousandPeopleStaySmall(t *testing.T) {
	if testing.Short() {
		t.Skip("makes a large org")
	}
	before := heap()
	org := bigOrg(t)
	if held := heap() - before; held > 200 {
		t.Errorf("the org holds %.0f MB, want less than 200", held)
	}
	runtime.KeepAlive(org)
}

func BenchmarkStartWithAHundredThousandPeople(b *testing.B) {
	sharedKeys()
	before := heap()
	var org *okta.Org
	for b.Loop() {
		org = bigOrg(b)
	}
	b.ReportMetric(heap()-before, "MB-held")
	runtime.KeepAlive(org)
}

func BenchmarkCallsToAHundredThousandPeople(b *testing.B) {
	org := bigOrg(b)
	for name, path := range map[string]string{
		"search by prefix":  `/api/v1/users?search=profile.lastName+sw+%22Sil%22&limit=25`,
		"search by and, or": `/api/v1/users?search=status+eq+%22ACTIVE%22+and+(profile.department+eq+%22Legal%22+or+profile.firstName+co+%22an%22)&limit=200`,
		"search sorted":     `/api/v1/users?search=status+eq+%22ACTIVE%22&sortBy=profile.lastName&limit=25`,
		"groups by q":       `/api/v1/groups?q=Legal&limit=25`,
		"one person":        `/api/v1/users/ana.lima`,
		"apps":              `/api/v1/apps?limit=200`,
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				call(b, org, path)
			}
		})
	}
}

func call(b *testing.B, org *okta.Org, path string) {
	b.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Authorization", "SSWS "+org.APIToken())
	w := httptest.NewRecorder()
	org.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		b.Fatal(fmt.Errorf("GET %s: %d %s", path, w.Code, w.Body))
	}
	_, _ = io.Copy(io.Discard, w.Body)
}
