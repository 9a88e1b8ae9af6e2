package transform

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/decimal128"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"carrot/transform/comp"
)

// dealRow is a row of dealTable that is won by ann in March, with some cells replaced.
func dealRow(id string, set map[string]any) cells {
	row := cells{id, "won", "ann", "E1", 10000, "EUR", "2026-03-02", 1772600000, 3, true, "T1"}
	for k, v := range set {
		row[dealTable.Index(k)] = v
	}
	return row
}

// scanDeals scans drops of dealTable with some of anyMeasures.
func scanDeals(t *testing.T, change func(*Inputs), drops []drop, measures ...string) (*tally, []comp.Finding, *Inputs, error) {
	t.Helper()
	b := newTables(t, dealTable, splitContract)
	for _, d := range drops {
		b.add("crm.deals", d)
	}
	for _, m := range anyMeasures() {
		for _, id := range measures {
			if m.ID == id {
				b.in.Measures = append(b.in.Measures, m)
			}
		}
	}
	if len(b.in.Measures) != len(measures) {
		t.Fatalf("not all of %q are measures", measures)
	}
	if change != nil {
		change(&b.in)
	}
	company, g := world(&b.in)
	tally, fs, err := scan(&b.in, company, g)
	return tally, fs, &b.in, err
}

func TestOwnerFindings(t *testing.T) {
	crosswalk := comp.Contract{Source: "reference", Table: "crosswalk", Columns: []comp.Column{{Name: "system"}, {Name: "login"}, {Name: "employee_id"}, {Name: "from"}, {Name: "to"}}}
	_, fs, _, err := scanDeals(t, func(in *Inputs) {
		in.Contracts = append(in.Contracts, crosswalk)
		in.Mapping.Crosswalk = []comp.CrosswalkMap{{Table: "reference.crosswalk", System: "system", Login: "login", Employee: "employee_id", From: "from", To: "to"}}
	}, []drop{{seq: 1, rows: []cells{dealRow("D1", map[string]any{"owner": "Who@x"}), dealRow("D2", map[string]any{"owner": "DESK", "day": "2026-02-20"}),
		dealRow("D3", map[string]any{"owner": "ghost"}), dealRow("D4", map[string]any{"owner": nil}), dealRow("D5", nil)}}}, "a-won")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range fs {
		got = append(got, fmt.Sprintf("%s %s %s %s: %s; %s (%s, %s)", f.Code, f.Reach, f.Key, f.Column, f.Message, f.Hint, f.Label, f.Amount))
	}
	want := []string{
		"owner_not_on_roster row D3 owner: ghost belongs to the employee id E9, which is not on the roster; add E9 to the roster's source, or correct the crosswalk (won · E1, 100 EUR)",
		"unknown_owner row D1 owner: the crm login Who@x is in no crosswalk; add the line crm,Who@x,EMPLOYEE_ID,2026-03-02, to reference.crosswalk, with the employee id (won · E1, 100 EUR)",
		"unknown_owner row D2 owner: the crm login DESK is not known on 2026-02-20; it is known as E2 from 2026-01-01 to 2026-02-14, as E3 from 2026-03-01 to 2026-03-31; add the line crm,DESK,EMPLOYEE_ID,2026-02-20, to reference.crosswalk, with the employee id (won · E1, 100 EUR)",
		"unknown_owner row D4 owner: nobody owns the row, a login was expected; give the row an owner in the source (won · E1, 100 EUR)",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestVanishedRows(t *testing.T) {
	drops := []drop{
		{seq: 1, mode: comp.Snapshot, size: 2, rows: []cells{dealRow("D1", nil), dealRow("D2", nil), dealRow("D3", nil), dealRow("D4", nil)}},
		{seq: 2, mode: comp.Delta, rows: []cells{dealRow("D9", nil)}}, // of no snapshot: not missed
		{seq: 3, mode: comp.Snapshot, rows: []cells{dealRow("D2", nil)}, findings: []comp.Finding{{Code: "bad_cell", Reach: comp.ReachRow, Key: "D4", Origin: comp.Origin{Pos: 20}}}},
		{seq: 4, mode: comp.Delta, rows: []cells{dealRow("D3", nil)}}, // back again
	}
	want := comp.Finding{Code: "vanished_row", Table: "crm.deals", Text: "D1", Count: 1, Message: "a row of the snapshot before is not in the last one: D1",
		Hint: "nothing, where they were deleted in the source; else pull again"}
	tally, fs, in, err := scanDeals(t, nil, drops, "a-won")
	if err != nil {
		t.Fatal(err)
	}
	if len(fs) != 2 || !cmp.Equal(fs[1], want) {
		t.Errorf("got findings %+v, want bad_cell and %+v", fs, want)
	}
	if n := tally.sums(0, 0, 2); len(n) != 1 || n[0].n != 2 || n[0].value.String() != "200" {
		t.Errorf("D2 and D3 count, got %+v", n)
	}
	in.Contracts[0].Covers = ""
	rows, fs, err := readTable(in, "crm.deals")
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 2 || rows[0].key() != "D2" || rows[1].key() != "D3" {
		t.Errorf("got rows %v", rows)
	}
	if len(fs) != 2 || fs[1].Code != "vanished_row" || fs[1].Text != "D1" { // D3 is back, D4 is refused, not gone
		t.Errorf("got findings %+v", fs)
	}
}

func TestReferenceTables(t *testing.T) {
	contract := comp.Contract{Source: "hr", Table: "jobs", Keys: []string{"id", "day"}, Covers: "day", Columns: []comp.Column{
		{Name: "id", Type: comp.ID}, {Name: "day", Type: comp.DateType}, {Name: "job", Type: comp.Category}, {Name: "pay", Type: comp.Decimal, Scale: 2}}}
	tell := func(drops ...drop) []string {
		b := newTables(t, contract)
		for _, d := range drops {
			b.add("hr.jobs", d)
		}
		rows, fs, err := readTable(&b.in, "hr.jobs")
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, r := range rows {
			out = append(out, fmt.Sprintf("%s %s %s @%s:%d", r.key(), valueText(r.get("job")), valueText(r.get("pay")), r.origin.Name, r.origin.Pos))
		}
		for _, f := range fs {
			out = append(out, fmt.Sprintf("%s %s %q %s", f.Code, f.Reach, f.Key, f.Message))
		}
		return out
	}
	bad := comp.Finding{Code: "bad_cell", Reach: comp.ReachRow, Key: "A|2026-01-01", Message: "bad", Origin: comp.Origin{Pos: 99}}
	for _, c := range []struct {
		name string
		got  []string
		want []string
	}{
		{"a later delta replaces by key", tell(drop{seq: 1, mode: comp.Delta, rows: []cells{{"A", "2026-01-01", "old", 100}, {"B", "2026-01-01", "b", nil}}},
			drop{seq: 2, mode: comp.Delta, rows: []cells{{"A", "2026-01-01", "new", -5}}}),
			[]string{"B|2026-01-01 b  @hr.jobs/000.csv:20", "A|2026-01-01 new -0.05 @hr.jobs/001.csv:10"}},
		{"a snapshot replaces all, in files of one pull", tell(drop{seq: 1, mode: comp.Delta, rows: []cells{{"A", "2026-01-01", "old", 1}}},
			drop{seq: 2, mode: comp.Snapshot, rows: []cells{{"B", "2026-01-01", "x", 1}}}, drop{seq: 2, mode: comp.Snapshot, rows: []cells{{"C", "2026-01-01", "y", 1}}}),
			[]string{"B|2026-01-01 x 0.01 @hr.jobs/001.csv:10", "C|2026-01-01 y 0.01 @hr.jobs/002.csv:10"}},
		{"a window replaces the rows of its days", tell(drop{seq: 1, mode: comp.Window, covers: period("2026-01-01", "2026-01-31"), rows: []cells{{"A", "2026-01-05", "a", 1}, {"B", "2026-01-31", "b", 1}}},
			drop{seq: 2, mode: comp.Window, covers: period("2026-01-31", "2026-02-01"), rows: []cells{{"C", "2026-02-01", "c", 1}}}),
			[]string{"A|2026-01-05 a 0.01 @hr.jobs/000.csv:10", "C|2026-02-01 c 0.01 @hr.jobs/001.csv:10"}},
		{"a key twice in one file stops the run", tell(drop{seq: 1, mode: comp.Delta, rows: []cells{{"A", "2026-01-01", "x", 1}, {"A", "2026-01-01", "y", 1}}}),
			[]string{"A|2026-01-01 x 0.01 @hr.jobs/000.csv:10",
				`duplicate_key source "A|2026-01-01" the key A|2026-01-01 stands more than once in one export, each key once was expected`}},
		{"equal rows count once", tell(drop{seq: 1, mode: comp.Delta, rows: []cells{{"A", "2026-01-01", "x", 1}, {"A", "2026-01-01", "x", 1}}}),
			[]string{"A|2026-01-01 x 0.01 @hr.jobs/000.csv:10",
				`duplicate_key nothing "A|2026-01-01" the key A|2026-01-01 stands more than once in one export, each key once was expected; the rows are equal and count once`}},
		{"a later version settles a bad cell", tell(drop{seq: 1, mode: comp.Delta, findings: []comp.Finding{bad}}, drop{seq: 2, mode: comp.Delta, rows: []cells{{"A", "2026-01-01", "x", 1}}}),
			[]string{"A|2026-01-01 x 0.01 @hr.jobs/001.csv:10"}},
		{"a bad cell replaces the version before", tell(drop{seq: 1, mode: comp.Delta, rows: []cells{{"A", "2026-01-01", "x", 1}}}, drop{seq: 2, mode: comp.Delta, findings: []comp.Finding{bad}}),
			[]string{`bad_cell row "A|2026-01-01" bad`}},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("%s:\n%s", c.name, diff)
		}
	}
}

func TestSealedRowsStaySealed(t *testing.T) {
	tally, fs, _, err := scanDeals(t, func(in *Inputs) { in.Contracts[0].Class = comp.Sealed }, []drop{
		{seq: 1, mode: comp.Snapshot, rows: []cells{dealRow("GONE", nil)}},
		{seq: 2, mode: comp.Snapshot, rows: []cells{dealRow("D1", nil), dealRow("D2", map[string]any{"owner": "SECRET"}), dealRow("D3", map[string]any{"owner": "SECRET2"}),
			dealRow("D4", map[string]any{"amount": nil}), dealRow("D5", nil), dealRow("D5", nil), dealRow("D6", map[string]any{"currency": "HIDDEN"})},
			findings: []comp.Finding{{Code: "bad_cell", Reach: comp.ReachRow, Table: "crm.deals", Key: "D7", Text: "1,SECRET", Column: "amount", Message: "1,SECRET is no number", Origin: comp.Origin{Pos: 99}}}}}, "a-won")
	if err != nil {
		t.Fatal(err)
	}
	all := sameness(tally, fs)
	all = all[:strings.Index(all, lineageMagic)]
	for _, secret := range []string{"SECRET", "HIDDEN", "D1", "D2", "D4", "D5", "D7", "GONE", "crm.deals/", "won"} {
		if secret == "won" {
			all = strings.ReplaceAll(all, "a-won", "")
		}
		if strings.Contains(all, secret) {
			t.Errorf("%q is shown in %s", secret, all)
		}
	}
	counts := map[string]int{}
	for _, f := range fs {
		counts[f.Code] = f.Count
	}
	if diff := cmp.Diff(map[string]int{"unknown_owner": 2, "absent_value": 1, "duplicate_key": 2, "unknown_currency": 1, "bad_cell": 1, "vanished_row": 1}, counts); diff != "" {
		t.Error(diff)
	}
	if credits := creditsOf(tally.credits); len(credits) != 1 || !credits[0].Sealed || credits[0].Credited.String() != "100 EUR" {
		t.Errorf("got credits %+v", credits)
	}
}

// TestSumsBeyond128Bits adds amounts of 38 digits, which no machine word holds.
func TestSumsBeyond128Bits(t *testing.T) {
	huge, _ := decimal128.FromString("99999999999999999999999999999999999.99", 38, 2)
	var rows []cells
	for i := range 400 {
		rows = append(rows, dealRow(fmt.Sprint("D", i), map[string]any{"amount": huge, "stage": "won"}), dealRow(fmt.Sprint("N", i), map[string]any{"amount": 1}))
	}
	tally, fs, _, err := scanDeals(t, nil, []drop{{seq: 1, size: 50, rows: rows}}, "a-won")
	if err != nil || len(fs) > 0 {
		t.Fatal(err, fs)
	}
	want := "40000000000000000000000000000000000000" // 400 times the amount, and 400 cents
	if got := tally.sums(0, 0, 2); len(got) != 1 || got[0].value.String() != want || got[0].n != 800 {
		t.Errorf("got %+v, want %s", got, want)
	}
	if got := tally.controls[0].in.sums["EUR"].String(); got != want {
		t.Errorf("the control sum is %s, want %s", got, want)
	}
	var w wide
	for range 3 {
		if !w.add(1<<62, 0) && w != (wide{1 << 62, 0}) {
			t.Errorf("a refused addition changed the sum to %v", w)
		}
	}
	if w != (wide{1 << 62, 0}) {
		t.Errorf("2^126 twice must leave 128 bits, got %v", w)
	}
}

func TestSpillErrors(t *testing.T) {
	full := errors.New("no space left on device")
	_, _, _, err := scanDeals(t, func(in *Inputs) { in.Spill, in.Memory = &memorySpill{fail: full}, 1 }, []drop{{seq: 1, rows: []cells{dealRow("D1", nil)}}}, "a-won")
	if !errors.Is(err, full) || !strings.Contains(err.Error(), "fold-keys-crm.deals") {
		t.Errorf("got %v", err)
	}
}

func TestSpillKeepsWithinMemory(t *testing.T) {
	s, b := &memorySpill{}, newBudget(&Inputs{Spill: &memorySpill{}, Memory: 1 << 20})
	b.spill = s
	f := newFold("t", b)
	w := folder{fold: f}
	const n = 200_000
	for i := range n {
		putKey(&w, keyAt{hash: hashOf(fmt.Sprint("key", i%(n/2))), place: place{1, uint32(i)}})
		if b.used > 1<<20+foldParts*foldChunk {
			t.Fatalf("%d bytes are held, a MiB is allowed", b.used)
		}
	}
	w.flush()
	if s.written < 20*n {
		t.Errorf("only %d bytes were spilled", s.written)
	}
	seen := map[hash]int{}
	if err := f.each(func(p []byte) error {
		for i := 0; i < len(p); i += keyLength {
			k := getKey(p[i:])
			if k.a%foldParts != getKey(p).a%foldParts {
				t.Fatal("a partition holds another one's record")
			}
			seen[k.hash]++
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for h, k := range seen {
		if k != 2 {
			t.Fatalf("%v came %d times, want 2", h, k)
		}
	}
	if len(seen) != n/2 || b.used != 0 {
		t.Errorf("%d keys came back, %d bytes are still booked", len(seen), b.used)
	}
}

func TestScanErrors(t *testing.T) {
	wrong := func(change func(*comp.Term)) error {
		_, _, _, err := scanDeals(t, func(in *Inputs) { change(&in.Measures[0].Terms[0]) }, []drop{{seq: 1, rows: []cells{dealRow("D1", nil)}}}, "a-won")
		return err
	}
	for want, change := range map[string]func(*comp.Term){
		`measure a-won: table crm.deals has no column "who"`:                                          func(t *comp.Term) { t.Owner.Column = "who" },
		`measure a-won, table crm.deals: the date must be a date or instant column`:                   func(t *comp.Term) { t.Date = "stage" },
		`measure a-won, table crm.deals: a measure of pool payee needs an owner column`:               func(t *comp.Term) { t.Owner.Column = "" },
		`measure a-won: table "crm.none" is not declared by any source`:                               func(t *comp.Term) { t.Table = "crm.none" },
		`measure a-won: a fold needs columns in by and a date, an instant or a number in order`:       func(t *comp.Term) { t.Fold = &comp.Fold{By: []string{"id"}, Order: "stage"} },
		`measure a-won, table crm.deals: table crm.splits has no column "deals" that the split names`: func(t *comp.Term) { s := *t.Owner.Split; s.Key = "deals"; t.Owner.Split = &s },
		`crm.deals/000.csv: plan.yaml:3:4: stage > amount: cannot compare text with number`: func(t *comp.Term) {
			t.Where = &comp.Expr{Op: comp.Gt, Kind: comp.KindBool, Text: "stage > amount", Where: comp.Place{File: "plan.yaml", Line: 3, Col: 4},
				Args: []*comp.Expr{name("stage", comp.KindText), name("amount", comp.KindNumber)}}
		},
	} {
		if err := wrong(change); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

func TestBatchOfAnotherShape(t *testing.T) {
	b := newTables(t, dealTable)
	b.add("crm.deals", drop{seq: 1, rows: []cells{dealRow("D1", nil)}})
	b.in.Contracts[0].Columns = append([]comp.Column(nil), dealTable.Columns...)
	b.in.Contracts[0].Columns[4].Scale = 3
	rec := record(t, memory.NewGoAllocator(), &dealTable, []cells{dealRow("D1", nil)})
	b.in.Tables["crm.deals"][0].Splits = []func(func(Batch) error) []comp.Finding{func(out func(Batch) error) []comp.Finding {
		_ = out(Batch{Rec: rec, Pos: []int64{0}})
		return nil
	}}
	b.in.Measures = anyMeasures()[2:3]
	company, g := world(&b.in)
	_, _, err := scan(&b.in, company, g)
	if want := "column amount of a batch is decimal(38, 2), the contract asks for decimal(38, 3)"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestAllocations holds the volume path to what it promises: memory is allocated per batch, cell and credit, not per row.
func TestAllocations(t *testing.T) {
	allocs := func(less int) (n, rows int) {
		v := makeVolumeOf(less)
		v.grid.inPeriod = func(int, comp.Date) bool { return false } // no credits
		return int(testing.AllocsPerRun(1, func() {
			if _, fs, err := scan(&v.in, v.company, v.grid); err != nil || len(fs) > 0 {
				t.Fatal(err, fs)
			}
		})), v.rows
	}
	few, fewRows := allocs(20)
	many, manyRows := allocs(5)
	if more := manyRows - fewRows; (many-few)*50 > more {
		t.Errorf("%d more rows allocate %d more times: at most one in fifty may", more, many-few)
	}
}
