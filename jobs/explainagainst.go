package jobs

import (
	"context"
	"fmt"
	"sort"
	"strings"

	"carrot/jobs/archive"
	"carrot/transform/comp"
)

// Compared is the difference between a payee's statements of two pay periods, component by component. The differences
// sum to that of the totals.
type Compared struct {
	Payee      string         `json:"payee"`
	Period     string         `json:"period"`
	Against    string         `json:"against"`
	Total      string         `json:"total"`
	Was        string         `json:"was"`
	Difference string         `json:"difference"`
	Currency   string         `json:"currency"`
	Rows       []ComparedLine `json:"rows"`
	Words      []string       `json:"words"`
}

// ComparedLine is what one component, or the corrections and adjustments, came to in both.
type ComparedLine struct {
	What       string `json:"what"`
	Was        string `json:"was"`
	Now        string `json:"now"`
	Difference string `json:"difference"`
}

// Compare explains why a payee's statement of run m differs from that of run earlier.
func Compare(ctx context.Context, store archive.Store, m, earlier archive.Manifest, payee, temp string) (Compared, error) {
	out := Compared{Payee: payee, Period: m.Period, Against: earlier.Period}
	now, err := statementOf(ctx, store, m, payee, temp)
	if err != nil {
		return out, err
	}
	was, err := statementOf(ctx, store, earlier, payee, temp)
	if err != nil {
		return out, err
	}
	if now.ID == "" && was.ID == "" {
		return out, refuse("%s has no statement in %s and none in %s", payee, m.Period, earlier.Period)
	}
	if now.ID == "" {
		now = Statement{Payee: payee, Name: was.Name, Currency: was.Currency, Total: "0"}
	}
	if was.ID == "" {
		was = Statement{Payee: payee, Name: now.Name, Currency: now.Currency, Total: "0"}
	}
	if now.Currency != was.Currency {
		return out, refuse("%s is paid in %s in %s and in %s in %s: two currencies have no difference", payee, now.Currency, m.Period, was.Currency, earlier.Period)
	}
	return out, out.fill(now, was)
}

// statementOf is a payee's statement in a run; without an ID where there is none.
func statementOf(ctx context.Context, store archive.Store, m archive.Manifest, payee, temp string) (Statement, error) {
	var out Statement
	err := sidecarLines(ctx, store, m, temp, statementsFile, func(s Statement) error {
		if s.Payee == payee {
			out = s
		}
		return nil
	})
	return out, err
}

// fill computes the rows and writes the words.
func (c *Compared) fill(now, was Statement) error {
	c.Currency = now.Currency
	currency := comp.Currency(now.Currency)
	before, err := byWhat(was, currency)
	if err != nil {
		return err
	}
	after, err := byWhat(now, currency)
	if err != nil {
		return err
	}
	var keys []string
	for k := range before { // in any order: sorted below
		keys = append(keys, k)
	}
	for k := range after {
		if _, ok := before[k]; !ok {
			keys = append(keys, k)
		}
	}
	sort.Strings(keys)
	var a, b int64
	var reasons []string
	for _, k := range keys {
		x, y := before[k], after[k]
		a, b = a+x.minor, b+y.minor
		row := ComparedLine{What: y.title, Was: decimal(x.minor, currency), Now: decimal(y.minor, currency), Difference: decimal(y.minor-x.minor, currency)}
		if row.What == "" {
			row.What = x.title
		}
		c.Rows = append(c.Rows, row)
		if x.minor == y.minor {
			continue
		}
		reasons = append(reasons, fmt.Sprintf("%s: %s, from %s to %s.", row.What, signed(row.Difference, now.Currency), cash(row.Was, now.Currency), cash(row.Now, now.Currency)))
		reasons = append(reasons, differing(x.of, y.of)...)
	}
	c.Total, c.Was, c.Difference = decimal(b, currency), decimal(a, currency), decimal(b-a, currency)
	c.Words = []string{fmt.Sprintf("%s (%s): %s in %s, %s in %s: %s.", now.Name, c.Payee, cash(c.Total, now.Currency), monthWords(c.Period),
		cash(c.Was, now.Currency), monthWords(c.Against), signed(c.Difference, now.Currency))}
	for i, s := range []Statement{was, now} {
		if len(s.HeldFor) > 0 {
			c.Words = append(c.Words, fmt.Sprintf("%s: nothing is paid, the statement is held for %s.", monthWords([]string{c.Against, c.Period}[i]), strings.Join(s.HeldFor, ", ")))
		}
	}
	c.Words = append(c.Words, reasons...)
	return nil
}

// bundle is the lines of one component, or of all corrections, or of all adjustments.
type bundle struct {
	title string
	minor int64
	of    *Component
}

// byWhat bundles a statement's lines: each component by itself, corrections by cause, and adjustments.
func byWhat(s Statement, currency comp.Currency) (map[string]bundle, error) {
	out := map[string]bundle{}
	for _, l := range s.Lines {
		m, err := comp.ParseMoney(l.Amount, currency)
		if err != nil {
			return nil, fmt.Errorf("statement %s: %w", s.ID, err)
		}
		key, title := "1 "+l.Plan+"/"+l.Component, l.Title
		switch comp.LineKind(l.Kind) {
		case comp.TrueUp:
			key, title = "2 "+l.Cause, "Corrections of earlier months for "+l.Cause
		case comp.ReleaseLine:
			if l.Cause != "" {
				key, title = "3 release", "Release of held pay"
			}
		case comp.DrawLine, comp.RecoveryLine:
			title = "Draw"
		case comp.AdjustmentLine:
			key, title = "4 adjustments", "Adjustments"
		}
		b := out[key]
		b.title, b.minor = title, b.minor+m.Minor
		for i := range s.Components {
			if x := &s.Components[i]; comp.LineKind(l.Kind) == comp.Earning && x.Plan == l.Plan && x.Component == l.Component {
				b.of = x
			}
		}
		out[key] = b
	}
	return out, nil
}

// differing says in which numbers two calculations of one component differ.
func differing(was, now *Component) []string {
	if was == nil || now == nil {
		return nil
	}
	called := now.Called
	if called == "" {
		called = "Value"
	}
	var out []string
	for _, x := range []struct{ what, was, now string }{
		{called, withN(was), withN(now)}, {"Interval", rely(was), rely(now)}, {"Quota", inWords(was, was.Quota), inWords(now, now.Quota)},
		{"Attainment", inPercent(was.Attainment), inPercent(now.Attainment)}, {"Rate", was.Rate, now.Rate}, {"Target", target(was), target(now)}} {
		if x.was != x.now {
			out = append(out, fmt.Sprintf("  %s: %s, was %s.", x.what, orNone(x.now), orNone(x.was)))
		}
	}
	return out
}

// withN is a component's value with the n that it never stands without.
func withN(c *Component) string {
	n := "n = " + comp.Grouped(fmt.Sprint(c.N))
	switch value := inWords(c, c.Value); {
	case value == "" && c.N == 0:
		return ""
	case value == "":
		return n
	default:
		return value + " (" + n + ")"
	}
}

// rely is how far a component's value can be relied on, in words; "" where it was not estimated.
func rely(c *Component) string {
	if c.Interval == nil {
		return ""
	}
	return inPercent(c.Interval.Level) + ": " + inWords(c, c.Interval.Low) + " to " + inWords(c, c.Interval.High)
}

// inWords is an exact number in a component's unit.
func inWords(c *Component, exact string) string {
	n, err := comp.ParseExact(exact)
	if exact == "" || err != nil {
		return exact
	}
	if c.Unit == "share" {
		return inPercent(exact)
	}
	return unitText(c, n)
}

// inPercent is an exact share of one in percent, with at most four digits.
func inPercent(exact string) string {
	n, err := comp.ParseExact(exact)
	if exact == "" || err != nil {
		return exact
	}
	n = n.Mul(comp.Int(100))
	if text := n.String(); !strings.Contains(text, "/") && len(text) <= 12 {
		return comp.Grouped(text) + " %"
	}
	return "≈" + comp.Grouped(n.Fixed(4, comp.HalfAway)) + " %"
}

func target(c *Component) string {
	if c.Target == "" {
		return ""
	}
	money := *c
	money.Unit = "money"
	return inWords(&money, c.Target)
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

func decimal(minor int64, c comp.Currency) string {
	return comp.Money{Minor: minor, Currency: c}.Decimal()
}

// signed is an amount with its sign, as a difference.
func signed(decimal, currency string) string {
	if strings.Trim(decimal, "-0.") == "" {
		return "no difference"
	}
	if strings.HasPrefix(decimal, "-") {
		return cash(decimal, currency)
	}
	return "+" + cash(decimal, currency)
}

func monthWords(name string) string {
	p, err := comp.ParseMonth(name)
	if err != nil {
		return name
	}
	return p.Words()
}
