package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"carrot/transform/comp"
)

// components show each calculation: the number, what it was held against, the steps, and the rows behind it.
func (p *sheet) components() {
	list := paying(p.s)
	if len(list) == 0 {
		which := "of a plan"
		if len(p.s.Components) > 0 {
			which = "that pays"
		}
		p.heading("How it was worked out", 8)
		p.para(p.left, p.width, 9, false, quiet, "No component "+which+" was measured for you in this period.")
		return
	}
	p.heading("How it was worked out", 34)
	for i, c := range list {
		if i > 0 {
			p.y += 4
			p.need(34)
		}
		p.component(c)
	}
}

func (p *sheet) component(c *comp.ComponentResult) {
	paid := money(c.Amount)
	if len(c.Held) > 0 || len(p.s.HeldFor) > 0 {
		paid += ", held"
	}
	p.text(p.left, p.y, p.width-45, "L", 10, true, ink, cmp.Or(c.Title, c.Component))
	p.text(p.left, p.y, p.width, "R", 10, true, ink, paid)
	p.y += 4.9
	sub := span(c.Period)
	if c.Cumulated != c.Period && c.Cumulated.Days() > 0 {
		sub += ", cumulated over " + span(c.Cumulated)
	}
	if c.Clause != "" {
		sub = "Clause " + c.Clause + " · " + sub
	}
	p.text(p.left, p.y, p.width, "L", 8, false, quiet, sub+" · plan "+c.Plan+shared(c))
	p.y += 5
	p.facts(c)
	if c.Rate != "" {
		p.para(p.left, p.width, 8.5, false, ink, "Rate: "+c.Rate)
	}
	p.steps(c.Working)
	for i := range c.Parts {
		if text := sharedPart(&c.Parts[i]); text != "" {
			p.para(p.left, p.width, 8, false, quiet, text)
		}
	}
	if len(c.Held) > 0 && len(p.s.HeldFor) == 0 { // else said at the top
		p.y += 1
		p.para(p.left, p.width, 8.5, true, warnInk, "Held, not paid yet: "+strings.Join(c.Held, ", "))
		p.findingTable(c.Held)
	}
	p.credits(p.behind(c), c.Unit, cmp.Or(c.Title, c.Component), p.lineOf(c))
	if rows := p.unlisted(c); rows != "" {
		p.para(p.left, p.width, 8, false, quiet, rows)
	}
}

// steps are numbered sentences, so that a question can name one.
func (p *sheet) steps(sentences []string) {
	for i, step := range sentences {
		p.y += 0.4
		p.need(lineHeight(8.5))
		p.text(p.left, p.y, 6, "L", 8.5, false, quiet, fmt.Sprintf("%d.", i+1))
		p.para(p.left+6, p.width-6, 8.5, false, ink, step)
	}
}

// lineOf is the number of a component's line; 0 where it has none.
func (p *sheet) lineOf(c *comp.ComponentResult) int {
	for _, l := range p.s.Lines {
		if earned(l) && l.Plan == c.Plan && l.Component == c.Component {
			return l.Number
		}
	}
	return 0
}

// unlisted says of a component without a list of rows why, and who can see them; "" where there is a list, or no row.
func (p *sheet) unlisted(c *comp.ComponentResult) string {
	switch {
	case c.N == 0 || len(p.behind(c)) > 0:
		return ""
	case c.Sealed:
		return plural(int(c.N), "answer") + " given in confidence; they are counted above and never shown one by one."
	}
	text := "The " + plural(int(c.N), "row") + " behind it, not yours alone, are not listed here."
	if n := p.lineOf(c); n > 0 {
		text += " Payroll types: " + p.lookUp(n)
	}
	return text
}

// lookUp is what to type to see the rows behind a line.
func (p *sheet) lookUp(line int) string {
	return fmt.Sprintf("carrot explain --payee %s --period %s --line %d", p.s.Payee, p.x.r.Run.Period.Name(), line)
}

// facts are the numbers of a component side by side. A score never stands without its n.
func (p *sheet) facts(c *comp.ComponentResult) {
	type fact struct{ label, value string }
	n := count(c.N)
	if hidden(c) {
		n = "not shown"
	}
	var facts []fact
	if len(c.Parts) == 0 || c.Measure != "" { // a scorecard's parts have values, and itself none
		facts = []fact{{cmp.Or(c.MeasureTitle, c.Measure), measured(told(c.Value, c.Estimate), c.Unit, c.Digits, p.s.Currency)}, {"Number of rows (n)", n}}
	}
	if rely := interval(c.Value, c.Estimate, c.Unit, c.Digits, p.s.Currency); rely != "" {
		facts = append(facts, fact{percent(c.Estimate.Level, 0) + " interval", rely})
	}
	if c.Quota != nil {
		facts = append(facts, fact{"Quota", p.inUnit(*c.Quota, c)})
	}
	if c.Target != nil {
		facts = append(facts, fact{"Target pay", amount(*c.Target)})
	}
	if c.Attainment != nil {
		facts = append(facts, fact{"Attainment", percent(*c.Attainment, 2)})
	}
	if c.Exact.Number.Cmp(c.Amount.Amount().Number) != 0 {
		facts = append(facts, fact{"Before rounding", amount(c.Exact)})
	}
	w := p.width / (float64(max(4, len(facts))) + 0.5) // the measure's own name takes one and a half
	high := 1
	labels := make([][]string, len(facts))
	for i, f := range facts {
		labels[i] = p.wrap(clean(f.label), factWidth(i, w)-3, 7.5, false)
		labels[i] = labels[i][:min(len(labels[i]), 3)]
		high = max(high, len(labels[i]))
	}
	x := p.left
	for i, f := range facts {
		top := p.y + float64(high-len(labels[i]))*3.4
		for j, line := range labels[i] {
			p.put(x, top+float64(j)*3.4, 0, "L", 7.5, false, quiet, line)
		}
		p.text(x, p.y+float64(high)*3.4+0.4, factWidth(i, w)-3, "L", 10.5, false, ink, f.value)
		x += factWidth(i, w)
	}
	p.y += float64(high)*3.4 + 6.6
	if c.Attainment != nil {
		p.bar(*c.Attainment)
	}
}

// inUnit is a quota: money where it has a currency, else a number of the measure's unit.
func (p *sheet) inUnit(q comp.Amount, c *comp.ComponentResult) string {
	if q.Currency != "" {
		return amount(q)
	}
	if c.Unit == "share" {
		return exact(q.Number.Mul(comp.Int(100)), c.Digits) + " %"
	}
	return exact(q.Number, c.Digits)
}

// bar draws attainment up to 150 % or, beyond, as far as it goes up to 300 %, with a mark at 100 %.
func (p *sheet) bar(attainment comp.Number) {
	a, _ := attainment.Rat().Float64()
	full := 1.5
	if a > full {
		full = min(3, a)
	}
	w, h := p.width, 1.2
	p.box(p.left, p.y, w, h, hair)
	if a > 0 {
		p.box(p.left, p.y, w*min(a, full)/full, h, accent)
	}
	mark := p.left + w/full
	p.box(mark-0.15, p.y-0.9, 0.3, h+1.8, ink)
	p.text(mark-10, p.y+h+0.7, 20, "C", 6.5, false, quiet, "100 %")
	p.y += h + 4.2
}

// corrections are the lines that no component of this month explains: true-ups and releases, each with its steps and
// the rows behind it.
func (p *sheet) corrections() {
	var list []comp.Line
	for _, l := range lines(p.s) {
		if l.Kind != comp.AdjustmentLine && (!earned(l) || !p.explained(l)) {
			list = append(list, l)
		}
	}
	for i, l := range list {
		if i == 0 {
			p.heading("Corrections and other lines", 18)
		} else {
			p.y += 2.5
			p.need(14)
		}
		p.correction(l, i+1 < len(list) && sameSteps(l, list[i+1]))
	}
}

// sameSteps says whether two corrections of one month differ in their cause alone: what is due now, which the steps
// after the first work out, is then the same.
func sameSteps(a, b comp.Line) bool {
	x, y := sentences(a), sentences(b)
	return a.Plan == b.Plan && a.Component == b.Component && a.For == b.For && len(x) > 1 && slices.Equal(x[1:], y[min(1, len(y)):])
}

// sentences are the steps of a line's working.
func sentences(l comp.Line) []string {
	if l.Working == "" {
		return nil
	}
	return strings.Split(l.Working, "; ")
}

// explained says whether a component above shows how the line came about.
func (p *sheet) explained(l comp.Line) bool {
	for i := range p.s.Components {
		if p.s.Components[i].Plan == l.Plan && p.s.Components[i].Component == l.Component {
			return true
		}
	}
	return false
}

// correction shows one line; with shared, its steps but for the first stand below the next line, which has the same.
func (p *sheet) correction(l comp.Line, shared bool) {
	title := fmt.Sprintf("Line %d: %s", l.Number, p.lineTitle(l))
	if !strings.Contains(title, l.For.Name()) && !strings.Contains(title, span(l.For)) {
		title += ", " + span(l.For)
	}
	if !strings.Contains(title, l.Cause) {
		title += " (" + l.Cause + ")"
	}
	p.text(p.left, p.y, p.width, "R", 9, true, ink, money(l.Amount))
	p.para(p.left, p.width-42, 9, true, ink, title)
	steps := sentences(l)
	if shared {
		steps = steps[:1]
	}
	p.steps(steps)
	p.credits(p.pick(l.Credits), "", fmt.Sprintf("line %d", l.Number), l.Number)
	if len(l.Credits) == 0 && !shared && !ofAccount(l) {
		p.para(p.left, p.width, 8, false, quiet, "The rows behind it: "+p.lookUp(l.Number))
	}
}

// notCounted are rows that concern the payee and wait for somebody to settle them.
func (p *sheet) notCounted() {
	held := p.x.held[p.s.Payee]
	g := grid{size: 8, columns: []gridColumn{{"Reference", 34, "L"}, {"What", 54, "L"}, {"Why it is held", 60, "L"}, {"Amount", 30, "R"}}}
	for _, h := range held {
		if h.Kind == "payee" {
			continue // said at the top
		}
		g.rows = append(g.rows, gridRow{cells: []string{h.Key, cmp.Or(h.Label, h.Table), h.Reason + refs(h.Findings), heldAmount(h.Amount)}})
	}
	if len(g.rows) == 0 {
		return
	}
	p.heading("Held: not counted until settled", 16)
	g.draw(p.canvas)
}

// refs names findings in brackets.
func refs(ids []string) string {
	if len(ids) == 0 {
		return ""
	}
	return " [" + strings.Join(ids, ", ") + "]"
}

// heldAmount groups the exact text of a held amount, which has its currency behind it.
func heldAmount(text string) string {
	number, currency, _ := strings.Cut(text, " ")
	n, err := comp.ParseExact(number)
	if err != nil {
		return text
	}
	return amount(comp.Amount{Number: n, Currency: comp.Currency(currency)})
}

// adjustments are what a person decided, with the reason and the name.
func (p *sheet) adjustments() {
	list := p.x.adjustments[p.s.Payee]
	if len(list) == 0 {
		return
	}
	p.heading("Adjustments", 16)
	g := grid{size: 8, columns: []gridColumn{{"Id", 22, "L"}, {"Reason", 66, "L"}, {"Evidence", 36, "L"}, {"Decided by", 26, "L"}, {"Amount", 30, "R"}}}
	for _, a := range list {
		g.rows = append(g.rows, gridRow{cells: []string{a.ID, a.Reason, a.Evidence, a.By, money(a.Amount)}})
	}
	g.draw(p.canvas)
}

// yearToDate is what was posted since January, this statement included.
func (p *sheet) yearToDate() {
	run := p.x.r.Run
	p.heading("Year to date", 8)
	year := comp.Period{Start: comp.Day(run.Period.Start.Time().Year(), 1, 1), End: run.Period.End}
	p.text(p.left, p.y, p.width-45, "L", 9, false, ink, "Paid by the statements of "+span(year)+", this one included")
	p.text(p.left, p.y, p.width, "R", 9, true, ink, money(p.s.YearToDate))
	p.y += 5
}

// about says by which plan, how to question a line, and what the numbers rest on.
func (p *sheet) about() {
	run := p.x.r.Run
	p.heading("Questions, plan and source", 26)
	if p.x.r.Question != "" {
		p.para(p.left, p.width, 9, true, ink, p.x.r.Question)
		p.y += 1.2
	}
	facts := [][2]string{{"Statement", p.s.ID}}
	for _, d := range byName(p.s.Plans) {
		facts = append(facts, [2]string{"Plan", d.Name + ", version " + cmp.Or(d.Version, "unnamed") + ", sha256 " + d.Digest})
	}
	facts = append(facts, [2]string{"Run", run.ID}, [2]string{"Data known", "up to " + day(run.KnownAt) + "; business date " + day(run.Business)},
		[2]string{"Made by", run.Program + ", request sha256 " + run.RequestDigest})
	if !run.Approved {
		facts = append(facts, [2]string{"Approval", "not approved"})
	}
	if p.unset {
		facts = append(facts, [2]string{"Letters", "A box stands for a letter that this document's font lacks; the employee id says who is meant."})
	}
	for _, f := range facts {
		p.need(4.2)
		p.text(p.left, p.y, 24, "L", 8, false, quiet, f[0])
		p.para(p.left+25, p.width-25, 8, false, ink, f[1])
	}
}
