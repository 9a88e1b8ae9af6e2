package config

import (
	"strconv"
	"strings"

	"carrot/transform/comp"
)

// person reads somebody: every key but these is an attribute.
func (f fields) person() (ExamplePerson, bool) {
	if !f.need(exampleSpecs["person"].keyList(true)) {
		return ExamplePerson{}, false
	}
	p := ExamplePerson{ID: f.text("id"), Known: f.day("known"), From: f.day("from"), To: f.day("to"), Attrs: f.attrs(exampleSpecs["person"].keyList(false)), Where: f.place()}
	last := p.From
	for _, n := range f.optional("then", "changes") {
		k, ok := n.entries("a change")
		if !ok || !k.need(exampleSpecs["then"].keyList(true)) {
			continue
		}
		c := ExampleChange{From: k.day("from"), Known: k.day("known"), Attrs: k.attrs(exampleSpecs["then"].keyList(false))}
		if c.From < last || c.From == p.From {
			k.at("from").wrong("a change on "+c.From.String()+" after "+last.String(), "changes in ascending order, after the first day", "sort them")
		}
		last = c.From
		p.Then = append(p.Then, c)
	}
	return p, true
}

func (f fields) exampleNumber() (ExampleNumber, bool) {
	f, ok := f.node.sample("numbered")
	if !ok {
		return ExampleNumber{}, false
	}
	x := ExampleNumber{Payee: f.text("payee"), Name: f.text("name"), From: f.day("from"), To: f.day("to"), Currency: f.currency("currency"), Known: f.day("known"), Where: f.place()}
	x.Amount, ok = f.at("amount").ratio()
	return x, ok
}

func (f fields) exampleRate() (ExampleRate, bool) {
	f, ok := f.node.sample("rate")
	if !ok {
		return ExampleRate{}, false
	}
	x := ExampleRate{Date: f.day("date"), From: f.currency("from"), To: f.currency("to"), Kind: f.choice("kind", "daily", "daily", "plan", "average"), Known: f.day("known"), Where: f.place()}
	x.Rate, ok = f.at("rate").number()
	return x, ok
}

func (f fields) exampleEvent() (ExampleEvent, bool) {
	f, ok := f.node.sample("event")
	if !ok {
		return ExampleEvent{}, false
	}
	return ExampleEvent{Of: f.text("of"), Event: f.text("event"), On: f.day("on"), Known: f.day("known"), Amount: f.figure("amount"), Score: f.figure("score"), Where: f.place()}, true
}

func (f fields) exampleHours() (ExampleHours, bool) {
	f, ok := f.node.sample("week")
	if !ok {
		return ExampleHours{}, false
	}
	x := ExampleHours{Payee: f.text("payee"), Week: f.day("week"), Known: f.day("known"), Where: f.place()}
	x.Hours, ok = f.at("hours").number()
	return x, ok
}

func (f fields) exampleAdjustment() (ExampleAdjustment, bool) {
	f, ok := f.node.sample("adjustment")
	if !ok {
		return ExampleAdjustment{}, false
	}
	x := ExampleAdjustment{Payee: f.text("payee"), Reason: f.text("reason"), Currency: f.currency("currency"), Where: f.place()}
	if m, ok := f.at("in").month(); ok {
		x.In = m.Name()
	}
	x.Amount, ok = f.at("amount").number()
	return x, ok
}

// exampleFacts reads facts by measure.
func (f fields) exampleFacts() (out []ExampleFacts) {
	if !f.has("facts") {
		return nil
	}
	k, ok := f.at("facts").entries("facts by measure")
	if !ok {
		return nil
	}
	for _, id := range k.order() {
		x := ExampleFacts{Measure: Named{id, k.keyNode(id).place()}}
		for _, n := range k.at(id).items("facts") {
			if r, ok := n.sample("fact"); ok {
				x.Facts = append(x.Facts, r.fact())
			}
		}
		out = append(out, x)
	}
	return out
}

func (f fields) fact() ExampleFact {
	x := ExampleFact{Payee: f.text("payee"), Key: f.text("key"), On: f.day("on"), Known: f.day("known"), Currency: f.currency("currency"),
		Times: f.integer("times", 1, 1, 10_000), Where: f.place()}
	if v, ok := f.at("value").ratio(); ok {
		x.Value = &v
	}
	if f.has("hits") != f.has("of") {
		f.wrong("hits without of, or of without hits", "both: how many rows there are, and how many of them are hits", "add the other")
	}
	if f.has("misses") && !f.has("of") {
		f.wrong("misses without of", "how many rows there are", "add hits: and of:")
	}
	x.Hits, x.Misses, x.Of = f.integer("hits", 0, 0, 1_000_000), f.integer("misses", 0, 0, 1_000_000), f.integer("of", 0, 1, 1_000_000)
	if x.Hits > x.Of {
		f.at("hits").wrong(strconv.Itoa(x.Hits)+" hits of "+strconv.Itoa(x.Of)+" rows", "at most as many hits as rows", "correct one")
	} else if x.Hits+x.Misses > x.Of {
		f.at("misses").wrong(strconv.Itoa(x.Misses)+" misses beside "+strconv.Itoa(x.Hits)+" hits of "+strconv.Itoa(x.Of)+" rows", "at most as many of both as rows", "correct one")
	}
	if g, ok := f.at("groups").entries("groups"); ok {
		x.Groups = g.attrs("")
	}
	return x
}

// exampleTables reads rows of tables: cells by column.
func (f fields) exampleTables() (out []ExampleTable) {
	if !f.has("tables") {
		return nil
	}
	k, ok := f.at("tables").entries("rows by table")
	if !ok {
		return nil
	}
	for _, id := range k.order() {
		x := ExampleTable{Table: Named{id, k.keyNode(id).place()}}
		for _, n := range k.at(id).items("rows") {
			r, ok := n.entries("a row")
			if !ok {
				continue
			}
			row := ExampleRow{Known: r.day("known"), Where: n.place()}
			for _, c := range r.order() {
				if s, ok := r.at(c).cell(); ok && c != "known" {
					row.Cells = append(row.Cells, ExampleCell{c, s, r.at(c).place()})
				}
			}
			x.Rows = append(x.Rows, row)
		}
		out = append(out, x)
	}
	return out
}

// Expected is one expectation of a close.
type Expected struct {
	In      string // the pay period of the close, YYYY-MM; "" the last
	Payee   string
	Plan    string
	Line    string // a line's component, or an account's such as commission:release; "" where another thing is expected
	Kind    string // with Line: its kind; "" any
	Cause   string // with Line: its cause; "" any
	For     string // with Line: the pay period that it belongs to; "" any
	Pays    *comp.Number
	Total   *comp.Number
	Figures []ExpectedFigure // of the component's calculation: quota, target, attainment, value, n; of a balance: opens …
	Balance string           // an account: draw, hold, clawback, carry
	Held    *comp.Number     // what a hold keeps
	Reason  string
	Finding string // a code of a finding; a payee's where one is named
	Missing bool   // the component's measure has no value
	Working string // a part of a sentence of the component's working
	Export  string // a payroll file's layout
	Rows    []string
	Costs   []ExpectedFigure // by month YYYY-MM or write_off
	Where   comp.Place
}

// ExpectedFigure is a named number; it is held against the engine's, rounded half away from zero to the digits written.
type ExpectedFigure struct {
	Name   string
	Text   string
	Value  comp.Number
	Digits int // after the point, as written
	Where  comp.Place
}

// The figures of a component and of a balance that an example may expect.
const (
	componentFigures = "quota target attainment value n exact low high se raw effective deff standing"
	balanceFigures   = "opens adds takes written_off closes"
	kindFigures      = "in_kind gross"
)

func (n node) expected() (Expected, bool) {
	f, ok := n.sample("expectation")
	if !ok {
		return Expected{}, false
	}
	x := Expected{Payee: f.text("payee"), Plan: f.text("plan"), Line: f.text("component"), Kind: f.text("kind"), Cause: f.text("cause"), Pays: f.figure("pays"), Total: f.figure("total"),
		Held: f.figure("held"), Reason: f.text("reason"), Finding: f.text("finding"), Missing: f.boolean("missing"), Working: f.text("working"), Where: n.place()}
	x.Balance = f.choice("balance", "", "draw", "hold", "clawback", "carry")
	x.Export = f.choice("export", "", "neutral", "adp", "gusto")
	for key, to := range map[string]*string{"in": &x.In, "for": &x.For} { // each to a field of its own: the order leaves no trace
		if m, ok := f.at(key).month(); ok {
			*to = m.Name()
		}
	}
	x.Rows, _ = f.texts("rows")
	if f.has("rows") && x.Rows == nil {
		x.Rows = []string{}
	}
	for _, key := range f.order() {
		if one, ok := f.at(key).expectedFigure(key, componentFigures+" "+balanceFigures+" "+kindFigures); ok {
			x.Figures = append(x.Figures, one)
		}
	}
	if f.has("costs") {
		k, _ := f.at("costs").entries("costs by month")
		for _, key := range k.order() {
			if one, ok := k.at(key).expectedFigure(key, key); ok {
				x.Costs = append(x.Costs, one)
			}
		}
	}
	return x, x.says(f)
}

// says refuses an expectation that expects nothing, or of nobody.
func (x Expected) says(f fields) bool {
	switch {
	case len(f.typos) > 0: // told already
	case x.Pays == nil && x.Total == nil && len(x.Figures) == 0 && x.Held == nil && x.Finding == "" && !x.Missing && x.Working == "" && x.Rows == nil && len(x.Costs) == 0:
		f.wrong("an expectation that expects nothing", "what is paid", `add component: and pays:, or total:`)
	case x.Pays != nil && x.Line == "":
		f.keyNode("pays").wrong("pays without component", "the component that pays", "add component:, or write total:")
	case x.Payee == "" && x.Finding == "" && x.Export == "":
		f.wrong("an expectation of nobody", "a payee", "add payee:")
	case x.Export == "" && x.Rows != nil:
		f.keyNode("rows").wrong("rows without export", "the payroll file's layout", "add export: neutral, adp or gusto")
	default:
		return true
	}
	return false
}

// expectedFigure reads a figure, where the key is one of the keys.
func (n node) expectedFigure(key, keys string) (ExpectedFigure, bool) {
	if !strings.Contains(" "+keys+" ", " "+key+" ") {
		return ExpectedFigure{}, false
	}
	v, ok := n.ratio()
	if !ok {
		return ExpectedFigure{}, false
	}
	text, percent := strings.CutSuffix(n.y.Value, "%")
	digits := 0
	if _, after, point := strings.Cut(text, "."); point {
		digits = len(after)
	}
	if percent {
		digits += 2
	}
	return ExpectedFigure{Name: key, Text: n.y.Value, Value: v, Digits: digits, Where: n.place()}, true
}
