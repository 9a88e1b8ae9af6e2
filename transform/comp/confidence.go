package comp

// Confided is what a close made known of answers that were given anonymously: of one group, in one measuring period, under one
// measure. It stands for good: what comes or changes later enters no result of that period, since the difference of two results
// would tell what one person answered. Without a Measure it says how many answers of the table entered any.
type Confided struct {
	Table, Measure, Group string // Group is company, entity:… or department:…
	Period                Period // the measuring period
	Hidden                bool   // too few answered, or another group could be worked out; nothing below is set then
	N, Hits, Misses       int64
	Value                 Number     // the sum of the answers' values
	Answers               []Answered // how the answers are spread, where the measure keeps that; sorted
}

// Answered counts answers that are alike.
type Answered struct {
	Value     Number
	Hit, Miss bool
	N         int64
}

// Floor is the fewest anonymous answers of which a result is shown; 0 where answers need no such care.
func (c *Contract) Floor() int64 {
	if c.Survey == nil || c.Survey.Promise != Anonymous {
		return 0
	}
	return int64(c.Survey.Floor)
}
