package transform

import (
	"cmp"
	"fmt"
	"sort"
	"strings"

	"carrot/transform/comp"
)

// participation says on which days each payee takes part in each plan.
type participation struct {
	spans [][][]comp.Period // [payee][plan] sorted, not overlapping
}

// participate finds the days on which a person is employed, the plan is in effect and its condition holds. A person
// who works in the pay period and is on no plan on any day of it is a notice, so that nobody is forgotten in silence.
func participate(in *Inputs, company *comp.Company) (*participation, []comp.Finding) {
	p := &participation{spans: make([][][]comp.Period, len(company.People))}
	var findings []comp.Finding
	payees, workers := 0, 0
	for i := range company.People {
		person := &company.People[i]
		p.spans[i] = make([][]comp.Period, len(in.Plans))
		planned := false
		for j := range in.Plans {
			spans, err := eligible(person, &in.Plans[j])
			if err != nil {
				findings = append(findings, comp.Finding{Code: "bad_attribute", Reach: comp.ReachPayee, Payee: person.ID, Table: "roster", Key: person.ID,
					Text: in.Plans[j].Eligible.Text, Message: fmt.Sprintf("whether %s is on plan %s cannot be told: %s", person.ID, in.Plans[j].ID, err),
					Hint: "correct the attribute in the source", Origin: firstOrigin(person)})
			}
			p.spans[i][j] = spans
			planned = planned || participated(spans, in.Run.Period) > 0
		}
		if planned {
			payees++
		}
		if participated(person.Employed, in.Run.Period) > 0 {
			workers++
		}
		if !planned && participated(person.Employed, in.Run.Period) > 0 {
			findings = append(findings, comp.Finding{Code: "worker_without_plan", Table: "roster", Key: person.ID, Payee: person.ID,
				Message: fmt.Sprintf("%s works in %s and is on no plan", person.ID, in.Run.Period.Name()), Hint: "widen a plan's eligible condition, or leave it so",
				Origin: firstOrigin(person)})
		}
	}
	if payees == 0 && workers > 0 && in.Run.Kind == comp.Close {
		findings = append(findings, comp.Finding{Code: "nobody_on_plan", Reach: comp.ReachRun, Table: "roster", Key: in.Run.Period.Name(),
			Message: fmt.Sprintf("no plan takes in anybody who works in %s, so a close would pay nobody", in.Run.Period.Name()),
			Hint:    "compare the eligible conditions under plans/ with the roster's words, capitals included"})
	}
	return p, findings
}

func firstOrigin(p *comp.Person) comp.Origin {
	if len(p.Origins) == 0 {
		return comp.Origin{}
	}
	return p.Origins[0]
}

// eligible cuts time where an attribute that the condition reads changes, and asks once per piece.
func eligible(person *comp.Person, plan *comp.Plan) ([]comp.Period, error) {
	cuts := []comp.Date{plan.Effective.Start, plan.Effective.End}
	for _, name := range plan.Eligible.Names() {
		for _, s := range person.Attrs[name].Spans() {
			cuts = append(cuts, s.Start, s.End)
		}
	}
	sort.Slice(cuts, func(i, j int) bool { return cuts[i] < cuts[j] })
	var spans []comp.Period
	for i := 1; i < len(cuts); i++ {
		piece := comp.Period{Start: cuts[i-1], End: cuts[i]}.Intersect(plan.Effective)
		if participated(person.Employed, piece) == 0 {
			continue
		}
		fits, err := takesIn(plan, person, piece.Start)
		if err != nil {
			return nil, err
		}
		for _, e := range person.Employed {
			if s := e.Intersect(piece); fits && s.Days() > 0 {
				spans = append(spans, s)
			}
		}
	}
	return joinSpans(spans), nil
}

// takesIn says whether a plan's condition holds for a person on a day.
func takesIn(plan *comp.Plan, person *comp.Person, d comp.Date) (bool, error) {
	if plan.Eligible == nil {
		return true, nil
	}
	var wrong error
	v, err := plan.Eligible.Eval(func(name string) comp.Value {
		v, err := attributeValue(person, name, d)
		wrong = cmp.Or(wrong, err)
		return v
	})
	return v.True(), cmp.Or(err, wrong)
}

// numeric says whether conditions read an attribute as a number: fte and those that end in _rate.
func numeric(name string) bool { return name == comp.AttrFTE || strings.HasSuffix(name, "_rate") }

// attributeValue is an attribute for a condition: text, or a number where numeric says so; null where it is absent. It errs
// where text stands for a number.
func attributeValue(p *comp.Person, name string, d comp.Date) (comp.Value, error) {
	s, ok := p.Attr(name, d)
	if !ok {
		return comp.Value{}, nil
	}
	if !numeric(name) {
		return comp.TextValue(s), nil
	}
	n, err := comp.ParseNumber(s, 18)
	if err != nil {
		return comp.Value{}, fmt.Errorf("%s on %s is %q, a plain number was expected", name, d, s)
	}
	return comp.NumberValue(n), nil
}
