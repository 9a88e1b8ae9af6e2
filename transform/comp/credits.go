package comp

import (
	"cmp"
	"slices"
	"sort"
)

// Credit is a share of a fact given to a payee (or to a pool: Payee is then "department:Sales", "entity:DE01", "company").
type Credit struct {
	Payee    string
	Measure  string
	Term     int
	Table    string
	Key      string
	Date     Date
	Label    string // text of the term's Label columns, joined by " · "
	Value    Amount // of the whole row, signed; 1 for counts
	Share    Number // 1 is the whole
	Credited Amount // Value times Share
	Hit      bool   // Share and Rate measures
	Period   Period // the measuring period that it entered: the shortest of its measure that holds Date
	Sealed   bool   // no label, key or origin is shown
	Origin   Origin
	Line     int    // line in the raw file; 0 until counted
	Deal     string // which deal it belongs to; "" where no component reads deals
	At       int64  // when, in Unix seconds: orders deals
}

// CompareCredits is the order of tables/credits: by payee, measuring period, measure, table, key, day and label, then by
// the row's place, so that no two rows of a file are equal.
func CompareCredits(a, b *Credit) int {
	if c := cmp.Or(cmp.Compare(a.Payee, b.Payee), ComparePeriods(a.Period, b.Period)); c != 0 {
		return c
	}
	if c := cmp.Or(cmp.Compare(a.Measure, b.Measure), cmp.Compare(a.Table, b.Table), cmp.Compare(a.Key, b.Key)); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Label, b.Label), cmp.Compare(a.Origin.Name, b.Origin.Name),
		cmp.Compare(a.Origin.File, b.Origin.File), cmp.Compare(a.Origin.Pos, b.Origin.Pos), cmp.Compare(a.Term, b.Term))
}

// ComparePeriods orders by first day, then by last.
func ComparePeriods(a, b Period) int {
	return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
}

// Credits are those of a run, payee by payee, in the order of CompareCredits. There may be millions, so they need not lie
// in memory; they are read as often as somebody asks, by several goroutines at once. None is the nil pointer.
type Credits struct {
	payees []string // sorted
	counts []int
	read   func(payee int, out func(i int, c *Credit) error) error
}

// NewCredits are credits that read brings: those of payees[payee] in order, i counting from 0. It ends with the first
// error of out. Payees are sorted and counts are how many each has.
func NewCredits(payees []string, counts []int, read func(payee int, out func(i int, c *Credit) error) error) *Credits {
	return &Credits{payees, counts, read}
}

// ListCredits are credits in memory. The list is sorted in place.
func ListCredits(list []Credit) *Credits {
	slices.SortStableFunc(list, func(a, b Credit) int {
		return cmp.Or(CompareCredits(&a, &b), a.Value.Cmp(b.Value.Number), cmp.Compare(a.Value.Currency, b.Value.Currency),
			a.Share.Cmp(b.Share), a.Credited.Cmp(b.Credited.Number), cmp.Compare(a.Line, b.Line))
	})
	c := &Credits{}
	var first []int
	for i := range list {
		if i == 0 || list[i].Payee != list[i-1].Payee {
			c.payees, c.counts, first = append(c.payees, list[i].Payee), append(c.counts, 0), append(first, i)
		}
		c.counts[len(c.counts)-1]++
	}
	c.read = func(payee int, out func(int, *Credit) error) error {
		for i := range c.counts[payee] {
			one := list[first[payee]+i] // a copy: whoever reads may write a line number
			if err := out(i, &one); err != nil {
				return err
			}
		}
		return nil
	}
	return c
}

// Len is how many there are.
func (c *Credits) Len() int {
	if c == nil {
		return 0
	}
	n := 0
	for _, k := range c.counts {
		n += k
	}
	return n
}

// Payees are those who have credits, pools too, sorted. The caller does not change them.
func (c *Credits) Payees() []string {
	if c == nil {
		return nil
	}
	return c.payees
}

// Count is how many a payee has.
func (c *Credits) Count(payee string) int {
	if i, ok := c.find(payee); ok {
		return c.counts[i]
	}
	return 0
}

// Each calls out for every credit of a payee, in order: i is what [Line.Credits] refers to. c lasts until out returns.
func (c *Credits) Each(payee string, out func(i int, c *Credit) error) error {
	if i, ok := c.find(payee); ok {
		return c.read(i, out)
	}
	return nil
}

// Of are all credits of a payee, in order. A pool may have very many: see Each.
func (c *Credits) Of(payee string) ([]Credit, error) {
	out := make([]Credit, 0, c.Count(payee))
	err := c.Each(payee, func(_ int, x *Credit) error { out = append(out, *x); return nil })
	return out, err
}

// Seen are the same credits, each as see leaves it. See must only change what no order depends on.
func (c *Credits) Seen(see func(*Credit)) *Credits {
	if c == nil {
		return nil
	}
	return &Credits{c.payees, c.counts, func(payee int, out func(int, *Credit) error) error {
		return c.read(payee, func(i int, x *Credit) error { see(x); return out(i, x) })
	}}
}

func (c *Credits) find(payee string) (int, bool) {
	if c == nil {
		return 0, false
	}
	i := sort.SearchStrings(c.payees, payee)
	return i, i < len(c.payees) && c.payees[i] == payee
}
