package transform

import "carrot/transform/comp"

// Verbs are the steps of settling one component, each a pure function. Tests replace one at a time to show that a wrong
// verb is found; everything else uses DefaultVerbs.
type Verbs struct {
	// Measuring is the measuring periods of a calendar word that pay in a pay period.
	Measuring func(every string, pay comp.Period, calendars []comp.Calendar) []comp.Period
	// Window is the span that a measure reads for a measuring period, k periods long.
	Window func(every string, p comp.Period, k int, calendars []comp.Calendar) comp.Period
	// ToDate is the measuring periods up to p of the larger calendar period that holds it, oldest first.
	ToDate func(larger, every string, p comp.Period, calendars []comp.Calendar) []comp.Period
	// Participated is the number of days of a measuring period on which the payee takes part.
	Participated func(spans []comp.Period, p comp.Period) int
	// InForce is the dated value on the day that decides for a measuring period.
	InForce func(values []comp.Dated, c comp.Currency, p comp.Period) (comp.Number, string, bool)
	// Quota is the number to attain on the day that decides for a measuring period.
	Quota func(rows []comp.QuotaRow, p comp.Period) (comp.QuotaRow, bool)
	// Rate is the FX rate that turns one unit of from into to for a measuring period.
	Rate func(fx comp.FX, from, to comp.Currency, p comp.Period) (comp.Number, bool)
	// Combine turns the sums of a measure into its value; false where it is missing.
	Combine func(a comp.Aggregate, value comp.Number, hits, n int64) (comp.Number, bool)
	// Enough says whether n reaches the smallest n that a component accepts.
	Enough func(n int64, minN int) bool
	// Prorate is a whole period's number for days out of all days.
	Prorate func(n comp.Number, days, of int) comp.Number
	// Attain is value over quota; false where the quota is zero.
	Attain func(value, quota comp.Number) (comp.Number, bool)
	// Pay is a curve's exact pay.
	Pay func(c comp.Curve, in CurveInput) CurveResult
	// Gate says whether a value passes.
	Gate func(value, atLeast comp.Number) bool
	// Cap is pay, at most the cap.
	Cap func(pay, cap comp.Number) comp.Number
	// Neutral is the pay of a component whose measure is missing and neutral.
	Neutral func(target comp.Number) comp.Number
	// Round is the one step from exact to payable.
	Round func(a comp.Amount, mode comp.Rounding) (comp.Money, error)
	// Suppress says which sets of anonymous answers can be shown: each of blocks, which are of some people at least. They come in the
	// order of keeping.
	Suppress func(sets [][]int, people func(blocks []int) int64, floor int64) []bool
	// TrueUp is what an earlier month is still owed: entitlement at present knowledge less what was posted.
	TrueUp func(now, posted int64) int64
}

// DefaultVerbs are the verbs that every run uses.
func DefaultVerbs() Verbs {
	return Verbs{
		Measuring: measuring, Window: window, ToDate: toDate, Participated: participated, InForce: inForce, Quota: quotaInForce,
		Rate: fxRate, Combine: combine, Enough: enough, Prorate: prorate, Attain: attain, Pay: pay, Gate: gate, Cap: capped,
		Neutral: neutral, Round: comp.Amount.Round, TrueUp: trueUp, Suppress: suppress,
	}
}

func enough(n int64, minN int) bool { return n >= int64(minN) }

func gate(value, atLeast comp.Number) bool { return value.Cmp(atLeast) >= 0 }

func capped(pay, cap comp.Number) comp.Number { return pay.Min(cap) }

func neutral(target comp.Number) comp.Number { return target }

func trueUp(now, posted int64) int64 { return now - posted }

func attain(value, quota comp.Number) (comp.Number, bool) { return value.Quo(quota) }

// combine gives sum, count, mean (sum over n), share (hits over n) or net (100 times hits over n, where hits are those less the misses). Sum and Count of no rows are 0; the others are
// missing. The value of a count is 1 a row, -1 for rows that take away, and an owner's share of split ones.
func combine(a comp.Aggregate, value comp.Number, hits, n int64) (comp.Number, bool) {
	switch a {
	case comp.Sum, comp.Count:
		return value, true
	case comp.Mean:
		return value.Quo(comp.Int(n))
	case comp.Net:
		return comp.Int(100 * hits).Quo(comp.Int(n))
	}
	return comp.Int(hits).Quo(comp.Int(n))
}

// prorate is exact: n times days over of. A whole period leaves n as it is.
func prorate(n comp.Number, days, of int) comp.Number {
	if days == of {
		return n
	}
	p, ok := n.Mul(comp.Int(int64(days))).Quo(comp.Int(int64(of)))
	if !ok {
		return comp.Int(0)
	}
	return p
}

// participated counts the days of p that lie in the spans.
func participated(spans []comp.Period, p comp.Period) int {
	days := 0
	for _, s := range spans {
		days += s.Intersect(p).Days()
	}
	return days
}

// inForce is the value in force on the last day of p in a currency ("" for plain numbers), with its clause.
func inForce(values []comp.Dated, c comp.Currency, p comp.Period) (n comp.Number, clause string, ok bool) {
	for _, v := range values {
		if v.From < p.End {
			if x, has := v.By[c]; has {
				n, clause, ok = x, v.Clause, true
			}
		}
	}
	return n, clause, ok
}

// quotaInForce is the row in force on the last day of p; rows are of one payee and name.
func quotaInForce(rows []comp.QuotaRow, p comp.Period) (comp.QuotaRow, bool) {
	for _, r := range rows {
		if r.Period.Contains(p.End - 1) {
			return r, true
		}
	}
	return comp.QuotaRow{}, false
}

// fxRate is the rate in force on the last day of p.
func fxRate(fx comp.FX, from, to comp.Currency, p comp.Period) (comp.Number, bool) {
	if from == to {
		return comp.Int(1), true
	}
	return fx.Rates[[2]comp.Currency{from, to}].At(p.End - 1)
}
