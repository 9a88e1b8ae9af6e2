package jobs

import (
	"fmt"
	"strings"

	"carrot/config"
	"carrot/transform/comp"
)

// worldgen is one generated world on its way: people, their numbers, what they sold and how customers liked it.
type worldgen struct {
	dice
	e     config.Example
	first comp.Period
	last  comp.Period
	plans int
	deals int
}

// world makes a world for a batch of plans: a few people, months and deals.
func (d dice) world(plans int) config.Example {
	first, _ := comp.ParseMonth(d.one("2024-01", "2024-02", "2023-12", "2024-09"))
	w := &worldgen{dice: d, first: first, plans: plans}
	months := 3 + d(3)
	for m := range months {
		w.last = comp.Month(first.Start.AddMonths(m))
		w.e.Closes = append(w.e.Closes, w.last.Name())
	}
	w.e.File, w.e.Name, w.e.First = "plans/generated.test.yaml", "generated", first.Name()
	for n := range plans {
		w.e.Plans = append(w.e.Plans, config.Named{Name: fmt.Sprintf("p%d.yaml", n)})
	}
	people := 2 + d(6)
	for i := range people {
		w.person(i)
	}
	w.rates()
	for range d(40) {
		w.deal(people)
	}
	for range d(40) {
		w.answer(people)
	}
	return w.e
}

// day is a day of the closed months, or of those around them: often one at a month's end.
func (w *worldgen) day() comp.Date {
	from := w.first.Start.AddMonths(-2)
	d := from + comp.Date(w.dice(int(w.last.End-from)+5))
	switch w.dice(6) {
	case 0:
		d = comp.Month(d).Start
	case 1:
		d = comp.Month(d).End - 1
	}
	return d
}

// known is when a row came: mostly before everything, sometimes late.
func (w *worldgen) known(percent int) comp.Date {
	if w.chance(percent) {
		return w.first.Start.AddMonths(1 + w.dice(4))
	}
	return comp.NoDate
}

func (w *worldgen) id(i int) string { return string(rune('a'+i)) + "0" }

func (w *worldgen) person(i int) {
	p := config.ExamplePerson{ID: w.id(i), Known: comp.NoDate, From: comp.Day(2023, 1, 1), To: comp.NoDate}
	if w.chance(25) {
		p.From = w.day()
	}
	if w.chance(15) {
		p.To = max(p.From, w.day())
	}
	fte := func() string { return w.one("1", "1", "0.5", "0.8") }
	p.Attrs = []config.ExampleAttr{{Name: "department", Value: w.one("North", "South")}, {Name: "entity", Value: w.one("DE01", "DE01", "US01", "JP01")},
		{Name: "fte", Value: fte()}, {Name: "plan", Value: fmt.Sprintf("p%d", w.dice(w.plans))}, {Name: "own_rate", Value: w.one("0.05", "0.0333")}}
	if i > 0 {
		p.Attrs = append(p.Attrs, config.ExampleAttr{Name: "manager", Value: w.id(w.dice(i))})
	}
	for day := p.From + 1 + comp.Date(w.dice(400)); w.chance(35) && (p.To == comp.NoDate || day < p.To); day += 1 + comp.Date(w.dice(60)) {
		attr := config.ExampleAttr{Name: "plan", Value: fmt.Sprintf("p%d", w.dice(w.plans))}
		switch w.dice(7) {
		case 6:
			attr = config.ExampleAttr{Name: "manager", Value: w.id(w.dice(4))}
		case 5:
			attr = config.ExampleAttr{Name: "leave", Value: w.one("unpaid", "paid", "")}
		case 0:
			attr = config.ExampleAttr{Name: "fte", Value: fte()}
		case 1:
			attr = config.ExampleAttr{Name: "department", Value: w.one("North", "South")}
		case 2:
			attr = config.ExampleAttr{Name: "plan", Value: "none"}
		}
		p.Then = append(p.Then, config.ExampleChange{From: day, Known: w.known(15), Attrs: []config.ExampleAttr{attr}})
	}
	w.e.People = append(w.e.People, p)
	if p.To != comp.NoDate && p.To+20 < w.last.End && w.chance(40) { // comes back
		again := p
		again.From, again.To, again.Then = p.To+10, comp.NoDate, nil
		w.e.People = append(w.e.People, again)
	}
	w.numbers(p.ID)
}

// numbers are one person's quotas; now and then there is none, or a later one.
func (w *worldgen) numbers(id string) {
	if w.chance(5) {
		return
	}
	from := comp.Day(2023, 1, 1)
	add := func(name, amount string, currency comp.Currency, from, to, known comp.Date) {
		n, _ := comp.ParseExact(amount)
		w.e.Numbers = append(w.e.Numbers, config.ExampleNumber{Payee: id, Name: name, From: from, To: to, Amount: n, Currency: currency, Known: known})
	}
	turn := w.day()
	add("revenue", w.one("10000", "33333.33", "7000.01"), comp.Currency(w.one("EUR", "USD", "JPY", "")), from, turn-1, comp.NoDate)
	add("revenue", w.one("12000", "25000"), "EUR", turn, comp.NoDate, comp.NoDate)
	add("share", w.one("0.05", "0.0125"), "", from, comp.NoDate, comp.NoDate)
	add("ote", w.one("500", "1234.56"), comp.Currency(w.one("EUR", "USD", "")), from, comp.NoDate, comp.NoDate)
	if w.chance(80) {
		add("objectives", w.one("0.8", "1.1", "0.333"), "", from, w.day(), w.known(10))
	}
	add("count", w.one("3", "0.8", "7.5"), "", from, comp.NoDate, w.known(10))
}

func (w *worldgen) rates() {
	add := func(date comp.Date, from, to comp.Currency, rate string) {
		n, _ := comp.ParseExact(rate)
		w.e.FX = append(w.e.FX, config.ExampleRate{Date: date, Known: comp.NoDate, From: from, To: to, Rate: n, Kind: "daily"})
	}
	for _, at := range []comp.Date{comp.Day(2022, 1, 1), w.first.Start + 20, w.first.End + 13} {
		add(at, "EUR", "USD", w.one("1.0871", "1.1", "1.2345"))
		add(at, "USD", "EUR", w.one("0.9199", "0.91"))
		add(at, "EUR", "JPY", w.one("160.25", "155"))
		add(at, "USD", "JPY", "147.5")
		add(at, "JPY", "EUR", w.one("0.0062", "0.006451"))
		if w.chance(90) {
			add(at, "JPY", "USD", "0.0068")
		}
	}
}

func row(known comp.Date, cells ...string) config.ExampleRow {
	r := config.ExampleRow{Known: known}
	for i := 0; i < len(cells); i += 2 {
		if cells[i+1] != "" {
			r.Cells = append(r.Cells, config.ExampleCell{Column: cells[i], Text: cells[i+1]})
		}
	}
	return r
}

func (w *worldgen) put(table string, r config.ExampleRow) {
	for i := range w.e.Tables {
		if w.e.Tables[i].Table.Name == table {
			w.e.Tables[i].Rows = append(w.e.Tables[i].Rows, r)
			return
		}
	}
	w.e.Tables = append(w.e.Tables, config.ExampleTable{Table: config.Named{Name: table}, Rows: []config.ExampleRow{r}})
}

// deal is a deal, perhaps shared, perhaps refunded in part, perhaps corrected later, and now and then with a mistake.
func (w *worldgen) deal(people int) {
	w.deals++
	id, day := fmt.Sprintf("D%d", w.deals), w.day()
	cents := w.dice(1000000) + 1
	amount := fmt.Sprintf("%d.%02d", cents/100, cents%100)
	currency := w.one("EUR", "EUR", "USD", "JPY")
	owner := w.id(w.dice(people))
	if w.chance(3) {
		owner = "stranger"
	}
	at := day.String() + w.one(" 00:00:00", " 12:00:00", " 23:59:59", " 02:30:00", " 23:00:00")
	kind := w.one("new", "old")
	w.put("crm.deals", row(w.known(15), "id", id, "owner", owner, "amount", amount, "currency", currency, "kind", kind, "booked_at", at))
	if w.chance(10) { // a correction that came later
		w.put("crm.deals", row(w.first.Start.AddMonths(2+w.dice(3)), "id", id, "owner", w.id(w.dice(people)), "amount", amount, "currency", w.one(currency, "EUR", ""), "kind", kind, "booked_at", at))
	}
	if w.chance(30) {
		w.split(id, people)
	}
	w.events(id, day, cents)
	if w.chance(20) {
		back := w.dice(cents) + 1
		w.put("crm.refunds", row(w.known(15), "id", "R"+id, "deal_id", id, "owner", owner, "amount", fmt.Sprintf("%d.%02d", back/100, back%100), "currency", currency,
			"refunded_on", max(day, w.day()).String()))
	}
}

// events are what happens to a deal after it was booked: it is accepted, its customer answers, it is undone.
func (w *worldgen) events(id string, day comp.Date, cents int) {
	event := func(percent int, name string, amount, score int) {
		if !w.chance(percent) {
			return
		}
		e := config.ExampleEvent{Of: id, Event: name, On: day + comp.Date(w.dice(100)), Known: w.known(10)}
		if amount > 0 {
			n, _ := comp.ParseExact(fmt.Sprintf("%d.%02d", amount/100, amount%100))
			e.Amount = &n
		}
		if score > 0 {
			n := comp.Int(int64(score))
			e.Score = &n
		}
		w.e.Events = append(w.e.Events, e)
	}
	event(50, "accepted", 0, 0)
	event(40, "satisfaction", 0, 1+w.dice(5))
	if w.chance(50) {
		cents = 0 // of all of it
	} else {
		cents = 1 + w.dice(cents)
	}
	event(20, "refunded", cents, 0)
}

func (w *worldgen) split(id string, people int) {
	left, n := 10000, min(people, 2+w.dice(2))
	start := w.dice(people)
	known := w.known(10)
	for k := range n {
		part := left
		if k < n-1 {
			part = w.dice(left + 1)
		}
		left -= part
		if k == n-1 && w.chance(4) {
			part++ // shares that do not total
		}
		w.put("crm.splits", row(known, "deal_id", id, "owner", w.id((start+k)%people), "kind", w.one("help", "own"), "percent", fmt.Sprintf("%d.%02d", part/100, part%100)))
	}
}

func (w *worldgen) answer(people int) {
	w.deals++
	score := fmt.Sprint(1 + w.dice(5))
	w.put("crm.answers", row(w.known(10), "id", fmt.Sprintf("A%d", w.deals), "owner", w.id(w.dice(people)), "score", score, "asked_on", w.day().String()))
}

// describe is a world in short, for whoever looks for a mistake in it.
func describe(e config.Example) string {
	var b strings.Builder
	fmt.Fprintf(&b, "closes %v\n", e.Closes)
	for _, p := range e.People {
		fmt.Fprintf(&b, "%s %s..%s %v then %v\n", p.ID, p.From, p.To, p.Attrs, p.Then)
	}
	for _, n := range e.Numbers {
		fmt.Fprintf(&b, "%s %s %s..%s %s %s\n", n.Payee, n.Name, n.From, n.To, n.Amount, n.Currency)
	}
	for _, t := range e.Tables {
		for _, r := range t.Rows {
			fmt.Fprintf(&b, "%s %s", t.Table.Name, r.Known)
			for _, c := range r.Cells {
				fmt.Fprintf(&b, " %s=%s", c.Column, c.Text)
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}
