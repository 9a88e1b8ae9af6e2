package comp

// Listing is the definition of a list of rows that statements show. Nothing of it is ever paid.
type Listing struct {
	ID, Title string
	Section   string // one of Sections
	Table     string // source.table
	Where     *Expr
	Owner     Owner  // whose list a row is in: Column and System
	Date      string // the date or instant column
	Months    int    // how many months it looks back from the end of the pay period
	Columns   []Shown
	Order     string // the column of which the highest come first; "" is Date
	Most      int    // rows shown; the others are counted
	Managers  bool   // shown to those above the owner instead
	Dormant   string // the column of accounts of which only dormant ones are shown; "" all rows
	OptIn     string // a boolean column: rows without a yes are shown to nobody; "" none
	Place     Place
}

// Shown is a column of a list.
type Shown struct {
	Title, Column string
	Name          bool // what the account is called that the column names
	Stage         bool // how far the account has come that the column names
	Contact       bool // the day of the last contact with it
	Quiet         bool // the days since then
}

// Sections are the parts of a statement that lists stand in, in the order in which a person reads them.
var Sections = []string{"at_risk", "promoters", "commitments", "moved", "feedback", "recognition"}

// List is a list as one person's statement shows it.
type List struct {
	ID, Title, Section string
	Columns            []string
	Rows               [][]string
	More               int // rows beyond those shown
}

// Next is the nearest tier that a value of money or of a count has not reached, in a period that is not over yet.
type Next struct {
	Missing Amount // up to it
	Above   bool   // the tier begins above it, not at it
	Pays    string // what it pays, in words: "the next euro pays 6 %"
	Until   Date   // the last day on which it can be reached
}

// Definition is how a measure that a statement shows is defined.
type Definition struct {
	Measure, Title, Version, Digest string
	Unit                            string
	Digits                          int

	Prior   string // what it is shrunk toward; "" nothing
	Changed string // the pay period, YYYY-MM, before which it was defined otherwise; "" it was not
}

// ContributionMap reads what a job does for the customer.
type ContributionMap struct{ Table, Job, Text, From string }
