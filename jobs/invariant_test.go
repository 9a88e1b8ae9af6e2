package jobs

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"carrot/config"
	"carrot/jobs/plans"
	"carrot/reports"
	"carrot/transform"
	"carrot/transform/comp"
	"carrot/transform/naive"
)

// What must hold for every plan and world. Each property is tried on generated ones; see eachBatch.

// present computes the last close of an example with nothing posted before it: all months at once.
func present(t rapidOrTest, c *config.Config, e config.Example, edit func(in *transform.Inputs)) (*comp.Result, *transform.Lineage) {
	at, err := plans.Company(c, e)
	if err != nil {
		t.Fatalf("%v", err)
	}
	in := at(e.Closes[len(e.Closes)-1], nil)
	if edit != nil {
		edit(&in)
	}
	r, lineage, err := transform.Compute(in, nil)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return r, lineage
}

// paidFor is a component of a payee.
type paidFor struct{ payee, plan, component string }

// paidOverall is what each component pays over all months, for payees who are not held.
func paidOverall(r *comp.Result) (map[paidFor]int64, map[string]bool) {
	sums, free := map[paidFor]int64{}, map[string]bool{}
	for _, s := range r.Statements {
		if free[s.Payee] = len(s.HeldFor) == 0; !free[s.Payee] {
			continue
		}
		for _, l := range s.Lines {
			sums[paidFor{s.Payee, l.Plan, l.Component}] += l.Amount.Minor
		}
	}
	return sums, free
}

// declaredAs are a component's declarations, one in each version of its plan that has it.
func declaredAs(c *config.Config, plan, id string) (out []*comp.Component) {
	for i := range c.Plans {
		for k := range c.Plans[i].Components {
			if x := &c.Plans[i].Components[k]; c.Plans[i].ID == plan && x.ID == id {
				out = append(out, x)
			}
		}
	}
	return out
}

// every says whether something holds of a component in all versions of its plan; not of what no plan declares.
func every(c *config.Config, k paidFor, holds func(x *comp.Component) bool) bool {
	all := declaredAs(c, k.plan, k.component)
	return len(all) > 0 && !slices.ContainsFunc(all, func(x *comp.Component) bool { return !holds(x) })
}

// TestInvariant01: nobody is given more than there is of a deal, and all of its owners together are given exactly all.
func TestInvariant01(t *testing.T) {
	whole := 0
	eachWorld(t, func(t *rapid.T, c *config.Config, d dice, e config.Example) {
		r, _ := present(t, c, e, nil)
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
		for _, p := range r.Credits.Payees() {
			credits, err := r.Credits.Of(p)
			if err != nil {
				t.Fatal(err)
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
				t.Errorf("%v: %s given of %s", k, given[k], value[k])
			}
			if all == n[k] && given[k].Cmp(value[k]) != 0 {
				t.Errorf("%v: its %d owners are given %s of %s", k, all, given[k], value[k])
			}
			if all == n[k] && all > 1 {
				whole++
			}
		}
	})
	if whole == 0 {
		t.Error("no shared deal was given to all of its owners")
	}
}

// TestInvariant02: a statement's lines, its total, the postings and the payroll files are one sum; what holds ties on the
// control page.
func TestInvariant02(t *testing.T) {
	eachWorld(t, func(t *rapid.T, c *config.Config, d dice, e config.Example) {
		closeAll(t, c, e, transform.DefaultVerbs(), func(now transform.Inputs, r *comp.Result) bool {
			if transform.Stops(r.Findings) {
				return false // nobody is paid by it
			}
			posted, payroll := map[string]int64{}, map[string]string{}
			for _, l := range r.Ledger {
				posted[l.Payee] += l.Amount.Minor
			}
			if err := reports.Render(r, reports.Options{}, func(f reports.File) error {
				if strings.HasSuffix(f.Path, ".csv") && strings.HasPrefix(f.Path, "payroll/") && strings.Contains(f.Path, "/pay-") {
					rows, err := csv.NewReader(strings.NewReader(string(f.Bytes))).ReadAll()
					if err != nil {
						return err
					}
					for _, row := range rows[1:] {
						payroll[row[2]] = row[4]
					}
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			for _, s := range r.Statements {
				sum := int64(0)
				for _, l := range s.Lines {
					sum += l.Amount.Minor
				}
				in := payroll[s.Payee]
				if in == "" {
					in = comp.Money{Currency: s.Currency}.Decimal()
				}
				if sum != s.Total.Minor || posted[s.Payee] != sum || in != s.Total.Decimal() {
					t.Errorf("%s: lines %d, total %s, posted %d, payroll %s", s.ID, sum, s.Total, posted[s.Payee], in)
				}
			}
			for _, x := range r.Controls {
				if !x.Ties() {
					t.Errorf("%s: %s does not tie: %v", now.Run.Period.Name(), x.Table, x.Parts)
				}
			}
			return true
		})
	})
}

// TestInvariant04: the order of rows and the number of workers leave no trace.
func TestInvariant04(t *testing.T) {
	eachWorld(t, func(t *rapid.T, c *config.Config, d dice, e config.Example) {
		one, _ := present(t, c, e, nil)
		four, _ := present(t, c, e, func(in *transform.Inputs) { in.Workers = 4 })
		one.Credits, four.Credits = nil, nil // they hold the function that reads them
		if a, b := asJSON(one), asJSON(four); a != b {
			t.Errorf("four workers give another outcome")
		}
		mixed := e
		mixed.Tables = slices.Clone(e.Tables)
		shuffle := rand.New(rand.NewSource(int64(d(1000))))
		for i := range mixed.Tables {
			rows := slices.Clone(mixed.Tables[i].Rows)
			shuffle.Shuffle(len(rows), func(a, b int) { rows[a], rows[b] = rows[b], rows[a] })
			mixed.Tables[i].Rows = rows
		}
		other, _ := present(t, c, mixed, nil)
		for _, x := range disagreements("shuffled", paidLines(one), paidLines(other)) {
			t.Error(x)
		}
	})
}

func asJSON(r *comp.Result) string {
	b, err := json.Marshal(r)
	if err != nil {
		return err.Error()
	}
	return string(b)
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

// TestInvariant07: one more deal never lowers what any component pays, unless its curve falls.
func TestInvariant07(t *testing.T) {
	more := 0
	eachWorld(t, func(t *rapid.T, c *config.Config, d dice, e config.Example) {
		before, free := paidOverall(resultOf(present(t, c, e, nil)))
		day := someMonth(e, d).Start + comp.Date(d(28))
		with := withRow(e, "crm.deals", row(comp.NoDate, "id", "MORE", "owner", e.People[d(len(e.People))].ID, "amount", fmt.Sprint(1+d(20000)), "currency", "EUR",
			"kind", "new", "booked_at", day.String()+" 12:00:00"))
		after, still := paidOverall(resultOf(present(t, c, with, nil)))
		for k, was := range before {
			if !free[k.payee] || !still[k.payee] || !every(c, k, func(x *comp.Component) bool { return neverFalls(x) && x.MinN == 0 }) {
				continue
			}
			if after[k] > was {
				more++
			}
			if after[k] < was {
				t.Errorf("%v falls from %d to %d with one more deal", k, was, after[k])
			}
		}
	})
	if more == 0 {
		t.Error("no deal ever paid anything")
	}
}

// TestInvariant08: two deals of one day pay what one of both their amounts pays, where deals are not counted.
func TestInvariant08(t *testing.T) {
	compared := 0
	eachWorld(t, func(t *rapid.T, c *config.Config, d dice, e config.Example) {
		day, owner := someMonth(e, d).Start+comp.Date(d(28)), e.People[d(len(e.People))].ID
		add := func(e config.Example, id, amount string) config.Example {
			return withRow(e, "crm.deals", row(comp.NoDate, "id", id, "owner", owner, "amount", amount, "currency", "EUR", "kind", "new", "booked_at", day.String()+" 12:00:00"))
		}
		a, b := 1+d(500000), 1+d(500000)
		cents := func(n int) string { return fmt.Sprintf("%d.%02d", n/100, n%100) }
		one, free := paidOverall(resultOf(present(t, c, add(e, "ONE", cents(a+b)), nil)))
		two, still := paidOverall(resultOf(present(t, c, add(add(e, "ONE", cents(a)), "TWO", cents(b)), nil)))
		for k, was := range one {
			if !free[k.payee] || !still[k.payee] || !every(c, k, func(x *comp.Component) bool {
				return !slices.Contains(x.Measures(), "units") && x.Per == "" && x.MinN == 0
			}) {
				continue
			}
			compared++
			if two[k] != was {
				t.Errorf("%v pays %d for one deal and %d for its halves", k, was, two[k])
			}
		}
	})
	if compared == 0 {
		t.Error("nothing was compared")
	}
}

// TestInvariant11: without rates exactly those are held who need one.
func TestInvariant11(t *testing.T) {
	held := 0
	eachWorld(t, func(t *rapid.T, c *config.Config, d dice, e config.Example) {
		with, _ := present(t, c, e, nil)
		e.FX = nil
		without, _ := present(t, c, e, nil)
		lacks := map[string]bool{}
		for _, f := range without.Findings {
			if f.Code == "missing_fx_rate" && f.Reach == comp.ReachPayee {
				lacks[f.Payee] = true
			}
		}
		a, b := paidLines(with), paidLines(without)
		for p := range lacks {
			held++
			if !b.Held[p] {
				t.Errorf("%s needs a rate that is not known and is paid", p)
			}
			for l := range a.Lines {
				if l.Payee == p {
					delete(a.Lines, l)
				}
			}
			delete(a.Held, p)
			delete(b.Held, p)
		}
		for _, x := range disagreements("without rates", a, b) {
			t.Error(x)
		}
	})
	if held == 0 {
		t.Error("nobody ever needed a rate")
	}
}

// TestInvariant12: what is paid for a measure has rows behind it.
func TestInvariant12(t *testing.T) {
	lines := 0
	eachWorld(t, func(t *rapid.T, c *config.Config, _ dice, e config.Example) {
		r, lineage := present(t, c, e, nil)
		for _, s := range r.Statements {
			for _, l := range s.Lines {
				i := slices.IndexFunc(s.Components, func(x comp.ComponentResult) bool { return x.Plan == l.Plan && x.Component == l.Component })
				if l.Kind != comp.Earning || l.Amount.Minor == 0 || i < 0 || s.Components[i].Value == nil || s.Components[i].Value.IsZero() {
					continue
				}
				lines++
				if len(lineage.Rows(l.Series)) == 0 {
					t.Errorf("%s line %d pays %s for nothing", s.ID, l.Number, l.Amount)
				}
			}
		}
	})
	if lines == 0 {
		t.Error("nobody was paid")
	}
}

// TestInvariant13: somebody new and what they sell changes nothing for who is paid for their own rows alone.
func TestInvariant13(t *testing.T) {
	compared := 0
	eachWorld(t, func(t *rapid.T, c *config.Config, d dice, e config.Example) {
		was, _ := present(t, c, e, nil)
		more := withRow(e, "crm.deals", row(comp.NoDate, "id", "ZZ", "owner", "zz", "amount", "1234.56", "currency", "EUR", "kind", "new", "booked_at", someMonth(e, d).Start.String()+" 12:00:00"))
		someone := e.People[0]
		someone.ID, someone.Then = "zz", nil
		more.People = append(slices.Clone(e.People), someone)
		is, _ := present(t, c, more, nil)
		pooled := map[string]bool{}
		for _, m := range c.Measures {
			pooled[m.ID] = m.Pool != comp.PoolPayee
		}
		for i := range was.Statements {
			s := &was.Statements[i]
			own := !slices.ContainsFunc(s.Components, func(x comp.ComponentResult) bool {
				return !every(c, paidFor{s.Payee, x.Plan, x.Component}, func(x *comp.Component) bool {
					return !slices.ContainsFunc(x.Measures(), func(m string) bool { return pooled[m] })
				})
			}) && !slices.ContainsFunc(s.Lines, func(l comp.Line) bool { return l.Kind != comp.Earning })
			k := slices.IndexFunc(is.Statements, func(x comp.Statement) bool { return x.Payee == s.Payee })
			corrects := func(l comp.Line) bool { return l.Kind != comp.Earning } // of an earlier month, maybe of a pool
			if !own || k < 0 || slices.ContainsFunc(is.Statements[k].Lines, corrects) {
				continue
			}
			compared++
			if !reflect.DeepEqual(*s, is.Statements[k]) {
				t.Errorf("%s: the statement changes with somebody else's arrival", s.ID)
			}
		}
	})
	if compared == 0 {
		t.Error("nothing was compared")
	}
}

// TestInvariant14: each deal lies in one measuring period of a calendar, on the day that its zone's clocks showed.
func TestInvariant14(t *testing.T) {
	v := transform.DefaultVerbs()
	for _, every := range []string{"month", "quarter", "half", "year"} {
		next := comp.Day(2020, 1, 1)
		for month := comp.Month(next); month.Start < comp.Day(2032, 1, 1); month = comp.Month(month.End) {
			for _, p := range v.Measuring(every, month, nil) {
				if p.Start != next {
					t.Fatalf("%s: a period begins on %s, the one before ended before %s", every, p.Start, next)
				}
				next = p.End
			}
		}
		if next != comp.Day(2032, 1, 1) {
			t.Errorf("%s: days from %s on are in no period", every, next)
		}
	}
	seen := 0
	eachWorld(t, func(t *rapid.T, c *config.Config, d dice, e config.Example) {
		day := map[string][]string{}
		for _, x := range e.Tables {
			for _, r := range x.Rows {
				for _, cell := range r.Cells {
					if cell.Column == "booked_at" {
						day[r.Cells[0].Text] = append(day[r.Cells[0].Text], cell.Text[:10])
					}
				}
			}
		}
		r, _ := present(t, c, e, nil)
		for _, p := range r.Credits.Payees() {
			credits, err := r.Credits.Of(p)
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range credits {
				if days := day[x.Key]; x.Table == "crm.deals" {
					if seen++; !slices.Contains(days, x.Date.String()) || !x.Period.Contains(x.Date) {
						t.Errorf("%s of %v is credited on %s in %s", x.Key, days, x.Date, x.Period)
					}
				}
			}
		}
	})
	if seen == 0 {
		t.Error("no deal was credited")
	}
}

// TestInvariant15: names mean nothing. With other employee ids, in another order, the same people are paid the same.
func TestInvariant15(t *testing.T) {
	eachWorld(t, func(t *rapid.T, c *config.Config, d dice, e config.Example) {
		was, _ := present(t, c, e, nil)
		is, _ := present(t, c, renamed(e), nil)
		a, b := paidLines(was), naive.Outcome{Lines: map[naive.Line]int64{}, Held: map[string]bool{}}
		ties := func(l naive.Line) bool { // equal remainders go by id; what a draw adds to such pay as well
			return !every(c, paidFor{l.Payee, l.Plan, l.Component}, func(x *comp.Component) bool {
				return !slices.ContainsFunc(x.Measures(), func(m string) bool { return m == "cent_sold" || m == "weighed_sold" })
			})
		}
		for l, minor := range paidLines(is).Lines {
			if l.Payee = other(l.Payee); !ties(l) {
				b.Lines[l] = minor
			}
		}
		for l := range a.Lines {
			if ties(l) {
				delete(a.Lines, l)
			}
		}
		for p := range paidLines(is).Held {
			b.Held[other(p)] = true
		}
		for _, x := range disagreements("renamed", a, b) {
			t.Error(x)
		}
	})
}

// other is a person's other id; of that it is the first again.
func other(id string) string {
	if len(id) == 2 {
		return string('z'-(id[0]-'a')) + id[1:]
	}
	return id
}

// renamed is a world in which everybody has their other id.
func renamed(e config.Example) config.Example {
	e.People, e.Numbers, e.Tables = slices.Clone(e.People), slices.Clone(e.Numbers), slices.Clone(e.Tables)
	for i := range e.People {
		p := &e.People[i]
		rename := func(attrs []config.ExampleAttr) []config.ExampleAttr {
			attrs = slices.Clone(attrs)
			for k := range attrs {
				if attrs[k].Name == comp.AttrManager {
					attrs[k].Value = other(attrs[k].Value)
				}
			}
			return attrs
		}
		p.ID, p.Attrs, p.Then = other(p.ID), rename(p.Attrs), slices.Clone(p.Then)
		for k := range p.Then {
			p.Then[k].Attrs = rename(p.Then[k].Attrs)
		}
	}
	for i := range e.Numbers {
		e.Numbers[i].Payee = other(e.Numbers[i].Payee)
	}
	for i := range e.Tables {
		e.Tables[i].Rows = slices.Clone(e.Tables[i].Rows)
		for k := range e.Tables[i].Rows {
			r := &e.Tables[i].Rows[k]
			r.Cells = slices.Clone(r.Cells)
			for j := range r.Cells {
				if r.Cells[j].Column == "owner" {
					r.Cells[j].Text = other(r.Cells[j].Text)
				}
			}
		}
	}
	return e
}

// withRow is a world with one more row of a table.
func withRow(e config.Example, table string, r config.ExampleRow) config.Example {
	w := worldgen{e: e}
	w.e.Tables = slices.Clone(e.Tables)
	for i := range w.e.Tables {
		w.e.Tables[i].Rows = slices.Clone(w.e.Tables[i].Rows)
	}
	w.put(table, r)
	return w.e
}

// someMonth is one of the months that are closed.
func someMonth(e config.Example, d dice) comp.Period {
	p, _ := comp.ParseMonth(e.Closes[d(len(e.Closes))])
	return p
}

func resultOf(r *comp.Result, _ *transform.Lineage) *comp.Result { return r }

// TestInvariant16: with a hundred times the money everywhere, exactly a hundred times as much is paid, before rounding.
func TestInvariant16(t *testing.T) {
	compared := 0
	eachWorld(t, func(t *rapid.T, c *config.Config, d dice, e config.Example) {
		was, _ := present(t, c, e, nil)
		is, _ := present(t, c, times(e, 100), func(in *transform.Inputs) { in.Plans = dearer(c, in.Plans) })
		exact := exactOf(is)
		for k, x := range exactOf(was) {
			if !every(c, k, func(x *comp.Component) bool { return x.ToDate == "" && x.Excess == "" && !inCents(c, x) }) {
				continue // less what was rounded before, and in whole cents
			}
			compared++
			if y := exact[k]; x.Mul(comp.Int(100)).Cmp(y) != 0 {
				t.Errorf("%v: %s becomes %s with a hundred times the money", k, x, y)
			}
		}
	})
	if compared == 0 {
		t.Error("nothing was compared")
	}
}

// inCents says whether a component reads a measure whose rows are shared in whole minor units.
func inCents(c *config.Config, x *comp.Component) bool {
	for _, m := range c.Measures {
		for _, t := range m.Terms {
			if t.Owner.Split != nil && t.Owner.Split.Remainder != "" && slices.Contains(x.Measures(), m.ID) {
				return true
			}
		}
	}
	return false
}

// exactOf is the exact pay of the components of a run.
func exactOf(r *comp.Result) map[paidFor]comp.Number {
	out := map[paidFor]comp.Number{}
	for _, s := range r.Statements {
		for _, x := range s.Components {
			out[paidFor{s.Payee, x.Plan, x.Component}] = x.Exact.Number
		}
	}
	return out
}

// times is a world with so many times the money.
func times(e config.Example, n int64) config.Example {
	e.Numbers, e.Tables = slices.Clone(e.Numbers), slices.Clone(e.Tables)
	for i := range e.Numbers {
		if name := e.Numbers[i].Name; name == "revenue" || name == "ote" {
			e.Numbers[i].Amount = e.Numbers[i].Amount.Mul(comp.Int(n))
		}
	}
	for i := range e.Tables {
		e.Tables[i].Rows = slices.Clone(e.Tables[i].Rows)
		for k := range e.Tables[i].Rows {
			r := &e.Tables[i].Rows[k]
			r.Cells = slices.Clone(r.Cells)
			for j := range r.Cells {
				if r.Cells[j].Column == "amount" {
					x, _ := comp.ParseExact(r.Cells[j].Text)
					r.Cells[j].Text = x.Mul(comp.Int(n)).String()
				}
			}
		}
	}
	return e
}

// dearer are plans with a hundred times the money: of targets, caps, quotas of money, and bounds of values that are money.
func dearer(c *config.Config, ps []comp.Plan) []comp.Plan {
	more := func(ds []comp.Dated) []comp.Dated {
		ds = slices.Clone(ds)
		for i := range ds {
			by := map[comp.Currency]comp.Number{}
			for _, currency := range []comp.Currency{"EUR", "USD", "JPY"} {
				if n, has := ds[i].By[currency]; has {
					by[currency] = n.Mul(comp.Int(100))
				}
			}
			if n, has := ds[i].By[""]; has {
				by[""] = n
			}
			ds[i].By = by
		}
		return ds
	}
	by := func(m map[comp.Currency]comp.Number) map[comp.Currency]comp.Number {
		if m == nil {
			return nil
		}
		return more([]comp.Dated{{By: m}})[0].By
	}
	bounds := func(bs []comp.Band, money bool) []comp.Band {
		bs = slices.Clone(bs)
		for i := range bs {
			if bs[i].By = by(bs[i].By); money {
				bs[i].From, bs[i].To = bs[i].From.Mul(comp.Int(100)), bs[i].To.Mul(comp.Int(100))
			}
		}
		return bs
	}
	quota := func(q *comp.Figure) *comp.Figure {
		if q == nil {
			return nil
		}
		x := *q
		x.Dated = more(x.Dated)
		return &x
	}
	ps = slices.Clone(ps)
	for i := range ps {
		ps[i].Components = slices.Clone(ps[i].Components)
		for k := range ps[i].Components {
			x := &ps[i].Components[k]
			x.Target, x.Cap, x.Quota = more(x.Target), more(x.Cap), quota(x.Quota)
			x.Gates, x.Parts = slices.Clone(x.Gates), slices.Clone(x.Parts)
			for j := range x.Gates {
				x.Gates[j].Quota = quota(x.Gates[j].Quota)
			}
			for j := range x.Parts {
				x.Parts[j].Quota = quota(x.Parts[j].Quota)
			}
			money := slices.ContainsFunc(c.Measures, func(m comp.Measure) bool { return m.ID == x.Measure && m.Unit == "money" })
			x.Curve.Bands, x.Curve.Points = bounds(x.Curve.Bands, money && x.Curve.Of == "value"), bounds(x.Curve.Points, money && x.Curve.Of == "value")
			if m := x.Curve.Matrix; m != nil && money && m.Of == "value" {
				grid := *m
				grid.Rows = slices.Clone(grid.Rows)
				for j := range grid.Rows {
					grid.Rows[j] = grid.Rows[j].Mul(comp.Int(100))
				}
				x.Curve.Matrix = &grid
			}
		}
	}
	return ps
}

// TestHalfTime: who works half time, sells half as much and is measured by it is paid half, exactly.
func TestHalfTime(t *testing.T) {
	compared := 0
	eachWorld(t, func(t *rapid.T, c *config.Config, d dice, e config.Example) {
		e.People = slices.Clone(e.People)
		for i := range e.People {
			e.People[i].Then = nil
		}
		hours := func(fte string) config.Example {
			out := e
			out.People = slices.Clone(e.People)
			for i := range out.People {
				out.People[i].Attrs = slices.Clone(out.People[i].Attrs)
				for k := range out.People[i].Attrs {
					if out.People[i].Attrs[k].Name == comp.AttrFTE {
						out.People[i].Attrs[k].Value = fte
					}
				}
			}
			return out
		}
		half, _ := present(t, c, hours("0.5"), nil)
		twice := times(hours("1"), 2)
		twice.Numbers = e.Numbers
		whole, _ := present(t, c, twice, nil)
		exact := exactOf(whole)
		for k, x := range exactOf(half) {
			if !every(c, k, func(p *comp.Component) bool {
				money := slices.ContainsFunc(c.Measures, func(m comp.Measure) bool { return m.ID == p.Measure && m.Unit == "money" })
				paid := slices.ContainsFunc(slices.Concat(p.Curve.Bands, p.Curve.Points), func(b comp.Band) bool { return b.By != nil })
				return p.FTE && p.ToDate == "" && p.Curve.Of == "attainment" && p.Quota != nil && money && !paid && p.Excess == "" && p.Order == nil && len(p.Gates) == 0
			}) {
				continue
			}
			compared++
			if y := exact[k]; x.Mul(comp.Int(2)).Cmp(y) != 0 {
				t.Errorf("%v: %s half time, %s full time", k, x, y)
			}
		}
	})
	if compared == 0 {
		t.Error("nothing was compared")
	}
}

// TestLeavesPayAlike: two leaves pay the same whatever they are called, and one that is paid as if there were none.
func TestLeavesPayAlike(t *testing.T) {
	away := 0
	eachWorld(t, func(t *rapid.T, c *config.Config, d dice, e config.Example) {
		i, from := d(len(e.People)), someMonth(e, d).Start+comp.Date(d(20))
		on := func(leave string) config.Example {
			out := e
			out.People = slices.Clone(e.People)
			p := &out.People[i]
			p.Then = []config.ExampleChange{{From: max(p.From+1, from), Known: comp.NoDate, Attrs: []config.ExampleAttr{{Name: comp.AttrLeave, Value: leave}}},
				{From: max(p.From+1, from) + 12, Known: comp.NoDate, Attrs: []config.ExampleAttr{{Name: comp.AttrLeave, Value: ""}}}}
			if p.To != comp.NoDate && p.To <= p.Then[1].From {
				p.To = comp.NoDate
			}
			return out
		}
		parental := resultOf(present(t, c, on("parental"), func(in *transform.Inputs) { in.Mapping.Roster = namedLeaves(in.Mapping.Roster) }))
		sick := resultOf(present(t, c, on("sick"), func(in *transform.Inputs) { in.Mapping.Roster = namedLeaves(in.Mapping.Roster) }))
		council := resultOf(present(t, c, on("works council"), func(in *transform.Inputs) { in.Mapping.Roster = namedLeaves(in.Mapping.Roster) }))
		none := resultOf(present(t, c, on(""), nil))
		for _, x := range append(disagreements("parental and sick", paidLines(parental), paidLines(sick)), disagreements("duty and none", paidLines(council), paidLines(none))...) {
			t.Error(x)
		}
		if len(disagreements("", paidLines(sick), paidLines(none))) > 0 {
			away++
		}
	})
	if away == 0 {
		t.Error("no leave ever moved a number: nothing was tried")
	}
}

// namedLeaves translates the reasons of leaves, as the roster of a config does.
func namedLeaves(roster []comp.RosterMap) []comp.RosterMap {
	roster = slices.Clone(roster)
	for i := range roster {
		roster[i].Set = slices.Clone(roster[i].Set)
		for k := range roster[i].Set {
			if roster[i].Set[k].Attr == comp.AttrLeave {
				roster[i].Set[k].Values = map[string]string{"parental": "unpaid", "sick": "unpaid", "works council": "paid"}
			}
		}
	}
	return roster
}
