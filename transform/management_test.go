package transform

import (
	"slices"
	"strings"
	"testing"

	"carrot/transform/comp"
)

// quarters makes a looker of a company with some departments, which reads made-up values instead of a tally.
func quarters(t *testing.T, departments []string, read func(measure, pool string, quarter int) look) *looker {
	t.Helper()
	run, err := comp.ParseMonth("2026-12")
	if err != nil {
		t.Fatal(err)
	}
	first := comp.Day(2021, 1, 1)
	g := &grid{bounds: [][]comp.Date{{first, run.End}}, index: map[string]int32{}}
	g.subjects = append(g.subjects, "company")
	for _, d := range departments {
		g.subjects = append(g.subjects, "department:"+d)
	}
	in := &Inputs{Run: comp.RunFacts{Period: run}, Settings: comp.Settings{Entities: []comp.LegalEntity{{ID: "DE01", Currency: "EUR"}}}}
	for _, id := range []string{"acquired", "csat", "esat", "kept", "lost", "opening"} {
		in.Measures = append(in.Measures, comp.Measure{ID: id, Title: "Measure " + id, Unit: "score", Digits: 2})
	}
	v := DefaultVerbs()
	a := &assessment{in: in, company: &comp.Company{}, grid: g}
	l := &looker{a: a, v: &v, s: &settler{in: in, measures: measureIndex(in)}, currency: "EUR"}
	l.read = func(measure, pool string, p comp.Period, _ string) look {
		return read(measure, pool, (p.Start.Time().Year()-2021)*4+int(p.Start.Time().Month()-1)/3)
	}
	return l
}

// wave is a value that no simple shift of itself repeats.
func wave(pool string, quarter int) int64 {
	n := int64(quarter*quarter*7 + quarter*13)
	for _, r := range pool {
		n = n*31 + int64(r)
	}
	return (n%97 + 97) % 97
}

// TestMirrorFindsTheLag: customers say three quarters later what employees said: three quarters is where the correlation is
// strongest, and the others are weaker by far.
func TestMirrorFindsTheLag(t *testing.T) {
	teams := []string{"Service", "Sales", "Finance", "Development"}
	planted := func(measure, pool string, quarter int) look {
		if measure == "esat" {
			return look{value: comp.Int(wave(pool, quarter)), n: 20, ok: true}
		}
		return look{value: comp.Int(10 + 2*wave(pool, quarter-3)), n: 200, ok: true}
	}
	spec := &comp.SectionSpec{Every: "quarter", Periods: 12, By: comp.PoolDepartment, Measures: []string{"esat", "csat"}, Lags: 8}
	var s comp.Section
	quarters(t, teams, planted).mirror(spec, &s)
	if len(s.Rows) != 9 || !slices.Contains(s.After, "It is strongest 3 quarters later.") {
		t.Fatalf("%d rows, %q", len(s.Rows), s.After)
	}
	if got := s.Rows[3]; got[0] != "3 quarters later" || got[1] != "68" || got[2] != "1.000" { // 20 quarters, less 3, of 4 teams
		t.Errorf("the planted lag is %q", got)
	}
	for i, row := range s.Rows {
		if i != 3 && (strings.HasPrefix(row[2], "0.9") || strings.HasPrefix(row[2], "1.") || row[3] == "-") {
			t.Errorf("lag %d is %q", i, row)
		}
	}

	// What employees said in any order shows no connection, though one of nine correlations is always the largest.
	unlike := func(measure, pool string, quarter int) look {
		if measure == "esat" {
			return planted(measure, pool, 7*quarter%31)
		}
		return planted(measure, pool, quarter)
	}
	s = comp.Section{}
	quarters(t, teams, unlike).mirror(&comp.SectionSpec{Every: "quarter", Periods: 12, By: comp.PoolDepartment, Measures: []string{"esat", "csat"}, Lags: 1}, &s)
	if len(s.Rows) != 2 || !slices.Contains(s.After, "Every interval holds 0: no connection can be told from these pairs.") {
		t.Errorf("%q, %q", s.Rows, s.After)
	}

	// Of one team and few periods nothing can be told.
	few := func(measure, pool string, quarter int) look {
		x := planted(measure, pool, quarter)
		x.ok = pool == "department:Sales" && quarter > 16
		return x
	}
	s = comp.Section{}
	quarters(t, teams, few).mirror(spec, &s)
	for _, row := range s.Rows {
		if row[2] != "not enough data" {
			t.Errorf("a correlation of %s pairs: %q", row[1], row)
		}
	}
}

// TestEquityCloses: opening and what came and went give the closing to the cent, and pay is held against the change.
func TestEquityCloses(t *testing.T) {
	values := map[string]string{"opening": "1000000.01", "acquired": "200000.25", "kept": "50000.50", "lost": "150000.75"}
	l := quarters(t, nil, func(measure, _ string, _ int) look {
		n, err := comp.ParseExact(values[measure])
		if err != nil {
			t.Fatal(err)
		}
		return look{value: n, n: 10, ok: true}
	})
	month := func(m string, minor int64) comp.LedgerEntry {
		return comp.LedgerEntry{Paid: m, Kind: comp.Earning, Amount: comp.Money{Minor: minor, Currency: "EUR"}}
	}
	l.a.in.Ledger = []comp.LedgerEntry{month("2026-09", 99900), month("2026-10", 100000), month("2026-11", 50000),
		{Paid: "2026-11", Kind: comp.BalanceEntry, Amount: comp.Money{Minor: 77, Currency: "EUR"}}}
	r := &comp.Result{Statements: []comp.Statement{{Total: comp.Money{Minor: 50000, Currency: "EUR"}}}}
	var s comp.Section
	l.equity(&comp.SectionSpec{Every: "quarter", Periods: 1, Measures: []string{"opening", "acquired", "kept", "lost"}}, &s, r)
	want := []string{"October to December 2026", "1,000,000.01", "200,000.25", "50,000.50", "150,000.75", "1,100,000.01", "2,000.00", "0.02"}
	if len(s.Rows) != 1 || !slices.Equal(s.Rows[0], want) {
		t.Errorf("%q, want %q", s.Rows, want)
	}
}

// TestPayRatio: jobs of fewer than eight people are not listed, and held pay is none.
func TestPayRatio(t *testing.T) {
	var r comp.Result
	add := func(job string, n int, minor int64, held ...string) {
		for range n {
			r.Statements = append(r.Statements, comp.Statement{Job: job, Total: comp.Money{Minor: minor, Currency: "EUR"}, HeldFor: held})
		}
	}
	add("Seller", 8, 9_600_000)
	add("Agent", 10, 2_800_000)
	add("Agent", 3, 0, "F1")
	add("Director", 7, 1)
	var s comp.Section
	quarters(t, nil, nil).payRatio(&s, &r)
	want := [][]string{{"Agent", "10", "28,000.00 EUR", "1.00"}, {"Seller", "8", "96,000.00 EUR", "3.43"}}
	if !slices.EqualFunc(s.Rows, want, slices.Equal) || !slices.Equal(s.After, []string{"1 jobs of fewer than 8 people are not listed."}) {
		t.Errorf("%q, %q", s.Rows, s.After)
	}
}

// TestFunnel: 200 items, 40 linked, 12 shipped, 9 told.
func TestFunnel(t *testing.T) {
	counts := map[string]int64{"acquired": 200, "csat": 40, "kept": 12, "lost": 9}
	l := quarters(t, nil, func(measure, _ string, _ int) look {
		return look{value: comp.Int(counts[measure]), n: counts[measure], ok: true}
	})
	var s comp.Section
	l.funnel(&comp.SectionSpec{Every: "quarter", Periods: 1, Measures: []string{"acquired", "csat", "kept", "lost"}}, &s)
	for i, want := range []string{"100 %", "20 %", "6 %", "4.5 %"} {
		if got := s.Rows[i][2]; got != want {
			t.Errorf("step %d is %s of the first, want %s", i+1, got, want)
		}
	}
}
