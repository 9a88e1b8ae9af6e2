package transform

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"carrot/transform/comp"
)

// newLegal has Cleo paid by US01 with hours of weeks.
func newLegal(t *testing.T, laws ...comp.Legal) *tiny {
	c := newTiny(t)
	c.component(tenPercent)
	c.in.Settings.Entities = []comp.LegalEntity{{ID: "DE01", Country: "DE", Currency: "EUR"}, {ID: "US01", Country: "US", Currency: "USD"}}
	for i := range laws {
		laws[i].Country, laws[i].Title = "US", laws[i].ID
		laws[i].Values[0].From = on("2009-07-24")
	}
	c.in.Settings.Legal = laws
	c.in.Contracts = append(c.in.Contracts, comp.Contract{Source: "time", Table: "weeks", Mode: comp.Snapshot, Columns: []comp.Column{{Name: "id", Type: comp.ID},
		{Name: "week", Type: comp.DateType}, {Name: "hours", Type: comp.Decimal, Scale: 1}}})
	c.in.Mapping.Hours = []comp.HoursMap{{Table: "time.weeks", Employee: "id", Week: "week", Hours: "hours"}}
	return c
}

func law(t *testing.T, id, rule string, numbers ...string) comp.Legal {
	n := map[string]comp.Number{}
	for i := 0; i < len(numbers); i += 2 {
		n[numbers[i]] = num(t, numbers[i+1])
	}
	return comp.Legal{ID: id, Rule: rule, Values: []comp.LegalValue{{N: n}}}
}

// TestLegalOverlays: cases GC-32 and GC-33, and their neighbours. January 2026 holds the weeks that begin on 5, 12, 19 and
// 26 January less the last, which ends in February; the week of 29 December ends in January.
func TestLegalOverlays(t *testing.T) {
	overtime := law(t, "us_overtime", "overtime", "hours", "40", "divisor", "2")
	minimum := law(t, "us_minimum", "minimum", "rate", "7.25", "times", "1")
	retail := law(t, "us_7i", "minimum", "rate", "7.25", "times", "1.5")
	retail.Values[0].Excess = true
	for _, x := range []struct {
		name  string
		law   comp.Legal
		every string
		sold  int // in hundredths
		hours []cells
		want  []string
		found []string
	}{
		{"GC-32: 416 × 12/52 = 96; 96 × 8 / (2 × 48) = 8", overtime, "month", 416000, []cells{{"E3", "2026-01-05", 480}}, []string{"legal us_overtime 2026-01 8.00 USD"}, nil},
		{"two weeks: 8.00 and 96 × 10/100 = 9.60; a third of 40 hours and one that ends in February give nothing", overtime, "month", 416000,
			[]cells{{"E3", "2025-12-29", 480}, {"E3", "2026-01-05", 500}, {"E3", "2026-01-12", 400}, {"E3", "2026-01-26", 600}}, []string{"legal us_overtime 2026-01 17.60 USD"}, nil},
		{"GC-33 a: 48 × 10.875 = 522 less 400", retail, "weeks", 400000, []cells{{"E3", "2026-01-05", 480}}, []string{"legal us_7i 2026-01 122.00 USD"},
			[]string{"not_in_excess holds nothing: E3 is paid exactly 522.00 USD for the week of 2026-01-05, and us_7i asks for more than that; check whether the exemption holds"}},
		{"GC-33 b: 40 × 7.25 = 290 less 250", minimum, "weeks", 250000, []cells{{"E3", "2026-01-05", 400}}, []string{"legal us_minimum 2026-01 40.00 USD"}, nil},
		{"paid enough", minimum, "weeks", 290000, []cells{{"E3", "2026-01-05", 400}}, nil, nil},
		{"no hours", minimum, "month", 250000, nil, nil,
			[]string{"hours_missing holds nothing: us_minimum asks for the hours of E3, and no week that ends in 2026-01 has any; add the weeks to the table of hours"}},
	} {
		c := newLegal(t, x.law)
		c.in.Mapping.Calendars = []comp.CalendarMap{{Name: "weeks", Starts: []comp.Date{on("2025-12-29"), on("2026-01-05"), on("2026-01-12"), on("2026-01-19"), on("2026-01-26")}, Until: on("2026-02-02")}}
		c.in.Plans[0].Components[0].Every = x.every
		c.give("time.weeks", x.hours...)
		c.give("crm.deals", tinyDeal("D1", "cleo", x.sold, "USD", "2026-01-07"), tinyDeal("D2", "ada", 100, "EUR", "2026-01-07"))
		r := c.close("2026-01")
		var got []string
		for _, s := range r.Statements {
			for _, l := range s.Lines {
				if l.Kind == comp.LegalLine && s.Payee == "E3" {
					got = append(got, "legal "+l.Component+" "+l.For.Name()+" "+l.Amount.String())
				}
			}
		}
		if diff := cmp.Diff(x.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", x.name, diff)
		}
		c.found(r, x.found...)
		want := []comp.LegalCheck{{Entity: "DE01", State: "not configured"}, {Rule: x.law.ID, Entity: "US01", State: "applied"}}
		if diff := cmp.Diff(want, r.Legal); diff != "" {
			t.Errorf("%s: checks (-want +got):\n%s", x.name, diff)
		}
	}
}

// TestLegalTrueUp: the hours of a week are corrected from 48 to 50 after the close: 96 × 10/100 = 9.60 less the 8.00 posted.
func TestLegalTrueUp(t *testing.T) {
	c := newLegal(t, law(t, "us_overtime", "overtime", "hours", "40", "divisor", "2"))
	c.give("crm.deals", tinyDeal("D1", "cleo", 416000, "USD", "2026-01-07"))
	c.give("time.weeks", cells{"E3", "2026-01-05", 480})
	c.want(c.close("2026-01"), "E3", "earning commission 2026-01 416.00 USD", "legal us_overtime 2026-01 8.00 USD")
	c.give("time.weeks", cells{"E3", "2026-01-05", 500})
	r := c.close("2026-02")
	c.want(r, "E3", "earning commission 2026-02 0.00 USD", "true-up us_overtime 2026-01 late data 1.60 USD")
}

// TestLegalFloor: a recovery leaves the month's variable pay at the floor of 800.00: of 1,100 earned and 500 advanced 300 may
// be taken, and after the end of employment nothing.
func TestLegalFloor(t *testing.T) {
	floor := comp.Legal{ID: "floor", Rule: "floor", Values: []comp.LegalValue{{By: map[comp.Currency]comp.Number{"USD": comp.Int(800)}}}}
	c := newLegal(t, floor, law(t, "free", "no_recovery"))
	c.in.Plans[0].Draw = &comp.Draw{Kind: "recoverable", AtExit: "recover", Periods: 1, Amount: comp.Figure{Dated: dated(500, 500)}}
	c.in.Plans[0].Effective.Start = on("2026-01-01")
	c.want(c.close("2026-01"), "E3", "earning commission 2026-01 0.00 USD", "draw draw 2026-01 500.00 USD")
	c.give("crm.deals", tinyDeal("D1", "cleo", 1100000, "USD", "2026-02-07"))
	r := c.close("2026-02")
	c.want(r, "E3", "earning commission 2026-02 1100.00 USD", "recovery draw 2026-02 -300.00 USD")
	// Employment ended in January, which becomes known in March: the last pay period advances nothing, so there was nothing
	// to recover either.
	c.give("hr.status", cells{"E1", "2025-01-01", "Active"}, cells{"E2", "2025-01-01", "Active"}, cells{"E3", "2025-01-01", "Active"}, cells{"E3", "2026-01-20", "Terminated"})
	r = c.close("2026-03")
	c.want(r, "E3", "true-up draw 2026-01 late data -500.00 USD", "true-up commission 2026-02 late data -1100.00 USD", "true-up draw 2026-02 late data 300.00 USD")
	c.tied(r)
}

// TestFreeAndClear: the law forbids to take anything in pay periods after the one in which employment ends.
func TestFreeAndClear(t *testing.T) {
	c := newLegal(t, law(t, "free", "no_recovery"))
	k := &keeper{s: newSettler(&c.in, nil, &comp.Company{People: []comp.Person{{ID: "E3", Employed: []comp.Period{period("2025-01-01", "2026-02-10")},
		Attrs: map[string]comp.Timeline[string]{comp.AttrEntity: comp.Steps([]comp.Span[string]{{Period: period("2025-01-01", "2026-02-10"), Value: "US01"}}, comp.NoDate)}}}}, nil, nil, nil)}
	for month, want := range map[string]bool{"2026-01": false, "2026-02": false, "2026-03": true} {
		m, _ := comp.ParseMonth(month)
		at := standing{employed: month < "2026-03", final: month > "2026-01"}
		if got := k.free(m, at); got != want {
			t.Errorf("%s: %v, want %v", month, got, want)
		}
	}
}

// TestAward: case GC-37. A weekend worth 100 with 29.65 % of tax borne: 100 / 0.7035 = 142.146…; 42.15 are paid.
func TestAward(t *testing.T) {
	for _, x := range []struct{ grossUp, line, gross string }{{"us_supplemental", "award weekend 2026-01 42.15 USD", "142.15 USD"}, {"", "award weekend 2026-01 0.00 USD", "100.00 USD"}} {
		c := newLegal(t, law(t, "us_supplemental", "gross_up", "rate", "0.2965"))
		c.in.Plans[0].Components = nil
		c.component(comp.Component{ID: "weekend", Measure: "sold", Clause: "8", Award: &comp.Award{What: "Weekend for two", GrossUp: x.grossUp,
			Value: map[comp.Currency]comp.Number{"USD": comp.Int(100), "EUR": comp.Int(90)}},
			Curve: comp.Curve{Kind: comp.StepCurve, Of: "value", Bands: bands(t, [3]string{"0", "1000", "0"}, [3]string{"1000", "", "1"})}})
		c.give("crm.deals", tinyDeal("D1", "cleo", 100000, "USD", "2026-01-07"), tinyDeal("D2", "ada", 100, "EUR", "2026-01-07"))
		r := c.close("2026-01")
		c.want(r, "E3", x.line)
		c.want(r, "E1", "award weekend 2026-01 0.00 EUR")
		if s := r.Statements[2]; len(s.InKind) != 1 || s.InKind[0].Value.String() != "100.00 USD" || s.InKind[0].Gross.String() != x.gross || s.InKind[0].What != "Weekend for two" {
			t.Errorf("in kind: %+v", s.InKind)
		}
		if s := r.Statements[0]; len(s.InKind) != 0 {
			t.Errorf("who did not win it: %+v", s.InKind)
		}
	}
}
