package jobs

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"carrot/jobs/archive"
	"carrot/transform"
	"carrot/transform/comp"
)

// The answers of explain are sentences that can be pasted into a mail: figures with all their digits, the clause and its
// place in the plan's file. Rows of sealed tables are never among them.

// mostRows is how many rows an answer names one by one.
const mostRows = 10

// cash is a decimal amount as people write it.
func cash(decimal, currency string) string {
	return strings.TrimSpace(comp.Grouped(decimal) + " " + currency)
}

// exactCash is an exact amount with the currency's digits or more; one without a currency as it stands.
func exactCash(exact, currency string) string {
	digits, _ := comp.Currency(currency).Digits()
	_, frac, _ := strings.Cut(exact, ".")
	if n, err := comp.ParseExact(exact); err == nil && currency != "" && !strings.Contains(exact, "/") {
		return cash(n.Fixed(max(digits, len(frac)), comp.HalfAway), currency)
	}
	return strings.TrimSpace(figured(exact) + " " + currency)
}

// at is a place in a file of the config.
func at(p comp.Place) string { return fmt.Sprintf("%s:%d", p.File, p.Line) }

// people is the company of the run: who is employed, with which attributes, logins and rates.
func (e *explainer) people() (*comp.Company, error) {
	if e.company != nil {
		return e.company, nil
	}
	b := newBench(e.ctx, replayHouse(e.store, e.vault.temp, nil))
	b.vault = e.vault
	in, _, err := b.inputs(e.k.about(tablesRead(e.k.config.Mapping)), e.k.facts(e.request, e.m.Program.Version), nil)
	if err != nil {
		return nil, err
	}
	in.Files = b.files
	e.company, _, err = transform.Conform(in)
	return e.company, err
}

// person is somebody of the company; nil where there is no such id.
func (e *explainer) person(id string) (*comp.Person, error) {
	c, err := e.people()
	if err != nil {
		return nil, err
	}
	i, ok := sort.Find(len(c.People), func(i int) int { return strings.Compare(id, c.People[i].ID) })
	if !ok {
		return nil, nil
	}
	return &c.People[i], nil
}

// called is a person as an answer calls them: "Ada Ahrens (1)".
func called(p *comp.Person, d comp.Date) string {
	name, ok := p.Attr(comp.AttrName, d)
	if spans := p.Attrs[comp.AttrName].Spans(); !ok && len(spans) > 0 { // before the first day and after the last
		name, ok = spans[len(spans)-1].Value, true
	}
	if !ok {
		return p.ID
	}
	return name + " (" + p.ID + ")"
}

// words are the answer about a statement, or about one line of it.
func (e *explainer) words(x *Explained, line int) ([]string, error) {
	s := &x.Statement
	month, err := comp.ParseMonth(e.m.Period)
	if err != nil {
		return nil, err
	}
	head := fmt.Sprintf("%s (%s), %s: ", s.Name, s.Payee, month.Words())
	var out []string
	switch {
	case len(s.HeldFor) > 0:
		out = append(out, head+fmt.Sprintf("nothing is paid now. %s is held until this is settled:", heldText(s)))
		more, err := e.heldFor(s)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	default:
		out = append(out, head+fmt.Sprintf("%s in %s.", cash(s.Total, s.Currency), count(len(s.Lines), "line", "lines")))
	}
	for i := range x.Lines {
		more, err := e.lineWords(s, &x.Lines[i])
		if err != nil {
			return nil, err
		}
		out = append(append(out, ""), more...)
	}
	if line != 0 {
		return out, nil
	}
	for i := range s.Components {
		if c := &s.Components[i]; c.Shown || len(s.HeldFor) > 0 {
			out = append(append(out, ""), e.unlined(c, len(s.HeldFor) > 0)...)
		}
	}
	for _, b := range s.Balances {
		out = append(out, "", balanceWords(b))
	}
	more, err := e.about(s)
	if err != nil || strings.Trim(s.Total, "-0.") != "" {
		return append(out, more...), err
	}
	unpaid, err := e.unpaidRows(s.Payee, month)
	return append(append(out, more...), unpaid...), err
}

func heldText(s *Statement) string {
	if s.HeldTotal == "" {
		return "The pay"
	}
	return cash(s.HeldTotal, s.Currency)
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return comp.Grouped(fmt.Sprint(n)) + " " + many
}

// heldFor are the findings that hold a statement.
func (e *explainer) heldFor(s *Statement) ([]string, error) {
	var out []string
	err := sidecarLines(e.ctx, e.store, e.m, e.vault.temp, findingsFile, func(f Finding) error {
		if slices.Contains(s.HeldFor, f.ID) {
			out = append(out, "- "+e.findingWords(f))
		}
		return nil
	})
	return out, err
}

// findingWords is what a finding says; of a sealed table only that there is one.
func (e *explainer) findingWords(f Finding) string {
	if def, ok := tableDefs(e.k)[f.Table]; ok && def.contract.Class == comp.Sealed {
		return f.ID + ": a row of " + f.Table + ", which was answered in confidence and is not shown"
	}
	return f.ID + ": " + f.Text
}

// about are the findings and balances that concern a payee besides what holds the statement.
func (e *explainer) about(s *Statement) ([]string, error) {
	var out []string
	err := sidecarLines(e.ctx, e.store, e.m, e.vault.temp, findingsFile, func(f Finding) error {
		if f.Payee != s.Payee || slices.Contains(s.HeldFor, f.ID) || len(out) >= mostRows {
			return nil
		}
		switch {
		case f.Waived != "":
			out = append(out, "Waived, "+f.Waived+": "+e.findingWords(f))
		case f.Reach == comp.ReachRow.String():
			out = append(out, "Held and not in these figures: "+e.findingWords(f))
		}
		return nil
	})
	if len(out) > 0 {
		out = append([]string{""}, out...)
	}
	return out, err
}

// unlined tells a component that stands on no line: it is only shown, or the statement is held.
func (e *explainer) unlined(c *Component, held bool) []string {
	what := "Shown, not paid"
	if held && !c.Shown {
		what = "Held, " + cash(c.Amount, c.Currency)
	}
	_, def := e.planned(c.Plan, c.Component, c.To)
	out := []string{fmt.Sprintf("%s: %s (%s).", what, c.Title, e.clause(c.Plan, c.Component, c.Clause, def, c.To))}
	for _, step := range told(c.Working) {
		out = append(out, "  "+sentence(step))
	}
	return out
}

func inBrackets(s string) string {
	if s == "" {
		return ""
	}
	return " (" + s + ")"
}

// sentence ends a step of a working.
func sentence(step string) string {
	if step == "" || strings.HasSuffix(step, ".") {
		return step
	}
	return step + "."
}

// planned is a plan's version in force on a day, with one of its components; nil where the config has none.
func (e *explainer) planned(plan, component, day string) (*comp.Plan, *comp.Component) {
	d, err := comp.ParseDate(day)
	if err != nil {
		return nil, nil
	}
	var found *comp.Plan
	for i := range e.k.config.Plans {
		if p := &e.k.config.Plans[i]; p.ID == plan && (found == nil || p.Effective.Contains(d)) {
			found = p
		}
	}
	if found == nil {
		return nil, nil
	}
	for i := range found.Components {
		if c := &found.Components[i]; c.ID == component || strings.HasPrefix(component, c.ID+":") {
			return found, c
		}
	}
	return found, nil
}

// clause names what a line rests on: "Sales plan 2026, clause 2.1, plans/sales.yaml:12".
func (e *explainer) clause(plan, component, clause string, c *comp.Component, day string) string {
	var parts []string
	if p, _ := e.planned(plan, "", day); p != nil {
		parts = append(parts, fmt.Sprintf("%s, version %s", p.Title, p.Version))
	} else if i := slices.IndexFunc(e.k.config.Settings.Legal, func(l comp.Legal) bool { return l.ID == component }); plan == "legal" && i >= 0 {
		l := &e.k.config.Settings.Legal[i]
		parts = append(parts, "the law: "+l.Source, at(l.Where))
	} else if plan != "" {
		parts = append(parts, "plan "+plan)
	}
	if clause != "" {
		parts = append(parts, "clause "+clause)
	}
	if c != nil {
		parts = append(parts, at(c.Where))
	}
	return strings.Join(parts, ", ")
}

// lineWords tells one line: what for, how it was computed, which deal took it past a tier, and why it is a correction.
func (e *explainer) lineWords(s *Statement, l *ExplainedLine) ([]string, error) {
	month, err := comp.ParseMonth(l.For)
	if err != nil {
		return nil, err
	}
	last := (month.End - 1).String()
	_, def := e.planned(l.Plan, l.Component, last)
	head := fmt.Sprintf("Line %d: %s for %s", l.Number, cash(l.Amount, s.Currency), l.Title)
	if l.Plan != "" {
		head += " (" + e.clause(l.Plan, l.Component, l.Clause, def, last) + ")"
	}
	out := []string{head + "."}
	for _, step := range told(sentences(l.Working)) {
		out = append(out, "  "+sentence(step))
	}
	if l.Sealed > 0 {
		out = append(out, fmt.Sprintf("  %s answered in confidence, not shown.", count(l.Sealed, "row was", "rows were")))
	}
	if l.Told {
		out = append(out, "  Answers given in confidence stand behind it; they are neither listed nor counted here.")
	}
	switch comp.LineKind(l.Kind) {
	case comp.Earning:
		for i := range s.Components {
			if c := &s.Components[i]; c.Plan == l.Plan && c.Component == l.Component && def != nil {
				more, err := e.earned(c, def, l)
				return append(out, more...), err
			}
		}
	case comp.TrueUp:
		more, err := e.since(l, month)
		return append(out, more...), err
	case comp.AdjustmentLine:
		for _, x := range e.k.adjustments {
			if x.ID == l.Component && x.Payee == s.Payee && x.Evidence != "" {
				out = append(out, "  Evidence: "+x.Evidence+".")
			}
		}
	}
	return out, nil
}

// earned adds what the working leaves out: the attainment as a fraction, and the deal that crossed each tier.
func (e *explainer) earned(c *Component, def *comp.Component, l *ExplainedLine) ([]string, error) {
	var out []string
	if c.Attainment != "" {
		n, err := comp.ParseExact(c.Attainment)
		if err != nil {
			return nil, err
		}
		if num, den := n.Fraction(); den != "1" {
			out = append(out, fmt.Sprintf("  Attainment as a fraction: %s/%s.", num, den))
		}
	}
	more, err := e.crossings(c, def, l.Credits)
	return append(out, more...), err
}

// since names what came in after the close before, of the tables whose changes are called the line's cause: the rows
// behind the line where there are some, else the files.
func (e *explainer) since(l *ExplainedLine, month comp.Period) ([]string, error) {
	fresh, err := e.fresh()
	if err != nil || fresh == nil {
		return nil, err
	}
	var out, files []string
	for _, p := range e.k.pulls {
		cause := e.causeOf(p.Name())
		for _, o := range p.Objects {
			if !fresh[p.Key()] || cause != l.Cause {
				continue
			}
			files = append(files, fmt.Sprintf("%s (%s)", o.Name, p.Name()))
			for _, r := range l.Rows {
				if r.File == o.Name && len(out) < mostRows {
					out = append(out, fmt.Sprintf("  New since the close of %s: %s:%d %s", month.Words(), r.File, r.Line, strings.ReplaceAll(r.Text, "\n", " ")))
				}
			}
		}
	}
	if len(out) == 0 && len(files) > 0 {
		out = append(out, "  New since the close before: "+firstFew(files)+".")
	}
	return out, nil
}

func (e *explainer) causeOf(table string) string {
	if def, ok := tableDefs(e.k)[table]; ok && def.contract.Cause != "" {
		return def.contract.Cause
	}
	return "late data"
}

// fresh are the pulls that the posted close before the run did not know, by key; nil where there is no such close.
func (e *explainer) fresh() (map[string]bool, error) {
	chain, err := before(e.ctx, e.store, e.request)
	if err != nil || len(chain) == 0 || chain[len(chain)-1].Run == (archive.RunRef{}) {
		return nil, err
	}
	m, err := archive.ReadRun(e.ctx, e.store, chain[len(chain)-1].Run)
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for _, p := range e.k.pulls {
		out[p.Key()] = true
	}
	for _, r := range m.Pulls {
		out[r.Key] = false
	}
	return out, nil
}
