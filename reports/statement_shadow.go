package reports

import (
	"cmp"
	"fmt"
	"strings"

	"carrot/transform/comp"
)

// shadow is what is measured and not yet paid: each measure one line, with n, how sure it is and what it would pay.
func (p *sheet) shadow() {
	g := grid{size: 7.6, tight: true, columns: []gridColumn{{"Measure", 66, "L"}, {"Value", 24, "R"}, {"n", 12, "R"}, {"Interval and standing", 44, "L"}, {"Would pay", 17, "R"}, {"Defined by", 26, "L"}}}
	var notes []string
	for i := range p.s.Components {
		c := &p.s.Components[i]
		if !c.Shown {
			continue
		}
		sub := span(c.Period)
		if c.Clause != "" {
			sub = "clause " + c.Clause + ", " + sub
		}
		whole := ""
		if c.Target != nil {
			whole = money(c.Amount)
			sub += ", of " + amount(*c.Target)
		}
		g.rows = append(g.rows, gridRow{cells: []string{cmp.Or(c.Title, c.Component) + " (" + sub + ")", "", "", "", whole, ""}, strong: true, across: true})
		for _, x := range measures(c, p.x.definitions) {
			g.rows = append(g.rows, p.shadowRow(x))
			notes = append(notes, p.defined(x)...)
		}
		if n := p.inConfidence(c); n > 0 {
			notes = append(notes, cmp.Or(c.Title, c.Component)+": "+plural(n, "answer")+" given in confidence; they are counted and never shown one by one.")
		}
	}
	if len(g.rows) == 0 {
		return
	}
	p.heading("Measured, and not paid", 30)
	p.para(p.left, p.width, 8.5, false, quiet, "In shadow: what these measures would pay is shown so that you can judge them before anybody's pay rests on them.")
	p.y += 1
	g.draw(p.canvas)
	p.notes(notes)
}

// inConfidence is how many answers given in confidence a component counts.
func (p *sheet) inConfidence(c *comp.ComponentResult) (n int) {
	if c.Sealed && !hidden(c) {
		return int(c.N)
	}
	for _, x := range p.behind(c) {
		if x.Sealed {
			n++
		}
	}
	return n
}

// shadowRow is one measure of a shadow component.
func (p *sheet) shadowRow(x statistic) gridRow {
	rely := interval(x.value, x.estimate, x.unit, x.digits, p.s.Currency)
	if rely != "" {
		rely = percent(x.estimate.Level, 0) + ": " + rely
	}
	if x.value != nil && x.estimate != nil && x.estimate.Standing != nil {
		against := ""
		if x.estimate.Against != nil {
			against = " " + measured(x.estimate.Against, x.unit, x.digits, p.s.Currency)
			if n := x.estimate.AgainstN; n > 0 {
				against += " (n = " + grouped(fmt.Sprint(n)) + ")"
			}
		}
		rely = strings.TrimPrefix(rely+", "+[...]string{"below", "like", "above"}[*x.estimate.Standing+1]+against, ", ")
	}
	pays := ""
	if x.factor != nil {
		pays = percent(*x.factor, 0)
	}
	return gridRow{cells: []string{x.title, measured(x.value, x.unit, x.digits, p.s.Currency), x.rows(), rely, pays, p.definedBy(x.measure)}}
}

// notes are sentences below a table.
func (p *sheet) notes(list []string) {
	for _, n := range list {
		p.y += 0.6
		p.para(p.left, p.width, 8, false, quiet, n)
	}
}

// definedBy is the version and the beginning of the digest of a measure's definition.
func (p *sheet) definedBy(measure string) string {
	d, ok := p.x.definitions[measure]
	if !ok {
		return ""
	}
	return strings.TrimSuffix("v"+d.Version+" "+d.Digest[:min(len(d.Digest), 12)], " ")
}

// defined are the sentences that a measure's definition asks for.
func (p *sheet) defined(x statistic) (out []string) {
	d := p.x.definitions[x.measure]
	if d.Prior != "" {
		out = append(out, x.title+" is "+d.Prior+".")
	}
	if d.Changed != "" {
		out = append(out, x.title+": definition changed since "+d.Changed+".")
	}
	return out
}

// paying are the components of a statement that pay.
func paying(s *comp.Statement) (out []*comp.ComponentResult) {
	for i := range s.Components {
		if !s.Components[i].Shown {
			out = append(out, &s.Components[i])
		}
	}
	return out
}
