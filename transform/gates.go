package transform

import (
	"cmp"

	"carrot/transform/comp"
)

// gated is what a component's gates leave of pay.
type gated struct {
	share comp.Number // 1 where all are open
	base  bool        // a closed gate pays everything as in the first band
	early []string    // sentences that stand before the curve's
	late  []string    // those after it
}

// gates holds each gate's measure against its bar. A gate without a value is open unless it says otherwise.
func (x *calc) gates(gates []comp.Gate) gated {
	out := gated{share: comp.Int(1)}
	for i := range gates {
		g, w := &gates[i], worked{silent: x.w.silent}
		v := x.gateView(g, &w)
		open, said := x.opens(g, v, &w)
		say := &out.late
		if g.Base {
			say = &out.early
		}
		if open || v.failed {
			*say = append(*say, "Gate: "+said)
		} else {
			*say = append(*say, "Gate: "+said+": "+x.otherwise(g))
			x.w.result.Gated = append(x.w.result.Gated, said)
			out.base = out.base || g.Base
			if !g.Base {
				out.share = out.share.Mul(g.Share)
			}
		}
		x.w.take(&w)
	}
	return out
}

// gateView is what a gate looks at.
func (x *calc) gateView(g *comp.Gate, w *worked) sight {
	toDate := cmp.Or(g.ToDate, x.c.ToDate)
	v := sight{measured: x.measureOf(g.Measure, toDate, g.MinN, w)}
	if v.missing || g.Of != "attainment" {
		return v
	}
	q, _, ok := x.quotaOf(g.Quota, g.Measure, toDate, g.Numbers, w)
	if !ok {
		v.failed = true
		return v
	}
	a, ok := x.v.Attain(v.value, q)
	if !ok || q.Sign() < 0 {
		x.hold(w, "zero_quota", "the quota of "+x.person.ID+" for the gate "+g.Measure+" of "+x.c.ID+" is "+q.String()+", and a number above zero was expected", "correct the quota")
		v.failed = true
		return v
	}
	x.attained(w, "", v.value, q, a, v.unit)
	v.attainment, v.attains = a, true
	return v
}

// opens says whether a gate is open, and why.
func (x *calc) opens(g *comp.Gate, v sight, w *worked) (bool, string) {
	said := x.in.Measures[x.measures[g.Measure]].Title
	if k := len(w.result.Working); k > 0 {
		said = w.result.Working[k-1]
		if v.attains && k > 1 {
			said = w.result.Working[k-2] + "; " + said
		}
	}
	n, bar := v.value, x.spelt(g.AtLeast, v.unit)
	if g.Of == "attainment" {
		n, bar = v.attainment, x.spelt(g.AtLeast, "share")
	}
	switch {
	case v.failed:
		return false, said + ", which cannot be told"
	case v.missing && g.Missing == "closed":
		return false, said + ": no value, so the gate is closed"
	case v.missing:
		return true, said + ": no value, so the gate stays open"
	}
	x.touches(n, g.AtLeast, cmp.Or(g.Of, "value")+" of "+g.Measure, "the gate is at")
	switch g.Test {
	case "above":
		if x.v.Gate(g.AtLeast, n) {
			return false, said + ", not above the " + bar + " needed"
		}
		return true, said + ", which is above the " + bar + " needed"
	case "at_most":
		if !x.v.Gate(g.AtLeast, n) {
			return false, said + ", above the " + bar + " allowed"
		}
		return true, said + ", within the " + bar + " allowed"
	case "below":
		if x.v.Gate(n, g.AtLeast) {
			return false, said + ", not below the " + bar + " that is the limit"
		}
		return true, said + ", which is below the limit of " + bar
	}
	if !x.v.Gate(n, g.AtLeast) {
		return false, said + ", below the " + bar + " needed"
	}
	return true, said + ", which reaches the " + bar + " needed"
}

// otherwise is what a closed gate does.
func (x *calc) otherwise(g *comp.Gate) string {
	switch {
	case g.Base:
		return "everything is paid as in the first band"
	case g.Share.IsZero():
		return "nothing is paid"
	}
	return percent(g.Share) + " is paid"
}
