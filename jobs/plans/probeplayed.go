package plans

import (
	"slices"

	"carrot/config"
	"carrot/transform/comp"
)

// Unprobed is a measure of which Probe can play no rows: a formula is worked out of the rows of several others, an effect and an
// evenness of groups of rows.
type Unprobed struct{ Plan, Measure string }

// NotProbed are the measures that pay somebody by their own rows and that Probe leaves out, in the order of plans.
func NotProbed(c *config.Config) (out []Unprobed) {
	for i := range c.Plans {
		p := &prober{c: c, plan: &c.Plans[i]}
		for _, m := range p.own() {
			if !playable(m) {
				out = append(out, Unprobed{p.plan.ID, m.ID})
			}
		}
	}
	return out
}

// playable says whether a value of a measure can be written as rows of its own.
func playable(m *comp.Measure) bool {
	return !slices.Contains([]comp.Aggregate{comp.Formula, comp.Effect, comp.Evenness}, m.Aggregate)
}

// measure is a measure by id; nil where there is none.
func (p *prober) measure(id string) *comp.Measure {
	for i := range p.c.Measures {
		if p.c.Measures[i].ID == id {
			return &p.c.Measures[i]
		}
	}
	return nil
}

// measures are those of own that can be played.
func (p *prober) measures() []*comp.Measure {
	return slices.DeleteFunc(p.own(), func(m *comp.Measure) bool { return !playable(m) })
}

// own are the measures that pay somebody by their own rows, in the plan's order.
func (p *prober) own() []*comp.Measure {
	var out []*comp.Measure
	for i := range p.plan.Components {
		c := &p.plan.Components[i]
		if c.Shown {
			continue
		}
		for _, id := range c.Measures() {
			if m := p.measure(id); m != nil && m.Pool == comp.PoolPayee && !slices.Contains(out, m) {
				out = append(out, m)
			}
		}
	}
	return out
}
