package truth

import (
	"math/big"

	"carrot/transform/comp"
)

// rat is a fraction written as a plain decimal.
func rat(text string) *big.Rat {
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		panic("truth: not a number: " + text)
	}
	return r
}

// step is a point of a line, or the lower end of a tier.
type step struct{ at, pays string }

// price is an amount in both currencies of pay.
type price struct{ eur, usd string }

func (p price) in(c comp.Currency) *big.Rat {
	if c == "USD" {
		return rat(p.usd)
	}
	return rat(p.eur)
}

// term is one component of a plan, as the plan document says it.
type term struct {
	plan, id, measure string
	months            int     // the measuring period
	window            int     // measuring periods whose rows enter; 0 stands for 1
	pool              string  // payee, department, entity, company
	kind              string  // money, count, mean, share
	target            []price // of 2025 and, where it changed, from 2026
	quota             []price // as target; nil where it comes from the quota list or there is none
	personal          bool    // quota from the quota list
	byAttainment      bool    // steps read attainment, else the value
	steps             []step
	shape             string // marginal, retroactive, tiers, tiers-upper, line, linear, flat
	least             int64  // fewer rows than this are no measure
	gate              string // measure that must reach three quarters
	limit             price  // the cap; empty none
	prorated, hours   bool
	yearToDate        bool
	bankers           bool // half to even, else half away from zero
	shown             bool // pays nothing
}

// csatLine is the line of company satisfaction, the same wherever it stands.
var csatLine = []step{{"0.75", "0"}, {"0.85", "1"}, {"0.95", "1.5"}}

// terms are all six plans.
func terms() []term {
	list := []term{
		{plan: "sales", id: "commission", measure: "delivered_revenue", months: 1, pool: "payee", kind: "money", personal: true, byAttainment: true,
			shape: "marginal", steps: []step{{"0", "0.035"}, {"0.8", "0.04"}, {"1", "0.045"}, {"1.2", "0.05"}}, prorated: true, yearToDate: true},
		{plan: "sales", id: "new_business", measure: "new_business", months: 3, pool: "payee", kind: "money", byAttainment: true,
			quota: []price{{"30000", "32500"}, {"33000", "35500"}}, shape: "retroactive",
			steps: []step{{"0", "0"}, {"0.6", "0.015"}, {"1", "0.025"}}, limit: price{"1800", "1950"}, prorated: true, hours: true},
		{plan: "sales", id: "new_customers", measure: "new_customers", months: 3, pool: "payee", kind: "count", target: []price{{"300", "330"}},
			shape: "tiers", steps: []step{{"0", "0"}, {"3", "0.6"}, {"6", "1"}, {"9", "1.5"}}, prorated: true, hours: true},
		{plan: "sales", id: "satisfaction", measure: "csat_entity", months: 3, pool: "entity", kind: "share",
			target: []price{{"450", "495"}, {"480", "525"}}, shape: "line", steps: csatLine, least: 5, gate: "promise_kept", prorated: true, hours: true},

		{plan: "customer_service", id: "own_satisfaction", measure: "csat", months: 3, pool: "payee", kind: "share", target: []price{{"600", "660"}},
			shape: "line", steps: []step{{"0.70", "0"}, {"0.85", "1"}, {"0.95", "1.5"}}, least: 5, prorated: true, hours: true, bankers: true},
		{plan: "customer_service", id: "response_rate", measure: "response_rate", months: 1, pool: "payee", kind: "share", target: []price{{"90", "99"}},
			shape: "line", steps: []step{{"0.20", "0"}, {"0.90", "1"}}, least: 5, prorated: true, hours: true, bankers: true},
		{plan: "customer_service", id: "first_line", measure: "solved_for_good", months: 1, pool: "department", kind: "share", target: []price{{"80", "88"}},
			shape: "tiers-upper", steps: []step{{"0", "0"}, {"0.90", "0.5"}, {"0.925", "1"}, {"0.95", "1.2"}}, least: 5, prorated: true, hours: true, bankers: true},
		{plan: "customer_service", id: "growth", measure: "company_revenue", months: 1, pool: "company", kind: "money",
			shape: "flat", steps: []step{{"0", "0.00006"}}, limit: price{"46", "50.60"}, prorated: true, hours: true, bankers: true},

		{plan: "marketing", id: "recommendation", measure: "recommendation", months: 3, pool: "company", kind: "share", target: []price{{"250", "275"}},
			shape: "tiers-upper", steps: []step{{"0", "0"}, {"0.35", "0.5"}, {"0.40", "1"}, {"0.50", "1.5"}}, least: 5, prorated: true, hours: true},

		{plan: "development", id: "usage", measure: "usage_satisfaction", months: 3, window: 2, pool: "company", kind: "mean", target: []price{{"400", "440"}},
			shape: "line", steps: []step{{"3", "0"}, {"3.9", "1"}, {"4.5", "1.6"}}, least: 5, prorated: true, hours: true},
		{plan: "development", id: "answered", measure: "response_rate_company", months: 1, pool: "company", kind: "share", target: []price{{"0", "0"}},
			shape: "line", steps: []step{{"0.20", "0"}, {"0.90", "1"}}, least: 5, shown: true},

		{plan: "finance", id: "service", measure: "finance_service", months: 6, pool: "company", kind: "share", target: []price{{"700", "770"}},
			shape: "line", steps: []step{{"0.5", "0"}, {"0.7", "1"}, {"0.9", "1.5"}}, least: 8, prorated: true, hours: true, bankers: true},

		{plan: "top_management", id: "customers", measure: "csat_company", months: 3, pool: "company", kind: "share", target: []price{{"1500", "1650"}},
			shape: "line", steps: csatLine, least: 5, prorated: true, hours: true},
		{plan: "top_management", id: "employees", measure: "employee_satisfaction", months: 12, pool: "company", kind: "mean",
			target: []price{{"5000", "5500"}}, shape: "line", steps: []step{{"3", "0"}, {"4", "1"}, {"4.5", "1.5"}}, least: 8, prorated: true, hours: true},
		{plan: "top_management", id: "revenue", measure: "company_revenue", months: 3, pool: "company", kind: "money", target: []price{{"1500", "1650"}},
			quota: []price{{"2160000", "2340000"}, {"2400000", "2610000"}}, byAttainment: true, shape: "line",
			steps: []step{{"0.8", "0"}, {"1", "1"}, {"1.2", "2"}}, limit: price{"2000", "2200"}, prorated: true, hours: true},
	}
	for _, plan := range []string{"marketing", "development", "finance"} {
		list = append(list, term{plan: plan, id: "company_satisfaction", measure: "csat_company", months: 3, pool: "company", kind: "share",
			target: []price{{"500", "550"}}, shape: "line", steps: csatLine, least: 5, prorated: true, hours: true, bankers: plan == "finance"})
	}
	for _, plan := range []string{"marketing", "development"} {
		list = append(list, term{plan: plan, id: "company_growth", measure: "company_revenue", months: 1, pool: "company", kind: "money",
			target: []price{{"100", "110"}}, quota: []price{{"720000", "780000"}, {"800000", "870000"}}, byAttainment: true, shape: "linear",
			limit: price{"110", "121"}, prorated: true, hours: true})
	}
	return list
}

// inYear is the price of a measuring period: the first one for 2025, the last one from 2026 on.
func inYear(list []price, start comp.Date) price {
	if start >= comp.Day(2026, 1, 1) {
		return list[len(list)-1]
	}
	return list[0]
}

// curve is exact pay for a value, before gate and cap.
func (t *term) curve(value, quota, target *big.Rat) *big.Rat {
	x := value
	if t.byAttainment && t.shape != "marginal" {
		x = new(big.Rat)
		if quota.Sign() != 0 {
			x.Quo(value, quota)
		}
	}
	switch t.shape {
	case "flat":
		return new(big.Rat).Mul(value, rat(t.steps[0].pays))
	case "linear":
		return new(big.Rat).Mul(target, x)
	case "line":
		return new(big.Rat).Mul(target, line(t.steps, x))
	case "tiers":
		return new(big.Rat).Mul(target, tier(t.steps, x, false))
	case "tiers-upper":
		return new(big.Rat).Mul(target, tier(t.steps, x, true))
	case "retroactive":
		return new(big.Rat).Mul(value, tier(t.steps, x, false))
	case "marginal":
		return slices(t.steps, value, quota)
	}
	panic("truth: unknown shape " + t.shape)
}

// tier is what the highest tier reached pays; with upper a value at a tier's lower end still belongs to the tier below.
func tier(steps []step, x *big.Rat, upper bool) *big.Rat {
	pays := new(big.Rat)
	for i, s := range steps {
		c := x.Cmp(rat(s.at))
		if c > 0 || (c == 0 && (!upper || i == 0)) {
			pays = rat(s.pays)
		}
	}
	return pays
}

// line runs straight between points and is flat outside them.
func line(steps []step, x *big.Rat) *big.Rat {
	first, last := steps[0], steps[len(steps)-1]
	if x.Cmp(rat(first.at)) <= 0 {
		return rat(first.pays)
	}
	if x.Cmp(rat(last.at)) >= 0 {
		return rat(last.pays)
	}
	for i := 1; ; i++ {
		x0, x1, y0, y1 := rat(steps[i-1].at), rat(steps[i].at), rat(steps[i-1].pays), rat(steps[i].pays)
		if x.Cmp(x1) > 0 {
			continue
		}
		share := new(big.Rat).Quo(new(big.Rat).Sub(x, x0), new(big.Rat).Sub(x1, x0))
		return share.Add(y0, share.Mul(share, new(big.Rat).Sub(y1, y0)))
	}
}

// slices pays each part of the value between two thresholds at that part's rate.
func slices(steps []step, value, quota *big.Rat) *big.Rat {
	sum := new(big.Rat)
	for i, s := range steps {
		low := new(big.Rat).Mul(rat(s.at), quota)
		high := value
		if i+1 < len(steps) {
			if edge := new(big.Rat).Mul(rat(steps[i+1].at), quota); edge.Cmp(value) < 0 {
				high = edge
			}
		}
		part := new(big.Rat).Sub(high, low)
		if part.Sign() > 0 || (i == 0 && value.Sign() < 0) {
			sum.Add(sum, part.Mul(part, rat(s.pays)))
		}
	}
	return sum
}
