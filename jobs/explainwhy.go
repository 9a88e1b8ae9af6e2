package jobs

import (
	"fmt"
	"slices"
	"strings"

	"carrot/jobs/archive"
	"carrot/transform"
	"carrot/transform/comp"
)

// nothing answers for somebody on the roster who has no statement: employed or not, and which plan's condition leaves the
// person out. It is nil for whom the roster does not know.
func (e *explainer) nothing(payee string) ([]string, error) {
	p, err := e.person(payee)
	if err != nil || p == nil {
		return nil, err
	}
	month, err := comp.ParseMonth(e.m.Period)
	if err != nil {
		return nil, err
	}
	day := month.End - 1
	out := []string{fmt.Sprintf("%s, %s: there is no statement, and nothing is paid.", called(p, day), month.Words())}
	open, err := e.openBalances(payee)
	if err != nil {
		return nil, err
	}
	out = append(out, open...)
	if off := unemployed(p, month); off != "" {
		return append(out, off), nil
	}
	for _, s := range p.Employed {
		if in := s.Intersect(month); in.Days() > 0 {
			day = in.End - 1
		}
	}
	for i := range e.k.config.Plans {
		if why := e.leftOut(&e.k.config.Plans[i], p, day); why != "" {
			out = append(out, "- "+why)
		}
	}
	unpaid, err := e.unpaidRows(payee, month)
	return append(out, unpaid...), err
}

// openBalances tell the accounts of somebody who has no statement. Archives of earlier versions keep none.
func (e *explainer) openBalances(payee string) ([]string, error) {
	if _, ok := objectNamed(e.m.Sidecars, balancesFile); !ok {
		return nil, nil
	}
	var out []string
	err := sidecarLines(e.ctx, e.store, e.m, e.vault.temp, balancesFile, func(b PayeeBalance) error {
		if b.Payee == payee {
			out = append(out, balanceWords(b.Balance))
		}
		return nil
	})
	return out, err
}

// unemployed says that somebody does not work on any day of a period, and when; "" where they do.
func unemployed(p *comp.Person, in comp.Period) string {
	var spells []string
	for _, s := range p.Employed {
		if s.Intersect(in).Days() > 0 {
			return ""
		}
		if s.End >= comp.Forever || s.End == comp.NoDate {
			spells = append(spells, "from "+s.Start.Words())
		} else {
			spells = append(spells, s.Start.Words()+" to "+(s.End-1).Words())
		}
	}
	when := in.Start.Words()
	if in.Days() > 1 {
		when = in.Words()
	}
	text := fmt.Sprintf("%s is not employed in %s", called(p, in.End-1), when)
	if in.Days() == 1 {
		text = fmt.Sprintf("%s is not employed on %s", called(p, in.Start), when)
	}
	if len(spells) > 0 {
		text += ": employed " + strings.Join(spells, ", ")
	}
	return text + "."
}

// leftOut says why a plan does not take in a person on a day; "" where it does.
func (e *explainer) leftOut(plan *comp.Plan, p *comp.Person, day comp.Date) string {
	if off := unemployed(p, comp.Period{Start: day, End: day + 1}); off != "" {
		return off
	}
	title := fmt.Sprintf("%s, version %s (%s)", plan.Title, plan.Version, at(plan.Where))
	if !plan.Effective.Contains(day) {
		return fmt.Sprintf("%s is in force from %s to %s, not on %s.", title, plan.Effective.Start.Words(), (plan.Effective.End - 1).Words(), day.Words())
	}
	on, err := transform.OnPlan(plan, p, day)
	if err != nil {
		return fmt.Sprintf("%s: whether it takes in %s cannot be told: %s.", title, called(p, day), err)
	}
	if on {
		return ""
	}
	var have []string
	for _, name := range plan.Eligible.Names() {
		v, ok := p.Attr(name, day)
		if !ok {
			have = append(have, name+" is not known")
			continue
		}
		have = append(have, fmt.Sprintf("%s is %q", name, v))
	}
	return fmt.Sprintf("%s takes in only whom %s fits (%s); on %s %s's %s.", title, plan.Eligible.Text, at(plan.Eligible.Where), day.Words(), called(p, day), strings.Join(have, ", "))
}

// unpaidRows are the payee's own rows of the month that count nowhere, each with what excludes it.
func (e *explainer) unpaidRows(payee string, month comp.Period) ([]string, error) {
	if e.credits == nil {
		if err := e.loadCredits(payee); err != nil {
			return nil, err
		}
	}
	credited := map[string]bool{}
	for _, c := range e.credits {
		credited[c.Table+"\x00"+c.Key] = true
	}
	var out []string
	seen := map[string]bool{}
	for _, m := range e.k.config.Measures {
		for _, t := range m.Terms {
			def, ok := tableDefs(e.k)[t.Table]
			if !ok || seen[t.Table] || def.contract.Class == comp.Sealed || !def.contract.Keyed() || t.Owner.Column == "" {
				continue
			}
			seen[t.Table] = true
			more, err := e.unpaidOf(def, t, payee, month, credited)
			if err != nil {
				return nil, err
			}
			out = append(out, more...)
		}
	}
	if len(out) > mostRows {
		out = append(out[:mostRows], fmt.Sprintf("- and %d others.", len(out)-mostRows))
	}
	if len(out) > 0 {
		out = append([]string{"", "Not paid:"}, out...)
	}
	return out, nil
}

func (e *explainer) unpaidOf(def tableDef, t comp.Term, payee string, month comp.Period, credited map[string]bool) ([]string, error) {
	rows, err := e.latest(def)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, row := range rows {
		day := row.values[t.Date]
		if day.Kind != comp.KindDate || !month.Contains(day.Date) || credited[t.Table+"\x00"+row.key] {
			continue
		}
		who, _, err := e.whose(t, row.values, day.Date)
		if err != nil {
			return nil, err
		}
		if who == nil || who.ID != payee {
			continue
		}
		r := Record{Run: e.m.Run, Period: e.m.Period, Record: strings.ReplaceAll(def.contract.Name(), ".", "/") + "/" + row.key}
		why, err := e.uncounted(t.Table, row.values, month)
		if err != nil {
			return nil, err
		}
		for _, w := range why {
			out = append(out, "- "+r.Record+": "+w)
		}
	}
	return out, nil
}

// whose is the owner of a row on a day, nil where nobody is found, and how that came about.
func (e *explainer) whose(t comp.Term, row map[string]comp.Value, day comp.Date) (*comp.Person, string, error) {
	v := row[t.Owner.Column]
	if t.Owner.Column == "" || v.Kind == comp.Null {
		return nil, "", nil
	}
	login := keyText(v)
	if t.Owner.System == "" {
		p, err := e.person(login)
		if p == nil {
			return nil, fmt.Sprintf("its %s %q is nobody on the roster", t.Owner.Column, login), err
		}
		return p, fmt.Sprintf("its %s is %s", t.Owner.Column, called(p, day)), nil
	}
	company, err := e.people()
	if err != nil {
		return nil, "", err
	}
	for _, name := range []string{login, strings.ToLower(login)} {
		id, ok := company.Crosswalk.Logins[comp.Login{System: t.Owner.System, Name: name}].At(day)
		if !ok {
			continue
		}
		p, err := e.person(id)
		if p == nil {
			return nil, fmt.Sprintf("its %s %q is %s, who is not on the roster", t.Owner.Column, login, id), err
		}
		return p, fmt.Sprintf("its %s %q is %s on %s", t.Owner.Column, login, called(p, day), day.Words()), nil
	}
	return nil, fmt.Sprintf("its %s %q is nobody's login on %s", t.Owner.Column, login, day.Words()), nil
}

// uncounted says for every measure that reads a table why it does not count a row in this run, with the clause.
func (e *explainer) uncounted(table string, row map[string]comp.Value, month comp.Period) ([]string, error) {
	var out []string
	named := map[string][]string{} // what several measures say alike, by it; read by key only
	for _, m := range e.k.config.Measures {
		for _, t := range m.Terms {
			if t.Table != table {
				continue
			}
			why, err := e.notIn(m, t, row, month)
			if err != nil {
				return nil, err
			}
			alike, ok := strings.CutPrefix(why, m.Title+" counts ")
			if !ok {
				alike = why
			}
			if len(named[alike]) == 0 {
				out = append(out, alike)
			}
			if ok {
				named[alike] = append(named[alike], m.Title)
			}
		}
	}
	for i, alike := range out {
		switch titles := named[alike]; len(titles) {
		case 0:
		case 1:
			out[i] = titles[0] + " counts " + alike
		default:
			out[i] = strings.Join(titles[:len(titles)-1], ", ") + " and " + titles[len(titles)-1] + " count " + alike
		}
	}
	if len(out) == 0 {
		out = append(out, fmt.Sprintf("No measure reads %s, so that nothing is paid for its rows.", table))
	}
	return out, nil
}

// notIn is one measure's reason: its condition, the row's day, or the owner's plans.
func (e *explainer) notIn(m comp.Measure, t comp.Term, row map[string]comp.Value, month comp.Period) (string, error) {
	if t.Where != nil {
		v, err := t.Where.Eval(func(name string) comp.Value { return row[name] })
		if err != nil || !v.True() {
			var have []string
			for _, name := range t.Where.Names() {
				have = append(have, name+" is "+show(row[name]))
			}
			return fmt.Sprintf("%s counts only rows with %s (%s); here %s.", m.Title, t.Where.Text, at(t.Where.Where), strings.Join(have, ", ")), nil
		}
	}
	day := row[t.Date]
	if day.Kind != comp.KindDate {
		return fmt.Sprintf("%s (%s) counts a row on its %s, which is empty.", m.Title, at(m.Where), t.Date), nil
	}
	if !e.pays(m, day.Date, month) {
		return e.elsewhere(m, t, day.Date, month), nil
	}
	who, how, err := e.whose(t, row, day.Date)
	if err != nil {
		return "", err
	}
	switch {
	case t.Fold != nil:
		per, late := "", ""
		if t.Fold.Per != "" {
			per, late = " in each "+t.Fold.Per, ", or it came when its "+t.Fold.Per+" was over"
		}
		return fmt.Sprintf("%s takes the %s row of each %s%s (%s), and another row counts%s.", m.Title, t.Fold.Take, strings.Join(t.Fold.By, ", "), per, at(m.Where), late), nil
	case who == nil && how == "":
		return fmt.Sprintf("%s names no owner of it.", m.Title), nil
	case who == nil:
		return fmt.Sprintf("%s: %s, so that nobody can be paid for it.", m.Title, how), nil
	}
	return fmt.Sprintf("%s: %s. %s", m.Title, how, e.offPlans(m, who, day.Date)), nil
}

// elsewhere says which pay period counts a row's day.
func (e *explainer) elsewhere(m comp.Measure, t comp.Term, day comp.Date, month comp.Period) string {
	text := fmt.Sprintf("%s counts it on its %s, %s", m.Title, t.Date, day.Words())
	pay := comp.Month(day)
	for range 13 {
		if e.pays(m, day, pay) {
			text += ", which is paid in " + pay.Words()
			if pay.Start < month.Start {
				text += "; what is known of it later is paid as a correction"
			}
			return text + ", not in " + month.Words() + "."
		}
		pay = comp.Month(pay.End)
	}
	return text + ", and no component pays by it in " + month.Words() + "."
}

// offPlans says why none of the plans that pay by a measure takes in a person on a day.
func (e *explainer) offPlans(m comp.Measure, p *comp.Person, day comp.Date) string {
	var why []string
	for i := range e.k.config.Plans {
		plan := &e.k.config.Plans[i]
		reads := slices.ContainsFunc(plan.Components, func(c comp.Component) bool { return slices.Contains(c.Measures(), m.ID) })
		if w := e.leftOut(plan, p, day); reads && w != "" && !slices.Contains(why, w) {
			why = append(why, w)
		}
	}
	if len(why) == 0 {
		return fmt.Sprintf("No plan pays by %s.", m.Title)
	}
	return strings.Join(why, " ")
}

// keyedRow is a row in force with its key.
type keyedRow struct {
	key    string
	values map[string]comp.Value
}

// latest are the rows of a keyed table that are in force: of each key the one that was known last, in the order in which
// the keys came.
func (e *explainer) latest(def tableDef) ([]keyedRow, error) {
	var out []keyedRow
	index := map[string]int{}
	snapshot := ""
	err := e.eachRow(def, func(p archive.Pull, _ archive.Object, _ int64, row map[string]comp.Value) error {
		if p.Mode == comp.Snapshot && p.Key() != snapshot {
			out, index, snapshot = nil, map[string]int{}, p.Key()
		}
		key := keyOf(def.contract, row)
		if i, ok := index[key]; ok {
			out[i].values = row
			return nil
		}
		index[key] = len(out)
		out = append(out, keyedRow{key, row})
		return nil
	})
	return out, err
}

func keyOf(c comp.Contract, row map[string]comp.Value) string {
	var have []string
	for _, name := range c.Keys {
		have = append(have, keyText(row[name]))
	}
	return strings.Join(have, "|")
}
