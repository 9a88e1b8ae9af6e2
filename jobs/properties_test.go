package jobs

import (
	"fmt"
	"os"
	"slices"
	"testing"

	"carrot/transform"
	"carrot/transform/comp"
)

// properties are the invariants that pay must have, by their numbers, and what is tried of each. What has no number holds
// besides them.
var properties = []property{
	{number: 1, says: "the shares of a deal are the deal", try: sharesAreTheDeal, faults: []flaw{{name: "a cent of each share is lost", after: credits(func(c *comp.Credit) {
		c.Credited.Number = c.Credited.Number.Sub(number("0.01"))
	})}}},
	{number: 2, says: "lines, statement, ledger and payroll are one sum", try: oneSum, faults: []flaw{
		{name: "a line is not posted", after: func(_ *transform.Inputs, r *comp.Result) { r.Ledger = r.Ledger[:max(0, len(r.Ledger)-1)] }},
		{name: "a total is a cent more", after: func(_ *transform.Inputs, r *comp.Result) {
			for i := range r.Statements {
				r.Statements[i].Total.Minor++
			}
		}}}},
	{number: 3, says: "a refund of everything in the measure nets to nothing", try: refundedInTheMeasure, faults: []flaw{notTrue, {name: "refunds add", before: func(in *transform.Inputs) {
		in.Measures = slices.Clone(in.Measures)
		for i := range in.Measures {
			in.Measures[i].Terms = slices.Clone(in.Measures[i].Terms)
			for k := range in.Measures[i].Terms {
				in.Measures[i].Terms[k].Sign = 1
			}
		}
	}}}},
	{number: 3, says: "a refund of everything as an event takes back what was paid", try: refundedAsEvent, faults: []flaw{{name: "half of it is taken back", before: func(in *transform.Inputs) {
		in.Plans = withClawback(in.Plans, func(b *comp.Clawback) {
			b.Takes, b.Tiers = "tiers", []comp.Tier{{Until: comp.Length{Months: 36}, Takes: number("0.5")}}
		})
	}}}},
	{number: 4, says: "the order of rows, files and workers leaves no trace", try: anyOrder, faults: []flaw{
		{name: "the last row of a file is lost", before: withoutLastRow},
		{name: "the last row is lost where several work", before: func(in *transform.Inputs) {
			if in.Workers > 1 {
				withoutLastRow(in)
			}
		}}}},
	{number: 5, says: "a replay gives the original bytes", try: replayed, rarely: true, faults: []flaw{everySecond}},
	{number: 6, says: "all months computed again are what was posted and what is owed", try: postedAndOwed, faults: []flaw{notTrue, {name: "no month is looked back at", before: func(in *transform.Inputs) {
		in.Settings.Restate = min(in.Settings.Restate, 0)
	}}}},
	{number: 7, says: "one more deal never lowers pay", try: neverLess, faults: []flaw{{name: "nothing is paid above the cap", verbs: func(v *transform.Verbs) {
		v.Cap = func(pay, most comp.Number) comp.Number {
			if pay.Cmp(most) > 0 {
				return comp.Number{}
			}
			return pay
		}
	}}}},
	{number: 8, says: "a deal in two halves pays as the whole", try: halvesPayTheWhole, faults: []flaw{eachRowPays}},
	{number: 9, says: "a draw closes to what was advanced less recovered less written off", try: drawsClose, faults: []flaw{entryLost("draw"), entryDoubled("draw")}},
	{number: 10, says: "a hold is what was created less released less forfeited", try: holdsClose, faults: []flaw{entryLost("hold"), entryDoubled("hold"), entryLost("release")}},
	{number: 11, says: "without rates exactly those are held who need one", try: noRates, faults: []flaw{{name: "currencies taken as equal", verbs: func(v *transform.Verbs) {
		v.Rate = func(comp.FX, comp.Currency, comp.Currency, comp.Period) (comp.Number, bool) { return comp.Int(1), true }
	}}}},
	{number: 12, says: "what is paid has rows of files behind it", try: rowsBehindLines, faults: []flaw{{name: "no line knows its rows", after: lines(func(l *comp.Line) { l.Series = "" })}}},
	{number: 13, says: "somebody new changes no other statement", try: nobodyElse, faults: []flaw{{name: "the number of statements is told", after: func(_ *transform.Inputs, r *comp.Result) {
		lines(func(l *comp.Line) { l.Working += fmt.Sprint(len(r.Statements)) })(nil, r)
	}}}},
	{number: 14, says: "each deal is in one period of a calendar, on the day that clocks showed", try: oneDayEach, faults: []flaw{
		{name: "last days are in no period", verbs: func(v *transform.Verbs) {
			measuring := v.Measuring
			v.Measuring = func(every string, pay comp.Period, calendars []comp.Calendar) []comp.Period {
				out := measuring(every, pay, calendars)
				for i := range out {
					out[i].End--
				}
				return out
			}
		}},
		{name: "the day of another zone", before: func(in *transform.Inputs) {
			in.Contracts = slices.Clone(in.Contracts)
			for i := range in.Contracts {
				in.Contracts[i].Columns = slices.Clone(in.Contracts[i].Columns)
				for k := range in.Contracts[i].Columns {
					if x := &in.Contracts[i].Columns[k]; x.Type == comp.Instant {
						x.Zone = "America/Los_Angeles"
					}
				}
			}
		}}}},
	{number: 15, says: "other ids give the same pay", try: namesMeanNothing, faults: []flaw{{name: "the first id is paid a cent more", after: func(_ *transform.Inputs, r *comp.Result) {
		for i := range r.Statements {
			if r.Statements[i].Payee[0] < 'm' {
				lines(func(l *comp.Line) { l.Amount.Minor++ })(nil, &comp.Result{Statements: r.Statements[i : i+1]})
			}
		}
	}}}},
	{number: 16, says: "a hundred times the money pays a hundred times as much", try: hundredfold, faults: []flaw{{name: "an absolute threshold", verbs: func(v *transform.Verbs) {
		v.Cap = func(pay, most comp.Number) comp.Number { return pay.Min(most).Min(comp.Int(5000)) }
	}}}},
	{number: 17, says: "clocks, languages, processors and folders of the machine leave no trace", try: theSameAnywhere, rarely: true, faults: []flaw{
		{name: "the zone of the machine", others: "zone"}, {name: "the folder", others: "folder"}}},
	{number: 18, says: "what a plan would have paid is what it paid", try: whatIfIsWhatWas, rarely: true, faults: []flaw{notTrue}},
	{says: "half time pays half", try: halfTime, faults: []flaw{eachRowPays}},
	{says: "of a pool everybody attains alike", try: poolsAttainAlike, faults: []flaw{{name: "every second payee attains a part", after: func(_ *transform.Inputs, r *comp.Result) {
		for i := range r.Statements {
			for k := range r.Statements[i].Components {
				if x := &r.Statements[i].Components[k]; i%2 == 1 && x.Attainment != nil {
					half := x.Attainment.Mul(number("0.5"))
					x.Attainment = &half
				}
			}
		}
	}}}},
	{says: "leaves pay alike", try: leavesPayAlike, faults: []flaw{{name: "sickness is not away", before: func(in *transform.Inputs) {
		for i := range in.Mapping.Roster {
			for k := range in.Mapping.Roster[i].Set {
				if v := in.Mapping.Roster[i].Set[k].Values; v["sick"] != "" {
					v["sick"] = "paid"
				}
			}
		}
	}}}},
}

func (x *property) name() string {
	if x.number == 0 {
		return x.says
	}
	return fmt.Sprintf("%02d %s", x.number, x.says)
}

// TestEveryInvariantHasAProperty: none of the eighteen is left out.
func TestEveryInvariantHasAProperty(t *testing.T) {
	for n := range 18 {
		if !slices.ContainsFunc(properties, func(x property) bool { return x.number == n+1 }) {
			t.Errorf("no property tries invariant %d", n+1)
		}
	}
}

// The faults of several properties.

var notTrue = flaw{name: "posted months are not corrected", verbs: func(v *transform.Verbs) { v.TrueUp = func(int64, int64) int64 { return 0 } }}

var eachRowPays = flaw{name: "each row pays a little", verbs: func(v *transform.Verbs) {
	combine := v.Combine
	v.Combine = func(a comp.Aggregate, value comp.Number, hits, n int64) (comp.Number, bool) {
		x, ok := combine(a, value, hits, n)
		if a == comp.Sum {
			x = x.Add(comp.Int(10 * n))
		}
		return x, ok
	}
}}

// everySecond is an engine that remembers what it did before.
var everySecond = func() flaw {
	n := 0
	return flaw{name: "every second result differs", after: func(_ *transform.Inputs, r *comp.Result) {
		if n++; n%2 == 0 {
			lines(func(l *comp.Line) { l.Working += "!" })(nil, r)
		}
	}}
}()

// entryLost is a posting of an account, or of what is paid from it, that is not made.
func entryLost(account string) flaw {
	return flaw{name: "an entry of " + account + " is lost", after: func(_ *transform.Inputs, r *comp.Result) {
		if i := slices.IndexFunc(r.Ledger, func(l comp.LedgerEntry) bool { return ofAccount(l, account) }); i >= 0 {
			r.Ledger = slices.Delete(slices.Clone(r.Ledger), i, i+1)
		}
	}}
}

func entryDoubled(account string) flaw {
	return flaw{name: "an entry of " + account + " is made twice", after: func(_ *transform.Inputs, r *comp.Result) {
		if i := slices.IndexFunc(r.Ledger, func(l comp.LedgerEntry) bool { return ofAccount(l, account) }); i >= 0 {
			r.Ledger = append(slices.Clone(r.Ledger), r.Ledger[i])
		}
	}}
}

// ofAccount says whether an entry is how an account moved, or of a release what it paid.
func ofAccount(l comp.LedgerEntry, account string) bool {
	return accountOf(l.Component) == account && (l.Kind == comp.BalanceEntry || account == "release")
}

func credits(edit func(c *comp.Credit)) func(*transform.Inputs, *comp.Result) {
	return func(_ *transform.Inputs, r *comp.Result) { r.Credits = r.Credits.Seen(edit) }
}

func lines(edit func(l *comp.Line)) func(*transform.Inputs, *comp.Result) {
	return func(_ *transform.Inputs, r *comp.Result) {
		for i := range r.Statements {
			for k := range r.Statements[i].Lines {
				edit(&r.Statements[i].Lines[k])
			}
		}
	}
}

// withoutLastRow reads every file of deals but for its last row.
func withoutLastRow(in *transform.Inputs) {
	tables := map[string][]transform.Part{}
	for name, parts := range in.Tables { // each on its own
		tables[name] = slices.Clone(parts)
		for i := range parts {
			if name != "crm.deals" {
				continue
			}
			last := len(parts[i].Splits) - 1
			split := parts[i].Splits[last]
			tables[name][i].Splits = append(slices.Clone(parts[i].Splits[:last]), func(out func(transform.Batch) error) []comp.Finding {
				return split(func(b transform.Batch) error {
					n := max(0, len(b.Pos)-1)
					return out(transform.Batch{Rec: b.Rec.NewSlice(0, int64(n)), File: b.File, Pos: b.Pos[:n]})
				})
			})
		}
	}
	in.Tables = tables
}

func number(s string) comp.Number {
	n, err := comp.ParseExact(s)
	if err != nil {
		panic(err)
	}
	return n
}

// planted is how another process behaves that was told a fault.
func planted(others string) flaw {
	return flaw{after: lines(func(l *comp.Line) {
		switch others {
		case "zone":
			l.Working += os.Getenv("TZ")
		case "folder":
			dir, _ := os.Getwd()
			l.Working += dir
		}
	})}
}
