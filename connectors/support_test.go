package connectors

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"carrot/transform"
	"carrot/transform/comp"
)

func TestMain(m *testing.M) {
	if ChildMain() {
		return
	}
	os.Exit(m.Run())
}

// shared is the folder of public data sets and samples beside the repository.
func shared(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("CARROT_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared")
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("NOT TESTED: the shared data are absent (%v); set CARROT_SHARED to their folder", err)
	}
	return dir
}

// input is a file in memory.
func input(name, text string, f Format, cols ...comp.Column) Input {
	return Input{ReaderAt: bytes.NewReader([]byte(text)), Size: int64(len(text)), Name: name, Digest: fmt.Sprintf("%x", sha256.Sum256([]byte(text))), Format: f,
		Contract: comp.Contract{Source: "crm", Table: "deals", Mode: comp.Snapshot, Class: comp.Open, Columns: cols}}
}

func csvFormat(change ...func(*Dialect)) Format {
	f := Format{Kind: CSV, Dialect: DefaultDialect()}
	for _, c := range change {
		c(&f.Dialect)
	}
	return f
}

// fileInput is a file of the shared data.
func fileInput(t testing.TB, path string, f Format, cols ...comp.Column) Input {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(shared(t), path))
	if err != nil {
		t.Fatal(err)
	}
	return input(filepath.Base(path), string(b), f, cols...)
}

// decoded is what a file gave: rows as text by column, their positions, and all findings.
type decoded struct {
	rows     [][]string
	pos      []int64
	findings []comp.Finding
}

func decodeAll(t testing.TB, in Input, target int64) decoded {
	t.Helper()
	return decodeAllRapid(t, in, target)
}

func decodeAllRapid(t interface{ Errorf(string, ...any) }, in Input, target int64) decoded {
	splits, findings := Splits(in, target)
	d := decoded{findings: findings}
	for _, s := range splits {
		d.findings = append(d.findings, Decode(s, func(b transform.Batch) error {
			if int(b.Rec.NumRows()) != len(b.Pos) || b.File != in.File {
				t.Errorf("batch has %d rows and %d positions, file %d", b.Rec.NumRows(), len(b.Pos), b.File)
			}
			for r := range b.Pos {
				row := make([]string, b.Rec.NumCols())
				for c := range row {
					row[c] = valueAt(b.Rec.Column(c), r)
				}
				d.rows = append(d.rows, row)
			}
			d.pos = append(d.pos, b.Pos...)
			return nil
		})...)
	}
	return d
}

// valueAt is a value as text; "∅" for null.
func valueAt(a arrow.Array, r int) string {
	if a.IsNull(r) {
		return "∅"
	}
	switch a := a.(type) {
	case *array.String:
		return strings.Clone(a.Value(r)) // the batch is used again
	case *array.Dictionary:
		return a.Dictionary().(*array.String).Value(a.GetValueIndex(r))
	case *array.Int64:
		return fmt.Sprint(a.Value(r))
	case *array.Decimal128:
		return a.Value(r).ToString(a.DataType().(*arrow.Decimal128Type).Scale)
	case *array.Date32:
		return comp.Date(a.Value(r)).String()
	case *array.Timestamp:
		return a.Value(r).ToTime(arrow.Second).Format("2006-01-02T15:04:05Z")
	case *array.Boolean:
		return fmt.Sprint(a.Value(r))
	}
	panic(fmt.Sprintf("%T", a))
}

// lines are findings as they are printed.
func lines(fs []comp.Finding) []string {
	out := []string{}
	for _, f := range fs {
		out = append(out, f.Reach.String()+" "+f.String())
	}
	return out
}

// smallStride lets splits and buffers be as small as a test wants, and gives the way back.
func smallStride() func() {
	s, c, l := stride, chunkSize, leastBuffer
	stride, chunkSize, leastBuffer = 1, 29, 7
	return func() { stride, chunkSize, leastBuffer = s, c, l }
}
