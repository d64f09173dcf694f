package cli

import (
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

func TestPeopleAreReadFromCSVAndPlainLists(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		text string
		want []string
		err  string
	}{
		"one a line":           {text: "ana@acme.example\nben@acme.example\n", want: []string{"ana@acme.example", "ben@acme.example"}},
		"no end of line":       {text: "ana@acme.example", want: []string{"ana@acme.example"}},
		"Windows' lines":       {text: "login\r\nana@acme.example\r\n", want: []string{"ana@acme.example"}},
		"byte order mark":      {text: "\ufefflogin\nana@acme.example\n", want: []string{"ana@acme.example"}},
		"login column":         {text: "name,LOGIN\nAna,ana\n", want: []string{"ana"}},
		"e-mail column":        {text: "Email,Name\nana@acme.example,\"Lima, Ana\"\n", want: []string{"ana@acme.example"}},
		"login before e-mail":  {text: "email,login\nana@acme.example,ana\n", want: []string{"ana"}},
		"comments and blanks":  {text: "# who\nlogin\n\n  ana\n#ben\n", want: []string{"ana"}},
		"both columns":         {text: "login,email\n,ana@acme.example\nben,ben@acme.example\nchloe,\n", want: []string{"ana@acme.example", "ben", "chloe"}},
		"neither":              {text: "login,email,name\nana,,Ana\n,,Ben\n", err: "line 3 names nobody"},
		"empty cell":           {text: "name,login\nAna,ana\nNobody,\n", err: "line 3 names nobody"},
		"empty rows":           {text: "name,login\nAna,ana\n,\n , \n", want: []string{"ana"}},
		"semicolons":           {text: "Name;E-Mail\n\"Lima, Ana\";\"ana@acme.example\"\n", want: []string{"ana@acme.example"}},
		"tabs":                 {text: "name\tlogin\nLima, Ana\tana\n", want: []string{"ana"}},
		"tabs, empty cell":     {text: "login\temail\n\tana@acme.example\n", want: []string{"ana@acme.example"}},
		"told separator":       {text: "sep=;\nlogin;email\n;ana@acme.example\n", want: []string{"ana@acme.example"}},
		"UTF-16, low first":    {text: utf16Text("login;name\r\nべん;x\r\n", binary.LittleEndian), want: []string{"べん"}},
		"UTF-16, high first":   {text: utf16Text("ana@acme.example\n", binary.BigEndian), want: []string{"ana@acme.example"}},
		"unknown, semicolons":  {text: "name;phone\nAna;1\n", err: "none is called login or email"},
		"unknown columns":      {text: "name,phone\nAna,1\n", err: "none is called login or email"},
		"a row that is short":  {text: "name,login\nAna\n", err: "line 2 names nobody"},
		"quotes without end":   {text: "login\n\"ana\n", err: "line 2"},
		"nobody":               {text: "login\n", err: "nobody is named"},
		"nothing":              {text: "", err: "nobody is named"},
		"a letter of its own":  {text: "login\nana@acme.example\nべん@acme.example\n", want: []string{"ana@acme.example", "べん@acme.example"}},
		"more than a list has": {text: strings.Repeat("x\n", maxPeople+1), err: "more than 100000 people"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := parseUsers(strings.NewReader(tt.text))
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Fatalf("error %v, want %q", err, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// utf16Text is text as a spreadsheet saves it for "Unicode text".
func utf16Text(text string, order binary.AppendByteOrder) string {
	var out []byte
	for _, unit := range utf16.Encode([]rune("\ufeff" + text)) {
		out = order.AppendUint16(out, unit)
	}
	return string(out)
}

func FuzzUsersFile(f *testing.F) {
	for _, seed := range []string{"login\nana\n", "a,b\n", "\"", "\ufeff#\n,\n", "email;x\r\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		people, err := parseUsers(strings.NewReader(text))
		if err == nil && len(people) == 0 {
			t.Fatal("nobody, and no error")
		}
		for _, p := range people {
			if p != strings.TrimSpace(p) || p == "" {
				t.Fatalf("%q is nobody's name", p)
			}
		}
	})
}

func TestTimeWithinIsDaysOrADuration(t *testing.T) {
	t.Parallel()
	for text, hours := range map[string]float64{"30d": 720, "0d": 0, "36h": 36, "90m": 1.5} {
		if got, err := parseWithin(text); err != nil || got.Hours() != hours {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "30", "-1h", "1.5d", "-3d", "123456d", "soon"} {
		if got, err := parseWithin(text); err == nil {
			t.Errorf("%q was taken for %v", text, got)
		}
	}
}
