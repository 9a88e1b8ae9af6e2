package example

import (
	"strconv"

	"carrot/transform/comp"
)

// oldest is how many months before a drop's own a deal may have closed and still change or be refunded.
const oldest = 6

// recent gives every deal that a drop's reports may show, oldest first, with its state at the month's end and whether that
// is recent enough to be reported.
func (g *generator) recent(k int, each func(d *deal, state dealState, reported bool)) {
	for month := max(0, k-oldest); month <= k; month++ {
		from, to := g.rows(unitDeal, month)
		for n := from; n < to; n++ {
			d := g.deal(n, month)
			for i := len(d.states) - 1; i >= 0; i-- {
				if st := d.states[i]; st.changed < g.starts[k+1] {
					each(&d, st, st.changed >= g.repeated(k))
					break
				}
			}
		}
	}
}

// money is minor units as plain text, or with a German's marks: 1.234,50.
func money(minor int64, german bool) string {
	whole, cents := strconv.FormatInt(minor/100, 10), strconv.FormatInt(100+minor%100, 10)[1:]
	if !german {
		return whole + "." + cents
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "." + whole[i:]
	}
	return whole + "," + cents
}

// slashed is M/D/YYYY, and dotted DD.MM.YYYY; an absent date is empty.
func slashed(d comp.Date) string {
	if d == comp.NoDate {
		return ""
	}
	return d.Time().Format("1/2/2006")
}

func dotted(d comp.Date) string {
	if d == comp.NoDate {
		return ""
	}
	return d.Time().Format("02.01.2006")
}

func (g *generator) writeGermanDeals(k int, s *sheet) {
	s.quoteAll, s.delimiter, s.western = true, ';', true
	s.cells("Opportunity-Name", "Account-Name", "Opportunity-ID", "Typ", "Phase", "Betrag Währung", "Betrag", "Schlusstermin", "Zugesagt am", "Geliefert am",
		"Opportunity-Inhaber", "Opportunity-Inhaber: Benutzername", "Datum der letzten Änderung")
	s.end()
	rows := 0
	g.recent(k, func(d *deal, st dealState, reported bool) {
		if !d.german || !reported {
			return
		}
		rows++
		kind, stage := "Bestandskunde - Erweiterung", "Geschlossen und gewonnen"
		if d.isNew {
			kind = "Neugeschäft"
		}
		if !d.won {
			stage = "Geschlossen und verloren"
		}
		s.cells(d.name, d.account, d.id, kind, stage, string(d.currency), money(st.minor, true), dotted(d.closed), dotted(d.promised), dotted(st.delivered),
			g.staff[d.owner].shown, d.username, dotted(st.changed))
		s.end()
	})
	s.cell("Gesamtsummen (" + strconv.Itoa(rows) + " Datensätze)")
	s.end()
	s.raw("\n\"Nordlicht Instruments\"\n\"Vertrauliche Informationen – nicht weitergeben\"\n" +
		"\"Copyright (c) 2000-2026 salesforce.com, inc. Alle Rechte vorbehalten.\"\n")
}

func kindOf(isNew bool) string {
	if isNew {
		return "New Customer"
	}
	return "Existing Customer - Upgrade"
}

// footer ends an American report.
func footer(s *sheet, rows int) {
	s.cell("Grand Totals (" + strconv.Itoa(rows) + " records)")
	s.end()
	s.raw("\n\"Nordlicht Instruments\"\n\"Confidential Information - Do Not Distribute\"\n" +
		"\"Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved.\"\n")
}

func (g *generator) writeAmericanDeals(k int, s *sheet) {
	s.quoteAll = true
	s.cells("Opportunity Name", "Account Name", "Opportunity ID", "Type", "Stage", "Amount Currency", "Amount", "Close Date", "Promised On", "Delivered On",
		"Opportunity Owner", "Opportunity Owner: Username", "Last Modified Date")
	s.end()
	rows := 0
	g.recent(k, func(d *deal, st dealState, reported bool) {
		if d.german || !reported {
			return
		}
		rows++
		stage := "Closed Won"
		if !d.won {
			stage = "Closed Lost"
		}
		s.cells(d.name, d.account, d.id, kindOf(d.isNew), stage, string(d.currency), money(st.minor, false), slashed(d.closed), slashed(d.promised),
			slashed(st.delivered), g.staff[d.owner].shown, d.username, slashed(st.changed))
		s.end()
	})
	footer(s, rows)
}

func (g *generator) writeSplits(k int, s *sheet) {
	s.quoteAll = true
	s.cells("Opportunity ID", "Opportunity Name", "Split Owner", "Split Owner: Username", "Split (%)", "Created Date")
	s.end()
	rows := 0
	g.recent(k, func(d *deal, st dealState, reported bool) {
		for _, share := range d.splits {
			on := g.recorded(d, share)
			if on >= g.starts[k+1] || (!reported && on < g.repeated(k)) {
				continue
			}
			rows++
			s.cells(d.id, d.name, g.staff[share.owner].shown, g.staff[share.owner].username, strconv.FormatInt(share.percent, 10)+".00", slashed(on))
			s.end()
		}
	})
	footer(s, rows)
}

func (g *generator) writeMemos(k int, s *sheet) {
	s.quoteAll = true
	s.cells("Credit Memo Number", "Credit Memo Date", "Opportunity ID", "Account Name", "Type", "Amount Currency", "Amount", "Delivered On",
		"Opportunity Owner: Username", "Reason")
	s.end()
	rows := 0
	g.recent(k, func(d *deal, _ dealState, _ bool) {
		if d.memo == nil || d.memo.date >= g.starts[k+1] || d.memo.date < g.repeated(k) {
			return
		}
		rows++
		delivered := d.states[len(d.states)-1].delivered
		s.cells(d.memo.id, slashed(d.memo.date), d.id, d.account, kindOf(d.isNew), string(d.currency), money(d.memo.minor, false), slashed(delivered),
			d.username, "Returned goods,\nsee \"RMA\" note")
		s.end()
	})
	footer(s, rows)
}
