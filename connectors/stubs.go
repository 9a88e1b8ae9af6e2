package connectors

import (
	"errors"

	"carrot/transform/comp"
)

var errSoon = errors.New("connectors: not there yet")

// Proposal is what Propose found.
type Proposal struct {
	Format  Format
	Columns []comp.Column
	Reasons []string
	YAML    string
}

// Propose sniffs a file.
func Propose(in Input) (Proposal, error) { return Proposal{}, errSoon }
