package comp

// Mapping says how reference tables become a Company. Columns are names in the tables' contracts.
type Mapping struct {
	Roster        []RosterMap
	Crosswalk     []CrosswalkMap
	FX            []FXMap
	Quotas        []QuotaMap
	Calendars     []CalendarMap
	Events        []EventMap
	Hours         []HoursMap
	Acceptances   []AcceptanceMap
	Contributions []ContributionMap
	Lists         []Listing   // sorted by section, then ID
	Accounts      *AccountMap // nil: none
	Reviews       *ReviewMap  // nil: none
}

// EventMap reads what happened to the records of the table Of. Columns Amount and Score are "" where there are none.
type EventMap struct {
	Table, Of, Key, Event, Date, Amount, Score string
	Where                                      *Expr
}

// HoursMap reads hours worked by week.
type HoursMap struct{ Table, Employee, Week, Hours string }

// AcceptanceMap reads who accepted which plan document.
type AcceptanceMap struct{ Table, Employee, Digest, Date string }

// RosterMap reads one table's rows as facts about people. Without From the facts hold always; with From alone each row
// holds until the person's next row; with To as well, until the end of that day.
type RosterMap struct {
	Table    string
	ID       string // the column of the employee id
	Where    *Expr
	From, To string
	Employed *Expr // where given, the rows that give true define employment; exactly one RosterMap has it
	Set      []AttrMap
}

// AttrMap sets one attribute from a column, looked up in another table where In is given, or from a constant.
type AttrMap struct {
	Attr          string
	Columns       []string          // usually one; several are joined by a blank
	In, Key, Take string            // the value of Take in the row of table In whose Key equals the text of Columns
	Parent        bool              // Columns hold a path such as /1/2/: the value is the ID of the person whose path is the parent
	Const         string            // where Columns is empty
	Values        map[string]string // translation of the column's text; read by key only; text without an entry stays as it is
}

// CrosswalkMap reads logins. System is a column, or SystemIs a constant.
type CrosswalkMap struct {
	Table, System, SystemIs, Login, Employee, From, To string
}

// FXMap reads rates.
type FXMap struct {
	Table, Date, FromCurrency, ToCurrency, Rate string
	Kind, KindIs                                string // a column of kinds, or one kind: daily, plan, average; both "" is daily
	Where                                       *Expr
}

// QuotaMap reads numbers to attain. A row holds from From to the day before the next row of the same employee and name,
// the last one to the day before Until; or to To, inclusive, where given.
type QuotaMap struct {
	Table, Employee, Name, NameIs, From, To, Amount, Currency string
	CurrencyIs                                                Currency
	Until                                                     Date
	Where                                                     *Expr
	Each                                                      string // month, period, "": not stated
}

// CalendarMap declares measuring periods: the distinct starts in a table's column up to Until, or Starts.
type CalendarMap struct {
	Name          string
	Table, Column string
	Starts        []Date
	Until         Date
}

// Settings are the company-wide rules of the config.
type Settings struct {
	Company     string
	Entities    []LegalEntity // sorted by ID
	Zone        string        // the business zone
	First       Date          // first day of the first pay period; periods are calendar months
	PayDay      int           // day of the month after the pay period on which pay is made; the last day where the month is shorter
	Restate     int           // how many earlier pay periods are recomputed
	Approval    bool          // approval: required
	Expect      []Expect
	PeopleBy    string        // "id" or "hmac": names of folders under people/
	Legal       []Legal       // sorted by ID
	Adoption    []Adoption    // ascending by day; none: not stated
	Experiments []Experiment  // in the order of the file
	Question    string        // how to question a line, printed on every statement
	Sections    []SectionSpec // of the management report
}

// Expect is a declared control total.
type Expect struct {
	Name   string
	Table  string // rows of this table …
	Column string // … or the sum of this column
	People bool   // the number of people employed in the pay period
	Period string // YYYY-MM that it applies to; "" every one
	Want   Number
	Where  Place
}

// File is a raw file that batches point to.
type File struct{ Digest, Name string }

// PullManifest records one pull of one table: what arrived and when it was known.
type PullManifest struct {
	Source, Table             string
	Seq                       int
	Mode                      Mode
	Known                     Date   // the day from which a run may know it
	Covers                    Period // Window only
	Keys                      []string
	Files                     []PulledFile // sorted by name
	Status                    string       // "complete" or "incomplete"
	CursorBefore, CursorAfter string
}

// PulledFile is one raw file of a pull.
type PulledFile struct {
	Name   string
	Digest string // sha256, in hex, of the bytes as pulled
	Size   int64
}

// Name is source.table.
func (m PullManifest) Name() string { return m.Source + "." + m.Table }
