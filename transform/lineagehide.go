package transform

import (
	"carrot/transform/comp"
)

// Without is the lineage without the rows of some files. A series of which nothing is left is not in it.
func (l *Lineage) Without(hide func(comp.File) bool) (*Lineage, error) {
	data, err := l.bytes(0, l.size())
	if err != nil {
		return nil, err
	}
	out := &Lineage{files: l.files, measures: l.measures, subjects: l.subjects}
	hidden := make([]bool, len(l.files))
	for i, f := range l.files {
		hidden[i] = hide(f)
	}
	for _, s := range l.series {
		from := len(out.data)
		r := reader{b: data[s.from:s.to]}
		for len(r.b) > 0 && r.err == nil {
			rest := r.b
			file, n := r.uint(), r.uint()
			for i := uint64(0); i < n && r.err == nil; i++ {
				r.uint()
			}
			if file >= uint64(len(hidden)) || r.err != nil {
				return nil, errLineage
			}
			if !hidden[file] {
				out.data = append(out.data, rest[:len(rest)-len(r.b)]...)
			}
		}
		if len(out.data) > from {
			out.series = append(out.series, seriesAt{s.measure, s.subject, s.period, from, len(out.data)})
		}
	}
	return out, nil
}
