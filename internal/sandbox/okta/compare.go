package okta

import (
	"cmp"
	"encoding/json"
	"strings"
	"time"
)

// holds compares as Okta's search does: text without regard to case, times as
// times, a list when any of its values fits.
func (c *comparison) holds(get func(string) any) bool {
	value := get(c.attribute)
	if list, ok := value.([]any); ok {
		for _, v := range list {
			if c.fits(v) {
				return true
			}
		}
		return false
	}
	return c.fits(value)
}

func (c *comparison) fits(value any) bool {
	switch v := value.(type) {
	case nil:
		return false
	case string:
		return v != "" && (c.operator == "pr" || c.value.quoted && c.fitsText(v))
	case stamp:
		return v != 0 && (c.operator == "pr" || c.fitsTime(v))
	case bool:
		return c.operator == "pr" || c.operator == "eq" && c.value.text == map[bool]string{true: "true", false: "false"}[v]
	case float64:
		return c.operator == "pr" || c.value.isNum && c.ordered(cmp.Compare(v, c.value.number))
	case json.Number:
		f, err := v.Float64()
		return err == nil && (c.operator == "pr" || c.value.isNum && c.ordered(cmp.Compare(f, c.value.number)))
	}
	return false
}

func (c *comparison) fitsText(v string) bool {
	v, want := strings.ToLower(v), strings.ToLower(c.value.text)
	switch c.operator {
	case "sw":
		return strings.HasPrefix(v, want)
	case "co":
		return strings.Contains(v, want)
	}
	return c.ordered(strings.Compare(v, want))
}

func (c *comparison) fitsTime(v stamp) bool {
	t, ok := parseTime(c.value.text)
	return ok && c.ordered(v.time().Compare(t))
}

func (c *comparison) ordered(order int) bool {
	switch c.operator {
	case "eq":
		return order == 0
	case "ge":
		return order >= 0
	case "gt":
		return order > 0
	case "le":
		return order <= 0
	case "lt":
		return order < 0
	}
	return false
}

// parseTime reads 2026-01-31T09:30:00.000Z, without its fraction or zone too.
func parseTime(s string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// check refuses comparisons of attributes that a list does not know, and of
// times with what is no time. kind tells what an attribute is.
func check(c condition, kind func(attribute string) attributeKind, allowed string) error {
	return c.walk(func(c *comparison) error {
		k := kind(c.attribute)
		if k == unknownKind || allowed != "" && !strings.Contains(allowed, c.operator) && k != timeKind {
			return invalidSearch()
		}
		if k != timeKind || c.operator == "pr" {
			return nil
		}
		if _, ok := parseTime(c.value.text); !ok || !c.value.quoted || c.operator == "sw" || c.operator == "co" {
			return invalidSearch()
		}
		return nil
	})
}

type attributeKind int

const (
	unknownKind attributeKind = iota
	textKind
	timeKind
)
