package comp

// Plan is one version of a compensation plan for the people whom Eligible takes in.
type Plan struct {
	ID         string
	Version    string
	Title      string
	Effective  Period
	Eligible   *Expr // boolean over a person's attributes on a day
	Rounding   Rounding
	Components []Component
	Digest     string // sha256, in hex, of the file's bytes
	Where      Place
}

// Component is one thing that a plan pays for.
type Component struct {
	ID      string
	Title   string
	Clause  string // the plan document's clause, printed on the line
	Measure string
	Every   string  // the measuring period: month, quarter, half, year, or the name of a calendar
	ToDate  string  // pay cumulatively within this larger calendar (year, or a calendar's name); "" pays each period alone
	Shown   bool    // scorecard only: computed and shown, pays nothing
	Quota   *Quota  // nil where attainment has no meaning
	Target  []Dated // target pay per measuring period at factor 1; nil where the curve pays on the value itself
	Curve   Curve
	MinN    int    // below this n the measure is missing
	Missing string // what a missing measure does: neutral (factor 1), zero, or hold; required with MinN or Share, Rate, Mean
	Gates   []Gate
	Cap     []Dated // the most that the component pays per measuring period
	Prorate string  // "days": quota, target and cap by calendar days on the plan over days of the period; "none"
	FTE     bool    // quota, target and cap are multiplied by the person's fte attribute
	Where   Place
}

// Dated is a value from a day on, with the clause that set it. By holds one amount per currency of pay.
type Dated struct {
	From   Date
	By     map[Currency]Number // read by key only, never ranged over
	Clause string
}

// Quota is where the number to attain comes from: dated values in the plan, or the rows of the quota table by name.
type Quota struct {
	Dated []Dated // By[""] for a plain number, else money in the payee's currency of pay
	Name  string  // a name in the quota table; "" where Dated is given
}

// CurveKind is the shape of pay over value or attainment.
type CurveKind string

// The shapes. Bands are half-open [From, To); the last one's To may be absent.
const (
	RateCurve   CurveKind = "rate"        // value times Rate
	Marginal    CurveKind = "marginal"    // each slice of value at its band's rate
	Retroactive CurveKind = "retroactive" // the whole value at the rate of the band reached
	StepCurve   CurveKind = "steps"       // target times the factor of the band reached
	Interpolate CurveKind = "interpolate" // target times a factor on straight lines between points
	Linear      CurveKind = "linear"      // target times attainment
)

// Curve leads from a measure to exact pay.
type Curve struct {
	Kind          CurveKind
	Of            string // what bands and points are read against: "attainment" or "value"
	Rate          Number // RateCurve
	RateAttribute string // RateCurve: a person's attribute that holds the rate, instead of Rate
	Bands         []Band // Marginal, Retroactive: Pays is a rate; Steps: a factor
	Points        []Band // Interpolate: From is the abscissa, Pays the factor; flat outside
	UpperEdge     bool   // bands are (From, To] instead of [From, To)
}

// Band is one tier.
type Band struct {
	From, To Number
	Open     bool // no upper end
	Pays     Number
	Where    Place
}

// Gate is a condition that must hold or the component pays nothing.
type Gate struct {
	Measure string
	AtLeast Number
}
