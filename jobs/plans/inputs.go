// Package plans helps people who write plans: it runs the examples beside a plan, warns of what a plan should not say, and
// puts a plan into prose. Examples go through the plan file and the whole calculation, never through a part of it.
package plans

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"sort"
	"strings"

	"carrot/config"
	"carrot/transform"
	"carrot/transform/comp"
)

// system is the source whose tables hold what an example says.
const system = "example"

// world is an example laid out as tables, before any close.
type world struct {
	c         *config.Config
	e         config.Example
	base      transform.Inputs
	tables    map[string]*table // by name; every contract has one
	mistakes  []config.Mistake
	files     []comp.File
	fileIndex map[comp.File]uint32
}

// Company lays an example out as the inputs of closes: the config's plans and measures, and in place of the sources' exports
// what the example says. The function that comes back gives the inputs of the close of a month, run on the third of the
// next, after the postings that the ledger holds. Inputs share one list of files: those of an earlier close are compared
// with those of a later one under the later one's list.
//
// What the example says that the config does not know is an error, each mistake a line with file, line and column.
func Company(c *config.Config, e config.Example) (func(period string, ledger []comp.LedgerEntry) transform.Inputs, error) {
	w := &world{c: c, e: e, tables: map[string]*table{}, fileIndex: map[comp.File]uint32{}}
	w.base = transform.Inputs{Settings: c.Settings, Mapping: c.Mapping, Workers: 1}
	for i := range c.Contracts {
		w.add(c.Contracts[i])
	}
	w.plans()
	w.settings()
	w.people()
	w.numbers()
	w.rates()
	w.facts()
	w.rows()
	w.events()
	w.hours()
	w.adjustments()
	w.base.Mapping.Acceptances = nil
	for _, name := range w.names() {
		w.base.Contracts = append(w.base.Contracts, w.tables[name].finish())
	}
	if len(w.mistakes) > 0 {
		var lines []error
		for _, m := range w.mistakes {
			lines = append(lines, errors.New(m.String()))
		}
		return nil, errors.Join(lines...)
	}
	return w.inputs, nil
}

func (w *world) wrong(at comp.Place, found, want, next string) {
	w.mistakes = append(w.mistakes, config.Mistake{File: at.File, Line: at.Line, Col: at.Col, Found: found, Want: want, Next: next})
}

func (w *world) names() []string {
	var names []string
	for name := range w.tables {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

func (w *world) add(c comp.Contract) *table {
	t := &table{contract: c}
	w.tables[c.Name()] = t
	return t
}

// own adds a table that is the example's, in the order of its columns.
func (w *world) own(name, cause string, keys []string, columns ...comp.Column) *table {
	return w.add(comp.Contract{Source: system, Table: name, Mode: comp.Snapshot, Keys: keys, Cause: cause, Columns: columns})
}

// plans are those that the file names.
func (w *world) plans() {
	files := map[string]bool{}
	for _, p := range w.c.Plans {
		files[p.Where.File] = true
	}
	named := map[string]bool{}
	for _, n := range w.e.Plans {
		file := path.Join(path.Dir(w.e.File), n.Name)
		if !files[file] {
			w.wrong(n.Where, fmt.Sprintf("the plan file %q", n.Name), "a file of plans of the config, beside this one", config.Suggest(n.Name, baseNames(files)))
		}
		named[file] = true
	}
	for _, p := range w.c.Plans {
		if named[p.Where.File] {
			w.base.Plans = append(w.base.Plans, p)
		}
	}
	w.base.Measures = slices.Clone(w.c.Measures)
}

// baseNames are the files as they are written in an example beside them, sorted.
func baseNames(files map[string]bool) []string {
	var names []string
	for f := range files {
		names = append(names, path.Base(f))
	}
	slices.Sort(names)
	return names
}

// settings are the company's; its first pay period is that of the example, and every close recomputes all before it.
func (w *world) settings() {
	s := &w.base.Settings
	s.Expect, s.Approval = nil, false
	if !slices.ContainsFunc(w.e.Expect, func(x config.Expected) bool { return x.Export != "" }) { // names and numbers that payroll takes are not its matter
		s.Entities = slices.Clone(s.Entities)
		for i := range s.Entities {
			s.Entities[i].Payroll = ""
		}
	}
	first, err := comp.ParseMonth(w.e.First)
	if err != nil || len(w.e.Closes) == 0 {
		w.wrong(w.e.Where, "an example without a month that is closed", "one", "add close: 2026-01")
		return
	}
	s.First = first.Start
	last, _ := comp.ParseMonth(w.e.Closes[len(w.e.Closes)-1])
	for s.Restate < 120 && last.Start.AddMonths(-s.Restate) > first.Start {
		s.Restate++
	}
}

// inputs are those of a close.
func (w *world) inputs(period string, ledger []comp.LedgerEntry) transform.Inputs {
	in := w.base
	p, err := comp.ParseMonth(period)
	if err != nil {
		p = comp.Month(in.Settings.First)
	}
	next := comp.Month(p.End)
	in.Run = comp.RunFacts{ID: system, Kind: comp.Close, Period: p, PayDate: min(next.Start+comp.Date(max(1, in.Settings.PayDay)-1), next.End-1),
		Business: p.End + 2, KnownAt: p.End + 2, Program: system}
	in.Ledger = ledger
	in.Tables = make(map[string][]transform.Part, len(w.tables))
	for _, name := range w.names() {
		in.Tables[name] = []transform.Part{w.part(w.tables[name], in.Run.KnownAt)}
	}
	in.Files = w.files
	return in
}

// part is a table as it is known on a day.
func (w *world) part(t *table, known comp.Date) transform.Part {
	rows := t.known(known)
	f := comp.File{Digest: digest(t.contract.Name(), rows), Name: strings.ReplaceAll(t.contract.Name(), ".", "/") + ".csv"}
	i, ok := w.fileIndex[f]
	if !ok {
		i = uint32(len(w.files))
		w.files, w.fileIndex[f] = append(w.files, f), i
	}
	return transform.Part{Seq: 1, Mode: comp.Snapshot, File: i, Splits: []func(func(transform.Batch) error) []comp.Finding{t.split(rows, i)}}
}
