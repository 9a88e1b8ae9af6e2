package plans

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"carrot/transform/comp"
)

// accounts says when pay is released, what takes it back, and what else is paid.
func (w *writer) accounts() {
	x := w.x
	if b := x.Budget; b != nil {
		w.say("All deals from {} to {} share a budget of {}, in order of time.", ref{"budget.from", b.From.String()}, ref{"budget.to", b.To.String()},
			ref{"budget." + string(b.Amount.Currency), exact(b.Amount.Number, b.Amount.Currency)})
		if !b.Each.IsZero() {
			w.say(" Nobody is paid more than {} of it.", ref{"budget.each." + string(b.Amount.Currency), exact(b.Each, b.Amount.Currency)})
		}
		end := map[bool]string{true: " The last deal takes what is left.\n", false: " A deal that does not fit whole ends it.\n"}[b.Partial]
		if !b.Partial && !b.Each.IsZero() {
			end = " A deal that does not fit whole into a person's part ends it for that person, one that does not fit into the budget for everybody.\n"
		}
		w.say(end)
	}
	if r := x.Release; r != nil {
		w.release(r)
	}
	if b := x.Clawback; b != nil {
		w.clawback(b)
	}
	if a := x.Award; a != nil {
		w.say("It is paid in kind: {}, worth ", ref{"award.what", a.What})
		w.list(inCurrencies(a.Value, "award.value"))
		w.say(".")
		if a.GrossUp != "" {
			w.say(" The company bears the tax on it ({}).", ref{"award.gross_up", a.GrossUp})
		}
		w.say("\n")
	}
}

func (w *writer) release(r *comp.Release) {
	w.say("The pay of a deal is released in parts:\n")
	for i, s := range r.Parts {
		path := fmt.Sprintf("release.parts[%d]", i)
		w.say("- {} ", ref{path + ".share", percent(s.Share)})
		if s.On == "credit" {
			w.say("on the deal's own day")
		} else {
			w.say("when it is {}", ref{path + ".on", s.On})
		}
		if !s.After.IsZero() {
			w.say(" and {} have passed", ref{path + ".after", length(s.After)})
		}
		if s.If != nil {
			w.say(", if {} is at least {}", ref{path + ".if.event", s.If.Event}, ref{path + ".if.at_least", figureText(s.If.AtLeast)})
		}
		w.say("\n")
	}
	if r.Longest.IsZero() {
		return
	}
	w.say("After {} without an answer ", ref{"release.longest", length(r.Longest)})
	w.say(map[bool]string{true: "it is forfeited.\n", false: "it is paid.\n"}[r.Silence == "forfeit"])
	if r.Failed != "" {
		w.say("What an answer below the bar still holds then is " + map[bool]string{true: "forfeited", false: "paid"}[r.Failed == "forfeit"] + ".\n")
	}
}

func (w *writer) clawback(b *comp.Clawback) {
	w.say("When a deal is {}", ref{"clawback.on", b.On})
	if !b.Within.IsZero() {
		w.say(" within {} of its day", ref{"clawback.within", length(b.Within)})
	}
	w.say(", its pay is taken back")
	switch b.Takes {
	case "full":
		w.say(" in full")
	case "months":
		w.say(", less for each month that has passed")
	case "days":
		w.say(", less for each day that has passed")
	}
	for i, t := range b.Tiers {
		path := fmt.Sprintf("clawback.takes[%d]", i)
		w.say(map[bool]string{true: ":", false: ""}[i == 0]+" before {} have passed {}", ref{path + ".until", length(t.Until)}, ref{path + ".takes", percent(t.Takes)})
		if i < len(b.Tiers)-1 {
			w.say(",")
		}
	}
	w.say(map[bool]string{true: ", as if it had never been sold", false: ", at the rate at which it was paid"}[b.Rate == "re-rated"] + ".")
	if !b.Most.IsZero() && b.Most.Cmp(comp.Int(1)) != 0 {
		w.say(" At most {} of a month's pay is taken; the rest waits.", ref{"clawback.most", percent(b.Most)})
	}
	w.say(exits[b.AtExit] + "\n")
}

// exits is what becomes of a balance when somebody leaves.
var exits = map[string]string{"recover": " When you leave, what is left is taken from your last pay and the rest written off.", "write_off": " When you leave, what is left is written off."}

func (w *writer) planCap() {
	w.say("\n## Cap\n\nThe most that is paid for each month, everything above together, is ")
	if x := w.p.Limit; x.Amount.Name != "" {
		w.say("the number {} that the table gives for you", ref{"cap.name", quoted(x.Amount.Name)})
	} else {
		w.list(w.amount(x.Amount.Dated, "cap"))
	}
	w.say(excesses[w.p.Limit.Excess == "carry"])
}

// excesses is what becomes of pay above a cap that carries, and of one that does not.
var excesses = map[bool]string{true: "; what is above is carried to later periods.\n", false: "; what is above is not paid.\n"}

func (w *writer) draw() {
	d := w.p.Draw
	w.say("\n## Draw\n\n")
	w.say(map[string]string{"recoverable": "Pay below this amount is topped up to it: ", "advance": "In advance you are paid each month: ", "guarantee": "You are paid at least: "}[d.Kind])
	if d.Amount.Name != "" {
		w.say("the number {} that the table gives for you", ref{"draw.amount.name", quoted(d.Amount.Name)})
	} else {
		w.list(w.amount(d.Amount.Dated, "draw.amount"))
	}
	if d.Periods > 0 {
		w.say(", in your first {} months", ref{"draw.periods", fmt.Sprint(d.Periods)})
	}
	w.say(".")
	if d.Kind != "guarantee" {
		w.say(" It is recovered from later pay")
		if d.RecoverFrom > 1 {
			w.say(" from month {} on", ref{"draw.recover_from", fmt.Sprint(d.RecoverFrom)})
		}
		w.say("." + exits[d.AtExit])
	}
	w.say("\n")
}

// tried tells of experiments for which a component pays for a behaviour.
func (w *writer) tried() {
	for _, e := range w.c.Settings.Experiments {
		if !slices.ContainsFunc(w.x.Measures(), func(id string) bool { return e.Tries(id, w.p.Effective) }) {
			continue
		}
		w.say("Experiment {} tries it from {} to {}: {}. Everybody of {} is paid alike. {} answers for it and looks on {} at what came of it.\n", ref{"experiment", e.ID}, ref{"experiment", e.Period.Start.String()},
			ref{"experiment", (e.Period.End - 1).String()}, ref{"experiment", e.Hypothesis}, ref{"experiment", map[comp.Pool]string{comp.PoolDepartment: "a department", comp.PoolEntity: "an entity"}[e.By]},
			ref{"experiment", e.Owner}, ref{"experiment", e.Review.String()})
	}
}

// foot says how amounts are rounded and which lints somebody waived.
func (w *writer) foot() {
	p := w.p
	w.say("\n---\n\n")
	at := map[string]string{"deal": "each deal", "plan": "the whole of the plan"}[p.RoundAt]
	if at == "" {
		at = "each component"
	}
	w.say("Amounts are computed exactly and rounded once, "+at+", {}.\n", ref{"rounding", strings.ReplaceAll(strings.Replace(p.Rounding.String(), "half-away", "half-away-from-zero", 1), "-", " ")})
	for i, x := range p.Waive {
		w.say("{} waived by {} until {}: {}.\n", ref{fmt.Sprintf("waive[%d].lint", i), x.Lint}, ref{fmt.Sprintf("waive[%d].by", i), x.By},
			ref{fmt.Sprintf("waive[%d].until", i), x.Until.String()}, ref{fmt.Sprintf("waive[%d].reason", i), x.Reason})
	}
	for i := range p.Components {
		if x := &p.Components[i]; x.Shared != "" {
			w.say("{} is the same in every plan that uses it, by the definition {}.\n", ref{x.ID + "/title", x.Title}, ref{x.ID + "/component", x.Shared})
		}
		for j := range p.Components[i].Parts {
			if x := &p.Components[i].Parts[j]; x.Shared != "" {
				w.say("{} is the same in every scorecard that uses it, by the definition {}.\n", ref{"part", cmp.Or(x.Title, x.ID)}, ref{"part", x.Shared})
			}
		}
	}
	w.say("Plan file: {}, digest {}.\n", ref{"plan", p.Where.File}, ref{"plan", p.Digest})
}
