package jobs

import (
	"encoding/json"
	"math/rand"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"carrot/config"
	"carrot/jobs/plans"
	"carrot/transform"
	"carrot/transform/comp"
)

// A property is tried on generated plans and worlds with the engine as it ships, where it must hold, and with faults planted
// into the engine, each of which it must find.

// property is what must hold for every plan and world.
type property struct {
	number int // among the invariants; 0: beyond them
	says   string
	try    func(p *trial)
	faults []flaw
	rarely bool // it takes long: one world of every third batch, and of very many batches fewer
}

// flaw is a mistake of an engine: in its verbs, in what it reads or in what it gives.
type flaw struct {
	name   string
	verbs  func(v *transform.Verbs)
	before func(in *transform.Inputs)
	after  func(now *transform.Inputs, r *comp.Result)
	others string // what other processes are told; see theSameAnywhere
}

// trial is one try of a property.
type trial struct {
	teller
	c     *config.Config
	texts []string // of the plans
	d     dice
	e     config.Example
	fault flaw
	seen  int // how much was compared
}

// teller hears what is wrong.
type teller interface {
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// compute is the engine that a property is about.
func (p *trial) compute(now transform.Inputs, prev *transform.Inputs) (*comp.Result, *transform.Lineage, error) {
	v := transform.DefaultVerbs()
	if p.fault.verbs != nil {
		p.fault.verbs(&v)
	}
	if p.fault.before != nil {
		p.fault.before(&now)
	}
	r, lineage, err := transform.ComputeWith(v, now, prev)
	if err == nil && p.fault.after != nil {
		p.fault.after(&now, r)
	}
	return r, lineage, err
}

// present computes the last close of a world with nothing posted before it: all months at once.
func (p *trial) present(e config.Example, edit func(in *transform.Inputs)) *comp.Result {
	r, _ := p.traced(e, edit)
	return r
}

// traced is present with the rows behind every line.
func (p *trial) traced(e config.Example, edit func(in *transform.Inputs)) (*comp.Result, *transform.Lineage) {
	at, err := plans.Company(p.c, e)
	if err != nil {
		p.Fatalf("%v", err)
	}
	in := at(e.Closes[len(e.Closes)-1], nil)
	if edit != nil {
		edit(&in)
	}
	r, lineage, err := p.compute(in, nil)
	if err != nil {
		p.Fatalf("%v", err)
	}
	return r, lineage
}

// close closes a world month after month and lets see look at each.
func (p *trial) close(e config.Example, see func(now transform.Inputs, r *comp.Result) bool) {
	closeBy(p, p.c, e, p.compute, see)
}

// closeAll closes an example month after month with some verbs and lets see look at each.
func closeAll(t teller, c *config.Config, e config.Example, v transform.Verbs, see func(now transform.Inputs, r *comp.Result) bool) {
	closeBy(t, c, e, func(now transform.Inputs, prev *transform.Inputs) (*comp.Result, *transform.Lineage, error) {
		return transform.ComputeWith(v, now, prev)
	}, see)
}

func closeBy(t teller, c *config.Config, e config.Example, compute Calculation, see func(now transform.Inputs, r *comp.Result) bool) {
	at, err := plans.Company(c, e)
	if err != nil {
		t.Fatalf("%v", err)
	}
	var ledger []comp.LedgerEntry
	var prev *transform.Inputs
	for _, month := range e.Closes {
		now := at(month, ledger)
		if prev != nil {
			prev.Files = now.Files
		}
		r, _, err := compute(now, prev)
		if err != nil {
			t.Fatalf("%s: %v", month, err)
		}
		if !see(now, r) {
			return
		}
		ledger = append(slices.Clip(ledger), r.Ledger...)
		prev = &now
	}
}

// TestProperties tries every property on generated plans.
func TestProperties(t *testing.T) {
	for _, x := range properties {
		t.Run(x.name(), func(t *testing.T) {
			seen, batch := 0, 0
			eachBatch(t, dice.planOfDeals, func(t *rapid.T, c *config.Config, texts []string, d dice) {
				n := worlds(3)
				if x.rarely {
					n = 1
				}
				if batch++; x.rarely && (veryMany && batch%16 != 1 || batch%3 != 1) {
					n = 0
				}
				for range n {
					p := &trial{teller: t, c: c, texts: texts, d: d, e: d.world(plansABatch)}
					x.try(p)
					seen += p.seen
				}
			})
			if seen == 0 {
				t.Error("nothing was compared")
			}
		})
	}
}

// TestPropertiesFindFaults plants one mistake after another into the engine: generated plans show each property that it is
// broken.
func TestPropertiesFindFaults(t *testing.T) {
	for _, x := range properties {
		if len(x.faults) == 0 {
			t.Errorf("%s: nobody knows whether it can fail", x.name())
		}
		for _, f := range x.faults {
			t.Run(x.name()+"/"+f.name, func(t *testing.T) {
				for seed := range int64(80) {
					if x.finds(t, f, seed) {
						return
					}
				}
				t.Error("nobody noticed")
			})
		}
	}
}

// finds says whether a property fails with a fault, on the plans and worlds of a seed.
func (x *property) finds(t *testing.T, f flaw, seed int64) bool {
	d := dice(rand.New(rand.NewSource(seed)).Intn)
	texts := d.batch(dice.planOfDeals)
	c, heard := plangenBatch(t, texts), &listener{T: t}
	for range 3 {
		if x.try(&trial{teller: heard, c: c, texts: texts, d: d, e: d.world(plansABatch), fault: f}); heard.wrong {
			return true
		}
	}
	return false
}

// listener hears that something is wrong; what stops a property altogether fails the test.
type listener struct {
	*testing.T
	wrong bool
}

// Errorf remembers.
func (l *listener) Errorf(string, ...any) { l.wrong = true }

func asJSON(r *comp.Result) string {
	b, err := json.Marshal(r)
	if err != nil {
		return err.Error()
	}
	return string(b)
}
