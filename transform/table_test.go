package transform

import (
	"fmt"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"carrot/transform/comp"
)

// The tests build batches from literal cells: nil is null, text for text columns and days, int for numbers (a decimal's
// coefficient) and instants (Unix seconds), bool for booleans.
type cells []any

func schemaOf(c *comp.Contract) *arrow.Schema {
	fields := make([]arrow.Field, len(c.Columns))
	for i, col := range c.Columns {
		fields[i] = arrow.Field{Name: col.Name, Type: ArrowType(col), Nullable: true}
	}
	return arrow.NewSchema(fields, nil)
}

// record builds an Arrow record of rows; the caller releases it.
func record(t testing.TB, mem memory.Allocator, c *comp.Contract, rows []cells) arrow.Record {
	t.Helper()
	b := array.NewRecordBuilder(mem, schemaOf(c))
	defer b.Release()
	for _, r := range rows {
		for i, v := range r {
			appendCell(t, b.Field(i), v)
		}
	}
	return b.NewRecord()
}

func appendCell(t testing.TB, b array.Builder, v any) {
	t.Helper()
	if v == nil {
		b.AppendNull()
		return
	}
	switch b := b.(type) {
	case *array.StringBuilder:
		b.Append(v.(string))
	case *array.BinaryDictionaryBuilder:
		if err := b.AppendString(v.(string)); err != nil {
			t.Fatal(err)
		}
	case *array.Int64Builder:
		b.Append(int64(v.(int)))
	case *array.Decimal128Builder:
		if n, ok := v.(decimal128.Num); ok {
			b.Append(n)
			return
		}
		b.Append(decimal128.FromI64(int64(v.(int))))
	case *array.Date32Builder:
		b.Append(arrow.Date32(on(v.(string))))
	case *array.TimestampBuilder:
		b.Append(arrow.Timestamp(v.(int)))
	case *array.BooleanBuilder:
		b.Append(v.(bool))
	default:
		t.Fatalf("no test builder for %T", b)
	}
}

func on(text string) comp.Date {
	d, err := comp.ParseDate(text)
	if err != nil {
		panic(err)
	}
	return d
}

func period(first, last string) comp.Period { return comp.Period{Start: on(first), End: on(last) + 1} }

// drop is one part of a table: rows with positions 10, 20, …, cut into splits of the given size.
type drop struct {
	seq      int
	mode     comp.Mode
	covers   comp.Period
	rows     []cells
	findings []comp.Finding // what decoding says after the last row; File, Name are filled in
	size     int            // rows a split; 0: one split
}

// tables builds Inputs over one contract per name.
type tables struct {
	testing.TB
	in  Inputs
	mem *memory.CheckedAllocator // of all batches; each is freed after its call, so that whoever keeps one is found out
}

func newTables(t testing.TB, contracts ...comp.Contract) *tables {
	b := &tables{TB: t, mem: memory.NewCheckedAllocator(scribbler{memory.NewGoAllocator()})}
	b.in.Contracts = contracts
	b.in.Tables = map[string][]Part{}
	b.in.Workers = 1
	return b
}

func (b *tables) contract(name string) *comp.Contract {
	c, err := contractOf(&b.in, name)
	if err != nil {
		b.Fatal(err)
	}
	return c
}

// add puts a drop into a table, as a file of its own.
func (b *tables) add(name string, d drop) {
	b.Helper()
	c := b.contract(name)
	file := uint32(len(b.in.Files))
	f := comp.File{Digest: fmt.Sprintf("%064x", file), Name: fmt.Sprintf("%s/%03d.csv", name, file)}
	b.in.Files = append(b.in.Files, f)
	p := Part{Seq: d.seq, Mode: d.mode, Covers: d.covers, File: file}
	if p.Mode == "" {
		p.Mode = c.Mode
	}
	size := d.size
	if size <= 0 {
		size = max(1, len(d.rows))
	}
	for i := range d.findings {
		d.findings[i].Origin.File, d.findings[i].Origin.Name = f.Digest, f.Name
	}
	for from := 0; from == 0 || from < len(d.rows); from += size {
		rows, first, last := d.rows[from:min(len(d.rows), from+size)], from, from+size >= len(d.rows)
		p.Splits = append(p.Splits, func(out func(Batch) error) []comp.Finding {
			b.emit(c, file, rows, first, out)
			if last {
				return append([]comp.Finding(nil), d.findings...)
			}
			return nil
		})
	}
	b.in.Tables[name] = append(b.in.Tables[name], p)
}

// emit hands rows out in batches of 3.
func (b *tables) emit(c *comp.Contract, file uint32, rows []cells, first int, out func(Batch) error) {
	for i := 0; i < len(rows); i += 3 {
		part := rows[i:min(len(rows), i+3)]
		pos := make([]int64, len(part))
		for k := range pos {
			pos[k] = int64(10 * (first + i + k + 1))
		}
		rec := record(b, b.mem, c, part)
		err := out(Batch{Rec: rec, File: file, Pos: pos})
		rec.Release()
		if err != nil {
			return
		}
	}
}

// scribbler overwrites memory when it is freed.
type scribbler struct{ memory.Allocator }

func (s scribbler) Free(b []byte) {
	for i := range b {
		b[i] = 0xAA
	}
	s.Allocator.Free(b)
}

func TestBatchesAreFreed(t *testing.T) {
	mem := memory.NewCheckedAllocator(scribbler{memory.NewGoAllocator()})
	c := comp.Contract{Source: "s", Table: "t", Columns: []comp.Column{{Name: "a", Type: comp.Text}}}
	rec := record(t, mem, &c, []cells{{"kept"}})
	held := rec.Column(0).(*array.String).Value(0)
	rec.Release()
	if held == "kept" {
		t.Fatal("a freed batch still reads as before: the tests could not see that a batch was kept")
	}
	mem.AssertSize(t, 0)
}
