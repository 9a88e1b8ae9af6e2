package jobs

import (
	"context"
	"slices"
	"sort"
	"strings"

	"carrot/config"
	"carrot/jobs/plans"
	"carrot/transform"
	"carrot/transform/comp"
)

// Roster is who works at the company, with which numbers and signatures, as the newest exports of the archive tell. It is
// what commands about plans ask of people; no run reads it.
type Roster struct {
	Company *comp.Company
	config  *config.Config
	bench   *bench
	inputs  transform.Inputs
}

// Roster reads the people, the number tables and the acceptances, as known on a day; nil where the archive has no export of
// people yet. The caller closes it.
func (h *House) Roster(ctx context.Context, on comp.Date) (*Roster, error) {
	m := comp.Mapping{Roster: h.Config.Mapping.Roster, Quotas: h.Config.Mapping.Quotas, Acceptances: h.Config.Mapping.Acceptances, Accounts: h.Config.Mapping.Accounts}
	k := &knowledge{config: h.Config, main: h.Main}
	tables := tablesRead(m)
	if err := h.know(ctx, k, on, func(table string) bool { return slices.Contains(tables, table) }); err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(m.Roster, func(r comp.RosterMap) bool { return k.pulled(r.Table) }) {
		return nil, nil
	}
	b := newBench(ctx, h)
	in, _, err := b.inputs(k, comp.RunFacts{Kind: comp.Preview, Period: comp.Month(on), Business: on, KnownAt: on}, nil)
	if err == nil {
		in.Mapping, in.Files = m, b.files
		var company *comp.Company
		if company, _, err = transform.Conform(in); err == nil { // what is wrong with a row is told by runs
			return &Roster{company, h.Config, b, in}, nil
		}
	}
	b.vault.Close()
	return nil, err
}

// tablesRead are the tables that a mapping reads, and those in which it looks things up.
func tablesRead(m comp.Mapping) (out []string) {
	for _, r := range m.Roster {
		out = append(out, r.Table)
		for _, s := range r.Set {
			out = append(out, s.In)
		}
	}
	for _, q := range m.Quotas {
		out = append(out, q.Table)
	}
	for _, a := range m.Acceptances {
		out = append(out, a.Table)
	}
	if a := m.Accounts; a != nil {
		out = append(out, a.Table)
		for _, r := range a.Reach {
			out = append(out, r.Table)
		}
		for _, c := range a.In {
			out = append(out, c.Table)
		}
	}
	return out
}

// pulled says whether any export of a table is known.
func (k *knowledge) pulled(table string) bool {
	for _, p := range k.pulls {
		if p.Name() == table {
			return true
		}
	}
	return false
}

// Close gives the opened files back.
func (r *Roster) Close() error { return r.bench.vault.Close() }

// Payee is somebody for one version of a plan, with the line of everything that is stated of them; nil where the plan never
// takes them in.
func (r *Roster) Payee(id string, p *comp.Plan) (*plans.Payee, error) {
	i, ok := sort.Find(len(r.Company.People), func(i int) int { return strings.Compare(id, r.Company.People[i].ID) })
	if !ok {
		return nil, refuse("there is no employee %s in the newest archived exports; write an id of the roster, as it stands there", id)
	}
	person := &r.Company.People[i]
	on, err := transform.DaysOn(p, person)
	if err != nil || len(on) == 0 {
		return nil, err
	}
	who := plans.PayeeOf(r.Company, p, person, on)
	if len(person.Origins) > 0 {
		if who.Place.Line, err = r.line(person.Origins[0]); err != nil {
			return nil, err
		}
	}
	for i := range who.Stated {
		s := &who.Stated[i]
		if s.Place.Line, err = r.line(s.Origin); err != nil {
			return nil, err
		}
	}
	return who, nil
}

// line is where a row stands in its file; 0 where that cannot be told.
func (r *Roster) line(o comp.Origin) (int, error) {
	lines, err := r.bench.lines(fileAs{digest: o.File}, []int64{o.Pos})
	if err != nil || len(lines) == 0 {
		return 0, err
	}
	return lines[0], nil
}

// unsigned are those who take part in a plan on a day and have accepted neither their own document nor everybody's.
func (r *Roster) unsigned(on comp.Date) (out []plans.Unsigned, err error) {
	documents := map[*comp.Plan]string{}
	for i := range r.Company.People {
		person := &r.Company.People[i]
		for j := range r.config.Plans {
			p := &r.config.Plans[j]
			takes, err := transform.OnPlan(p, person, on)
			if err != nil || !takes { // an attribute that cannot be read is a finding of every run
				continue
			}
			if documents[p] == "" {
				documents[p] = plans.Write(r.config, p).Digest
			}
			days, err := transform.DaysOn(p, person)
			if err != nil {
				return nil, err
			}
			own := plans.WriteFor(r.config, p, plans.PayeeOf(r.Company, p, person, days)).Digest
			if r.accepted(person.ID, documents[p]) || r.accepted(person.ID, own) {
				continue
			}
			state, _ := person.Attr("state", on)
			out = append(out, plans.Unsigned{Payee: person.ID, Plan: p.ID, Version: p.Version, State: state})
		}
	}
	return out, nil
}

// moves are the changes of people from one plan to another from a year before a day on, as far as the newest exports tell; within three
// months, since who comes back later has been away.
func (r *Roster) moves(on comp.Date) (out []plans.Move, err error) {
	for i := range r.Company.People {
		var spans []planDays
		for j := range r.config.Plans {
			p := &r.config.Plans[j]
			days, err := transform.DaysOn(p, &r.Company.People[i])
			if err != nil {
				continue // an attribute that cannot be read is a finding of every run
			}
			for _, d := range days {
				spans = append(spans, planDays{p.ID, d})
			}
		}
		sort.SliceStable(spans, func(a, b int) bool { return spans[a].Start < spans[b].Start })
		for _, b := range spans {
			for _, a := range spans {
				if a.plan != b.plan && a.End <= b.Start && b.Start < a.End.AddMonths(3) && b.Start > on.AddMonths(-12) {
					out = append(out, plans.Move{Payee: r.Company.People[i].ID, From: a.plan, To: b.plan, Left: a.End, On: b.Start})
				}
			}
		}
	}
	return out, nil
}

// planDays are days on which a plan takes somebody in.
type planDays struct {
	plan string
	comp.Period
}

func (r *Roster) accepted(payee, digest string) bool {
	_, ok := r.Company.Accepted[[2]string{payee, digest}]
	return ok
}

// medians are the middle numbers of each name in the number tables on a day. Of a name in several currencies there is none.
func (r *Roster) medians(on comp.Date) map[string]comp.Number {
	all, currency, mixed := map[string][]comp.Number{}, map[string]comp.Currency{}, map[string]bool{}
	for _, q := range r.Company.Quotas {
		if !q.Period.Contains(on) {
			continue
		}
		if c, seen := currency[q.Name]; seen && c != q.Amount.Currency {
			mixed[q.Name] = true
		}
		currency[q.Name] = q.Amount.Currency
		all[q.Name] = append(all[q.Name], q.Amount.Number)
	}
	out := map[string]comp.Number{}
	for name, list := range all { // each to a key of its own: the order leaves no trace
		if !mixed[name] {
			out[name] = plans.Median(list)
		}
	}
	return out
}

// accounts are those whose rows each measure reads, with how far they have come, by measure.
func (r *Roster) accounts(on comp.Date) (map[string][]comp.AccountStage, error) {
	stages, err := transform.AccountStages(r.inputs, comp.Month(on))
	if len(stages) == 0 {
		return nil, err
	}
	out := map[string][]comp.AccountStage{}
	for i := range r.config.Measures {
		m := &r.config.Measures[i]
		names, err := r.accountsOf(m, comp.Month(on))
		if err != nil {
			return nil, err
		}
		for _, s := range stages {
			if _, there := slices.BinarySearch(names, s.Account); there {
				out[m.ID] = append(out[m.ID], s)
			}
		}
	}
	return out, nil
}

// accountsOf are the accounts of the rows that a measure reads, by way of its inputs too; sorted.
func (r *Roster) accountsOf(m *comp.Measure, at comp.Period) ([]string, error) {
	names, err := transform.AccountsOf(r.inputs, m, at)
	for _, in := range m.Inputs {
		for i := range r.config.Measures {
			if other := &r.config.Measures[i]; err == nil && other.ID == in.Measure {
				var more []string
				more, err = r.accountsOf(other, at)
				names = append(names, more...)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names), err
}
