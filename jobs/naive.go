package jobs

import (
	"fmt"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"carrot/transform"
	"carrot/transform/comp"
	"carrot/transform/naive"
)

// Plain turns the inputs of runs into those of the naive engine, every cell an exact value. What one file holds is read
// once, however many runs read it.
type Plain struct {
	drops map[string]naive.Drop
}

// Inputs are a run's inputs as plain values.
func (x *Plain) Inputs(in *transform.Inputs) (naive.Inputs, error) {
	company, found, err := transform.Conform(*in)
	if err != nil {
		return naive.Inputs{}, err
	}
	out := naive.Inputs{Run: in.Run, Settings: in.Settings, Mapping: in.Mapping, Contracts: in.Contracts, Measures: in.Measures, Plans: in.Plans,
		Ledger: in.Ledger, Waivers: in.Waivers, Adjustments: in.Adjustments, Company: company, Confided: in.Confided, Found: slices.Concat(in.Found, found),
		Tables: map[string][]naive.Drop{}}
	asked := map[string]bool{}
	for _, m := range in.Measures {
		for _, t := range m.Terms {
			asked[t.Table] = true
			if t.Owner.Split != nil {
				asked[t.Owner.Split.Table] = true
			}
		}
	}
	for i := range in.Contracts {
		c := &in.Contracts[i]
		if !asked[c.Name()] {
			continue
		}
		for _, p := range in.Tables[c.Name()] {
			d, err := x.drop(in, c, p)
			if err != nil {
				return naive.Inputs{}, err
			}
			out.Tables[c.Name()] = append(out.Tables[c.Name()], d)
		}
	}
	return out, nil
}

// drop reads one file.
func (x *Plain) drop(in *transform.Inputs, c *comp.Contract, p transform.Part) (naive.Drop, error) {
	f := in.Files[p.File]
	id := fmt.Sprintf("%+v %s %s", *c, f.Name, f.Digest)
	d, done := x.drops[id]
	if !done {
		var err error
		if d.Rows, err = plainRows(c, p); err != nil {
			return d, err
		}
		if x.drops == nil {
			x.drops = map[string]naive.Drop{}
		}
		x.drops[id] = d
	}
	d.Seq, d.Mode, d.Covers, d.Name, d.Digest = p.Seq, p.Mode, p.Covers, f.Name, f.Digest
	return d, nil
}

// plainRows are the rows of one file, those included that decoding refused: they take the place of older ones.
func plainRows(c *comp.Contract, p transform.Part) ([]naive.Row, error) {
	var rows []naive.Row
	var broken error
	for _, split := range p.Splits {
		found := split(func(b transform.Batch) error {
			for i, pos := range b.Pos {
				r := naive.Row{Pos: pos, Values: make([]comp.Value, len(c.Columns)), Seconds: make([]int64, len(c.Columns))}
				for k, col := range c.Columns {
					if r.Values[k], r.Seconds[k], broken = plainCell(b.Rec.Column(k), i, col); broken != nil {
						return broken
					}
				}
				rows = append(rows, r)
			}
			return nil
		})
		if broken != nil {
			return nil, broken
		}
		refused := map[int64]bool{}
		for _, f := range found {
			if f.Reach == comp.ReachRow && !refused[f.Origin.Pos] {
				refused[f.Origin.Pos] = true
				rows = append(rows, naive.Row{Pos: f.Origin.Pos, Key: f.Key, Refused: true})
			}
		}
	}
	return rows, nil
}

// plainCell is one cell as an exact value; of an instant the seconds as well.
func plainCell(a arrow.Array, i int, c comp.Column) (comp.Value, int64, error) {
	if a.IsNull(i) {
		return comp.Value{}, 0, nil
	}
	switch a := a.(type) {
	case *array.String:
		return comp.TextValue(strings.Clone(a.Value(i))), 0, nil
	case *array.Dictionary:
		words, ok := a.Dictionary().(*array.String)
		if !ok {
			return comp.Value{}, 0, fmt.Errorf("column %s is a dictionary of %s", c.Name, a.Dictionary().DataType())
		}
		if words.IsNull(a.GetValueIndex(i)) {
			return comp.Value{}, 0, nil
		}
		return comp.TextValue(strings.Clone(words.Value(a.GetValueIndex(i)))), 0, nil
	case *array.Int64:
		return comp.NumberValue(comp.Int(a.Value(i))), 0, nil
	case *array.Decimal128:
		n := a.Value(i)
		return comp.NumberValue(comp.FromInt128(n.HighBits(), n.LowBits(), c.Scale)), 0, nil
	case *array.Date32:
		return comp.DateValue(comp.Date(a.Value(i))), 0, nil
	case *array.Timestamp:
		zone, err := comp.Zone(c.Zone)
		if err != nil {
			return comp.Value{}, 0, err
		}
		return comp.DateValue(comp.DateIn(int64(a.Value(i)), zone)), int64(a.Value(i)), nil
	case *array.Boolean:
		return comp.BoolValue(a.Value(i)), 0, nil
	}
	return comp.Value{}, 0, fmt.Errorf("column %s is %s", c.Name, a.DataType())
}
