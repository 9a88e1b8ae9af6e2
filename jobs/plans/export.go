package plans

import (
	"path"
	"strings"

	"carrot/config"
	"carrot/reports"
	"carrot/transform/comp"
)

// export holds the rows of the payroll files of a layout, as the payroll offices would get them, against what is expected:
// as many rows, each with the cells that its text gives one after another.
func (t *tester) export(x config.Expected, r *comp.Result) {
	files, err := reports.Payroll(r)
	if err != nil {
		t.fail(x, nil, "%s: the payroll files cannot be written: %s", r.Run.Period.Name(), err)
		return
	}
	var rows []string
	some := false
	for _, f := range files {
		if layoutOf(f.Path) != x.Export {
			continue
		}
		some = true
		lines := strings.Split(strings.TrimRight(string(f.Bytes), "\r\n"), "\n")
		for _, line := range lines[1:] {
			rows = append(rows, strings.TrimRight(line, "\r"))
		}
	}
	if !some {
		t.fail(x, nil, "%s: expected the payroll file %s, but no entity has that layout; add payroll: %s to one in carrot.yaml", r.Run.Period.Name(), x.Export, x.Export)
		return
	}
	for i := range max(len(rows), len(x.Rows)) {
		switch {
		case i >= len(rows):
			t.fail(x, nil, "%s: expected the %s row %q, found none", r.Run.Period.Name(), x.Export, x.Rows[i])
		case i >= len(x.Rows):
			t.fail(x, nil, "%s: expected no further %s row, found %q", r.Run.Period.Name(), x.Export, rows[i])
		case !strings.Contains(","+rows[i]+",", ","+x.Rows[i]+","):
			t.fail(x, nil, "%s: expected the %s row %q, found %q", r.Run.Period.Name(), x.Export, x.Rows[i], rows[i])
		}
	}
}

// layoutOf is the layout of a payroll file by its name; "" of one that is no list of what is paid.
func layoutOf(file string) string {
	name := path.Base(file)
	switch {
	case strings.HasPrefix(name, "EPI"):
		return "adp"
	case strings.HasPrefix(name, "gusto-"):
		return "gusto"
	case strings.HasPrefix(name, "pay-") && strings.HasSuffix(name, ".csv"):
		return "neutral"
	}
	return ""
}
