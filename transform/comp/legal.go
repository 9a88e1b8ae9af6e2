package comp

// Legal is one legal overlay: dated numbers that the law gives, for the people of a country who meet a condition.
type Legal struct {
	ID, Title, Country string
	Rule               string // minimum, overtime, gross_up, no_recovery, floor
	Source             string // the law
	Eligible           *Expr  // over a person's attributes; nil: everybody of the country
	Values             []LegalValue
	Digest             string // sha256, in hex, of the file's bytes
	Where              Place
}

// LegalValue are an overlay's numbers from a day on.
type LegalValue struct {
	From   Date
	N      map[string]Number   // rate, times, hours, divisor; read by key only
	By     map[Currency]Number // floor; read by key only
	Excess bool                // minimum: pay must be above the floor, not at it
	Clause string
}
