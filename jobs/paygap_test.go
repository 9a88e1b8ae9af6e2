package jobs

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carrot/transform/comp"
)

// payWorld are twenty people of US01 who work all of January and February, ten F and ten M, and one M who works the half of January
// only, at half of full time. F are paid 90 a month (0 to 4) or 100, M 100 or 120; the one for half is paid 30 for a quarter of a
// month.
func payWorld() (*comp.Company, map[string][]string, []comp.LedgerEntry) {
	company, groups := &comp.Company{}, map[string][]string{}
	var ledger []comp.LedgerEntry
	whole := comp.Period{Start: comp.Day(2026, 1, 1), End: comp.Day(2026, 3, 1)}
	pay := func(id, component string, euros int64) {
		for _, month := range []string{"2026-01", "2026-02", "2026-03"} { // the last is not asked for
			ledger = append(ledger, comp.LedgerEntry{Payee: id, Plan: "p", Component: component, Paid: month, For: month, Kind: comp.Earning, Amount: comp.Money{Minor: 100 * euros, Currency: "USD"}})
		}
	}
	add := func(id, sex, category string, works comp.Period, fte string) {
		attr := func(text string) comp.Timeline[string] {
			x, err := comp.NewTimeline([]comp.Span[string]{{Period: comp.Period{Start: comp.Day(2020, 1, 1), End: comp.Forever}, Value: text}})
			if err != nil {
				panic(err)
			}
			return x
		}
		company.People = append(company.People, comp.Person{ID: id, Employed: []comp.Period{works}, Attrs: map[string]comp.Timeline[string]{comp.AttrEntity: attr("US01"), comp.AttrFTE: attr(fte)}})
		groups[id] = []string{sex, category}
	}
	for i := range 10 {
		category := [...]string{"clerk", "clerk", "clerk", "clerk", "clerk", "clerk", "guard", "guard", "nurse", "nurse"}[i]
		f, m := fmt.Sprintf("f%d", i), fmt.Sprintf("m%d", i)
		add(f, "F", category, whole, "1")
		add(m, "M", category, whole, "1")
		bonus := int64(0)
		if i >= 5 {
			bonus = 10
		}
		pay(f, "base", 90+bonus)
		pay(m, "base", 100+2*bonus)
	}
	ledger = append(ledger, comp.LedgerEntry{Payee: "f0", Paid: "2026-01", Kind: comp.BalanceEntry, Amount: comp.Money{Minor: 1, Currency: "USD"}},
		comp.LedgerEntry{Payee: "f0", Paid: "2026-01", Kind: comp.Earning, Amount: comp.Money{Minor: 100000, Currency: "EUR"}}) // of no entity of hers
	add("x", "M", "", comp.Period{Start: comp.Day(2026, 1, 1), End: comp.Day(2026, 1, 1) + 15}, "0.5")
	ledger = append(ledger, comp.LedgerEntry{Payee: "x", Plan: "p", Component: "base", Paid: "2026-01", Kind: comp.Earning, Amount: comp.Money{Minor: 3000, Currency: "USD"}})
	return company, groups, ledger
}

// TestPayGap works the gaps of a small company out by hand.
func TestPayGap(t *testing.T) {
	company, groups, ledger := payWorld()
	usd := []comp.LegalEntity{{ID: "US01", Currency: "USD"}}
	span := comp.Period{Start: comp.Day(2026, 1, 1), End: comp.Day(2026, 3, 1)}
	people := payPeople(company, usd, groups, 1, ledger, span)
	if len(people) != 21 || people[0].rate.String() != "90" || people[20].rate.Fixed(4, comp.HalfEven) != "124.0000" { // 30 / (15/31 · 1/2)
		t.Fatalf("%d people, of whom the first is paid %s and the last %s", len(people), people[0].rate, people[len(people)-1].rate)
	}
	out := PayGaps{Floor: 5}
	out.compare(PayArea{Entity: "US01", Currency: "USD", Column: "sex"}, people[:20], 0)
	var got []string
	for _, g := range out.Groups {
		got = append(got, strings.TrimSpace(fmt.Sprintf("%s%s %s %d/%d mean %s/%s %s [%s, %s] median %s/%s %s %v %v", g.Category, g.Component, g.Group, g.People, g.Others, g.Mean, g.OthersMean, g.MeanGap, g.Low, g.High,
			g.Median, g.OthersMedian, g.MedianGap, g.Quarters, g.Marked)))
	}
	// F: (5·90 + 5·100)/10 = 95, M: (5·100 + 5·120)/10 = 110, so 15/110 = 13.64 %. The variance of F's mean is 25/9, of M's 100/9; that of
	// the gap is (25/9 + (95/110)²·100/9)/110² = 0.000914. Of clerks, six of ten each, five are paid the less. Guards and nurses are two
	// each, so both are hidden, and as four are fewer than five the clerks as well.
	want := []string{
		"F 10/10 mean 95.00/110.00 13.64 % [7.71 %, 19.56 %] median 95.00/110.00 13.64 % [] true",
		"p/base F 10/10 mean 95.00/110.00 13.64 % [7.71 %, 19.56 %] median 95.00/110.00 13.64 % [] true",
		"M 10/10 mean 110.00/95.00 -15.79 % [-23.74 %, -7.84 %] median 110.00/95.00 -15.79 % [] true",
		"p/base M 10/10 mean 110.00/95.00 -15.79 % [-23.74 %, -7.84 %] median 110.00/95.00 -15.79 % [] true",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	var hidden []string
	for _, x := range out.Hidden {
		hidden = append(hidden, x.Category)
	}
	if d := cmp.Diff([]string{"guard", "nurse", "clerk"}, hidden); d != "" {
		t.Errorf("hidden (-want +got):\n%s", d)
	}

	for i := range people[:20] { // with five guards the nurses are nobody, and the clerks' gap tells nothing of fewer than five
		people[i].category = map[bool]string{true: "guard", false: "clerk"}[people[i].id[1] >= '5']
	}
	out = PayGaps{Floor: 5}
	out.compare(PayArea{Entity: "US01", Currency: "USD", Column: "sex"}, people[:20], 0)
	if len(out.Hidden) != 0 || len(out.Groups) != 8 {
		t.Errorf("with five of each category: %d groups, hidden %v", len(out.Groups), out.Hidden)
	}
	out = PayGaps{Floor: 11}
	if out.compare(PayArea{Entity: "US01", Column: "sex"}, people[:20], 0); len(out.Groups) != 0 || len(out.Hidden) != 1 {
		t.Errorf("with a floor of eleven: %+v", out)
	}
}

// TestPayQuarters: people by pay in four bands, F being two of five and then three of five; under a floor of three no band is
// shown, as three would tell the fourth.
func TestPayQuarters(t *testing.T) {
	var sorted []payPerson
	for i, sex := range "FFMMM" + "FFFMM" + "FMFMF" + "MFMFF" {
		sorted = append(sorted, payPerson{id: fmt.Sprint(i), groups: []string{string(sex)}})
	}
	in := func(p payPerson) bool { return p.groups[0] == "F" }
	if d := cmp.Diff([]string{"40.00 %", "60.00 %", "60.00 %", "60.00 %"}, quarters(sorted, in, 2)); d != "" {
		t.Error(d)
	}
	if got := quarters(sorted, in, 3); got != nil {
		t.Errorf("two of a band are shown: %v", got)
	}
	if got := quarters(sorted[:18], in, 2); fmt.Sprint(got) != "[40.00 % 60.00 % 50.00 % 50.00 %]" { // of 5, 5, 4 and 4
		t.Errorf("eighteen people: %v", got)
	}
}
