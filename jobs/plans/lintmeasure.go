package plans

import (
	"slices"
	"strings"

	"carrot/transform/comp"
)

// busy are words of work that is done for its own sake.
var busy = []string{"handle time", "handling time", "aht", "asa", "tickets closed", "calls", "meetings", "posts", "tags", "occupancy", "cost per contact", "crm complete", "data entry", "fields filled", "compliance"}

// activity is L1: pay for being busy, or for keeping records.
func (k *linter) activity() {
	if k.x.Shown {
		return
	}
	for _, u := range usesOf(k.x) {
		m := k.measures[u.measure]
		if m == nil || m.Family != comp.Activity && !soundsBusy(m) {
			continue
		}
		if k.tried(u) {
			continue
		}
		if u.role == "gate" {
			k.say("L1", LintError, u.where, "show it with mode: shadow in a component of its own, or pay what customers got out of it", "component %s pays nothing unless %s, which is keeping records", k.x.ID, k.title(u.measure))
			continue
		}
		k.say("L1", LintError, u.where, "show it with mode: shadow, or pay what customers got out of it", "component %s pays for %s, a measure of activity", k.x.ID, k.title(u.measure))
	}
}

// soundsBusy says whether a measure's id, title or columns have one of the words, as whole words.
func soundsBusy(m *comp.Measure) bool {
	texts := []string{m.ID, m.Title}
	for _, t := range m.Terms {
		for _, e := range []*comp.Expr{t.Where, t.Value, t.Hit} {
			if e != nil {
				texts = append(texts, e.Names()...)
			}
		}
	}
	for _, s := range texts {
		s = " " + strings.NewReplacer("_", " ", "-", " ").Replace(strings.ToLower(s)) + " "
		if slices.ContainsFunc(busy, func(w string) bool { return strings.Contains(s, " "+w+" ") }) {
			return true
		}
	}
	return false
}

func ratio(m *comp.Measure) bool { return !m.Aggregate.Adds() }

// uses holds each measure that a component reads against what may be paid: L9, L11, L13, L15.
func (k *linter) uses() {
	for _, u := range usesOf(k.x) {
		m := k.measures[u.measure]
		if m == nil {
			continue
		}
		if (m.Survey != "" || m.About == "satisfaction") && u.minN == 0 && !cautious(m) {
			k.say("L9", LintWarning, u.where, "add min_n:", "%s is paid from any number of answers", k.title(u.measure))
		}
		if m.SelfReported && m.Pool == comp.PoolPayee {
			k.say("L11", LintWarning, u.where, "let somebody else record it", "%s is reported by the person whom it pays", k.title(u.measure))
		}
		if ratio(m) && u.missing == "" && u.role == "gate" {
			k.say("L13", LintWarning, u.where, "add missing: open", "the gate on %s does not say what no data does", k.title(u.measure))
		}
		if ratio(m) && u.missing == "" && u.role == "multiplier" {
			k.say("L13", LintWarning, u.where, "add missing: neutral", "the multiplier on %s does not say what no data does", k.title(u.measure))
		}
		if m.About == "innovation" && reduces(u) {
			k.say("L15", LintError, u.where, "pay it as a part of its own, with no factor below 0", "innovation can reduce pay")
		}
	}
}

// cautious says whether few answers move little: the value is pulled toward a prior, or pay reads that end of its interval that few
// answers make the worse one, or whether the interval tells it from something at all.
func cautious(m *comp.Measure) bool {
	switch m.Pays {
	case "", "standing":
		return m.Shrink != nil || m.Pays != ""
	case "lower":
		return !m.Down
	case "upper":
		return m.Down
	}
	return false
}

// reduces says whether a measure can make pay smaller than it would be without.
func reduces(u use) bool {
	if u.role == "gate" {
		return true
	}
	bar := comp.Number{}
	if u.role == "multiplier" {
		bar = comp.Int(1)
		if u.part.Floor != nil && u.part.Floor.Cmp(bar) >= 0 {
			return false
		}
	}
	if u.curve == nil {
		return false
	}
	if u.role == "multiplier" && u.curve.Kind == comp.Linear {
		return true
	}
	for _, b := range slices.Concat(u.curve.Bands, u.curve.Points) {
		if b.Pays.Cmp(bar) < 0 {
			return true
		}
	}
	return u.curve.Below != nil && u.curve.Below.Cmp(bar) < 0
}

// isTop says whether a plan is one of top management: it says so, or takes in those whose department or job is called so.
func isTop(p *comp.Plan) bool { return p.For == "top_management" || asksForTop(p.Eligible) }

// asksForTop says whether a condition demands a text of top management; who is not a director is not asked for.
func asksForTop(e *comp.Expr) bool {
	switch {
	case e == nil || e.Op == comp.Ne || e.Op == comp.Not:
		return false
	case e.Op == comp.Lit:
		return e.Lit.Kind == comp.KindText && (strings.Contains(e.Lit.Text, "Top Management") || strings.Contains(e.Lit.Text, "Director"))
	}
	return slices.ContainsFunc(e.Args, asksForTop)
}

// topManagement is L14: profit or cost is paid to top management only with the guard against firing and outsourcing.
func (k *linter) topManagement() {
	if !isTop(k.p) {
		return
	}
	for _, u := range usesOf(k.x) {
		m := k.measures[u.measure]
		if m == nil || u.role == "gate" || m.About != "profit" && m.About != "cost" {
			continue
		}
		guards := map[string]bool{}
		for _, g := range u.gates {
			if gm := k.measures[g.Measure]; gm != nil {
				guards[gm.About] = true
			}
		}
		if !guards["dismissals"] || !guards["outsourcing"] {
			k.say("L14", LintError, u.where, "add gates on measures about dismissals and outsourcing, or pay growth", "top management is paid for %s without the guard against firing and outsourcing", m.About)
		}
	}
}

// weight is a share of a plan's target pay.
type weight struct {
	measure string
	share   comp.Number
}

// weigh are the shares of a plan's target pay by measure; false where a component pays without a target, so that its share
// cannot be told.
func (k *linter) weigh() (out []weight, ok bool) {
	total := comp.Number{}
	for i := range k.p.Components {
		x := &k.p.Components[i]
		if x.Shown || x.Award != nil { // an award has no part in the target pay
			continue
		}
		t, known := targetOf(k.p, x)
		if !known {
			return nil, false
		}
		t = t.Mul(comp.Int(perYear(x.Every)))
		total = total.Add(t)
		if x.Measure != "" {
			out = append(out, weight{x.Measure, t})
		}
		for _, p := range x.Parts {
			out = append(out, weight{p.Measure, t.Mul(p.Weight)})
		}
	}
	for i := range out {
		if out[i].share, ok = out[i].share.Quo(total); !ok {
			return nil, false
		}
	}
	return out, true
}

// perYear is how often a measuring period comes in a year; a calendar of its own counts once.
func perYear(every string) int64 {
	return map[string]int64{"month": 12, "quarter": 4, "half": 2}[every] + map[bool]int64{true: 1}[!slices.Contains([]string{"month", "quarter", "half"}, every)]
}

// targetOf is the latest target of a component in the first of its currencies.
func targetOf(p *comp.Plan, x *comp.Component) (comp.Number, bool) {
	if len(x.Target) == 0 {
		return comp.Number{}, false
	}
	by := x.Target[len(x.Target)-1].By
	if n, ok := by[p.Currency]; ok {
		return n, true
	}
	c := firstCurrency(by)
	n, ok := by[c]
	return n, ok
}

func firstCurrency(by map[comp.Currency]comp.Number) comp.Currency {
	var all []comp.Currency
	for c := range by {
		all = append(all, c)
	}
	if len(all) == 0 {
		return ""
	}
	return slices.Min(all)
}

// weights is L8 and the half of top management's plan that L14 keeps free: what weighs too much.
func (k *linter) weights() {
	score, top := comp.Number{}, map[string]comp.Number{}
	var response, action bool
	for i := range k.p.Components {
		if k.p.Components[i].Shown {
			continue
		}
		for _, u := range usesOf(&k.p.Components[i]) {
			if m := k.measures[u.measure]; m != nil {
				response = response || m.About == "response"
				action = action || m.About == "action" || m.Family == comp.Action
			}
		}
	}
	if !k.stages() {
		return
	}
	shares, ok := k.weigh()
	if !ok {
		return
	}
	var abouts []string
	for _, w := range shares {
		m := k.measures[w.measure]
		if m == nil {
			continue
		}
		if isScore(m) {
			score = score.Add(w.share)
		}
		if m.About != "" && m.About != "other" {
			if !slices.Contains(abouts, m.About) {
				abouts = append(abouts, m.About)
			}
			top[m.About] = top[m.About].Add(w.share)
		}
	}
	if score.Cmp(comp.Scaled(4, 1)) > 0 && !(response && action) {
		said := "neither the response rate nor action is paid"
		if response || action {
			said = map[bool]string{true: "what is done with the answers is not paid", false: "the response rate is not paid"}[response]
		}
		k.say("L8", LintError, k.p.Where, "pay the response rate and what is done with the answers as well, or let scores weigh 40 % at most", "satisfaction scores are %s of the plan and %s", percent(score), said)
	}
	for _, a := range abouts {
		if isTop(k.p) && top[a].Cmp(comp.Scaled(5, 1)) > 0 {
			k.say("L14", LintError, k.p.Where, "let no one thing weigh more than half", "%s is %s of the plan of top management", a, percent(top[a]))
		}
	}
}

// isScore says whether a measure is a score that customers or colleagues gave.
func isScore(m *comp.Measure) bool {
	return m.About == "satisfaction" || m.Survey != "" && m.About != "response" && m.About != "action"
}

// surveys is L10: answers to surveys of two kinds are two things.
func (k *linter) surveys() {
	kinds := map[string][2]string{} // by table: kind and measure
	told := map[string]bool{}
	byRow := func(table string) bool {
		return slices.ContainsFunc(k.c.Contracts, func(c comp.Contract) bool { return c.Name() == table && c.Survey != nil && c.Survey.By != "" })
	}
	for i := range k.p.Components {
		k.x = &k.p.Components[i]
		if k.x.Shown {
			continue
		}
		for _, u := range usesOf(k.x) {
			m := k.measures[u.measure]
			if m == nil || m.About != "satisfaction" && m.About != "response" && m.Survey == "" {
				continue
			}
			if m.Survey == "" {
				if !told[m.ID] {
					k.say("L10", LintError, u.where, "add survey: transactional, or survey: relationship, to "+m.Where.File, "%s does not say what kind of survey it asks in", k.title(m.ID))
				}
				told[m.ID] = true
				continue
			}
			for _, t := range m.Terms {
				if byRow(t.Table) {
					continue // its rows are told apart
				}
				before, seen := kinds[t.Table]
				if seen && before[0] != m.Survey && !told[m.ID] {
					k.say("L10", LintError, u.where, "pay one of the two, or tell their rows apart in tables of their own", "%s mixes relationship and transactional surveys: %s reads %s as well", k.title(m.ID), k.title(before[1]), t.Table)
					told[m.ID] = true
				}
				if !seen {
					kinds[t.Table] = [2]string{m.Survey, m.ID}
				}
			}
		}
	}
	k.x = nil
}
