package transform

import (
	"fmt"
	"strings"

	"carrot/transform/comp"
)

// row is one row of a small table as plain values.
type row struct {
	contract *comp.Contract
	values   []comp.Value
	origin   comp.Origin
}

// get is the value of a column; null where the table has no such column.
func (r row) get(column string) comp.Value {
	if i := r.contract.Index(column); i >= 0 && i < len(r.values) {
		return r.values[i]
	}
	return comp.Value{}
}

// key is the text of the key columns joined by "|"; "" for a table without keys.
func (r row) key() string {
	parts := make([]string, len(r.contract.Keys))
	for i, k := range r.contract.Keys {
		parts[i] = valueText(r.get(k))
	}
	return strings.Join(parts, "|")
}

// valueText is a value as people write it: ISO dates, exact numbers, "" for null.
func valueText(v comp.Value) string {
	switch v.Kind {
	case comp.KindBool:
		return fmt.Sprint(v.Bool)
	case comp.KindText:
		return v.Text
	case comp.KindNumber:
		return v.Number.String()
	case comp.KindDate:
		return v.Date.String()
	}
	return ""
}

// contractOf is the contract of a table by name.
func contractOf(in *Inputs, name string) (*comp.Contract, error) {
	for i := range in.Contracts {
		if in.Contracts[i].Name() == name {
			return &in.Contracts[i], nil
		}
	}
	return nil, fmt.Errorf("table %q is not declared by any source", name)
}
