package naive

import (
	"cmp"
	"math/big"

	"carrot/transform/comp"
)

// credit is what one row gives to one payee or pool.
type credit struct {
	day      comp.Date
	currency comp.Currency
	value    *big.Rat
	hit      bool
	table    string
	miss     bool
	group    []string
	deal     string
	at       int64    // orders deals: the second of an instant, the first second of a day
	row      *big.Rat // what the whole row is worth
	from     *fact
}

func (e *engine) measure(id string) *comp.Measure {
	for i := range e.in.Measures {
		if e.in.Measures[i].ID == id {
			return &e.in.Measures[i]
		}
	}
	return nil
}

func poolKind(m *comp.Measure) comp.Pool {
	if m.Pool == "" {
		return comp.PoolPayee
	}
	return m.Pool
}

// owner is who gets which share of a row; nobody has it where person is nil.
type owner struct {
	person *comp.Person
	share  *big.Rat
}

// entry is a row of a term that is to be given to its owners.
type entry struct {
	credit
	fact   *fact
	owners []owner
}

// credit gives every row of a measure to whom it belongs. Before that every term of every measure of a table has looked at
// the table's rows: a row that one of them cannot read enters none.
func (e *engine) credit(m comp.Measure) {
	for i := range m.Terms {
		t := &m.Terms[i]
		rows := e.read(t.Table)
		for _, x := range e.entries(&m, t, rows) {
			if x.fact.broken {
				continue
			}
			for _, o := range x.owners {
				c := x.credit
				c.from, c.row, c.value = x.fact, c.value, new(big.Rat).Mul(c.value, o.share)
				to := "company"
				if poolKind(&m) != comp.PoolCompany {
					if o.person == nil {
						continue
					}
					to = poolOf(poolKind(&m), o.person, x.day)
				}
				k := [2]string{m.ID, to}
				e.credits[k] = append(e.credits[k], c)
			}
		}
	}
}

// read is a table's present rows, with those marked that some term of some measure cannot read.
func (e *engine) read(table string) []*fact {
	if rows, done := e.rows[table]; done {
		return rows
	}
	rows := e.present(table)
	e.rows[table] = rows
	for i := range e.in.Measures {
		m := &e.in.Measures[i]
		for k := range m.Terms {
			if t := &m.Terms[k]; t.Table == table {
				for _, f := range rows {
					f.broken = f.broken || (takes(t, f) && !e.readable(m, t, f))
				}
			}
		}
	}
	return rows
}

func takes(t *comp.Term, f *fact) bool {
	if t.Where == nil {
		return true
	}
	v, _ := t.Where.Eval(f.get)
	return v.True()
}

// otherKind says whether a row tells that it is of another kind of survey than the measure's.
func otherKind(m *comp.Measure, f *fact) bool {
	s := f.contract.Survey
	return s != nil && s.By != "" && f.get(s.By).Text != m.Survey
}

// readable says whether a row has everything that a term asks of it. What a fold takes one of is only asked for entity and
// order: the rest matters for the row that is taken alone, and for this term alone.
func (e *engine) readable(m *comp.Measure, t *comp.Term, f *fact) bool {
	if otherKind(m, f) {
		return false
	}
	if t.Fold == nil {
		_, ok := e.entry(m, t, f)
		return ok
	}
	for _, c := range append([]string{t.Fold.Order}, t.Fold.By...) {
		if f.get(c).Kind == comp.Null {
			return false
		}
	}
	if t.Fold.Per != "" {
		return f.get(t.Date).Kind == comp.KindDate
	}
	return true
}

// entries are a term's rows, one for each entity where it folds.
func (e *engine) entries(m *comp.Measure, t *comp.Term, rows []*fact) []entry {
	var taken []*fact
	for _, f := range rows {
		if takes(t, f) && !otherKind(m, f) {
			taken = append(taken, f)
		}
	}
	switch {
	case t.Fold == nil:
	case t.Fold.Take == "each":
		taken = undisturbed(t.Fold, taken)
	default:
		taken = e.oneEach(t, taken)
	}
	var out []entry
	for _, f := range taken {
		if x, ok := e.entry(m, t, f); ok && x.owners != nil {
			out = append(out, x)
		}
	}
	return out
}

// entry is what a row is worth under a term and whose it is; no owners where its day is still to come. ok is false where it
// cannot be read.
func (e *engine) entry(m *comp.Measure, t *comp.Term, f *fact) (entry, bool) {
	x := entry{fact: f, credit: credit{value: big.NewRat(1, 1), table: t.Table}}
	day := f.get(t.Date)
	if day.Kind != comp.KindDate {
		return x, false
	}
	name := t.Deal
	if name == "" && len(f.contract.Keys) > 0 {
		name = f.contract.Keys[0]
	}
	x.deal, x.at = textOf(f.get(name)), f.instant(cmp.Or(t.Order, t.Date))
	if x.day = day.Date; x.day >= e.in.Run.Period.End {
		return x, true
	}
	if t.Hit != nil {
		hit, _ := t.Hit.Eval(f.get)
		x.hit = hit.True() && !f.followed
	}
	if t.Miss != nil {
		miss, _ := t.Miss.Eval(f.get)
		x.miss = miss.True()
	}
	for _, column := range t.Group {
		x.group = append(x.group, textOf(f.get(column)))
	}
	switch m.Aggregate {
	case comp.Share, comp.Rate, comp.Net, comp.Evenness:
	case comp.Count:
	default:
		v, err := t.Value.Eval(f.get)
		if err != nil || v.Kind != comp.KindNumber {
			return x, false
		}
		x.value, x.currency = v.Number.Rat(), t.Fixed
		if t.Currency != "" {
			x.currency = comp.Currency(f.get(t.Currency).Text)
			if _, known := x.currency.Digits(); !known {
				return x, false
			}
		}
	}
	if t.Sign < 0 {
		x.value = new(big.Rat).Neg(x.value)
	}
	var ok bool
	x.owners, ok = e.owners(m, t, f, x.credit)
	return x, ok
}

// owners are whose a row is: those of its shares where it has any, else its owner; or those above them.
func (e *engine) owners(m *comp.Measure, t *comp.Term, f *fact, x credit) ([]owner, bool) {
	if poolKind(m) == comp.PoolCompany {
		return []owner{{nil, big.NewRat(1, 1)}}, true
	}
	out, ok := e.shared(m, t, f, x)
	if t.Owner.Rollup != "" {
		out = e.rolled(t.Owner.Rollup, out, x.day)
	}
	return out, ok
}

// rolled are those above the owners of a row on a day, each once with all that lies below; with team the owners as well.
func (e *engine) rolled(rollup string, below []owner, day comp.Date) []owner {
	out := []owner{}
	add := func(p *comp.Person, share *big.Rat) {
		for i := range out {
			if out[i].person == p {
				out[i].share = new(big.Rat).Add(out[i].share, share)
				return
			}
		}
		out = append(out, owner{p, share})
	}
	for _, o := range below {
		if o.person == nil {
			continue
		}
		if rollup == "team" {
			add(o.person, o.share)
		}
		seen := map[string]bool{o.person.ID: true}
		for p := o.person; p != nil; {
			id, _ := p.Attr(comp.AttrManager, day)
			if p = e.people[id]; p == nil || seen[id] {
				break
			}
			seen[id] = true
			add(p, o.share)
		}
	}
	return out
}

func (e *engine) shared(m *comp.Measure, t *comp.Term, f *fact, x credit) ([]owner, bool) {
	s := t.Owner.Split
	if s == nil {
		return []owner{{e.holder(t.Owner.System, textOf(f.get(t.Owner.Column)), x.day), big.NewRat(1, 1)}}, true
	}
	out, ids, sum := []owner{}, []string{}, new(big.Rat)
	if of := f.get(s.Of); of.Kind != comp.Null {
		for _, r := range e.shares(s)[textOf(of)] {
			login, part := r.get(s.Owner), r.get(s.Percent)
			if s.Weight != "" {
				part = r.get(s.Weight)
			}
			if login.Kind == comp.Null || part.Kind == comp.Null || (s.Weight != "" && part.Number.Sign() < 0) {
				return nil, false
			}
			share := part.Number.Rat()
			sum.Add(sum, share)
			p := e.holder(t.Owner.System, textOf(login), x.day)
			out, ids = append(out, owner{p, share}), append(ids, textOf(login))
			if p != nil {
				ids[len(ids)-1] = p.ID
			}
		}
	}
	switch {
	case len(out) == 0 && s.Outside:
		return out, true
	case len(out) == 0:
		return []owner{{e.holder(t.Owner.System, textOf(f.get(t.Owner.Column)), x.day), big.NewRat(1, 1)}}, true
	case s.Weight != "" && sum.Sign() <= 0, s.Weight == "" && !s.Outside && sum.Cmp(big.NewRat(100, 1)) != 0:
		return nil, false
	case s.Weight == "":
		sum.SetInt64(100)
	}
	for i := range out {
		out[i].share = new(big.Rat).Quo(out[i].share, sum)
	}
	if digits, known := x.currency.Digits(); s.Remainder != "" && known && m.Aggregate != comp.Count && x.value.Sign() != 0 {
		cents(out, ids, x.value, digits)
	}
	return out, true
}

// cents turns shares of a value into whole minor units of it. What is left over goes out unit by unit, to the largest
// remainder first, of equal ones to the first id.
func cents(out []owner, ids []string, value *big.Rat, digits int) {
	unit := big.NewRat(1, 1)
	for range digits {
		unit.Quo(unit, big.NewRat(10, 1))
	}
	size := new(big.Rat).Abs(value)
	left := new(big.Rat)
	whole, over := make([]*big.Rat, len(out)), make([]*big.Rat, len(out))
	for i, o := range out {
		exact := new(big.Rat).Mul(size, o.share)
		units := new(big.Rat).Quo(exact, unit)
		whole[i] = new(big.Rat).SetInt(new(big.Int).Quo(units.Num(), units.Denom()))
		whole[i].Mul(whole[i], unit)
		over[i] = exact.Sub(exact, whole[i])
		left.Add(left, over[i])
	}
	given := make([]bool, len(out))
	for range out {
		best := -1
		for i := range out {
			if !given[i] && (best < 0 || over[i].Cmp(over[best]) > 0 || (over[i].Cmp(over[best]) == 0 && ids[i] < ids[best])) {
				best = i
			}
		}
		given[best] = true
		more := unit
		if left.Cmp(unit) < 0 {
			more = left
		}
		more = new(big.Rat).Set(more)
		whole[best].Add(whole[best], more)
		left.Sub(left, more)
		out[best].share = whole[best].Quo(whole[best], size)
	}
}

// shares are the rows of a table of shares by the fact that they share.
func (e *engine) shares(s *comp.Split) map[string][]*fact {
	if e.split[*s] == nil {
		e.split[*s] = map[string][]*fact{}
		for _, f := range e.reference(s.Table) {
			if v, counts := f.get(s.Key), e.counts(s, f); v.Kind != comp.Null && counts {
				e.split[*s][textOf(v)] = append(e.split[*s][textOf(v)], f)
			}
		}
	}
	return e.split[*s]
}

// counts says whether a row of a table of shares is one that the split asks for.
func (e *engine) counts(s *comp.Split, f *fact) bool {
	if s.Where == nil {
		return true
	}
	v, err := s.Where.Eval(f.get)
	return err == nil && v.True()
}
