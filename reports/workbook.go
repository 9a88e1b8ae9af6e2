package reports

import (
	"archive/zip"
	"bytes"
	"cmp"
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"carrot/transform/comp"
)

// workbook is the payroll office's Excel file: what to pay, why, what is held, and what it all rests on.
func workbook(r *comp.Result, of office) ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	b := &book{file: f, r: r, office: of}
	if err := b.start(); err != nil {
		return nil, err
	}
	for _, write := range []func(*book) error{paySheet, lineSheet, heldSheet, balanceSheet, inKindSheet, adjustmentSheet, findingSheet, controlSheet, statisticSheet, aboutSheet} {
		if err := write(b); err != nil {
			return nil, err
		}
	}
	var out bytes.Buffer
	f.SetZipWriter(func(w io.Writer) excelize.ZipWriter { return &sortedZip{out: w} })
	if err := f.Write(&out); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// book is a workbook being written.
type book struct {
	file   *excelize.File
	r      *comp.Result
	office office
	styles styles
}

// start sets what the whole workbook has: styles in a fixed order, and properties dated by the run.
func (b *book) start() error {
	var err error
	if b.styles, err = newStyles(b.file); err != nil {
		return err
	}
	if err := b.file.SetSheetName("Sheet1", "Pay"); err != nil { // what NewFile made is the one that opens
		return err
	}
	run := b.r.Run
	stamp := run.Business.String() + "T00:00:00Z"
	title := "Compensation " + run.Period.Name() + ", " + cmp.Or(b.office.entity.Name, b.office.entity.ID)
	if s := standing(run); s != "" {
		title = s + ": " + title
	}
	err = b.file.SetDocProps(&excelize.DocProperties{Title: title, Subject: "run " + run.ID, Creator: "carrot", LastModifiedBy: "carrot",
		Description: "request sha256 " + run.RequestDigest, Created: stamp, Modified: stamp, Language: "en"})
	if err != nil {
		return err
	}
	return b.file.SetAppProps(&excelize.AppProperties{Application: "carrot", Company: b.r.Company})
}

// sortedZip writes a workbook's parts in the order of their names: excelize hands them over in the order of a map.
type sortedZip struct {
	out   io.Writer
	parts []part
}

type part struct {
	name string
	body *bytes.Buffer
}

// Create begins a part; it stays in memory until Close.
func (z *sortedZip) Create(name string) (io.Writer, error) {
	p := part{name, &bytes.Buffer{}}
	z.parts = append(z.parts, p)
	return p.body, nil
}

// AddFS is not used by excelize for workbooks that it made itself.
func (z *sortedZip) AddFS(fs.FS) error { return errors.New("a workbook has no file system to add") }

// Close writes the parts, [Content_Types].xml first, as readers of streams expect it. Entries carry no time.
func (z *sortedZip) Close() error {
	slices.SortFunc(z.parts, func(a, b part) int {
		return cmp.Or(compareBools(!strings.HasPrefix(a.name, "["), !strings.HasPrefix(b.name, "[")), cmp.Compare(a.name, b.name))
	})
	w := zip.NewWriter(z.out)
	for _, p := range z.parts {
		e, err := w.CreateHeader(&zip.FileHeader{Name: p.name, Method: zip.Deflate})
		if err != nil {
			return err
		}
		if _, err := e.Write(p.body.Bytes()); err != nil {
			return err
		}
	}
	return w.Close()
}

// styles are the ids of the workbook's cell styles.
type styles struct {
	title, subtitle, warning, blank int
	head, headRight                 int
	text, long, date, whole         int
	total, totalWhole               int
	bad                             int
	money, moneyTotal               [5]int // by the currency's digits
}

// The colours are those of the statements.
const (
	fontName   = "Calibri"
	inkHex     = "1C2430"
	quietHex   = "626C7A"
	hairHex    = "D6DBE2"
	washHex    = "F4F6F9"
	warnHex    = "8C4808"
	warnBgHex  = "FDF3E2"
	accentHex  = "C4541C"
	whiteHex   = "FFFFFF"
	dateFormat = "yyyy-mm-dd"
)

func solid(hex string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{hex}}
}

func edge(where, hex string, style int) []excelize.Border {
	return []excelize.Border{{Type: where, Color: hex, Style: style}}
}

// newStyles registers every style, always in this order: their ids are in the bytes.
func newStyles(f *excelize.File) (styles, error) {
	var s styles
	var errs []error
	add := func(id *int, st excelize.Style) {
		n, err := f.NewStyle(&st)
		*id = n
		errs = append(errs, err)
	}
	middle := &excelize.Alignment{Horizontal: "left", Vertical: "center", Indent: 1}
	level := &excelize.Alignment{Vertical: "center"}
	left := &excelize.Alignment{Vertical: "center", Horizontal: "left", Indent: 1}
	wrapped := &excelize.Alignment{Vertical: "center", Horizontal: "left", Indent: 1, WrapText: true}
	plain := func(size float64, hex string, bold bool) *excelize.Font {
		return &excelize.Font{Family: fontName, Size: size, Color: hex, Bold: bold}
	}
	add(&s.title, excelize.Style{Font: plain(15, whiteHex, true), Fill: solid(inkHex), Alignment: middle})
	add(&s.subtitle, excelize.Style{Font: plain(10, quietHex, false), Fill: solid(washHex), Alignment: middle})
	add(&s.warning, excelize.Style{Font: plain(10, warnHex, true), Fill: solid(warnBgHex), Alignment: middle})
	add(&s.blank, excelize.Style{Font: plain(10, quietHex, false), Alignment: left})
	add(&s.head, excelize.Style{Font: plain(10, inkHex, true), Fill: solid(washHex), Border: edge("bottom", accentHex, 2),
		Alignment: &excelize.Alignment{Horizontal: "left", Vertical: "center", Indent: 1, WrapText: true}})
	add(&s.headRight, excelize.Style{Font: plain(10, inkHex, true), Fill: solid(washHex), Border: edge("bottom", accentHex, 2),
		Alignment: &excelize.Alignment{Horizontal: "right", Vertical: "center", WrapText: true}})
	line := edge("bottom", hairHex, 1)
	add(&s.text, excelize.Style{Font: plain(10, inkHex, false), Border: line, Alignment: left, NumFmt: 49}) // 49 is text: what is typed over it stays text
	add(&s.long, excelize.Style{Font: plain(10, inkHex, false), Border: line, NumFmt: 49, Alignment: wrapped})
	iso := dateFormat
	add(&s.date, excelize.Style{Font: plain(10, inkHex, false), Border: line, CustomNumFmt: &iso, Alignment: left})
	add(&s.whole, excelize.Style{Font: plain(10, inkHex, false), Border: line, NumFmt: 3, Alignment: level})
	over := edge("top", inkHex, 1)
	add(&s.total, excelize.Style{Font: plain(10, inkHex, true), Border: over, Alignment: left})
	add(&s.totalWhole, excelize.Style{Font: plain(10, inkHex, true), Border: over, NumFmt: 3, Alignment: level})
	add(&s.bad, excelize.Style{Font: plain(10, warnHex, true), Fill: solid(warnBgHex), Border: line, Alignment: wrapped})
	for digits := range s.money {
		format := "#,##0"
		if digits > 0 {
			format += "." + strings.Repeat("0", digits)
		}
		add(&s.money[digits], excelize.Style{Font: plain(10, inkHex, false), Border: line, CustomNumFmt: &format, Alignment: level})
		add(&s.moneyTotal[digits], excelize.Style{Font: plain(10, inkHex, true), Border: over, CustomNumFmt: &format, Alignment: level})
	}
	return s, errors.Join(errs...)
}

// compareBools puts false before true, as in the written words.
func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
