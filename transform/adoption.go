package transform

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"carrot/transform/comp"
)

// accountRows are rows of a table that are about accounts: those of a span of days, or of any day where date is "".
type accountRows struct {
	table, account, date, value string // value: one more column; "" none
	where                       *comp.Expr
	span                        comp.Period
}

// accountRow is a row about an account.
type accountRow struct {
	account string
	value   comp.Value
	key     hash
	at      rowOf
}

// rows are those that count, as known last: none that a later version replaced, and none that names no account.
func (x accountRows) rows(in *Inputs) ([]accountRow, error) {
	contract, err := contractOf(in, x.table)
	if err != nil {
		return nil, err
	}
	cols, err := newColumns(contract)
	if err != nil {
		return nil, err
	}
	last := newLatest(contract)
	now, _ := generation(in, x.table)
	var where *program
	if x.where != nil {
		where = newProgram(x.where, cols)
	}
	var out []accountRow
	err = eachBatch(now, cols, func(p *piece, pos []int64) error {
		truths, err := truthsOf(where, len(pos))
		if err != nil {
			return fmt.Errorf("accounts of %s: %w", x.table, err)
		}
		last.begin(p, len(pos))
		for i := range pos {
			if truths != nil && truths[i] != yes {
				continue
			}
			if r, ok := x.row(contract, cols, p, i); ok {
				r.key, r.at = last.key(cols, i), rowOf{p.rank, pos[i]}
				last.wanted[i] = true
				out = append(out, r)
			}
		}
		last.batch(cols, pos)
		return nil
	})
	return slices.DeleteFunc(out, func(r accountRow) bool { return last.replaced(r.key, r.at) }), err
}

// row is one row, where it lies in the span and names an account.
func (x accountRows) row(contract *comp.Contract, cols *columns, p *piece, i int) (r accountRow, ok bool) {
	if c := contract.Index(x.date); c >= 0 {
		if d := cols.value(c, i); d.Kind != comp.KindDate || !x.span.Contains(d.Date) {
			return r, false
		}
	}
	if c := contract.Index(contract.Covers); c >= 0 {
		if d := cols.value(c, i); d.Kind == comp.KindDate && covered(p.replaced, d.Date) {
			return r, false
		}
	}
	if c := contract.Index(x.value); c >= 0 {
		r.value = cols.value(c, i)
		r.value.Text = strings.Clone(r.value.Text) // the batch is read over
	}
	r.account = cols.text(contract.Index(x.account), i)
	return r, r.account != ""
}

// truthsOf is what a condition says of each of n rows; nil without one.
func truthsOf(where *program, n int) ([]uint8, error) {
	if where == nil {
		return nil, nil
	}
	sel := make([]int32, n)
	for i := range sel {
		sel[i] = int32(i)
	}
	return where.truths(sel)
}

// AccountStages are how far each account has come at the end of a period, by account; nil where the config does not say it. What
// is declared and is none of 1 to 4 is stage 1.
func AccountStages(in Inputs, at comp.Period) (out []comp.AccountStage, err error) {
	m := in.Mapping.Accounts
	if m == nil {
		return nil, nil
	}
	reached := make([]map[string]int, len(m.Reach))
	for i, r := range m.Reach {
		span := comp.Period{Start: at.Start.AddMonths(1 - r.Months), End: at.End}
		rows, err := accountRows{table: r.Table, account: r.Account, date: r.Date, where: r.Where, span: span}.rows(&in)
		if err != nil {
			return nil, err
		}
		reached[i] = map[string]int{}
		for _, x := range rows {
			reached[i][x.account]++
		}
	}
	rows, err := accountRows{table: m.Table, account: m.Account, value: m.Stage}.rows(&in)
	for _, r := range rows {
		x := comp.AccountStage{Account: r.account, Stage: comp.StageResponse}
		for s := comp.StageLoop; s <= comp.StageValue; s++ {
			if r.value.Kind == comp.KindNumber && r.value.Number.Cmp(comp.Int(int64(s))) == 0 {
				x.Stage = s
			}
		}
		for i, need := range m.Reach {
			if reached[i][r.account] < need.AtLeast {
				break
			}
			x.Stage = need.Stage
		}
		out = append(out, x)
	}
	slices.SortFunc(out, func(a, b comp.AccountStage) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Stage, b.Stage))
	})
	return slices.CompactFunc(out, func(a, b comp.AccountStage) bool { return a.Account == b.Account }), err
}

// AccountsOf are the accounts of the rows that a measure reads in the twelve months that end with a period, sorted; none of
// tables that do not say whose rows they are.
func AccountsOf(in Inputs, m *comp.Measure, at comp.Period) (out []string, err error) {
	if in.Mapping.Accounts == nil {
		return nil, nil
	}
	span := comp.Period{Start: at.Start.AddMonths(-11), End: at.End}
	for _, t := range m.Terms {
		for _, c := range in.Mapping.Accounts.In {
			if c.Table != t.Table {
				continue
			}
			rows, err := accountRows{table: t.Table, account: c.Column, date: t.Date, where: t.Where, span: span}.rows(&in)
			if err != nil {
				return nil, err
			}
			for _, r := range rows {
				out = append(out, r.account)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// stagesShown are the stages of accounts at the end of the pay period, where a list shows them.
func (a *assessment) stagesShown() (map[string]int, error) {
	shown := func(l comp.Listing) bool {
		return slices.ContainsFunc(l.Columns, func(c comp.Shown) bool { return c.Stage })
	}
	if !slices.ContainsFunc(a.in.Mapping.Lists, shown) {
		return nil, nil
	}
	list, err := AccountStages(*a.in, a.in.Run.Period)
	out := map[string]int{}
	for _, x := range list {
		out[x.Account] = x.Stage
	}
	return out, err
}

// namesShown are what accounts are called, where a list shows it.
func (a *assessment) namesShown() (map[string]string, error) {
	m := a.in.Mapping.Accounts
	shown := func(l comp.Listing) bool {
		return slices.ContainsFunc(l.Columns, func(c comp.Shown) bool { return c.Name })
	}
	if m == nil || !slices.ContainsFunc(a.in.Mapping.Lists, shown) {
		return nil, nil
	}
	rows, err := accountRows{table: m.Table, account: m.Account, value: m.Name}.rows(a.in)
	out := map[string]string{}
	for _, x := range rows {
		out[x.account] = max(out[x.account], x.value.Text) // of two names of one account always the same one
	}
	return out, err
}

// stageText is a stage as lists show it; "" of an account that is not known.
func stageText(stage int) string {
	if stage == 0 {
		return ""
	}
	return strconv.Itoa(stage)
}
