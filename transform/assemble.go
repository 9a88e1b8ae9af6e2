package transform

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"carrot/transform/comp"
)

// piece is a part with its place in the order of knowledge: later pieces win.
type piece struct {
	Part
	rank     int
	replaced []comp.Period // days that later windows cover: this piece's rows of those days no longer count
}

// generation finds the parts that make up the dataset known of a table: the last snapshot and everything after it, in
// the order of (Seq, file name); and the snapshot before, which tells what has vanished.
func generation(in *Inputs, name string) (now, before []piece) {
	parts := slices.Clone(in.Tables[name])
	file := func(p Part) comp.File { return in.Files[p.File] }
	sort.SliceStable(parts, func(i, j int) bool {
		a, b := parts[i], parts[j]
		if a.Seq != b.Seq {
			return a.Seq < b.Seq
		}
		if file(a).Name != file(b).Name {
			return file(a).Name < file(b).Name
		}
		return file(a).Digest < file(b).Digest
	})
	last, previous, found := 0, 0, 0
	for _, p := range parts {
		if p.Mode == comp.Snapshot && (found == 0 || p.Seq > last) {
			last, previous = p.Seq, last
			found++
		}
	}
	for i, p := range parts {
		switch {
		case found == 0 || p.Seq >= last:
			now = append(now, piece{Part: p, rank: i, replaced: windowsAfter(parts, p.Seq)})
		case found > 1 && p.Seq == previous && p.Mode == comp.Snapshot:
			before = append(before, piece{Part: p, rank: i})
		}
	}
	return now, before
}

func windowsAfter(parts []Part, seq int) []comp.Period {
	var out []comp.Period
	for _, p := range parts {
		if p.Mode == comp.Window && p.Seq > seq {
			out = append(out, p.Covers)
		}
	}
	return out
}

// rivals says whether two rows of one key contradict each other: they stand in one file or in one snapshot. Elsewhere
// the later one replaces the earlier one.
func rivals(a, b *piece) bool {
	return a.rank == b.rank || (a.Seq == b.Seq && a.Mode == comp.Snapshot && b.Mode == comp.Snapshot)
}

// found is a row on its way through readTable.
type found struct {
	row
	piece *piece
	key   string
	gone  bool
}

// readTable assembles a (small) reference table into rows: the dataset known from its parts, in the order of knowledge.
//
// A key that stands twice in one file or one snapshot stops the run (ReachSource), because a reference table gives no way
// to tell whom the wrong one would pay; where the rows are equal in every column the first is taken and a notice says so.
// A row that the snapshot before had and the last one lacks is counted in the notice vanished_row.
func readTable(in *Inputs, name string) ([]row, []comp.Finding, error) {
	contract, err := contractOf(in, name)
	if err != nil {
		return nil, nil, err
	}
	now, before := generation(in, name)
	rows, findings, err := readPieces(in, contract, now)
	if err != nil {
		return nil, nil, err
	}
	newest := map[string]int{}
	for i := range rows {
		r := &rows[i]
		if contract.Keyed() {
			findings = append(findings, mergeRow(rows, newest, i)...)
		}
		if day := r.get(contract.Covers); contract.Covers != "" && day.Kind == comp.KindDate && covered(r.piece.replaced, day.Date) {
			r.gone = true
		}
	}
	findings, bad := settleBad(now, findings, in, rows, newest)
	if contract.Keyed() && len(before) > 0 {
		old, _, err := readPieces(in, contract, before)
		if err != nil {
			return nil, nil, err
		}
		var keys []string
		for _, r := range old {
			if _, ok := newest[r.key]; !ok && !bad[r.key] {
				keys = append(keys, r.key)
			}
		}
		findings = append(findings, vanished(contract, keys, len(keys))...)
	}
	var out []row
	for _, r := range rows {
		if !r.gone {
			out = append(out, r.row)
		}
	}
	return out, sortedFindings(findings), nil
}

func covered(spans []comp.Period, d comp.Date) bool {
	for _, s := range spans {
		if s.Contains(d) {
			return true
		}
	}
	return false
}

// mergeRow lets row i replace the earlier row of its key.
func mergeRow(rows []found, newest map[string]int, i int) []comp.Finding {
	r := &rows[i]
	j, seen := newest[r.key]
	newest[r.key] = i
	if !seen {
		return nil
	}
	old := &rows[j]
	if !rivals(old.piece, r.piece) {
		old.gone = true
		return nil
	}
	r.gone = true
	newest[r.key] = j
	f := duplicate(r.contract, r.key)
	f.Origin = r.origin
	f.Reach = comp.ReachSource
	f.Hint = "export the table with one row per key, or name the columns that identify a row under keys"
	if slices.EqualFunc(old.values, r.values, sameValue) {
		f.Reach, f.Message = comp.ReachNone, f.Message+"; the rows are equal and count once"
	}
	return []comp.Finding{f}
}

func sameValue(a, b comp.Value) bool { return a.Kind == b.Kind && valueText(a) == valueText(b) }

func duplicate(c *comp.Contract, key string) comp.Finding {
	f := comp.Finding{Code: "duplicate_key", Reach: comp.ReachRow, Table: c.Name(), Key: key, Column: strings.Join(c.Keys, ", "), Text: key,
		Message: fmt.Sprintf("the key %s stands more than once in one export, each key once was expected", key),
		Hint:    "correct the source, or name the columns that identify a row under keys"}
	return f
}

// vanished is the notice of rows that the last snapshot lacks; keys are some or all of them.
func vanished(c *comp.Contract, keys []string, count int) []comp.Finding {
	if count == 0 {
		return nil
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	shown := strings.Join(keys[:min(len(keys), vanishedShown)], ", ")
	if count > vanishedShown {
		shown += ", …"
	}
	what := "a row of the snapshot before is not in the last one"
	if count > 1 {
		what = fmt.Sprintf("%d rows of the snapshot before are not in the last one", count)
	}
	f := comp.Finding{Code: "vanished_row", Reach: comp.ReachNone, Table: c.Name(), Text: shown, Count: count, Message: what + ": " + shown,
		Hint: "nothing, where they were deleted in the source; else pull again"}
	if c.Class == comp.Sealed {
		f.Text, f.Message = "", what
	}
	return []comp.Finding{f}
}

// vanishedShown is how many keys a vanished_row notice names.
const vanishedShown = 10

// settleBad sets the rows that decoding refused against the others of their keys: a refused row replaces earlier versions
// as any row does, and what was found about it is dropped where a later version came. It gives the refused keys.
func settleBad(now []piece, fs []comp.Finding, in *Inputs, rows []found, newest map[string]int) ([]comp.Finding, map[string]bool) {
	rank := map[comp.File]int{}
	for _, p := range now {
		rank[in.Files[p.File]] = p.rank // of a file that was pulled twice the last
	}
	bad := map[string]bool{}
	var out []comp.Finding
	for _, f := range fs {
		if f.Key != "" && f.Reach == comp.ReachRow && f.Code != "duplicate_key" {
			bad[f.Key] = true
			if i, ok := newest[f.Key]; ok {
				at, known := rank[comp.File{Digest: f.Origin.File, Name: f.Origin.Name}]
				if known && rows[i].piece.rank > at {
					continue
				}
				rows[i].gone = rows[i].gone || (known && rows[i].piece.rank < at)
			}
		}
		out = append(out, f)
	}
	return out, bad
}

// readPieces decodes pieces into rows, ordered by piece and position, with what decoding found.
func readPieces(in *Inputs, contract *comp.Contract, pieces []piece) ([]found, []comp.Finding, error) {
	cols, err := newColumns(contract)
	if err != nil {
		return nil, nil, err
	}
	var rows []found
	var findings []comp.Finding
	for i := range pieces {
		p := &pieces[i]
		for _, split := range p.Splits {
			var broken error
			findings = append(findings, split(func(b Batch) error {
				if broken = cols.bind(b.Rec); broken != nil {
					return broken
				}
				for k := range cols.n {
					rows = append(rows, cols.row(in, b, k, p))
				}
				return nil
			})...)
			if broken != nil {
				return nil, nil, broken
			}
		}
	}
	sort.SliceStable(rows, func(i, j int) bool {
		if rows[i].piece.rank != rows[j].piece.rank {
			return rows[i].piece.rank < rows[j].piece.rank
		}
		return rows[i].origin.Pos < rows[j].origin.Pos
	})
	return rows, findings, nil
}

// row is row k of the bound batch as plain values, cut loose from it.
func (c *columns) row(in *Inputs, b Batch, k int, p *piece) found {
	f := in.Files[b.File]
	r := row{contract: c.contract, values: make([]comp.Value, len(c.contract.Columns)), origin: comp.Origin{File: f.Digest, Name: f.Name, Pos: b.Pos[k]}}
	for col := range r.values {
		v := c.value(col, k)
		v.Text = strings.Clone(v.Text)
		r.values[col] = v
	}
	return found{row: r, piece: p, key: r.key()}
}

// sortedFindings sorts and drops what says the same of the same place twice.
func sortedFindings(fs []comp.Finding) []comp.Finding {
	comp.SortFindings(fs)
	return slices.CompactFunc(fs, func(a, b comp.Finding) bool {
		return a.Origin == b.Origin && a.Code == b.Code && a.Table == b.Table && a.Key == b.Key && a.Column == b.Column &&
			a.Text == b.Text && a.Payee == b.Payee && a.Measure == b.Measure
	})
}
