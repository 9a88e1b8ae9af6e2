package jobs

import (
	"fmt"
	"slices"
	"strings"

	"carrot/jobs/archive"
	"carrot/transform/comp"
)

// recordWords answer where a record went: what it is, how it changed, who is credited in which line, or what holds or
// excludes it; and what of it is payee's, where one asks.
func (e *explainer) recordWords(r *Record, def tableDef, key, payee string) ([]string, error) {
	month, err := comp.ParseMonth(r.Period)
	if err != nil {
		return nil, err
	}
	if len(e.values) == 0 {
		held, err := e.unreadable(r, month)
		if err != nil || held != nil {
			return held, err
		}
		return e.notYet(r, def, key, month)
	}
	out, err := e.headWords(r, def, key, month)
	if err != nil {
		return nil, err
	}
	switch r.Fate {
	case "held":
		for _, f := range r.Findings {
			if f.Reach == comp.ReachRow.String() && f.Waived == "" {
				out = append(out, "Nobody is paid for it until this is settled: "+e.findingWords(f)+".")
			}
		}
	case "excluded", "exception", "other periods":
		why, err := e.uncounted(def.contract.Name(), e.values[len(e.values)-1], month)
		if err != nil {
			return nil, err
		}
		for _, f := range r.Findings {
			if f.Waived != "" && f.Reach == comp.ReachRow.String() {
				why = append([]string{"It counts nowhere because its finding is waived, " + f.Waived + ": " + e.findingWords(f) + "."}, why...)
			}
		}
		out = append(out, why...)
	}
	credited, err := e.creditWords(r, month)
	if err != nil {
		return nil, err
	}
	out = append(out, credited...)
	late, err := e.lateWords(def, month)
	if err != nil {
		return nil, err
	}
	out = append(out, late...)
	if payee != "" {
		asked, err := e.notTheirs(r, def, payee)
		if err != nil {
			return nil, err
		}
		out = append(out, asked...)
	}
	return out, nil
}

// headWords say what became of a record in one sentence, what of its pay waits, and how it changed.
func (e *explainer) headWords(r *Record, def tableDef, key string, month comp.Period) ([]string, error) {
	waiting, moved, waits, err := e.dealWords(def, key, month)
	if err != nil {
		return nil, err
	}
	fate := fates[r.Fate]
	switch {
	case waits && r.Fate == "paid":
		fate = "counted, and some of its pay is held"
	case moved && r.Fate == "other periods":
		fate = "of an earlier month, and something became of its pay in this one"
	}
	out := []string{fmt.Sprintf("%s in %s: %s.", r.Record, month.Words(), fate)}
	return append(append(out, e.changes(r, def)...), waiting...), nil
}

// fates are a record's fates as answers say them.
var fates = map[string]string{"paid": "paid", "held": "held, not paid yet", "credited": "counted, and no line is paid by it", "excluded": "not paid, excluded",
	"exception": "not paid, nobody takes part for it", "other periods": "not paid in this month", "unknown": "not known"}

// changes name the columns in which the versions of a record differ.
func (e *explainer) changes(r *Record, def tableDef) []string {
	var out []string
	for i := 1; i < len(e.values) && i < len(r.Versions); i++ {
		was, is := e.values[i-1], e.values[i]
		var cols []string
		for _, col := range def.contract.Columns {
			if a, b := show(was[col.Name]), show(is[col.Name]); a != b {
				cols = append(cols, fmt.Sprintf("%s was %s and is %s", col.Name, a, b))
			}
		}
		if len(cols) == 0 {
			continue
		}
		out = append(out, fmt.Sprintf("Changed by %s:%d, known from %s: %s.", r.Versions[i].File, r.Versions[i].Line, r.Versions[i].Known, strings.Join(cols, "; ")))
	}
	return out
}

// creditWords say who is credited with how much of the record, and in which line that is paid.
func (e *explainer) creditWords(r *Record, month comp.Period) ([]string, error) {
	lines := map[string]Statement{}
	err := sidecarLines(e.ctx, e.store, e.m, e.vault.temp, statementsFile, func(s Statement) error {
		if slices.ContainsFunc(r.Credits, func(c Credit) bool { return c.Payee == s.Payee }) {
			lines[s.Payee] = s
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var out []string
	for _, c := range r.Credits {
		who := c.Payee
		s, ok := lines[c.Payee]
		if ok {
			who = s.Name + " (" + c.Payee + ")"
		}
		what, currency, _ := strings.Cut(c.Credited, " ")
		whole, _, _ := strings.Cut(c.Value, " ")
		text := fmt.Sprintf("%s is credited %s for %s", who, exactCash(what, currency), e.measureTitle(c.Measure))
		if n, err := comp.ParseExact(c.Share); err == nil && n.Cmp(comp.Int(1)) != 0 {
			text += fmt.Sprintf(", a share of %s %% of %s", figured(n.Mul(comp.Int(100)).String()), exactCash(whole, currency))
		}
		if t, found := e.termOf(c.Measure, c.Table); found && t.Owner.Rollup != "" {
			text += ", as the manager above its owner"
		}
		switch {
		case ok && len(s.HeldFor) > 0:
			text += "; the statement is held for " + strings.Join(s.HeldFor, ", ")
		case len(c.Lines) == 0:
			text += "; no line of " + month.Words() + " is paid by it"
		}
		for _, n := range c.Lines {
			for _, l := range s.Lines {
				if l.Number == n {
					text += fmt.Sprintf("; in line %d of the statement of %s, %s", n, month.Words(), l.Title)
					if l.Clause != "" {
						text += ", clause " + l.Clause
					}
					for _, step := range sentences(l.Working) {
						if strings.HasPrefix(step, "Deal "+c.Key+" of ") {
							text += ". " + step
						}
					}
				}
			}
		}
		out = append(out, text+".")
	}
	return out, nil
}

func (e *explainer) measureTitle(id string) string {
	for _, m := range e.k.config.Measures {
		if m.ID == id {
			return m.Title
		}
	}
	return id
}

// notTheirs says whose a record is where it is not the payee's who asks.
func (e *explainer) notTheirs(r *Record, def tableDef, payee string) ([]string, error) {
	if slices.ContainsFunc(r.Credits, func(c Credit) bool { return c.Payee == payee }) {
		return nil, nil
	}
	p, err := e.person(payee)
	if err != nil {
		return nil, err
	}
	if p == nil {
		return nil, refuse("--payee %s is nobody on the roster of the run", payee)
	}
	row := e.values[len(e.values)-1]
	for _, m := range e.k.config.Measures {
		for _, t := range m.Terms {
			day := row[t.Date]
			if t.Table != def.contract.Name() || t.Owner.Column == "" || day.Kind != comp.KindDate {
				continue
			}
			who, how, err := e.whose(t, row, day.Date)
			if err != nil {
				return nil, err
			}
			if who != nil && who.ID == payee {
				return e.theirsUnpaid(r, m, t, row)
			}
			if how != "" {
				return []string{fmt.Sprintf("Nothing of it is %s's: %s.", called(p, day.Date), how)}, nil
			}
		}
	}
	return []string{fmt.Sprintf("Nothing of it is credited to %s.", payee)}, nil
}

// theirsUnpaid says why a record of the payee who asks is credited to others alone, such as the company; of one that nobody
// is credited with that is said already.
func (e *explainer) theirsUnpaid(r *Record, m comp.Measure, t comp.Term, row map[string]comp.Value) ([]string, error) {
	if len(r.Credits) == 0 {
		return nil, nil
	}
	month, err := comp.ParseMonth(r.Period)
	if err != nil {
		return nil, err
	}
	why, err := e.notIn(m, t, row, month)
	if err != nil || why == "" {
		return nil, err
	}
	return []string{why}, nil
}

// lateWords point to the corrections that pay for a record of a month that was posted before it came in.
func (e *explainer) lateWords(def tableDef, month comp.Period) ([]string, error) {
	row := e.values[len(e.values)-1]
	var out []string
	for _, m := range e.k.config.Measures {
		for _, t := range m.Terms {
			day := row[t.Date]
			if t.Table != def.contract.Name() || day.Kind != comp.KindDate || day.Date >= month.Start {
				continue
			}
			who, _, err := e.whose(t, row, day.Date)
			if err != nil {
				return nil, err
			}
			if who == nil {
				continue
			}
			err = sidecarLines(e.ctx, e.store, e.m, e.vault.temp, statementsFile, func(s Statement) error {
				for _, l := range s.Lines {
					if s.Payee == who.ID && l.Kind == string(comp.TrueUp) && strings.Contains(l.Series, m.ID+"|") && l.For >= comp.Month(day.Date).Name() {
						out = append(out, fmt.Sprintf("Line %d of %s (%s) corrects %s for %s: %s.", l.Number, s.Name, s.Payee, l.For, l.Cause, cash(l.Amount, s.Currency)))
					}
				}
				return nil
			})
			if err != nil {
				return nil, err
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// unreadable answers for a record whose row could not be read.
func (e *explainer) unreadable(r *Record, month comp.Period) ([]string, error) {
	var out []string
	for _, f := range r.Findings {
		if len(out) == 0 {
			out = append(out, fmt.Sprintf("%s in %s: %s.", r.Record, month.Words(), fates[r.Fate]))
		}
		out = append(out, "Its row cannot be read: "+e.findingWords(f)+".")
	}
	return out, nil
}

// notYet answers for a record that the run did not know: it came in later, or never.
func (e *explainer) notYet(r *Record, def tableDef, key string, month comp.Period) ([]string, error) {
	head := fmt.Sprintf("%s in %s: not known. The run knew what had come in up to %s", r.Record, month.Words(), e.request.KnownAt.Words())
	pulls, err := archive.Pulls(e.ctx, e.store, def.contract.Name())
	if err != nil {
		return nil, err
	}
	h := replayHouse(e.store, "", nil)
	for _, p := range pulls {
		if p.Known <= e.request.KnownAt {
			continue
		}
		for _, o := range p.Objects {
			in, err := e.vault.input(o, def, 0)
			if err != nil {
				return nil, err
			}
			found := false
			err = e.rowsOf(h, def, in, func(_ int64, row map[string]comp.Value) error {
				found = found || keyOf(def.contract, row) == key
				return nil
			})
			if err != nil || found {
				return []string{head + fmt.Sprintf("; it came in with %s, known from %s, and later closes pay for it as a correction for %s.", o.Name, p.Known.Words(),
					e.causeOf(def.contract.Name()))}, err
			}
		}
	}
	return []string{head + ", and nothing that came in since has this key."}, nil
}
