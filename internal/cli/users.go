package cli

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"example.com/ssowizard/internal/hint"
)

// maxPeople bounds a list of people; Okta's own limits are far below.
const maxPeople = 100_000

// readUsers reads --users-file: a table with a login or email column, or one
// person a line. Empty lines and lines that begin with # say nothing.
func (p *program) readUsers(path string) ([]string, error) {
	var r io.Reader = p.In
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, hint.With(hint.Usage, fmt.Errorf("users file: %w", err), "give the path of a CSV file, or of a text file with one login a line")
		}
		defer f.Close()
		r = f
	}
	people, err := parseUsers(r)
	if err != nil {
		return nil, hint.With(hint.Usage, fmt.Errorf("users file %s: %w", path, err), "a CSV file needs a login or email column; else give one login a line")
	}
	return people, nil
}

// parseUsers reads a table whose cells are separated by commas, semicolons or
// tabs, in UTF-8 or, with a byte order mark, UTF-16: what spreadsheets save. A
// row counts by its login, or by its e-mail address where it has no login; one
// with neither is an error, so that nobody is left out unnoticed.
func parseUsers(r io.Reader) ([]string, error) {
	buffered := bufio.NewReaderSize(transform.NewReader(r, unicode.BOMOverride(transform.Nop)), maxHeader)
	c := cellsOf(buffered, separator(buffered))
	var people []string
	var columns []int
	for {
		record, err := c.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		line, _ := c.FieldPos(0)
		if line == 1 && strings.HasPrefix(strings.ToLower(record[0]), "sep=") || blank(record) {
			continue // a spreadsheet's note to itself, or an empty row of one
		}
		if columns == nil {
			var header bool
			if columns, header, err = personColumns(record); err != nil {
				return nil, err
			}
			if header {
				continue
			}
		}
		who := firstOf(record, columns)
		if who == "" {
			return nil, fmt.Errorf("line %d names nobody: neither a login nor an e-mail address", line)
		}
		if people = append(people, who); len(people) > maxPeople {
			return nil, fmt.Errorf("more than %d people", maxPeople)
		}
	}
	if len(people) == 0 {
		return nil, errors.New("nobody is named in it")
	}
	return people, nil
}

func cellsOf(r io.Reader, comma rune) *csv.Reader {
	c := csv.NewReader(r)
	c.Comma, c.Comment, c.FieldsPerRecord = comma, '#', -1
	c.TrimLeadingSpace = comma != '\t' // which is white space itself, and would lose empty cells
	return c
}

// maxHeader is how far into a file its header is looked for.
const maxHeader = 64 << 10

// separator finds what separates cells: what makes a header of the first line
// that says something, else what makes several cells of it.
func separator(r *bufio.Reader) rune {
	start, _ := r.Peek(maxHeader)
	for line := range strings.Lines(string(start)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || strings.HasPrefix(strings.ToLower(line), "sep=") {
			continue
		}
		several := ','
		for _, comma := range []rune{'\t', ';', ','} {
			record, err := cellsOf(strings.NewReader(line), comma).Read()
			if err != nil {
				continue
			}
			if _, header, err := personColumns(record); err == nil && header {
				return comma
			}
			if len(record) > 1 {
				several = comma
			}
		}
		return several
	}
	return ','
}

// personColumns finds the columns that name people, the better one first, and
// says whether the first record is a header.
func personColumns(first []string) (columns []int, header bool, err error) {
	for _, want := range []string{"login", "email", "e-mail"} {
		i := slices.IndexFunc(first, func(s string) bool { return strings.EqualFold(strings.TrimSpace(s), want) })
		if i >= 0 {
			columns = append(columns, i)
		}
	}
	switch {
	case len(columns) > 0:
		return columns, true, nil
	case len(first) > 1:
		return nil, false, errors.New("several columns, but none is called login or email")
	}
	return []int{0}, false, nil
}

func firstOf(record []string, columns []int) string {
	for _, i := range columns {
		if i < len(record) {
			if who := strings.TrimSpace(record[i]); who != "" {
				return who
			}
		}
	}
	return ""
}

func blank(record []string) bool {
	return !slices.ContainsFunc(record, func(s string) bool { return strings.TrimSpace(s) != "" })
}
