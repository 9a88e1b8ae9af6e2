package transform

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"carrot/transform/comp"
)

// remainders are those of GC-13: value, shares, what each gets.
var remainders = []struct{ value, parts, want string }{
	{"99.99", "0.75 0.25", "74.99 25"},
	{"1.00", "0.3333 0.3333 0.3334", "0.33 0.33 0.34"},
	{"125.01", "3334/10001 3334/10001 3333/10001", "41.68 41.67 41.66"}, // weights 33.34, 33.34, 33.33
	{"125.01", "0.3334 0.3333 0.3333", "41.68 41.67 41.66"},
	{"100.00", "1/3 1/3 1/3", "33.34 33.33 33.33"},
	{"-100.00", "1/3 1/3 1/3", "-33.34 -33.33 -33.33"},
	{"6.45", "0.3 0.7", "1.94 4.51"}, // 1.935 and 4.515: equal remainders, the first has the cent
	{"0.00", "0.5 0.5", "0 0"},
	{"10.005", "0.5 0.5", "5.005 5"}, // what lies below a cent stays in one piece
	{"100.00", "0.5 0.2", "50 20"},   // outside of the whole
}

func TestLargestRemainder(t *testing.T) {
	for _, x := range remainders {
		var parts []comp.Number
		var order, got []string
		for i, p := range strings.Fields(x.parts) {
			parts, order = append(parts, exactOf(t, p)), append(order, fmt.Sprint(i))
		}
		for _, n := range largestRemainder(exactOf(t, x.value), parts, 2, order) {
			got = append(got, n.String())
		}
		if strings.Join(got, " ") != x.want {
			t.Errorf("%s by %s: got %s, want %s", x.value, x.parts, got, x.want)
		}
	}
}

// TestLargestRemainderKeepsTheSum shares cents among owners in any order: each gets the same, and together all.
func TestLargestRemainderKeepsTheSum(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		weights := rapid.SliceOfN(rapid.Int64Range(1, 10_000), 1, 6).Draw(rt, "weights")
		value := comp.Scaled(rapid.Int64Range(-1_000_000, 1_000_000).Draw(rt, "cents"), 2)
		var sum int64
		for _, w := range weights {
			sum += w
		}
		order := rapid.Permutation([]int{0, 1, 2, 3, 4, 5}[:len(weights)]).Draw(rt, "order")
		parts, moved := make([]comp.Number, len(weights)), make([]comp.Number, len(weights))
		names, movedNames := make([]string, len(weights)), make([]string, len(weights))
		for i, w := range weights {
			parts[i], _ = comp.Int(w).Quo(comp.Int(sum))
			names[i] = fmt.Sprint("E", i)
		}
		for i, k := range order {
			moved[i], movedNames[i] = parts[k], names[k]
		}
		got, again := largestRemainder(value, parts, 2, names), largestRemainder(value, moved, 2, movedNames)
		total := comp.Number{}
		for i, k := range order {
			total = total.Add(got[i])
			if again[i].Cmp(got[k]) != 0 {
				rt.Fatalf("%s gets %s, and %s in another order", names[k], got[k], again[i])
			}
			if _, den := got[i].Mul(comp.Int(100)).Fraction(); den != "1" {
				rt.Fatalf("%s is not in whole cents", got[i])
			}
			if far := got[i].Sub(value.Mul(parts[i])).Abs(); far.Cmp(comp.Scaled(1, 2)) >= 0 {
				rt.Fatalf("%s is %s away from the exact share", got[i], far)
			}
		}
		if total.Cmp(value) != 0 {
			rt.Fatalf("the shares of %s sum to %s", value, total)
		}
	})
}

var splitsContract = comp.Contract{Source: "crm", Table: "splits", Mode: comp.Snapshot, Columns: []comp.Column{{Name: "deal", Type: comp.ID}, {Name: "owner", Type: comp.Category},
	{Name: "percent", Type: comp.Decimal, Scale: 2}, {Name: "kind", Type: comp.Category}}}

// shared is newTiny that pays everybody all of what is sold, by a measure whose deals are shared as told. Everybody is of
// DE01.
func shared(t testing.TB, split comp.Split) *tiny {
	c := newTiny(t)
	c.in.Contracts = append(c.in.Contracts, splitsContract)
	split.Table, split.Key, split.Of, split.Owner = "crm.splits", "deal", "id", "owner"
	c.in.Measures = slices.Clone(c.in.Measures)
	m := &c.in.Measures[3]
	m.Terms = slices.Clone(m.Terms[:1])
	m.Terms[0].Owner.Split = &split
	c.component(comp.Component{ID: "all", Measure: "sold", Curve: comp.Curve{Kind: comp.RateCurve, Of: "value", Rate: comp.Int(1)}})
	c.give("hr.jobs", cells{"E1", "2025-01-01", "Sales", "DE01", "1", nil}, cells{"E2", "2025-01-01", "Sales", "DE01", "1", "E1"}, cells{"E3", "2025-01-01", "Sales", "DE01", "1", "E1"})
	return c
}

// totals are what E1, E2 and E3 are paid.
func totals(r *comp.Result) string {
	return strings.Join([]string{total(r, "E1"), total(r, "E2"), total(r, "E3")}, ", ")
}

// TestSplits pays deals that are shared by percent, by weight, in whole cents, by a condition and outside of the whole.
func TestSplits(t *testing.T) {
	third := []cells{{"D1", "cleo", 3333, "r"}, {"D1", "ada", 3333, "r"}, {"D1", "bob", 3334, "r"}}
	weights := []cells{{"D1", "cleo", 3333, "r"}, {"D1", "ada", 3334, "r"}, {"D1", "bob", 3334, "r"}}
	overlay := []cells{{"D1", "ada", 5000, "r"}, {"D1", "bob", 5000, "r"}, {"D1", "ada", 2000, "o"}}
	kind := func(k string) *comp.Expr { return isText("kind", k) }
	for _, x := range []struct {
		name   string
		split  comp.Split
		amount int
		rows   []cells
		want   string
		found  []string
	}{
		{name: "percent, largest remainder", split: comp.Split{Percent: "percent", Remainder: "largest"}, amount: 100, rows: third, want: "0.33 EUR, 0.34 EUR, 0.33 EUR"},
		{name: "a refund mirrors", split: comp.Split{Percent: "percent", Remainder: "largest"}, amount: -100, rows: third, want: "-0.33 EUR, -0.34 EUR, -0.33 EUR"},
		{name: "weights, largest remainder", split: comp.Split{Weight: "percent", Remainder: "largest"}, amount: 12501, rows: weights, want: "41.68 EUR, 41.67 EUR, 41.66 EUR"},
		{name: "weights, exact", split: comp.Split{Weight: "percent"}, amount: 10000, rows: []cells{{"D1", "ada", 100, "r"}, {"D1", "bob", 200, "r"}}, want: "33.33 EUR, 66.67 EUR, 0.00 EUR"},
		{name: "these weights as percents", split: comp.Split{Percent: "percent"}, amount: 12501, rows: weights, want: "0.00 EUR, 0.00 EUR, 0.00 EUR",
			found: []string{"split_total holds row: the shares of D1 in crm.splits sum to 100.01 percent, exactly 100 was expected; correct the rows of crm.splits where deal is D1"}},
		{name: "no weights", split: comp.Split{Weight: "percent"}, amount: 100, rows: []cells{{"D1", "ada", 0, "r"}}, want: "0.00 EUR, 0.00 EUR, 0.00 EUR",
			found: []string{"split_total holds row: the weights of D1 in crm.splits sum to 0, weights from zero on that sum to more than zero were expected; correct the rows of crm.splits where deal is D1"}},
		{name: "a weight is missing", split: comp.Split{Weight: "percent"}, amount: 100, rows: []cells{{"D1", "ada", 5, "r"}, {"D1", "bob", nil, "r"}}, want: "0.00 EUR, 0.00 EUR, 0.00 EUR",
			found: []string{"split_total holds row: a share of D1 in crm.splits lacks its owner or its weight; correct the rows of crm.splits where deal is D1"}},
		{name: "GC-14, the revenue", split: comp.Split{Percent: "percent", Where: kind("r")}, amount: 10000000, rows: overlay, want: "50000.00 EUR, 50000.00 EUR, 7.00 EUR"},
		{name: "GC-14, the overlay", split: comp.Split{Percent: "percent", Where: kind("o"), Outside: true}, amount: 10000000, rows: overlay, want: "20000.00 EUR, 0.00 EUR, 0.00 EUR"},
	} {
		c := shared(t, x.split)
		c.give("crm.deals", tinyDeal("D1", "ada", x.amount, "EUR", "2026-01-10"))
		if x.split.Where != nil {
			c.give("crm.deals", tinyDeal("D2", "cleo", 700, "EUR", "2026-01-10")) // nobody shares it
		}
		c.give("crm.splits", x.rows...)
		for range len(x.rows) {
			x.rows = append(x.rows[1:len(x.rows):len(x.rows)], x.rows[0])
			c.give("crm.splits", x.rows...)
			r := c.try("2026-01")
			if got := totals(r); got != x.want {
				t.Errorf("%s: got %s, want %s", x.name, got, x.want)
			}
			if d := cmp.Diff(x.found, findings(r.Findings)); d != "" {
				t.Errorf("%s: %s", x.name, d)
			}
		}
	}
}

// TestWaitingRowsTie: of a deal that two share, one share waits for cash while nobody knows the other's owner, or while the other's
// statement is held. The control page counts the deal as held, once.
func TestWaitingRowsTie(t *testing.T) {
	for _, x := range []struct {
		name   string
		shares []cells
		logins []cells
	}{
		{"an owner is unknown", []cells{{"D1", "ada", 5000, "r"}, {"D1", "dora", 5000, "r"}}, []cells{{"crm", "ada", "E1", nil, nil}, {"crm", "bob", "E2", nil, nil}, {"crm", "cleo", "E3", nil, nil}}},
		{"the first owner is held", []cells{{"D1", "bob", 5000, "r"}, {"D1", "ada", 5000, "r"}}, []cells{{"crm", "ada", "E1", nil, nil}, {"crm", "bob", "E2", "2026-01-01", "2026-01-20"}, {"crm", "cleo", "E3", nil, nil}}},
		{"both wait", []cells{{"D1", "ada", 5000, "r"}, {"D1", "bob", 5000, "r"}}, []cells{{"crm", "ada", "E1", nil, nil}, {"crm", "bob", "E2", nil, nil}, {"crm", "cleo", "E3", nil, nil}}},
	} {
		c := shared(t, comp.Split{Percent: "percent"})
		c.in.Contracts = slices.Clone(c.in.Contracts)
		for i := range c.in.Contracts {
			if k := &c.in.Contracts[i]; k.Name() == "crm.deals" {
				k.Control = "amount"
			}
		}
		c.in.Plans[0].Components[0].Release = &comp.Release{Parts: []comp.Slice{{Share: comp.Int(1), On: "cash"}}}
		c.give("ref.logins", x.logins...)
		deals := []cells{tinyDeal("D1", "ada", 10000, "EUR", "2026-01-10"), tinyDeal("D2", "cleo", 700, "USD", "2026-01-10")}
		if x.name == "the first owner is held" {
			deals = append(deals, tinyDeal("D3", "bob", 300, "CHF", "2026-01-12")) // no rate is known: Bob is held
		}
		c.give("crm.deals", deals...)
		c.give("crm.splits", x.shares...)
		r := c.close("2026-01")
		for _, k := range r.Controls {
			if k.Table != "crm.deals" {
				continue
			}
			if !k.Ties() {
				t.Errorf("%s: %v", x.name, k.Parts)
			}
			for _, p := range k.Parts {
				if p.Name == "held" && (p.Rows != int64(len(deals)) || !slices.ContainsFunc(p.Sums, func(a comp.Amount) bool { return a.String() == "100 EUR" })) {
					t.Errorf("%s: held are %v, want %d rows and 100 EUR of them", x.name, p, len(deals))
				}
			}
		}
	}
}

// TestSplitConditionFails stops the run where a split's condition cannot be told for a row.
func TestSplitConditionFails(t *testing.T) {
	bad := &comp.Expr{Op: comp.AddOp, Kind: comp.KindNumber, Text: "percent + kind", Args: []*comp.Expr{name("percent", comp.KindNumber), name("kind", comp.KindText)}}
	c := shared(t, comp.Split{Percent: "percent", Where: bad})
	c.give("crm.deals", tinyDeal("D1", "ada", 100, "EUR", "2026-01-10"))
	c.give("crm.splits", cells{"D1", "ada", 0, "r"})
	c.found(c.try("2026-01"), "bad_condition holds source: cannot compute number + text; correct the row in the source, or the condition in the measure")
}

// hierarchy is GC-15: rep and two more sell, rep under x until 14 March and under y from 15 March, and vp above both.
func hierarchy(t testing.TB, rollup string, rate comp.Number) *tiny {
	c := shared(t, comp.Split{Percent: "percent"})
	c.in.Measures[3].Terms[0].Owner.Rollup = rollup
	c.in.Plans[0].Components[0].Curve.Rate = rate
	people, status, jobs := []cells{}, []cells{}, []cells{{"rep", "2025-01-01", "Sales", "DE01", "1", "x"}, {"rep", "2026-03-15", "Sales", "DE01", "1", "y"}}
	for _, p := range []string{"a", "b", "rep", "vp", "x", "y"} {
		people, status = append(people, cells{p, p, p}), append(status, cells{p, "2025-01-01", "Active"})
	}
	for _, p := range [][2]string{{"a", "x"}, {"b", "y"}, {"x", "vp"}, {"y", "vp"}} {
		jobs = append(jobs, cells{p[0], "2025-01-01", "Sales", "DE01", "1", p[1]})
	}
	jobs = append(jobs, cells{"vp", "2025-01-01", "Sales", "DE01", "1", nil})
	c.give("hr.people", people...)
	c.give("hr.status", status...)
	c.give("hr.jobs", jobs...)
	c.give("ref.logins", cells{"crm", "rep", "rep", nil, nil}, cells{"crm", "a", "a", nil, nil}, cells{"crm", "b", "b", nil, nil}, cells{"crm", "vp", "vp", nil, nil})
	c.give("crm.splits")
	return c
}

func paidTo(r *comp.Result, people ...string) string {
	var out []string
	for _, p := range people {
		out = append(out, p+" "+strings.TrimSuffix(total(r, p), " EUR"))
	}
	return strings.Join(out, ", ")
}

// TestRollupOnTheDay credits managers by the hierarchy of the deal's day, common ones once: GC-15.
func TestRollupOnTheDay(t *testing.T) {
	two, one := comp.Scaled(2, 2), comp.Scaled(1, 2)
	for _, x := range []struct {
		rollup string
		rate   comp.Number
		want   string
	}{
		{"managers", two, "x 200.00, y 400.00, vp 600.00, rep 0.00"},
		{"managers", one, "x 100.00, y 200.00, vp 300.00, rep 0.00"},
		{"team", one, "x 100.00, y 200.00, vp 300.00, rep 300.00"},
		{"", one, "x 0.00, y 0.00, vp 0.00, rep 300.00"},
	} {
		c := hierarchy(t, x.rollup, x.rate)
		c.give("crm.deals", tinyDeal("D1", "rep", 1000000, "EUR", "2026-03-14"), tinyDeal("D2", "rep", 2000000, "EUR", "2026-03-15"))
		if got := paidTo(c.try("2026-03"), "x", "y", "vp", "rep"); got != x.want {
			t.Errorf("%q at %s: got %s, want %s", x.rollup, x.rate, got, x.want)
		}
	}
	for rate, want := range map[string]string{"0.02": "x 600.00, y 400.00, vp 1000.00", "0.01": "x 300.00, y 200.00, vp 500.00"} {
		c := hierarchy(t, "managers", exactOf(t, rate))
		c.give("crm.deals", tinyDeal("D1", "rep", 5000000, "EUR", "2026-03-10"))
		c.give("crm.splits", cells{"D1", "a", 6000, "r"}, cells{"D1", "b", 4000, "r"})
		r := c.try("2026-03")
		if got := paidTo(r, "x", "y", "vp"); got != want {
			t.Errorf("split at %s: got %s, want %s", rate, got, want)
		}
		if n := r.Credits.Count("vp"); n != 1 {
			t.Errorf("vp has %d credits of one deal", n)
		}
	}
}

// TestRollupOfWholeCents rolls up what the owners have, cents and all.
func TestRollupOfWholeCents(t *testing.T) {
	c := hierarchy(t, "team", comp.Int(1))
	c.in.Measures[3].Terms[0].Owner.Split.Remainder = "largest"
	c.give("crm.deals", tinyDeal("D1", "rep", 9999, "EUR", "2026-03-10"), tinyDeal("D2", "vp", 500, "EUR", "2026-03-10"))
	c.give("crm.splits", cells{"D1", "a", 7500, "r"}, cells{"D1", "b", 2500, "r"})
	if got, want := paidTo(c.try("2026-03"), "a", "b", "x", "y", "vp"), "a 74.99, b 25.00, x 74.99, y 25.00, vp 104.99"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestRollupOfCycle ends the way up where it leads back; nobody is paid twice.
func TestRollupOfCycle(t *testing.T) {
	c := hierarchy(t, "team", comp.Scaled(1, 2))
	c.give("hr.jobs", cells{"rep", "2025-01-01", "Sales", "DE01", "1", "x"}, cells{"x", "2025-01-01", "Sales", "DE01", "1", "y"}, cells{"y", "2025-01-01", "Sales", "DE01", "1", "x"},
		cells{"vp", "2025-01-01", "Sales", "DE01", "1", nil}, cells{"a", "2025-01-01", "Sales", "DE01", "1", nil}, cells{"b", "2025-01-01", "Sales", "DE01", "1", nil})
	c.give("crm.deals", tinyDeal("D1", "rep", 1000000, "EUR", "2026-03-14"))
	r := c.try("2026-03")
	if got, want := paidTo(r, "rep", "x", "y", "vp"), "rep 100.00, x 100.00, y 100.00, vp 0.00"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	c.found(r, "manager_cycle holds nothing: the managers of x lead back to x on 2026-03-31: x > y > x; correct one manager in the source")
}
