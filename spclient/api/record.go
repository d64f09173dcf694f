package api

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"strconv"
	"strings"
	"unicode"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/sso"
)

// notThatRecord is the error of a record that is not as the profile says.
type notThatRecord struct{ error }

// record reads a record, and what belongs to it but stands elsewhere.
func (d *Driver) record(ctx context.Context, v any) (record, error) {
	fields, ok := v.(map[string]any)
	if !ok {
		return record{}, notThatRecord{errors.New("the record is no object")}
	}
	id := textAt(v, d.api.Answer.Resource)
	if d.api.Answer.Resource != "" && id == "" {
		return record{}, notThatRecord{errors.New("no id at " + d.api.Answer.Resource)}
	}
	whole, err := d.withParts(ctx, fields, id)
	if err != nil {
		return record{}, err
	}
	rec, err := d.understood(whole)
	if err != nil {
		return rec, notThatRecord{err}
	}
	rec.own, rec.raw, rec.state.Resource = fields, whole, id
	return rec, nil
}

// withParts reads the further answers that belong to a record. One whose status
// is among the missing ones says that there is no such part.
func (d *Driver) withParts(ctx context.Context, fields map[string]any, id string) (map[string]any, error) {
	if len(d.api.Read.Also) == 0 {
		return fields, nil
	}
	whole := maps.Clone(fields)
	for _, part := range d.api.Read.Also {
		ex, err := d.exchange(part.Request, d.values(record{state: sso.SPState{Resource: id}}), nil)
		if err != nil {
			return nil, err
		}
		res, err := d.send(ctx, ex, d.api.Read.Missing...)
		if err != nil {
			return nil, err
		}
		if isSuccess(res.status, part.Request.Success) {
			whole[part.Name] = res.body
		}
	}
	return whole, nil
}

func (d *Driver) understood(v any) (record, error) {
	form := d.api.Answer
	rec := record{exists: true, state: nothing()}
	s := &rec.state
	var err error
	if s.Configured, err = truthAt(v, form.Configured, true); err != nil {
		return rec, err
	}
	// Where nothing has to be turned on, what is saved is on.
	if s.Enabled, err = truthAt(v, form.Enabled, s.Configured && d.profile.TurnOn == catalog.TurnOnNone); err != nil {
		return rec, err
	}
	for id, place := range form.Settings {
		if err := readSetting(s, v, id, place); err != nil {
			return rec, err
		}
	}
	for id, place := range form.Offered {
		if text := textAt(v, place); text != "" {
			s.Offered[id] = harmless(text)
		}
	}
	for id, place := range form.Options {
		s.Options[id] = texts(v, place)
	}
	return rec, nil
}

func readSetting(s *sso.SPState, v any, id string, place catalog.Flag) error {
	found, ok := settingAt(v, place.At)
	if !ok || found == nil {
		return nil
	}
	text, ok := scalarText(found)
	if !ok {
		return errors.New("no text at " + place.At)
	}
	if place.Not || place.Is != "" {
		b, err := flagOf(found, place)
		if err != nil {
			return err
		}
		text = strconv.FormatBool(b)
	}
	s.Settings[id] = harmless(text)
	return nil
}

// settingAt is what stands at a place. A list of texts, or a place with a * for
// every entry of a list, gives the texts one after the other.
func settingAt(v any, place string) (any, bool) {
	found, ok := catalog.At(v, place)
	list, isList := found.([]any)
	if !ok {
		if list = catalog.All(v, place); len(list) == 0 {
			return nil, false
		}
		isList = true
	}
	if !isList {
		return found, true
	}
	var lines []string
	for _, item := range list {
		text, ok := scalarText(item)
		if !ok {
			return found, true
		}
		lines = append(lines, strings.TrimRight(text, "\r\n"))
	}
	return strings.Join(lines, "\n"), true
}

func truthAt(v any, flag catalog.Flag, otherwise bool) (bool, error) {
	if flag.At == "" {
		return otherwise, nil
	}
	found, ok := catalog.At(v, flag.At)
	if !ok {
		return false, errors.New("neither true nor false at " + flag.At)
	}
	return flagOf(found, flag)
}

// flagOf is the truth of what was found at a flag's place. Nothing there is false.
func flagOf(found any, flag catalog.Flag) (bool, error) {
	text, isScalar := scalarText(found)
	if flag.Is != "" {
		if found != nil && !isScalar {
			return false, errors.New("no word at " + flag.At)
		}
		return (text == flag.Is) != flag.Not, nil
	}
	b, ok := truthOf(text)
	if found != nil && !ok {
		return false, errors.New("neither true nor false at " + flag.At)
	}
	return b != flag.Not, nil
}

// truthOf reads the forms in which APIs say true and false.
func truthOf(text string) (value, ok bool) {
	switch strings.ToLower(text) {
	case "true", "1":
		return true, true
	case "false", "0":
		return false, true
	}
	return false, false
}

func texts(v any, place string) []string {
	found, _ := catalog.At(v, place)
	list, _ := found.([]any)
	var out []string
	for _, item := range list {
		if text, ok := scalarText(item); ok && text != "" {
			out = append(out, harmless(text))
		}
	}
	return out
}

func scalarText(v any) (string, bool) {
	switch x := v.(type) {
	case string:
		return x, true
	case bool:
		return strconv.FormatBool(x), true
	case json.Number:
		return x.String(), true
	}
	return "", false
}

// harmless replaces what could steer a terminal. Nothing is dropped, so that a
// value with something hidden in it never equals one without.
func harmless(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r == '\t' || !unicode.In(r, unicode.Cc, unicode.Cf) {
			return r
		}
		return unicode.ReplacementChar
	}, strings.ToValidUTF8(s, string(unicode.ReplacementChar)))
}
