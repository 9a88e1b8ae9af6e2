package naive

import (
	"cmp"
	"maps"
	"math/big"
	"slices"

	"carrot/transform/comp"
)

// confidence is a result of anonymous answers: of one group under one measure in one measuring period.
type confidence struct {
	measure, group string
	span           comp.Period
}

// crowd are the answers behind a result.
type crowd struct {
	confidence
	rank    int
	credits []credit
	rows    map[*fact]comp.Date
}

// people are how many gave some answers, at least: those of the month with the most, since nobody answers twice in a month.
func people(days []comp.Date) (most int64) {
	months := map[comp.Period]int64{}
	for _, d := range days {
		months[comp.Month(d)]++
		most = max(most, months[comp.Month(d)])
	}
	return most
}

// floor is the fewest anonymous answers of which a measure shows a result; 0 where its rows are none.
func (e *engine) floor(m *comp.Measure) int64 {
	for _, t := range m.Terms {
		if c := e.contract(t.Table); c != nil && c.Floor() > 0 {
			return c.Floor()
		}
	}
	return 0
}

// inConfidence are the answers behind a result that may be shown: those that a close made known, or in a close those that it
// makes known.
func (e *engine) inConfidence(c *matter, m *comp.Measure, back int) []credit {
	now := c.periods[len(c.periods)-1]
	span := earlier(now, back)
	group := "company"
	if poolKind(m) != comp.PoolCompany {
		days, last := e.daysOn(c.person, c.plan, now)
		if days == 0 {
			return nil
		}
		if group = poolOf(poolKind(m), c.person, last); group == "" {
			e.lack(c, "missing_pool")
			return nil
		}
	}
	settled := false
	for _, x := range e.in.Confided {
		if x.Measure == m.ID && x.Group == group && x.Period == span {
			return e.remembered(x)
		}
		settled = settled || x.Period == span && x.Table == m.Terms[0].Table
	}
	if settled || back > 0 || e.in.Run.Kind != comp.Close || !slices.Contains(e.measuring(c.component.Every, e.in.Run.Period), now) {
		return nil
	}
	return e.revealed(m.Terms[0].Table, span)[confidence{m.ID, group, span}]
}

// remembered turns what a close made known back into answers.
func (e *engine) remembered(x comp.Confided) (out []credit) {
	if x.Hidden {
		return nil
	}
	if len(x.Answers) > 0 {
		for _, a := range x.Answers {
			for range a.N {
				out = append(out, credit{value: a.Value.Rat(), hit: a.Hit, miss: a.Miss})
			}
		}
		return out
	}
	for i := range x.N {
		c := credit{value: new(big.Rat), hit: i < x.Hits, miss: i >= x.N-x.Misses}
		if i == 0 {
			c.value = x.Value.Rat()
		}
		out = append(out, c)
	}
	return out
}

// revealed are the results of a table's answers in a period that may be shown, with the answers behind each.
func (e *engine) revealed(table string, span comp.Period) map[confidence][]credit {
	k := confidence{group: table, span: span}
	if out, done := e.shown[k]; done {
		return out
	}
	out := map[confidence][]credit{}
	var kept []crowd
	least := int64(0)
	for _, x := range e.crowds(table, span) {
		least = e.floor(e.measure(x.measure))
		if people(slices.Collect(maps.Values(x.rows))) < least {
			continue
		}
		if i := slices.IndexFunc(kept, func(y crowd) bool { return len(common(x, y)) == len(x.rows) && len(x.rows) == len(y.rows) }); i < 0 {
			across := slices.ContainsFunc(kept, func(y crowd) bool {
				n := len(common(x, y))
				return n > 0 && n < len(x.rows) && n < len(y.rows)
			})
			if across || !safe(append(slices.Clone(kept), x), least) {
				continue
			}
			kept = append(kept, x)
		}
		out[x.confidence] = x.credits
	}
	if e.shown == nil {
		e.shown = map[confidence]map[confidence][]credit{}
	}
	e.shown[k] = out
	return out
}

// crowds are all results of a table in a period, in the order in which they are kept.
func (e *engine) crowds(table string, span comp.Period) (out []crowd) {
	for k, credits := range e.credits {
		m := e.measure(k[0])
		if m.Terms[0].Table != table {
			continue
		}
		x := crowd{confidence: confidence{m.ID, k[1], span}, rows: map[*fact]comp.Date{}}
		x.rank = slices.Index([]comp.Pool{comp.PoolCompany, comp.PoolEntity, comp.PoolDepartment}, poolKind(m))
		for _, c := range credits {
			if span.Contains(c.day) {
				x.credits, x.rows[c.from] = append(x.credits, c), c.day
			}
		}
		if len(x.rows) > 0 {
			out = append(out, x)
		}
	}
	slices.SortFunc(out, func(a, b crowd) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(len(b.rows), len(a.rows)), cmp.Compare(a.group+"\x00"+a.measure, b.group+"\x00"+b.measure))
	})
	return out
}

func common(a, b crowd) (out []*fact) {
	for f := range a.rows {
		if _, ok := b.rows[f]; ok {
			out = append(out, f)
		}
	}
	return out
}

// safe says whether what is left of each set, when the sets within it are taken away, is nothing or reaches the floor.
func safe(sets []crowd, least int64) bool {
	for _, x := range sets {
		var left []comp.Date
		for f, day := range x.rows {
			inner := slices.ContainsFunc(sets, func(y crowd) bool {
				_, ok := y.rows[f]
				return ok && len(y.rows) < len(x.rows)
			})
			if !inner {
				left = append(left, day)
			}
		}
		if n := people(left); n > 0 && n < least {
			return false
		}
	}
	return true
}
