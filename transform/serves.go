package transform

import (
	"fmt"
	"slices"

	"carrot/transform/comp"
)

// said is a text from a day on.
type saidFrom struct {
	from comp.Date
	text string
}

// contributions are what each job does for the customer, in the order of days; read by key only.
func (a *assessment) contributions() (map[string][]saidFrom, error) {
	out := map[string][]saidFrom{}
	for _, m := range a.in.Mapping.Contributions {
		rows, findings, err := readTable(a.in, m.Table)
		if err != nil {
			return nil, err
		}
		for _, f := range findings { // nobody's pay waits for a text
			f.Reach = comp.ReachNone
			a.tell(f)
		}
		for _, r := range rows {
			x := saidFrom{comp.NoDate, valueText(r.get(m.Text))}
			if d := r.get(m.From); d.Kind == comp.KindDate {
				x.from = d.Date
			}
			if job := valueText(r.get(m.Job)); job != "" && x.text != "" {
				out[job] = append(out[job], x)
			}
		}
	}
	for _, list := range out { // each by itself
		slices.SortStableFunc(list, func(a, b saidFrom) int { return int(a.from) - int(b.from) })
	}
	return out, nil
}

// contribute puts on each statement what the person's job does for the customer; a job for which nobody said it is told once.
func (a *assessment) contribute(statements []comp.Statement) error {
	if len(a.in.Mapping.Contributions) == 0 {
		return nil
	}
	texts, err := a.contributions()
	if err != nil {
		return err
	}
	without := map[string]int{}
	for i := range statements {
		s := &statements[i]
		for _, x := range texts[s.Job] {
			if x.from < a.in.Run.Period.End {
				s.Contribution = x.text
			}
		}
		if s.Contribution == "" {
			without[s.Job]++
		}
	}
	for _, job := range sortedKeys(without) {
		f := comp.Finding{Code: "role_without_contribution", Reach: comp.ReachNone, Table: a.in.Mapping.Contributions[0].Table, Key: job, Column: comp.AttrJob, Text: job, Count: without[job],
			Message: fmt.Sprintf("nobody says what the job %q does for the customer; it is that of %d with a statement", job, without[job]), Hint: "add a row for it to the table of contributions"}
		if job == "" {
			f.Message = fmt.Sprintf("%d with a statement have no job, so that it cannot be said what they do for the customer", without[job])
			f.Hint = "set the attribute job in the roster"
		}
		a.tell(f)
	}
	return nil
}

// definitions are how the measures on statements are defined, and since when. before is what the posted close before was
// computed from.
func (a *assessment) definitions(statements []comp.Statement, before *Inputs) (out []comp.Definition) {
	used := map[string]bool{}
	for i := range statements {
		for k := range statements[i].Components {
			c := &statements[i].Components[k]
			used[c.Measure] = true
			for _, p := range c.Parts {
				used[p.Measure] = true
			}
		}
	}
	for i := range a.in.Measures {
		m := &a.in.Measures[i]
		if !used[m.ID] {
			continue
		}
		d := comp.Definition{Measure: m.ID, Title: m.Title, Version: m.Version, Digest: m.Digest, Unit: m.Unit, Digits: m.Digits}
		if m.Shrink != nil {
			d.Prior = (&estimator{m: m}).prior()
		}
		if before != nil && slices.ContainsFunc(before.Measures, func(old comp.Measure) bool { return old.ID == m.ID && old.Digest != m.Digest }) {
			d.Changed = before.Run.Period.Name()
		}
		out = append(out, d)
	}
	return out
}
