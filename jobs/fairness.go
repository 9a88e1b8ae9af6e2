package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"

	"carrot/config"
	"carrot/transform"
	"carrot/transform/comp"
	"carrot/transform/stat"
)

// Disparities are how customers rate people, compared by group over some posted months. Nobody is named, and no group of fewer
// people than the floor is shown, nor one from which such a group could be worked out.
type Disparities struct {
	From       string           `json:"from"`
	To         string           `json:"to"`
	Gap        string           `json:"gap"`
	Floor      int              `json:"floor"`
	Components []RatedComponent `json:"components"`
}

// RatedComponent is a component that pays by ratings.
type RatedComponent struct {
	Component string         `json:"component"` // plan/component
	Measure   string         `json:"measure"`
	Where     comp.Place     `json:"where"`
	Groups    []GroupGap     `json:"groups"`
	Hidden    []string       `json:"hidden,omitempty"` // columns of which groups are not shown
	Material  bool           `json:"material"`
	Decided   *GroupDecision `json:"decided,omitempty"`
}

// GroupGap is how much better a group is rated than the others on the same kind of rows.
type GroupGap struct {
	Column   string `json:"column"`
	Group    string `json:"group"`
	People   int    `json:"people"`
	Others   int    `json:"others"`
	Plain    string `json:"plain"` // without regard to strata
	All      int64  `json:"all"`   // ratings that this is of
	Gap      string `json:"gap"`
	N        int64  `json:"n"` // ratings that this is of: those in strata that have some of both
	Low      string `json:"low"`
	High     string `json:"high"`
	Material bool   `json:"material"`
}

// GroupDecision is what a person decided about a component.
type GroupDecision struct {
	Who string `json:"who"`
	On  string `json:"on"`
	Why string `json:"why"`
}

// Fairness compares ratings over the posted months from one to another ("": the last twelve) at the newest knowledge of the archive.
// Nothing is written.
func (h *House) Fairness(ctx context.Context, from, to string, today comp.Date) (out Disparities, err error) {
	f, first, last, err := h.comparable(ctx, from, to)
	if err != nil {
		return out, err
	}
	in, done, err := h.known(ctx, last, today)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, done()) }()
	in.Settings.First, in.Settings.Restate = first.Start, 0
	for in.Settings.Restate < 120 && last.Start.AddMonths(-in.Settings.Restate) > first.Start {
		in.Settings.Restate++
	}
	rated, err := transform.Ratings(in, comp.Period{Start: first.Start, End: last.End}, f.Strata)
	if err != nil {
		return out, err
	}
	groups, err := groupsOf(in, f, last.End-1)
	if err != nil {
		return out, err
	}
	decided, err := decisions(in, f, first.Start)
	if err != nil {
		return out, err
	}
	out = Disparities{From: first.Name(), To: last.Name(), Gap: f.Gap.String(), Floor: f.Floor}
	for _, r := range rated {
		x := compared(r, f, groups)
		x.Decided = decided[x.Component]
		out.Components = append(out.Components, x)
	}
	return out, nil
}

// known are the inputs of a preview of a month at the newest knowledge of the archive, to be read until done is called.
func (h *House) known(ctx context.Context, month comp.Period, today comp.Date) (in transform.Inputs, done func() error, err error) {
	k := &knowledge{config: h.Config, main: h.Main}
	if err := h.know(ctx, k, today, func(string) bool { return true }); err != nil {
		return in, nil, err
	}
	b := newBench(ctx, h)
	if in, _, err = b.inputs(k, comp.RunFacts{Kind: comp.Preview, Period: month, Business: today, KnownAt: today}, nil); err != nil {
		return in, nil, errors.Join(err, b.vault.Close())
	}
	in.Files = b.files
	return in, b.vault.Close, nil
}

// comparable are the groups to compare, and the first and the last posted month of those that are asked for.
func (h *House) comparable(ctx context.Context, from, to string) (f *config.Fairness, first, last comp.Period, err error) {
	if f = h.Config.Fairness; f == nil {
		return nil, first, last, refuse("%s says no groups to compare; add fairness: {table: …, employee: …, group: […], gap: \"0.1\", jurisdictions: {US: none}}", h.Main)
	}
	first, last, err = h.postedMonths(ctx, from, to)
	return f, first, last, err
}

// postedMonths are the first and the last posted month of those that are asked for.
func (h *House) postedMonths(ctx context.Context, from, to string) (first, last comp.Period, err error) {
	chain, err := h.Postings(ctx)
	if err != nil {
		return first, last, err
	}
	var months []string
	for _, p := range chain {
		if (from == "" || p.Period >= from) && (to == "" || p.Period <= to) {
			months = append(months, p.Period)
		}
	}
	if len(months) == 0 {
		return first, last, h.unposted(from, to)
	}
	if from == "" {
		months = months[max(0, len(months)-12):]
	}
	if first, err = comp.ParseMonth(months[0]); err != nil {
		return first, last, err
	}
	last, err = comp.ParseMonth(months[len(months)-1])
	return first, last, err
}

// groupsOf are the groups of everybody who may be compared, by person, in the order of the columns; "" is not stated.
func groupsOf(in transform.Inputs, f *config.Fairness, on comp.Date) (map[string][]string, error) {
	attr := func(column string) string { return "fairness group " + column } // no attribute of a roster has a blank
	own := comp.RosterMap{Table: f.Table, ID: f.Employee}
	for _, c := range f.Groups {
		own.Set = append(own.Set, comp.AttrMap{Attr: attr(c), Columns: []string{c}})
	}
	in.Mapping.Roster = append(slices.Clone(in.Mapping.Roster), own)
	company, _, err := transform.Conform(in)
	if err != nil {
		return nil, err
	}
	countries := map[string]string{}
	for _, e := range in.Settings.Entities {
		countries[e.ID] = e.Country
	}
	out := map[string][]string{}
	for i := range company.People {
		p := &company.People[i]
		day := on
		if k := len(p.Employed); k > 0 && p.Employed[k-1].End <= on {
			day = p.Employed[k-1].End - 1
		}
		entity, _ := p.Attr(comp.AttrEntity, day)
		if !slices.Contains(f.Countries, countries[entity]) {
			continue
		}
		for _, c := range f.Groups {
			g, _ := p.Attr(attr(c), day)
			out[p.ID] = append(out[p.ID], g)
		}
	}
	return out, nil
}

// compared are a component's groups, each against all others of whom the same column says anything.
func compared(r transform.Rated, f *config.Fairness, groups map[string][]string) RatedComponent {
	out := RatedComponent{Component: r.Plan + "/" + r.Component, Measure: r.Measure, Where: r.Where}
	for i, column := range f.Groups {
		people := map[string]map[string]bool{}
		var rows []transform.RatedRow
		for _, x := range r.Rows {
			g := groups[x.Payee]
			if g == nil || g[i] == "" {
				continue
			}
			if people[g[i]] == nil {
				people[g[i]] = map[string]bool{}
			}
			people[g[i]][x.Payee] = true
			rows = append(rows, x)
		}
		sizes := map[string]int{}
		for g, who := range people { // counts
			sizes[g] = len(who)
		}
		shown, all := shownOf(sizes, f.Floor)
		if len(shown) < len(sizes) {
			out.Hidden = append(out.Hidden, column)
		}
		comparisons := len(shown)
		if comparisons == 2 && len(sizes) == 2 {
			comparisons = 1 // one is the other with its sign turned round
		}
		for _, g := range shown {
			in, every := make([]stat.Rated, len(rows)), int64(0)
			for k, x := range rows {
				in[k] = stat.Rated{Payee: x.Payee, Stratum: x.Stratum, In: groups[x.Payee][i] == g, Value: x.Value, N: x.N}
				every += x.N
			}
			d, ok := stat.Disparity(in, comp.Scaled(95, 2), comparisons)
			if !ok {
				continue
			}
			x := GroupGap{Column: column, Group: g, People: sizes[g], Others: all - sizes[g], Plain: figureOf(d.Plain), All: every, Gap: figureOf(d.Adjusted), N: d.Compared, Low: figureOf(d.Low), High: figureOf(d.High),
				Material: material(d, f.Gap)}
			out.Material = out.Material || x.Material
			out.Groups = append(out.Groups, x)
		}
	}
	return out
}

func figureOf(n comp.Number) string { return n.Fixed(3, comp.HalfEven) }

// material says whether a difference is one that chance does not explain, and as large as the stated gap.
func material(d stat.Difference, gap comp.Number) bool {
	return (d.Low.Sign() > 0 || d.High.Sign() < 0) && d.Adjusted.Abs().Cmp(gap) >= 0
}

// shownOf are the groups that may be shown, sorted, and how many people all groups have: those of at least floor people whose others
// are as many, and so many of them hidden, the smallest first, that those who are hidden together are as many too.
func shownOf(sizes map[string]int, floor int) (shown []string, all int) {
	for g, n := range sizes { // sorted below
		shown, all = append(shown, g), all+n
	}
	sort.Slice(shown, func(i, j int) bool {
		if a, b := sizes[shown[i]], sizes[shown[j]]; a != b {
			return a < b
		}
		return shown[i] < shown[j]
	})
	hidden := 0
	for len(shown) > 0 && (sizes[shown[0]] < floor || hidden > 0 && hidden < floor) {
		hidden += sizes[shown[0]]
		shown = shown[1:]
	}
	shown = slices.DeleteFunc(shown, func(g string) bool { return all-sizes[g] < floor })
	sort.Strings(shown)
	return shown, all
}

// decisions are the newest ones of each component, since a day.
func decisions(in transform.Inputs, f *config.Fairness, since comp.Date) (map[string]*GroupDecision, error) {
	out := map[string]*GroupDecision{}
	if f.Decisions == nil {
		return out, nil
	}
	for i := range in.Contracts {
		c := &in.Contracts[i]
		if c.Name() != f.Decisions.Table {
			continue
		}
		parts := in.Tables[c.Name()]
		if c.Mode == comp.Snapshot && len(parts) > 0 {
			newest := parts[len(parts)-1].Seq
			parts = slices.DeleteFunc(slices.Clone(parts), func(p transform.Part) bool { return p.Seq != newest })
		}
		for _, p := range parts {
			rows, err := plainRows(c, p)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", c.Name(), err)
			}
			for _, r := range rows {
				if r.Refused {
					continue
				}
				at := func(column string) comp.Value { return r.Values[c.Index(column)] }
				on := at(f.Decisions.On)
				if on.Kind != comp.KindDate || on.Date < since || at(f.Decisions.Who).Text == "" || at(f.Decisions.Why).Text == "" {
					continue // nobody has decided
				}
				d := &GroupDecision{at(f.Decisions.Who).Text, on.Date.String(), at(f.Decisions.Why).Text}
				if old := out[at(f.Decisions.Component).Text]; old == nil || old.On <= d.On {
					out[at(f.Decisions.Component).Text] = d
				}
			}
		}
	}
	return out, nil
}
