package plans

import (
	"slices"
	"strings"

	"carrot/config"
	"carrot/transform/comp"
)

// finding wants a finding, of a payee where one is named.
func (t *tester) finding(x config.Expected, r *comp.Result) {
	var codes []string
	for _, f := range r.Findings {
		if f.Code == x.Finding && (x.Payee == "" || f.Payee == x.Payee || f.Payee == "") {
			return
		}
		if !slices.Contains(codes, f.Code) {
			codes = append(codes, f.Code)
		}
	}
	if len(codes) == 0 {
		codes = []string{"none"}
	}
	t.fail(x, nil, "%s: expected the finding %s, found %s", r.Run.Period.Name(), x.Finding, strings.Join(codes, ", "))
}

// working wants a sentence that holds the text, of the component where one is named.
func (t *tester) working(x config.Expected, r *comp.Result, s *comp.Statement) {
	if s != nil {
		for _, c := range s.Components {
			if (x.Line == "" || c.Component == x.Line) && slices.ContainsFunc(c.Working, func(w string) bool { return strings.Contains(w, x.Working) }) {
				return
			}
		}
		for _, l := range s.Lines {
			if (x.Line == "" || l.Component == x.Line) && strings.Contains(l.Working, x.Working) {
				return
			}
		}
	}
	t.fail(x, why(r, s, x), "%s %s %s: expected a sentence with %q, found none", x.Payee, x.Line, r.Run.Period.Name(), x.Working)
}

// last is the last calculation of a component in a statement; nil where there is none.
func last(x config.Expected, s *comp.Statement) (c *comp.ComponentResult) {
	if s != nil {
		for i := range s.Components {
			if s.Components[i].Component == x.Line && (x.Plan == "" || s.Components[i].Plan == x.Plan) {
				c = &s.Components[i]
			}
		}
	}
	return c
}

// missing wants that a component's measure has no value.
func (t *tester) missing(x config.Expected, r *comp.Result, s *comp.Statement) {
	switch c := last(x, s); {
	case c == nil:
		t.fail(x, why(r, s, x), "%s %s %s: expected a measure without a value, found no such component", x.Payee, x.Line, r.Run.Period.Name())
	case c.Value != nil:
		t.fail(x, why(r, s, x), "%s %s %s: expected a measure without a value, found %s", x.Payee, x.Line, r.Run.Period.Name(), c.Value)
	}
}

// figures holds the last calculation of a component in the month against what is expected of it, or pay in kind.
func (t *tester) figures(x config.Expected, r *comp.Result, s *comp.Statement) {
	c := last(x, s)
	for _, f := range x.Figures {
		got, ok := inKind(s, f.Name)
		if c != nil && !ok {
			got, ok = figure(c, f.Name)
		}
		if !ok {
			t.fail(x, why(r, s, x), "%s %s %s: expected %s %s, found none", x.Payee, x.Line, r.Run.Period.Name(), f.Name, f.Text)
		} else if !rounds(f, got) {
			t.fail(x, why(r, s, x), "%s %s %s: expected %s %s, found %s", x.Payee, x.Line, r.Run.Period.Name(), f.Name, f.Text, written(f, got))
		}
	}
}

// figure is a number of a component's calculation.
func figure(c *comp.ComponentResult, name string) (comp.Number, bool) {
	amount := func(a *comp.Amount) (comp.Number, bool) {
		if a == nil {
			return comp.Number{}, false
		}
		return a.Number, true
	}
	number := func(n *comp.Number) (comp.Number, bool) {
		if n == nil {
			return comp.Number{}, false
		}
		return *n, true
	}
	switch name {
	case "quota":
		return amount(c.Quota)
	case "target":
		return amount(c.Target)
	case "attainment":
		return number(c.Attainment)
	case "value":
		return number(c.Value)
	case "n":
		return comp.Int(c.N), true
	case "exact":
		return c.Exact.Number, true
	}
	return estimated(c, name)
}

// estimated is a number that says how far a component's value can be relied on.
func estimated(c *comp.ComponentResult, name string) (out comp.Number, ok bool) {
	e := c.Estimate
	if e == nil {
		return out, false
	}
	n := map[string]*comp.Number{"low": e.Low, "high": e.High, "se": e.SE, "raw": e.Raw, "effective": e.Effective}[name]
	switch {
	case name == "standing" && e.Standing != nil:
		return comp.Int(int64(*e.Standing)), true
	case name == "deff" && e.Effective != nil:
		return comp.Int(c.N).Quo(*e.Effective)
	case n == nil:
		return out, false
	}
	return *n, true
}

// inKind is the fair value or the gross value of all pay in kind.
func inKind(s *comp.Statement, name string) (comp.Number, bool) {
	sum, ok := comp.Number{}, false
	if s == nil {
		return sum, false
	}
	for _, k := range s.InKind {
		switch name {
		case "in_kind":
			sum, ok = sum.Add(k.Value.Amount().Number), true
		case "gross":
			sum, ok = sum.Add(k.Gross.Amount().Number), true
		}
	}
	return sum, ok
}

// rounds says whether a number is the expected one at the digits that are written.
func rounds(f config.ExpectedFigure, got comp.Number) bool {
	return got.Fixed(f.Digits, comp.HalfAway) == f.Value.Fixed(f.Digits, comp.HalfAway)
}

// written is a number in the way of an expected figure.
func written(f config.ExpectedFigure, got comp.Number) string {
	if strings.HasSuffix(f.Text, "%") {
		return got.Mul(comp.Int(100)).Fixed(max(0, f.Digits-2), comp.HalfAway) + "%"
	}
	return got.Fixed(f.Digits, comp.HalfAway)
}

// balance holds an account over the month against what is expected: of a hold also what it keeps, and why.
func (t *tester) balance(x config.Expected, r *comp.Result, s *comp.Statement) {
	account := x.Balance
	if account == "" {
		account = "hold"
	}
	var all []comp.Balance
	if s != nil {
		all = slices.DeleteFunc(slices.Clone(s.Balances), func(b comp.Balance) bool {
			return b.Account != account || x.Line != "" && b.Component != x.Line
		})
	}
	sum := map[string]comp.Number{}
	var reasons []string
	for _, b := range all {
		for name, m := range map[string]comp.Money{"opens": b.Open, "adds": b.In, "takes": b.Out, "written_off": b.WrittenOff, "closes": b.Close} { // each to its own sum
			sum[name] = sum[name].Add(m.Amount().Number)
		}
		reasons = append(reasons, b.Reasons...)
	}
	figures := x.Figures
	if x.Held != nil {
		figures = append(slices.Clone(figures), config.ExpectedFigure{Name: "closes", Text: x.Held.String(), Value: *x.Held, Digits: 2})
	}
	for _, f := range figures {
		if sum[f.Name].Cmp(f.Value) != 0 {
			t.fail(x, why(r, s, x), "%s %s balance %s: expected %s %s, found %s", x.Payee, account, r.Run.Period.Name(), f.Name, f.Text, written(f, sum[f.Name]))
		}
	}
	if x.Reason != "" && !slices.ContainsFunc(reasons, func(s string) bool { return strings.Contains(s, x.Reason) }) {
		t.fail(x, why(r, s, x), "%s %s %s: expected the reason %s, found %q", x.Payee, account, r.Run.Period.Name(), x.Reason, reasons)
	}
}

// costs holds the accounting of contract costs against what is expected: by month what is written down, and under
// write_off what is written off.
func (t *tester) costs(x config.Expected, r *comp.Result) {
	for _, f := range x.Costs {
		sum := comp.Number{}
		for _, c := range r.Costs {
			off := strings.Contains(c.Kind, "off")
			if c.Payee == x.Payee && (x.Line == "" || c.Component == x.Line) && (f.Name == "write_off" && off || c.Month == f.Name && c.Kind == "amortised") {
				sum = sum.Add(c.Amount.Amount().Number)
			}
		}
		if !rounds(f, sum) {
			t.fail(x, nil, "%s cost of %s: expected %s, found %s", x.Payee, f.Name, f.Text, written(f, sum))
		}
	}
}
