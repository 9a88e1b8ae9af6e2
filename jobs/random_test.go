package jobs

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"pgregory.net/rapid"

	"carrot/config"
	"carrot/jobs/plans"
	"carrot/transform"
	"carrot/transform/comp"
	"carrot/transform/naive"
)

// plansABatch are compiled together, for worldsABatch worlds.
const (
	plansABatch  = 8
	worldsABatch = 12
)

var planCount = flag.Int("plans", 0, "how many generated plans the properties are tried on; 0: 200, or 10,000 with CARROT_LONG")

// eachBatch tries a property on batches of generated plans. A failure is shrunk and names its seed.
func eachBatch(t *testing.T, property func(t *rapid.T, c *config.Config, d dice)) {
	t.Helper()
	n := *planCount
	switch {
	case n > 0:
	case os.Getenv("CARROT_LONG") != "":
		n = 10000
	default:
		n = 200
	}
	if err := flag.Set("rapid.checks", fmt.Sprint(max(1, n/plansABatch))); err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(r *rapid.T) {
		d := dice(func(n int) int { return rapid.IntRange(0, n-1).Draw(r, "") })
		var texts []string
		for i := range plansABatch {
			texts = append(texts, d.plan(i))
		}
		c := plangenBatch(t, texts)
		defer func() {
			if r.Failed() {
				r.Log(plangenText(texts))
			}
		}()
		property(r, c, d)
	})
}

// eachWorld tries a property on some worlds of each batch.
func eachWorld(t *testing.T, property func(t *rapid.T, c *config.Config, d dice, e config.Example)) {
	t.Helper()
	eachBatch(t, func(t *rapid.T, c *config.Config, d dice) {
		for range 3 {
			property(t, c, d, d.world(plansABatch))
		}
	})
}

// closeAll closes an example month after month and lets see look at each.
func closeAll(t rapidOrTest, c *config.Config, e config.Example, v transform.Verbs, see func(now transform.Inputs, r *comp.Result) bool) {
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
		r, _, err := transform.ComputeWith(v, now, prev)
		if err != nil {
			t.Fatalf("%s: %v", month, err)
		}
		if !see(now, r) {
			return
		}
		ledger = append(ledger, r.Ledger...)
		prev = &now
	}
}

type rapidOrTest interface {
	Fatalf(format string, args ...any)
}

// TestBothEnginesRandom compares both engines on every close of generated worlds under generated plans.
func TestBothEnginesRandom(t *testing.T) {
	closes, lines, held, balances := 0, 0, 0, 0
	eachBatch(t, func(t *rapid.T, c *config.Config, d dice) {
		for range worldsABatch {
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
