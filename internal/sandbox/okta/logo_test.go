package okta_test

import (
	"bytes"
	"mime/multipart"
	"strings"
	"testing"
)

func form(t *testing.T, field string, data []byte) (string, string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile(field, "logo.png")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write(data)
	_ = w.Close()
	return b.String(), w.FormDataContentType()
}

func TestLogoIsServedWhereLocationSays(t *testing.T) {
	t.Parallel()
	s := start(t)
	path := "/api/v1/apps/" + s.samlApp("Pretty")
	picture := []byte("\x89PNG\r\n\x1a\n and then pixels")
	body, kind := form(t, "file", picture)
	r := s.must(201, "POST", path+"/logo", body, "Content-Type", kind)
	if r.text != "" {
		t.Errorf("201 with %q", r.text)
	}
	where := r.Header.Get("Location")
	if got := s.must(200, "GET", where, "", "Authorization", "", "Accept", "image/*"); got.text != string(picture) || got.Header.Get("Content-Type") != "image/png" {
		t.Errorf("%s serves %q", where, got.text)
	}
	if app := s.must(200, "GET", path, "").text; !strings.Contains(app, `"logo":[{"name":"medium","href":"`+where+`","type":"image/png"}]`) {
		t.Errorf("the app does not link %s", where)
	}
	for _, tt := range []struct {
		field string
		data  []byte
	}{{"file", []byte("just text")}, {"picture", picture}, {"file", append(picture, make([]byte, 1<<20)...)}} {
		body, kind := form(t, tt.field, tt.data)
		s.must(400, "POST", path+"/logo", body, "Content-Type", kind)
	}
	s.must(400, "POST", path+"/logo", `{}`)
	s.must(404, "GET", "/fs/bcg/4/gfsnone", "", "Authorization", "")
	s.must(200, "GET", "/assets/img/logos/default.png", "", "Authorization", "")
}
