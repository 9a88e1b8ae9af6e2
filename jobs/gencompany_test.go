package jobs

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"carrot/config"
	"carrot/transform/comp"
)

// The company of generated plans: three legal entities, deals with shares and refunds, answers of customers.
var plangenCompany = `carrot: 1
company: Generated
zone: Europe/Berlin
pay: {first: 2023-01, day: 25, restate_months: 3, approval: none}
entities:
  - {id: DE01, name: Generated GmbH, country: DE, currency: EUR, pay_code: "1"}
  - {id: JP01, name: Generated KK, country: JP, currency: JPY, pay_code: "2"}
  - {id: US01, name: Generated Inc., country: US, currency: USD, pay_code: "3"}
question: "Write to pay@generated.example."
sources: [sources/*.yaml]
measures: [measures/*.yaml]
plans: [plans/*.yaml]
legal: [legal/*.yaml]
roster:
  - table: hr.people
    id: id
    from: start
    to: end
    employed: 'department != null'
    set: {name: name, department: department, entity: entity, manager: manager, fte: fte, leave: leave, plan: plan, own_rate: own_rate, law: law}
crosswalk:
  - {table: crm.logins, system_is: crm, login: login, employee: employee}
fx:
  - {table: hr.fx, date: date, from: from, to: to, rate: rate, kind: kind}
events:
  - {table: crm.acceptances, of: crm.deals, key: deal_id, event: accepted, date: accepted_on}
  - {table: crm.verdicts, of: crm.deals, key: deal_id, event: satisfaction, date: answered_on, score: score}
  - {table: crm.endings, of: crm.deals, key: deal_id, event: refunded, date: ended_on, amount: amount}
  - {table: crm.payments, of: crm.deals, key: deal_id, event: cash, date: paid_on, amount: amount}
hours:
  - {table: hr.weeks, employee: employee, week: week, hours: hours}
quotas:
  - {table: hr.numbers, employee: employee, name: name, from: from, to: to, amount: amount, currency: currency}
` + plangenCalendar()

// plangenCalendar has measuring periods of four weeks, which begin and end within months.
func plangenCalendar() string {
	var starts []string
	until := comp.Day(2022, 1, 3)
	for ; until < comp.Day(2026, 6, 1); until += 28 {
		starts = append(starts, until.String())
	}
	return fmt.Sprintf("calendars:\n  - {name: fours, starts: [%s], until: %s}\n", strings.Join(starts, ", "), until)
}

const plangenSources = `source: crm
kind: files
folder: exports
tables:
  deals:
    {files: "deals-{drop}.csv", mode: delta, keys: [id], cause: late data, control: amount, format: csv, columns: {id: {from: ID, type: id}, owner: {from: Owner, type: category},
      amount: {from: Amount, type: decimal, scale: 2}, currency: {from: Currency, type: category}, kind: {from: Kind, type: category},
      booked_at: {from: Booked, type: instant, layout: "YYYY-MM-DDThh:mm:ss", zone: Europe/Berlin}}}
  splits:
    {files: "splits-{drop}.csv", mode: snapshot, keys: [deal_id, owner], cause: reassignment, format: csv, columns: {deal_id: {from: Deal, type: id},
      owner: {from: Owner, type: category}, kind: {from: Kind, type: category}, percent: {from: Percent, type: decimal, scale: 2}}}
  refunds:
    {files: "refunds-{drop}.csv", mode: delta, keys: [id], cause: refund, format: csv, columns: {id: {from: ID, type: id}, deal_id: {from: Deal, type: id},
      owner: {from: Owner, type: category}, amount: {from: Amount, type: decimal, scale: 2}, currency: {from: Currency, type: category}, refunded_on: {from: Refunded, type: date}}}
  answers:
    {files: "answers-{drop}.csv", mode: delta, keys: [id], cause: late data, format: csv, columns: {id: {from: ID, type: id}, owner: {from: Owner, type: category},
      score: {from: Score, type: integer}, asked_on: {from: Asked, type: date}}}
  acceptances: {files: "acceptances-{drop}.csv", mode: delta, keys: [deal_id, accepted_on], cause: late data, format: csv, columns: {deal_id: {from: Deal, type: id}, accepted_on: {from: Accepted, type: date}}}
  verdicts:
    {files: "verdicts-{drop}.csv", mode: delta, keys: [deal_id, answered_on], cause: late data, format: csv, columns: {deal_id: {from: Deal, type: id},
      answered_on: {from: Answered, type: date}, score: {from: Score, type: decimal, scale: 2}}}
  endings:
    {files: "endings-{drop}.csv", mode: delta, keys: [deal_id, ended_on], cause: late data, format: csv, columns: {deal_id: {from: Deal, type: id},
      ended_on: {from: Ended, type: date}, amount: {from: Amount, type: decimal, scale: 2}}}
  payments:
    {files: "payments-{drop}.csv", mode: delta, keys: [deal_id, paid_on], cause: late data, format: csv, columns: {deal_id: {from: Deal, type: id},
      paid_on: {from: Paid, type: date}, amount: {from: Amount, type: decimal, scale: 2}}}
  logins: {files: "logins-{drop}.csv", mode: snapshot, cause: reassignment, format: csv, columns: {login: {from: Login, type: text}, employee: {from: Employee, type: id}}}
---
source: hr
kind: files
folder: exports
tables:
  people:
    {files: "people-{drop}.csv", mode: snapshot, keys: [id, start], cause: hierarchy, class: personal, format: csv, columns: {id: {from: Employee, type: id}, name: {from: Name, type: text},
      department: {from: Department, type: category}, entity: {from: Entity, type: category}, manager: {from: Manager, type: id}, fte: {from: FTE, type: text},
      leave: {from: Leave, type: category}, plan: {from: Plan, type: category}, own_rate: {from: Rate, type: text}, law: {from: Law, type: category}, start: {from: Start, type: date}, end: {from: End, type: date}}}
  fx:
    {files: "fx-{drop}.csv", mode: snapshot, cause: fx, format: csv, columns: {date: {from: Date, type: date}, from: {from: From, type: category}, to: {from: To, type: category},
      rate: {from: Rate, type: decimal, scale: 6}, kind: {from: Kind, type: category}}}
  weeks: {files: "weeks-{drop}.csv", mode: snapshot, cause: late data, format: csv, columns: {employee: {from: Employee, type: id}, week: {from: Week, type: date}, hours: {from: Hours, type: decimal, scale: 2}}}
  numbers:
    {files: "numbers-{drop}.csv", mode: snapshot, cause: quota, class: personal, format: csv, columns: {employee: {from: Employee, type: id}, name: {from: Name, type: category},
      from: {from: From, type: date}, to: {from: To, type: date}, amount: {from: Amount, type: decimal, scale: 4}, currency: {from: Currency, type: category}}}
`

// pooledSums are the generated measures of what pools sell together.
var pooledSums = []string{"all_sold", "their_sold"}

// plangenMeasures are what generated plans pay for: sums and counts of one's own, and shares and means of every pool.
var plangenMeasures = func() string {
	head := "measure: %s\nversion: \"1\"\ntitle: About %s\nfamily: outcome\nunit: %s\naggregate: %s\npool: %s\nwindow: %d\n"
	split := "{column: owner, system: crm, split: {table: crm.splits, key: deal_id, of: %s, owner: owner, percent: percent}}"
	deals := "  - {table: crm.deals, owner: " + fmt.Sprintf(split, "id") + ", value: amount, currency: currency, date: booked_at}\n"
	refunds := "  - {table: crm.refunds, owner: " + fmt.Sprintf(split, "deal_id") + ", value: amount, currency: currency, date: refunded_on, sign: -1}\n"
	answers := "table: crm.answers\nowner: {column: owner, system: crm}\ndate: asked_on\n"
	shared := func(more string) string {
		return "rows:\n" + strings.Replace(deals, "percent: percent}", more+"}", 1)
	}
	rolled := func(more string) string {
		return "rows:\n" + strings.Replace(deals, "percent: percent}", "percent: percent}, rollup: "+more, 1)
	}
	docs := []string{
		fmt.Sprintf(head, "weighed_sold", "weighed_sold", "money", "sum", "payee", 1) + shared("weight: percent, remainder: largest"),
		fmt.Sprintf(head, "cent_sold", "cent_sold", "money", "sum", "payee", 1) + shared("percent: percent, remainder: largest"),
		fmt.Sprintf(head, "helped_sold", "helped_sold", "money", "sum", "payee", 1) + shared("percent: percent, outside: true, where: 'kind == \"help\"'"),
		fmt.Sprintf(head, "below_sold", "below_sold", "money", "sum", "payee", 1) + rolled("managers"),
		fmt.Sprintf(head, "team_sold", "team_sold", "money", "sum", "payee", 1) + rolled("team"),
		fmt.Sprintf(head, "sold", "sold", "money", "sum", "payee", 1) + "rows:\n" + deals + refunds,
		fmt.Sprintf(head, "netted_sold", "netted_sold", "money", "sum", "payee", 1) + "rows:\n" + deals + strings.Replace(refunds, "owner:", "deal: deal_id, owner:", 1),
		fmt.Sprintf(head, "booked", "booked", "money", "sum", "payee", 1) + "rows:\n" + deals,
		fmt.Sprintf(head, "new_sold", "new_sold", "money", "sum", "payee", 2) + "rows:\n" + strings.Replace(deals, "value:", "where: 'kind == \"new\"', value:", 1),
		fmt.Sprintf(head, "all_sold", "all_sold", "money", "sum", "company", 1) + "rows:\n" + strings.ReplaceAll(strings.ReplaceAll(deals+refunds,
			"owner: "+fmt.Sprintf(split, "id")+", ", ""), "owner: "+fmt.Sprintf(split, "deal_id")+", ", ""),
		fmt.Sprintf(head, "their_sold", "their_sold", "money", "sum", "department", 1) + "rows:\n" + deals,
		fmt.Sprintf(head, "units", "units", "count", "count", "payee", 1) + "rows:\n" + strings.Replace(deals, "value: amount, currency: currency, ", "", 1),
		fmt.Sprintf(head, "csat", "csat", "share", "share", "payee", 1) + answers + "hit: 'score >= 4'\n",
		fmt.Sprintf(head, "csat_long", "csat_long", "share", "share", "entity", 3) + answers + "hit: 'score >= 4'\n",
		fmt.Sprintf(head, "mood", "mood", "score", "mean", "department", 1) + answers + "value: score\n",
		fmt.Sprintf(head, "last_mood", "last_mood", "score", "mean", "company", 1) +
			"table: crm.answers\ndate: asked_on\nvalue: score\nfold: {by: [owner], order: asked_on, take: last}\n",
	}
	return strings.Join(docs, "---\n")
}()

// plangenFiles are the files of a company of these plans. Its first pay period is that of a day.
func plangenFiles(texts []string, first comp.Date) fstest.MapFS {
	company := strings.Replace(plangenCompany, "first: 2023-01", "first: "+comp.Month(first).Name(), 1)
	files := fstest.MapFS{"carrot.yaml": {Data: []byte(company)}, "measures/all.yaml": {Data: []byte(plangenMeasures)},
		"legal/all.yaml": {Data: []byte(plangenLegal)}}
	for i, s := range strings.Split(plangenSources, "---\n") {
		files[fmt.Sprintf("sources/%d.yaml", i)] = &fstest.MapFile{Data: []byte(s)}
	}
	for i, text := range texts {
		files[fmt.Sprintf("plans/p%d.yaml", i)] = &fstest.MapFile{Data: []byte(text)}
	}
	return files
}

// plangenBatch writes a batch of plans down and reads them as anybody's: through the text of a file.
func plangenBatch(t *testing.T, texts []string) *config.Config {
	t.Helper()
	c, wrong := config.Load(plangenFiles(texts, comp.Day(2023, 1, 1)), "carrot.yaml", func(string) (string, bool) { return "", false })
	for i, m := range wrong {
		if i == 0 {
			t.Log(plangenText(texts))
		}
		t.Error(m)
	}
	if len(wrong) > 0 {
		t.FailNow()
	}
	return c
}

func plangenText(texts []string) string { return "the plans are:\n" + strings.Join(texts, "---\n") }
