package transform

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"sync/atomic"

	"github.com/apache/arrow/go/v15/arrow/array"

	"carrot/transform/comp"
)

// Most components read sums, and rows are forgotten once they are added up. Of the measures that some component reads deal
// by deal, credits are kept over all that is recomputed: a second pile beside that of the present credits, packed, spilled
// and read back payee by payee in the same way.

// byDeal says whether a component reads its measure deal by deal.
func byDeal(p *comp.Plan, c *comp.Component) bool {
	return c.Per == "deal" || c.Budget != nil || c.Release != nil || c.Clawback != nil || c.Cost != nil || p.RoundAt == "deal"
}

// remembered are the pay periods that a component is computed for: before those of the horizon the memos, how many of
// them, whose deals can still be released, taken back or draw on a budget within the horizon.
func remembered(in *Inputs, c *comp.Component) (months []comp.Period, memos int) {
	months = horizon(in)
	first := months[0].Start
	back := first
	if c.Release != nil {
		back = min(back, first.AddMonths(-monthsOf(cmp.Or(c.Release.Longest, longestHold))))
	}
	if c.Clawback != nil {
		back = min(back, first.AddMonths(-monthsOf(cmp.Or(c.Clawback.Within, longestWindow))))
	}
	if c.Cost != nil && benefit(c.Cost) > expedient {
		back = min(back, first.AddMonths(-benefit(c.Cost)))
	}
	if c.Budget != nil && c.Budget.To >= first {
		back = min(back, comp.Month(c.Budget.From).Start)
	}
	var out []comp.Period
	for d := max(back, in.Settings.First); d < first; d = d.AddMonths(1) {
		out = append(out, comp.Month(d))
	}
	return append(out, months...), len(out)
}

// oldest is the first day of the oldest pay period that any component is computed for.
func oldest(in *Inputs) comp.Date {
	first := horizon(in)[0].Start
	for i := range in.Plans {
		for j := range in.Plans[i].Components {
			months, _ := remembered(in, &in.Plans[i].Components[j])
			first = min(first, months[0].Start)
		}
	}
	return first
}

// monthsOf is a length in whole months, no less, of 36 at most.
func monthsOf(l comp.Length) int { return min(36, l.Months+(l.Days+27)/28) }

// keptDays are the days whose rows are kept, by measure; nil where no component reads deals.
func keptDays(in *Inputs, ds []duty) [][]comp.Period {
	measures := measureIndex(in)
	var out [][]comp.Period
	keep := func(measure string, p comp.Period) {
		if m, ok := measures[measure]; ok && pooledBy(&in.Measures[m]) == comp.PoolPayee {
			if out == nil {
				out = make([][]comp.Period, len(in.Measures))
			}
			out[m] = append(out[m], p)
		}
	}
	for i := range ds {
		p := &in.Plans[ds[i].plan]
		if c := &p.Components[ds[i].component]; byDeal(p, c) {
			keep(c.Measure, ds[i].reads)
		}
	}
	for m := range out {
		out[m] = joinSpans(out[m])
	}
	return out
}

// spillName is what one scan's spilled deals or lineage are called: a run scans several times.
func (in *Inputs) spillName(what string) string {
	if in.spills == nil {
		in.spills = new(atomic.Int64)
	}
	return fmt.Sprintf("%s-%d", what, in.spills.Add(1))
}

// controlScale is the number of digits of the table's control column.
func (t *tableScan) controlScale() int {
	if t.control < 0 {
		return 0
	}
	return t.contract.Columns[t.control].Scale
}

// putDeals keeps the entries that count of terms that are read by deal, once it is known for whom each row counts.
func (w *tableWorker) putDeals() {
	if w.back != nil {
		return
	}
	for _, t := range w.terms {
		if t.dealt && t.fold == nil {
			w.loadControl()
			w.putTermDeals(t)
		}
	}
}

func (w *tableWorker) putTermDeals(t *termRun) {
	kept, scale := w.s.grid.kept[t.measure], w.t.controlScale()
	for k, cell := range t.cells {
		if cell < 0 || !within(kept, comp.Date(t.days[k])) {
			continue
		}
		i := t.rows[k]
		c := w.credit(t, k)
		c.deal, c.at, c.first = w.dealOf(t, i), w.instantOf(t, i), w.countsFor(i)
		c.control = comp.Amount{Number: w.seen.value(int(i)).number(scale), Currency: w.sum.currencies[w.seen.money[i]]}
		w.sum.deals.add(&c)
	}
}

// countsFor is the owner for whom a row counts as paid, as far as folds are not asked; nobody where it does not.
func (w *tableWorker) countsFor(i int32) int32 {
	if w.finally(int(i)) == fateCredited {
		return w.first[i]
	}
	return nobody
}

// firstOf is the owner for whom a row of a deal counts as paid, when all folds are taken.
func (s *scanner) firstOf(at place, first int32) int32 {
	if o, ok := s.firsts[at]; ok && first < 0 {
		return o.subject
	}
	return first
}

// dealOf is the name of a row's deal: its column's text, else the row's key, else its place.
func (w *tableWorker) dealOf(t *termRun, i int32) []byte {
	w.deal = w.deal[:0]
	switch {
	case t.deal >= 0:
		w.deal = append(w.deal, valueText(w.cols.value(t.deal, int(i)))...)
	case len(w.t.keyCols) > 0:
		w.deal = w.appendKey(w.deal, i)
	}
	if len(w.deal) == 0 {
		w.deal = append(w.deal, w.s.in.Files[w.piece.File].Name...)
		w.deal = strconv.AppendInt(append(w.deal, ':'), w.pos[i], 10)
	}
	return w.deal
}

// instantOf is what orders a row among deals, in seconds: an instant, or a day's first one.
func (w *tableWorker) instantOf(t *termRun, i int32) int64 {
	v := w.cols.vec(t.order)
	if v.isNull(int(i)) {
		v = w.cols.vec(t.date)
		return v.ints[i] * daySeconds
	}
	if a, ok := w.cols.rec.Column(t.order).(*array.Timestamp); ok {
		return int64(a.Value(int(i)))
	}
	return v.ints[i] * daySeconds
}

const daySeconds = 86400

// dealtCredits are the credits of one payee's deals.
type dealtCredits struct {
	payee int // and one: 0 is nobody
	list  []unpacked
}

// dealCredits are a payee's credits of deals, read once however many components ask.
func (s *settler) dealCredits(payee int) []unpacked {
	store := s.tally.deals
	if store == nil || s.dealt.payee == payee+1 {
		return s.dealt.list
	}
	s.dealt = dealtCredits{payee + 1, s.dealt.list[:0]}
	i, ok := slices.BinarySearch(store.payees, s.company.People[payee].ID)
	if !ok {
		return nil
	}
	currencies := map[string]comp.Currency{}
	err := store.read(i, func(packed []byte) error {
		s.dealt.list = append(s.dealt.list, store.book.unpack(packed, currencies))
		return nil
	})
	s.failed = cmp.Or(s.failed, err)
	slices.SortStableFunc(s.dealt.list, func(a, b unpacked) int {
		return cmp.Or(cmp.Compare(a.measure, b.measure), cmp.Compare(a.At, b.At), cmp.Compare(a.Deal, b.Deal), cmp.Compare(a.Table, b.Table), cmp.Compare(a.Term, b.Term))
	})
	return s.dealt.list
}

// recordsOf says in which table the record lies that a row's deal is. A row that takes away and names the deal that it takes
// from is about that deal: where several tables of the measure add, the one that has it among the payee's rows, or of which
// something is known to have happened to it, since rows of long ago are not kept.
func (s *settler) recordsOf(measure int, rows []unpacked) func(c *unpacked) string {
	m := &s.in.Measures[measure]
	var adding []string
	for i := range m.Terms {
		if t := &m.Terms[i]; t.Sign >= 0 && !slices.Contains(adding, t.Table) {
			adding = append(adding, t.Table)
		}
	}
	at := map[string]string{} // read by key only
	if len(adding) > 1 {
		for i := range rows {
			c := &rows[i]
			if c.measure == measure && m.Terms[c.Term].Sign >= 0 && at[c.Deal] == "" {
				at[c.Deal] = c.Table
			}
		}
	}
	return func(c *unpacked) string {
		if t := &m.Terms[c.Term]; t.Sign >= 0 || t.Deal == "" || len(adding) == 0 {
			return t.Table
		}
		if table := at[c.Deal]; table != "" {
			return table
		}
		for _, e := range s.in.Mapping.Events {
			if slices.Contains(adding, e.Of) && len(s.company.Events[comp.EventKey{Table: e.Of, Key: c.Deal, Event: e.Event}]) > 0 {
				return e.Of
			}
		}
		return adding[0]
	}
}

// dealsIn are a payee's deals of a measure on the days of some ranges, in order of instant and key. rate turns a currency
// into that of pay on a day; false leaves the row out, and whoever asks has made the finding.
func (s *settler) dealsIn(payee, measure int, ranges []comp.Period, rate func(from comp.Currency, d comp.Date) (comp.Number, bool)) []deal {
	m := &s.in.Measures[measure]
	counted := m.Aggregate != comp.Sum
	at := map[dealKey]int{} // read by key only
	mixed := map[int]comp.Currency{}
	var out []deal
	rows := s.dealCredits(payee)
	table := s.recordsOf(measure, rows)
	for i := range rows {
		c := &rows[i]
		if c.measure != measure || !within(ranges, c.Date) {
			continue
		}
		r, ok := rate(c.Credited.Currency, c.Date)
		if !ok {
			continue
		}
		k := dealKey{table(c), c.Deal}
		i, seen := at[k]
		if !seen {
			i = len(out)
			at[k], mixed[i] = i, c.Value.Currency
			out = append(out, deal{key: c.Deal, label: c.Label, table: k.table, day: c.Date, at: c.At})
		}
		d := &out[i]
		worth := c.Credited.Number.Mul(r)
		if m.Modelled() {
			worth = worth.Roughly()
		}
		d.value = d.value.Add(worth)
		if slices.ContainsFunc(d.rows, func(r dealtRow) bool { return r.place == c.place }) {
			continue // another share of one row
		}
		d.rows = append(d.rows, dealtRow{c.Table, c.place, c.Date, c.control, c.first})
		switch {
		case counted || mixed[i] == noCurrency:
		case mixed[i] != c.Value.Currency: // no event's amount can be told as a part of it
			mixed[i], d.whole = noCurrency, comp.Number{}
		default:
			d.whole = d.whole.Add(c.Value.Number)
		}
	}
	return out
}

// noCurrency marks rows of several currencies.
const noCurrency comp.Currency = "-"
