package jobs

import "carrot/transform/comp"

// Component is a component's calculation as the archive keeps it with the statement: numbers exact, as comp.ParseExact
// reads them, "" where there is none. Archives of earlier versions have statements without components.
type Component struct {
	Plan       string     `json:"plan"`
	Component  string     `json:"component"`
	Title      string     `json:"title"`
	Clause     string     `json:"clause,omitempty"`
	Measure    string     `json:"measure,omitempty"`
	Called     string     `json:"measure_title,omitempty"`
	Unit       string     `json:"unit,omitempty"`
	From       string     `json:"from"` // first day of the measuring period
	To         string     `json:"to"`   // its last day
	Since      string     `json:"since,omitempty"`
	Value      string     `json:"value,omitempty"`
	N          int64      `json:"n"`
	Quota      string     `json:"quota,omitempty"`
	Attainment string     `json:"attainment,omitempty"`
	Rate       string     `json:"rate,omitempty"`
	Target     string     `json:"target,omitempty"`
	Exact      string     `json:"exact"`
	Amount     string     `json:"amount"`
	Currency   string     `json:"currency"`
	Shown      bool       `json:"shown,omitempty"`
	Sealed     bool       `json:"sealed,omitempty"`
	Held       []string   `json:"held,omitempty"`
	Working    []string   `json:"working,omitempty"`
	Gated      []string   `json:"gated,omitempty"`
	Crossed    []Crossing `json:"crossed,omitempty"`
	Parts      []Part     `json:"parts,omitempty"`
	Interval   *Interval  `json:"interval,omitempty"`
}

// Interval is how far a value can be relied on.
type Interval struct {
	Method string `json:"method"`
	Level  string `json:"level"`
	Low    string `json:"low"`
	High   string `json:"high"`
}

// Crossing is that a deal took the value past an end of a band.
type Crossing struct {
	Bound string `json:"bound"`
	Deal  string `json:"deal"`
	Date  string `json:"date"`
	Value string `json:"value"`
}

// Part is one part of a scorecard, or one multiplier.
type Part struct {
	ID         string `json:"id"`
	Title      string `json:"title,omitempty"`
	Measure    string `json:"measure,omitempty"`
	Value      string `json:"value,omitempty"`
	N          int64  `json:"n"`
	Attainment string `json:"attainment,omitempty"`
	Weight     string `json:"weight"`
	Factor     string `json:"factor"`
	Rate       string `json:"rate,omitempty"`

	Interval *Interval `json:"interval,omitempty"`
}

// Balance is an account over the pay period. Amounts are plain decimals of its currency.
type Balance struct {
	Account    string   `json:"account"`
	Plan       string   `json:"plan,omitempty"`
	Component  string   `json:"component,omitempty"`
	Title      string   `json:"title,omitempty"`
	Open       string   `json:"open"`
	In         string   `json:"in"`
	Out        string   `json:"out"`
	WrittenOff string   `json:"written_off"`
	Close      string   `json:"close"`
	Currency   string   `json:"currency"`
	Reasons    []string `json:"reasons,omitempty"`
}

// PayeeBalance is one line of balances.jsonl.
type PayeeBalance struct {
	Payee string `json:"payee"`
	Balance
}

// componentOf is what the archive keeps of a component's calculation.
func componentOf(c *comp.ComponentResult) Component {
	out := Component{Plan: c.Plan, Component: c.Component, Title: c.Title, Clause: c.Clause, Measure: c.Measure, Called: c.MeasureTitle, Unit: c.Unit,
		From: c.Period.Start.String(), To: (c.Period.End - 1).String(), Value: maybe(c.Value), N: c.N, Attainment: maybe(c.Attainment), Rate: c.Rate,
		Exact: c.Exact.Number.String(), Amount: c.Amount.Decimal(), Currency: string(c.Amount.Currency), Shown: c.Shown, Sealed: c.Sealed,
		Held: c.Held, Working: c.Working, Gated: c.Gated, Interval: intervalOf(c.Value, c.Estimate)}
	if c.Cumulated.Days() > 0 {
		out.Since = c.Cumulated.Start.String()
	}
	if c.Quota != nil {
		out.Quota = c.Quota.Number.String()
	}
	if c.Target != nil {
		out.Target = c.Target.Number.String()
	}
	for _, x := range c.Crossed {
		out.Crossed = append(out.Crossed, Crossing{Bound: x.Bound.String(), Deal: x.Deal, Date: x.Date.String(), Value: x.Value.String()})
	}
	for _, p := range c.Parts {
		out.Parts = append(out.Parts, Part{ID: p.ID, Title: p.Title, Measure: p.Measure, Value: maybe(p.Value), N: p.N, Attainment: maybe(p.Attainment),
			Weight: p.Weight.String(), Factor: p.Factor.String(), Rate: p.Rate, Interval: intervalOf(p.Value, p.Estimate)})
	}
	return out
}

// intervalOf is what the archive keeps of an estimate; nil where there is no interval, or the value is not shown.
func intervalOf(value *comp.Number, e *comp.Estimate) *Interval {
	if value == nil || e == nil || e.Low == nil || e.High == nil {
		return nil
	}
	return &Interval{e.Method, e.Level.String(), e.Low.String(), e.High.String()}
}

func balanceOf(b comp.Balance) Balance {
	return Balance{Account: b.Account, Plan: b.Plan, Component: b.Component, Title: b.Title, Open: b.Open.Decimal(), In: b.In.Decimal(), Out: b.Out.Decimal(),
		WrittenOff: b.WrittenOff.Decimal(), Close: b.Close.Decimal(), Currency: string(b.Close.Currency), Reasons: b.Reasons}
}

// maybe is a number exact; "" where it is missing.
func maybe(n *comp.Number) string {
	if n == nil {
		return ""
	}
	return n.String()
}
