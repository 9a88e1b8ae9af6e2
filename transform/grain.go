package transform

import (
	"fmt"

	"carrot/transform/comp"
)

// A number of the number table is for a calendar month, or for the measuring period, as the config says. Those of the months of a
// longer period are added up. Where the config says nothing, and what is measured over more than a month finds rows of single months,
// the two readings differ by a factor of three or twelve: the payee is held until somebody says which it is.

// kind is what a piece of a number is called.
func (c cut) kind() string {
	if c.month {
		return "month"
	}
	return "season"
}

// grain says whether the payee's numbers of a name are those of calendar months in a period, and whether that is clear.
func (x *calc) grain(f sought, p comp.Period) (monthly, clear bool) {
	if f.name == "" {
		return false, true
	}
	for _, r := range x.quotas[[2]string{x.person.ID, f.name}] {
		if r.Period.Intersect(p).Days() == 0 {
			continue
		}
		if r.Each == "month" {
			return true, true
		}
		for _, m := range r.Months {
			if m != p && p.Contains(m.Start) && m.End <= p.End {
				x.hold(x.w, "quota_of_months", fmt.Sprintf("the row of %q of %s for %s is for a month, and %s counts %s: whether the months' numbers are to be added up is not stated",
					f.name, x.person.ID, m.Words(), x.c.ID, p.Words()),
					"write each: month in carrot.yaml under quotas to add them up, or each: period if the number of the last day is for all of it")
				return false, false
			}
		}
	}
	return false, true
}

// monthly adds up the numbers of the months of a period, each by the payee's part of that month. Months in which the payee is not on
// the plan have no number, unless it is a pool's.
func (x *calc) monthly(f sought, p comp.Period) (n comp.Number, said addends, ok bool) {
	ok = true
	for m := comp.Month(p.Start); m.Start < p.End; m = comp.Month(m.End) {
		one := cut{base: m, within: m.Intersect(p), share: comp.Int(1), season: true, month: true}
		if !f.pooled && x.v.Participated(x.spans, one.within) == 0 {
			continue
		}
		k, texts, fine := x.ofMonth(f, one, p)
		ramp, ramped := x.ramp(f.ramp, one.within)
		for i := range texts {
			texts[i] += ramped
		}
		n, said, ok = n.Add(k.Mul(ramp)), append(said, texts...), ok && fine
	}
	return n, said, ok
}

// ofMonth is the payee's part of one month's number. The share of full time is that of the payee's last day in the month, or where the
// month is still to come, of the last day so far.
func (x *calc) ofMonth(f sought, one cut, p comp.Period) (comp.Number, addends, bool) {
	of := one.within
	if of.End > x.last.End {
		of = x.upTo(p)
	}
	switch {
	case f.written:
		n, text, ok := f.find(one.base)
		return x.portioned(n, []portion{{one.within.Days(), one.base.Days()}}), addends{text}, ok
	case x.c.Prorate == "daily":
		return x.daily(f, one)
	}
	return x.shared(f, one, one.base, of)
}
