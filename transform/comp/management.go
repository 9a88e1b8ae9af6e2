package comp

import "strings"

// SectionSpec asks for a section of the management report. None of its numbers pays anything.
type SectionSpec struct {
	Kind    string // mirror, equity, change, drivers, funnel, table, contact, pay_ratio, cases, red_tape, experiments
	Title   string
	Note    string // printed below the title: what it is for, or what it rests on
	Every   string // month, quarter or year
	Periods int    // how many, ending with the last that is over
	By      Pool   // of a mirror, a change, drivers, a table and cases
	// Measures are: of a mirror that of the employees and that of the customers; of equity opening, acquired, retained and lost; of
	// a funnel its steps; of a change the formula; of experiments their behaviours and outcomes; of drivers the score; of a table its rows.
	Measures []string
	Lags     int // of a mirror: how many periods later the customers are looked at as well
	// Apart is of a table: the column by whose values each measure is told apart. Values of fewer than Least rows are not told;
	// of cases, groups of fewer than Least people.
	Apart      string
	Least      int
	Items      []Shown // of drivers: what each item is called, and its column
	Minutes    []Chore // of red_tape: how long each kind of work takes, as the company says
	Statements bool    // of drivers: statements that show the score show them as well
	Where      Place
}

// Parted is the id of a measure whose rows are kept apart by some columns: a hidden one beside the measure itself.
func Parted(measure string, columns ...string) string {
	return measure + "." + strings.Join(columns, ".")
}

// Chores are the kinds of work that the program itself makes, in the order in which a section of red tape tells of them.
var Chores = [...]string{"acceptances", "questions", "reviews", "adjustments", "waivers", "findings", "approvals"}

// Chore is a kind of such work with the minutes that one of it takes.
type Chore struct {
	Kind    string // of Chores
	Minutes Number
}

// Section is one table of the management report.
type Section struct {
	Title, Note string
	Columns     []SectionColumn
	Rows        [][]string
	After       []string // sentences below the table
}

// SectionColumn heads a column; numbers stand at the right.
type SectionColumn struct {
	Title string
	Right bool
}
