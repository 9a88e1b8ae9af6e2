package comp

// Aggregate is how rows become one number.
type Aggregate string

// The aggregates. Rows whose value is null enter none of them; n is the number of rows that entered.
const (
	Sum   Aggregate = "sum"   // of value
	Count Aggregate = "count" // of rows
	Mean  Aggregate = "mean"  // value over n
	Share Aggregate = "share" // rows with hit over rows: the satisfied share (4-measures M1)
	Rate  Aggregate = "rate"  // as Share, over invitations: the response rate (M4, RR1)
)

// Pool is whom a measure is about.
type Pool string

// The pools. A pooled measure gives one number to everyone in the pool, and holds everyone where it is itself held.
const (
	PoolPayee      Pool = "payee"
	PoolDepartment Pool = "department"
	PoolEntity     Pool = "entity"
	PoolCompany    Pool = "company"
)

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
	Digest       string // sha256, in hex, of the canonical text of the definition
	Where        Place
}

// Term is one table's contribution to a measure; most measures have one. A refund is a second, with Sign -1.
type Term struct {
	Table    string // source.table
	Where    *Expr  // boolean over the table's columns; nil takes every row; null counts as false
	Owner    Owner
	Value    *Expr  // number over the table's columns; nil for Count, Share and Rate
	Hit      *Expr  // boolean: Share and Rate only; null counts as false
	Currency string // the column that names Value's currency; "" where Fixed is set or there is none
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
	Take  string // "last" or "first"
}

// Place is where a definition stands, for messages.
type Place struct {
	File      string
	Line, Col int
}
