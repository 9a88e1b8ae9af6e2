package transform

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carrot/transform/comp"
)

func exactOf(t testing.TB, text string) comp.Number {
	t.Helper()
	n, err := comp.ParseExact(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func figureOf(t testing.TB, text string) *comp.Number {
	n := exactOf(t, text)
	return &n
}

// happens are the events of deals of crm.deals: "D1 accepted 2026-02-10", and an amount or, after a colon, a score.
func happens(t testing.TB, events ...string) *comp.Company {
	t.Helper()
	c := &comp.Company{Events: map[comp.EventKey][]comp.Event{}}
	for _, text := range events {
		f := strings.Fields(text)
		e := comp.Event{Date: on(f[2])}
		if len(f) > 3 && strings.HasPrefix(f[3], ":") {
			e.Score = figureOf(t, f[3][1:])
		} else if len(f) > 3 {
			e.Amount = figureOf(t, f[3])
		}
		k := comp.EventKey{Table: "crm.deals", Key: f[0], Event: f[1]}
		c.Events[k] = append(c.Events[k], e)
	}
	return c
}

// sold are deals of crm.deals: "D1 2026-01-10 100000".
func sold(t testing.TB, deals ...string) []deal {
	t.Helper()
	var out []deal
	for _, text := range deals {
		f := strings.Fields(text)
		v := exactOf(t, f[2])
		out = append(out, deal{key: f[0], table: "crm.deals", day: on(f[1]), at: int64(on(f[1])) * 86400, value: v, whole: v})
	}
	return out
}

func tiersOf(t testing.TB, kind comp.CurveKind, bounds ...string) comp.Curve {
	c := comp.Curve{Kind: kind, Of: "value"}
	for i := 0; i < len(bounds); i += 2 {
		b := comp.Band{From: exactOf(t, bounds[i]), Pays: exactOf(t, bounds[i+1]), Open: i+2 == len(bounds)}
		if !b.Open {
			b.To = exactOf(t, bounds[i+2])
		}
		c.Bands = append(c.Bands, b)
	}
	return c
}

func payText(parts []dealPay) string {
	var out []string
	for _, p := range parts {
		out = append(out, fmt.Sprintf("%s %s", p.key, p.pay))
	}
	return strings.Join(out, ", ")
}

// TestAttribute shares pay among deals by what each adds. GC-05: the deal that takes 145,000 to 165,000 is worth 1,100.00.
func TestAttribute(t *testing.T) {
	spiff := tiersOf(t, comp.Marginal, "0", "0.04", "150000", "0.06", "250000", "0.08")
	back := tiersOf(t, comp.Retroactive, "0", "0.05", "100", "0.10")
	attained := tiersOf(t, comp.Marginal, "0", "0.05", "1", "0.10")
	attained.Of = "attainment"
	half := comp.Scaled(5, 1)
	deals := sold(t, "D1 2026-01-10 145000", "D2 2026-02-10 20000")
	for _, x := range []struct {
		name  string
		curve comp.Curve
		in    CurveInput
		deals []deal
		final string
		want  string
	}{
		{"marginal", spiff, CurveInput{}, deals, "6900", "D1 5800, D2 1100"},
		{"half of it after a gate", spiff, CurveInput{}, deals, "3450", "D1 2900, D2 550"},
		{"retroactive: the one that crosses carries the jump", back, CurveInput{}, sold(t, "D1 2026-01-10 60", "D2 2026-01-11 60"), "12", "D1 3, D2 9"},
		{"of attainment", attained, CurveInput{Quota: comp.Int(100), HasQuota: true}, sold(t, "D1 2026-01-10 60", "D2 2026-01-11 60"), "7", "D1 3, D2 4"},
		{"a target without a value", comp.Curve{Kind: comp.RateCurve, Of: "value"}, CurveInput{Rate: half}, sold(t, "D1 2026-01-10 0", "D2 2026-01-11 0"), "40", "D1 0, D2 40"},
		{"a cap that does not divide", comp.Curve{Kind: comp.RateCurve, Of: "value"}, CurveInput{Rate: half}, sold(t, "D1 2026-01-10 1", "D2 2026-01-10 2"), "1", "D1 1/3, D2 2/3"},
	} {
		got := attribute(x.curve, x.in, x.deals, pay, exactOf(t, x.final))
		if payText(got) != x.want {
			t.Errorf("%s: got %s, want %s", x.name, payText(got), x.want)
		}
		sum := comp.Number{}
		for _, p := range got {
			sum = sum.Add(p.pay)
		}
		if sum.String() != x.final {
			t.Errorf("%s: the parts sum to %s, want %s", x.name, sum, x.final)
		}
	}
}

// TestPerDeal pays each deal by itself: GC-03 and GC-04, 25.00 + 44.00 + 95.00 and, by points, 25 + 44 + 80.
func TestPerDeal(t *testing.T) {
	deals := sold(t, "J1 2026-01-01 200", "J2 2026-01-02 300", "J3 2026-01-03 1500", "F1 2026-02-01 1200", "F2 2026-02-02 2000", "M1 2026-03-01 4500")
	step := tiersOf(t, comp.Marginal, "0", "0.01", "1000", "0.02", "3000", "0.03", "8000", "0.05")
	line := comp.Curve{Kind: comp.Interpolate, Of: "value"}
	for _, p := range [][2]string{{"0", "0"}, {"1000", "10"}, {"3000", "50"}, {"8000", "150"}} {
		line.Points = append(line.Points, comp.Band{From: exactOf(t, p[0]), Pays: exactOf(t, p[1])})
	}
	got, total := alone(step, CurveInput{}, deals, pay)
	if payText(got) != "J1 2, J2 3, J3 20, F1 14, F2 30, M1 95" || total.String() != "164" {
		t.Errorf("per deal by bands: %s, together %s", payText(got), total)
	}
	got, total = alone(line, CurveInput{Target: comp.Int(1)}, deals, pay)
	if payText(got) != "J1 2, J2 3, J3 20, F1 14, F2 30, M1 80" || total.String() != "149" {
		t.Errorf("per deal by points: %s, together %s", payText(got), total)
	}
}

// TestLess gives what one measuring period adds to date: the parts up to February less those up to January.
func TestLess(t *testing.T) {
	now := attribute(tiersOf(t, comp.Retroactive, "0", "0.05", "100", "0.10"), CurveInput{}, sold(t, "D1 2026-01-10 60", "D2 2026-02-11 60"), pay, comp.Int(12))
	before := attribute(comp.Curve{Kind: comp.RateCurve, Of: "value"}, CurveInput{Rate: comp.Scaled(5, 2)}, sold(t, "D0 2026-01-09 20", "D1 2026-01-10 60"), pay, comp.Int(4))
	if got := payText(less(now, before)); got != "D1 0, D2 9, D0 -1" {
		t.Errorf("got %s", got)
	}
}

// TestCrossings names the deal that crossed each bound, on either edge.
func TestCrossings(t *testing.T) {
	c := tiersOf(t, comp.Marginal, "0", "0.05", "1", "0.10", "2", "0.2")
	c.Of = "attainment"
	in := CurveInput{Quota: comp.Int(100), HasQuota: true}
	deals := sold(t, "D1 2026-01-10 60", "D2 2026-01-11 40", "D3 2026-01-12 150")
	tell := func() string {
		var out []string
		for _, x := range crossings(c, in, deals) {
			out = append(out, fmt.Sprintf("%s past %s at %s", x.Deal, x.Bound, x.Value))
		}
		return strings.Join(out, ", ")
	}
	if got := tell(); got != "D2 past 1 at 100, D3 past 2 at 250" {
		t.Errorf("[lo,hi): %s", got)
	}
	c.UpperEdge = true
	if got := tell(); got != "D3 past 1 at 250, D3 past 2 at 250" {
		t.Errorf("(lo,hi]: %s", got)
	}
}

// stands says what a deal's pay comes to at the end of some days.
func stands(c *comp.Component, d *dealPay, company *comp.Company, days ...string) []string {
	var out []string
	for _, day := range days {
		paid, held, forfeited, reasons := released(c, d, company, on(day))
		line := fmt.Sprintf("%s paid %s held %s forfeited %s taken %s", day, paid, held, forfeited, clawedBack(c, d, company, on(day)))
		if len(reasons) > 0 {
			line += " (" + strings.Join(reasons, "; ") + ")"
		}
		out = append(out, line)
	}
	return out
}

type clocks struct {
	name    string
	release comp.Release
	claw    *comp.Clawback
	events  []string
	want    []string
}

// TestReleaseTwoClocks is GC-22, a deal of 100,000 on 10 January at 8 %, and what lies beside it.
func TestReleaseTwoClocks(t *testing.T) {
	bar := &comp.Bar{Event: "satisfaction", AtLeast: comp.Int(4), Reason: "csat_below_bar"}
	cash := comp.Release{Parts: []comp.Slice{{Share: comp.Int(1), On: "cash"}}, Longest: comp.Length{Months: 6}}
	halves := comp.Release{Parts: []comp.Slice{{Share: comp.Scaled(5, 1), On: "credit"}, {Share: comp.Scaled(5, 1), On: "accepted"}}}
	article := func(failed, silence string) comp.Release {
		return comp.Release{Parts: []comp.Slice{{Share: comp.Scaled(75, 2), On: "accepted", If: bar}, {Share: comp.Scaled(25, 2), On: "accepted", After: comp.Length{Days: 90}, If: bar}},
			Longest: comp.Length{Months: 12}, Silence: silence, Failed: failed}
	}
	none := " forfeited 0 taken 0"
	for _, x := range []clocks{
		{name: "a", release: halves, events: []string{"D1 accepted 2026-02-10"},
			want: []string{"2026-01-31 paid 4000 held 4000" + none + " (waits for accepted)", "2026-02-28 paid 8000 held 0" + none}},
		{name: "b", release: article("forfeit", "pay"), events: []string{"D1 accepted 2026-02-10", "D1 satisfaction 2026-02-12 :4"},
			want: []string{"2026-02-11 paid 0 held 8000" + none + " (waits for satisfaction)", "2026-02-12 paid 6000 held 2000" + none + " (waits until 2026-05-11)",
				"2026-05-10 paid 6000 held 2000" + none + " (waits until 2026-05-11)", "2026-05-11 paid 8000 held 0" + none}},
		{name: "c", release: article("forfeit", "pay"), events: []string{"D1 accepted 2026-02-10", "D1 satisfaction 2026-02-12 :2"},
			want: []string{"2026-02-28 paid 0 held 8000" + none + " (csat_below_bar)", "2027-01-09 paid 0 held 8000" + none + " (csat_below_bar)",
				"2027-01-10 paid 0 held 0 forfeited 8000 taken 0"}},
		{name: "c, asked again", release: article("forfeit", "pay"), events: []string{"D1 accepted 2026-02-10", "D1 satisfaction 2026-02-12 :2", "D1 satisfaction 2026-06-01 :5"},
			want: []string{"2026-05-31 paid 0 held 8000" + none + " (csat_below_bar)", "2026-06-01 paid 8000 held 0" + none}},
		{name: "c, failed pays", release: article("pay", "forfeit"), events: []string{"D1 accepted 2026-02-10", "D1 satisfaction 2026-02-12 :2"},
			want: []string{"2027-01-10 paid 8000 held 0" + none}},
		{name: "silence pays", release: article("forfeit", "pay"), events: []string{"D1 accepted 2026-02-10"},
			want: []string{"2027-01-09 paid 0 held 8000" + none + " (waits for satisfaction)", "2027-01-10 paid 8000 held 0" + none}},
		{name: "silence forfeits, an event too late", release: article("forfeit", "forfeit"), events: []string{"D1 accepted 2027-01-11", "D1 satisfaction 2027-01-11 :5"},
			want: []string{"2027-01-09 paid 0 held 8000" + none + " (waits for accepted)", "2027-02-28 paid 0 held 0 forfeited 8000 taken 0"}},
		{name: "by cash received", release: cash, events: []string{"D1 cash 2026-02-01 25000", "D1 cash 2026-03-01 50000", "D1 cash 2026-04-01 50000"},
			want: []string{"2026-01-31 paid 0 held 8000" + none + " (waits for cash)", "2026-02-28 paid 2000 held 6000" + none + " (waits for the rest of cash)",
				"2026-03-31 paid 6000 held 2000" + none + " (waits for the rest of cash)", "2026-04-30 paid 8000 held 0" + none}},
		{name: "36 months where nothing is said", release: halves, want: []string{"2029-01-09 paid 4000 held 4000" + none + " (waits for accepted)", "2029-01-10 paid 8000 held 0" + none}},
		{name: "undone before the second half", release: halves, claw: &comp.Clawback{On: "refunded"}, events: []string{"D1 refunded 2026-02-05", "D1 accepted 2026-02-10"},
			want: []string{"2026-01-31 paid 4000 held 4000" + none + " (waits for accepted)", "2026-02-28 paid 4000 held 0 forfeited 4000 taken 4000"}},
		{name: "a quarter undone between the halves", release: halves, claw: &comp.Clawback{On: "refunded"}, events: []string{"D1 refunded 2026-02-05 25000", "D1 accepted 2026-02-10"},
			want: []string{"2026-02-09 paid 4000 held 3000 forfeited 1000 taken 1000 (waits for accepted)", "2026-02-28 paid 7000 held 0 forfeited 1000 taken 1000"}},
	} {
		c := &comp.Component{Release: &x.release, Clawback: x.claw}
		company := happens(t, x.events...)
		parts := attribute(comp.Curve{Kind: comp.RateCurve, Of: "value"}, CurveInput{Rate: comp.Scaled(8, 2)}, sold(t, "D1 2026-01-10 100000"), pay, comp.Int(8000))
		undo(c, company, parts, nil)
		var days []string
		for _, w := range x.want {
			days = append(days, strings.Fields(w)[0])
		}
		if d := cmp.Diff(x.want, stands(c, &parts[0], company, days...)); d != "" {
			t.Errorf("%s: %s", x.name, d)
		}
	}
}

// TestClawbackVariants is GC-23: 1,200.00 for a deal of 1 January 2026 that is lost after 4 months and 10 days, on 11 May,
// 130 days later, within 12 months, 365 days.
func TestClawbackVariants(t *testing.T) {
	tiered := []comp.Tier{{Until: comp.Length{Months: 3}, Takes: comp.Int(1)}, {Until: comp.Length{Months: 12}, Takes: comp.Scaled(5, 1)}}
	year := comp.Length{Months: 12}
	for _, x := range []struct{ takes, events, on, want string }{
		{"full", "D1 lost 2026-05-11", "2026-05-11", "1200"},
		{"full", "D1 lost 2026-05-11", "2026-05-10", "0"},
		{"months", "D1 lost 2026-05-11", "2026-12-31", "800"},                             // 1,200 x 8/12
		{"months", "D1 lost 2026-04-30", "2026-12-31", "900"},                             // 3 whole months: 9/12
		{"days", "D1 lost 2026-05-11", "2026-12-31", "56400/73"},                          // 1,200 x 235/365 = 772.60
		{"tiers", "D1 lost 2026-05-11", "2026-12-31", "600"},                              // 50 % before 12 months
		{"tiers", "D1 lost 2026-03-31", "2026-12-31", "1200"},                             // before 3 months
		{"tiers", "D1 lost 2026-04-01", "2026-12-31", "600"},                              // exactly 3 months: the next tier
		{"tiers", "D1 lost 2027-01-01", "2027-12-31", "0"},                                // exactly 12: none left
		{"full", "D1 lost 2027-01-01", "2027-12-31", "1200"},                              // the window's last day
		{"full", "D1 lost 2027-01-02", "2027-12-31", "0"},                                 // after it
		{"months", "D1 lost 2027-01-02", "2027-12-31", "0"},                               //
		{"full", "D1 lost 2025-12-31", "2026-12-31", "0"},                                 // before the deal: nothing was released, all is forfeited
		{"full", "D1 lost 2026-05-11 2500", "2026-12-31", "300"},                          // a quarter of the value of 10,000
		{"full", "D1 lost 2026-05-11 9000,D1 lost 2026-06-11 9000", "2026-12-31", "1200"}, // in all at most the whole
		{"full", "D1 lost 2026-05-11 9000,D1 lost 2026-06-11 9000", "2026-05-31", "1080"},
		{"full", "D1 lost 2026-05-11,D1 lost 2026-06-11", "2026-12-31", "1200"}, // told twice
	} {
		c := &comp.Component{Clawback: &comp.Clawback{On: "lost", Within: year, Takes: x.takes, Tiers: tiered}}
		company := happens(t, strings.Split(x.events, ",")...)
		parts := []dealPay{{deal: sold(t, "D1 2026-01-01 10000")[0], pay: comp.Int(1200)}}
		undo(c, company, parts, nil)
		if got := clawedBack(c, &parts[0], company, on(x.on)); got.String() != x.want {
			t.Errorf("%s, %s: by %s %s is taken, want %s", x.takes, x.events, x.on, got, x.want)
		}
	}
}

// TestClawbackRates is GC-24 and GC-05 c: the first deals are undone, at the original rate and re-rated.
func TestClawbackRates(t *testing.T) {
	two := sold(t, "D1 2026-01-10 100000", "D2 2026-01-20 100000")
	for _, x := range []struct {
		rate   string
		curve  comp.Curve
		deals  []deal
		final  string
		events []string
		want   []string // taken of each deal
	}{
		{"original", tiersOf(t, comp.Marginal, "0", "0.04", "100000", "0.06"), two, "10000", []string{"D1 refunded 2026-03-01"}, []string{"4000", "0"}},
		{"re-rated", tiersOf(t, comp.Marginal, "0", "0.04", "100000", "0.06"), two, "10000", []string{"D1 refunded 2026-03-01"}, []string{"6000", "0"}},
		{"re-rated", tiersOf(t, comp.Marginal, "0", "0.04", "100000", "0.06"), two, "10000", []string{"D2 refunded 2026-02-01", "D1 refunded 2026-03-01"}, []string{"4000", "6000"}},
		{"re-rated", tiersOf(t, comp.Marginal, "0", "0.04", "100000", "0.06"), two, "10000", []string{"D1 refunded 2026-03-01 50000"}, []string{"3000", "0"}},
		{"re-rated", tiersOf(t, comp.Marginal, "0", "0.04", "100000", "0.06"), two, "5000", []string{"D1 refunded 2026-03-01"}, []string{"3000", "0"}}, // half after a multiplier
		{"re-rated", tiersOf(t, comp.Marginal, "0", "0.04", "150000", "0.06", "250000", "0.08"), sold(t, "J1 2026-01-05 45000", "J2 2026-01-10 100000", "F1 2026-02-10 20000"),
			"6900", []string{"J1 refunded 2026-03-01"}, []string{"2100", "0", "0"}},
		{"original", tiersOf(t, comp.Marginal, "0", "0.04", "150000", "0.06", "250000", "0.08"), sold(t, "J1 2026-01-05 45000", "J2 2026-01-10 100000", "F1 2026-02-10 20000"),
			"6900", []string{"J1 refunded 2026-03-01", "F1 refunded 2026-03-01"}, []string{"1800", "0", "1100"}},
	} {
		c := &comp.Component{Curve: x.curve, Clawback: &comp.Clawback{On: "refunded", Within: comp.Length{Months: 12}, Takes: "full", Rate: x.rate}}
		company := happens(t, x.events...)
		parts := attribute(x.curve, CurveInput{}, x.deals, pay, exactOf(t, x.final))
		at, all := rated(x.curve, CurveInput{}, pay), comp.Number{}
		for _, d := range x.deals {
			all = all.Add(d.value)
		}
		undo(c, company, parts, func(values []comp.Number) comp.Number {
			sum := comp.Number{}
			for _, v := range values {
				sum = sum.Add(v)
			}
			n, _ := at(sum).Mul(exactOf(t, x.final)).Quo(at(all))
			return n
		})
		var got []string
		for i := range parts {
			got = append(got, clawedBack(c, &parts[i], company, on("2026-12-31")).String())
		}
		if d := cmp.Diff(x.want, got); d != "" {
			t.Errorf("%s, %s: %s", x.rate, x.events, d)
		}
	}
}
