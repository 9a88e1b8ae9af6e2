package comp

// Plan is one version of a compensation plan for the people whom Eligible takes in.
type Plan struct {
	ID          string
	Version     string
	Title       string
	Effective   Period
	Eligible    *Expr // boolean over a person's attributes on a day
	Rounding    Rounding
	RoundingSet bool     // rounding: stands in the file
	RoundAt     string   // where exact pay becomes cents: deal, component, plan; "" is component
	For         string   // "top_management", or ""
	Currency    Currency // that every amount of the plan is in; "": each currency has amounts of its own
	FX          FXUse
	Draw        *Draw  // nil: none
	Limit       *Limit // nil: none
	Waive       []LintWaiver
	Components  []Component
	Digest      string // sha256, in hex, of the file's bytes
	Where       Place
}

// Component is one thing that a plan pays for.
type Component struct {
	ID                  string
	Title               string
	Clause              string // the plan document's clause, printed on the line
	Measure             string
	Every               string  // the measuring period: month, quarter, half, year, or the name of a calendar
	ToDate              string  // pay cumulatively within this larger calendar (year, or a calendar's name); "" pays each period alone
	Shown               bool    // scorecard only: computed and shown, pays nothing
	Quota               *Quota  // nil where attainment has no meaning
	Target              []Dated // target pay per measuring period at factor 1; nil where the curve pays on the value itself
	Curve               Curve
	Score               string // a name in the number table whose number is the value, instead of Measure
	Parts               []Part // a scorecard: target times the weighted sum of the parts' factors, instead of Measure and Curve
	Per                 string // deal: the curve reads each deal by itself; "" is the period
	Numbers             string // whole: to date, quota, target and cap are for the whole larger period; "": for each measuring period
	Multiply            []Part // each factor multiplies pay
	Order               []Step // of gate, multiply, prorate, cap; nil: gate, multiply, and a cap that is prorated
	Excess              string // what becomes of pay above the cap: carry, forfeit; "" is forfeit
	Leave               string // ignore: unpaid leave is no reason to prorate; "": its days are off the plan
	TargetName, CapName string // names in the number table, instead of Target and Cap
	Budget              *Budget
	Release             *Release
	Clawback            *Clawback
	Award               *Award
	Cost                *Cost
	MinN                int    // below this n the measure is missing
	Missing             string // what a missing measure does: neutral (factor 1), zero, or hold; required with MinN or Share, Rate, Mean
	Gates               []Gate
	Cap                 []Dated // the most that the component pays per measuring period
	Prorate             string  // "days": quota (of the payee's own), target and cap by calendar days on the plan over days of the period; "none"
	Shared              string  // sha256 of the definition that several plans use; "" the plan's own
	FTE                 bool    // quota, target and cap are multiplied by the person's fte attribute
	Where               Place
}

// Dated is a value from a day on, with the clause that set it. By holds one amount per currency of pay.
type Dated struct {
	From   Date
	By     map[Currency]Number // read by key only, never ranged over
	Clause string
}

// Figure is where a number per person and time comes from: dated values in the plan, or the rows of the number table by
// name.
type Figure struct {
	Dated  []Dated  // By[""] for a plain number, else money in the payee's currency of pay
	Name   string   // a name in the number table; "" where Dated is given
	Season []Number // shares of a year in 2, 4 or 12 parts, of a number that is for a whole year; nil: none
	Ramp   []Number // shares by month of employment; the last one stays; nil: none
}

// Quota is the number to attain.
type Quota = Figure

// CurveKind is the shape of pay over value or attainment.
type CurveKind string

// The shapes. Bands are half-open [From, To); the last one's To may be absent.
const (
	RateCurve   CurveKind = "rate"        // value times Rate
	Marginal    CurveKind = "marginal"    // each slice of value at its band's rate
	Retroactive CurveKind = "retroactive" // the whole value at the rate of the band reached
	StepCurve   CurveKind = "steps"       // target times the factor of the band reached
	Interpolate CurveKind = "interpolate" // target times a factor on straight lines between points
	Linear      CurveKind = "linear"      // target times attainment, or times the value
	Grid        CurveKind = "matrix"      // a factor or rate by two measures
)

// Curve leads from a measure to exact pay.
type Curve struct {
	Kind          CurveKind
	Of            string              // what bands and points are read against: "attainment" or "value"
	Rate          Number              // RateCurve
	RateAttribute string              // RateCurve: a person's attribute that holds the rate, instead of Rate
	Bands         []Band              // Marginal, Retroactive: Pays is a rate; Steps: a factor
	Points        []Band              // Interpolate: From is the abscissa, Pays the factor; flat outside
	UpperEdge     bool                // bands are (From, To] instead of [From, To)
	RateName      string              // RateCurve: a name in the number table that gives the rate, instead of Rate
	RateBy        map[Currency]Number // RateCurve: money for each unit of value, instead of Rate; read by key only
	Below         *Number             // Interpolate: the factor below the first point; nil: the first point's
	Matrix        *Matrix             // Grid
}

// Band is one tier.
type Band struct {
	From, To Number
	Open     bool // no upper end
	Down     bool // StepCurve, the first band: no lower end, and From is not read
	Pays     Number
	By       map[Currency]Number // money instead of Pays; read by key only
	Back     bool                // Marginal: reaching the band re-rates everything below it
	Where    Place
}

// Gate is a condition that must hold, or the component pays less.
type Gate struct {
	Measure string
	AtLeast Number // the bar
	Test    string // at_least, above, at_most, below; "" is at_least
	Of      string // what is held against the bar: value or attainment; "" is value
	Quota   *Quota // of attainment
	ToDate  string // the gate's measure is read to date of this larger calendar
	Numbers string // as the component's
	Base    bool   // closed, everything is paid at the first band's rate
	Share   Number // closed, this share is paid; 0: nothing
	MinN    int
	Missing string // what no value does: open, closed; "" is open, and not stated
	Where   Place
}

// Part is a measure, or a score, turned into a factor.
type Part struct {
	ID, Title, Measure, Score string
	Weight                    Number // of a scorecard's part; the weights total 1
	Quota                     *Quota
	Curve                     Curve // of a kind that gives a factor
	MinN                      int
	Missing                   string // renormalise, zero, neutral, hold
	Gates                     []Gate
	Floor, Cap                *Number // of the factor; nil: none
	Shared                    string  // sha256 of the definition that several scorecards use; "" the plan's own
	Where                     Place
}

// Step is one thing that is done to exact pay after the curve.
type Step string

// The steps. Without an order, pay is gated, multiplied and capped by a cap that is prorated.
const (
	GateStep     Step = "gate"
	MultiplyStep Step = "multiply"
	ProrateStep  Step = "prorate"
	CapStep      Step = "cap"
)

// Matrix is a grid of factors, or of rates, by a component's own measure (rows) and a second one (columns).
type Matrix struct {
	Rows, Columns []Number   // lower ends, ascending from 0
	Of            string     // what rows are read against: attainment or value
	Part          Part       // the columns' measure: Measure, Quota, MinN, Missing, and Curve.Of
	Pays          [][]Number // [row][column]
	Rates         bool       // value times the cell; else target times the cell
}

// Budget is what a SPIFF may pay in all: deals draw on it in order of instant, key and payee until it is spent.
type Budget struct {
	Amount   Amount
	Each     Number // the most for one person, in Amount's currency; 0: no bound
	Partial  bool   // the last deal takes what is left; else it ends the SPIFF and takes nothing
	From, To Date   // both inclusive
	Clause   string
	Where    Place
}

// Length is a length of time.
type Length struct{ Months, Days int }

// After is the day that lies l after d. Months end on the last day of a shorter month.
func (l Length) After(d Date) Date { return d.AddMonths(l.Months) + Date(l.Days) }

// IsZero says whether no length was stated.
func (l Length) IsZero() bool { return l == Length{} }

// Release says when the pay of a deal is released.
type Release struct {
	Parts   []Slice
	Longest Length // from the deal's day: then Silence or Failed decides; zero: not stated, 36 months
	Silence string // no event, or no answer, by then: pay, forfeit; "": not stated, pay
	Failed  string // an answer below the bar, by then: forfeit, pay
	Where   Place
}

// Slice is a share of a deal's pay and what releases it.
type Slice struct {
	Share Number
	On    string // "credit", the deal's own day, or an event
	After Length // from the event's day
	If    *Bar   // nil: no condition
}

// Bar is a score that an event must reach.
type Bar struct {
	Event   string
	AtLeast Number
	Reason  string // what a deal is held with below it
}

// Clawback takes pay of a deal back when an event undoes it.
type Clawback struct {
	On     string // the event
	Within Length // from the deal's day; zero: not stated, 36 months
	Takes  string // full, months, days, tiers
	Tiers  []Tier
	Rate   string // original, re-rated
	Most   Number // the share of a pay period's pay of this plan that may be taken
	AtExit string // recover, write_off
	Where  Place
}

// Tier is what an event takes that comes before the end of Until, counted from the deal's day.
type Tier struct {
	Until Length
	Takes Number
}

// Draw is money in advance of pay, or a guarantee.
type Draw struct {
	Kind        string // recoverable, advance, guarantee
	Amount      Figure // per pay period
	Periods     int    // pay periods from the first on the plan; 0: always
	RecoverFrom int    // the pay period from which it is recovered, the first being 1
	AtExit      string // recover, write_off
	Prorate     string // days, none
	Clause      string
	Where       Place
}

// Award is pay in kind.
type Award struct {
	What    string
	Value   map[Currency]Number // fair value at factor 1; read by key only
	GrossUp string              // a legal overlay that says what tax is borne; "" none
}

// Cost says how pay is accounted for as the cost of obtaining a contract. It never pays.
type Cost struct {
	Months, Benefit int // of the contract, and of the benefit where renewals are not commensurate
	Fringe          Number
	Renewals        string // commensurate, or ""
	Ends            string // the event that ends a contract early
}

// Limit is the most that a plan pays in a pay period, all of its components together.
type Limit struct {
	Amount Figure
	Excess string // what becomes of pay above it: carry, forfeit; "" is forfeit
	Where  Place
}

// FXUse says by which rates a plan turns money into the currency of pay.
type FXUse struct {
	Credit string // closing, plan, average, daily; "" is closing
	Pay    string // closing, plan, average, payday; "" is closing
}

// LintWaiver settles a lint of a plan by a person's decision.
type LintWaiver struct {
	Lint, Component, By, Reason string
	Until                       Date
	Where                       Place
}
