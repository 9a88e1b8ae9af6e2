package transform

import (
	"fmt"
	"strings"

	"carrot/transform/comp"
	"carrot/transform/stat"
)

// gathered is what a measure's rows of some periods come to, in one currency.
type gathered struct {
	value        comp.Number
	hits, misses int64
	n            int64
	spread       spread
	end          comp.Date // the day after the last that is read
}

// estimator makes a measure's value of what was gathered. seed names what is measured, for what is drawn by chance.
type estimator struct {
	m    *comp.Measure
	v    *Verbs
	seed string
}

// sureness is the level of an interval where the measure states none.
var sureness = comp.Scaled(95, 2)

// value is what the rows come to; false where that is missing. The estimate is nil for plain sums.
func (e *estimator) value(g *gathered) (comp.Number, *comp.Estimate, bool) {
	raw, ok := e.plain(g)
	if g.n > 0 && e.m.Modelled() {
		raw = raw.Roughly()
	}
	if !ok {
		return raw, nil, false
	}
	est := &comp.Estimate{}
	out, ok := e.weighted(g, raw, est)
	if !ok {
		return raw, est, false
	}
	e.interval(g, out, est)
	if s := e.m.Shrink; s != nil {
		shrunk := e.shrunk(g, out)
		est.Raw, out = ptr(raw), shrunk
		est.Notes = append(est.Notes, e.prior())
	}
	if est.Method == "" && est.Raw == nil && len(est.Notes) == 0 {
		est = nil
	}
	return out, est, true
}

// plain is the value of the rows as they are.
func (e *estimator) plain(g *gathered) (comp.Number, bool) {
	switch e.m.Aggregate {
	case comp.Sum:
		if e.m.NetBy != "" {
			return e.netted(g), true
		}
	case comp.Net:
		return e.v.Combine(comp.Net, g.value, g.hits-g.misses, g.n)
	case comp.Median:
		var waits []stat.Wait
		for _, b := range g.spread.sorted() {
			waits = append(waits, stat.Wait{Time: b.value(), Met: b.hit || e.m.Terms[0].Hit == nil, N: b.n})
		}
		return stat.KaplanMeier(waits)
	case comp.Evenness:
		r, _, _, ok := stat.Evenness(e.asked(g))
		return r, ok
	case comp.Effect:
		v, _, ok := stat.Effect(e.phases(g))
		return v, ok
	}
	return e.v.Combine(e.m.Aggregate, g.value, g.hits, g.n)
}

// netted adds the rows up by what the measure nets them by, and takes the gains or the losses.
func (e *estimator) netted(g *gathered) (out comp.Number) {
	by := map[string]comp.Number{}
	for b, n := range g.spread { // sums
		by[b.group] = by[b.group].Add(b.value().Mul(comp.Int(n)))
	}
	for _, v := range by { // a sum
		if v.Sign() > 0 == (e.m.Side == "gains") {
			out = out.Add(v.Abs())
		}
	}
	return out
}

// scored is what a row of a bin counts for in the mean that the measure's value is.
func (e *estimator) scored(b *bin) comp.Number {
	switch e.m.Aggregate {
	case comp.Share, comp.Rate, comp.Evenness:
		return comp.Int(one(b.hit))
	case comp.Net:
		return comp.Int(100 * (one(b.hit) - one(b.miss)))
	}
	return b.value()
}

func one(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// bins are the rows as a mean sees them.
func (e *estimator) bins(s []counted) []stat.Bin {
	out := make([]stat.Bin, len(s))
	for i := range s {
		out[i] = stat.Bin{Value: e.scored(&s[i].bin), N: s[i].n}
	}
	return out
}

// interval says how far the value can be relied on.
func (e *estimator) interval(g *gathered, out comp.Number, est *comp.Estimate) {
	if est.SE != nil || est.Method != "" || g.n == 0 {
		return // weighting has said it
	}
	method, level, draws := "", sureness, 0
	switch a := e.m.Aggregate; {
	case (a == comp.Share || a == comp.Rate) && e.m.Surveys():
		method = "wilson"
	case a == comp.Net || a == comp.Effect || (a == comp.Mean && e.m.Surveys() && e.m.Spread):
		method = "normal"
	}
	if u := e.m.Uncertainty; u != nil {
		method, level, draws = u.Method, u.Level, u.Draws
	}
	var in stat.Interval
	switch {
	case method == "":
		return
	case e.m.Aggregate == comp.Effect:
		_, variance, ok := stat.Effect(e.phases(g))
		if !ok {
			return
		}
		in = stat.Normal(out, variance, level)
	case e.m.Cluster != "":
		variance, ok := stat.Clusters(e.residuals(g, out), g.n)
		if !ok {
			return
		}
		in, method = stat.Normal(out, variance, level), "normal, by "+e.m.Cluster
	case method == "wilson":
		in = stat.Wilson(out, comp.Int(g.n), level)
	case method == "bootstrap":
		in = stat.Bootstrap(e.bins(g.spread.sorted()), level, draws, e.seed)
	default:
		in = stat.Normal(out, over(e.variance(g), comp.Int(g.n)), level)
	}
	est.Method, est.Level, est.SE, est.Low, est.High = method, level, ptr(in.SE), ptr(in.Low), ptr(in.High)
}

func ptr(n comp.Number) *comp.Number { return &n }

// over is a/b; 0 where b is.
func over(a, b comp.Number) comp.Number {
	q, ok := a.Quo(b)
	if !ok {
		return comp.Number{}
	}
	return q
}

// variance is that of one row, over n.
func (e *estimator) variance(g *gathered) comp.Number {
	if e.m.Aggregate == comp.Net {
		n := comp.Int(g.n)
		p, d := over(comp.Int(g.hits), n), over(comp.Int(g.misses), n)
		v := p.Add(d).Sub(p.Sub(d).Mul(p.Sub(d)))
		return v.Mul(comp.Int(100 * 100))
	}
	if e.m.Aggregate == comp.Share || e.m.Aggregate == comp.Rate {
		p := over(comp.Int(g.hits), comp.Int(g.n))
		return p.Mul(comp.Int(1).Sub(p))
	}
	_, _, v := stat.Moments(e.bins(g.spread.sorted()))
	return v
}

// residuals are the sums of each cluster's rows less the mean.
func (e *estimator) residuals(g *gathered, mean comp.Number) []comp.Number {
	by := map[string]comp.Number{}
	at := len(e.m.Strata)
	for _, b := range g.spread.sorted() {
		k := b.groups()[at]
		by[k] = by[k].Add(e.scored(&b.bin).Sub(mean).Mul(comp.Int(b.n)))
	}
	out := make([]comp.Number, 0, len(by))
	for _, k := range sortedKeys(by) {
		out = append(out, by[k])
	}
	return out
}

// phases are the rows of an experiment. Rows of another arm or phase than those two are no part of it.
func (e *estimator) phases(g *gathered) (out []stat.Phase) {
	for _, b := range g.spread.sorted() {
		in := b.groups()
		arm, phase := in[len(in)-2], in[len(in)-1]
		if (arm != "treated" && arm != "control") || (phase != "before" && phase != "after") {
			continue
		}
		p := stat.Phase{Treated: arm == "treated", After: phase == "after", Value: b.value(), N: b.n, Cluster: strings.Join(in, "|")}
		if e.m.Cluster != "" {
			p.Cluster = in[len(in)-3]
		}
		out = append(out, p)
	}
	return out
}

// shrunk pulls the value toward the measure's prior.
func (e *estimator) shrunk(g *gathered, value comp.Number) comp.Number {
	s, n := e.m.Shrink, comp.Int(g.n)
	weight, prior := s.N, s.Value
	if weight.Sign() == 0 {
		weight = s.Hits.Add(s.Misses)
		prior = over(s.Hits, weight)
	}
	return over(value.Mul(n).Add(prior.Mul(weight)), n.Add(weight))
}

// prior is how the prior is written.
func (e *estimator) prior() string {
	if s := e.m.Shrink; s.N.Sign() == 0 {
		return fmt.Sprintf("pulled toward %s of %s, as if so many more had answered: the fewer answers, the more", about(figure(s.Hits, 0)), about(figure(s.Hits.Add(s.Misses), 0)))
	}
	return fmt.Sprintf("pulled toward %s, as if %s more had answered: the fewer answers, the more", e.m.Shrink.Value, e.m.Shrink.N)
}
