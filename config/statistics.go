package config

import (
	"strconv"

	"carrot/transform/comp"
)

// statisticKeys are the keys that say how far a measure can be relied on, and what is made of its rows beyond their sum.
const statisticKeys = "uncertainty shrink standing pays strata trim cluster arm phase netted"

// statistics reads them. The columns that they name are looked up in each term's table.
func (f fields) statistics(m *comp.Measure) {
	f.uncertainty(m)
	f.shrink(m)
	f.standing(m)
	m.Pays = f.choice("pays", "", "lower", "upper", "standing")
	if a := m.Aggregate; m.Pays != "" && a != "" && a != comp.Share && a != comp.Rate && a != comp.Net && a != comp.Mean && a != comp.Effect {
		f.keyNode("pays").wrong("pays: "+m.Pays+" of aggregate "+string(a)+", which has no interval", "it with share, rate, net, mean or effect", "remove it")
	}
	if (m.Pays == "standing") != f.has("standing") && (m.Pays == "standing" || f.at("standing").ok()) {
		f.keyNode(map[bool]string{true: "pays", false: "standing"}[m.Pays == "standing"]).wrong("pays: standing and standing: one without the other",
			"both", "write standing: {against: …} and pays: standing")
	}
	f.strata(m)
	f.trim(m)
	m.Cluster, m.Arm, m.Phase = f.text("cluster"), f.text("arm"), f.text("phase")
	f.dependence(m)
	if n, ok := f.at("netted").fields("netted", "by! takes!"); ok {
		m.NetBy, m.Side = n.text("by"), n.choice("takes", "", "gains", "losses")
		if m.Aggregate != comp.Sum && m.Aggregate != "" {
			f.keyNode("netted").wrong("netted with aggregate "+string(m.Aggregate), "it with aggregate sum only", "remove it or write aggregate: sum")
		}
	}
	switch {
	case m.Aggregate == comp.Effect:
		f.need("arm phase cluster")
	case m.Aggregate != "":
		f.never("it with aggregate effect only", "remove it", "arm", "phase")
	}
	if m.Aggregate == comp.Evenness && !f.has("strata") {
		f.wrong("aggregate evenness without strata", "", "add strata: {by: a column}")
	}
	m.Spread = m.Aggregate == comp.Median || m.Aggregate == comp.Evenness || m.Aggregate == comp.Effect || m.NetBy != "" || len(m.Strata) > 0 || m.Cluster != "" ||
		(m.Uncertainty != nil && m.Uncertainty.Method == "bootstrap") || (m.Aggregate == comp.Mean && (m.Uncertainty != nil || m.Surveys()))
}

func (f fields) uncertainty(m *comp.Measure) {
	u, ok := f.at("uncertainty").fields("an uncertainty", "method! level draws")
	if !ok {
		return
	}
	apart := f.has("strata") || f.has("cluster")
	methods := map[comp.Aggregate][]string{comp.Share: {"wilson", "bootstrap"}, comp.Rate: {"wilson", "bootstrap"}, comp.Net: {"normal", "bootstrap"},
		comp.Mean: {"normal", "bootstrap"}, comp.Effect: {"normal"}}[m.Aggregate]
	if len(methods) == 0 {
		if m.Aggregate != "" {
			f.keyNode("uncertainty").wrong("uncertainty of aggregate "+string(m.Aggregate), "it with share, rate, net, mean or effect", "remove it")
		}
		return
	}
	if apart {
		methods = []string{"normal"}
	}
	m.Uncertainty = &comp.Uncertainty{Method: u.choice("method", "", methods...), Level: comp.Scaled(95, 2)}
	if u.has("level") {
		m.Uncertainty.Level = u.between("level", comp.Scaled(5, 1), comp.Scaled(9999, 4))
	}
	if m.Uncertainty.Draws = u.integer("draws", 10000, 100, 100000); m.Uncertainty.Method != "bootstrap" && m.Uncertainty.Method != "" {
		u.never("it with method bootstrap only", "remove it", "draws")
	}
}

// between is a ratio within bounds; the lower one after a mistake.
func (f fields) between(key string, lo, hi comp.Number) comp.Number {
	n, ok := f.at(key).ratio()
	if ok && (n.Cmp(lo) < 0 || n.Cmp(hi) > 0) {
		f.at(key).wrong(f.at(key).shown(), "a share from "+percentText(lo)+" to "+percentText(hi), "correct it")
	}
	if !ok || n.Cmp(lo) < 0 || n.Cmp(hi) > 0 {
		return lo
	}
	return n
}

func percentText(n comp.Number) string { return n.Mul(comp.Int(100)).String() + " %" }

// shrink reads the prior that few rows are pulled toward: of a share as counts, of any other value as a value.
func (f fields) shrink(m *comp.Measure) {
	s, ok := f.at("shrink").fields("a prior", "hits misses n value")
	if !ok {
		return
	}
	m.Shrink = &comp.Shrink{}
	count := func(key string, to *comp.Number) {
		if *to, ok = s.at(key).number(); s.has(key) && ok && to.Sign() < 0 {
			s.at(key).wrong(s.at(key).says(), "a number of at least 0", "correct it")
		}
	}
	switch m.Aggregate {
	case comp.Share, comp.Rate:
		s.never("hits and misses, the prior of a share", "write {hits: …, misses: …}", "n", "value")
		if s.need("hits misses") {
			count("hits", &m.Shrink.Hits)
			count("misses", &m.Shrink.Misses)
		}
	case comp.Net, comp.Mean:
		s.never("n and value, the prior of a mean", "write {n: …, value: …}", "hits", "misses")
		if s.need("n value") {
			count("n", &m.Shrink.N)
			m.Shrink.Value, _ = s.at("value").number()
		}
	case "":
		return
	default:
		f.keyNode("shrink").wrong("shrink with aggregate "+string(m.Aggregate), "it with share, rate, net or mean", "remove it")
		return
	}
	whole := s.has("hits") && s.has("misses") || s.has("n") && s.has("value")
	if whole && m.Shrink.Hits.Add(m.Shrink.Misses).Add(m.Shrink.N).Sign() <= 0 {
		f.at("shrink").wrong("a prior of nobody", "one that weighs as much as some answers", "correct it or remove shrink:")
	}
}

// trim reads the largest weight of raking.
func (f fields) trim(m *comp.Measure) {
	m.Trim = comp.Int(0)
	n, ok := f.at("trim").number()
	switch {
	case !f.has("trim"):
	case len(m.Strata) < 2 && f.at("strata").isMap() == f.has("strata"):
		f.keyNode("trim").wrong("trim without raking", "it with strata of several columns", "remove it")
	case ok && n.Cmp(comp.Int(1)) <= 0:
		f.at("trim").wrong(f.at("trim").says(), "a weight above 1, the mean of all", "correct it")
	default:
		m.Trim = n
	}
}

// dependence holds what rows are not independent by against the aggregate.
func (f fields) dependence(m *comp.Measure) {
	a := m.Aggregate
	if a == "" {
		return
	}
	mean := a == comp.Share || a == comp.Rate || a == comp.Net || a == comp.Mean
	if f.has("strata") && !mean && a != comp.Evenness {
		f.keyNode("strata").wrong("strata with aggregate "+string(a), "it with share, rate, net, mean or evenness", "remove it")
	}
	if f.has("cluster") && !mean && a != comp.Effect {
		f.keyNode("cluster").wrong("cluster with aggregate "+string(a), "it with share, rate, net, mean or effect", "remove it")
	} else if f.has("cluster") && f.has("strata") {
		f.keyNode("cluster").wrong("both strata and cluster", "one of strata or cluster", "remove one")
	}
	if m.Uncertainty == nil && !f.has("uncertainty") && !f.has("strata") && mean && a != comp.Net && !m.Surveys() {
		method := map[bool]string{true: "normal", false: "wilson"}[f.has("cluster") || a == comp.Mean]
		for _, key := range []string{"pays", "cluster"} {
			f.neverSaid("the key "+key+" of a measure without an interval", "an interval", "add uncertainty: {method: "+method+"}", key)
		}
	}
}

func (f fields) standing(m *comp.Measure) {
	s, ok := f.at("standing").fields("a standing", "against!")
	if !ok {
		return
	}
	m.Standing = &comp.Standing{}
	if o, ok := s.at("against").asMeasure(); ok {
		m.Standing.Measure = o
		inner, _ := s.at("against").entries("a measure's value")
		f.l.standings = append(f.l.standings, heldAgainst{m.ID, inner.at("measure")})
	} else if s.has("against") && !s.at("against").isMap() {
		m.Standing.Against, _ = s.at("against").ratio()
	}
}

// heldAgainst is a measure that is held against another, at whose name n stands.
type heldAgainst struct {
	id string
	n  node
}

// heldAgainst looks up what measures are held against.
func (l *loader) heldAgainst() {
	for _, h := range l.standings {
		if other := l.measureNamed(h.n); other != nil && l.measures[h.id] != nil {
			l.pooled(h.n, &l.measures[h.id].Measure, &other.Measure)
		}
	}
}

// asMeasure is the name in {measure: name}.
func (n node) asMeasure() (string, bool) {
	if !n.isMap() {
		return "", false
	}
	f, ok := n.fields("a measure's value", "measure!")
	return f.text("measure"), ok
}

// strata reads one dimension of groups, or several that are raked.
func (f fields) strata(m *comp.Measure) {
	s, ok := f.at("strata").fields("strata", "by! weights empty")
	if !ok {
		return
	}
	weightless := m.Aggregate == comp.Evenness
	if !s.has("weights") && !weightless {
		s.wrong("strata without weights", "", "add weights: {name: share of the whole, …}")
	}
	if weightless {
		s.never("it with share, net or mean only", "remove it", "weights", "empty")
	}
	if !s.at("by").isList() {
		d := comp.Strata{By: s.text("by")}
		d.Weights = s.at("weights").weights()
		d.Empty = s.collapses(d)
		m.Strata = []comp.Strata{d}
		return
	}
	names, _ := s.texts("by")
	weights := s.at("weights").items("maps of weights, one for each column of by")
	if len(weights) != len(names) && s.has("weights") && len(names) > 0 {
		s.at("weights").wrong(strconv.Itoa(len(weights))+" maps of weights for "+strconv.Itoa(len(names))+" columns", strconv.Itoa(len(names)), "write one for each column of by")
		return
	}
	s.never("it with one column only", "remove it", "empty")
	for i, by := range names {
		d := comp.Strata{By: by}
		if i < len(weights) {
			d.Weights = weights[i].weights()
		}
		m.Strata = append(m.Strata, d)
	}
}

// weights are shares that total 1, in the order of the file.
func (n node) weights() (out []comp.Weight) {
	f, ok := n.entries("weights")
	if !ok {
		return nil
	}
	total := comp.Number{}
	fine := true
	for _, name := range f.order() {
		w, ok := f.at(name).ratio()
		if fine = fine && ok; ok && w.Sign() < 0 {
			f.at(name).wrong(f.at(name).shown(), "a share of at least 0", "correct it")
		}
		out, total = append(out, comp.Weight{Name: name, Share: w}), total.Add(w)
	}
	if fine && total.Cmp(comp.Int(1)) != 0 {
		n.wrong("weights that total "+percentText(total), "100 %", "correct a weight")
	}
	return out
}

// collapses says which group speaks for one that did not answer.
func (f fields) collapses(s comp.Strata) (out []comp.Collapse) {
	e, ok := f.at("empty").entries("empty")
	if !ok {
		return nil
	}
	known := func(n node, name string) {
		for _, w := range s.Weights {
			if w.Name == name {
				return
			}
		}
		n.wrong("the group "+strconv.Quote(short(name)), "one that has a weight", "write one of them")
	}
	for _, name := range e.order() {
		into := e.text(name)
		known(e.keyNode(name), name)
		known(e.at(name), into)
		out = append(out, comp.Collapse{Name: name, Into: into})
	}
	return out
}

// groups looks the columns up that a measure's statistics group rows by.
func (l *loader) groups(t *table, f fields, m comp.Measure, x *comp.Term) {
	at := func(key, column string) {
		if column == "" || t == nil {
			return
		}
		if t.types[column] == "" {
			n := f.vals[key]
			if !n.ok() {
				n = f.at("table")
			}
			n.wrong("the column "+strconv.Quote(short(column))+" of "+key+", which "+t.name+" does not have", "a column of each table that the measure reads", suggest(column, t.columns))
			return
		}
		x.Group = append(x.Group, column)
	}
	for _, s := range m.Strata {
		at("strata", s.By)
	}
	at("netted", m.NetBy)
	at("cluster", m.Cluster)
	at("arm", m.Arm)
	at("phase", m.Phase)
}
