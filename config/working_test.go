package config

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"carrot/transform/comp"
)

// TestWorkingHoursRefuse: when teams work is read as it stands, and so is the time between two instants; what is wrong is told at its place.
func TestWorkingHoursRefuse(t *testing.T) {
	const measure = "measure: quick\nversion: \"1\"\ntitle: Quick\nfamily: outcome\nunit: share\naggregate: share\npool: company\ntable: desk.calls\ndate: asked_at\nhit: '"
	const week = "working_hours:\n  - {name: desk, zone: America/New_York, open: {monday: \"09:00-17:00\", friday: [\"08:00-12:00\", \"13:00-24:00\"]}, closed: [2026-12-25, 2026-01-01]}\n"
	for name, x := range map[string]struct {
		lines, hit string
		want       []string
	}{
		"as it should be":   {week, `working_hours("desk", asked_at, called_at) <= 4`, nil},
		"no such hours":     {week, `working_hours("dest", asked_at, called_at) <= 4`, []string{`measures/quick.yaml:10:21: the working hours "dest", expected hours that working_hours: declares; write desk`}},
		"no hours at all":   {"", `working_hours("desk", asked_at, called_at) <= 4`, []string{`measures/quick.yaml:10:21: the working hours "desk", expected hours that working_hours: declares; add working_hours: to carrot.yaml`}},
		"hours of a column": {week, `working_hours(team, asked_at, called_at) <= 4`, []string{`measures/quick.yaml:10:21: something computed as the name of working hours, expected the name of working hours in quotes, such as "service"; write it, and choose between several by x == "US" ? … : …`}},
		"of a day":          {week, `working_hours("desk", asked_at, due_on) <= 4`, []string{"measures/quick.yaml:10:39: the column due_on of type date in working_hours, expected a column of type instant; name one: a day has no time"}},
		"of a literal":      {week, `working_hours("desk", date("2026-01-01"), called_at) <= 4`, []string{"measures/quick.yaml:10:33: something computed in working_hours, expected a column of type instant; name one: a day has no time"}},
		"wrong weeks": {"working_hours:\n  - {name: a, zone: Europe/Berln, open: {monday: \"9-17\", tuesday: \"17:00-09:00\", wednesday: [\"09:00-12:00\", \"11:00-17:00\"], thursday: \"09:00-24:30\", freitag: \"09:00-10:00\"}}\n" +
			"  - {name: b, open: {}}\n  - {name: b, open: {monday: \"09:00-17:00\"}, closed: [2026-13-01]}\n", `working_hours("b", asked_at, called_at) <= 4`, []string{
			`carrot.yaml:2:21: the time zone "Europe/Berln", expected an IANA zone; write Europe/Berlin`,
			`carrot.yaml:2:50: "9-17", expected hours of a day such as "09:00-17:00"; write HH:MM-HH:MM from 00:00 to 24:00 in quotes`,
			`carrot.yaml:2:67: "17:00-09:00", which ends before it begins or after the day, expected hours of one day; write hours over midnight as "22:00-24:00", and "00:00-06:00" on the next day`,
			`carrot.yaml:2:109: "11:00-17:00" before those in front of it are over, expected hours that ascend; sort the list, and join what overlaps`,
			`carrot.yaml:2:135: "09:00-24:30", which ends before it begins or after the day, expected hours of one day; write hours over midnight as "22:00-24:00", and "00:00-06:00" on the next day`,
			`carrot.yaml:2:150: unknown key "freitag", expected a key of a week; write sunday, monday, tuesday, wednesday, thursday, friday or saturday`,
			`carrot.yaml:3:21: a week without hours, expected those of at least one day; write monday: "09:00-17:00"`,
			"carrot.yaml:4:12: the working hours b a second time, expected each name once; rename them",
			`carrot.yaml:4:55: "2026-13-01", expected a day such as 2025-01-31; write it as YYYY-MM-DD`}},
	} {
		t.Run(name, func(t *testing.T) {
			files := memory(t, "big")
			before := strings.Count(string(files["carrot.yaml"].Data), "\n")
			files["carrot.yaml"].Data = append(files["carrot.yaml"].Data, x.lines...)
			files["sources/desk.yaml"] = &fstest.MapFile{Data: []byte("source: desk\nkind: files\nfolder: desk\ntables:\n  calls:\n    files: calls.csv\n    mode: snapshot\n    keys: [id]\n    format: csv\n    columns:\n" +
				"      id: {type: id}\n      team: {type: category}\n      asked_at: {type: instant, layout: \"YYYY-MM-DD hh:mm\"}\n      called_at: {type: instant, layout: \"YYYY-MM-DD hh:mm\"}\n      due_on: {type: date}\n")}
			files["measures/quick.yaml"] = &fstest.MapFile{Data: []byte(measure + x.hit + "'\n")}
			c, mistakes := Load(files, "carrot.yaml", environment)
			for i := range mistakes {
				if mistakes[i].File == "carrot.yaml" {
					mistakes[i].Line -= before
				}
			}
			if d := cmp.Diff(x.want, texts(mistakes)); d != "" {
				t.Errorf("mistakes differ (- want, + got):\n%s", d)
			}
			if x.want != nil {
				return
			}
			for _, m := range c.Measures {
				if m.ID != "quick" {
					continue
				}
				got := m.Terms[0].Hit.Args[0].Hours
				if want := "America/New_York 1:540-1020 5:480-720 5:780-1440 -2026-01-01 -2026-12-25"; got == nil || got.Text() != want {
					t.Errorf("hours %v, expected %s", got, want)
				}
				if !strings.Contains(measureText(m), got.Text()) { // another week is another definition
					t.Error("the digest of a measure does not depend on its hours")
				}
			}
		})
	}
	if (&comp.WorkingHours{Zone: "UTC"}).Text() != "UTC" {
		t.Error("no hours have a text")
	}
}
