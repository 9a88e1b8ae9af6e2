package transform

import (
	"strings"
	"testing"

	"carrot/transform/comp"
)

// TestCosts: case GC-34. 3,600 of commission on a contract of 36 months that begins in October; 7.65 % of fringe; a benefit of
// 60 months where renewals are not commensurate; an end after ten months; and the expedient of a year.
func TestCosts(t *testing.T) {
	for _, x := range []struct {
		name, month string
		cost        comp.Cost
		events      []string
		want        map[string]string // by kind and month
		sum         string            // amortised in 2026
	}{
		{"a month and the first year", "2026-10", comp.Cost{Months: 36, Renewals: "commensurate"}, nil,
			map[string]string{"capitalised 2026-10": "3600.00", "amortised 2026-10": "100.00", "amortised 2029-09": "100.00", "amortised 2029-10": ""}, "300.00"},
		{"fringe", "2026-10", comp.Cost{Months: 36, Fringe: comp.Scaled(765, 4)}, nil, map[string]string{"capitalised 2026-10": "3875.40", "amortised 2026-10": "107.65"}, "322.95"},
		{"benefit", "2026-10", comp.Cost{Months: 36, Benefit: 60}, nil, map[string]string{"amortised 2026-10": "60.00", "amortised 2031-09": "60.00"}, "180.00"},
		{"ended after ten months", "2027-08", comp.Cost{Months: 36, Ends: "terminated"}, []string{"D1 terminated 2027-08-01"},
			map[string]string{"amortised 2027-07": "100.00", "amortised 2027-08": "", "written off 2027-08": "2600.00"}, "300.00"},
		{"ended by an event of whatever amount", "2027-08", comp.Cost{Months: 36, Ends: "terminated"}, []string{"D1 terminated 2027-08-01 1 -100"},
			map[string]string{"amortised 2027-07": "100.00", "amortised 2027-08": "", "written off 2027-08": "2600.00"}, "300.00"},
		{"a year", "2026-10", comp.Cost{Months: 12}, nil, map[string]string{"expensed 2026-10": "3600.00", "amortised 2026-10": ""}, "0"},
	} {
		k := newKept(t, x.month, comp.Component{Cost: &x.cost}, x.events...)
		k.earn("D1", "2026-10-01", 3600)
		k.run()
		year, total, written := comp.Number{}, comp.Number{}, comp.Number{}
		got := map[string]string{}
		for _, c := range k.costs {
			got[c.Kind+" "+c.Month] = c.Amount.Decimal()
			switch {
			case c.Kind == capitalised:
				total = c.Amount.Amount().Number
			default:
				written = written.Add(c.Amount.Amount().Number)
			}
			if c.Kind == amortised && strings.HasPrefix(c.Month, "2026") {
				year = year.Add(c.Amount.Amount().Number)
			}
		}
		for at, want := range x.want {
			if got[at] != want {
				t.Errorf("%s: %s is %q, want %q", x.name, at, got[at], want)
			}
		}
		if year.Cmp(num(t, x.sum)) != 0 || (!total.IsZero() && total.Cmp(written) != 0) {
			t.Errorf("%s: %s in the first year, want %s; capitalised %s, written down and off %s", x.name, year, x.sum, total, written)
		}
	}
}
