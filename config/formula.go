package config

import (
	"slices"
	"strconv"
	"strings"

	"carrot/transform/comp"
)

// workedOut is a formula that waits for the measures that it names.
type workedOut struct {
	f fields
	m comp.Measure
}

// formula keeps a measure of aggregate formula until every measure is known.
func (l *loader) formula(f fields, m comp.Measure) {
	f.never("it with the inputs of a formula", "move it to an entry of inputs", append(strings.Fields(termKeys), "rows")...)
	f.need("formula inputs n")
	l.derived = append(l.derived, workedOut{f, m})
}

// formulas reads the formulas, in the order of the files.
func (l *loader) formulas() {
	for _, d := range l.derived {
		m := d.m
		m.Inputs = l.inputs(d.f, &m)
		names := &scope{what: "the inputs of " + m.ID, noun: "input", kinds: map[string]comp.Kind{}}
		for _, in := range m.Inputs {
			for _, suffix := range []string{"", "_n", "_low", "_high"} {
				names.names = append(names.names, in.Name+suffix)
				names.kinds[in.Name+suffix] = comp.KindNumber
			}
		}
		if m.Formula = l.expr(names, d.f.at("formula"), comp.KindNumber); m.Formula == nil {
			m.Formula = &comp.Expr{Op: comp.Lit}
		}
		m.Counted = d.f.text("n")
		if !slices.ContainsFunc(m.Inputs, func(in comp.Input) bool { return in.Name == m.Counted }) && m.Counted != "" && len(m.Inputs) > 0 {
			d.f.at("n").wrong("the input "+strconv.Quote(short(m.Counted)), "one of the inputs, whose number of rows is the measure's n", suggest(m.Counted, inputNames(m.Inputs)))
		}
		d.f.change(&m)
		if known := l.measures[m.ID]; known.id.y == d.f.at("measure").y {
			known.Measure = m
		}
		l.config.Measures = append(l.config.Measures, m)
	}
	l.heldAgainst()
	l.circles()
	l.kindsApart()
	for i := range l.config.Measures {
		if m := &l.config.Measures[i]; m.Aggregate == comp.Formula {
			m.Digest = measureDigest(*m, l.hiddenDigests(m)...)
		}
	}
}

// change reads what makes a formula's value what its inputs changed of it. Each is then read as it was at the beginning as well.
func (f fields) change(m *comp.Measure) {
	c, ok := f.at("change").fields("a change", "since! by")
	if !ok {
		return
	}
	m.Change = &comp.Change{By: c.text("by"), Since: c.integer("since", 1, 1, 60)}
	names := inputNames(m.Inputs)
	if c.has("by") && m.Change.By != "" && !slices.Contains(names, m.Change.By) && len(names) > 0 {
		c.at("by").wrong("the input "+strconv.Quote(short(m.Change.By)), "one of the inputs, whose part of the change is the measure's value", suggest(m.Change.By, names))
	}
	if len(names) > comp.MostCauses {
		f.keyNode("change").wrong(strconv.Itoa(len(names))+" inputs of a change", "at most "+strconv.Itoa(comp.MostCauses), "work some of them out in a measure of their own")
	}
	for _, in := range m.Inputs {
		if slices.Contains(names, comp.BeforeName(in.Name)) {
			f.keyNode("change").wrong("an input called "+comp.BeforeName(in.Name)+" beside "+in.Name, "another name: it is what "+in.Name+" was at the beginning", "rename it")
			m.Change = nil
			return
		}
	}
	for _, in := range m.Inputs {
		in.Name, in.Back = comp.BeforeName(in.Name), in.Back+m.Change.Since
		m.Inputs = append(m.Inputs, in)
	}
}

// hiddenDigests are those of a formula's own inputs: they have no other definition.
func (l *loader) hiddenDigests(m *comp.Measure) (out []string) {
	for _, in := range m.Inputs {
		if h := l.measures[in.Measure]; h != nil && h.Hidden {
			out = append(out, h.Digest)
		}
	}
	return out
}

func inputNames(inputs []comp.Input) (out []string) {
	for _, in := range inputs {
		out = append(out, in.Name)
	}
	return out
}

// inputs reads what a formula names: measures, and terms of its own, which become hidden measures.
func (l *loader) inputs(f fields, m *comp.Measure) (out []comp.Input) {
	list, ok := f.at("inputs").entries("inputs")
	if !ok {
		return nil
	}
	for _, name := range list.order() {
		if !isInputName(name) {
			list.keyNode(name).wrong(strconv.Quote(short(name)), "a name of small letters, digits and _ that starts with a letter", "write "+strconv.Quote(strings.ToLower(strings.ReplaceAll(nameFrom(name), "-", "_"))))
			continue
		}
		i, ok := list.at(name).fields("an input", "measure back rates_back aggregate netted window rows "+termKeys)
		if !ok {
			continue
		}
		in := comp.Input{Name: name, Back: i.integer("back", 0, 1, 120)}
		in.Rates = i.integer("rates_back", 0, 1, 120)
		if i.onlyOne(true, "measure", "aggregate") == "measure" {
			i.never("the keys of a measure beside measure", "remove it", append(strings.Fields(termKeys), "rows", "netted", "window")...)
			if other := l.measureNamed(i.at("measure")); other != nil {
				in.Measure = other.ID
				l.pooled(i.at("measure"), m, &other.Measure)
			}
		} else if i.has("aggregate") {
			in.Measure = l.hidden(i, m, name)
		}
		out = append(out, in)
	}
	if len(list.order()) == 0 {
		f.at("inputs").wrong("no inputs", "at least one", "add name: {measure: …}")
	}
	return out
}

func isInputName(s string) bool {
	for i, r := range s {
		if !(r >= 'a' && r <= 'z' || r == '_' && i > 0 || r >= '0' && r <= '9' && i > 0) {
			return false
		}
	}
	return s != ""
}

// hidden makes a measure of an input that is a term of its own; its id is that of the formula, a point, and its name.
func (l *loader) hidden(f fields, m *comp.Measure, name string) string {
	h := comp.Measure{ID: m.ID + "." + name, Version: m.Version, Title: m.Title + ", " + strings.ReplaceAll(name, "_", " "), Family: m.Family, Pool: m.Pool, Window: m.Window,
		About: m.About, Survey: m.Survey, SelfReported: m.SelfReported, Hidden: true, Where: f.place()}
	h.Aggregate = comp.Aggregate(f.choice("aggregate", "", string(comp.Sum), string(comp.Count), string(comp.Mean), string(comp.Share), string(comp.Net)))
	switch h.Unit = "score"; h.Aggregate {
	case comp.Count:
		h.Unit = "count"
	case comp.Share:
		h.Unit, h.Digits = "share", 3
	case comp.Net:
		h.Unit = "points"
	case comp.Sum:
		if f.has("currency") || f.has("fixed") || f.has("rows") && m.Unit == "money" {
			h.Unit, h.Digits = "money", 2
		}
	}
	if f.has("window") {
		h.Window = f.integer("window", 1, 1, 120)
	}
	if n, ok := f.at("netted").fields("netted", "by! takes!"); ok {
		h.NetBy, h.Side, h.Spread = n.text("by"), n.choice("takes", "", "gains", "losses"), true
	}
	h.Terms = l.terms(f, h)
	l.byRow(f, &h)
	h.Digest = measureDigest(h)
	l.measures[h.ID] = &measured{h, f.node}
	l.config.Measures = append(l.config.Measures, h)
	return h.ID
}

// pooled holds an input's pool against the formula's: what belongs to one person says nothing of all.
func (l *loader) pooled(n node, m, in *comp.Measure) {
	rank := map[comp.Pool]int{comp.PoolDepartment: 1, comp.PoolEntity: 1, comp.PoolCompany: 2}
	if rank[in.Pool] < rank[m.Pool] {
		n.wrong(in.ID+" per "+string(in.Pool)+" in a measure per "+string(m.Pool), "a measure per "+string(m.Pool)+" or of a larger pool", "name one, or write pool: "+string(in.Pool))
	}
	if in.Survey != "" && m.Survey != "" && in.Survey != m.Survey {
		n.wrong(in.ID+" of a "+in.Survey+" survey in a measure of a "+m.Survey+" survey", "one kind of survey in a measure", "measure each by itself")
	}
}

// circles refuses measures that need their own value.
func (l *loader) circles() {
	state := map[string]int{} // 1 on the way, 2 done
	var walk func(id string) bool
	walk = func(id string) bool {
		m := l.measures[id]
		if m == nil || state[id] == 2 {
			return true
		}
		if state[id] == 1 {
			return false
		}
		state[id] = 1
		for _, needs := range m.needs() {
			if !walk(needs) {
				m.id.wrong("a measure that needs its own value by way of "+needs, "what can be known first", "name another one")
				l.cut(m)
				break
			}
		}
		state[id] = 2
		return true
	}
	for _, d := range l.derived {
		walk(d.m.ID)
	}
	for _, h := range l.standings {
		walk(h.id)
	}
}

// needs are the measures whose values a measure needs.
func (m *measured) needs() (out []string) {
	for _, in := range m.Inputs {
		out = append(out, in.Measure)
	}
	if m.Standing != nil && m.Standing.Measure != "" {
		out = append(out, m.Standing.Measure)
	}
	return out
}

// cut takes away what a measure needs, so that nothing goes round in a circle.
func (l *loader) cut(m *measured) {
	m.Inputs, m.Standing = nil, nil
	for i := range l.config.Measures {
		if l.config.Measures[i].ID == m.ID {
			l.config.Measures[i].Inputs, l.config.Measures[i].Standing = nil, nil
		}
	}
}
