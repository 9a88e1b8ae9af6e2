package config

import (
	"fmt"
	"sort"
	"strings"

	"carrot/transform/comp"
)

// Describe is what was loaded, for a person to hold against what they meant: sources with their tables and columns,
// measures, plans, and the attributes that conditions over people may name. Equal configs give equal text.
func Describe(c *Config) string {
	var b strings.Builder
	s := c.Settings
	fmt.Fprintf(&b, "%s, zone %s, pay periods from %s, paid on day %d of the following month\n", s.Company, s.Zone, comp.Month(s.First).Name(), s.PayDay)
	for _, e := range s.Entities {
		fmt.Fprintf(&b, "  entity %s: %s, %s, pays in %s under %s\n", e.ID, e.Name, e.Country, e.Currency, e.PayCode)
	}
	for _, src := range c.Sources {
		fmt.Fprintf(&b, "source %s: %s in %s\n", src.Name, src.Kind, src.Folder)
		for _, t := range src.Tables {
			describeTable(&b, t)
		}
	}
	fmt.Fprintf(&b, "people: attributes %s\n", orNothing(attributesOf(c.Mapping)))
	describeCompany(&b, c)
	for _, m := range c.Measures {
		fmt.Fprintf(&b, "measure %s version %s: %s; %s of %s per %s, %s\n", m.ID, m.Version, m.Title, m.Aggregate, m.Unit, m.Pool, m.Family)
		for _, t := range m.Terms {
			fmt.Fprintf(&b, "  rows of %s by %s%s%s\n", t.Table, t.Date, when(" where ", t.Where), when(" hit ", t.Hit))
		}
	}
	for _, p := range c.Plans {
		fmt.Fprintf(&b, "plan %s version %s: %s; %s%s\n", p.ID, p.Version, p.Title, period(p.Effective), when(", for ", p.Eligible))
		if p.Draw != nil {
			fmt.Fprintf(&b, "  a draw, %s\n", p.Draw.Kind)
		}
		if p.Limit != nil {
			fmt.Fprintf(&b, "  a cap of all components together%s\n", map[bool]string{true: ", excess carried"}[p.Limit.Excess == "carry"])
		}
		for _, k := range p.Components {
			fmt.Fprintf(&b, "  %s (clause %s): %s, every %s, %s%s\n", k.ID, k.Clause, k.Title, k.Every, about(k), shownOnly(k))
		}
	}
	return b.String()
}

func describeTable(b *strings.Builder, t Table) {
	c := t.Contract
	fmt.Fprintf(b, "  table %s: %s %s, %s, keys %s\n", c.Name(), t.Format.Kind, t.Files, c.Mode, orNothing(c.Keys))
	cols := make([]string, len(c.Columns))
	for i, col := range c.Columns {
		cols[i] = col.Name + " " + string(col.Type)
	}
	fmt.Fprintf(b, "    %s\n", strings.Join(cols, ", "))
}

// attributesOf are the attributes that the roster sets, sorted, each once; numbers are marked.
func attributesOf(m comp.Mapping) (names []string) {
	seen := map[string]bool{}
	for _, r := range m.Roster {
		for _, a := range r.Set {
			if seen[a.Attr] {
				continue
			}
			seen[a.Attr] = true
			if numericAttribute(a.Attr) {
				names = append(names, a.Attr+" (number)")
			} else {
				names = append(names, a.Attr)
			}
		}
	}
	sort.Strings(names)
	return names
}

func orNothing(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

func when(word string, e *comp.Expr) string {
	if e == nil {
		return ""
	}
	return word + strings.Join(strings.Fields(e.Text), " ")
}

// about says what a component pays on and by what.
func about(k comp.Component) string {
	subject := k.Measure
	if k.Score != "" {
		subject = "the number " + k.Score
	}
	shape := string(k.Curve.Kind)
	if k.Curve.Kind == "" {
		shape = "award"
	}
	if k.Parts != nil {
		var parts []string
		for _, p := range k.Parts {
			parts = append(parts, p.ID+" "+percent(p.Weight))
		}
		shape, subject = "scorecard", strings.Join(parts, ", ")
	}
	text := shape + " of " + subject
	for _, also := range []struct {
		word string
		said bool
	}{{"per deal", k.Per != ""}, {"within a budget", k.Budget != nil}, {"released by events", k.Release != nil}, {"clawed back", k.Clawback != nil},
		{"in kind", k.Award != nil}, {"capitalised", k.Cost != nil}, {"excess carried", k.Excess != ""}} {
		if also.said {
			text += ", " + also.word
		}
	}
	return text
}

// describeCompany is what is known beside rosters and facts: legal overlays and events.
func describeCompany(b *strings.Builder, c *Config) {
	for _, x := range c.Settings.Legal {
		fmt.Fprintf(b, "legal %s: %s, %s in %s by %s%s\n", x.ID, x.Title, x.Rule, x.Country, x.Source, when(", for ", x.Eligible))
	}
	for _, e := range c.Mapping.Events {
		fmt.Fprintf(b, "event %s of %s: rows of %s by %s%s\n", e.Event, e.Of, e.Table, e.Date, when(" where ", e.Where))
	}
}

func shownOnly(k comp.Component) string {
	if k.Shown {
		return ", shown without pay"
	}
	return ""
}
