package comp

// SectionSpec asks for a section of the management report. None of its numbers pays anything.
type SectionSpec struct {
	Kind    string // mirror, equity, change, funnel, table, pay_ratio
	Title   string
	Note    string // printed below the title: what it is for, or what it rests on
	Every   string // month, quarter or year
	Periods int    // how many, ending with the last that is over
	By      Pool   // of a mirror, a change and a table
	// Measures are: of a mirror that of the employees and that of the customers; of equity opening, acquired, retained and lost; of
	// a funnel its steps; of a change the formula; of a table its rows.
	Measures []string
	Lags     int // of a mirror: how many periods later the customers are looked at as well
	Where    Place
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
