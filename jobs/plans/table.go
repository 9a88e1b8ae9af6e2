package plans

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"carrot/transform"
	"carrot/transform/comp"
)

// table is rows of an example under a contract.
type table struct {
	contract comp.Contract
	rows     []tableRow
}

// tableRow is one row; the cells are the columns' values in order, those of an instant as a day.
type tableRow struct {
	cells []comp.Value
	from  comp.Date // known from; NoDate always
}

func (t *table) row(known comp.Date, cells ...comp.Value) {
	t.rows = append(t.rows, tableRow{cells, known})
}

// finish gives each decimal column of the example's own tables as many digits as its rows need.
func (t *table) finish() comp.Contract {
	if t.contract.Source == system {
		for i := range t.contract.Columns {
			for _, r := range t.rows {
				if t.contract.Columns[i].Type == comp.Decimal && r.cells[i].Kind == comp.KindNumber {
					_, after, _ := strings.Cut(r.cells[i].Number.String(), ".")
					t.contract.Columns[i].Scale = max(t.contract.Columns[i].Scale, min(18, len(after)))
				}
			}
		}
	}
	return t.contract
}

// known are the rows as they are known on a day: of rows with one key the last known one, in the place of the first.
func (t *table) known(on comp.Date) []tableRow {
	var out []tableRow
	at := map[string]int{}
	for _, r := range t.rows {
		if r.from > on {
			continue
		}
		key := t.key(r)
		i, twice := at[key]
		switch {
		case key == "" || !twice || out[i].from == r.from: // two rows known at once are for the calculation to refuse
			at[key] = len(out)
			out = append(out, r)
		case r.from > out[i].from:
			out[i] = r
		}
	}
	return out
}

// key is the text of a row's key; "" where the table has none.
func (t *table) key(r tableRow) string {
	var parts []string
	for _, k := range t.contract.Keys {
		parts = append(parts, valueText(r.cells[t.contract.Index(k)]))
	}
	return strings.Join(parts, "\x00")
}

func valueText(v comp.Value) string {
	switch v.Kind {
	case comp.KindText:
		return v.Text
	case comp.KindNumber:
		return v.Number.String()
	case comp.KindDate:
		return v.Date.String()
	case comp.KindBool:
		return fmt.Sprint(v.Bool)
	}
	return ""
}

// digest stands for a file's bytes.
func digest(name string, rows []tableRow) string {
	h := sha256.New()
	fmt.Fprintln(h, name)
	for _, r := range rows {
		for _, c := range r.cells {
			fmt.Fprintf(h, "%d %q ", c.Kind, valueText(c))
		}
		fmt.Fprintln(h)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// split hands the rows out in one batch. Positions count from 1, so that a row can be found in the example.
func (t *table) split(rows []tableRow, file uint32) func(func(transform.Batch) error) []comp.Finding {
	return func(out func(transform.Batch) error) []comp.Finding {
		if len(rows) == 0 {
			return nil
		}
		fields := make([]arrow.Field, len(t.contract.Columns))
		for i, col := range t.contract.Columns {
			fields[i] = arrow.Field{Name: col.Name, Type: transform.ArrowType(col), Nullable: true}
		}
		b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema(fields, nil))
		defer b.Release()
		pos := make([]int64, len(rows))
		for i, r := range rows {
			pos[i] = int64(i + 1)
			for k, v := range r.cells {
				appendCell(b.Field(k), t.contract.Columns[k], v)
			}
		}
		rec := b.NewRecord()
		defer rec.Release()
		_ = out(transform.Batch{Rec: rec, File: file, Pos: pos}) // an error ends the scan, and the scan has it
		return nil
	}
}

// appendCell adds a value that fits its column; anything else is null.
func appendCell(b array.Builder, c comp.Column, v comp.Value) {
	if v.Kind == comp.Null {
		b.AppendNull()
		return
	}
	switch b := b.(type) {
	case *array.StringBuilder:
		b.Append(v.Text)
	case *array.BinaryDictionaryBuilder:
		if b.AppendString(v.Text) != nil {
			b.AppendNull()
		}
	case *array.Int64Builder:
		b.Append(coefficient(v.Number, 0).Int64())
	case *array.Decimal128Builder:
		b.Append(decimal128.FromBigInt(coefficient(v.Number, c.Scale)))
	case *array.Date32Builder:
		b.Append(arrow.Date32(v.Date))
	case *array.TimestampBuilder:
		b.Append(arrow.Timestamp(coefficient(v.Number, 0).Int64()))
	case *array.BooleanBuilder:
		b.Append(v.Bool)
	}
}

// coefficient is a number times ten to the scale; digits beyond were refused when the cell was read.
func coefficient(n comp.Number, scale int) *big.Int {
	r := new(big.Rat).Mul(n.Rat(), new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil)))
	return new(big.Int).Quo(r.Num(), r.Denom())
}

// cellOf reads a cell's text as a column's type; want is what was expected where it is not one. An instant is its second
// since 1970 as a number.
func cellOf(c comp.Column, text string) (v comp.Value, want string) {
	if text == "" {
		return comp.Value{}, ""
	}
	switch c.Type {
	case comp.Integer, comp.Decimal:
		scale := c.Scale
		if c.Type == comp.Integer {
			scale = 0
		}
		n, err := comp.ParseNumber(text, scale)
		if err != nil {
			return v, fmt.Sprintf("a number in plain digits, at most %d after the point", scale)
		}
		return comp.NumberValue(n), ""
	case comp.DateType:
		d, err := comp.ParseDate(text)
		if err != nil {
			return v, "a day such as 2026-01-31"
		}
		return comp.DateValue(d), ""
	case comp.Instant:
		return instant(c, text)
	case comp.Bool:
		if text != "true" && text != "false" {
			return v, "true or false"
		}
		return comp.BoolValue(text == "true"), ""
	}
	return comp.TextValue(text), ""
}

// instant reads a day, which stands for its first second in the column's zone, or a time such as 2026-01-31T14:30:00Z.
func instant(c comp.Column, text string) (comp.Value, string) {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return comp.NumberValue(comp.Int(at.Unix())), ""
	}
	zone, err := comp.Zone(c.Zone)
	if err != nil {
		zone = time.UTC
	}
	for _, layout := range []string{time.DateOnly, time.DateTime} {
		if at, err := time.ParseInLocation(layout, text, zone); err == nil {
			return comp.NumberValue(comp.Int(at.Unix())), ""
		}
	}
	return comp.Value{}, "a day such as 2026-01-31, or a time such as 2026-01-31T14:30:00Z"
}
