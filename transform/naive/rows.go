package naive

import (
	"cmp"
	"slices"
	"strings"

	"carrot/transform/comp"
)

// fact is a row on its way: what it says, when it came, and what became of it.
type fact struct {
	Row
	contract *comp.Contract
	drop     *Drop
	rank     int
	key      string
	covered  bool // a later window covers its day
	replaced bool // a later row of its key came
	rival    bool // another row of its key stands beside it: nobody knows which is right
	broken   bool // it enters no measure
	followed bool // another row of its entity came too soon after it
}

func (f *fact) get(column string) comp.Value {
	if i := f.contract.Index(column); i >= 0 && !f.Refused {
		v := f.Values[i]
		if f.contract.Columns[i].Type == comp.Instant {
			v.Unix = f.Seconds[i]
		}
		return v
	}
	return comp.Value{}
}

// seconds orders rows by a column: instants by the second, dates by the day.
func (f *fact) seconds(column string) int64 {
	i := f.contract.Index(column)
	if f.contract.Columns[i].Type == comp.Instant {
		return f.Seconds[i]
	}
	return int64(f.Values[i].Date)
}

// instant is a column's second; of a date the first one of the day.
func (f *fact) instant(column string) int64 {
	if f.get(column).Kind == comp.Null {
		return 0
	}
	if f.contract.Columns[f.contract.Index(column)].Type == comp.Instant {
		return f.seconds(column)
	}
	return f.seconds(column) * 24 * 60 * 60
}

func (e *engine) contract(table string) *comp.Contract {
	for i := range e.in.Contracts {
		if e.in.Contracts[i].Name() == table {
			return &e.in.Contracts[i]
		}
	}
	return nil
}

// drops are those that make up what is known of a table: from the last snapshot on, in order.
func (e *engine) drops(table string) []Drop {
	all := slices.Clone(e.in.Tables[table])
	slices.SortStableFunc(all, func(a, b Drop) int {
		return cmp.Or(cmp.Compare(a.Seq, b.Seq), strings.Compare(a.Name, b.Name), strings.Compare(a.Digest, b.Digest))
	})
	last := -1
	for _, d := range all {
		if d.Mode == comp.Snapshot {
			last = d.Seq
		}
	}
	return slices.DeleteFunc(all, func(d Drop) bool { return d.Seq < last })
}

// facts are a table's rows in the order in which they became known, each with what later ones did to it.
func (e *engine) facts(table string) []*fact {
	contract, drops := e.contract(table), e.drops(table)
	var out []*fact
	for rank := range drops {
		d := &drops[rank]
		rows := slices.Clone(d.Rows)
		slices.SortStableFunc(rows, func(a, b Row) int { return cmp.Compare(a.Pos, b.Pos) })
		for _, r := range rows {
			f := &fact{Row: r, contract: contract, drop: d, rank: rank, key: r.Key}
			if !r.Refused {
				f.key = keyOf(contract, f)
			}
			for _, later := range drops {
				day := f.get(contract.Covers)
				f.covered = f.covered || (later.Mode == comp.Window && later.Seq > d.Seq && day.Kind == comp.KindDate && later.Covers.Contains(day.Date))
			}
			out = append(out, f)
		}
	}
	return out
}

func keyOf(contract *comp.Contract, f *fact) string {
	var parts []string
	empty := true
	for _, k := range contract.Keys {
		v := f.get(k)
		empty = empty && v.Kind == comp.Null
		parts = append(parts, textOf(v))
	}
	if empty {
		return ""
	}
	return strings.Join(parts, "|")
}

// textOf is a value as people write it.
func textOf(v comp.Value) string {
	switch v.Kind {
	case comp.KindBool:
		if v.Bool {
			return "true"
		}
		return "false"
	case comp.KindNumber:
		return v.Number.String()
	case comp.KindDate:
		return v.Date.String()
	}
	return v.Text
}

// together says whether two rows came at once, so that neither replaces the other.
func together(a, b *fact) bool {
	return a.rank == b.rank || (a.drop.Seq == b.drop.Seq && a.drop.Mode == comp.Snapshot && b.drop.Mode == comp.Snapshot)
}

// present are the rows of a table of facts that count. Of rows with one key the last counts; of those that came together
// none does.
func (e *engine) present(table string) []*fact {
	all := e.facts(table)
	for key, group := range byKey(all) {
		if key == "" {
			continue
		}
		last := group[len(group)-1]
		for _, f := range group {
			if f.rank == last.rank && !f.covered {
				last = f
			}
		}
		for _, f := range group {
			switch {
			case f == last || f.covered:
			case together(f, last) && !last.covered:
				f.rival, last.rival = true, true
			default:
				f.replaced = true
			}
		}
	}
	var out []*fact
	for _, f := range all {
		if f.covered || f.replaced || f.Refused {
			continue
		}
		f.broken = f.rival || (f.contract.Keyed() && f.key == "")
		out = append(out, f)
	}
	return out
}

// reference are the rows of a table of shares that count: of one key the last that came, and of those that came together
// the first.
func (e *engine) reference(table string) []*fact {
	all := e.facts(table)
	for key, group := range byKey(all) {
		if key == "" {
			continue
		}
		best := group[0]
		for _, f := range group[1:] {
			if together(best, f) {
				f.replaced = true
				continue
			}
			best.replaced, best = true, f
		}
	}
	return slices.DeleteFunc(all, func(f *fact) bool { return f.covered || f.replaced || f.Refused })
}

func byKey(all []*fact) map[string][]*fact {
	out := map[string][]*fact{}
	for _, f := range all {
		if f.contract.Keyed() {
			out[f.key] = append(out[f.key], f)
		}
	}
	return out
}
