package transform

import (
	"reflect"
	"slices"

	"carrot/transform/comp"
)

// causes is the order in which the parts of the previous close's inputs are replaced by the present ones. The
// differences telescope: whatever the order, they sum to the whole true-up.
var causes = append(comp.Causes[:], planCause)

const (
	// planCause is a change of plans, measures or anything else in the config.
	planCause = "plan"
	// releaseCause is what was earned under the previous close's own inputs and yet not posted: it was held.
	releaseCause = "release"
)

// stage is the entitlements after replacing some parts; next names the cause that the following stage replaces.
type stage struct {
	next string
	at   books
}

// stages recomputes the earlier months under the previous inputs, then once more for each cause whose parts changed. The
// last, all parts replaced, is the present assessment, which the caller has.
func (a *assessment) stages(v *Verbs, prev *Inputs, only wanted) ([]stage, error) {
	if prev == nil {
		return nil, nil
	}
	mixed := *prev
	mixed.Run, mixed.Waivers, mixed.Adjustments, mixed.Ledger, mixed.Confided = a.in.Run, a.in.Waivers, a.in.Adjustments, a.in.Ledger, a.in.Confided
	mixed.Workers, mixed.Files, mixed.Spill, mixed.Memory = a.in.Workers, a.in.Files, a.in.Spill, a.in.Memory
	mixed.Settings.Restate, mixed.Settings.First = a.in.Settings.Restate, a.in.Settings.First
	mixed.Contracts, mixed.lean, mixed.spills = slices.Clone(prev.Contracts), true, a.in.spills
	var changed []string
	for _, c := range causes {
		if differs(prev, a.in, c) {
			changed = append(changed, c)
		}
	}
	if len(changed) == 0 {
		changed = causes[:1] // nothing that we can name: what there is came late
	}
	var out []stage
	for _, next := range changed {
		b, err := assess(&mixed, v, only)
		if err != nil {
			return nil, err
		}
		out = append(out, stage{next, b.entitled()})
		replace(&mixed, a.in, next)
	}
	return out, nil
}

// causeOf is the cause that a table's changes are called.
func causeOf(in *Inputs, table string) string {
	for i := range in.Contracts {
		if in.Contracts[i].Name() == table && slices.Contains(causes, in.Contracts[i].Cause) {
			return in.Contracts[i].Cause
		}
	}
	return causes[0]
}

// tablesOf are the tables whose changes a cause names, present or gone, sorted.
func tablesOf(prev, now *Inputs, cause string) []string {
	var out []string
	for _, name := range sortedKeys(now.Tables) {
		if causeOf(now, name) == cause {
			out = append(out, name)
		}
	}
	for _, name := range sortedKeys(prev.Tables) {
		if _, ok := now.Tables[name]; !ok && causeOf(prev, name) == cause {
			out = append(out, name)
		}
	}
	return out
}

// differs says whether the parts of one cause differ between two inputs.
func differs(prev, now *Inputs, cause string) bool {
	if cause == planCause {
		return !sameDefinitions(prev, now)
	}
	return slices.ContainsFunc(tablesOf(prev, now, cause), func(name string) bool { return !sameParts(prev, now, name) })
}

func sameParts(prev, now *Inputs, table string) bool {
	return slices.EqualFunc(prev.Tables[table], now.Tables[table], func(p, n Part) bool {
		return p.Seq == n.Seq && p.Mode == n.Mode && prev.Files[p.File].Digest == now.Files[n.File].Digest
	})
}

// sameDefinitions says whether plans, measures and everything else that the config defines are the same.
func sameDefinitions(prev, now *Inputs) bool {
	p, n := prev.Settings, now.Settings
	p.Expect, n.Expect, p.Sections, n.Sections = nil, nil, nil, nil // what pays nothing
	return slices.EqualFunc(prev.Plans, now.Plans, func(a, b comp.Plan) bool { return a.Digest == b.Digest }) &&
		slices.EqualFunc(prev.Measures, now.Measures, func(a, b comp.Measure) bool { return a.Digest == b.Digest }) &&
		reflect.DeepEqual(prev.Mapping, now.Mapping) && reflect.DeepEqual(p, n) && reflect.DeepEqual(prev.Contracts, now.Contracts)
}

// replace puts the present parts of one cause into mixed inputs. A table comes with the contract that it is decoded by;
// where the old definitions may name what the new contract lacks, it waits for the definitions, and its changes are called
// a change of plan.
func replace(mixed, now *Inputs, cause string) {
	if cause == planCause {
		mixed.Plans, mixed.Measures, mixed.Settings, mixed.Mapping, mixed.Contracts = now.Plans, now.Measures, now.Settings, now.Mapping, now.Contracts
		mixed.Tables = now.Tables
		return
	}
	tables := make(map[string][]Part, len(now.Tables))
	for name, parts := range mixed.Tables {
		tables[name] = parts
	}
	for _, name := range tablesOf(mixed, now, cause) {
		i := slices.IndexFunc(mixed.Contracts, func(c comp.Contract) bool { return c.Name() == name })
		c, err := contractOf(now, name)
		if i < 0 || err != nil || !extends(c, &mixed.Contracts[i]) {
			continue
		}
		tables[name], mixed.Contracts[i] = now.Tables[name], *c
	}
	mixed.Tables = tables
}

// extends says whether a contract has every column of an older one, read in the same way.
func extends(c, older *comp.Contract) bool {
	for _, col := range older.Columns {
		i := c.Index(col.Name)
		if i < 0 || c.Columns[i].Type != col.Type || c.Columns[i].Scale != col.Scale || c.Columns[i].Zone != col.Zone {
			return false
		}
	}
	return slices.Equal(c.Keys, older.Keys) && c.Covers == older.Covers
}
