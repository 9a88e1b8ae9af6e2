package reports

import (
	"cmp"
	"fmt"
	"strings"

	"carrot/transform/comp"
)

// sheet is one statement being set.
type sheet struct {
	*canvas
	x      *index
	s      *comp.Statement
	own    []comp.Credit // the payee's, as lines refer to them
	entity comp.LegalEntity

	listedRows map[string]string // where rows stand already, by their keys
}

// statementPDF sets one payee's statement: in the cut fonts, and in the whole ones where it has any other letter. Which of the
// two it is, is known once it is set; it is set first as the statement before was, since those of a run are much alike.
func statementPDF(x *index, s *comp.Statement) ([]byte, error) {
	own, err := x.r.Credits.Of(s.Payee)
	if err != nil {
		return nil, err
	}
	whole := x.uncommon.Load()
	c := setStatement(x, s, own, fontsFor(whole))
	if c.uncommon != whole {
		x.uncommon.Store(c.uncommon)
		c = setStatement(x, s, own, fontsFor(c.uncommon))
	}
	return c.bytes()
}

func setStatement(x *index, s *comp.Statement, own []comp.Credit, f fonts) *canvas {
	entity, ok := x.entities[s.Entity]
	if !ok {
		entity = comp.LegalEntity{ID: s.Entity, Name: x.r.Company}
	}
	p := &sheet{newCanvas(paper(entity.Country), f), x, s, own, entity, map[string]string{}}
	p.stamp(x.r.Run)
	period := x.r.Run.Period.Start.Time().Format("January 2006")
	p.pdf.SetTitle(clean("Compensation statement "+period+", "+s.Name), true)
	p.pdf.SetAuthor(clean(cmp.Or(entity.Name, x.r.Company)), true)
	p.pdf.SetSubject(clean("Statement "+s.ID+" of run "+x.r.Run.ID), true)
	p.pdf.SetCreator(clean(x.r.Run.Program), true)
	p.pdf.SetProducer("carrot", true)
	p.pdf.SetLang("en")
	p.newPage = p.masthead
	p.page()
	p.hero()
	p.heldReasons()
	p.lineTable()
	p.balances()
	p.inKind()
	p.basePay()
	p.difference()
	p.listed("What moved the score", "moved")
	p.notCounted()
	p.cases()
	p.toDo()
	p.listed("What customers said", "feedback")
	p.listed("Recognition", "recognition")
	p.part()
	p.components()
	p.corrections()
	p.adjustments()
	p.yearToDate()
	p.shadow()
	p.definitions()
	p.about()
	p.footers()
	return p.canvas
}

// masthead is on top of every page: who pays, what this is and, where it is not to be paid by, that.
func (p *sheet) masthead(*canvas) {
	run := p.x.r.Run
	right := "Compensation statement"
	if p.pdf.PageNo() > 1 {
		right = p.s.Name + " · " + p.s.Payee + " · " + run.Period.Start.Time().Format("January 2006")
	}
	p.band(right)
}

// band is the line on top of a page, and what warns of paying by it.
func (p *sheet) band(right string) {
	run := p.x.r.Run
	if run.Kind == comp.Preview {
		p.watermark("PREVIEW")
	}
	p.text(p.left, p.y, p.width*0.6, "L", 9, true, ink, cmp.Or(p.entity.Name, p.x.r.Company))
	p.text(p.left+p.width*0.4, p.y, p.width*0.6, "R", 9, false, quiet, right)
	p.y += 5.4
	p.box(p.left, p.y, p.width, 0.7, accent)
	p.y += 3
	if s := standing(run); s != "" {
		p.box(p.left, p.y, p.width, 6.4, warnBg)
		p.text(p.left, p.y+1.1, p.width, "C", 8.5, true, warnInk, s)
		p.y += 8.4
	}
	p.y += 1.5
}

// watermark is written under everything else, from corner to corner.
func (p *sheet) watermark(word string) {
	w, h := p.pdf.GetPageSize()
	p.pdf.TransformBegin()
	p.pdf.TransformRotate(52, w/2, h/2)
	p.text(0, h/2-lineHeight(120)/2, w, "C", 120, true, ghost, word)
	p.pdf.TransformEnd()
}

// hero says in large what is paid and when, beside who is paid.
func (p *sheet) hero() {
	top, half := p.y, p.width*0.5
	run := p.x.r.Run
	p.text(p.left, p.y, half-4, "L", 20, true, ink, run.Period.Start.Time().Format("January 2006"))
	p.y += 10.5
	for _, line := range p.wrap(clean(p.s.Name), half-4, 12.5, false) {
		p.put(p.left, p.y, half-4, "L", 12.5, false, ink, line)
		p.y += 6
	}
	p.y += 1.5
	for _, fact := range [][2]string{{"Employee id", p.s.Payee}, {"Payroll number", p.s.PayrollNumber}, {"Department", p.s.Department},
		{"Job", p.s.Job}, {"Manager", p.s.Manager}, {"Legal entity", p.s.Entity}} {
		if fact[1] == "" {
			continue
		}
		p.text(p.left, p.y, 26, "L", 8.5, false, quiet, fact[0])
		lines := p.wrap(clean(fact[1]), half-32, 8.5, false)
		for _, line := range lines {
			p.put(p.left+27, p.y, half-32, "L", 8.5, false, ink, line)
			p.y += 4.4
		}
	}
	p.y = max(p.y, p.amountBox(p.left+half, top, half)) + 1
}

// amountBox is the one number that everybody looks for; it returns where it ends.
func (p *sheet) amountBox(x, y, w float64) float64 {
	const h = 35
	back, k, word := wash, ink, "You are paid"
	when := "on " + day(p.x.r.Run.PayDate)
	switch {
	case len(p.s.HeldFor) > 0:
		back, k, word = warnBg, warnInk, "Your pay is held. Paid now"
		when = "Held until settled: " + money(heldTotal(p.s))
	case p.x.r.Run.Kind == comp.Preview:
		word, when = "You would be paid", "on "+day(p.x.r.Run.PayDate)+", as things stand on "+day(p.x.r.Run.KnownAt)
	case p.s.Total.Minor < 0:
		word, when = "Your balance is below zero", "Payroll settles it with you, from "+day(p.x.r.Run.PayDate)
	case p.s.HeldTotal.Minor != 0:
		when += "; held for now: " + money(heldTotal(p.s))
	}
	p.box(x, y, w, h, back)
	p.box(x, y, 1, h, accent)
	p.text(x+6, y+4.5, w-12, "L", 9.5, false, quiet, word)
	p.text(x+6, y+10.2, w-12, "L", 27, true, k, money(p.s.Total))
	p.text(x+6, y+24.2, w-12, "L", 9.5, false, k, when)
	if p.s.PayCode != "" {
		p.text(x+6, y+29, w-12, "L", 8, false, quiet, "Pay code "+p.s.PayCode)
	}
	return y + h
}

// heldReasons tell a payee whose pay is held why, before anything else.
func (p *sheet) heldReasons() {
	if len(p.s.HeldFor) == 0 {
		return
	}
	p.heading("Why your pay is held", 14)
	p.para(p.left, p.width, 9, false, ink, "Something in the data has to be settled by a person first. Nothing is lost: what is due is paid "+
		"as its own line once it is settled.")
	p.y += 1
	p.findingTable(p.s.HeldFor)
}

// findingTable shows findings by id: what is wrong and what somebody does about it.
func (p *sheet) findingTable(ids []string) {
	g := grid{size: 8, columns: []gridColumn{{"Finding", 31, "L"}, {"What is wrong", 78, "L"}, {"What settles it", 58, "L"}}}
	for _, id := range ids {
		f, ok := p.x.findings[id]
		if !ok {
			g.rows = append(g.rows, gridRow{cells: []string{id, "see the Findings sheet", ""}})
			continue
		}
		g.rows = append(g.rows, gridRow{cells: []string{id, f.Message, cmp.Or(f.Waived, f.Hint)}})
	}
	g.draw(p.canvas)
}

// lineTable lists the signed entries that make up the amount; their numbers are what a question names.
func (p *sheet) lineTable() {
	p.heading("What it is made of", 16)
	if len(p.s.Lines) == 0 {
		p.para(p.left, p.width, 9, false, quiet, "This statement has no lines.")
		return
	}
	g := grid{size: 8.5, columns: []gridColumn{{"Line", 10, "L"}, {"For", 74, "L"}, {"Kind", 34, "L"}, {"Clause", 18, "L"}, {"Month", 24, "L"}, {"Amount", 34, "R"}}}
	for _, l := range lines(p.s) {
		kind := string(l.Kind)
		if l.Cause != "" {
			kind += ": " + l.Cause
		}
		g.rows = append(g.rows, gridRow{cells: []string{fmt.Sprint(l.Number), p.lineTitle(l), kind, l.Clause, l.For.Start.Time().Format("Jan 2006"), money(l.Amount)}})
	}
	g.rows = append(g.rows, gridRow{cells: []string{"", "Paid now", "", "", "", money(p.s.Total)}, strong: true})
	g.draw(p.canvas)
}

// lineTitle is what a line is called.
func lineTitle(l comp.Line) string { return cmp.Or(l.Title, l.Component, string(l.Kind)) }

// lineTitle says of a correction which component it corrects, where its own title does not.
func (p *sheet) lineTitle(l comp.Line) string {
	title := lineTitle(l)
	if l.Kind != comp.TrueUp && l.Kind != comp.ReleaseLine {
		return title
	}
	for i := range p.s.Components {
		c := &p.s.Components[i]
		if c.Plan == l.Plan && c.Component == l.Component && !strings.Contains(title, c.Title) {
			return title + " · " + c.Title
		}
	}
	return title
}

// difference sets this month beside the last one, component by component.
func (p *sheet) difference() {
	prev := p.s.Previous
	if prev == nil {
		return
	}
	now := p.x.r.Run.Period.Start.Time().Format("January 2006")
	p.heading("Why it differs from "+prev.Period.Start.Time().Format("January 2006"), 16)
	g := grid{size: 8.5, columns: []gridColumn{{"Component", 76, "L"}, {prev.Period.Start.Time().Format("January 2006"), 34, "R"}, {now, 34, "R"}, {"Change", 34, "R"}}}
	restBefore, restNow := prev.Total, p.s.Total
	row := func(title string, before, after comp.Money) gridRow {
		return gridRow{cells: []string{title, money(before), money(after), change(before, after)}}
	}
	for _, d := range prev.ByComponent {
		g.rows = append(g.rows, row(cmp.Or(d.Title, d.Component), d.Before, d.Now))
		restBefore, restNow = minus(restBefore, d.Before), minus(restNow, d.Now)
	}
	if restBefore.Minor != 0 || restNow.Minor != 0 {
		g.rows = append(g.rows, row("Everything else: corrections, adjustments, held pay", restBefore, restNow))
	}
	total := row("Total", prev.Total, p.s.Total)
	total.strong = true
	g.rows = append(g.rows, total)
	g.draw(p.canvas)
}

// minus takes b from a; amounts of two currencies are left apart.
func minus(a, b comp.Money) comp.Money {
	d, err := a.Plus(b.Neg())
	if err != nil {
		return a
	}
	return d
}

// change is now less before, with its sign; a payee whose currency of pay changed has no such number.
func change(before, now comp.Money) string {
	d, err := now.Plus(before.Neg())
	if err != nil {
		return "other currency"
	}
	return signed(d)
}

// basePay is for information: it is not paid by this statement.
func (p *sheet) basePay() {
	if p.s.BasePay == "" {
		return
	}
	p.y += 3
	p.para(p.left, p.width, 8.5, false, quiet, "Base pay, for information: "+p.s.BasePay+". It is paid by payroll as always and is not part of the amount above.")
}

// footers need the number of pages, so they come last.
func (p *sheet) footers() {
	run, n := p.x.r.Run, p.pdf.PageCount()
	left := "Run " + run.ID
	if s := standing(run); s != "" {
		left += " · " + strings.ToLower(s)
	}
	for i := 1; i <= n; i++ {
		p.pdf.SetPage(i)
		p.size = 0
		y := p.bottom + 5
		p.rule(p.left, y, p.width, 0.2, hair)
		p.text(p.left, y+1.6, p.width*0.75, "L", 7.5, false, quiet, left)
		p.text(p.left, y+1.6, p.width, "R", 7.5, false, quiet, fmt.Sprintf("Page %d of %d", i, n))
	}
}
