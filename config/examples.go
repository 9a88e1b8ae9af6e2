package config

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"carrot/transform/comp"
)

// ExamplesSuffix ends the names of files that hold examples of plans. They lie beside the plans and are no plans.
const ExamplesSuffix = ".test.yaml"

// Example is one example of plans: a small world, the closes that are made in it, and what is expected of them.
type Example struct {
	File    string   // the file that it stands in
	Plans   []Named  // the plan files that take part, beside File
	Name    string   // unique in the file
	Closes  []string // pay periods YYYY-MM in the order in which they are closed and posted
	First   string   // the first pay period of the company, YYYY-MM; the first of Closes where not written
	People  []ExamplePerson
	Numbers []ExampleNumber
	FX      []ExampleRate
	Facts   []ExampleFacts // by measure, in the file's order: they stand for the measure's own rows
	Tables  []ExampleTable // rows of the sources' own tables, in the file's order
	Events  []ExampleEvent
	Hours   []ExampleHours
	Adjust  []ExampleAdjustment
	Expect  []Expected
	Only    bool // every line that no expectation names is a failure
	Where   comp.Place
}

// Named is a name with the place where it stands.
type Named struct {
	Name  string
	Where comp.Place
}

// ExamplePerson is what holds of a person from a day on. A second one of the same id is a further spell of employment.
type ExamplePerson struct {
	ID    string
	Known comp.Date // from when it is known; NoDate: always. It then replaces what was known of the same id and first day
	From  comp.Date
	To    comp.Date // the last day, inclusive; NoDate: none
	Attrs []ExampleAttr
	Then  []ExampleChange
	Where comp.Place
}

// ExampleAttr is an attribute.
type ExampleAttr struct{ Name, Value string }

// ExampleChange is attributes that change on a day. An empty text takes an attribute away.
type ExampleChange struct {
	From  comp.Date
	Known comp.Date
	Attrs []ExampleAttr
}

// ExampleNumber is a row of the number table.
type ExampleNumber struct {
	Payee, Name string
	From, To    comp.Date // both inclusive; NoDate: open
	Amount      comp.Number
	Currency    comp.Currency // "" a plain number
	Known       comp.Date
	Where       comp.Place
}

// ExampleRate is a row of the table of rates.
type ExampleRate struct {
	Date, Known comp.Date
	From, To    comp.Currency
	Rate        comp.Number
	Kind        string // daily, plan, average
	Where       comp.Place
}

// ExampleFacts are facts that enter a measure directly.
type ExampleFacts struct {
	Measure Named
	Facts   []ExampleFact
}

// ExampleFact is one row of a measure, or several alike.
type ExampleFact struct {
	Payee            string
	Key              string // "": numbered
	On               comp.Date
	Known            comp.Date
	Value            *comp.Number
	Currency         comp.Currency
	Hits, Misses, Of int           // of Of rows, Hits are hits and Misses misses; Of 0: not given
	Groups           []ExampleAttr // cells of the columns that the measure groups rows by
	Times            int           // so many rows alike; 1 unless told
	Where            comp.Place
}

// ExampleTable is rows of a table.
type ExampleTable struct {
	Table Named
	Rows  []ExampleRow
}

// ExampleRow is a row's cells by column; those that are not written are empty.
type ExampleRow struct {
	Cells []ExampleCell
	Known comp.Date
	Where comp.Place
}

// ExampleCell is the text of a cell.
type ExampleCell struct {
	Column, Text string
	Where        comp.Place
}

// ExampleEvent is what happened to a record.
type ExampleEvent struct {
	Of, Event     string
	On, Known     comp.Date
	Amount, Score *comp.Number
	Where         comp.Place
}

// ExampleHours are hours of a week.
type ExampleHours struct {
	Payee       string
	Week, Known comp.Date
	Hours       comp.Number
	Where       comp.Place
}

// ExampleAdjustment is money that a person decided on.
type ExampleAdjustment struct {
	Payee, Reason, In string // In: the pay period
	Amount            comp.Number
	Currency          comp.Currency
	Where             comp.Place
}

// ParseExamples reads a file of examples. It is strict as plans are; with mistakes the examples must not be run.
func ParseExamples(name string, b []byte) ([]Example, []Mistake) {
	l := &loader{config: &Config{}}
	docs, _ := l.parse(name, b)
	if len(l.mistakes) > 0 {
		return nil, l.sorted()
	}
	for _, d := range docs[1:] {
		d.wrong("a second document", "one document in "+name, "remove --- and what follows")
	}
	f, ok := docs[0].sample("examples")
	if !ok {
		return nil, l.sorted()
	}
	var plans []Named
	names, nodes := f.texts("test")
	for i, n := range nodes {
		plans = append(plans, Named{names[i], n.place()})
	}
	var out []Example
	seen := map[string]int{}
	for _, n := range f.at("examples").items("examples") {
		k, ok := n.sample("example")
		if !ok {
			continue
		}
		x := k.example()
		x.File, x.Plans = name, plans
		if line, twice := seen[x.Name]; twice && x.Name != "" {
			k.at("name").wrong("the example "+strconv.Quote(x.Name)+" a second time", "each name once", "rename it; the first is in line "+strconv.Itoa(line))
		}
		seen[x.Name] = k.at("name").place().Line
		out = append(out, x)
	}
	if f.at("examples").isList() && len(out) == 0 {
		f.at("examples").wrong("an empty list", "at least one example", "add - {name: …, close: 2026-01, people: …, facts: …, expect: …}")
	}
	return out, l.sorted()
}

func (f fields) example() Example {
	x := Example{Name: f.text("name"), Where: f.at("name").place(), Only: f.boolean("only")}
	closes := []node{f.at("close")}
	if f.at("close").isList() {
		closes = f.at("close").items("months")
	}
	for _, n := range closes {
		if m, ok := n.month(); ok {
			if last := len(x.Closes); last > 0 && x.Closes[last-1] >= m.Name() {
				n.wrong("the close of "+m.Name()+" after that of "+x.Closes[last-1], "months in ascending order", "sort them")
			}
			x.Closes = append(x.Closes, m.Name())
		}
	}
	if len(x.Closes) > 0 {
		x.First = x.Closes[0]
	}
	if m, ok := f.at("first").month(); ok {
		x.First = m.Name()
	}
	x.People = read(f, "people", "people", fields.person)
	x.Numbers = read(f, "numbers", "numbers", fields.exampleNumber)
	x.FX = read(f, "fx", "rates", fields.exampleRate)
	x.Events = read(f, "events", "events", fields.exampleEvent)
	x.Hours = read(f, "hours", "hours", fields.exampleHours)
	x.Adjust = read(f, "adjustments", "adjustments", fields.exampleAdjustment)
	x.Facts, x.Tables = f.exampleFacts(), f.exampleTables()
	for _, n := range f.optional("expect", "expectations") {
		if e, ok := n.expected(); ok {
			x.Expect = append(x.Expect, e)
		}
	}
	return x
}

// read reads a list of mappings of any keys; one reads a single entry and says whether it is sound.
func read[T any](f fields, key, what string, one func(fields) (T, bool)) (out []T) {
	for _, n := range f.optional(key, what) {
		k, ok := n.entries("an entry of " + key)
		if !ok {
			continue
		}
		if x, ok := one(k); ok {
			out = append(out, x)
		}
	}
	return out
}

// day is an optional day.
func (f fields) day(key string) comp.Date {
	d, ok := f.at(key).date()
	if !ok {
		return comp.NoDate
	}
	return d
}

// figure is an optional exact number.
func (f fields) figure(key string) *comp.Number {
	v, ok := f.at(key).number()
	if !ok {
		return nil
	}
	return &v
}

// cell is a scalar's text, whatever it looks like.
func (n node) cell() (string, bool) {
	if !n.ok() || n.y.Kind != yaml.ScalarNode {
		n.wrong(n.says(), "one value", "write one")
		return "", false
	}
	if n.y.Tag == "!!null" {
		return "", true
	}
	return n.y.Value, true
}

// attrs are the keys that are no others, as attributes.
func (f fields) attrs(others string) (out []ExampleAttr) {
	for _, k := range f.order() {
		if strings.Contains(" "+others+" ", " "+k+" ") {
			continue
		}
		if s, ok := f.at(k).cell(); ok {
			out = append(out, ExampleAttr{k, s})
		}
	}
	return out
}

func (f fields) need(keys string) bool {
	ok := true
	for _, k := range strings.Fields(keys) {
		if !f.has(k) {
			f.wrong(f.what+" without the key "+k, "", "add "+k+":")
			ok = false
		}
	}
	return ok
}
