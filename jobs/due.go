package jobs

import (
	"fmt"
	"sort"
	"time"

	"carrot/config"
	"carrot/transform/comp"
)

// Slot is a run that is due once: the preview of a night or the close of a month.
type Slot struct {
	Kind   comp.RunKind
	Date   comp.Date   // the schedule's local day that the run is of: its business date and the last day that it knows
	Period comp.Period // the pay period that it computes; a preview's is the first one not posted when it is made
	At     time.Time   // the instant, in UTC, from which it is due
}

// ID names the slot in leases and records: "preview-2026-03-29" by its day, "close-2026-02" by its month. The zone is no
// part of it: a company that moves its schedule to another zone does not see a night twice.
func (s Slot) ID() string {
	switch s.Kind {
	case comp.Close:
		return "close-" + s.Period.Name()
	case comp.Preview:
		return "preview-" + s.Date.String()
	}
	return "schedule" // what belongs to no slot
}

// Done is what is recorded as having happened. Everything else that the schedule names up to now is due.
type Done struct {
	Nights []comp.Date // the days of recorded previews, in any order
	Posted comp.Period // the last posted pay period; the zero value where nothing is posted
}

// Due lists what is due at the instant now and not recorded, oldest first. It is the only rule there is: a start, a
// restart, a machine that slept and a change of daylight saving time are all answered by the same comparison of what the
// schedule says with what is recorded.
//
// Every night is due exactly once, also one that was slept through: its preview is made later with the day and the
// knowledge that it would have had, and it keeps its own place in the archive. Nights begin with the first recorded one;
// where none is recorded, with the latest. Every month from first (a day of the first pay period) on is due exactly once,
// after its close day, as the postings tell; a close needs the posting before it, so their order is that of the months.
//
// A wall time that the clocks skip happens at the first instant after the gap; one that they repeat, at its first
// occurrence. Due errs on an unknown zone only.
func Due(s config.Schedule, first comp.Date, done Done, now time.Time) ([]Slot, error) {
	zone, err := comp.Zone(s.Zone)
	if err != nil {
		return nil, fmt.Errorf("schedule: %w", err)
	}
	p := planner{s, zone, first, done}
	slots := append(p.nights(now), p.closes(now)...)
	sort.SliceStable(slots, func(i, j int) bool {
		if !slots[i].At.Equal(slots[j].At) {
			return slots[i].At.Before(slots[j].At)
		}
		return slots[i].ID() < slots[j].ID()
	})
	return slots, nil
}

// planner is what Due computes from, but for the time.
type planner struct {
	config.Schedule
	zone  *time.Location
	first comp.Date
	done  Done
}

// openPeriod is the first pay period that is not posted: what the next close closes, and what previews show until then.
func openPeriod(first comp.Date, done Done) comp.Period {
	return comp.Month(max(first, done.Posted.End))
}

func (p planner) nights(now time.Time) (slots []Slot) {
	if p.Nightly == nil {
		return nil
	}
	// Tomorrow is looked at first, because where a whole day is skipped its night happens on the next.
	latest := comp.DateIn(now.Unix(), p.zone) + 1
	for instant(latest, *p.Nightly, p.zone).After(now) {
		latest--
	}
	recorded, from := map[comp.Date]bool{}, latest
	for _, d := range p.done.Nights {
		recorded[d] = true
		from = min(from, d)
	}
	for d := from; d <= latest; d++ {
		if !recorded[d] {
			slots = append(slots, Slot{comp.Preview, d, openPeriod(p.first, p.done), instant(d, *p.Nightly, p.zone)})
		}
	}
	return slots
}

func (p planner) closes(now time.Time) (slots []Slot) {
	if p.CloseDay == 0 {
		return nil
	}
	next := openPeriod(p.first, p.done)
	for at := p.closeAt(next); !at.After(now); at = p.closeAt(next) {
		slots = append(slots, Slot{comp.Close, p.closeDate(next), next, at})
		next = comp.Month(next.End)
	}
	return slots
}

// closeDate is the day on which a period closes: in the month after it, on that month's last day where it is shorter.
func (p planner) closeDate(period comp.Period) comp.Date {
	return min(period.End+comp.Date(p.CloseDay-1), comp.Month(period.End).End-1)
}

func (p planner) closeAt(period comp.Period) time.Time {
	return instant(p.closeDate(period), p.CloseAt, p.zone)
}

// instant is the first instant, in UTC, at which the zone's wall clock shows the time of the day or a later one. That one
// rule covers a gap (its end) and a repetition (the first of both). time.Date promises neither.
func instant(d comp.Date, c config.Clock, zone *time.Location) time.Time {
	wall := d.Time().Add(time.Duration(c.Hour)*time.Hour + time.Duration(c.Minute)*time.Minute)
	// No zone is further than a day from UTC: begin before every reading of the wall time and walk over the changes.
	for t := wall.Add(-36 * time.Hour); ; {
		start, end := t.In(zone).ZoneBounds()
		_, offset := t.In(zone).Zone()
		at := wall.Add(-time.Duration(offset) * time.Second)
		if !start.IsZero() && at.Before(start) {
			at = start
		}
		if end.IsZero() || at.Before(end) {
			return at.UTC()
		}
		t = end
	}
}
