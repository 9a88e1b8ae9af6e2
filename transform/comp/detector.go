package comp

// Detector looks for rows that chance does not explain. What it finds opens a case that the person answers first; it reaches no
// pay.
type Detector struct {
	ID, Version, Title string
	Finds              string // what it has found, in words: "closed an unusual share of the quarter's deals in its last five working days"
	Else               string // what may explain it without any fault
	Statistic          string // binomial, two_proportions, permutation, none_expected, hazard, bunching
	Every              string // month, quarter, year: the window
	From               Date   // windows that begin before it are not looked at
	Wait               int    // days after the window's end until its rows are complete
	Against            string // peers, own, days, share
	Share              Number // with Against share
	Peers              string // company, department
	Fewer              bool   // fewer hits, or a lower mean, is what is looked for
	P                  Number // the chance that an honest company has any case in a window
	LeastN             int64
	Expires            int // days
	Answer             int // days that the person has to answer before others see more than that there is a case
	Agreements         []Agreement
	Rows               DetectorRows
	Plan, Component    string // bunching: whose attainments; "" all
	Threshold, Within  Number // bunching
	Where              Place
}

// Agreement is what a country's law asks before people are looked at: the agreement with the workers, or nothing.
type Agreement struct{ Country, ID string }

// DetectorRows say what is looked at.
type DetectorRows struct {
	Table, Date string
	Where       *Expr  // nil: every row
	Owner       Owner  // Column and System alone
	Hit         *Expr  // nil: every row is one
	Value       *Expr  // permutation
	Those       *Expr  // against own: which of a person's rows are held against the others
	LastDays    int    // the row's day is among the last working days of the window: a hit of binomial, else Those
	Later       string // a hit: this day lies in a later month than Date
	Again       *Again
	Per         []string // a person's rows that are equal in these columns count as one, which is a hit where they are several
	Event       string   // hazard: the day on which it ended; Date is the day in question
	Days        int      // hazard: so many days from Date on are held against as many before and after them
}

// Again says that another row of the same By comes within so many days after this one.
type Again struct {
	By   []string
	Days int
}

// ReviewMap reads what was said of cases, and what became of them. The optional columns are "" where there are none.
type ReviewMap struct {
	Table, Case, Answered, Text, Closed, By, Outcome string
}

// Case is what a detector found about one person (Payee "": about a plan) in one window.
type Case struct {
	ID, Detector, Title string
	Payee               string
	Period              Period
	Opened, Shown       Date // first day of the case, and on which others may see it without an answer
	Expires             Date // first day on which it is gone
	State               string
	N                   int64
	Statistic           string
	P                   Number
	FalseAlarms         string
	Words               []string // one sentence each
	Rows                []CaseRow
	Answered, Closed    Date // NoDate: not yet
	Text, By, Outcome   string
}

// The states of a case.
const (
	CaseWaiting  = "waiting" // for the person, who alone sees it
	CaseOpen     = "open"    // the person did not answer in time
	CaseAnswered = "answered"
	CaseClosed   = "closed"
	CaseExpired  = "expired"
)

// CaseRow is a row that a case is about.
type CaseRow struct {
	Key    string
	Date   Date
	Origin Origin
}

// Looked is how many people a detector looked at in a window, and how many cases there are: never who.
type Looked struct {
	Detector, Title string
	Period          Period
	People, Cases   int
	Without         int        // people of countries without the agreement that is needed there: not looked at
	Plans           bool       // the questions are about components of plans, each of which is one of Asked; else about people
	Asked           int        // how many questions share P between them
	P               Number     // the chance that an honest company has any case in the window
	Among           []LookedAt // by where people worked at the window's end; sorted
}

// LookedAt is how many people of a department and legal entity were looked at, and what became of the cases about them. Of questions
// about plans there is one, of nobody's department.
type LookedAt struct {
	Department, Entity string
	People             int
	Waiting            int // cases that nobody has answered yet
	Answered           int // closed ones too
	Expired            int
}

// Add adds others up.
func (l *LookedAt) Add(o LookedAt) {
	l.People, l.Waiting, l.Answered, l.Expired = l.People+o.People, l.Waiting+o.Waiting, l.Answered+o.Answered, l.Expired+o.Expired
}
