package transform

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sort"

	"carrot/transform/comp"
)

// listed is a row of a list, on its way to whose statement shows it.
type listed struct {
	person int32
	rank   int   // of the piece
	pos    int64 // in its file
	key    string
	day    comp.Date
	order  comp.Value
	whose  string // of a manager's list
	cells  []string
}

// listing is one list being read.
type listing struct {
	*comp.Listing
	span   comp.Period
	where  *program
	owners *resolver
	date   int
	order  int
	owner  int
	optIn  int
	shown  []int
	names  map[string]string // of accounts; read by key only
	stages map[string]int    // of accounts; read by key only
	recent *recency
	today  comp.Date
	about  int // the column of accounts that are dormant
	rows   []listed
}

// lists are every person's lists. They are read beside what is paid: no row of them enters a measure, a control total or a
// finding. A row that a later version replaced is not shown.
func (a *assessment) lists() (map[int32][]comp.List, error) {
	out := map[int32][]comp.List{}
	defs := a.in.Mapping.Lists
	all := make([]*listing, len(defs))
	stages, err := a.stagesShown()
	if err != nil {
		return nil, err
	}
	names, err := a.namesShown()
	if err != nil {
		return nil, err
	}
	recent, err := a.recencyShown()
	if err != nil {
		return nil, err
	}
	var tables []string
	for i := range defs {
		if !slices.Contains(tables, defs[i].Table) {
			tables = append(tables, defs[i].Table)
		}
	}
	for _, name := range tables {
		var of []*listing
		for i := range defs {
			if defs[i].Table == name {
				all[i] = &listing{Listing: &defs[i], names: names, stages: stages, recent: recent, today: a.today()}
				of = append(of, all[i])
			}
		}
		if err := a.readLists(name, of); err != nil {
			return nil, err
		}
	}
	for _, x := range all {
		a.hand(x, out)
	}
	return out, nil
}

// readLists fills the lists of one table.
func (a *assessment) readLists(name string, of []*listing) error {
	contract, err := contractOf(a.in, name)
	if err != nil {
		return err
	}
	cols, err := newColumns(contract)
	if err != nil {
		return err
	}
	for _, x := range of {
		x.prepare(a, contract, cols)
	}
	now, _ := generation(a.in, name)
	covers := contract.Index(contract.Covers)
	last := newLatest(contract)
	err = eachBatch(now, cols, func(p *piece, pos []int64) error {
		last.begin(p, len(pos))
		for _, x := range of {
			if err := x.take(a, cols, p, pos, last, covers); err != nil {
				return err
			}
		}
		last.batch(cols, pos)
		return nil
	})
	for _, x := range of {
		x.rows = slices.DeleteFunc(x.rows, func(r listed) bool { return last.replaced(hashOf(r.key), rowOf{r.rank, r.pos}) })
	}
	return err
}

// eachBatch reads the pieces of a table, batch by batch. What decoding refuses is found and told by those who pay.
func eachBatch(pieces []piece, cols *columns, take func(p *piece, pos []int64) error) error {
	for i := range pieces {
		for _, split := range pieces[i].Splits {
			var failed error
			split(func(b Batch) error {
				if failed = cols.bind(b.Rec); failed == nil {
					failed = take(&pieces[i], b.Pos)
				}
				return failed
			})
			if failed != nil {
				return failed
			}
		}
	}
	return nil
}

// prepare finds a list's columns.
func (x *listing) prepare(a *assessment, contract *comp.Contract, cols *columns) {
	end := a.in.Run.Period
	x.span = comp.Period{Start: end.Start.AddMonths(1 - x.Months), End: end.End}
	x.owners = newResolver(a.company, a.grid, x.Owner.System)
	if x.Where != nil {
		x.where = newProgram(x.Where, cols)
	}
	x.date, x.owner, x.optIn = contract.Index(x.Date), contract.Index(x.Owner.Column), contract.Index(x.OptIn)
	x.order, x.about = contract.Index(cmp.Or(x.Order, x.Date)), contract.Index(x.Dormant)
	for _, c := range x.Columns {
		x.shown = append(x.shown, contract.Index(c.Column))
	}
}

// take adds the rows of a batch that belong to the list.
func (x *listing) take(a *assessment, cols *columns, p *piece, pos []int64, last *latest, covers int) error {
	sel := make([]int32, cols.n)
	for i := range sel {
		sel[i] = int32(i)
	}
	var truths []uint8
	if x.where != nil {
		var err error
		if truths, err = x.where.truths(sel); err != nil {
			return fmt.Errorf("list %s: %w", x.ID, err)
		}
	}
	for i := range cols.n {
		if truths != nil && truths[i] != yes {
			continue
		}
		day, ok := x.dayOf(cols, i)
		if !ok || x.optIn >= 0 && !cols.value(x.optIn, i).Bool {
			continue
		}
		if covers >= 0 {
			if d := cols.value(covers, i); d.Kind == comp.KindDate && covered(p.replaced, d.Date) {
				continue
			}
		}
		id := x.owners.idAt(cols.text(x.owner, i), day)
		k, ok := slices.BinarySearchFunc(a.company.People, id, func(p comp.Person, id string) int { return cmp.Compare(p.ID, id) })
		if !ok {
			continue
		}
		r := listed{person: int32(k), rank: p.rank, pos: pos[i], key: cols.key(last.keys, i), day: day, order: x.orderOf(cols, i)}
		for j, c := range x.shown {
			r.cells = append(r.cells, x.cell(&x.Columns[j], cols.text(c, i)))
		}
		x.rows = append(x.rows, r)
		last.wanted[i] = true
	}
	return nil
}

// dayOf is the day of a row; false where the list does not look at it. That of a dormant account is the day on which it is looked at.
func (x *listing) dayOf(cols *columns, i int) (comp.Date, bool) {
	if x.about >= 0 {
		q, ok := x.recent.quiet(cols.text(x.about, i), x.today)
		if !ok || !q.dormant {
			return 0, false
		}
	}
	if x.date < 0 {
		return x.today, true
	}
	day := cols.value(x.date, i)
	return day.Date, day.Kind == comp.KindDate && x.span.Contains(day.Date)
}

// orderOf is what a row is sorted by: a dormant account that says nothing else by how long nothing was heard of it.
func (x *listing) orderOf(cols *columns, i int) comp.Value {
	if x.order < 0 {
		q, _ := x.recent.quiet(cols.text(x.about, i), x.today)
		if !q.known {
			q.days = math.MaxInt32
		}
		return comp.NumberValue(comp.Int(int64(q.days)))
	}
	v := cols.value(x.order, i)
	v.Text = string([]byte(v.Text))
	return v
}

// cell is what stands in a column of the list, of the text of a row's cell.
func (x *listing) cell(c *comp.Shown, text string) string {
	switch {
	case c.Name:
		return cmp.Or(x.names[text], text)
	case c.Stage:
		return stageText(x.stages[text])
	case c.Contact, c.Quiet:
		return x.recent.cell(c, text, x.today)
	}
	return text
}

// hand gives the rows of a list to whose statements show them.
func (a *assessment) hand(x *listing, out map[int32][]comp.List) {
	var ladder *ladder
	if x.Managers {
		ladder = newLadder(a.company)
	}
	by := map[int32][]listed{}
	for _, r := range x.rows {
		if !x.Managers {
			by[r.person] = append(by[r.person], r)
		} else {
			p := &a.company.People[r.person]
			name, _ := p.Attr(comp.AttrName, r.day)
			r.whose = cmp.Or(name, p.ID)
			for _, m := range ladder.above(r.person, r.day, nil) {
				by[m] = append(by[m], r)
			}
		}
	}
	for person, rows := range by { // each person's lists are in the order of the definitions
		out[person] = append(out[person], x.list(rows))
	}
}

// list is what one person is shown.
func (x *listing) list(rows []listed) comp.List {
	sort.SliceStable(rows, func(i, j int) bool {
		a, b := &rows[i], &rows[j]
		return cmp.Or(-compareValues(a.order, b.order), cmp.Compare(b.day, a.day), cmp.Compare(a.key, b.key), cmp.Compare(a.rank, b.rank), cmp.Compare(a.pos, b.pos)) < 0
	})
	out := comp.List{ID: x.ID, Title: x.Title, Section: x.Section, More: max(0, len(rows)-x.Most)}
	if x.Managers {
		out.Columns = append(out.Columns, "Person")
	}
	for _, c := range x.Columns {
		out.Columns = append(out.Columns, c.Title)
	}
	for _, r := range rows[:len(rows)-out.More] {
		if x.Managers {
			r.cells = append([]string{r.whose}, r.cells...)
		}
		out.Rows = append(out.Rows, r.cells)
	}
	return out
}

// compareValues orders two values of one column; nothing comes first.
func compareValues(a, b comp.Value) int {
	if a.Kind != b.Kind {
		return cmp.Compare(a.Kind, b.Kind)
	}
	switch a.Kind {
	case comp.KindNumber:
		return a.Number.Cmp(b.Number)
	case comp.KindDate:
		return cmp.Compare(a.Date, b.Date)
	case comp.KindBool:
		return cmp.Compare(valueText(a), valueText(b))
	}
	return cmp.Compare(a.Text, b.Text)
}
