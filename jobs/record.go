package jobs

import (
	"context"
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"carrot/connectors"
	"carrot/jobs/archive"
	"carrot/transform"
	"carrot/transform/comp"
)

// Record is where one record of a source went in one run.
type Record struct {
	Run      string    `json:"run"`
	Period   string    `json:"period"`
	Record   string    `json:"record"` // source/table/ID
	Class    string    `json:"class"`
	Sealed   int       `json:"sealed_rows"`        // of a sealed table: rows with that key, not shown
	Versions []Version `json:"versions,omitempty"` // in the order of knowledge; the last one is in force
	Credits  []Credit  `json:"credits,omitempty"`  // paid: to whom, in which lines
	Findings []Finding `json:"findings,omitempty"` // held, or merely noted
	Reasons  []string  `json:"reasons,omitempty"`  // why no measure of this run takes it, one a measure
	Fate     string    `json:"fate"`               // see ExplainRecord
	Words    []string  `json:"words"`              // the answer as one would write it to whom it concerns
}

// Version is one row with the record's key.
type Version struct {
	Known string `json:"known"` // "" always
	SourceRow
}

// ExplainRecord says where a record, source/table/ID, went: paid to whom in which line, held with which finding, or
// excluded and why. The ID is the text of the table's key columns, joined by |. Rows of sealed tables are counted and
// never shown.
//
// Fate has the certificate's words: paid; held; excluded, where no measure takes the record or its finding is waived;
// exception, where a measure takes it in this pay period and nobody takes part for it; other periods. A record that counts
// in a measure without a line is credited, one that the run did not know is unknown, and one of a sealed table is sealed.
//
// Where payee is not "" the words also say what of the record is that person's, or whose it is instead.
func ExplainRecord(ctx context.Context, store archive.Store, m archive.Manifest, record, payee, temp string) (Record, error) {
	out := Record{Run: m.Run, Period: m.Period, Record: record}
	parts := strings.SplitN(record, "/", 3)
	if len(parts) != 3 || parts[2] == "" {
		return out, refuse("--record %s: expected source/table/ID, such as salesforce/deals/0061", record)
	}
	e, err := newExplainer(ctx, store, m, temp)
	if err != nil {
		return out, err
	}
	defer e.vault.Close()
	table, key := parts[0]+"."+parts[1], parts[2]
	def, ok := tableDefs(e.k)[table]
	if !ok {
		return out, refuse("--record %s: %s is no table of the run; tables are %s", record, table, firstFew(tableNames(e.k)))
	}
	if !def.contract.Keyed() {
		return out, refuse("--record %s: rows of %s have no identity; name the columns that identify a row under keys: in the source's file", record, table)
	}
	out.Class = string(def.contract.Class)
	last, err := e.versions(def, key, &out)
	if err != nil {
		return out, err
	}
	if def.contract.Class == comp.Sealed {
		out.Fate = "sealed"
		out.Words = []string{fmt.Sprintf("%s was answered in confidence: %s with that key, not shown.", record, count(out.Sealed, "row", "rows"))}
		return out, nil
	}
	if err := e.fate(table, key, &out); err != nil {
		return out, err
	}
	if err := e.decide(table, last, &out); err != nil {
		return out, err
	}
	out.Words, err = e.recordWords(&out, def, key, payee)
	return out, err
}

func tableNames(k *knowledge) []string {
	var out []string
	for _, c := range k.config.Contracts {
		out = append(out, c.Name())
	}
	return out
}

// versions finds the rows with the key, in the order of knowledge, and gives the values of the last one.
func (e *explainer) versions(def tableDef, key string, out *Record) (map[string]comp.Value, error) {
	err := e.eachRow(def, func(p archive.Pull, o archive.Object, pos int64, row map[string]comp.Value) error {
		if keyOf(def.contract, row) != key {
			return nil
		}
		e.values = append(e.values, row)
		return e.version(def, p, o, pos, out)
	})
	if err != nil || len(e.values) == 0 {
		return nil, err
	}
	return e.values[len(e.values)-1], nil
}

// eachRow hands out every row that can be read of a table, in the order of knowledge. Of a file that was pulled several
// times under one name the newest version counts alone.
func (e *explainer) eachRow(def tableDef, out func(p archive.Pull, o archive.Object, pos int64, row map[string]comp.Value) error) error {
	h := replayHouse(e.store, "", nil)
	newest := map[string]string{}
	for _, p := range e.k.pulls {
		for _, o := range p.Objects {
			if p.Name() == def.contract.Name() {
				newest[o.Name] = o.Digest
			}
		}
	}
	for _, p := range e.k.pulls {
		if p.Name() != def.contract.Name() {
			continue
		}
		for _, o := range p.Objects {
			if newest[o.Name] != o.Digest {
				continue
			}
			in, err := e.vault.input(o, def, 0)
			if err != nil {
				return err
			}
			if err := e.rowsOf(h, def, in, func(pos int64, row map[string]comp.Value) error { return out(p, o, pos, row) }); err != nil {
				return err
			}
		}
	}
	return e.ctx.Err()
}

// rowsOf decodes one file.
func (e *explainer) rowsOf(h *House, def tableDef, in connectors.Input, out func(pos int64, row map[string]comp.Value) error) error {
	splits, _ := h.splits(def.kind, in)
	for _, decode := range splits {
		var stop error
		decode(func(b transform.Batch) error {
			for i := range int(b.Rec.NumRows()) {
				if stop = out(b.Pos[i], rowAt(def.contract, b.Rec, i)); stop != nil {
					return stop
				}
			}
			return e.ctx.Err()
		})
		if stop != nil {
			return stop
		}
	}
	return nil
}

// version adds one row to what is shown, or to the count of what is not.
func (e *explainer) version(def tableDef, p archive.Pull, o archive.Object, pos int64, out *Record) error {
	row, sealed, err := e.row(comp.Origin{File: o.Digest, Name: o.Name, Pos: pos}, []string{def.contract.Name()})
	if err != nil {
		return err
	}
	if sealed {
		out.Sealed++
		return nil
	}
	v := Version{SourceRow: row}
	if p.Known != Always {
		v.Known = p.Known.String()
	}
	out.Versions = append(out.Versions, v)
	return nil
}

// show is a value as text.
func show(v comp.Value) string {
	switch v.Kind {
	case comp.KindBool:
		return fmt.Sprint(v.Bool)
	case comp.KindText:
		return fmt.Sprintf("%q", v.Text)
	case comp.KindNumber:
		return v.Number.String()
	case comp.KindDate:
		return v.Date.String()
	}
	return "empty"
}

// rowAt is a decoded row's values by column.
func rowAt(c comp.Contract, rec arrow.Record, i int) map[string]comp.Value {
	out := map[string]comp.Value{}
	for j, col := range c.Columns {
		out[col.Name] = cell(col, rec.Column(j), i)
	}
	return out
}

func keyText(v comp.Value) string {
	if v.Kind == comp.KindText {
		return v.Text
	}
	if v.Kind == comp.Null {
		return ""
	}
	return show(v)
}

// cell is a decoded cell as a value.
func cell(col comp.Column, a arrow.Array, i int) comp.Value {
	if a.IsNull(i) {
		return comp.Value{}
	}
	switch a := a.(type) {
	case *array.String:
		return comp.TextValue(strings.Clone(a.Value(i)))
	case *array.Dictionary:
		if words, ok := a.Dictionary().(*array.String); ok {
			return comp.TextValue(strings.Clone(words.Value(a.GetValueIndex(i))))
		}
	case *array.Int64:
		return comp.NumberValue(comp.Int(a.Value(i)))
	case *array.Decimal128:
		v := a.Value(i)
		return comp.NumberValue(comp.FromInt128(v.HighBits(), v.LowBits(), col.Scale))
	case *array.Date32:
		return comp.DateValue(comp.Date(a.Value(i)))
	case *array.Timestamp:
		zone, err := comp.Zone(col.Zone)
		if err != nil {
			return comp.Value{}
		}
		return comp.DateValue(comp.DateIn(int64(a.Value(i)), zone))
	case *array.Boolean:
		return comp.BoolValue(a.Value(i))
	}
	return comp.Value{}
}
