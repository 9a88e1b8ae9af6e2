package reports

import (
	"cmp"
	"slices"
	"strconv"

	"carrot/transform/comp"
)

// renderTables are the audit tables, in the order of their paths.
func renderTables(r *comp.Result, o Options) ([]File, error) {
	list := []table{balanceTable(r), costTable(r), creditTable(r), findingTable(r), inKindTable(r), lineTable(r), scoreTable(r)}
	if stopped(r) {
		list = []table{findingTable(r)}
	}
	var out []File
	for _, t := range list {
		if t.rows == nil {
			continue
		}
		files, err := t.files(o)
		if err != nil {
			return nil, err
		}
		out = append(out, files...)
	}
	return out, nil
}

// scoreTable has one row per payee, measuring period, plan, component and measure.
func scoreTable(r *comp.Result) table {
	scores := slices.Clone(r.Scorecards)
	slices.SortStableFunc(scores, func(a, b comp.Score) int {
		return cmp.Or(cmp.Compare(a.Payee, b.Payee), comp.ComparePeriods(a.Period, b.Period), cmp.Compare(a.Plan, b.Plan),
			cmp.Compare(a.Component, b.Component), cmp.Compare(a.Measure, b.Measure), cmp.Compare(a.PlanDigest, b.PlanDigest))
	})
	rows := func(out func([]string) error) error {
		for _, s := range scores {
			fixed, num, den := "", "", ""
			if s.Attainment != nil {
				fixed = s.Attainment.Fixed(12, comp.HalfAway)
				num, den = s.Attainment.Fraction()
			}
			level, low, high := "", "", ""
			if e := s.Estimate; e != nil && e.Low != nil && s.Value != nil {
				level, low, high = e.Level.String(), optional(e.Low), optional(e.High)
			}
			err := out([]string{s.Payee, s.Period.Start.String(), (s.Period.End - 1).String(), s.Plan, s.Component, s.Measure,
				strconv.FormatInt(s.N, 10), optional(s.Value), s.Unit, optional(s.Quota), fixed, num, den, s.PlanDigest, level, low, high})
			if err != nil {
				return err
			}
		}
		return nil
	}
	return table{"scorecards", columns("employee_id", "period_start", "period_end", "plan", "component", "measure", "#n", "value",
		"unit", "quota", "attainment", "attainment_num", "attainment_den", "plan_digest", "interval_level", "interval_low", "interval_high"), rows, false}
}

// optional is the exact text of a number; "" where it is absent.
func optional(n *comp.Number) string {
	if n == nil {
		return ""
	}
	return n.String()
}

// lineColumns are those of tables/lines.
var lineColumns = columns("statement", "employee_id", "period_start", "period_end", "#line", "kind", "plan", "component",
	"clause", "exact", "amount", "currency", "working")

// lineTable has one row per line of every statement, in the order of statements and of their lines.
func lineTable(r *comp.Result) table {
	rows := func(out func([]string) error) error {
		for _, s := range statements(r) {
			for _, l := range lines(s) {
				if err := out(lineRow(s, l)); err != nil {
					return err
				}
			}
		}
		return nil
	}
	return table{"lines", lineColumns, rows, false}
}

// lineRow is one row of tables/lines. The period is the one whose entitlement the line belongs to: an earlier one on
// true-ups and releases.
func lineRow(s *comp.Statement, l comp.Line) []string {
	return []string{s.ID, s.Payee, l.For.Start.String(), (l.For.End - 1).String(), strconv.Itoa(l.Number), string(l.Kind),
		l.Plan, l.Component, l.Clause, l.Exact.Number.String(), l.Amount.Decimal(), string(l.Amount.Currency), l.Working}
}

// statements are those of the outcome by payee, then id; the Result is left as it is.
func statements(r *comp.Result) []*comp.Statement {
	out := make([]*comp.Statement, len(r.Statements))
	for i := range r.Statements {
		out[i] = &r.Statements[i]
	}
	slices.SortFunc(out, func(a, b *comp.Statement) int {
		return cmp.Or(cmp.Compare(a.Payee, b.Payee), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// lines are a statement's, by number.
func lines(s *comp.Statement) []comp.Line {
	return slices.SortedStableFunc(slices.Values(s.Lines), func(a, b comp.Line) int { return cmp.Compare(a.Number, b.Number) })
}

// bounds are the first and the last day of a period; both empty where there is none.
func bounds(p comp.Period) (first, last string) {
	if p.Days() == 0 {
		return "", ""
	}
	return p.Start.String(), (p.End - 1).String()
}

// creditTable has one row per credit that may be shown. Answers given under a promise of anonymity are never rows of a
// table: they become one row per payee, measuring period, measure and table, whose label says how many there are.
func creditTable(r *comp.Result) table {
	rows := func(out func([]string) error) error {
		cells := make([]string, 0, 16)
		for _, payee := range r.Credits.Payees() {
			var sealed comp.Credit // of those that are counted
			n := 0
			begin := func(c *comp.Credit) {
				first, last := bounds(c.Period)
				cells = append(cells[:0], c.Payee, first, last, c.Measure, c.Table)
			}
			count := func() error {
				if n == 0 {
					return nil
				}
				begin(&sealed)
				cells = append(cells, "", "", "sealed, "+plural(n, "answer"), "", "", "", "", "", "", "", "")
				n = 0
				return out(cells)
			}
			err := r.Credits.Each(payee, func(_ int, c *comp.Credit) error {
				if n > 0 && (!c.Sealed || c.Period != sealed.Period || c.Measure != sealed.Measure || c.Table != sealed.Table) {
					if err := count(); err != nil {
						return err
					}
				}
				if c.Sealed {
					sealed = comp.Credit{Payee: c.Payee, Period: c.Period, Measure: c.Measure, Table: c.Table}
					n++
					return nil
				}
				begin(c)
				cells = append(cells, c.Key, c.Date.String(), c.Label, c.Value.Number.String(), string(c.Value.Currency), c.Share.String(),
					c.Credited.Number.String(), strconv.FormatBool(c.Hit), c.Origin.Name, position(c.Origin), positive(c.Line))
				return out(cells)
			})
			if err == nil {
				err = count()
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
	return table{"credits", columns("employee_id", "period_start", "period_end", "measure", "table", "key", "date", "label",
		"value", "currency", "share", "credited", "hit", "file", "#position", "#line"), rows, true}
}

// position is the record's place in its file; "" where the fact did not come from a file.
func position(o comp.Origin) string {
	if o.File == "" && o.Name == "" {
		return ""
	}
	return strconv.FormatInt(o.Pos, 10)
}

// findingTable has one row per finding, waived ones included, in the order of comp.SortFindings.
func findingTable(r *comp.Result) table {
	fs := findings(r)
	rows := func(out func([]string) error) error {
		for _, f := range fs {
			err := out([]string{f.id, f.Code, f.Reach.String(), f.Table, f.Key, f.Column, f.Text, f.Message, f.Hint, f.Payee,
				f.Origin.Name, positive(f.Line), positive(f.Col), strconv.Itoa(max(1, f.Count)), f.Waived})
			if err != nil {
				return err
			}
		}
		return nil
	}
	return table{"findings", columns("id", "code", "reach", "table", "key", "column", "text", "message", "hint", "payee", "file",
		"#line", "#column_no", "#count", "waived"), rows, false}
}

// finding is one as shown: its id stays that of the whole finding, because waivers name it.
type finding struct {
	comp.Finding
	id string
}

// findings are all of the outcome, sorted. Of a sealed table only the code and the column are told: the text that
// stands there, its key and its position would lead to one person's answer.
func findings(r *comp.Result) []finding {
	fs := slices.Clone(r.Findings)
	slices.SortFunc(fs, func(a, b comp.Finding) int { // SortFindings keeps the order of what it holds for equal
		return cmp.Or(cmp.Compare(a.String(), b.String()), cmp.Compare(a.Reach, b.Reach), cmp.Compare(a.Count, b.Count),
			cmp.Compare(a.Waived, b.Waived))
	})
	comp.SortFindings(fs)
	out := make([]finding, len(fs))
	for i, f := range fs {
		out[i] = finding{f, f.ID()}
		if slices.Contains(r.Sealed, f.Table) {
			out[i].Key, out[i].Text, out[i].Payee, out[i].Origin, out[i].Line, out[i].Col = "", "", "", comp.Origin{}, 0, 0
		}
	}
	return out
}

// positive is a counted number; "" where it is not known.
func positive(n int) string {
	if n <= 0 {
		return ""
	}
	return strconv.Itoa(n)
}
