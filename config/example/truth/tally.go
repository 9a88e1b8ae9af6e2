package truth

import (
	"maps"
	"math/big"

	"carrot/transform/comp"
)

// tally is what some rows add up to.
type tally struct {
	n, hits int64
	score   int64                   // sum of item values
	money   map[comp.Currency]int64 // hundredths of a minor unit: minor units times percent
}

func (t *tally) add(o *tally) {
	if o == nil {
		return
	}
	t.n, t.hits, t.score = t.n+o.n, t.hits+o.hits, t.score+o.score
	for c, m := range o.money {
		t.pay(c, m)
	}
}

func (t *tally) pay(c comp.Currency, hundredths int64) {
	if t.money == nil {
		t.money = map[comp.Currency]int64{}
	}
	t.money[c] += hundredths
}

func (t *tally) hit(yes bool) {
	t.n++
	if yes {
		t.hits++
	}
}

// slot is where a tally belongs: a measure, whose it is (an employee id, a department, an entity, or "" for the company),
// and the month.
type slot struct {
	measure, whose string
	month          int
}

type tallies map[slot]*tally

func (t tallies) at(measure, whose string, month int) *tally {
	s := slot{measure, whose, month}
	if t[s] == nil {
		t[s] = &tally{}
	}
	return t[s]
}

// count adds up every row that the close knows. Shares of one row go to each owner; a row counts for a payee's own measure
// only on a day on which the payee is on the plan that pays by it.
func (v *view) count() tallies {
	t := tallies{}
	for i := range v.w.Deals {
		if d := &v.w.Deals[i]; d.At(v.close) && v.within(d.Delivered) {
			v.deal(t, d)
		}
	}
	for i := range v.w.Memos {
		if m := &v.w.Memos[i]; m.At(v.close) && v.within(m.Delivered) {
			v.revenue(t, m.Deal, m.Login, m.Delivered, m.Currency, -m.Minor, m.New)
		}
	}
	for i := range v.w.Tickets {
		if k := &v.w.Tickets[i]; k.At(v.close) && v.within(k.Solved) {
			v.ticket(t, k)
		}
	}
	v.surveys(t)
	return t
}

// within says whether a date lies in the months that the close computes.
func (v *view) within(date comp.Date) bool {
	m := v.month(date)
	return m >= 0 && m <= v.close
}

func (v *view) deal(t tallies, d *Deal) {
	m := v.month(d.Delivered)
	v.revenue(t, d.ID, d.Login, d.Delivered, d.Currency, d.Minor, d.New)
	t.at("promise_kept", "", m).hit(d.Kept)
	if p, ok := v.owner(d.Login, d.Delivered); ok && d.New && v.at(p, d.Delivered).plan == "sales" {
		t.at("new_customers", v.w.People[p].ID, m).n++
	}
}

// revenue books an amount, positive or negative, with the company, and share by share with people.
func (v *view) revenue(t tallies, deal string, login int32, date comp.Date, c comp.Currency, minor int64, isNew bool) {
	m := v.month(date)
	t.at("company_revenue", "", m).pay(c, minor*100)
	var shares []Split
	for _, s := range v.w.Splits[deal] {
		if int(s.From) <= v.close {
			shares = append(shares, s)
		}
	}
	if len(shares) == 0 {
		shares = []Split{{Login: login, Percent: 100}}
	}
	for _, s := range shares {
		p, ok := v.owner(s.Login, date)
		if !ok {
			continue
		}
		person := &v.w.People[p]
		if v.at(p, date).plan != "sales" {
			continue
		}
		t.at("delivered_revenue", person.ID, m).pay(c, minor*s.Percent)
		if isNew {
			t.at("new_business", person.ID, m).pay(c, minor*s.Percent)
		}
	}
}

func (v *view) ticket(t tallies, k *Ticket) {
	m := v.month(k.Solved)
	p, known := v.owner(k.Login, k.Solved)
	if known {
		t.at("solved_for_good", v.at(p, k.Solved).department, m).hit(!k.Reopened)
	}
	if !k.Rated {
		return
	}
	t.at("csat_company", "", m).hit(k.Good)
	if known {
		t.at("csat_entity", v.w.People[p].Entity, m).hit(k.Good)
	}
	if known && v.at(p, k.Solved).plan == "customer_service" {
		t.at("csat", v.w.People[p].ID, m).hit(k.Good)
	}
}

func (v *view) surveys(t tallies) {
	for _, i := range v.w.Invitations {
		if !i.At(v.close) || !v.within(i.Sent) {
			continue
		}
		m := v.month(i.Sent)
		t.at("response_rate_company", "", m).hit(i.Finished)
		if p, ok := v.owner(i.Login, i.Sent); ok && v.at(p, i.Sent).plan == "customer_service" {
			t.at("response_rate", v.w.People[p].ID, m).hit(i.Finished)
		}
	}
	for _, r := range v.w.Responses {
		if !r.At(v.close) || !v.within(r.Ended) {
			continue
		}
		m := v.month(r.Ended)
		if r.Usage >= 0 {
			u := t.at("usage_satisfaction", "", m)
			u.n, u.score = u.n+1, u.score+int64(r.Usage)
		}
		if r.Recommend >= 0 {
			t.at("recommendation", "", m).hit(r.Recommend >= 9)
		}
	}
	v.confidences(t)
}

// confidences count what employees answered in confidence. What of them is told stands once the measuring period was closed: an
// answer that comes later enters nothing, or the difference would tell it.
func (v *view) confidences(t tallies) {
	for _, a := range v.w.Answers {
		if !v.within(a.Ended) {
			continue
		}
		m := v.month(a.Ended)
		if a.At(min(v.close, v.ending(m, 12))) {
			e := t.at("employee_satisfaction", "", m)
			e.n, e.score = e.n+1, e.score+int64(a.Work)
		}
		if a.Finance >= 0 && a.At(min(v.close, v.ending(m, 6))) {
			t.at("finance_service", "", m).hit(a.Finance >= 4)
		}
	}
	v.enough(t, "employee_satisfaction", 12)
	v.enough(t, "finance_service", 6)
}

// enough leaves nothing of a span in which no month has answers of eight people.
func (v *view) enough(t tallies, measure string, months int) {
	most := map[int]int64{}
	for s, x := range t {
		if s.measure == measure {
			end := v.ending(s.month, months)
			most[end] = max(most[end], x.n)
		}
	}
	maps.DeleteFunc(t, func(s slot, _ *tally) bool { return s.measure == measure && most[v.ending(s.month, months)] < 8 })
}

// ending is the month with which the calendar's span of so many months ends that month m lies in.
func (v *view) ending(m, months int) int {
	calendar := int(v.w.First.AddMonths(m).Time().Month())
	return m + (months-calendar%months)%months
}

// rate is what one unit of a currency is worth in another on a date.
func (w *World) rate(from, to comp.Currency, date comp.Date) *big.Rat {
	if from == to {
		return big.NewRat(1, 1)
	}
	var found *big.Rat
	for i := range w.Rates {
		if r := &w.Rates[i]; r.From == from && r.To == to && r.Date <= date {
			found = r.Value
		}
	}
	if found == nil {
		panic("truth: no rate from " + string(from) + " to " + string(to) + " on " + date.String())
	}
	return found
}

// worth is a tally's money in one currency, exactly, in whole units, at the rates of a date.
func (w *World) worth(t *tally, to comp.Currency, date comp.Date) *big.Rat {
	sum := new(big.Rat)
	for _, from := range []comp.Currency{"EUR", "USD", "CHF", "GBP"} {
		if t.money[from] == 0 {
			continue
		}
		part := new(big.Rat).SetFrac64(t.money[from], 10000)
		sum.Add(sum, part.Mul(part, w.rate(from, to, date)))
	}
	return sum
}
