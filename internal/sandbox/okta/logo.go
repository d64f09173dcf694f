package okta

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/png"
	"io"
	"net/http"
	"strings"

	"example.com/ssowizard/internal/sandbox/durable"
)

const maxLogo = 1 << 20

// logo is an uploaded picture.
type logo struct {
	ID    string `json:"id"`
	Media string `json:"media"`
	Data  string `json:"data"`
}

// uploadLogo takes the form field file. There is no way to take a logo away.
func (o *Org) uploadLogo(c *call) (*reply, error) {
	old, err := o.app(c.ids[0])
	if err != nil {
		return nil, err
	}
	data, err := c.file()
	if err != nil {
		return nil, err
	}
	if len(data) > maxLogo {
		return nil, invalid("logo", "logo: The file must be smaller than 1 MB.")
	}
	media := pictureType(data)
	if media == "" {
		return nil, invalid("logo", "logo: The file must be a PNG, JPG, GIF or SVG image.")
	}
	l := logo{ID: o.random.id("gfs", liveEra), Media: media, Data: base64.StdEncoding.EncodeToString(data)}
	a := old.clone()
	a.Logo, a.Updated = l.ID, stampOf(o.now())
	if err := o.keepApp(a, durable.Put(kindLogo, a.ID, l)); err != nil {
		return nil, err
	}
	return &reply{status: http.StatusCreated, header: http.Header{"Location": {c.base + a.logoPath()}}}, nil
}

func (c *call) file() ([]byte, error) {
	r := c.r.Clone(c.r.Context())
	r.Body = io.NopCloser(bytes.NewReader(c.body))
	form, err := r.MultipartReader()
	if err != nil {
		return nil, malformed()
	}
	for {
		part, err := form.NextPart()
		if err != nil {
			return nil, invalid("logo", blank("file"))
		}
		if part.FormName() != "file" {
			continue
		}
		data, err := io.ReadAll(part)
		if err != nil || len(data) == 0 {
			return nil, invalid("logo", blank("file"))
		}
		return data, nil
	}
}

func pictureType(data []byte) string {
	switch kind := http.DetectContentType(data); kind {
	case "image/png", "image/jpeg", "image/gif":
		return kind
	}
	head := strings.ToLower(string(data[:min(len(data), 1024)]))
	if strings.Contains(head, "<svg") {
		return "image/svg+xml"
	}
	return ""
}

// logoImage serves an uploaded logo, but no script that it might hold.
func (o *Org) logoImage(c *call) (*reply, error) {
	for _, a := range o.apps.sorted {
		if a.Logo == "" || a.Logo != c.ids[0] {
			continue
		}
		var l logo
		if found, err := o.log.Get(kindLogo, a.ID, &l); err != nil || !found {
			return nil, internalError()
		}
		data, err := base64.StdEncoding.DecodeString(l.Data)
		if err != nil {
			return nil, internalError()
		}
		return (&reply{status: http.StatusOK, contentType: l.Media, body: data, header: http.Header{}}).
			set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox"), nil
	}
	return nil, noSuchPath()
}

// stockImage is the picture of whatever has none.
func (o *Org) stockImage(*call) (*reply, error) {
	picture := image.NewRGBA(image.Rect(0, 0, 64, 64))
	for y := range 64 {
		for x := range 64 {
			picture.Set(x, y, color.RGBA{R: 0x5a, G: 0x6f, B: 0x9b, A: 0xff})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		return nil, internalError()
	}
	return &reply{status: http.StatusOK, contentType: "image/png", body: b.Bytes(), header: http.Header{}}, nil
}
