package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"carrot/config"
	"carrot/jobs/archive"
	"carrot/jobs/archive/storetest"
	"carrot/transform/comp"
)

const fairCarrot = `carrot: 1
company: Fair
zone: Europe/Berlin
pay: {first: 2026-01, day: 25, restate_months: 3, approval: none}
entities:
  - {id: DE01, name: Fair GmbH, country: DE, currency: EUR, pay_code: "1"}
  - {id: US01, name: Fair Inc., country: US, currency: USD, pay_code: "2"}
archive: archive
published: published
question: "Ask."
sources: [sources.yaml]
measures: [measures.yaml]
plans: [plans.yaml]
roster:
  - {table: hr.people, id: id, employed: 'entity != null', set: {name: id, entity: entity}}
fairness:
  table: hr.groups
  employee: id
  group: [sex, origin]
  strata: [kind]
  gap: "0.1"
  jurisdictions: {US: none}
  decisions: {table: hr.decisions, component: component, who: who, on: day, why: why}
`

const fairSources = `source: hr
kind: files
folder: exports
tables:
  people: {files: "{drop}/people.csv", mode: snapshot, keys: [id], class: personal, format: csv, columns: {id: {from: id, type: id}, entity: {from: entity, type: category}}}
  groups: {files: "{drop}/groups.csv", mode: snapshot, keys: [id], class: sealed, format: csv, columns: {id: {from: id, type: id}, sex: {from: sex, type: category}, origin: {from: origin, type: category}}}
  decisions: {files: "{drop}/decisions.csv", mode: snapshot, keys: [component, day], format: csv, columns: {component: {from: component, type: category}, who: {from: who, type: text}, day: {from: day, type: date}, why: {from: why, type: text}}}
  ratings: {files: "{drop}/ratings.csv", mode: snapshot, keys: [id], format: csv, columns: {id: {from: id, type: id}, agent: {from: agent, type: id}, kind: {from: kind, type: category}, score: {from: score, type: integer}, day: {from: day, type: date}}}
`

const fairMeasures = `measure: rating
version: "1"
title: Rating, own customers
family: outcome
about: satisfaction
survey: transactional
unit: score
digits: 2
aggregate: mean
pool: payee
window: 1
table: hr.ratings
value: score
owner: {column: agent}
date: day
`

const fairPlans = `plan: service
version: "1"
title: Service
effective: {from: 2026-01-01}
eligible: 'true'
rounding: half-away
waive: [{lint: L8, by: Ada, reason: a test, until: 2027-01-01}]
components:
  - id: rated
    title: Rating
    clause: "1"
    measure: rating
    every: month
    target: {EUR: "100.00", USD: "100.00"}
    min_n: 5
    missing: neutral
    curve: {kind: interpolate, of: value, points: [{at: "1", pays: "0%"}, {at: "5", pays: "100%"}]}
`

// fairFiles are 26 agents, two of them in Germany. Twelve F are rated 3.9 on easy cases and 2.9 on hard ones, twelve M 4.3 and 3.3;
// F get three hard cases of ten, M seven. Three are of origin p, nine of q and twelve of r, F and M alike.
func fairFiles(decision string) fstest.MapFS {
	var people, groups, ratings strings.Builder
	people.WriteString("id,entity\n")
	groups.WriteString("id,sex,origin\n")
	ratings.WriteString("id,agent,kind,score,day\n")
	n := 0
	rate := func(agent, kind string, scores ...int) {
		for _, s := range scores {
			n++
			fmt.Fprintf(&ratings, "R%d,%s,%s,%d,2026-01-15\n", n, agent, kind, s)
		}
	}
	for a := range 26 {
		id, entity, sex, origin := fmt.Sprintf("a%02d", a), "US01", "FM"[a%2:a%2+1], "r"
		switch {
		case a >= 24:
			entity = "DE01" // would be a gap of its own
		case a < 3:
			origin = "p"
		case a < 12:
			origin = "q"
		}
		fmt.Fprintf(&people, "%s,%s\n", id, entity)
		fmt.Fprintf(&groups, "%s,%s,%s\n", id, sex, origin)
		low := (a / 2) % 2 // every second one is 0.2 lower than the one before
		easy, hard := [][]int{{4, 4, 4, 4, 4, 4, 4, 4, 4, 4}, {4, 4, 4, 4, 3, 4, 4, 4, 4, 3}}[low], [][]int{{3, 3, 3, 3, 3, 3, 3, 3, 3, 3}, {3, 3, 3, 3, 2, 3, 3, 3, 3, 2}}[low]
		if sex == "M" {
			easy, hard = [][]int{{4, 4, 5, 4, 5, 4, 4, 5, 4, 5}, {4, 4, 5, 4, 4, 4, 4, 5, 4, 4}}[low], [][]int{{3, 3, 4, 3, 4, 3, 3, 4, 3, 4}, {3, 3, 4, 3, 3, 3, 3, 4, 3, 3}}[low]
			rate(id, "easy", easy...)
			rate(id, "hard", hard...)
			rate(id, "hard", hard...)
			continue
		}
		rate(id, "easy", easy...)
		rate(id, "easy", easy...)
		rate(id, "hard", hard...)
	}
	files := fstest.MapFS{}
	for name, text := range map[string]string{"carrot.yaml": fairCarrot, "sources.yaml": fairSources, "measures.yaml": fairMeasures, "plans.yaml": fairPlans,
		"exports/2026-02-03/people.csv": people.String(), "exports/2026-02-03/groups.csv": groups.String(), "exports/2026-02-03/ratings.csv": ratings.String(),
		"exports/2026-02-03/decisions.csv": "component,who,day,why\nservice/another,Ada Lovelace,2026-02-01,another\n" + decision} {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return files
}

// fair closes January and compares.
func fair(t *testing.T, files fs.FS) Disparities {
	t.Helper()
	c, mistakes := config.Load(files, "carrot.yaml", os.LookupEnv)
	for _, m := range mistakes {
		t.Fatal(m)
	}
	h := &House{Config: c, Main: "carrot.yaml", Files: files, Folder: func(name string) (fs.FS, error) { return fs.Sub(files, name) },
		Archive: storetest.NewMemory(), Program: archive.Program{Version: "test"}, Now: func() time.Time { return time.Unix(0, 0) }, Temp: t.TempDir()}
	ctx, day := context.Background(), comp.Day(2026, 2, 3)
	if _, err := h.Pull(ctx, day); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Fairness(ctx, "", "", day); err == nil || err.Error() != "no month of this archive is posted; close the first: carrot run --close --period 2026-01" {
		t.Errorf("before any close: %v", err)
	}
	ran, err := h.Run(ctx, Options{Kind: comp.Close, Period: comp.Month(comp.Day(2026, 1, 1)), Business: day, KnownAt: day})
	if err != nil {
		t.Fatal(err)
	}
	if ran.Posting == nil {
		t.Fatalf("not posted: %+v", ran.Summary)
	}
	d, err := h.Fairness(ctx, "", "", day)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestFairness compares ratings of an archived month by group: like with like, without those of a country that nobody agreed to
// look at, and shows no group of few people, nor one from which it could be worked out. Nobody's id is told.
func TestFairness(t *testing.T) {
	d := fair(t, fairFiles(""))
	if len(d.Components) != 1 {
		t.Fatalf("%d components", len(d.Components))
	}
	x := d.Components[0]
	var got []string
	for _, g := range x.Groups {
		got = append(got, fmt.Sprintf("%s %s %d %d: %s of %d, plain %s of %d, %v", g.Column, g.Group, g.People, g.Others, g.Gap, g.N, g.Plain, g.All, g.Material))
	}
	// Plain: F (2·3.9 + 2.9)/3, M (4.3 + 2·3.3)/3. Of origin r are six of each sex, of the others as well. Each of
	// the 24 has 30 ratings.
	want := []string{"sex F 12 12: -0.400 of 720, plain -0.067 of 720, true", "sex M 12 12: 0.400 of 720, plain 0.067 of 720, true",
		"origin r 12 12: 0.000 of 720, plain 0.000 of 720, false"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"origin"}, x.Hidden); diff != "" || !x.Material || x.Decided != nil {
		t.Errorf("hidden %s, material %v, decided %v", diff, x.Material, x.Decided)
	}
	if b, err := json.Marshal(d); err != nil || strings.Contains(string(b), "a0") || strings.Contains(string(b), "a1") {
		t.Errorf("somebody is named in %s (%v)", b, err)
	}
	d = fair(t, fairFiles("service/rated,Ada Lovelace,2026-02-02,the questionnaire is changed\nservice/rated,,2026-02-03,nobody\n"))
	if diff := cmp.Diff(&GroupDecision{"Ada Lovelace", "2026-02-02", "the questionnaire is changed"}, d.Components[0].Decided); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestShown hides groups below the floor, and more until those who are hidden are as many as the floor.
func TestShown(t *testing.T) {
	for _, x := range []struct {
		sizes map[string]int
		want  string
	}{
		{map[string]int{"a": 8, "b": 8}, "a b"}, {map[string]int{"a": 8, "b": 7}, ""}, {map[string]int{"a": 30, "b": 9, "c": 3}, "a"},
		{map[string]int{"a": 30, "b": 9, "c": 5, "d": 4}, "a b"}, {map[string]int{"a": 30}, ""}, {map[string]int{"a": 30, "b": 20, "c": 10, "d": 1}, "a b"}, {nil, ""},
	} {
		shown, _ := shownOf(x.sizes, 8)
		if got := strings.Join(shown, " "); got != x.want {
			t.Errorf("%v: %q shown, want %q", x.sizes, got, x.want)
		}
	}
}
