package jobs

import (
	"context"
	"fmt"
	"strings"

	"carrot/transform/comp"
)

// RunSlot is the job of a Scheduler: it pulls and runs what is due. today is the schedule's local day.
//
// A night that was slept through knows what it would have known, so that its preview is the one that was missed. A close
// that is late, or tried again, knows everything up to today: what made it late is often the export that has come since.
//
// A close that is not posted, because it stopped or waits for approval, is an *Unposted.
func (h *House) RunSlot(ctx context.Context, s Slot, today comp.Date) (Outcome, error) {
	day := s.Date
	if s.Kind == comp.Close {
		day = max(day, today)
	}
	if _, err := h.Pull(ctx, day); err != nil {
		return Outcome{}, err
	}
	out, err := h.Run(ctx, Options{Kind: s.Kind, Period: s.Period, Business: day, KnownAt: day, Statements: true, Publish: true})
	if err != nil || s.Kind == comp.Preview || out.Posting != nil {
		return out, err
	}
	unposted := &Unposted{Period: s.Period.Name(), Run: out.Ref.Run}
	for _, f := range out.Summary.Stops {
		unposted.Why = append(unposted.Why, f.Text)
	}
	return out, unposted
}

// Unposted says why a close was computed and archived but not posted.
type Unposted struct {
	Period, Run string
	Why         []string // findings that stopped it; none: somebody must approve it
}

// Error is the reason and where to look.
func (u *Unposted) Error() string {
	why := "somebody must approve it"
	if len(u.Why) > 0 {
		why = strings.Join(u.Why, "; ")
	}
	return fmt.Sprintf("the close of %s is not posted: %s; see carrot show %s", u.Period, why, u.Run)
}
