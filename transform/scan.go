package transform

import "carrot/transform/comp"

// grid says who and when. Its functions are asked by several goroutines and must only read.
type grid struct {
	subjects []string         // payee ids sorted, then pool names "company", "department:Sales", "entity:DE01", sorted
	index    map[string]int32 // read by key only
	bounds   [][]comp.Date    // per subject: sorted boundaries; atom i is [bounds[i], bounds[i+1]); many subjects share one slice
	// current: the day belongs to a measuring period that pays in this run, for a component of that subject (payee level:
	// and a day of participation).
	current  func(measure int, subject int32, d comp.Date) bool
	inPeriod func(measure int, d comp.Date) bool                                     // the day belongs to a measuring period of that measure that pays in this run
	poolOf   func(payee int32, pool comp.Pool, d comp.Date) (subject int32, ok bool) // department or entity pool of a payee on a day
}

// scan reads every fact table once and adds up what the measures ask for.
func scan(in *Inputs, company *comp.Company, g *grid) (*tally, []comp.Finding, error) {
	return &tally{lineage: &Lineage{}}, nil, nil
}
