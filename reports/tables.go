package reports

import (
	"cmp"
	"slices"
	"strconv"

	"carrot/transform/comp"
)

// renderTables are the audit tables, in the order of their paths.
func renderTables(r *comp.Result) ([]File, error) {
	list := []table{creditTable(r), findingTable(r), lineTable(r), scoreTable(r)}
	if stopped(r) {
		list = []table{findingTable(r)}
	}
	var out []File
	for _, t := range list {
		files, err := t.files()
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
		return cmp.Or(cmp.Compare(a.Payee, b.Payee), comparePeriods(a.Period, b.Period), cmp.Compare(a.Plan, b.Plan),
			cmp.Compare(a.Component, b.Component), cmp.Compare(a.Measure, b.Measure), cmp.Compare(a.PlanDigest, b.PlanDigest))
	})
	rows := func(yield func([]string) bool) {
		for _, s := range scores {
			fixed, num, den := "", "", ""
			if s.Attainment != nil {
				fixed = s.Attainment.Fixed(12, comp.HalfAway)
				num, den = s.Attainment.Fraction()
			}
			if !yield([]string{s.Payee, s.Period.Start.String(), (s.Period.End - 1).String(), s.Plan, s.Component, s.Measure,
				strconv.FormatInt(s.N, 10), optional(s.Value), s.Unit, optional(s.Quota), fixed, num, den, s.PlanDigest}) {
				return
			}
		}
	}
	return table{"scorecards", columns("employee_id", "period_start", "period_end", "plan", "component", "measure", "#n", "value",
		"unit", "quota", "attainment", "attainment_num", "attainment_den", "plan_digest"), rows, 0}
}

// comparePeriods orders by first day, then by last.
func comparePeriods(a, b comp.Period) int {
	return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
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
	rows := func(yield func([]string) bool) {
		for _, s := range statements(r) {
			for _, l := range lines(s) {
				if !yield(lineRow(s, l)) {
					return
				}
			}
		}
	}
	return table{"lines", lineColumns, rows, 0}
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

// sealedKey names what sealed credits are counted by.
type sealedKey struct {
	payee, measure, table string
	period                comp.Period
}

// shownCredits are the credits that a reader may see. Answers given under a promise of anonymity are never rows of a
// table: they become one entry per payee, measuring period, measure and table, whose label says how many there are.
func shownCredits(r *comp.Result) []shownCredit {
	out := make([]shownCredit, 0, len(r.Credits))
	sealed := map[sealedKey]int{} // number of rows
	entered := enteredIn(r)
	for i := range r.Credits {
		c := shownCredit{&r.Credits[i], r.Credits[i].Period}
		if c.period.Days() == 0 {
			c.period = entered(c.Measure, c.Date)
		}
		if !c.Sealed {
			out = append(out, c)
			continue
		}
		sealed[sealedKey{c.Payee, c.Measure, c.Table, c.period}]++
	}
	for k, n := range sealed { // in any order: sorted with the rest below
		out = append(out, shownCredit{&comp.Credit{Payee: k.payee, Measure: k.measure, Table: k.table, Date: comp.NoDate,
			Label: "sealed, " + plural(n, "answer"), Sealed: true}, k.period})
	}
	slices.SortFunc(out, compareCredits)
	return out
}

// shownCredit is a credit with the measuring period that it entered. There may be millions, so none is copied.
type shownCredit struct {
	*comp.Credit
	period comp.Period
}

// enteredIn finds the measuring period that a credit without one entered: of those that the outcome scored its measure
// in, the shortest that holds its day. A credit of an earlier period, as a cumulative component reads it, has none.
func enteredIn(r *comp.Result) func(measure string, d comp.Date) comp.Period {
	scored := map[string][]comp.Period{} // by measure, the shortest first
	for _, s := range r.Scorecards {
		ps := scored[s.Measure]
		i, found := slices.BinarySearchFunc(ps, s.Period, func(a, b comp.Period) int {
			return cmp.Or(cmp.Compare(a.Days(), b.Days()), comparePeriods(a, b))
		})
		if !found {
			scored[s.Measure] = slices.Insert(ps, i, s.Period)
		}
	}
	return func(measure string, d comp.Date) comp.Period {
		for _, p := range scored[measure] {
			if p.Contains(d) {
				return p
			}
		}
		return comp.Period{}
	}
}

// bounds are the first and the last day of a period; both empty where there is none.
func bounds(p comp.Period) (first, last string) {
	if p.Days() == 0 {
		return "", ""
	}
	return p.Start.String(), (p.End - 1).String()
}

// compareCredits orders by the columns of tables/credits. Most pairs differ in the first few, so that the others are looked
// at only where these are equal.
func compareCredits(a, b shownCredit) int {
	if c := cmp.Or(cmp.Compare(a.Payee, b.Payee), comparePeriods(a.period, b.period)); c != 0 {
		return c
	}
	if c := cmp.Or(cmp.Compare(a.Measure, b.Measure), cmp.Compare(a.Table, b.Table), cmp.Compare(a.Key, b.Key)); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Label, b.Label),
		a.Value.Cmp(b.Value.Number), cmp.Compare(a.Value.Currency, b.Value.Currency), a.Share.Cmp(b.Share),
		a.Credited.Cmp(b.Credited.Number), compareBools(a.Hit, b.Hit), cmp.Compare(a.Origin.Name, b.Origin.Name),
		cmp.Compare(a.Origin.Pos, b.Origin.Pos), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Term, b.Term))
}

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1 // false before true, as in the written words
	}
	return 1
}

// creditTable has one row per credit that may be shown.
func creditTable(r *comp.Result) table {
	rows := func(yield func([]string) bool) {
		cells := make([]string, 0, 16)
		for _, c := range shownCredits(r) {
			first, last := bounds(c.period)
			cells = append(cells[:0], c.Payee, first, last, c.Measure, c.Table)
			if c.Sealed {
				cells = append(cells, "", "", c.Label, "", "", "", "", "", "", "", "")
			} else {
				cells = append(cells, c.Key, c.Date.String(), c.Label, c.Value.Number.String(), string(c.Value.Currency), c.Share.String(),
					c.Credited.Number.String(), strconv.FormatBool(c.Hit), c.Origin.Name, position(c.Origin), positive(c.Line))
			}
			if !yield(cells) {
				return
			}
		}
	}
	return table{"credits", columns("employee_id", "period_start", "period_end", "measure", "table", "key", "date", "label",
		"value", "currency", "share", "credited", "hit", "file", "#position", "#line"), rows, len(r.Credits)}
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
	rows := func(yield func([]string) bool) {
		for _, f := range fs {
			if !yield([]string{f.id, f.Code, f.Reach.String(), f.Table, f.Key, f.Column, f.Text, f.Message, f.Hint, f.Payee,
				f.Origin.Name, positive(f.Line), positive(f.Col), strconv.Itoa(max(1, f.Count)), f.Waived}) {
				return
			}
		}
	}
	return table{"findings", columns("id", "code", "reach", "table", "key", "column", "text", "message", "hint", "payee", "file",
		"#line", "#column_no", "#count", "waived"), rows, 0}
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
	sealed := map[string]bool{}
	for i := range r.Credits {
		if r.Credits[i].Sealed {
			sealed[r.Credits[i].Table] = true
		}
	}
	out := make([]finding, len(fs))
	for i, f := range fs {
		out[i] = finding{f, f.ID()}
		if sealed[f.Table] {
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
