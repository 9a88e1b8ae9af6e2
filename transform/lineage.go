package transform

import "carrot/transform/comp"

// Lineage leads from a series (measure, subject, days) to the rows behind it.
type Lineage struct{}

// Rows are the origins of the rows behind a series "measure|subject|first day|last day", sorted by file and position.
func (l *Lineage) Rows(series string) []comp.Origin { return nil }

// Encode is the canonical form: equal lineage gives equal bytes.
func (l *Lineage) Encode() []byte { return nil }

// DecodeLineage reads what Encode writes.
func DecodeLineage(b []byte) (*Lineage, error) { return &Lineage{}, nil }
