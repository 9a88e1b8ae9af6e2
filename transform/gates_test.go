package transform

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carrot/transform/comp"
)

// TestGC10Gates: 2/8/5 % up to the quota and 4/12/7 % above it, only if all three products attain 95 %; else the whole
// value is paid at the first rate.
func TestGC10Gates(t *testing.T) {
	for _, x := range []struct {
		sold  int
		want  map[string]string
		total string
	}{
		{320000, map[string]string{"a": "24000.00", "b": "19200.00", "c": "16000.00"}, "59200.00 EUR"},
		{380000, map[string]string{"a": "28000.00", "b": "20800.00", "c": "19000.00"}, "67800.00 EUR"},
	} {
		c := newTiny(t)
		c.in.Measures = nil
		products := []struct{ id, quota, rate, more string }{{"a", "1000000", "0.02", "0.04"}, {"b", "200000", "0.08", "0.12"}, {"c", "400000", "0.05", "0.07"}}
		var gates []comp.Gate
		quota := func(n string) *comp.Quota {
			return &comp.Quota{Dated: []comp.Dated{{From: on("2020-01-01"), By: map[comp.Currency]comp.Number{"EUR": num(t, n), "USD": num(t, n)}}}}
		}
		for _, p := range products {
			c.in.Measures = append(c.in.Measures, comp.Measure{ID: p.id, Title: p.id, Unit: "money", Aggregate: comp.Sum, Pool: comp.PoolPayee, Terms: []comp.Term{{Table: "crm.deals",
				Where: isText("id", p.id), Owner: comp.Owner{Column: "owner", System: "crm"}, Value: name("amount", comp.KindNumber), Currency: "currency", Date: "day"}}})
			gates = append(gates, comp.Gate{Measure: p.id, Of: "attainment", Quota: quota(p.quota), AtLeast: num(t, "0.95"), Base: true})
		}
		for _, p := range products {
			c.component(comp.Component{ID: p.id, Measure: p.id, Quota: quota(p.quota), Gates: gates, Curve: comp.Curve{Kind: comp.Marginal, Of: "attainment",
				Bands: bands(t, [3]string{"0", "1", p.rate}, [3]string{"1", "", p.more})}})
		}
		c.give("crm.deals", tinyDeal("a", "ada", 120000000, "EUR", "2026-01-15"), tinyDeal("b", "ada", 24000000, "EUR", "2026-01-15"), tinyDeal("c", "ada", x.sold*100, "EUR", "2026-01-15"))
		r := c.close("2026-01")
		if diff := cmp.Diff(x.want, amounts(r, "E1")); diff != "" || total(r, "E1") != x.total {
			t.Errorf("C sold %d: %s (-want +got):\n%s", x.sold, total(r, "E1"), diff)
		}
		a := result(t, r, "a")
		gated := []string{"c: 320,000.00 EUR (n = 1); 320,000.00 EUR / 400,000.00 EUR = 80 %, below the 95 % needed"}
		if x.sold == 380000 {
			gated = nil
		}
		if !slices.Equal(a.Gated, gated) {
			t.Errorf("C sold %d: gated %q", x.sold, a.Gated)
		}
	}
}

// TestGateTests: 4 of 5 tickets are good, 80 %, held against bars of 80 % and around it. Half of 1,000 is paid where the gate
// says so.
func TestGateTests(t *testing.T) {
	for _, x := range []struct {
		gate        comp.Gate
		bar, want   string
		said, gated string
	}{
		{comp.Gate{}, "0.8", "1000.00", "Gate: Good tickets: 4 of 5 = 80 %, which reaches the 80 % needed", ""},
		{comp.Gate{}, "0.81", "0.00", "Gate: Good tickets: 4 of 5 = 80 %, below the 81 % needed: nothing is paid", "Good tickets: 4 of 5 = 80 %, below the 81 % needed"},
		{comp.Gate{Test: "at_least"}, "0.8", "1000.00", "", ""},
		{comp.Gate{Test: "above"}, "0.8", "0.00", "Gate: Good tickets: 4 of 5 = 80 %, not above the 80 % needed: nothing is paid", "Good tickets: 4 of 5 = 80 %, not above the 80 % needed"},
		{comp.Gate{Test: "above"}, "0.79", "1000.00", "Gate: Good tickets: 4 of 5 = 80 %, which is above the 79 % needed", ""},
		{comp.Gate{Test: "at_most"}, "0.8", "1000.00", "Gate: Good tickets: 4 of 5 = 80 %, within the 80 % allowed", ""},
		{comp.Gate{Test: "at_most", Share: num(t, "0.5")}, "0.79", "500.00", "Gate: Good tickets: 4 of 5 = 80 %, above the 79 % allowed: 50 % is paid", "Good tickets: 4 of 5 = 80 %, above the 79 % allowed"},
		{comp.Gate{Test: "below"}, "0.8", "0.00", "Gate: Good tickets: 4 of 5 = 80 %, not below the 80 % that is the limit: nothing is paid", "Good tickets: 4 of 5 = 80 %, not below the 80 % that is the limit"},
		{comp.Gate{Test: "below"}, "0.81", "1000.00", "Gate: Good tickets: 4 of 5 = 80 %, which is below the limit of 81 %", ""},
		{comp.Gate{MinN: 6}, "0.9", "1000.00", "Gate: Good tickets: no value, so the gate stays open", ""},
		{comp.Gate{MinN: 6, Missing: "closed"}, "0.1", "0.00", "Gate: Good tickets: no value, so the gate is closed: nothing is paid", "Good tickets: no value, so the gate is closed"},
		{comp.Gate{Of: "attainment", Quota: &comp.Quota{Dated: []comp.Dated{{From: on("2020-01-01"), By: map[comp.Currency]comp.Number{"": num(t, "0.5")}}}}}, "1.6", "1000.00",
			"Gate: Good tickets: 4 of 5 = 80 %; 80 % / 50 % = 160 %, which reaches the 160 % needed", ""},
	} {
		c := newTiny(t)
		c.starts("2026-01-16") // a share's bar and quota are not divided by days
		y := flat("x", 1000)
		x.gate.Measure, x.gate.AtLeast = "good", num(t, x.bar)
		y.Gates = []comp.Gate{x.gate}
		c.component(y)
		for i := range 5 {
			c.give("desk.tickets", cells{"T" + string(rune('0'+i)), "E1", i > 0, "2026-01-20"})
		}
		r := c.close("2026-01")
		if got := amounts(r, "E1")["x"]; got != x.want {
			t.Errorf("%+v: paid %s, want %s", x.gate, got, x.want)
		}
		y1 := result(t, r, "x")
		if x.said != "" && !slices.Contains(y1.Working, x.said) {
			t.Errorf("%q is not said: %q", x.said, y1.Working)
		}
		if got := strings.Join(y1.Gated, "; "); got != x.gated {
			t.Errorf("gated %q, want %q", got, x.gated)
		}
	}
}

// TestYearGate: F10, a month's accelerator only when the year's quota of 100,000 is passed. January sells 20,000, twice its
// month's quota, at the first rate; February 90,000 makes 110,000: 10,000 at 5 % and 80,000 at 8 %.
func TestYearGate(t *testing.T) {
	c := newTiny(t)
	c.component(comp.Component{ID: "x", Measure: "sold", Quota: &comp.Quota{Dated: dated(10000, 1)}, Curve: comp.Curve{Kind: comp.Marginal, Of: "attainment",
		Bands: bands(t, [3]string{"0", "1", "0.05"}, [3]string{"1", "", "0.08"})},
		Gates: []comp.Gate{{Measure: "sold", ToDate: "year", Numbers: "whole", Of: "attainment", Test: "above", AtLeast: comp.Int(1), Quota: &comp.Quota{Dated: dated(100000, 1)}, Base: true}}})
	c.give("crm.deals", tinyDeal("D1", "ada", 2000000, "EUR", "2026-01-15"))
	c.want(c.close("2026-01"), "E1", "earning x 2026-01 1000.00 EUR")
	c.give("crm.deals", tinyDeal("D2", "ada", 9000000, "EUR", "2026-02-15"))
	r := c.close("2026-02")
	c.want(r, "E1", "earning x 2026-02 6900.00 EUR")
	for _, x := range r.Statements[0].Lines {
		if !strings.Contains(x.Series, "sold|E1|2026-01-01|2026-01-31") {
			t.Errorf("January's rows decide too, the line is about %q", x.Series)
		}
	}
	if got := result(t, r, "x").Crossed; len(got) != 1 || got[0].Bound.Cmp(comp.Int(1)) != 0 || got[0].Value.Cmp(comp.Int(9)) != 0 {
		t.Errorf("crossed %+v, want 1 at 9", got)
	}
}
