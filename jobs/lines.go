package jobs

import (
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
	for i := range r.Credits {
		if c := &r.Credits[i]; !c.Sealed {
			asked.add(c.Table, c.Origin, &c.Line)
		}
	}
	for _, ask := range asked.all {
		if err := w.lines(ask); err != nil {
			return err
		}
	}
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

// lines answers what is asked of one file.
func (w *work) lines(ask *lineAsk) error {
	obj, ok := w.bench.object[ask.digest]
	if !ok || ask.digest == "" {
		return nil
	}
	in, err := w.bench.vault.input(obj, w.bench.reader.of(ask.digest, ask.table), 0)
	if err != nil {
		return err
	}
	lines, _ := connectors.LinesOf(in, ask.pos) // an unfit file has no lines; what is wrong with it is a finding of its own
	for i, line := range lines {
		*ask.to[i] = line
	}
	return nil
}
