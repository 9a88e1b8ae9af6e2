package reports

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"carrot/transform/comp"
)

// renderManagement is the report for those who lead: a workbook with a sheet for each section, and the same on paper. It pays
// nobody and names nobody.
func renderManagement(r *comp.Result) ([]File, error) {
	if len(r.Management) == 0 || stopped(r) {
		return nil, nil
	}
	base := "management/report-" + r.Run.Period.Name()
	paper, err := managementPDF(r)
	if err != nil {
		return nil, fmt.Errorf("management report: %w", err)
	}
	book, err := managementBook(r)
	if err != nil {
		return nil, fmt.Errorf("management workbook: %w", err)
	}
	return []File{{Path: base + ".pdf", Media: mediaPDF, Class: comp.Personal, Bytes: paper}, {Path: base + ".xlsx", Media: mediaSheet, Class: comp.Personal, Bytes: book}}, nil
}

// managementPDF sets the sections one below the other.
func managementPDF(r *comp.Result) ([]byte, error) {
	set := func(f fonts) *canvas {
		country := ""
		if len(r.Entities) > 0 {
			country = r.Entities[0].Country
		}
		x := &index{r: r}
		p := &sheet{canvas: newCanvas(paper(country), f), x: x, s: &comp.Statement{Name: "Management report"}, entity: comp.LegalEntity{Name: r.Company}}
		p.stamp(r.Run)
		period := r.Run.Period.Start.Time().Format("January 2006")
		p.pdf.SetTitle(clean("Management report "+period+", "+r.Company), true)
		p.pdf.SetAuthor(clean(r.Company), true)
		p.pdf.SetCreator(clean(r.Run.Program), true)
		p.pdf.SetProducer("carrot", true)
		p.pdf.SetLang("en")
		p.newPage = func(*canvas) { p.band("Management report") }
		p.page()
		p.text(p.left, p.y, p.width, "L", 20, true, ink, period)
		p.y += 12
		for i := range r.Management {
			p.section(&r.Management[i])
		}
		p.footers()
		return p.canvas
	}
	c := set(commonFonts())
	if c.uncommon {
		c = set(wholeFonts)
	}
	return c.bytes()
}

// section sets one section.
func (p *sheet) section(s *comp.Section) {
	p.heading(s.Title, 30)
	if s.Note != "" {
		p.para(p.left, p.width, 8.5, false, quiet, s.Note)
		p.y += 1.5
	}
	g := grid{size: 8.2, fitted: true, tight: len(s.Rows) > 12, grouped: true}
	for _, c := range s.Columns {
		col := gridColumn{title: c.Title, align: "L"}
		if c.Right {
			col.align = "R"
		}
		g.columns = append(g.columns, col)
	}
	for _, row := range s.Rows {
		g.rows = append(g.rows, gridRow{cells: row})
	}
	if len(s.Rows) == 0 {
		p.para(p.left, p.width, 8.5, false, quiet, "Nothing has been measured for it yet.")
	} else {
		g.draw(p.canvas)
	}
	for _, text := range s.After {
		p.y += 1
		p.para(p.left, p.width, 8.5, false, quiet, text)
	}
	p.y += 4
}

// managementBook has a sheet for each section.
func managementBook(r *comp.Result) ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	b := &book{file: f, r: r, office: office{entity: comp.LegalEntity{Name: r.Company}}}
	if err := b.start(); err != nil {
		return nil, err
	}
	for i := range r.Management {
		if err := b.managementSheet(i, &r.Management[i]); err != nil {
			return nil, err
		}
	}
	if err := f.DeleteSheet("Pay"); err != nil { // what a workbook begins with
		return nil, err
	}
	f.SetActiveSheet(0)
	var out bytes.Buffer
	f.SetZipWriter(func(w io.Writer) excelize.ZipWriter { return &sortedZip{out: w} })
	if err := f.Write(&out); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func (b *book) managementSheet(i int, s *comp.Section) error {
	var columns []sheetColumn
	for k, c := range s.Columns {
		width := float64(len([]rune(c.Title))) + 3
		for _, row := range s.Rows {
			width = max(width, min(60, float64(len([]rune(row[k])))+3))
		}
		columns = append(columns, sheetColumn{c.Title, width, c.Right})
	}
	w, err := b.sheet(sheetName(i, s.Title), s.Title, columns)
	if err != nil {
		return err
	}
	for _, row := range s.Rows {
		cells := make([]any, len(row))
		for k, text := range row {
			cells[k] = b.text(text)
		}
		if err := w.add(cells...); err != nil {
			return err
		}
	}
	for _, text := range append([]string{s.Note}, s.After...) {
		if text == "" {
			continue
		}
		if err := w.add(excelize.Cell{StyleID: w.styles.blank, Value: text}); err != nil {
			return err
		}
	}
	return w.finish("Nothing has been measured for it yet.")
}

// sheetName is what a sheet may be called: up to 31 letters, some of them not, and no name twice.
func sheetName(i int, title string) string {
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]'`, r) {
			return ' '
		}
		return r
	}, clean(title))
	runes := []rune(fmt.Sprintf("%d %s", i+1, name))
	return strings.TrimSpace(string(runes[:min(31, len(runes))]))
}
