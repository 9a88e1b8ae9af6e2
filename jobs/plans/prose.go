package plans

import (
	"fmt"
	"slices"
	"strings"

	"carrot/transform/comp"
)

func sorted(list []string) []string { slices.Sort(list); return list }

// pay is what a band pays: a share, or money.
func (w *writer) pay(b comp.Band, path string) []ref {
	if len(b.By) > 0 {
		return inCurrencies(b.By, path)
	}
	return []ref{{path, percent(b.Pays)}}
}

// point is an end of a band in the words of what it is read against.
func (w *writer) point(c *comp.Curve, measure, path string, n comp.Number) ref {
	if c.Of == "attainment" {
		return ref{path, percent(n)}
	}
	for _, m := range w.c.Measures {
		if m.ID == measure && m.Unit == "share" {
			return ref{path, percent(n)}
		}
	}
	return ref{path, figureText(n)}
}

// curve says what is paid, band by band.
func (w *writer) curve(c *comp.Curve, path, measure string) {
	of := ""
	if c.Of == "attainment" {
		of = " of your quota"
	}
	switch c.Kind {
	case comp.RateCurve:
		w.say("You are paid ")
		switch {
		case c.RateName != "":
			w.say("the rate {} that the table gives for you", ref{path + ".rate.name", quoted(c.RateName)})
		case c.RateAttribute != "":
			w.say("your rate {}", ref{path + ".rate_attribute", quoted(c.RateAttribute)})
		case len(c.RateBy) > 0:
			w.list(inCurrencies(c.RateBy, path+".rate"))
		default:
			w.put(ref{path + ".rate", percent(c.Rate)})
		}
		w.say(map[bool]string{true: " for each.\n", false: " of it.\n"}[len(c.RateBy) > 0])
	case comp.Linear:
		w.say("You are paid your target times what you reach" + of + ".\n")
	case comp.Interpolate:
		w.say("The factor lies on straight lines between these points:\n")
		for i, b := range c.Points {
			w.say("- at {}"+of+": ", w.point(c, measure, fmt.Sprintf("%s.points[%d].at", path, i), b.From))
			w.list(w.pay(b, fmt.Sprintf("%s.points[%d].pays", path, i)))
			w.say("\n")
		}
		if c.Below != nil {
			w.say("Below the first point it is {}; after the last one it stays.\n", ref{path + ".below", percent(*c.Below)})
		} else {
			w.say("Before the first point and after the last one it stays as it is there.\n")
		}
	case comp.Grid:
		w.matrix(c.Matrix, path)
	default:
		w.bands(c, path, measure, of)
	}
}

func (w *writer) bands(c *comp.Curve, path, measure, of string) {
	w.say(map[comp.CurveKind]string{comp.Marginal: "You are paid, each part at its own rate:\n", comp.Retroactive: "You are paid for everything at the rate of the band that you reach:\n",
		comp.StepCurve: "You are paid your target times the factor of the band that you reach:\n"}[c.Kind])
	for i, b := range c.Bands {
		at := fmt.Sprintf("%s.bands[%d]", path, i)
		switch {
		case b.Down && b.Open:
			w.say("- whatever is reached")
		case b.Down:
			w.say("- below {}", w.point(c, measure, at+".to", b.To))
		default:
			w.say("- from {}", w.point(c, measure, at+".from", b.From))
			if !b.Open {
				w.say(" to {}", w.point(c, measure, at+".to", b.To))
			}
		}
		w.say(of + ": ")
		w.list(w.pay(b, at+".pays"))
		if b.Back {
			w.say(", and reaching it pays everything below at this rate as well")
		}
		w.say("\n")
	}
	if c.UpperEdge {
		w.say("A bound belongs to the band below it.\n")
	} else {
		w.say("A bound belongs to the band above it.\n")
	}
}

func (w *writer) matrix(m *comp.Matrix, path string) {
	w.say("What is paid depends on two things, this one (rows) and {} (columns):\n", w.title(m.Part.Measure))
	for r := range m.Pays {
		w.say("- from {}: ", ref{fmt.Sprintf("%s.rows.from[%d]", path, r), percent(m.Rows[r])})
		for c := range m.Pays[r] {
			if c > 0 {
				w.say(", ")
			}
			w.say("{} from {}", ref{fmt.Sprintf("%s.pays[%d][%d]", path, r, c), percent(m.Pays[r][c])}, ref{fmt.Sprintf("%s.columns.from[%d]", path, c), percent(m.Columns[c])})
		}
		w.say("\n")
	}
}

func (w *writer) parts(parts []comp.Part) {
	w.say("You are paid your target times the sum of these parts, each its weight times its factor:\n\n")
	for i := range parts {
		p, path := &parts[i], fmt.Sprintf("parts[%d]", i)
		w.say("**{}**: ", ref{path + ".weight", percent(p.Weight)})
		w.subject(p, path)
		w.say(".\n")
		w.quota(p.Quota, path+".quota", false)
		w.curve(&p.Curve, path+".curve", p.Measure)
		w.limitsOf(p, path)
		w.missing(p.MinN, p.Missing, path+".")
		for j := range p.Gates {
			w.gate(&p.Gates[j], fmt.Sprintf("%s.gates[%d]", path, j))
		}
		w.say("\n")
	}
}

func (w *writer) subject(p *comp.Part, path string) {
	if p.Score != "" {
		w.say("the number {} that was approved for you", ref{path + ".score.name", quoted(p.Score)})
		return
	}
	w.put(w.title(p.Measure))
}

func (w *writer) limitsOf(p *comp.Part, path string) {
	if p.Floor != nil {
		w.say("The factor is at least {}.\n", ref{path + ".floor", percent(*p.Floor)})
	}
	if p.Cap != nil {
		w.say("The factor is at most {}.\n", ref{path + ".cap", percent(*p.Cap)})
	}
}

// absence is what a missing measure does.
var absence = map[string]string{"neutral": "it counts as reached", "zero": "it pays nothing", "hold": "your pay is held until it is there", "renormalise": "the other parts share its weight"}

func (w *writer) missing(n int, rule, path string) {
	switch {
	case rule == "":
	case n > 0:
		w.say("With fewer than {} answers or rows "+absence[rule]+".\n", ref{path + "min_n", fmt.Sprint(n)})
	default:
		w.say("Where there is nothing to measure " + absence[rule] + ".\n")
	}
}

func (w *writer) gate(g *comp.Gate, path string) {
	test := g.Test
	if test == "" {
		test = "at_least"
	}
	w.say("Gate: {}", w.title(g.Measure))
	if g.ToDate != "" {
		w.say(", the {} to date,", ref{path + ".to_date", period(g.ToDate)})
	}
	w.say(" must be "+strings.ReplaceAll(test, "_", " ")+" {}", ref{path + "." + test, w.bar(g)})
	if g.Of == "attainment" && g.Quota != nil {
		w.say(" of its quota")
	}
	switch {
	case g.Base:
		w.say("; else everything is paid at the first rate")
	case g.Share.IsZero():
		w.say("; else nothing is paid")
	default:
		w.say("; else {} is paid", ref{path + ".otherwise", percent(g.Share)})
	}
	if g.Missing == "closed" {
		w.say(", also where there is nothing to measure")
	}
	w.say(".\n")
}

func (w *writer) bar(g *comp.Gate) string {
	for _, m := range w.c.Measures {
		if m.ID == g.Measure && m.Unit != "share" && g.Of != "attainment" {
			return figureText(g.AtLeast)
		}
	}
	return percent(g.AtLeast)
}

func (w *writer) multiplier(p *comp.Part, path string) {
	w.say("The pay is multiplied by a factor of ")
	w.subject(p, path)
	w.say(".\n")
	w.quota(p.Quota, path+".quota", false)
	w.curve(&p.Curve, path+".curve", p.Measure)
	w.limitsOf(p, path)
	w.missing(p.MinN, p.Missing, path+".")
}

func (w *writer) limits() {
	x := w.x
	switch {
	case x.CapName != "":
		w.say("The most that is paid for each {} is the number {} that the table gives for you", ref{"every", period(x.Every)}, ref{"cap.name", quoted(x.CapName)})
	case len(x.Cap) > 0:
		w.say("The most that is paid for each {} is ", ref{"every", period(x.Every)})
		w.list(w.amount(x.Cap, "cap"))
	default:
		return
	}
	w.say(excesses[x.Excess == "carry"])
}

func (w *writer) time() {
	x := w.x
	cut, whole := w.divided()
	if x.Prorate != "" && x.Prorate != "none" && cut != "" {
		how := map[string]string{"days": "by calendar days", "weekdays": "by the days from Monday to Friday", "months": "by months", "daily": "day by day"}[x.Prorate]
		w.say("Who is on the plan for a part of a period has that part of " + cut + ", counted " + how + ".\n")
	}
	if x.FTE && cut != "" {
		is := " is that"
		if strings.Contains(cut, " ") {
			is = " are those"
		}
		w.say(strings.ToUpper(cut[:1]) + cut[1:] + is + " of your share of full time.\n")
	}
	if len(whole) > 0 && (x.FTE || x.Prorate != "" && x.Prorate != "none") {
		w.say("The quota of ")
		w.list(whole)
		w.say(" stays whole for everybody: who is there for a part of the time, or of the hours, attains as everybody does.\n")
	}
	if x.Per == "deal" {
		w.say("Each deal is paid by itself.\n")
	}
	if len(x.Order) > 0 {
		var steps []string
		for _, s := range x.Order {
			steps = append(steps, string(s))
		}
		w.say("After that, in this order: " + strings.Join(steps, ", ") + ".\n")
	}
}

// divided names what of a component is cut to the payee's time, "" where nothing is, and the measures whose quotas are not: what
// a pool reaches together, and shares, means and scores.
func (w *writer) divided() (cut string, whole []ref) {
	x, own := w.x, false
	quota := func(q *comp.Quota, measure string) {
		i := slices.IndexFunc(w.c.Measures, func(m comp.Measure) bool { return m.ID == measure })
		switch {
		case q == nil || i < 0:
		case w.c.Measures[i].Divides():
			own = true
		case !slices.Contains(whole, w.title(measure)):
			whole = append(whole, w.title(measure))
		}
	}
	gates := func(list []comp.Gate) {
		for i := range list {
			quota(list[i].Quota, list[i].Measure)
		}
	}
	column := func(c *comp.Curve) {
		if c.Matrix != nil {
			quota(c.Matrix.Part.Quota, c.Matrix.Part.Measure)
		}
	}
	quota(x.Quota, x.Measure)
	gates(x.Gates)
	column(&x.Curve)
	for _, p := range slices.Concat(x.Parts, x.Multiply) {
		quota(p.Quota, p.Measure)
		gates(p.Gates)
		column(&p.Curve)
	}
	var all []string
	for _, part := range []struct {
		what string
		has  bool
	}{{"quota", own}, {"target", x.TargetName != "" || len(x.Target) > 0},
		{"cap", (x.CapName != "" || len(x.Cap) > 0) && slices.Index(x.Order, comp.CapStep) <= slices.Index(x.Order, comp.ProrateStep)}} {
		if part.has {
			all = append(all, part.what)
		}
	}
	if n := len(all); n > 1 {
		all = []string{strings.Join(all[:n-1], ", ") + " and " + all[n-1]}
	}
	return strings.Join(all, ""), whole
}

func length(l comp.Length) string {
	if l.Months > 0 {
		return fmt.Sprintf("%d months", l.Months)
	}
	return fmt.Sprintf("%d days", l.Days)
}
