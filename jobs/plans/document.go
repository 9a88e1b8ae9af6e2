package plans

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"carrot/config"
	"carrot/transform/comp"
)

// Document is a plan in prose. Every number in it is bound to a field of the plan file.
type Document struct {
	Plan, Version string
	Payee         string `json:",omitempty"` // whose document it is; "" everybody's
	Text          string // Markdown
	Bound         []Bound
	Digest        string // sha256, in hex, of Text up to the line that names the digest: what somebody accepts
}

// Bound says from which field of the plan file a part of the text comes.
type Bound struct {
	Offset, Length int    // in bytes of Text
	Path           string // of keys, such as "curve.bands[1].pays", with the component before it
	Place          comp.Place
	Field          bool // the place is the field's own; else where its plan or component begins
}

// writer writes prose and notes what is bound.
type writer struct {
	c      *config.Config
	p      *comp.Plan
	x      *comp.Component
	titles map[string]string // of measures; read by key only
	b      strings.Builder
	bound  []Bound
}

// ref is a part of a sentence that comes from a field.
type ref struct{ path, text string }

// say writes a sentence; each {} stands for the next ref.
func (w *writer) say(format string, refs ...ref) {
	for i, s := range strings.Split(format, "{}") {
		if i > 0 && i <= len(refs) {
			w.put(refs[i-1])
		}
		w.b.WriteString(s)
	}
}

func (w *writer) put(r ref) {
	version, at := w.p.ID+"/"+w.p.Version+"/", w.p.Where
	path := r.path
	if w.x != nil {
		at, path = w.x.Where, w.x.ID+"/"+r.path
	}
	place, own := w.c.Places[version+path]
	if own {
		at = place
	}
	w.bound = append(w.bound, Bound{w.b.Len(), len(r.text), path, at, own})
	w.b.WriteString(r.text)
}

// Write puts a plan into prose.
func Write(c *config.Config, p *comp.Plan) Document { return write(c, p, nil) }

func write(c *config.Config, p *comp.Plan, who *Payee) Document {
	w := &writer{c: c, p: p, titles: map[string]string{}}
	for _, m := range c.Measures {
		w.titles[m.ID] = m.Title
	}
	w.head()
	if who != nil {
		w.own(who)
	}
	for i := range p.Components {
		w.x = &p.Components[i]
		w.component()
	}
	w.x = nil
	if p.Limit != nil {
		w.planCap()
	}
	if p.Draw != nil {
		w.draw()
	}
	w.foot()
	text := w.b.String()
	sum := sha256.Sum256([]byte(text))
	d := Document{Plan: p.ID, Version: p.Version, Bound: w.bound, Digest: hex.EncodeToString(sum[:])}
	if who != nil {
		d.Payee = who.ID
	}
	d.Text = text + "\nDigest of this document: " + d.Digest + "\n"
	return d
}

// WithPlaces is the text with the file and line of each number behind it.
func (d Document) WithPlaces() string {
	var b strings.Builder
	at := 0
	for _, x := range d.Bound {
		b.WriteString(d.Text[at : x.Offset+x.Length])
		at = x.Offset + x.Length
		if x.Field {
			fmt.Fprintf(&b, " [%s:%d]", x.Place.File, x.Place.Line)
		}
	}
	b.WriteString(d.Text[at:])
	return b.String()
}

func (w *writer) title(measure string) ref {
	if t := w.titles[measure]; t != "" {
		return ref{"measure", t}
	}
	return ref{"measure", measure}
}

func (w *writer) head() {
	p := w.p
	w.say("# {}\n\n", ref{"title", p.Title})
	w.say("Version {}, in force from {}", ref{"version", p.Version}, ref{"effective.from", p.Effective.Start.String()})
	if p.Effective.End != comp.Forever {
		w.say(" to {}", ref{"effective.to", (p.Effective.End - 1).String()})
	}
	w.say(".\n")
	if p.Eligible != nil {
		w.say("It is for everybody of whom this holds: `{}`.\n", ref{"eligible", p.Eligible.Text})
	}
	if p.Currency != "" {
		w.say("All amounts are in {}.\n", ref{"currency", string(p.Currency)})
	}
}

// periods are how a measuring period is called.
var periods = map[string]string{"month": "month", "quarter": "quarter", "half": "half year", "year": "year"}

func period(every string) string {
	if s, ok := periods[every]; ok {
		return s
	}
	return "period of the calendar " + every
}

func (w *writer) component() {
	x := w.x
	w.say("\n## {} {}\n\n", ref{"clause", x.Clause}, ref{"title", x.Title})
	if x.Shown {
		w.say("{} is shown on the statement and pays nothing.\n", w.title(x.Measure))
		return
	}
	switch {
	case len(x.Parts) > 0:
		w.say("This is a scorecard of each {}.", ref{"every", period(x.Every)})
	case x.Score != "":
		w.say("What counts is the number {} that was approved for you for each {}.", ref{"score.name", quoted(x.Score)}, ref{"every", period(x.Every)})
	default:
		w.say("What counts is {}, measured over each {}.", w.title(x.Measure), ref{"every", period(x.Every)})
	}
	if x.ToDate != "" {
		w.say(" It is counted from the beginning of the {} to date, and what was paid before is taken off.", ref{"to_date", period(x.ToDate)})
	}
	w.say("\n")
	w.tried()
	w.quota(x.Quota, "quota", x.Numbers == "whole")
	w.target()
	if len(x.Parts) > 0 {
		w.parts(x.Parts)
	} else {
		w.curve(&x.Curve, "curve", x.Measure)
	}
	w.missing(x.MinN, x.Missing, "")
	for i := range x.Gates {
		w.gate(&x.Gates[i], fmt.Sprintf("gates[%d]", i))
	}
	for i := range x.Multiply {
		w.multiplier(&x.Multiply[i], fmt.Sprintf("multiply[%d]", i))
	}
	w.limits()
	w.time()
	w.accounts()
}

func quoted(s string) string { return "“" + s + "”" }

// amount is money of a dated list, the latest, one currency after another in order of their codes.
func (w *writer) amount(list []comp.Dated, path string) (out []ref) {
	if len(list) == 0 {
		return nil
	}
	last := len(list) - 1
	if len(list) > 1 || list[last].From != comp.NoDate {
		path = fmt.Sprintf("%s[%d]", path, last)
	}
	return inCurrencies(list[last].By, path)
}

// inCurrencies is money of each currency, in order of their codes.
func inCurrencies(by map[comp.Currency]comp.Number, path string) (out []ref) {
	var codes []string
	for c := range by {
		codes = append(codes, string(c))
	}
	for _, c := range sorted(codes) {
		if c == "" {
			out = append(out, ref{path, figureText(by[""])})
			continue
		}
		out = append(out, ref{path + "." + c, exact(by[comp.Currency(c)], comp.Currency(c))})
	}
	return out
}

// exact is an amount with at least its currency's digits.
func exact(n comp.Number, c comp.Currency) string {
	if m, err := (comp.Amount{Number: n, Currency: c}).Round(comp.HalfAway); err == nil && same(n, m) {
		return said(m)
	}
	return comp.Grouped(n.String()) + " " + string(c)
}

// list writes refs as "a, b and c".
func (w *writer) list(refs []ref) {
	for i, r := range refs {
		switch {
		case i > 0 && i == len(refs)-1:
			w.say(" or ")
		case i > 0:
			w.say(", ")
		}
		w.put(r)
	}
}

func (w *writer) quota(q *comp.Quota, path string, whole bool) {
	if q == nil {
		return
	}
	w.say("Your quota is ")
	if q.Name != "" {
		w.say("the number {} that the table gives for you", ref{path + ".name", quoted(q.Name)})
	} else {
		w.list(w.quotaAmount(q, path))
	}
	if whole {
		w.say(" for the whole {}", ref{"to_date", period(w.x.ToDate)})
	}
	if len(q.Season) > 0 {
		w.say("; it is for a year, of which the parts count ")
		for i, n := range q.Season {
			if i > 0 {
				w.say(", ")
			}
			w.put(ref{fmt.Sprintf("%s.season[%d]", path, i), percent(n)})
		}
	}
	if len(q.Ramp) > 0 {
		w.say("; in your first months it is ")
		for i, n := range q.Ramp {
			if i > 0 {
				w.say(", ")
			}
			w.put(ref{fmt.Sprintf("%s.ramp[%d]", path, i), percent(n)})
		}
		w.say(" of that")
	}
	w.say(".\n")
}

func (w *writer) quotaAmount(q *comp.Quota, path string) []ref {
	if len(q.Dated) == 1 {
		if n, ok := q.Dated[0].By[""]; ok {
			return []ref{{path + ".number", figureText(n)}}
		}
	}
	return w.amount(q.Dated, path+".amounts")
}

func (w *writer) target() {
	switch {
	case w.x.TargetName != "":
		w.say("Your target pay is the number {} that the table gives for you.\n", ref{"target.name", quoted(w.x.TargetName)})
	case len(w.x.Target) > 0:
		w.say("Your target pay is ")
		w.list(w.amount(w.x.Target, "target"))
		w.say(" for each {}.\n", ref{"every", period(w.x.Every)})
	}
}
