package config

import "slices"

// spec is what a mapping may hold: its keys, separated by blanks, with ! after those that must be there, and after a
// colon what the value may be: text, name, date, int, bool, number, ratio, currency, length, edge, amounts (one per
// currency), words of which it is one (a|b), another spec (@gate), a list of such ([@gate]), or one of several (x/y).
// The reader takes the keys from here, and so does the schema.
type spec struct{ what, keys string }

// What a part of a scorecard and a multiplier have in common.
const partKeys = " title:text measure:text score:@named quota:@quota curve!:@factor min_n:int gates:[@gate] floor:ratio cap:ratio"

// componentKeys are what a component says, one of a plan's own and one that plans share.
const componentKeys = "title!:text clause!:text measure:text score:@named parts:[@part/@use_part] every!:text to_date:text " +
	"numbers:each|whole per:period|deal quota:@quota target:amounts/[@dated]/@named curve:@curve min_n:int " +
	"missing:neutral|zero|hold gates:[@gate] multiply:[@multiplier] order:[gate|multiply|prorate|cap] " +
	"cap:amounts/[@dated]/@named excess:forfeit|carry prorate:none|days|weekdays|months|daily fte:bool " +
	"leave:prorate|ignore mode:paid|shadow budget:@budget release:@release clawback:@clawback award:@award cost:@cost"

// planSpecs are the mappings of a plan file.
var planSpecs = map[string]spec{
	"plan": {"a plan", "plan!:name version!:text title!:text for:top_management effective!:@effective eligible!:text currency:currency " +
		"fx:@fx rounding:half-away|half-even|toward-zero|away-from-zero round_at:deal|component|plan cap:amounts/[@dated]/@named excess:forfeit|carry draw:@draw waive:[@waiver] components!:[@component/@use]"},
	"waiver":    {"a waiver", "lint!:text component:name by!:text reason!:text until!:date"},
	"effective": {"effective", "from!:date to:date"},
	"fx":        {"fx", "credit:closing|plan|average|daily pay:closing|plan|average|payday"},
	"component": {"a component", "id!:name " + componentKeys},
	"shared":    {"a shared component", "component!:name " + componentKeys},
	"use":       {"the use of a shared component", "use!:name target:amounts/[@dated]/@named"},
	"named":     {"a number by name", "name!:text"},
	"quota":     {"a quota", "name:text amounts:amounts/[@dated] number:ratio season:[ratio] ramp:[ratio]"},
	"dated":     {"dated amounts", "from!:date clause:text"},
	"curve": {"a curve", "kind!:rate|marginal|retroactive|steps|interpolate|linear|matrix of:attainment|value edge:edge bands:[@band] " +
		"rate:ratio/amounts/@named rate_attribute:text points:[@point] below:ratio rows:@rows columns:@columns pays:[[ratio]] rates:bool"},
	"factor": {"a curve", "kind!:steps|interpolate|linear|matrix of:attainment|value edge:edge bands:[@band] points:[@point] below:ratio " +
		"rows:@rows columns:@columns pays:[[ratio]]"},
	"band":    {"a band", "from:ratio to:ratio pays!:ratio/amounts back:bool"},
	"point":   {"a point", "at!:ratio pays!:ratio/amounts"},
	"rows":    {"rows of a matrix", "of!:attainment|value from!:[ratio]"},
	"columns": {"columns of a matrix", "measure!:text of:attainment|value quota:@quota from!:[ratio] min_n:int missing:neutral|zero|hold"},
	"gate": {"a gate", "measure!:text at_least:ratio above:ratio at_most:ratio below:ratio of:attainment|value quota:@quota to_date:text " +
		"numbers:each|whole otherwise:nothing|base/ratio min_n:int missing:open|closed"},
	"part":        {"a part", "id!:name weight!:ratio missing:renormalise|zero|neutral|hold" + partKeys},
	"shared_part": {"a shared part of a scorecard", "part!:name missing:renormalise|zero|neutral|hold" + partKeys},
	"use_part":    {"the use of a shared part", "use!:name weight!:ratio"},
	"release":     {"a release", "parts!:[@slice] longest:length silence:pay|forfeit failed:forfeit|pay"},
	"slice":       {"a part of a release", "share!:ratio on!:text after:length if:@bar"},
	"bar":         {"a bar", "event!:text at_least!:ratio reason!:name"},
	"clawback": {"a clawback", "on!:text within:length takes:full|months|days/[@tier] rate:original|re-rated most:ratio " +
		"at_exit:recover|write_off"},
	"tier": {"a tier", "until!:length takes!:ratio"},
	"draw": {"a draw", "kind!:recoverable|advance|guarantee amount!:amounts/[@dated]/@named periods:int recover_from:int " +
		"at_exit:recover|write_off prorate:days|none clause:text"},
	"budget":     {"a budget", "each:amounts partial:bool from!:date to!:date clause:text"},
	"award":      {"an award", "what!:text value!:amounts gross_up:text"},
	"cost":       {"a cost", "months!:int fringe:ratio benefit:int renewals:commensurate ends:text"},
	"multiplier": {"a multiplier", "id:name missing:neutral|zero|hold" + partKeys},
}

// keyed reads a mapping by its spec. What the engine does not compute yet is refused here: it is never paid wrongly.
func (n node) keyed(name string) (fields, bool) {
	s := planSpecs[name]
	f, ok := n.fields(s.what, s.keys)
	if !ok {
		return f, false
	}
	for _, k := range f.order() {
		if slices.Contains(n.l.pending, name+"."+k) {
			f.keyNode(k).wrong("the key "+k+", which is not supported yet", "", "remove it")
		}
	}
	return f, true
}

// later records a mistake at a value that is understood and not computed yet.
func (n node) later(what, found string) {
	if n.ok() && slices.Contains(n.l.pending, what) {
		n.wrong(found+", which is not supported yet", "", "remove it")
	}
}

// pending is what plans can say and the engine does not compute yet, each in a line of its own.
var pending = []string{}
