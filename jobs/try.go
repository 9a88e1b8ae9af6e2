package jobs

import (
	"bytes"
	"context"

	"carrot/transform/comp"
)

// Tried is what a try gave: nothing of it is kept.
type Tried struct {
	Summary      Summary
	Expectations []comp.Expectation
	Findings     []Finding
}

// Try computes a period as if nothing had been posted before, so that a person sees findings and declared totals before
// a first run. The archive should be a temporary one: exports are archived in it.
func (h *House) Try(ctx context.Context, o Options) (Tried, error) {
	k, err := h.gather(ctx, o.KnownAt)
	if err != nil {
		return Tried{}, err
	}
	w, err := h.compute(ctx, k, k.request(o, ""), nil, h.Program.Version)
	if err != nil {
		return Tried{}, err
	}
	defer w.Close()
	out := Tried{Summary: w.summary(), Expectations: w.result.Expectations}
	b, err := w.findings()
	if err != nil {
		return out, err
	}
	err = eachLine(findingsFile, bytes.NewReader(b), func(f Finding) error { out.Findings = append(out.Findings, f); return nil })
	return out, err
}
