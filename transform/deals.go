package transform

import "carrot/transform/comp"

// deal is what one payee is credited with of one deal under one measure, over all its terms, in the currency of pay. A row of
// a term that takes away names the deal that it belongs to.
type deal struct {
	label      string
	key, table string
	day        comp.Date   // of its earliest row
	at         int64       // Unix seconds: orders deals
	value      comp.Number // credited
	whole      comp.Number // of its rows before shares, in their own currency: what events' amounts are parts of; 0 where rows are only counted
	rows       []dealtRow
	period     comp.Period // the measuring period of its day
}

// dealtRow is one row of a deal.
type dealtRow struct {
	table   string
	place   place
	day     comp.Date
	control comp.Amount // of its table's control column
	first   int32       // for whom the control page counts the row; nobody where it does not count it as paid
}

// dealPay is a deal with its part of a component's exact pay.
type dealPay struct {
	deal
	pay    comp.Number
	undone []undoing // by day
}

// undoing is that an event takes a deal back.
type undoing struct {
	day   comp.Date
	part  comp.Number // of the deal that the event is about; all of them together are at most 1
	share comp.Number // of the deal that is taken, by how long after the deal the event comes; part at most
	worth comp.Number // what the share is taken of: the deal's pay, or what the component pays less without part, as of a whole deal
}

// dealKey names a deal.
type dealKey struct{ table, key string }

// rated gives the exact pay of a curve for a value that differs from the calculation's own.
func rated(c comp.Curve, in CurveInput, pay func(comp.Curve, CurveInput) CurveResult) func(comp.Number) comp.Number {
	return func(value comp.Number) comp.Number {
		in := in
		in.Silent = true
		if in.Value = value; in.HasQuota {
			in.Attainment, _ = value.Quo(in.Quota)
		}
		return pay(c, in).Pay
	}
}

// attribute gives each deal, in order, what pay rises by with it: a deal that crosses a tier carries what crossing is worth.
// What gates, multipliers and caps leave of pay is shared in proportion. The parts sum to final exactly, but where there
// is no deal at all.
func attribute(c comp.Curve, in CurveInput, deals []deal, pay func(comp.Curve, CurveInput) CurveResult, final comp.Number) []dealPay {
	at := rated(c, in, pay)
	out := make([]dealPay, len(deals))
	sum, before := comp.Number{}, comp.Number{}
	for i, d := range deals {
		sum = sum.Add(d.value)
		now := at(sum)
		out[i] = dealPay{deal: d, pay: now.Sub(before)}
		before = now
	}
	apportion(out, before, final)
	return out
}

// alone pays each deal by itself.
func alone(c comp.Curve, in CurveInput, deals []deal, pay func(comp.Curve, CurveInput) CurveResult) (out []dealPay, total comp.Number) {
	at := rated(c, in, pay)
	out = make([]dealPay, len(deals))
	for i, d := range deals {
		out[i] = dealPay{deal: d, pay: at(d.value)}
		total = total.Add(out[i].pay)
	}
	return out, total
}

// apportion scales parts that sum to total, so that they sum to final. Where they sum to nothing, the last carries the
// difference.
func apportion(parts []dealPay, total, final comp.Number) {
	if len(parts) == 0 || total.Cmp(final) == 0 {
		return
	}
	if total.IsZero() {
		last := &parts[len(parts)-1]
		last.pay = last.pay.Add(final)
		return
	}
	for i := range parts {
		parts[i].pay, _ = parts[i].pay.Mul(final).Quo(total)
	}
}

// crossings are the deals that take the cumulated value past the ends of bands.
func crossings(c comp.Curve, in CurveInput, deals []deal) []comp.Crossing {
	var out []comp.Crossing
	sum := comp.Number{}
	for _, d := range deals {
		before := sum
		sum = sum.Add(d.value)
		for _, b := range append(c.Bands, c.Points...) {
			bound := b.From
			if c.Of == "attainment" {
				bound = bound.Mul(in.Quota)
			}
			passed := before.Cmp(bound) < 0 && sum.Cmp(bound) >= 0
			if c.UpperEdge {
				passed = before.Cmp(bound) <= 0 && sum.Cmp(bound) > 0
			}
			if passed && b.From.Sign() > 0 {
				out = append(out, comp.Crossing{Bound: b.From, Deal: d.key, Date: d.day, Value: sum})
			}
		}
	}
	return out
}

// less is what parts up to now are above those of a calculation that ended earlier, deal by deal: to date, what one
// measuring period adds.
func less(now, before []dealPay) []dealPay {
	at := make(map[dealKey]int, len(now)) // read by key only
	out := make([]dealPay, len(now))
	for i, d := range now {
		out[i], at[dealKey{d.table, d.key}] = d, i
	}
	for _, b := range before {
		i, ok := at[dealKey{b.table, b.key}]
		if !ok { // its rows are all of later periods now: what it was paid is taken back
			b.pay = b.pay.Neg()
			for k := range b.undone {
				b.undone[k].worth = b.undone[k].worth.Neg()
			}
			out = append(out, b)
			continue
		}
		out[i].pay = out[i].pay.Sub(b.pay)
		undone := append([]undoing(nil), out[i].undone...)
		for k := range min(len(undone), len(b.undone)) {
			undone[k].worth = undone[k].worth.Sub(b.undone[k].worth)
		}
		out[i].undone = undone
	}
	return out
}
