package config

import (
	"slices"

	"carrot/transform/comp"
)

// What a measure is about, and the subjects that surveys ask of.
var (
	subjects = []string{"revenue", "growth", "profit", "cost", "satisfaction", "response", "action", "innovation", "employees", "brand", "delivery",
		"lifetime_value", "dismissals", "outsourcing", "other"}
	surveyed = []string{"satisfaction", "response", "employees", "brand"}
)

// subject reads what a measure is about and who tells it, which lints read.
func (f fields) subject(m *comp.Measure) {
	m.About = f.choice("about", "", subjects...)
	m.Survey = f.choice("survey", "", "transactional", "relationship")
	m.SelfReported = f.boolean("self_reported")
	switch {
	case !f.has("survey"):
	case !f.has("about"):
		f.keyNode("survey").wrong("survey without about", "what it asks", "add about: satisfaction")
	case m.About != "" && !slices.Contains(surveyed, m.About):
		f.keyNode("survey").wrong("survey with about "+m.About, "it with about satisfaction, response, employees or brand only", "remove it")
	}
}

// rollup reads whether those above an owner are credited.
func (l *loader) rollup(o fields, m comp.Measure, x *comp.Term) {
	x.Owner.Rollup = o.choice("rollup", "", "managers", "team")
	o.keyNode("rollup").later("owner.rollup", "rollup")
	switch {
	case !o.has("rollup"):
	case m.Pool != comp.PoolPayee && m.Pool != "":
		o.keyNode("rollup").wrong("rollup with pool "+string(m.Pool), "pool: payee", "remove rollup")
	case !l.attributes[comp.AttrManager]:
		o.keyNode("rollup").wrong("rollup in a config whose roster sets no manager", "the attribute manager", "add manager: to a roster table's set, or remove it")
	}
}

// split reads the rows that share a row among several owners.
func (l *loader) split(t *table, o fields, x *comp.Term) {
	if !o.has("split") {
		return
	}
	s, ok := o.at("split").fields("a split", "table! key! of! owner! percent weight where outside remainder")
	if !ok {
		return
	}
	for _, k := range []string{"weight", "where", "outside", "remainder"} {
		s.keyNode(k).later("split."+k, "the key "+k)
	}
	st := l.table(s.at("table"))
	out := &comp.Split{Table: s.text("table"), Key: l.column(st, s.at("key")), Of: l.column(t, s.at("of")), Owner: l.column(st, s.at("owner"), words...),
		Where: l.condition(st, s.at("where")), Outside: s.boolean("outside"), Remainder: s.choice("remainder", "", "largest")}
	switch s.onlyOne(true, "percent", "weight") {
	case "percent":
		out.Percent = l.column(st, s.at("percent"), comp.Decimal)
	case "weight":
		out.Weight = l.column(st, s.at("weight"), numeric...)
		if out.Outside {
			s.keyNode("outside").wrong("outside with weight", "percent", "write percent:")
		}
	}
	x.Owner.Split = out
}
