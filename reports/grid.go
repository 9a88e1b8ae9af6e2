package reports

// gridColumn is a column of a table on a statement. width is a share of the table's width.
type gridColumn struct {
	title string
	width float64
	align string // L or R; numbers to the right are never wrapped, they are set smaller where they must
}

// gridRow is one row; strong is for totals, quiet for rows of lesser weight.
type gridRow struct {
	cells         []string
	strong, quiet bool
}

// grid is a table that goes on over pages, with its header on each.
type grid struct {
	columns []gridColumn
	rows    []gridRow
	size    float64 // points
	indent  float64
}

const cellPad = 0.9 // above and below a row's text, in millimetres

// cellLines is the most lines that one cell takes, so that no row outgrows a page.
const cellLines = 16

// draw writes the table at the canvas's place and moves on.
func (g grid) draw(c *canvas) {
	x, w := c.left+g.indent, c.width-g.indent
	widths := make([]float64, len(g.columns))
	var sum float64
	for _, col := range g.columns {
		sum += col.width
	}
	for i, col := range g.columns {
		widths[i] = w * col.width / sum
	}
	header := func() {
		cx := x
		for i, col := range g.columns {
			c.text(cx+gap(i, col.align), c.y+cellPad, widths[i]-2, col.align, g.size-0.7, false, quiet, col.title)
			cx += widths[i]
		}
		c.y += lineHeight(g.size) + 2*cellPad
		c.rule(x, c.y, w, 0.2, hair)
	}
	c.need(3 * (lineHeight(g.size) + 2*cellPad))
	header()
	for _, r := range g.rows {
		lines, h := g.layout(c, r, widths)
		if c.need(h) {
			header()
		}
		g.row(c, x, widths, lines, r)
		c.y += h
		c.rule(x, c.y, w, 0.15, hair)
	}
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
		if g.columns[i].align == "R" {
			lines[i] = []string{clean(cell)}
		} else {
			lines[i] = c.wrap(clean(cell), widths[i]-2, g.size, r.strong)
		}
		if len(lines[i]) > cellLines {
			lines[i] = append(lines[i][:cellLines-1:cellLines-1], "…")
		}
		most = max(most, len(lines[i]))
	}
	return lines, float64(most)*lineHeight(g.size) + 2*cellPad
}

func (g grid) row(c *canvas, x float64, widths []float64, lines [][]string, r gridRow) {
	k := ink
	if r.quiet {
		k = quiet
	}
	for i, cell := range lines {
		y := c.y + cellPad
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
