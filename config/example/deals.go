package example

import (
	"fmt"
	"strings"

	"carrot/config/example/truth"
	"carrot/transform/comp"
)

// deal is an opportunity with the states that it went through.
type deal struct {
	id       string
	name     string
	account  string
	german   bool
	won      bool
	isNew    bool
	owner    int    // index into People; whom the deal is really about
	username string // of the owner's account, as the export shows it
	currency comp.Currency
	closed   comp.Date
	promised comp.Date
	states   []dealState
	splits   []dealSplit
	memo     *dealMemo
}

// dealState holds from the day Changed on.
type dealState struct {
	changed   comp.Date
	delivered comp.Date // comp.NoDate: not yet
	minor     int64
}

// dealSplit is a share that was recorded on a day; comp.NoDate stands for the day of the deal's first state.
type dealSplit struct {
	owner    int
	percent  int64
	recorded comp.Date
}

type dealMemo struct {
	id    string
	date  comp.Date
	minor int64
}

// planted are deals made by hand, by the month whose list they stand in.
type planted map[int][]deal

var accounts = []string{"Acme Logistics", "Bäckerei Groß & Söhne", "Contoso Ltd", "Dürr Optik GmbH", "Ebony Health", "Färber, Klein & Partner", "Globex",
	"Hümmer Sensorik", "Initech \"West\"", "Jolie & Cie", "Kärcher Labs", "Lumen Analytics", "Møller Marine", "North Pier", "Öko-Strom eG", "Pied Piper"}

// seller is somebody who sells for an office on a day; somebody of the other office where it has nobody. Not is left out.
func (g *generator) seller(c *chance, office int, day comp.Date, not int) (int, bool) {
	for _, list := range [][]int{g.sellers[office], g.sellers[1-office]} {
		for try := 0; try < 40 && len(list) > 0; try++ {
			if p := list[c.below(len(list))]; p != not && g.worksIn(p, 'S', day) {
				return p, true
			}
		}
	}
	return 0, false
}

// deal makes the n-th deal, which closes in a month. The second deal of every month is delivered and partly refunded
// within it, and the first is shared where somebody can share it, so that no report is ever empty.
func (g *generator) deal(n, month int) deal {
	from, _ := g.rows(unitDeal, month)
	place := n - from
	if list := g.deals[month]; place >= 2 && place-2 < len(list) {
		return list[place-2]
	}
	c := g.about('D', n)
	office := 0
	if place == 1 || (place > 1 && c.perMille(450)) {
		office = 1
	}
	length := int(g.starts[month+1] - g.starts[month])
	closed := g.starts[month] + comp.Date(c.below(length))
	lag := comp.Date(c.below(20) + c.below(20))
	if month == 0 { // the first month also delivers what was sold before it
		closed = max(first-20+comp.Date(c.below(length+20)), first-lag)
	}
	won := c.perMille(880)
	if place < 2 {
		closed, lag, won = g.starts[month]+comp.Date(c.below(8)), lag%5, true
	}
	owner, ok := g.seller(c, office, max(first, closed), -1)
	if !ok {
		owner = planSeller
	}
	d := deal{id: "0065g00000" + counter(n, 5), german: office == 0, won: won, owner: owner, username: g.staff[owner].username, closed: closed,
		account: accounts[c.below(len(accounts))], isNew: c.perMille(250), currency: dealCurrency(c, office)}
	d.name = fmt.Sprintf("%s: sensors, lot %d", d.account, 100+c.below(900))
	minor := int64(80_000 + c.below(900_000))
	d.states = []dealState{{closed, comp.NoDate, minor}}
	delivered := closed + lag
	d.promised = g.promise(c, closed, delivered)
	if !won {
		return d
	}
	if place >= 2 && owner == planEdge && delivered >= comp.Day(2025, 4, 1) && delivered < comp.Day(2025, 7, 1) {
		d.isNew = false
	}
	entered := delivered
	if place >= 2 && c.perMille(5) {
		entered += comp.Date(25 + c.below(35))
	}
	d.states = append(d.states, dealState{entered, delivered, minor})
	switch {
	case place == 1:
		d.memo = &dealMemo{counterMemo(n), delivered + 3, minor / 5}
	case place >= 2 && c.perMille(4):
		d.states = append(d.states, dealState{entered + comp.Date(3+c.below(40)), delivered, minor * 9 / 10})
	case place >= 2 && c.perMille(8):
		d.memo = &dealMemo{counterMemo(n), entered + comp.Date(5+c.below(60)), minor * int64(2+c.below(9)) / 10}
	}
	if place == 0 || (place >= 2 && c.perMille(40)) {
		g.share(c, &d, office)
	}
	return d
}

func counterMemo(n int) string { return fmt.Sprintf("CM-%06d", n+1) }

func dealCurrency(c *chance, office int) comp.Currency {
	x := c.below(100)
	switch {
	case office == 0 && x < 12:
		return "CHF"
	case office == 0 && x < 15:
		return "USD"
	case office == 0:
		return "EUR"
	case x < 5:
		return "GBP"
	}
	return "USD"
}

// promise is the day that the seller promised: mostly kept, less often in the third quarter of 2025.
func (g *generator) promise(c *chance, closed, delivered comp.Date) comp.Date {
	late := 140
	if delivered >= comp.Day(2025, 7, 1) && delivered < comp.Day(2025, 10, 1) {
		late = 360
	}
	if c.perMille(late) {
		return max(closed, delivered-comp.Date(1+c.below(10)))
	}
	return delivered + comp.Date(c.below(8))
}

// share splits a deal between its owner and another seller.
func (g *generator) share(c *chance, d *deal, office int) {
	other, ok := g.seller(c, office, max(first, d.closed), d.owner)
	if !ok || other == planEdge || d.owner == planEdge {
		return
	}
	part := []int64{60, 50, 70, 75}[c.below(4)]
	d.splits = []dealSplit{{d.owner, part, comp.NoDate}, {other, 100 - part, comp.NoDate}}
}

// dealFacts tells the truth about a deal: every state that some close sees, its shares and its refund.
func (g *generator) dealFacts(d *deal) {
	w := g.world
	login := g.login(systemSales, strings.ToLower(d.username))
	for i, s := range d.states {
		known, seen := g.seen(s.changed, i+1 < len(d.states), func() comp.Date { return d.states[i+1].changed })
		if !seen || !d.won || s.delivered == comp.NoDate {
			continue
		}
		w.Deals = append(w.Deals, truth.Deal{Known: known, ID: d.id, German: d.german, Login: login, Currency: d.currency, Minor: s.minor,
			Delivered: s.delivered, Kept: s.delivered <= d.promised, New: d.isNew})
	}
	for _, s := range d.splits {
		if from := g.monthOf(g.recorded(d, s)); from < g.size.Months {
			w.Splits[d.id] = append(w.Splits[d.id], truth.Split{From: uint16(from), Login: g.loginOf(systemSales, s.owner), Percent: s.percent})
		}
	}
	if d.memo != nil && g.monthOf(d.memo.date) < g.size.Months {
		last := d.states[len(d.states)-1]
		w.Memos = append(w.Memos, truth.Memo{Known: truth.Known{From: uint16(g.monthOf(d.memo.date)), Until: truth.Always}, ID: d.memo.id, Deal: d.id,
			Login: login, Currency: d.currency, Minor: d.memo.minor, Delivered: last.delivered, New: d.isNew})
	}
}

// recorded is the day on which a share was entered.
func (g *generator) recorded(d *deal, s dealSplit) comp.Date {
	if s.recorded == comp.NoDate {
		return d.states[0].changed
	}
	return s.recorded
}

// seen is which closes see a state that began on a day, given the day of the next one; false where none does.
func (g *generator) seen(changed comp.Date, more bool, next func() comp.Date) (truth.Known, bool) {
	known := truth.Known{From: uint16(g.monthOf(changed)), Until: truth.Always}
	if more {
		known.Until = uint16(g.monthOf(next()))
		if known.Until == uint16(g.size.Months) {
			known.Until = truth.Always
		}
	}
	return known, int(known.From) < g.size.Months && known.From < known.Until
}

// facts tells the truth about every row.
func (g *generator) facts() {
	for k := 0; k < g.size.Months; k++ {
		from, to := g.rows(unitDeal, k)
		for n := from; n < to; n++ {
			d := g.deal(n, k)
			g.dealFacts(&d)
		}
		from, to = g.rows(unitTicket, k)
		for n := from; n < to; n++ {
			t := g.ticket(n, k)
			g.ticketFacts(&t)
		}
		from, to = g.rows(unitResponse, k)
		for n := from; n < to; n++ {
			r := g.response(n, k)
			g.responseFacts(&r)
		}
		for n := 0; n < g.invited(k); n++ {
			i := g.invitation(n, k)
			g.invitationFacts(&i)
		}
		for _, a := range g.answers(k) {
			g.answerFacts(&a)
		}
	}
}
