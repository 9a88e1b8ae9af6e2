package jobs

import (
	"fmt"
	"strings"

	"carrot/transform"
	"carrot/transform/comp"
)

// The fates that a record nobody is credited with may have, from the weakest: of several measures the strongest decides,
// as on the certificate.
var unpaid = []string{"excluded", "other periods", "exception"}

// fate collects credits and findings of a record.
func (e *explainer) fate(table, key string, out *Record) error {
	if err := e.loadCredits(""); err != nil {
		return err
	}
	for _, c := range e.credits {
		if c.Table == table && c.Key == key {
			out.Credits = append(out.Credits, c)
		}
	}
	return sidecarLines(e.ctx, e.store, e.m, e.vault.temp, findingsFile, func(f Finding) error {
		if f.Table == table && f.Key == key {
			out.Findings = append(out.Findings, f)
		}
		return nil
	})
}

// decide names the record's fate, and for a record that nobody is credited with, why.
func (e *explainer) decide(table string, last map[string]comp.Value, r *Record) error {
	waived := ""
	for _, f := range r.Findings {
		if f.Reach != comp.ReachRow.String() {
			continue
		}
		if f.Waived == "" {
			r.Fate = "held"
			return nil
		}
		waived = f.ID + " is waived: " + f.Waived
	}
	switch {
	case len(r.Credits) > 0:
		return e.credited(r)
	case waived != "":
		r.Fate, r.Reasons = "excluded", []string{waived}
		return nil
	case last == nil:
		r.Fate, r.Reasons = "unknown", []string{fmt.Sprintf("no row of %s has this key in what the run knew", table)}
		return nil
	}
	return e.unpaid(table, last, r)
}

// credited is a record's fate that counts for somebody: paid, held where their statements are, or credited where no line
// comes from it.
func (e *explainer) credited(r *Record) error {
	held := map[string]bool{}
	err := sidecarLines(e.ctx, e.store, e.m, e.vault.temp, statementsFile, func(s Statement) error {
		held[s.Payee] = len(s.HeldFor) > 0
		return nil
	})
	r.Fate = "held"
	for _, c := range r.Credits {
		if held[c.Payee] {
			continue
		}
		if len(c.Lines) > 0 {
			r.Fate = "paid"
			return err
		}
		r.Fate = "credited"
	}
	return err
}

// unpaid says for each measure that reads the table why it does not count the record in this run.
func (e *explainer) unpaid(table string, row map[string]comp.Value, r *Record) error {
	period, err := comp.ParseMonth(r.Period)
	if err != nil {
		return err
	}
	strongest := 0
	for _, m := range e.k.config.Measures {
		for _, t := range m.Terms {
			if t.Table != table {
				continue
			}
			fate, why := e.whyNot(m, t, row, period)
			strongest = max(strongest, fate)
			r.Reasons = append(r.Reasons, m.ID+": "+why)
		}
	}
	r.Fate = unpaid[strongest]
	if len(r.Reasons) == 0 {
		r.Reasons = append(r.Reasons, "no measure reads "+table)
	}
	return nil
}

// whyNot says why a term does not count a row in a pay period. The fate is an index of unpaid.
func (e *explainer) whyNot(m comp.Measure, t comp.Term, row map[string]comp.Value, period comp.Period) (fate int, why string) {
	if t.Where != nil {
		v, err := t.Where.Eval(func(name string) comp.Value { return row[name] })
		if err != nil {
			return 0, err.Error()
		}
		if !v.True() {
			var have []string
			for _, name := range t.Where.Names() {
				have = append(have, name+" is "+show(row[name]))
			}
			return 0, fmt.Sprintf("its condition %s is not met: %s", t.Where.Text, strings.Join(have, ", "))
		}
	}
	day := row[t.Date]
	if day.Kind != comp.KindDate {
		return 0, t.Date + " is empty, so the row is in no measuring period"
	}
	if !e.pays(m, day.Date, period) {
		return 1, fmt.Sprintf("its day %s, by %s, is in no measuring period that pays in %s", day.Date, t.Date, period.Name())
	}
	if t.Fold != nil {
		return 0, fmt.Sprintf("on %s, its %s, another row of the same %s counts, or the owner takes part in no plan with this measure", day.Date, t.Date, strings.Join(t.Fold.By, ", "))
	}
	return 2, fmt.Sprintf("on %s, its %s, the owner takes part in no plan with this measure", day.Date, t.Date)
}

// reads is what a component reads of a measure in a pay period, first day to last.
func reads(v *transform.Verbs, m *comp.Measure, every, toDate string, pay comp.Period) (out comp.Period) {
	for i, measuring := range v.Measuring(every, pay, nil) {
		span := v.Window(every, measuring, max(1, m.Window), nil)
		if all := v.ToDate(toDate, every, measuring, nil); toDate != "" && len(all) > 0 {
			span.Start = min(span.Start, all[0].Start)
		}
		if out.End = span.End; i == 0 {
			out.Start = span.Start
		}
	}
	return out
}

// pays says whether rows of a day enter a measure in a pay period: by the words of the calendar that its components are
// measured by, or, for the company's own calendars, because it has credits of such a measuring period.
func (e *explainer) pays(m comp.Measure, day comp.Date, pay comp.Period) bool {
	v := transform.DefaultVerbs()
	for _, p := range e.k.config.Plans {
		for _, c := range p.Components {
			for _, r := range c.Reads() {
				if r.Measure == m.ID && reads(&v, &m, c.Every, r.ToDate, pay).Contains(day) {
					return true
				}
			}
		}
	}
	for _, c := range e.credits {
		if c.Measure == m.ID && c.From <= day.String() && day.String() <= c.To {
			return true
		}
	}
	return false
}
