package comp

import (
	"fmt"
	"sort"
	"time"
)

// Date is a calendar day, counted in days from 1970-01-01; it has no time of day and no zone.
type Date int32

// NoDate stands for an absent date where a bound may be open; it is before every real day.
const NoDate Date = -1 << 31

// Day is the date of a year, month and day; out-of-range days roll over as in time.Date.
func Day(year int, month time.Month, day int) Date {
	return Date(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// ParseDate reads YYYY-MM-DD and nothing else.
func ParseDate(text string) (Date, error) {
	t, err := time.Parse("2006-01-02", text)
	if err != nil || len(text) != 10 {
		return 0, fmt.Errorf("%q is not a date of the form YYYY-MM-DD", text)
	}
	return Date(t.Unix() / 86400), nil
}

// Time is midnight UTC of the day.
func (d Date) Time() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// String is YYYY-MM-DD; "" for NoDate.
func (d Date) String() string {
	if d == NoDate {
		return ""
	}
	return d.Time().Format("2006-01-02")
}

// AddMonths moves by n months; a day that the month lacks becomes its last day (31 January + 1 is 28 or 29 February).
func (d Date) AddMonths(n int) Date {
	y, m, day := d.Time().Date()
	first := Day(y, m+time.Month(n), 1)
	last := Day(y, m+time.Month(n)+1, 1) - 1
	return min(first+Date(day-1), last)
}

// Period is the half-open span of days [Start, End).
type Period struct{ Start, End Date }

// Contains says whether d lies in the period.
func (p Period) Contains(d Date) bool { return p.Start <= d && d < p.End }

// Days is the number of days; never negative.
func (p Period) Days() int { return max(0, int(p.End)-int(p.Start)) }

// Intersect is the common part, with zero days where there is none.
func (p Period) Intersect(q Period) Period {
	r := Period{max(p.Start, q.Start), min(p.End, q.End)}
	if r.End < r.Start {
		r.End = r.Start
	}
	return r
}

// String is "first day..last day", both inclusive, as people write it.
func (p Period) String() string { return p.Start.String() + ".." + (p.End - 1).String() }

// Words is the period as a person writes it, both ends inclusive: "February 2026", "January to March 2026", "2025", or two
// dates such as "15 March 2026 to 31 March 2026".
func (p Period) Words() string {
	first, last := p.Start.Time(), (p.End - 1).Time()
	whole := first.Day() == 1 && p.End.Time().Day() == 1
	switch {
	case whole && first.Year() == last.Year() && first.Month() == last.Month():
		return first.Format("January 2006")
	case whole && first.Year() == last.Year() && first.Month() == time.January && last.Month() == time.December:
		return first.Format("2006")
	case whole && first.Year() == last.Year():
		return first.Format("January") + " to " + last.Format("January 2006")
	case whole:
		return first.Format("January 2006") + " to " + last.Format("January 2006")
	}
	return p.Start.Words() + " to " + (p.End - 1).Words()
}

// Words is the date as a person writes it: "25 March 2026"; "" for NoDate.
func (d Date) Words() string {
	if d == NoDate {
		return ""
	}
	return d.Time().Format("2 January 2006")
}

// Month is the calendar month that holds d.
func Month(d Date) Period {
	y, m, _ := d.Time().Date()
	return Period{Day(y, m, 1), Day(y, m+1, 1)}
}

// ParseMonth reads YYYY-MM, the name of a pay period.
func ParseMonth(text string) (Period, error) {
	d, err := ParseDate(text + "-01")
	if err != nil {
		return Period{}, fmt.Errorf("%q is not a month of the form YYYY-MM", text)
	}
	return Month(d), nil
}

// Name is YYYY-MM of the first day: the name of a monthly pay period.
func (p Period) Name() string { return p.Start.Time().Format("2006-01") }

// Timeline is a value that changes on known days. The zero value knows nothing.
type Timeline[T any] struct{ spans []Span[T] }

// Span is a value that holds in a period. Origin is where that was read.
type Span[T any] struct {
	Period
	Value  T
	Origin Origin
}

// Forever ends a span that has no known end.
const Forever Date = 1 << 30

// NewTimeline sorts spans by start (stable) and refuses overlapping ones, naming both.
func NewTimeline[T any](spans []Span[T]) (Timeline[T], error) {
	s := append([]Span[T](nil), spans...)
	sort.SliceStable(s, func(i, j int) bool { return s[i].Start < s[j].Start })
	for i := 1; i < len(s); i++ {
		if s[i].Start < s[i-1].End {
			return Timeline[T]{}, fmt.Errorf("%v from %s overlaps %v from %s", s[i].Value, s[i].Start, s[i-1].Value, s[i-1].Start)
		}
	}
	return Timeline[T]{s}, nil
}

// Steps is a timeline of values that each hold from their own start until the next one's; ends in spans are ignored,
// but where until is given (not NoDate) the last value ends there. Of several with one start the last given wins.
func Steps[T any](spans []Span[T], until Date) Timeline[T] {
	s := append([]Span[T](nil), spans...)
	sort.SliceStable(s, func(i, j int) bool { return s[i].Start < s[j].Start })
	out := s[:0]
	for _, sp := range s {
		if len(out) > 0 && out[len(out)-1].Start == sp.Start {
			out = out[:len(out)-1]
		}
		out = append(out, sp)
	}
	for i := range out {
		out[i].End = Forever
		if i+1 < len(out) {
			out[i].End = out[i+1].Start
		} else if until != NoDate {
			out[i].End = until
		}
	}
	return Timeline[T]{out}
}

// At is the value on day d; false says that nothing is known for that day, which is never zero.
func (t Timeline[T]) At(d Date) (T, bool) {
	s, ok := t.SpanAt(d)
	return s.Value, ok
}

// SpanAt is the span that holds on day d.
func (t Timeline[T]) SpanAt(d Date) (Span[T], bool) {
	i := sort.Search(len(t.spans), func(i int) bool { return t.spans[i].Start > d }) - 1
	if i < 0 || !t.spans[i].Contains(d) {
		return Span[T]{}, false
	}
	return t.spans[i], true
}

// Spans are all spans in order of time. The caller must not change them.
func (t Timeline[T]) Spans() []Span[T] { return t.spans }
