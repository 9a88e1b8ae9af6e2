package jobs

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"carrot/config"
	"carrot/config/example"
	"carrot/config/example/truth"
	"carrot/jobs/archive"
	"carrot/jobs/archive/storetest"
	"carrot/transform"
	"carrot/transform/comp"
)

// company is the example company in a folder, pulled into an archive in memory, with what its generator knows to be right.
type company struct {
	world *truth.World
	house *House
	want  map[payMonth]int64
}

type payMonth struct{ payee, month string }

// newCompany writes a company, lets edit change its files, and pulls every drop on the day of its close.
func newCompany(t *testing.T, size example.Size, edit func(dir string)) *company {
	t.Helper()
	dir := t.TempDir()
	world, err := example.Generate(size, func(name string, write func(io.Writer) error) error {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			return err
		}
		f, err := os.Create(file)
		if err != nil {
			return err
		}
		defer f.Close()
		return write(f)
	})
	if err != nil {
		t.Fatal(err)
	}
	if edit != nil {
		edit(dir)
	}
	c := &company{world: world, want: map[payMonth]int64{}}
	c.house = &House{Main: "carrot.yaml", Files: os.DirFS(dir), Folder: func(name string) (fs.FS, error) { return os.DirFS(filepath.Join(dir, name)), nil },
		Archive: storetest.NewMemory(), Program: archive.Program{Version: "test"}, Now: func() time.Time { return time.Unix(0, 0) }, Temp: t.TempDir()}
	c.load(t)
	for _, p := range world.Pay() {
		c.want[payMonth{p.Payee, p.Month}] = p.Amount
	}
	for m := range world.Months {
		_, known := world.CloseDates(world.Month(m))
		if _, err := c.house.Pull(context.Background(), known); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// load reads the config from the folder, as it is now.
func (c *company) load(t *testing.T) {
	t.Helper()
	cfg, wrong := config.Load(c.house.Files, c.house.Main, func(string) (string, bool) { return "", false })
	for _, m := range wrong {
		t.Error(m)
	}
	if t.Failed() {
		t.FailNow()
	}
	c.house.Config = cfg
}

// months lays out the inputs of the closes of the first n months, sharing one list of files.
func (c *company) months(t *testing.T, n int) []transform.Inputs {
	t.Helper()
	ctx := context.Background()
	b := newBench(ctx, c.house)
	t.Cleanup(func() { b.vault.Close() })
	var out []transform.Inputs
	for m := range n {
		business, known := c.world.CloseDates(c.world.Month(m))
		period, err := comp.ParseMonth(c.world.Month(m))
		if err != nil {
			t.Fatal(err)
		}
		k, err := c.house.gather(ctx, known)
		if err != nil {
			t.Fatal(err)
		}
		req := k.request(Options{Kind: comp.Close, Period: period, Business: business, KnownAt: known}, "")
		in, findings, err := b.inputs(k, k.facts(req, "test"), nil)
		if err != nil {
			t.Fatal(err)
		}
		in.Found = findings
		out = append(out, in)
	}
	for i := range out {
		out[i].Files = b.files
	}
	return out
}

// chain closes month after month, each posting what the next one reads, and stops where see says so.
func chain(t *testing.T, v transform.Verbs, months []transform.Inputs, see func(month int, r *comp.Result) bool) {
	t.Helper()
	var ledger []comp.LedgerEntry
	var confided []comp.Confided
	for m := range months {
		now := months[m]
		now.Ledger, now.Confided = ledger, confided
		var prev *transform.Inputs
		if m > 0 {
			prev = &months[m-1]
		}
		r, _, err := transform.ComputeWith(v, now, prev)
		if err != nil {
			t.Fatalf("month %d: %v", m, err)
		}
		if !see(m, r) {
			return
		}
		ledger, confided = append(ledger, r.Ledger...), r.Confided
	}
}

// differences compares a month's statements with the truth, both ways: nobody is forgotten, nobody is invented.
func (c *company) differences(month int, r *comp.Result) []string {
	name := c.world.Month(month)
	var out []string
	seen := map[string]bool{}
	for _, s := range r.Statements {
		seen[s.Payee] = true
		if want := c.want[payMonth{s.Payee, name}]; s.Total.Minor != want {
			out = append(out, fmt.Sprintf("%s in %s is paid %s, the truth is %s", s.Payee, name, s.Total, comp.Money{Minor: want, Currency: s.Currency}))
		}
	}
	for k, want := range c.want {
		if k.month == name && want != 0 && !seen[k.payee] {
			out = append(out, fmt.Sprintf("%s in %s has no statement, the truth is %d", k.payee, name, want))
		}
	}
	return out
}

// mistake is one deliberate mistake in one verb.
type mistake struct {
	name string
	put  func(v *transform.Verbs)
}

// mistakes are those that such engines are known to make.
func mistakes(d transform.Verbs) []mistake {
	one := comp.Int(1)
	return []mistake{
		{"cents rounded up", func(v *transform.Verbs) {
			v.Round = func(a comp.Amount, _ comp.Rounding) (comp.Money, error) { return a.Round(comp.AwayFromZero) }
		}},
		{"cents cut off", func(v *transform.Verbs) {
			v.Round = func(a comp.Amount, _ comp.Rounding) (comp.Money, error) { return a.Round(comp.TowardZero) }
		}},
		{"rounded twice", func(v *transform.Verbs) {
			v.Pay = func(c comp.Curve, in transform.CurveInput) transform.CurveResult {
				r := d.Pay(c, in)
				n, _ := comp.ParseExact(r.Pay.Fixed(3, comp.HalfAway))
				r.Pay = n
				return r
			}
		}},
		{"the last day does not count", func(v *transform.Verbs) {
			v.Participated = func(s []comp.Period, p comp.Period) int { return max(0, d.Participated(s, p)-1) }
		}},
		{"months of thirty days", func(v *transform.Verbs) {
			v.Prorate = func(n comp.Number, days, of int) comp.Number {
				if days == of {
					return n
				}
				return d.Prorate(n, days, max(of-1, 1))
			}
		}},
		{"nobody is prorated", func(v *transform.Verbs) { v.Prorate = func(n comp.Number, _, _ int) comp.Number { return n } }},
		{"attainment rounded before the bands", func(v *transform.Verbs) {
			v.Attain = func(a, b comp.Number) (comp.Number, bool) {
				q, ok := d.Attain(a, b)
				n, _ := comp.ParseExact(q.Fixed(2, comp.HalfAway))
				return n, ok
			}
		}},
		{"quota over value", func(v *transform.Verbs) {
			v.Attain = func(a, b comp.Number) (comp.Number, bool) { return d.Attain(b, a) }
		}},
		{"the other edge of every band", func(v *transform.Verbs) {
			v.Pay = func(c comp.Curve, in transform.CurveInput) transform.CurveResult {
				c.UpperEdge = !c.UpperEdge
				return d.Pay(c, in)
			}
		}},
		{"marginal tiers paid from the first cent", func(v *transform.Verbs) {
			v.Pay = func(c comp.Curve, in transform.CurveInput) transform.CurveResult {
				if c.Kind == comp.Marginal {
					c.Kind = comp.Retroactive
				}
				return d.Pay(c, in)
			}
		}},
		{"the last band is never reached", func(v *transform.Verbs) {
			v.Pay = func(c comp.Curve, in transform.CurveInput) transform.CurveResult {
				if n := len(c.Bands); n > 2 {
					c.Bands = append([]comp.Band(nil), c.Bands[:n-1]...)
					c.Bands[n-2].Open = true
				}
				return d.Pay(c, in)
			}
		}},
		{"caps ignored", func(v *transform.Verbs) { v.Cap = func(pay, _ comp.Number) comp.Number { return pay } }},
		{"gates ignored", func(v *transform.Verbs) { v.Gate = func(_, _ comp.Number) bool { return true } }},
		{"n equal to the least is too few", func(v *transform.Verbs) { v.Enough = func(n int64, least int) bool { return n > int64(least) } }},
		{"small n counts", func(v *transform.Verbs) { v.Enough = func(int64, int) bool { return true } }},
		{"missing pays nothing", func(v *transform.Verbs) { v.Neutral = func(comp.Number) comp.Number { return comp.Number{} } }},
		{"the rate of the first day", func(v *transform.Verbs) {
			v.Rate = func(fx comp.FX, from, to comp.Currency, p comp.Period) (comp.Number, bool) {
				return d.Rate(fx, from, to, comp.Period{Start: p.Start, End: p.Start + 1})
			}
		}},
		{"the rate of another month", func(v *transform.Verbs) {
			v.Rate = func(fx comp.FX, from, to comp.Currency, p comp.Period) (comp.Number, bool) {
				if r, ok := d.Rate(fx, from, to, comp.Month(p.Start-1)); ok {
					return r, ok
				}
				return d.Rate(fx, from, to, p)
			}
		}},
		{"currencies taken as equal", func(v *transform.Verbs) {
			v.Rate = func(comp.FX, comp.Currency, comp.Currency, comp.Period) (comp.Number, bool) { return one, true }
		}},
		{"last year's target", func(v *transform.Verbs) {
			v.InForce = func(x []comp.Dated, c comp.Currency, p comp.Period) (comp.Number, string, bool) {
				return d.InForce(x[:1], c, p)
			}
		}},
		{"the window is one period short", func(v *transform.Verbs) {
			v.Window = func(e string, p comp.Period, k int, c []comp.Calendar) comp.Period { return d.Window(e, p, k-1, c) }
		}},
		{"to date starts a month late", func(v *transform.Verbs) {
			v.ToDate = func(l, e string, p comp.Period, c []comp.Calendar) []comp.Period {
				all := d.ToDate(l, e, p, c)
				if len(all) > 1 {
					return all[1:]
				}
				return all
			}
		}},
		{"posted months are not corrected", func(v *transform.Verbs) { v.TrueUp = func(int64, int64) int64 { return 0 } }},
		{"shares of rows that missed", func(v *transform.Verbs) {
			v.Combine = func(a comp.Aggregate, x comp.Number, hits, n int64) (comp.Number, bool) {
				return d.Combine(a, x, n-hits, n)
			}
		}},
	}
}

// TestPayIsTheTruth closes all fifteen months and compares every payee and month with the generator's own pay, computed by
// loops that share no code with the engine. Then it puts one mistake after another into the engine: each must show.
func TestPayIsTheTruth(t *testing.T) {
	c := newCompany(t, example.Default(), nil)
	months := c.months(t, c.world.Months)
	payees := 0
	chain(t, transform.DefaultVerbs(), months, func(m int, r *comp.Result) bool {
		for _, d := range c.differences(m, r) {
			t.Error(d)
		}
		payees += len(r.Statements)
		return true
	})
	if len(c.want) < 800 || payees < len(c.want) {
		t.Errorf("%d payees and months compared, %d statements: the comparison must not be empty", len(c.want), payees)
	}
	for _, f := range mistakes(transform.DefaultVerbs()) {
		t.Run(f.name, func(t *testing.T) {
			v := transform.DefaultVerbs()
			f.put(&v)
			found := ""
			chain(t, v, months, func(m int, r *comp.Result) bool {
				if d := c.differences(m, r); len(d) > 0 {
					found = d[0]
				}
				return found == ""
			})
			if found == "" {
				t.Error("nobody noticed")
			} else {
				t.Log(found)
			}
		})
	}
}

// TestSizesAreTheTruth closes smaller and other companies, whose agents fall below the least n, whose gates are shut while
// a measure is missing, and who joined everywhere in a month.
func TestSizesAreTheTruth(t *testing.T) {
	for _, size := range []example.Size{
		{People: 5, Months: 15, Tickets: 400, Deals: 150, Responses: 200, Seed: 4},
		{People: 12, Months: 6, Tickets: 300, Deals: 120, Responses: 150, Seed: 9},
		{People: 30, Months: 4, Tickets: 2000, Deals: 300, Responses: 400, Seed: 2, Known: true},
	} {
		c := newCompany(t, size, nil)
		chain(t, transform.DefaultVerbs(), c.months(t, size.Months), func(m int, r *comp.Result) bool {
			for _, d := range c.differences(m, r) {
				t.Errorf("%d people, seed %d: %s", size.People, size.Seed, d)
			}
			return true
		})
	}
}

// TestOneUnknownLogin takes one of 67 people's login out of the crosswalk. Everybody else is paid the truth, that one
// is held by name, the certificate ties; after a waiver the next close pays that one what was held and nobody else more.
func TestOneUnknownLogin(t *testing.T) {
	const lost, system = "0004", "qualtrics"
	c := newCompany(t, example.Size{People: 71, Months: 2, Tickets: 1500, Deals: 300, Responses: 600, Seed: 1, Known: true},
		func(dir string) { dropLogin(t, dir, system, lost) })
	c.forget(system, lost)
	months := c.months(t, 2)
	var id string
	var first *comp.Result
	chain(t, transform.DefaultVerbs(), months[:1], func(_ int, r *comp.Result) bool {
		first = r
		others := 0
		for _, d := range c.differences(0, r) {
			if !strings.HasPrefix(d, lost+" ") {
				t.Error(d)
			}
		}
		for _, s := range r.Statements {
			switch {
			case s.Payee != lost:
				others++
			case s.Total.Minor != 0 || len(s.HeldFor) != 1 || len(s.Lines) != 0:
				t.Errorf("%s is not held: %s, %v", s.Payee, s.Total, s.HeldFor)
			default:
				id = s.HeldFor[0]
			}
		}
		if len(r.Statements) != 67 || others != 66 {
			t.Errorf("%d statements, %d of others, expected 66 of 67", len(r.Statements), others)
		}
		for _, k := range r.Controls {
			if !k.Ties() {
				t.Errorf("%s does not tie: %+v", k.Table, k.Parts)
			}
		}
		named := false
		for _, h := range r.Held {
			named = named || (h.Kind == "payee" && h.Payee == lost && h.Name != lost && h.Reason != "")
		}
		if !named {
			t.Errorf("nobody is held by name: %+v", r.Held)
		}
		return true
	})
	waiver := comp.Waiver{Finding: id, Reason: "paid without CRM", By: "head of payroll", Until: comp.Forever}
	months[0].Waivers = []comp.Waiver{waiver}
	again, _, err := transform.Compute(months[0], nil)
	if err != nil {
		t.Fatal(err)
	}
	var delta int64
	for i, s := range again.Statements {
		if d := s.Total.Minor - first.Statements[i].Total.Minor; d != 0 && s.Payee != lost {
			t.Errorf("the waiver moved %s by %d", s.Payee, d)
		} else if s.Payee == lost {
			delta = d
		}
	}
	months[0].Waivers, months[1].Waivers, months[1].Ledger = nil, []comp.Waiver{waiver}, first.Ledger
	next, _, err := transform.Compute(months[1], &months[0])
	if err != nil {
		t.Fatal(err)
	}
	released := int64(0)
	for _, s := range next.Statements {
		for _, l := range s.Lines {
			switch {
			case l.Kind == comp.ReleaseLine && s.Payee == lost:
				released += l.Amount.Minor
			case l.Kind == comp.ReleaseLine:
				t.Errorf("%s has a release of %s", s.Payee, l.Amount)
			}
		}
	}
	if delta == 0 || released != delta {
		t.Errorf("held %d, released %d a month later: one person's delta, neither more nor less", delta, released)
	}
}

// forget makes the truth that of a company in which nobody knows whose a person's logins of a system are.
func (c *company) forget(system, payee string) {
	w := *c.world
	w.Logins = append([]truth.Login(nil), w.Logins...)
	for i := range w.Logins {
		var kept []truth.Owner
		for _, o := range w.Logins[i].Owners {
			if w.Logins[i].System != system || w.People[o.Person].ID != payee {
				kept = append(kept, o)
			}
		}
		w.Logins[i].Owners = kept
	}
	c.world, c.want = &w, map[payMonth]int64{}
	for _, p := range w.Pay() {
		c.want[payMonth{p.Payee, p.Month}] = p.Amount
	}
}

// dropLogin takes a person's rows of a system out of the crosswalk.
func dropLogin(t *testing.T, dir, system, payee string) {
	t.Helper()
	file := filepath.Join(dir, "reference", "crosswalk.csv")
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	kept, dropped := "", 0
	for line := range strings.Lines(string(b)) {
		if strings.HasPrefix(line, system+",") && strings.Contains(line, ","+payee+",") {
			dropped++
			continue
		}
		kept += line
	}
	if dropped == 0 {
		t.Fatalf("%s has no %s login", payee, system)
	}
	if err := os.WriteFile(file, []byte(kept), 0o600); err != nil {
		t.Fatal(err)
	}
}
