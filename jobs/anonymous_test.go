package jobs

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"carrot/jobs/archive"
	"carrot/transform"
	"carrot/transform/comp"
	"carrot/transform/naive"
)

// toldResult is one statement that the attacker reads: a group's result of a month, as known when it was published.
type toldResult struct {
	measure, group, month, value string
	n                            int
}

// attacker reads everything that comes out and everything in the archive but what is sealed, and knows when who answered and
// where everybody works: all but what they answered.
type attacker struct {
	t      *testing.T
	w      *pulseWorld
	told   map[toldResult][]int // with the answers behind each: indexes of the world's
	wrong  []string
	read   int
	hidden int
	groups map[string]map[string]bool // whose results were told, by measure
}

// netSaid is the sentence of a net score; countSaid any number of answers in JSON.
var (
	netSaid   = regexp.MustCompile(`100 × \((\d+) − (\d+)\) / (\d+)`)
	countSaid = regexp.MustCompile(`"n": ?(\d+)`)
)

// look reads bytes: no result may be of fewer answers than the floor.
func (x *attacker) look(what string, b []byte) {
	x.read += len(b)
	said := []*regexp.Regexp{netSaid, countSaid}
	if what == summaryFile {
		said = said[:1] // it counts findings
	}
	for _, re := range said {
		for _, m := range re.FindAllSubmatch(b, -1) {
			if n, _ := strconv.Atoi(string(m[len(m)-1])); n > 0 && n < 8 {
				x.wrong = append(x.wrong, fmt.Sprintf("%s: %s", what, m[0]))
			}
		}
	}
}

// scorecards takes the results of a run in, with the answers that each is about: those known when the result was first told.
func (x *attacker) scorecards(b []byte, known comp.Date) {
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil || len(rows) < 2 {
		x.t.Fatalf("%d scorecards: %v", len(rows), err)
	}
	at := func(row []string, name string) string { return row[slices.Index(rows[0], name)] }
	for _, row := range rows[1:] {
		measure, n := at(row, "measure"), at(row, "n")
		if at(row, "value") == "" {
			x.hidden++
			continue
		}
		from, err := comp.ParseDate(at(row, "period_start"))
		if err != nil {
			x.t.Fatal(err)
		}
		month := comp.Month(from)
		group := "company"
		if measure != "enps_all" {
			group = x.w.at(at(row, "employee_id"), month.End-1, known, measure == "enps_entity")
		}
		f := toldResult{measure, group, month.Name(), at(row, "value"), 0}
		f.n, _ = strconv.Atoi(n)
		if _, again := x.told[f]; again {
			continue
		}
		set, value := x.behind(measure, group, month, known)
		if len(set) != f.n || value != f.value {
			x.t.Errorf("%s of %s in %s is told as %s of %d, and by hand it is %s of %d", measure, group, month.Name(), f.value, f.n, value, len(set))
		}
		if x.told[f] = set; x.groups[measure] == nil {
			x.groups[measure] = map[string]bool{}
		}
		x.groups[measure][group] = true
	}
}

// behind are the answers of a group in a month as known on a day, and their net score.
func (x *attacker) behind(measure, group string, month comp.Period, known comp.Date) (set []int, value string) {
	newest := map[string]int{}
	for i, a := range x.w.answers {
		if j, ok := newest[a.id]; a.known <= known && month.Contains(a.day) && (!ok || x.w.answers[j].known < a.known) {
			newest[a.id] = i
		}
	}
	net := int64(0)
	for _, i := range newest { // a sum; sorted below
		a := x.w.answers[i]
		if measure != "enps_all" && x.w.at(a.who, a.day, known, measure == "enps_entity") != group {
			continue
		}
		if set = append(set, i); a.score >= 9 {
			net++
		} else if a.score <= 6 {
			net--
		}
	}
	slices.Sort(set)
	if len(set) == 0 {
		return nil, ""
	}
	v, _ := comp.Int(100 * net).Quo(comp.Int(int64(len(set))))
	return set, v.String()
}

// solve tries sums and differences of up to three results, of up to four of one month, and gives those that are about fewer people
// than the floor.
func (x *attacker) solve() (found []string) {
	var facts []toldResult
	for f := range x.told {
		facts = append(facts, f)
	}
	slices.SortFunc(facts, func(a, b toldResult) int {
		return strings.Compare(fmt.Sprint(a.month, a.measure, a.group, a.n, a.value), fmt.Sprint(b.month, b.measure, b.group, b.n, b.value))
	})
	sum := make([]int8, len(x.w.answers))
	var said []string
	var search func(first, left int, month string)
	search = func(first, left int, month string) {
		for i := first; i < len(facts); i++ {
			if month != "" && facts[i].month != month {
				continue
			}
			for _, sign := range []int8{1, -1} {
				if len(said) == 0 && sign < 0 {
					continue
				}
				for _, a := range x.told[facts[i]] {
					sum[a] += sign
				}
				said = append(said, fmt.Sprintf("%+d × %v", sign, facts[i]))
				people := map[string]bool{}
				for a := range sum {
					if sum[a] != 0 {
						if people[x.w.answers[a].who] = true; len(people) >= 8 {
							break
						}
					}
				}
				if len(people) > 0 && len(people) < 8 {
					found = append(found, fmt.Sprintf("%d people: %s", len(people), strings.Join(said, " ")))
				}
				if next := month; left > 1 {
					if left == 2 && len(said) == 3 { // the fourth within the month alone
						next = facts[i].month
					}
					search(i+1, left-1, next)
				}
				said = said[:len(said)-1]
				for _, a := range x.told[facts[i]] {
					sum[a] -= sign
				}
			}
		}
	}
	months := map[string]bool{}
	for _, f := range facts {
		months[f.month] = true
	}
	search(0, 2, "")
	for m := range months {
		search(0, 4, m)
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// attack lives some months and attacks all that comes out of them.
func attack(t *testing.T, months int, compute Calculation) (*attacker, []string) {
	t.Helper()
	ctx := context.Background()
	w := newPulseWorld(months)
	h, kept, published := pulseHouse(t, w)
	h.Compute = compute
	x := &attacker{t: t, w: w, told: map[toldResult][]int{}, groups: map[string]map[string]bool{}}
	seen := map[string]bool{}
	w.live(t, h, months, func(out Outcome, known comp.Date) {
		for _, list := range [][]archive.Object{out.Manifest.Outputs, out.Manifest.Sidecars, {out.Manifest.Request}, out.Manifest.Config} {
			for _, o := range list {
				if o.Class == comp.Sealed || seen[o.Key] {
					continue
				}
				seen[o.Key] = true
				b, err := archive.Get(ctx, kept, o)
				if err != nil {
					t.Fatal(err)
				}
				if x.look(o.Name, b); strings.HasSuffix(o.Name, "scorecards.csv") {
					x.scorecards(b, known)
				}
			}
		}
		if known == comp.Day(2026, 3, 3) {
			if again, err := h.Replay(ctx, out.Ref); err != nil || len(again.Differences) > 0 || again.Outputs < 10 {
				t.Errorf("a replay of %d files differs: %v %v", again.Outputs, again.Differences, err)
			}
		}
		for _, payee := range []string{"P000", "P300"} {
			e, err := Explain(ctx, kept, out.Ref, out.Manifest, payee, 0, h.Temp)
			if err == nil {
				x.look("explain "+payee, fmt.Appendf(nil, "%+v", e))
			}
		}
	})
	for name, b := range published.Files {
		x.look(name, b)
	}
	return x, x.solve()
}

// TestNoAnswerCanBeWorkedOut lives fifteen months of a company with an anonymous survey and attacks everything that is published
// and everything in the archive that is not sealed. Both engines pay the same in each close.
func TestNoAnswerCanBeWorkedOut(t *testing.T) {
	t.Parallel()
	var plain Plain
	x, found := attack(t, 15, func(now transform.Inputs, prev *transform.Inputs) (*comp.Result, *transform.Lineage, error) {
		r, l, err := transform.Compute(now, prev)
		if err != nil || now.Run.Kind != comp.Close {
			return r, l, err
		}
		in, err := plain.Inputs(&now)
		if err != nil {
			return r, l, err
		}
		for _, d := range disagreements(now.Run.Period.Name(), posted(paidLines(r), now.Ledger, r), naive.Statements(in)) {
			t.Error(d)
		}
		return r, l, nil
	})
	for _, f := range slices.Concat(found, x.wrong) {
		t.Errorf("can be worked out: %s", f)
	}
	t.Logf("%d bytes read, %d results told, %d hidden; groups told: %v", x.read, len(x.told), x.hidden, x.groups)
	if x.read < 1_000_000 || len(x.told) < 40 || x.hidden < 100 || len(x.groups["enps"]) < 2 || len(x.groups["enps_entity"]) != 2 {
		t.Errorf("%d bytes, %d results told of groups %v: too little to tell anything", x.read, len(x.told), x.groups)
	}
}

// TestTheAttackSucceeds plants three weaknesses, each of which the attack finds: groups that are only held against the floor,
// answers that enter after the close, and previews that tell results.
func TestTheAttackSucceeds(t *testing.T) {
	t.Parallel()
	late := func(now transform.Inputs) ([]comp.Score, error) {
		now.Run.Period, now.Ledger, now.Confided = comp.Month(now.Run.Period.Start-1), nil, nil
		if now.Run.Period.Start < now.Settings.First {
			return nil, nil
		}
		r, _, err := transform.Compute(now, nil)
		if err != nil {
			return nil, err
		}
		return r.Scorecards, nil
	}
	for name, planted := range map[string]Calculation{
		"no complementary suppression": func(now transform.Inputs, prev *transform.Inputs) (*comp.Result, *transform.Lineage, error) {
			v := transform.DefaultVerbs()
			v.Suppress = func(sets [][]int, people func([]int) int64, floor int64) []bool {
				out := make([]bool, len(sets))
				for i, blocks := range sets {
					out[i] = people(blocks) >= floor
				}
				return out
			}
			return transform.ComputeWith(v, now, prev)
		},
		"late answers enter": func(now transform.Inputs, prev *transform.Inputs) (*comp.Result, *transform.Lineage, error) {
			r, l, err := transform.Compute(now, prev)
			if err != nil || now.Run.Kind != comp.Close {
				return r, l, err
			}
			more, err := late(now)
			r.Scorecards = append(r.Scorecards, more...)
			return r, l, err
		},
		"previews tell": func(now transform.Inputs, prev *transform.Inputs) (*comp.Result, *transform.Lineage, error) {
			kind := now.Run.Kind
			now.Run.Kind = comp.Close
			r, l, err := transform.Compute(now, prev)
			if err == nil {
				r.Run.Kind = kind
			}
			return r, l, err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x, found := attack(t, 4, planted)
			if len(found) == 0 {
				t.Errorf("of %d results nothing could be worked out: the attack proves little", len(x.told))
			}
			t.Logf("%d results told, %d answers of few people worked out, such as %v", len(x.told), len(found), found[:min(2, len(found))])
		})
	}
}
