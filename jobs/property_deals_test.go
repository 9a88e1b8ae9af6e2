package jobs

import (
	"fmt"
	"slices"
	"strings"

	"carrot/config"
	"carrot/transform"
	"carrot/transform/comp"
)

// sharesAreTheDeal: nobody is given more than there is of a deal, and all of its owners together are given exactly all.
func sharesAreTheDeal(p *trial) {
	c, e := p.c, p.e
	r := p.present(e, nil)
	owners := map[string]int{}
	for _, x := range e.Tables {
		for _, row := range x.Rows {
			if x.Table.Name == "crm.splits" {
				owners[row.Cells[0].Text]++
			}
		}
	}
	type of struct{ measure, table, key string }
	given, n, value := map[of]comp.Number{}, map[of]int{}, map[of]comp.Number{}
	for _, id := range r.Credits.Payees() {
		credits, err := r.Credits.Of(id)
		if err != nil {
			p.Fatalf("%v", err)
		}
		for _, x := range credits {
			i := slices.IndexFunc(c.Measures, func(m comp.Measure) bool { return m.ID == x.Measure })
			if o := c.Measures[i].Terms[x.Term].Owner; o.Rollup != "" || (o.Split != nil && o.Split.Outside) {
				continue // given to several in full, or besides
			}
			k := of{x.Measure, x.Table, x.Key}
			given[k], value[k] = given[k].Add(x.Credited.Number), x.Value.Number
			n[k]++
		}
	}
	for k := range given {
		all := max(1, owners[strings.TrimPrefix(k.key, "R")])
		if given[k].Abs().Cmp(value[k].Abs()) > 0 {
			p.Errorf("%v: %s given of %s", k, given[k], value[k])
		}
		if all == n[k] && given[k].Cmp(value[k]) != 0 {
			p.Errorf("%v: its %d owners are given %s of %s", k, all, given[k], value[k])
		}
		if all == n[k] && all > 1 {
			p.seen++
		}
	}
}

// neverLess: one more deal never lowers what any component pays, unless its curve falls.
func neverLess(p *trial) {
	d, e := p.d, p.e
	day := someMonth(e, d).Start + comp.Date(d(28))
	with := withRow(e, "crm.deals", row(comp.NoDate, "id", "MORE", "owner", e.People[d(len(e.People))].ID, "amount", fmt.Sprint(1+d(20000)), "currency", "EUR",
		"kind", "new", "booked_at", day.String()+" 12:00:00"))
	p.both(e, with, func(x *comp.Component) bool {
		return neverFalls(x) && x.MinN == 0 && x.Budget == nil && x.Release == nil
	}, func(k paidFor, was, is int64) {
		if is > was {
			p.seen++
		}
		if is < was {
			p.Errorf("%v falls from %d to %d with one more deal", k, was, is)
		}
	})
}

// both computes two worlds and compares what components pay in them of which something holds, of who is held in neither.
func (p *trial) both(one, two config.Example, holds func(x *comp.Component) bool, compare func(k paidFor, was, is int64)) {
	before, free := paidOverall(p.present(one, nil))
	after, still := paidOverall(p.present(two, nil))
	for k, was := range before { // each on its own
		if free[k.payee] && still[k.payee] && every(p.c, k, holds) {
			compare(k, was, after[k])
		}
	}
}

// halvesPayTheWhole: two deals of one day pay what one of both their amounts pays, where deals are not counted.
func halvesPayTheWhole(p *trial) {
	d, e := p.d, p.e
	day, owner := someMonth(e, d).Start+comp.Date(d(28)), e.People[d(len(e.People))].ID
	add := func(e config.Example, id, amount string) config.Example {
		return withRow(e, "crm.deals", row(comp.NoDate, "id", id, "owner", owner, "amount", amount, "currency", "EUR", "kind", "new", "booked_at", day.String()+" 12:00:00"))
	}
	a, b := 1+d(500000), 1+d(500000)
	cents := func(n int) string { return fmt.Sprintf("%d.%02d", n/100, n%100) }
	halves := add(add(e, "ONE", cents(a)), "TWO", cents(b))
	p.both(add(e, "ONE", cents(a+b)), halves, func(x *comp.Component) bool {
		return !slices.Contains(x.Measures(), "units") && x.Per == "" && x.MinN == 0
	}, func(k paidFor, was, is int64) {
		p.seen++
		if is != was {
			p.Errorf("%v pays %d for one deal and %d for its halves", k, was, is)
		}
	})
}

// noRates: without rates exactly those are held who need one.
func noRates(p *trial) {
	e := p.e
	with := p.present(e, nil)
	e.FX = nil
	without := p.present(e, nil)
	lacks := map[string]bool{}
	for _, f := range without.Findings {
		if f.Code == "missing_fx_rate" && f.Reach == comp.ReachPayee {
			lacks[f.Payee] = true
		}
	}
	p.foreign(without)
	a, b := paidLines(with), paidLines(without)
	for id := range lacks {
		p.seen++
		if !b.Held[id] {
			p.Errorf("%s needs a rate that is not known and is paid", id)
		}
		for l := range a.Lines {
			if l.Payee == id {
				delete(a.Lines, l)
			}
		}
		delete(a.Held, id)
		delete(b.Held, id)
	}
	for _, x := range disagreements("without rates", a, b) {
		p.Errorf("%s", x)
	}
}

// foreign holds that, where no rate is known, nobody who is paid has sold in another currency than that of their pay what a
// component is measured by.
func (p *trial) foreign(r *comp.Result) {
	for _, s := range r.Statements {
		if len(s.HeldFor) > 0 {
			continue
		}
		credits, err := r.Credits.Of(s.Payee)
		if err != nil {
			p.Fatalf("%v", err)
		}
		for _, x := range s.Components {
			for _, c := range credits {
				if x.Measure == c.Measure && x.Value != nil && !x.Shown && x.Period.Contains(c.Date) && c.Credited.Currency != "" && c.Credited.Currency != s.Currency && !c.Credited.IsZero() {
					p.Errorf("%s is paid %s for %s in %s, and no rate is known", s.ID, x.Amount, c.Key, c.Credited.Currency)
				}
			}
		}
	}
}

// rowsBehindLines: what is paid for a measure has rows behind it, and each is in a file that the run read.
func rowsBehindLines(p *trial) {
	read := map[comp.File]bool{}
	r, lineage := p.traced(p.e, func(in *transform.Inputs) {
		for _, f := range in.Files {
			read[f] = true
		}
	})
	for _, s := range r.Statements {
		for _, l := range s.Lines {
			own := slices.DeleteFunc(slices.Clone(s.Components), func(x comp.ComponentResult) bool { return x.Plan != l.Plan || x.Component != l.Component })
			if len(own) > 1 { // each version of a plan has its own; one may be neutral for want of rows
				if paid := slices.DeleteFunc(slices.Clone(own), func(x comp.ComponentResult) bool { return x.Exact.Number.Cmp(l.Exact.Number) != 0 }); len(paid) > 0 {
					own = paid
				}
			}
			worthless := func(x comp.ComponentResult) bool { return x.Value == nil || x.Value.IsZero() }
			if l.Kind != comp.Earning || l.Amount.Minor == 0 || len(own) == 0 || slices.ContainsFunc(own, worthless) {
				continue
			}
			p.seen++
			rows, err := lineage.Rows(l.Series)
			if len(rows) == 0 {
				p.Errorf("%s line %d pays %s for nothing (%v)", s.ID, l.Number, l.Amount, err)
			}
			for _, o := range rows {
				if !read[comp.File{Digest: o.File, Name: o.Name}] || o.Pos < 1 {
					p.Errorf("%s line %d is paid for %v, which is in no file", s.ID, l.Number, o)
				}
			}
		}
	}
}

// moments are instants at the ends of days on which clocks are turned at midnight, of 31sts and of a leap day, with the day
// that the clocks of the zone showed.
var moments = []struct{ zone, at, day string }{
	{"America/Santiago", "2024-09-08T03:59:59Z", "2024-09-07"}, {"America/Santiago", "2024-09-08T04:00:00Z", "2024-09-08"}, // 24:00 becomes 01:00
	{"America/Santiago", "2024-04-07T02:59:59Z", "2024-04-06"}, {"America/Santiago", "2024-04-07T03:30:00Z", "2024-04-06"}, // 24:00 becomes 23:00
	{"America/Santiago", "2024-04-07T04:00:00Z", "2024-04-07"}, {"America/Santiago", "2024-03-01T02:59:59Z", "2024-02-29"},
	{"Asia/Beirut", "2024-03-30T21:59:59Z", "2024-03-30"}, {"Asia/Beirut", "2024-03-30T22:00:00Z", "2024-03-31"}, {"Asia/Beirut", "2024-03-31T20:59:59Z", "2024-03-31"},
	{"Asia/Beirut", "2024-03-31T21:00:00Z", "2024-04-01"}, {"Asia/Beirut", "2024-01-31T22:00:00Z", "2024-02-01"},
	{"Africa/Cairo", "2024-04-25T21:59:59Z", "2024-04-25"}, {"Africa/Cairo", "2024-04-25T22:00:00Z", "2024-04-26"}, {"Africa/Cairo", "2024-10-31T21:30:00Z", "2024-10-31"},
	{"Africa/Cairo", "2024-10-31T22:00:00Z", "2024-11-01"}, {"Africa/Cairo", "2024-02-28T22:00:00Z", "2024-02-29"}, {"Africa/Cairo", "2024-02-29T22:00:00Z", "2024-03-01"},
	{"Europe/Berlin", "2024-02-28T23:00:00Z", "2024-02-29"}, {"Europe/Berlin", "2024-02-29T22:59:59Z", "2024-02-29"}, {"Europe/Berlin", "2024-02-29T23:00:00Z", "2024-03-01"},
	{"Europe/Berlin", "2024-01-31T22:59:59Z", "2024-01-31"}, {"Europe/Berlin", "2024-01-31T23:00:00Z", "2024-02-01"}, {"Europe/Berlin", "2024-03-31T21:59:59Z", "2024-03-31"},
	{"Europe/Berlin", "2024-03-31T22:00:00Z", "2024-04-01"}, {"Europe/Berlin", "2024-10-31T22:59:59Z", "2024-10-31"}, {"Europe/Berlin", "2024-12-31T23:00:00Z", "2025-01-01"},
}

// oneDayEach: each day lies in one measuring period of a calendar, and each deal on the day that the clocks of its table's
// zone showed.
func oneDayEach(p *trial) {
	v := transform.DefaultVerbs()
	if p.fault.verbs != nil {
		p.fault.verbs(&v)
	}
	for _, every := range []string{"month", "quarter", "half", "year"} {
		next := comp.Day(2020, 1, 1)
		for month := comp.Month(next); month.Start < comp.Day(2026, 1, 1); month = comp.Month(month.End) {
			for _, x := range v.Measuring(every, month, nil) {
				if x.Start != next {
					p.Errorf("%s: a period begins on %s, the one before ended before %s", every, x.Start, next)
					return
				}
				next = x.End
			}
		}
		if next != comp.Day(2026, 1, 1) {
			p.Errorf("%s: days from %s on are in no period", every, next)
		}
	}
	p.moments(moments[p.d(len(moments))].zone)
}

// moments adds a deal at each moment of a zone, for an owner who is there all the time.
func (p *trial) moments(zone string) {
	c, e, days := *p.c, p.e, map[string]string{}
	c.Contracts = slices.Clone(p.c.Contracts)
	for i := range c.Contracts {
		c.Contracts[i].Columns = slices.Clone(c.Contracts[i].Columns)
		for k := range c.Contracts[i].Columns {
			if x := &c.Contracts[i].Columns[k]; x.Type == comp.Instant {
				x.Zone = zone
			}
		}
	}
	for i, m := range moments {
		if id := fmt.Sprintf("AT%d", i); m.zone == zone {
			days[id] = m.day
			e = withRow(e, "crm.deals", row(comp.NoDate, "id", id, "owner", e.People[0].ID, "amount", "100.00", "currency", "EUR", "kind", "new", "booked_at", m.at))
		}
	}
	all := *p
	all.c = &c
	r := all.present(e, nil)
	for _, id := range r.Credits.Payees() {
		credits, err := r.Credits.Of(id)
		if err != nil {
			p.Fatalf("%v", err)
		}
		for _, x := range credits {
			if !x.Period.Contains(x.Date) {
				p.Errorf("%s of %s is credited in %s", x.Key, x.Date, x.Period)
			}
			if day := days[x.Key]; day != "" && x.Table == "crm.deals" {
				if p.seen++; x.Date.String() != day {
					p.Errorf("%s of %s is credited on %s: %s", x.Key, day, x.Date, zone)
				}
			}
		}
	}
}

// neverFalls says whether a component pays at least as much for more deals.
func neverFalls(x *comp.Component) bool {
	c := &x.Curve
	if c.Matrix != nil || c.Below != nil || slices.ContainsFunc(x.Gates, func(g comp.Gate) bool { return g.Test == "at_most" || g.Test == "below" }) {
		return false
	}
	last := comp.Int(0)
	for _, b := range slices.Concat(c.Bands, c.Points) {
		pays := b.Pays
		if b.By != nil {
			pays = b.By["EUR"]
		}
		if pays.Cmp(last) < 0 && (c.Kind != comp.Marginal || b.Back || slices.ContainsFunc(x.Gates, func(g comp.Gate) bool { return g.Base })) {
			return false
		}
		last = pays
	}
	return true
}
