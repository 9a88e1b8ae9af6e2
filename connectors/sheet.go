package connectors

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// sheetCell is a cell as the workbook stores it.
type sheetCell struct {
	col     int    // from 0
	kind    string // n number, t text, b boolean, e error, d ISO date
	text    string
	format  numberFormat
	unknown bool // a formula whose value was not stored
}

// sheetRow is a row with its filled cells, by column.
type sheetRow struct {
	number int // from 1
	cells  []sheetCell
}

// at is the cell of a column; false where it is blank.
func (r *sheetRow) at(col int) (sheetCell, bool) {
	if col < len(r.cells) && r.cells[col].col == col {
		return r.cells[col], true
	}
	for _, c := range r.cells {
		if c.col == col {
			return c, true
		}
	}
	return sheetCell{}, false
}

// rows gives every row with a filled cell to visit, in order.
func (w *workbook) rows(visit func(*sheetRow) error) error {
	d := xml.NewDecoder(bytes.NewReader(w.sheetXML))
	row := &sheetRow{}
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return workbookFault("the sheet is damaged: " + err.Error())
		}
		switch e := tok.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "row":
				if row, err = nextRow(row.number, e); err != nil {
					return err
				}
			case "c":
				if err := w.cell(d, e, row); err != nil {
					return err
				}
			}
		case xml.EndElement:
			if e.Name.Local == "row" && len(row.cells) > 0 {
				if err := visit(row); err != nil {
					return err
				}
			}
		}
	}
}

func nextRow(last int, e xml.StartElement) (*sheetRow, error) {
	row := &sheetRow{number: last + 1}
	for _, a := range e.Attr {
		if a.Name.Local == "r" {
			n, err := strconv.Atoi(a.Value)
			if err != nil || n <= last || n > 1<<20 {
				return nil, workbookFault(fmt.Sprintf("row %s follows row %d", shown(a.Value), last))
			}
			row.number = n
		}
	}
	return row, nil
}

// cell reads one <c> element.
func (w *workbook) cell(d *xml.Decoder, start xml.StartElement, row *sheetRow) error {
	c := sheetCell{kind: "n"}
	if n := len(row.cells); n > 0 {
		c.col = row.cells[n-1].col + 1
	}
	style, kind := 0, ""
	for _, a := range start.Attr {
		var err error
		switch a.Name.Local {
		case "r":
			c.col, err = columnOf(a.Value, row)
		case "s":
			if style, err = strconv.Atoi(a.Value); err == nil && (style < 0 || style >= max(1, len(w.formats))) {
				err = workbookFault("a cell has style " + shown(a.Value) + ", which the workbook lacks")
			}
		case "t":
			kind = a.Value
		}
		if err != nil {
			return asWorkbook(err)
		}
	}
	value, inline, stored, formula, err := cellParts(d)
	if err != nil {
		return asWorkbook(err)
	}
	if style < len(w.formats) {
		c.format = w.formats[style]
	}
	switch kind {
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(value))
		if stored && (err != nil || i < 0 || i >= len(w.strings)) {
			return workbookFault(fmt.Sprintf("row %d points to shared string %s of %d", row.number, shown(value), len(w.strings)))
		}
		c.kind = "t"
		if stored {
			c.text = w.strings[i]
		}
	case "str", "inlineStr":
		c.kind, c.text = "t", unescapeXML(value+inline)
	case "b", "e", "d":
		c.kind, c.text = kind, value
	case "", "n":
		c.text = strings.TrimSpace(value)
	default:
		return workbookFault("a cell has the unknown type " + shown(kind))
	}
	c.unknown = formula && !stored
	if c.text != "" || c.unknown {
		row.cells = append(row.cells, c)
	}
	return nil
}

func asWorkbook(err error) error {
	if _, ok := err.(*fault); ok {
		return err
	}
	return workbookFault("the sheet is damaged: " + err.Error())
}

// cellParts reads a cell's value and inline text up to its closing tag.
func cellParts(d *xml.Decoder) (value, inline string, stored, formula bool, err error) {
	var in []string
	for {
		tok, err := d.Token()
		if err != nil {
			return "", "", false, false, err
		}
		switch e := tok.(type) {
		case xml.StartElement:
			in = append(in, e.Name.Local)
			stored = stored || e.Name.Local == "v"
			formula = formula || e.Name.Local == "f"
		case xml.EndElement:
			if len(in) == 0 {
				return value, inline, stored, formula, nil
			}
			in = in[:len(in)-1]
		case xml.CharData:
			if len(in) == 0 {
				continue
			}
			switch {
			case in[len(in)-1] == "v" && len(in) == 1:
				value += string(e)
			case in[len(in)-1] == "t" && in[0] == "is" && !(len(in) > 2 && in[1] == "rPh"):
				inline += string(e)
			}
		}
	}
}

// columnOf is the column, from 0, of a reference such as AB12, which must be of this row and right of the cells before.
func columnOf(ref string, row *sheetRow) (int, error) {
	col, i := 0, 0
	for ; i < len(ref) && ref[i] >= 'A' && ref[i] <= 'Z' && col < 1<<14; i++ {
		col = col*26 + int(ref[i]-'A') + 1
	}
	n, err := strconv.Atoi(ref[i:])
	before := -1
	if k := len(row.cells); k > 0 {
		before = row.cells[k-1].col
	}
	if i == 0 || err != nil || n != row.number || col > 1<<14 || col-1 <= before {
		return 0, workbookFault(fmt.Sprintf("a cell of row %d calls itself %s", row.number, shown(ref)))
	}
	return col - 1, nil
}

// serial reads a number as a moment of the workbook's calendar: days from 1970-01-01 and seconds of the day. The 1900
// calendar has a 29 February 1900 that never was; it and what is before day 1 are no moments.
func (w *workbook) serial(text string) (day int32, second int64, ok bool) {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f < 0 || f >= 2958466 { // 10000-01-01
		return 0, 0, false
	}
	whole := int64(f)
	second = int64((f-float64(whole))*86400 + 0.5)
	if second == 86400 {
		whole, second = whole+1, 0
	}
	switch {
	case w.epoch04:
		return int32(whole - 24107), second, true
	case whole == 60 || whole < 1:
		return 0, 0, false
	case whole < 60:
		whole++
	}
	return int32(whole - 25569), second, true
}

// plainValue is a stored number as plain digits. A workbook stores doubles, of which 15 digits count: what has more, or
// an exponent, is rounded to 15; whole numbers written out stay as they are.
func plainValue(text string) (string, bool) {
	body := strings.TrimPrefix(text, "-")
	if body != "" && strings.Trim(body, "0123456789") == "" {
		return text, true
	}
	whole, frac, point := strings.Cut(body, ".")
	if point && whole != "" && frac != "" && strings.Trim(whole+frac, "0123456789") == "" && len(strings.TrimLeft(whole+frac, "0")) <= 15 {
		return trimZeros(text), true
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f-f != 0 {
		return "", false
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(f, 'e', 14, 64), 64)
	if err != nil {
		return "", false
	}
	return trimZeros(strconv.FormatFloat(rounded, 'f', -1, 64)), true
}

func trimZeros(text string) string {
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	if text == "-0" {
		return "0"
	}
	return text
}
