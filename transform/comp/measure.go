package comp

import "slices"

// Aggregate is how rows become one number.
type Aggregate string

// The aggregates. Rows whose value is null enter none of them; n is the number of rows that entered.
const (
	Sum   Aggregate = "sum"   // of value
	Count Aggregate = "count" // of rows
	Mean  Aggregate = "mean"  // value over n
	Share Aggregate = "share" // rows with hit over rows: the satisfied share
	Rate  Aggregate = "rate"  // as Share, over invitations: the response rate (AAPOR's RR1)
	Net   Aggregate = "net"   // 100 times rows with hit less rows with miss, over rows: NPS, eNPS, the index of CES
	// Median is the value at which half of the rows have met their hit (Kaplan-Meier); a row without hit is only known to
	// have waited that long. Without a hit in the definition every row has met it. Missing where fewer than half have.
	Median Aggregate = "median"
	// Evenness is the R-indicator of who answered (hit) among who was asked: 1 - 2 S of the strata's answer rates, S with N-1.
	Evenness Aggregate = "evenness"
	// Effect is the difference in differences of the mean: (treated after - before) - (control after - before).
	Effect  Aggregate = "effect"
	Formula Aggregate = "formula" // of other measures
)

// Rated says whether rows count as hits over rows.
func (a Aggregate) Rated() bool {
	return a == Share || a == Rate || a == Net || a == Median || a == Evenness
}

// Adds says whether the value of two periods is the sum of the two: else it is a ratio or a level, which no part of a period
// has a part of.
func (a Aggregate) Adds() bool { return a == Sum || a == Count }

// Accrues says whether what a measure comes to in a year is made in its months: a sum, or money that a formula makes of others.
func (m *Measure) Accrues() bool {
	return m.Aggregate.Adds() || (m.Aggregate == Formula && m.Unit == "money")
}

// Pool is whom a measure is about.
type Pool string

// The pools. A pooled measure gives one number to everyone in the pool, and holds everyone where it is itself held.
const (
	PoolPayee      Pool = "payee"
	PoolDepartment Pool = "department"
	PoolEntity     Pool = "entity"
	PoolCompany    Pool = "company"
)

// Divides says whether a payee who is there for a part of the time has a part of what is to be reached: of what rows of their
// own add up to. What a pool reaches together is not theirs alone, and no period has a part of a ratio.
func (m *Measure) Divides() bool { return m.Aggregate.Adds() && (m.Pool == "" || m.Pool == PoolPayee) }

// Family says what kind of thing a measure rewards.
type Family string

// The families.
const (
	Outcome       Family = "outcome"
	Participation Family = "participation"
	Action        Family = "action"
	Activity      Family = "activity"
)

// Measure is the definition of a number per payee (or pool) and measuring period.
type Measure struct {
	ID           string
	Version      string
	Title        string
	Family       Family
	Unit         string // "money", "share", "count", "score": how Value is printed
	Digits       int    // digits after the point when printed; never when computed with
	Aggregate    Aggregate
	Pool         Pool
	Window       int // how many measuring periods, ending with the current one, enter; 1 unless told
	Terms        []Term
	About        string // revenue, growth, profit, cost, satisfaction, response, action, innovation, employees, brand, delivery, dismissals, outsourcing, other; "" not stated
	Survey       string // transactional, relationship; "" for what is no survey
	SelfReported bool   // by the person whom it pays
	Responsible  string // who answers for the definition
	Down         bool   // a lower value is the better one
	Uncertainty  *Uncertainty
	Shrink       *Shrink
	Standing     *Standing
	Pays         string // what components read: "" the value, shrunk, lower, standing
	Strata       []Strata
	Trim         Number // raking: the largest weight; 0 is none
	Cluster      string // the column whose rows are not independent of each other
	Arm, Phase   string // of an effect: the columns that say treated or control, before or after
	NetBy, Side  string // of a sum: the column whose rows are added up first, and which of what they come to enter: gains, losses
	Spread       bool   // how the answers are spread is kept, not their sum alone
	Formula      *Expr  // over the inputs' names
	Inputs       []Input
	Counted      string // of a formula: the input whose n is the measure's
	Change       *Change
	Hidden       bool   // an input of a formula: no definition of its own
	Digest       string // sha256, in hex, of the canonical text of the definition
	Where        Place
}

// Uncertainty says how far a value can be relied on.
type Uncertainty struct {
	Method string // wilson, normal, bootstrap
	Level  Number // such as 0.95
	Draws  int    // of the bootstrap
}

// Shrink pulls the value of few rows toward a frozen prior: a share to (hits + Hits) / (n + Hits + Misses), any other value to
// (n value + N Value) / (n + N).
type Shrink struct {
	Hits, Misses Number
	N, Value     Number
}

// Standing says whether a value is below (-1), like (0) or above (1) what it is held against, as far as its interval can
// tell the two apart.
type Standing struct {
	Against Number
	Measure string // instead of Against
}

// Strata are the groups that a value is weighted by: the value of each times its declared share of the whole.
type Strata struct {
	By      string // column
	Weights []Weight
	Empty   []Collapse // where nobody of a group answered, which group speaks for it
}

// Weight is a group's share of the whole.
type Weight struct {
	Name  string
	Share Number
}

// Collapse is a group that another speaks for.
type Collapse struct{ Name, Into string }

// Input is what a formula calls by a name: another measure, or a hidden one of its own, so many months back.
type Input struct {
	Name, Measure string
	Back          int // months
	Rates         int // months back that money is converted by the rates of
}

// Term is one table's contribution to a measure; most measures have one. A refund is a second, with Sign -1.
type Term struct {
	Table    string // source.table
	Where    *Expr  // boolean over the table's columns; nil takes every row; null counts as false
	Owner    Owner
	Value    *Expr    // number over the table's columns; nil for Count, Share and Rate
	Hit      *Expr    // boolean: of a Rated aggregate only; null counts as false
	Miss     *Expr    // boolean: Net only; null counts as false
	Group    []string // the columns of strata, cluster, arm and phase, in that order
	Currency string   // the column that names Value's currency; "" where Fixed is set or there is none
	Fixed    Currency
	Date     string // the date or instant column that puts the row in a measuring period
	Sign     int    // +1 or -1
	Fold     *Fold
	Deal     string   // the column that names the deal; "" is the table's one key
	Order    string   // the date or instant column that orders deals; "" is Date
	Label    []string // columns that a statement shows of a credited row
}

// Owner says to whom a row is credited.
type Owner struct {
	Column string // "" for pooled measures
	System string // the crosswalk's system that Column's logins belong to; "" where Column holds employee ids
	Split  *Split
	Rollup string // managers: those above the owner on that day, each once; team: the owner as well; "" the owner
}

// Split shares a row among several owners. A row without split rows belongs to its owner whole.
type Split struct {
	Table     string // source.table
	Key       string // its column that names the fact's key
	Of        string // the fact table's column that it points to
	Owner     string
	Percent   string // a Decimal; the shares of one row must sum to 100
	Weight    string // a Decimal instead of Percent: shares are relative
	Where     *Expr  // which of the split table's rows; nil: all
	Outside   bool   // shares need not total 100, and a row without any credits nobody
	Remainder string // largest: shares in whole minor units; "" exact
}

// Fold takes one row per entity before aggregating: the last or first by Order, ties by file and position.
type Fold struct {
	By    []string
	Order string
	Take  string // "last", "first", or "each": every row that Counts
	// Per is a calendar word: the row of an entity that was last (or first) before the end of a period counts in the period of
	// its date, and an earlier period keeps its own. "": one row of an entity in all time.
	Per string
	// Quiet is a number of days: a row is a hit only if no other row of its entity comes, by Order, within so many days after it.
	Quiet  int
	Counts *Expr // of each: which rows are counted; the others only come after some
}

// Place is where a definition stands, for messages.
type Place struct {
	File      string
	Line, Col int
}

// Surveys says whether a measure is about what people answered, so that it is a sample of what they think: it is never shown
// without its n and its interval.
func (m *Measure) Surveys() bool {
	switch m.About {
	case "satisfaction", "response", "employees", "brand":
		return true
	}
	return m.Survey != ""
}

// Modelled says whether a row's value comes of a model, and so of floating point.
func (m *Measure) Modelled() bool {
	return slices.ContainsFunc(m.Terms, func(t Term) bool { return t.Value.models() })
}

// Share is a group's declared share of the whole; 0 where it has none.
func (s *Strata) Share(name string) Number {
	for _, w := range s.Weights {
		if w.Name == name {
			return w.Share
		}
	}
	return Number{}
}
