package comp

import (
	"math/rand/v2"
	"testing"
	"time"
)

// TestWorkingHours holds hours worked against a count of every single minute by the zone's own clock, over both changes of clocks
// and beyond midnight, and two by hand: the night of the change to summer is an hour shorter, that of the change back one longer.
func TestWorkingHours(t *testing.T) {
	day := []Shift{{9 * 60, 12 * 60}, {12*60 + 45, 17 * 60}}
	office := [7][]Shift{nil, day, day, day, day, day, {{10 * 60, 14 * 60}}}
	for _, d := range []WorkingHours{
		{Name: "office", Zone: "Europe/Berlin", Open: office, Closed: []Date{Day(2026, 4, 3), Day(2026, 4, 6)}},
		{Name: "nights", Zone: "America/New_York", Open: [7][]Shift{{{0, 6 * 60}, {22 * 60, 1440}}, {{0, 6 * 60}}, nil, nil, nil, {{22 * 60, 1440}}, {{0, 1440}}}},
	} {
		w, err := NewWorkingHours(d)
		if err != nil {
			t.Fatal(err)
		}
		r := rand.New(rand.NewPCG(1, 2))
		for range 60 {
			from := time.Date(2026, []time.Month{2, 3, 10, 11}[r.IntN(4)], 1+r.IntN(28), r.IntN(24), r.IntN(60), 0, 0, time.UTC).Unix()
			to := from + int64(r.IntN(9*24*60))*60
			minutes := int64(0)
			for at := from; at < to; at += 60 {
				now := time.Unix(at, 0).In(w.zone)
				clock, today := now.Hour()*60+now.Minute(), Day(now.Year(), now.Month(), now.Day())
				for _, s := range d.Open[now.Weekday()] {
					if closed := len(d.Closed) > 0 && (today == d.Closed[0] || today == d.Closed[1]); !closed && clock >= s.From && clock < s.To {
						minutes++
					}
				}
			}
			got, ok := w.Between(from, to)
			if want, _ := Int(minutes).Quo(Int(60)); !ok || got.Cmp(want) != 0 {
				t.Errorf("%s from %s to %s: %s hours, %v, expected %s", d.Name, time.Unix(from, 0).UTC(), time.Unix(to, 0).UTC(), got, ok, want)
			}
		}
	}
	all := [7][]Shift{}
	for i := range all {
		all[i] = []Shift{{0, 1440}}
	}
	w, err := NewWorkingHours(WorkingHours{Zone: "Europe/Berlin", Open: all})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		from, to string
		hours    int64
	}{{"2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00", 23}, {"2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00", 25}, {"2026-01-05T10:00:00Z", "2026-01-05T10:00:00Z", 0}} {
		a, err := time.Parse(time.RFC3339, x.from)
		b, also := time.Parse(time.RFC3339, x.to)
		if err != nil || also != nil {
			t.Fatal(err, also)
		}
		if got, ok := w.Between(a.Unix(), b.Unix()); !ok || got.Cmp(Int(x.hours)) != 0 {
			t.Errorf("%s to %s: %s hours, %v, expected %d", x.from, x.to, got, ok, x.hours)
		}
	}
	if n, ok := w.Between(100, 99); ok {
		t.Errorf("backwards: %s hours, expected none", n)
	}
	if _, err := NewWorkingHours(WorkingHours{Zone: "Europe/Nowhere"}); err == nil {
		t.Error("a zone that there is not")
	}
}
