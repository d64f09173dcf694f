package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"unicode"

	"example.com/ssowizard/internal/catalog"
)

// laidOver is a body laid over the record that was read: objects member by
// member, everything else in place of what was there. Where the body has the
// record in an envelope, at the place where answers have it, so has the result.
func laidOver(record any, body []byte, envelope string) ([]byte, error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var members map[string]any
	if err := dec.Decode(&members); err != nil {
		return nil, err
	}
	inner, enveloped := catalog.At(members, envelope)
	over, isObject := inner.(map[string]any)
	if !enveloped || !isObject {
		over = members
	}
	laid := merged(record, over).(map[string]any)
	if enveloped && isObject && envelope != "" {
		maps.DeleteFunc(over, func(string, any) bool { return true })
		maps.Copy(over, laid)
		laid = members
	}
	return json.Marshal(laid)
}

func merged(under, over any) any {
	a, isObject := under.(map[string]any)
	b, both := over.(map[string]any)
	if !isObject || !both {
		return over
	}
	out := maps.Clone(a)
	for name, value := range b {
		out[name] = merged(a[name], value)
	}
	return out
}

// headers are the profile's own, filled. One without a value is left out.
func (d *Driver) headers(v catalog.Values) (map[string]string, error) {
	out := map[string]string{}
	for _, h := range d.api.Headers {
		value, err := h.Fill(v)
		if err != nil {
			return nil, err
		}
		if strings.ContainsFunc(value, unicode.IsControl) {
			return nil, fmt.Errorf("header %s: the value has control characters", h.Name)
		}
		if value != "" {
			out[h.Name] = value
		}
	}
	return out, nil
}
