package transform

import (
	"sort"

	"carrot/transform/comp"
)

// monthsIn is the length, in months, of the measuring periods that are parts of a year; 0 for a named calendar.
func monthsIn(every string) int {
	switch every {
	case "month":
		return 1
	case "quarter":
		return 3
	case "half":
		return 6
	case "year":
		return 12
	}
	return 0
}

// holding is the measuring period of a calendar word that contains d.
func holding(every string, d comp.Date, calendars []comp.Calendar) (comp.Period, bool) {
	if k := monthsIn(every); k > 0 {
		m := comp.Month(d)
		back := (int(m.Start.Time().Month()) - 1) % k
		start := m.Start.AddMonths(-back)
		return comp.Period{Start: start, End: start.AddMonths(k)}, true
	}
	for _, c := range calendars {
		if c.Name != every {
			continue
		}
		i := sort.Search(len(c.Periods), func(i int) bool { return c.Periods[i].End > d })
		if i < len(c.Periods) && c.Periods[i].Contains(d) {
			return c.Periods[i], true
		}
	}
	return comp.Period{}, false
}

// measuring is the measuring periods whose last day lies in the pay period, oldest first.
func measuring(every string, pay comp.Period, calendars []comp.Calendar) []comp.Period {
	var out []comp.Period
	for d := pay.Start; d < pay.End; {
		p, ok := holding(every, d, calendars)
		if !ok {
			d++
			continue
		}
		if pay.Contains(p.End - 1) {
			out = append(out, p)
		}
		d = p.End
	}
	return out
}

// window is p and the k-1 measuring periods before it, as far back as the calendar knows.
func window(every string, p comp.Period, k int, calendars []comp.Calendar) comp.Period {
	for i := 1; i < k; i++ {
		before, ok := holding(every, p.Start-1, calendars)
		if !ok {
			break
		}
		p.Start = before.Start
	}
	return p
}

// toDate is the measuring periods of the larger period that holds the last day of p, up to p itself. Each belongs to the
// larger period in which its last day lies, the day by which it pays: the week across a turn of the year to the new one.
func toDate(larger, every string, p comp.Period, calendars []comp.Calendar) []comp.Period {
	whole, ok := holding(larger, p.End-1, calendars)
	if !ok {
		return []comp.Period{p}
	}
	var out []comp.Period
	for d := whole.Start; d < p.End; {
		q, ok := holding(every, d, calendars)
		if !ok {
			d++
			continue
		}
		out = append(out, q)
		d = q.End
	}
	return out
}
