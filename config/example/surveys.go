package example

import (
	"fmt"
	"sort"
	"strconv"
	"strings"

	"carrot/config/example/truth"
	"carrot/transform/comp"
)

const (
	kindNormal  = "IP Address" // what Qualtrics calls an ordinary response
	kindPreview = "Survey Preview"
	kindTest    = "Survey Test"
	kindSpam    = "Spam"
)

// comments are what customers type.
var comments = []string{"", "", "", "Fast answers", "Fast answers,\nfriendly \"Tom\"", "=HYPERLINK(\"http://x.example\",\"click\")", "zu langsam; bitte besser",
	"N/A", "NULL", "-", "#NAME?", "Great 👍, but\r\nthe manual is thin", "@SUM(1+1)", "\t tabs and trailing blanks  "}

// response is an answer to the product survey.
type response struct {
	id        string
	kind      string
	finished  bool
	ended     comp.Date
	at        minute
	recorded  comp.Date
	recommend int // -1: left empty
	usage     int
	comment   string
	german    bool
}

func (g *generator) response(n, month int) response {
	c := g.about('R', n)
	length := int(g.starts[month+1] - g.starts[month])
	r := response{id: "R_" + c.code(15-5) + counter(n, 5), kind: kindNormal, finished: true, ended: g.starts[month] + comp.Date(c.below(length)), at: c.minute()}
	r.recorded, r.recommend, r.usage = r.ended, 0, -1
	r.comment, r.german = comments[c.below(len(comments))], c.perMille(500)
	trend := month * 4
	switch {
	case c.perMille(380 + trend):
		r.recommend, r.usage = 9+c.below(2), 4+c.below(2)
	case c.perMille(600):
		r.recommend, r.usage = 7+c.below(2), 3+c.below(3)
	default:
		r.recommend, r.usage = c.below(7), 1+c.below(4)
	}
	if c.perMille(30) {
		r.recommend = -1
	}
	if c.perMille(40) {
		r.usage = -1
	}
	from, _ := g.rows(unitResponse, month)
	if n < from+2 {
		r.ended = g.starts[month] + comp.Date(n-from)
		r.recorded = r.ended
		return r
	}
	switch x := c.below(1000); {
	case x < 20:
		r.kind = kindPreview
	case x < 25:
		r.kind = kindTest
	case x < 35:
		r.kind = kindSpam
	case x < 90: // never finished: Qualtrics records the session a week later
		r.finished, r.recorded, r.recommend, r.usage = false, r.ended+7, -1, -1
	case x < 100: // finished offline, uploaded days later
		r.recorded = r.ended + comp.Date(2+c.below(6))
	}
	return r
}

func (g *generator) responseFacts(r *response) {
	if from := g.monthOf(r.recorded); from < g.size.Months && r.kind == kindNormal && r.finished {
		g.world.Responses = append(g.world.Responses, truth.Response{Known: truth.Known{From: uint16(from), Until: truth.Always}, Ended: r.ended,
			Recommend: int8(r.recommend), Usage: int8(r.usage)})
	}
}

// headed writes Qualtrics' three header rows. Only times carry a zone.
func headed(s *sheet, columns [][3]string) {
	for row := 0; row < 3; row++ {
		for _, c := range columns {
			text := c[row]
			if row == 2 {
				zone := ""
				if strings.HasSuffix(text, "Date") {
					zone = ",\"timeZone\":\"Europe/Berlin\""
				}
				text = "{\"ImportId\":\"" + text + "\"" + zone + "}"
			}
			s.cell(text)
		}
		s.end()
	}
}

var surveyMeta = [][3]string{
	{"StartDate", "Start Date", "startDate"}, {"EndDate", "End Date", "endDate"}, {"Status", "Response Type", "status"},
	{"IPAddress", "IP Address", "ipAddress"}, {"Progress", "Progress", "progress"}, {"Duration (in seconds)", "Duration (in seconds)", "duration"},
	{"Finished", "Finished", "finished"}, {"RecordedDate", "Recorded Date", "recordedDate"}, {"ResponseId", "Response ID", "_recordId"},
	{"RecipientLastName", "Recipient Last Name", "recipientLastName"}, {"RecipientFirstName", "Recipient First Name", "recipientFirstName"},
	{"RecipientEmail", "Recipient Email", "recipientEmail"}, {"ExternalReference", "External Data Reference", "externalDataReference"},
	{"LocationLatitude", "Location Latitude", "locationLatitude"}, {"LocationLongitude", "Location Longitude", "locationLongitude"},
	{"DistributionChannel", "Distribution Channel", "distributionChannel"}, {"UserLanguage", "User Language", "userLanguage"},
}

var productItems = [][3]string{
	{"Q1_NPS_GROUP", "How likely are you to recommend us to a colleague? - Group", "QID1_NPS_GROUP"},
	{"Q1", "How likely are you to recommend us to a colleague?", "QID1"},
	{"Q2", "Thinking of the last four weeks,\nhow satisfied are you with using \"Nordlicht Cloud\"?", "QID2"},
	{"Q3", "What is the main reason\nfor your score?", "QID3_TEXT"},
	{"account_id", "account_id", "account_id"},
}

// item is an answer as exported; "" where it was left empty.
func item(n int) string {
	if n < 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func group(recommend int) string {
	switch {
	case recommend < 0:
		return ""
	case recommend >= 9:
		return "Promoter"
	case recommend >= 7:
		return "Passive"
	}
	return "Detractor"
}

func (g *generator) writeProduct(k int, s *sheet) {
	headed(s, append(append([][3]string(nil), surveyMeta...), productItems...))
	for month := max(0, k-1); month <= k; month++ {
		from, to := g.rows(unitResponse, month)
		for n := from; n < to; n++ {
			r := g.response(n, month)
			if r.recorded >= g.starts[k+1] || r.recorded < g.repeated(k) {
				continue
			}
			progress, finished, language := "100", "True", "EN"
			if !r.finished {
				progress, finished = "40", "False"
			}
			if r.german {
				language = "DE"
			}
			seconds := 30 + n%240
			s.second(r.ended, r.at, n%30)
			s.second(r.ended, r.at, 30+n%30)
			s.cells(r.kind, "192.0.2."+strconv.Itoa(n%250), progress, strconv.Itoa(seconds), finished)
			s.second(r.recorded, r.at, 30+n%30)
			s.cells(r.id, "", "", "", "", "", "", "email", language, group(r.recommend), item(r.recommend), item(r.usage), r.comment,
				"0013x00002"+counter(n%997, 5))
			s.end()
		}
	}
}

// answer is an employee's answer to the pulse survey. Only sealed rows tell whose.
type answer struct {
	person        int
	id            string
	kind          string
	ended         comp.Date
	at            minute
	work, finance int
	comment       string
	recorded      comp.Date
}

// answers are the employees' answers of a month, in the order of their arrival.
func (g *generator) answers(month int) []answer {
	var list []answer
	length := int(g.starts[month+1] - g.starts[month])
	for i := range g.world.People {
		c := g.about('E', month*100_003+i)
		a := answer{person: i, id: "R_" + c.code(15), kind: kindNormal, ended: g.starts[month] + comp.Date(c.below(length)), at: c.minute(), finance: -1,
			comment: []string{"", "", "More focus time,\nplease", "\"Good\" team", "=1+1"}[c.below(5)]}
		a.recorded = a.ended
		there := g.where[i][int(a.ended-first)] != 0
		if i > 0 && (!there || !c.perMille(650)) {
			continue
		}
		a.work = 2 + c.below(2) + c.below(3)
		if c.perMille(850) {
			a.finance = 3 + c.below(3)
			if c.perMille(150) {
				a.finance = 1 + c.below(3)
			}
		}
		if i > 0 && c.perMille(40) {
			a.recorded += comp.Date(1 + c.below(7))
		}
		if i > 0 && c.perMille(15) {
			a.kind = kindPreview
		}
		list = append(list, a)
	}
	sort.Slice(list, func(i, j int) bool {
		a, b := list[i], list[j]
		if a.ended != b.ended {
			return a.ended < b.ended
		}
		return a.id < b.id
	})
	return list
}

func (g *generator) answerFacts(a *answer) {
	if from := g.monthOf(a.recorded); from < g.size.Months && a.kind == kindNormal {
		g.world.Answers = append(g.world.Answers, truth.Answer{Known: truth.Known{From: uint16(from), Until: truth.Always}, Person: a.person, Ended: a.ended,
			Work: int8(a.work), Finance: int8(a.finance)})
	}
}

// writePulse writes the employee survey without addresses, names and places, and with employee ids, by which answers come to
// departments.
func (g *generator) writePulse(k int, s *sheet) {
	var columns [][3]string
	for _, c := range surveyMeta {
		if c[0] != "IPAddress" && !strings.HasPrefix(c[0], "Recipient") && !strings.HasPrefix(c[0], "Location") {
			columns = append(columns, c)
		}
	}
	headed(s, append(columns, [3]string{"Q1", "I like working here.", "QID1"}, [3]string{"Q2", "Finance helps me\nto get my work done.", "QID2"},
		[3]string{"Q3", "Anything else?", "QID3_TEXT"}))
	for month := max(0, k-1); month <= k; month++ {
		for _, a := range g.answers(month) {
			if a.recorded >= g.starts[k+1] || a.recorded < g.repeated(k) {
				continue
			}
			s.second(a.ended, a.at, 5)
			s.second(a.ended, a.at, 59)
			s.cells(a.kind, "100", "54", "True")
			s.second(a.recorded, a.at, 59)
			s.cells(a.id, g.world.People[a.person].ID, "email", "EN", item(a.work), item(a.finance), a.comment)
			s.end()
		}
	}
}

// invitation is a contact invited to the product survey, with the messages that went out.
type invitation struct {
	contact   string
	agent     int
	sent      comp.Date
	at        minute
	reminded  comp.Date // comp.NoDate: never
	status    string    // at the end of the day of the last message
	completed comp.Date // comp.NoDate: never
	response  string
}

// invited is how many contacts a month invites.
func (g *generator) invited(month int) int {
	from, to := g.rows(unitResponse, month)
	return (to - from) * 2
}

func (g *generator) invitation(n, month int) invitation {
	c := g.about('I', month*10_000_019+n)
	i := invitation{sent: g.starts[month] + comp.Date(c.below(20)), reminded: comp.NoDate, completed: comp.NoDate, response: ""}
	i.contact = "CID_" + c.code(8) + counter(month, 2) + counter(n, 5)
	i.agent = g.care(c, i.sent)
	i.at = []minute{5, 10, 40, 8 * 60, 9*60 + 30, 14 * 60, 23*60 + 45}[c.below(7)]
	skill := g.about('A', i.agent).below(200)
	x := c.below(1000)
	switch {
	case x < 10:
		i.status = "Skipped"
	case x < 14:
		i.status = "Blocked"
	case x < 34:
		i.status = "HardBounce"
	case x < 340-skill:
		i.status = "Success"
	case x < 420-skill:
		i.status = "Opened"
	case x < 450-skill:
		i.status = "SurveyStarted"
	default:
		i.status, i.response = "Opened", "R_"+c.code(15)
		i.completed = i.sent + comp.Date(c.below(6)*c.below(3))
		if c.perMille(20) {
			i.completed = i.sent + comp.Date(12+c.below(25))
		}
	}
	waiting := i.status == "Success" || i.status == "Opened" || i.status == "SurveyStarted"
	if waiting && (i.completed == comp.NoDate || i.completed > i.sent+7) && c.perMille(600) {
		i.reminded = i.sent + 7
	}
	return i
}

// last is the day of the last message.
func (i *invitation) last() comp.Date { return max(i.sent, i.reminded) }

func (g *generator) invitationFacts(i *invitation) {
	if i.status == "Skipped" || i.status == "Blocked" {
		return
	}
	login := g.loginOf(systemSurveys, i.agent)
	from := uint16(g.monthOf(i.sent))
	done := g.monthOf(i.completed)
	if i.completed == comp.NoDate || done >= g.size.Months {
		g.world.Invitations = append(g.world.Invitations, truth.Invitation{Known: truth.Known{From: from, Until: truth.Always}, Login: login, Sent: i.last()})
		return
	}
	if uint16(done) > from {
		g.world.Invitations = append(g.world.Invitations, truth.Invitation{Known: truth.Known{From: from, Until: uint16(done)}, Login: login, Sent: i.last()})
	}
	g.world.Invitations = append(g.world.Invitations, truth.Invitation{Known: truth.Known{From: uint16(done), Until: truth.Always}, Login: login, Sent: i.last(),
		Finished: true})
}

func (g *generator) writeInvitations(k int, s *sheet) {
	s.cells("contactId", "contactLookupId", "distributionId", "requestType", "status", "surveyLink", "responseId", "responseStartedAt", "responseCompletedAt",
		"sentAt", "openedAt", "agent_email", "wave")
	s.end()
	for month := max(0, k-2); month <= k; month++ {
		for n := 0; n < g.invited(month); n++ {
			i := g.invitation(n, month)
			changed := i.last()
			answered := i.completed != comp.NoDate && i.completed < g.starts[k+1]
			if answered {
				changed = max(changed, i.completed)
			}
			if changed < g.repeated(k) {
				continue
			}
			g.invitationRow(s, &i, month, "Invite", i.sent, answered)
			if i.reminded != comp.NoDate {
				g.invitationRow(s, &i, month, "Reminder", i.reminded, answered)
			}
		}
	}
}

func (g *generator) invitationRow(s *sheet, i *invitation, month int, request string, sent comp.Date, answered bool) {
	distribution := fmt.Sprintf("EMD_%s%s", strings.ReplaceAll(g.world.Month(month), "-", ""), map[string]string{"Invite": "InvProduct", "Reminder": "RemProduct"}[request])
	status, response := i.status, ""
	if answered {
		status, response = "SurveyFinished", i.response
	}
	s.cells(i.contact, "CGC_"+i.contact[4:], distribution, request, status,
		"https://nordlicht.fra1.qualtrics.com/jfe/form/SV_7Uw1HuxpN0OxbVQ?Q_CHL=email&Q_DL="+distribution, response)
	if answered {
		s.utc(i.completed, 12*60, 7)
		s.utc(i.completed, 12*60+4, 9)
	} else {
		s.cells("", "")
	}
	s.utc(sent, i.at, 3)
	s.cells("", g.world.People[i.agent].Email, g.world.Month(month))
	s.end()
}
