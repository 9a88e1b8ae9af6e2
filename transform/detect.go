package transform

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"slices"
	"strings"

	"carrot/transform/comp"
)

// detection looks, after everything is paid, for rows that chance does not explain. It reads what was pulled and changes nothing
// that is paid.
type detection struct {
	in      *Inputs
	company *comp.Company
	part    *participation
	scores  []comp.Score
	stated  map[string]bool // who reads a statement of this run; read by key only
	reviews map[string]comp.Case
	cases   []comp.Case
	looked  []comp.Looked
	found   []comp.Finding
}

// opening is the window of a detector with the day on which its cases are opened: the first after the month in which its rows
// were complete.
type opening struct {
	comp.Period
	opened comp.Date
}

// detect fills in the cases of a result. What goes wrong is a finding that holds nothing: nobody waits for pay because of it.
func (a *assessment) detect(r *comp.Result) {
	if len(a.in.Detectors) == 0 {
		return
	}
	x := &detection{in: a.in, company: a.company, part: a.part, scores: r.Scorecards, stated: map[string]bool{}, reviews: map[string]comp.Case{}}
	for i := range r.Statements {
		x.stated[r.Statements[i].Payee] = true
	}
	x.review()
	tables := map[string][]*watcher{}
	for i := range a.in.Detectors {
		d := &a.in.Detectors[i]
		if d.Statistic == "bunching" {
			x.bunching(d)
			continue
		}
		w := &watcher{d: d}
		for _, o := range x.windows(d) {
			p := o.Period
			if d.Rows.Again != nil {
				p.End += comp.Date(d.Rows.Again.Days)
			}
			w.wanted = append(w.wanted, p)
		}
		if len(w.wanted) > 0 {
			tables[d.Rows.Table] = append(tables[d.Rows.Table], w)
		}
	}
	for _, table := range sortedKeys(tables) {
		if err := x.watch(table, tables[table]); err != nil {
			x.found = append(x.found, comp.Finding{Code: "not_looked_at", Table: table, Message: "detectors cannot look at " + table + ": " + err.Error(),
				Hint: "correct the condition in the detector's file; nothing is paid otherwise because of it"})
			continue
		}
		for _, w := range tables[table] {
			x.judge(w)
		}
	}
	slices.SortFunc(x.cases, func(a, b comp.Case) int {
		return cmp.Or(cmp.Compare(a.Detector, b.Detector), comp.ComparePeriods(a.Period, b.Period), cmp.Compare(a.Payee, b.Payee), cmp.Compare(a.ID, b.ID))
	})
	slices.SortFunc(x.looked, func(a, b comp.Looked) int {
		return cmp.Or(cmp.Compare(a.Detector, b.Detector), comp.ComparePeriods(a.Period, b.Period))
	})
	r.Cases, r.Looked = x.cases, x.looked
	r.Findings = append(r.Findings, x.found...)
	comp.SortFindings(r.Findings)
}

// gone is how long an expired case is still told of, without a name.
const gone = 31

// windows are those whose cases are open on the business date, or have expired just now, oldest first.
func (x *detection) windows(d *comp.Detector) []opening {
	var out []opening
	today := min(x.in.Run.Business, x.in.Run.Period.End+gone)
	for day := today; ; {
		p, ok := holding(d.Every, day, nil)
		if !ok || p.Start < d.From {
			break
		}
		opened := comp.Month(p.End - 1 + comp.Date(d.Wait)).End
		if opened+comp.Date(d.Expires)+gone <= today {
			break
		}
		if opened <= today && opened <= x.in.Run.Period.End {
			out = append(out, opening{p, opened})
		}
		day = p.Start - 1
	}
	slices.Reverse(out)
	return out
}

// person is somebody who is looked at, with their rows of a window.
type person struct {
	id         int32
	department string
	entity     string
	rows       []sighting
	hits       int64
}

// judge asks of each window whether chance explains it.
func (x *detection) judge(w *watcher) {
	if a := w.d.Rows.Again; a != nil {
		follow(w.found, a.Days)
	}
	for _, o := range x.windows(w.d) {
		by := make([][]sighting, len(x.company.People))
		for _, s := range w.found {
			if s.payee >= 0 && o.Contains(s.Date) {
				by[s.payee] = append(by[s.payee], s)
			}
		}
		looked := comp.Looked{Detector: w.d.ID, Title: w.d.Title, Period: o.Period, P: w.d.P}
		var people []person
		for i := range by {
			id := int32(i)
			if len(by[i]) == 0 || !x.takesPart(id, o.Period) {
				continue
			}
			if !x.mayLook(w.d, id, o.End-1) {
				looked.Without++
				continue
			}
			rows := by[i]
			if len(w.d.Rows.Per) > 0 {
				rows = gather(rows)
			}
			people = append(people, x.counted(w.d, o, id, rows))
		}
		q := question{d: w.d, window: o.Period, people: people}
		answers := q.ask()
		looked.People, looked.Asked = len(answers), len(answers)
		for _, a := range answers {
			at := comp.LookedAt{Department: a.who.department, Entity: a.who.entity, People: 1}
			if a.p.Mul(comp.Int(int64(len(answers)))).Cmp(w.d.P) <= 0 {
				looked.Cases++
				x.open(w.d, o, x.company.People[a.who.id].ID, a, len(answers))
				became(&at, x.cases[len(x.cases)-1].State)
			}
			among(&looked, at)
		}
		x.looked = append(x.looked, looked)
	}
}

// counted counts a person's hits.
func (x *detection) counted(d *comp.Detector, o opening, id int32, rows []sighting) person {
	who := person{id: id, rows: rows}
	who.department, _ = x.company.People[id].Attr(comp.AttrDepartment, o.End-1)
	who.entity, _ = x.company.People[id].Attr(comp.AttrEntity, o.End-1)
	late := lastDays(o.Period, d.Rows.LastDays)
	for i := range rows {
		s := &rows[i]
		if late.Days() > 0 && d.Statistic == "binomial" {
			s.hit = s.hit && late.Contains(s.Date)
		} else if late.Days() > 0 {
			s.those = late.Contains(s.Date)
		}
		who.hits += one(s.hit)
	}
	return who
}

// lastDays are the days from the n-th last working day of a window to its end.
func lastDays(window comp.Period, n int) comp.Period {
	if n == 0 {
		return comp.Period{}
	}
	d := window.End
	for left := n; left > 0 && d > window.Start; {
		d--
		left -= weekdays(comp.Period{Start: d, End: d + 1})
	}
	return comp.Period{Start: d, End: window.End}
}

// takesPart says whether somebody is on a plan on some day of the window: nobody else has a reason to be looked at.
func (x *detection) takesPart(id int32, window comp.Period) bool {
	return slices.ContainsFunc(x.part.spans[id], func(spans []comp.Period) bool { return participated(spans, window) > 0 })
}

// mayLook says whether the person's country lets the detector look, by agreement where one is needed.
func (x *detection) mayLook(d *comp.Detector, id int32, on comp.Date) bool {
	entity, _ := x.company.People[id].Attr(comp.AttrEntity, on)
	i := slices.IndexFunc(x.in.Settings.Entities, func(e comp.LegalEntity) bool { return e.ID == entity })
	return i >= 0 && slices.ContainsFunc(d.Agreements, func(a comp.Agreement) bool { return a.Country == x.in.Settings.Entities[i].Country })
}

// caseID names a case, today and tomorrow: C- and 12 letters of a digest of detector, person and window.
func caseID(detector, who string, window comp.Period) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{"case", detector, who, window.String()}, "\x00")))
	return "C-" + base32.StdEncoding.EncodeToString(sum[:])[:12]
}

// open opens a case, or says what has become of it.
func (x *detection) open(d *comp.Detector, o opening, payee string, a judgement, looked int) {
	c := comp.Case{ID: caseID(d.ID, payee, o.Period), Detector: d.ID, Title: d.Title, Period: o.Period, Opened: o.opened,
		Shown: o.opened + comp.Date(d.Answer), Expires: o.opened + comp.Date(d.Expires), Answered: comp.NoDate, Closed: comp.NoDate}
	today := x.in.Run.Business
	if today >= c.Expires {
		c.State = comp.CaseExpired
		x.cases = append(x.cases, c)
		return
	}
	c.Payee, c.N, c.Statistic, c.P, c.Rows = payee, a.n, a.statistic, a.p, a.rows
	said := x.reviews[c.ID]
	switch {
	case said.Closed != comp.NoDate && said.ID != "" && said.Closed <= today:
		c.State = comp.CaseClosed
	case said.ID != "" && said.Answered <= today:
		c.State = comp.CaseAnswered
	case payee == "" || today >= c.Shown && x.in.Run.Period.Start >= c.Opened && x.stated[payee]:
		c.State = comp.CaseOpen
	default:
		c.State = comp.CaseWaiting
	}
	if c.State == comp.CaseClosed || c.State == comp.CaseAnswered {
		c.Answered, c.Text, c.Closed, c.By, c.Outcome = said.Answered, said.Text, said.Closed, said.By, said.Outcome
	}
	x.words(&c, d, a, looked)
	x.cases = append(x.cases, c)
}

// review reads what was said of cases; of several answers the last row counts.
func (x *detection) review() {
	m := x.in.Mapping.Reviews
	if m == nil {
		return
	}
	rows, _, err := readTable(x.in, m.Table)
	if err != nil {
		x.found = append(x.found, comp.Finding{Code: "not_looked_at", Table: m.Table, Message: "answers to cases cannot be read: " + err.Error(), Hint: "correct the table; nothing is paid otherwise because of it"})
		return
	}
	day := func(r row, column string) comp.Date {
		if v := r.get(column); v.Kind == comp.KindDate {
			return v.Date
		}
		return comp.NoDate
	}
	for _, r := range rows {
		id, ok := text(r.get(m.Case))
		answered := day(r, m.Answered)
		if !ok || answered == comp.NoDate {
			continue // no answer yet
		}
		c := comp.Case{ID: id, Answered: answered, Closed: day(r, m.Closed)}
		c.Text, _ = text(r.get(m.Text))
		c.By, _ = text(r.get(m.By))
		c.Outcome, _ = text(r.get(m.Outcome))
		x.reviews[id] = c
	}
}
