package comp

// The stages of adoption: each adds to the one before what may be measured, and paid.
const (
	StageResponse = 1 // who was asked, and who answered
	StageLoop     = 2 // what was done about what they said
	StageScores   = 3 // what they said, with its uncertainty
	StageValue    = 4 // what a customer is worth over the years
)

// Adoption is how far a company has come from a day on.
type Adoption struct {
	From  Date // NoDate: always
	Stage int
}

// StagesIn are the stages of a company over a period, in order of time. The first one that is stated holds before its day as
// well. None where no stage is stated.
func (s *Settings) StagesIn(p Period) (out []StagePeriod) {
	for i, a := range s.Adoption {
		span := Period{Start: a.From, End: Forever}
		if i == 0 {
			span.Start = NoDate
		}
		if i+1 < len(s.Adoption) {
			span.End = s.Adoption[i+1].From
		}
		if span = span.Intersect(p); span.Days() > 0 {
			out = append(out, StagePeriod{span, a.Stage})
		}
	}
	return out
}

// StagePeriod is a stage and the days on which it is the company's.
type StagePeriod struct {
	Period Period
	Stage  int
}

// AccountMap says how far each customer has come. An account for which nothing speaks is in stage 1.
type AccountMap struct {
	Table, Account string          // one row each
	Name           string          // the column that people know it by; "" none
	Stage          string          // the column of a declared stage; "" where Reach says it
	Reach          []Reaching      // by stage, from 2 on
	In             []AccountColumn // sorted by table
	Contact        *Contact        // nil: what counts as contact is not said
}

// Contact says what counts as contact both ways, and when a customer of whom nothing is heard is dormant. It is shown, never paid.
type Contact struct {
	Measure string // each row that it counts is a contact on its day
	Dormant int    // days without one
	Since   string // of the accounts' table: the date column from which each is a customer; "" none
	Where   *Expr  // which of the accounts are customers; nil all
	Months  int    // how many months it looks back
}

// Reaching is what an account must have done to be in a stage, beside what the stages before ask.
type Reaching struct {
	Stage          int
	Table, Account string // rows, and the column that names the account
	Where          *Expr
	Date           string // the date or instant column
	Months         int    // how many months it looks back
	AtLeast        int    // rows
}

// AccountColumn is the column of a table that names the account of a row.
type AccountColumn struct{ Table, Column string }

// AccountStage is how far an account has come.
type AccountStage struct {
	Account string
	Stage   int
}
