package jobs

import (
	"fmt"
	"slices"
	"strings"

	"carrot/config"
	"carrot/transform/comp"
)

// absent finds tables of which nothing is known, and tables that miss the newest drop of their source: no row is not the
// same as no file. A table that also missed the drop before is not exported each time and misses nothing.
func absent(k *knowledge) []comp.Finding {
	days := map[string][]comp.Date{} // by table: the days from which its files are known
	for _, p := range k.pulls {
		days[p.Name()] = append(days[p.Name()], p.Known)
	}
	var out []comp.Finding
	for _, s := range k.config.Sources {
		newest, before := lastDrops(s, days)
		for _, t := range s.Tables {
			name := t.Contract.Name()
			have := days[name]
			switch {
			case len(have) == 0:
				out = append(out, missingFile(s, t, "", "is known on the day asked for"))
			case strings.Contains(t.Files, DropMark) && newest != comp.NoDate && !slices.Contains(have, newest) && slices.Contains(have, before):
				out = append(out, missingFile(s, t, newest.String(), fmt.Sprintf("is in the drop of %s, where other tables have one", newest)))
			}
		}
	}
	return out
}

// lastDrops are the two latest days on which files of a source became known; comp.NoDate where there is none.
func lastDrops(s config.Source, days map[string][]comp.Date) (newest, before comp.Date) {
	var all []comp.Date
	for _, t := range s.Tables {
		if strings.Contains(t.Files, DropMark) {
			all = append(all, days[t.Contract.Name()]...)
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	newest, before = comp.NoDate, comp.NoDate
	if n := len(all); n > 0 {
		newest = all[n-1]
		if n > 1 {
			before = all[n-2]
		}
	}
	return newest, before
}

func missingFile(s config.Source, t config.Table, drop, what string) comp.Finding {
	return comp.Finding{Code: "missing_file", Reach: comp.ReachSource, Table: t.Contract.Name(), Key: drop, Text: t.Files,
		Message: fmt.Sprintf("no file of %s %s, expected %s in the folder of source %s", t.Contract.Name(), what, t.Files, s.Name),
		Hint:    "put the export there, or correct files: in the source's file or --known-at", Origin: comp.Origin{Name: t.Files}}
}

// early finds sources whose newest drop is older than the end of the pay period: whatever happened after it is missing,
// and a close would pay as if it had not happened. Sources without dated drops are current as they are.
func early(k *knowledge, period comp.Period) []comp.Finding {
	days := map[string][]comp.Date{}
	for _, p := range k.pulls {
		days[p.Name()] = append(days[p.Name()], p.Known)
	}
	var out []comp.Finding
	for _, s := range k.config.Sources {
		newest, _ := lastDrops(s, days)
		if newest == comp.NoDate || newest >= period.End {
			continue
		}
		out = append(out, comp.Finding{Code: "early_drop", Reach: comp.ReachSource, Table: s.Name, Key: period.Name(), Text: newest.String(),
			Message: fmt.Sprintf("the newest drop of source %s is of %s, and %s ends on %s: a close needs exports from after its end", s.Name, newest, period.Name(), period.End-1),
			Hint:    fmt.Sprintf("export again into a folder of %s or later; until then carrot run --preview shows what is known", period.End),
			Origin:  comp.Origin{Name: s.Name}})
	}
	return out
}
