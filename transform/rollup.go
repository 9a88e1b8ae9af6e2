package transform

import (
	"slices"
	"sort"

	"carrot/transform/comp"
)

// ladder leads from a person to the managers above them, day by day. It is only read.
type ladder struct {
	managers timelines // by person, of managers
}

func newLadder(company *comp.Company) *ladder {
	l := &ladder{}
	for i := range company.People {
		var stays []stay
		for _, s := range company.People[i].Attrs[comp.AttrManager].Spans() {
			k := sort.Search(len(company.People), func(k int) bool { return company.People[k].ID >= s.Value })
			if k < len(company.People) && company.People[k].ID == s.Value {
				stays = append(stays, stay{Period: s.Period, subject: int32(k), id: s.Value})
			}
		}
		l.managers.add(stays)
	}
	return l
}

// above appends the managers above a person on a day, the nearest first. Where they lead back to somebody below, the way
// ends: nobody is above themselves.
func (l *ladder) above(person int32, d comp.Date, to []int32) []int32 {
	first := len(to)
	for m := l.managers.at(person, d); m >= 0 && m != person && !slices.Contains(to[first:], m); m = l.managers.at(m, d) {
		to = append(to, m)
	}
	return to
}

// rollUp puts those above each owner on the row's day in the owner's place, or beside it: each once, with all shares of
// the row that lie below. A share whose owner nobody knows stays as it is, and is held.
func (w *tableWorker) rollUp(t *termRun) {
	t.entries, t.other = t.other, t.entries
	old := &t.other
	t.empty()
	if t.apart {
		old.wholly()
	}
	for k := 0; k < len(old.rows); {
		first, i := len(t.rows), old.rows[k]
		for ; k < len(old.rows) && old.rows[k] == i; k++ {
			w.climb(t, old, k, first)
		}
	}
	if len(old.shares) == 0 {
		t.shares = t.shares[:0]
	}
}

// climb enters who is credited for entry k of old; the row's entries begin at first.
func (w *tableWorker) climb(t *termRun, old *entries, k, first int) {
	var s *share
	if len(old.shares) > 0 {
		s = old.shares[k]
	}
	add := func(subject int32) {
		at := slices.Index(t.subject[first:], subject)
		if at < 0 || subject < 0 {
			t.enter(old.rows[k], old.days[k], old.money[k], subject, s)
			if t.apart {
				t.parts = append(t.parts, old.parts[k])
			}
			return
		}
		if t.apart {
			t.parts[first+at] = t.parts[first+at].Add(old.parts[k])
		}
	}
	subject := old.subject[k]
	if subject < 0 {
		add(subject)
		return
	}
	if t.term.Owner.Rollup == "team" {
		add(subject)
	}
	w.chain = t.ladder.above(subject, comp.Date(old.days[k]), w.chain[:0])
	for _, m := range w.chain {
		add(m)
	}
}
