package transform

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"math/rand"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"carrot/transform/comp"
)

// volume is the benchmark's company: 2,000 people, 15 months, three tables of which the rows are made once.
type volume struct {
	in      Inputs
	company *comp.Company
	grid    *grid
	rows    int
	csv     []byte // the same rows as text, for the bare reader
}

const volumePeople = 2000

func makeVolume() *volume { return makeVolumeOf(1) }

// makeVolumeOf makes the rows divided by less, so that a test may use the same shape.
func makeVolumeOf(less int) *volume {
	v := &volume{company: &comp.Company{Crosswalk: comp.Crosswalk{Logins: map[comp.Login]comp.Timeline[string]{}}}}
	v.in = Inputs{Tables: map[string][]Part{}, Workers: 1, Run: comp.RunFacts{Business: on("2026-04-03")}}
	for i := range volumePeople {
		id := fmt.Sprintf("E%05d", i)
		v.company.People = append(v.company.People, comp.Person{ID: id, Attrs: map[string]comp.Timeline[string]{}})
		for _, system := range []string{"zendesk", "salesforce"} {
			t, err := comp.NewTimeline([]comp.Span[string]{{Period: comp.Period{Start: on("2020-01-01"), End: comp.Forever}, Value: id}})
			if err != nil {
				panic(err)
			}
			v.company.Crosswalk.Logins[comp.Login{System: system, Name: login(i)}] = t
		}
	}
	v.grid = volumeGrid(v)
	v.measures()
	r := rand.New(rand.NewSource(1))
	v.table(r, ticketTable, 500_000/less, func(i int) []string {
		return []string{strconv.Itoa(1_000_000 + i), pick(r, "open", "solved", "solved", "closed"), login(r.Intn(volumePeople)), pick(r, "Good", "Bad", "Good", "Good", "Unoffered"),
			strconv.Itoa(int(on("2025-01-01"))*86400 + r.Intn(450*86400)), "Printer does not print on the second floor, tray two " + strconv.Itoa(i)}
	})
	v.table(r, responseTable, 300_000/less, func(i int) []string {
		return []string{"R_" + strconv.Itoa(7_000_000+i), login(r.Intn(volumePeople)), strconv.Itoa(r.Intn(11)), pick(r, "true", "false", "true"),
			(on("2025-01-01") + comp.Date(r.Intn(450))).String(), "It was fine, thanks"}
	})
	v.table(r, volumeDeals, 200_000/less, func(i int) []string {
		return []string{"006" + strconv.Itoa(30_000_000+i), pick(r, "Closed Won", "Closed Lost", "Negotiation"), login(r.Intn(volumePeople)), comp.Scaled(int64(r.Intn(5_000_000)), 2).Fixed(2, comp.HalfAway),
			pick(r, "EUR", "USD"), (on("2025-01-01") + comp.Date(r.Intn(450))).String(), "Account " + strconv.Itoa(r.Intn(9000))}
	})
	return v
}

func login(i int) string { return fmt.Sprintf("agent.%05d@nordlicht.example", i) }

func pick(r *rand.Rand, of ...string) string { return of[r.Intn(len(of))] }

var ticketTable = comp.Contract{Source: "zendesk", Table: "tickets", Mode: comp.Delta, Keys: []string{"id"}, Columns: []comp.Column{
	{Name: "id", Type: comp.ID}, {Name: "status", Type: comp.Category}, {Name: "assignee", Type: comp.Category}, {Name: "rating", Type: comp.Category},
	{Name: "solved_at", Type: comp.Instant, Zone: "Europe/Berlin"}, {Name: "subject", Type: comp.Text}}}

var responseTable = comp.Contract{Source: "qualtrics", Table: "responses", Mode: comp.Delta, Keys: []string{"id"}, Columns: []comp.Column{
	{Name: "id", Type: comp.ID}, {Name: "agent", Type: comp.Text}, {Name: "score", Type: comp.Integer}, {Name: "answered", Type: comp.Bool},
	{Name: "day", Type: comp.DateType}, {Name: "comment", Type: comp.Text}}}

var volumeDeals = comp.Contract{Source: "salesforce", Table: "deals", Mode: comp.Delta, Keys: []string{"id"}, Control: "amount", Columns: []comp.Column{
	{Name: "id", Type: comp.ID}, {Name: "stage", Type: comp.Category}, {Name: "owner", Type: comp.Category}, {Name: "amount", Type: comp.Decimal, Scale: 2},
	{Name: "currency", Type: comp.Category}, {Name: "day", Type: comp.DateType}, {Name: "account", Type: comp.Text}}}

// measures are five typical ones.
func (v *volume) measures() {
	zendesk, agent := comp.Owner{Column: "assignee", System: "zendesk"}, comp.Owner{Column: "agent", System: "zendesk"}
	solved := &comp.Expr{Op: comp.In, Kind: comp.KindBool, Args: []*comp.Expr{name("status", comp.KindText),
		{Op: comp.Lit, Kind: comp.KindText, Lit: comp.TextValue("solved")}, {Op: comp.Lit, Kind: comp.KindText, Lit: comp.TextValue("closed")}}}
	rated := &comp.Expr{Op: comp.And, Kind: comp.KindBool, Args: []*comp.Expr{solved,
		{Op: comp.Ne, Kind: comp.KindBool, Args: []*comp.Expr{name("rating", comp.KindText), {Op: comp.Lit, Kind: comp.KindText, Lit: comp.TextValue("Unoffered")}}}}}
	v.in.Measures = []comp.Measure{
		{ID: "csat", Aggregate: comp.Share, Terms: []comp.Term{{Table: "zendesk.tickets", Where: rated, Owner: zendesk, Hit: isText("rating", "Good"), Date: "solved_at"}}},
		{ID: "mean_score", Aggregate: comp.Mean, Terms: []comp.Term{{Table: "qualtrics.responses", Where: name("answered", comp.KindBool), Owner: agent,
			Value: name("score", comp.KindNumber), Date: "day"}}},
		{ID: "response_rate", Aggregate: comp.Rate, Terms: []comp.Term{{Table: "qualtrics.responses", Owner: agent, Hit: name("answered", comp.KindBool), Date: "day"}}},
		{ID: "revenue", Aggregate: comp.Sum, Terms: []comp.Term{{Table: "salesforce.deals", Where: isText("stage", "Closed Won"),
			Owner: comp.Owner{Column: "owner", System: "salesforce"}, Value: name("amount", comp.KindNumber), Currency: "currency", Date: "day", Label: []string{"account"}}}},
		{ID: "solved", Aggregate: comp.Count, Terms: []comp.Term{{Table: "zendesk.tickets", Where: solved, Owner: zendesk, Date: "solved_at"}}},
	}
}

func volumeGrid(v *volume) *grid {
	g := &grid{index: map[string]int32{}}
	var months []comp.Date
	for m := on("2025-01-01"); m <= on("2026-04-01"); m = m.AddMonths(1) {
		months = append(months, m)
	}
	for i := range v.company.People {
		g.subjects = append(g.subjects, v.company.People[i].ID)
	}
	g.subjects = append(g.subjects, "company")
	for i, s := range g.subjects {
		g.index[s] = int32(i)
		g.bounds = append(g.bounds, months)
	}
	g.inPeriod = func(_ int, d comp.Date) bool { return d >= on("2026-03-01") && d < on("2026-04-01") }
	g.current = func(m int, _ int32, d comp.Date) bool { return g.inPeriod(m, d) }
	g.poolOf = func(int32, comp.Pool, comp.Date) (int32, bool) { return 0, false }
	g.measured = func(int, comp.Date) comp.Period { return comp.Period{} }
	return g
}

// batchRows is what a decoder puts into a batch.
const batchRows = 8192

// table makes a table's batches, which stay in memory, and its text.
func (v *volume) table(r *rand.Rand, c comp.Contract, n int, row func(i int) []string) {
	file := uint32(len(v.in.Files))
	v.in.Files = append(v.in.Files, comp.File{Digest: fmt.Sprintf("%064x", file), Name: c.Name() + ".csv"})
	v.in.Contracts = append(v.in.Contracts, c)
	var text bytes.Buffer
	w := csv.NewWriter(&text)
	b := array.NewRecordBuilder(memory.NewGoAllocator(), schemaOf(&c))
	var batches []Batch
	var pos []int64
	flush := func() {
		batches = append(batches, Batch{Rec: b.NewRecord(), File: file, Pos: pos})
		pos = nil
	}
	for i := range n {
		pos = append(pos, int64(len(v.csv))+int64(120*i))
		cells := row(i)
		_ = w.Write(cells)
		for k, cell := range cells {
			volumeCell(b.Field(k), c.Columns[k], cell)
		}
		if len(pos) == batchRows {
			flush()
		}
	}
	flush()
	w.Flush()
	v.csv = append(v.csv, text.Bytes()...)
	v.rows += n
	p := Part{Seq: 1, Mode: comp.Delta, File: file}
	for from := 0; from < len(batches); from += 8 {
		part := batches[from:min(len(batches), from+8)]
		p.Splits = append(p.Splits, func(out func(Batch) error) []comp.Finding {
			for _, b := range part {
				if out(b) != nil {
					return nil
				}
			}
			return nil
		})
	}
	v.in.Tables[c.Name()] = []Part{p}
}

func volumeCell(b array.Builder, c comp.Column, cell string) {
	switch b := b.(type) {
	case *array.StringBuilder:
		b.Append(cell)
	case *array.BinaryDictionaryBuilder:
		_ = b.AppendString(cell)
	case *array.Int64Builder:
		n, _ := strconv.ParseInt(cell, 10, 64)
		b.Append(n)
	case *array.TimestampBuilder:
		n, _ := strconv.ParseInt(cell, 10, 64)
		b.Append(arrow.Timestamp(n))
	case *array.Decimal128Builder:
		n, err := comp.ParseNumber(cell, c.Scale)
		if err != nil {
			panic(err)
		}
		coef, scale, _ := n.Small()
		b.Append(decimal128.FromI64(coef * tens[c.Scale-scale]))
	case *array.Date32Builder:
		b.Append(arrow.Date32(on(cell)))
	case *array.BooleanBuilder:
		b.Append(cell == "true")
	}
}

// BenchmarkScan measures a million rows (500,000 tickets, 300,000 responses, 200,000 deals) with five measures, beside a
// bare encoding/csv read of the same rows as text. Decoding is not in it.
func BenchmarkScan(b *testing.B) {
	v := makeVolume()
	b.Run("csv", func(b *testing.B) {
		defer perRow(b, v.rows)()
		for b.Loop() {
			r := csv.NewReader(bytes.NewReader(v.csv))
			r.ReuseRecord, r.FieldsPerRecord = true, -1
			for {
				if _, err := r.Read(); err == io.EOF {
					break
				} else if err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprintf("measure-%d", workers), func(b *testing.B) {
			v.in.Workers = workers
			defer perRow(b, v.rows)()
			for b.Loop() {
				t, fs, err := scan(&v.in, v.company, v.grid)
				if err != nil || len(fs) > 0 || t.credits.Len() == 0 {
					b.Fatal(err, len(fs), t.credits.Len())
				}
			}
		})
	}
}

// cpuTime is what this process has used so far; unlike the clock it does not count what others use.
func cpuTime(tb testing.TB) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// perRow reports CPU, not wall time, and allocations per row between its call and the call of what it gives.
func perRow(b *testing.B, rows int) func() {
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := cpuTime(b)
	return func() {
		n := float64(b.N) * float64(rows)
		b.ReportMetric(float64(cpuTime(b)-start)/n, "cpu-ns/row")
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.Mallocs-before.Mallocs)/n, "allocs/row")
		b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/n, "B/row")
	}
}
