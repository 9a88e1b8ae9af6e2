package sourcetest

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"carrot/connectors"
	"carrot/transform"
	"carrot/transform/comp"
)

// reading is what one way of cutting a file gave.
type reading struct {
	rows     []string
	pos      []int64
	findings []string
	broken   []error
}

// checkReading decodes every pulled file in one part and in several.
func checkReading(t testing.TB, h Harness, files []file, _ connectors.State) (broken []error) {
	s, rows := h.New(t), 0
	for _, f := range files {
		in, ok := h.Input(f.name, f.raw)
		if !ok {
			continue
		}
		if in.ReaderAt == nil {
			in.ReaderAt, in.Size, in.Name = bytes.NewReader(f.raw), int64(len(f.raw)), f.name
		}
		one := read(s, in, 0)
		rows += len(one.rows)
		broken = append(broken, one.broken...)
		for _, target := range []int64{1, 100_000} {
			many := read(s, in, target)
			if fmt.Sprint(one.rows, one.pos, one.findings) != fmt.Sprint(many.rows, many.pos, many.findings) {
				broken = append(broken, fmt.Errorf("%s: splits of %d bytes must give the same rows, positions and findings as one split", f.name, target))
			}
		}
		broken = append(broken, records(in, one.pos)...)
		broken = append(broken, refused(s, in, len(one.rows))...)
	}
	if rows != h.Rows {
		broken = append(broken, fmt.Errorf("the files must give %d rows together, they gave %d", h.Rows, rows))
	}
	return broken
}

func read(s connectors.Source, in connectors.Input, target int64) (r reading) {
	splits, findings := s.Splits(in, target)
	last := int64(-1)
	for _, sp := range splits {
		findings = append(findings, s.Decode(sp, func(b transform.Batch) error {
			r.broken = append(r.broken, shape(in, b)...)
			for i, p := range b.Pos {
				if p <= last {
					r.broken = append(r.broken, fmt.Errorf("%s: positions must ascend: %d after %d", in.Name, p, last))
				}
				last = p
				r.rows = append(r.rows, rowText(b.Rec, i))
			}
			r.pos = append(r.pos, b.Pos...)
			return nil
		})...)
	}
	comp.SortFindings(findings)
	for _, f := range findings {
		r.findings = append(r.findings, f.Reach.String()+" "+f.String())
	}
	return r
}

// arrowTypes are what comp.Type promises.
var arrowTypes = map[comp.Type]arrow.Type{comp.Text: arrow.STRING, comp.ID: arrow.STRING, comp.Node: arrow.STRING, comp.Category: arrow.DICTIONARY,
	comp.Integer: arrow.INT64, comp.Decimal: arrow.DECIMAL128, comp.DateType: arrow.DATE32, comp.Instant: arrow.TIMESTAMP, comp.Bool: arrow.BOOL}

func shape(in connectors.Input, b transform.Batch) (broken []error) {
	if int(b.Rec.NumRows()) != len(b.Pos) || len(b.Pos) == 0 || b.File != in.File {
		broken = append(broken, fmt.Errorf("%s: a batch must have a position for each row and its file's number: %d rows, %d positions, file %d", in.Name, b.Rec.NumRows(), len(b.Pos), b.File))
	}
	if int(b.Rec.NumCols()) != len(in.Contract.Columns) {
		return append(broken, fmt.Errorf("%s: a batch must have the contract's columns: %d of %d", in.Name, b.Rec.NumCols(), len(in.Contract.Columns)))
	}
	for i, c := range in.Contract.Columns {
		if f := b.Rec.Schema().Field(i); f.Name != c.Name || f.Type.ID() != arrowTypes[c.Type] {
			broken = append(broken, fmt.Errorf("%s: column %d must be %s of type %s, is %s of %s", in.Name, i, c.Name, c.Type, f.Name, f.Type))
		}
	}
	return broken
}

// rowText is a row whose text tells it apart from any other one.
func rowText(rec arrow.Record, r int) string {
	var b bytes.Buffer
	for i := range int(rec.NumCols()) {
		switch a := rec.Column(i).(type) {
		case *array.Dictionary:
			if a.IsValid(r) {
				fmt.Fprintf(&b, "%q", a.Dictionary().ValueStr(a.GetValueIndex(r)))
			}
		case *array.Decimal128:
			if a.IsValid(r) {
				fmt.Fprintf(&b, "%d/%d", a.Value(r).HighBits(), a.Value(r).LowBits())
			}
		default:
			if a.IsValid(r) {
				fmt.Fprintf(&b, "%q", a.ValueStr(r))
			}
		}
		b.WriteByte('|')
	}
	return b.String()
}

// records asks for the source rows of some positions.
func records(in connectors.Input, pos []int64) (broken []error) {
	if in.Contract.Class == comp.Sealed {
		return nil
	}
	step := max(1, len(pos)/20)
	if in.Format.Kind == connectors.Parquet {
		step = max(1, len(pos))
	}
	for i := 0; i < len(pos); i += step {
		rec, err := connectors.RecordAt(in, pos[i])
		if err != nil || len(rec.Raw) == 0 || len(rec.Fields) == 0 {
			broken = append(broken, fmt.Errorf("%s: the row at %d must be shown: %v", in.Name, pos[i], err))
		}
	}
	return broken
}

// refused lets the receiver fail.
func refused(s connectors.Source, in connectors.Input, rows int) (broken []error) {
	splits, _ := s.Splits(in, 0)
	if rows == 0 || len(splits) == 0 {
		return nil
	}
	calls := 0
	findings := s.Decode(splits[0], func(transform.Batch) error { calls++; return errors.New("no room") })
	last := comp.Finding{}
	if len(findings) > 0 {
		last = findings[len(findings)-1]
	}
	if calls != 1 || last.Reach != comp.ReachRun {
		broken = append(broken, fmt.Errorf("%s: an error of the receiver must end decoding with a finding that stops the run: %d calls, reach %s", in.Name, calls, last.Reach))
	}
	return broken
}
