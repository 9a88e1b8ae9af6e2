package comp

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestDateAgreesWithTime holds days against package time.
func TestDateAgreesWithTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := time.Date(rapid.IntRange(1900, 2200).Draw(t, "year"), 1, rapid.IntRange(1, 366).Draw(t, "day"), 0, 0, 0, 0, time.UTC)
		d, err := ParseDate(at.Format("2006-01-02"))
		if err != nil || !d.Time().Equal(at) || d.String() != at.Format(time.DateOnly) {
			t.Fatalf("%s became %s: %v", at, d, err)
		}
		m := Month(d)
		if m.Start.Time().Day() != 1 || !m.Contains(d) || m.Start.AddMonths(1) != m.End {
			t.Fatalf("month of %s is %s", d, m)
		}
	})
}

func TestAddMonthsKeepsToTheMonth(t *testing.T) {
	for _, c := range []struct {
		from string
		n    int
		want string
	}{{"2024-01-31", 1, "2024-02-29"}, {"2025-01-31", 1, "2025-02-28"}, {"2025-03-31", -1, "2025-02-28"}, {"2025-12-15", 1, "2026-01-15"}, {"2024-02-29", 12, "2025-02-28"}} {
		d, _ := ParseDate(c.from)
		if got := d.AddMonths(c.n).String(); got != c.want {
			t.Errorf("%s + %d months: %s, want %s", c.from, c.n, got, c.want)
		}
	}
}

func TestDateIn(t *testing.T) {
	berlin, err := Zone("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for instant, want := range map[string]string{
		"2026-03-28T22:59:59Z": "2026-03-28", "2026-03-28T23:00:00Z": "2026-03-29", // winter, +1
		"2026-03-29T21:59:59Z": "2026-03-29", "2026-03-29T22:00:00Z": "2026-03-30", // summer, +2
		"1969-12-31T12:00:00Z": "1969-12-31",
	} {
		at, _ := time.Parse(time.RFC3339, instant)
		if got := DateIn(at.Unix(), berlin).String(); got != want {
			t.Errorf("%s in Berlin is %s, want %s", instant, got, want)
		}
	}
	if _, err := Zone("Europe/Atlantis"); err == nil {
		t.Error("a zone that does not exist was found")
	}
}

func TestTimeline(t *testing.T) {
	day := func(s string) Date { d, _ := ParseDate(s); return d }
	steps := Steps([]Span[string]{{Period: Period{Start: day("2026-03-01")}, Value: "b"}, {Period: Period{Start: day("2026-01-01")}, Value: "a"}}, day("2026-04-01"))
	for at, want := range map[string]string{"2025-12-31": "", "2026-01-01": "a", "2026-02-28": "a", "2026-03-01": "b", "2026-03-31": "b", "2026-04-01": ""} {
		got, ok := steps.At(day(at))
		if got != want || ok != (want != "") {
			t.Errorf("on %s: %q, %v; want %q", at, got, ok, want)
		}
	}
	_, err := NewTimeline([]Span[string]{{Period: Period{day("2026-01-01"), day("2026-02-02")}, Value: "a"}, {Period: Period{day("2026-02-01"), day("2026-03-01")}, Value: "b"}})
	if err == nil {
		t.Error("overlapping spans were accepted")
	}
}
