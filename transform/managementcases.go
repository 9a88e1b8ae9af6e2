package transform

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"carrot/transform/comp"
)

// became counts what became of a case.
func became(at *comp.LookedAt, state string) {
	switch state {
	case comp.CaseAnswered, comp.CaseClosed:
		at.Answered++
	case comp.CaseExpired:
		at.Expired++
	default:
		at.Waiting++
	}
}

// among counts somebody who was looked at where they worked.
func among(looked *comp.Looked, at comp.LookedAt) {
	i, there := slices.BinarySearchFunc(looked.Among, at, func(a, b comp.LookedAt) int {
		return cmp.Or(cmp.Compare(a.Department, b.Department), cmp.Compare(a.Entity, b.Entity))
	})
	if !there {
		looked.Among = slices.Insert(looked.Among, i, comp.LookedAt{Department: at.Department, Entity: at.Entity})
	}
	looked.Among[i].Add(at)
}

// casesBy are the kinds of groups by which any section tells of cases: what one of them shows must not tell what another hides.
func (l *looker) casesBy() (by []comp.Pool, least int64) {
	for _, s := range l.a.in.Settings.Sections {
		if s.Kind != "cases" {
			continue
		}
		if least = max(least, int64(s.Least)); s.By != "" && s.By != comp.PoolCompany && !slices.Contains(by, s.By) {
			by = append(by, s.By)
		}
	}
	slices.Sort(by)
	return by, least
}

// worksIn is where people are counted, for a kind of groups.
func worksIn(at *comp.LookedAt, by comp.Pool) string {
	switch by {
	case comp.PoolDepartment:
		return at.Department
	case comp.PoolEntity:
		return at.Entity
	}
	return ""
}

// lookedOf are the groups of which anything was looked at, each as a set of those who work at the same places.
func lookedOf(seen *comp.Looked, by []comp.Pool) (sets []answerSet, all []lump) {
	ranks := map[comp.Pool]int{comp.PoolCompany: 0, comp.PoolEntity: 1, comp.PoolDepartment: 2}
	for i := range seen.Among {
		at := &seen.Among[i]
		all = append(all, lump{seen.Period, int64(at.People)})
		for _, pool := range append([]comp.Pool{comp.PoolCompany}, by...) {
			if seen.Plans && pool != comp.PoolCompany {
				continue // nobody's department is asked about
			}
			name := poolName(pool, worksIn(at, pool))
			k := slices.IndexFunc(sets, func(s answerSet) bool { return s.name == name })
			if k < 0 {
				k, sets = len(sets), append(sets, answerSet{name: name, rank: ranks[pool]})
			}
			sets[k].blocks = append(sets[k].blocks, i)
		}
	}
	if len(sets) == 0 {
		sets = []answerSet{{name: poolName(comp.PoolCompany, "")}}
	}
	slices.SortFunc(sets, func(a, b answerSet) int { return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.name, b.name)) })
	return sets, all
}

// cases counts, for each detector and window, how many people were looked at and what became of the cases about them, of the company
// and of each group. Whoever a case is about is told first and answers first: here nobody is more than one of a count, and groups of
// few people are not told, nor what would tell them by subtraction.
func (l *looker) cases(spec *comp.SectionSpec, s *comp.Section, r *comp.Result) {
	several := spec.By != "" && spec.By != comp.PoolCompany
	s.Columns = []comp.SectionColumn{{Title: "Check"}}
	if several {
		s.Columns = append(s.Columns, comp.SectionColumn{Title: capital(string(spec.By))})
	}
	s.Columns = append(s.Columns, comp.SectionColumn{Title: "Period"})
	for _, title := range []string{"Looked at", "Cases", "Answered", "Not yet", "Expired", "By chance, of 100"} {
		s.Columns = append(s.Columns, comp.SectionColumn{Title: title, Right: true})
	}
	by, least := l.casesBy()
	few, plans := 0, map[string]bool{}
	for i := range r.Looked {
		seen := &r.Looked[i]
		sets, all := lookedOf(seen, by)
		told := shown(sets, all, least, l.v.Suppress)
		if seen.Plans && seen.People > 0 {
			plans[seen.Title] = true
		}
		for k, set := range sets {
			kind, name, _ := strings.Cut(set.name, ":")
			if kind != string(comp.PoolCompany) && kind != string(spec.By) {
				continue
			}
			row := []string{seen.Title}
			if several {
				row = append(row, cmp.Or(name, map[bool]string{true: "the company", false: "no " + kind}[kind == string(comp.PoolCompany)]))
			}
			row = append(row, seen.Period.Words())
			if !told[k] && seen.People > 0 {
				few++
				s.Rows = append(s.Rows, append(row, "not told", "-", "-", "-", "-", "-"))
				continue
			}
			var sum comp.LookedAt
			for _, b := range set.blocks {
				sum.Add(seen.Among[b])
			}
			for _, n := range []int{sum.People, sum.Waiting + sum.Answered + sum.Expired, sum.Answered, sum.Waiting, sum.Expired} {
				row = append(row, comp.Grouped(fmt.Sprint(n)))
			}
			s.Rows = append(s.Rows, append(row, ofHonest(seen)))
		}
	}
	s.After = append(s.After, "Looked at are people with enough rows. Of 100 honest people about so many as the last column says would be flagged by chance, or fewer: in brackets, one in so many. "+
		"A case is a question, and no finding: the person is told first and answers first, it changes no pay, and it expires.")
	for _, title := range sortedKeys(plans) {
		s.After = append(s.After, title+": asks about components of plans, and of nobody by name; of 100 components that nobody steers chance would flag so many.")
	}
	if few > 0 {
		s.After = append(s.After, fmt.Sprintf("Of fewer than %d people nothing is told, nor of others who would tell it by subtraction: %d are left out.", least, few))
	}
}

// ofHonest is how many of 100 who are honest chance flags at most, and that it is one of so many.
func ofHonest(seen *comp.Looked) string {
	each := over(seen.P, comp.Int(int64(seen.Asked)))
	if each.Sign() <= 0 {
		return "-"
	}
	text := each.Mul(comp.Int(100)).Fixed(4, comp.HalfAway)
	if text = strings.TrimRight(strings.TrimRight(text, "0"), "."); text == "0" {
		text = "under 0.0001"
	}
	return fmt.Sprintf("%s (1 in %s)", text, comp.Grouped(over(comp.Int(1), each).Fixed(0, comp.HalfAway)))
}
