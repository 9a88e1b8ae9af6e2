package jobs

import (
	"fmt"
	"regexp"
	"strings"

	"carrot/config"
	"carrot/transform/comp"
)

// What generated plans say of currencies, of where cents are made, of pay in kind and of costs; and the law that people come
// under.

// plangenLegal are the rules of the generated company: which of them somebody comes under, the attribute law says.
const plangenLegal = `legal: minimum_de
title: Minimum
country: DE
where: 'law == "minimum"'
rule: minimum
source: a law
values:
  - {from: 2020-01-01, rate: "2.5"}
  - {from: 2024-02-10, rate: "2.75", times: "1.5"}
---
legal: overtime_de
title: Overtime
country: DE
where: 'law == "overtime"'
rule: overtime
source: a law
values:
  - {from: 2020-01-01, hours: "38.5", divisor: "2"}
---
legal: overtime_jp
title: Overtime
country: JP
where: 'law == "overtime" || law == "minimum"'
rule: overtime
source: a law
values:
  - {from: 2024-01-01, hours: "40", divisor: "3"}
---
legal: floor_de
title: Floor
country: DE
where: 'law == "floor"'
rule: floor
source: a law
values:
  - {from: 2020-01-01, EUR: "250"}
  - {from: 2024-03-01, EUR: "300.01"}
---
legal: floor_us
title: Floor
country: US
where: 'law == "floor" || law == "free"'
rule: floor
source: a law
values:
  - {from: 2020-01-01, USD: "150"}
---
legal: free_us
title: Nothing is owed afterwards
country: US
where: 'law == "free" || law == "overtime"'
rule: no_recovery
source: a law
---
legal: gross
title: Tax that is borne
country: DE
rule: gross_up
source: a law
values:
  - {from: 2020-01-01, rate: "29.65%"}
  - {from: 2024-03-01, rate: "33.3333%"}
`

var inEachCurrency = regexp.MustCompile(`\{EUR: "([0-9.]+)", USD: "[0-9.]+", JPY: "[0-9.]+"\}`)

// planOfAll is the text of one generated plan that may say everything that plans can say.
func (d dice) planOfAll(n int) string {
	versions := strings.Split(d.versions(n, false), "---\n")
	for i, text := range versions {
		text += d.held()
		if d.chance(40) {
			text = strings.Replace(text, "on: accepted", "on: cash", 1)
		}
		versions[i] = d.sayMoney(text)
	}
	return strings.Join(versions, "---\n")
}

// held is a component whose deals wait for something or may be taken back, or one that shares a budget; or none.
func (d dice) held() string {
	c := component{dice: d, Builder: &strings.Builder{}}
	head := "  - id: %s\n    title: Held\n    clause: h\n    measure: booked\n    every: month\n    curve: %s\n"
	curve := d.one(`{kind: rate, of: value, rate: "5%"}`, `{kind: marginal, of: value, edge: "[lo,hi)", bands: [{from: "0", to: "5000", pays: "3.33%"}, {from: "5000", pays: "7.5%"}]}`)
	switch d(4) {
	case 1:
		fmt.Fprintf(&c, head+"    release: %s\n", "held", curve, c.release())
	case 2:
		fmt.Fprintf(&c, head+"    clawback: %s\n", "held", curve, c.clawback())
	case 3:
		fmt.Fprintf(&c, head+"    per: deal\n    budget: %s\n", "spiff", `{kind: rate, of: value, rate: "5%"}`, c.budget())
	}
	return c.String()
}

// sayMoney adds to a version what it says of money.
func (d dice) sayMoney(text string) string {
	if d.chance(25) {
		text += fmt.Sprintf("  - id: prize\n    title: Prize\n    clause: p\n    measure: %s\n    every: %s\n    curve: {kind: %s}\n    prorate: none\n    award: {what: Weekend, value: %s%s}\n",
			d.one("units", "units", "booked"), d.one("month", "quarter"), d.one(`steps, of: value, edge: "[lo,hi)", bands: [{from: "0", to: "2", pays: "0%"}, {from: "2", to: "5", pays: "100%"}, {from: "5", pays: "150%"}]`,
				`interpolate, of: value, points: [{at: "0", pays: "0%"}, {at: "7", pays: "133%"}]`), d.money(10000, 33333), d.one("", ", gross_up: gross"))
	}
	if d.chance(25) {
		months := d.one("36", "12", "7", "24")
		cost := "{months: " + months + d.one("", `, fringe: "7.65%"`) + d.one("", ", benefit: 60", ", benefit: 60, renewals: commensurate", ", benefit: 5") + d.one("", ", ends: refunded") + "}"
		text += fmt.Sprintf("  - id: account\n    title: Account\n    clause: a\n    measure: %s\n    every: month\n    curve: %s\n    cost: %s\n", d.one("booked", "netted_sold"),
			d.one(`{kind: rate, of: value, rate: "5%"}`, `{kind: marginal, of: value, edge: "[lo,hi)", bands: [{from: "0", to: "5000", pays: "5%"}, {from: "5000", pays: "7.5%"}]}`), cost)
	}
	head := ""
	if d.chance(25) {
		head += "round_at: " + d.one("deal", "plan") + "\n"
	}
	if d.chance(40) {
		head += fmt.Sprintf("fx: {credit: %s, pay: %s}\n", d.one("daily", "plan", "average", "closing"), d.one("payday", "plan", "average", "closing"))
	}
	if d.chance(30) {
		currency := d.one("EUR", "USD")
		head += "currency: " + currency + "\n"
		text = inEachCurrency.ReplaceAllString(text, "{"+currency+`: "$1"}`)
		text = strings.ReplaceAll(text, "{EUR: ", "{"+currency+": ")
	}
	return strings.Replace(text, "components:\n", head+"components:\n", 1)
}

// worldOfAll is a world for plans that say everything: with rates of every kind, cash that comes in parts, a law for each
// person, and hours.
func (d dice) worldOfAll(plans int) config.Example {
	e := d.world(plans)
	first, _ := comp.ParseMonth(e.First)
	for i := range e.People {
		if d.chance(60) {
			e.People[i].Attrs = append(e.People[i].Attrs, config.ExampleAttr{Name: "law", Value: d.one("minimum", "overtime", "floor", "free")})
		}
	}
	d.otherRates(&e, first.Start)
	d.cash(&e)
	for _, p := range e.People {
		for week := first.Start + comp.Date(d(10)); d.chance(70) && week < first.Start+100; week += 7 {
			n, _ := comp.ParseExact(d.one("40", "48", "20.5", "38.51"))
			e.Hours = append(e.Hours, config.ExampleHours{Payee: p.ID, Week: week, Known: comp.NoDate, Hours: n})
		}
	}
	return e
}

func (d dice) otherRates(e *config.Example, first comp.Date) {
	for _, kind := range []string{"plan", "average"} {
		for _, at := range []comp.Date{comp.Day(2022, 1, 1), first + 31} {
			for _, r := range [][3]string{{"EUR", "USD", "1.05"}, {"USD", "EUR", "0.93"}, {"EUR", "JPY", "150"}, {"USD", "JPY", "140.5"}, {"JPY", "EUR", "0.0065"}, {"JPY", "USD", "0.007"}} {
				if d.chance(97) {
					n, _ := comp.ParseExact(r[2] + d.one("", "1"))
					if !strings.Contains(r[2], ".") {
						n, _ = comp.ParseExact(r[2])
					}
					e.FX = append(e.FX, config.ExampleRate{Date: at, Known: comp.NoDate, From: comp.Currency(r[0]), To: comp.Currency(r[1]), Rate: n, Kind: kind})
				}
			}
		}
	}
}

// cash comes for deals in parts, now and then more than the deal or back again.
func (d dice) cash(e *config.Example) {
	for _, t := range e.Tables {
		if t.Table.Name != "crm.deals" {
			continue
		}
		seen := map[string]bool{}
		for _, r := range t.Rows {
			var id, amount, at string
			for _, cell := range r.Cells {
				switch cell.Column {
				case "id":
					id = cell.Text
				case "amount":
					amount = cell.Text
				case "booked_at":
					at = cell.Text[:10]
				}
			}
			if seen[id] {
				continue
			}
			seen[id] = true
			day, _ := comp.ParseDate(at)
			for range d(3) {
				var whole, cents int
				if _, err := fmt.Sscanf(amount, "%d.%d", &whole, &cents); err != nil {
					panic(err)
				}
				n, _ := comp.ParseExact(fmt.Sprintf("%d.%02d", []int{whole / 2, whole / 4, whole, -whole / 5}[d(4)], cents))
				day += comp.Date(d(50))
				e.Events = append(e.Events, config.ExampleEvent{Of: id, Event: "cash", On: day, Known: comp.NoDate, Amount: &n})
			}
		}
	}
}
