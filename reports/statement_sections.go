package reports

import (
	"cmp"
	"fmt"

	"carrot/transform/comp"
)

// toDo is what a person can do now: customers to call, promises to keep, and how far the next tier is.
func (p *sheet) toDo() {
	lists, tiers := p.lists("at_risk", "promoters", "commitments"), p.tiers()
	if len(lists) == 0 && len(tiers) == 0 {
		return
	}
	p.heading("What you can do now", 18)
	if len(tiers) > 0 {
		p.listTitle("The next tier", true)
		for _, t := range tiers {
			p.para(p.left, p.width, 8.5, false, ink, t)
		}
	}
	for i := range lists {
		p.list(&lists[i], i == 0 && len(tiers) == 0)
	}
}

// tiers say of each component that has a tier in reach how far it is.
func (p *sheet) tiers() (out []string) {
	for i := range p.s.Components {
		c := &p.s.Components[i]
		if c.Next == nil || len(c.Gated) > 0 || c.Shown {
			continue
		}
		more := p.inUnit(c.Next.Missing, c)
		if c.Next.Above {
			more = "anything above " + more
		}
		out = append(out, fmt.Sprintf("%s: %s more by %s, and %s.", cmp.Or(c.Title, c.Component), more, day(c.Next.Until), c.Next.Pays))
	}
	return out
}

// lists are those of some sections, in the order of the sections.
func (p *sheet) lists(sections ...string) (out []comp.List) {
	for _, name := range sections {
		for _, l := range p.s.Lists {
			if l.Section == name && len(l.Rows) > 0 {
				out = append(out, l)
			}
		}
	}
	return out
}

// listed shows the lists of one section under a heading.
func (p *sheet) listed(heading, name string) {
	lists := p.lists(name)
	for i := range lists {
		if i == 0 {
			p.heading(heading, 18)
		}
		p.list(&lists[i], i == 0)
	}
}

// listTitle stands above a list, with room before it where something is above it.
func (p *sheet) listTitle(title string, first bool) {
	if !first {
		p.y += 3
	}
	p.need(26) // with the first rows below it
	p.text(p.left, p.y, p.width, "L", 9, true, ink, title)
	p.y += 4.8
}

// list is a table of what the config says, each column as wide as its texts want.
func (p *sheet) list(l *comp.List, first bool) {
	p.listTitle(l.Title, first)
	g := grid{size: 8, fitted: true}
	for _, title := range l.Columns {
		g.columns = append(g.columns, gridColumn{title: title, align: "L"})
	}
	for _, r := range l.Rows {
		g.rows = append(g.rows, gridRow{cells: r})
	}
	g.draw(p.canvas)
	if l.More > 0 {
		p.y += 1
		p.para(p.left, p.width, 8, false, quiet, "And "+count(int64(l.More))+" more.")
	}
}

// part says what the person's job does for the customer.
func (p *sheet) part() {
	if p.s.Contribution == "" {
		return
	}
	p.heading("Your part in the customer's experience", 10)
	p.para(p.left, p.width, 9, false, ink, p.s.Contribution)
}

// definitions come last: how each number was measured, how sure it is, and by which definition.
func (p *sheet) definitions() {
	list := statistics(paying(p.s), p.x.definitions)
	if len(list) == 0 || len(p.x.definitions) == 0 {
		return
	}
	p.heading("Statistics and definitions", 22)
	g := grid{size: 7.6, tight: true, columns: []gridColumn{{"Measure", 66, "L"}, {"Value", 27, "R"}, {"n", 13, "R"}, {"Interval", 56, "L"}, {"Defined by", 26, "L"}}}
	var notes []string
	for _, x := range list {
		rely := interval(x.value, x.estimate, x.unit, x.digits, p.s.Currency)
		if rely != "" {
			rely = percent(x.estimate.Level, 0) + ": " + rely + " (" + x.estimate.Method + ")"
		}
		g.rows = append(g.rows, gridRow{cells: []string{x.title, measured(x.value, x.unit, x.digits, p.s.Currency), x.rows(), rely, p.definedBy(x.measure)}})
		notes = append(notes, p.defined(x)...)
	}
	g.draw(p.canvas)
	p.notes(append(notes, "A definition is told by its version and the beginning of its sha256."))
}

// short is the beginning of a digest, which tells definitions apart.
func short(digest string) string {
	if len(digest) < 12 {
		return digest
	}
	return "sha256 " + digest[:12]
}

// shared says of a component that it is the same in every plan that uses it.
func shared(c *comp.ComponentResult) string {
	if c.Shared == "" {
		return ""
	}
	return ", as in every plan that uses it: " + short(c.Shared)
}

// sharedPart says of a part of a scorecard that it is the same in every scorecard that uses it.
func sharedPart(x *comp.PartResult) string {
	if x.Shared == "" {
		return ""
	}
	return cmp.Or(x.Title, x.ID) + " is measured alike in every scorecard that uses it: " + short(x.Shared) + "."
}
