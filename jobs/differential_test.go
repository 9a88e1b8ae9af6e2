package jobs

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"carrot/config"
	"carrot/config/example"
	"carrot/jobs/archive"
	"carrot/jobs/archive/storetest"
	"carrot/transform"
	"carrot/transform/comp"
	"carrot/transform/naive"
)

// The engine is held against transform/naive: for every close of a chain, who is held, and for everybody else what each
// component pays for each month, to the cent.

// paidLines are an outcome's lines as the naive engine names them, all causes together.
func paidLines(r *comp.Result) naive.Outcome {
	out := naive.Outcome{Lines: map[naive.Line]int64{}, Held: map[string]bool{}, Balances: map[naive.Line]int64{},
		InKind: map[naive.Kind][2]int64{}, Costs: map[naive.Cost]int64{}}
	for _, s := range r.Statements {
		if len(s.HeldFor) > 0 {
			out.Held[s.Payee] = true
		}
		for _, l := range s.Lines {
			out.Lines[naive.Line{Payee: s.Payee, Plan: l.Plan, Component: l.Component, For: l.For.Name(), Currency: l.Amount.Currency}] += l.Amount.Minor
		}
	}
	for _, s := range r.Statements {
		for _, x := range s.InKind {
			if out.Held[s.Payee] {
				continue
			}
			k := naive.Kind{Payee: s.Payee, What: x.What}
			out.InKind[k] = [2]int64{out.InKind[k][0] + x.Value.Minor, out.InKind[k][1] + x.Gross.Minor}
		}
	}
	for _, x := range r.Costs {
		if k := (naive.Cost{Payee: x.Payee, Component: x.Component, Deal: x.Deal, Month: x.Month, Kind: x.Kind}); !out.Held[x.Payee] {
			out.Costs[k] += x.Amount.Minor
		}
	}
	maps.DeleteFunc(out.Costs, func(_ naive.Cost, minor int64) bool { return minor == 0 })
	for l, minor := range out.Lines {
		if minor == 0 {
			delete(out.Lines, l)
		}
	}
	return out
}

// posted adds what the accounts of everybody who is not held have come to by a close: the sum of how they moved.
func posted(o naive.Outcome, before []comp.LedgerEntry, r *comp.Result) naive.Outcome {
	for _, l := range slices.Concat(before, r.Ledger) {
		if l.Kind == comp.BalanceEntry && !o.Held[l.Payee] {
			o.Balances[naive.Line{Payee: l.Payee, Plan: l.Plan, Component: l.Component, Currency: l.Amount.Currency}] += l.Held.Minor
		}
	}
	for l, minor := range o.Balances {
		if minor == 0 {
			delete(o.Balances, l)
		}
	}
	return o
}

// moving adds how the accounts of everybody who is not held moved in a close.
func moving(o naive.Outcome, r *comp.Result) naive.Outcome {
	o.Moves = map[naive.Line]naive.Move{}
	for _, b := range r.Balances {
		if !o.Held[b.Payee] {
			o.Moves[naive.Line{Payee: b.Payee, Plan: b.Plan, Component: b.Component, Currency: b.Open.Currency}] = naive.Move{Open: b.Open.Minor, In: b.In.Minor, Out: b.Out.Minor, Written: b.WrittenOff.Minor}
		}
	}
	return o
}

// disagreements are where two outcomes differ, sorted; one cent is enough.
func disagreements(month string, engine, second naive.Outcome) []string {
	var out []string
	lines := map[naive.Line]bool{}
	for _, o := range []naive.Outcome{engine, second} {
		for l := range o.Lines {
			lines[l] = true
		}
	}
	for l := range lines {
		if a, b := engine.Lines[l], second.Lines[l]; a != b {
			out = append(out, fmt.Sprintf("%s: %s %s/%s for %s: the engine pays %s, the naive one %s", month, l.Payee, l.Plan, l.Component, l.For,
				comp.Money{Minor: a, Currency: l.Currency}, comp.Money{Minor: b, Currency: l.Currency}))
		}
	}
	for _, s := range []struct{ a, b naive.Outcome }{{engine, second}, {second, engine}} {
		for k, v := range s.a.InKind {
			if s.b.InKind[k] != v {
				out = append(out, fmt.Sprintf("%s: %s gets %s: the engine says %d, the naive one %d", month, k.Payee, k.What, engine.InKind[k], second.InKind[k]))
			}
		}
		for k, v := range s.a.Costs {
			if s.b.Costs[k] != v {
				out = append(out, fmt.Sprintf("%s: %s of %s/%s in %s, %s: the engine accounts %d, the naive one %d", month, k.Kind, k.Payee, k.Component, k.Month, k.Deal, engine.Costs[k], second.Costs[k]))
			}
		}
		for l, m := range s.a.Moves {
			if s.b.Moves != nil && s.b.Moves[l] != m && !engine.Held[l.Payee] && !second.Held[l.Payee] {
				out = append(out, fmt.Sprintf("%s: %s %s/%s in %s: the engine's account moves by %+v, the naive one's by %+v", month, l.Payee, l.Plan, l.Component, l.Currency, engine.Moves[l], second.Moves[l]))
			}
		}
		for l, minor := range s.a.Balances {
			if s.b.Balances[l] != minor {
				out = append(out, fmt.Sprintf("%s: %s %s/%s in %s: the engine's account holds %d, the naive one's %d", month, l.Payee, l.Plan, l.Component, l.Currency,
					engine.Balances[l], second.Balances[l]))
			}
		}
	}
	for _, p := range slices.Concat(keysOf(engine.Held), keysOf(second.Held)) {
		if engine.Held[p] != second.Held[p] {
			out = append(out, fmt.Sprintf("%s: %s: the engine holds them %v, the naive one %v", month, p, engine.Held[p], second.Held[p]))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func keysOf(m map[string]bool) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	return out
}

// secondChain closes a chain of months and asks the naive engine about them.
type secondChain struct {
	plain Plain
	known map[int]naive.Outcome // what the naive engine pays in a month after an engine without mistakes
}

// compare closes month after month with the engine and, where look says so, with the naive one. It gives the first month's
// disagreements that there are any in. A faulty engine is compared by the same ledger until it first differs.
func (c *secondChain) compare(t *testing.T, v transform.Verbs, months []transform.Inputs, look func(m int) bool) (found []string, lines int) {
	t.Helper()
	var ledger []comp.LedgerEntry
	var confided []comp.Confided
	chain(t, v, months, func(m int, r *comp.Result) bool {
		now := months[m]
		now.Ledger, now.Confided = ledger, confided
		if look(m) {
			if _, done := c.known[m]; !done {
				in, err := c.plain.Inputs(&now)
				if err != nil {
					t.Fatal(err)
				}
				c.known[m] = naive.Statements(in)
			}
			engine := posted(paidLines(r), ledger, r)
			lines += len(engine.Lines)
			found = disagreements(now.Run.Period.Name(), engine, c.known[m])
		}
		ledger, confided = append(ledger, r.Ledger...), r.Confided
		return len(found) == 0
	})
	return found, lines
}

func always(int) bool { return true }

// TestBothEnginesExample compares every close of the example company, then puts one mistake after another into the verbs of
// the engine: each must show.
func TestBothEnginesExample(t *testing.T) {
	c := newCompany(t, example.Default(), nil)
	months := c.months(t, c.world.Months)
	both := &secondChain{known: map[int]naive.Outcome{}}
	found, lines := both.compare(t, transform.DefaultVerbs(), months, always)
	for _, d := range found {
		t.Error(d)
	}
	if lines < 1300 {
		t.Errorf("%d lines compared: the comparison must not be empty", lines)
	}
	faults := mistakes(transform.DefaultVerbs())
	if len(faults) < 12 {
		t.Fatalf("only %d faults", len(faults))
	}
	for _, f := range faults {
		t.Run("injected: "+f.name, func(t *testing.T) {
			v := transform.DefaultVerbs()
			f.put(&v)
			if found, _ := both.compare(t, v, months, always); len(found) == 0 {
				t.Error("nobody noticed")
			}
		})
	}
}

// adventureWorks is the folder of its data. Where they are absent the test says so and, on a machine that must have them,
// fails.
func adventureWorks(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("CARROT_ADVENTUREWORKS")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "data", "adventureworks")
	}
	if _, err := os.Stat(filepath.Join(dir, "SalesOrderHeader.csv")); err != nil {
		text := "AdventureWorks is absent: both engines were NOT compared on it; set CARROT_ADVENTUREWORKS to the folder of its csv files"
		if os.Getenv("CI") == "true" {
			t.Fatal(text)
		}
		fmt.Fprintln(os.Stderr, "=== "+text)
		t.Skip(text)
	}
	return dir
}

// TestBothEnginesAdventureWorks compares the closes of a company that nobody here made up, at the end of each quota period.
func TestBothEnginesAdventureWorks(t *testing.T) {
	dir := adventureWorks(t)
	env := map[string]string{"CARROT_ADVENTUREWORKS": dir, "CARROT_ADVENTUREWORKS_OUT": t.TempDir()}
	h := &House{Main: "carrot.yaml", Files: os.DirFS(filepath.Join("..", "config", "adventureworks")), Archive: storetest.NewMemory(),
		Folder: func(string) (fs.FS, error) { return os.DirFS(dir), nil }, Program: archive.Program{Version: "test"},
		Now: func() time.Time { return time.Unix(0, 0) }, Temp: t.TempDir()}
	cfg, wrong := config.Load(h.Files, h.Main, func(name string) (string, bool) { v, ok := env[name]; return v, ok })
	if len(wrong) > 0 {
		t.Fatal(wrong[0])
	}
	h.Config = cfg
	known := comp.Day(2014, time.July, 1)
	ctx := context.Background()
	if _, err := h.Pull(ctx, known); err != nil {
		t.Fatal(err)
	}
	b := newBench(ctx, h)
	defer b.vault.Close()
	k, err := h.gather(ctx, known)
	if err != nil {
		t.Fatal(err)
	}
	var months []transform.Inputs
	for start := cfg.Settings.First.AddMonths(2); start < comp.Day(2014, time.June, 1); start = start.AddMonths(3) { // in the others nothing is paid
		req := k.request(Options{Kind: comp.Close, Period: comp.Month(start), Business: known, KnownAt: known}, "")
		in, findings, err := b.inputs(k, k.facts(req, "test"), nil)
		if err != nil {
			t.Fatal(err)
		}
		in.Found = findings
		months = append(months, in)
	}
	for i := range months {
		months[i].Files = b.files
	}
	both := &secondChain{known: map[int]naive.Outcome{}}
	found, lines := both.compare(t, transform.DefaultVerbs(), months, always)
	for _, d := range found {
		t.Error(d)
	}
	if lines < 130 {
		t.Errorf("%d lines compared: the comparison must not be empty", lines)
	}
}
