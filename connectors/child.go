package connectors

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"
	"github.com/apache/arrow/go/v15/parquet/schema"
)

// childEnv tells a process that it is to decode one Parquet file from its standard input and nothing else.
const childEnv = "CARROT_DECODE_CHILD"

// childMemory is what the child may use beyond what it has at its start.
const childMemory = 3 << 30

// ChildMain does the work of a decoding child where this process was started as one, and says whether it was. The
// Parquet reader may end its process on a damaged file, so a foreign file is read by a process that may die: main, and
// TestMain of a package that decodes Parquet, call ChildMain first and return where it handled the call.
func ChildMain() (handled bool) {
	if os.Getenv(childEnv) != Parquet {
		return false
	}
	debug.SetMemoryLimit(childMemory)
	limitChild(childMemory)
	w := bufio.NewWriterSize(os.Stdout, 256<<10)
	if err := childParquet(os.Stdin, &frameWriter{w: w}); err != nil {
		f := frameWriter{w: w}
		f.number(frameError)
		f.text(err.Error())
	}
	w.Flush()
	return true
}

// childParquet reads the wanted columns' names and the file from r and writes frames.
func childParquet(r io.Reader, out *frameWriter) error {
	out.w.WriteString(frameMagic)
	in := bufio.NewReaderSize(r, 256<<10)
	wanted, err := readWanted(in)
	if err != nil {
		return err
	}
	b, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	pr, err := file.NewParquetReader(bytes.NewReader(b))
	if err != nil {
		return err
	}
	fr, err := pqarrow.NewFileReader(pr, pqarrow.ArrowReadProperties{BatchSize: batchRows}, memory.DefaultAllocator)
	if err != nil {
		return err
	}
	sc, err := fr.Schema()
	if err != nil {
		return err
	}
	root := pr.MetaData().Schema.Root()
	if err := checkTypes(pr); err != nil {
		return err
	}
	var plain []int // fields that are columns of single values
	for i := range root.NumFields() {
		if _, ok := root.Field(i).(*schema.PrimitiveNode); ok && root.Field(i).RepetitionType() != 2 {
			plain = append(plain, i)
		}
	}
	out.number(frameHeader)
	out.number(uint64(len(plain)))
	for _, i := range plain {
		out.w.WriteByte(childKind(sc.Field(i).Type))
		out.text(sc.Field(i).Name)
	}
	return childRows(pr, fr, plain, wanted, out)
}

// checkTypes holds the two ways in which a file states a column's type against each other. The footer has no checksum,
// and a scale with one wrong bit would move every amount by powers of ten.
func checkTypes(pr *file.Reader) error {
	elements := pr.MetaData().GetSchema()
	at := 1 // the root is the first
	root := pr.MetaData().Schema.Root()
	for i := range root.NumFields() {
		if at >= len(elements) {
			return errors.New("the schema is incomplete")
		}
		e := elements[at]
		at += 1 + descendants(root.Field(i))
		n, ok := root.Field(i).(*schema.PrimitiveNode)
		if !ok || n.LogicalType() == nil {
			continue
		}
		converted, decimal := n.LogicalType().ToConvertedType()
		if decimal.IsSet && (decimal.Scale < 0 || decimal.Scale > decimal.Precision || decimal.Precision > 38) {
			return fmt.Errorf("column %q is a decimal of %d digits with %d after the point", n.Name(), decimal.Precision, decimal.Scale)
		}
		if !e.IsSetLogicalType() || !e.IsSetConvertedType() || converted == schema.ConvertedTypes.None {
			continue
		}
		if int(converted) != int(e.GetConvertedType()) || decimal.IsSet && (decimal.Scale != e.GetScale() || decimal.Precision != e.GetPrecision()) {
			return fmt.Errorf("column %q states two types that differ", n.Name())
		}
	}
	return nil
}

func descendants(n schema.Node) int {
	g, ok := n.(*schema.GroupNode)
	if !ok {
		return 0
	}
	count := 0
	for i := range g.NumFields() {
		count += 1 + descendants(g.Field(i))
	}
	return count
}

func readWanted(in *bufio.Reader) ([]int, error) {
	n, err := binary.ReadUvarint(in)
	if err != nil || n > frameCols {
		return nil, fmt.Errorf("no list of columns: %v", err)
	}
	wanted := make([]int, n)
	for i := range wanted {
		c, err := binary.ReadUvarint(in)
		if err != nil || c > frameCols {
			return nil, fmt.Errorf("no list of columns: %v", err)
		}
		wanted[i] = int(c)
	}
	return wanted, nil
}

// childRows writes the rows of the wanted columns, which are indexes into plain.
func childRows(pr *file.Reader, fr *pqarrow.FileReader, plain, wanted []int, out *frameWriter) error {
	var sum int64
	for g := range pr.NumRowGroups() {
		sum += pr.MetaData().RowGroups[g].GetNumRows()
	}
	if sum != pr.NumRows() || sum < 0 {
		return fmt.Errorf("the file says it has %d rows, its row groups say %d", pr.NumRows(), sum)
	}
	if len(wanted) > 0 {
		if err := childBatches(pr, fr, plain, wanted, sum, out); err != nil {
			return err
		}
	}
	out.number(frameEnd)
	out.number(uint64(sum))
	return nil
}

func childBatches(pr *file.Reader, fr *pqarrow.FileReader, plain, wanted []int, rows int64, out *frameWriter) error {
	root := pr.MetaData().Schema
	var leaves []int
	place := map[int]int{} // field to its column in a record
	for _, w := range wanted {
		if w >= len(plain) {
			return errors.New("a column was asked for that is not there")
		}
		field := plain[w]
		if _, ok := place[field]; !ok {
			place[field] = len(leaves)
			leaves = append(leaves, root.ColumnIndexByNode(root.Root().Field(field)))
		}
	}
	rr, err := fr.GetRecordReader(context.Background(), leaves, nil)
	if err != nil {
		return err
	}
	var seen int64
	var cell []byte
	for rr.Next() {
		rec := rr.Record()
		if int(rec.NumCols()) != len(leaves) {
			return errors.New("a batch has the wrong columns")
		}
		cols := make([]arrow.Array, len(wanted))
		for i, w := range wanted {
			name := root.Root().Field(plain[w]).Name()
			found := rec.Schema().FieldIndices(name)
			if len(found) != 1 {
				return errors.New("a batch has the wrong columns")
			}
			cols[i] = rec.Column(found[0])
		}
		for r := range int(rec.NumRows()) {
			out.number(frameRow)
			for _, a := range cols {
				null := a.IsNull(r)
				if cell = cell[:0]; !null {
					cell = appendCell(cell, a, r)
				}
				out.cell(cell, null)
			}
		}
		seen += rec.NumRows()
	}
	if err := rr.Err(); err != nil && err != io.EOF {
		return err
	}
	if seen != rows {
		return fmt.Errorf("the file says it has %d rows, %d could be read", rows, seen)
	}
	return nil
}

// childKind is how the parent is to take a column's texts.
func childKind(t arrow.DataType) byte {
	switch t.ID() {
	case arrow.INT8, arrow.INT16, arrow.INT32, arrow.INT64, arrow.UINT8, arrow.UINT16, arrow.UINT32, arrow.UINT64,
		arrow.FLOAT32, arrow.FLOAT64, arrow.DECIMAL128, arrow.DECIMAL256:
		return childNumber
	case arrow.BOOL:
		return childBool
	case arrow.DATE32, arrow.DATE64:
		return childDate
	case arrow.TIMESTAMP:
		return childInstant
	}
	return childText
}

// appendCell writes a value as text: numbers exactly, floating-point ones as the shortest digits that give them back.
func appendCell(out []byte, a arrow.Array, r int) []byte {
	switch a := a.(type) {
	case *array.String:
		return append(out, a.Value(r)...)
	case *array.LargeString:
		return append(out, a.Value(r)...)
	case *array.Binary:
		return append(out, a.Value(r)...)
	case *array.Int64:
		return strconv.AppendInt(out, a.Value(r), 10)
	case *array.Int32:
		return strconv.AppendInt(out, int64(a.Value(r)), 10)
	case *array.Float64:
		return strconv.AppendFloat(out, a.Value(r), 'f', -1, 64)
	case *array.Float32:
		return strconv.AppendFloat(out, float64(a.Value(r)), 'f', -1, 32)
	case *array.Decimal128:
		return append(out, a.Value(r).ToString(a.DataType().(*arrow.Decimal128Type).Scale)...)
	case *array.Decimal256:
		return append(out, a.Value(r).ToString(a.DataType().(*arrow.Decimal256Type).Scale)...)
	case *array.Boolean:
		return strconv.AppendBool(out, a.Value(r))
	case *array.Date32:
		return a.Value(r).ToTime().AppendFormat(out, "2006-01-02")
	case *array.Date64:
		return a.Value(r).ToTime().AppendFormat(out, "2006-01-02")
	case *array.Timestamp:
		t := a.DataType().(*arrow.TimestampType)
		layout := "2006-01-02 15:04:05"
		if t.TimeZone != "" {
			layout += "Z"
		}
		return a.Value(r).ToTime(t.Unit).In(time.UTC).AppendFormat(out, layout)
	case *array.Dictionary:
		return appendCell(out, a.Dictionary(), a.GetValueIndex(r))
	}
	return append(out, a.ValueStr(r)...)
}
