package api

import (
	"context"
	"errors"
	"net/url"
	"slices"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

// StartTest begins the service provider's own test. It is never sent twice: a
// test whose beginning is unknown is left to run out, and a new one may be begun.
func (d *Driver) StartTest(ctx context.Context) (sso.SPTest, error) {
	test, err := d.startTest(ctx)
	if err != nil {
		return sso.SPTest{}, d.during("start the test", err)
	}
	return test, nil
}

func (d *Driver) startTest(ctx context.Context) (sso.SPTest, error) {
	if d.api.Test == nil {
		return sso.SPTest{}, errNoTest
	}
	rec, err := d.forTest(ctx)
	if err != nil {
		return sso.SPTest{}, err
	}
	ex, err := d.exchange(d.api.Test.Start, d.values(rec), nil)
	if err != nil {
		return sso.SPTest{}, err
	}
	res, err := d.once(ctx, ex, nil)
	var unknown *UnknownOutcome
	if errors.As(err, &unknown) {
		return sso.SPTest{}, hint.Add(err, "nothing was changed; ssowizard test begins a new one")
	}
	if err != nil {
		return sso.SPTest{}, err
	}
	test := sso.SPTest{ID: textAt(res.body, d.api.Test.ID), StartURL: textAt(res.body, d.api.Test.StartURL)}
	if test.ID == "" {
		return sso.SPTest{}, d.unlike(ex, "no id at "+d.api.Test.ID)
	}
	u, err := url.Parse(test.StartURL)
	if err != nil || u.Host == "" || u.User != nil || (u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname()))) {
		return sso.SPTest{}, d.unlike(ex, "no https address at "+d.api.Test.StartURL)
	}
	return test, nil
}

var errNoTest = hint.New(hint.Usage, "the settings API has no test", "")

// forTest is what the test requests may need of the record. Without a list to
// find it in there is nothing to be known.
func (d *Driver) forTest(ctx context.Context) (record, error) {
	if d.api.Read.Find == nil {
		return record{}, nil
	}
	return d.known(ctx)
}

// TestVerdict reads how a test stands. It does not wait for the end.
func (d *Driver) TestVerdict(ctx context.Context, id string) (sso.SPVerdict, error) {
	verdict, err := d.verdict(ctx, id)
	if err != nil {
		return sso.SPVerdict{}, d.during("read the test's verdict", err)
	}
	return verdict, nil
}

func (d *Driver) verdict(ctx context.Context, id string) (sso.SPVerdict, error) {
	form := d.api.Test
	if form == nil {
		return sso.SPVerdict{}, errNoTest
	}
	rec, err := d.forTest(ctx)
	if err != nil {
		return sso.SPVerdict{}, err
	}
	v := d.values(rec)
	v.Call["test"] = id
	ex, err := d.exchange(form.Verdict, v, nil)
	if err != nil {
		return sso.SPVerdict{}, err
	}
	res, err := d.send(ctx, ex)
	if err != nil {
		return sso.SPVerdict{}, err
	}
	text := func(place string) string { return d.clean(textAt(res.body, place), nil) }
	out := sso.SPVerdict{Code: text(form.Code), Message: text(form.Message), Person: text(form.Person)}
	switch word := textAt(res.body, form.Status); {
	case slices.Contains(form.Passed, word):
		out.Status = sso.VerdictPassed
	case slices.Contains(form.Pending, word):
		out.Status = sso.VerdictPending
	case slices.Contains(form.Failed, word):
		out.Status = sso.VerdictFailed
		if out.Code == "" {
			out.Code = text(form.Status)
		}
	default:
		return sso.SPVerdict{}, d.unlike(ex, "unknown word at "+form.Status)
	}
	return out, nil
}
