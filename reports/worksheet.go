package reports

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"carrot/transform/comp"
)

// sheetColumn is a column of a worksheet; width is in characters.
type sheetColumn struct {
	title string
	width float64
	right bool
}

// worksheet is one sheet being streamed: a band with its title, what run it belongs to, a warning where there is one,
// the header, then rows.
type worksheet struct {
	*book
	name    string
	columns []sheetColumn
	out     *excelize.StreamWriter
	row     int // the next one, 1-based
	head    int // the header's
	printed int // how many columns go to paper
}

// epoch is the day that Excel counts from: 1970-01-01 is its day 25569.
const epoch = 25569

// sheet begins a worksheet. Everything that stands before its rows in the file has to be set here. The columns of screen
// come last and are not printed.
func (b *book) sheet(name, title string, columns []sheetColumn, screen ...sheetColumn) (*worksheet, error) {
	f := b.file
	if _, err := f.NewSheet(name); err != nil { // no error where it is there already
		return nil, err
	}
	if err := b.printSetup(name); err != nil {
		return nil, err
	}
	w := &worksheet{book: b, name: name, columns: append(columns, screen...), row: 1, printed: len(columns)}
	out, err := f.NewStreamWriter(name)
	if err != nil {
		return nil, err
	}
	w.out = out
	for i, c := range w.columns {
		if err := out.SetColWidth(i+1, i+1, c.width); err != nil {
			return nil, err
		}
	}
	w.head = 4
	if standing(b.r.Run) != "" {
		w.head = 5
	}
	below := fmt.Sprintf("A%d", w.head+1)
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: w.head, TopLeftCell: below, ActivePane: "bottomLeft",
		Selection: []excelize.Selection{{SQRef: below, ActiveCell: below, Pane: "bottomLeft"}}}); err != nil {
		return nil, err
	}
	return w, w.band(title)
}

// printSetup is landscape, as wide as the page, with run and page number below and, on previews, the word above.
func (b *book) printSetup(name string) error {
	yes, no, size, one, any := true, false, 9, 1, 0
	if paper(b.office.entity.Country) == "Letter" {
		size = 1
	}
	landscape, tab := "landscape", accentHex
	if err := b.file.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &yes, TabColorRGB: &tab}); err != nil {
		return err
	}
	if err := b.file.SetPageLayout(name, &excelize.PageLayoutOptions{Size: &size, Orientation: &landscape, FitToWidth: &one, FitToHeight: &any}); err != nil {
		return err
	}
	narrow, foot, edge := 0.45, 0.75, 0.3 // inches
	if err := b.file.SetPageMargins(name, &excelize.PageLayoutMarginsOptions{Left: &narrow, Right: &narrow, Top: &foot, Bottom: &foot, Header: &edge, Footer: &edge}); err != nil {
		return err
	}
	if err := b.file.SetSheetView(name, -1, &excelize.ViewOptions{ShowGridLines: &no}); err != nil {
		return err
	}
	// &L, &C, &R place text; &P, &N and &A are page, pages and sheet. Nothing from data stands here.
	return b.file.SetHeaderFooter(name, &excelize.HeaderFooterOptions{OddHeader: "&C&B" + standing(b.r.Run),
		OddFooter: "&LRun " + b.r.Run.ID + "&C&A&RPage &P of &N"})
}

// band writes title, subtitle, warning and header.
func (w *worksheet) band(title string) error {
	run, e := w.r.Run, w.office.entity
	who := cmp.Or(e.Name, w.r.Company)
	if e.ID != "" {
		who += " (" + e.ID + ")"
	}
	if err := w.across(w.styles.title, 28, title+" · "+run.Period.Start.Time().Format("January 2006")); err != nil {
		return err
	}
	if err := w.across(w.styles.subtitle, 18, who+" · pay date "+run.PayDate.String()+" · run "+run.ID); err != nil {
		return err
	}
	if s := standing(run); s != "" {
		if err := w.across(w.styles.warning, 18, s); err != nil {
			return err
		}
	}
	w.row++
	return w.header(w.columns)
}

// across writes one text over all printed columns.
func (w *worksheet) across(style int, height float64, text string) error {
	cells := make([]any, w.printed)
	for i := range cells {
		cells[i] = excelize.Cell{StyleID: style}
	}
	cells[0] = excelize.Cell{StyleID: style, Value: text}
	last, err := excelize.CoordinatesToCellName(w.printed, w.row)
	if err != nil {
		return err
	}
	if err := w.out.MergeCell(fmt.Sprintf("A%d", w.row), last); err != nil {
		return err
	}
	return w.write(cells, excelize.RowOpts{Height: height})
}

func (w *worksheet) header(columns []sheetColumn) error {
	cells := make([]any, len(columns))
	for i, c := range columns {
		style := w.styles.head
		if c.right {
			style = w.styles.headRight
		}
		cells[i] = excelize.Cell{StyleID: style, Value: c.title}
	}
	return w.write(cells, excelize.RowOpts{Height: 20})
}

func (w *worksheet) write(cells []any, opts ...excelize.RowOpts) error {
	at := "A" + strconv.Itoa(w.row)
	w.row++
	return w.out.SetRow(at, cells, opts...)
}

// add writes a row of data cells, as high as its longest text needs: readers do not all work that out by themselves.
func (w *worksheet) add(cells ...any) error {
	most := 1
	for i, c := range cells {
		cell, ok := c.(excelize.Cell)
		text, isText := cell.Value.(string)
		if ok && isText && i < len(w.columns) && (cell.StyleID == w.styles.long || cell.StyleID == w.styles.bad) {
			most = max(most, wrappedLines(text, int(w.columns[i].width)-3))
		}
	}
	return w.write(cells, excelize.RowOpts{Height: min(13.2*float64(most)+2.3, excelize.MaxRowHeight)})
}

// wrappedLines is the number of lines that text takes at the given number of characters a line.
func wrappedLines(text string, width int) int {
	n, used := 1, 0
	for _, word := range strings.Fields(text) {
		length := utf8.RuneCountInString(word)
		if used > 0 && used+1+length > width {
			n, used = n+1, 0
		} else if used > 0 {
			used++
		}
		for used+length > width { // a word that is wider than the column is broken
			n, length = n+1, length-(width-used)
			used = 0
		}
		used += length
	}
	return n
}

// end closes the sheet: filter over the rows down to last (the header alone where it has none), header repeated in print.
func (w *worksheet) end(last int) error {
	if last > w.head {
		corner, err := excelize.CoordinatesToCellName(len(w.columns), last)
		if err != nil {
			return err
		}
		if err := w.file.AutoFilter(w.name, fmt.Sprintf("A%d:%s", w.head, corner), nil); err != nil {
			return err
		}
	}
	if err := w.file.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", Scope: w.name,
		RefersTo: fmt.Sprintf("'%s'!$1:$%d", w.name, w.head)}); err != nil {
		return err
	}
	if w.printed < len(w.columns) {
		corner, err := excelize.CoordinatesToCellName(w.printed, w.row-1, true)
		if err != nil {
			return err
		}
		if err := w.file.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Area", Scope: w.name, RefersTo: fmt.Sprintf("'%s'!$A$1:%s", w.name, corner)}); err != nil {
			return err
		}
	}
	return w.out.Flush()
}

// text is a cell of text from data: always a string, whatever it looks like, so that no reader runs it.
func (b *book) text(s string) excelize.Cell { return excelize.Cell{StyleID: b.styles.text, Value: s} }

// long is text that may take several lines.
func (b *book) long(s string) excelize.Cell { return excelize.Cell{StyleID: b.styles.long, Value: s} }

// whole is a whole number.
func (b *book) whole(n int64) excelize.Cell { return excelize.Cell{StyleID: b.styles.whole, Value: n} }

// day is a real date; absent ones stay empty.
func (b *book) day(d comp.Date) excelize.Cell {
	if d == comp.NoDate {
		return b.text("")
	}
	return excelize.Cell{StyleID: b.styles.date, Value: int(d) + epoch}
}

// pay is money as a number shown with its currency's digits.
func (b *book) pay(m comp.Money) excelize.Cell { return b.number(m.Amount(), false) }

// number is an exact amount as a real number, so that sums work. A number of more than 15 digits would be changed by
// the spreadsheet, and one without an end cannot be written: these stay text.
func (b *book) number(a comp.Amount, total bool) excelize.Cell {
	digits, _ := a.Currency.Digits()
	style := b.styles.money[digits]
	if total {
		style = b.styles.moneyTotal[digits]
	}
	text := a.Number.String()
	if !fits(text) {
		return excelize.Cell{StyleID: style, Value: text}
	}
	v, err := strconv.ParseFloat(text, 64) // at most 15 digits: written back it is the same text
	if err != nil {
		return excelize.Cell{StyleID: style, Value: text}
	}
	return excelize.Cell{StyleID: style, Value: v}
}

// fits says whether a spreadsheet keeps the number: a plain decimal of at most 15 significant digits.
func fits(text string) bool {
	digits := strings.TrimLeft(strings.ReplaceAll(strings.TrimPrefix(text, "-"), ".", ""), "0")
	return !strings.Contains(text, "/") && len(digits) <= 15
}
