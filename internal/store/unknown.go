package store

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
)

// encodeKeeping encodes v, with every member of old that v's type does not
// know put back where it was, at any depth.
func encodeKeeping(v any, old []byte) ([]byte, error) {
	raw, err := encode(v)
	if err != nil {
		return nil, err
	}
	if len(old) > 0 {
		if raw, err = keepUnknown(reflect.TypeOf(v), raw, old); err != nil {
			return nil, err
		}
	}
	var b bytes.Buffer
	if err := json.Indent(&b, bytes.TrimSpace(raw), "", "  "); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

var marshaler = reflect.TypeFor[json.Marshaler]()

// keepUnknown walks the structs of type t. Maps are data, of which a missing
// key was taken away on purpose.
func keepUnknown(t reflect.Type, now, old []byte) ([]byte, error) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t.Implements(marshaler) || isNull(now) || isNull(old):
		return now, nil
	case t.Kind() == reflect.Struct:
		return keepMembers(t, now, old)
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct:
		return keepElements(t.Elem(), now, old)
	}
	return now, nil
}

func keepMembers(t reflect.Type, now, old []byte) ([]byte, error) {
	var mine, theirs map[string]json.RawMessage
	if err := json.Unmarshal(now, &mine); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(old, &theirs); err != nil {
		return nil, err
	}
	known := members(t)
	for name, value := range theirs {
		field, ok := known[strings.ToLower(name)]
		if !ok {
			mine[name] = value
			continue
		}
		here, ok := mine[name]
		if !ok {
			continue // taken away on purpose
		}
		kept, err := keepUnknown(field, here, value)
		if err != nil {
			return nil, err
		}
		mine[name] = kept
	}
	return encode(mine)
}

// keepElements pairs elements whose known members are the same.
func keepElements(t reflect.Type, now, old []byte) ([]byte, error) {
	var mine, theirs []json.RawMessage
	if err := json.Unmarshal(now, &mine); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(old, &theirs); err != nil {
		return nil, err
	}
	former := map[string]json.RawMessage{}
	for _, raw := range theirs {
		key, err := knownPart(t, raw)
		if err != nil {
			return nil, err
		}
		former[key] = raw
	}
	for i, raw := range mine {
		key, err := knownPart(t, raw)
		if err != nil {
			return nil, err
		}
		was, ok := former[key]
		if !ok {
			continue
		}
		if mine[i], err = keepUnknown(t, raw, was); err != nil {
			return nil, err
		}
	}
	return encode(mine)
}

func knownPart(t reflect.Type, raw []byte) (string, error) {
	v := reflect.New(t)
	if err := json.Unmarshal(raw, v.Interface()); err != nil {
		return "", err
	}
	b, err := encode(v.Interface())
	return string(b), err
}

// members maps the lower-case JSON name of each field to its type; package
// json does not mind the case of names.
func members(t reflect.Type) map[string]reflect.Type {
	out := map[string]reflect.Type{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" {
			name = f.Name
		}
		out[strings.ToLower(name)] = f.Type
	}
	return out
}

func isNull(raw []byte) bool {
	raw = bytes.TrimSpace(raw)
	return len(raw) == 0 || bytes.Equal(raw, []byte("null"))
}
