package jobs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"carrot/jobs/archive"
	"carrot/jobs/plans"
	"carrot/transform/comp"
)

// Outcome is what became of a run.
type Outcome struct {
	Ref      archive.RunRef
	Manifest archive.Manifest
	Summary  Summary
	Posting  *archive.Posting // nil where nothing is posted by it
	Existed  bool             // the run was archived before and was not computed again
	Posted   bool             // the period was posted before this command, maybe by another run
	Files    int              // published files
	Lints    []plans.Lint     // of a preview: the errors for which a close would be refused
}

// Run computes one run from what the archive knows, archives what came out, posts a close and publishes. It pulls
// nothing. A run that the archive has already is not computed again unless asked; one that was killed is finished.
func (h *House) Run(ctx context.Context, o Options) (Outcome, error) {
	if o.Kind == comp.Close && h.Config.Settings.Approval {
		return Outcome{}, refuse("%s: approval: required needs a command that this version lacks; write approval: none, or preview", h.Main)
	}
	before, posted, chain, err := h.previous(ctx, o.Period)
	if err != nil {
		return Outcome{}, err
	}
	if posted != nil && o.Kind == comp.Preview {
		return Outcome{}, refuse("%s is posted by run %s; what changed since then becomes a true-up: carrot run --preview --period %s",
			o.Period.Name(), posted.Run.Run, comp.Month(o.Period.End).Name())
	}
	if o.Kind == comp.Close && o.Business < o.Period.End {
		return Outcome{}, refuse("%s ends on %s and the business date is %s; look at it with carrot run --preview --period %s, close it when it has ended",
			o.Period.Name(), o.Period.End-1, o.Business, o.Period.Name())
	}
	if posted != nil && !o.Again {
		return h.finishPosted(ctx, *posted, o)
	}
	lints := h.lintErrors(o.Period)
	if len(lints) > 0 && o.Kind == comp.Close && posted == nil {
		return Outcome{}, refuseLints(lints, o.Period)
	}
	k, err := h.gather(ctx, o.KnownAt)
	if err != nil {
		return Outcome{}, err
	}
	digest := ""
	if before != nil {
		digest = before.Digest
	}
	req := k.request(o, digest)
	if posted != nil && posted.Run.Run != req.RunID() {
		return Outcome{}, refuse("%s is posted by run %s and the inputs differ now: that would be run %s; a posted period is never computed again", o.Period.Name(), posted.Run.Run, req.RunID())
	}
	out, found, err := h.archived(ctx, req.RunID())
	if err != nil {
		return out, err
	}
	if !found || o.Again {
		if out, err = h.make(ctx, k, req, chain, o); err != nil {
			return out, err
		}
		out.Existed = false
	}
	if o.Kind == comp.Preview {
		out.Lints = lints
	}
	return h.finish(ctx, out, digest, o)
}

// finishPosted publishes what a killed close left unpublished.
func (h *House) finishPosted(ctx context.Context, p archive.Posting, o Options) (Outcome, error) {
	out := Outcome{Ref: p.Run, Posting: &p, Existed: true, Posted: true}
	if p.Run == (archive.RunRef{}) {
		return out, nil // an opening balance
	}
	var err error
	if out.Manifest, err = archive.ReadRun(ctx, h.Archive, p.Run); err != nil {
		return out, err
	}
	if out.Summary, err = ReadSummary(ctx, h.Archive, out.Manifest); err != nil {
		return out, err
	}
	if err := h.receipt(ctx, p.Run, "posted", "", &p); err != nil || !o.Publish {
		return out, err
	}
	out.Files, err = h.Publish(ctx, out.Ref, out.Manifest)
	return out, err
}

// archived is the run as this program made it before.
func (h *House) archived(ctx context.Context, run string) (Outcome, bool, error) {
	refs, err := archive.Runs(ctx, h.Archive, run)
	if err != nil {
		return Outcome{}, false, err
	}
	for _, ref := range refs {
		m, err := archive.ReadRun(ctx, h.Archive, ref)
		if err != nil {
			return Outcome{}, false, err
		}
		if m.Program.Version != h.Program.Version || m.Program.Go != h.Program.Go {
			continue
		}
		s, err := ReadSummary(ctx, h.Archive, m)
		return Outcome{Ref: ref, Manifest: m, Summary: s, Existed: true}, err == nil, err
	}
	return Outcome{}, false, nil
}

// make computes a run and archives it: objects first, the manifest last.
func (h *House) make(ctx context.Context, k *knowledge, req comp.Request, chain []archive.Posting, o Options) (Outcome, error) {
	w, err := h.compute(ctx, k, req, chain, h.Program.Version)
	if err != nil {
		return Outcome{}, err
	}
	defer w.Close()
	text := []byte(req.Text())
	m := archive.Manifest{Run: req.RunID(), Kind: req.Kind, Period: req.Period.Name(), Program: h.Program, Config: k.files,
		Findings: w.counts(), Totals: archive.Totals(w.result.Controls)}
	if m.Request, err = archive.Put(ctx, h.Archive, "request", "text/plain", comp.Open, text); err != nil {
		return Outcome{}, err
	}
	for _, p := range k.pulls {
		m.Pulls = append(m.Pulls, p.Ref())
	}
	if err := h.keep(ctx, w, k, o, &m); err != nil {
		return Outcome{}, err
	}
	ref, err := archive.WriteRun(ctx, h.Archive, m)
	if err != nil {
		return Outcome{}, err
	}
	return Outcome{Ref: ref, Manifest: m, Summary: w.summary()}, nil
}

// waitingMost is how many bytes of finished files wait for others before they are archived.
const waitingMost = 4 << 20

// keep archives what a run made, several files at a time, and lists them in the order in which they were made.
func (h *House) keep(ctx context.Context, w *work, k *knowledge, o Options, m *archive.Manifest) error {
	var waiting []file
	n, size := 0, 0
	flush := func() error {
		kept := make([]archive.Object, len(waiting))
		err := together(len(waiting), func(i int) (err error) {
			kept[i], err = waiting[i].keep(ctx, h)
			return err
		}, func(int) {})
		for i, f := range waiting {
			if f.section == output {
				m.Outputs = append(m.Outputs, kept[i])
			} else {
				m.Sidecars = append(m.Sidecars, kept[i])
			}
		}
		clear(waiting)
		waiting, size = waiting[:0], 0
		return err
	}
	err := w.files(o, k, func(f file) error {
		n++
		h.tell("rendering", f.name, n, 0)
		size += len(f.bytes)
		if waiting = append(waiting, f); f.body == nil && len(waiting) < writers && size < waitingMost {
			return nil
		}
		return flush()
	})
	if err != nil {
		return err
	}
	return flush()
}

// keep archives one file.
func (f *file) keep(ctx context.Context, h *House) (archive.Object, error) {
	if f.body != nil {
		return archive.PutFrom(ctx, h.Archive, f.name, f.media, f.class, f.body, h.Temp)
	}
	return archive.Put(ctx, h.Archive, f.name, f.media, f.class, f.bytes)
}

// finish posts a close and publishes. A stopped run does neither.
func (h *House) finish(ctx context.Context, out Outcome, previous string, o Options) (Outcome, error) {
	if err := h.receipt(ctx, out.Ref, "computed", "", nil); err != nil || out.Summary.Stopped {
		return out, err
	}
	if o.Kind == comp.Close {
		if err := h.post(ctx, &out, previous); err != nil {
			return out, err
		}
	}
	if !o.Publish {
		return out, nil
	}
	var err error
	out.Files, err = h.Publish(ctx, out.Ref, out.Manifest)
	return out, err
}

// post creates the posting of a close: the moment from which it is paid.
func (h *House) post(ctx context.Context, out *Outcome, previous string) error {
	ledger, ok := objectNamed(out.Manifest.Sidecars, ledgerFile)
	if !ok {
		return fmt.Errorf("run %s keeps no %s", out.Ref.Run, ledgerFile)
	}
	if p, err := archive.ReadPosting(ctx, h.Archive, out.Manifest.Period); err == nil && p.Run.Run == out.Ref.Run {
		out.Posting, out.Posted = &p, true
		return h.receipt(ctx, out.Ref, "posted", "", &p)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	p, err := archive.Post(ctx, h.Archive, archive.Posting{Period: out.Manifest.Period, Run: out.Ref, Previous: previous, Ledger: ledger})
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s was posted by another close at this moment; this one, run %s, has not paid: %w", out.Manifest.Period, out.Ref.Run, err)
	}
	if err != nil {
		return err
	}
	out.Posting = &p
	return h.receipt(ctx, out.Ref, "posted", "", &p)
}
