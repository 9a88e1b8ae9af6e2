package reports

import (
	"cmp"
	"strings"

	"carrot/transform/comp"
)

// earned says whether a line is what a component of the plan gives in this period.
func earned(l comp.Line) bool { return l.Kind == comp.Earning || l.Kind == comp.AwardLine }

// ofAccount says whether a line moves an account: no rows stand behind it but those of what was earned.
func ofAccount(l comp.Line) bool {
	switch l.Kind {
	case comp.DrawLine, comp.RecoveryLine, comp.ClawbackLine, comp.LegalLine, comp.CapLine:
		return true
	case comp.ReleaseLine:
		return l.Cause == ""
	}
	return false
}

// accounts are what the accounts of a statement are called.
var accounts = map[string]string{"carry": "Carried above the cap", "hold": "Held until an event", "clawback": "Taken back, still due", "draw": "Advanced, to be recovered"}

// balances open and close the payee's accounts, and say what held pay waits for.
func (p *sheet) balances() {
	if len(p.s.Balances) == 0 {
		return
	}
	p.heading("Balances", 18)
	g := grid{size: 8.5, columns: []gridColumn{{"Account", 74, "L"}, {"Opening", 24, "R"}, {"In", 24, "R"}, {"Out", 24, "R"}, {"Written off", 24, "R"}, {"Closing", 28, "R"}}}
	for _, b := range p.s.Balances {
		title := cmp.Or(accounts[b.Account], b.Account)
		if name, _, _ := strings.Cut(b.Title, ", "+b.Account); b.Account != "draw" && b.Component != "cap" && name != "" {
			title += ": " + name
		}
		g.rows = append(g.rows, gridRow{cells: []string{title, money(b.Open), money(b.In), money(b.Out), money(b.WrittenOff), money(b.Close)}})
		if len(b.Reasons) > 0 {
			g.rows = append(g.rows, gridRow{cells: []string{strings.Join(b.Reasons, "; "), "", "", "", "", ""}, quiet: true})
		}
	}
	g.draw(p.canvas)
}

// inKind is what was given that is no money: told, taxed, and not part of the amount above.
func (p *sheet) inKind() {
	if len(p.s.InKind) == 0 {
		return
	}
	p.heading("Given in kind", 16)
	g := grid{size: 8.5, columns: []gridColumn{{"What", 90, "L"}, {"Clause", 20, "L"}, {"Value", 34, "R"}, {"With the tax borne", 34, "R"}}}
	for _, k := range p.s.InKind {
		g.rows = append(g.rows, gridRow{cells: []string{k.What, k.Clause, money(k.Value), money(k.Gross)}})
	}
	g.draw(p.canvas)
}

// legal says which legal rules were looked at, and where none is configured. Without rules there is no such section.
func (p *page) legal(r *comp.Result) {
	if len(r.Legal) == 0 {
		return
	}
	p.section("LEGAL RULES (rule, legal entity, state)")
	var rows [][]string
	for _, c := range r.Legal {
		rows = append(rows, []string{cmp.Or(oneLine(c.Rule), "-"), oneLine(c.Entity), oneLine(c.State)})
	}
	p.table(rows, "none")
}

// exclusions are the rows that no plan pays, by the clause that excludes them.
func (p *page) exclusions(r *comp.Result) {
	if len(r.Exclusions) == 0 {
		return
	}
	p.section("EXCLUDED ROWS BY CLAUSE (table, rows, sums, reason, clause)")
	var rows [][]string
	for _, x := range r.Exclusions {
		var sums []string
		for _, s := range x.Sums {
			sums = append(sums, amount(s))
		}
		rows = append(rows, []string{oneLine(x.Table), ">" + count(x.Rows), ">" + strings.Join(sums, ", "), oneLine(x.Reason), oneLine(x.Clause)})
	}
	p.table(rows, "none")
}
