package example

import (
	"strconv"

	"carrot/transform/comp"
)

// asked is one invitation to the relationship survey, which goes to people of customers whatever happened last: every half year,
// to a contact in the same month of it. It is another survey than the one after a ticket, and no measure mixes them.
type asked struct {
	id       string
	contact  *contact
	owner    int
	channel  string
	sent     comp.Date // comp.NoDate: not sent
	at       minute
	reminder int
	length   int // questions
	code     string
	excluded string // who kept it from being sent, and why
	because  string
	answered comp.Date
	score    int
	effort   int
	usage    int
	quick    int // how responsive they think we are
	comment  string
}

// What became of an invitation, in AAPOR's codes, and one for those that were never sent.
const (
	complete = "I"
	partly   = "P"
	notSent  = "NS"
)

var praise = []string{"Fast answers", "Your people know our plant", "\"Just works\", as they said", "Kalibrierung ohne Ärger", ""}

var blame = []string{"Two weeks for a spare part;\nnobody called", "Export of readings is cumbersome", "Rechnung dreimal falsch", "=Gateway drops twice a day", ""}

// asks are the invitations of a month, in the order of the contacts.
func (g *generator) asks(month int) []asked {
	var out []asked
	all := g.contacts()
	for i := range all {
		p := &all[i]
		if i%6 != month%6 || p.account.since >= g.starts[month] {
			continue
		}
		out = append(out, g.ask(p, i, month))
	}
	return out
}

func (g *generator) ask(p *contact, number, month int) asked {
	c := g.about('r', month*100_003+number)
	a := asked{id: "RI-" + g.world.Month(month) + "-" + counter(number, 3), contact: p, channel: []string{"email", "email", "in app", "phone"}[c.below(4)],
		sent: g.starts[month] + comp.Date(c.below(16)), at: 8*60 + minute(c.below(600)), length: 4 + 8*c.below(2), answered: comp.NoDate}
	a.owner = g.keeper(p.account, a.sent)
	willing := 300 + month*8 + a.owner%5*25
	if p.account.segment == "ENT" {
		willing += 180
	}
	if p.role == decides {
		willing -= 60
	}
	if a.length > 6 {
		willing -= 70
	}
	switch x := c.below(1000); {
	case number < 6: // of the first account: they always answer
		a.code, a.answered = complete, a.sent+comp.Date(c.below(9))
	case a.owner == planAmerican && month >= 12 && x < 650: // who has begun to pick whom to ask
		a.code, a.sent, a.excluded, a.because = notSent, comp.NoDate, "account owner", "open escalation"
	case x < 30:
		a.code, a.sent = notSent, comp.NoDate
		a.excluded, a.because = []string{"account owner", "account owner", "rule"}[c.below(3)], []string{"asked last month", "open escalation", "contract talks"}[c.below(3)]
	case x < 50:
		a.code = "NE" // no longer works there
	case x < 70:
		a.code = "R" // opted out
	case x < 110:
		a.code = "NC" // out of office, mailbox full
	case x < 120:
		a.code = "O"
	case x < 150:
		a.code = "UH" // nobody knows whether it arrived
	case x < 150+willing:
		a.code, a.answered = complete, a.sent+comp.Date(c.below(9))
		if c.perMille(60) {
			a.code = partly
		}
	default:
		a.code = "UO" // it arrived, and nobody knows more
	}
	if a.sent != comp.NoDate && (a.answered == comp.NoDate || a.answered > a.sent+5) {
		a.reminder = 1
	}
	a.opinion(c, month)
	return a
}

// opinion is what they answer: better in larger accounts and from month to month, worse in the summer of the bad firmware.
func (a *asked) opinion(c *chance, month int) {
	happy := 400 + month*6
	if a.contact.account.segment == "ENT" {
		happy += 120
	}
	if month >= 6 && month < 9 {
		happy -= 120
	}
	switch {
	case c.perMille(happy):
		a.score, a.effort, a.usage, a.quick = 9+c.below(2), 5+c.below(3), 4+c.below(2), 4+c.below(2)
	case c.perMille(620):
		a.score, a.effort, a.usage, a.quick = 7+c.below(2), 4+c.below(3), 3+c.below(2), 3+c.below(3)
	default:
		a.score, a.effort, a.usage, a.quick = c.below(7), 1+c.below(4), 1+c.below(3), 1+c.below(4)
	}
	a.comment = praise[c.below(len(praise))]
	if a.score < 7 {
		a.comment = blame[c.below(len(blame))]
	}
}

// response is the id of the answer to an invitation.
func (a *asked) response() string { return "R_rel" + a.id[3:] }

// status is how an invitation stands at the end of a month.
func (a *asked) status(end comp.Date) string {
	if a.answered != comp.NoDate && a.answered > end {
		return "UO"
	}
	return a.code
}

// writeAsks writes the log of invitations of a month and the one before it, those that were not sent included.
func (g *generator) writeAsks(k int, s *sheet) {
	s.cells("invitation_id", "survey_kind", "wave", "contact_id", "account_id", "account_owner", "contact_role", "account_tier", "segment", "channel", "language",
		"questions", "planned_on", "sent_at", "reminder_no", "status", "answered_on", "excluded_by", "excluded_because")
	s.end()
	for month := max(0, k-1); month <= k; month++ {
		for _, a := range g.asks(month) {
			p := a.contact
			s.cells(a.id, "relationship", g.wave(month), p.id, p.account.id, g.id(a.owner), p.role, p.account.tier(), p.account.segment, a.channel, p.language(),
				strconv.Itoa(a.length), g.starts[month].String())
			if a.sent == comp.NoDate {
				s.cell("")
			} else {
				s.utc(a.sent, a.at, 0)
			}
			status, answered := a.status(g.starts[k+1]-1), ""
			if status == complete || status == partly {
				answered = a.answered.String()
			}
			s.cells(strconv.Itoa(a.reminder), status, answered, a.excluded, a.because)
			s.end()
		}
	}
}

var relationshipItems = [][3]string{
	{"Q1_NPS_GROUP", "How likely are you to recommend Nordlicht to a colleague? - Group", "QID1_NPS_GROUP"},
	{"Q1", "How likely are you to recommend Nordlicht to a colleague?", "QID1"},
	{"Q2", "Nordlicht made it easy for me\nto handle my issue. (1 to 7)", "QID2"},
	{"Q3", "How satisfied are you with using our products? (1 to 5)", "QID3"},
	{"Q4", "They answer quickly when we need them. (1 to 5)", "QID4"},
	{"Q5", "What is the main reason\nfor your score?", "QID5_TEXT"},
	{"survey_kind", "survey_kind", "survey_kind"}, {"wave", "wave", "wave"}, {"invitation_id", "invitation_id", "invitation_id"},
	{"contact_id", "contact_id", "contact_id"}, {"contact_role", "contact_role", "contact_role"}, {"account_id", "account_id", "account_id"},
	{"account_tier", "account_tier", "account_tier"}, {"segment", "segment", "segment"}, {"account_owner", "account_owner", "account_owner"},
}

// writeAnswers writes the answers that came in a month, as Qualtrics exports them with the embedded data of the invitation.
func (g *generator) writeAnswers(k int, s *sheet) {
	headed(s, append(append([][3]string(nil), surveyMeta...), relationshipItems...))
	for month := max(0, k-1); month <= k; month++ {
		for n, a := range g.asks(month) {
			if a.answered == comp.NoDate || a.answered < g.starts[k] || a.answered >= g.starts[k+1] {
				continue
			}
			progress, finished, recorded := "100", "True", a.answered
			if a.code == partly {
				progress, finished = "55", "False"
			}
			p := a.contact
			s.second(a.answered, a.at, n%30)
			s.second(a.answered, a.at, 30+n%30)
			s.cells(kindNormal, "192.0.2."+strconv.Itoa(n%250), progress, strconv.Itoa(60+n%240), finished)
			s.second(recorded, a.at, 30+n%30)
			s.cells(a.response(), "", "", "", p.id, "", "", a.channel, p.language(), group(a.score), item(a.score))
			if a.code == partly {
				s.cells("", "", "", "")
			} else {
				s.cells(item(a.effort), item(a.usage), item(a.quick), a.comment)
			}
			s.cells("relationship", g.wave(month), a.id, p.id, p.role, p.account.id, p.account.tier(), p.account.segment, g.id(a.owner))
			s.end()
		}
	}
}

// loopBooks say what was done with the answers of those who would not recommend us.
func (g *generator) loopBooks() []book {
	return []book{{name: "commitments.csv", header: []string{"commitment", "response", "account", "account_owner", "owner", "answered_on", "due_on",
		"first_contact_on", "hours", "two_way", "promised", "done_on", "told_on"}, rows: func(add func(...any)) {
		from := first - 23 // the last one of the year before
		add("CO-0000", "R_rel2024-12-000", "0013x0000200000", g.id(planSeller), g.id(planSeller), from, from+2, from+1, 26, true, "call back with a date", from+9, from+10)
		for k := range g.size.Months {
			for n, a := range g.asks(k) {
				if a.answered == comp.NoDate || a.answered >= g.starts[g.size.Months] || a.score > 6 {
					continue
				}
				g.follow(&a, k*1000+n, add)
			}
		}
	}}}
}

// follow is what became of one dissatisfied answer. A mail that nobody answered is no contact: hours then count on to the day on
// which the list was last looked at, four weeks later.
func (g *generator) follow(a *asked, number int, add func(...any)) {
	c := g.about('l', number)
	caller := a.owner
	if c.perMille(400) {
		caller = g.care(c, a.answered)
	}
	hours, contacted := 2+c.below(40), c.perMille(850)
	if c.perMille(250) {
		hours += 30 + c.below(60)
	}
	reached, done, told, promised := comp.NoDate, comp.NoDate, comp.NoDate, ""
	if contacted {
		reached = a.answered + comp.Date(hours/24)
		promised = []string{"call back with a date", "replace the gateway", "correct the invoice", "training for the plant"}[c.below(4)]
		if c.perMille(800) {
			if done = reached + comp.Date(3+c.below(20)); c.perMille(820) {
				told = done + comp.Date(c.below(5))
			}
		}
	} else {
		hours = 28 * 24
	}
	add("CO-"+counter(number+1, 4), a.response(), a.contact.account.id, g.id(a.owner), g.id(caller), a.answered, a.answered+2, reached, hours, contacted, promised, done, told)
}
