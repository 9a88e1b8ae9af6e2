package transform

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carrot/transform/comp"
)

// kinds gives rates of a kind: day, from, to, rate in ten-thousandths.
func (c *tiny) kinds(kind string, rows ...cells) {
	c.t.Helper()
	c.in.Contracts = append(slices.Clone(c.in.Contracts), comp.Contract{Source: "ref", Table: kind, Mode: comp.Snapshot, Cause: "fx", Columns: []comp.Column{{Name: "day", Type: comp.DateType},
		{Name: "from", Type: comp.Category}, {Name: "to", Type: comp.Category}, {Name: "rate", Type: comp.Decimal, Scale: 4}}})
	c.in.Mapping.FX = append(slices.Clone(c.in.Mapping.FX), comp.FXMap{Table: "ref." + kind, Date: "day", FromCurrency: "from", ToCurrency: "to", Rate: "rate", KindIs: kind})
	c.give("ref."+kind, rows...)
}

// newKinds is a plan of EUR that pays Ada in EUR and Cleo in USD: one USD is 0.50 EUR at closing, 0.80 by the plan and 0.70 on
// average; one EUR is 2.00 USD, from 20 February 1.50, 1.25 by the plan and 1.70 on average.
func newKinds(t testing.TB, use comp.FXUse) *tiny {
	c := newTiny(t)
	c.give("ref.fx", cells{"2025-12-01", "USD", "EUR", 5000}, cells{"2025-12-01", "EUR", "USD", 20000}, cells{"2026-02-20", "EUR", "USD", 15000})
	c.kinds("plan", cells{"2026-01-01", "USD", "EUR", 8000}, cells{"2026-01-01", "EUR", "USD", 12500})
	c.kinds("average", cells{"2026-01-01", "USD", "EUR", 7000}, cells{"2026-01-01", "EUR", "USD", 17000})
	c.in.Plans[0].Currency, c.in.Plans[0].FX = "EUR", use
	return c
}

// TestDailyRates: each day's money is turned by the rate of that day: 1,000 USD at 0.50 and 1,000 at 0.60 are 1,100 EUR, and
// the company's own revenue likewise.
func TestDailyRates(t *testing.T) {
	c := newKinds(t, comp.FXUse{Credit: "daily"})
	c.give("ref.fx", cells{"2025-12-01", "USD", "EUR", 5000}, cells{"2026-01-16", "USD", "EUR", 6000}, cells{"2026-01-31", "USD", "EUR", 9000}, cells{"2025-12-01", "EUR", "USD", 20000})
	c.component(tenPercent)
	x := tenPercent
	x.ID, x.Measure = "pool", "everybody"
	c.component(x)
	c.give("crm.deals", tinyDeal("D1", "ada", 100000, "USD", "2026-01-15"), tinyDeal("D2", "ada", 100000, "USD", "2026-01-16"), tinyDeal("D3", "bob", 10000, "EUR", "2026-01-20"))
	r := c.close("2026-01")
	if diff := cmp.Diff(map[string]string{"commission": "110.00", "pool": "120.00"}, amounts(r, "E1")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	said := "Sold: 1,000.00 USD × 0.5 (daily rate of 15 January 2026) + 1,000.00 USD × 0.6 (daily rate of 16 January 2026) = 1,100.00 EUR (n = 2)"
	if got := result(t, r, "commission").Working; got[0] != said {
		t.Errorf("said %q", got)
	}
	if got := r.Statements[0].Lines[0].Series; got != "sold|E1|2026-01-01|2026-01-31" {
		t.Errorf("the line is about %q", got)
	}
}

// TestRatesOfCredits: 1,000 USD are 500, 800 or 700 EUR, of which 10 % are paid.
func TestRatesOfCredits(t *testing.T) {
	for kind, want := range map[string]string{"": "50.00 EUR", "closing": "50.00 EUR", "plan": "80.00 EUR", "average": "70.00 EUR"} {
		for _, currency := range []comp.Currency{"", "EUR"} { // Ada is paid in EUR whether the plan says so or not
			c := newKinds(t, comp.FXUse{Credit: kind})
			c.in.Plans[0].Currency = currency
			c.component(tenPercent)
			c.give("crm.deals", tinyDeal("D1", "ada", 100000, "USD", "2026-01-15"))
			r := c.close("2026-01")
			if got := total(r, "E1"); got != want {
				t.Errorf("credit %q: %s, want %s", kind, got, want)
			}
			if said := "Sold: 1,000.00 USD × 0.8 (plan rate of 31 January 2026) = 800.00 EUR (n = 1)"; kind == "plan" && !slices.Contains(result(t, r, "commission").Working, said) {
				t.Errorf("%q is not said: %q", said, result(t, r, "commission").Working)
			}
		}
	}
}

// TestRatesOfPay: Cleo's 1,000 USD are 800 EUR by the plan's rate, and 80 EUR are paid in USD at closing, by the plan's rate, on
// average, or by the rate of payday, 25 February. The one rounding is in USD.
func TestRatesOfPay(t *testing.T) {
	for kind, want := range map[string]string{"": "160.00 USD", "closing": "160.00 USD", "plan": "100.00 USD", "average": "136.00 USD", "payday": "120.00 USD"} {
		c := newKinds(t, comp.FXUse{Credit: "plan", Pay: kind})
		c.component(tenPercent)
		c.give("crm.deals", tinyDeal("D1", "cleo", 100000, "USD", "2026-01-15"), tinyDeal("D2", "ada", 100000, "EUR", "2026-01-15"))
		r := c.close("2026-01")
		if got := total(r, "E3"); got != want {
			t.Errorf("pay %q: %s, want %s", kind, got, want)
		}
		if got := total(r, "E1"); got != "100.00 EUR" {
			t.Errorf("pay %q: Ada is paid in the plan's currency, and gets %s", kind, got)
		}
		said := []string{"Sold: 1,000.00 USD × 0.8 (plan rate of 31 January 2026) = 800.00 EUR (n = 1)", "800.00 EUR × 10 % = 80.00 EUR",
			"80.00 EUR × 1.5 (payday rate of 25 February 2026) = 120.00 USD", "Rounded half away from zero: 120.00 USD"}
		if got := r.Statements[2].Components[0].Working; kind == "payday" && !slices.Equal(got, said) {
			t.Errorf("said %q", got)
		}
	}
	c := newKinds(t, comp.FXUse{Pay: "plan"})
	c.component(tenPercent)
	c.give("crm.deals", tinyDeal("D1", "cleo", 44, "EUR", "2026-01-15")) // 0.044 EUR are 0.055 USD; 0.04 EUR would be 0.05
	if got := total(c.close("2026-01"), "E3"); got != "0.06 USD" {
		t.Errorf("0.055 USD are paid as %s", got)
	}
}

// TestRatesToDate: what is earned to date is worked out in the plan's currency; the month's part is paid at its own rate:
// 100 EUR in January at 1.50 of payday, 60 EUR more in February.
func TestRatesToDate(t *testing.T) {
	c := newKinds(t, comp.FXUse{Pay: "payday"})
	x := tenPercent
	x.ToDate = "year"
	c.component(x)
	c.give("crm.deals", tinyDeal("D1", "cleo", 100000, "EUR", "2026-01-15"))
	c.want(c.close("2026-01"), "E3", "earning commission 2026-01 150.00 USD")
	c.give("crm.deals", tinyDeal("D2", "cleo", 60000, "EUR", "2026-02-15"))
	c.want(c.close("2026-02"), "E3", "earning commission 2026-02 90.00 USD")
}

// TestNumbersInThePlansCurrency: target, cap and amounts of the plan are in its currency alone, numbers of the table come to it.
func TestNumbersInThePlansCurrency(t *testing.T) {
	c := newKinds(t, comp.FXUse{Credit: "plan", Pay: "plan"})
	eur := func(n int64) []comp.Dated {
		return []comp.Dated{{From: comp.NoDate, By: map[comp.Currency]comp.Number{"EUR": comp.Int(n)}}}
	}
	c.numbers(cells{"E3", "quota", "2026-01-01", "2026-12-31", 1000000000, "USD"}, cells{"E1", "quota", "2026-01-01", "2026-12-31", 1000000000, "EUR"}, cells{"E2", "quota", "2026-01-01", "2026-12-31", 1, "EUR"})
	x := comp.Component{ID: "x", Measure: "sold", Quota: &comp.Quota{Name: "quota"}, Target: eur(400), Curve: comp.Curve{Kind: comp.Linear, Of: "attainment"}}
	c.component(x)
	x.ID, x.Cap = "capped", eur(300)
	c.component(x)
	c.give("crm.deals", tinyDeal("D1", "cleo", 80000, "EUR", "2026-01-15")) // 800 EUR of 800 EUR: 400 EUR, 300 EUR capped
	if diff := cmp.Diff(map[string]string{"x": "500.00", "capped": "375.00"}, amounts(c.close("2026-01"), "E3")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestRatesThatAreMissing: each kind is missed by its name and day.
func TestRatesThatAreMissing(t *testing.T) {
	for _, x := range []struct {
		use  comp.FXUse
		deal cells
		want string
	}{
		{comp.FXUse{Credit: "plan"}, tinyDeal("D1", "ada", 100, "GBP", "2026-01-15"), "missing_fx_rate holds payee: no plan rate from GBP to EUR is known on 2026-01-31; add a row to the fx table"},
		{comp.FXUse{}, tinyDeal("D1", "ada", 100, "GBP", "2026-01-15"), "missing_fx_rate holds payee: no rate from GBP to EUR is known on 2026-01-31; add a row to the fx table"},
	} {
		c := newKinds(t, x.use)
		c.alone()
		c.component(tenPercent)
		c.give("crm.deals", x.deal)
		c.found(c.close("2026-01"), x.want)
	}
	c := newKinds(t, comp.FXUse{Pay: "average"})
	c.give("ref.average", cells{"2026-03-01", "EUR", "USD", 17000})
	c.give("hr.jobs", cells{"E1", "2025-01-01", "Service", "DE01", "1", nil}, cells{"E2", "2025-01-01", "Service", "DE01", "1", nil}, cells{"E3", "2025-01-01", "Sales", "US01", "1", nil})
	c.component(tenPercent)
	r := c.close("2026-01")
	c.found(r, "missing_fx_rate holds payee: no average rate from EUR to USD is known on 2026-01-31; add a row to the fx table")
	c.want(r, "E3", "held 0.00 USD")
}

// TestDealsInAnotherCurrency: what is held of deals, released and taken back is turned with the pay: 80 EUR at 2.00 are 160 USD,
// of which half waits.
func TestDealsInAnotherCurrency(t *testing.T) {
	c := newKinds(t, comp.FXUse{Credit: "daily"})
	c.give("ref.fx", cells{"2025-12-01", "USD", "EUR", 5000}, cells{"2026-01-15", "USD", "EUR", 8000}, cells{"2026-01-16", "USD", "EUR", 5000}, cells{"2025-12-01", "EUR", "USD", 20000})
	x := tenPercent
	x.Release = &comp.Release{Parts: []comp.Slice{{Share: num(t, "0.5"), On: "credit"}, {Share: num(t, "0.5"), On: "credit", After: comp.Length{Months: 1}}}}
	c.component(x)
	c.give("crm.deals", tinyDeal("D1", "cleo", 100000, "USD", "2026-01-15"))
	if got := total(c.close("2026-01"), "E3"); got != "80.00 USD" {
		t.Errorf("January pays %s", got)
	}
	if got := total(c.close("2026-02"), "E3"); got != "80.00 USD" {
		t.Errorf("February releases %s", got)
	}
}
