package reports

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/compress"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"

	"carrot/transform/comp"
)

// column is one column of an audit table. Whole numbers are int64 in Parquet, everything else is utf8: exact numbers are
// text, because no binary number type of a reader keeps them.
type column struct {
	name  string
	whole bool
}

// table is an audit table. rows hands out cells in the order of columns, sorted; the slice is valid until the next row.
// An empty cell is an absent value: nothing between two commas in CSV, null in Parquet.
type table struct {
	name    string
	columns []column
	rows    func(out func([]string) error) error // nil: no plan of the run has anything to say here, and there are no files
	long    bool                                 // there may be millions of rows
}

// columns makes the list of columns from names; a leading # marks a whole number.
func columns(names ...string) []column {
	cols := make([]column, len(names))
	for i, n := range names {
		cols[i] = column{name: strings.TrimPrefix(n, "#"), whole: strings.HasPrefix(n, "#")}
	}
	return cols
}

// rowGroup is the number of rows after which a Parquet row group ends, in every file alike: with the row group, the
// bytes would change.
const rowGroup = 1 << 13

// files are the table as CSV and as Parquet, from one pass over its rows.
func (t table) files(o Options) ([]File, error) {
	var made [2]*making
	for i := range made {
		var err error
		if made[i], err = o.making(t.long); err != nil {
			return nil, err
		}
	}
	pq, err := newParquet(made[1], t.columns)
	if err != nil {
		return nil, err
	}
	var row bytes.Buffer
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = c.name
	}
	row.WriteString(strings.Join(names, ",") + "\n")
	out := bufio.NewWriterSize(made[0], 1<<16)
	if _, err := row.WriteTo(out); err != nil {
		return nil, err
	}
	err = t.rows(func(cells []string) error {
		writeRow(&row, t.columns, cells)
		if _, err := row.WriteTo(out); err != nil {
			return err
		}
		return pq.add(cells)
	})
	if err := errors.Join(err, out.Flush(), pq.close()); err != nil {
		return nil, fmt.Errorf("audit/tables/%s: %w", t.name, err)
	}
	path := "audit/tables/" + t.name
	csv := File{Path: path + ".csv", Media: mediaCSV, Class: comp.Personal}
	parquet := File{Path: path + ".parquet", Media: mediaParquet, Class: comp.Personal}
	return []File{made[0].file(csv), made[1].file(parquet)}, nil
}

// making is a file that is being written, in memory or outside of it.
type making struct {
	io.Writer
	bytes   *bytes.Buffer // nil: it lies in the scratch file
	scratch Scratch
	hash    hash.Hash
}

// making begins a file.
func (o Options) making(long bool) (*making, error) {
	if !long || o.Scratch == nil {
		m := &making{bytes: &bytes.Buffer{}}
		m.Writer = m.bytes
		return m, nil
	}
	s, err := o.Scratch()
	if err != nil {
		return nil, err
	}
	m := &making{scratch: s, hash: sha256.New()}
	m.Writer = io.MultiWriter(s, m.hash)
	return m, nil
}

// file is f with what was written.
func (m *making) file(f File) File {
	if m.bytes != nil {
		f.Bytes = m.bytes.Bytes()
		return f
	}
	f.Body, f.digest = m.scratch, hex.EncodeToString(m.hash.Sum(nil))
	return f
}

// sum is the sha256 of a file's bytes, in hex.
func (f File) sum() string {
	if f.Body != nil {
		return f.digest
	}
	return digest(f.Bytes)
}

// writeRow writes one row of an audit table.
func writeRow(b *bytes.Buffer, cols []column, cells []string) {
	for i, cell := range cells {
		if i > 0 {
			b.WriteByte(',')
		}
		if !cols[i].whole {
			cell = disarm(cell)
		}
		writeCell(b, cell)
	}
	b.WriteByte('\n')
}

// writeCell writes one CSV cell as RFC 4180 has it; a cell with nothing special in it stays bare.
func writeCell(b *bytes.Buffer, cell string) {
	if !strings.ContainsAny(cell, ",\"\n\r") && strings.TrimSpace(cell) == cell {
		b.WriteString(cell)
		return
	}
	b.WriteByte('"')
	b.WriteString(strings.ReplaceAll(cell, `"`, `""`))
	b.WriteByte('"')
}

// disarm puts an apostrophe before text that a spreadsheet would run as a formula when the CSV is opened by a double
// click (OWASP ASVS 5.0, 1.2.10). Numbers stay as they are. The Parquet file beside it holds the text unchanged.
func disarm(cell string) string {
	if cell == "" || !strings.ContainsRune("=+-@\t\r\x00", rune(cell[0])) {
		return cell
	}
	if _, err := comp.ParseExact(cell); err == nil {
		return cell
	}
	return "'" + cell
}

// parquetFile collects rows into record batches of rowGroup rows.
type parquetFile struct {
	columns []column
	build   *array.RecordBuilder
	out     *pqarrow.FileWriter
	n       int
}

func newParquet(b io.Writer, cols []column) (*parquetFile, error) {
	fields := make([]arrow.Field, len(cols))
	for i, c := range cols {
		fields[i] = arrow.Field{Name: c.name, Type: arrow.BinaryTypes.String, Nullable: true}
		if c.whole {
			fields[i].Type = arrow.PrimitiveTypes.Int64
		}
	}
	schema := arrow.NewSchema(fields, nil)
	props := parquet.NewWriterProperties(
		parquet.WithCreatedBy("carrot"), parquet.WithCompression(compress.Codecs.Snappy),
		parquet.WithMaxRowGroupLength(rowGroup), parquet.WithDictionaryDefault(true))
	w, err := pqarrow.NewFileWriter(schema, b, props, pqarrow.DefaultWriterProps())
	if err != nil {
		return nil, err
	}
	return &parquetFile{columns: cols, build: array.NewRecordBuilder(memory.DefaultAllocator, schema), out: w}, nil
}

func (p *parquetFile) add(cells []string) error {
	for i, cell := range cells {
		switch f := p.build.Field(i).(type) {
		case *array.Int64Builder:
			n, err := strconv.ParseInt(cell, 10, 64)
			if cell == "" {
				f.AppendNull()
			} else if err != nil {
				return err
			} else {
				f.Append(n)
			}
		case *array.StringBuilder:
			if cell == "" {
				f.AppendNull()
			} else {
				f.Append(cell)
			}
		}
	}
	if p.n++; p.n == rowGroup {
		return p.flush()
	}
	return nil
}

func (p *parquetFile) flush() error {
	rec := p.build.NewRecord()
	defer rec.Release()
	p.n = 0
	return p.out.Write(rec)
}

func (p *parquetFile) close() error {
	defer p.build.Release()
	if p.n > 0 {
		if err := p.flush(); err != nil {
			return err
		}
	}
	return p.out.Close()
}
