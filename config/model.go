package config

import (
	"strings"

	"carrot/transform/comp"
)

// model reads what a row is worth by a model instead of a formula: how often a customer will buy, times a margin.
func (l *loader) model(t *table, f fields, m comp.Measure, x *comp.Term) {
	if !f.has("model") {
		return
	}
	if a := m.Aggregate; a != "" && a != comp.Sum && a != comp.Mean {
		f.keyNode("model").wrong("a model with aggregate "+string(a), "it with aggregate sum or mean", "remove it")
		return
	}
	if f.has("value") {
		f.keyNode("model").wrong("both value and model", "one of value or model", "remove one")
	}
	k, ok := f.at("model").fields("a model", "bgnbd!")
	if !ok {
		return
	}
	b, ok := k.at("bgnbd").fields("a BG/NBD model", "x! recency! age! horizon! r! alpha! a! b! margin")
	if !ok {
		return
	}
	var args []*comp.Expr
	for _, key := range []string{"x", "recency", "age"} {
		c := l.column(t, b.at(key), comp.Integer, comp.Decimal)
		args = append(args, &comp.Expr{Op: comp.Name, Kind: comp.KindNumber, Name: c, Text: c})
	}
	for _, key := range []string{"horizon", "r", "alpha", "a", "b"} {
		n, ok := b.at(key).number()
		if b.has(key) && ok && n.Sign() <= 0 {
			b.at(key).wrong(b.at(key).says(), "a number above 0", "correct it")
		} else if key == "a" && ok && n.Cmp(comp.Int(1)) == 0 {
			b.at(key).wrong("a of 1, where the model has no value", "another number above 0", "write the fitted one with all its digits")
		}
		args = append(args, &comp.Expr{Op: comp.Lit, Kind: comp.KindNumber, Lit: comp.NumberValue(n)})
	}
	x.Value = &comp.Expr{Op: comp.Buys, Kind: comp.KindNumber, Args: args}
	if c := l.column(t, b.at("margin"), comp.Integer, comp.Decimal); c != "" {
		x.Value = &comp.Expr{Op: comp.MulOp, Kind: comp.KindNumber, Args: []*comp.Expr{x.Value, {Op: comp.Name, Kind: comp.KindNumber, Name: c, Text: c}}}
	}
	x.Value.Text, x.Value.Where = "bgnbd of "+strings.Join(x.Value.Names(), ", "), b.place()
}
