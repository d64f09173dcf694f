package api

import (
	"context"
	"fmt"
	"strconv"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
)

// SetEnabled turns sign-in at the service provider on or off.
func (d *Driver) SetEnabled(ctx context.Context, on bool) error {
	what, calls := "turn SSO off", d.api.Disable
	if on {
		what, calls = "turn SSO on", d.api.Enable
	}
	if len(calls) == 0 {
		return d.during(what, hint.New(hint.Usage, "there is no switch", "what is saved there is on"))
	}
	if err := d.setEnabled(ctx, on, calls); err != nil {
		return d.during(what, err)
	}
	return nil
}

func (d *Driver) setEnabled(ctx context.Context, on bool, calls []catalog.Call) error {
	rec, err := d.before(ctx, calls)
	if err != nil {
		return err
	}
	settled := func(now record) (bool, error) { return now.state.Enabled == on, nil }
	later := false
	calls = fitting(calls, rec.exists)
	for i, call := range calls {
		v := d.values(rec)
		v.Call["enabled"] = strconv.FormatBool(on)
		v.Setting = d.sendable(rec.state.Settings)
		after, err := d.write(ctx, call, v, nil, settled)
		if err != nil {
			return err
		}
		if after.rec != nil {
			rec = *after.rec
		} else if i+1 < len(calls) && calls[i+1].Request.Keep {
			// What it lays its body over has changed just now.
			if rec, err = d.read(ctx); err != nil {
				return err
			}
		}
		if later = later || after.later; after.rec != nil && !later && rec.state.Enabled != on {
			ex, err := d.exchange(call.Request, v, nil)
			if err != nil {
				return err
			}
			return fmt.Errorf("%s %s was answered, but SSO is still %s", ex.method, ex.path, onOff(!on))
		}
	}
	if !later {
		return nil
	}
	rec, err = d.await(ctx, rec, rec.state.Enabled != on, func(now record) bool { return now.state.Enabled == on })
	if err == nil && rec.state.Enabled != on {
		return hint.New(0, "it was accepted, but half a minute later SSO is still "+onOff(!on), "look at ssowizard status in a while")
	}
	return err
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}
