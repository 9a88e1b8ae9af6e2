package jobs

import (
	"context"
	"errors"
	"io/fs"

	"carrot/config"
	"carrot/jobs/plans"
	"carrot/transform/comp"
)

// Probe looks for exploits of the house's plans over real rows of the posted months from one to another ("": the last twelve), at
// the newest knowledge of the archive. Most is how many whole calculations try ways. Nothing is written.
func (h *House) Probe(ctx context.Context, from, to string, most int, today comp.Date) (out plans.Past, err error) {
	first, last, err := h.postedMonths(ctx, from, to)
	if err != nil {
		return out, err
	}
	in, done, err := h.known(ctx, last, today)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, done()) }()
	if in.Waivers, err = h.waivers(); err != nil {
		return out, err
	}
	for in.Settings.Restate = 0; last.Start.AddMonths(-in.Settings.Restate) > max(in.Settings.First, first.Start.AddMonths(-12)); {
		in.Settings.Restate++ // a year before, for what counts to date
	}
	return plans.ProbeMonths(h.Config, plans.Months{In: in, Span: comp.Period{Start: first.Start, End: last.End}, Most: most, On: today})
}

// waivers are those of the config's file as it is now.
func (h *House) waivers() ([]comp.Waiver, error) {
	if h.Config.Waivers == "" {
		return nil, nil
	}
	b, err := fs.ReadFile(h.Files, h.Config.Waivers)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // a run refuses that
	}
	list, _ := config.ParseWaivers(h.Config.Waivers, b)
	return list, err
}
