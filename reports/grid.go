package reports

import "slices"

// gridColumn is a column of a table on a statement. width is a share of the table's width.
type gridColumn struct {
	title string
	width float64
	align string // L or R; numbers to the right are never wrapped, they are set smaller where they must
}

// gridRow is one row; strong is for totals, quiet for rows of lesser weight. Across lets the first cell run over empty ones after it.
type gridRow struct {
	cells                 []string
	strong, quiet, across bool
}

// grid is a table that goes on over pages, with its header on each.
type grid struct {
	columns []gridColumn
	rows    []gridRow
	size    float64 // points
	indent  float64
	tight   bool // rows close to each other
	grouped bool // what begins as the row above it does says so once
	fitted  bool // columns as wide as what stands in them, whatever their widths say
}

// pad is the room above and below a row's text, in millimetres.
func (g grid) pad() float64 {
	if g.tight {
		return 0.45
	}
	return 0.9
}

// cellLines is the most lines that one cell takes, so that no row outgrows a page.
const cellLines = 16

// draw writes the table at the canvas's place and moves on.
func (g grid) draw(c *canvas) {
	x, w := c.left+g.indent, c.width-g.indent
	widths := g.widths(c, w)
	header := func() {
		cx := x
		for i, col := range g.columns {
			c.text(cx+gap(i, col.align), c.y+g.pad(), widths[i]-2, col.align, g.size-0.7, false, quiet, col.title)
			cx += widths[i]
		}
		c.y += lineHeight(g.size) + 2*g.pad()
		c.rule(x, c.y, w, 0.2, hair)
	}
	c.need(3 * (lineHeight(g.size) + 2*g.pad()))
	header()
	for i, r := range g.rows {
		lines, h := g.layout(c, r, widths)
		if c.need(h) {
			header()
		} else if g.grouped && i > 0 {
			lines, h = g.layout(c, g.rows[i-1].once(r), widths)
		}
		g.row(c, x, widths, lines, r)
		c.y += h
		c.rule(x, c.y, w, 0.15, hair)
	}
}

// once is the next row without what it begins with as this one does.
func (r gridRow) once(next gridRow) gridRow {
	next.cells = slices.Clone(next.cells)
	for i := range next.cells {
		if i >= len(r.cells) || next.cells[i] != r.cells[i] {
			break
		}
		next.cells[i] = ""
	}
	return next
}

// widths share w among the columns: by their own widths or, where the grid is fitted, so that as few as can be are wrapped.
func (g grid) widths(c *canvas, w float64) []float64 {
	out := make([]float64, len(g.columns))
	var sum float64
	for i, col := range g.columns {
		out[i] = col.width
		if g.fitted {
			c.font(g.size, false)
			out[i] = c.pdf.GetStringWidth(clean(col.title))
			for _, r := range g.rows {
				out[i] = max(out[i], c.pdf.GetStringWidth(clean(r.cells[i])))
			}
			out[i] += 5
		}
		sum += out[i]
	}
	if g.fitted && sum > w { // the widest give way
		for most := w; sum > w && most > w/float64(len(out)); most-- {
			sum = 0
			for i := range out {
				out[i] = min(out[i], most)
				sum += out[i]
			}
		}
	}
	for i := range out {
		out[i] *= w / sum
	}
	return out
}

// gap keeps text columns off their left neighbour; the first begins at the margin.
func gap(i int, align string) float64 {
	if i > 0 && align == "L" || align == "R" {
		return 2
	}
	return 0
}

// layout breaks a row's cells into lines and says how high the row is.
func (g grid) layout(c *canvas, r gridRow, widths []float64) ([][]string, float64) {
	lines := make([][]string, len(r.cells))
	most := 1
	for i, cell := range r.cells {
		if width := widths[i]; g.columns[i].align == "R" {
			lines[i] = []string{clean(cell)}
		} else if r.across && i == 0 {
			for k := 1; k < len(r.cells) && r.cells[k] == ""; k++ {
				width += widths[k]
			}
			lines[i] = c.wrap(clean(cell), width-2, g.size, r.strong)
		} else {
			lines[i] = c.wrap(clean(cell), widths[i]-2, g.size, r.strong)
		}
		if len(lines[i]) > cellLines {
			lines[i] = append(lines[i][:cellLines-1:cellLines-1], "…")
		}
		most = max(most, len(lines[i]))
	}
	return lines, float64(most)*lineHeight(g.size) + 2*g.pad()
}

func (g grid) row(c *canvas, x float64, widths []float64, lines [][]string, r gridRow) {
	k := ink
	if r.quiet {
		k = quiet
	}
	for i, cell := range lines {
		y := c.y + g.pad()
		for _, line := range cell {
			w := 0.0
			if g.columns[i].align == "R" {
				w = widths[i] - 2
			}
			c.put(x+gap(i, g.columns[i].align), y, w, g.columns[i].align, g.size, r.strong, k, line)
			y += lineHeight(g.size)
		}
		x += widths[i]
	}
}

// factWidth is the first fact's one and a half, and the others' one.
func factWidth(i int, w float64) float64 {
	if i == 0 {
		return 1.5 * w
	}
	return w
}
