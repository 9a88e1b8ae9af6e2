package jobs

import (
	"math"
	"math/rand"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"carrot/config"
	"carrot/transform"
	"carrot/transform/comp"
	"carrot/transform/naive"
)

// TestBothEnginesFeatures compares both engines on generated plans that say what becomes of deals, currencies, awards and
// costs, for people who come under laws.
func TestBothEnginesFeatures(t *testing.T) {
	n := met{}
	plan := func(d dice, n int) string { return d.evenly(n).planOfAll(n) }
	eachBatch(t, plan, func(t *rapid.T, c *config.Config, _ []string, d dice) {
		for i := range worlds(4) {
			e := d.evenly(i).worldOfAll(plansABatch)
			for _, x := range n.both(t, c, e, func(*transform.Inputs) {}) {
				t.Error(x)
			}
			if t.Failed() {
				t.Fatal(describe(e))
			}
		}
	})
	t.Logf("compared: %+v", n)
	if n.lines < n.closes || n.held == 0 || n.balances == 0 || n.moves <= n.balances || n.inKind == 0 || n.costs == 0 {
		t.Errorf("compared: %+v: too few to tell anything", n)
	}
}

// evenly gives every second time dice whose numbers are all as likely, which hang on one that is drawn: those that are drawn
// are often the least, and can be shrunk.
func (d dice) evenly(n int) dice {
	if n%2 == 0 {
		return d
	}
	return rand.New(rand.NewSource(int64(d(math.MaxInt32)))).Intn
}

// met is how much was compared.
type met struct{ closes, lines, held, balances, moves, inKind, costs int }

// both closes a world with an engine whose inputs were edited, and with the naive one on the true inputs, and gives the first
// close's disagreements that there are any in.
func (n *met) both(t teller, c *config.Config, e config.Example, edit func(*transform.Inputs)) (found []string) {
	var plain Plain
	closeAll(t, c, e, transform.DefaultVerbs(), func(now transform.Inputs, _ *comp.Result) bool {
		in, err := plain.Inputs(&now)
		if err != nil {
			t.Fatalf("%v", err)
		}
		edit(&now)
		r, _, err := transform.ComputeWith(transform.DefaultVerbs(), now, nil)
		if err != nil {
			t.Fatalf("%v", err)
		}
		x := moving(posted(paidLines(r), now.Ledger, r), r)
		*n = met{n.closes + 1, n.lines + len(x.Lines), n.held + len(x.Held), n.balances + len(x.Balances), n.moves + len(x.Moves), n.inKind + len(x.InKind), n.costs + len(x.Costs)}
		found = disagreements(now.Run.Period.Name(), x, naive.Statements(in))
		return len(found) == 0
	})
	return found
}

// TestInjectedFaultIsFoundFeatures lets the engine forget one thing that plans say after another: each must show.
func TestInjectedFaultIsFoundFeatures(t *testing.T) {
	each := func(edit func(p *comp.Plan, c *comp.Component)) func(*transform.Inputs) {
		return func(in *transform.Inputs) {
			in.Plans = slices.Clone(in.Plans)
			for i := range in.Plans {
				p := &in.Plans[i]
				p.Components = slices.Clone(p.Components)
				for k := range p.Components {
					edit(p, &p.Components[k])
				}
			}
		}
	}
	for name, forget := range map[string]func(*transform.Inputs){
		"nothing is held":        each(func(_ *comp.Plan, c *comp.Component) { c.Release = nil }),
		"nothing is taken back":  each(func(_ *comp.Plan, c *comp.Component) { c.Clawback = nil }),
		"budgets without end":    each(func(_ *comp.Plan, c *comp.Component) { c.Budget = nil }),
		"cents of each":          each(func(p *comp.Plan, _ *comp.Component) { p.RoundAt = "" }),
		"closing rates":          each(func(p *comp.Plan, _ *comp.Component) { p.FX = comp.FXUse{} }),
		"no tax is borne":        each(func(_ *comp.Plan, c *comp.Component) { c.Award = withoutTax(c.Award) }),
		"nothing is capitalised": each(func(_ *comp.Plan, c *comp.Component) { c.Cost = nil }),
		"no law": func(in *transform.Inputs) {
			in.Settings.Legal = slices.DeleteFunc(slices.Clone(in.Settings.Legal), func(l comp.Legal) bool { return l.Rule != "gross_up" })
		},
	} {
		t.Run(name, func(t *testing.T) {
			for seed := range int64(60) {
				d := dice(rand.New(rand.NewSource(seed)).Intn)
				c := plangenBatch(t, d.batch(dice.planOfAll))
				for range 2 {
					if (&met{}).both(t, c, d.worldOfAll(plansABatch), forget) != nil {
						return
					}
				}
			}
			t.Error("nobody noticed")
		})
	}
}

func withoutTax(a *comp.Award) *comp.Award {
	if a == nil {
		return nil
	}
	b := *a
	b.GrossUp = ""
	return &b
}
