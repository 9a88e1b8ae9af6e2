package jobs

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carrot/config"
	"carrot/transform/comp"
)

func clockAt(h, m int) *config.Clock { return &config.Clock{Hour: h, Minute: m} }

// The expected instants are written down by hand from the published rules of each zone, in UTC.
func TestInstantAtChangesOfTheClock(t *testing.T) {
	for _, c := range []struct {
		zone, day, why string
		hour, minute   int
		want           string
	}{
		{"America/New_York", "2026-03-07", "an ordinary winter night", 2, 30, "2026-03-07T07:30:00Z"},
		{"America/New_York", "2026-03-08", "02:30 is skipped: the first instant after is 03:00 EDT", 2, 30, "2026-03-08T07:00:00Z"},
		{"America/New_York", "2026-03-08", "03:00 is the end of the gap itself", 3, 0, "2026-03-08T07:00:00Z"},
		{"America/New_York", "2026-03-08", "01:59 is before the gap", 1, 59, "2026-03-08T06:59:00Z"},
		{"America/New_York", "2026-11-01", "01:30 happens twice: the first is EDT", 1, 30, "2026-11-01T05:30:00Z"},
		{"America/New_York", "2026-11-01", "02:30 happens once, EST", 2, 30, "2026-11-01T07:30:00Z"},
		{"Europe/Berlin", "2026-03-29", "02:30 is skipped: 03:00 CEST", 2, 30, "2026-03-29T01:00:00Z"},
		{"Europe/Berlin", "2026-10-25", "02:30 happens twice: the first is CEST", 2, 30, "2026-10-25T00:30:00Z"},
		{"Europe/Berlin", "2026-10-25", "03:00 happens once, CET", 3, 0, "2026-10-25T02:00:00Z"},
		{"Australia/Lord_Howe", "2026-10-04", "the gap is half an hour, from 02:00", 2, 10, "2026-10-03T15:30:00Z"},
		{"Pacific/Apia", "2011-12-30", "the whole day is skipped: it ends as 31 December begins", 2, 30, "2011-12-30T10:00:00Z"},
		{"America/Sao_Paulo", "2018-11-04", "midnight is skipped", 0, 0, "2018-11-04T03:00:00Z"},
		{"UTC", "2026-03-29", "no changes at all", 2, 30, "2026-03-29T02:30:00Z"},
	} {
		zone, err := comp.Zone(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		day, err := comp.ParseDate(c.day)
		if err != nil {
			t.Fatal(err)
		}
		if got := instant(day, config.Clock{Hour: c.hour, Minute: c.minute}, zone).Format(time.RFC3339); got != c.want {
			t.Errorf("%s %s %02d:%02d: %s, want %s (%s)", c.zone, c.day, c.hour, c.minute, got, c.want, c.why)
		}
	}
}

func ids(slots []Slot) (out []string) {
	for _, s := range slots {
		out = append(out, s.ID()+" "+s.Period.Name()+" "+s.At.Format("01-02T15:04"))
	}
	return out
}

func TestDue(t *testing.T) {
	berlin := config.Schedule{Nightly: clockAt(2, 30), CloseDay: 3, CloseAt: config.Clock{Hour: 4}, Zone: "Europe/Berlin"}
	march := func(day, hour, minute int) time.Time { return time.Date(2026, 3, day, hour, minute, 0, 0, time.UTC) }
	night := func(day int) comp.Date { return comp.Day(2026, 3, day) }
	first := comp.Day(2026, 1, 1)
	jan, feb := comp.Month(first), comp.Month(comp.Day(2026, 2, 1))
	for _, c := range []struct {
		name string
		s    config.Schedule
		done Done
		now  time.Time
		want []string
	}{
		{"nothing is recorded: the latest night, every month", berlin, Done{}, march(10, 12, 0),
			[]string{"close-2026-01 2026-01 02-03T03:00", "close-2026-02 2026-02 03-03T03:00", "preview-2026-03-10 2026-01 03-10T01:30"}},
		{"a minute too early", berlin, Done{[]comp.Date{night(9)}, feb}, march(10, 1, 29), nil},
		{"to the minute", berlin, Done{[]comp.Date{night(9)}, feb}, march(10, 1, 30), []string{"preview-2026-03-10 2026-03 03-10T01:30"}},
		{"recorded is done", berlin, Done{[]comp.Date{night(10), night(9)}, feb}, march(10, 12, 0), nil},
		{"slept over the close: oldest first, previews show what is open", berlin, Done{[]comp.Date{night(1)}, jan}, march(4, 12, 0),
			[]string{"preview-2026-03-02 2026-02 03-02T01:30", "preview-2026-03-03 2026-02 03-03T01:30", "close-2026-02 2026-02 03-03T03:00", "preview-2026-03-04 2026-02 03-04T01:30"}},
		{"until its close a month is shown", berlin, Done{[]comp.Date{comp.Day(2026, 2, 28)}, jan}, march(1, 12, 0),
			[]string{"preview-2026-03-01 2026-02 03-01T01:30"}},
		{"once posted, the next one", berlin, Done{[]comp.Date{comp.Day(2026, 2, 28)}, feb}, march(1, 12, 0),
			[]string{"preview-2026-03-01 2026-03 03-01T01:30"}},
		{"a hole is seen", berlin, Done{[]comp.Date{night(7), night(9)}, feb}, march(9, 12, 0), []string{"preview-2026-03-08 2026-03 03-08T01:30"}},
		{"no schedule, nothing due", config.Schedule{Zone: "Europe/Berlin"}, Done{}, march(10, 12, 0), nil},
		{"day 31 closes on the last day of a short month", config.Schedule{CloseDay: 31, Zone: "UTC"}, Done{nil, jan}, march(1, 0, 0),
			nil},
		{"day 31 of February is the 28th", config.Schedule{CloseDay: 31, Zone: "UTC"}, Done{}, time.Date(2026, 2, 28, 0, 0, 0, 0, time.UTC),
			[]string{"close-2026-01 2026-01 02-28T00:00"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Due(c.s, first, c.done, c.now)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, ids(got)); d != "" {
				t.Error(d)
			}
		})
	}
	if _, err := Due(config.Schedule{Zone: "Europe/Nowhere"}, first, Done{}, march(1, 0, 0)); err == nil {
		t.Error("an unknown zone was taken")
	}
}
