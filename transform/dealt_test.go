package transform

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"carrot/transform/comp"
)

// dealCompany is newTiny whose refunds name their deal, and whose deals have an instant that orders them.
func dealCompany(t testing.TB) *tiny {
	c := newTiny(t)
	for i := range c.in.Contracts {
		x := &c.in.Contracts[i]
		switch x.Name() {
		case "crm.deals":
			x.Columns, x.Control = append(x.Columns[:len(x.Columns):len(x.Columns)], comp.Column{Name: "at", Type: comp.Instant, Zone: "Europe/Berlin"}), "amount"
		case "crm.refunds":
			x.Columns = append(x.Columns[:len(x.Columns):len(x.Columns)], comp.Column{Name: "deal", Type: comp.ID})
		}
	}
	for i := range c.in.Measures {
		for k := range c.in.Measures[i].Terms {
			switch t := &c.in.Measures[i].Terms[k]; t.Table {
			case "crm.deals":
				t.Order = "at"
			case "crm.refunds":
				t.Deal = "deal"
			}
		}
	}
	return c
}

// perDeal is tenPercent that pays each deal by itself.
var perDeal = comp.Component{ID: "commission", Measure: "sold", Per: "deal", Curve: comp.Curve{Kind: comp.RateCurve, Of: "value", Rate: comp.Scaled(10, 2)}}

// dealsText are a payee's deals as a component reads them.
func dealsText(t *testing.T, c *tiny, month, measure, payee string) (string, *assessment) {
	t.Helper()
	in, v := c.inputs(month), DefaultVerbs()
	in.Spill = &memorySpill{}
	a, err := assess(&in, &v, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := newSettler(&in, &v, a.company, a.part, a.grid, a.tally)
	whole := func(from comp.Currency, d comp.Date) (comp.Number, bool) {
		if from == "USD" {
			return comp.Scaled(5, 1), true
		}
		return comp.Int(1), from == "EUR" || from == ""
	}
	var out []string
	for i := range a.company.People {
		if a.company.People[i].ID != payee {
			continue
		}
		for _, d := range s.dealsIn(i, s.measures[measure], []comp.Period{period("2026-01-01", "2026-02-28")}, whole) {
			text := fmt.Sprintf("%s/%s %s %s of %s", d.table, d.key, d.day, d.value, d.whole)
			for _, r := range d.rows {
				text += " " + r.control.String()
			}
			out = append(out, text)
		}
	}
	return strings.Join(out, "\n"), a
}

// TestDealsKeptOnlyWhereRead keeps the rows of a measure that a component reads by deal, over every month that is
// recomputed, and of no other; in memory and spilled alike.
func TestDealsKeptOnlyWhereRead(t *testing.T) {
	for _, memory := range []int64{0, 1} {
		c := dealCompany(t)
		c.in.Memory = memory
		c.component(tenPercent)
		c.component(comp.Component{ID: "other", Measure: "net", Curve: comp.Curve{Kind: comp.RateCurve, Of: "value", Rate: comp.Int(1)}})
		c.give("crm.deals",
			cells{"D1", "ada", 60000, "EUR", "2026-01-10", 1768050000}, // 10 January, 14:00
			cells{"D2", "ada", 40000, "USD", "2026-01-10", 1768040000}, // three hours before
			cells{"D3", "ada", 10000, "EUR", "2026-02-10", nil},
			cells{"D4", "ada", 90000, "EUR", "2025-12-31", nil}, // before the first pay period
			cells{"D5", "bob", 50000, "EUR", "2026-01-11", nil},
			cells{"D6", "ada", 1000, "EUR", "2026-02-11", nil})
		c.give("crm.deals", cells{"D6", "ada", 2000, "EUR", "2026-02-11", nil}) // the newer row of its key counts
		c.give("crm.refunds", cells{"R1", "ada", 20000, "EUR", "2026-02-03", "D1"}, cells{"R2", "ada", 5000, "EUR", "2026-02-04", "D9"})
		if got, a := dealsText(t, c, "2026-02", "sold", "E1"); got != "" || a.tally.deals != nil {
			t.Fatalf("nothing reads deals, and yet they are kept: %s", got)
		}
		c.component(comp.Component{ID: "each", Measure: "sold", Per: "deal", Curve: perDeal.Curve})
		want := strings.Join([]string{"crm.deals/D2 2026-01-10 200 of 400 400 USD", "crm.deals/D1 2026-01-10 400 of 400 600 EUR 0",
			"crm.deals/D9 2026-02-04 -50 of -50 0", "crm.deals/D3 2026-02-10 100 of 100 100 EUR", "crm.deals/D6 2026-02-11 20 of 20 20 EUR"}, "\n")
		got, a := dealsText(t, c, "2026-02", "sold", "E1")
		if got != want {
			t.Errorf("memory %d: got\n%s\nwant\n%s", memory, got, want)
		}
		if got, _ := dealsText(t, c, "2026-02", "net", "E1"); got != "" {
			t.Errorf("nobody reads net by deal, and yet there is %s", got)
		}
		if spilled := a.tally.deals.file != ""; spilled != (memory > 0) {
			t.Errorf("memory %d: deals spilled %t", memory, spilled)
		}
	}
}

// TestDealsWithoutRoom stops a run whose deals cannot be written.
func TestDealsWithoutRoom(t *testing.T) {
	c := dealCompany(t)
	full := errors.New("no space left on device")
	c.in.Memory, c.in.Spill = 1, &memorySpill{fail: full}
	c.component(perDeal)
	c.give("crm.deals", cells{"D1", "ada", 60000, "EUR", "2026-01-10", nil}, cells{"D2", "ada", 60000, "EUR", "2026-01-10", nil})
	if _, _, err := Compute(c.inputs("2026-01"), nil); !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
}

// TestDealsOfFolds keeps the row that a fold takes, with its deal and instant, and not those that it passes over.
func TestDealsOfFolds(t *testing.T) {
	c := dealCompany(t)
	m := &c.in.Measures[3]
	m.Terms = append([]comp.Term(nil), m.Terms[:1]...)
	m.Terms[0].Fold = &comp.Fold{By: []string{"owner"}, Order: "at", Take: "last"}
	c.component(perDeal)
	c.give("crm.deals", cells{"D1", "ada", 60000, "EUR", "2026-01-10", 1768050000}, cells{"D2", "ada", 40000, "EUR", "2026-01-10", 1768040000},
		cells{"D3", "bob", 10000, "EUR", "2026-01-11", 1768050000})
	if got, _ := dealsText(t, c, "2026-01", "sold", "E1"); got != "crm.deals/D1 2026-01-10 600 of 600 600 EUR" {
		t.Errorf("got %s", got)
	}
	if got, want := totals(c.try("2026-01")), "60.00 EUR, 10.00 EUR, 0.00 USD"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
