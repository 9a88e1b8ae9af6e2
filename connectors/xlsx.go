package connectors

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"carrot/transform"
	"carrot/transform/comp"
)

var errEnough = errors.New("enough")

// xlsxSplits checks a workbook and finds its rows: one split.
func xlsxSplits(in Input) ([]Split, []comp.Finding) {
	s, err := in.Format.Dialect.compile()
	if err != nil {
		return nil, in.stops(err)
	}
	w, err := openWorkbook(in)
	if err != nil {
		return nil, in.stops(err)
	}
	h := &sheetHeading{syntax: s}
	rows, cells := 0, 0
	err = w.rows(func(r *sheetRow) error {
		filled := 0
		for _, c := range r.cells {
			if c.text != "" {
				filled++
			}
		}
		if cells += filled; filled > 0 {
			rows++
		}
		h.row(r)
		return nil
	})
	if err == nil {
		err = w.compare(in.Format.Sheet, rows, cells)
	}
	if err != nil {
		return nil, in.stops(err)
	}
	if h.labels == nil && s.header > 0 || h.width == 0 {
		return nil, []comp.Finding{emptyFile(in)}
	}
	cols, findings := matchColumns(in, h.names(), 0)
	if len(findings) > 0 {
		return nil, findings
	}
	h.keepRows(toldBy(in, cols))
	if h.first == 0 || h.end <= h.first {
		return nil, []comp.Finding{headerOnly(in, h.last)}
	}
	return []Split{{in: in, start: int64(h.first), end: int64(h.end), line: h.first, cols: cols}}, nil
}

// sheetHeading finds header, data and footer while rows pass by.
type sheetHeading struct {
	*syntax
	labels  []label
	further [][]string
	seen    int // header rows
	last    int // of them, its number
	first   int // number of the first row of data; 0 none
	end     int // after the last row of data, footer left out
	width   int
	tail    []tailRow // what stands below it and starts like a footer
}

// tailRow is a row with the columns that hold text in it.
type tailRow struct {
	number int
	filled []int
}

// keepRows moves the end behind rows of the tail that have text in every column that rows always fill: they are data.
func (h *sheetHeading) keepRows(told []int) {
	for _, r := range h.tail {
		missing := func(col int) bool { return !slices.Contains(r.filled, col) }
		if len(told) > 0 && !slices.ContainsFunc(told, missing) {
			h.end = r.number + 1
		}
	}
}

func (h *sheetHeading) row(r *sheetRow) {
	if r.number <= h.skip {
		return
	}
	h.width = max(h.width, r.cells[len(r.cells)-1].col+1)
	if h.seen < h.header {
		texts := make([]string, r.cells[len(r.cells)-1].col+1)
		for _, c := range r.cells {
			texts[c.col] = trimLabel([]byte(c.text))
		}
		if h.seen == 0 {
			h.labels = make([]label, len(texts))
			for i, t := range texts {
				h.labels[i] = label{text: t, line: r.number, col: i + 1}
			}
		} else {
			h.further = append(h.further, texts)
		}
		h.seen, h.last = h.seen+1, r.number
		return
	}
	if h.first == 0 {
		h.first = r.number
	}
	if !h.isFooterRow(r) {
		h.end, h.tail = r.number+1, h.tail[:0]
		return
	}
	t := tailRow{number: r.number}
	for _, c := range r.cells {
		if c.text != "" {
			t.filled = append(t.filled, c.col)
		}
	}
	h.tail = append(h.tail, t)
}

func (h *sheetHeading) isFooterRow(r *sheetRow) bool {
	first := ""
	if c, ok := r.at(0); ok {
		first = c.text
	}
	for _, f := range h.footer {
		if f != "" && strings.HasPrefix(first, f) {
			return true
		}
	}
	return false
}

// names are the labels, or numbers where there is no header.
func (h *sheetHeading) names() []label {
	if h.header == 0 {
		return numbered(h.width)
	}
	for len(h.labels) < h.width && len(h.further) > 0 {
		h.labels = append(h.labels, label{line: h.last, col: len(h.labels) + 1})
	}
	if len(h.further) > 0 {
		return joinHeaders(h.labels, h.further)
	}
	return h.labels
}

// decodeXLSX turns a sheet into batches.
func decodeXLSX(s Split, out func(transform.Batch) error) []comp.Finding {
	w, err := openWorkbook(s.in)
	if err != nil {
		return s.in.stops(err)
	}
	rows, err := newRows(s.in, s.end-s.start, out)
	if err != nil {
		return s.in.stops(err)
	}
	d := &sheetDecoder{rows: rows, book: w, split: s}
	err = w.rows(func(r *sheetRow) error {
		switch {
		case int64(r.number) >= s.end || d.stopped:
			return errEnough
		case int64(r.number) >= s.start:
			d.row(r)
		}
		return nil
	})
	if err != nil && err != errEnough {
		rows.stop(asFault(err), s.start, 0)
	}
	return rows.finish()
}

type sheetDecoder struct {
	*rows
	book  *workbook
	split Split
}

func (d *sheetDecoder) row(r *sheetRow) {
	for i, c := range d.cols {
		at := comp.Finding{Origin: d.in.origin(int64(r.number)), Line: r.number, Col: d.split.cols[i] + 1}
		cell, ok := r.at(d.split.cols[i])
		p, text := fine, []byte(cell.text)
		switch {
		case !ok:
			p = c.null(d.n)
		case cell.unknown:
			at.Code, at.Message, at.Hint = "no_stored_value", "the cell has a formula whose value was not stored", "open the workbook in Excel, save it and archive that file"
			c.clear(d.n)
			d.add(at, c, nil)
		default:
			p = d.cell(c, cell, &at)
		}
		if p != fine {
			c.clear(d.n)
			if at.Code == "" || d.in.sealed() {
				d.wrongCell(p, c, text, at)
			} else {
				d.add(at, c, text)
			}
		}
	}
	d.keep(int64(r.number))
}

// cell writes a stored value into a column, by its type and number format. A message of its own goes into at.
func (d *sheetDecoder) cell(c *column, cell sheetCell, at *comp.Finding) problem {
	text := []byte(cell.text)
	switch cell.kind {
	case "t":
		if !cleanText(text, true) {
			return badNative
		}
		return c.put(d.n, text)
	case "b":
		return c.boolean(d.n, cell.text == "1" || cell.text == "true")
	case "d":
		if c.kind == kDate && len(text) > 10 && text[10] == 'T' {
			text = text[:10]
		}
		return c.put(d.n, text)
	case "e":
		at.Code, at.Message, at.Hint = "error_value", fmt.Sprintf("the cell holds the error %s", shown(cell.text)), "correct the formula in the workbook"
		return badNative
	}
	if cell.format.date {
		return d.moment(c, cell, at)
	}
	plain, ok := plainValue(cell.text)
	if !ok {
		return badNumber
	}
	switch c.kind {
	case kDate, kInstant:
		at.Code, at.Message = "bad_date", shown(cell.text)+" is a number without a date format"
		at.Hint = "give the column a date format in the workbook"
		if day, _, ok := d.book.serial(cell.text); ok {
			at.Message += "; as a date it reads " + comp.Date(day).String()
		}
		return badNative
	case kInteger, kDecimal:
		return c.number(d.n, []byte(plain))
	}
	if n := cell.format.zeros - len(plain); n > 0 && !strings.ContainsAny(plain, "-.") {
		plain = strings.Repeat("0", n) + plain
	}
	return c.put(d.n, []byte(plain))
}

// moment writes a number that is formatted as a date.
func (d *sheetDecoder) moment(c *column, cell sheetCell, at *comp.Finding) problem {
	day, second, ok := d.book.serial(cell.text)
	if !ok {
		at.Code, at.Message, at.Hint = "bad_date", shown(cell.text)+" is formatted as a date, but no day of the workbook's calendar", "correct the cell in the workbook"
		return badNative
	}
	switch c.kind {
	case kDate:
		c.i32[d.n] = day
		return fine
	case kInstant:
		c.i64[d.n] = c.zone.unix(int64(day)*86400 + second)
		return fine
	case kText, kCategory:
		text := comp.Date(day).String()
		if second > 0 {
			text += fmt.Sprintf(" %02d:%02d:%02d", second/3600, second/60%60, second%60)
		}
		return c.parse(d.n, []byte(text))
	}
	at.Code, at.Message, at.Hint = "bad_number", fmt.Sprintf("the cell is formatted as a date (%s), expected a number", comp.Date(day)), "give the column a number format in the workbook, or write `type: date` for column "+c.Name
	return badNative
}
