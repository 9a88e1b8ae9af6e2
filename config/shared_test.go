package config

import (
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

const sharedText = `component: growth
title: Growth of the company
clause: "7"
measure: sold
every: month
curve: {kind: rate, rate: "2%"}
`

// sharing is the company with two plans that use a shared component, after edits of its text and of the second plan's use.
func sharing(t *testing.T, text, use string) (*Config, []string) {
	t.Helper()
	files := memory(t, "company")
	files["carrot.yaml"].Data = append(files["carrot.yaml"].Data, "shared: [shared/*.yaml]\n"...)
	files["shared/growth.yaml"] = &fstest.MapFile{Data: []byte(text)}
	for plan, use := range map[string]string{"care": "{use: growth}", "sales": use} {
		files["plans/"+plan+".yaml"] = &fstest.MapFile{Data: []byte("plan: " + plan + "\nversion: \"1\"\ntitle: " + plan + "\neffective: {from: 2026-01-01}\neligible: department == \"" + plan + "\"\ncomponents:\n  - " + use + "\n")}
	}
	c, mistakes := Load(files, "carrot.yaml", environment)
	return c, texts(mistakes)
}

// TestSharedComponents: what two plans use is one component, whatever file they stand in; a change of it changes its digest and
// both plans'.
func TestSharedComponents(t *testing.T) {
	c, mistakes := sharing(t, sharedText, "{use: growth}")
	d, more := sharing(t, strings.Replace(sharedText, "2%", "3%", 1), "{use: growth}")
	if len(mistakes)+len(more) > 0 {
		t.Fatal(mistakes, more)
	}
	care, sales := c.Plans[1], c.Plans[2]
	if !reflect.DeepEqual(care.Components, sales.Components) || care.Components[0].Shared == "" || care.Components[0].ID != "growth" {
		t.Errorf("two plans that use %+v differ in it: %+v", care.Components[0], sales.Components[0])
	}
	for i := 1; i < 3; i++ {
		if p, q := c.Plans[i], d.Plans[i]; p.Digest == q.Digest || p.Components[0].Shared == q.Components[0].Shared || p.Components[0].Curve.Rate.Cmp(q.Components[0].Curve.Rate) == 0 {
			t.Errorf("a change of the shared component leaves plan %s as it was: %s, %s", p.ID, q.Digest, q.Components[0].Shared)
		}
	}
	if c.Plans[0].Digest != d.Plans[0].Digest {
		t.Error("a plan that does not use it has another digest")
	}
	if p, ok := c.Places["care/1/growth/curve.rate"]; !ok || p.File != "shared/growth.yaml" || p.Line != 6 {
		t.Errorf("its rate stands at %v", p)
	}
}

// TestSharedTarget: the target may be the plan's own.
func TestSharedTarget(t *testing.T) {
	c, mistakes := sharing(t, strings.Replace(sharedText, `{kind: rate, rate: "2%"}`, `{kind: linear, of: value}`, 1), `{use: growth, target: {EUR: "300", USD: "300"}}`)
	want := []string{`shared/growth.yaml:6:15: kind linear without target, expected the target pay that its factor multiplies; add target: {EUR: "…", USD: "…"}`}
	if d := cmp.Diff(want, mistakes); d != "" {
		t.Errorf("the plan without a target (-want +got):\n%s", d)
	}
	text := strings.Replace(sharedText, `{kind: rate, rate: "2%"}`, `{kind: linear, of: value}`, 1) + "target: {EUR: \"1\", USD: \"1\"}\n"
	_, mistakes = sharing(t, text, `{use: growth, target: {EUR: "3", USD: "3"}}`)
	want = []string{"plans/sales.yaml:7:19: a target of growth, which has one, expected it in one place; remove it here, or in shared/growth.yaml:7"}
	if d := cmp.Diff(want, mistakes); d != "" {
		t.Errorf("two targets (-want +got):\n%s", d)
	}
	if got := c.Plans[2].Components[0].Target; len(got) != 1 || got[0].By["EUR"].String() != "300" {
		t.Errorf("the target is %v", got)
	}
}

// TestSharedRefuse: each mistake once, with its place.
func TestSharedRefuse(t *testing.T) {
	for name, x := range map[string]struct {
		text, use string
		want      []string
	}{
		"unknown": {sharedText, "{use: grwth}", []string{"plans/sales.yaml:7:11: the shared component grwth, expected one of those under shared; write growth"}},
		"more":    {sharedText, `{use: growth, clause: "2"}`, []string{`plans/sales.yaml:7:19: unknown key "clause", expected a key of the use of a shared component; write use or target`}},
		"once":    {strings.Replace(sharedText, "sold", "solt", 1), "{use: growth}", []string{`shared/growth.yaml:4:10: the measure "solt", expected a measure that is defined; write sold`}},
		"unused":  {sharedText + "---\n" + strings.Replace(sharedText, "growth", "other", 1), "{use: growth}", []string{"shared/growth.yaml:8:12: the shared component other that no plan uses, expected - use: other under components of a plan; write it, or remove the file"}},
		"twice":   {sharedText + "---\n" + sharedText, "{use: growth}", []string{"shared/growth.yaml:8:12: the shared component growth a second time, expected each once; rename it; the first is shared/growth.yaml:1"}},
		"with id": {sharedText + "id: growth\n", "{use: growth}", []string{`shared/growth.yaml:7:1: unknown key "id", expected a key of a shared component; write component, title, clause, measure, score, parts, every, to_date, numbers, per, quota, target (and 17 more)`}},
		"unnamed": {strings.Replace(sharedText, "component: growth\n", "", 1), "{use: growth}", []string{"plans/care.yaml:7:11: the shared component growth, expected one of those under shared; declare it, or remove this",
			"plans/sales.yaml:7:11: the shared component growth, expected one of those under shared; declare it, or remove this", "shared/growth.yaml:1:1: a shared component without the key component; add component:"}},
	} {
		_, got := sharing(t, x.text, x.use)
		if d := cmp.Diff(x.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}
