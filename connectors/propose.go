package connectors

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"carrot/transform"
	"carrot/transform/comp"
)

// Proposal is how a file seems to be written, for a person to check: a run uses declared dialects only.
type Proposal struct {
	Format  Format
	Columns []comp.Column
	Keys    []string // names of columns that are never empty and never repeat; empty where there is none
	Reasons []string // one sentence for each choice, in words
	YAML    string   // a table for a file of sources/, ready to paste
}

// proposeBytes is how much of a file Propose looks at, and proposeRows how many rows.
const (
	proposeBytes = 8 << 20
	proposeRows  = 5000
)

// Propose looks at a file and proposes format, dialect and columns. Of the Input it uses bytes and name only. The proposal
// is tried on the file, and what it finds is among the reasons. The error says that the file is in no format known here.
func Propose(in Input) (Proposal, error) {
	p := &proposer{in: in}
	p.in.Format = Format{Dialect: DefaultDialect()}
	p.in.Contract = comp.Contract{Source: "source", Table: "table", Class: comp.Open}
	if in.Size == 0 {
		return Proposal{}, &fault{"empty_file", "the file is empty", "pull it again"}
	}
	if err := p.container(); err != nil {
		return Proposal{}, err
	}
	var t *sample
	var err error
	switch p.in.Format.Kind {
	case XLSX:
		t, err = p.workbook()
	case Parquet:
		t, err = p.parquet()
	default:
		if t, err = p.text(); err == nil && t == nil {
			t, err = p.table()
		}
	}
	if err != nil {
		return Proposal{}, err
	}
	p.columns(t)
	p.try()
	out := Proposal{Format: p.in.Format, Columns: p.in.Contract.Columns, Keys: p.in.Contract.Keys, Reasons: p.reasons}
	out.YAML = p.yaml()
	return out, nil
}

// sample is some rows of a file with the names that its columns have there.
type sample struct {
	labels []string
	rows   [][]string
	typed  bool // numbers and dates are the format's own, so that marks and layouts need no declaration
}

// proposer gathers a proposal in its Input's format and contract.
type proposer struct {
	in      Input
	reasons []string
}

func (p *proposer) say(format string, args ...any) {
	p.reasons = append(p.reasons, fmt.Sprintf(format, args...))
}

// container tells formats that are no text by their first bytes.
func (p *proposer) container() error {
	head, err := p.head(8)
	if err != nil {
		return err
	}
	f := &p.in.Format
	switch {
	case bytes.HasPrefix(head, []byte{0x1F, 0x8B}):
		f.Pack = "gzip"
		p.say("pack: gzip, because the file begins with gzip's mark")
		if head, err = p.head(8); err != nil {
			return err
		}
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		z, err := zip.NewReader(p.in.ReaderAt, p.in.Size)
		if err != nil {
			return packFault("zip", err)
		}
		for _, e := range z.File {
			if e.Name == "xl/workbook.xml" {
				f.Kind = XLSX
				p.say("format: xlsx, because the zip holds a workbook")
				return nil
			}
		}
		f.Pack = "zip"
		p.say("pack: zip, because the file is a zip and no workbook")
		if head, err = p.head(8); err != nil {
			return err
		}
	}
	if bytes.HasPrefix(head, []byte("PAR1")) {
		f.Kind = Parquet
		p.say("format: parquet, because the file begins with PAR1")
	}
	return nil
}

// head is the first n unpacked bytes.
func (p *proposer) head(n int64) ([]byte, error) {
	r, err := p.in.unpacked()
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(r, n))
}

// text finds the encoding, and gives a sample where the text is JSON.
func (p *proposer) text() (*sample, error) {
	raw, err := p.head(proposeBytes)
	if err != nil {
		return nil, err
	}
	d := &p.in.Format.Dialect
	if d.Encoding, err = p.encoding(raw); err != nil {
		return nil, err
	}
	decoded, err := p.decoded()
	if err != nil {
		return nil, err
	}
	if i := bytes.IndexByte(decoded, 0); i >= 0 {
		return nil, &fault{"unknown_format", fmt.Sprintf("read as %s the file holds a NUL character at position %d: it is in no encoding known here", d.Encoding, i), "save it as UTF-8"}
	}
	body := bytes.TrimSpace(bytes.TrimPrefix(decoded, []byte("\uFEFF")))
	if len(body) == 0 {
		return nil, &fault{"empty_file", "the file holds nothing but blanks", "pull it again"}
	}
	if body[0] != '{' && body[0] != '[' {
		return nil, nil
	}
	s, err := p.json(body)
	var f *fault
	if errors.As(err, &f) && f.code == "damaged_json" {
		return nil, nil // text that happens to begin with a bracket
	}
	return s, err
}

func (p *proposer) decoded() ([]byte, error) {
	r, err := p.in.text(0)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(r, proposeBytes))
	if _, cut := err.(*fault); cut {
		err = nil // what is wrong at the end is found when the proposal is tried
	}
	return b, err
}

// encoding goes by the byte order mark, then by NULs between letters, then by whether the bytes are UTF-8.
func (p *proposer) encoding(raw []byte) (string, error) {
	if bytes.HasPrefix(raw, []byte{0xFF, 0xFE, 0, 0}) || bytes.HasPrefix(raw, []byte{0, 0, 0xFE, 0xFF}) {
		return "", &fault{"unknown_format", "the file is UTF-32, which is not read here", "save it as UTF-8"}
	}
	if mark := markOf(raw); mark != "" {
		p.say("encoding: %s, because the file begins with its byte order mark", mark)
		return mark, nil
	}
	even, odd := 0, 0
	for i, b := range raw[:min(len(raw), 4096)] {
		if b == 0 && i%2 == 0 {
			even++
		} else if b == 0 {
			odd++
		}
	}
	switch n := min(len(raw), 4096) / 2; {
	case odd > n/2 && even < n/10:
		p.say("encoding: utf-16le, because every second byte is zero")
		return "utf-16le", nil
	case even > n/2 && odd < n/10:
		p.say("encoding: utf-16be, because every second byte is zero, from the first on")
		return "utf-16be", nil
	}
	if cleanText(raw, int64(len(raw)) < proposeBytes) || even+odd > 0 {
		return "utf-8", nil
	}
	for _, b := range raw {
		if b >= 0x80 && b < 0xA0 && windows1252[b-0x80] == 0 {
			p.say("encoding: utf-8, although some bytes are not UTF-8 (nor Windows-1252): cells with them become findings")
			return "utf-8", nil
		}
	}
	at := 0
	for at < len(raw) {
		r, n := utf8.DecodeRune(raw[at:])
		if r == utf8.RuneError && n <= 1 {
			break
		}
		at += n
	}
	p.say("encoding: windows-1252, because byte %d (0x%02X) is not UTF-8; check names with accents", at, raw[min(at, len(raw)-1)])
	return "windows-1252", nil
}

// workbook takes the sheet with the most cells.
func (p *proposer) workbook() (*sample, error) {
	raw, size, err := p.in.whole()
	if err != nil {
		return nil, err
	}
	w := &workbook{parts: map[string][]byte{}, raw: raw, size: size}
	for _, step := range []func() error{w.unzip, w.readBook, w.readStrings, w.readStyles} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	var best [][]string
	most, sheet := 0, ""
	for _, s := range w.sheets {
		if w.sheetXML = w.parts[s.part]; w.sheetXML == nil {
			continue
		}
		var rows [][]string
		cells := 0
		err := w.rows(func(r *sheetRow) error {
			for len(rows) < r.number-1 && len(rows) < proposeRows {
				rows = append(rows, nil)
			}
			row := make([]string, r.cells[len(r.cells)-1].col+1)
			for _, c := range r.cells {
				row[c.col] = w.shownCell(c)
			}
			rows = append(rows, row)
			if cells += len(r.cells); len(rows) > proposeRows {
				return errEnough
			}
			return nil
		})
		if err != nil && err != errEnough {
			return nil, err
		}
		if cells > most {
			best, most, sheet = rows, cells, s.name
		}
	}
	if most == 0 {
		return nil, &fault{"empty_file", "the workbook has no filled cell", "export it again"}
	}
	if len(w.sheets) > 1 {
		p.in.Format.Sheet = sheet
		p.say("sheet: %s, because it has the most filled cells of %d sheets", sheet, len(w.sheets))
	}
	return p.headed(best, true), nil
}

// parquet takes the columns from the file itself.
func (p *proposer) parquet() (*sample, error) {
	head, err := startChild(p.in, nil)
	if err != nil {
		return nil, err
	}
	wanted := make([]int, len(head.cols))
	s := &sample{typed: true}
	for i, c := range head.cols {
		wanted[i] = i
		s.labels = append(s.labels, c.name)
	}
	_ = head.end(errEnough)
	c, err := startChild(p.in, wanted)
	if err != nil {
		return nil, err
	}
	for more := true; more && err == nil && len(s.rows) < proposeRows; {
		row := make([]string, len(wanted))
		if more, err = c.row(len(wanted), func(i int, text []byte, _ bool) { row[i] = string(text) }); more && err == nil {
			s.rows = append(s.rows, row)
		}
	}
	if err != nil {
		return nil, c.end(err)
	}
	_ = c.end(errEnough)
	return s, nil
}

// try decodes the file by the proposal.
func (p *proposer) try() {
	rows := 0
	splits, findings := Splits(p.in, 0)
	for _, s := range splits {
		findings = append(findings, Decode(s, func(b transform.Batch) error { rows += len(b.Pos); return nil })...)
	}
	if len(findings) == 0 {
		p.say("tried: %d rows, no finding", rows)
		return
	}
	f := findings[0]
	about := strings.ReplaceAll(f.Code, "_", " ")
	if f.Column != "" {
		about += " in column " + f.Column
	}
	if w := f.Where(); w != "" {
		about = w + ": " + about
	}
	p.say("tried: %d rows, %d findings, the first: %s; carrot check tells more once the table is declared", rows, len(findings), about)
}

// shapeOf is a cell with each digit as 9 and each letter as a. A proposal quotes no cell: the file may hold what people answered in
// confidence, and nothing says so yet.
func shapeOf(text string) string {
	return shown(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsDigit(r):
			return '9'
		case unicode.IsLetter(r):
			return 'a'
		}
		return r
	}, text))
}
