package transform

import (
	"fmt"
	"slices"

	"carrot/transform/comp"
	"carrot/transform/stat"
)

// question is a detector's question about the people of a window.
type question struct {
	d      *comp.Detector
	window comp.Period
	people []person
}

// judgement is what chance has to say of one person.
type judgement struct {
	who       *person
	n         int64
	p         comp.Number
	statistic string // in figures, for whoever reviews
	said      string // in words, for the person
	rows      []comp.CaseRow
}

// peersLeast is the fewest others whom a person can be held against; with fewer nobody is looked at.
const peersLeast = 5

// ask looks at everybody who has enough rows.
func (q *question) ask() []judgement {
	var out []judgement
	for i := range q.people {
		who := &q.people[i]
		if int64(len(who.rows)) < q.d.LeastN {
			continue
		}
		a, ok := judgement{who: who, n: int64(len(who.rows))}, false
		switch {
		case q.d.Statistic == "hazard":
			ok = q.hazard(&a)
		case q.d.Statistic == "permutation":
			ok = q.permuted(&a)
		case q.d.Statistic == "binomial":
			ok = q.binomial(&a)
		case q.d.Statistic == "none_expected":
			ok = q.none(&a)
		case q.d.Against == "own":
			ok = q.own(&a)
		default:
			ok = q.peers(&a)
		}
		if ok {
			out = append(out, a)
		}
	}
	return out
}

// take lists the rows that the case is about.
func (a *judgement) take(is func(*sighting) bool) {
	for i := range a.who.rows {
		if s := &a.who.rows[i]; is(s) {
			a.rows = append(a.rows, s.CaseRow)
		}
	}
}

func isHit(s *sighting) bool { return s.hit }

// binomial holds hits against a share: of the window's working days, or one that is tolerated.
func (q *question) binomial(a *judgement) bool {
	share := q.d.Share
	if q.d.Against == "days" {
		share = over(comp.Int(int64(weekdays(lastDays(q.window, q.d.Rows.LastDays)))), comp.Int(int64(weekdays(q.window))))
	}
	h := stat.Hits{K: a.who.hits, N: a.n}
	a.p = stat.BinomialTail(h, share)
	z, _ := stat.BinomialZ(h, share)
	expected := share.Mul(comp.Int(a.n)).Fixed(4, comp.HalfEven)
	a.statistic = fmt.Sprintf("%d of %d rows, %s expected; z = %s, one-sided binomial P = %s", h.K, h.N, expected, z.Fixed(3, comp.HalfEven), small(a.p))
	a.said = fmt.Sprintf("It concerns %d of your %d rows, where about %s would be expected", h.K, h.N, share.Mul(comp.Int(a.n)).Fixed(1, comp.HalfEven))
	a.take(isHit)
	return true
}

// others are the hits of the people whom somebody is held against.
func (q *question) others(who *person) (each []stat.Hits, all stat.Hits) {
	for i := range q.people {
		o := &q.people[i]
		if o == who || q.d.Peers == "department" && o.department != who.department {
			continue
		}
		h := stat.Hits{K: o.hits, N: int64(len(o.rows))}
		if q.d.Fewer {
			h.K = h.N - h.K
		}
		all.K, all.N = all.K+h.K, all.N+h.N
		each = append(each, h)
	}
	return each, all
}

// peers holds a person's share of hits against that of the others.
func (q *question) peers(a *judgement) bool {
	own := stat.Hits{K: a.who.hits, N: a.n}
	if q.d.Fewer {
		own.K = own.N - own.K
	}
	each, all := q.others(a.who)
	if len(each) < peersLeast {
		return false
	}
	a.p = stat.AmongPeers(own, each)
	z, _ := stat.TwoProportions(own, all)
	if q.d.Fewer {
		own.K, all.K = own.N-own.K, all.N-all.K
	}
	a.statistic = fmt.Sprintf("%d of %d rows against %d of %d of %d others; pooled z = %s, P among peers who differ = %s", own.K, own.N, all.K, all.N, len(each),
		z.Fixed(3, comp.HalfEven), small(a.p))
	a.said = fmt.Sprintf("It concerns %d of your %d rows (%s); of the %d others' rows it is %s", own.K, own.N, shareText(own), len(each), shareText(all))
	a.take(func(s *sighting) bool { return s.hit != q.d.Fewer })
	return true
}

// own holds some of a person's rows against the others of the same person.
func (q *question) own(a *judgement) bool {
	var those, rest stat.Hits
	for i := range a.who.rows {
		h := &rest
		if a.who.rows[i].those {
			h = &those
		}
		h.N++
		h.K += one(a.who.rows[i].hit != q.d.Fewer)
	}
	if those.N < comparedLeast || rest.N < comparedLeast {
		return false
	}
	a.p = stat.Fisher(those, rest)
	z, _ := stat.TwoProportions(those, rest)
	if q.d.Fewer {
		those.K, rest.K = those.N-those.K, rest.N-rest.K
	}
	a.statistic = fmt.Sprintf("%d of %d rows against %d of %d of the same person's other rows; pooled z = %s, Fisher's exact P = %s", those.K, those.N, rest.K, rest.N,
		z.Fixed(3, comp.HalfEven), small(a.p))
	a.said = fmt.Sprintf("It is so with %d of %d of these rows (%s), and with %d of your %d others (%s)", those.K, those.N, shareText(those), rest.K, rest.N, shareText(rest))
	a.take(func(s *sighting) bool { return s.those && s.hit != q.d.Fewer })
	return true
}

// comparedLeast is the fewest rows on either side of a comparison of a person's own rows.
const comparedLeast = 3

// permuted holds the mean of some of a person's rows against that of the others.
func (q *question) permuted(a *judgement) bool {
	var those, rest []comp.Number
	for i := range a.who.rows {
		v := a.who.rows[i].value
		if q.d.Fewer {
			v = v.Neg()
		}
		if a.who.rows[i].those {
			those = append(those, v)
		} else {
			rest = append(rest, v)
		}
	}
	if len(those) < comparedLeast || len(rest) < comparedLeast {
		return false
	}
	var d comp.Number
	d, a.p = stat.Permutation(those, rest, q.shuffles(), caseID(q.d.ID, fmt.Sprint(a.who.id), q.window))
	if q.d.Fewer {
		d = d.Neg()
	}
	a.statistic = fmt.Sprintf("mean of %d rows less the mean of the other %d: %s; permutation P = %s", len(those), len(rest), d.Fixed(4, comp.HalfEven), small(a.p))
	a.said = fmt.Sprintf("The mean of these %d rows differs from that of your %d others by %s", len(those), len(rest), d.Fixed(4, comp.HalfEven))
	a.take(func(s *sighting) bool { return s.those })
	return true
}

// shuffles are so many that chance as small as the alarm asks for can be told.
func (q *question) shuffles() int {
	need := comp.Int(int64(20 * max(1, len(q.people))))
	n, _, _ := over(need, q.d.P).Small()
	return int(min(1_000_000, max(2000, n)))
}

// none asks how likely it is to have no hit at all.
func (q *question) none(a *judgement) bool {
	d, alike := q.d.Share, comp.Int(0)
	if q.d.Against == "peers" {
		each, all := q.others(a.who)
		if len(each) < peersLeast || all.N == 0 {
			return false
		}
		d, alike = over(comp.Int(all.K), comp.Int(all.N)), stat.Likeness(each)
	}
	if a.p = comp.Int(1); a.who.hits == 0 {
		a.p = stat.NoneExpected(a.n, d, alike)
	}
	rate := d.Mul(comp.Int(100)).Fixed(1, comp.HalfEven)
	a.statistic = fmt.Sprintf("%d of %d rows at a rate of %s %%; P of none = %s", a.who.hits, a.n, rate, small(a.p))
	a.said = fmt.Sprintf("There is none among your %d rows, where %s %% of all are", a.n, rate)
	return true
}

// hazard holds what ended in the days from a day on against what ended in as many days before and after them.
func (q *question) hazard(a *judgement) bool {
	days := comp.Date(q.d.Rows.Days)
	var in, inDays, out, outDays int64
	for i := range a.who.rows {
		s := &a.who.rows[i]
		end := s.event
		if end == comp.NoDate {
			end = comp.Forever
		}
		at := func(from, to comp.Date) (died, risk int64) {
			return one(from <= end && end < to), int64(max(0, min(end+1, to)-from))
		}
		d, r := at(s.Date, s.Date+days)
		in, inDays = in+d, inDays+r
		s.hit = d > 0
		for _, from := range []comp.Date{s.Date - days, s.Date + days} {
			d, r = at(from, from+days)
			out, outDays = out+d, outDays+r
		}
	}
	a.p = stat.Hazard(in, inDays, out, outDays)
	a.statistic = fmt.Sprintf("%d ends on %d days at risk from the day on, %d on %d days before and after; conditional binomial P = %s", in, inDays, out, outDays, small(a.p))
	a.said = fmt.Sprintf("%d ended within %d days from that day on, and %d in the twice as many days before and after", in, days, out)
	a.take(isHit)
	return true
}

// small is a chance as people write it: three digits, with a power of ten where it is very small.
func small(p comp.Number) string {
	if p.IsZero() || p.Cmp(comp.Scaled(1, 4)) >= 0 {
		return p.Fixed(4, comp.HalfEven)
	}
	k := 0
	for ; p.Cmp(comp.Int(1)) < 0; k++ {
		p = p.Mul(comp.Int(10))
	}
	return fmt.Sprintf("%se-%d", p.Fixed(2, comp.HalfEven), k)
}

func shareText(h stat.Hits) string {
	if h.N == 0 {
		return "none"
	}
	return over(comp.Int(100*h.K), comp.Int(h.N)).Fixed(1, comp.HalfEven) + " %"
}

// bunching asks of a plan, and of nobody by name, whether more people end just above a threshold than just below it.
func (x *detection) bunching(d *comp.Detector) {
	o := opening{x.in.Run.Period, x.in.Run.Period.End}
	if x.in.Run.Business < o.opened || o.Start < d.From {
		return
	}
	type sides struct{ above, below int64 }
	by := map[string]*sides{}
	looked := comp.Looked{Detector: d.ID, Title: d.Title, Period: o.Period, P: d.P, Plans: true}
	people, without := map[int32]bool{}, map[int32]bool{}
	for _, s := range x.scores {
		if s.Attainment == nil || x.confident(s.Measure, 0) || d.Plan != "" && s.Plan != d.Plan || d.Component != "" && s.Component != d.Component {
			continue
		}
		id := x.owner(&comp.Detector{}, s.Payee, o.Start)
		if id < 0 || !x.mayLook(d, id, o.End-1) {
			without[id] = true
			continue
		}
		people[id] = true
		k := s.Plan + " " + s.Component
		if by[k] == nil {
			by[k] = &sides{}
		}
		switch off := s.Attainment.Sub(d.Threshold); {
		case off.Sign() >= 0 && off.Cmp(d.Within) < 0:
			by[k].above++
		case off.Sign() < 0 && off.Neg().Cmp(d.Within) <= 0:
			by[k].below++
		}
	}
	var keys []string
	for _, k := range sortedKeys(by) {
		if by[k].above+by[k].below >= d.LeastN {
			keys = append(keys, k)
		}
	}
	looked.People, looked.Without, looked.Asked = len(people), len(without), len(keys)
	at := comp.LookedAt{People: len(people)}
	for _, k := range keys {
		h := stat.Hits{K: by[k].above, N: by[k].above + by[k].below}
		a := judgement{n: h.N, p: stat.BinomialTail(h, over(comp.Int(1), comp.Int(2)))}
		a.statistic = fmt.Sprintf("%s: %d people just above %s %%, %d just below; one-sided binomial P = %s", k, h.K, d.Threshold.Mul(comp.Int(100)).Fixed(0, comp.HalfEven), h.N-h.K, small(a.p))
		if a.p.Mul(comp.Int(int64(len(keys)))).Cmp(d.P) <= 0 {
			looked.Cases++
			x.open(d, o, "", a, len(keys))
			x.cases[len(x.cases)-1].ID = caseID(d.ID, k, o.Period)
			became(&at, x.cases[len(x.cases)-1].State)
		}
	}
	looked.Among = []comp.LookedAt{at}
	x.looked = append(x.looked, looked)
}

// confident says whether a measure rests on answers given in confidence: of them nothing is looked at.
func (x *detection) confident(measure string, deep int) bool {
	i := slices.IndexFunc(x.in.Measures, func(m comp.Measure) bool { return m.ID == measure })
	if i < 0 || deep > len(x.in.Measures) {
		return i >= 0
	}
	return slices.ContainsFunc(x.in.Measures[i].Terms, func(t comp.Term) bool {
		c, err := contractOf(x.in, t.Table)
		return err != nil || c.Class == comp.Sealed
	}) || slices.ContainsFunc(x.in.Measures[i].Inputs, func(in comp.Input) bool { return x.confident(in.Measure, deep+1) })
}

// words tells the person what was found, how sure that is, and what to do.
func (x *detection) words(c *comp.Case, d *comp.Detector, a judgement, looked int) {
	window := map[string]string{"month": "months", "quarter": "quarters", "year": "years"}[d.Every]
	rate := over(comp.Int(1), d.P).Fixed(0, comp.HalfAway)
	c.FalseAlarms = fmt.Sprintf("Among honest people this opens any case in at most 1 of %s %s of the whole company; %d were looked at.",
		rate, window, looked)
	if d.Statistic == "bunching" {
		c.FalseAlarms = fmt.Sprintf("Where nobody steers, this opens any case in at most 1 of %s %s; %d components were looked at.", rate, window, looked)
		c.Words = []string{a.statistic, c.FalseAlarms, d.Else}
		return
	}
	c.Words = []string{
		fmt.Sprintf("A check found that you %s (%s).", d.Finds, c.Period.Words()),
		a.said + ". By chance alone as much, or more, comes about " + odds(a.p) + ".",
		c.FalseAlarms,
		d.Else,
		"It changes nothing that you are paid, and nobody has decided anything.",
	}
	switch c.State {
	case comp.CaseWaiting:
		c.Words = append(c.Words, fmt.Sprintf("Until %s you alone see it. Please say in your own words how it came about, naming %s; your answer is read before anybody acts.",
			(c.Shown-1).Words(), c.ID))
	case comp.CaseOpen:
		c.Words = append(c.Words, fmt.Sprintf("Since %s those who review such cases see it without your answer, which is still read first. Please name %s.", c.Shown.Words(), c.ID))
	case comp.CaseAnswered:
		c.Words = append(c.Words, fmt.Sprintf("You answered on %s: %s", c.Answered.Words(), c.Text))
	case comp.CaseClosed:
		c.Words = append(c.Words, fmt.Sprintf("You answered on %s. Closed on %s by %s: %s", c.Answered.Words(), c.Closed.Words(), c.By, c.Outcome))
	}
	c.Words = append(c.Words, fmt.Sprintf("It expires on %s and is gone then.", c.Expires.Words()))
}

// odds is a chance in words.
func odds(p comp.Number) string {
	if p.Sign() == 0 {
		return "practically never"
	}
	n := over(comp.Int(1), p)
	if n.Cmp(comp.Int(1_000_000)) > 0 {
		return "in fewer than 1 of 1,000,000 such windows of one person"
	}
	return "in about 1 of " + comp.Grouped(n.Fixed(0, comp.HalfAway)) + " such windows of one person"
}
