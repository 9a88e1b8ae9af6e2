package transform

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carrot/transform/comp"
)

// kept is what accounts make of hand-written earnings of E1: of deals, each with its pay in whole EUR and the day of the deal,
// from January 2026 on.
type kept struct {
	*settler
	all []earned
}

// newKept has a plan with one component; events are "record event day [score [amount]]".
func newKept(t *testing.T, last string, c comp.Component, events ...string) *kept {
	run, err := comp.ParseMonth(last)
	if err != nil {
		t.Fatal(err)
	}
	c.ID, c.Title, c.Every = "commission", "Commission", "month"
	in := &Inputs{Run: comp.RunFacts{Kind: comp.Close, Period: run}, Plans: []comp.Plan{{ID: "sales", Effective: period("2025-01-01", "2030-12-31"), Components: []comp.Component{c}}}}
	in.Settings = comp.Settings{First: on("2026-01-01"), Restate: 36, Entities: []comp.LegalEntity{{ID: "DE01", Currency: "EUR"}}}
	always := period("2025-01-01", "2030-12-31")
	company := &comp.Company{Events: map[comp.EventKey][]comp.Event{}, People: []comp.Person{{ID: "E1", Employed: []comp.Period{always},
		Attrs: map[string]comp.Timeline[string]{comp.AttrEntity: comp.Steps([]comp.Span[string]{{Period: always, Value: "DE01"}}, comp.NoDate)}}}}
	for _, text := range events {
		f := append(strings.Fields(text), "", "", "")
		k := comp.EventKey{Table: "crm.deals", Key: f[0], Event: f[1]}
		e := comp.Event{Date: on(f[2])}
		if f[3] != "" {
			n := num(t, f[3])
			e.Score = &n
		}
		if f[4] != "" {
			n := num(t, f[4])
			e.Amount = &n
		}
		company.Events[k] = append(company.Events[k], e)
	}
	v := DefaultVerbs()
	return &kept{settler: newSettler(in, &v, company, &participation{spans: [][][]comp.Period{{{always}}}}, nil, nil)}
}

// earn adds a deal that pays in the month of its day.
func (k *kept) earn(key, day string, pay int64) {
	d := on(day)
	month := comp.Month(d)
	n := comp.Int(pay)
	p := dealPay{deal: deal{key: key, table: "crm.deals", day: d, value: n, whole: n}, pay: n}
	c := &k.in.Plans[0].Components[0]
	if c.Clawback != nil {
		p.undone = undoings(c.Clawback, &p, k.company)
	}
	for i := range k.all {
		if e := &k.all[i]; e.duty.pay == month {
			e.deals = append(e.deals, p)
			e.result.Amount.Minor += pay * 100
			return
		}
	}
	e := entitlement{duty: duty{pay: month, period: month}, known: true, result: comp.ComponentResult{Amount: comp.Money{Minor: pay * 100, Currency: "EUR"}}}
	k.all = append(k.all, earned{entitlement: e, deals: []dealPay{p}})
}

// paid are the nonzero entitlements of each pay period as text, and the movements of the accounts with what they wait for.
func (k *kept) run() (paid, moves []string) {
	es := k.accounts(0, k.all)
	for _, month := range horizon(k.in) {
		for _, e := range es {
			if e.duty.pay == month && e.result.Amount.Minor != 0 {
				id := e.component
				if id == "" {
					id = "commission"
				}
				paid = append(paid, fmt.Sprintf("%s %s %s", month.Name(), id, e.result.Amount.Decimal()))
			}
		}
	}
	for _, m := range k.settler.moves["E1"] {
		text := fmt.Sprintf("%s %s +%d -%d", m.month.Name(), m.key.component, m.in/100, m.out/100)
		if m.written != 0 {
			text += fmt.Sprintf(" written off %d", m.written/100)
		}
		moves = append(moves, strings.Join(append([]string{text}, m.reasons...), "; "))
	}
	return paid, moves
}

func days(n int) comp.Length { return comp.Length{Days: n} }

// TestHoldAndRelease: case GC-22, 8 % of 100,000 in three forms.
func TestHoldAndRelease(t *testing.T) {
	bar := &comp.Bar{Event: "satisfaction", AtLeast: comp.Int(4), Reason: "csat_below_bar"}
	article := &comp.Release{Longest: comp.Length{Months: 12}, Silence: "pay", Failed: "forfeit", Parts: []comp.Slice{{Share: num(t, "0.75"), On: "accepted", If: bar},
		{Share: num(t, "0.25"), On: "accepted", After: days(90), If: bar}}}
	halves := &comp.Release{Longest: comp.Length{Months: 12}, Silence: "pay", Parts: []comp.Slice{{Share: num(t, "0.5"), On: "credit"}, {Share: num(t, "0.5"), On: "accepted"}}}
	for _, x := range []struct {
		name, last  string
		release     *comp.Release
		events      []string
		paid, moves []string
	}{
		{"a", "2026-03", halves, []string{"D1 accepted 2026-02-10"}, []string{"2026-01 commission 4000.00", "2026-02 commission:release 4000.00"},
			[]string{"2026-01 commission:hold +4000 -0; waits for accepted", "2026-02 commission:hold +0 -4000"}},
		{"b", "2026-05", article, []string{"D1 accepted 2026-02-10", "D1 satisfaction 2026-02-12 4"}, []string{"2026-02 commission:release 6000.00", "2026-05 commission:release 2000.00"},
			[]string{"2026-01 commission:hold +8000 -0; waits for accepted", "2026-02 commission:hold +0 -6000; waits until 2026-05-11", "2026-03 commission:hold +0 -0; waits until 2026-05-11",
				"2026-04 commission:hold +0 -0; waits until 2026-05-11", "2026-05 commission:hold +0 -2000"}},
		{"c", "2026-02", article, []string{"D1 accepted 2026-02-10", "D1 satisfaction 2026-02-12 2"}, nil,
			[]string{"2026-01 commission:hold +8000 -0; waits for accepted", "2026-02 commission:hold +0 -0; csat_below_bar"}},
		{"c to the end: forfeited a year after the deal", "2027-01", article, []string{"D1 accepted 2026-02-10", "D1 satisfaction 2026-02-12 2"}, nil,
			[]string{"2027-01 commission:hold +0 -0 written off 8000; D1 is forfeited on 10 January 2027 (csat_below_bar)"}},
	} {
		k := newKept(t, x.last, comp.Component{Release: x.release}, x.events...)
		k.earn("D1", "2026-01-10", 8000)
		paid, moves := k.run()
		if x.last == "2027-01" {
			moves = moves[len(moves)-1:]
		}
		if diff := cmp.Diff(x.paid, paid); diff != "" {
			t.Errorf("%s: paid (-want +got):\n%s", x.name, diff)
		}
		if diff := cmp.Diff(x.moves, moves); diff != "" {
			t.Errorf("%s: moves (-want +got):\n%s", x.name, diff)
		}
	}
}

// TestReleasesTelescope: three deals of a third of a cent more than 33.33 each are held; released one by one they sum to what
// was earned, and no balance is left.
func TestReleasesTelescope(t *testing.T) {
	k := newKept(t, "2026-04", comp.Component{Release: &comp.Release{Longest: comp.Length{Months: 12}, Parts: []comp.Slice{{Share: comp.Int(1), On: "accepted"}}}},
		"D1 accepted 2026-02-01", "D2 accepted 2026-03-01", "D3 accepted 2026-04-01")
	for _, key := range []string{"D1", "D2", "D3"} {
		k.earn(key, "2026-01-10", 33)
	}
	third, _ := comp.Int(100).Quo(comp.Int(3))
	for i := range k.all[0].deals {
		k.all[0].deals[i].pay = third
	}
	k.all[0].result.Amount.Minor = 10000
	paid, _ := k.run()
	if diff := cmp.Diff([]string{"2026-02 commission:release 33.33", "2026-03 commission:release 33.34", "2026-04 commission:release 33.33"}, paid); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestClawbackAccount: case GC-23 in its forms, a deal of January 1,200 that ends after four months and ten days, with 2,000
// earned each month: and how much a pay period may take.
func TestClawbackAccount(t *testing.T) {
	year := comp.Length{Months: 12}
	for _, x := range []struct {
		name  string
		c     comp.Clawback
		earns int64
		event string
		want  []string
		moves []string
	}{
		{"full", comp.Clawback{Takes: "full", Within: year}, 2000, "2026-05-20", []string{"2026-05 commission:clawback -1200.00"}, []string{"2026-05 commission:clawback +1200 -1200"}},
		{"months: 12 - 4 of 12", comp.Clawback{Takes: "months", Within: year}, 2000, "2026-05-20", []string{"2026-05 commission:clawback -800.00"}, []string{"2026-05 commission:clawback +800 -800"}},
		{"days: 235 of 365", comp.Clawback{Takes: "days", Within: year}, 2000, "2026-05-20", []string{"2026-05 commission:clawback -772.60"}, []string{"2026-05 commission:clawback +772 -772"}},
		{"tiers", comp.Clawback{Takes: "tiers", Within: year, Tiers: []comp.Tier{{Until: comp.Length{Months: 3}, Takes: comp.Int(1)}, {Until: year, Takes: num(t, "0.5")}}}, 2000, "2026-05-20",
			[]string{"2026-05 commission:clawback -600.00"}, []string{"2026-05 commission:clawback +600 -600"}},
		{"at most half of a month's pay", comp.Clawback{Takes: "full", Within: year, Most: num(t, "0.5")}, 1000, "2026-05-20",
			[]string{"2026-05 commission:clawback -500.00", "2026-06 commission:clawback -500.00", "2026-07 commission:clawback -200.00"},
			[]string{"2026-05 commission:clawback +1200 -500", "2026-06 commission:clawback +0 -500", "2026-07 commission:clawback +0 -200"}},
		{"no pay, nothing taken", comp.Clawback{Takes: "full", Within: year}, 0, "2026-05-20", nil, []string{"2026-05 commission:clawback +1200 -0"}},
		{"too late", comp.Clawback{Takes: "full", Within: comp.Length{Months: 3}}, 2000, "2026-05-20", nil, nil},
	} {
		x.c.On, x.c.AtExit = "ended", "write_off"
		k := newKept(t, "2026-07", comp.Component{Clawback: &x.c}, "D1 ended "+x.event)
		k.earn("D1", "2026-01-10", 1200)
		for i := 2; i <= 7 && x.earns > 0; i++ {
			k.earn(fmt.Sprintf("E%d", i), fmt.Sprintf("2026-%02d-05", i), x.earns)
		}
		all, moves := k.run()
		var got []string
		for _, line := range all {
			if strings.Contains(line, "clawback") {
				got = append(got, line)
			}
		}
		if diff := cmp.Diff(x.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", x.name, diff)
		}
		if diff := cmp.Diff(x.moves, moves); diff != "" {
			t.Errorf("%s: moves (-want +got):\n%s", x.name, diff)
		}
	}
}

// TestClawbackAtExit: employment ends in May, the month of the event, which earns 500.
func TestClawbackAtExit(t *testing.T) {
	for exit, want := range map[string][]string{"recover": {"2026-05 commission:clawback +1200 -500 written off 700; 700.00 EUR written off, since 31 May 2026 was the last day of employment"},
		"write_off": {"2026-05 commission:clawback +1200 -0 written off 1200; 1,200.00 EUR written off, since 31 May 2026 was the last day of employment"}} {
		k := newKept(t, "2026-06", comp.Component{Clawback: &comp.Clawback{On: "ended", Takes: "full", Within: comp.Length{Months: 12}, AtExit: exit, Most: num(t, "0.1")}}, "D1 ended 2026-05-20")
		k.company.People[0].Employed[0] = period("2025-01-01", "2026-05-31")
		k.earn("D1", "2026-01-10", 1200)
		k.earn("E5", "2026-05-05", 500)
		if _, moves := k.run(); !cmp.Equal(want, moves) {
			t.Errorf("%s: %q, want %q", exit, moves, want)
		}
	}
}

// TestHeldDealsOnTheControlPage: of three deals one is released in full, one in half and one not at all: one row is paid, two
// are held, and rows and money tie. The accounts tie with the ledger in every month; a late answer is a true-up of the hold.
func TestHeldDealsOnTheControlPage(t *testing.T) {
	c := newEvents(t)
	c.in.Contracts[0].Control = "amount"
	c.component(comp.Component{ID: "commission", Measure: "sold", Curve: tenPercent.Curve, Release: &comp.Release{Longest: comp.Length{Months: 12}, Silence: "pay",
		Parts: []comp.Slice{{Share: num(t, "0.5"), On: "cash"}, {Share: num(t, "0.5"), On: "satisfaction"}}}})
	c.give("crm.deals", tinyDeal("D1", "ada", 100000, "EUR", "2026-01-10"), tinyDeal("D2", "ada", 200000, "EUR", "2026-01-11"), tinyDeal("D3", "ada", 400000, "EUR", "2026-01-12"))
	c.give("bill.payments", cells{"P1", "D1", "2026-01-20", 100000}, cells{"P2", "D2", "2026-01-20", 200000})
	c.give("survey.after", cells{"S1", "D1", "2026-01-25", 5})
	r := c.close("2026-01")
	c.want(r, "E1", "earning commission 2026-01 200.00 EUR") // 100 + 100
	if got := balance(r, "E1", "commission:hold"); got != "0.00 + 500.00 - 0.00 - 0.00 = 500.00" {
		t.Errorf("held: %s", got)
	}
	c.tied(r)
	for _, k := range r.Controls {
		if k.Table != "crm.deals" {
			continue
		}
		if got := fmt.Sprint(k.Parts[:3]); got != "[{in 3 [7000 EUR]} {paid 1 [1000 EUR]} {held 2 [6000 EUR]}]" || !k.Ties() {
			t.Errorf("the control page: %s, ties %v", got, k.Ties())
		}
	}
	c.give("survey.after", cells{"S2", "D2", "2026-01-28", 4}) // known in February
	c.give("bill.payments", cells{"P3", "D3", "2026-02-20", 400000})
	r = c.close("2026-02")
	c.want(r, "E1", "earning commission 2026-02 0.00 EUR", "release commission:release 2026-02 200.00 EUR", "true-up commission 2026-01 late data 100.00 EUR")
	if got := balance(r, "E1", "commission:hold"); got != "500.00 + 0.00 - 300.00 - 0.00 = 200.00" {
		t.Errorf("held: %s", got)
	}
	c.tied(r)
}
