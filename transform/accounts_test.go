package transform

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carrot/transform/comp"
)

// balance is one of a payee's accounts on a statement as text: open + in - out - written off = close.
func balance(r *comp.Result, payee, component string) string {
	for _, s := range r.Statements {
		for _, b := range s.Balances {
			if s.Payee == payee && b.Component == component {
				return fmt.Sprintf("%s + %s - %s - %s = %s", b.Open.Decimal(), b.In.Decimal(), b.Out.Decimal(), b.WrittenOff.Decimal(), b.Close.Decimal())
			}
		}
	}
	return "none"
}

// ledgerBalance adds up what the posted ledger says of an account, in hundredths.
func (c *tiny) ledgerBalance(payee, component string) int64 {
	var sum int64
	for _, l := range c.ledger {
		if l.Kind == comp.BalanceEntry && l.Payee == payee && l.Component == component {
			sum += l.Held.Minor
		}
	}
	return sum
}

// tied fails where the balance that a statement closes with is not the sum of the ledger's entries.
func (c *tiny) tied(r *comp.Result) {
	c.t.Helper()
	for _, s := range r.Statements {
		for _, b := range s.Balances {
			if got := c.ledgerBalance(s.Payee, b.Component); got != b.Close.Minor || b.Close.Minor < 0 {
				c.t.Errorf("%s: %s of %s closes with %s and the ledger adds up to %d", r.Run.Period.Name(), b.Component, s.Payee, b.Close, got)
			}
		}
	}
}

// sell gives Ada a deal of ten times what it earns at ten percent; the amount is in whole EUR.
func (c *tiny) sell(month string, earns int) {
	c.t.Helper()
	c.give("crm.deals", tinyDeal(fmt.Sprintf("D%d", c.seq), "ada", earns*1000, "EUR", month+"-15"))
}

func months(n int) []string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf("2026-%02d", i+1))
	}
	return out
}

// newDraw has Ada on a plan with a draw of 1,000.00 since January 2026.
func newDraw(t *testing.T, d comp.Draw) *tiny {
	c := newTiny(t)
	c.component(tenPercent)
	d.Amount = comp.Figure{Dated: dated(1000, 1000)}
	c.in.Plans[0].Draw = &d
	c.in.Plans[0].Effective.Start = on("2026-01-01")
	return c
}

// TestDraw: case GC-19. a) the draw of six months is recovered from the fourth on; b) from the first on.
func TestDraw(t *testing.T) {
	for _, x := range []struct {
		name          string
		draw          comp.Draw
		earns         []int
		paid, balance []string
	}{
		{"a", comp.Draw{Kind: "recoverable", Periods: 6, RecoverFrom: 4, AtExit: "write_off"}, []int{500, 700, 400, 1800, 1300, 2000},
			[]string{"1000.00", "1000.00", "1000.00", "1000.00", "1000.00", "1700.00"}, []string{"500.00", "800.00", "1400.00", "600.00", "300.00", "0.00"}},
		{"b", comp.Draw{Kind: "recoverable", AtExit: "write_off"}, []int{400, 600, 1200, 1500, 1400},
			[]string{"1000.00", "1000.00", "1000.00", "1000.00", "1100.00"}, []string{"600.00", "1000.00", "800.00", "300.00", "0.00"}},
	} {
		c := newDraw(t, x.draw)
		for i, month := range months(len(x.earns)) {
			c.sell(month, x.earns[i])
			r := c.close(month)
			if got := total(r, "E1"); got != x.paid[i]+" EUR" {
				t.Errorf("%s %s: paid %s, want %s", x.name, month, got, x.paid[i])
			}
			if got := balance(r, "E1", "draw"); !strings.HasSuffix(got, " = "+x.balance[i]) {
				t.Errorf("%s %s: balance %s, want %s", x.name, month, got, x.balance[i])
			}
			c.tied(r)
		}
	}
}

// TestDrawLines: what a statement says of a draw, and that a month without one has no line.
func TestDrawLines(t *testing.T) {
	c := newDraw(t, comp.Draw{Kind: "recoverable", Periods: 2, AtExit: "recover", Clause: "7.1"})
	c.sell("2026-01", 400)
	r := c.close("2026-01")
	c.want(r, "E1", "earning commission 2026-01 400.00 EUR", "draw draw 2026-01 600.00 EUR")
	l := r.Statements[0].Lines[1]
	if want := "Draw of 1,000.00 EUR, earned 400.00 EUR: 600.00 EUR are advanced; advanced so far 0.00 EUR + 600.00 EUR = 600.00 EUR"; l.Working != want || l.Title != "Draw" || l.Clause != "7.1" {
		t.Errorf("the line says %q, %q, clause %q", l.Title, l.Working, l.Clause)
	}
	c.sell("2026-02", 1000)
	c.want(c.close("2026-02"), "E1", "earning commission 2026-02 1000.00 EUR")
	c.sell("2026-03", 200)
	c.want(c.close("2026-03"), "E1", "earning commission 2026-03 200.00 EUR", "recovery draw 2026-03 -200.00 EUR")
	want := []string{"E1 draw 2026-01 60000", "E1 draw 2026-03 -20000"}
	if diff := cmp.Diff(want, c.balanceRows("E1")); diff != "" {
		t.Errorf("the ledger's balance entries (-want +got):\n%s", diff)
	}
}

// balanceRows are the posted movements of a payee as text.
func (c *tiny) balanceRows(payee string) []string {
	var out []string
	for _, l := range c.ledger {
		if l.Kind == comp.BalanceEntry && l.Payee == payee {
			out = append(out, fmt.Sprintf("%s %s %s %d", l.Payee, l.Component, l.For, l.Held.Minor))
		}
	}
	return out
}

// TestDrawLeaver: case GC-20. Two months earn 300, so 1,400 are advanced; employment ends in the third, which earns 900.
func TestDrawLeaver(t *testing.T) {
	for _, x := range []struct{ exit, paid, balance string }{
		{"recover", "0.00 EUR", "1400.00 + 0.00 - 900.00 - 500.00 = 0.00"},
		{"write_off", "900.00 EUR", "1400.00 + 0.00 - 0.00 - 1400.00 = 0.00"},
	} {
		c := newDraw(t, comp.Draw{Kind: "recoverable", AtExit: x.exit})
		c.sell("2026-01", 300)
		c.sell("2026-02", 300)
		c.sell("2026-03", 900)
		c.close("2026-01")
		c.close("2026-02")
		c.give("hr.status", cells{"E1", "2025-01-01", "Active"}, cells{"E1", "2026-03-20", "Terminated"}, cells{"E2", "2025-01-01", "Active"}, cells{"E3", "2025-01-01", "Active"})
		r := c.close("2026-03")
		if got := total(r, "E1"); got != x.paid {
			t.Errorf("%s: paid %s, want %s: %v", x.exit, got, x.paid, lines(r, "E1"))
		}
		if got := balance(r, "E1", "draw"); got != x.balance {
			t.Errorf("%s: balance %s, want %s", x.exit, got, x.balance)
		}
		c.tied(r)
		if r := c.close("2026-04"); lines(r, "E1") != nil {
			t.Errorf("%s: after the end %v", x.exit, lines(r, "E1"))
		}
	}
}

// TestDrawGuarantee: case GC-21. A guarantee of 2,000 is not recovered; an advance of 1,000 in the first month is, from the
// second on.
func TestDrawGuarantee(t *testing.T) {
	for _, x := range []struct {
		draw  comp.Draw
		earns []int
		want  []string
	}{
		{comp.Draw{Kind: "guarantee"}, []int{1000, 4000}, []string{"2000.00 EUR", "4000.00 EUR"}},
		{comp.Draw{Kind: "advance", Periods: 1, AtExit: "write_off"}, []int{1000, 3000}, []string{"2000.00 EUR", "2000.00 EUR"}},
	} {
		c := newDraw(t, x.draw)
		if x.draw.Kind == "guarantee" {
			c.in.Plans[0].Draw.Amount.Dated = dated(2000, 2000)
		}
		for i, month := range months(2) {
			c.sell(month, x.earns[i])
			r := c.close(month)
			if got := total(r, "E1"); got != x.want[i] {
				t.Errorf("%s %s: paid %s, want %s", x.draw.Kind, month, got, x.want[i])
			}
			c.tied(r)
		}
	}
}

// TestDrawProrated: who joins the plan on 16 January has 16 of 31 days: 1,000 x 16/31 = 516.129…, so 516.13.
func TestDrawProrated(t *testing.T) {
	c := newDraw(t, comp.Draw{Kind: "recoverable", AtExit: "write_off", Prorate: "days"})
	c.give("hr.status", cells{"E1", "2026-01-16", "Active"}, cells{"E2", "2025-01-01", "Active"}, cells{"E3", "2025-01-01", "Active"})
	c.want(c.close("2026-01"), "E1", "earning commission 2026-01 0.00 EUR", "draw draw 2026-01 516.13 EUR")
	c.want(c.close("2026-02"), "E1", "earning commission 2026-02 0.00 EUR", "draw draw 2026-02 1000.00 EUR")
}

// TestDrawByName: the amount may be a row of the number table; who has none is held and nobody else.
func TestDrawByName(t *testing.T) {
	c := newDraw(t, comp.Draw{Kind: "recoverable", AtExit: "write_off"})
	c.in.Plans[0].Draw.Amount = comp.Figure{Name: "revenue"}
	c.give("ref.quotas", cells{"E1", "2026-01-01", nil, 75000, "EUR"}, cells{"E3", "2026-01-01", nil, 75000, "EUR"})
	r := c.close("2026-01")
	c.want(r, "E1", "earning commission 2026-01 0.00 EUR", "draw draw 2026-01 750.00 EUR")
	c.want(r, "E2", "held 0.00 EUR")
	c.want(r, "E3", "earning commission 2026-01 0.00 USD", "draw draw 2026-01 1500.00 USD") // 750 EUR at 2
	c.found(r, `missing_draw holds payee: E2 has no "revenue" on 2026-01-31, the draw of plan sales; add a row to the number table`)
}

// TestTrueUpOfDraw: a deal of January becomes known in March. It earns 300 that the draw had advanced: nothing is owed for
// January but the shift from draw to commission, and the 100 less that is advanced is less to recover later on.
func TestTrueUpOfDraw(t *testing.T) {
	c := newDraw(t, comp.Draw{Kind: "recoverable", AtExit: "write_off"})
	c.sell("2026-01", 500)
	c.want(c.close("2026-01"), "E1", "earning commission 2026-01 500.00 EUR", "draw draw 2026-01 500.00 EUR")
	c.sell("2026-02", 1400)
	c.want(c.close("2026-02"), "E1", "earning commission 2026-02 1400.00 EUR", "recovery draw 2026-02 -400.00 EUR")
	// Known in March: 300 more of January. January advances 200 only, so February recovers 200 only.
	c.sell("2026-01", 300)
	c.sell("2026-03", 1000)
	r := c.close("2026-03")
	c.want(r, "E1", "earning commission 2026-03 1000.00 EUR", "true-up commission 2026-01 late data 300.00 EUR", "true-up draw 2026-01 late data -300.00 EUR",
		"true-up draw 2026-02 late data 200.00 EUR")
	if got := balance(r, "E1", "draw"); got != "100.00 + 200.00 - 300.00 - 0.00 = 0.00" {
		t.Errorf("the balance is %s", got)
	}
	c.tied(r)
	c.want(c.close("2026-04"), "E1", "earning commission 2026-04 0.00 EUR", "draw draw 2026-04 1000.00 EUR")
	// From nothing with the present knowledge: 1,000 + 1,200 + 1,000 + 1,000, as posted.
	fresh := *c
	fresh.ledger, fresh.prev = nil, nil
	again := fresh.try("2026-04")
	if got := total(again, "E1"); got != "4200.00 EUR" {
		t.Errorf("recomputed from nothing: %s, want 4200.00 EUR: %v", got, lines(again, "E1"))
	}
}

// TestCarry: case GC-28. A cap of 5,000 with 7,200, 3,100 and 4,500 earned: what is above it is carried.
func TestCarry(t *testing.T) {
	c := newTiny(t)
	x := tenPercent
	x.Cap, x.Excess = dated(5000, 5000), "carry"
	c.component(x)
	for i, m := range []struct{ paid, balance string }{
		{"5000.00", "0.00 + 2200.00 - 0.00 - 0.00 = 2200.00"}, {"5000.00", "2200.00 + 0.00 - 1900.00 - 0.00 = 300.00"}, {"4800.00", "300.00 + 0.00 - 300.00 - 0.00 = 0.00"},
	} {
		month := months(3)[i]
		c.sell(month, []int{7200, 3100, 4500}[i])
		r := c.close(month)
		c.want(r, "E1", "earning commission "+month+" "+m.paid+" EUR")
		if got := balance(r, "E1", "commission:carry"); got != m.balance {
			t.Errorf("%s: balance %s, want %s", month, got, m.balance)
		}
		c.tied(r)
	}
	// In April a deal of 1,000 EUR pay of January is known: February is at its cap, so 800 of it are paid in March, now full
	// at 5,000 with 200, and the other 800 in April.
	c.sell("2026-01", 1000)
	r := c.close("2026-04")
	c.want(r, "E1", "earning commission 2026-04 800.00 EUR", "true-up commission 2026-03 late data 200.00 EUR")
	c.tied(r)
}

// TestCarryEnds: what is carried when the plan ends is forfeited; the statement tells so.
func TestCarryEnds(t *testing.T) {
	x := tenPercent
	x.Cap, x.Excess = dated(5000, 5000), "carry"
	c := newTiny(t)
	c.component(x)
	c.in.Plans[0].Effective.End = on("2026-02-01")
	c.sell("2026-01", 7200)
	r := c.close("2026-01")
	if got := balance(r, "E1", "commission:carry"); got != "0.00 + 2200.00 - 0.00 - 2200.00 = 0.00" {
		t.Errorf("the last month of the plan: %s", got)
	}
	if rows := c.balanceRows("E1"); len(rows) != 0 {
		t.Errorf("an account that did not move is posted: %q", rows)
	}
}

// TestBalancesAreLedgerSums: over a year, with late deals in most months, each balance is the sum of what was posted, and
// what was posted in all is what the present knowledge gives from nothing.
func TestBalancesAreLedgerSums(t *testing.T) {
	c := newDraw(t, comp.Draw{Kind: "recoverable", RecoverFrom: 3, Periods: 9, AtExit: "write_off"})
	x := c.in.Plans[0].Components[0]
	x.Cap, x.Excess = dated(1500, 1500), "carry"
	c.in.Plans[0].Components[0] = x
	for i, month := range months(12) {
		c.sell(month, []int{100, 2900, 0, 800, 1700, 1600, 0, 300, 2500, 0, 100, 900}[i])
		if i > 1 && i%3 != 0 {
			c.sell(months(12)[i-2], 250*(i%4))
		}
		c.tied(c.close(month))
	}
	var posted int64
	for _, l := range c.ledger {
		if l.Payee == "E1" {
			posted += l.Amount.Minor
		}
	}
	fresh := *c
	fresh.ledger, fresh.prev = nil, nil
	again := fresh.try("2026-12")
	if got := again.Statements[0].Total.Minor; got != posted {
		t.Errorf("posted %d, from nothing %d", posted, got)
	}
	for _, b := range again.Statements[0].Balances {
		if got := c.ledgerBalance("E1", b.Component); got != b.Close.Minor {
			t.Errorf("%s: posted %d, from nothing %s", b.Component, got, b.Close)
		}
	}
	if !slices.ContainsFunc(c.ledger, func(l comp.LedgerEntry) bool { return l.Component == "commission:carry" && l.Held.Minor < 0 }) {
		t.Error("the year never used what was carried: it shows nothing")
	}
}

// TestBalancesOfThoseWithoutPay: pay that waits stays on the list of accounts in months in which its payee is held, and in
// those in which there is no statement because the payee has left and nothing moves; close opens the next month.
func TestBalancesOfThoseWithoutPay(t *testing.T) {
	c := newTiny(t)
	x := tenPercent
	x.Release = &comp.Release{Parts: []comp.Slice{{Share: comp.Int(1), On: "paid"}}}
	c.component(x)
	c.give("crm.deals", tinyDeal("D1", "ada", 500000, "EUR", "2026-01-15"), tinyDeal("D2", "bob", 700000, "EUR", "2026-01-16"))
	all := func(r *comp.Result) (out []string) {
		for _, b := range r.Balances {
			out = append(out, fmt.Sprintf("%s %s %s + %s - %s - %s = %s", b.Payee, b.Account, b.Open.Decimal(), b.In.Decimal(), b.Out.Decimal(), b.WrittenOff.Decimal(), b.Close.Decimal()))
		}
		return out
	}
	check := func(r *comp.Result, want ...string) {
		t.Helper()
		if d := cmp.Diff(want, all(r)); d != "" {
			t.Errorf("%s: %s", r.Run.Period.Name(), d)
		}
	}
	check(c.close("2026-01"), "E1 hold 0.00 + 500.00 - 0.00 - 0.00 = 500.00", "E2 hold 0.00 + 700.00 - 0.00 - 0.00 = 700.00")
	c.give("hr.status", cells{"E1", "2025-01-01", "Active"}, cells{"E1", "2026-02-01", "Terminated"}, cells{"E2", "2025-01-01", "Active"}, cells{"E3", "2025-01-01", "Active"})
	c.give("ref.logins", cells{"crm", "ada", "E1", nil, nil}, cells{"crm", "cleo", "E3", nil, nil})
	r := c.close("2026-02")
	if lines(r, "E1") != nil || len(r.Statements) == 0 || len(r.Statements[0].HeldFor) == 0 {
		t.Fatal("Ada has a statement, or Bob is not held")
	}
	still := []string{"E1 hold 500.00 + 0.00 - 0.00 - 0.00 = 500.00", "E2 hold 700.00 + 0.00 - 0.00 - 0.00 = 700.00"}
	check(r, still...)
	c.give("ref.logins", cells{"crm", "ada", "E1", nil, nil}, cells{"crm", "bob", "E2", nil, nil}, cells{"crm", "cleo", "E3", nil, nil})
	check(c.close("2026-03"), still...)
}

// TestUnknownMonthAdvancesNothing: a month that cannot be computed, its finding waived, gets no draw on a guess, and no
// later one does until it is known.
func TestUnknownMonthAdvancesNothing(t *testing.T) {
	c := newDraw(t, comp.Draw{Kind: "recoverable", AtExit: "write_off"})
	c.give("ref.fx")
	c.give("crm.deals", tinyDeal("D1", "ada", 100000, "USD", "2026-01-15"))
	r := c.close("2026-01")
	if len(r.Held) == 0 {
		t.Fatal("nobody is held")
	}
	id := r.Findings[slices.IndexFunc(r.Findings, func(f comp.Finding) bool { return f.Code == "missing_fx_rate" })].ID()
	c.in.Waivers = []comp.Waiver{{Finding: id, Reason: "known", By: "boss", Until: on("2026-12-31")}}
	c.sell("2026-02", 100)
	c.want(c.close("2026-02"), "E1", "earning commission 2026-02 100.00 EUR")
	c.give("ref.fx", cells{"2025-12-01", "USD", "EUR", 5000}, cells{"2025-12-01", "EUR", "USD", 20000})
	r = c.close("2026-03")
	c.want(r, "E1", "earning commission 2026-03 0.00 EUR", "draw draw 2026-03 1000.00 EUR", "true-up commission 2026-01 fx 50.00 EUR",
		"true-up draw 2026-01 fx 950.00 EUR", "true-up draw 2026-02 fx 900.00 EUR")
	c.tied(r)
}
