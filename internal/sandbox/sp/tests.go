package sp

import (
	"net/http"
	"time"
)

// newTest adds a pending test of the given values to a change.
func (p *provider) newTest(c *change, v values, portal bool) (test, error) {
	id, err := p.env.token()
	if err != nil {
		return test{}, err
	}
	key, err := p.env.token()
	if err != nil {
		return test{}, err
	}
	t := test{ID: id, Key: key, Portal: portal, Values: v, Status: pending, ExpiresAt: p.env.Now().Add(testLife).UTC()}
	c.test(t)
	return t, nil
}

// endTests ends the pending tests of saved values, which are about to change:
// a later pass would be a pass of something that no longer holds. The caller
// holds the lock.
func (p *provider) endTests(c *change) {
	for _, t := range p.state.tests {
		if t.Status == pending && !t.Portal {
			t.Status, t.Message = expired, "The settings were changed before the test was finished."
			c.test(t)
		}
	}
}

// testedWithin tells whether exactly these values passed a test a short while
// ago. The caller holds the lock.
func (p *provider) testedWithin(v values, d time.Duration) bool {
	now, want := p.env.Now(), v.digest()
	for _, t := range p.state.tests {
		if t.Status == passed && now.Before(t.ExpiresAt.Add(d-testLife)) && t.Values.digest() == want {
			return true
		}
	}
	return false
}

// findTest finds a test of the settings API by the key in its start URL.
func (p *provider) findTest(r *http.Request) (test, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	t, ok := p.state.tests[p.state.testKeys[r.PathValue("key")]]
	return t.at(p.env.Now()), ok && !t.Portal
}

// startTest begins a test sign-in with the saved values. It needs no session:
// whoever has the address may use it until the test has its verdict.
func (p *provider) startTest(w http.ResponseWriter, r *http.Request) error {
	t, ok := p.findTest(r)
	if !ok {
		return p.notFound(w, r)
	}
	if t.Status != pending {
		return p.render(w, r, http.StatusGone, page{Template: "verdict", Title: "This test is over", Body: t})
	}
	return p.sendToIdP(w, r, t.Values, request{TestID: t.ID})
}

func (p *provider) showTestResult(w http.ResponseWriter, r *http.Request) error {
	t, ok := p.findTest(r)
	if !ok {
		return p.notFound(w, r)
	}
	return p.render(w, r, http.StatusOK, page{Template: "verdict", Title: "Test sign-in", Reason: t.Code, Body: t})
}
