package config

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

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
				{Measure: "csat", Test: "below", AtLeast: num("0.7"), Missing: "open"},
				{Measure: "csat", AtLeast: num("0.7")}},
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

// TestDealSurface holds what is read of releases, clawbacks, budgets, draws, awards and costs against values written here.
func TestDealSurface(t *testing.T) {
	c, mistakes := everything(t, "surface", "second.yaml")
	if len(mistakes) > 0 {
		t.Fatal(strings.Join(texts(mistakes), "\n"))
	}
	num := func(s string) comp.Number { return number(t, s) }
	euro := func(s string) map[comp.Currency]comp.Number { return map[comp.Currency]comp.Number{"EUR": num(s)} }
	one := comp.Int(1)
	sharp := cmp.Options{equal, cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Where" }, cmp.Ignore())}
	check := func(what string, want, got any) {
		t.Helper()
		if d := cmp.Diff(want, got, sharp); d != "" {
			t.Errorf("%s: %s", what, d)
		}
	}
	released, bare := component(t, c, "second", "released"), component(t, c, "second", "bare")
	check("release", &comp.Release{Longest: comp.Length{Months: 12}, Silence: "pay", Failed: "forfeit", Parts: []comp.Slice{
		{Share: num("0.75"), On: "accepted", If: &comp.Bar{Event: "satisfaction", AtLeast: num("4"), Reason: "csat_below_bar"}},
		{Share: num("0.25"), On: "credit", After: comp.Length{Days: 90}}}}, released.Release)
	check("clawback", &comp.Clawback{On: "refunded", Within: comp.Length{Months: 12}, Takes: "tiers", Rate: "re-rated", Most: num("0.5"), AtExit: "write_off", Tiers: []comp.Tier{
		{Until: comp.Length{Months: 3}, Takes: one}, {Until: comp.Length{Days: 365}, Takes: num("0.5")}}}, released.Clawback)
	check("bare release", &comp.Release{Parts: []comp.Slice{{Share: one, On: "accepted"}}}, bare.Release)
	check("bare clawback", &comp.Clawback{On: "refunded", Takes: "full", Rate: "original", Most: one, AtExit: "recover"}, bare.Clawback)
	check("cost", &comp.Cost{Months: 36, Benefit: 60, Fringe: num("0.0765"), Renewals: "commensurate", Ends: "refunded"}, bare.Cost)
	check("budget", &comp.Budget{Amount: comp.Amount{Number: num("5000"), Currency: "EUR"}, Each: num("1500"), Partial: true, From: comp.Day(2026, 3, 1), To: comp.Day(2026, 3, 31), Clause: "9.1"},
		component(t, c, "second", "spiff").Budget)
	check("award", &comp.Award{What: "Weekend for two", Value: euro("100"), GrossUp: "us_supplemental"}, component(t, c, "second", "award").Award)
	check("draw", &comp.Draw{Kind: "advance", Amount: comp.Figure{Dated: []comp.Dated{{From: comp.Day(2026, 1, 1), By: euro("1000"), Clause: "B"}}}, Periods: 6, RecoverFrom: 4,
		AtExit: "recover", Prorate: "days", Clause: "7.1"}, c.Plans[1].Draw)
	check("guarantee", &comp.Draw{Kind: "guarantee", Amount: comp.Figure{Name: "ote"}, Prorate: "none"}, c.Plans[2].Draw)
	if !c.Plans[1].RoundingSet || c.Plans[2].RoundingSet || c.Plans[1].RoundAt != "component" {
		t.Error("whether rounding is stated was not kept")
	}
}

// TestCompanySurface holds events, hours, acceptances, kinds of rates, entities and legal overlays against values written here.
func TestCompanySurface(t *testing.T) {
	c, mistakes := everything(t, "surface", "measures.yaml")
	if len(mistakes) > 0 {
		t.Fatal(strings.Join(texts(mistakes), "\n"))
	}
	num := func(s string) comp.Number { return number(t, s) }
	sharp := cmp.Options{equal, cmp.FilterPath(func(p cmp.Path) bool {
		last := p.Last().String()
		return last == ".Where" || last == ".Digest" || last == ".Eligible"
	}, cmp.Ignore())}
	check := func(what string, want, got any) {
		t.Helper()
		if d := cmp.Diff(want, got, sharp); d != "" {
			t.Errorf("%s: %s", what, d)
		}
	}
	m := c.Mapping
	check("events", []comp.EventMap{{Table: "crm.deals", Of: "crm.deals", Key: "id", Event: "accepted", Date: "accepted"},
		{Table: "crm.answers", Of: "crm.deals", Key: "deal", Event: "satisfaction", Date: "day", Score: "score"},
		{Table: "crm.refunds", Of: "crm.deals", Key: "deal", Event: "refunded", Date: "day", Amount: "amount"}}, m.Events)
	if m.Events[2].Where == nil || m.Events[2].Where.Text != "amount > 0" {
		t.Errorf("where of an event: %v", m.Events[2].Where)
	}
	check("hours", []comp.HoursMap{{Table: "hr.weeks", Employee: "id", Week: "week", Hours: "hours"}}, m.Hours)
	check("acceptances", []comp.AcceptanceMap{{Table: "hr.signed", Employee: "id", Digest: "document", Date: "day"}}, m.Acceptances)
	check("rates", []comp.FXMap{{Table: "hr.fx", Date: "day", FromCurrency: "from", ToCurrency: "to", Rate: "rate", Kind: "kind"}}, m.FX)
	check("entity", comp.LegalEntity{ID: "US01", Name: "Ortel Inc.", Country: "US", Currency: "USD", PayCode: "CM", Payroll: "adp", CompanyCode: "ABC"}, c.Settings.Entities[1])
	numbers := func(pairs ...string) map[string]comp.Number {
		out := map[string]comp.Number{}
		for i := 0; i < len(pairs); i += 2 {
			out[pairs[i]] = num(pairs[i+1])
		}
		return out
	}
	check("legal", []comp.Legal{
		{ID: "de_floor", Title: "Floor", Country: "DE", Rule: "floor", Source: "ZPO 850c", Values: []comp.LegalValue{{From: comp.Day(2025, 7, 1), N: numbers(), By: map[comp.Currency]comp.Number{"EUR": num("1200")}}}},
		{ID: "us_free_and_clear", Title: "Nothing after the last day", Country: "US", Rule: "no_recovery", Source: "29 CFR 531.35"},
		{ID: "us_minimum", Title: "Minimum wage", Country: "US", Rule: "minimum", Source: "29 USC 206", Values: []comp.LegalValue{
			{From: comp.Day(2009, 7, 24), N: numbers("rate", "7.25", "times", "1"), Clause: "(a)(1)"},
			{From: comp.Day(2026, 7, 1), N: numbers("rate", "7.5", "times", "1.5"), Excess: true}}},
		{ID: "us_overtime", Title: "Overtime", Country: "US", Rule: "overtime", Source: "29 USC 207", Values: []comp.LegalValue{{From: comp.Day(2000, 1, 1), N: numbers("hours", "40", "divisor", "2")}}},
		{ID: "us_supplemental", Title: "Supplemental wages", Country: "US", Rule: "gross_up", Source: "26 CFR 31.3402(g)-1", Values: []comp.LegalValue{{From: comp.Day(2018, 1, 1), N: numbers("rate", "0.2965")}}},
	}, c.Settings.Legal)
	if !slices.Equal(c.Settings.Adoption, []comp.Adoption{{From: comp.NoDate, Stage: 2}}) || c.Settings.Legal[2].Eligible == nil || c.Settings.Legal[0].Eligible != nil || len(c.Settings.Legal[0].Digest) != 64 {
		t.Errorf("stage %v, legal %+v", c.Settings.Adoption, c.Settings.Legal)
	}
	for i := range c.Measures {
		switch x := c.Measures[i]; x.ID {
		case "shared":
			want := comp.Term{Table: "crm.deals", Sign: 1, Value: x.Terms[0].Value, Currency: "currency", Date: "day", Deal: "id", Order: "accepted", Owner: comp.Owner{Column: "owner", Rollup: "managers",
				Split: &comp.Split{Table: "crm.splits", Key: "deal", Of: "id", Owner: "owner", Weight: "weight", Remainder: "largest"}}}
			check("shared", []comp.Term{want}, x.Terms)
			if x.About != "satisfaction" || x.Survey != "transactional" || !x.SelfReported || x.Terms[0].Owner.Split.Where.Text != `kind == "revenue"` {
				t.Errorf("%+v", x)
			}
		case "overlay":
			check("overlay", comp.Owner{Column: "owner", Split: &comp.Split{Table: "crm.splits", Key: "deal", Of: "id", Owner: "owner", Percent: "percent", Outside: true}}, x.Terms[0].Owner)
		}
	}
}

// TestDigestsSayWhatIsNew: each new field of a measure changes its digest, and its absence leaves no trace in the text.
func TestDigestsSayWhatIsNew(t *testing.T) {
	base := func() comp.Measure {
		return comp.Measure{ID: "m", Terms: []comp.Term{{Table: "t", Owner: comp.Owner{Column: "o", Split: &comp.Split{Table: "s", Percent: "p"}}}}}
	}
	old := measureText(base())
	for _, word := range strings.Fields("about survey self_reported weight split_where outside remainder rollup deal order") {
		if strings.Contains(old, word) {
			t.Errorf("%s stands in the text of a measure that does not say it", word)
		}
	}
	seen := map[string]bool{old: true}
	for i, change := range []func(*comp.Measure){
		func(m *comp.Measure) { m.About = "revenue" }, func(m *comp.Measure) { m.Survey = "transactional" }, func(m *comp.Measure) { m.SelfReported = true },
		func(m *comp.Measure) { m.Terms[0].Owner.Split.Weight = "w" }, func(m *comp.Measure) { m.Terms[0].Owner.Split.Outside = true },
		func(m *comp.Measure) { m.Terms[0].Owner.Split.Remainder = "largest" }, func(m *comp.Measure) { m.Terms[0].Owner.Rollup = "team" },
		func(m *comp.Measure) { m.Terms[0].Deal = "d" }, func(m *comp.Measure) { m.Terms[0].Order = "d" },
		func(m *comp.Measure) {
			m.Terms[0].Owner.Split.Where = &comp.Expr{Op: comp.Lit, Lit: comp.BoolValue(true)}
		},
	} {
		m := base()
		change(&m)
		if text := measureText(m); seen[text] {
			t.Errorf("change %d leaves the text as one before", i)
		} else {
			seen[text] = true
		}
	}
}

// TestRatesOfNoTable: a plan names kinds of rates that some table gives.
func TestRatesOfNoTable(t *testing.T) {
	files := memory(t, "company")
	for name, edit := range map[string][2]string{"carrot.yaml": {"rate: rate, kind: kind", "rate: rate, kind_is: average"}, "plans/all.yaml": {"components:", "currency: EUR\nfx: {credit: plan, pay: average}\ncomponents:"}} {
		files[name].Data = []byte(strings.Replace(string(files[name].Data), edit[0], edit[1], 1))
	}
	l := &loader{fsys: files, getenv: environment, config: &Config{}}
	l.load("carrot.yaml")
	want := []string{"plans/all.yaml:7:14: credit: plan in a config without rates of kind plan, expected a table of them; add kind_is: plan to fx"}
	if d := cmp.Diff(want, texts(l.sorted())); d != "" {
		t.Error(d)
	}
}

// TestPlacesOfNumbers: each number of a plan is found again in its file by where it stands.
func TestPlacesOfNumbers(t *testing.T) {
	c, mistakes := everything(t, "surface", "second.yaml")
	more, again := everything(t, "surface", "first.yaml")
	if len(mistakes)+len(again) > 0 {
		t.Fatal(texts(mistakes), texts(again))
	}
	for path, want := range map[string]string{
		"second/1/draw.periods": "6", "second/1/draw.amount[0].EUR": `"1000"`, "second/1/effective.from": "2026-01-01",
		"second/1/released/release.parts[1].after": "90 days", "second/1/released/release.parts[0].if.at_least": `"4"`,
		"second/1/released/clawback.takes[1].takes": `"50%"`, "second/1/spiff/budget.each.EUR": `"1500"`, "second/1/spiff/budget.EUR": `"5000"`, "second/1/award/award.value.EUR": `"100"`,
		"third/1/flat/curve.rate":     `"1%"`,
		"first/1/tiers/quota.ramp[1]": `"75%"`, "first/1/tiers/curve.bands[1].pays": `"10%"`, "first/1/tiers/gates[0].above": `"100%"`,
		"first/1/tiers/multiply[0].curve.bands[1].pays": `"1"`, "first/1/card/parts[0].weight": `"40%"`, "first/1/card/target[0].EUR": `"2000"`,
		"first/1/grid/curve.pays[1][2]": `"100%"`, "first/1/grid/curve.columns.min_n": "2",
	} {
		p, ok := c.Places[path]
		if !ok {
			p, ok = more.Places[path]
		}
		if !ok {
			t.Errorf("%s has no place", path)
			continue
		}
		b, err := os.ReadFile("testdata/surface/" + filepath.Base(p.File))
		if err != nil {
			t.Fatal(err)
		}
		if line := []rune(strings.Split(string(b), "\n")[p.Line-1]); !strings.HasPrefix(string(line[p.Col-1:]), want) {
			t.Errorf("%s is at %s:%d:%d, where %q stands and not %s", path, p.File, p.Line, p.Col, string(line[p.Col-1:]), want)
		}
	}
	for path := range more.Places {
		if !strings.HasPrefix(path, "first/1/") && !strings.HasPrefix(path, "all/1/") || strings.Contains(path, "components") {
			t.Errorf("the place %s is of nothing", path)
		}
	}
}

// TestNoValueBreaksTheReader puts values of other kinds in the place of each value of the surface, and takes each key away:
// the reader refuses or takes what is left, and says where.
func TestNoValueBreaksTheReader(t *testing.T) {
	instead := []*yaml.Node{{Kind: yaml.ScalarNode, Tag: "!!null"}, {Kind: yaml.ScalarNode, Tag: "!!str", Value: "x"}, {Kind: yaml.MappingNode}, {Kind: yaml.SequenceNode},
		{Kind: yaml.ScalarNode, Tag: "!!int", Value: "7"}, {Kind: yaml.SequenceNode, Content: []*yaml.Node{{Kind: yaml.MappingNode}}}}
	turn, tried, refused := 0, 0, 0
	for _, name := range []string{"first.yaml", "second.yaml"} {
		b, err := os.ReadFile("testdata/surface/" + name)
		if err != nil {
			t.Fatal(err)
		}
		var roots []yaml.Node
		if err := yaml.Load(b, &roots, yaml.WithV4Defaults(), yaml.WithAllDocuments()); err != nil {
			t.Fatal(err)
		}
		files := memory(t, "company")
		try := func() {
			var text []byte
			for i := range roots {
				doc, err := yaml.Dump(&roots[i])
				if err != nil {
					t.Fatal(err)
				}
				text = append(append(text, "---\n"...), doc...)
			}
			added := *files["carrot.yaml"]
			added.Data = text
			files["plans/surface.yaml"] = &added
			l := &loader{fsys: files, getenv: environment, config: &Config{}}
			l.load("carrot.yaml")
			lines := strings.Count(string(text), "\n") + 1
			for _, m := range l.sorted() {
				if m.File == "plans/surface.yaml" && (m.Line < 1 || m.Line > lines || m.Col < 1) {
					t.Errorf("%s stands outside of the file", m)
				}
			}
			if tried++; len(l.mistakes) > 0 {
				refused++
			}
		}
		var walk func(n *yaml.Node)
		walk = func(n *yaml.Node) {
			for i, c := range n.Content {
				if n.Kind == yaml.MappingNode && i%2 == 0 {
					continue
				}
				n.Content[i] = instead[turn%len(instead)]
				turn++
				try()
				n.Content[i] = c
				if n.Kind == yaml.MappingNode && turn%3 == 0 {
					kept := n.Content
					n.Content = slices.Concat(kept[:i-1], kept[i+1:])
					try()
					n.Content = kept
				}
				walk(c)
			}
		}
		for i := range roots {
			walk(roots[i].Content[0])
		}
	}
	if tried < 300 || refused < tried/2 {
		t.Errorf("%d of %d were refused: the walk is broken", refused, tried)
	}
}

func TestDescribeSaysWhatIsNew(t *testing.T) {
	first, _ := everything(t, "surface", "first.yaml")
	second, _ := everything(t, "surface", "second.yaml")
	said := Describe(first) + Describe(second)
	for _, want := range []string{
		"  card (clause 2): Scorecard, every quarter, scorecard of csat 40 %, pulse 30 %, plan 30 %, excess carried\n",
		"  money (clause 6): Money for points, every year, steps of the number objectives\n",
		"  spiff (clause 3): Per unit, every month, rate of units, per deal, within a budget\n",
		"  bare (clause 2): As short as can be, every month, rate of sold, released by events, clawed back, capitalised\n",
		"  award (clause 4): Weekend, every month, award of the number objectives, in kind\n",
		"  a draw, advance\n",
		"legal us_minimum: Minimum wage, minimum in US by 29 USC 206, for exempt == \"no\"\n",
		"event refunded of crm.deals: rows of crm.refunds by day where amount > 0\n",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not said in:\n%s", want, said)
		}
	}
}
