package transform

import (
	"slices"

	"carrot/transform/comp"
)

// longestHold is how long pay is held where a plan does not say.
var longestHold = comp.Length{Months: 36}

// releasing is that a share of a deal's pay is released, or forfeited, on a day.
type releasing struct {
	day      comp.Date
	share    comp.Number
	forfeits bool
}

// releasings are a deal's, as far as events are known. They total 1.
func releasings(c *comp.Component, d *deal, company *comp.Company) []releasing {
	if c.Release == nil {
		return []releasing{{day: d.day, share: comp.Int(1)}}
	}
	var out []releasing
	for i := range c.Release.Parts {
		out = append(out, slice(c.Release, &c.Release.Parts[i], d, company)...)
	}
	return out
}

// slice is when one part of a deal's pay is released: on each event after its delay, once the answer that it asks for
// reaches the bar, and at the end of the longest duration as the plan says.
func slice(r *comp.Release, s *comp.Slice, d *deal, company *comp.Company) []releasing {
	end := deadline(r, d)
	passed, answered := answer(s.If, d, company, end)
	left := s.Share
	var out []releasing
	if s.If == nil || passed != comp.Forever {
		for _, e := range happened(s.On, d, company, end) {
			due := min(s.After.After(e.day), end)
			if s.If != nil {
				due = max(due, passed)
			}
			part := e.share.Mul(s.Share)
			out, left = append(out, releasing{day: due, share: part}), left.Sub(part)
		}
	}
	if left.IsZero() {
		return out
	}
	forfeits := r.Silence == "forfeit"
	if answered && passed == comp.Forever {
		forfeits = r.Failed != "pay"
	}
	return append(out, releasing{end, left, forfeits})
}

func deadline(r *comp.Release, d *deal) comp.Date {
	if r.Longest.IsZero() {
		return longestHold.After(d.day)
	}
	return r.Longest.After(d.day)
}

// answer is the day of the first answer up to end that reaches a bar, and whether there is any answer; Forever where none
// reaches it.
func answer(b *comp.Bar, d *deal, company *comp.Company, end comp.Date) (passed comp.Date, answered bool) {
	if b == nil {
		return comp.Forever, false
	}
	for _, e := range company.Events[comp.EventKey{Table: d.table, Key: d.key, Event: b.Event}] {
		if e.Score == nil || e.Date > end {
			continue
		}
		if answered = true; e.Score.Cmp(b.AtLeast) >= 0 {
			return e.Date, true
		}
	}
	return comp.Forever, answered
}

// happening is that an event comes true for a share of a deal.
type happening struct {
	day   comp.Date
	share comp.Number
}

// happened are the days up to end on which an event comes true for parts of a deal: for all of it, or, where the event has
// an amount, for what that is of the deal's. Together they are at most 1.
func happened(event string, d *deal, company *comp.Company, end comp.Date) []happening {
	if event == "credit" {
		return []happening{{d.day, comp.Int(1)}}
	}
	var out []happening
	sum, reached := comp.Number{}, comp.Number{}
	for _, e := range company.Events[comp.EventKey{Table: d.table, Key: d.key, Event: event}] {
		if e.Date > end {
			break
		}
		part := comp.Int(1)
		if e.Amount != nil && !d.whole.IsZero() {
			sum = sum.Add(*e.Amount)
			part, _ = sum.Quo(d.whole)
		}
		if part = part.Min(comp.Int(1)); part.Cmp(reached) > 0 {
			out = append(out, happening{e.Date, part.Sub(reached)})
			reached = part
		}
	}
	return out
}

// released is what is paid, held and forfeited of a deal's pay by the end of a day, and what the held part waits for. What
// an event undoes stays paid, since a clawback takes it, as far as it was released by then, and is forfeited beyond.
func released(c *comp.Component, d *dealPay, company *comp.Company, until comp.Date) (paid, held, forfeited comp.Number, reasons []string) {
	steps := releasings(c, &d.deal, company)
	left := comp.Int(1)
	for _, u := range d.undone {
		if u.day > until {
			break
		}
		left = left.Sub(u.share)
		out, _ := by(steps, u.day)
		paid = paid.Add(u.share.Mul(out))
		forfeited = forfeited.Add(u.share.Mul(comp.Int(1).Sub(out)))
	}
	out, lost := by(steps, until)
	paid = paid.Add(left.Mul(out)).Mul(d.pay)
	forfeited = forfeited.Add(left.Mul(lost)).Mul(d.pay)
	if held = d.pay.Sub(paid).Sub(forfeited); held.IsZero() {
		return paid, held, forfeited, nil
	}
	return paid, held, forfeited, waits(c, d, company, until)
}

// by is the share that is released and the one that is forfeited by the end of a day.
func by(steps []releasing, until comp.Date) (out, lost comp.Number) {
	for _, r := range steps {
		switch {
		case r.day > until:
		case r.forfeits:
			lost = lost.Add(r.share)
		default:
			out = out.Add(r.share)
		}
	}
	return out, lost
}

// waits says what the held parts of a deal wait for, each once.
func waits(c *comp.Component, d *dealPay, company *comp.Company, until comp.Date) []string {
	var out []string
	for i := range c.Release.Parts {
		s := &c.Release.Parts[i]
		done, lost := by(slice(c.Release, s, &d.deal, company), until)
		if done.Add(lost).Cmp(s.Share) == 0 {
			continue
		}
		if reason := wait(s, d, company, until); !slices.Contains(out, reason) {
			out = append(out, reason)
		}
	}
	return out
}

func wait(s *comp.Slice, d *dealPay, company *comp.Company, until comp.Date) string {
	passed, answered := answer(s.If, &d.deal, company, until)
	here := happened(s.On, &d.deal, company, until)
	switch {
	case answered && passed == comp.Forever && s.If.Reason != "":
		return s.If.Reason
	case answered && passed == comp.Forever:
		return s.If.Event + " is below the bar"
	case len(here) == 0:
		return "waits for " + s.On
	case s.If != nil && !answered:
		return "waits for " + s.If.Event
	case !s.After.IsZero() && s.After.After(here[len(here)-1].day) > until:
		return "waits until " + s.After.After(here[len(here)-1].day).String()
	}
	return "waits for the rest of " + s.On
}
