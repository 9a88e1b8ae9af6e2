package transform

import (
	"testing"

	"carrot/transform/comp"
)

func day(t testing.TB, s string) comp.Date {
	t.Helper()
	d, err := comp.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestMeasuring(t *testing.T) {
	irregular := []comp.Calendar{{Name: "quotas", Periods: []comp.Period{
		{Start: day(t, "2011-05-31"), End: day(t, "2011-08-31")}, {Start: day(t, "2011-08-31"), End: day(t, "2011-12-01")}}}}
	for _, c := range []struct{ every, month, want string }{
		{"month", "2024-02", "2024-02-01..2024-02-29"},
		{"quarter", "2026-02", ""},
		{"quarter", "2026-03", "2026-01-01..2026-03-31"},
		{"half", "2026-06", "2026-01-01..2026-06-30"},
		{"year", "2026-12", "2026-01-01..2026-12-31"},
		{"quotas", "2011-08", "2011-05-31..2011-08-30"},
		{"quotas", "2011-11", "2011-08-31..2011-11-30"},
		{"quotas", "2011-12", ""},
	} {
		month, err := comp.ParseMonth(c.month)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, p := range measuring(c.every, month, irregular) {
			got += p.String()
		}
		if got != c.want {
			t.Errorf("%s in %s: %q, want %q", c.every, c.month, got, c.want)
		}
	}
}

// TestToDateAcrossTheYear: the week across the turn of the year belongs to the year in which it ends.
func TestToDateAcrossTheYear(t *testing.T) {
	var weeks []comp.Period
	for d := day(t, "2025-12-15"); d < day(t, "2026-01-26"); d += 7 {
		weeks = append(weeks, comp.Period{Start: d, End: d + 7})
	}
	for i, want := range []int{1, 2, 1, 2, 3, 4} { // the weeks of December tile their year from the calendar's first on
		if all := toDate("year", "weeks", weeks[i], []comp.Calendar{{Name: "weeks", Periods: weeks}}); len(all) != want || all[len(all)-1] != weeks[i] {
			t.Errorf("to date in the week %s: %v, want %d", weeks[i], all, want)
		}
	}
}

// TestToDateSpans: the periods to date tile the larger period from its first day without gap.
func TestToDateSpans(t *testing.T) {
	for m := 1; m <= 12; m++ {
		p := comp.Month(comp.Day(2026, 1, 1).AddMonths(m - 1))
		all := toDate("year", "month", p, nil)
		if len(all) != m || all[0].Start != comp.Day(2026, 1, 1) || all[m-1] != p {
			t.Errorf("to date in month %d: %v", m, all)
		}
		for i := 1; i < len(all); i++ {
			if all[i].Start != all[i-1].End {
				t.Errorf("gap before %v", all[i])
			}
		}
	}
}
