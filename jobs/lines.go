package jobs

import (
	"slices"

	"carrot/connectors"
	"carrot/transform/comp"
)

// maxShown is how many findings of one code and column are shown with their line; tables/findings has every one.
const maxShown = 1000

// number counts line numbers for what is printed: credits, and findings up to the number that is shown of a kind. Rows of
// sealed tables get none. A record that did not come from a file has line 0.
func (w *work) number() error {
	r := w.result
	asked := lineAsks{by: map[fileAs]*lineAsk{}}
	seen := map[[2]string]int{}
	for i := range r.Findings {
		f := &r.Findings[i]
		kind := [2]string{f.Code, f.Column}
		if seen[kind]++; seen[kind] > maxShown || f.Line > 0 || w.classes[f.Table] == comp.Sealed {
			continue
		}
		asked.add(f.Table, f.Origin, &f.Line)
	}
	for _, ask := range asked.all {
		lines, err := w.bench.lines(ask.fileAs, ask.pos)
		if err != nil {
			return err
		}
		for i, line := range lines {
			*ask.to[i] = line
		}
	}
	return w.numberCredits()
}

// numberCredits gives every credit its line from here on. There may be millions: of each row only the position and the
// line stay in memory.
func (w *work) numberCredits() error {
	asked := map[fileAs][]int64{}
	for _, payee := range w.result.Credits.Payees() {
		err := w.result.Credits.Each(payee, func(_ int, c *comp.Credit) error {
			if !c.Sealed {
				k := fileAs{c.Origin.File, c.Table}
				asked[k] = append(asked[k], c.Origin.Pos)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	lines := map[fileAs][]int{}
	for k, pos := range asked { // in any order: each on its own
		slices.Sort(pos)
		pos = slices.Clip(slices.Compact(pos))
		asked[k] = pos
		at, err := w.bench.lines(k, pos)
		if err != nil {
			return err
		}
		lines[k] = at
	}
	w.result.Credits = w.result.Credits.Seen(func(c *comp.Credit) {
		k := fileAs{c.Origin.File, c.Table}
		if i, ok := slices.BinarySearch(asked[k], c.Origin.Pos); ok && lines[k] != nil {
			c.Line = lines[k][i]
		}
	})
	return nil
}

// fileAs is a raw file, by its digest, as one table reads it.
type fileAs struct{ digest, table string }

// lineAsk is what is asked of one file: the lines of positions, and where each is to be written.
type lineAsk struct {
	fileAs
	pos []int64
	to  []*int
}

// lineAsks brings the questions about one file together, since it is read once for all of them.
type lineAsks struct {
	by  map[fileAs]*lineAsk // read by key only
	all []*lineAsk
}

func (l *lineAsks) add(table string, o comp.Origin, to *int) {
	k := fileAs{o.File, table}
	ask, ok := l.by[k]
	if !ok {
		ask = &lineAsk{fileAs: k}
		l.by[k], l.all = ask, append(l.all, ask)
	}
	ask.pos, ask.to = append(ask.pos, o.Pos), append(ask.to, to)
}

// lines are those of positions in one file; none where there is no file.
func (b *bench) lines(of fileAs, pos []int64) ([]int, error) {
	obj, ok := b.object[of.digest]
	if !ok || of.digest == "" {
		return nil, nil
	}
	in, err := b.vault.input(obj, b.reader.of(of.digest, of.table), 0)
	if err != nil {
		return nil, err
	}
	lines, _ := connectors.LinesOf(in, pos) // an unfit file has no lines; what is wrong with it is a finding of its own
	return lines, nil
}
