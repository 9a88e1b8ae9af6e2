package comp

// RunKind is preview or close.
type RunKind string

// The kinds of run. A Preview never posts and is marked on every page and sheet.
const (
	Preview RunKind = "preview"
	Close   RunKind = "close"
)

// Result is the finished outcome of a run: everything that reports render and nothing else. All slices are sorted by
// their keys, so that equal outcomes give equal bytes.
type Result struct {
	Run          RunFacts
	Company      string
	Question     string // how to question a line: Settings.Question, printed on every statement
	Entities     []LegalEntity
	Statements   []Statement // sorted by payee
	Scorecards   []Score
	Credits      *Credits  // nil: none
	Sealed       []string  // tables that were answered in confidence: of their rows nothing is shown; sorted
	Findings     []Finding // every one, waived ones included
	Held         []Held
	Adjustments  []Adjustment // those of this pay period
	Waivers      []Waiver     // those in force
	Controls     []Control
	Expectations []Expectation
	Exclusions   []Exclusion
	Legal        []LegalCheck
	Costs        []CostEntry
	Balances     []PayeeBalance // of everybody who has an account, with a statement or without; by payee, plan, component and currency
	Confided     []Confided     // what closes, this one last, made known of anonymous answers
	Ledger       []LedgerEntry  // what a close would post
	Management   []Section
	Cases        []Case       // by detector, window and payee; none reaches pay
	Looked       []Looked     // by detector and window
	Definitions  []Definition // of the measures that statements show, by id
}

// RunFacts identify a run on every page.
type RunFacts struct {
	ID            string // 26 characters
	Kind          RunKind
	Period        Period // the pay period
	PayDate       Date
	Business      Date   // business date of the run
	KnownAt       Date   // pulls up to this day entered
	Approved      bool   // false prints "not approved"
	Program       string // name and version
	Request       string // canonical text, one "key value" a line
	RequestDigest string
	Measures      []NamedDigest
	Plans         []NamedDigest
	Inputs        []NamedDigest // pull manifests and other archived inputs
}

// NamedDigest is a thing and the sha256 of its bytes.
type NamedDigest struct{ Name, Version, Digest string }

// Statement is what one payee is paid in one pay period and why.
type Statement struct {
	ID                       string // payee and period: "E017:2026-02"
	Payee                    string
	Name                     string
	PayrollNumber            string
	Entity                   string // LegalEntity.ID
	PayCode                  string
	Department, Job, Manager string // on the last employed day of the period; Manager is a name
	Currency                 Currency
	BasePay                  string // for information, such as "5,400.00 EUR a month"; "" unknown
	Components               []ComponentResult
	Lines                    []Line
	Total                    Money              // sum of Lines; what payroll pays now
	HeldTotal                Money              // entitlement of this period that is held and not in Total
	YearToDate               Money              // posted since January of the period's year, Total included
	Previous                 *PreviousStatement // nil where there is none
	HeldFor                  []string           // finding ids that hold this payee; empty: paid
	Plans                    []NamedDigest
	Balances                 []Balance
	InKind                   []InKind
	Lists                    []List // in the order of Sections
	Contribution             string // what the job does for the customer; "" not told
}

// Balance is an account of a payee over one pay period: Open plus In less Out less WrittenOff is Close.
type Balance struct {
	Account                          string // draw, hold, clawback, carry
	Plan, Component, Title           string
	Open, In, Out, WrittenOff, Close Money
	Reasons                          []string // what a hold waits for
}

// PayeeBalance is a payee's account, whether or not there is anything else to say to that person. What is held moves nothing.
type PayeeBalance struct {
	Payee, Name, Entity string
	Balance
}

// InKind is pay that is no money.
type InKind struct {
	What, Clause string
	Value, Gross Money // fair value, and with the tax that is borne
}

// Exclusion is rows of a table that no plan pays, by the clause that excludes them.
type Exclusion struct {
	Table, Reason, Clause string
	Rows                  int64
	Sums                  []Amount
}

// LegalCheck says what became of a legal rule for a legal entity.
type LegalCheck struct{ Rule, Entity, State string } // applied, not configured

// CostEntry is an amount of the accounting of a contract's cost.
type CostEntry struct {
	Payee, Component, Deal, Month, Kind string // capitalised, amortised, written off
	Amount                              Money
}

// PreviousStatement is last month's, for the difference.
type PreviousStatement struct {
	Period      Period
	Total       Money
	ByComponent []ComponentDelta // this month against last, sorted by component
}

// ComponentDelta is one row of "why this month differs".
type ComponentDelta struct {
	Component, Title string
	Before, Now      Money
}

// ComponentResult is one component's calculation for one measuring period, as the statement shows it.
type ComponentResult struct {
	Plan, Component, Title, Clause string
	Measure, MeasureTitle, Unit    string
	Digits                         int
	Period                         Period  // measuring period
	Cumulated                      Period  // to date: what value, n, quota and target are about; zero where that is Period
	Value                          *Number // nil: missing
	N                              int64
	Quota                          *Amount // after proration; nil where there is none
	Attainment                     *Number
	Rate                           string // the rate or factor in words, such as "6 % above 100 %"
	Target                         *Amount
	Exact                          Amount
	Amount                         Money
	Working                        []string // one sentence a step, in order
	Held                           []string // finding ids
	Shown                          bool     // computed, not paid
	Sealed                         bool     // measured on answers given in confidence: counted, never listed
	Gated                          []string // gates that are closed, in words
	Crossed                        []Crossing
	Parts                          []PartResult
	Estimate                       *Estimate // of the value; nil where it is a plain sum
	Next                           *Next     // nil: no tier above, or one that must not be told
	Shared                         string    // sha256 of the definition that several plans use; "" its plan's own
}

// Estimate is how far a measure's value can be relied on, and what was made of it.
type Estimate struct {
	Method    string // of the interval; "" where there is none
	Level     Number // such as 0.95
	SE        *Number
	Low, High *Number
	Raw       *Number // the value before it was weighted or shrunk; nil where neither was done
	Effective *Number // number of rows: as many equally weighted ones would say as much
	Standing  *int    // -1 below, 0 like, 1 above what it is held against
	Against   *Number
	AgainstN  int64    // rows behind Against; 0 where the plan writes it
	Notes     []string // one sentence each
}

// Crossing is that a deal took the value past an end of a band.
type Crossing struct {
	Bound Number // of value or attainment
	Deal  string
	Date  Date
	Value Number // cumulated, with the deal
}

// PartResult is one part of a scorecard, or one multiplier.
type PartResult struct {
	ID, Title, Measure string
	Value              *Number // nil: missing
	N                  int64
	Attainment         *Number
	Weight, Factor     Number
	Rate               string
	Estimate           *Estimate
	Shared             string // sha256 of the definition that several scorecards use; "" its plan's own
}

// LineKind is what a line is.
type LineKind string

// The kinds.
const (
	Earning        LineKind = "earning"
	TrueUp         LineKind = "true-up"
	AdjustmentLine LineKind = "adjustment"
	ReleaseLine    LineKind = "release" // pay of an earlier period that was held
	DrawLine       LineKind = "draw"
	RecoveryLine   LineKind = "recovery" // of a draw
	ClawbackLine   LineKind = "clawback"
	LegalLine      LineKind = "legal"
	CapLine        LineKind = "cap"     // what a plan's cap takes off or, carried from before, adds
	AwardLine      LineKind = "award"   // the tax that is borne on pay in kind
	BalanceEntry   LineKind = "balance" // of the ledger only: Held is how an account moved, Amount is 0
)

// Line is a signed entry on a statement.
type Line struct {
	Number                         int // 1-based on its statement
	Kind                           LineKind
	Plan, Component, Clause, Title string
	For                            Period // the pay period whose entitlement it belongs to
	Cause                          string // true-up: late data, refund, reassignment, …
	Exact                          Amount
	Amount                         Money
	Before, After                  Money  // of a true-up: posted, with the causes ahead of this one; and with this one
	Working                        string // one line of text
	Credits                        []int  // which of the payee's credits are behind it, as Credits.Each counts them; nil for adjustments
	Series                         string // lineage key: measure, payee or pool, measuring period; "" for adjustments
}

// Score is a row of tables/scorecards.
type Score struct {
	Payee                    string
	Period                   Period
	Plan, Component, Measure string
	N                        int64
	Value                    *Number
	Unit                     string
	Quota                    *Number
	Attainment               *Number
	PlanDigest               string
	Estimate                 *Estimate
}

// Held is a row of the Held sheet: something not paid until its findings are settled.
type Held struct {
	Kind              string // "row" or "payee"
	Payee             string // where known
	Name              string
	Table, Key, Label string
	Amount            string   // exact text with currency; "" unknown
	Findings          []string // ids
	Reason            string
}

// Control is a line of the certificate for one table: rows and sums in = paid + held + excluded + exception (and those
// that other months or newer versions account for). Sums are exact text per currency, "" where the table declares no
// control column.
type Control struct {
	Table string
	Parts []ControlPart // in the order: in, paid, held, excluded, exception, other periods, superseded
}

// ControlPart is a count with its sum. Sums is sorted by currency.
type ControlPart struct {
	Name string
	Rows int64
	Sums []Amount
}

// Ties says whether the parts after the first sum to it, in rows and in every currency.
func (c Control) Ties() bool {
	if len(c.Parts) == 0 {
		return false
	}
	var rows int64
	sums := map[Currency]Number{}
	for _, p := range c.Parts[1:] {
		rows += p.Rows
		for _, s := range p.Sums {
			sums[s.Currency] = sums[s.Currency].Add(s.Number)
		}
	}
	seen := map[Currency]bool{}
	for _, s := range c.Parts[0].Sums {
		seen[s.Currency] = true
		if sums[s.Currency].Cmp(s.Number) != 0 {
			return false
		}
	}
	for cur, n := range sums {
		if !seen[cur] && !n.IsZero() {
			return false
		}
	}
	return rows == c.Parts[0].Rows
}

// Expectation is a declared control total and what the run found.
type Expectation struct {
	Name, Want, Got string
	Met             bool
}

// LedgerEntry is one posted amount: what payee was paid in one pay period for the entitlement of another.
type LedgerEntry struct {
	Payee, Plan, Component string
	Paid                   string // pay period in which it was posted, YYYY-MM
	For                    string // pay period whose entitlement it is, YYYY-MM
	Kind                   LineKind
	Cause                  string
	Amount                 Money
	Held                   Money // entitlement found but held, not posted
}
