package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carrot/jobs"
)

// asked is the closed company that people ask about, in a folder of its own.
func asked(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	unpack(t, filepath.Join("testdata", "asked.txtar"), dir)
	for _, month := range [][2]string{{"2026-01", "2026-02-03"}, {"2026-02", "2026-03-03"}, {"2026-03", "2026-04-03"}} {
		must(t, []string{"run", "--quiet", "--config", filepath.Join(dir, "carrot.yaml"), "--period", month[0], "--business", month[1], "--known-at", month[1]}, exitHeld)
	}
	return dir
}

// edited is a copy of a file with some text replaced; each old text must stand there.
func edited(t *testing.T, file string, pairs ...string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("%s lacks %q", file, pairs[i])
		}
		text = strings.ReplaceAll(text, pairs[i], pairs[i+1])
	}
	out := filepath.Join(t.TempDir(), filepath.Base(file))
	writeTo(t, out, []byte(text))
	return out
}

// TestSimulationSums tries a plan that pays 9 % above quota and 2 % for a full quarter, where the posted one paid 8 % and
// 1 %. By hand: Ann sold 10,000 above quota in January and 4,000 more came late (140.00), and 200,000 in the quarter
// (2,000.00); Eva's corrected quota leaves 2,000 and 16,000 above it (180.00). Nobody else was above quota but Ned, who is
// capped.
func TestSimulationSums(t *testing.T) {
	t.Parallel()
	dir := asked(t)
	main, plan := filepath.Join(dir, "carrot.yaml"), filepath.Join(dir, "plans", "sales.yaml")
	candidate := edited(t, plan, `pays: "8%"`, `pays: "9%"`, `pays: "1%"}`, `pays: "2%"}`)
	var s jobs.Simulation
	if err := json.Unmarshal([]byte(must(t, []string{"plan", "simulate", "--json", "--config", main, "--plan", candidate}, exitDone)), &s); err != nil {
		t.Fatal(err)
	}
	want := []jobs.MonthCost{{Currency: "EUR", Was: "33767.42", Now: "36087.42", Difference: "2320.00"}, {Currency: "USD", Was: "1960.00", Now: "1960.00", Difference: "0.00"}}
	if d := cmp.Diff(want, s.Cost); d != "" {
		t.Errorf("cost (-want +got):\n%s", d)
	}
	got := map[string]string{}
	for _, p := range s.People {
		for _, c := range p.Why {
			got[p.Payee+" "+c.Component] = c.Difference
		}
	}
	if d := cmp.Diff(map[string]string{"ann sales/commission": "140.00", "ann sales/quarter": "2000.00", "eva sales/commission": "180.00"}, got); d != "" {
		t.Errorf("who and why (-want +got):\n%s", d)
	}
	simTies(t, s)
	posted := 0
	for _, m := range []string{"2026-01", "2026-02", "2026-03"} {
		for _, l := range records(t, filepath.Join(dir, "published", m, "audit", "tables", "lines.csv")) {
			if l["currency"] == "EUR" {
				posted += minor(t, l["amount"])
			}
		}
	}
	if posted != minor(t, s.Cost[0].Was) {
		t.Errorf("the archived plan costs %s in the simulation, and %d minor units were posted", s.Cost[0].Was, posted)
	}
	same := must(t, []string{"plan", "simulate", "--config", main, "--plan", plan}, exitDone)
	if !strings.Contains(same, "0 win, 0 lose, 14 as before") {
		t.Errorf("the plan itself, simulated:\n%s", same)
	}
	for args, text := range map[string]string{
		"--plan " + edited(t, plan, "plan: sales", "plan: sails"):                       "no plan of the close of 2026-01 is called sails; its plans are sales, support",
		"--plan " + edited(t, plan, `{from: "100%", pays: "8%"}`, `{from: "100%"}`):     "sales.yaml:20:11: a band without the key pays; add pays:",
		"--plan " + edited(t, plan, "    measure: sold\n", "    measure: sold_later\n"): `, expected a measure that is defined; write csat, kept, mood, new or sold (in what the closes of 2026-01, 2026-02, 2026-03 archived; try the plan over others with --from and --to)`,
		"--plan " + plan + " --from 2027-01":                                            "no month from 2027-01 on is posted; see carrot runs",
		"--from 2026-01":                                                                "plan simulate: write --plan FILE, the candidate",
		"--plan " + filepath.Join(dir, "plans", "nothing.yaml") + " --from 2026-01":     "name the file of a plan",
	} {
		code, _, errOut := carrot(append([]string{"plan", "simulate", "--config", main}, strings.Fields(args)...)...)
		if code != exitUsage || !strings.Contains(errOut, text) {
			t.Errorf("carrot plan simulate %s: exit code %d, lacks %q: %s", args, code, text, errOut)
		}
	}
}

// TestSimulationOfANewMeasure: a measure that came with February cannot be tried over January, whose close archived none; over February
// it can.
func TestSimulationOfANewMeasure(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	unpack(t, filepath.Join("testdata", "asked.txtar"), dir)
	main, plan := filepath.Join(dir, "carrot.yaml"), filepath.Join(dir, "plans", "sales.yaml")
	must(t, []string{"run", "--quiet", "--config", main, "--period", "2026-01", "--business", "2026-02-03", "--known-at", "2026-02-03"}, exitHeld)
	measures, err := os.ReadFile(filepath.Join(dir, "measures.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	writeTo(t, filepath.Join(dir, "measures.yaml"), []byte(string(measures)+"---\nmeasure: bigger\nversion: \"1\"\ntitle: Bigger\nfamily: outcome\nunit: money\naggregate: sum\ntable: crm.deals\n"+
		"owner: {column: owner, system: crm}\nvalue: amount\ncurrency: currency\ndate: closed\n"))
	must(t, []string{"run", "--quiet", "--config", main, "--period", "2026-02", "--business", "2026-03-03", "--known-at", "2026-03-03"}, exitHeld)
	candidate := edited(t, plan, "    measure: sold\n", "    measure: bigger\n")
	code, _, errOut := carrot("plan", "simulate", "--config", main, "--plan", candidate)
	want := `sales.yaml:11:14: the measure "bigger", expected a measure that is defined; write csat, kept, mood, new or sold (in what the closes of 2026-01 archived; try the plan over others with --from and --to)`
	if code != exitUsage || !strings.Contains(errOut, want) {
		t.Errorf("exit code %d: %s", code, errOut)
	}
	must(t, []string{"plan", "simulate", "--config", main, "--plan", candidate, "--from", "2026-02"}, exitDone)
}

// simTies holds the sums of a simulation against each other in minor units: months and people sum to the cost, components to
// their person's difference.
func simTies(t *testing.T, s jobs.Simulation) {
	t.Helper()
	months, people := map[string]int{}, map[string]int{}
	for _, m := range s.Months {
		months[m.Currency] += minor(t, m.Difference)
		if minor(t, m.Now)-minor(t, m.Was) != minor(t, m.Difference) {
			t.Errorf("%+v does not subtract", m)
		}
	}
	for _, p := range s.People {
		people[p.Currency] += minor(t, p.Difference)
		why := 0
		for _, c := range p.Why {
			why += minor(t, c.Difference)
		}
		if why != minor(t, p.Difference) {
			t.Errorf("the components of %s come to %d, the difference is %s", p.Payee, why, p.Difference)
		}
	}
	for _, c := range s.Cost {
		if d := minor(t, c.Difference); months[c.Currency] != d || people[c.Currency] != d {
			t.Errorf("the cost differs by %d %s, months by %d, people by %d", d, c.Currency, months[c.Currency], people[c.Currency])
		}
	}
}

// minor is a decimal of two digits in minor units.
func minor(t *testing.T, decimal string) int {
	t.Helper()
	n := number(t, decimal)
	n.Mul(n, number(t, "100"))
	if !n.IsInt() {
		t.Fatalf("%s has more than two digits", decimal)
	}
	return int(n.Num().Int64())
}

// TestSimulationOfTheExample simulates a change of every selling component over the demo's months: the sums tie.
func TestSimulationOfTheExample(t *testing.T) {
	t.Parallel()
	dir := closedDemo(t)
	plan := filepath.Join(dir, "plans", "sales.yaml")
	candidate := edited(t, plan, `pays: "3.5%"`, `pays: "3%"`, `EUR: "300.00"`, `EUR: "330.00"`, `at_least: "75%"`, `at_least: "95%"`)
	var s jobs.Simulation
	if err := json.Unmarshal([]byte(must(t, []string{"plan", "simulate", "--json", "--config", filepath.Join(dir, "carrot.yaml"), "--plan", candidate}, exitDone)), &s); err != nil {
		t.Fatal(err)
	}
	if len(s.People) == 0 || len(s.Months) < 4 {
		t.Fatalf("%d people differ in %d months: the test proves nothing", len(s.People), len(s.Months))
	}
	simTies(t, s)
}

// TestPlanDiffTelescopes compares two versions: each change by itself is worth what was worked out by hand for
// TestSimulationSums, and the steps sum to the whole.
func TestPlanDiffTelescopes(t *testing.T) {
	t.Parallel()
	dir := asked(t)
	main, plan := filepath.Join(dir, "carrot.yaml"), filepath.Join(dir, "plans", "sales.yaml")
	candidate := edited(t, plan, `pays: "8%"`, `pays: "9%"`, `pays: "1%"}`, `pays: "2%"}`, "title: Sales plan", "title: Selling")
	var d jobs.PlanDiff
	if err := json.Unmarshal([]byte(must(t, []string{"plan", "diff", plan, candidate, "--json", "--config", main}, exitDone)), &d); err != nil {
		t.Fatal(err)
	}
	var got []string
	sum := map[string]int{}
	for _, s := range d.Steps {
		for _, f := range s.Fields {
			got = append(got, s.What+" "+f.Field+" "+f.Was+" "+f.Now+" "+s.Money[0].Difference)
		}
		for _, m := range s.Money {
			sum[m.Currency] += minor(t, m.Difference)
		}
	}
	want := []string{"sales title Sales plan Selling 0.00", "sales/commission curve.bands[1].pays 0.08 0.09 320.00", "sales/quarter curve.bands[2].pays 0.01 0.02 2000.00"}
	if x := cmp.Diff(want, got); x != "" {
		t.Errorf("steps (-want +got):\n%s", x)
	}
	for _, c := range d.Cost {
		if sum[c.Currency] != minor(t, c.Difference) {
			t.Errorf("the steps come to %d, the difference is %s %s", sum[c.Currency], c.Difference, c.Currency)
		}
	}
	out := must(t, []string{"plan", "diff", plan, edited(t, plan, "  - id: quarter", "  - id: three_months"), "--config", main}, exitDone)
	for _, text := range []string{"sales/three_months (", "component: absent → present", "sales/quarter (", "component: present → absent", "in all +0.00 EUR"} {
		if !strings.Contains(out, text) {
			t.Errorf("lacks %q:\n%s", text, out)
		}
	}
}
