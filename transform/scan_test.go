package transform

import (
	"fmt"
	"maps"
	"math/rand"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"carrot/transform/comp"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var dealTable = comp.Contract{Source: "crm", Table: "deals", Keys: []string{"id"}, Control: "amount", Covers: "day", Columns: []comp.Column{
	{Name: "id", Type: comp.ID}, {Name: "stage", Type: comp.Category}, {Name: "owner", Type: comp.Category}, {Name: "rep", Type: comp.Text},
	{Name: "amount", Type: comp.Decimal, Scale: 2}, {Name: "currency", Type: comp.Category}, {Name: "day", Type: comp.DateType},
	{Name: "at", Type: comp.Instant, Zone: "Europe/Berlin"}, {Name: "score", Type: comp.Integer}, {Name: "ok", Type: comp.Bool},
	{Name: "ticket", Type: comp.ID},
}}

var splitContract = comp.Contract{Source: "crm", Table: "splits", Columns: []comp.Column{
	{Name: "deal", Type: comp.ID}, {Name: "owner", Type: comp.Text}, {Name: "percent", Type: comp.Decimal, Scale: 1},
}}

func name(n string, k comp.Kind) *comp.Expr {
	return &comp.Expr{Op: comp.Name, Name: n, Kind: k, Text: n}
}

func isText(n, v string) *comp.Expr {
	return &comp.Expr{Op: comp.Eq, Kind: comp.KindBool, Args: []*comp.Expr{name(n, comp.KindText), {Op: comp.Lit, Kind: comp.KindText, Lit: comp.TextValue(v)}}}
}

// anyMeasures are the shapes that measures have; a test draws some of them.
func anyMeasures() []comp.Measure {
	owner := comp.Owner{Column: "owner", System: "crm"}
	split := owner
	split.Split = &comp.Split{Table: "crm.splits", Key: "deal", Of: "id", Owner: "owner", Percent: "percent"}
	half := &comp.Expr{Op: comp.QuoOp, Kind: comp.KindNumber, Text: "amount / 3", Args: []*comp.Expr{name("amount", comp.KindNumber),
		{Op: comp.Lit, Kind: comp.KindNumber, Lit: comp.NumberValue(comp.Int(3))}}}
	one := func(m comp.Measure) comp.Measure {
		for i := range m.Terms {
			m.Terms[i].Table = "crm.deals"
			if m.Terms[i].Date == "" {
				m.Terms[i].Date = "day"
			}
		}
		return m
	}
	return []comp.Measure{
		one(comp.Measure{ID: "a-won", Aggregate: comp.Sum, Terms: []comp.Term{{Where: isText("stage", "won"), Owner: split, Value: name("amount", comp.KindNumber),
			Currency: "currency", Label: []string{"stage", "rep"}}}}),
		one(comp.Measure{ID: "b-net", Aggregate: comp.Sum, Pool: comp.PoolDepartment, Terms: []comp.Term{
			{Where: isText("stage", "won"), Owner: owner, Value: name("amount", comp.KindNumber), Fixed: "EUR"},
			{Where: isText("stage", "back"), Owner: owner, Value: name("score", comp.KindNumber), Fixed: "EUR", Sign: -1}}}),
		one(comp.Measure{ID: "c-all", Aggregate: comp.Count, Pool: comp.PoolCompany, Terms: []comp.Term{{Date: "at"}}}),
		one(comp.Measure{ID: "d-good", Aggregate: comp.Share, Terms: []comp.Term{{Owner: comp.Owner{Column: "rep"}, Hit: name("ok", comp.KindBool), Date: "at"}}}),
		one(comp.Measure{ID: "e-last", Aggregate: comp.Rate, Terms: []comp.Term{{Owner: owner, Hit: name("ok", comp.KindBool),
			Fold: &comp.Fold{By: []string{"ticket"}, Order: "score", Take: "last"}}}}),
		one(comp.Measure{ID: "f-first", Aggregate: comp.Mean, Pool: comp.PoolEntity, Terms: []comp.Term{{Owner: split, Value: name("amount", comp.KindNumber), Fixed: "USD",
			Where: isText("stage", "won"), Fold: &comp.Fold{By: []string{"ticket", "stage"}, Order: "day", Take: "first"}}}}),
		one(comp.Measure{ID: "g-third", Aggregate: comp.Sum, Terms: []comp.Term{{Owner: owner, Where: isText("stage", "back"), Value: half, Currency: "currency"}}}),
		one(comp.Measure{ID: "i-month", Aggregate: comp.Rate, Terms: []comp.Term{{Owner: owner, Hit: name("ok", comp.KindBool), Date: "day",
			Fold: &comp.Fold{By: []string{"ticket"}, Order: "at", Take: "last", Per: "month"}}}}),
		one(comp.Measure{ID: "h-cost", Aggregate: comp.Count, Terms: []comp.Term{{Owner: split, Where: isText("stage", "back"), Sign: -1}}}),
	}
}

// world is a company of three, of whom one's login changed hands, with a grid of three months of which the last pays.
func world(in *Inputs) (*comp.Company, *grid) {
	span := func(p comp.Period, v string) comp.Span[string] { return comp.Span[string]{Period: p, Value: v} }
	line := func(s ...comp.Span[string]) comp.Timeline[string] {
		t, err := comp.NewTimeline(s)
		if err != nil {
			panic(err)
		}
		return t
	}
	jan, q1 := comp.Month(on("2026-01-01")), period("2025-12-01", "2026-04-30")
	person := func(id string, dept ...comp.Span[string]) comp.Person {
		return comp.Person{ID: id, Employed: []comp.Period{q1}, Attrs: map[string]comp.Timeline[string]{
			comp.AttrDepartment: line(dept...), comp.AttrEntity: line(span(q1, "DE01"))}}
	}
	c := &comp.Company{People: []comp.Person{person("E1", span(q1, "Sales")),
		person("E2", span(comp.Period{Start: jan.Start, End: on("2026-02-10")}, "Sales"), span(period("2026-02-10", "2026-03-31"), "Service")),
		person("E3", span(period("2026-03-05", "2026-03-31"), "Service"))}}
	c.Crosswalk.Logins = map[comp.Login]comp.Timeline[string]{
		{System: "crm", Name: "ann"}:   line(span(q1, "E1")),
		{System: "crm", Name: "desk"}:  line(span(period("2026-01-01", "2026-02-14"), "E2"), span(period("2026-03-01", "2026-03-31"), "E3")),
		{System: "crm", Name: "ghost"}: line(span(q1, "E9")),
		{System: "other", Name: "bob"}: line(span(q1, "E3")),
	}
	g := &grid{subjects: []string{"E1", "E2", "E3", "company", "department:Sales", "department:Service", "entity:DE01"}, index: map[string]int32{}}
	months := []comp.Date{on("2026-01-01"), on("2026-02-01"), on("2026-03-01"), on("2026-04-01")}
	own := []comp.Date{months[0], months[1], on("2026-02-20"), months[2], on("2026-03-10"), months[3]}
	for i, s := range g.subjects {
		g.index[s] = int32(i)
		g.bounds = append(g.bounds, months)
	}
	g.bounds[1] = own
	g.inPeriod = func(m int, d comp.Date) bool {
		return d >= months[2] && d < months[3] && in.Measures[m].ID != "g-third"
	}
	g.current = func(m int, s int32, d comp.Date) bool { return g.inPeriod(m, d) && (s != 1 || d < on("2026-03-10")) }
	g.measured = func(int, comp.Date) comp.Period { return comp.Period{} }
	g.poolOf = func(payee int32, pool comp.Pool, d comp.Date) (int32, bool) {
		attr := comp.AttrDepartment
		if pool == comp.PoolEntity {
			attr = comp.AttrEntity
		}
		v, ok := c.People[payee].Attr(attr, d)
		if !ok {
			return 0, false
		}
		i, ok := g.index[string(pool)+":"+v]
		return i, ok
	}
	return c, g
}

// outcome is a scan as sorted texts, to be compared.
type outcome struct {
	Sums, Lineage, Credits, Findings, Controls []string
}

func scanned(t *tally, fs []comp.Finding, in *Inputs, g *grid) outcome {
	var o outcome
	for m := range in.Measures {
		for s, subject := range g.subjects {
			for a := range len(g.bounds[s]) - 1 {
				for _, x := range t.sums(m, int32(s), a) {
					o.Sums = append(o.Sums, fmt.Sprintf("%s|%s|%d|%s %s %d %d", in.Measures[m].ID, subject, a, x.currency, x.value, x.hits, x.n))
				}
				b := g.bounds[s]
				for _, r := range rowsOf(t.lineage, fmt.Sprintf("%s|%s|%s|%s", in.Measures[m].ID, subject, b[a], b[a+1]-1)) {
					o.Lineage = append(o.Lineage, fmt.Sprintf("%s|%s|%d %s:%09d", in.Measures[m].ID, subject, a, r.Name, r.Pos))
				}
			}
		}
	}
	for _, c := range creditsOf(t.credits) {
		o.Credits = append(o.Credits, fmt.Sprintf("%s %s %s %d %s %s %s %s %v %s:%d", c.Measure, c.Payee, c.Date, c.Term, c.Key, c.Value.Number,
			c.Share, c.Value.Currency, c.Hit, c.Origin.Name, c.Origin.Pos))
	}
	for _, f := range fs {
		if f.Code != "vanished_row" {
			o.Findings = append(o.Findings, fmt.Sprintf("%s|%s|%s|%s|%s|%s:%d|%v", f.Code, f.Table, f.Key, f.Column, f.Text, f.Origin.Name, f.Origin.Pos, f.Waived != ""))
		}
	}
	for _, d := range t.controls {
		o.Controls = append(o.Controls, controlTexts(d, g)...)
	}
	return o.sorted()
}

// creditsOf are all credits, in order.
func creditsOf(all *comp.Credits) (out []comp.Credit) {
	for _, payee := range all.Payees() {
		of, err := all.Of(payee)
		if err != nil {
			panic(err)
		}
		out = append(out, of...)
	}
	return out
}

func controlTexts(d disposition, g *grid) (out []string) {
	tell := func(name string, b bucket) {
		if b.rows != 0 {
			out = append(out, fmt.Sprintf("%s %s %d", d.table, name, b.rows))
		}
		for _, c := range slices.Sorted(maps.Keys(b.sums)) {
			if !b.sums[c].IsZero() {
				out = append(out, fmt.Sprintf("%s %s %s %s", d.table, name, c, b.sums[c]))
			}
		}
	}
	for i, b := range []bucket{d.excluded, d.other, d.exception, {}, d.held, d.superseded} {
		tell(fateNames[i], b)
	}
	tell("in", d.in)
	for s, b := range d.credited {
		tell("credited "+g.subjects[s], b)
	}
	return out
}

func (o outcome) sorted() outcome {
	for _, s := range []*[]string{&o.Sums, &o.Lineage, &o.Credits, &o.Findings, &o.Controls} {
		sort.Strings(*s)
	}
	o.Findings, o.Lineage = slices.Compact(o.Findings), slices.Compact(o.Lineage)
	return o
}

func (v *naive) outcome() outcome {
	var o outcome
	for _, k := range sortedKeys(v.n) {
		m := v.in.Measures[measureIndex(v.in)[strings.SplitN(k, "|", 2)[0]]]
		value := v.num[k]
		switch m.Aggregate {
		case comp.Share, comp.Rate:
			value = comp.Int(v.hits[k])
		}
		o.Sums = append(o.Sums, fmt.Sprintf("%s %s %d %d", k, value, v.hits[k], v.n[k]))
	}
	for _, k := range sortedKeys(v.lineage) {
		for _, at := range v.lineage[k] {
			o.Lineage = append(o.Lineage, k+" "+at)
		}
	}
	o.Credits, o.Findings = v.credits, v.findings
	for _, k := range sortedKeys(v.fates) {
		o.Controls = append(o.Controls, fmt.Sprintf("%s %d", k, v.fates[k]))
	}
	for _, k := range sortedKeys(v.control) {
		if !v.control[k].IsZero() {
			o.Controls = append(o.Controls, fmt.Sprintf("%s %s", k, v.control[k]))
		}
	}
	return o.sorted()
}

func drawDeal(t *rapid.T) cells {
	of := func(label string, values ...any) any { return rapid.SampledFrom(values).Draw(t, label) }
	return cells{of("id", "D1", "D2", "D3", "D4", "D5", "D6", "D7", "D8", nil), of("stage", "won", "won", "back", "open", nil),
		of("owner", "ann", "ANN", "desk", "desk", "ghost", "who", nil), of("rep", "E1", "E2", "e2", nil), of("amount", 100, 250, -33, 999999, nil),
		of("currency", "EUR", "EUR", "USD", "XXX", nil),
		of("day", "2026-01-15", "2026-02-10", "2026-02-14", "2026-02-25", "2026-03-01", "2026-03-10", "2026-03-31", "2025-06-01", nil),
		of("at", 1767222000, 1774994400, 1774994399, 1772600000, nil), of("score", 1, 2, 3, 7, nil), of("ok", true, false, nil),
		of("ticket", "T1", "T2", "T3", nil)}
}

func drawDrops(t *rapid.T) []drop {
	var out []drop
	for i := range rapid.IntRange(1, 4).Draw(t, "drops") {
		d := drop{seq: i + 1, size: rapid.IntRange(1, 6).Draw(t, "split size")}
		if i > 0 && rapid.IntRange(0, 3).Draw(t, "same pull") == 0 {
			d.seq = out[i-1].seq
		}
		d.mode = rapid.SampledFrom([]comp.Mode{comp.Snapshot, comp.Delta, comp.Delta, comp.Window}).Draw(t, "mode")
		if d.covers = (comp.Period{}); d.mode == comp.Window {
			d.covers = comp.Month(on(rapid.SampledFrom([]string{"2026-01-01", "2026-02-01", "2026-03-01"}).Draw(t, "covers")))
		}
		for range rapid.IntRange(0, 12).Draw(t, "rows") {
			d.rows = append(d.rows, drawDeal(t))
		}
		for k := range rapid.IntRange(0, 2).Draw(t, "refused") {
			d.findings = append(d.findings, comp.Finding{Code: "bad_cell", Reach: comp.ReachRow, Table: "crm.deals", Column: "amount", Text: "1,005",
				Key: rapid.SampledFrom([]string{"D1", "D2", "D9"}).Draw(t, "refused key"), Origin: comp.Origin{Pos: int64(1000 + k)}})
		}
		out = append(out, d)
	}
	return out
}

// naiveOf gives the same drops to the naive scan.
func naiveOf(in *Inputs, c *comp.Company, g *grid, drops []drop, splits []cells) *naive {
	v := &naive{in: in, company: c, grid: g, drops: drops, lo: on("2026-01-01"), hi: on("2026-04-01"), num: map[string]comp.Number{}, hits: map[string]int64{},
		n: map[string]int64{}, lineage: map[string][]string{}, fates: map[string]int{}, control: map[string]comp.Number{},
		rows: map[string][]*naiveRow{}, splits: map[string][][2]string{}, owners: map[string]map[string][]ownedSpan{}, waived: map[string]bool{}}
	for _, w := range in.Waivers {
		v.waived[w.Finding] = w.Until >= in.Run.Business
	}
	for l, t := range c.Crosswalk.Logins {
		if v.owners[l.System] == nil {
			v.owners[l.System] = map[string][]ownedSpan{}
		}
		for _, s := range t.Spans() {
			v.owners[l.System][l.Name] = append(v.owners[l.System][l.Name], ownedSpan{s.Period, s.Value})
		}
	}
	for _, s := range splits {
		k := s[0].(string)
		v.splits[k] = append(v.splits[k], [2]string{s[1].(string), comp.Scaled(int64(s[2].(int)), 1).String()})
	}
	last := 0
	for i := range drops {
		if drops[i].mode == comp.Snapshot {
			last = max(last, drops[i].seq)
		}
	}
	contract, zone := &in.Contracts[0], mustZone("Europe/Berlin")
	for i := range drops {
		d := &drops[i]
		if d.seq < last {
			continue
		}
		file := fmt.Sprintf("crm.deals/%03d.csv", i)
		for k, r := range d.rows {
			row := &naiveRow{table: contract, drop: d, rank: i, file: file, pos: int64(10 * (k + 1))}
			for c, cell := range r {
				row.vals = append(row.vals, naiveValue(contract.Columns[c], cell, zone))
			}
			if contract.Keyed() {
				row.key = valueText(row.get("id"))
			}
			v.rows["crm.deals"] = append(v.rows["crm.deals"], row)
		}
		for _, f := range d.findings {
			v.rows["crm.deals"] = append(v.rows["crm.deals"], &naiveRow{table: contract, drop: d, rank: i, file: file, pos: f.Origin.Pos, bad: true, key: f.Key,
				vals: make([]comp.Value, len(contract.Columns))})
		}
	}
	return v
}

// TestScanEqualsNaive scans random drops with random measures, and compares everything with the naive scan. Then it
// shuffles splits, parts and files, changes the number of workers, lets the folds spill, and expects the same bytes.
func TestScanEqualsNaive(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		drops := drawDrops(rt)
		var splits []cells
		for range rapid.IntRange(0, 5).Draw(rt, "split rows") {
			splits = append(splits, cells{rapid.SampledFrom([]string{"D1", "D2", "D3"}).Draw(rt, "deal"),
				rapid.SampledFrom([]string{"ann", "desk", "nobody"}).Draw(rt, "with"), rapid.SampledFrom([]int{500, 500, 300, 700, 1000, 333}).Draw(rt, "percent")})
		}
		contract := dealTable
		if rapid.IntRange(0, 4).Draw(rt, "keyless table") == 0 {
			contract.Keys = nil
			for i := range drops {
				drops[i].findings = nil
			}
		}
		b := newTables(t, contract, splitContract)
		for _, d := range drops {
			b.add("crm.deals", d)
		}
		b.add("crm.splits", drop{mode: comp.Snapshot, rows: splits})
		for _, m := range anyMeasures() {
			if rapid.Bool().Draw(rt, m.ID) {
				b.in.Measures = append(b.in.Measures, m)
			}
		}
		b.in.Run.Business = on("2026-04-03")
		for _, f := range []comp.Finding{{Code: "unknown_owner", Table: "crm.deals", Key: "D1", Column: "owner", Text: "who"},
			{Code: "bad_cell", Table: "crm.deals", Key: "D2", Column: "amount", Text: "1,005"},
			{Code: "duplicate_key", Table: "crm.deals", Key: "D3", Column: "id", Text: "D3"}} {
			b.in.Waivers = append(b.in.Waivers, comp.Waiver{Finding: f.ID(), Reason: "agreed", By: "lead", Until: on(rapid.SampledFrom([]string{"2026-04-02", "2026-04-03"}).Draw(rt, "until"))})
		}
		company, g := world(&b.in)
		v := naiveOf(&b.in, company, g, drops, splits)
		if len(b.in.Measures) > 0 {
			v.run()
		}
		tally, fs, err := scan(&b.in, company, g)
		if err != nil {
			rt.Fatal(err)
		}
		if diff := cmp.Diff(v.outcome(), scanned(tally, fs, &b.in, g)); diff != "" {
			rt.Fatalf("the naive scan (-) and the scan (+) differ:\n%s", diff)
		}
		for _, workers := range []int{1, 3, 8} {
			other := shuffled(&b.in, rand.New(rand.NewSource(rapid.Int64().Draw(rt, "seed"))))
			other.Workers, other.Spill, other.Memory = workers, &memorySpill{}, 1
			again, fs2, err := scan(&other, company, g)
			if err != nil {
				rt.Fatal(err)
			}
			if diff := cmp.Diff(sameness(tally, fs), sameness(again, fs2)); diff != "" {
				rt.Fatalf("shuffled, with %d workers:\n%s", workers, diff)
			}
		}
		b.mem.AssertSize(t, 0)
	})
}

// sameness is all that must not depend on order: every field of credits and findings, and the lineage's bytes.
func sameness(t *tally, fs []comp.Finding) string {
	var b strings.Builder
	for _, c := range creditsOf(t.credits) {
		fmt.Fprintln(&b, c)
	}
	for _, f := range fs {
		fmt.Fprintf(&b, "%+v\n", f)
	}
	return b.String() + string(encoded(t.lineage))
}
