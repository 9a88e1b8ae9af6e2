package config

import (
	"sort"
	"strconv"
	"strings"

	"carrot/transform/comp"
)

// detectorUse says of each key that only some statistics read which these are.
var detectorUse = map[string]string{
	"hit": "binomial two_proportions none_expected", "later": "binomial two_proportions none_expected", "again": "binomial two_proportions none_expected",
	"value": "permutation", "per": "two_proportions", "against": "binomial two_proportions none_expected",
	"peers": "two_proportions none_expected", "share": "binomial none_expected", "fewer": "two_proportions permutation",
	"those": "two_proportions permutation", "last_days": "binomial two_proportions permutation",
	"event": "hazard", "days": "hazard", "plan": "bunching", "component": "bunching", "threshold": "bunching", "within": "bunching",
}

// detectorUsed are its keys in the order in which people write them.
var detectorUsed = []string{"hit", "later", "again", "value", "per", "against", "peers", "share", "fewer", "those", "last_days", "event", "days", "plan", "component", "threshold", "within"}

// detectorStatistics are those that say what rows are held against, with what it may be.
var detectorStatistics = map[string][]string{"binomial": {"days", "share"}, "two_proportions": {"peers", "own"}, "permutation": {"own"},
	"none_expected": {"peers", "share"}}

// coDetermined are the countries whose law asks for an agreement before workers are watched by technical means.
var coDetermined = map[string]string{"DE": "BetrVG section 87(1) no. 6"}

// detector reads one detector document.
func (l *loader) detector(n node, _ []byte) {
	f, ok := n.fields("a detector", "detector! version! title! finds! otherwise! statistic! every! from! wait alarm! answer_days expires_days! jurisdictions! "+
		"table where owner date hit later again value per against peers share fewer those last_days event days plan component threshold within")
	if !ok {
		return
	}
	d := comp.Detector{ID: f.name("detector"), Version: f.text("version"), Title: f.text("title"), Finds: f.text("finds"), Else: f.text("otherwise"), Where: n.place()}
	d.Statistic = f.choice("statistic", "", "binomial", "two_proportions", "permutation", "none_expected", "hazard", "bunching")
	d.Every = f.choice("every", "", "month", "quarter", "year")
	d.From, _ = f.at("from").date()
	d.Wait = f.integer("wait", 0, 0, 366)
	d.Answer, d.Expires = f.integer("answer_days", 14, 7, 90), f.integer("expires_days", 90, 8, 366)
	if d.Answer >= d.Expires {
		f.at("expires_days").wrong("a case that expires after "+strconv.Itoa(d.Expires)+" days, and "+strconv.Itoa(d.Answer)+" days to answer",
			"time to look at an answer that came in time", "let it expire later, or shorten answer_days")
	}
	for _, other := range l.config.Detectors {
		if other.ID == d.ID && d.ID != "" {
			f.at("detector").wrong("detector "+d.ID+" a second time", "each detector once", "rename it; the first is "+other.Where.File+":"+strconv.Itoa(other.Where.Line))
		}
	}
	if a, ok := f.at("alarm").fields("an alarm", "p! least_n!"); ok {
		d.P = a.between("p", comp.Scaled(1, 6), comp.Scaled(5, 2))
		d.LeastN = int64(a.integer("least_n", 0, 5, 1000000))
	}
	d.Agreements = f.agreements()
	for _, key := range detectorUsed {
		if use := detectorUse[key]; d.Statistic != "" && f.has(key) && !strings.Contains(" "+use+" ", " "+d.Statistic+" ") {
			f.never("it with statistic "+list(strings.Fields(use))+" only", "remove it", key)
		}
	}
	l.detected(f, &d)
	l.config.Detectors = append(l.config.Detectors, d)
}

// agreements reads in which countries people may be looked at.
func (f fields) agreements() (out []comp.Agreement) {
	j, ok := f.at("jurisdictions").entries("countries with their agreements")
	if !ok {
		return nil
	}
	for _, c := range j.order() {
		a := comp.Agreement{Country: c, ID: j.text(c)}
		if !country.MatchString(c) {
			j.keyNode(c).wrong("the country "+strconv.Quote(short(c)), "a country of two capitals", "write one such as DE")
		}
		if law := coDetermined[c]; law != "" && a.ID == "none" {
			j.at(c).wrong("no agreement for "+c, "the id of one with the works council, which "+law+" asks for", "write its id, or remove "+c+": nobody there is looked at then")
		}
		if a.ID == "none" {
			a.ID = ""
		}
		out = append(out, a)
	}
	if len(j.order()) == 0 {
		f.at("jurisdictions").wrong("no country", "at least one, with the agreement or none", "write {US: none}, or {DE: the agreement's id}")
	}
	return out
}

// detected reads what is looked at, and against what.
func (l *loader) detected(f fields, d *comp.Detector) {
	if d.Statistic == "bunching" {
		f.never("it with other statistics: bunching looks at attainments", "remove it", "table", "where", "owner", "date")
		d.Plan, d.Component = f.text("plan"), f.text("component")
		if f.need("threshold within") {
			d.Threshold, _ = f.at("threshold").ratio()
			d.Within = f.between("within", comp.Scaled(1, 3), comp.Scaled(2, 1))
		}
		return
	}
	if d.Statistic == "" || !f.need("table owner date") {
		return
	}
	t := l.table(f.at("table"))
	if t != nil && t.sealed {
		f.at("table").wrong("rows of a sealed table", "rows that may be shown to the person whom a case is about", "name another table")
	}
	r := &d.Rows
	r.Table, r.Where, r.Date = f.text("table"), l.condition(t, f.at("where")), l.column(t, f.at("date"), daily...)
	if o, ok := f.at("owner").fields("a detector's owner", "column! system"); ok {
		if r.Owner.Column = l.column(t, o.at("column"), words...); o.has("system") {
			r.Owner.System = l.system(o.at("system"))
		}
	}
	r.Hit, r.Those, r.Value = l.condition(t, f.at("hit")), l.condition(t, f.at("those")), l.over(t, f.at("value"), comp.KindNumber)
	r.LastDays = f.integer("last_days", 0, 1, 20)
	r.Later, r.Event = l.column(t, f.at("later"), daily...), l.column(t, f.at("event"), daily...)
	r.Per = l.columnsNamed(t, f, "per")
	if a, ok := f.at("again").fields("another row", "by! within!"); ok {
		r.Again = &comp.Again{By: l.columnsNamed(t, a, "by"), Days: a.integer("within", 7, 1, 366)}
	}
	l.against(f, d)
}

// columnsNamed are a table's columns that a key lists.
func (l *loader) columnsNamed(t *table, f fields, key string) (out []string) {
	_, nodes := f.texts(key)
	for _, n := range nodes {
		if c := l.column(t, n); c != "" {
			out = append(out, c)
		}
	}
	if f.at(key).isList() && len(nodes) == 0 {
		f.at(key).wrong("an empty list", "at least one column", "write one")
	}
	return out
}

// against holds what is asked against what it needs.
func (l *loader) against(f fields, d *comp.Detector) {
	if d.Statistic == "hazard" {
		if f.need("event days") {
			d.Rows.Days = f.integer("days", 14, 1, 92)
		}
		return
	}
	if d.Against = "own"; d.Statistic != "permutation" {
		if !f.need("against") {
			return
		}
		d.Against = f.choice("against", "", detectorStatistics[d.Statistic]...)
	}
	d.Peers = f.choice("peers", "company", "company", "department")
	d.Fewer = f.boolean("fewer")
	hits := f.has("hit") || f.has("later") || f.has("again") || f.has("per")
	switch {
	case d.Against == "":
	case d.Against == "days" && !f.has("last_days"):
		f.wrong("against: days without last_days", "", "add last_days: 5, how many working days at the end of the window are looked at")
	case d.Against == "own" && f.has("those") == f.has("last_days"):
		f.wrong("a comparison with a person's own rows without which of them are held against the others, or with two ways to say it", "", "write either those: a condition, or last_days:")
	case d.Against == "peers" && (f.has("those") || f.has("last_days")):
		f.never("it with against: own only", "remove it, or write against: own", "those", "last_days")
	case d.Statistic == "permutation":
		f.need("value")
	case d.Against != "days" && !hits:
		f.wrong("statistic "+d.Statistic+" without hit, later, again or per", "", "add hit: a condition")
	}
	if d.Against != "peers" {
		f.never("it with against: peers only", "remove it", "peers")
	}
	if d.Against == "share" && f.need("share") {
		d.Share = f.between("share", comp.Scaled(1, 4), comp.Scaled(99, 2))
	} else if d.Against != "share" {
		f.never("it with against: share only", "remove it", "share")
	}
}

func (l *loader) endDetectors() {
	all := l.config.Detectors
	sort.SliceStable(all, func(i, j int) bool { return all[i].ID < all[j].ID })
}

// reviews reads where answers to cases stand.
func (l *loader) reviews(f fields) {
	if !f.has("reviews") {
		return
	}
	r, ok := f.at("reviews").fields("a table of reviews", "table! case! answered! text! closed by outcome")
	if !ok {
		return
	}
	t := l.table(r.at("table"))
	if t != nil && t.sealed {
		r.at("table").wrong("answers in a sealed table", "a table of class personal", "write class: personal")
	}
	l.config.Mapping.Reviews = &comp.ReviewMap{Table: r.text("table"), Case: l.column(t, r.at("case"), words...), Answered: l.column(t, r.at("answered"), daily...),
		Text: l.column(t, r.at("text"), words...), Closed: l.column(t, r.at("closed"), daily...), By: l.column(t, r.at("by"), words...), Outcome: l.column(t, r.at("outcome"), words...)}
}
