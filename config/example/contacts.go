package example

import "strconv"

// topics of tickets.
var topics = []string{"gateway", "calibration", "billing", "export", "login"}

// writeContacts writes what Zendesk's Explore knows of the tickets solved in a month beyond their list: who asked about what, how
// often the customer had to write again, and who had to be asked before it was solved.
func (g *generator) writeContacts(k int, s *sheet) {
	s.cells("Ticket ID", "Requester ID", "Account ID", "Ticket topic", "Assignee name", "Ticket created", "Ticket solved", "Customer contacts", "Agent replies",
		"First reply time (min)", "Escalated", "Approval asked", "Ticket satisfaction score", "Satisfaction comment")
	s.end()
	people := g.contacts()
	for month := max(0, k-1); month <= k; month++ {
		from, to := g.rows(unitTicket, month)
		for n := from; n < to; n++ {
			t := g.ticket(n, month)
			waits := n == from && month == k && t.solved >= g.starts[k+1] // the month's first ticket is there before it is solved
			if waits || t.solved >= g.starts[k] && t.solved < g.starts[k+1] {
				g.contactRow(s, &t, waits, &people[g.about('t', n).below(len(people))], g.about('z', n))
			}
		}
	}
}

func (g *generator) contactRow(s *sheet, t *ticket, waits bool, p *contact, c *chance) {
	again := 1
	if c.perMille(170) {
		again += 1 + c.below(3)
	}
	escalated := again > 1 && c.perMille(300) || c.perMille(40)
	minutes := 4 + c.below(90)
	if c.perMille(180) {
		minutes += 60 * c.below(30)
	}
	s.cells(strconv.FormatInt(t.number, 10), p.id, p.account.id, topics[c.below(len(topics))], t.assignee)
	s.moment(t.created, t.createdAt)
	if waits {
		s.cell("")
	} else {
		s.moment(t.solved, t.solvedAt)
	}
	s.cells(strconv.Itoa(again), strconv.Itoa(again+c.below(2)), strconv.Itoa(minutes), strconv.FormatBool(escalated), strconv.FormatBool(!escalated && c.perMille(60)))
	score, comment := t.states[len(t.states)-1].score, ""
	if waits {
		score = notOffered
	}
	switch score {
	case "Good with comment":
		comment = praise[c.below(len(praise))]
	case "Bad with comment":
		comment = blame[c.below(len(blame))]
	}
	s.cells(score, comment)
	s.end()
}
