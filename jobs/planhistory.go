package jobs

import (
	"context"
	"errors"
	"maps"

	"carrot/jobs/archive"
	"carrot/jobs/plans"
	"carrot/transform/comp"
)

// lintMonths is how far lints look back.
const lintMonths = 24

// PlanHistory is what lints want to know besides the plans: which tiers anybody reached in the months that posted holds,
// nil for none, and who signed, who changed plans and which numbers people have in the newest exports of the house's own archive. What
// examples tell of numbers stands where the exports tell nothing.
func (h *House) PlanHistory(ctx context.Context, posted archive.Store, examples plans.History, on comp.Date) (out plans.History, err error) {
	out = examples
	if posted != nil {
		if out.Best, err = h.reached(ctx, posted); err != nil {
			return out, err
		}
	}
	r, err := h.Roster(ctx, on)
	if err != nil || r == nil {
		return out, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	out.Numbers = maps.Clone(examples.Numbers)
	maps.Copy(out.Numbers, r.medians(on))
	if out.Accepts = len(h.Config.Mapping.Acceptances) > 0; out.Accepts {
		if out.Unsigned, err = r.unsigned(on); err != nil {
			return out, err
		}
	}
	if out.Moves, err = r.moves(on); err != nil {
		return out, err
	}
	out.Accounts, err = r.accounts(on)
	return out, err
}

// reached is the highest attainment of each component and part in the posted months, the last 24 of them.
func (h *House) reached(ctx context.Context, posted archive.Store) (map[string]plans.Reached, error) {
	chain, err := archive.PostingChain(ctx, posted)
	if err != nil {
		return nil, err
	}
	seen := map[string]*tier{}
	for _, p := range chain[max(0, len(chain)-lintMonths):] {
		if p.Run == (archive.RunRef{}) {
			continue // an opening balance
		}
		m, err := archive.ReadRun(ctx, posted, p.Run)
		if err != nil {
			return nil, err
		}
		err = sidecarLines(ctx, posted, m, h.Temp, statementsFile, func(s Statement) error {
			for i := range s.Components {
				if err := note(seen, &s.Components[i]); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	out := map[string]plans.Reached{}
	for key, t := range seen { // each to a key of its own: the order leaves no trace
		months := 0
		for d := t.first; d <= t.last; d = comp.Month(d).End {
			months++
		}
		out[key] = plans.Reached{Most: t.most, Months: months}
	}
	return out, nil
}

// tier is what anybody attained in a component, and the days about which that is known.
type tier struct {
	most        comp.Number
	first, last comp.Date
}

// note keeps the attainments of a component and of its parts.
func note(seen map[string]*tier, c *Component) error {
	first, err := comp.ParseDate(c.From)
	if err != nil {
		return err
	}
	last, err := comp.ParseDate(c.To)
	if err != nil {
		return err
	}
	add := func(key, attainment string) error {
		if attainment == "" {
			return nil
		}
		n, err := comp.ParseExact(attainment)
		if err != nil {
			return err
		}
		t := seen[key]
		if t == nil {
			t = &tier{n, first, last}
			seen[key] = t
		}
		t.most, t.first, t.last = t.most.Max(n), min(t.first, first), max(t.last, last)
		return nil
	}
	key := c.Plan + "/" + c.Component
	err = add(key, c.Attainment)
	for _, p := range c.Parts {
		err = errors.Join(err, add(key+"/"+p.ID, p.Attainment))
	}
	return err
}
