package transform

import (
	"fmt"
	"time"

	"carrot/transform/comp"
)

// cut is a part of a number: for base, the payee's time lies in within, and of a whole year's number share is for base.
type cut struct {
	base, within comp.Period
	share        comp.Number
	season       bool // base is a season, or a month that has a number of its own
	month        bool
}

// cuts are a period itself, or its parts by the seasons that it touches.
func cuts(season []comp.Number, p comp.Period) (out []cut) {
	if len(season) == 0 {
		return []cut{{base: p, within: p, share: comp.Int(1)}}
	}
	months := 12 / len(season)
	for year := p.Start.Time().Year(); year <= (p.End - 1).Time().Year(); year++ {
		start := comp.Day(year, time.January, 1)
		for i, share := range season {
			base := comp.Period{Start: start.AddMonths(i * months), End: start.AddMonths((i + 1) * months)}
			if within := base.Intersect(p); within.Days() > 0 {
				out = append(out, cut{base: base, within: within, share: share, season: true})
			}
		}
	}
	return out
}

// deciding is the period whose last day decides on a number for p: p itself, or the last period of the calculation where p
// goes on after it.
func (x *calc) deciding(p comp.Period) comp.Period {
	if p.End > x.last.End {
		return x.last
	}
	return p
}

// upTo is what of a period lies within the calculation: the payee may be on the plan in it, and not in its last period.
func (x *calc) upTo(p comp.Period) comp.Period {
	return comp.Period{Start: p.Start, End: x.deciding(p).End}
}

// prorated is the payee's part of a figure's number for a period, and how a person writes its addends.
func (x *calc) prorated(f sought, p comp.Period) (n comp.Number, said addends, ok bool) {
	at := x.deciding(p)
	monthly, clear := x.grain(f, p)
	if !clear {
		return n, nil, false
	}
	if monthly {
		return x.monthly(f, p)
	}
	if f.written {
		n, text, ok := f.find(at)
		return n, addends{text}, ok
	}
	ramp, ramped := x.ramp(f.ramp, p)
	ok = true
	for _, one := range cuts(f.season, p) {
		var m comp.Number
		var texts addends
		fine := true
		if x.c.Prorate == "daily" {
			m, texts, fine = x.daily(f, one)
		} else {
			m, texts, fine = x.shared(f, one, at, x.upTo(p))
		}
		n, said, ok = n.Add(m.Mul(ramp)), append(said, texts...), ok && fine
	}
	for i := range said {
		said[i] += ramped
	}
	return n, said, ok
}

// shared is a number for a piece by the share of its days, weekdays or months, and by the fte of the last day of participation
// in a period.
func (x *calc) shared(f sought, one cut, at, of comp.Period) (comp.Number, addends, bool) {
	n, text, ok := f.find(at)
	fte, part, fine := x.fte(of, x.w)
	if one.season && !one.month {
		n, text = n.Mul(one.share), text+" × "+percent(one.share)
	}
	parts, words := x.portions(one)
	return x.portioned(n, parts).Mul(fte), addends{text + words + part}, ok && fine
}

// portion is days out of all days of a part of a piece; the parts weigh the same.
type portion struct{ days, of int }

// portioned is the part of a number that portions are.
func (x *calc) portioned(n comp.Number, parts []portion) (out comp.Number) {
	if len(parts) == 1 {
		return x.v.Prorate(n, parts[0].days, parts[0].of)
	}
	each, _ := n.Quo(comp.Int(int64(len(parts)))) // a period has a month
	for _, p := range parts {
		out = out.Add(x.v.Prorate(each, p.days, p.of))
	}
	return out
}

// portions is how much of a piece is the payee's, as the plan prorates, and in words.
func (x *calc) portions(one cut) (parts []portion, words string) {
	what, of := "days", " on the plan"
	if one.season {
		of = " of the " + one.kind()
	}
	switch {
	case x.c.Prorate == "months", one.season && x.c.Prorate != "days" && x.c.Prorate != "weekdays":
		return x.byMonths(one)
	case x.c.Prorate == "weekdays":
		what, parts = "weekdays", []portion{{x.weekdays(one.within), weekdays(one.base)}}
	case x.c.Prorate == "days":
		parts = []portion{{x.v.Participated(x.present, one.within), one.base.Days()}}
	default:
		return []portion{{one.base.Days(), one.base.Days()}}, ""
	}
	if p := parts[0]; p.days != p.of {
		words = fmt.Sprintf(" × %d/%d %s%s", p.days, p.of, what, of)
	}
	return parts, words
}

// byMonths gives each month of a piece the same weight. A season that is not prorated is cut by the calendar alone.
func (x *calc) byMonths(one cut) (parts []portion, words string) {
	all := comp.Number{}
	for m := comp.Month(one.base.Start); m.Start < one.base.End; m = comp.Month(m.End) {
		month := m.Intersect(one.base)
		p := portion{month.Intersect(one.within).Days(), month.Days()}
		if x.c.Prorate == "months" {
			p.days = x.v.Participated(x.present, month.Intersect(one.within))
		}
		parts = append(parts, p)
		share, _ := comp.Int(int64(p.days)).Quo(comp.Int(int64(p.of)))
		all = all.Add(share)
	}
	if share, _ := all.Quo(comp.Int(int64(len(parts)))); share.Cmp(comp.Int(1)) != 0 {
		words = " × " + share.String() + " of the months on the plan"
		if one.season {
			words = " × " + share.String() + " of the months of the season"
		}
		if one.month {
			words = " × " + share.String() + " of the month"
		}
	}
	return parts, words
}

// daily adds up the numbers that are in force day by day, each by the fte of its day, over the days of the piece.
func (x *calc) daily(f sought, one cut) (out comp.Number, said addends, ok bool) {
	type run struct {
		n, fte     comp.Number
		text, part string
		days       int
	}
	var runs []run
	ok = true
	for _, s := range x.present {
		for d := max(s.Start, one.within.Start); d < min(s.End, one.within.End); d++ {
			day := comp.Period{Start: d, End: d + 1}
			n, text, has := f.find(day)
			fte, part, fine := x.fte(day, x.w)
			if !has || !fine {
				return comp.Number{}, nil, false
			}
			if k := len(runs) - 1; k >= 0 && runs[k].text == text && runs[k].n.Cmp(n) == 0 && runs[k].fte.Cmp(fte) == 0 {
				runs[k].days++
				continue
			}
			runs = append(runs, run{n, fte, text, part, 1})
		}
	}
	of := one.base.Days()
	for _, r := range runs {
		words := ""
		if one.season && !one.month {
			words = " × " + percent(one.share)
		}
		if r.days != of {
			words += fmt.Sprintf(" × %d/%d days", r.days, of)
		}
		out = out.Add(x.v.Prorate(r.n.Mul(one.share), r.days, of).Mul(r.fte))
		said = append(said, r.text+words+r.part)
	}
	if len(runs) == 0 {
		said = addends{"0"}
	}
	return out, said, ok
}

// fte is the payee's share of full time on the last participating day of a period, where the component counts by it.
func (x *calc) fte(p comp.Period, w *worked) (comp.Number, string, bool) {
	one := comp.Int(1)
	if !x.c.FTE {
		return one, "", true
	}
	day, _ := lastDay(x.spans, p)
	text, has := x.person.Attr(comp.AttrFTE, day)
	n, err := comp.ParseNumber(text, 6)
	if !has || err != nil || n.Sign() < 0 || n.Cmp(comp.Int(2)) > 0 {
		x.hold(w, "missing_fte", fmt.Sprintf("%s has no fte from 0 to 2 on %s (found %q)", x.person.ID, day, text), "set it in the source, 1 for full time")
		return one, "", false
	}
	if n.Cmp(one) == 0 {
		return n, "", true
	}
	return n, " × " + n.String() + " of full time", true
}

// ramp is the mean, over the months of a period in which the payee is employed, of the shares by month of employment. The
// first month is that in which the spell of employment begins.
func (x *calc) ramp(shares []comp.Number, p comp.Period) (comp.Number, string) {
	one := comp.Int(1)
	day, ok := lastDay(x.spans, p)
	if len(shares) == 0 || !ok {
		return one, ""
	}
	var sum comp.Number
	n := int64(0)
	for _, spell := range x.person.Employed {
		if !spell.Contains(day) {
			continue
		}
		first := comp.Month(spell.Start)
		for m := comp.Month(max(p.Start, spell.Start)); m.Start < min(p.End, spell.End); m = comp.Month(m.End) {
			at := min(monthsBetween(first, m), len(shares)) - 1
			sum, n = sum.Add(shares[at]), n+1
		}
	}
	share, ok := sum.Quo(comp.Int(n))
	if !ok || share.Cmp(one) == 0 {
		return one, ""
	}
	return share, " × " + percent(share) + " of the ramp"
}

// atWork are the payee's days on the plan without those of unpaid leave, unless the component ignores leave.
func (x *calc) atWork() []comp.Period {
	if x.c.Leave == "ignore" {
		return x.spans
	}
	out := x.spans
	for _, leave := range x.person.Attrs[comp.AttrLeave].Spans() {
		if leave.Value != "unpaid" {
			continue
		}
		out = without(out, leave.Period)
	}
	return out
}

// without takes a period out of some.
func without(spans []comp.Period, p comp.Period) (out []comp.Period) {
	for _, s := range spans {
		for _, part := range [2]comp.Period{{Start: s.Start, End: min(s.End, p.Start)}, {Start: max(s.Start, p.End), End: s.End}} {
			if part.Days() > 0 {
				out = append(out, part)
			}
		}
	}
	return out
}

// weekdays are the days from Monday to Friday of a period.
func weekdays(p comp.Period) (n int) {
	for d := p.Start; d < p.End; d++ {
		if day := d.Time().Weekday(); day != time.Saturday && day != time.Sunday {
			n++
		}
	}
	return n
}

// weekdays are those of a period on which the payee takes part.
func (x *calc) weekdays(p comp.Period) (n int) {
	for _, s := range x.present {
		n += weekdays(s.Intersect(p))
	}
	return n
}
