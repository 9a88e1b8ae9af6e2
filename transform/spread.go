package transform

import (
	"encoding/binary"
	"sort"
	"strings"

	"carrot/transform/comp"
)

// bin is what rows have in common that a statistic cannot tell apart: their groups, their value, and whether they are hits or
// misses.
type bin struct {
	group     string // the cells of the term's group columns, each ended by a zero byte
	coef      int64  // the value is coef * 10^-scale, without trailing zeros …
	scale     int8
	exact     string // … or this fraction
	hit, miss bool
}

// spread counts rows by bin: a multiset, so that adding spreads is exact and knows no order.
type spread map[bin]int64

func (s spread) merge(from spread) {
	for a, n := range from { // a sum
		s[a] += n
	}
}

// value is the bin's value; 1 where rows only count.
func (a *bin) value() comp.Number {
	if a.exact != "" {
		n, err := comp.ParseExact(a.exact)
		if err != nil {
			panic("an exact number that was written by us: " + err.Error())
		}
		return n
	}
	return comp.Scaled(a.coef, int(a.scale))
}

// groups are the cells of the bin's group columns.
func (a *bin) groups() []string {
	if a.group == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(a.group, "\x00"), "\x00")
}

// valued sets the bin's value.
func (a *bin) valued(n comp.Number) {
	coef, scale, small := n.Small()
	if !small {
		a.coef, a.scale, a.exact = 0, 0, n.String()
		return
	}
	for ; scale > 0 && coef%10 == 0; scale-- {
		coef /= 10
	}
	a.coef, a.scale, a.exact = coef, int8(scale), ""
}

// counted is a bin with how many rows fell into it.
type counted struct {
	bin
	n int64
}

// sorted are the bins that rows fell into, in the order of group, value, hit and miss.
func (s spread) sorted() []counted {
	out := make([]counted, 0, len(s))
	for a, n := range s {
		if n != 0 {
			out = append(out, counted{a, n})
		}
	}
	sort.Slice(out, func(i, j int) bool {
		a, b := &out[i].bin, &out[j].bin
		if a.group != b.group {
			return a.group < b.group
		}
		if c := a.value().Cmp(b.value()); c != 0 {
			return c < 0
		}
		if a.hit != b.hit {
			return b.hit
		}
		return !a.miss && b.miss
	})
	return out
}

// spreadOf is a cell's spread, made at need.
func (p *partial) spreadOf(measure int, currency, cell int32) spread {
	k := oddKey{int32(measure), currency, cell}
	s := p.spreads[k]
	if s == nil {
		s = spread{}
		p.spreads[k] = s
	}
	return s
}

// addSpread counts the entries by bin.
func (w *tableWorker) addSpread(t *termRun) {
	var a bin
	for k, cell := range t.cells {
		if cell < 0 {
			continue
		}
		i := t.rows[k]
		w.key = w.appendGroups(w.key[:0], t, i)
		a.valued(t.rowValue(i).Mul(t.portion(k)))
		a.hit, a.miss = t.rated && t.hits[i] == yes, t.missed && t.misses[i] == yes
		s := w.sum.spreadOf(t.measure, t.money[k], cell)
		a.group = string(w.key)
		if s[a] += w.sign; s[a] == 0 {
			delete(s, a)
		}
	}
}

// appendGroups adds the cells of the term's group columns to b. An empty cell is a group of its own.
func (w *tableWorker) appendGroups(b []byte, t *termRun, i int32) []byte {
	for _, c := range t.group {
		if v := w.cols.vec(c); v.kind == comp.KindText && !v.isNull(int(i)) {
			b = append(b, v.textAt(int(i))...)
		} else {
			b = append(b, valueText(w.cols.value(c, int(i)))...)
		}
		b = append(b, 0)
	}
	return b
}

// appendText adds a text with its length.
func appendText[T ~string | ~[]byte](b []byte, s T) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}
