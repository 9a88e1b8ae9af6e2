package example

import (
	"strconv"

	"carrot/config/example/truth"
	"carrot/transform/comp"
)

// ticket is a Zendesk ticket with the states that it went through.
type ticket struct {
	number    int64
	assignee  string
	login     int32
	subject   string
	requester int
	tags      string
	priority  string
	channel   string
	created   comp.Date
	createdAt minute
	solved    comp.Date // comp.NoDate: never
	solvedAt  minute
	reopens   int
	states    []ticketState
}

// minute is a time of day in minutes. Two in the morning is left out: a night a year has none, another has two.
type minute int

func (c *chance) minute() minute {
	m := minute(c.below(24 * 60))
	if m/60 == 2 {
		m += 9 * 60
	}
	return m
}

// ticketState holds from the day Changed on.
type ticketState struct {
	changed comp.Date
	status  string
	score   string
}

const (
	notOffered = "Not Offered"
	offered    = "Offered"
)

var subjects = []string{"Sensor offline after update", "Invoice 4711, wrong address", "How do I export \"all\" readings?", "Login fails; error 0x80070005",
	"Rückfrage zur Kalibrierung", "=SUM(A1:A9) shows in my report", "Gateway beeps, constantly", "Delivery date?", "API limit reached", "+49 number format"}

// care is somebody who works in Customer Service on a day.
func (g *generator) care(c *chance, day comp.Date) int {
	for try := 0; try < 60; try++ {
		p := g.agents[c.below(len(g.agents))]
		if !g.worksIn(p, 'C', day) {
			continue
		}
		jobs := g.world.People[p].Jobs
		if jobs[len(jobs)-1].Title == "Service Team Lead" && !c.perMille(90) {
			continue
		}
		return p
	}
	return 3 // the first agent, who is always there
}

func (g *generator) ticket(n, month int) ticket {
	c := g.about('T', n)
	length := int(g.starts[month+1] - g.starts[month])
	created := g.starts[month] + comp.Date(c.below(length))
	agent := g.care(c, created)
	t := ticket{number: 6_130_900_000_000 + int64(n), created: created, createdAt: c.minute(), solved: comp.NoDate, subject: subjects[c.below(len(subjects))],
		requester: c.below(5000), priority: []string{"", "", "Low", "Normal", "High", "Urgent"}[c.below(6)], channel: []string{"Mail", "Web form", "Chat", "Phone"}[c.below(4)]}
	t.tags = []string{"", "billing", "gateway urgent", "how_to", "sensor firmware_2"}[c.below(5)]
	t.login, t.assignee = g.loginOf(systemTickets, agent), g.staff[agent].shown
	if g.staff[agent].desk && c.perMille(600) {
		t.login, t.assignee = g.login(systemTickets, deskLogin), deskLogin
	}
	t.states = []ticketState{{created, "Open", notOffered}}
	from, _ := g.rows(unitTicket, month)
	if n > from && c.perMille(25) {
		return t // still open
	}
	lag := c.below(4) * c.below(3)
	t.solved, t.solvedAt = created+comp.Date(lag), c.minute()
	if lag == 0 {
		t.solvedAt = max(t.solvedAt, t.createdAt)
	}
	if c.perMille(70) {
		t.reopens = 1 + c.below(2)
	}
	if !c.perMille(930) {
		t.states = append(t.states, ticketState{t.solved, "Solved", notOffered})
		return t
	}
	t.states = append(t.states, ticketState{t.solved, "Solved", offered})
	if c.perMille(420) {
		g.rate(c, &t, agent)
	}
	return t
}

// rate lets the customer rate a ticket, mostly within a day, and some of them think again.
func (g *generator) rate(c *chance, t *ticket, agent int) {
	good := 820 + g.about('A', agent).below(120)
	if t.solved >= comp.Day(2025, 7, 1) && t.solved < comp.Day(2025, 10, 1) {
		good -= 70 // the summer of the bad firmware
	}
	word := "Bad"
	if c.perMille(good) {
		word = "Good"
	}
	if c.perMille(350) {
		word += " with comment"
	}
	lag := c.below(2)
	if c.perMille(150) {
		lag = 2 + c.below(6)
	}
	rated := t.solved + comp.Date(lag)
	t.states = append(t.states, ticketState{rated, "Solved", word})
	if word[:3] == "Bad" && c.perMille(80) {
		t.states = append(t.states, ticketState{rated + comp.Date(2+c.below(20)), "Closed", "Good"})
	}
}

func (g *generator) ticketFacts(t *ticket) {
	for i, s := range t.states {
		known, seen := g.seen(s.changed, i+1 < len(t.states), func() comp.Date { return t.states[i+1].changed })
		if !seen || s.status == "Open" {
			continue
		}
		g.world.Tickets = append(g.world.Tickets, truth.Ticket{Known: known, Number: t.number, Login: t.login, Solved: t.solved,
			Rated: s.score != offered && s.score != notOffered, Good: s.score[0] == 'G', Reopened: t.reopens > 0})
	}
}

// writeTickets writes the ticket export of a month. Zendesk puts a byte order mark before some of them.
func (g *generator) writeTickets(k int, s *sheet) {
	if k%2 == 1 {
		s.raw("\uFEFF")
	}
	s.raw("Summation column,Id,Requester,Requester id,Requester external id,Requester email,Requester domain,Submitter,Assignee,Group,Subject,Tags,Status," +
		"Priority,Via,Ticket type,Created at,Updated at,Assigned at,Organization,Due date,Initially assigned at,Solved at,Resolution time," +
		"Satisfaction Score,Group stations,Assignee stations,Reopens,Replies,First reply time in minutes,First reply time in minutes within business hours," +
		"First resolution time in minutes,First resolution time in minutes within business hours,Full resolution time in minutes," +
		"Full resolution time in minutes within business hours,Agent wait time in minutes,Agent wait time in minutes within business hours," +
		"Requester wait time in minutes,Requester wait time in minutes within business hours,On hold time in minutes," +
		"On hold time in minutes within business hours,Product [list],Order number [txt]\n")
	for month := max(0, k-2); month <= k; month++ {
		from, to := g.rows(unitTicket, month)
		for n := from; n < to; n++ {
			t := g.ticket(n, month)
			for i := len(t.states) - 1; i >= 0; i-- {
				if st := t.states[i]; st.changed < g.starts[k+1] {
					if st.changed >= g.repeated(k) {
						g.ticketRow(s, &t, st)
					}
					break
				}
			}
		}
	}
}

func (g *generator) ticketRow(s *sheet, t *ticket, st ticketState) {
	requester := strconv.Itoa(400_000_000 + t.requester)
	customer := "Customer " + strconv.Itoa(t.requester)
	s.cells("1", strconv.FormatInt(t.number, 10), customer, requester, "", "c"+strconv.Itoa(t.requester)+"@customer.example", "customer.example", customer,
		t.assignee, "Support", t.subject, t.tags, st.status, t.priority, t.channel, "Incident")
	s.moment(t.created, t.createdAt)
	s.moment(st.changed, t.solvedAt)
	s.moment(t.created, t.createdAt)
	s.cells(accounts[t.requester%len(accounts)], "")
	s.moment(t.created, t.createdAt)
	if st.status == "Open" {
		s.cells("", "")
	} else {
		s.moment(t.solved, t.solvedAt)
		s.cell(strconv.Itoa(max(0, int(t.solved-t.created)*24+int(t.solvedAt-t.createdAt)/60)))
	}
	reopens := t.reopens
	if st.status == "Open" {
		reopens = 0
	}
	reply := strconv.Itoa(5 + t.requester%300)
	s.cells(st.score, "1", "1", strconv.Itoa(reopens), "2", reply, reply, "", "", "", "", "", "", "", "", "0", "0", "Gateway", "SO-"+strconv.Itoa(t.requester))
	s.end()
}
