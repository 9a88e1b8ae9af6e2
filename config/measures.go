package config

import (
	"sort"
	"strconv"
	"strings"

	"carrot/transform/comp"
)

// measured is a measure as plans refer to it; a measure with mistakes is there too.
type measured struct {
	comp.Measure
	id node
}

// termKeys are the keys of one term, which a measure of a single term may hold itself.
const termKeys = "table where owner value model hit miss currency fixed date sign fold label deal order"

// measure reads one measures document.
func (l *loader) measure(n node, _ []byte) {
	f, ok := n.fields("a measure", "measure! version! title! family! unit! digits aggregate! pool window about survey self_reported responsible direction "+statisticKeys+" formula inputs n change rows "+termKeys)
	if !ok {
		return
	}
	m := comp.Measure{ID: f.name("measure"), Version: f.text("version"), Title: f.text("title"), Where: n.place()}
	m.Family = comp.Family(f.choice("family", "", string(comp.Outcome), string(comp.Participation), string(comp.Action), string(comp.Activity)))
	m.Unit = f.choice("unit", "", "money", "share", "count", "score", "points")
	m.Digits = f.integer("digits", map[string]int{"money": 2, "share": 3, "score": 2, "points": 2}[m.Unit], 0, 12)
	m.Aggregate = comp.Aggregate(f.choice("aggregate", "", string(comp.Sum), string(comp.Count), string(comp.Mean), string(comp.Share), string(comp.Rate), string(comp.Net),
		string(comp.Median), string(comp.Evenness), string(comp.Effect), string(comp.Formula)))
	m.Pool = comp.Pool(f.choice("pool", string(comp.PoolPayee), string(comp.PoolPayee), string(comp.PoolDepartment), string(comp.PoolEntity), string(comp.PoolCompany)))
	m.Window = f.integer("window", 1, 1, 120)
	f.unit(m)
	f.subject(&m)
	m.Responsible, m.Down = f.text("responsible"), f.choice("direction", "up", "up", "down") == "down"
	f.statistics(&m)
	if first, twice := l.measures[m.ID]; twice && m.ID != "" {
		f.at("measure").wrong("measure "+m.ID+" a second time", "each measure once", "rename it; the first is "+first.id.where())
	} else {
		l.measures[m.ID] = &measured{m, f.at("measure")}
	}
	if m.Aggregate == comp.Formula {
		l.formula(f, m)
		return
	}
	f.never("it with aggregate formula only", "remove it", "formula", "inputs", "n", "change")
	m.Terms = l.terms(f, m)
	l.answers(f, &m)
	if known := l.measures[m.ID]; known.id.y == f.at("measure").y {
		known.Terms = m.Terms
	}
	m.Digest = measureDigest(m)
	l.config.Measures = append(l.config.Measures, m)
}

// where is "file:line".
func (n node) where() string { return n.src.name + ":" + strconv.Itoa(n.y.Line) }

// unit holds the unit against the aggregate.
func (f fields) unit(m comp.Measure) {
	share := m.Aggregate == comp.Share || m.Aggregate == comp.Rate
	switch {
	case m.Unit == "" || m.Aggregate == "":
	case share && m.Unit != "share":
		f.at("unit").wrong("unit "+m.Unit+" of aggregate "+string(m.Aggregate), "unit share", "write unit: share")
	case m.Aggregate == comp.Count && m.Unit != "count":
		f.at("unit").wrong("unit "+m.Unit+" of aggregate count", "unit count", "write unit: count")
	case m.Aggregate == comp.Net && m.Unit != "points":
		f.at("unit").wrong("unit "+m.Unit+" of aggregate net", "unit points", "write unit: points")
	case m.Aggregate == comp.Sum && m.Unit == "share":
		f.at("unit").wrong("unit share of aggregate sum", "unit money, count or score", "write one, or aggregate: share")
	}
}

func (l *loader) endMeasures() {
	l.formulas()
	ms := l.config.Measures
	sort.SliceStable(ms, func(i, j int) bool { return ms[i].ID < ms[j].ID })
}

// terms reads a measure's terms: under rows, or the single one beside the measure's own keys.
func (l *loader) terms(f fields, m comp.Measure) (out []comp.Term) {
	if !f.has("rows") {
		for _, k := range []string{"table", "date"} {
			if !f.has(k) {
				f.wrong("a measure without "+k+" and without rows", "", "add "+k+":")
			}
		}
		return []comp.Term{l.term(f, m)}
	}
	f.never("the keys of a term under rows", "move it to an entry of rows", strings.Fields(termKeys)...)
	items := f.at("rows").items("terms")
	if f.at("rows").isList() && len(items) == 0 {
		f.at("rows").wrong("an empty list", "at least one term", "add - {table: …, date: …}")
	}
	for _, n := range items {
		if t, ok := n.fields("a term", "table! where owner value model hit miss currency fixed date! sign fold label deal order"); ok {
			out = append(out, l.term(t, m))
		}
	}
	return out
}

func (l *loader) term(f fields, m comp.Measure) comp.Term {
	t := l.table(f.at("table"))
	x := comp.Term{Table: f.text("table"), Sign: 1}
	x.Where = l.condition(t, f.at("where"))
	x.Date = l.column(t, f.at("date"), daily...)
	if f.has("sign") {
		x.Sign = 0
		if v, ok := f.at("sign").integer(-1, 1); ok {
			if x.Sign = v; v == 0 {
				f.at("sign").wrong("sign 0", "1 or -1", "write -1 for rows that take away")
			}
		}
		if m.Aggregate != comp.Sum && m.Aggregate != comp.Count && m.Aggregate != "" && x.Sign == -1 {
			f.at("sign").wrong("sign -1 with aggregate "+string(m.Aggregate), "it with aggregate sum or count only", "remove it")
		}
	}
	l.valueAndHit(t, f, m, &x)
	l.money(t, f, m, &x)
	l.owner(t, f, m, &x)
	l.fold(t, f, &x)
	l.groups(t, f, m, &x)
	x.Deal = l.column(t, f.at("deal"), append([]comp.Type{comp.Integer}, words...)...)
	x.Order = l.column(t, f.at("order"), daily...)
	_, nodes := f.texts("label")
	for _, n := range nodes {
		if c := l.column(t, n); c != "" {
			x.Label = append(x.Label, c)
		}
	}
	return x
}

// valueAndHit reads what a row counts for: a value for sum and mean, a hit for share and rate, neither for count.
func (l *loader) valueAndHit(t *table, f fields, m comp.Measure, x *comp.Term) {
	x.Value = l.over(t, f.at("value"), comp.KindNumber)
	l.model(t, f, m, x)
	x.Hit = l.condition(t, f.at("hit"))
	x.Miss = l.condition(t, f.at("miss"))
	if m.Aggregate != comp.Net && m.Aggregate != "" {
		f.never("miss with aggregate net only", "remove it or write aggregate: net", "miss")
	}
	agg := string(m.Aggregate)
	switch m.Aggregate {
	case comp.Sum, comp.Mean, comp.Effect, comp.Median:
		if !f.has("value") && !f.has("model") {
			f.wrong("aggregate "+agg+" without value", "", "add value: a column or formula")
		}
		if m.Aggregate != comp.Median {
			f.never("hit with aggregate share or rate only", "remove it or write aggregate: share", "hit")
		}
	case comp.Share, comp.Rate, comp.Net, comp.Evenness:
		if !f.has("hit") {
			f.wrong("aggregate "+agg+" without hit", "", "add hit: a condition")
		}
		if m.Aggregate == comp.Net && !f.has("miss") {
			f.wrong("aggregate net without miss", "", "add miss: a condition")
		}
		f.never("value with aggregate sum or mean only", "remove it", "value")
	case comp.Count:
		f.never("value with aggregate sum or mean only", "remove it or write aggregate: sum", "value")
		f.never("hit with aggregate share or rate only", "remove it or write aggregate: share", "hit")
	}
}

// money reads the currency: a column, or fixed.
func (l *loader) money(t *table, f fields, m comp.Measure, x *comp.Term) {
	if m.Unit != "money" && m.Unit != "" {
		f.never("it with unit money only", "remove it or write unit: money", "currency", "fixed")
		return
	}
	switch f.onlyOne(m.Unit == "money", "currency", "fixed") {
	case "fixed":
		x.Fixed = f.currency("fixed")
	case "currency":
		if n := f.at("currency"); n.isMap() {
			if c, ok := n.fields("a currency", "fixed!"); ok {
				x.Fixed = c.currency("fixed")
			}
		} else {
			x.Currency = l.column(t, n, words...)
		}
	}
}

// owner reads to whom rows are credited. Company-wide measures need nobody.
func (l *loader) owner(t *table, f fields, m comp.Measure, x *comp.Term) {
	if !f.has("owner") {
		if m.Pool != comp.PoolCompany {
			f.wrong("a term without owner in a measure per "+string(m.Pool), "", "add owner: {column: …, system: …}, or write pool: company")
		}
		return
	}
	o, ok := f.at("owner").fields("an owner", "column! system split rollup")
	if !ok {
		return
	}
	x.Owner.Column = l.column(t, o.at("column"), words...)
	if o.has("system") {
		x.Owner.System = l.system(o.at("system"))
	}
	l.rollup(o, m, x)
	l.split(t, o, x)
}

// system is a system that the crosswalk leads from: one that a crosswalk names, or a source where it reads a column.
func (l *loader) system(n node) string {
	s, ok := n.text(false)
	if !ok || l.systems[s] {
		return s
	}
	if !l.crossed && len(l.systems) == 0 {
		n.wrong("the system "+strconv.Quote(short(s))+" in a config without crosswalk", "a crosswalk from its logins to employees", "add crosswalk: to the config, or remove system: where the column holds employee ids")
		return s
	}
	valid := make([]string, 0, len(l.systems))
	for name := range l.systems {
		valid = append(valid, name)
	}
	if l.crossed {
		if _, known := l.sources[s]; known || l.broken["sources"] {
			return s
		}
		for name := range l.sources {
			valid = append(valid, name)
		}
	}
	sort.Strings(valid)
	n.wrong("the system "+strconv.Quote(short(s)), "a system of the crosswalk", suggest(s, valid))
	return s
}

func (l *loader) fold(t *table, f fields, x *comp.Term) {
	if !f.has("fold") {
		return
	}
	d, ok := f.at("fold").fields("a fold", "by! order! take! per quiet counts")
	if !ok {
		return
	}
	x.Fold = &comp.Fold{Order: l.column(t, d.at("order")), Take: d.choice("take", "", "last", "first", "each")}
	if d.has("per") {
		x.Fold.Per = l.calendar(d.at("per"), fixedPeriods)
	}
	x.Fold.Quiet, x.Fold.Counts = d.integer("quiet", 0, 1, 366), l.condition(t, d.at("counts"))
	if x.Fold.Take != "each" {
		d.never("it with take: each only", "remove it or write take: each", "quiet", "counts")
	} else if d.never("it with take: last or first only", "remove it: each row counts on its own date", "per"); x.Fold.Quiet == 0 && !d.has("quiet") {
		d.wrong("take: each without quiet", "", "add quiet: 7, the days in which no other row of its entity may follow a hit")
	}
	_, nodes := d.texts("by")
	for _, n := range nodes {
		if c := l.column(t, n); c != "" {
			x.Fold.By = append(x.Fold.By, c)
		}
	}
	if d.at("by").isList() && len(d.at("by").y.Content) == 0 {
		d.at("by").wrong("an empty list", "the columns of the entity", "write by: [ticket_id]")
	}
}
