package jobs

import (
	"slices"
	"strings"

	"carrot/config"
	"carrot/transform"
	"carrot/transform/comp"
	"carrot/transform/naive"
)

// bare is a world in which every deal is booked once and nothing happens to it.
func bare(e config.Example) config.Example {
	e.Tables, e.Events = slices.Clone(e.Tables), nil
	for i := range e.Tables {
		seen := map[string]bool{}
		e.Tables[i].Rows = slices.DeleteFunc(slices.Clone(e.Tables[i].Rows), func(r config.ExampleRow) bool {
			twice := e.Tables[i].Table.Name == "crm.deals" && seen[r.Cells[0].Text]
			seen[r.Cells[0].Text] = true
			return twice || e.Tables[i].Table.Name == "crm.refunds"
		})
	}
	return e
}

// cellText is the text of a cell of a row; "" where it is empty.
func cellText(r config.ExampleRow, column string) string {
	for _, c := range r.Cells {
		if c.Column == column {
			return c.Text
		}
	}
	return ""
}

func rowsOf(e config.Example, table string) (out []config.ExampleRow) {
	for _, x := range e.Tables {
		if x.Table.Name == table {
			out = append(out, x.Rows...)
		}
	}
	return out
}

// later is a day up to the last close, or the day from which something else is known where that comes after it.
func (p *trial) later(known comp.Date) comp.Date {
	day := someMonth(p.e, p.d).Start
	return max(day, known)
}

// postings are what a world posts in all its closes by component and currency, accounts moved included, of who is not held in
// the end.
type postings struct {
	cash, held map[naive.Line]int64 // For left out; held: how accounts moved
	paid       map[naive.Line]bool  // something was once paid
	free       map[string]bool
}

func (p *trial) post(e config.Example) postings {
	out := postings{map[naive.Line]int64{}, map[naive.Line]int64{}, map[naive.Line]bool{}, map[string]bool{}}
	p.close(e, func(_ transform.Inputs, r *comp.Result) bool {
		for _, l := range r.Ledger {
			k := naive.Line{Payee: l.Payee, Plan: l.Plan, Component: l.Component, Currency: l.Amount.Currency}
			if l.Kind == comp.BalanceEntry {
				out.held[k] += l.Held.Minor
				continue
			}
			out.cash[k] += l.Amount.Minor
			out.paid[k] = out.paid[k] || l.Amount.Minor > 0
		}
		clear(out.free)
		for _, s := range r.Statements {
			out.free[s.Payee] = len(s.HeldFor) == 0
		}
		return true
	})
	return out
}

// refundedInTheMeasure: deals that were posted and are refunded in full, in the measure that they were in, leave what no deals
// would have paid; of a curve that pays nothing for nothing that is 0.00.
func refundedInTheMeasure(p *trial) {
	e := bare(p.e)
	undone, none := e, e
	none.Tables = slices.DeleteFunc(slices.Clone(e.Tables), func(x config.ExampleTable) bool { return x.Table.Name == "crm.deals" || x.Table.Name == "crm.splits" })
	for _, r := range rowsOf(e, "crm.deals") {
		undone = withRow(undone, "crm.refunds", row(p.later(r.Known), "id", "R"+cellText(r, "id"), "deal_id", cellText(r, "id"), "owner", cellText(r, "owner"), "amount", cellText(r, "amount"),
			"currency", cellText(r, "currency"), "refunded_on", cellText(r, "booked_at")[:10]))
	}
	a, b := p.post(undone), p.post(none)
	for k, minor := range a.cash {
		base, _, _ := strings.Cut(k.Component, ":")
		of := paidFor{k.Payee, k.Plan, base}
		nothing := every(p.c, of, paysNothing)
		nets := every(p.c, of, func(x *comp.Component) bool { // what a curve pays for nothing is of the deals, where it reads each or they wait
			return (x.Release == nil && x.Per == "" || nothing) && x.MinN == 0 && x.Parts == nil && len(x.Multiply) == 0 && !slices.ContainsFunc(x.Measures(), func(m string) bool { return m != "sold" && m != "netted_sold" })
		})
		if !a.free[k.Payee] || !b.free[k.Payee] || !nets {
			continue
		}
		if a.paid[k] {
			p.seen++
		}
		if minor != b.cash[k] || (nothing && minor != 0) {
			p.Errorf("%v: %d stays paid after every deal was refunded, %d without any deal", k, minor, b.cash[k])
		}
	}
}

// paysNothing says whether a component's curve pays nothing for nothing.
func paysNothing(x *comp.Component) bool {
	return slices.Contains([]comp.CurveKind{comp.RateCurve, comp.Marginal, comp.Retroactive}, x.Curve.Kind)
}

// withClawback are plans whose clawbacks are edited.
func withClawback(ps []comp.Plan, edit func(b *comp.Clawback)) []comp.Plan {
	ps = slices.Clone(ps)
	for i := range ps {
		ps[i].Components = slices.Clone(ps[i].Components)
		for k := range ps[i].Components {
			if x := &ps[i].Components[k]; x.Clawback != nil {
				b := *x.Clawback
				edit(&b)
				x.Clawback = &b
			}
		}
	}
	return ps
}

// refundedAsEvent: deals that are refunded in full, as an event that takes all back at the original rate, leave 0.00, or what
// pay did not suffice for as the balance that is still due.
func refundedAsEvent(p *trial) {
	e := bare(p.e)
	last, _ := comp.ParseMonth(e.Closes[len(e.Closes)-1])
	for _, r := range rowsOf(e, "crm.deals") {
		day, _ := comp.ParseDate(cellText(r, "booked_at")[:10])
		e.Events = append(e.Events, config.ExampleEvent{Of: cellText(r, "id"), Event: "refunded", On: max(day, min(day+comp.Date(p.d(60)), last.End-1)), Known: p.later(r.Known)})
	}
	c := *p.c
	c.Plans = withClawback(p.c.Plans, func(b *comp.Clawback) {
		b.Takes, b.Tiers, b.Rate, b.Within, b.Most = "full", nil, "original", comp.Length{Months: 36}, comp.Int(1)
	})
	all := *p
	all.c = &c
	a := all.post(e)
	for k, minor := range a.cash {
		nothing := every(p.c, paidFor{k.Payee, k.Plan, k.Component}, func(x *comp.Component) bool {
			return x.Clawback != nil && x.MinN == 0 && x.Parts == nil && paysNothing(x)
		})
		leaves := slices.ContainsFunc(e.People, func(x config.ExamplePerson) bool { return x.ID == k.Payee && x.To != comp.NoDate })
		if !nothing || leaves || !a.free[k.Payee] {
			continue
		}
		of := func(account string) naive.Line {
			x := k
			x.Component += ":" + account
			return x
		}
		taken, due := a.cash[of("clawback")], a.held[of("clawback")]
		if taken < 0 {
			p.seen++
		}
		if left := minor + a.cash[of("release")] + taken; left != due {
			p.Errorf("%v: of deals that were all refunded %d stay paid and %d are due", k, left, due)
		}
	}
}
