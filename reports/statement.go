package reports

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"sync/atomic"

	"carrot/transform/comp"
)

// pending is a statement with the path that its file will have.
type pending struct {
	path      string
	statement *comp.Statement
}

// renderStatements sets one PDF per payee. Several are set at a time; they are handed over in the order of their paths,
// and no more than a few wait in memory.
func renderStatements(r *comp.Result, o Options, put func(File) error) error {
	todo, err := statementPaths(r, o)
	if err != nil {
		return err
	}
	type done struct {
		bytes []byte
		err   error
	}
	idx := newIndex(r)
	workers := max(1, runtime.GOMAXPROCS(0))
	slots := make([]chan done, 2*workers) // a ring: statement i is delivered through slot i modulo its length
	for i := range slots {
		slots[i] = make(chan done, 1)
	}
	start := func(i int) {
		if i < len(todo) {
			go func() {
				b, err := statementPDF(idx, todo[i].statement)
				slots[i%len(slots)] <- done{b, err}
			}()
		}
	}
	for i := range slots {
		start(i)
	}
	for i, p := range todo {
		d := <-slots[i%len(slots)]
		err := d.err
		if err == nil {
			err = put(File{Path: p.path, Media: mediaPDF, Class: comp.Personal, Bytes: d.bytes})
		}
		if err != nil {
			for j := i + 1; j < min(len(todo), i+len(slots)); j++ {
				<-slots[j%len(slots)] // nobody is left behind
			}
			return fmt.Errorf("statement %s: %w", p.statement.ID, err)
		}
		start(i + len(slots))
	}
	return nil
}

// statementPaths are in the order of the paths. Two statements that would fall into one folder are an error: one
// person would read another's pay.
func statementPaths(r *comp.Result, o Options) ([]pending, error) {
	person := o.Person
	if person == nil {
		person = func(payee string) string { return payee }
	}
	var out []pending
	for _, s := range statements(r) {
		name, err := folder("payee", person(s.Payee))
		if err != nil {
			return nil, err
		}
		out = append(out, pending{"people/" + name + "/statement-" + r.Run.Period.Name() + ".pdf", s})
	}
	slices.SortStableFunc(out, func(a, b pending) int { return cmp.Compare(a.path, b.path) })
	for i := 1; i < len(out); i++ {
		if out[i].path == out[i-1].path {
			return nil, fmt.Errorf("statements %s and %s would both be %s", out[i-1].statement.ID, out[i].statement.ID, out[i].path)
		}
	}
	return out, nil
}

// index finds what belongs to one payee without going through everything for each.
type index struct {
	r           *comp.Result
	entities    map[string]comp.LegalEntity
	findings    map[string]finding           // by id
	held        map[string][]comp.Held       // by payee
	adjustments map[string][]comp.Adjustment // by payee
	definitions map[string]comp.Definition   // by measure
	uncommon    atomic.Bool                  // the statement set last had a letter beyond commonFonts
}

func newIndex(r *comp.Result) *index {
	x := &index{r: r, entities: map[string]comp.LegalEntity{}, findings: map[string]finding{}, held: map[string][]comp.Held{},
		adjustments: map[string][]comp.Adjustment{}, definitions: map[string]comp.Definition{}}
	for _, d := range r.Definitions {
		x.definitions[d.Measure] = d
	}
	for _, e := range r.Entities {
		x.entities[e.ID] = e
	}
	for _, f := range findings(r) {
		x.findings[f.id] = f
	}
	for _, h := range heldRows(r) {
		x.held[h.Payee] = append(x.held[h.Payee], h)
	}
	for _, a := range adjustments(r) {
		x.adjustments[a.Payee] = append(x.adjustments[a.Payee], a)
	}
	return x
}

// heldRows are the held entries in the order of the Held sheet.
func heldRows(r *comp.Result) []comp.Held {
	return slices.SortedStableFunc(slices.Values(r.Held), func(a, b comp.Held) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Payee, b.Payee), cmp.Compare(a.Table, b.Table), cmp.Compare(a.Key, b.Key),
			cmp.Compare(a.Label, b.Label), cmp.Compare(a.Amount, b.Amount), cmp.Compare(a.Reason, b.Reason), slices.Compare(a.Findings, b.Findings))
	})
}

// adjustments are those of the pay period, by payee and id.
func adjustments(r *comp.Result) []comp.Adjustment {
	return slices.SortedStableFunc(slices.Values(r.Adjustments), func(a, b comp.Adjustment) int {
		return cmp.Or(cmp.Compare(a.Payee, b.Payee), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Amount.Minor, b.Amount.Minor))
	})
}

// behind are the credits of a component's calculation, by date and key. Its earning lines name them; a component that
// is only shown has no line, so its measure's credits in the measuring period stand for them.
func (p *sheet) behind(c *comp.ComponentResult) []comp.Credit {
	same := 0
	for _, o := range p.s.Components {
		if o.Plan == c.Plan && o.Component == c.Component {
			same++
		}
	}
	var at []int
	lined := false
	for _, l := range p.s.Lines {
		if !earned(l) || l.Plan != c.Plan || l.Component != c.Component {
			continue
		}
		lined = true
		for _, i := range l.Credits {
			if same == 1 || c.Period.Contains(p.own[i].Date) {
				at = append(at, i)
			}
		}
	}
	if !lined {
		for i := range p.own {
			if p.own[i].Measure == c.Measure && c.Period.Contains(p.own[i].Date) {
				at = append(at, i)
			}
		}
	}
	return p.pick(at)
}

// pick are credits by index, each once, by date and key.
func (p *sheet) pick(at []int) []comp.Credit {
	at = slices.Compact(slices.Sorted(slices.Values(at)))
	out := make([]comp.Credit, 0, len(at))
	for _, i := range at {
		if i >= 0 && i < len(p.own) {
			out = append(out, p.own[i])
		}
	}
	slices.SortStableFunc(out, func(a, b comp.Credit) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Key, b.Key), comp.CompareCredits(&a, &b))
	})
	return out
}
