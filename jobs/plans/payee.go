package plans

import (
	"slices"

	"carrot/config"
	"carrot/transform/comp"
)

// Payee is somebody for whom a plan's document is written: what the company's tables say of them as far as the plan reads it.
type Payee struct {
	ID, Name string
	Place    comp.Place    // where the roster tells of them
	On       []comp.Period // the days on which the plan takes them in
	Stated   []Stated      // in the order in which they are told
}

// Stated is something that a table says of a payee for some days.
type Stated struct {
	What   string // before the number, such as "The number “revenue” is "
	Path   string // what it is called in the config, such as "quotas/revenue"
	Text   string
	Period comp.Period
	Origin comp.Origin
	Place  comp.Place // of the row; the line may be unknown
}

// PayeeOf is what the company tells of somebody for one version of a plan: each number that the plan reads by name, their
// share of full time and their rates where the plan reads them. On are the days on which the plan takes them in.
func PayeeOf(company *comp.Company, p *comp.Plan, person *comp.Person, on []comp.Period) *Payee {
	who := &Payee{ID: person.ID, On: on}
	if len(person.Origins) > 0 {
		who.Place = comp.Place{File: person.Origins[0].Name}
	}
	if spans := person.Attrs[comp.AttrName].Spans(); len(spans) > 0 {
		who.Name = spans[len(spans)-1].Value
	}
	names, attrs := reads(p)
	for _, a := range attrs {
		what := "Your " + quoted(a) + " is "
		if a == comp.AttrFTE {
			what = "Your share of full time is "
		}
		for _, s := range person.Attrs[a].Spans() {
			text := s.Value
			if n, err := comp.ParseNumber(s.Value, 18); err == nil {
				text = percent(n)
			}
			who.add(what, "roster/"+a, text, s.Period, s.Origin)
		}
	}
	for _, q := range company.Quotas { // by employee, name and day
		if q.Payee != person.ID || !slices.Contains(names, q.Name) {
			continue
		}
		text := figureText(q.Amount.Number)
		if q.Amount.Currency != "" {
			text = exact(q.Amount.Number, q.Amount.Currency)
		}
		who.add("The number "+quoted(q.Name)+" is ", "quotas/"+q.Name, text, q.Period, q.Origin)
	}
	return who
}

// add tells something for the days of it on which the plan takes the payee in.
func (who *Payee) add(what, path, text string, in comp.Period, from comp.Origin) {
	for _, on := range who.On {
		if days := on.Intersect(in); days.Days() > 0 {
			who.Stated = append(who.Stated, Stated{What: what, Path: path, Text: text, Period: days, Origin: from, Place: comp.Place{File: from.Name}})
		}
	}
}

// reads are the names in the number table that state the terms of a plan, and the attributes that are numbers of it. An
// approved score is what somebody reached and no term.
func reads(p *comp.Plan) (names, attrs []string) {
	add := func(to *[]string, s string) {
		if s != "" && !slices.Contains(*to, s) {
			*to = append(*to, s)
		}
	}
	quota := func(q *comp.Quota) {
		if q != nil {
			add(&names, q.Name)
		}
	}
	curve := func(c *comp.Curve) { add(&names, c.RateName); add(&attrs, c.RateAttribute) }
	gates := func(list []comp.Gate) {
		for i := range list {
			quota(list[i].Quota)
		}
	}
	for i := range p.Components {
		x := &p.Components[i]
		if x.Shown {
			continue
		}
		if x.FTE {
			add(&attrs, comp.AttrFTE)
		}
		quota(x.Quota)
		add(&names, x.TargetName)
		add(&names, x.CapName)
		curve(&x.Curve)
		gates(x.Gates)
		for _, part := range slices.Concat(x.Parts, x.Multiply) {
			quota(part.Quota)
			curve(&part.Curve)
			gates(part.Gates)
		}
	}
	if p.Draw != nil {
		add(&names, p.Draw.Amount.Name)
	}
	slices.Sort(names)
	slices.Sort(attrs)
	return names, attrs
}

// WriteFor puts a plan into prose for one payee: their own days and numbers, then the plan. Its digest is that of this
// payee's document; it changes with the plan and with their terms.
func WriteFor(c *config.Config, p *comp.Plan, who *Payee) Document { return write(c, p, who) }

// own is the part of a document that is about its payee.
func (w *writer) own(who *Payee) {
	w.say("\n## Your numbers\n\nThis is the document of ")
	if who.Name != "" {
		w.stated(who.Name, "roster/name", who.Place)
		w.say(", ")
	}
	w.stated(who.ID, "roster/id", who.Place)
	w.say(".\n")
	for _, on := range who.On {
		w.say("You take part in version {}", ref{"version", w.p.Version})
		w.days(on, "eligible", who.Place)
		w.say(".\n")
	}
	for _, s := range who.Stated {
		w.say(s.What)
		w.stated(s.Text, s.Path, s.Place)
		w.days(s.Period, s.Path, s.Place)
		w.say(".\n")
	}
}

// days are the first and the last day of a period. One that lasts as long as the plan names no last day.
func (w *writer) days(in comp.Period, path string, at comp.Place) {
	if in.Start != comp.NoDate {
		w.say(" from ")
		w.stated(in.Start.String(), path+".from", at)
	}
	if in.End < comp.Forever {
		w.say(" to ")
		w.stated((in.End - 1).String(), path+".to", at)
	}
}

// stated writes what a table says.
func (w *writer) stated(text, path string, at comp.Place) {
	w.bound = append(w.bound, Bound{w.b.Len(), len(text), path, at, at.Line > 0})
	w.b.WriteString(text)
}

// TakesPart says whether the plan takes the payee in on a day.
func (who *Payee) TakesPart(day comp.Date) bool {
	return slices.ContainsFunc(who.On, func(p comp.Period) bool { return p.Contains(day) })
}
