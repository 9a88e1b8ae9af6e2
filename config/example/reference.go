package example

import (
	"fmt"
	"io"
	"math/big"
	"strings"

	"carrot/config/example/truth"
	"carrot/transform/comp"
)

// login is the number of an account, which is made on first use.
func (g *generator) login(system, name string) int32 {
	key := [2]string{system, name}
	if i, ok := g.logins[key]; ok {
		return i
	}
	i := int32(len(g.world.Logins))
	g.world.Logins = append(g.world.Logins, truth.Login{System: system, Name: name})
	g.logins[key] = i
	return i
}

func (g *generator) own(system, name string, person int, from, to comp.Date) {
	l := &g.world.Logins[g.login(system, name)]
	l.Owners = append(l.Owners, truth.Owner{Person: person, From: from, To: to})
}

// loginOf is a person's own account in a system.
func (g *generator) loginOf(system string, person int) int32 {
	if system == systemTickets {
		return g.login(system, g.staff[person].shown)
	}
	return g.login(system, g.world.People[person].Email)
}

// crosswalk gives everybody in Sales and Customer Service accounts from their first day there. They outlive their owner's
// employment, as accounts do.
func (g *generator) crosswalk() {
	for i := range g.world.People {
		p := &g.world.People[i]
		for n, j := range p.Jobs {
			if n > 0 && j.Department == p.Jobs[n-1].Department {
				continue
			}
			switch j.Department {
			case departmentSales:
				g.own(systemSales, p.Email, i, j.Effective, comp.NoDate)
			case departmentCare:
				g.own(systemTickets, g.staff[i].shown, i, j.Effective, comp.NoDate)
				g.own(systemSurveys, p.Email, i, j.Effective, comp.NoDate)
			}
		}
	}
	if g.has(planDeskAfter, 6) {
		g.own(systemTickets, deskLogin, planDeskBefore, first, comp.Day(2025, 7, 16))
		g.own(systemTickets, deskLogin, planDeskAfter, comp.Day(2025, 7, 17), comp.NoDate)
		g.staff[planDeskBefore].desk, g.staff[planDeskAfter].desk = true, true
		g.plant(truth.KindSharedLogin, "zendesk.tickets", deskLogin, 6, 6, "changes hands on 2025-07-17", planDeskBefore, planDeskAfter)
	}
}

// rates draws one rate a month for each pair; the dollar's is not the exact inverse of the euro's, as published ones are
// not.
func (g *generator) rates() {
	for k := 0; k < g.size.Months; k++ {
		c := g.about('X', k)
		eurusd := int64(1_040_000 + c.below(120_000))
		chfeur := int64(1_030_000 + c.below(50_000))
		gbpeur := int64(1_150_000 + c.below(50_000))
		for _, r := range []struct {
			from, to comp.Currency
			millions int64
		}{
			{"EUR", "USD", eurusd}, {"USD", "EUR", 1_000_000_000_000 / eurusd}, {"CHF", "EUR", chfeur}, {"CHF", "USD", chfeur * eurusd / 1_000_000},
			{"GBP", "EUR", gbpeur}, {"GBP", "USD", gbpeur * eurusd / 1_000_000},
		} {
			g.world.Rates = append(g.world.Rates, truth.Rate{Date: g.starts[k], From: r.from, To: r.to,
				Text: fmt.Sprintf("%d.%06d", r.millions/1_000_000, r.millions%1_000_000), Value: big.NewRat(r.millions, 1_000_000)})
		}
	}
}

// quotas gives every seller a number for each month, about what a seller delivers, and for the one after the last, which
// previews show.
func (g *generator) quotas() {
	sellers := len(g.sellers[0]) + len(g.sellers[1])
	for i := range g.world.People {
		p := &g.world.People[i]
		sells := false
		for _, list := range g.sellers {
			for _, s := range list {
				sells = sells || s == i
			}
		}
		if !sells {
			continue
		}
		c := g.about('Q', i)
		monthly := g.size.Deals * 4500 / g.size.Months / sellers * (80 + c.below(35)) / 100
		monthly = max(1, monthly*int(p.Jobs[0].FTE)/100/500) * 500
		if p.Currency == "USD" {
			monthly = monthly * 108 / 100
		}
		for k := 0; k <= g.size.Months; k++ {
			amount := monthly
			if k >= 12 {
				amount = monthly * 106 / 100
			}
			g.world.Quotas = append(g.world.Quotas, truth.Quota{Person: i, Month: k, Minor: int64(amount) * 100})
		}
	}
}

func (g *generator) adjust() {
	if g.has(planSeller, 5) {
		g.world.Adjustments = []truth.Adjustment{{Payee: g.world.People[planSeller].ID, Month: "2025-06", Minor: 25000, Currency: "EUR"}}
	}
}

// reference writes the small tables that somebody keeps by hand.
func (g *generator) reference(put func(string, func(io.Writer) error) error) error {
	day := func(d comp.Date) string { return d.String() }
	lines := map[string][]string{
		"reference/crosswalk.csv": {"system,login,employee_id,from,to"},
		"reference/fx.csv":        {"date,from,to,rate"},
		"reference/quotas.csv":    {"employee_id,name,from,to,amount,currency"},
	}
	for _, l := range g.world.Logins {
		for _, o := range l.Owners {
			lines["reference/crosswalk.csv"] = append(lines["reference/crosswalk.csv"],
				strings.Join([]string{l.System, l.Name, g.world.People[o.Person].ID, day(o.From), day(o.To)}, ","))
		}
	}
	for _, r := range g.world.Rates {
		lines["reference/fx.csv"] = append(lines["reference/fx.csv"], strings.Join([]string{day(r.Date), string(r.From), string(r.To), r.Text}, ","))
	}
	for _, q := range g.world.Quotas {
		p := &g.world.People[q.Person]
		lines["reference/quotas.csv"] = append(lines["reference/quotas.csv"], fmt.Sprintf("%s,revenue,%s,%s,%d.%02d,%s",
			p.ID, g.starts[q.Month], g.starts[q.Month].AddMonths(1)-1, q.Minor/100, q.Minor%100, p.Currency))
	}
	for _, name := range []string{"reference/crosswalk.csv", "reference/fx.csv", "reference/quotas.csv"} {
		err := put(name, func(w io.Writer) error {
			_, err := io.WriteString(w, strings.Join(lines[name], "\n")+"\n")
			return err
		})
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}
