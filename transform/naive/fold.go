package naive

import (
	"slices"

	"carrot/transform/comp"
)

// oneEach is the last (or first) row of each entity; rows are in the order in which they became known.
// With a calendar word an entity of another period is another one, and what came after its period is not there.
func (e *engine) oneEach(t *comp.Term, rows []*fact) []*fact {
	fold := t.Fold
	best := map[string]*fact{}
	var order []string
	for _, f := range rows {
		if f.rival {
			continue
		}
		id := ""
		null := f.get(fold.Order).Kind == comp.Null
		for _, c := range fold.By {
			v := f.get(c)
			null = null || v.Kind == comp.Null
			id += textOf(v) + "|"
		}
		if null {
			continue
		}
		if fold.Per != "" {
			p, ok := e.holding(fold.Per, f.get(t.Date).Date)
			by := f.get(fold.Order)
			if !ok || f.get(t.Date).Kind != comp.KindDate || by.Kind == comp.KindDate && by.Date >= p.End {
				continue
			}
			id += p.Start.String()
		}
		old := best[id]
		later := old == nil || compareOrder(old, f, fold.Order) <= 0
		if old == nil {
			order = append(order, id)
		}
		if old == nil || later == (fold.Take != "first") {
			best[id] = f
		}
	}
	var out []*fact
	for _, id := range order {
		out = append(out, best[id])
	}
	return out
}

// undisturbed are the rows that a fold counts, those marked that another row of their entity follows too soon.
func undisturbed(fold *comp.Fold, rows []*fact) (out []*fact) {
	same := func(a, b *fact) bool {
		return !slices.ContainsFunc(fold.By, func(c string) bool { return textOf(a.get(c)) != textOf(b.get(c)) })
	}
	known := slices.DeleteFunc(slices.Clone(rows), func(f *fact) bool {
		return f.rival || slices.ContainsFunc(append([]string{fold.Order}, fold.By...), func(c string) bool { return f.get(c).Kind == comp.Null })
	})
	unit := int64(1)
	if len(rows) > 0 && rows[0].contract.Columns[rows[0].contract.Index(fold.Order)].Type == comp.Instant {
		unit = 24 * 60 * 60
	}
	for i, f := range known {
		if counts, _ := fold.Counts.Eval(f.get); fold.Counts != nil && !counts.True() {
			continue
		}
		g := *f
		for j, o := range known {
			if j == i || !same(f, o) {
				continue
			}
			c := compareOrder(f, o, fold.Order)
			next := c < 0 || c == 0 && i < j
			g.followed = g.followed || next && o.seconds(fold.Order)-f.seconds(fold.Order) <= int64(fold.Quiet)*unit
		}
		out = append(out, &g)
	}
	return out
}

func compareOrder(a, b *fact, column string) int {
	if x, y := a.get(column), b.get(column); x.Kind == comp.KindNumber {
		return x.Number.Cmp(y.Number)
	}
	return int(max(-1, min(1, a.seconds(column)-b.seconds(column))))
}
