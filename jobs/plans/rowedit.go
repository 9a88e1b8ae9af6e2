package plans

import (
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"carrot/transform"
	"carrot/transform/comp"
)

// rowEdit is what becomes of the rows of a table whose column holds a text, of those of one day where dated is a column: each is
// written so many times, every time with other cells; no times is left out.
type rowEdit struct {
	table  string
	column int
	match  string
	dated  int // -1: of any day
	on     comp.Date
	copies []rowCopy
}

// rowCopy is a row with some cells replaced, by column.
type rowCopy struct {
	set    map[int]comp.Value // read by key only
	suffix int                // the column whose text gets the end; ignored where end is ""
	end    string
}

// withEdits are inputs in which rows are edited.
func withEdits(in transform.Inputs, edits []rowEdit) transform.Inputs {
	of := map[string][]rowEdit{}
	for _, e := range edits {
		of[e.table] = append(of[e.table], e)
	}
	tables := make(map[string][]transform.Part, len(in.Tables))
	for name, parts := range in.Tables { // each to a key of its own
		tables[name] = parts
		if len(of[name]) > 0 {
			i := slices.IndexFunc(in.Contracts, func(c comp.Contract) bool { return c.Name() == name })
			tables[name] = editedParts(&in.Contracts[i], parts, of[name])
		}
	}
	in.Tables = tables
	return in
}

func editedParts(c *comp.Contract, parts []transform.Part, edits []rowEdit) []transform.Part {
	out := slices.Clone(parts)
	for i := range out {
		splits := slices.Clone(out[i].Splits)
		for k, split := range splits {
			splits[k] = func(to func(transform.Batch) error) []comp.Finding {
				return split(func(b transform.Batch) error { return editBatch(c, b, edits, to) })
			}
		}
		out[i].Splits = splits
	}
	return out
}

// editBatch hands a batch on: as it is where no row of it is edited.
func editBatch(c *comp.Contract, b transform.Batch, edits []rowEdit, to func(transform.Batch) error) error {
	hits := map[int]*rowEdit{}
	byColumn := map[int]map[string][]*rowEdit{}
	for k := range edits {
		e := &edits[k]
		if byColumn[e.column] == nil {
			byColumn[e.column] = map[string][]*rowEdit{}
		}
		byColumn[e.column][e.match] = append(byColumn[e.column][e.match], e)
	}
	for column := range int(b.Rec.NumCols()) {
		matches := byColumn[column]
		for i := 0; len(matches) > 0 && i < int(b.Rec.NumRows()); i++ {
			text, ok := textCell(b.Rec.Column(column), i)
			if !ok {
				continue
			}
			for _, e := range matches[text] {
				if e.dated < 0 || dayCell(b.Rec.Column(e.dated), i) == e.on {
					hits[i] = e
				}
			}
		}
	}
	if len(hits) == 0 {
		return to(b)
	}
	r := array.NewRecordBuilder(memory.DefaultAllocator, b.Rec.Schema())
	defer r.Release()
	var pos []int64
	for i := range int(b.Rec.NumRows()) {
		copies := []rowCopy{{}}
		if e := hits[i]; e != nil {
			copies = e.copies
		}
		for k, x := range copies {
			for j, col := range c.Columns {
				copyCell(r.Field(j), col, b.Rec.Column(j), i, x, j)
			}
			pos = append(pos, b.Pos[i]+int64(k)<<40) // each row has a place of its own
		}
	}
	rec := r.NewRecord()
	defer rec.Release()
	return to(transform.Batch{Rec: rec, File: b.File, Pos: pos})
}

// copyCell appends a cell of a row, or what a copy has in its place.
func copyCell(to array.Builder, col comp.Column, from arrow.Array, i int, x rowCopy, j int) {
	if v, ok := x.set[j]; ok {
		appendCell(to, col, v)
		return
	}
	if from.IsNull(i) {
		to.AppendNull()
		return
	}
	if text, ok := textCell(from, i); ok {
		if x.end != "" && j == x.suffix {
			text += x.end
		}
		appendCell(to, col, comp.TextValue(text))
		return
	}
	switch a := from.(type) {
	case *array.Int64:
		to.(*array.Int64Builder).Append(a.Value(i))
	case *array.Decimal128:
		to.(*array.Decimal128Builder).Append(a.Value(i))
	case *array.Date32:
		to.(*array.Date32Builder).Append(a.Value(i))
	case *array.Timestamp:
		to.(*array.TimestampBuilder).Append(a.Value(i))
	case *array.Boolean:
		to.(*array.BooleanBuilder).Append(a.Value(i))
	default:
		to.AppendNull()
	}
}

// textCell is the text of a cell of a column of texts.
func textCell(a arrow.Array, i int) (string, bool) {
	if a.IsNull(i) {
		return "", false
	}
	switch a := a.(type) {
	case *array.String:
		return a.Value(i), true
	case *array.Dictionary:
		if d, ok := a.Dictionary().(*array.String); ok {
			return d.Value(a.GetValueIndex(i)), true
		}
	}
	return "", false
}

// dayCell is the day of a cell; NoDate where it is no day.
func dayCell(a arrow.Array, i int) comp.Date {
	if d, ok := a.(*array.Date32); ok && !a.IsNull(i) {
		return comp.Date(d.Value(i))
	}
	return comp.NoDate
}
