package sp

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"sort"
	"strconv"
	"strings"
)

// apiError is an answer of the settings API that refuses a call.
type apiError struct {
	status               int
	code, message, field string
}

func (e *apiError) Error() string { return e.message }

func writeError(w http.ResponseWriter, err error) {
	var refused *apiError
	if !errors.As(err, &refused) {
		refused = &apiError{http.StatusInternalServerError, "internal", "the change could not be kept", ""}
	}
	type body struct {
		Code    string `json:"code"`
		Message string `json:"message"`
		Field   string `json:"field,omitempty"`
	}
	writeJSON(w, refused.status, map[string]body{"error": {refused.code, refused.message, refused.field}})
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	if body == nil {
		w.WriteHeader(status)
		return
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(body); err != nil {
		http.Error(w, "the answer could not be made", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // a client that has gone needs no answer
}

// decodeSettings reads {"settings":{…}} with members that the provider has:
// strings, and true or false for switches. A null means the same as an empty string.
func (p *provider) decodeSettings(r *http.Request) (values, error) {
	members, err := decodeObject(r, "settings")
	if err != nil {
		return nil, err
	}
	raw, ok := members["settings"]
	if !ok {
		return nil, &apiError{http.StatusUnprocessableEntity, "required", "settings is required", "settings"}
	}
	var settings map[string]json.RawMessage
	if err := json.Unmarshal(raw, &settings); err != nil || settings == nil {
		return nil, &apiError{http.StatusUnprocessableEntity, "invalid_value", "settings must be an object", "settings"}
	}
	given := values{}
	for _, name := range sortedKeys(settings) {
		f, ok := p.field(name)
		if !ok {
			return nil, &apiError{http.StatusUnprocessableEntity, "unknown_setting", p.name + " has no setting of this name", name}
		}
		if f.unshown && string(settings[name]) == "null" {
			continue // as good as left out
		}
		v, err := decodeSetting(f.kind, settings[name])
		if err != nil {
			return nil, &apiError{http.StatusUnprocessableEntity, "invalid_value", err.Error(), name}
		}
		given[name] = v
	}
	return given, nil
}

func decodeSetting(kind fieldKind, raw json.RawMessage) (string, error) {
	if kind == toggleField {
		var v *bool
		if err := json.Unmarshal(raw, &v); err != nil {
			return "", errors.New("the setting must be true or false")
		}
		return strconv.FormatBool(v != nil && *v), nil
	}
	var v *string
	if err := json.Unmarshal(raw, &v); err != nil {
		return "", errors.New("the setting must be a string")
	}
	if v == nil {
		return "", nil
	}
	return *v, nil
}

func decodeEnabled(r *http.Request) (bool, error) {
	members, err := decodeObject(r, "enabled")
	if err != nil {
		return false, err
	}
	raw, ok := members["enabled"]
	if !ok {
		return false, &apiError{http.StatusUnprocessableEntity, "required", "enabled is required", "enabled"}
	}
	var enabled *bool
	if err := json.Unmarshal(raw, &enabled); err != nil || enabled == nil {
		return false, &apiError{http.StatusUnprocessableEntity, "invalid_value", "enabled must be true or false", "enabled"}
	}
	return *enabled, nil
}

// decodeNothing accepts no body or an empty object.
func decodeNothing(r *http.Request) error {
	body, err := readBody(r)
	if err != nil || len(bytes.TrimSpace(body)) == 0 {
		return err
	}
	_, err = decodeMembers(r, body)
	return err
}

func decodeObject(r *http.Request, known ...string) (map[string]json.RawMessage, error) {
	body, err := readBody(r)
	if err != nil {
		return nil, err
	}
	return decodeMembers(r, body, known...)
}

func readBody(r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(r.Body)
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, &apiError{http.StatusRequestEntityTooLarge, "too_large", "the body is too large", ""}
	case err != nil:
		return nil, &apiError{http.StatusBadRequest, "malformed", "the body ended early", ""}
	}
	return body, nil
}

// decodeMembers is strict: one JSON object, no member twice, none unknown.
func decodeMembers(r *http.Request, body []byte, known ...string) (map[string]json.RawMessage, error) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return nil, &apiError{http.StatusUnsupportedMediaType, "unsupported_media_type", "the body must be sent as application/json", ""}
	}
	if err := uniqueMembers(body); err != nil {
		return nil, &apiError{http.StatusBadRequest, "malformed", "the body is not acceptable JSON: " + err.Error(), ""}
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(body, &members); err != nil || members == nil {
		return nil, &apiError{http.StatusBadRequest, "malformed", "the body is not a JSON object", ""}
	}
	for _, name := range sortedKeys(members) {
		if !contains(known, name) {
			return nil, &apiError{http.StatusUnprocessableEntity, "unknown_member", "the body may hold only: " + strings.Join(known, ", "), name}
		}
	}
	return members, nil
}

// uniqueMembers refuses what is not exactly one JSON value, and objects that
// name a member twice, of which two readers could take different ones.
func uniqueMembers(body []byte) error {
	if !json.Valid(body) {
		return errors.New("it does not follow the syntax")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	type object struct {
		names   map[string]bool // nil: an array
		wantKey bool
	}
	var open []object
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if delim, ok := token.(json.Delim); ok && (delim == '}' || delim == ']') {
			open = open[:len(open)-1]
			continue
		}
		if n := len(open) - 1; n >= 0 && open[n].names != nil {
			if open[n].wantKey {
				name, _ := token.(string)
				if open[n].names[name] {
					return fmt.Errorf("it names %q twice", name)
				}
				open[n].names[name], open[n].wantKey = true, false
				continue
			}
			open[n].wantKey = true // after the value that this token begins or is
		}
		switch token {
		case json.Delim('{'):
			open = append(open, object{names: map[string]bool{}, wantKey: true})
		case json.Delim('['):
			open = append(open, object{})
		}
	}
}

func sortedKeys[T any](m map[string]T) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

func contains(list []string, s string) bool {
	for _, one := range list {
		if one == s {
			return true
		}
	}
	return false
}
