package transform

import (
	"fmt"

	"carrot/transform/comp"
)

// formula is the value of a measure that is worked out of others. Its n is that of the input that the definition names. A formula
// whose input has no value has none, and so has one that divides by zero.
func (x *calc) formula(m *comp.Measure, src source, w *worked) measured {
	out := measured{unit: x.unitOf(m.ID)}
	values := map[string]comp.Value{}
	for _, in := range m.Inputs {
		v := x.measureAt(source{Measure: in.Measure, ToDate: src.ToDate, Back: src.Back + in.Back, Rates: src.Rates + in.Rates}, w)
		if in.Name == m.Counted {
			out.n = v.n
		}
		values[in.Name+"_n"] = comp.NumberValue(comp.Int(v.n))
		if v.missing {
			continue // null
		}
		values[in.Name] = comp.NumberValue(v.value)
		if e := v.estimate; e != nil && e.Low != nil {
			values[in.Name+"_low"], values[in.Name+"_high"] = comp.NumberValue(*e.Low), comp.NumberValue(*e.High)
		}
	}
	v, err := m.Worked(values)
	switch {
	case err != nil:
		x.hold(w, "formula_failed", fmt.Sprintf("%s: %v", m.ID, err), "correct the formula")
		out.missing = true
		return out
	case v.Kind != comp.KindNumber || x.few(out.n, src):
		out.missing = true
		return out
	}
	if out.value = v.Number; v.Edge {
		x.onTheEdge(x.payee, &x.d, fmt.Sprintf("%s is %s, of which a condition compares by floating point what is all but the same", m.ID, m.Formula.Text))
	}
	x.stand(m, src, &out, w)
	if w.silent {
		return out
	}
	text := m.Formula.Text
	if c := m.Change; c != nil {
		text = fmt.Sprintf("the change of %s, %s after %s", text, x.d.period.Words(), back(x.d.period, c.Since).Words())
		if c.By != "" {
			text = "the part of " + c.By + " in " + text
		}
	}
	w.say("%s = %s %s (n = %s)", m.Title, text, equals(inUnit(v.Number, out.unit, x.currency)), comp.Grouped(fmt.Sprint(out.n)))
	return out
}

// stand replaces a value by what the plan reads of it: where it stands, or the end of its interval.
func (x *calc) stand(m *comp.Measure, src source, out *measured, w *worked) {
	if s := m.Standing; s != nil && out.estimate != nil {
		against, ok, n := s.Against, true, int64(0)
		if s.Measure != "" {
			other := x.measureAt(source{Measure: s.Measure, ToDate: src.ToDate, Back: src.Back}, w)
			against, ok, n = other.value, !other.missing, other.n
		}
		if ok {
			x.compare(m, out, against)
			out.estimate.AgainstN = n
		}
	}
	e := out.estimate
	switch {
	case m.Pays == "":
	case m.Pays == "lower" && e != nil && e.Low != nil:
		e.Raw, out.value = ptr(out.raw()), *e.Low
	case m.Pays == "upper" && e != nil && e.High != nil:
		e.Raw, out.value = ptr(out.raw()), *e.High
	case m.Pays == "standing" && e != nil && e.Standing != nil:
		x.touches(*e.Low, *e.Against, "the lower end of "+m.ID, "it is held against")
		x.touches(*e.High, *e.Against, "the upper end of "+m.ID, "it is held against")
		e.Raw, out.value = ptr(out.raw()), comp.Int(int64(*e.Standing))
	default:
		out.missing = true
	}
}

// compare says whether the value's interval of the standing's level lies below, over or above what it is held against.
func (x *calc) compare(m *comp.Measure, out *measured, against comp.Number) {
	e := out.estimate
	low, high := e.Low, e.High
	if low == nil {
		return
	}
	at := 0
	if against.Cmp(*low) < 0 {
		at = 1
	}
	if against.Cmp(*high) > 0 {
		at = -1
	}
	if m.Down {
		at = -at
	}
	e.Standing, e.Against = &at, ptr(against)
}

// relied says in brackets how far a value can be relied on, and what was made of it.
func (x *calc) relied(m *comp.Measure, out *measured) string {
	e := out.estimate
	if e == nil {
		return ""
	}
	text := ""
	if e.Low != nil {
		text = fmt.Sprintf(" (%s: %s to %s)", percent(e.Level), x.roughly(m, *e.Low), x.roughly(m, *e.High))
	}
	for _, note := range e.Notes {
		text += "; " + note
	}
	switch {
	case m.Pays == "standing" && e.Standing != nil:
		text += fmt.Sprintf("; %s %s", [...]string{"below", "not to be told from", "above"}[*e.Standing+1], about(inUnit(*e.Against, m.Unit, x.currency)))
		if e.AgainstN > 0 {
			text += fmt.Sprintf(" (n = %s)", comp.Grouped(fmt.Sprint(e.AgainstN)))
		}
	case e.Raw != nil:
		text += ": " + about(inUnit(out.value, m.Unit, x.currency))
	}
	return text
}
