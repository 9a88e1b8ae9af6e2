package config

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"carrot/transform/comp"
)

// measureDigest is the sha256, in hex, of measureText, with the digests of what is part of a formula's definition.
func measureDigest(m comp.Measure, parts ...string) string {
	text := measureText(m)
	for _, p := range parts {
		text += "part " + p + "\n"
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// measureText is the canonical text of a measure's definition: everything that it says and nothing of how it is laid out.
// Two files that differ in comments, order of keys, quotes, defaults written out or blanks in a condition give one text.
//
//	carrot measure 1
//	id "csat"
//	version "1"
//	…                 one "key value" a line, in the order below; texts are Go-quoted, lists are quoted texts joined by blanks
//	term 1            then the first term's lines, and so on
//	where (== (name "stage") (text "Closed Won"))
//
// Expressions are written as (operation argument …), literals as (kind value), columns as (name "column"); - is absence.
func measureText(m comp.Measure) string {
	var b strings.Builder
	line := func(key string, values ...string) {
		if len(values) == 0 {
			values = []string{"-"}
		}
		fmt.Fprintf(&b, "%s %s\n", key, strings.Join(values, " "))
	}
	b.WriteString("carrot measure 1\n")
	line("id", strconv.Quote(m.ID))
	line("version", strconv.Quote(m.Version))
	line("title", strconv.Quote(m.Title))
	line("family", strconv.Quote(string(m.Family)))
	line("unit", strconv.Quote(m.Unit))
	line("digits", strconv.Itoa(m.Digits))
	line("aggregate", strconv.Quote(string(m.Aggregate)))
	line("pool", strconv.Quote(string(m.Pool)))
	line("window", strconv.Itoa(m.Window))
	// What follows came later: it stands only where it is said, so that a definition without it keeps its digest.
	said := func(key string, values ...string) {
		if strings.Join(values, "") != "" {
			line(key, quoted(values...)...)
		}
	}
	said("about", m.About)
	said("survey", m.Survey)
	if m.SelfReported {
		line("self_reported", "true")
	}
	statisticLines(m, line, said)
	for i, t := range m.Terms {
		termLines(i, &t, line, said)
	}
	return b.String()
}

// termLines are those of one term.
func termLines(i int, t *comp.Term, line, said func(string, ...string)) {
	line("term", strconv.Itoa(i+1))
	line("table", strconv.Quote(t.Table))
	line("where", exprText(t.Where))
	line("owner", quoted(t.Owner.Column, t.Owner.System)...)
	if s := t.Owner.Split; s != nil {
		line("split", quoted(s.Table, s.Key, s.Of, s.Owner, s.Percent)...)
		said("weight", s.Weight)
		if s.Where != nil {
			line("split_where", exprText(s.Where))
		}
		if s.Outside {
			line("outside", "true")
		}
		said("remainder", s.Remainder)
	}
	said("rollup", t.Owner.Rollup)
	said("deal", t.Deal)
	said("order", t.Order)
	line("value", exprText(t.Value))
	line("hit", exprText(t.Hit))
	if t.Miss != nil {
		line("miss", exprText(t.Miss))
	}
	said("group", t.Group...)
	line("currency", quoted(t.Currency, string(t.Fixed))...)
	line("date", strconv.Quote(t.Date))
	line("sign", strconv.Itoa(t.Sign))
	if t.Fold != nil {
		line("fold", quoted(append([]string{t.Fold.Order, t.Fold.Take}, t.Fold.By...)...)...)
		if t.Fold.Per != "" {
			line("per", t.Fold.Per)
		}
		if t.Fold.Quiet > 0 {
			line("quiet", strconv.Itoa(t.Fold.Quiet), exprText(t.Fold.Counts))
		}
	}
	line("label", quoted(t.Label...)...)
}

// statisticLines are what came with statistics and formulas.
func statisticLines(m comp.Measure, line, said func(string, ...string)) {
	said("responsible", m.Responsible)
	if m.Down {
		line("direction", "down")
	}
	if u := m.Uncertainty; u != nil {
		said("uncertainty", u.Method, u.Level.String(), strconv.Itoa(u.Draws))
	}
	if s := m.Shrink; s != nil {
		said("shrink", s.Hits.String(), s.Misses.String(), s.N.String(), s.Value.String())
	}
	if s := m.Standing; s != nil {
		said("standing", s.Measure, s.Against.String())
	}
	said("pays", m.Pays)
	for _, s := range m.Strata {
		texts := []string{s.By}
		for _, w := range s.Weights {
			texts = append(texts, w.Name, w.Share.String())
		}
		for _, e := range s.Empty {
			texts = append(texts, e.Name, e.Into)
		}
		said("strata", texts...)
	}
	if m.Trim.Sign() != 0 {
		said("trim", m.Trim.String())
	}
	said("cluster", m.Cluster)
	said("experiment", m.Arm, m.Phase)
	said("netted", m.NetBy, m.Side)
	if m.Formula != nil {
		line("formula", exprText(m.Formula))
		said("n", m.Counted)
		for _, in := range m.Inputs {
			said("input", in.Name, in.Measure, strconv.Itoa(in.Back), strconv.Itoa(in.Rates))
		}
		if c := m.Change; c != nil {
			said("change", c.By, strconv.Itoa(c.Since))
		}
	}
}

func quoted(texts ...string) (out []string) {
	for _, t := range texts {
		out = append(out, strconv.Quote(t))
	}
	return out
}

// exprText is the canonical text of an expression.
func exprText(e *comp.Expr) string {
	if e == nil {
		return "-"
	}
	switch e.Op {
	case comp.Name:
		return "(name " + strconv.Quote(e.Name) + ")"
	case comp.Lit:
		return "(" + literalText(e.Lit) + ")"
	}
	parts := []string{string(e.Op)}
	if e.Hours != nil {
		parts = append(parts, strconv.Quote(e.Hours.Name), strconv.Quote(e.Hours.Text()))
	}
	for _, a := range e.Args {
		parts = append(parts, exprText(a))
	}
	return "(" + strings.Join(parts, " ") + ")"
}

func literalText(v comp.Value) string {
	switch v.Kind {
	case comp.KindText:
		return "text " + strconv.Quote(v.Text)
	case comp.KindNumber:
		return "number " + v.Number.String()
	case comp.KindDate:
		return "date " + v.Date.String()
	case comp.KindBool:
		return "boolean " + strconv.FormatBool(v.Bool)
	}
	return "null"
}
