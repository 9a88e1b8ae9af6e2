package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carrot/transform/comp"
)

// everything loads the company of testdata with one more file, as if the engine computed all that plans can say.
func everything(t *testing.T, folder, name string) (*Config, []Mistake) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", folder, name))
	if err != nil {
		t.Fatal(err)
	}
	files := memory(t, "company")
	at := "plans/" + name
	if first, _, _ := strings.Cut(string(b), "\n"); strings.HasPrefix(first, "# file: ") {
		at = strings.TrimPrefix(first, "# file: ")
	}
	added := *files["carrot.yaml"]
	added.Data = b
	files[at] = &added
	l := &loader{fsys: files, getenv: environment, config: &Config{}}
	l.load("carrot.yaml")
	return l.config, l.sorted()
}

// TestEveryRefusedPlan holds each refusal of testdata/plans against its exact text and place.
func TestEveryRefusedPlan(t *testing.T) {
	files, err := filepath.Glob("testdata/plans/*.yaml")
	if err != nil || len(files) < 5 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			_, mistakes := everything(t, "plans", name)
			got := strings.Join(texts(mistakes), "\n") + "\n"
			golden := strings.TrimSuffix(file, ".yaml") + ".want"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), got); d != "" || len(mistakes) == 0 {
				t.Errorf("mistakes differ (- want, + got):\n%s", d)
			}
		})
	}
}

// component is a component of a loaded plan.
func component(t *testing.T, c *Config, plan, id string) comp.Component {
	t.Helper()
	for _, p := range c.Plans {
		for _, k := range p.Components {
			if p.ID == plan && k.ID == id {
				return k
			}
		}
	}
	t.Fatalf("there is no component %s of %s", id, plan)
	return comp.Component{}
}

// TestPlanSurface holds what is read of every key of plans against values written here.
func TestPlanSurface(t *testing.T) {
	c, mistakes := everything(t, "surface", "first.yaml")
	if len(mistakes) > 0 {
		t.Fatal(strings.Join(texts(mistakes), "\n"))
	}
	num := func(s string) comp.Number { return number(t, s) }
	pointer := func(s string) *comp.Number { n := num(s); return &n }
	euro := func(s string) map[comp.Currency]comp.Number { return map[comp.Currency]comp.Number{"EUR": num(s)} }
	always := comp.NoDate
	sharp := cmp.Options{equal, cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Where" }, cmp.Ignore())}
	revenue := &comp.Figure{Name: "revenue"}
	for id, want := range map[string]comp.Component{
		"tiers": {ID: "tiers", Title: "Tiers", Clause: "1", Measure: "sold", Every: "month", ToDate: "year", Numbers: "whole", TargetName: "ote", CapName: "ote",
			Prorate: "months", Leave: "ignore", Order: []comp.Step{comp.GateStep, comp.MultiplyStep, comp.ProrateStep, comp.CapStep},
			Quota: &comp.Figure{Name: "revenue", Season: []comp.Number{num("0.2"), num("0.2"), num("0.2"), num("0.4")}, Ramp: []comp.Number{num("0.5"), num("0.75"), num("1")}},
			Curve: comp.Curve{Kind: comp.Marginal, Of: "attainment", Bands: []comp.Band{{To: num("0.5"), Pays: num("0.05")}, {From: num("0.5"), Open: true, Pays: num("0.1"), Back: true}}},
			Gates: []comp.Gate{
				{Measure: "sold", ToDate: "year", Numbers: "whole", Of: "attainment", Quota: revenue, Test: "above", AtLeast: num("1"), Base: true},
				{Measure: "csat", Test: "at_most", AtLeast: num("0.05"), Share: num("0.5"), MinN: 3, Missing: "closed"},
				{Measure: "csat", Test: "below", AtLeast: num("7"), Missing: "open"},
				{Measure: "csat", AtLeast: num("7")}},
			Multiply: []comp.Part{{Measure: "margin", Missing: "neutral", Curve: comp.Curve{Kind: comp.StepCurve, Of: "value", UpperEdge: true,
				Bands: []comp.Band{{To: num("10"), Pays: num("0.5")}, {From: num("10"), Open: true, Pays: num("1")}}}}}},
		"card": {ID: "card", Title: "Scorecard", Clause: "2", Every: "quarter", Prorate: "none", Excess: "carry",
			Target: []comp.Dated{{From: comp.Day(2026, 1, 1), By: euro("2000"), Clause: "A2"}}, Cap: []comp.Dated{{From: always, By: euro("5000")}},
			Parts: []comp.Part{
				{ID: "csat", Title: "Customers", Measure: "csat", Weight: num("0.4"), MinN: 5, Missing: "renormalise", Floor: pointer("0"), Cap: pointer("1.5"),
					Curve: comp.Curve{Kind: comp.Interpolate, Of: "value", Below: pointer("0"), Points: []comp.Band{{From: num("0.7"), Pays: num("0.5")}, {From: num("1"), Pays: num("1.5")}}}},
				{ID: "pulse", Measure: "employee_satisfaction", Weight: num("0.3"), Missing: "neutral", Curve: comp.Curve{Kind: comp.Linear, Of: "value"},
					Gates: []comp.Gate{{Measure: "csat", Test: "at_most", AtLeast: num("0.05")}}},
				{ID: "plan", Score: "objectives", Weight: num("0.3"), Quota: &comp.Figure{Dated: []comp.Dated{{From: always, By: map[comp.Currency]comp.Number{"": num("100")}}}},
					Curve: comp.Curve{Kind: comp.Linear, Of: "attainment"}}}},
		"grid": {ID: "grid", Title: "Two measures", Clause: "3", Measure: "sold", Every: "month", Prorate: "none", Quota: revenue, Target: []comp.Dated{{From: always, By: euro("600")}},
			Curve: comp.Curve{Kind: comp.Grid, Of: "attainment", Matrix: &comp.Matrix{Of: "attainment", Rows: []comp.Number{num("0"), num("0.8")}, Columns: []comp.Number{num("0"), num("0.2"), num("0.3")},
				Part: comp.Part{Measure: "margin", MinN: 2, Missing: "zero", Curve: comp.Curve{Of: "attainment"},
					Quota: &comp.Figure{Dated: []comp.Dated{{From: always, By: map[comp.Currency]comp.Number{"": num("0.5")}}}}},
				Pays: [][]comp.Number{{num("0"), num("0"), num("0")}, {num("0.5"), num("0.75"), num("1")}}}}},
		"spiff": {ID: "spiff", Title: "Per unit", Clause: "4", Measure: "units", Every: "month", Per: "deal", Prorate: "none",
			Curve: comp.Curve{Kind: comp.RateCurve, Of: "value", RateBy: euro("150")}},
		"named": {ID: "named", Title: "A rate of one's own", Clause: "5", Measure: "sold", Every: "month", Prorate: "none", Cap: []comp.Dated{{From: always, By: euro("5000")}},
			Curve: comp.Curve{Kind: comp.RateCurve, Of: "value", RateName: "objectives"}},
		"money": {ID: "money", Title: "Money for points", Clause: "6", Score: "objectives", Every: "year", Prorate: "none",
			Curve: comp.Curve{Kind: comp.StepCurve, Of: "value", Bands: []comp.Band{{To: num("50"), By: euro("0")}, {From: num("50"), Open: true, By: euro("1000")}}}},
	} {
		if d := cmp.Diff(want, component(t, c, "first", id), sharp); d != "" {
			t.Errorf("%s: %s", id, d)
		}
	}
	p := c.Plans[1]
	want := comp.Plan{ID: "first", Version: "1", Title: "What engines of one period compute", For: "top_management", Currency: "EUR", RoundAt: "plan",
		FX: comp.FXUse{Credit: "plan", Pay: "payday"}, Waive: []comp.LintWaiver{{Lint: "L3", Component: "tiers", By: "Petra Lang", Reason: "agreed on 4 May", Until: comp.Day(2026, 12, 31)}},
		Effective: comp.Period{Start: comp.Day(2026, 1, 1), End: comp.Forever}, Eligible: p.Eligible, Components: p.Components, Digest: p.Digest}
	if d := cmp.Diff(want, p, sharp); d != "" {
		t.Error(d)
	}
}

// TestNothingUnpaidIsAccepted: what the engine does not compute yet is refused, each key by name.
func TestNothingUnpaidIsAccepted(t *testing.T) {
	files := memory(t, "company")
	b, err := os.ReadFile("testdata/surface/first.yaml")
	if err != nil {
		t.Fatal(err)
	}
	added := *files["carrot.yaml"]
	added.Data = b
	files["plans/first.yaml"] = &added
	_, mistakes := Load(files, "carrot.yaml", environment)
	said := strings.Join(texts(mistakes), "\n")
	for _, m := range mistakes {
		if !strings.HasSuffix(m.Found, "which is not supported yet") {
			t.Errorf("another mistake: %s", m)
		}
	}
	for _, p := range pending {
		if _, key, ok := strings.Cut(p, "."); ok && planSpecs[strings.Split(p, ".")[0]].keys != "" && strings.Contains(string(b), " "+key+":") && !strings.Contains(said, "the key "+key+", which is not supported yet") {
			t.Errorf("%s is not refused:\n%s", p, said)
		}
	}
}
