package plans

import (
	"slices"

	"carrot/transform/comp"
)

// shapeOf is a curve of the component as pay: what is known says in which figures it can be told.
func (k *linter) shapeOf(c *comp.Curve, measure string, q *comp.Quota) (s shape, quota, target bool) {
	s = shape{c: c, measure: k.measures[measure], scale: comp.Int(1), base: comp.Int(1), currency: k.p.Currency}
	if t, ok := targetOf(k.p, k.x); ok {
		s.base, target = t, true
		if s.currency == "" {
			s.currency = firstCurrency(k.x.Target[len(k.x.Target)-1].By)
		}
	}
	if c.Of == "attainment" && q != nil {
		s.scale, quota = k.quotaOf(q, s.currency)
	}
	if s.currency == "" && len(k.c.Settings.Entities) > 0 {
		s.currency = k.c.Settings.Entities[0].Currency
	}
	if s.targeted() || target { // the quota only stretches the abscissa
		s.scale, quota = comp.Int(1), false
	}
	return s, quota, target
}

// quotaOf is the number to attain: written in the plan, or the median of the number table.
func (k *linter) quotaOf(q *comp.Quota, c comp.Currency) (comp.Number, bool) {
	if len(q.Dated) > 0 {
		by := q.Dated[len(q.Dated)-1].By
		for _, cur := range []comp.Currency{c, "", firstCurrency(by)} {
			if n, ok := by[cur]; ok {
				return n, true
			}
		}
	}
	if n, ok := k.h.Numbers[q.Name]; ok && n.Sign() > 0 {
		return n, true
	}
	return comp.Int(1), false
}

// curves looks at the shape of pay: L3, L4, L5, L7.
func (k *linter) curves() {
	x := k.x
	if x.Award != nil { // so many of a thing: there is nothing between two of them
		k.falls(&x.Curve, x.Measure, x.Where)
	} else if x.Measure != "" || x.Score != "" {
		k.cliffs(&x.Curve, x.Measure, x.Quota, x.Where)
		k.falls(&x.Curve, x.Measure, x.Where)
		k.deadZones(&x.Curve, x.Where)
	}
	for _, list := range [][]comp.Part{x.Parts, x.Multiply} {
		for i := range list {
			k.falls(&list[i].Curve, list[i].Measure, list[i].Where)
			for j := range list[i].Gates {
				k.gateCliff(&list[i].Gates[j], list[i].ID)
			}
		}
	}
	for i := range x.Parts {
		k.deadZones(&x.Parts[i].Curve, x.Parts[i].Where)
	}
	for i := range x.Gates {
		k.gateCliff(&x.Gates[i], x.ID)
	}
	k.uncapped()
	for _, u := range usesOf(x) {
		k.losses(&u)
	}
}

// losses is L2 for steps from 0 on of what may be less: below 0 nothing is paid, or the factor is 0, and no band says so.
func (k *linter) losses(u *use) {
	m := k.measures[u.measure]
	if m == nil || u.curve == nil || u.curve.Kind != comp.StepCurve || !below0(m) {
		return
	}
	if first := u.curve.Bands[0]; !first.Down && (first.Pays.Sign() > 0 || len(first.By) > 0) {
		k.say("L2", LintWarning, placeOr(first.Where, u.where), `write the first band without from:, {to: "0%", pays: …}, for what is below 0`, "%s may be below 0, where no band says what is paid, so that nothing is", k.title(u.measure))
	}
}

// below0 says whether a measure's value may be negative, as far as its definition shows.
func below0(m *comp.Measure) bool {
	switch m.Aggregate {
	case comp.Net, comp.Effect:
		return true
	case comp.Formula:
		return subtracts(m.Formula)
	case comp.Sum, comp.Mean:
		return slices.ContainsFunc(m.Terms, func(t comp.Term) bool { return t.Sign < 0 || subtracts(t.Value) })
	}
	return false
}

// subtracts says whether anything is taken off in a formula.
func subtracts(e *comp.Expr) bool {
	return e != nil && (e.Op == comp.SubOp || e.Op == comp.NegOp || slices.ContainsFunc(e.Args, subtracts))
}

// cliffs is L3: each bound at which a cent more pays a good deal more.
func (k *linter) cliffs(c *comp.Curve, measure string, q *comp.Quota, at comp.Place) {
	s, quota, target := k.shapeOf(c, measure, q)
	for _, b := range s.bounds() {
		jump := s.jump(b)
		if jump.Sign() <= 0 {
			continue
		}
		whole, of := s.at(comp.Int(1)), "the pay at quota"
		switch {
		case target:
			whole, of = s.base, "the target"
		case c.Of != "attainment":
			whole, of = s.at(b).Max(s.at(b).Add(jump)), "the pay above it"
			if !c.UpperEdge {
				whole = s.at(b)
			}
		}
		share, ok := jump.Quo(whole)
		if !ok || share.Cmp(comp.Scaled(5, 2)) <= 0 {
			continue
		}
		more := "pays " + k.amount(jump, s.currency) + " more, "
		if c.Of == "attainment" && !quota && !target { // in shares of a quota that nobody knows
			more = "pays " + percent(jump) + " of the quota more, "
		}
		k.say("L3", LintWarning, k.boundPlace(c, b, at), "use kind marginal or interpolate", "at %s one %s more %s%s of %s", k.point(b, s, quota), step(s), more, percent(share), of)
	}
}

// step is the least that a measure can rise by, in words.
func step(s shape) string {
	if s.measure != nil && s.measure.Unit == "money" {
		return "cent"
	}
	return "step"
}

// boundPlace is where a bound stands in the file.
func (k *linter) boundPlace(c *comp.Curve, b comp.Number, fallback comp.Place) comp.Place {
	for _, x := range slices.Concat(c.Bands, c.Points) {
		if x.From.Cmp(b) == 0 && x.Where.Line > 0 {
			return x.Where
		}
	}
	return fallback
}

func (k *linter) amount(n comp.Number, c comp.Currency) string {
	if m, err := (comp.Amount{Number: n, Currency: c}).Round(comp.HalfAway); err == nil {
		return said(m)
	}
	return figureText(n)
}

// point is a place on the abscissa in words.
func (k *linter) point(b comp.Number, s shape, quota bool) string {
	c, m := s.c, s.measure
	money := m != nil && m.Unit == "money"
	switch {
	case c.Of == "attainment" && quota && !s.targeted() && money:
		return percent(b) + " of the quota (" + k.amount(b.Mul(s.scale), s.currency) + ")"
	case c.Of == "attainment":
		return percent(b) + " of the quota"
	case money:
		return k.amount(b, s.currency)
	case m != nil && m.Unit == "share":
		return percent(b)
	}
	return figureText(b)
}

// gateCliff is L3 for a gate below which nothing, or less, is paid. The guard against firing and outsourcing is no cliff: it
// is meant to be one.
func (k *linter) gateCliff(g *comp.Gate, of string) {
	if m := k.measures[g.Measure]; m != nil && (m.About == "dismissals" || m.About == "outsourcing") {
		return
	}
	if g.Base || g.Share.Cmp(comp.Scaled(95, 2)) >= 0 {
		return
	}
	k.say("L3", LintWarning, g.Where, "write otherwise: with a share, or let "+k.title(g.Measure)+" multiply by a line", "at the gate on %s one step more pays %s of %s", k.title(g.Measure), percent(comp.Int(1).Sub(g.Share)), of)
}

// falls is L4: doing better pays less.
func (k *linter) falls(c *comp.Curve, measure string, at comp.Place) {
	s, _, _ := k.shapeOf(c, measure, nil)
	name := func(b comp.Number) string { return k.point(b, s, false) }
	const hint = "let pays ascend"
	if c.Kind == comp.Interpolate {
		for i := 1; i < len(c.Points); i++ {
			if a, b := s.pays(c.Points[i-1]), s.pays(c.Points[i]); b.Cmp(a) < 0 {
				k.say("L4", LintError, placeOr(c.Points[i].Where, at), hint, "doing better pays less: from %s to %s the pay falls from %s to %s", name(c.Points[i-1].From), name(c.Points[i].From), k.factor(c.Points[i-1], s), k.factor(c.Points[i], s))
			}
		}
		if c.Below != nil && c.Below.Cmp(s.pays(c.Points[0])) > 0 {
			k.say("L4", LintError, placeOr(c.Points[0].Where, at), hint, "doing better pays less: at %s the pay falls from %s to %s", name(c.Points[0].From), percent(*c.Below), k.factor(c.Points[0], s))
		}
		return
	}
	for i, b := range c.Bands {
		if s.pays(b).Sign() < 0 {
			k.say("L4", LintError, placeOr(b.Where, at), hint, "doing better pays less: above %s each unit takes %s away", name(b.From), k.factor(comp.Band{Pays: b.Pays.Abs()}, s))
		} else if i > 0 && s.jump(b.From).Sign() < 0 {
			k.say("L4", LintError, placeOr(b.Where, at), hint, "doing better pays less: at %s the pay falls from %s to %s", name(b.From), k.factor(c.Bands[i-1], s), k.factor(b, s))
		}
	}
	if c.Matrix != nil {
		k.matrixFalls(c.Matrix, at)
	}
}

func placeOr(p, fallback comp.Place) comp.Place {
	if p.Line > 0 {
		return p
	}
	return fallback
}

// factor is what a band pays in words.
func (k *linter) factor(b comp.Band, s shape) string {
	if n, ok := b.By[s.currency]; ok {
		return k.amount(n, s.currency)
	}
	return percent(b.Pays)
}

func (k *linter) matrixFalls(m *comp.Matrix, at comp.Place) {
	for r := range m.Pays {
		for c := range m.Pays[r] {
			if c > 0 && m.Pays[r][c].Cmp(m.Pays[r][c-1]) < 0 {
				k.say("L4", LintError, at, "let pays ascend", "doing better pays less: in row %d of the matrix the pay falls from %s to %s in column %d", r+1, percent(m.Pays[r][c-1]), percent(m.Pays[r][c]), c+1)
			}
			if r > 0 && c < len(m.Pays[r-1]) && m.Pays[r][c].Cmp(m.Pays[r-1][c]) < 0 {
				k.say("L4", LintError, at, "let pays ascend", "doing better pays less: in column %d of the matrix the pay falls from %s to %s in row %d", c+1, percent(m.Pays[r-1][c]), percent(m.Pays[r][c]), r+1)
			}
		}
	}
}

// deadZones is L5: more than ten points of attainment, below the quota, on which nothing more is earned.
func (k *linter) deadZones(c *comp.Curve, at comp.Place) {
	if c.Of != "attainment" {
		return
	}
	one, ten := comp.Int(1), comp.Scaled(1, 1)
	flat := func(from, to comp.Number, where comp.Place) {
		if to = to.Min(one); to.Sub(from).Cmp(ten) > 0 {
			k.say("L5", LintWarning, placeOr(where, at), "start to pay earlier", "from %s to %s of the quota nothing more is earned", percent(from), percent(to))
		}
	}
	if c.Kind == comp.Interpolate {
		flat(comp.Number{}, c.Points[0].From, c.Points[0].Where)
		for i := 1; i < len(c.Points); i++ {
			if c.Points[i].Pays.Cmp(c.Points[i-1].Pays) == 0 && len(c.Points[i].By) == 0 {
				flat(c.Points[i-1].From, c.Points[i].From, c.Points[i].Where)
			}
		}
		return
	}
	for _, b := range c.Bands {
		to := b.To
		if b.Open {
			to = one
		}
		if c.Kind == comp.StepCurve || b.Pays.IsZero() && len(b.By) == 0 {
			flat(b.From, to, b.Where)
		}
	}
}

// reach is L6: a tier that nobody reached.
func (k *linter) reach() {
	key := k.p.ID + "/" + k.x.ID
	k.reached(&k.x.Curve, key, k.x.Where)
	for i := range k.x.Parts {
		k.reached(&k.x.Parts[i].Curve, key+"/"+k.x.Parts[i].ID, k.x.Parts[i].Where)
	}
}

func (k *linter) reached(c *comp.Curve, key string, at comp.Place) {
	best, ok := k.h.Best[key]
	if !ok || c.Of != "attainment" || best.Months < enough(k.x) {
		return
	}
	for _, b := range c.Bands {
		if b.From.Cmp(best.Most) > 0 && (!b.Pays.IsZero() || len(b.By) > 0) {
			k.say("L6", LintWarning, placeOr(b.Where, at), "lower it or drop it", "nobody reached %s in %d months; the most was %s", percent(b.From), best.Months, percent(best.Most))
			return
		}
	}
}

// enough is how many months tell whether a tier can be reached: as many as what is measured takes, and three at least.
func enough(x *comp.Component) int {
	months := 3
	for _, every := range []string{x.Every, x.ToDate} {
		n, known := map[string]int{"": 1, "month": 1, "quarter": 3, "half": 6}[every]
		if !known {
			n = 12 // a year, or a calendar of its own
		}
		months = max(months, n)
	}
	return months
}

// uncapped is L7: factors that multiply to more than three times the target.
func (k *linter) uncapped() {
	x := k.x
	if len(x.Cap) > 0 || x.CapName != "" || k.p.Limit != nil {
		return
	}
	product := comp.Int(1)
	if len(x.Target) > 0 || x.TargetName != "" {
		product = highest(&x.Curve)
	}
	for i := range x.Multiply {
		f := highest(&x.Multiply[i].Curve)
		if x.Multiply[i].Cap != nil {
			f = f.Min(*x.Multiply[i].Cap)
		}
		product = product.Mul(f)
	}
	if product.Cmp(comp.Int(3)) > 0 {
		k.say("L7", LintWarning, x.Where, "add cap:", "multipliers may pay %s times the target and nothing caps it", figureText(product))
	}
}

// highest is the highest factor of a curve, at least 1 where it has no end.
func highest(c *comp.Curve) comp.Number {
	top := comp.Number{}
	if c.Kind == comp.Linear || c.Kind == comp.Marginal {
		return comp.Int(1)
	}
	for _, b := range slices.Concat(c.Bands, c.Points) {
		top = top.Max(b.Pays)
	}
	if c.Matrix != nil {
		for _, r := range c.Matrix.Pays {
			for _, n := range r {
				top = top.Max(n)
			}
		}
	}
	if len(c.Bands)+len(c.Points) == 0 && c.Matrix == nil {
		return comp.Int(1)
	}
	return top
}
