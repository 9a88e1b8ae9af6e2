package reports

import (
	"fmt"

	"carrot/transform/comp"
)

// shownRows and shownAnswers are the most rows behind a number that a statement lists, the latest ones: of what was credited, and of
// what was met or not.
const (
	shownRows    = 15
	shownAnswers = 12
)

// credits list the rows behind a number, or say where the same rows are listed. Answers given in confidence are counted only.
func (p *sheet) credits(all []comp.Credit, unit, title string, line int) {
	var open []comp.Credit
	sealed := 0
	for _, c := range all {
		if c.Sealed {
			sealed++
		} else {
			open = append(open, c)
		}
	}
	p.y += 1.5
	if sealed > 0 {
		p.para(p.left, p.width, 8, false, quiet, plural(sealed, "answer")+" given in confidence; they are counted above and never shown one by one.")
	}
	if len(open) == 0 {
		return
	}
	keys, counted := "", unit != "share"
	for _, c := range open {
		keys += c.Table + "\n" + c.Key + "\n"
		counted = counted && c.Credited.Number.Cmp(comp.Int(1)) == 0
	}
	if before := p.listedRows[keys]; before != "" && counted { // a list of ones says no more
		p.para(p.left, p.width, 8, false, quiet, "The "+plural(len(open), "row")+" behind it: those listed for "+before+".")
		return
	}
	p.listedRows[keys] = title
	g := p.creditGrid(open, unit)
	g.draw(p.canvas)
	if rest := len(open) - len(g.rows); rest > 0 {
		p.y += 1
		text := fmt.Sprintf("The latest %s of %s. The other %s are in the table credits of run %s; payroll gives them to you on request.",
			plural(len(g.rows), "row"), count(int64(len(open))), count(int64(rest)), p.x.r.Run.ID)
		if line > 0 {
			text += " Payroll types: " + p.lookUp(line)
		}
		p.para(p.left, p.width, 8, false, quiet, text)
	}
}

// creditGrid is the table of credits: with money value, share and what was credited; with yes or no where that is the
// question; else with the plain value.
func (p *sheet) creditGrid(open []comp.Credit, unit string) grid {
	g := grid{size: 7.6, tight: true, columns: []gridColumn{{"Date", 20, "L"}, {"Reference", 34, "L"}, {"What", 62, "L"}}}
	yes, most := unit == "share", shownRows
	if yes {
		most = shownAnswers
		g.columns = []gridColumn{{"Date", 20, "L"}, {"Reference", 76, "L"}, {"What", 82, "L"}, {"Met", 14, "R"}}
	} else {
		g.columns = append(g.columns, gridColumn{"Value", 30, "R"}, gridColumn{"Share", 16, "R"}, gridColumn{"Credited", 30, "R"})
	}
	for _, c := range open[max(0, len(open)-most):] {
		cells := []string{c.Date.String(), c.Key, c.Label}
		switch {
		case yes && c.Hit:
			cells = append(cells, "yes")
		case yes:
			cells = append(cells, "no")
		default:
			cells = append(cells, amount(c.Value), exact(c.Share.Mul(comp.Int(100)), 0)+" %", amount(c.Credited))
		}
		g.rows = append(g.rows, gridRow{cells: cells})
	}
	return g
}
