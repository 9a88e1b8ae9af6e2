package config

import (
	"regexp"
	"slices"
	"sort"
	"strconv"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"

	"carrot/transform/comp"
)

// weekdays are the keys of a week's hours, as comp.WorkingHours counts them.
var weekdays = []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

// workingHours reads when teams work.
func (l *loader) workingHours(f fields) {
	l.working = map[string]*comp.WorkingHours{}
	for _, n := range f.optional("working_hours", "working hours") {
		h, ok := n.fields("working hours", "name! zone open! closed")
		if !ok {
			continue
		}
		w := comp.WorkingHours{Name: h.name("name"), Zone: l.config.Settings.Zone}
		if h.has("zone") {
			w.Zone = h.zone("zone", "UTC")
		}
		if l.working[w.Name] != nil && w.Name != "" {
			h.at("name").wrong("the working hours "+w.Name+" a second time", "each name once", "rename them")
		}
		if o, ok := h.at("open").fields("a week", "sunday monday tuesday wednesday thursday friday saturday"); ok {
			for i, day := range weekdays {
				w.Open[i] = o.spans(day)
			}
			if len(o.order()) == 0 {
				h.at("open").wrong("a week without hours", "those of at least one day", `write monday: "09:00-17:00"`)
			}
		}
		for _, d := range h.at("closed").items("days") {
			if day, ok := d.date(); ok {
				w.Closed = append(w.Closed, day)
			}
		}
		slices.Sort(w.Closed)
		if made, err := comp.NewWorkingHours(w); err == nil { // a wrong zone is told where it stands
			l.working[w.Name] = made
		}
	}
}

var spanText = regexp.MustCompile(`^([01][0-9]|2[0-4]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])$`)

// spans are a day's hours: one text such as "09:00-17:00", or a list of them.
func (f fields) spans(day string) (out []comp.Shift) {
	texts, nodes := f.texts(day)
	for i, text := range texts {
		m := spanText.FindStringSubmatch(text)
		if m == nil {
			nodes[i].wrong(nodes[i].says(), `hours of a day such as "09:00-17:00"`, "write HH:MM-HH:MM from 00:00 to 24:00 in quotes")
			continue
		}
		minute := func(k int) int {
			h, _ := strconv.Atoi(m[k])
			min, _ := strconv.Atoi(m[k+1])
			return h*60 + min
		}
		s := comp.Shift{From: minute(1), To: minute(3)}
		switch {
		case s.To <= s.From || s.To > 24*60:
			nodes[i].wrong(nodes[i].says()+", which ends before it begins or after the day", "hours of one day", `write hours over midnight as "22:00-24:00", and "00:00-06:00" on the next day`)
		case len(out) > 0 && s.From < out[len(out)-1].To:
			nodes[i].wrong(nodes[i].says()+" before those in front of it are over", "hours that ascend", "sort the list, and join what overlaps")
		default:
			out = append(out, s)
		}
	}
	return out
}

// working is working_hours("service", from, to): of hours that the config declares, and of two columns of instants.
func (c *converter) working(e ast.Expr, args []ast.Expr) (*comp.Expr, bool) {
	x := &comp.Expr{Op: comp.Working, Kind: comp.KindNumber, Where: c.at(e.ID())}
	names := make([]string, 0, len(c.n.l.working))
	for name := range c.n.l.working {
		names = append(names, name)
	}
	sort.Strings(names)
	const want = `the name of working hours in quotes, such as "service"`
	if args[0].Kind() != ast.LiteralKind {
		c.wrong(args[0].ID(), "something computed as the name of working hours", want, `write it, and choose between several by x == "US" ? … : …`)
		return nil, false
	}
	s, _ := args[0].AsLiteral().(types.String)
	if x.Hours = c.n.l.working[string(s)]; x.Hours == nil {
		next := suggest(string(s), names)
		if len(names) == 0 {
			next = "add working_hours: to carrot.yaml"
		}
		c.wrong(args[0].ID(), "the working hours "+strconv.Quote(short(string(s))), "hours that working_hours: declares", next)
		return nil, false
	}
	for _, a := range args[1:] {
		if a.Kind() != ast.IdentKind || c.scope.types[a.AsIdent()] != comp.Instant {
			what := "something computed"
			if a.Kind() == ast.IdentKind {
				what = "the column " + a.AsIdent() + " of type " + string(c.scope.types[a.AsIdent()])
			}
			c.wrong(a.ID(), what+" in working_hours", "a column of type instant", "name one: a day has no time")
			return nil, false
		}
		y, _ := c.convert(a)
		x.Args = append(x.Args, y)
	}
	return x, true
}
