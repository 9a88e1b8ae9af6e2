package config

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"sort"
	"strconv"

	"carrot/transform/comp"
)

// plan reads one plans document.
func (l *loader) plan(n node, file []byte) {
	f, ok := n.keyed("plan")
	if !ok {
		return
	}
	sum := sha256.Sum256(file)
	p := comp.Plan{ID: f.name("plan"), Version: f.text("version"), Title: f.text("title"), Digest: hex.EncodeToString(sum[:]), Where: n.place()}
	f = f.below(p.ID + "/" + p.Version + "/")
	p.For = f.choice("for", "", "top_management")
	p.Effective = f.effective()
	l.effective = p.Effective
	p.Eligible = l.expr(l.peopleScope(), f.at("eligible"), comp.KindBool)
	l.absent(p.Eligible)
	p.Rounding = comp.Rounding(max(0, slices.Index(comp.Roundings[:], f.choice("rounding", comp.HalfAway.String(), comp.Roundings[:]...))))
	p.RoundingSet = f.has("rounding")
	l.header(f, &p)
	items := f.at("components").items("components")
	if f.at("components").isList() && len(items) == 0 {
		f.at("components").wrong("an empty list", "at least one component", "add - {id: …, title: …, clause: …, measure: …, every: month, curve: …}")
	}
	if len(items) > maxComponents {
		f.at("components").wrong(strconv.Itoa(len(items))+" components", "at most "+strconv.Itoa(maxComponents)+" in a plan", "write several plans")
		return
	}
	ids := map[string]int{}
	for _, c := range items {
		k, digest, ok := l.componentOf(c)
		if !ok {
			continue
		}
		k = k.below(f.path + k.name("id") + "/")
		x := l.component(k)
		if x.Shared = digest; digest != "" {
			x.Shared = combined(digest, x.Parts)
			sum = sha256.Sum256([]byte(p.Digest + x.Shared))
			p.Digest = hex.EncodeToString(sum[:])
		} else {
			p.Digest = combined(p.Digest, x.Parts)
		}
		if line, twice := ids[x.ID]; twice && x.ID != "" {
			k.at("id").wrong("component "+x.ID+" a second time", "each id once in a plan", "rename it; the first is in line "+strconv.Itoa(line))
		}
		ids[x.ID] = k.at("id").place().Line
		if x.ID == "draw" && p.Draw != nil || x.ID == "cap" && p.Limit != nil {
			k.at("id").wrong("component "+x.ID+" of a plan that has a "+x.ID, "an id of its own: the plan's "+x.ID+" is posted under this one", "rename it")
		}
		p.Components = append(p.Components, x)
	}
	l.currency = ""
	l.overlap(f, p)
	l.config.Plans = append(l.config.Plans, p)
}

// componentOf is an entry of a plan's components: its own, or a shared one with the digest of its definition.
func (l *loader) componentOf(n node) (f fields, digest string, ok bool) {
	if n.hasKey("use") {
		return l.use(n)
	}
	f, ok = n.keyed("component")
	return f, "", ok
}

// header reads what holds for a whole plan beside its eligibility: currency, rates, where pay is rounded, waived lints.
func (l *loader) header(f fields, p *comp.Plan) {
	p.Currency = f.currency("currency")
	l.currency = p.Currency
	if x, ok := f.at("fx").keyed("fx"); ok {
		p.FX = comp.FXUse{Credit: x.rates("credit", "closing", "plan", "average", "daily"), Pay: x.rates("pay", "closing", "plan", "average", "payday")}
	}
	l.hasRates(f.fx("credit"), "credit", p.FX.Credit)
	l.hasRates(f.fx("pay"), "pay", p.FX.Pay)
	p.RoundAt = f.choice("round_at", "", "component", "deal", "plan")
	p.Draw = l.draw(f)
	p.Limit = l.limit(f)
	for _, n := range f.optional("waive", "waivers") {
		w, ok := n.keyed("waiver")
		if !ok {
			continue
		}
		x := comp.LintWaiver{Lint: w.lintName(), Component: w.name("component"), By: w.text("by"), Reason: w.text("reason"), Where: n.place()}
		x.Until, _ = w.at("until").date()
		p.Waive = append(p.Waive, x)
	}
	l.waivers = p.Waive
}

// fx is a value under fx.
func (f fields) fx(key string) node {
	if x, ok := f.at("fx").entries("fx"); ok {
		return x.at(key)
	}
	return node{}
}

// rates is the kind of rates that a plan uses.
func (f fields) rates(key string, kinds ...string) string {
	s, ok := f.at(key).text(false)
	if ok && !slices.Contains(kinds, s) {
		f.at(key).wrong("the rate "+strconv.Quote(short(s)), list(kinds), suggestOr(s, kinds, "write closing"))
		return ""
	}
	return s
}

// absent refuses a plan that asks whether somebody is on leave: no absence may take anybody off a plan.
func (l *loader) absent(e *comp.Expr) {
	if e == nil {
		return
	}
	if e.Op == comp.Name && e.Name == comp.AttrLeave {
		l.wrongAt(e.Where, "the attribute leave in eligible", "a condition that no absence can change", "remove it")
	}
	for _, a := range e.Args {
		l.absent(a)
	}
}

// effective is from … to, both inclusive; without to it has no end.
func (f fields) effective() comp.Period {
	e, ok := f.at("effective").keyed("effective")
	if !ok {
		return comp.Period{}
	}
	from, good := e.at("from").date()
	p := comp.Period{Start: from, End: comp.Forever}
	if to, ok := e.at("to").date(); ok {
		p.End = to + 1
		if good && to < from {
			e.at("to").wrong("the last day "+to.String()+" before the first, "+from.String(), "a day from "+from.String()+" on", "swap them")
		}
	}
	return p
}

// overlap refuses two versions of one plan on one day.
func (l *loader) overlap(f fields, p comp.Plan) {
	for _, q := range l.config.Plans {
		if q.ID == p.ID && p.ID != "" && p.Effective.Intersect(q.Effective).Days() > 0 {
			f.at("plan").wrong("plan "+p.ID+" version "+p.Version+", in force "+period(p.Effective),
				"no day in common with version "+q.Version+" ("+q.Where.File+":"+strconv.Itoa(q.Where.Line)+"), in force "+period(q.Effective),
				"end one the day before the other begins")
		}
	}
}

// period is a span as people write it, with an open end where it has none.
func period(p comp.Period) string {
	if p.End == comp.Forever {
		return "from " + p.Start.String()
	}
	return p.String()
}

func (l *loader) endPlans() {
	l.anonymity()
	ps := l.config.Plans
	sort.SliceStable(ps, func(i, j int) bool {
		if ps[i].ID != ps[j].ID {
			return ps[i].ID < ps[j].ID
		}
		return ps[i].Effective.Start < ps[j].Effective.Start
	})
}
