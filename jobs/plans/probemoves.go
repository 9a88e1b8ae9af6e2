package plans

import (
	"fmt"
	"slices"

	"carrot/config"
	"carrot/transform/comp"
)

// worth is a deed of a value; of a count as many rows.
func worth(m *comp.Measure, on comp.Date, n comp.Number) deed {
	if m.Aggregate == comp.Count {
		if n.IsZero() {
			return deed{measure: m.ID, on: on, times: -1}
		}
		return deed{measure: m.ID, on: on, times: int(n.Rat().Num().Int64())}
	}
	return deed{measure: m.ID, on: on, value: n}
}

// better are values and the next higher ones: the higher must not pay less.
func (p *prober) better(m *comp.Measure) []move {
	var out []move
	on := p.first.Start + 9
	if m.Aggregate.Rated() && m.Aggregate != comp.Median {
		const of = 200
		for hits := range of {
			a, b := comp.Scaled(int64(hits)*5, 3), comp.Scaled(int64(hits+1)*5, 3)
			if m.Aggregate == comp.Net { // in points: what is no hit is a miss
				a, b = comp.Int(int64(hits-of/2)), comp.Int(int64(hits+1-of/2))
			}
			out = append(out, move{class: "P-better", honest: play{{measure: m.ID, on: on, hits: hits + 1, of: of}}, gamed: play{{measure: m.ID, on: on, hits: hits, of: of}},
				what: fmt.Sprintf("%s of %s instead of %s", p.said(m, a), m.Title, p.said(m, b))})
		}
		return out
	}
	values := p.grid(m)
	for i := 1; i < len(values); i++ {
		low, high := worth(m, on, values[i-1]), worth(m, on, values[i])
		if !m.Aggregate.Adds() {
			low.times, high.times = 50, 50
		}
		out = append(out, move{class: "P-better", honest: play{high}, gamed: play{low}, what: fmt.Sprintf("%s instead of %s", p.said(m, values[i-1]), p.said(m, values[i]))})
	}
	return out
}

// splits are one deal and the same deal entered as several on the same day.
func (p *prober) splits(m *comp.Measure) []move {
	if m.Aggregate != comp.Sum && m.Aggregate != comp.Count {
		return nil
	}
	var out []move
	on := p.first.Start + 9
	for _, b := range append(p.bounds(m), p.unit(m)) {
		for _, times := range []comp.Number{comp.Int(1), comp.Scaled(12, 1), comp.Int(2)} {
			d := rounded(b.Mul(times), m)
			for _, k := range []int{2, 3, 10} {
				if m.Aggregate == comp.Count {
					out = append(out, move{class: "P-split", honest: play{{measure: m.ID, on: on}}, gamed: play{{measure: m.ID, on: on, times: k}},
						what: fmt.Sprintf("one row of %s entered as %d", m.Title, k)})
					continue
				}
				part, _ := d.Quo(comp.Int(int64(k)))
				part = rounded(part, m)
				gamed, left := play{}, d
				for range k - 1 {
					gamed, left = append(gamed, worth(m, on, part)), left.Sub(part)
				}
				out = append(out, move{class: "P-split", honest: play{worth(m, on, d)}, gamed: append(gamed, worth(m, on, left)),
					what: fmt.Sprintf("a deal of %s entered as %d of the same day", p.said(m, d), k)})
			}
		}
	}
	return out
}

// days are a deal on one side of the end of a measuring period and on the other, and the quick sale: less now instead of
// more later.
func (p *prober) days(m *comp.Measure) []move {
	if m.Aggregate != comp.Sum && m.Aggregate != comp.Count {
		return nil
	}
	unit, half := p.unit(m), comp.Scaled(5, 1)
	levels := append([]comp.Number{{}, rounded(unit.Mul(half), m)}, p.bounds(m)...)
	var out []move
	for _, end := range p.ends(m) {
		for _, a := range levels {
			for _, b := range levels {
				for _, d := range []comp.Number{rounded(unit.Mul(comp.Scaled(2, 1)), m), unit} {
					base := play{worth(m, end-10, a), worth(m, end+10, b)}
					early, late := append(slices.Clone(base), worth(m, end-1, d)), append(slices.Clone(base), worth(m, end, d))
					with := fmt.Sprintf("beside %s before it and %s after it", p.said(m, a), p.said(m, b))
					out = append(out,
						move{class: "P-day", honest: late, gamed: early, what: fmt.Sprintf("%s on %s instead of a day later, %s,", p.said(m, d), end-1, with)},
						move{class: "P-day", honest: early, gamed: late, what: fmt.Sprintf("%s on %s instead of a day earlier, %s,", p.said(m, d), end, with)})
					if m.Aggregate == comp.Count {
						continue
					}
					for _, more := range []int64{105, 110, 125} {
						dear := rounded(d.Mul(comp.Scaled(more, 2)), m)
						out = append(out, move{class: "P-quicksale", honest: append(slices.Clone(base), worth(m, end, dear)), gamed: early,
							what: fmt.Sprintf("%s sold quickly on %s instead of %s a day later, %s,", p.said(m, d), end-1, p.said(m, dear), with)})
					}
				}
			}
		}
	}
	return out
}

// surveys are customers who are asked, and one who is left out because the answer would be bad. Where the plan pays for
// being answered, one answer less costs there. A rate is over all who could be asked, where nobody can be left out.
func (p *prober) surveys(m *comp.Measure) []move {
	if !slices.Contains([]comp.Aggregate{comp.Share, comp.Mean, comp.Net}, m.Aggregate) || m.About == "response" {
		return nil
	}
	response := p.response()
	minN := 1
	for i := range p.plan.Components {
		c := &p.plan.Components[i]
		if c.Measure == m.ID {
			minN = max(minN, c.MinN)
		}
		for _, parts := range [][]comp.Part{c.Parts, c.Multiply} {
			for k := range parts {
				if parts[k].Measure == m.ID {
					minN = max(minN, parts[k].MinN)
				}
			}
		}
	}
	on := p.first.Start + 9
	answers := func(good, bad int) play {
		x := play{{measure: m.ID, on: on, hits: good, of: good + bad}}
		if m.Aggregate == comp.Mean {
			x = play{{measure: m.ID, on: on, value: comp.Int(5), times: good}, {measure: m.ID, on: on, value: comp.Int(1), times: bad}}
			x = slices.DeleteFunc(x, func(d deed) bool { return d.times == 0 })
		}
		if response != nil {
			x = append(x, deed{measure: response.ID, on: on, hits: good + bad, of: 50})
		}
		return x
	}
	var out []move
	for n := minN; n <= minN+20; n += 4 {
		for bad := 1; bad <= n; bad++ {
			if n == 1 && bad == 1 && m.Aggregate.Rated() {
				continue // nobody is left to ask
			}
			out = append(out, move{class: "P-survey", honest: answers(n-bad, bad), gamed: answers(n-bad, bad-1),
				what: fmt.Sprintf("one of %d dissatisfied customers among %d left unasked", bad, n)})
		}
	}
	return out
}

// response is the plan's own measure of how many answer.
func (p *prober) response() *comp.Measure {
	for _, m := range p.measures() {
		if m.About == "response" || m.Aggregate == comp.Rate {
			return m
		}
	}
	return nil
}

// refunds are money that is taken back on one side of the end of a measuring period and on the other.
func (p *prober) refunds(m *comp.Measure) []move {
	if m.Aggregate != comp.Sum || !slices.ContainsFunc(m.Terms, func(t comp.Term) bool { return t.Sign < 0 }) {
		return nil
	}
	unit := p.unit(m)
	levels := append([]comp.Number{unit.Mul(comp.Scaled(15, 1))}, p.bounds(m)...)
	var out []move
	for _, end := range p.ends(m) {
		for _, a := range levels {
			for _, b := range levels {
				d := rounded(unit.Mul(comp.Scaled(2, 1)), m)
				base := play{worth(m, end-10, a), worth(m, end+10, b)}
				early, late := append(slices.Clone(base), worth(m, end-1, d.Neg())), append(slices.Clone(base), worth(m, end, d.Neg()))
				with := fmt.Sprintf("beside %s before it and %s after it", p.said(m, a), p.said(m, b))
				out = append(out, move{class: "P-refund", honest: early, gamed: late, what: fmt.Sprintf("a refund of %s booked on %s instead of a day earlier, %s,", p.said(m, d), end, with)},
					move{class: "P-refund", honest: late, gamed: early, what: fmt.Sprintf("a refund of %s booked on %s instead of a day later, %s,", p.said(m, d), end-1, with)})
			}
		}
	}
	return out
}

// clawbacks are a deal that is undone on the last day of a stretch of its window and on the day after, beside as much in
// every later month from which it can be taken.
func (p *prober) clawbacks(m *comp.Measure) []move {
	var out []move
	for i := range p.plan.Components {
		c := &p.plan.Components[i]
		if c.Measure != m.ID || c.Clawback == nil {
			continue
		}
		lengths := []comp.Length{c.Clawback.Within}
		for _, t := range c.Clawback.Tiers {
			lengths = append(lengths, t.Until)
		}
		if c.Clawback.Takes == "months" {
			lengths = append(lengths, comp.Length{Months: 1}, comp.Length{Months: 6})
		}
		day, d := p.first.Start+9, p.unit(m)
		base := play{worth(m, day, d)}
		for next := comp.Month(p.first.End); next.Start <= p.last.Start; next = comp.Month(next.End) {
			base = append(base, worth(m, next.Start+9, d.Mul(comp.Int(2))))
		}
		for _, l := range lengths {
			on := l.After(day)
			if l.IsZero() || on >= p.last.Start {
				continue // what is taken after the last month that is played cannot be seen
			}
			undone := func(on comp.Date) play { return append(slices.Clone(base), deed{event: c.Clawback.On, on: on}) }
			out = append(out, move{class: "P-refund", honest: undone(on - 1), gamed: undone(on),
				what: fmt.Sprintf("a deal of %s of %s undone (%s) on %s instead of a day earlier", p.said(m, d), day, c.Clawback.On, on)})
		}
	}
	return out
}

// beside adds what a measure of the plays is held against: others with whom four of five customers are satisfied.
func (p *prober) beside(facts map[string][]config.ExampleFact, whose string) {
	for _, m := range p.measures() {
		if m.Standing == nil || len(facts[m.ID]) == 0 {
			continue
		}
		against := p.measure(m.Standing.Measure)
		if against == nil || len(facts[against.ID]) > 0 {
			continue
		}
		f := config.ExampleFact{Payee: whose, Key: "beside", On: p.first.Start + 9, Known: comp.NoDate, Hits: 80, Of: 100, Times: 1}
		switch against.Aggregate {
		case comp.Share, comp.Rate, comp.Net:
		case comp.Mean:
			four := comp.Int(4)
			f.Value, f.Hits, f.Of = &four, 0, 0
		default:
			continue
		}
		facts[against.ID] = []config.ExampleFact{f}
	}
}
