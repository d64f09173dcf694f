package oktaapi

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"path/filepath"
	"strings"

	"example.com/ssowizard/internal/hint"
)

// maxLogo is the size from which Okta refuses a logo.
const maxLogo = 1_000_000

// CheckLogo tells whether Okta would take an image as a logo. A refusal is a
// usage error.
func CheckLogo(fileName string, image []byte) error {
	if _, err := logoKind(image); err != nil {
		return hint.With(hint.Usage, fmt.Errorf("logo %q: %w", filepath.Base(fileName), err), "give a PNG, JPG, GIF or SVG of less than 1 MB; 420×120 looks best")
	}
	return nil
}

// UploadLogo gives an app a logo: PNG, JPG, GIF or SVG of less than 1 MB,
// whatever the file is called. It cannot be taken back through the API.
func (c *Client) UploadLogo(ctx context.Context, appID, fileName string, image []byte) error {
	if err := CheckLogo(fileName, image); err != nil {
		return err
	}
	kind, err := logoKind(image)
	if err != nil {
		return err
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {fmt.Sprintf(`form-data; name="file"; filename="logo.%s"`, kind.extension)},
		"Content-Type":        {kind.mime},
	})
	if err == nil {
		_, err = part.Write(image)
	}
	if err == nil {
		err = form.Close()
	}
	if err == nil {
		_, err = c.do(ctx, call{method: http.MethodPost, path: appPath(appID, "logo"), body: body.Bytes(), contentType: form.FormDataContentType()})
	}
	if err != nil {
		return fmt.Errorf("upload the logo of app %s: %w", appID, err)
	}
	return nil
}

type imageKind struct{ mime, extension string }

// logoKind looks at the image itself: Okta goes by the name's ending, so it is
// given the right one.
func logoKind(image []byte) (imageKind, error) {
	switch {
	case len(image) == 0:
		return imageKind{}, fmt.Errorf("the file is empty")
	case len(image) >= maxLogo:
		return imageKind{}, fmt.Errorf("it has %d bytes", len(image))
	case bytes.HasPrefix(image, []byte("\x89PNG\r\n\x1a\n")):
		return imageKind{"image/png", "png"}, nil
	case bytes.HasPrefix(image, []byte("\xff\xd8\xff")):
		return imageKind{"image/jpeg", "jpg"}, nil
	case bytes.HasPrefix(image, []byte("GIF87a")), bytes.HasPrefix(image, []byte("GIF89a")):
		return imageKind{"image/gif", "gif"}, nil
	case isSVG(image):
		return imageKind{"image/svg+xml", "svg"}, nil
	}
	return imageKind{}, fmt.Errorf("it is no PNG, JPG, GIF or SVG")
}

func isSVG(image []byte) bool {
	text := bytes.TrimPrefix(image, []byte("\xef\xbb\xbf"))
	if !bytes.HasPrefix(bytes.TrimSpace(text), []byte("<")) {
		return false
	}
	name, err := rootName(text)
	return err == nil && strings.EqualFold(name, "svg")
}

// rootName is the name of a document's first element.
func rootName(text []byte) (string, error) {
	d := xml.NewDecoder(bytes.NewReader(text))
	d.Strict = false
	for {
		token, err := d.RawToken()
		if err != nil {
			return "", err
		}
		if start, ok := token.(xml.StartElement); ok {
			return start.Name.Local, nil
		}
	}
}
