package jobs

import (
	"fmt"
	"slices"
	"strings"

	"carrot/transform/comp"
)

// dice gives the numbers that a generated company is made from: pick is from 0 to n-1.
type dice func(n int) int

func (d dice) chance(percent int) bool { return d(100) >= 100-percent } // the least number says no

func (d dice) one(of ...string) string { return of[d(len(of))] }

// plan is the text of one generated plan, in one or two versions, of what both engines know.
func (d dice) plan(n int) string { return d.versions(n, false) }

// version is the text of one version of a plan.
func (d dice) version(n, version int, effective string, deals bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "plan: p%d\nversion: \"%d\"\ntitle: Plan %d\neffective: %s\neligible: 'plan == \"p%d\"'\nrounding: %s\n", n, version, n,
		effective, n, d.one(comp.Roundings[:]...))
	if d.chance(25) {
		kind := d.one("recoverable", "advance", "guarantee")
		fmt.Fprintf(&b, "draw: {kind: %s, amount: %s, prorate: %s", kind, d.money(50000, 33333), d.one("none", "days"))
		if d.chance(60) {
			fmt.Fprintf(&b, ", periods: %d", 1+d(4))
		}
		if kind != "guarantee" {
			fmt.Fprintf(&b, ", at_exit: %s", d.one("recover", "write_off"))
			if d.chance(50) {
				fmt.Fprintf(&b, ", recover_from: %d", 1+d(4))
			}
		}
		b.WriteString("}\n")
	}
	if d.chance(20) {
		fmt.Fprintf(&b, "cap: %s\nexcess: %s\n", d.money(90000, 33333), d.one("forfeit", "carry"))
	}
	b.WriteString("components:\n")
	for i := range 1 + d(3) {
		c := component{dice: d, Builder: &b, n: i, deals: deals}
		c.write()
	}
	return b.String()
}

// money is an amount in each currency.
func (d dice) money(cents ...int) string {
	n := cents[d(len(cents))]
	return fmt.Sprintf(`{EUR: "%d.%02d", USD: "%d.%02d", JPY: "%d"}`, n/100, n%100, n/80, n%97, n+n/2)
}

// component is a component that is being written. What does not go together is repaired, not tried again.
type component struct {
	dice
	*strings.Builder
	n                 int
	measure, kind, of string
	money             bool // the measure is
	ratio             bool // a share or a mean, which may be missing
	toDate            string
	deals             bool // say as well what becomes of the pay of single deals; see genplans_deals_test.go
	perDeal, carries  bool
	paid              bool // bands and points pay money: there is no target
}

func (c *component) say(format string, args ...any) { fmt.Fprintf(c, "    "+format+"\n", args...) }

// about takes a measure.
func (c *component) about(measure string) {
	c.measure = measure
	c.money = strings.HasSuffix(measure, "sold") || measure == "booked"
	c.ratio = !c.money && measure != "units" && measure != ""
}

func (c *component) write() {
	c.about(c.some("sold", "sold", "sold", "booked", "new_sold", "all_sold", "their_sold", "weighed_sold", "cent_sold", "helped_sold", "below_sold", "team_sold", "units", "csat", "csat_long", "mood", "last_mood"))
	fmt.Fprintf(c, "  - id: c%d\n    title: Component %d\n    clause: \"%d\"\n", c.n, c.n, c.n+1)
	if c.chance(15) {
		c.scorecard()
		return
	}
	c.kind = c.one("steps", "interpolate", "linear", "matrix")
	if c.money {
		c.kind = c.one("marginal", "retroactive", "rate", "marginal", "steps", "interpolate", "linear", "matrix")
	}
	c.of = c.one("value", "attainment")
	switch {
	case c.kind == "rate":
		c.of = "value"
	case c.kind == "linear" && !c.ratio:
		c.of = "attainment"
	}
	onValue := c.kind == "retroactive" || c.kind == "rate" || (c.kind == "marginal" && (c.of == "value" || c.chance(60)))
	c.paid = (c.kind == "steps" || c.kind == "interpolate") && c.chance(20)
	c.say("measure: %s", c.measure)
	c.perDeal = c.money && c.of == "value" && c.kind != "matrix" && c.measure != "sold" && c.measure != "new_sold" && !slices.Contains(pooledSums, c.measure) && c.chance(40)
	if c.perDeal {
		c.say("per: deal")
	}
	c.time(c.perDeal || c.measure == "new_sold" || c.measure == "csat_long")
	if c.of == "attainment" || c.chance(20) {
		c.say("quota: %s", c.quota(true))
	}
	if !onValue && !c.paid {
		c.target()
	}
	c.say("curve: %s", c.curve())
	if c.ratio || c.chance(15) {
		c.say("min_n: %d", 1+c.dice(5))
		c.say("missing: %s", c.missing(onValue || c.paid))
	}
	c.rest()
	c.afterwards()
}

// time writes when a component is measured. A measure with a window is not read to date.
func (c *component) time(window bool) {
	every := c.one("month", "month", "quarter", "month", "month", "quarter", "fours")
	c.say("every: %s", every)
	if window || !c.chance(35) {
		return
	}
	c.toDate = c.one("year", "quarter", "half")
	if every != "month" {
		c.toDate = "year"
	}
	c.say("to_date: %s", c.toDate)
	if c.chance(30) {
		c.say("numbers: whole")
	}
}

func (c *component) target() {
	c.say("target: %s", c.one(c.dice.money(60000, 33333, 100001), c.dice.money(60000), "{name: ote}"))
}

// rest writes gates, multipliers, cap, order and how numbers are prorated.
func (c *component) rest() {
	c.gates("    ")
	if c.chance(15) {
		c.say("multiply:")
		fmt.Fprintf(c, "      - {%s, missing: %s, curve: %s}\n", c.one("measure: csat, min_n: 2", "measure: mood"), c.one("neutral", "zero", "hold"),
			c.one(`{kind: steps, of: value, edge: "[lo,hi)", bands: [{from: "0", to: "60%", pays: "50%"}, {from: "60%", to: "400%", pays: "110%"}, {from: "400%", pays: "120%"}]}`,
				`{kind: interpolate, of: value, below: "10%", points: [{at: "20%", pays: "50%"}, {at: "500%", pays: "150%"}]}`))
	}
	if c.chance(35) {
		c.say("cap: %s", c.one(c.dice.money(25000, 99999, 500000), "{name: ote}"))
		switch {
		case c.toDate == "" && c.chance(30):
			c.carries = true
			c.say("excess: carry")
		case c.chance(40):
			c.say("order: [%s]", c.one("gate, multiply, prorate, cap", "cap, gate, multiply, prorate", "prorate, cap, multiply, gate", "multiply, cap, prorate, gate"))
		}
	}
	c.say("prorate: %s", c.one("days", "none", "days", "weekdays", "months", "daily"))
	if c.chance(40) {
		c.say("fte: true")
	}
	if c.chance(15) {
		c.say("leave: ignore")
	}
	if c.chance(5) {
		c.say("mode: shadow")
	}
}

// gates are one or two conditions.
func (c *component) gates(indent string) {
	if !c.chance(35) {
		return
	}
	c.WriteString(indent + "gates:\n")
	for range 1 + c.dice(2) {
		g := c.one(`csat, at_least: "50%", missing: closed`, `units, at_least: "2"`, `last_mood, below: "3", otherwise: "50%"`, `mood, above: "2", missing: open, min_n: 2`,
			`booked, of: attainment, quota: {name: revenue}, at_least: "80%", otherwise: "25%"`, `sold, of: attainment, quota: {name: revenue}, at_most: "150%", to_date: year, numbers: whole`,
			`all_sold, of: attainment, quota: {name: revenue}, above: "150%", otherwise: "50%"`,
			`booked, of: attainment, quota: {amounts: `+c.dice.money(300000)+`}, above: "100%"`)
		if c.kind == "marginal" || c.kind == "retroactive" || c.kind == "steps" {
			g = strings.Replace(g, `otherwise: "50%"`, "otherwise: base", 1)
		}
		fmt.Fprintf(c, "%s  - {measure: %s}\n", indent, g)
	}
}

// scorecard writes parts.
func (c *component) scorecard() {
	c.say("parts:")
	for i, weight := range [][]string{{"100%"}, {"40%", "60%"}, {"25%", "25%", "50%"}}[c.dice(3)] {
		about := c.one("measure: csat, min_n: 2", "measure: mood", "score: {name: objectives}", "measure: booked, quota: {name: revenue}", "measure: their_sold, quota: {name: revenue}", "measure: units, quota: {number: \"3\"}")
		of := "value"
		if strings.Contains(about, "quota") {
			of = "attainment"
		}
		fmt.Fprintf(c, "      - {id: x%d, weight: %q, %s, missing: %s, curve: {kind: interpolate, of: %s, points: [{at: \"0\", pays: \"0%%\"}, {at: \"80%%\", pays: \"100%%\"}, {at: \"400%%\", pays: \"180%%\"}]}%s}\n",
			i, weight, about, c.one("renormalise", "zero", "neutral", "hold"), of, c.one("", `, floor: "20%", cap: "120%"`))
	}
	c.time(false)
	c.target()
	c.rest()
}

func (c *component) missing(onValue bool) string {
	if onValue {
		return c.one("zero", "zero", "hold")
	}
	return c.one("neutral", "zero", "neutral", "hold")
}

// quota is a number to attain, perhaps by seasons or growing with the time of employment.
func (c *component) quota(seasonal bool) string {
	more := ""
	if seasonal && !c.ratio && c.chance(20) {
		more += c.one(`, season: ["20%", "20%", "20%", "40%"]`, `, season: ["45%", "55%"]`)
	}
	if seasonal && !c.ratio && c.chance(20) {
		more += `, ramp: ["50%", "50%", "75%", "100%"]`
	}
	switch {
	case c.chance(40):
		return "{name: " + map[bool]string{true: "revenue", false: "count"}[c.money] + more + "}"
	case c.money:
		return "{amounts: " + c.dice.money(1000000, 333333, 5000001) + more + "}"
	case c.ratio:
		return "{number: " + c.one(`"400%"`, `"0.75"`, `"330%"`) + "}"
	}
	return "{number: " + c.one(`"4"`, `"0.75"`, `"3.3"`) + more + "}"
}

// curve is the text of a curve, its bounds where generated values lie.
func (c *component) curve() string {
	bounds := []string{"50%", "80%", "100%", "120%"}
	switch {
	case c.of == "value" && c.money:
		bounds = []string{"1000", "5000", "5000.01", "20000"}
	case c.of == "value" && c.ratio:
		bounds = []string{"50%", "75%", "300%", "400%"}
	case c.of == "value":
		bounds = []string{"1", "3", "4.5", "10"}
	}
	bounds = bounds[:1+c.dice(len(bounds))]
	pays := func() string { return c.one(`"5%"`, `"0%"`, `"3.25%"`, `"10%"`, `"7.5%"`, `"12%"`) }
	switch {
	case c.paid:
		pays = func() string { return c.dice.money(1000, 0, 33333, 50050) }
	case c.kind != "marginal" && c.kind != "retroactive":
		pays = func() string { return c.one(`"50%"`, `"0%"`, `"100%"`, `"133.33%"`, `"200%"`, `"87.5%"`) }
	}
	edge := c.one("[lo,hi)", "(lo,hi]")
	switch c.kind {
	case "rate":
		return c.one(`{kind: rate, of: value, rate: "5%"}`, `{kind: rate, of: value, rate: "1.333%"}`, `{kind: rate, of: value, rate_attribute: own_rate}`, `{kind: rate, of: value, rate: {name: share}}`)
	case "linear":
		return "{kind: linear, of: " + c.of + "}"
	case "matrix":
		rows, cells := `"0"`, "["+pays()+", "+pays()+"]"
		for _, x := range bounds {
			rows, cells = rows+fmt.Sprintf(", %q", x), cells+", ["+pays()+", "+pays()+"]"
		}
		return fmt.Sprintf(`{kind: matrix, edge: %q, rows: {of: %s, from: [%s]}, columns: {measure: csat, of: value, from: ["0", "50%%"], min_n: 1, missing: %s}, pays: [%s]}`,
			edge, c.of, rows, c.one("neutral", "zero", "hold"), cells)
	case "interpolate":
		out := "{at: " + c.one(`"0"`, `"10%"`) + ", pays: " + pays() + "}"
		for _, x := range bounds {
			out += fmt.Sprintf(", {at: %q, pays: %s}", x, pays())
		}
		below := ""
		if !c.paid && c.chance(40) {
			below = `, below: "5%"`
		}
		return fmt.Sprintf("{kind: interpolate, of: %s%s, points: [%s]}", c.of, below, out)
	}
	from, out := "0", ""
	back := func() string {
		if c.kind == "marginal" && from != "0" && c.chance(30) {
			return ", back: true"
		}
		return ""
	}
	for _, x := range bounds {
		out += fmt.Sprintf("{from: %q, to: %q, pays: %s%s}, ", from, x, pays(), back())
		from = x
	}
	return fmt.Sprintf("{kind: %s, of: %s, edge: %q, bands: [%s{from: %q, pays: %s%s}]}", c.kind, c.of, edge, out, from, pays(), back())
}
