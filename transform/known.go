package transform

import (
	"slices"

	"carrot/transform/comp"
)

// known gives a person the attributes that conditions may read without a roster that sets them, where one does: the id,
// and the country of the legal entity.
func (c *conformer) known(p *comp.Person) {
	if _, set := p.Attrs["id"]; !set && c.asked("id") {
		p.Attrs["id"] = comp.Steps([]comp.Span[string]{{Period: comp.Period{Start: comp.NoDate}, Value: p.ID}}, comp.NoDate)
	}
	if _, set := p.Attrs["country"]; set || !c.asked("country") {
		return
	}
	var spans []comp.Span[string]
	for _, s := range p.Attrs[comp.AttrEntity].Spans() {
		i := slices.IndexFunc(c.in.Settings.Entities, func(e comp.LegalEntity) bool { return e.ID == s.Value })
		if i < 0 {
			continue // a finding of its own
		}
		spans = append(spans, comp.Span[string]{Period: s.Period, Value: c.in.Settings.Entities[i].Country, Origin: s.Origin})
	}
	if t, err := comp.NewTimeline(spans); err == nil {
		p.Attrs["country"] = t
	}
}

// asked says whether a condition over people reads an attribute.
func (c *conformer) asked(attr string) bool {
	for i := range c.in.Plans {
		if slices.Contains(c.in.Plans[i].Eligible.Names(), attr) {
			return true
		}
	}
	return slices.ContainsFunc(c.in.Settings.Legal, func(x comp.Legal) bool { return x.Eligible != nil && slices.Contains(x.Eligible.Names(), attr) })
}
