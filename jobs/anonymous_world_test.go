package jobs

import (
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"carrot/config"
	"carrot/jobs/archive"
	"carrot/jobs/archive/storetest"
	"carrot/transform/comp"
)

// stay is where somebody works from a day on, as one drop of the roster tells.
type stay struct {
	who, department, entity string
	from                    comp.Date
}

// answer is a version of somebody's answer, known from a day on; a later version of its id replaces it.
type answer struct {
	id, who    string
	score      int
	day, known comp.Date
}

// pulseWorld is a company of four departments, of which one has seven people and one lies in both legal entities, with an
// anonymous survey every month: answers that come late, before and after the close, and answers that are changed.
type pulseWorld struct {
	rosters map[comp.Date][]stay // by the day of the drop
	answers []answer
}

// answersOf says which answers a person gives in a month; the company has a month in which eight answer in all, seven of them of
// one department, and two months with the same answers but one.
func newPulseWorld(months int) *pulseWorld {
	w := &pulseWorld{rosters: map[comp.Date][]stay{}}
	r := rand.New(rand.NewPCG(7, 8))
	first := comp.Day(2026, 1, 1)
	var now []stay
	join := func(who, department, entity string, from comp.Date) {
		now = append(now, stay{who, department, entity, from})
	}
	for i, g := range []struct {
		department, entity string
		n                  int
	}{{"A", "X", 20}, {"B", "X", 10}, {"B", "Y", 9}, {"C", "Y", 7}, {"D", "Y", 9}} {
		for k := range g.n {
			join(fmt.Sprintf("P%d%02d", i, k), g.department, g.entity, comp.Day(2025, 1, 1))
		}
	}
	w.rosters[comp.Day(2025, 12, 1)] = slices.Clone(now)
	for m := range months {
		month := comp.Month(first.AddMonths(m))
		close := month.End + 2
		w.rosters[close-1] = slices.Clone(now)
		known := func(answers int) comp.Date {
			return []comp.Date{month.Start + 20, month.Start + 20, month.Start + 20, month.Start + 24, close - 1, close + 5}[answers%6]
		}
		for i, s := range slices.Clone(now) {
			if s.department == "left" || slices.ContainsFunc(now[i+1:], func(later stay) bool { return later.who == s.who }) || s.from >= month.End {
				continue
			}
			answers := r.IntN(10) < 8
			when := known(r.IntN(6))
			if m == 2 {
				answers, when = s.who < "P007" || s.who == "P300", month.Start+20
			}
			score := []int{3, 6, 7, 8, 9, 9, 10}[r.IntN(7)]
			if m == 5 || m == 6 { // two months with equal totals but for one person
				answers, when, score = s.who != "P001" || m == 6, month.Start+20, 9
			}
			if answers {
				a := answer{fmt.Sprintf("%s-%02d", s.who, m), s.who, score, max(s.from, month.Start+10), when}
				if w.answers = append(w.answers, a); r.IntN(12) == 0 { // thought better of it, after the close
					a.score, a.known = 1, close+6
					w.answers = append(w.answers, a)
				}
			}
		}
		// After the close somebody joins, somebody leaves, and one turns out to have changed department before it.
		join(fmt.Sprintf("N%02d", m), string("ABCD"[m%4]), []string{"X", "Y"}[min(m%4, 1)], month.End)
		if i := r.IntN(46); m%3 == 1 {
			join(now[i].who, "left", now[i].entity, month.End)
		} else {
			join(now[i].who, string("ABCD"[r.IntN(4)]), now[i].entity, month.Start+5)
		}
		slices.SortStableFunc(now, func(a, b stay) int { return int(a.from - b.from) })
		w.rosters[close+4] = slices.Clone(now)
	}
	return w
}

// roster is what is known on a day.
func (w *pulseWorld) roster(known comp.Date) []stay {
	newest := comp.NoDate
	for drop := range w.rosters {
		if drop <= known {
			newest = max(newest, drop)
		}
	}
	return w.rosters[newest]
}

// at is somebody's department or entity on a day, as known on another; "" for nobody there.
func (w *pulseWorld) at(who string, day, known comp.Date, entity bool) (out string) {
	for _, s := range w.roster(known) { // ascending by day
		if s.who == who && s.from <= day {
			if out = s.department; entity {
				out = s.entity
			}
		}
	}
	return out
}

// pulseHouse is a house over the world's exports, which come drop by drop.
func pulseHouse(t *testing.T, w *pulseWorld) (*House, *storetest.Memory, *storetest.Memory) {
	t.Helper()
	dir, kept, published := t.TempDir(), storetest.NewMemory(), storetest.NewMemory()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("..", "config", "testdata", "pulse"))); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	edit := func(name string, pairs ...string) {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(pairs); i += 2 {
			if !strings.Contains(string(b), pairs[i]) {
				t.Fatalf("%s lacks %q", name, pairs[i])
			}
			b = []byte(strings.Replace(string(b), pairs[i], pairs[i+1], 1))
		}
		write(name, string(b))
	}
	edit("carrot.yaml", "employed: 'id != null'", "employed: 'department != \"left\"'", "entity: {const: DE01}", "entity: entity",
		"  - {id: DE01, name: Pulse GmbH, country: DE, currency: EUR, pay_code: \"3100\"}\n",
		"  - {id: X, name: X GmbH, country: DE, currency: EUR, pay_code: \"3100\"}\n  - {id: Y, name: Y GmbH, country: DE, currency: EUR, pay_code: \"3100\"}\n",
		"expect:\n  - {name: answers, table: hr.pulse, rows: 3}\n", "")
	edit("sources.yaml", "files: people.csv", "files: \"{drop}/people.csv\"", "keys: [id]", "keys: [id, since]", "      department: {from: department, type: category}\n",
		"      department: {from: department, type: category}\n      entity: {from: entity, type: category}\n")
	measures, err := os.ReadFile(filepath.Join(dir, "measures.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	enps := string(measures[:strings.Index(string(measures), "---\n")])
	entity := strings.NewReplacer("measure: enps", "measure: enps_entity", "pool: department", "pool: entity").Replace(enps)
	company := strings.NewReplacer("measure: enps", "measure: enps_all", "pool: department", "pool: company", "owner: {column: who}\n", "").Replace(enps)
	write("measures.yaml", enps+"---\n"+entity+"---\n"+company)
	plan, err := os.ReadFile(filepath.Join(dir, "plan.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	head, team, _ := strings.Cut(string(plan), "components:\n")
	team, _, _ = strings.Cut(team, "  - id: all\n")
	write("plan.yaml", strings.Replace(head, `'id != ""'`, `'id in ["P000", "P100", "P200", "P300", "P400"]'
waive: [{lint: L8, by: The board, reason: This company is about its survey alone, until: 2027-12-31}]`, 1)+"components:\n"+team+
		strings.NewReplacer("id: team", "id: entity", "measure: enps", "measure: enps_entity").Replace(team)+
		strings.NewReplacer("id: team", "id: all", "measure: enps", "measure: enps_all").Replace(team))
	days := map[comp.Date]bool{}
	for day := range w.rosters {
		days[day] = true
	}
	for _, a := range w.answers {
		days[a.known] = true
	}
	for day := range days { // each drop has both files
		people, pulse := "id,name,department,entity,since\n", "id,who,score,weight,day,sent\n"
		for _, s := range w.roster(day) {
			people += fmt.Sprintf("%s,%s,%s,%s,%s\n", s.who, s.who, s.department, s.entity, s.from)
		}
		for _, a := range w.answers {
			if a.known == day {
				pulse += fmt.Sprintf("%s,%s,%d,1.00,%s,%s\n", a.id, a.who, a.score, a.day, a.day)
			}
		}
		write("exports/"+day.String()+"/people.csv", people)
		write("exports/"+day.String()+"/pulse.csv", pulse)
	}
	h := &House{Main: "carrot.yaml", Files: os.DirFS(dir), Folder: func(name string) (fs.FS, error) { return os.DirFS(filepath.Join(dir, name)), nil },
		Archive: kept, Published: func(bool) (archive.Store, error) { return published, nil }, Program: archive.Program{Version: "test"},
		Now: func() time.Time { return time.Unix(0, 0) }, Temp: t.TempDir()}
	cfg, wrong := config.Load(h.Files, h.Main, func(string) (string, bool) { return "", false })
	for _, m := range wrong {
		t.Fatal(m)
	}
	h.Config = cfg
	return h, kept, published
}

// live runs what a company runs: previews within a month and after it, and the close. It calls after each run.
func (w *pulseWorld) live(t *testing.T, h *House, months int, after func(out Outcome, known comp.Date)) {
	t.Helper()
	ctx := context.Background()
	for m := range months {
		month := comp.Month(comp.Day(2026, 1, 1).AddMonths(m))
		for i, day := range []comp.Date{month.Start + 22, month.End, month.End + 2} {
			if _, err := h.Pull(ctx, day); err != nil {
				t.Fatal(err)
			}
			kind := comp.Preview
			if i == 2 {
				kind = comp.Close
			}
			out, err := h.Run(ctx, Options{Kind: kind, Period: month, Business: day, KnownAt: day, Publish: true})
			if err != nil {
				t.Fatal(err)
			}
			if out.Summary.Stopped {
				t.Fatalf("%s %s stopped: %v", kind, month.Name(), out.Manifest.Findings)
			}
			after(out, day)
		}
	}
}
