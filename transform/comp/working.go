package comp

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// WorkingHours are when a team works: spans of each weekday by the clock of its zone, but for days on which it is closed.
type WorkingHours struct {
	Name, Zone string
	Open       [7][]Shift // by weekday, Sunday first; ascending, none touches another
	Closed     []Date     // ascending

	zone *time.Location // that of Zone
}

// Shift is a part of a day, in minutes from midnight by the clock: [From, To), To at most 1,440.
type Shift struct{ From, To int }

// NewWorkingHours looks up the zone. It errs where there is no such zone.
func NewWorkingHours(w WorkingHours) (*WorkingHours, error) {
	zone, err := Zone(w.Zone)
	w.zone = zone
	return &w, err
}

// Text is the definition in one line, for digests: equal hours have equal text.
func (w *WorkingHours) Text() string {
	var b strings.Builder
	b.WriteString(w.Zone)
	for day, spans := range w.Open {
		for _, s := range spans {
			b.WriteString(" " + strconv.Itoa(day) + ":" + strconv.Itoa(s.From) + "-" + strconv.Itoa(s.To))
		}
	}
	for _, d := range w.Closed {
		b.WriteString(" -" + d.String())
	}
	return b.String()
}

// mostWorkingDays are the days that are looked at between two instants: more than a hundred years are none that anybody measures.
const mostWorkingDays = 36600

// Between is how many hours the team works from one instant to another, in Unix seconds; false where the second lies before the
// first. An hour of a night in which clocks change counts as long as it lasts.
func (w *WorkingHours) Between(from, to int64) (Number, bool) {
	first, last := DateIn(from, w.zone), DateIn(to, w.zone)
	if to < from || int(last-first) > mostWorkingDays {
		return Number{}, false
	}
	seconds := int64(0)
	for day := first; day <= last; day++ {
		if _, closed := slices.BinarySearch(w.Closed, day); closed {
			continue
		}
		at := day.Time()
		for _, s := range w.Open[at.Weekday()] {
			opens, closes := max(from, w.unix(at, s.From)), min(to, w.unix(at, s.To))
			seconds += max(0, closes-opens)
		}
	}
	hours, _ := Int(seconds).Quo(Int(3600))
	return hours, true
}

// unix is the instant of a minute of a day by the clock. One that clocks skip is as long after midnight as they say.
func (w *WorkingHours) unix(day time.Time, minute int) int64 {
	return time.Date(day.Year(), day.Month(), day.Day(), minute/60, minute%60, 0, 0, w.zone).Unix()
}

// worked is the value of an expression of working hours: of two instants of a row. Null where either is, or the second is the earlier.
func (e *Expr) worked(a []Value) Value {
	if e.Hours == nil || a[0].Kind == Null || a[1].Kind == Null {
		return Value{}
	}
	if n, ok := e.Hours.Between(a[0].Unix, a[1].Unix); ok {
		return NumberValue(n)
	}
	return Value{}
}
