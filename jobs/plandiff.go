package jobs

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sort"
	"strings"
	"unicode"

	"carrot/transform/comp"
)

// PlanDiff is what the differences between two files of a plan come to in money over the same archived inputs. The steps
// go from one to the other in the order of the file, so that they sum to the whole difference.
type PlanDiff struct {
	A     string      `json:"a"`
	B     string      `json:"b"`
	From  string      `json:"from"`
	To    string      `json:"to"`
	Cost  []MonthCost `json:"cost"` // by currency: of A (was) and of B
	Steps []PlanStep  `json:"steps"`
}

// PlanStep is one changed component, or the plan's header, and its money by currency.
type PlanStep struct {
	What   string       `json:"what"`
	At     string       `json:"at,omitempty"` // place in B's file, or in A's where B lacks it
	Fields []FieldDelta `json:"fields"`
	Money  []MonthCost  `json:"money"`
}

// FieldDelta is one field that differs.
type FieldDelta struct {
	Field string `json:"field"`
	Was   string `json:"was"`
	Now   string `json:"now"`
}

// DiffPlans tries two candidates over the posted months from one to another and each change between them by itself.
func (h *House) DiffPlans(ctx context.Context, a, b Candidate, from, to string) (out PlanDiff, err error) {
	ms, err := h.openMonths(ctx, from, to)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, ms.Close()) }()
	was, err := ms.with(a)
	if err != nil {
		return out, err
	}
	now, err := ms.with(b)
	if err != nil {
		return out, err
	}
	out = PlanDiff{A: a.Name, B: b.Name, From: ms.all[0].m.Period, To: ms.all[len(ms.all)-1].m.Period}
	last := len(ms.all) - 1
	steps := planSteps(was[last], now[last], a, b)
	before, err := ms.try(a.Name, func(i int) []comp.Plan { return was[i] })
	if err != nil {
		return out, err
	}
	first := before
	for k := range steps {
		after, err := ms.try(steps[k].What, func(i int) []comp.Plan { return mixed(was[i], now[i], steps[:k+1]) })
		if err != nil {
			return out, err
		}
		steps[k].Money = moneyBetween(before, after)
		before = after
		out.Steps = append(out.Steps, steps[k].PlanStep)
	}
	out.Cost = moneyBetween(first, before)
	return out, nil
}

// moneyBetween are the sums of two ledgers by currency.
func moneyBetween(was, now *tried) []MonthCost {
	sums := map[[2]string]pair{}
	for i, t := range []*tried{was, now} {
		for _, l := range t.ledger {
			addTo(sums, [2]string{"", string(l.Amount.Currency)}, i, l.Amount.Minor)
		}
	}
	return costs(sums)
}

// planStep is one step from a plan to another: the header where component is "".
type planStep struct {
	PlanStep
	plan, component string
}

// planSteps are the changes between two lists of plans in the order of the later file: first what stands at a plan's head,
// then component by component, then what is gone.
func planSteps(was, now []comp.Plan, from, to Candidate) []planStep {
	var out []planStep
	ids := from.ids()
	add := func(plan, component, at string, fields []FieldDelta) {
		if len(fields) > 0 {
			what := plan
			if component != "" {
				what += "/" + component
			}
			out = append(out, planStep{PlanStep{What: what, At: at, Fields: fields}, plan, component})
		}
	}
	for i := range now {
		b := &now[i]
		a := sameVersion(was, b)
		if !slices.Contains(ids, b.ID) || a == nil {
			continue
		}
		x, y := *a, *b
		x.Components, y.Components, x.Digest, y.Digest = nil, nil, "", ""
		add(b.ID, "", to.at(b.Where), fieldsOf(x, y))
		for k := range b.Components {
			c := &b.Components[k]
			if old := componentNamed(a, c.ID); old != nil {
				add(b.ID, c.ID, to.at(c.Where), fieldsOf(*old, *c))
			} else {
				add(b.ID, c.ID, to.at(c.Where), []FieldDelta{{"component", "absent", "present"}})
			}
		}
		for k := range a.Components {
			if c := &a.Components[k]; componentNamed(b, c.ID) == nil {
				add(b.ID, c.ID, from.at(c.Where), []FieldDelta{{"component", "present", "absent"}})
			}
		}
	}
	return out
}

// sameVersion is the plan of a list that stands for another file's: of the same id, and of overlapping time.
func sameVersion(list []comp.Plan, p *comp.Plan) *comp.Plan {
	for i := range list {
		if list[i].ID == p.ID && list[i].Effective.Intersect(p.Effective).Days() > 0 {
			return &list[i]
		}
	}
	return nil
}

func componentNamed(p *comp.Plan, id string) *comp.Component {
	for i := range p.Components {
		if p.Components[i].ID == id {
			return &p.Components[i]
		}
	}
	return nil
}

// mixed are the plans of was with some steps taken towards those of now.
func mixed(was, now []comp.Plan, steps []planStep) []comp.Plan {
	out := slices.Clone(was)
	for i := range out {
		out[i].Components = slices.Clone(out[i].Components)
		to := sameVersion(now, &was[i])
		if to == nil {
			continue
		}
		for _, s := range steps {
			switch {
			case s.plan != out[i].ID:
			case s.component == "":
				components := out[i].Components
				out[i] = *to
				out[i].Components = components
			default:
				swap(&out[i], to, s.component)
			}
		}
	}
	return out
}

// swap puts another plan's component into a plan, or removes it where the other has none.
func swap(p, from *comp.Plan, id string) {
	i := slices.IndexFunc(p.Components, func(c comp.Component) bool { return c.ID == id })
	c := componentNamed(from, id)
	switch {
	case c == nil && i >= 0:
		p.Components = slices.Delete(p.Components, i, i+1)
	case c != nil && i >= 0:
		p.Components[i] = *c
	case c != nil:
		p.Components = append(p.Components, *c)
	}
}

// fieldsOf are the fields in which two values differ, named as in a plan's file: curve.bands[1].pays.
func fieldsOf(a, b any) []FieldDelta {
	var out []FieldDelta
	walkFields("", reflect.ValueOf(a), reflect.ValueOf(b), &out)
	return out
}

// walkFields compares values field by field; places in files do not count.
func walkFields(path string, a, b reflect.Value, out *[]FieldDelta) {
	if plain(a.Type()) {
		if x, y := textOf(a), textOf(b); x != y {
			*out = append(*out, FieldDelta{path, orNone(x), orNone(y)})
		}
		return
	}
	switch a.Kind() {
	case reflect.Struct:
		for i := range a.NumField() {
			f := a.Type().Field(i)
			if f.Type == reflect.TypeFor[comp.Place]() || f.PkgPath != "" {
				continue
			}
			walkFields(strings.TrimPrefix(path+"."+snake(f.Name), "."), a.Field(i), b.Field(i), out)
		}
	case reflect.Slice:
		for i := range max(a.Len(), b.Len()) {
			at := fmt.Sprintf("%s[%d]", path, i)
			switch {
			case i >= a.Len():
				*out = append(*out, FieldDelta{at, "absent", "present"})
			case i >= b.Len():
				*out = append(*out, FieldDelta{at, "present", "absent"})
			default:
				walkFields(at, a.Index(i), b.Index(i), out)
			}
		}
	case reflect.Pointer:
		switch {
		case a.IsNil() && b.IsNil():
		case a.IsNil():
			*out = append(*out, FieldDelta{path, "absent", "present"})
		case b.IsNil():
			*out = append(*out, FieldDelta{path, "present", "absent"})
		default:
			walkFields(path, a.Elem(), b.Elem(), out)
		}
	case reflect.Map:
		walkKeys(path, a, b, out)
	default:
		if x, y := fmt.Sprint(a.Interface()), fmt.Sprint(b.Interface()); x != y {
			*out = append(*out, FieldDelta{path, orNone(x), orNone(y)})
		}
	}
}

// walkKeys compares two maps with keys of text, in the order of the keys.
func walkKeys(path string, a, b reflect.Value, out *[]FieldDelta) {
	var keys []string
	at := map[string]reflect.Value{}
	for _, m := range []reflect.Value{a, b} {
		for _, k := range m.MapKeys() { // in any order: sorted below
			keys, at[k.String()] = append(keys, k.String()), k
		}
	}
	sort.Strings(keys)
	for _, name := range slices.Compact(keys) {
		k := at[name]
		x, y := "absent", "absent"
		if v := a.MapIndex(k); v.IsValid() {
			x = textOf(v)
		}
		if v := b.MapIndex(k); v.IsValid() {
			y = textOf(v)
		}
		if x != y {
			*out = append(*out, FieldDelta{strings.TrimSuffix(path+"."+name, "."), x, y})
		}
	}
}

// plain says whether values of a type are written as one text.
func plain(t reflect.Type) bool {
	return t == reflect.TypeFor[comp.Number]() || t == reflect.TypeFor[comp.Date]() || t == reflect.TypeFor[comp.Period]() ||
		t == reflect.TypeFor[comp.Rounding]() || t == reflect.TypeFor[*comp.Expr]()
}

func textOf(v reflect.Value) string {
	switch x := v.Interface().(type) {
	case comp.Date:
		if x == comp.NoDate {
			return ""
		}
		return x.String()
	case *comp.Expr:
		if x == nil {
			return ""
		}
		return x.Text
	default:
		return fmt.Sprint(x)
	}
}

// snake is a field's name as files write it: ToDate is to_date.
func snake(name string) string {
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 && !unicode.IsUpper(rune(name[i-1])) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
