package catalog

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"example.com/ssowizard/internal/sso"
)

// xmlEncodings are those that documents are read in, by name in lower case; nil
// is UTF-8, or a part of it.
var xmlEncodings = map[string]encoding.Encoding{
	"": nil, "utf-8": nil, "utf8": nil, "us-ascii": nil, "ascii": nil,
	"iso-8859-1": charmap.ISO8859_1, "latin1": charmap.ISO8859_1, "iso-8859-15": charmap.ISO8859_15, "windows-1252": charmap.Windows1252,
}

var xmlDeclared = regexp.MustCompile(`^<\?xml[^>]*\bencoding\s*=\s*["']([A-Za-z0-9._:-]+)["']`)

// utf8XML turns an XML document into UTF-8, from what its byte order mark, its
// first bytes or its declaration say. The declaration stays as it is, so the
// document is to be read with xmlDecoder.
func utf8XML(data []byte) ([]byte, error) {
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return data[3:], nil
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("<\x00")):
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(data)
	case bytes.HasPrefix(data, []byte("\xfe\xff")), bytes.HasPrefix(data, []byte("\x00<")):
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder().Bytes(data)
	}
	name := ""
	if m := xmlDeclared.FindSubmatch(bytes.TrimSpace(data[:min(len(data), 500)])); m != nil {
		name = string(m[1])
	}
	known, ok := xmlEncodings[strings.ToLower(name)]
	switch {
	case !ok:
		return nil, fmt.Errorf("it is in the encoding %s, which is not read here; save it as UTF-8", sso.PlainText(name, 40))
	case known == nil:
		return data, nil
	}
	return known.NewDecoder().Bytes(data)
}

// xmlDecoder reads what utf8XML gave, whatever encoding it declares.
func xmlDecoder(data []byte) *xml.Decoder {
	dec := xml.NewDecoder(bytes.NewReader(data))
	dec.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	return dec
}
