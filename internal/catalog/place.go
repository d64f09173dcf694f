package catalog

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// At gives what stands at a place of a decoded JSON value: a dotted path, or a
// JSON pointer when it begins with a slash. The empty place is the value itself.
func At(value any, place string) (any, bool) {
	steps, err := splitPlace(place)
	if err != nil {
		return nil, false
	}
	for _, step := range steps {
		switch v := value.(type) {
		case map[string]any:
			next, ok := v[step]
			if !ok {
				return nil, false
			}
			value = next
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(v) {
				return nil, false
			}
			value = v[i]
		default:
			return nil, false
		}
	}
	return value, true
}

// All gives what stands at a place, of which a step may be * for every entry of
// a list and every member of an object, in the order of their names.
func All(value any, place string) []any {
	steps, err := splitPlace(place)
	if err != nil {
		return nil
	}
	found := []any{value}
	for _, step := range steps {
		var next []any
		for _, v := range found {
			members, isObject := v.(map[string]any)
			if list, ok := v.([]any); ok && step == "*" {
				next = append(next, list...)
			} else if isObject && step == "*" {
				for _, name := range slices.Sorted(maps.Keys(members)) {
					next = append(next, members[name])
				}
			} else if inner, ok := At(v, "/"+strings.NewReplacer("~", "~0", "/", "~1").Replace(step)); ok {
				next = append(next, inner)
			}
		}
		found = next
	}
	return found
}

func splitPlace(place string) ([]string, error) {
	if place == "" {
		return nil, nil
	}
	if pointer, ok := strings.CutPrefix(place, "/"); ok {
		steps := strings.Split(pointer, "/")
		for i, s := range steps {
			steps[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(s)
		}
		return steps, nil
	}
	steps := strings.Split(place, ".")
	for _, s := range steps {
		if s == "" {
			return nil, fmt.Errorf("place %q has an empty step; write settings.url or /settings/url", place)
		}
	}
	return steps, nil
}
