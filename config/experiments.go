package config

import (
	"slices"
	"strconv"

	"carrot/transform/comp"
)

// experiments reads the register of experiments.
func (l *loader) experiments(f fields) {
	for _, n := range f.optional("experiments", "experiments") {
		x, ok := n.fields("an experiment", "experiment! hypothesis! behaviour! outcome! by! treated! control! from! to! owner! review!")
		if !ok {
			continue
		}
		e := comp.Experiment{ID: x.name("experiment"), Hypothesis: x.text("hypothesis"), Behaviour: x.text("behaviour"), Outcome: x.text("outcome"), Owner: x.text("owner"),
			By: comp.Pool(x.choice("by", "", string(comp.PoolDepartment), string(comp.PoolEntity))), Where: n.place()}
		for _, other := range l.config.Settings.Experiments {
			if other.ID == e.ID && e.ID != "" {
				x.at("experiment").wrong("experiment "+e.ID+" a second time", "each experiment once", "rename it; the first is "+other.Where.File+":"+strconv.Itoa(other.Where.Line))
			}
		}
		l.tried(x, &e)
		l.config.Settings.Experiments = append(l.config.Settings.Experiments, e)
	}
}

// tried reads what is tried, where and when, and holds it against what a trial needs.
func (l *loader) tried(x fields, e *comp.Experiment) {
	if m := l.measureNamed(x.at("behaviour")); m != nil && m.Family != comp.Activity && m.Family != comp.Action && m.Family != "" {
		x.at("behaviour").wrong("the behaviour "+m.ID+", a measure of "+string(m.Family), "a measure of activity or action", "name one, or pay "+m.ID+" without an experiment")
	}
	if m := l.measureNamed(x.at("outcome")); m != nil && m.Family != comp.Outcome && m.Family != "" {
		x.at("outcome").wrong("the outcome "+m.ID+", a measure of "+string(m.Family), "a measure of outcome: what customers got out of it", "name one")
	}
	var control []node
	e.Treated, _ = x.texts("treated")
	e.Control, control = x.texts("control")
	for _, key := range []string{"treated", "control"} {
		if texts, _ := x.texts(key); len(texts) == 0 && x.at(key).isList() {
			x.at(key).wrong("an empty list", "at least one "+string(e.By), "write one; without "+key+" nothing can be told")
		}
	}
	for i, c := range e.Control {
		if slices.Contains(e.Treated, c) {
			control[i].wrong(c+" as control, which is treated", "each in one of the two", "remove it from one")
		}
	}
	from, ok := x.at("from").date()
	to, also := x.at("to").date()
	if !ok || !also {
		return
	}
	e.Period = comp.Period{Start: from, End: to + 1}
	if to < from {
		x.at("to").wrong("the last day "+to.String()+" before the first, "+from.String(), "a day from "+from.String()+" on", "swap them")
	} else if last := from.AddMonths(24); to >= last {
		x.at("to").wrong("an experiment of more than 24 months", "an end by "+(last-1).String(), "write to: "+(last-1).String()+", and register another one then")
	}
	if e.Review, ok = x.at("review").date(); ok && e.Review <= to {
		x.at("review").wrong("a review on "+e.Review.String()+", before the experiment is over", "a day after "+to.String(), "write one such as "+(to+15).String())
	}
}

// registered says whether an experiment tries a behaviour on some day on which the plan that is being read is in force.
func (l *loader) registered(measure string) bool {
	return slices.ContainsFunc(l.config.Settings.Experiments, func(e comp.Experiment) bool { return e.Tries(measure, l.effective) })
}

// trials holds the registered experiments against a section that tells what came of them.
func (l *loader) trials(at node, spec *comp.SectionSpec) {
	if len(l.config.Settings.Experiments) == 0 {
		at.wrong("a section of experiments in a config without any", "experiments:, the register of them", "add experiments: to carrot.yaml, or remove the section")
	}
	for _, e := range l.config.Settings.Experiments {
		for _, id := range []string{e.Behaviour, e.Outcome} {
			m := l.measures[id]
			if m == nil || m.Aggregate == "" {
				continue
			}
			spec.Measures = append(spec.Measures, id)
			switch a := m.Aggregate; {
			case a != comp.Share && a != comp.Rate && a != comp.Net && a != comp.Mean:
				at.wrong("a section of experiments, of which "+e.ID+" has "+id+" of aggregate "+string(a), "measures of aggregate share, rate, net or mean, which two arms can be told apart by", "name another one there")
			case m.Pool != e.By:
				at.wrong("a section of experiments, of which "+e.ID+" has "+id+" per "+string(m.Pool), "measures per "+string(e.By)+", as its cohorts are", "write pool: "+string(e.By)+" there, or name another measure")
			default:
				l.inTheOpen(at, &m.Measure)
			}
		}
	}
}
