package jobs

import (
	"fmt"
	"strings"

	"carrot/transform"
	"carrot/transform/comp"
)

// dealWords say what became, by the end of a month, of the pay for a record whose pay waits for events or can be taken back:
// component by component, with the days. moved says whether anything of it was paid, forfeited or taken in that month, and
// held whether something waits.
func (e *explainer) dealWords(def tableDef, key string, month comp.Period) (out []string, moved, held bool, err error) {
	row := e.values[len(e.values)-1]
	for i := range e.k.config.Plans {
		plan := &e.k.config.Plans[i]
		for j := range plan.Components {
			c := &plan.Components[j]
			if c.Release == nil && c.Clawback == nil {
				continue
			}
			t, ok := e.termOf(c.Measure, def.contract.Name())
			if !ok || row[t.Date].Kind != comp.KindDate || row[t.Date].Date >= month.End || !counts(t, row) {
				continue
			}
			day := row[t.Date].Date
			who, _, err := e.whose(t, row, day)
			if err != nil {
				return nil, false, false, err
			}
			if who == nil || e.leftOut(plan, who, day) != "" {
				continue
			}
			company, err := e.people()
			if err != nil {
				return nil, false, false, err
			}
			text, m, h := dealPay(c, company, t, key, row, month)
			out, moved, held = append(out, text), moved || m, held || h
		}
	}
	return out, moved, held, nil
}

// termOf is the term of a measure that reads a table.
func (e *explainer) termOf(measure, table string) (comp.Term, bool) {
	for _, m := range e.k.config.Measures {
		for _, t := range m.Terms {
			if m.ID == measure && t.Table == table && t.Owner.Column != "" {
				return t, true
			}
		}
	}
	return comp.Term{}, false
}

// counts says whether a row meets the condition of a term.
func counts(t comp.Term, row map[string]comp.Value) bool {
	if t.Where == nil {
		return true
	}
	v, err := t.Where.Eval(func(name string) comp.Value { return row[name] })
	return err == nil && v.True()
}

func dealPay(c *comp.Component, company *comp.Company, t comp.Term, key string, row map[string]comp.Value, month comp.Period) (text string, moved, held bool) {
	if v := row[t.Deal]; t.Deal != "" && v.Kind != comp.Null {
		key = keyText(v)
	}
	whole := comp.Number{}
	if t.Value != nil {
		if v, err := t.Value.Eval(func(name string) comp.Value { return row[name] }); err == nil && v.Kind == comp.KindNumber {
			whole = v.Number
		}
	}
	pay := transform.DealPay(c, company, t.Table, key, row[t.Date].Date, whole, month.End-1)
	var parts []string
	for _, s := range pay.Steps {
		moved = moved || month.Contains(s.Day)
		how := s.What + " on " + s.Day.Words()
		if s.What == "taken back" {
			how = "taken back (" + c.Clawback.On + " on " + s.Day.Words() + ")"
		}
		parts = append(parts, portion(s.Share)+" of its pay was "+how)
	}
	if held = !pay.Held.IsZero(); held {
		then := "then it is paid"
		if pay.Lapses {
			then = "then it is forfeited"
		}
		parts = append(parts, fmt.Sprintf("%s is held (%s), until %s at the longest: %s", portion(pay.Held), strings.Join(pay.Waits, ", "), pay.Last.Words(), then))
	}
	if len(parts) == 0 {
		parts = []string{"nothing was taken back of its pay so far"}
	}
	return fmt.Sprintf("%s, clause %s (%s), by %s: %s.", c.Title, c.Clause, at(c.Where), (month.End - 1).Words(), strings.Join(parts, "; ")), moved, held
}

// portion is a share as people say it: "50 %", "11/12", "all".
func portion(n comp.Number) string {
	num, den := n.Fraction()
	if text := n.Mul(comp.Int(100)).String(); den != "1" && !strings.Contains(text, "/") {
		return text + " %"
	}
	if num == den {
		return "all"
	}
	if den == "1" {
		return figured(n.Mul(comp.Int(100)).String()) + " %"
	}
	return num + "/" + den
}
