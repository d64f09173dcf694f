package tui

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"

	"example.com/ssowizard/internal/sso"
)

// plain makes text from outside fit for one line.
func plain(s string) string { return sso.PlainText(s, 4000) }

// fit cuts a line to width columns, with an ellipsis where something is lost.
func fit(line string, width int) string {
	if width <= 0 {
		return ""
	}
	return ansi.Truncate(line, width, "…")
}

// pad cuts or fills a line to exactly width columns.
func pad(line string, width int) string {
	line = fit(line, width)
	if missing := width - ansi.StringWidth(line); missing > 0 {
		line += strings.Repeat(" ", missing)
	}
	return line
}

// ends puts left and right on one line of width columns; what does not fit is
// taken from the left.
func ends(left, right string, width int) string {
	gap := width - ansi.StringWidth(right)
	if gap < 2 {
		return pad(left, width)
	}
	return pad(fit(left, gap-1), gap) + right
}

// fill makes text exactly width columns and height lines.
func fill(lines []string, width, height int) string {
	out := make([]string, height)
	for i := range out {
		line := ""
		if i < len(lines) {
			line = lines[i]
		}
		out[i] = pad(line, width)
	}
	return strings.Join(out, "\n")
}

// wrap breaks text without styles into lines of at most width columns, at blanks
// only, so that flags and addresses stay whole; a word that is longer than a
// line is broken.
func wrap(text string, width int) []string {
	width = max(width, 8)
	var lines []string
	line, used := "", 0
	for i, word := range strings.Fields(text) {
		w := ansi.StringWidth(word)
		if i > 0 && used+1+w <= width {
			line, used = line+" "+word, used+1+w
			continue
		}
		if i > 0 {
			lines = append(lines, line)
		}
		for w > width {
			part := ansi.Truncate(word, width, "")
			if part == "" {
				break // one sign that is wider than the line
			}
			lines = append(lines, part)
			word = word[len(part):]
			w = ansi.StringWidth(word)
		}
		line, used = word, w
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// styled wraps text and gives every line the style.
func styled(s lipgloss.Style, text string, width int) []string {
	lines := wrap(text, width)
	for i := range lines {
		lines[i] = s.Render(lines[i])
	}
	return lines
}

// hang wraps text behind a head; further lines are indented as far as the head
// is wide.
func hang(head, text string, width int) []string {
	indent := ansi.StringWidth(head)
	lines := wrap(text, width-indent)
	if len(lines) == 0 {
		return []string{head}
	}
	for i := range lines {
		if i == 0 {
			lines[i] = head + lines[i]
		} else {
			lines[i] = strings.Repeat(" ", indent) + lines[i]
		}
	}
	return lines
}

// styledHang is hang with a style for the text.
func styledHang(s lipgloss.Style, head, text string, width int) []string {
	lines := hang(head, text, width)
	indent := ansi.StringWidth(head)
	for i := range lines {
		rest := strings.TrimPrefix(lines[i], head)
		if i > 0 {
			rest = lines[i][min(indent, len(lines[i])):]
		}
		lead := head
		if i > 0 {
			lead = strings.Repeat(" ", indent)
		}
		lines[i] = lead + s.Render(rest)
	}
	return lines
}

// pair is a label and its value: on one line where they fit, else the value
// under the label, so that an address is broken as seldom as can be.
func pair(label, value string, labelWidth, width int) []string {
	label = fit(label, width)
	labelWidth = max(labelWidth, ansi.StringWidth(label))
	if labelWidth+2+ansi.StringWidth(value) <= width {
		return []string{pad(label, labelWidth) + "  " + value}
	}
	out := []string{label}
	for _, l := range wrap(value, width-2) {
		out = append(out, "  "+l)
	}
	return out
}

// moreBelow says how many lines there are after those in view.
func moreBelow(total, top, height int) string {
	if hidden := total - top - height; hidden > 0 {
		return "↓ " + plural(hidden, "more line", "more lines")
	}
	return ""
}

// window is the part of lines that fits into height with line focus in view,
// and tells how many lines are hidden above and below.
func window(lines []string, focus, offset, height int) (shown []string, top int) {
	if len(lines) <= height {
		return lines, 0
	}
	top = min(max(offset, 0), len(lines)-height)
	if focus >= 0 {
		if focus < top {
			top = focus
		}
		if focus >= top+height {
			top = focus - height + 1
		}
	}
	return lines[top : top+height], top
}

// plural counts things.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(n) + " " + many
}

// thousands writes 12345 as 12,345.
func thousands(n int) string {
	digits := []byte{}
	for i, d := 0, n; i == 0 || d > 0; i, d = i+1, d/10 {
		if i > 0 && i%3 == 0 {
			digits = append(digits, ',')
		}
		digits = append(digits, byte('0'+d%10))
	}
	for i, j := 0, len(digits)-1; i < j; i, j = i+1, j-1 {
		digits[i], digits[j] = digits[j], digits[i]
	}
	return string(digits)
}

// columns is how many columns text takes.
func columns(s string) int { return ansi.StringWidth(s) }
