package naive

import "carrot/transform/comp"

// holding is the measuring period of a word that holds a day.
func (e *engine) holding(every string, d comp.Date) (comp.Period, bool) {
	for months, word := range map[int]string{1: "month", 3: "quarter", 6: "half", 12: "year"} {
		if word != every {
			continue
		}
		p := comp.Month(d)
		for (int(p.Start.Time().Month())-1)%months != 0 {
			p.Start = comp.Month(p.Start - 1).Start
		}
		for (int((p.End).Time().Month())-1)%months != 0 {
			p.End = comp.Month(p.End).End
		}
		return p, true
	}
	for _, p := range e.calendars[every] {
		if p.Contains(d) {
			return p, true
		}
	}
	return comp.Period{}, false
}

// measuring are the measuring periods whose last day lies in a month.
func (e *engine) measuring(every string, month comp.Period) []comp.Period {
	var out []comp.Period
	for d := month.Start; d < month.End; d++ {
		if p, ok := e.holding(every, d); ok && p.End-1 == d {
			out = append(out, p)
		}
	}
	return out
}

// toDate are the measuring periods up to p whose last days lie in the larger period in which p ends; p alone where nothing
// larger is asked for.
func (e *engine) toDate(larger, every string, p comp.Period) []comp.Period {
	whole, ok := e.holding(larger, p.End-1)
	if !ok {
		return []comp.Period{p}
	}
	var out []comp.Period
	for d := whole.Start; d < p.End; d++ {
		if q, ok := e.holding(every, d); ok && q.End-1 == d {
			out = append(out, q)
		}
	}
	return out
}

// window is p and the measuring periods before it that a measure reads as well.
func (e *engine) window(every string, p comp.Period, k int) comp.Period {
	for ; k > 1; k-- {
		before, ok := e.holding(every, p.Start-1)
		if !ok {
			break
		}
		p.Start = before.Start
	}
	return p
}
