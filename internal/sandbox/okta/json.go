package okta

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// object is a JSON object whose members keep their order. Okta's answers have
// one, and clients' recordings are compared byte for byte.
type object []member

type member struct {
	name  string
	value any
}

func (o *object) add(name string, value any) { *o = append(*o, member{name, value}) }

// MarshalJSON makes object usable inside values that encoding/json writes.
func (o object) MarshalJSON() ([]byte, error) { return encode(o), nil }

// encode writes v as Okta does: compact, with no escaping of HTML characters.
func encode(v any) []byte { return appendJSON(nil, v) }

func appendJSON(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...)
	case bool:
		return strconv.AppendBool(b, v)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case string:
		return appendString(b, v)
	case *string:
		if v == nil {
			return append(b, "null"...)
		}
		return appendString(b, *v)
	case stamp:
		return v.appendJSON(b)
	case object:
		return appendObject(b, v)
	case []object:
		return appendList(b, v)
	case []string:
		return appendList(b, v)
	case []any:
		return appendList(b, v)
	case map[string]any:
		return appendObject(b, javaOrder(v))
	case json.RawMessage:
		return appendRaw(b, v)
	default:
		return appendOther(b, v)
	}
}

func appendObject(b []byte, o object) []byte {
	b = append(b, '{')
	for i, m := range o {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, m.name)
		b = append(b, ':')
		b = appendJSON(b, m.value)
	}
	return append(b, '}')
}

func appendList[T any](b []byte, list []T) []byte {
	b = append(b, '[')
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSON(b, v)
	}
	return append(b, ']')
}

func appendRaw(b []byte, raw json.RawMessage) []byte {
	if len(raw) == 0 {
		return append(b, "null"...)
	}
	buf := bytes.NewBuffer(b)
	if json.Compact(buf, raw) != nil {
		return append(b, "null"...)
	}
	return buf.Bytes()
}

func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c >= 0x7f || c == '"' || c == '\\' {
			return appendOther(b, s)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

func appendOther(b []byte, v any) []byte {
	buf := bytes.NewBuffer(b)
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	if enc.Encode(v) != nil {
		return append(b, "null"...)
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte{'\n'})
}

// javaOrder puts a profile's members in the order in which Okta answers them:
// that of the hash table of a Java program, which all recorded profiles have.
// Members that share a bucket keep the order of their names.
func javaOrder(profile map[string]any) object {
	size := 16
	for len(profile) > size*3/4 {
		size *= 2
	}
	type entry struct {
		bucket uint32
		name   string
	}
	entries := make([]entry, 0, len(profile))
	for name := range profile {
		entries = append(entries, entry{javaHash(name) & uint32(size-1), name})
	}
	slices.SortFunc(entries, func(a, b entry) int {
		if a.bucket != b.bucket {
			return int(a.bucket) - int(b.bucket)
		}
		return cmp.Or(baseAttribute(a.name)-baseAttribute(b.name), strings.Compare(a.name, b.name))
	})
	o := make(object, 0, len(entries))
	for _, e := range entries {
		o.add(e.name, profile[e.name])
	}
	return o
}

func javaHash(s string) uint32 {
	var h uint32
	for _, r := range s {
		h = 31*h + uint32(r)
	}
	return h ^ h>>16
}
