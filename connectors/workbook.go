package connectors

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// workbook is an xlsx file whose every zip entry was read to its end, checksum included, and every sheet walked to its
// closing tag. Excel libraries read damaged workbooks without an error, so this comes first.
type workbook struct {
	parts    map[string][]byte // workbook, relations, styles, shared strings; read by key only
	sheets   []sheetName
	epoch04  bool // days count from 1904-01-01
	strings  []string
	formats  []numberFormat // by style
	raw      io.ReaderAt
	size     int64
	sheetXML []byte
}

type sheetName struct{ name, part string }

// numberFormat is what a style says about a number: a point in time, or zeros to fill up on the left.
type numberFormat struct {
	date  bool
	zeros int
}

func workbookFault(message string) *fault {
	return &fault{"damaged_workbook", message, "export the workbook again, or open it in Excel, save it and archive that file"}
}

// openWorkbook checks the whole file and reads what the named sheet needs.
func openWorkbook(in Input) (*workbook, error) {
	raw, size, err := in.whole()
	if err != nil {
		return nil, err
	}
	w := &workbook{parts: map[string][]byte{}, raw: raw, size: size}
	if err := w.unzip(); err != nil {
		return nil, err
	}
	if err := w.readBook(); err != nil {
		return nil, err
	}
	part, err := w.choose(in.Format.Sheet)
	if err != nil {
		return nil, err
	}
	if w.sheetXML = w.parts[part]; w.sheetXML == nil {
		return nil, workbookFault("the workbook names " + shown(part) + ", which it does not hold")
	}
	if err := w.readStrings(); err != nil {
		return nil, err
	}
	return w, w.readStyles()
}

// unzip reads every entry to its end, within the limit of what a workbook may expand to.
func (w *workbook) unzip() error {
	z, err := zip.NewReader(w.raw, w.size)
	if err != nil {
		head := make([]byte, 4)
		if n, _ := w.raw.ReadAt(head, 0); n == 4 && bytes.Equal(head, []byte{0xD0, 0xCF, 0x11, 0xE0}) {
			return &fault{"damaged_workbook", "the file is an old .xls or an encrypted workbook, expected .xlsx", "save it as .xlsx without a password"}
		}
		return packFault("xlsx", err)
	}
	left := inMemoryMost
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			return workbookFault(fmt.Sprintf("the entry %s of the workbook cannot be read: %v", shown(f.Name), err))
		}
		b, err := io.ReadAll(io.LimitReader(r, left+1))
		if err != nil {
			return workbookFault(fmt.Sprintf("the entry %s of the workbook is damaged: %v", shown(f.Name), err))
		}
		if left -= int64(len(b)); left < 0 {
			return &fault{"too_large", fmt.Sprintf("the workbook expands to more than %d bytes", inMemoryMost), "check where it comes from; export large tables as csv"}
		}
		name := strings.TrimPrefix(strings.ReplaceAll(f.Name, `\`, "/"), "/")
		if _, twice := w.parts[name]; twice {
			return workbookFault("the workbook holds " + shown(name) + " twice")
		}
		w.parts[name] = b
		if strings.HasPrefix(name, "xl/worksheets/") && strings.HasSuffix(name, ".xml") {
			if err := wellFormed(b); err != nil {
				return workbookFault(fmt.Sprintf("the sheet %s does not reach its closing tag: %v", shown(name), err))
			}
		}
	}
	return nil
}

// wellFormed walks XML to the closing tag of its root.
func wellFormed(b []byte) error {
	d := xml.NewDecoder(bytes.NewReader(b))
	for any := false; ; any = true {
		_, err := d.Token()
		if err == io.EOF && !any {
			return errors.New("it is empty")
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// readBook reads the list of sheets and the epoch.
func (w *workbook) readBook() error {
	var rels struct {
		Relationship []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		}
	}
	var book struct {
		Pr struct {
			Date1904 string `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets []struct {
			Name string `xml:"name,attr"`
			RID  string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
		} `xml:"sheets>sheet"`
	}
	if w.parts["xl/workbook.xml"] == nil || w.parts["xl/_rels/workbook.xml.rels"] == nil {
		return workbookFault("the file is a zip but no workbook: it holds no xl/workbook.xml")
	}
	if err := xml.Unmarshal(w.parts["xl/_rels/workbook.xml.rels"], &rels); err != nil {
		return workbookFault("the workbook's list of parts is damaged: " + err.Error())
	}
	if err := xml.Unmarshal(w.parts["xl/workbook.xml"], &book); err != nil {
		return workbookFault("the workbook's list of sheets is damaged: " + err.Error())
	}
	w.epoch04 = book.Pr.Date1904 == "1" || book.Pr.Date1904 == "true"
	for _, s := range book.Sheets {
		for _, r := range rels.Relationship {
			if r.ID == s.RID && s.RID != "" {
				target := path.Join("xl", r.Target)
				if strings.HasPrefix(r.Target, "/") {
					target = r.Target[1:]
				}
				w.sheets = append(w.sheets, sheetName{s.Name, target})
			}
		}
	}
	return nil
}

// choose finds the part of the sheet with a name, hidden or not.
func (w *workbook) choose(name string) (string, error) {
	labels := make([]label, len(w.sheets))
	for i, s := range w.sheets {
		if s.name == name || name == "" && len(w.sheets) == 1 {
			return s.part, nil
		}
		labels[i] = label{text: s.name}
	}
	f := &fault{"missing_sheet", "the workbook has no sheet " + shown(name) + "; it has " + listed(names(labels)), "correct `sheet:` of the table"}
	if name == "" {
		f.message, f.hint = "the workbook has several sheets: "+listed(names(labels)), "name the one to read with `sheet:`"
	} else if i := nearest(labels, name); i >= 0 {
		f.hint = "write `sheet: " + strconv.Quote(w.sheets[i].name) + "` if that is meant"
	}
	return "", f
}

// readStrings reads the table of shared strings. Phonetic readings are no part of a string.
func (w *workbook) readStrings() error {
	b := w.parts["xl/sharedStrings.xml"]
	if b == nil {
		return nil
	}
	d := xml.NewDecoder(bytes.NewReader(b))
	var text strings.Builder
	depth, reading, phonetic := 0, false, 0
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return workbookFault("the workbook's shared strings are damaged: " + err.Error())
		}
		switch e := tok.(type) {
		case xml.StartElement:
			depth++
			switch e.Name.Local {
			case "si":
				text.Reset()
			case "rPh":
				phonetic = depth
			case "t":
				reading = phonetic == 0
			}
		case xml.EndElement:
			switch e.Name.Local {
			case "si":
				w.strings = append(w.strings, unescapeXML(text.String()))
			case "rPh":
				phonetic = 0
			case "t":
				reading = false
			}
			depth--
		case xml.CharData:
			if reading {
				text.Write(e)
			}
		}
	}
}

// unescapeXML undoes _x000D_, which is how a workbook writes characters that XML does not allow.
func unescapeXML(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if i+7 <= len(s) && s[i] == '_' && s[i+1] == 'x' && s[i+6] == '_' {
			if v, err := strconv.ParseUint(s[i+2:i+6], 16, 16); err == nil {
				b.WriteRune(rune(v))
				i += 6
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// readStyles reads which styles make a number a date.
func (w *workbook) readStyles() error {
	b := w.parts["xl/styles.xml"]
	if b == nil {
		return nil
	}
	var styles struct {
		NumFmts []struct {
			ID   int    `xml:"numFmtId,attr"`
			Code string `xml:"formatCode,attr"`
		} `xml:"numFmts>numFmt"`
		Xfs []struct {
			ID int `xml:"numFmtId,attr"`
		} `xml:"cellXfs>xf"`
	}
	if err := xml.Unmarshal(b, &styles); err != nil {
		return workbookFault("the workbook's styles are damaged: " + err.Error())
	}
	codes := map[int]string{}
	for _, f := range styles.NumFmts {
		codes[f.ID] = f.Code
	}
	for _, xf := range styles.Xfs {
		code, custom := codes[xf.ID]
		f := numberFormat{date: !custom && builtinDate(xf.ID) || custom && dateCode(code)}
		if code != "" && strings.Trim(code, "0") == "" {
			f.zeros = len(code)
		}
		w.formats = append(w.formats, f)
	}
	return nil
}

// builtinDate says that a number format without a code of its own is a date or time (ECMA-376 part 1, 18.8.30).
func builtinDate(id int) bool {
	return id >= 14 && id <= 22 || id >= 27 && id <= 36 || id >= 45 && id <= 47 || id >= 50 && id <= 58
}

// dateCode says that a format code shows a date or time: its first section has y, m, d, h or s outside quotes, escapes
// and brackets; brackets around h, m or s are elapsed time.
func dateCode(code string) bool {
	code, _, _ = strings.Cut(code, ";")
	for i := 0; i < len(code); i++ {
		switch code[i] {
		case '\\', '_', '*':
			i++
		case '"':
			j := strings.IndexByte(code[i+1:], '"')
			if j < 0 {
				return false
			}
			i += j + 1
		case '[':
			j := strings.IndexByte(code[i:], ']')
			if j < 0 {
				return false
			}
			if inside := strings.ToLower(code[i+1 : i+j]); inside != "" && strings.Trim(inside, "hms") == "" {
				return true
			}
			i += j
		case 'y', 'Y', 'm', 'M', 'd', 'D', 'h', 'H', 's', 'S':
			return true
		}
	}
	return false
}

// compare opens the checked workbook with excelize and counts rows and cells with a value: a second reader that must see
// what ours sees.
func (w *workbook) compare(sheet string, rows, cells int) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = workbookFault(fmt.Sprintf("the workbook cannot be read: %v", p))
		}
	}()
	f, err := excelize.OpenReader(io.NewSectionReader(w.raw, 0, w.size), excelize.Options{RawCellValue: true, UnzipSizeLimit: inMemoryMost, UnzipXMLSizeLimit: inMemoryMost})
	if err != nil {
		return workbookFault("the workbook cannot be opened: " + err.Error())
	}
	defer f.Close()
	if sheet == "" && len(w.sheets) == 1 {
		sheet = w.sheets[0].name
	}
	it, err := f.Rows(sheet)
	if err != nil {
		return workbookFault("the sheet cannot be opened: " + err.Error())
	}
	seenRows, seenCells := 0, 0
	for it.Next() {
		values, err := it.Columns()
		if err != nil {
			return workbookFault("the sheet cannot be read: " + err.Error())
		}
		n := 0
		for _, v := range values {
			if v != "" {
				n++
			}
		}
		if n > 0 {
			seenRows++
		}
		seenCells += n
	}
	if err := it.Error(); err != nil {
		return workbookFault("the sheet cannot be read: " + err.Error())
	}
	if seenRows != rows || seenCells != cells {
		return workbookFault(fmt.Sprintf("two readings of the sheet differ: %d rows with %d cells, and %d rows with %d cells", rows, cells, seenRows, seenCells))
	}
	return it.Close()
}
