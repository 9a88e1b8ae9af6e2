package transform

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"carrot/transform/comp"
)

// The three truths of a condition.
const (
	no      uint8 = 0
	yes     uint8 = 1
	unknown uint8 = 2
)

// vec is one value per row of a batch. Which fields are set depends on kind; slices are valid until the next batch.
type vec struct {
	kind  comp.Kind
	null  []bool  // nil: no value is null; not used by booleans
	tri   []uint8 // booleans: no, yes, unknown
	ints  []int64 // dates as days, numbers as coefficients of 10^-scale; 0 where null
	scale int
	wide  bool // some number does not fit 64 bits: the batch is evaluated row by row

	isLit bool // texts: one literal for every row …
	lit   string
	arr   *array.String // … or plain text …
	dict  *array.String // … or a dictionary with a code per row
	codes []int32

	nullBuf []bool
	intBuf  []int64
}

func (v *vec) isNull(i int) bool { return v.null != nil && v.null[i] }

// textAt is the text of a row that is not null. It is valid as long as the batch.
func (v *vec) textAt(i int) string {
	switch {
	case v.isLit:
		return v.lit
	case v.arr != nil:
		return v.arr.Value(i)
	}
	return v.dict.Value(int(v.codes[i]))
}

func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, n+n/4)
	}
	return s[:n]
}

// columns reads a batch's columns as vectors, each once.
type columns struct {
	contract *comp.Contract
	zones    []*zoneDays // per column; nil but for instants
	rec      arrow.Record
	schema   *arrow.Schema // the last one that was checked
	n        int
	vecs     []vec
	loaded   []bool
}

func newColumns(contract *comp.Contract) (*columns, error) {
	c := &columns{contract: contract, zones: make([]*zoneDays, len(contract.Columns)),
		vecs: make([]vec, len(contract.Columns)), loaded: make([]bool, len(contract.Columns))}
	for i, col := range contract.Columns {
		if col.Type == comp.Instant {
			loc, err := comp.Zone(col.Zone)
			if err != nil {
				return nil, fmt.Errorf("%s, column %s: %w", contract.Name(), col.Name, err)
			}
			c.zones[i] = &zoneDays{loc: loc}
		}
	}
	return c, nil
}

// ArrowType is the Arrow type that a batch's column must have.
func ArrowType(c comp.Column) arrow.DataType {
	switch c.Type {
	case comp.Category:
		return &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
	case comp.Integer:
		return arrow.PrimitiveTypes.Int64
	case comp.Decimal:
		return &arrow.Decimal128Type{Precision: 38, Scale: int32(c.Scale)}
	case comp.DateType:
		return arrow.FixedWidthTypes.Date32
	case comp.Instant:
		return &arrow.TimestampType{Unit: arrow.Second, TimeZone: "UTC"}
	case comp.Bool:
		return arrow.FixedWidthTypes.Boolean
	}
	return arrow.BinaryTypes.String
}

// kindOf is what an expression sees of a column.
func kindOf(t comp.Type) comp.Kind {
	switch t {
	case comp.Integer, comp.Decimal:
		return comp.KindNumber
	case comp.DateType, comp.Instant:
		return comp.KindDate
	case comp.Bool:
		return comp.KindBool
	}
	return comp.KindText
}

// bind takes the next batch. It errs where the batch does not have the contract's columns.
func (c *columns) bind(rec arrow.Record) error {
	if int(rec.NumCols()) != len(c.contract.Columns) {
		return fmt.Errorf("%s: a batch has %d columns, the contract %d", c.contract.Name(), rec.NumCols(), len(c.contract.Columns))
	}
	if c.schema != rec.Schema() {
		for i, col := range c.contract.Columns {
			want, got := ArrowType(col), rec.Column(i).DataType()
			if want.ID() != got.ID() || (col.Type == comp.Decimal && !arrow.TypeEqual(want, got)) {
				return fmt.Errorf("%s: column %s of a batch is %s, the contract asks for %s", c.contract.Name(), col.Name, got, want)
			}
		}
	}
	c.rec, c.schema, c.n = rec, rec.Schema(), int(rec.NumRows())
	clear(c.loaded)
	return nil
}

// vec is a column as a vector.
func (c *columns) vec(col int) *vec {
	v := &c.vecs[col]
	if c.loaded[col] {
		return v
	}
	c.loaded[col] = true
	arr := c.rec.Column(col)
	v.kind, v.wide, v.scale = kindOf(c.contract.Columns[col].Type), false, 0
	v.loadNulls(arr, c.n)
	switch a := arr.(type) {
	case *array.String:
		v.arr = a
	case *array.Dictionary:
		v.loadDictionary(a, c.n)
	case *array.Int64:
		v.loadInts(a.Int64Values())
	case *array.Decimal128:
		v.scale = c.contract.Columns[col].Scale
		v.loadDecimals(a, c.n)
	case *array.Date32:
		v.intBuf = grow(v.intBuf, c.n)
		for i, d := range a.Date32Values() {
			v.intBuf[i] = int64(d)
		}
		v.loadInts(v.intBuf)
	case *array.Timestamp:
		v.intBuf = grow(v.intBuf, c.n)
		z := c.zones[col]
		for i, t := range a.TimestampValues() {
			v.intBuf[i] = int64(z.day(int64(t)))
		}
		v.loadInts(v.intBuf)
	case *array.Boolean:
		v.loadBools(a, c.n)
	}
	return v
}

func (v *vec) loadNulls(a arrow.Array, n int) {
	v.null = nil
	if a.NullN() == 0 {
		return
	}
	v.nullBuf = grow(v.nullBuf, n)
	for i := range v.nullBuf {
		v.nullBuf[i] = a.IsNull(i)
	}
	v.null = v.nullBuf
}

func (v *vec) loadDictionary(a *array.Dictionary, n int) {
	v.dict = a.Dictionary().(*array.String)
	if ix, ok := a.Indices().(*array.Int32); ok {
		v.codes = ix.Int32Values()
	} else {
		v.codes = make([]int32, n)
		for i := range v.codes {
			v.codes[i] = int32(a.GetValueIndex(i))
		}
	}
	if v.dict.NullN() == 0 {
		return
	}
	v.nullBuf = grow(v.nullBuf, n)
	for i := range v.nullBuf {
		v.nullBuf[i] = a.IsNull(i) || v.dict.IsNull(int(v.codes[i]))
	}
	v.null = v.nullBuf
}

// loadInts puts 0 where the value is null, so that what stands in memory there cannot overflow.
func (v *vec) loadInts(raw []int64) {
	if v.null == nil {
		v.ints = raw
		return
	}
	v.intBuf = grow(v.intBuf, len(raw))
	for i, x := range raw {
		if v.null[i] {
			x = 0
		}
		v.intBuf[i] = x
	}
	v.ints = v.intBuf
}

func (v *vec) loadDecimals(a *array.Decimal128, n int) {
	v.intBuf = grow(v.intBuf, n)
	for i, d := range a.Values() {
		x := int64(d.LowBits())
		if d.HighBits() != x>>63 && !v.isNull(i) {
			v.wide = true
		}
		v.intBuf[i] = x
	}
	v.loadInts(v.intBuf)
}

func (v *vec) loadBools(a *array.Boolean, n int) {
	v.tri = grow(v.tri, n)
	for i := range v.tri {
		switch {
		case v.isNull(i):
			v.tri[i] = unknown
		case a.Value(i):
			v.tri[i] = yes
		default:
			v.tri[i] = no
		}
	}
}

// value is one cell as an exact value. Its text is valid as long as the batch.
func (c *columns) value(col, i int) comp.Value {
	switch a := c.rec.Column(col).(type) {
	case *array.Decimal128:
		if a.IsNull(i) {
			return comp.Value{}
		}
		d := a.Value(i)
		return comp.NumberValue(comp.FromInt128(d.HighBits(), d.LowBits(), c.contract.Columns[col].Scale))
	}
	v := c.vec(col)
	switch {
	case v.kind == comp.KindBool && v.tri[i] != unknown:
		return comp.BoolValue(v.tri[i] == yes)
	case v.kind == comp.KindBool || v.isNull(i):
		return comp.Value{}
	case v.kind == comp.KindDate:
		return comp.DateValue(comp.Date(v.ints[i]))
	case v.kind == comp.KindNumber:
		return comp.NumberValue(comp.Int(v.ints[i]))
	}
	return comp.TextValue(v.textAt(i))
}

// text is one cell as people write it, cut loose from the batch.
func (c *columns) text(col, i int) string { return strings.Clone(valueText(c.value(col, i))) }

// key is the text of a row's key columns joined by "|", cut loose from the batch.
func (c *columns) key(keys []int, i int) string {
	var b strings.Builder
	for k, col := range keys {
		if k > 0 {
			b.WriteByte('|')
		}
		b.WriteString(valueText(c.value(col, i)))
	}
	return b.String()
}

// zoneDays turns instants into days and remembers the spans of one offset, so that a row costs a comparison.
type zoneDays struct {
	loc   *time.Location
	spans []zoneSpan
	last  zoneSpan
}

type zoneSpan struct{ from, to, offset int64 } // Unix seconds, [from, to)

// day is the calendar day of an instant; it equals comp.DateIn.
func (z *zoneDays) day(unix int64) comp.Date {
	if unix < z.last.from || unix >= z.last.to {
		z.seek(unix)
	}
	s := unix + z.last.offset
	d := s / 86400
	if s%86400 < 0 {
		d--
	}
	return comp.Date(d)
}

func (z *zoneDays) seek(unix int64) {
	for _, s := range z.spans {
		if s.from <= unix && unix < s.to {
			z.last = s
			return
		}
	}
	t := time.Unix(unix, 0).In(z.loc)
	_, offset := t.Zone()
	start, end := t.ZoneBounds()
	s := zoneSpan{from: math.MinInt64, to: math.MaxInt64, offset: int64(offset)}
	if !start.IsZero() {
		s.from = start.Unix()
	}
	if !end.IsZero() {
		s.to = end.Unix()
	}
	z.spans, z.last = append(z.spans, s), s
}
