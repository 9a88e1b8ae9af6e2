package config

import (
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

const sharedPartText = `part: reach
title: What was sold
measure: sold
curve: {kind: interpolate, of: value, points: [{at: "0", pays: "0%"}, {at: "1000", pays: "100%"}]}
`

// sharingParts is the company with two plans whose scorecards use a shared part, after edits of its text and of the second use.
func sharingParts(t *testing.T, text, use string) (*Config, []string) {
	t.Helper()
	files := memory(t, "company")
	files["carrot.yaml"].Data = append(files["carrot.yaml"].Data, "shared: [shared/*.yaml]\n"...)
	files["shared/reach.yaml"] = &fstest.MapFile{Data: []byte(text)}
	own := `{id: own, measure: sold, weight: "60%", curve: {kind: linear, of: value}}`
	for plan, use := range map[string]string{"care": `{use: reach, weight: "40%"}`, "sales": use} {
		files["plans/"+plan+".yaml"] = &fstest.MapFile{Data: []byte("plan: " + plan + "\nversion: \"1\"\ntitle: " + plan + "\neffective: {from: 2026-01-01}\neligible: department == \"" + plan +
			"\"\ncomponents:\n  - id: card\n    title: Card\n    clause: \"1\"\n    every: month\n    target: {EUR: \"100\", USD: \"100\"}\n    parts:\n      - " + use + "\n      - " + own + "\n")}
	}
	c, mistakes := Load(files, "carrot.yaml", environment)
	return c, texts(mistakes)
}

// TestSharedComponentParts: a part that two scorecards use is one part with one digest, whatever weight it has; a change of it changes its
// digest and that of both plans.
func TestSharedComponentParts(t *testing.T) {
	c, mistakes := sharingParts(t, sharedPartText, `{use: reach, weight: "40%"}`)
	d, more := sharingParts(t, strings.Replace(sharedPartText, "1000", "2000", 1), `{use: reach, weight: "40%"}`)
	if len(mistakes)+len(more) > 0 {
		t.Fatal(mistakes, more)
	}
	care, sales := c.Plans[1].Components[0].Parts, c.Plans[2].Components[0].Parts
	if !reflect.DeepEqual(care[0], sales[0]) || care[0].Shared == "" || care[0].ID != "reach" || care[0].Weight.String() != "0.4" || care[1].Shared != "" {
		t.Errorf("two scorecards that use %+v differ in it: %+v", care[0], sales[0])
	}
	for i := 1; i < 3; i++ {
		if p, q := c.Plans[i], d.Plans[i]; p.Digest == q.Digest || p.Components[0].Parts[0].Shared == q.Components[0].Parts[0].Shared {
			t.Errorf("a change of the shared part leaves plan %s as it was: %s", p.ID, q.Digest)
		}
	}
	if c.Plans[0].Digest != d.Plans[0].Digest {
		t.Error("a plan that does not use it has another digest")
	}
	for path, want := range map[string]string{"sales/1/card/parts[0].weight": "plans/sales.yaml:13", "sales/1/card/parts[0].curve.points[1].at": "shared/reach.yaml:4"} {
		if p := c.Places[path]; p.File+":"+string(rune('0'+p.Line/10))+string(rune('0'+p.Line%10)) != strings.Replace(want, ":4", ":04", 1) {
			t.Errorf("%s stands at %v, expected %s", path, p, want)
		}
	}
}

// TestSharedComponentOfSharedParts: a shared component whose scorecard has a shared part has another digest when that part changes.
func TestSharedComponentOfSharedParts(t *testing.T) {
	digests := map[string]bool{}
	for _, at := range []string{"1000", "2000"} {
		files := memory(t, "company")
		files["carrot.yaml"].Data = append(files["carrot.yaml"].Data, "shared: [shared/*.yaml]\n"...)
		files["shared/reach.yaml"] = &fstest.MapFile{Data: []byte(strings.Replace(sharedPartText, "1000", at, 1))}
		files["shared/card.yaml"] = &fstest.MapFile{Data: []byte("component: card\ntitle: Card\nclause: \"1\"\nevery: month\ntarget: {EUR: \"100\", USD: \"100\"}\nparts: [{use: reach, weight: \"100%\"}]\n")}
		files["plans/care.yaml"] = &fstest.MapFile{Data: []byte("plan: care\nversion: \"1\"\ntitle: care\neffective: {from: 2026-01-01}\neligible: department == \"care\"\ncomponents:\n  - use: card\n")}
		c, mistakes := Load(files, "carrot.yaml", environment)
		if len(mistakes) > 0 {
			t.Fatal(mistakes)
		}
		digests[c.Plans[1].Components[0].Shared], digests[c.Plans[1].Digest] = true, true
	}
	if len(digests) != 4 {
		t.Errorf("%d digests of two definitions in two places, expected 4", len(digests))
	}
}

// TestSharedComponentPartsRefuse: each mistake once, with its place.
func TestSharedComponentPartsRefuse(t *testing.T) {
	const use = `{use: reach, weight: "40%"}`
	for name, x := range map[string]struct {
		text, use string
		want      []string
	}{
		"unknown":        {sharedPartText, `{use: raech, weight: "40%"}`, []string{"plans/sales.yaml:13:15: the shared part raech, expected one of those under shared; write reach"}},
		"no weight":      {sharedPartText, "{use: reach}", []string{"plans/sales.yaml:13:9: the use of a shared part without the key weight; add weight:"}},
		"more":           {sharedPartText, `{use: reach, weight: "40%", min_n: 5}`, []string{`plans/sales.yaml:13:37: unknown key "min_n", expected a key of the use of a shared part; write use or weight`}},
		"another weight": {sharedPartText, `{use: reach, weight: "50%"}`, []string{"plans/sales.yaml:12:5: weights that total 110 %, expected 100 %; correct a weight (lint L17)"}},
		"its own weight": {sharedPartText + "weight: \"40%\"\n", use, []string{`shared/reach.yaml:5:1: unknown key "weight", expected a key of a shared part of a scorecard; write part, missing, title, measure, score, quota, curve, min_n, gates, floor or cap`}},
		"once":           {strings.Replace(sharedPartText, "measure: sold", "measure: solt", 1), use, []string{`shared/reach.yaml:3:10: the measure "solt", expected a measure that is defined; write sold`}},
		"unused": {sharedPartText + "---\n" + strings.Replace(sharedPartText, "reach", "other", 1), use, []string{
			"shared/reach.yaml:6:7: the shared part other that no scorecard uses, expected - {use: other, weight: …} under parts of a component; write it, or remove the file"}},
		"twice": {sharedPartText + "---\n" + sharedPartText, use, []string{"shared/reach.yaml:6:7: the shared part reach a second time, expected each once; rename it; the first is shared/reach.yaml:1"}},
	} {
		_, got := sharingParts(t, x.text, x.use)
		if d := cmp.Diff(x.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}
