package plans

import (
	"fmt"
	"slices"
	"strings"

	"carrot/config"
	"carrot/transform"
	"carrot/transform/comp"
)

// Tested is what became of an example.
type Tested struct {
	File, Name string
	Failures   []Failure // in the order of the expectations; none: it holds
}

// Failure is an expectation that the calculation does not meet.
type Failure struct {
	Where   comp.Place
	Text    string   // "ann commission 2026-01: expected 26,000.00 EUR, paid 25,000.00 EUR"
	Working []string // how the engine came to its number
}

// String is "file:line:column: text", and the working below it.
func (f Failure) String() string {
	s := fmt.Sprintf("%s:%d:%d: %s", f.Where.File, f.Where.Line, f.Where.Col, f.Text)
	for _, w := range f.Working {
		s += "\n     " + w
	}
	return s
}

// Test closes the months of an example, each posted before the next, and holds what comes out against what is expected.
// It errs where the example cannot be run.
func Test(c *config.Config, e config.Example) (Tested, error) {
	out := Tested{File: e.File, Name: e.Name}
	months, err := Close(c, e)
	if err != nil {
		return out, err
	}
	t := tester{e: e, months: months}
	for _, x := range e.Expect {
		t.expect(x)
	}
	if e.Only {
		t.others()
	}
	out.Failures = t.failures
	return out, nil
}

// Close closes the months of an example and gives the outcome of each.
func Close(c *config.Config, e config.Example) ([]*comp.Result, error) {
	company, err := Company(c, e)
	if err != nil {
		return nil, err
	}
	var ledger []comp.LedgerEntry
	var prev *transform.Inputs
	var out []*comp.Result
	for _, month := range e.Closes {
		now := company(month, ledger)
		if prev != nil {
			prev.Files = now.Files
		}
		r, _, err := transform.Compute(now, prev)
		if err != nil {
			return nil, fmt.Errorf("%s:%d:%d: %s: the close of %s: %w", e.Where.File, e.Where.Line, e.Where.Col, e.Name, month, err)
		}
		if transform.Stops(r.Findings) {
			return nil, stopped(e, month, r)
		}
		out, prev = append(out, r), &now
		ledger = append(slices.Clone(ledger), r.Ledger...)
	}
	return out, nil
}

// stopped says why a close pays nobody: no example means that.
func stopped(e config.Example, month string, r *comp.Result) error {
	err := fmt.Errorf("%s:%d:%d: %s: the close of %s stops and pays nobody", e.Where.File, e.Where.Line, e.Where.Col, e.Name, month)
	for _, f := range r.Findings {
		if f.Holds() && f.Reach >= comp.ReachSource {
			err = fmt.Errorf("%w\n     %s: %s; %s", err, f.Code, f.Message, f.Hint)
		}
	}
	return err
}

type tester struct {
	e        config.Example
	months   []*comp.Result
	failures []Failure
}

func (t *tester) fail(x config.Expected, working []string, format string, args ...any) {
	t.failures = append(t.failures, Failure{x.Where, t.e.Name + ": " + fmt.Sprintf(format, args...), working})
}

// month is the outcome that an expectation is about.
func (t *tester) month(x config.Expected) *comp.Result {
	if x.In == "" {
		return t.months[len(t.months)-1]
	}
	for i, m := range t.e.Closes {
		if m == x.In {
			return t.months[i]
		}
	}
	t.fail(x, nil, "%s is not closed, expected one of %s; correct in:, or add it to close:", x.In, strings.Join(t.e.Closes, ", "))
	return nil
}

func (t *tester) expect(x config.Expected) {
	r := t.month(x)
	if r == nil {
		return
	}
	s := statement(r, x.Payee)
	if x.Pays != nil {
		t.pays(x, r, s)
	}
	if x.Total != nil {
		got := comp.Money{Currency: t.currency(s, x, r)}
		if s != nil {
			got = s.Total
		}
		if !same(*x.Total, got) {
			t.fail(x, why(r, s, x), "%s in total %s: expected %s, paid %s", x.Payee, r.Run.Period.Name(), money(*x.Total, got.Currency), said(got))
		}
	}
	if x.Finding != "" {
		t.finding(x, r)
	}
	if x.Missing {
		t.missing(x, r, s)
	}
	if x.Working != "" {
		t.working(x, r, s)
	}
	if x.Held != nil || x.Balance != "" {
		t.balance(x, r, s)
	} else if len(x.Figures) > 0 {
		t.figures(x, r, s)
	}
	if len(x.Costs) > 0 {
		t.costs(x, r)
	}
	if x.Export != "" {
		t.export(x, r)
	}
}

func statement(r *comp.Result, payee string) *comp.Statement {
	for i := range r.Statements {
		if r.Statements[i].Payee == payee {
			return &r.Statements[i]
		}
	}
	return nil
}

// named says whether a line is one that an expectation names.
func named(x config.Expected, l comp.Line) bool {
	return l.Component == x.Line && (x.Plan == "" || l.Plan == x.Plan) && (x.Kind == "" || string(l.Kind) == x.Kind) && (x.Cause == "" || l.Cause == x.Cause) &&
		(x.For == "" || l.For.Name() == x.For)
}

func (t *tester) pays(x config.Expected, r *comp.Result, s *comp.Statement) {
	got := comp.Money{Currency: t.currency(s, x, r)}
	if s != nil {
		for _, l := range s.Lines {
			if named(x, l) {
				got.Minor += l.Amount.Minor
			}
		}
	}
	if same(*x.Pays, got) {
		return
	}
	what := strings.Join(strings.Fields(strings.Join([]string{x.Payee, x.Line, x.Kind, x.Cause, r.Run.Period.Name()}, " ")), " ")
	if x.For != "" {
		what += " for " + x.For
	}
	t.fail(x, why(r, s, x), "%s: expected %s, paid %s", what, money(*x.Pays, got.Currency), said(got))
}

// currency is what a payee is paid in; the first entity's where there is no statement.
func (t *tester) currency(s *comp.Statement, x config.Expected, r *comp.Result) comp.Currency {
	if s != nil {
		return s.Currency
	}
	for _, p := range t.e.People {
		for _, a := range p.Attrs {
			for _, e := range r.Entities {
				if p.ID == x.Payee && a.Name == comp.AttrEntity && e.ID == a.Value {
					return e.Currency
				}
			}
		}
	}
	if len(r.Entities) > 0 {
		return r.Entities[0].Currency
	}
	return ""
}

// same says whether an amount of an expectation is a payable amount, to the minor unit.
func same(want comp.Number, got comp.Money) bool { return got.Amount().Number.Cmp(want) == 0 }

// money is an expected amount in words.
func money(n comp.Number, c comp.Currency) string {
	digits, _ := c.Digits()
	if m, err := (comp.Amount{Number: n, Currency: c}).Round(comp.HalfAway); err == nil && same(n, m) {
		return said(m)
	}
	return comp.Grouped(n.Fixed(digits+4, comp.HalfAway)) + " " + string(c)
}

func said(m comp.Money) string { return comp.Grouped(m.Decimal()) + " " + string(m.Currency) }

// why is what stands behind a payee's number: findings that hold, and the working of the component, or all lines.
func why(r *comp.Result, s *comp.Statement, x config.Expected) []string {
	var out []string
	for _, f := range r.Findings {
		if f.Waived == "" && (f.Payee == x.Payee || f.Payee == "") && f.Reach != comp.ReachNone {
			out = append(out, fmt.Sprintf("%s holds the %s: %s; %s", f.Code, f.Reach, f.Message, f.Hint))
		}
	}
	if s == nil {
		return append(out, x.Payee+" has no statement: is there a plan that takes "+x.Payee+" in?")
	}
	for _, l := range s.Lines {
		if l.Amount.Minor != 0 || l.Component == x.Line {
			out = append(out, strings.Join(strings.Fields(fmt.Sprintf("line: %s %s %s %s for %s", l.Kind, l.Component, said(l.Amount), l.Cause, l.For.Name())), " "))
		}
	}
	for _, c := range s.Components {
		if x.Line == "" || c.Component == x.Line || strings.HasPrefix(x.Line, c.Component+":") {
			for _, w := range c.Working {
				out = append(out, c.Component+": "+w)
			}
		}
	}
	return out
}

// others fails lines of a named payee that no expectation names.
func (t *tester) others() {
	for i, r := range t.months {
		for _, s := range r.Statements {
			mentioned := slices.ContainsFunc(t.e.Expect, func(x config.Expected) bool { return x.Payee == s.Payee })
			for _, l := range s.Lines {
				expected := slices.ContainsFunc(t.e.Expect, func(x config.Expected) bool {
					return x.Payee == s.Payee && x.Pays != nil && named(x, l) && (x.In == t.e.Closes[i] || x.In == "" && i == len(t.months)-1)
				})
				if mentioned && l.Amount.Minor != 0 && !expected {
					t.failures = append(t.failures, Failure{Where: t.e.Where, Text: fmt.Sprintf("%s: %s %s %s: expected no other line, paid %s", t.e.Name, s.Payee, l.Component, r.Run.Period.Name(), said(l.Amount))})
				}
			}
		}
	}
}
