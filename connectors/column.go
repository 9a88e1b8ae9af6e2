package connectors

import (
	"fmt"
	"math/bits"
	"sync"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"carrot/transform/comp"
)

// batchRows is how many rows a batch holds at most; batchBytes bounds the text of one of its columns.
const (
	batchRows  = 8192
	batchBytes = 16 << 20
)

// marks are how a dialect writes cells, made ready.
type marks struct {
	emptyNull  bool
	nulls      [][]byte // besides ""
	point      byte
	thousands  []byte
	yes, no    [][]byte
	dates      string // layout of date columns that declare none
	thousandAs string // for messages
}

func (d Dialect) marks() (*marks, error) {
	def := DefaultDialect()
	m := &marks{point: '.', thousands: []byte(d.Thousands), dates: or(d.Dates, def.Dates), thousandAs: d.Thousands}
	switch or(d.Decimal, def.Decimal) {
	case ".":
	case ",":
		m.point = ','
	default:
		return nil, badDialect("decimal", d.Decimal, `"." or ","`)
	}
	if d.Thousands == string(m.point) || len(d.Thousands) > 0 && d.Thousands[0] >= '0' && d.Thousands[0] <= '9' || d.Thousands == "-" {
		return nil, badDialect("thousands", d.Thousands, "a mark that is no digit and not the decimal mark")
	}
	for _, n := range d.Nulls {
		if n == "" {
			m.emptyNull = true
		} else {
			m.nulls = append(m.nulls, []byte(n))
		}
	}
	m.yes, m.no = byteLists(d.True, def.True), byteLists(d.False, def.False)
	return m, nil
}

func byteLists(texts, fallback []string) [][]byte {
	if len(texts) == 0 {
		texts = fallback
	}
	out := make([][]byte, len(texts))
	for i, t := range texts {
		out[i] = []byte(t)
	}
	return out
}

// kind is comp.Type as a small number for the inner loop.
type kind uint8

const (
	kText kind = iota
	kCategory
	kInteger
	kDecimal
	kDate
	kInstant
	kBool
	kNode
)

var kinds = map[comp.Type]kind{comp.Text: kText, comp.ID: kText, comp.Category: kCategory, comp.Integer: kInteger,
	comp.Decimal: kDecimal, comp.DateType: kDate, comp.Instant: kInstant, comp.Bool: kBool, comp.Node: kNode}

// problem says why a cell is wrong; 0 is none.
type problem uint8

const (
	fine problem = iota
	badNumber
	badInteger
	badDate
	badInstant
	badBool
	badNode
	badMissing
	badNative // a typed cell of a sheet, JSON or Parquet that does not fit the column
)

// column collects the cells of one column of a batch. Row r may be written again until the batch has more rows: that is
// how a row with a wrong cell is left out.
type column struct {
	comp.Column
	*marks
	kind     kind
	layout   *layout
	zone     *zone
	required bool
	fallback []byte

	valid []byte // bit per row; set until a null clears it
	i32   []int32
	i64   []int64
	dec   []decimal128.Num
	off   []int32
	data  []byte
	words *interner
	plain []byte // a number without its thousands marks
	size  int    // rows that the slices have room for
}

func newColumn(c comp.Column, m *marks, required bool) (*column, error) {
	k, ok := kinds[c.Type]
	if !ok {
		return nil, &fault{"bad_contract", fmt.Sprintf("column %s has type %s", c.Name, shown(string(c.Type))), "correct `type:` of the column"}
	}
	col := &column{Column: c, marks: m, kind: k, required: required, fallback: []byte(c.Default)}
	var err error
	switch k {
	case kDecimal:
		if c.Scale < 0 || c.Scale > 18 {
			return nil, &fault{"bad_contract", fmt.Sprintf("column %s has scale %d, expected 0 to 18", c.Name, c.Scale), "correct `scale:` of the column"}
		}
	case kDate:
		col.layout, err = compileLayout(or(c.Layout, m.dates))
	case kInstant:
		if col.zone, err = newZone(c.Zone); err == nil && c.Layout != "" {
			col.layout, err = compileLayout(c.Layout)
		}
	case kCategory:
		col.words = newInterner()
	}
	if err != nil {
		return nil, &fault{"bad_contract", fmt.Sprintf("column %s: %v", c.Name, err), "correct the column in the table's config"}
	}
	return col, nil
}

// Slices of batches that were handed out and are done with. Nothing of a batch outlives the call that hands it out.
var spareI32, spareI64, spareDecimals, spareBits, spareText sync.Pool

// leastSpare is the least room of a slice that is made: one that serves a small split serves the next one.
const leastSpare = 512

// blank is a slice of n zeros: old where it has room, else a spare one.
func blank[T any](old []T, spares *sync.Pool, n int) []T {
	if cap(old) < max(1, n) {
		if s, ok := spares.Get().(*[]T); ok {
			old = *s
		}
	}
	if cap(old) < n {
		return make([]T, n, max(n+1, leastSpare)) // offsets are one more than rows
	}
	old = old[:n]
	clear(old)
	return old
}

// giveBack lets another split use a slice.
func giveBack[T any](s *[]T, spares *sync.Pool) {
	if cap(*s) > 0 {
		v := *s
		spares.Put(&v)
		*s = nil
	}
}

// room makes the slices ready for rows rows.
func (c *column) room(rows int) {
	c.size = rows
	c.valid = blank(c.valid, &spareBits, (rows+7)/8)
	for i := range c.valid {
		c.valid[i] = 0xFF
	}
	switch c.kind {
	case kText, kNode:
		c.off = blank(c.off, &spareI32, rows+1)
		c.data = blank(c.data, &spareText, 0)
	case kDecimal:
		c.dec = blank(c.dec, &spareDecimals, rows)
	case kInteger, kInstant:
		c.i64 = blank(c.i64, &spareI64, rows)
	case kBool:
		c.data = blank(c.data, &spareBits, (rows+7)/8)
	default:
		c.i32 = blank(c.i32, &spareI32, rows)
	}
}

// done gives the slices to other splits.
func (c *column) done() {
	giveBack(&c.valid, &spareBits)
	if c.kind == kBool {
		giveBack(&c.data, &spareBits)
	}
	giveBack(&c.data, &spareText)
	giveBack(&c.off, &spareI32)
	giveBack(&c.i32, &spareI32)
	giveBack(&c.i64, &spareI64)
	giveBack(&c.dec, &spareDecimals)
}

// put writes the text of a cell into row r.
func (c *column) put(r int, b []byte) problem {
	if (len(b) == 0 && c.emptyNull) || (len(c.nulls) > 0 && oneOf(c.nulls, b)) {
		if c.kind != kNode || len(b) > 0 {
			return c.null(r)
		}
	}
	return c.parse(r, b)
}

// null writes the absence of a value, or the column's default.
func (c *column) null(r int) problem {
	if len(c.fallback) > 0 {
		return c.parse(r, c.fallback)
	}
	if c.required {
		return badMissing
	}
	c.clear(r)
	switch c.kind {
	case kText, kNode:
		c.off[r+1] = c.off[r]
	case kCategory, kDate:
		c.i32[r] = 0
	}
	return fine
}

func (c *column) parse(r int, b []byte) problem {
	switch c.kind {
	case kText:
		c.text(r, b)
	case kCategory:
		c.i32[r] = c.words.code(b)
	case kInteger:
		v, ok := parseInteger(b)
		if !ok {
			if v, ok = c.longInteger(b); !ok {
				return badInteger
			}
		}
		c.i64[r] = v
	case kDecimal:
		if v, ok := parseDecimal(b, c.point, c.Scale); ok {
			c.dec[r] = decimal128.FromI64(v)
		} else if c.dec[r], ok = c.longDecimal(b); !ok {
			return badNumber
		}
	case kDate:
		d, ok := c.layout.date(b)
		if !ok {
			return badDate
		}
		c.i32[r] = d
	case kInstant:
		t, ok := c.instant(b)
		if !ok {
			return badInstant
		}
		c.i64[r] = t
	case kBool:
		switch {
		case oneOf(c.yes, b):
			c.data[r>>3] |= 1 << (r & 7)
		case oneOf(c.no, b):
			c.data[r>>3] &^= 1 << (r & 7)
		default:
			return badBool
		}
	case kNode:
		path, ok := nodePath(b)
		if !ok {
			return badNode
		}
		c.text(r, path)
	}
	return fine
}

// clear makes row r null, and reset takes that back.
func (c *column) clear(r int) { c.valid[r>>3] &^= 1 << (r & 7) }
func (c *column) reset(r int) { c.valid[r>>3] |= 1 << (r & 7) }

func (c *column) text(r int, b []byte) {
	c.data = append(c.data[:c.off[r]], b...)
	c.off[r+1] = int32(len(c.data))
}

func oneOf(list [][]byte, b []byte) bool {
	for _, x := range list {
		if string(x) == string(b) {
			return true
		}
	}
	return false
}

// full says that no more text fits into the batch.
func (c *column) full() bool { return len(c.data) > batchBytes }

// show is the value of row r as people write it; "" for null. It is how keys are shown in findings.
func (c *column) show(r int) string {
	if c.valid[r>>3]&(1<<(r&7)) == 0 {
		return ""
	}
	switch c.kind {
	case kText, kNode:
		return string(c.data[c.off[r]:c.off[r+1]])
	case kCategory:
		return string(c.words.text(c.i32[r]))
	case kInteger:
		return fmt.Sprint(c.i64[r])
	case kDecimal:
		return comp.FromInt128(c.dec[r].HighBits(), c.dec[r].LowBits(), c.Scale).String()
	case kDate:
		return comp.Date(c.i32[r]).String()
	case kInstant:
		return time.Unix(c.i64[r], 0).UTC().Format(time.RFC3339)
	}
	return fmt.Sprint(c.data[r>>3]&(1<<(r&7)) != 0)
}

var dictionary = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}

// dataType is the Arrow type that comp.Type promises.
func (c *column) dataType() arrow.DataType {
	switch c.kind {
	case kText, kNode:
		return arrow.BinaryTypes.String
	case kCategory:
		return dictionary
	case kInteger:
		return arrow.PrimitiveTypes.Int64
	case kDecimal:
		return &arrow.Decimal128Type{Precision: 38, Scale: int32(c.Scale)}
	case kDate:
		return arrow.FixedWidthTypes.Date32
	case kInstant:
		return &arrow.TimestampType{Unit: arrow.Second, TimeZone: "UTC"}
	}
	return arrow.FixedWidthTypes.Boolean
}

// array is the first n rows.
func (c *column) array(n int) arrow.Array {
	buffers := []*memory.Buffer{nil, nil}
	nulls := n - ones(c.valid, n)
	if nulls > 0 {
		buffers[0] = memory.NewBufferBytes(c.valid)
	}
	switch c.kind {
	case kText, kNode:
		buffers[1] = memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(c.off[:n+1]))
		buffers = append(buffers, memory.NewBufferBytes(c.data[:c.off[n]]))
	case kDecimal:
		buffers[1] = memory.NewBufferBytes(arrow.Decimal128Traits.CastToBytes(c.dec[:n]))
	case kInteger, kInstant:
		buffers[1] = memory.NewBufferBytes(arrow.Int64Traits.CastToBytes(c.i64[:n]))
	case kBool:
		buffers[1] = memory.NewBufferBytes(c.data)
	case kDate, kCategory:
		buffers[1] = memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(c.i32[:n]))
	}
	if c.kind == kCategory {
		return array.NewDictionaryData(array.NewDataWithDictionary(dictionary, n, buffers, nulls, 0, c.words.data()))
	}
	return array.MakeFromData(array.NewData(c.dataType(), n, buffers, nil, nulls, 0))
}

// ones counts the first n bits that are set.
func ones(b []byte, n int) int {
	count := 0
	for i := 0; i < n>>3; i++ {
		count += bits.OnesCount8(b[i])
	}
	if n&7 != 0 {
		count += bits.OnesCount8(b[n>>3] & (1<<(n&7) - 1))
	}
	return count
}
