package reports

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"codeberg.org/go-pdf/fpdf"

	"carrot/transform/comp"
)

// colour is red, green, blue.
type colour [3]int

// The colours of a statement: ink for text, a quiet grey for labels, one accent, one warning.
var (
	ink     = colour{28, 36, 48}
	quiet   = colour{98, 108, 122}
	hair    = colour{214, 219, 226}
	wash    = colour{244, 246, 249}
	accent  = colour{196, 84, 28}
	warnInk = colour{140, 72, 8}
	warnBg  = colour{253, 243, 226}
	ghost   = colour{236, 229, 224}
)

// canvas is a page to write on from top to bottom, in millimetres; y is where the next thing begins.
type canvas struct {
	pdf                      *fpdf.Fpdf
	left, top, width, bottom float64 // bottom is the last y of content
	y                        float64
	newPage                  func(*canvas) // draws what every page has, once the page is there
	size                     float64       // the current font
	bold                     bool
	uncommon                 bool // a letter beyond commonFonts was written
	unset                    bool // a letter that the fonts lack was written
}

// page sizes: North American payroll prints on Letter, everybody else on A4.
func paper(country string) string {
	switch strings.ToUpper(country) {
	case "US", "CA", "MX":
		return "Letter"
	}
	return "A4"
}

func newCanvas(size string, f fonts) *canvas {
	pdf := fpdf.New("P", "mm", size, "")
	pdf.SetCatalogSort(true)
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetCompression(true)
	pdf.AddUTF8FontFromBytes("LiberationSans", "", f.regular)
	pdf.AddUTF8FontFromBytes("LiberationSans", "B", f.bold)
	w, h := pdf.GetPageSize()
	return &canvas{pdf: pdf, left: 18, top: 16, width: w - 36, bottom: h - 20}
}

// stamp dates the document by the run's business date: never by a clock.
func (c *canvas) stamp(run comp.RunFacts) {
	c.pdf.SetCreationDate(run.Business.Time())
	c.pdf.SetModificationDate(run.Business.Time())
}

// page begins a new one.
func (c *canvas) page() {
	c.pdf.AddPage()
	c.size = 0 // a new page has no font yet
	c.y = c.top
	if c.newPage != nil {
		c.newPage(c)
	}
}

// need begins a new page where less than h is left, and says whether it did.
func (c *canvas) need(h float64) bool {
	if c.y+h <= c.bottom {
		return false
	}
	c.page()
	return true
}

// font selects size, in points, and weight.
func (c *canvas) font(size float64, bold bool) {
	if c.size == size && c.bold == bold {
		return
	}
	style := ""
	if bold {
		style = "B"
	}
	c.pdf.SetFont("LiberationSans", style, size)
	c.size, c.bold = size, bold
}

func (c *canvas) ink(k colour)  { c.pdf.SetTextColor(k[0], k[1], k[2]) }
func (c *canvas) fill(k colour) { c.pdf.SetFillColor(k[0], k[1], k[2]) }

// box fills a rectangle.
func (c *canvas) box(x, y, w, h float64, k colour) {
	c.fill(k)
	c.pdf.Rect(x, y, w, h, "F")
}

// rule draws a horizontal line at y.
func (c *canvas) rule(x, y, w, thick float64, k colour) {
	c.pdf.SetDrawColor(k[0], k[1], k[2])
	c.pdf.SetLineWidth(thick)
	c.pdf.Line(x, y, x+w, y)
}

// lineHeight is that of text of the given size, in millimetres.
func lineHeight(size float64) float64 { return size * 0.3528 * 1.34 }

// text writes one line of text from data or program whose top is at y. align is L, R or C within w; what is wider than
// w is set smaller, never cut; with w 0 it is as wide as it is.
func (c *canvas) text(x, y, w float64, align string, size float64, bold bool, k colour, s string) {
	c.put(x, y, w, align, size, bold, k, clean(s))
}

// put is text that is clean already.
func (c *canvas) put(x, y, w float64, align string, size float64, bold bool, k colour, s string) {
	if s == "" {
		return
	}
	c.uncommon = c.uncommon || !common(s)
	c.unset = c.unset || unset(s)
	c.font(size, bold)
	have := c.pdf.GetStringWidth(s)
	if have > w && w > 0 {
		c.font(size*w/have*0.995, bold)
		have = c.pdf.GetStringWidth(s)
	}
	switch align {
	case "R":
		x += w - have
	case "C":
		x += (w - have) / 2
	}
	c.ink(k)
	c.pdf.Text(x, y+lineHeight(size)*0.76, s)
}

// wrap breaks clean text into lines of at most w; a word that is wider is broken within.
func (c *canvas) wrap(s string, w, size float64, bold bool) []string {
	c.font(size, bold)
	if c.pdf.GetStringWidth(s) <= w {
		return []string{s}
	}
	var out []string
	line := ""
	for _, word := range strings.Fields(s) {
		next := word
		if line != "" {
			next = line + " " + word
		}
		if c.pdf.GetStringWidth(next) <= w {
			line = next
			continue
		}
		if line != "" {
			out = append(out, line)
		}
		line = word
		for c.pdf.GetStringWidth(line) > w {
			head := c.head(line, w)
			out = append(out, head)
			line = line[len(head):]
		}
	}
	return append(out, line)
}

// head is as much of a word as fits into w, at least one letter.
func (c *canvas) head(word string, w float64) string {
	end := 0
	for i, r := range word {
		next := i + utf8.RuneLen(r)
		if i > 0 && c.pdf.GetStringWidth(word[:next]) > w {
			break
		}
		end = next
	}
	return word[:end]
}

// para writes wrapped text over the width w at x and moves on.
func (c *canvas) para(x, w, size float64, bold bool, k colour, s string) {
	h := lineHeight(size)
	for _, line := range c.wrap(clean(s), w, size, bold) {
		c.need(h)
		c.put(x, c.y, 0, "L", size, bold, k, line)
		c.y += h
	}
}

// heading begins a section; room is what must fit below it on the same page.
func (c *canvas) heading(title string, room float64) {
	c.y += 5.5
	c.need(9 + room)
	c.text(c.left, c.y, 0, "L", 10.5, true, ink, title)
	c.y += 5.6
	c.rule(c.left, c.y, c.width, 0.35, ink)
	c.y += 1.6
}

// bytes ends the document.
func (c *canvas) bytes() ([]byte, error) {
	var b bytes.Buffer
	err := c.pdf.Output(&b)
	return b.Bytes(), err
}
