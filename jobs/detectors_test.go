package jobs

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/google/go-cmp/cmp"

	"carrot/config"
	"carrot/config/detectors"
	"carrot/transform"
	"carrot/transform/comp"
)

// The detectors that are shipped are held to what they promise by small companies of chance: in some everybody is honest, and as
// different from each other as people are; in others one person does what a detector looks for.

const detectorCompany = `carrot: 1
company: Honest
zone: UTC
pay: {first: 2026-03, day: 25, restate_months: 3}
entities: [{id: US01, name: Honest Inc., country: US, currency: USD, pay_code: V}, {id: DE01, name: Ehrlich GmbH, country: DE, currency: EUR, pay_code: V}]
question: Write to reviews@honest.example.
sources: [sources.yaml]
measures: [sold.yaml]
plans: [plan.yaml]
detectors: [detectors/*.yaml]
acceptances: [{table: crm.signed, employee: employee, digest: digest, date: signed_on}]
reviews: {table: crm.reviews, case: case_id, answered: answered_on, text: answer, closed: closed_on, by: closed_by, outcome: outcome}
roster:
  - {table: crm.people, id: id, from: entry, employed: "true", set: {name: id, entity: entity, department: department, payroll_number: id, fte: {const: "1"}}}
`

const detectorSold = `measure: sold
version: "1"
title: Sold
family: outcome
unit: count
aggregate: sum
about: revenue
table: crm.sales
owner: {column: owner}
value: amount
date: day
`

const detectorPlan = `plan: sales
version: "1"
title: Sales
effective: {from: 2026-01-01, to: 2026-12-31}
eligible: name != null
components:
  - {id: sold, title: Sold, clause: "1", measure: sold, every: month, quota: {number: "100"}, target: {USD: "1000.00", EUR: "1000.00"}, curve: {kind: linear, of: attainment}}
`

// detectorTables are the tables of the company, by name: their columns with types.
var detectorTables = map[string]string{
	"crm.people":     "id:id entity:category entry:date department:category",
	"crm.sales":      "id:id owner:category amount:integer day:date",
	"crm.deals":      "id:id owner:category closed_on:date entered_on:date reversed_on:date changed_on:date changed_by:category price:integer list_price:integer",
	"crm.contracts":  "id:id owner:category vested_on:date cancelled_on:date",
	"crm.reviews":    "case_id:id answered_on:date answer:text closed_on:date closed_by:text outcome:text",
	"crm.signed":     "id:id employee:id digest:category signed_on:date",
	"survey.answers": "id:id agent:category answered_on:date score:integer from_office:boolean seconds:integer",
	"survey.frame":   "id:id account_owner:category listed_on:date removed_by:category",
	"desk.tickets":   "id:id agent:category solved_on:date reopened:boolean invited:boolean requester:text topic:category incident:text",
}

// detectorConfig loads the shipped detectors as a company would have them.
func detectorConfig(t testing.TB) *config.Config {
	t.Helper()
	files := fstest.MapFS{"carrot.yaml": {Data: []byte(detectorCompany)}, "sold.yaml": {Data: []byte(detectorSold)}, "plan.yaml": {Data: []byte(detectorPlan)}}
	shipped, err := fs.Glob(detectors.Files, "*.yaml")
	if err != nil || len(shipped) != 14 {
		t.Fatalf("%d detectors are shipped, 14 were expected: %v", len(shipped), err)
	}
	for _, name := range shipped {
		b, err := fs.ReadFile(detectors.Files, name)
		if err != nil {
			t.Fatal(err)
		}
		files["detectors/"+name] = &fstest.MapFile{Data: b}
	}
	var y strings.Builder
	for _, source := range []string{"crm", "survey", "desk"} {
		if y.Len() > 0 {
			y.WriteString("---\n")
		}
		fmt.Fprintf(&y, "source: %s\nkind: files\nfolder: exports\ntables:\n", source)
		for _, name := range slices.Sorted(mapsKeys(detectorTables)) {
			if !strings.HasPrefix(name, source+".") {
				continue
			}
			fmt.Fprintf(&y, "  %s:\n    files: %s.csv\n    mode: snapshot\n    class: personal\n    format: csv\n    columns:\n", strings.TrimPrefix(name, source+"."), name)
			for _, c := range strings.Fields(detectorTables[name]) {
				column, typ, _ := strings.Cut(c, ":")
				fmt.Fprintf(&y, "      %s: {type: %s}\n", column, typ)
			}
		}
	}
	text := strings.NewReplacer("    format: csv\n", "    keys: [id]\n    format: csv\n").Replace(y.String())
	text = strings.Replace(text, "files: crm.reviews.csv\n    mode: snapshot\n    class: personal\n    keys: [id]", "files: crm.reviews.csv\n    mode: snapshot\n    class: personal\n    keys: [case_id]", 1)
	files["sources.yaml"] = &fstest.MapFile{Data: []byte(text)}
	c, mistakes := config.Load(files, "carrot.yaml", func(string) (string, bool) { return "", false })
	for _, m := range mistakes {
		t.Error(m)
	}
	if len(mistakes) > 0 {
		t.FailNow()
	}
	return c
}

func mapsKeys(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m { // sorted by who asks
			if !yield(k) {
				return
			}
		}
	}
}

// honest is a company of chance.
type honest struct {
	random *rand.Rand
	rows   map[string][][]any
}

const (
	honestPeople = 40
	honestRows   = 60 // of each person in each table
)

// rate is a person's own rate of something.
func (h *honest) rate(low, high float64) float64 { return low + (high-low)*h.random.Float64() }

func (h *honest) chance(p float64) bool { return h.random.Float64() < p }

func (h *honest) add(table string, cells ...any) int {
	id := fmt.Sprintf("%s-%d", table, len(h.rows[table]))
	h.rows[table] = append(h.rows[table], append([]any{id}, cells...))
	return len(h.rows[table]) - 1
}

var (
	quarter1 = comp.Period{Start: comp.Day(2026, 1, 1), End: comp.Day(2026, 4, 1)}
	lastFive = comp.Day(2026, 3, 25) // Wednesday: 25, 26, 27, 30 and 31 March are the last five working days
)

// workday is a working day of the first quarter.
func (h *honest) workday() comp.Date {
	for {
		d := quarter1.Start + comp.Date(h.random.IntN(quarter1.Days()))
		if wd := d.Time().Weekday(); wd != 0 && wd != 6 {
			return d
		}
	}
}

// newHonest is a company whose first person does what is planted, in every table.
func newHonest(seed uint64, planted bool) *honest {
	h := &honest{random: rand.New(rand.NewPCG(seed, 14)), rows: map[string][][]any{"crm.reviews": nil, "crm.signed": nil}}
	for i := range honestPeople {
		who, bad := fmt.Sprintf("P%02d", i), planted && i == 0
		h.rows["crm.people"] = append(h.rows["crm.people"], []any{who, "US01", comp.Day(2025, 1, 1), "Sales"})
		h.deals(who, bad)
		h.answers(who, bad)
		h.tickets(who, bad)
		h.customers(who, bad)
		amount := 95 + h.random.IntN(10)
		if planted && i < 30 {
			amount = 100 + h.random.IntN(2)
		}
		for _, m := range []comp.Date{comp.Day(2026, 3, 10), comp.Day(2026, 4, 10), comp.Day(2026, 6, 10)} {
			h.add("crm.sales", who, amount, m)
		}
	}
	return h
}

func (h *honest) deals(who string, bad bool) {
	reversed, changed := h.rate(0.02, 0.08), h.rate(0.02, 0.10)
	for k := range honestRows {
		closed := h.workday()
		if bad && k < 22 {
			closed = lastFive + []comp.Date{0, 1, 2, 5, 6}[k%5]
		}
		late := closed >= lastFive
		entered := closed + comp.Date(h.random.IntN(3))
		if h.chance(0.01) || bad && k >= 50 {
			entered = closed + 40
		}
		price := 80 + h.random.IntN(21)
		var back, when, by any
		if h.chance(reversed) || bad && late && k%3 != 0 {
			back = closed + 1 + comp.Date(h.random.IntN(28))
		}
		if h.chance(changed) || bad && k%2 == 1 {
			when, by = closed-comp.Date(h.random.IntN(6)), who
		} else if h.chance(0.1) {
			when, by = closed-comp.Date(h.random.IntN(60)), "P99"
		}
		if bad && late {
			price -= 12
		}
		h.add("crm.deals", who, closed, entered, back, when, by, price, 100)
	}
}

func (h *honest) answers(who string, bad bool) {
	perfect, foes := h.rate(0.35, 0.55), h.rate(0.08, 0.16)
	n := honestRows
	if bad {
		perfect, foes, n = 0.9, 0, 3*honestRows
	}
	for k := range n {
		score := 7 + h.random.IntN(3)
		if h.chance(perfect) {
			score = 10
		} else if h.chance(foes / (1 - perfect)) {
			score = h.random.IntN(7)
		}
		office := h.chance(0.004) || bad && k < 24
		h.add("survey.answers", who, h.workday(), score, office, 5+h.random.IntN(10)+100*(1-int(one(office))))
	}
}

func (h *honest) tickets(who string, bad bool) {
	sliced := h.rate(0.02, 0.08)
	requester, topic, day := "", "", comp.Date(0)
	incident := ""
	for k := range honestRows {
		again := bad && k%2 == 1
		if !again {
			requester, topic, day = fmt.Sprintf("R%03d", h.random.IntN(400)), fmt.Sprintf("T%d", h.random.IntN(6)), h.workday()
		} else {
			day = min(day+2, quarter1.End-1)
		}
		if incident == "" || !h.chance(sliced) && !again {
			incident = fmt.Sprintf("%s-%d", who, k)
		}
		reopened := h.chance(0.3)
		h.add("desk.tickets", who, day, reopened, h.chance(0.8) && (!bad || !reopened), requester, topic, incident)
	}
}

func (h *honest) customers(who string, bad bool) {
	off := h.rate(0.01, 0.05)
	if bad {
		off = 0.4
	}
	for k := range honestRows {
		var by, end any
		if h.chance(off) {
			by = who
		} else if h.chance(0.1) {
			by = "P98"
		}
		h.add("survey.frame", who, h.workday(), by)
		vested := h.workday()
		if h.chance(0.2) {
			end = vested - 60 + comp.Date(h.random.IntN(120))
		}
		if bad && k < 20 {
			end = vested + comp.Date(h.random.IntN(14))
		}
		h.add("crm.contracts", who, vested, end)
	}
}

// one is 1 for true.
func one(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// inputs are those of the close of a month.
func (h *honest) inputs(t testing.TB, c *config.Config, month string) transform.Inputs {
	t.Helper()
	p, err := comp.ParseMonth(month)
	if err != nil {
		t.Fatal(err)
	}
	in := transform.Inputs{Settings: c.Settings, Mapping: c.Mapping, Contracts: slices.Clone(c.Contracts), Measures: c.Measures, Plans: c.Plans, Detectors: c.Detectors,
		Run: comp.RunFacts{ID: "R", Kind: comp.Close, Period: p, Business: p.End + 2, KnownAt: p.End + 2}, Workers: 1, Tables: map[string][]transform.Part{}}
	for i, k := range in.Contracts {
		in.Files = append(in.Files, comp.File{Digest: fmt.Sprintf("%064d", i), Name: k.Name() + ".csv"})
		rows := h.rows[k.Name()]
		in.Tables[k.Name()] = []transform.Part{{Seq: 1, Mode: comp.Snapshot, File: uint32(i), Splits: []func(func(transform.Batch) error) []comp.Finding{
			func(out func(transform.Batch) error) []comp.Finding {
				if len(rows) > 0 {
					rec := honestRecord(t, &k, rows)
					defer rec.Release()
					pos := make([]int64, len(rows))
					for i := range pos {
						pos[i] = int64(i + 1)
					}
					_ = out(transform.Batch{Rec: rec, File: uint32(i), Pos: pos})
				}
				return nil
			}}}}
	}
	return in
}

// honestRecord is rows as a batch.
func honestRecord(t testing.TB, k *comp.Contract, rows [][]any) arrow.Record {
	t.Helper()
	types := map[comp.Type]arrow.DataType{comp.ID: arrow.BinaryTypes.String, comp.Text: arrow.BinaryTypes.String, comp.DateType: arrow.FixedWidthTypes.Date32,
		comp.Integer: arrow.PrimitiveTypes.Int64, comp.Bool: arrow.FixedWidthTypes.Boolean,
		comp.Category: &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}}
	fields := make([]arrow.Field, len(k.Columns))
	for i, c := range k.Columns {
		fields[i] = arrow.Field{Name: c.Name, Type: types[c.Type], Nullable: true}
	}
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema(fields, nil))
	defer b.Release()
	for _, r := range rows {
		for i, v := range r {
			if v == nil {
				b.Field(i).AppendNull()
				continue
			}
			switch f := b.Field(i).(type) {
			case *array.StringBuilder:
				f.Append(v.(string))
			case *array.BinaryDictionaryBuilder:
				if err := f.AppendString(v.(string)); err != nil {
					t.Fatal(err)
				}
			case *array.Int64Builder:
				f.Append(int64(v.(int)))
			case *array.Date32Builder:
				f.Append(arrow.Date32(v.(comp.Date)))
			case *array.BooleanBuilder:
				f.Append(v.(bool))
			default:
				t.Fatalf("no builder for %T", f)
			}
		}
	}
	return b.NewRecord()
}

// computed is the close of April, when all windows of the first quarter have been waited for.
func (h *honest) computed(t testing.TB, in transform.Inputs) *comp.Result {
	t.Helper()
	r, _, err := transform.Compute(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Findings {
		if f.Holds() || f.Code == "not_looked_at" {
			t.Fatalf("a finding in a company without faults: %s", f)
		}
	}
	return r
}

// TestDetectorsTellPlantsFromHonesty: each shipped detector finds what is planted in at least nine of ten companies, and opens any
// case in at most one of twenty companies where everybody is honest. Of honest companies 40 are
// tried, and 10 others; 200 and 40 with CARROT_LONG.
func TestDetectorsTellPlantsFromHonesty(t *testing.T) {
	c := detectorConfig(t)
	clean, planted := 200, 40
	if os.Getenv("CARROT_LONG") == "" {
		clean, planted = 40, 10
	}
	falseAlarms, found := map[string]int{}, map[string]int{}
	for i := range clean {
		h := newHonest(uint64(i), false)
		for _, l := range h.computed(t, h.inputs(t, c, "2026-04")).Looked {
			falseAlarms[l.Detector] += int(one(l.Cases > 0))
		}
	}
	for i := range planted {
		h := newHonest(uint64(1000+i), true)
		seen := map[string]bool{}
		for _, x := range h.computed(t, h.inputs(t, c, "2026-04")).Cases {
			if x.Payee == "P00" || x.Payee == "" {
				seen[x.Detector] = true
			}
		}
		for d := range seen { // a sum
			found[d]++
		}
	}
	for _, d := range c.Detectors {
		t.Logf("%-34s false alarms in %3d of %d honest companies, found in %2d of %d others", d.ID, falseAlarms[d.ID], clean, found[d.ID], planted)
		if falseAlarms[d.ID]*20 > clean {
			t.Errorf("%s: false alarms in %d of %d companies, at most one of twenty was promised", d.ID, falseAlarms[d.ID], clean)
		}
		if found[d.ID]*10 < planted*9 {
			t.Errorf("%s: found in %d of %d companies, at least nine of ten were expected", d.ID, found[d.ID], planted)
		}
	}
}

// TestDetectorsReachNoPay: without any detector everything is the same but for the cases; and the same inputs give the same cases,
// with any number of workers.
func TestDetectorsReachNoPay(t *testing.T) {
	c := detectorConfig(t)
	h := newHonest(7, true)
	in := h.inputs(t, c, "2026-04")
	with := h.computed(t, in)
	in.Workers = 4
	again := h.computed(t, in)
	if d := cmp.Diff(with.Cases, again.Cases, cmp.AllowUnexported(comp.Number{}), cmp.Comparer(func(a, b comp.Number) bool { return a.Cmp(b) == 0 })); d != "" || len(with.Cases) < 14 {
		t.Errorf("%d cases; with four workers they differ:\n%s", len(with.Cases), d)
	}
	in.Detectors, in.Mapping.Reviews = nil, nil
	without := h.computed(t, in)
	if len(without.Cases) > 0 || len(without.Looked) > 0 {
		t.Errorf("without detectors there are %d cases", len(without.Cases))
	}
	with.Cases, with.Looked = nil, nil
	same := cmp.Comparer(func(a, b comp.Number) bool { return a.Cmp(b) == 0 })
	with.Credits, without.Credits = nil, nil
	if d := cmp.Diff(without, with, same); d != "" {
		t.Errorf("detectors change what is not theirs:\n%s", d)
	}
	if len(without.Ledger) < honestPeople {
		t.Errorf("only %d entries of the ledger: nothing was compared", len(without.Ledger))
	}
}

// TestCasesLive: a case waits for the person, is open where no answer came, is answered, is closed, and expires without a name. Of
// a country without the agreement nobody is looked at, and a sealed table is never read.
func TestCasesLive(t *testing.T) {
	c := detectorConfig(t)
	h := newHonest(7, true)
	bunched := func(in transform.Inputs) comp.Case {
		t.Helper()
		for _, x := range h.computed(t, in).Cases {
			if x.Detector == "quarter-end-bunching" {
				return x
			}
		}
		return comp.Case{}
	}
	x := bunched(h.inputs(t, c, "2026-03"))
	if x.State != comp.CaseWaiting || x.Payee != "P00" || x.Opened != comp.Day(2026, 4, 1) || x.Shown != comp.Day(2026, 4, 15) || x.Expires != comp.Day(2026, 6, 30) || x.N != 60 || len(x.Rows) < 22 {
		t.Errorf("in its first close the case is %+v", x)
	}
	if x = bunched(h.inputs(t, c, "2026-04")); x.State != comp.CaseOpen {
		t.Errorf("a month later without an answer it is %s", x.State)
	}
	review := []any{x.ID, comp.Day(2026, 4, 9), "Budgets ended", nil, nil, nil}
	h.rows["crm.reviews"] = [][]any{review}
	if x = bunched(h.inputs(t, c, "2026-04")); x.State != comp.CaseAnswered || x.Text != "Budgets ended" {
		t.Errorf("with an answer it is %s: %q", x.State, x.Text)
	}
	review[3], review[4], review[5] = comp.Day(2026, 4, 20), "K. Vogt", "explained"
	if x = bunched(h.inputs(t, c, "2026-04")); x.State != comp.CaseClosed || x.By != "K. Vogt" || x.Outcome != "explained" {
		t.Errorf("closed it is %s by %q: %q", x.State, x.By, x.Outcome)
	}
	if x = bunched(h.inputs(t, c, "2026-06")); x.State != comp.CaseExpired || x.Payee != "" || len(x.Rows) > 0 || len(x.Words) > 0 || x.ID != review[0] {
		t.Errorf("after 90 days it is %+v", x)
	}
	in := h.inputs(t, c, "2026-03")
	for i := range in.Contracts {
		if in.Contracts[i].Name() == "crm.deals" {
			in.Contracts[i].Class = comp.Sealed
		}
	}
	if x = bunched(in); x.ID != "" {
		t.Errorf("a sealed table was read: %+v", x)
	}
	for _, p := range h.rows["crm.people"] {
		p[1] = "DE01"
	}
	r := h.computed(t, h.inputs(t, c, "2026-03"))
	if len(r.Cases) > 0 || len(r.Looked) == 0 {
		t.Errorf("without the agreement of their country there are %d cases, looked at %d times", len(r.Cases), len(r.Looked))
	}
	for _, l := range r.Looked {
		if l.People > 0 || l.Without != honestPeople {
			t.Errorf("%s: %d people of a country without agreement were looked at, %d were not", l.Detector, l.People, l.Without)
		}
	}
}
