package comp

// Class says who may see a table's rows.
type Class string

// The classes. Rows of a Sealed table enter measures; no finding, quarantine, table, report or explain shows one.
const (
	Open     Class = "open"
	Personal Class = "personal"
	Sealed   Class = "sealed"
)

// What those who answer a survey are promised: Named answers are shown to those whom they are about, answers of a Team only
// together, Anonymous ones so that nobody can tell who gave them.
const (
	Named     = "named"
	OfTeam    = "team"
	Anonymous = "anonymous"
)

// Survey is what a table of answers says of itself.
type Survey struct {
	Kind    string // relationship or transactional; "" where By tells it
	By      string // the column that tells each row's kind; "" where all are of one
	Promise string // Named, OfTeam or Anonymous
	Floor   int    // the fewest answers of which a result is shown; 0 where the promise is Named
}

// Type is what a column's cells must be. Beside each stands the Arrow type of a decoded batch's column.
type Type string

// The types.
const (
	Text     Type = "text"        // utf8: any text
	Category Type = "category"    // dictionary<int32, utf8>: text of few distinct values
	ID       Type = "id"          // utf8: an identifier; never passes through a number
	Integer  Type = "integer"     // int64
	Decimal  Type = "decimal"     // decimal128(38, Column.Scale)
	DateType Type = "date"        // date32
	Instant  Type = "instant"     // timestamp[s, UTC]; its day is the day in Column.Zone
	Bool     Type = "boolean"     // bool
	Node     Type = "hierarchyid" // utf8: SQL Server's hierarchyid in hex becomes its path, "/1/2/"
)

// Column is one column of a contract. Cells that the dialect calls null are null in the batch.
type Column struct {
	Name     string // the name that measures and plans use
	From     string // the header's label in the file; the position, as "#3", where the file has no header (1-based)
	Type     Type
	Scale    int    // digits after the point of a Decimal, 0..18
	Layout   string // of dates and instants, such as DD.MM.YYYY or YYYY-MM-DD hh:mm:ss; "" is ISO
	Zone     string // IANA zone of an Instant written without offset, and of its day
	Required bool   // null is a finding
	Default  string // not used for money or identity; "" none
}

// Mode is what a pulled file says about its table.
type Mode string

// The modes: a Snapshot is the whole table, a Delta adds and replaces by key, a Window is whole for the days it covers.
const (
	Snapshot Mode = "snapshot"
	Delta    Mode = "delta"
	Window   Mode = "window"
)

// Causes are what a change in a table may be called on a true-up line, in the order in which true-ups replace what was known
// by what is known now.
var Causes = [...]string{"late data", "reassignment", "refund", "hierarchy", "fx", "quota", "rate"}

// Contract is what a source promises about a table. Decoding holds a file against it: a header that lacks a column is
// a finding that stops the source, a wrong cell is a finding that holds the row.
type Contract struct {
	Source  string // the system, such as salesforce
	Table   string // the table within it, such as opportunities
	Mode    Mode
	Keys    []string // names of the columns that identify a row; empty for rows without identity
	Covers  string   // Window only: the date column whose days the file covers
	Cause   string   // of Causes: what a change in this table is called on a true-up line
	Class   Class
	Survey  *Survey // of a table of answers; nil for any other
	Control string  // a Decimal column whose sum is shown among the control totals; "" none
	Columns []Column
}

// Name is source.table.
func (c Contract) Name() string { return c.Source + "." + c.Table }

// Index is the position of the named column; -1 where there is none.
func (c Contract) Index(name string) int {
	for i, col := range c.Columns {
		if col.Name == name {
			return i
		}
	}
	return -1
}

// Keyed says whether rows of the table have an identity.
func (c Contract) Keyed() bool { return len(c.Keys) > 0 }
