package truth

import (
	"go/parser"
	"go/token"
	"math/big"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"carrot/transform/comp"
)

// The truth is worth something only while it shares nothing with the engine but nouns.
func TestTruthImportsNounsOnly(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) < 5 {
		t.Fatalf("found %d files: %v", len(files), err)
	}
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range f.Imports {
			path, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			ours := strings.HasPrefix(path, "carrot/") && path != "carrot/transform/comp"
			if ours || (!strings.HasPrefix(path, "carrot/") && strings.Contains(strings.Split(path, "/")[0], ".")) {
				t.Errorf("%s imports %s", name, path)
			}
		}
	}
}

// Published tables and their published results (domain notes GC-01, GC-02, GC-06, M18), which the curves must give.
func TestCurvesGivePublishedResults(t *testing.T) {
	thirds := []step{{"0", "0.03"}, {"300000", "0.05"}, {"500000", "0.07"}}
	ones := rat("1")
	cases := []struct {
		name                 string
		got                  *big.Rat
		want                 string
		value, quota, target *big.Rat
	}{
		{name: "marginal 600,000", got: slices(thirds, rat("600000"), ones), want: "26000"},
		{name: "retroactive 600,000", got: (&term{shape: "retroactive", steps: thirds}).curve(rat("600000"), nil, nil), want: "42000"},
		{name: "500,000 belongs to the upper tier", got: new(big.Rat).Mul(rat("500000"), tier(thirds, rat("500000"), false)), want: "35000"},
		{name: "500,000 belongs to the lower tier", got: new(big.Rat).Mul(rat("500000"), tier(thirds, rat("500000"), true)), want: "25000"},
		{name: "quarter of 150,000 on a quota of 100,000", want: "8250",
			got: slices([]step{{"0", "0.05"}, {"1", "0.06"}, {"1.25", "0.07"}}, rat("150000"), rat("100000"))},
		{name: "response rate 55 %", got: line([]step{{"0.20", "0"}, {"0.90", "1"}}, rat("0.55")), want: "0.5"},
		{name: "below the first point", got: line([]step{{"0.20", "0"}, {"0.90", "1"}}, rat("0.10")), want: "0"},
		{name: "above the last point", got: line([]step{{"0.20", "0"}, {"0.90", "1"}}, rat("0.95")), want: "1"},
		{name: "nothing reached", got: tier([]step{{"0.5", "1"}}, rat("0.49"), false), want: "0"},
	}
	for _, c := range cases {
		if c.got.Cmp(rat(c.want)) != 0 {
			t.Errorf("%s: got %s, want %s", c.name, c.got.FloatString(6), c.want)
		}
	}
}

func TestRound(t *testing.T) {
	for _, c := range []struct {
		exact        string
		away, toEven int64
	}{
		{"10.125", 1013, 1012}, {"10.135", 1014, 1014}, {"-10.125", -1013, -1012}, {"-10.135", -1014, -1014}, {"0.005", 1, 0}, {"-0.005", -1, 0},
		{"1.004", 100, 100}, {"1.0050001", 101, 101}, {"0", 0, 0},
	} {
		if got := round(rat(c.exact), false); got != c.away {
			t.Errorf("%s half away from zero: got %d, want %d", c.exact, got, c.away)
		}
		if got := round(rat(c.exact), true); got != c.toEven {
			t.Errorf("%s half to even: got %d, want %d", c.exact, got, c.toEven)
		}
	}
}

// small is a world of one seller and one login, small enough to reckon by hand.
func small() *World {
	day := func(m, d int) comp.Date { return comp.Day(2025, 1, 1).AddMonths(m-1) + comp.Date(d-1) }
	always := Known{Until: Always}
	return &World{
		First: comp.Day(2025, 1, 1), Months: 3, Splits: map[string][]Split{},
		People: []Person{{ID: "0001", Entity: "DE01", Currency: "EUR",
			Status: []Status{{always, comp.Day(2020, 1, 1), "Full-Time"}},
			Jobs:   []Job{{Known: always, Effective: comp.Day(2020, 1, 1), Department: "Sales", Title: "Account Executive", FTE: 100}}}},
		Logins: []Login{{System: "salesforce", Name: "a", Owners: []Owner{{Person: 0, From: comp.Day(2020, 1, 1), To: comp.NoDate}}}},
		Rates: []Rate{{Date: day(1, 1), From: "USD", To: "EUR", Text: "0.9", Value: rat("0.9")}, {Date: day(2, 1), From: "USD", To: "EUR", Text: "0.8",
			Value: rat("0.8")}},
		Quotas: []Quota{{0, 0, 1000000}, {0, 1, 1000000}, {0, 2, 1000000}},
		Deals: []Deal{
			{Known: always, ID: "a", Currency: "EUR", Minor: 900000, Delivered: day(1, 10)},
			{Known: always, ID: "b", Currency: "USD", Minor: 100000, Delivered: day(1, 31)},
			{Known: Known{From: 1, Until: Always}, ID: "late", Currency: "EUR", Minor: 100000, Delivered: day(1, 20)},
			{Known: Known{From: 1, Until: Always}, ID: "c", Currency: "EUR", Minor: 1200000, Delivered: day(2, 5)},
		},
	}
}

func commission(t *testing.T, w *World, close int, month string) int64 {
	t.Helper()
	for _, e := range w.Entitlements(close) {
		if e.Component == "commission" && e.Month == month {
			return e.Amount
		}
	}
	t.Fatalf("no commission for %s at close %d", month, close)
	return 0
}

// January: 9,000 EUR and 1,000 USD at 0.9 are 9,900 of a quota of 10,000: 8,000 at 3.5 % and 1,900 at 4 % are 356.00.
// Known in February, 1,000 EUR more: 10,900, so 280 + 80 + 40.50 = 400.50. February adds 12,000: 22,900 of 20,000, so 560 +
// 160 + 2,900 at 4.5 % = 850.50 to date, 450.00 for the month, and the late deal's 44.50.
func TestPayByHand(t *testing.T) {
	w := small()
	if got := commission(t, w, 0, "2025-01"); got != 35600 {
		t.Errorf("January at its own close: got %d, want 35600", got)
	}
	if got := commission(t, w, 1, "2025-01"); got != 40050 {
		t.Errorf("January at February's close: got %d, want 40050", got)
	}
	if got := commission(t, w, 1, "2025-02"); got != 45000 {
		t.Errorf("February: got %d, want 45000", got)
	}
	pay := w.PayUntil(1)
	if len(pay) != 2 || pay[0].Amount != 35600 || pay[1].Amount != 45000+4450 {
		t.Errorf("got %v, want 35600 and 49450", pay)
	}
}

// A target of 450 for the quarter, with 30 of its 90 days and half of the hours, is 75.
func TestProration(t *testing.T) {
	w := small()
	w.People[0].Jobs[0].FTE = 50
	w.People[0].Status[0].Effective = comp.Day(2025, 3, 2)
	w.Deals = nil
	for _, e := range w.Entitlements(2) {
		if e.Component == "satisfaction" && (e.Days != 30 || e.Target.Cmp(rat("75")) != 0) {
			t.Errorf("got %d days and a target of %s, want 30 and 75", e.Days, e.Target.FloatString(4))
		}
		if e.Month != "2025-03" {
			t.Errorf("an entitlement for %s, before the first day of work", e.Month)
		}
	}
}

// A closed gate pays nothing, and too few ratings are neutral.
func TestGateAndNeutral(t *testing.T) {
	satisfaction := func(w *World) int64 {
		for _, e := range w.Entitlements(2) {
			if e.Component == "satisfaction" {
				return e.Amount
			}
		}
		t.Fatal("no entitlement")
		return 0
	}
	w := small()
	for i := range w.Deals {
		w.Deals[i].Kept = i != 0 // three of four: exactly three quarters
	}
	if got := satisfaction(w); got != 45000 {
		t.Errorf("without ratings: got %d, want the target of 45000", got)
	}
	w.Deals[1].Kept = false
	if got := satisfaction(w); got != 0 {
		t.Errorf("with half of the promises kept: got %d, want 0", got)
	}
}

// The posted sum of all closes is what the last close finds.
func TestPayTelescopes(t *testing.T) {
	w := small()
	w.Memos = []Memo{{Known: Known{From: 2, Until: Always}, Deal: "c", Currency: "EUR", Minor: 1200000, Delivered: comp.Day(2025, 2, 5)}}
	w.Splits["a"] = []Split{{From: 1, Login: 0, Percent: 60}}
	var paid, found int64
	for _, p := range w.Pay() {
		paid += p.Amount
	}
	for _, e := range w.Entitlements(2) {
		found += e.Amount
	}
	if paid != found || paid == 0 {
		t.Errorf("paid %d, the last close finds %d", paid, found)
	}
}

func TestWithLoginLeavesTheWorldAlone(t *testing.T) {
	w := small()
	w.Logins = append(w.Logins, Login{System: "salesforce", Name: "nobody"})
	w.Deals = append(w.Deals, Deal{Known: Known{Until: Always}, ID: "x", Login: 1, Currency: "EUR", Minor: 10000, Delivered: comp.Day(2025, 1, 3)})
	before := commission(t, w, 0, "2025-01")
	settled := w.WithLogin("salesforce", "nobody", "0001")
	if got := commission(t, settled, 0, "2025-01"); got != before+400 {
		t.Errorf("settled: got %d, want %d", got, before+400)
	}
	if got := commission(t, w, 0, "2025-01"); got != before {
		t.Errorf("the world itself changed from %d to %d", before, got)
	}
}

func TestCloseDates(t *testing.T) {
	business, known := small().CloseDates("2025-02")
	if business != comp.Day(2025, 3, 3) || known != business {
		t.Errorf("got %s and %s, want 2025-03-03", business, known)
	}
	if business, _ := small().CloseDates("2024-12"); business != comp.NoDate {
		t.Errorf("a month before the company: got %s", business)
	}
}
