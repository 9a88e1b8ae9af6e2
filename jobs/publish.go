package jobs

import (
	"bytes"
	"context"
	"fmt"

	"carrot/jobs/archive"
	"carrot/transform/comp"
)

// Publish copies a run's outputs from the archive to where people fetch them, each created once and never overwritten:
// <period>/… for a close, <period>/<run>/… in the previews' own place for a preview. Files that are there with the same
// bytes are passed by; a file with other bytes is an error that names it. It gives the number of files.
func (h *House) Publish(ctx context.Context, ref archive.RunRef, m archive.Manifest) (int, error) {
	store, err := h.Published(m.Kind == comp.Preview)
	if err != nil {
		return 0, err
	}
	prefix := m.Period + "/"
	if m.Kind == comp.Preview {
		prefix += m.Run + "/"
	}
	have := map[string]int64{}
	if err := store.List(ctx, prefix, func(key string, size int64) error { have[key] = size; return nil }); err != nil {
		return 0, err
	}
	fresh := 0
	for i, o := range m.Outputs {
		h.tell("publishing", o.Name, i, len(m.Outputs))
		b, err := archive.Get(ctx, h.Archive, o)
		if err != nil {
			return i, err
		}
		err = store.Create(ctx, prefix+o.Name, bytes.NewReader(b))
		if err != nil && !exists(err) {
			return i, fmt.Errorf("publishing %s of run %s: %w", o.Name, m.Run, err)
		}
		if _, ok := have[prefix+o.Name]; !ok {
			fresh++
		}
	}
	h.tell("publishing", "", len(m.Outputs), len(m.Outputs))
	if fresh == 0 {
		return len(m.Outputs), nil
	}
	return len(m.Outputs), h.receipt(ctx, ref, "published", fmt.Sprintf("%d files", len(m.Outputs)), nil)
}
