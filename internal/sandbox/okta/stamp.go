package okta

import (
	"time"
)

// stamp is a time in whole seconds, as Okta keeps those of apps, groups,
// people and keys. Zero is null.
type stamp int64

const stampLayout = "2006-01-02T15:04:05.000Z"

func stampOf(t time.Time) stamp { return stamp(t.Unix()) }

func (s stamp) time() time.Time { return time.Unix(int64(s), 0).UTC() }

func (s stamp) appendJSON(b []byte) []byte {
	if s == 0 {
		return append(b, "null"...)
	}
	b = append(b, '"')
	b = s.time().AppendFormat(b, stampLayout)
	return append(b, '"')
}
