package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"carrot/transform/comp"
)

// paySheet is what payroll books: one row per statement, totals below.
func paySheet(b *book) error {
	w, err := b.sheet("Pay", "Pay", []sheetColumn{{"Payroll number", 16, false}, {"Employee id", 14, false}, {"Name", 34, false}, {"Pay code", 11, false},
		{"Amount", 18, true}, {"Currency", 10, false}, {"Pay date", 12, false}, {"Hold status", 26, false}, {"Held amount", 18, true}, {"Statement", 20, false}})
	if err != nil {
		return err
	}
	first := w.row
	for _, s := range b.office.statements {
		hold := b.text(status(s))
		if len(s.HeldFor) > 0 || s.HeldTotal.Minor != 0 {
			hold.StyleID = b.styles.bad
		}
		if err := w.add(b.text(s.PayrollNumber), b.text(s.Payee), b.long(s.Name), b.text(s.PayCode), b.pay(s.Total), b.text(string(s.Currency)),
			b.day(b.r.Run.PayDate), hold, b.pay(heldTotal(s)), b.text(s.ID)); err != nil {
			return err
		}
	}
	last := w.row - 1
	if last < first {
		return w.finish("There is no statement for this legal entity.")
	}
	if err := w.payTotals(first, last); err != nil {
		return err
	}
	return w.end(last)
}

// payTotals are one row per currency. With one currency they are a SUM with its value, so that a filter or an edit
// shows; sums over several currencies would mix them, so those are written as values.
func (w *worksheet) payTotals(first, last int) error {
	ts := totals(w.office.statements)
	for _, t := range ts {
		amount, held := w.number(comp.Amount{Number: t.paid, Currency: t.currency}, true), w.number(comp.Amount{Number: t.held, Currency: t.currency}, true)
		if len(ts) == 1 {
			amount.Formula, held.Formula = fmt.Sprintf("SUM(E%d:E%d)", first, last), fmt.Sprintf("SUM(I%d:I%d)", first, last)
		}
		label := func(s string) excelize.Cell { return excelize.Cell{StyleID: w.styles.total, Value: s} }
		if err := w.add(label("Total"), label(""), label(plural(t.statements, "statement")+", "+count(int64(t.withPay))+" with pay"), label(""), amount,
			label(string(t.currency)), label(""), label(count(int64(t.heldPayees))+" held"), held, label("")); err != nil {
			return err
		}
	}
	return nil
}

// lineSheet are the signed entries of every statement.
func lineSheet(b *book) error {
	w, err := b.sheet("Lines", "Lines of the statements", []sheetColumn{{"Statement", 20, false}, {"Employee id", 14, false}, {"Name", 22, false}, {"Line", 6, true},
		{"Kind", 12, false}, {"Cause", 13, false}, {"Plan", 17, false}, {"Component", 18, false}, {"Title", 28, false}, {"Clause", 9, false}, {"Month", 10, false},
		{"Amount", 16, true}, {"Currency", 10, false}, {"Exact", 24, false}}, sheetColumn{"Working", 90, false}) // on paper the working stands on the statements
	if err != nil {
		return err
	}
	for _, s := range b.office.statements {
		for _, l := range lines(s) {
			if err := w.add(b.text(s.ID), b.text(s.Payee), b.long(s.Name), b.whole(int64(l.Number)), b.text(string(l.Kind)), b.text(l.Cause), b.text(l.Plan),
				b.text(l.Component), b.long(lineTitle(l)), b.text(l.Clause), b.text(l.For.Name()), b.pay(l.Amount), b.text(string(l.Amount.Currency)),
				b.text(l.Exact.Number.String()), b.text(l.Working)); err != nil {
				return err
			}
		}
	}
	return w.finish("There are no lines.")
}

// mine says whether something about a payee belongs into this office's workbook. What is about nobody known stands in
// every office's, because one of them has to settle it.
func (b *book) mine() func(payee string) bool {
	here, known := map[string]bool{}, map[string]bool{}
	for i := range b.r.Statements {
		s := &b.r.Statements[i]
		known[s.Payee] = true
		if s.Entity == b.office.entity.ID {
			here[s.Payee] = true
		}
	}
	return func(payee string) bool { return here[payee] || !known[payee] }
}

// heldSheet is what is not paid until somebody settles it.
func heldSheet(b *book) error {
	w, err := b.sheet("Held", "Held until settled", []sheetColumn{{"What", 10, false}, {"Employee id", 14, false}, {"Name", 24, false}, {"Table", 19, false}, {"Key", 18, false},
		{"Label", 30, false}, {"Amount", 18, true}, {"Currency", 10, false}, {"Findings", 22, false}, {"Reason", 44, false}})
	if err != nil {
		return err
	}
	mine := b.mine()
	for _, h := range heldRows(b.r) {
		if !mine(h.Payee) {
			continue
		}
		value, currency := b.text(h.Amount), ""
		number, cur, _ := strings.Cut(h.Amount, " ")
		if n, err := comp.ParseExact(number); err == nil {
			value, currency = b.number(comp.Amount{Number: n, Currency: comp.Currency(cur)}, false), cur
		}
		if err := w.add(b.text(h.Kind), b.text(h.Payee), b.text(h.Name), b.text(h.Table), b.text(h.Key), b.long(h.Label), value, b.text(currency),
			b.long(strings.Join(h.Findings, ", ")), b.long(h.Reason)); err != nil {
			return err
		}
	}
	return w.finish("Nothing is held.")
}

// finish ends a sheet of rows; where it has none it says so.
func (w *worksheet) finish(empty string) error {
	last := w.row - 1
	if last == w.head {
		if err := w.add(excelize.Cell{StyleID: w.styles.blank, Value: empty}); err != nil {
			return err
		}
	}
	return w.end(last)
}

// adjustmentSheet is money that a person decided on.
func adjustmentSheet(b *book) error {
	w, err := b.sheet("Adjustments", "Adjustments", []sheetColumn{{"Id", 14, false}, {"Employee id", 14, false}, {"Name", 28, false}, {"Month", 10, false}, {"Amount", 18, true},
		{"Currency", 10, false}, {"Reason", 50, false}, {"Evidence", 36, false}, {"Decided by", 22, false}})
	if err != nil {
		return err
	}
	mine, names := b.mine(), map[string]string{}
	for _, s := range b.office.statements {
		names[s.Payee] = s.Name
	}
	for _, a := range adjustments(b.r) {
		if !mine(a.Payee) {
			continue
		}
		if err := w.add(b.text(a.ID), b.text(a.Payee), b.text(names[a.Payee]), b.text(a.Period), b.pay(a.Amount), b.text(string(a.Amount.Currency)), b.long(a.Reason),
			b.long(a.Evidence), b.text(a.By)); err != nil {
			return err
		}
	}
	return w.finish("There are no adjustments.")
}

// shownFindings is the most findings of one code and column that the workbook lists; audit/tables/findings has all.
const shownFindings = 1000

// findingSheet lists findings, and below them their number per code and column.
func findingSheet(b *book) error {
	w, err := b.sheet("Findings", "Findings", []sheetColumn{{"Id", 18, false}, {"Code", 20, false}, {"Holds", 9, false}, {"Table", 18, false}, {"Key", 16, false}, {"Column", 13, false},
		{"Text", 20, false}, {"What is wrong", 44, false}, {"What settles it", 34, false}, {"Employee id", 12, false}, {"Where", 30, false}, {"Rows", 8, true}, {"Waived", 18, false}})
	if err != nil {
		return err
	}
	type group struct{ code, column string }
	type tally struct{ findings, rows int64 }
	var order []group
	seen := map[group]*tally{}
	mine := b.mine()
	for _, f := range findings(b.r) {
		if !mine(f.Payee) {
			continue
		}
		g := group{f.Code, f.Column}
		if seen[g] == nil {
			seen[g] = &tally{}
			order = append(order, g)
		}
		seen[g].findings++
		seen[g].rows += int64(max(1, f.Count))
		if seen[g].findings > shownFindings {
			continue
		}
		if err := w.add(b.text(f.id), b.text(f.Code), b.text(f.Reach.String()), b.text(f.Table), b.long(f.Key), b.long(f.Column), b.long(f.Text), b.long(f.Message),
			b.long(f.Hint), b.text(f.Payee), b.long(f.Where()), b.whole(int64(max(1, f.Count))), b.long(f.Waived)); err != nil {
			return err
		}
	}
	if len(order) == 0 {
		return w.finish("There are no findings.")
	}
	last := w.row - 1
	slices.SortFunc(order, func(a, b group) int { return cmp.Or(cmp.Compare(a.code, b.code), cmp.Compare(a.column, b.column)) })
	label := func(s string) excelize.Cell { return excelize.Cell{StyleID: w.styles.total, Value: s} }
	for _, g := range order {
		n := seen[g]
		text := plural(int(n.findings), "finding")
		if n.findings > shownFindings {
			text += fmt.Sprintf(", %s shown here, all in audit/tables/findings", count(shownFindings))
		}
		cells := []any{label("Total"), label(g.code), label(""), label(""), label(""), label(g.column), label(""), label(text), label(""), label(""), label(""),
			excelize.Cell{StyleID: w.styles.totalWhole, Value: n.rows}, label("")}
		if err := w.add(cells...); err != nil {
			return err
		}
	}
	return w.end(last)
}

// controlSheet ties the workbook to the payroll file, to every table that came in, and to what was expected.
func controlSheet(b *book) error {
	columns := []sheetColumn{{"What", 34, false}, {"Part", 22, false}, {"Rows", 12, true}, {"Sum", 22, true}, {"Currency", 10, false}, {"Result", 26, false}}
	w, err := b.sheet("Control totals", "Control totals", columns)
	if err != nil {
		return err
	}
	var errs []error
	add := func(cells ...any) { errs = append(errs, w.add(cells...)) }
	for _, t := range totals(b.office.statements) {
		sum := func(n comp.Number) excelize.Cell {
			return b.number(comp.Amount{Number: n, Currency: t.currency}, false)
		}
		cur := b.text(string(t.currency))
		add(b.text("pay-"+b.r.Run.Period.Name()+".csv"), b.text("rows with pay"), b.whole(int64(t.withPay)), sum(t.paid), cur, b.text(""))
		add(b.text("Statements"), b.text("all"), b.whole(int64(t.statements)), sum(t.paid), cur, b.text(""))
		add(b.text("Statements"), b.text("held"), b.whole(int64(t.heldPayees)), sum(t.held), cur, b.text(""))
	}
	for _, c := range controls(b.r) {
		b.controlRows(c, add)
	}
	for _, e := range expectations(b.r) {
		result := b.text("met")
		if !e.Met {
			result = excelize.Cell{StyleID: b.styles.bad, Value: "NOT MET"}
		}
		add(b.text("Expected: "+e.Name), b.text("declared "+e.Want), b.text(""), b.text("found "+e.Got), b.text(""), result)
	}
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return w.end(w.row - 1)
}

// controlRows are one table's parts, a row per currency, with the verdict on the first.
func (b *book) controlRows(c comp.Control, add func(cells ...any)) {
	currencies := controlCurrencies(c)
	for i, p := range c.Parts {
		result := b.text("")
		if i == 0 {
			result = b.text("ties")
			if !c.Ties() {
				result = excelize.Cell{StyleID: b.styles.bad, Value: "DOES NOT TIE"}
			}
		}
		if len(currencies) == 0 {
			add(b.text(c.Table), b.text(p.Name), b.whole(p.Rows), b.text(""), b.text(""), result)
		}
		for _, cur := range currencies {
			add(b.text(c.Table), b.text(p.Name), b.whole(p.Rows), b.number(comp.Amount{Number: partNumber(p, cur), Currency: cur}, false), b.text(string(cur)), result)
			result = b.text("")
		}
	}
}

// aboutSheet says what the workbook rests on.
func aboutSheet(b *book) error {
	w, err := b.sheet("About", "About this workbook", []sheetColumn{{"What", 40, false}, {"Value", 84, false}, {"Version", 20, false}})
	if err != nil {
		return err
	}
	run := b.r.Run
	rows := [][3]string{{"Company", b.r.Company, ""}, {"Legal entity", b.office.entity.ID, ""}, {"Run", run.ID, ""}, {"Kind", string(run.Kind), ""},
		{"Standing", cmp.Or(standing(run), "approved"), ""}, {"Pay period", run.Period.String(), ""}, {"Pay date", run.PayDate.String(), ""},
		{"Business date", run.Business.String(), ""}, {"Data known up to", run.KnownAt.String(), ""}, {"Program", run.Program, ""},
		{"Request sha256", run.RequestDigest, ""}, {"Fonts sha256", FontDigest(), ""}}
	for _, d := range byName(run.Plans) {
		rows = append(rows, [3]string{"Plan " + d.Name, d.Digest, d.Version})
	}
	for _, d := range byName(run.Measures) {
		rows = append(rows, [3]string{"Measure " + d.Name, d.Digest, d.Version})
	}
	for _, d := range byName(run.Inputs) {
		rows = append(rows, [3]string{"Input " + d.Name, d.Digest, d.Version})
	}
	rows = append(rows,
		[3]string{"Numbers", "are numbers with all their digits; one of more than " + strconv.Itoa(15) + " digits, or without an end, is written as text", ""},
		[3]string{"Check", "sha256sum --check pay-" + run.Period.Name() + ".control; carrot replay " + run.ID, ""})
	for _, r := range rows {
		if err := w.add(b.text(r[0]), b.long(r[1]), b.text(r[2])); err != nil {
			return err
		}
	}
	return w.end(w.head)
}
