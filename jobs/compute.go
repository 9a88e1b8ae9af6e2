package jobs

import (
	"context"
	"fmt"
	"slices"

	"carrot/jobs/archive"
	"carrot/transform"
	"carrot/transform/comp"
)

// work is a run that was computed and not yet written anywhere.
type work struct {
	facts   comp.RunFacts
	result  *comp.Result
	lineage *transform.Lineage
	classes map[string]comp.Class // by table
	stopped bool                  // a source or a total is unfit: nothing is paid
	bench   *bench

	encrypts bool // exports of class sealed are encrypted
}

// Close gives the opened files back.
func (w *work) Close() error { return w.bench.vault.Close() }

// compute derives a run from what the archive holds: the same for a first run, a repetition and a replay.
func (h *House) compute(ctx context.Context, k *knowledge, req comp.Request, chain []archive.Posting, program string) (*work, error) {
	past, err := past(ctx, h.Archive, chain)
	if err != nil {
		return nil, err
	}
	w := &work{facts: k.facts(req, program), bench: newBench(ctx, h), classes: map[string]comp.Class{}}
	if err := w.run(k, past); err != nil {
		w.Close()
		return nil, err
	}
	return w, ctx.Err()
}

func (w *work) run(k *knowledge, past history) error {
	w.encrypts = len(k.config.SealedTo) > 0
	for _, c := range k.config.Contracts {
		w.classes[c.Name()] = c.Class
	}
	now, found, err := w.bench.inputs(k, w.facts, past.ledger)
	if err != nil {
		return err
	}
	if w.facts.Kind == comp.Close {
		found = append(found, early(k, w.facts.Period)...)
	}
	found = waive(append(found, k.findings...), k.waivers, w.facts.Business)
	var prev *transform.Inputs
	if past.prev != nil {
		p, _, err := w.bench.inputs(past.prev, past.facts, past.ledger)
		if err != nil {
			return fmt.Errorf("the close before: %w", err)
		}
		p.Files, prev = w.bench.files, &p
	}
	now.Files, now.Confided = w.bench.files, past.confided
	if transform.Stops(found) {
		w.stop(k, found)
	} else {
		now.Found = found
		compute := w.bench.h.Compute
		if compute == nil {
			compute = transform.Compute
		}
		w.bench.h.tell("computing", w.facts.Period.Name(), 0, 0)
		if w.result, w.lineage, err = compute(now, prev); err != nil {
			return fmt.Errorf("computing %s: %w", w.facts.Period.Name(), err)
		}
		if transform.Stops(w.result.Findings) {
			w.stop(k, w.result.Findings)
		}
	}
	return w.number()
}

// stop leaves the findings as the whole outcome.
func (w *work) stop(k *knowledge, found []comp.Finding) {
	var expectations []comp.Expectation
	if w.result != nil {
		expectations = w.result.Expectations
	}
	comp.SortFindings(found)
	w.stopped, w.lineage = true, nil
	w.result = &comp.Result{Run: w.facts, Company: k.config.Settings.Company, Question: k.config.Settings.Question,
		Entities: k.config.Settings.Entities, Findings: found, Expectations: expectations}
	for table, class := range w.classes { // in any order: sorted below
		if class == comp.Sealed {
			w.result.Sealed = append(w.result.Sealed, table)
		}
	}
	slices.Sort(w.result.Sealed)
}

// waive marks the findings that a waiver in force settles.
func waive(found []comp.Finding, waivers []comp.Waiver, business comp.Date) []comp.Finding {
	for i := range found {
		id := found[i].ID()
		for _, x := range waivers {
			if x.Finding == id && business <= x.Until {
				found[i].Waived = x.Reason + " (" + x.By + ")"
			}
		}
	}
	return found
}
