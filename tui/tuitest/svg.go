package tuitest

import (
	"fmt"
	"html"
	"slices"
	"strings"
)

// Shot is one frame of a recording and how long it stays.
type Shot struct {
	Cells   [][]Cell
	Seconds float64
}

// Sizes of a sign in a recording.
const (
	signWidth  = 8.4
	lineHeight = 18.0
	margin     = 14.0
)

// SVG makes a recording: the frames one after the other, for ever. Whoever wants
// no motion sees the last one.
func SVG(title string, shots []Shot) string {
	columns, rows := 0, 0
	total := 0.0
	for _, s := range shots {
		rows = max(rows, len(s.Cells))
		for _, row := range s.Cells {
			columns = max(columns, len(row))
		}
		total += s.Seconds
	}
	width, height := float64(columns)*signWidth+2*margin, float64(rows)*lineHeight+2*margin
	var b strings.Builder
	fmt.Fprintf(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" height=\"%.0f\" role=\"img\">\n<title>%s</title>\n<style>\n",
		width, height, width, height, html.EscapeString(title))
	b.WriteString("text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#d4d4d4;white-space:pre}\n" +
		".b{font-weight:bold}.f{fill:#8a8a8a}.c{fill:#5fd7d7}.g{fill:#87d787}.r{fill:#ff8787}.y{fill:#ffd75f}.v{text-decoration:underline}\ng{visibility:hidden}\n")
	at := 0.0
	for i, s := range shots {
		fmt.Fprintf(&b, "#s%d{animation:k%d %.1fs step-end infinite}@keyframes k%d{0%%{visibility:hidden}%.3f%%{visibility:visible}%.3f%%{visibility:hidden}}\n",
			i, i, total, i, 100*at/total, 100*(at+s.Seconds)/total)
		at += s.Seconds
	}
	fmt.Fprintf(&b, "@media (prefers-reduced-motion:reduce){g{animation:none!important}#s%d{visibility:visible}}\n</style>\n", len(shots)-1)
	fmt.Fprintf(&b, "<rect width=\"100%%\" height=\"100%%\" rx=\"8\" fill=\"#1c1c1c\"/>\n")
	for i, s := range shots {
		fmt.Fprintf(&b, "<g id=\"s%d\">\n", i)
		for n, row := range s.Cells {
			if line := svgLine(row, margin+float64(n)*lineHeight+lineHeight*0.75); line != "" {
				b.WriteString(line + "\n")
			}
		}
		b.WriteString("</g>\n")
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// svgLine is one line as runs of one style, each put at its column, so that the
// columns stand under each other in any font.
func svgLine(row []Cell, y float64) string {
	var b strings.Builder
	for from := 0; from < len(row); {
		to := from
		var text strings.Builder
		for ; to < len(row) && row[to].Style == row[from].Style && (row[to].Text == "") == (row[from].Text == ""); to++ {
			if row[to].Text != restOfWide {
				text.WriteString(row[to].Text)
			}
		}
		if strings.TrimSpace(text.String()) != "" {
			fmt.Fprintf(&b, "<tspan x=\"%.1f\" textLength=\"%.1f\"%s>%s</tspan>", margin+float64(from)*signWidth, float64(to-from)*signWidth,
				svgClass(row[from].Style), html.EscapeString(text.String()))
		}
		from = to
	}
	if b.Len() == 0 {
		return ""
	}
	return fmt.Sprintf("<text y=\"%.1f\" xml:space=\"preserve\">%s</text>", y, b.String())
}

// svgClass names the classes of a style; the colours are those of the sixteen
// that the wizard uses.
func svgClass(style string) string {
	classes := map[string]string{"1": "b", "2": "f", "7": "v", "90": "f", "31": "r", "32": "g", "33": "y", "36": "c"}
	var out []string
	for _, n := range strings.Split(style, ";") {
		if c := classes[n]; c != "" && !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	if len(out) == 0 {
		return ""
	}
	return " class=\"" + strings.Join(out, " ") + "\""
}
