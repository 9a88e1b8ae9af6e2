package jobs

import (
	"flag"
	"fmt"
	"math/rand"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"carrot/config"
	"carrot/transform"
	"carrot/transform/comp"
	"carrot/transform/naive"
)

// plansABatch are compiled together, for worldsABatch worlds.
const (
	plansABatch  = 8
	worldsABatch = 8
)

// veryMany says that very many plans are tried, each on fewer worlds.
var veryMany = os.Getenv("CARROT_LONG") != ""

// worlds is how many of a batch's worlds a test looks at: of the long count fewer.
func worlds(n int) int {
	if veryMany {
		return max(1, n/4)
	}
	return n
}

var planCount = flag.Int("plans", 0, "how many generated plans the properties are tried on; 0: 200, or 10,000 with CARROT_LONG")

// eachBatch tries a property on batches of generated plans. A failure is shrunk and names its seed.
func eachBatch(t *testing.T, plan func(d dice, n int) string, property func(t *rapid.T, c *config.Config, texts []string, d dice)) {
	t.Helper()
	n := *planCount
	switch {
	case n > 0:
	case veryMany:
		n = 10000
	default:
		n = 200
	}
	if err := flag.Set("rapid.checks", fmt.Sprint(max(1, n/plansABatch))); err != nil {
		t.Fatal(err)
	}
	if f := flag.Lookup("rapid.seed"); f.Value.String() == "0" { // the same plans each day: -rapid.seed=N tries others
		if err := f.Value.Set("1"); err != nil {
			t.Fatal(err)
		}
	}
	rapid.Check(t, func(r *rapid.T) {
		d := dice(func(n int) int { return rapid.IntRange(0, n-1).Draw(r, "") })
		texts := d.batch(plan)
		c := plangenBatch(t, texts)
		defer func() {
			if r.Failed() {
				r.Log(plangenText(texts))
			}
		}()
		property(r, c, texts, d)
	})
}

// batch is the texts of a batch of plans.
func (d dice) batch(plan func(d dice, n int) string) (texts []string) {
	for i := range plansABatch {
		texts = append(texts, plan(d, i))
	}
	return texts
}

// TestBothEnginesRandom compares both engines on every close of generated worlds under generated plans.
func TestBothEnginesRandom(t *testing.T) {
	closes, lines, held, balances := 0, 0, 0, 0
	eachBatch(t, dice.plan, func(t *rapid.T, c *config.Config, _ []string, d dice) {
		for range worlds(worldsABatch) {
			e := d.world(plansABatch)
			var plain Plain
			closeAll(t, c, e, transform.DefaultVerbs(), func(now transform.Inputs, r *comp.Result) bool {
				in, err := plain.Inputs(&now)
				if err != nil {
					t.Fatal(err)
				}
				engine := posted(paidLines(r), now.Ledger, r)
				closes, lines, held, balances = closes+1, lines+len(engine.Lines), held+len(engine.Held), balances+len(engine.Balances)
				found := disagreements(now.Run.Period.Name(), engine, naive.Statements(in))
				for _, x := range found {
					t.Error(x)
				}
				if len(found) > 0 {
					t.Log(describe(e))
				}
				return len(found) == 0
			})
		}
	})
	t.Logf("%d closes, %d lines, %d balances, %d held payees compared", closes, lines, balances, held)
	if lines < closes || held == 0 || balances == 0 {
		t.Errorf("%d lines, %d balances and %d held payees in %d closes: too few to tell anything", lines, balances, held, closes)
	}
}

// TestInjectedFaultIsFoundRandom puts mistakes into what plans say beyond the example company: generated plans find each.
func TestInjectedFaultIsFoundRandom(t *testing.T) {
	d := transform.DefaultVerbs()
	curve := func(edit func(c *comp.Curve, in *transform.CurveInput)) func(v *transform.Verbs) {
		return func(v *transform.Verbs) {
			v.Pay = func(c comp.Curve, in transform.CurveInput) transform.CurveResult {
				c.Bands = slices.Clone(c.Bands)
				edit(&c, &in)
				return d.Pay(c, in)
			}
		}
	}
	for _, f := range []mistake{
		{"nothing below is paid again", curve(func(c *comp.Curve, _ *transform.CurveInput) {
			for i := range c.Bands {
				c.Bands[i].Back = false
			}
		})},
		{"flat below the first point", curve(func(c *comp.Curve, _ *transform.CurveInput) { c.Below = nil })},
		{"a closed gate leaves the curve", curve(func(_ *comp.Curve, in *transform.CurveInput) { in.Base = false })},
		{"the grid without its columns", curve(func(_ *comp.Curve, in *transform.CurveInput) { in.Column = nil })},
		{"the first band for everybody", curve(func(_ *comp.Curve, in *transform.CurveInput) { in.Base = true })},
		{"caps ignored", func(v *transform.Verbs) { v.Cap = func(pay, _ comp.Number) comp.Number { return pay } }},
		{"weekends worked", func(v *transform.Verbs) {
			v.Prorate = func(n comp.Number, days, of int) comp.Number { return d.Prorate(n, days, max(of, 28)) }
		}},
		{"a neutral part pays nothing", func(v *transform.Verbs) { v.Neutral = func(comp.Number) comp.Number { return comp.Number{} } }},
		{"n equal to the least is too few", func(v *transform.Verbs) { v.Enough = func(n int64, least int) bool { return n > int64(least) } }},
		{"the rate of another day", func(v *transform.Verbs) {
			v.Rate = func(fx comp.FX, from, to comp.Currency, p comp.Period) (comp.Number, bool) {
				return d.Rate(fx, from, to, comp.Month(p.Start-1))
			}
		}},
		{"nobody's quota changes", func(v *transform.Verbs) {
			v.Quota = func(rows []comp.QuotaRow, p comp.Period) (comp.QuotaRow, bool) {
				return d.Quota(rows[:min(1, len(rows))], p)
			}
		}},
		{"posted months are not corrected", func(v *transform.Verbs) { v.TrueUp = func(int64, int64) int64 { return 0 } }},
	} {
		t.Run(f.name, func(t *testing.T) {
			v := transform.DefaultVerbs()
			f.put(&v)
			for seed := range int64(60) {
				if differs(t, v, seed) {
					return
				}
			}
			t.Error("nobody noticed")
		})
	}
}

// differs says whether the naive engine disagrees with one that has these verbs, on the plans and worlds of a seed.
func differs(t *testing.T, v transform.Verbs, seed int64) (found bool) {
	d := dice(rand.New(rand.NewSource(seed)).Intn)
	c := plangenBatch(t, d.batch(dice.plan))
	for range 4 {
		var plain Plain
		closeAll(t, c, d.world(plansABatch), v, func(now transform.Inputs, r *comp.Result) bool {
			in, err := plain.Inputs(&now)
			if err != nil {
				t.Fatal(err)
			}
			found = len(disagreements("", posted(paidLines(r), now.Ledger, r), naive.Statements(in))) > 0
			return !found
		})
		if found {
			return true
		}
	}
	return false
}
