package jobs

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"carrot/config"
	"carrot/transform/comp"
)

// dice gives the numbers that a generated company is made from: pick is from 0 to n-1.
type dice func(n int) int

func (d dice) chance(percent int) bool { return d(100) >= 100-percent } // the least number says no

func (d dice) one(of ...string) string { return of[d(len(of))] }

// The company of generated plans: three legal entities, deals with shares and refunds, answers of customers.
const plangenCompany = `carrot: 1
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
roster:
  - table: hr.people
    id: id
    from: start
    to: end
    employed: 'department != null'
    set: {name: name, department: department, entity: entity, manager: manager, fte: fte, plan: plan, own_rate: own_rate}
crosswalk:
  - {table: crm.logins, system_is: crm, login: login, employee: employee}
fx:
  - {table: hr.fx, date: date, from: from, to: to, rate: rate}
quotas:
  - {table: hr.numbers, employee: employee, name: name, from: from, to: to, amount: amount, currency: currency}
`

const plangenSources = `source: crm
kind: files
folder: exports
tables:
  deals:
    {files: deals*.csv, mode: delta, keys: [id], cause: late data, control: amount, format: csv, columns: {id: {from: ID, type: id}, owner: {from: Owner, type: category},
      amount: {from: Amount, type: decimal, scale: 2}, currency: {from: Currency, type: category}, kind: {from: Kind, type: category},
      booked_at: {from: Booked, type: instant, layout: "YYYY-MM-DDThh:mm:ss", zone: Europe/Berlin}}}
  splits:
    {files: splits*.csv, mode: snapshot, keys: [deal_id, owner], cause: reassignment, format: csv, columns: {deal_id: {from: Deal, type: id},
      owner: {from: Owner, type: category}, percent: {from: Percent, type: decimal, scale: 2}}}
  refunds:
    {files: refunds*.csv, mode: delta, keys: [id], cause: refund, format: csv, columns: {id: {from: ID, type: id}, deal_id: {from: Deal, type: id},
      owner: {from: Owner, type: category}, amount: {from: Amount, type: decimal, scale: 2}, currency: {from: Currency, type: category}, refunded_on: {from: Refunded, type: date}}}
  answers:
    {files: answers*.csv, mode: delta, keys: [id], cause: late data, format: csv, columns: {id: {from: ID, type: id}, owner: {from: Owner, type: category},
      score: {from: Score, type: integer}, asked_on: {from: Asked, type: date}}}
  logins: {files: logins.csv, mode: snapshot, cause: reassignment, format: csv, columns: {login: {from: Login, type: text}, employee: {from: Employee, type: id}}}
---
source: hr
kind: files
folder: exports
tables:
  people:
    {files: people.csv, mode: snapshot, keys: [id], cause: hierarchy, class: personal, format: csv, columns: {id: {from: Employee, type: id}, name: {from: Name, type: text},
      department: {from: Department, type: category}, entity: {from: Entity, type: category}, manager: {from: Manager, type: id}, fte: {from: FTE, type: text},
      plan: {from: Plan, type: category}, own_rate: {from: Rate, type: text}, start: {from: Start, type: date}, end: {from: End, type: date}}}
  fx:
    {files: fx.csv, mode: snapshot, cause: fx, format: csv, columns: {date: {from: Date, type: date}, from: {from: From, type: category}, to: {from: To, type: category},
      rate: {from: Rate, type: decimal, scale: 6}}}
  numbers:
    {files: numbers.csv, mode: snapshot, cause: quota, class: personal, format: csv, columns: {employee: {from: Employee, type: id}, name: {from: Name, type: category},
      from: {from: From, type: date}, to: {from: To, type: date}, amount: {from: Amount, type: decimal, scale: 4}, currency: {from: Currency, type: category}}}
`

// plangenMeasures are what generated plans pay for: sums and counts of one's own, and shares and means of every pool.
var plangenMeasures = func() string {
	head := "measure: %s\nversion: \"1\"\ntitle: About %s\nfamily: outcome\nunit: %s\naggregate: %s\npool: %s\nwindow: %d\n"
	split := "{column: owner, system: crm, split: {table: crm.splits, key: deal_id, of: %s, owner: owner, percent: percent}}"
	deals := "  - {table: crm.deals, owner: " + fmt.Sprintf(split, "id") + ", value: amount, currency: currency, date: booked_at}\n"
	refunds := "  - {table: crm.refunds, owner: " + fmt.Sprintf(split, "deal_id") + ", value: amount, currency: currency, date: refunded_on, sign: -1}\n"
	answers := "table: crm.answers\nowner: {column: owner, system: crm}\ndate: asked_on\n"
	docs := []string{
		fmt.Sprintf(head, "sold", "sold", "money", "sum", "payee", 1) + "rows:\n" + deals + refunds,
		fmt.Sprintf(head, "booked", "booked", "money", "sum", "payee", 1) + "rows:\n" + deals,
		fmt.Sprintf(head, "new_sold", "new_sold", "money", "sum", "payee", 2) + "rows:\n" + strings.Replace(deals, "value:", "where: 'kind == \"new\"', value:", 1),
		fmt.Sprintf(head, "all_sold", "all_sold", "money", "sum", "company", 1) + "rows:\n" + strings.ReplaceAll(strings.ReplaceAll(deals+refunds,
			"owner: "+fmt.Sprintf(split, "id")+", ", ""), "owner: "+fmt.Sprintf(split, "deal_id")+", ", ""),
		fmt.Sprintf(head, "units", "units", "count", "count", "payee", 1) + "rows:\n" + strings.Replace(deals, "value: amount, currency: currency, ", "", 1),
		fmt.Sprintf(head, "csat", "csat", "share", "share", "payee", 1) + answers + "hit: 'score >= 4'\n",
		fmt.Sprintf(head, "csat_long", "csat_long", "share", "share", "entity", 3) + answers + "hit: 'score >= 4'\n",
		fmt.Sprintf(head, "mood", "mood", "score", "mean", "department", 1) + answers + "value: score\n",
		fmt.Sprintf(head, "last_mood", "last_mood", "score", "mean", "company", 1) +
			"table: crm.answers\ndate: asked_on\nvalue: score\nfold: {by: [owner], order: asked_on, take: last}\n",
	}
	return strings.Join(docs, "---\n")
}()

// plangenBatch writes a batch of plans down and reads them as anybody's: through the text of a file.
func plangenBatch(t *testing.T, texts []string) *config.Config {
	t.Helper()
	files := fstest.MapFS{"carrot.yaml": {Data: []byte(plangenCompany)}, "measures/all.yaml": {Data: []byte(plangenMeasures)}}
	for i, s := range strings.Split(plangenSources, "---\n") {
		files[fmt.Sprintf("sources/%d.yaml", i)] = &fstest.MapFile{Data: []byte(s)}
	}
	for i, text := range texts {
		files[fmt.Sprintf("plans/p%d.yaml", i)] = &fstest.MapFile{Data: []byte(text)}
	}
	c, wrong := config.Load(files, "carrot.yaml", func(string) (string, bool) { return "", false })
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

// plan is the text of one generated plan.
func (d dice) plan(n int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "plan: p%d\nversion: \"1\"\ntitle: Plan %d\neffective: {from: %s}\neligible: 'plan == \"p%d\"'\nrounding: %s\n", n, n,
		d.one("2023-01-01", "2024-01-15"), n, d.one(comp.Roundings[:]...))
	b.WriteString("components:\n")
	for i := range 1 + d(3) {
		d.component(&b, i)
	}
	return b.String()
}

// money is an amount in each currency.
func (d dice) money(cents ...int) string {
	n := cents[d(len(cents))]
	return fmt.Sprintf(`{EUR: "%d.%02d", USD: "%d.%02d", JPY: "%d"}`, n/100, n%100, n/80, n%97, n+n/2)
}

// component writes one component. What does not go together is repaired, not tried again.
func (d dice) component(b *strings.Builder, n int) {
	measure := d.one("sold", "sold", "sold", "booked", "new_sold", "all_sold", "units", "csat", "csat_long", "mood", "last_mood")
	money := strings.HasSuffix(measure, "sold") || measure == "booked"
	ratio := !money && measure != "units"
	kind := d.one("steps", "interpolate", "linear")
	if money {
		kind = d.one("marginal", "retroactive", "rate", "marginal", "steps", "interpolate", "linear")
	}
	of := d.one("value", "attainment")
	switch kind {
	case "rate":
		of = "value"
	case "linear":
		of = "attainment"
	}
	onValue := kind == "marginal" || kind == "retroactive" || kind == "rate"
	fmt.Fprintf(b, "  - id: c%d\n    title: Component %d\n    clause: \"%d\"\n    measure: %s\n", n, n, n+1, measure)
	every := d.one("month", "month", "quarter")
	fmt.Fprintf(b, "    every: %s\n", every)
	toDate := ""
	if measure != "new_sold" && measure != "csat_long" && d.chance(35) {
		toDate = d.one("year", "quarter", "half")
		if every == "quarter" {
			toDate = "year"
		}
		fmt.Fprintf(b, "    to_date: %s\n", toDate)
	}
	if of == "attainment" || d.chance(20) {
		fmt.Fprintf(b, "    quota: %s\n", d.quota(money))
	}
	if !onValue {
		fmt.Fprintf(b, "    target: %s\n", d.money(60000, 33333, 100001))
	}
	fmt.Fprintf(b, "    curve: %s\n", d.curve(kind, of, money, ratio))
	if d.chance(30) {
		fmt.Fprintf(b, "    cap: %s\n", d.money(25000, 99999, 500000))
	}
	if ratio || d.chance(15) {
		fmt.Fprintf(b, "    min_n: %d\n    missing: %s\n", 1+d(5), d.missing(onValue))
	}
	if d.chance(30) {
		gates := []string{`csat, at_least: "50%"`, `units, at_least: "2"`, `last_mood, at_least: "3"`, `csat_long, at_least: "60%"`}
		if toDate != "" { // which looks back over no window
			gates = gates[:3]
		}
		fmt.Fprintf(b, "    gates:\n      - {measure: %s}\n", d.one(gates...))
	}
	fmt.Fprintf(b, "    prorate: %s\n", d.one("days", "none"))
	if d.chance(40) {
		b.WriteString("    fte: true\n")
	}
	if d.chance(5) {
		b.WriteString("    shown: true\n")
	}
}

func (d dice) missing(onValue bool) string {
	if onValue {
		return d.one("zero", "zero", "hold")
	}
	return d.one("neutral", "zero", "neutral", "hold")
}

func (d dice) quota(money bool) string {
	switch {
	case d.chance(40):
		return "{name: " + map[bool]string{true: "revenue", false: "count"}[money] + "}"
	case money:
		return "{amounts: " + d.money(1000000, 333333, 5000001) + "}"
	}
	return d.one(`{number: "4"}`, `{number: "0.75"}`, `{number: "3.3"}`)
}

// curve is the text of a curve, its bounds where generated values lie.
func (d dice) curve(kind, of string, money, ratio bool) string {
	bounds := []string{"50%", "80%", "100%", "120%"}
	switch {
	case of == "value" && money:
		bounds = []string{"1000", "5000", "5000.01", "20000"}
	case of == "value" && ratio:
		bounds = []string{"50%", "75%", "300%", "400%"}
	case of == "value":
		bounds = []string{"1", "3", "4.5", "10"}
	}
	bounds = bounds[:1+d(len(bounds))]
	pays := func() string { return d.one("5%", "0%", "3.25%", "10%", "7.5%", "12%") }
	if kind != "marginal" && kind != "retroactive" {
		pays = func() string { return d.one("50%", "0%", "100%", "133.33%", "200%", "87.5%") }
	}
	switch kind {
	case "rate":
		return d.one(`{kind: rate, of: value, rate: "5%"}`, `{kind: rate, of: value, rate: "1.333%"}`, `{kind: rate, of: value, rate_attribute: own_rate}`)
	case "linear":
		return "{kind: linear, of: attainment}"
	case "interpolate":
		out := fmt.Sprintf(`{at: "0", pays: %q}`, pays())
		for _, x := range bounds {
			out += fmt.Sprintf(", {at: %q, pays: %q}", x, pays())
		}
		return fmt.Sprintf("{kind: interpolate, of: %s, points: [%s]}", of, out)
	}
	from, out := "0", ""
	for _, x := range bounds {
		out += fmt.Sprintf("{from: %q, to: %q, pays: %q}, ", from, x, pays())
		from = x
	}
	return fmt.Sprintf("{kind: %s, of: %s, edge: %q, bands: [%s{from: %q, pays: %q}]}", kind, of, d.one("[lo,hi)", "(lo,hi]"), out, from, pays())
}
