package reports

import (
	"cmp"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"carrot/transform/comp"
)

// balancesOf are the accounts by payee, plan, component and currency.
func balancesOf(r *comp.Result) []comp.PayeeBalance {
	return slices.SortedStableFunc(slices.Values(r.Balances), func(a, b comp.PayeeBalance) int {
		return cmp.Or(cmp.Compare(a.Payee, b.Payee), cmp.Compare(a.Plan, b.Plan), cmp.Compare(a.Component, b.Component), cmp.Compare(a.Close.Currency, b.Close.Currency))
	})
}

// balanceTable has one row per account: open + in - out - written_off = close, and a month's close opens the next.
func balanceTable(r *comp.Result) table {
	var rows [][]string
	for _, b := range balancesOf(r) {
		rows = append(rows, []string{b.Payee, r.Run.Period.Start.String(), (r.Run.Period.End - 1).String(), b.Account, b.Plan, b.Component, b.Open.Decimal(), b.In.Decimal(),
			b.Out.Decimal(), b.WrittenOff.Decimal(), b.Close.Decimal(), string(b.Close.Currency), strings.Join(b.Reasons, "; ")})
	}
	return listed("balances", columns("employee_id", "period_start", "period_end", "account", "plan", "component", "open", "in", "out", "written_off", "close",
		"currency", "reasons"), rows)
}

// inKindTable has one row per thing given: payroll taxes the value, and it is not part of any amount paid.
func inKindTable(r *comp.Result) table {
	var rows [][]string
	for _, s := range statements(r) {
		for _, k := range s.InKind {
			rows = append(rows, []string{s.ID, s.Payee, k.What, k.Clause, k.Value.Decimal(), k.Gross.Decimal(), string(k.Value.Currency)})
		}
	}
	return listed("in_kind", columns("statement", "employee_id", "what", "clause", "value", "with_tax_borne", "currency"), rows)
}

// costTable is for the accountants: what the contracts of the recomputed pay periods cost to obtain, month by month.
func costTable(r *comp.Result) table {
	var rows [][]string
	for _, c := range r.Costs {
		rows = append(rows, []string{c.Payee, c.Component, c.Deal, c.Month, c.Kind, c.Amount.Decimal(), string(c.Amount.Currency)})
	}
	return listed("costs", columns("employee_id", "component", "deal", "month", "kind", "amount", "currency"), rows)
}

// listed is a table of rows that lie ready. One without rows is none: companies whose plans have no accounts are spared it.
func listed(name string, cols []column, rows [][]string) table {
	t := table{name: name, columns: cols}
	if len(rows) > 0 {
		t.rows = func(out func([]string) error) error {
			for _, row := range rows {
				if err := out(row); err != nil {
					return err
				}
			}
			return nil
		}
	}
	return t
}

// accountTotal is one kind of account in one currency, over all payees.
type accountTotal struct {
	account  string
	currency comp.Currency
	payees   []string
	sums     [5]comp.Number // open, in, out, written off, close
}

// accountTotals sum accounts by kind and currency, in that order.
func accountTotals(bs []comp.PayeeBalance) []accountTotal {
	var out []accountTotal
	for _, b := range bs {
		t := accountTotal{account: b.Account, currency: b.Close.Currency}
		i, found := slices.BinarySearchFunc(out, t, func(a, b accountTotal) int {
			return cmp.Or(cmp.Compare(a.account, b.account), cmp.Compare(a.currency, b.currency))
		})
		if !found {
			out = slices.Insert(out, i, t)
		}
		if !slices.Contains(out[i].payees, b.Payee) {
			out[i].payees = append(out[i].payees, b.Payee)
		}
		for k, m := range []comp.Money{b.Open, b.In, b.Out, b.WrittenOff, b.Close} {
			out[i].sums[k] = out[i].sums[k].Add(m.Amount().Number)
		}
	}
	return out
}

// accounts are the totals of all balances. Without accounts there is no such section.
func (p *page) accounts(r *comp.Result) {
	if len(r.Balances) == 0 {
		return
	}
	p.section("BALANCES: open + in - out - written off = close; open is the close of the month before")
	rows := [][]string{{"account", "currency", ">payees", ">open", ">in", ">out", ">written off", ">close"}}
	for _, t := range accountTotals(balancesOf(r)) {
		digits, _ := t.currency.Digits()
		row := []string{t.account, string(t.currency), ">" + count(int64(len(t.payees)))}
		for _, n := range t.sums {
			row = append(row, ">"+exact(n, digits))
		}
		rows = append(rows, row)
	}
	p.table(rows, "")
}

// balanceSheet are the accounts of an office's payees, and below them their totals. Where nobody has one there is no sheet.
func balanceSheet(b *book) error {
	var mine []comp.PayeeBalance
	for _, x := range balancesOf(b.r) {
		if x.Entity == b.office.entity.ID || x.Entity == "" {
			mine = append(mine, x)
		}
	}
	if len(mine) == 0 {
		return nil
	}
	w, err := b.sheet("Balances", "Balances", []sheetColumn{{"Employee id", 14, false}, {"Name", 28, false}, {"Account", 28, false}, {"Plan", 17, false}, {"Component", 22, false},
		{"Open", 16, true}, {"In", 16, true}, {"Out", 16, true}, {"Written off", 16, true}, {"Close", 16, true}, {"Currency", 10, false}, {"Waits for, and corrections", 44, false}})
	if err != nil {
		return err
	}
	for _, x := range mine {
		if err := w.add(b.text(x.Payee), b.long(x.Name), b.text(cmp.Or(accounts[x.Account], x.Account)), b.text(x.Plan), b.text(x.Component), b.pay(x.Open), b.pay(x.In),
			b.pay(x.Out), b.pay(x.WrittenOff), b.pay(x.Close), b.text(string(x.Close.Currency)), b.long(strings.Join(x.Reasons, "; "))); err != nil {
			return err
		}
	}
	last := w.row - 1
	for _, t := range accountTotals(mine) {
		label := func(s string) excelize.Cell { return excelize.Cell{StyleID: b.styles.total, Value: s} }
		cells := []any{label("Total"), label(plural(len(t.payees), "payee")), label(cmp.Or(accounts[t.account], t.account)), label(""), label("")}
		for _, n := range t.sums {
			cells = append(cells, b.number(comp.Amount{Number: n, Currency: t.currency}, true))
		}
		if err := w.add(append(cells, label(string(t.currency)), label(""))...); err != nil {
			return err
		}
	}
	return w.end(last)
}

// inKindSheet is what payroll has to tax though it pays none of it. Where nothing was given there is no sheet.
func inKindSheet(b *book) error {
	if !slices.ContainsFunc(b.office.statements, func(s *comp.Statement) bool { return len(s.InKind) > 0 }) {
		return nil
	}
	w, err := b.sheet("In kind", "Given in kind", []sheetColumn{{"Statement", 20, false}, {"Employee id", 14, false}, {"Name", 34, false}, {"What", 40, false}, {"Clause", 9, false},
		{"Value", 18, true}, {"With the tax borne", 18, true}, {"Currency", 10, false}})
	if err != nil {
		return err
	}
	for _, s := range b.office.statements {
		for _, k := range s.InKind {
			if err := w.add(b.text(s.ID), b.text(s.Payee), b.long(s.Name), b.long(k.What), b.text(k.Clause), b.pay(k.Value), b.pay(k.Gross), b.text(string(k.Value.Currency))); err != nil {
				return err
			}
		}
	}
	return w.end(w.row - 1)
}
