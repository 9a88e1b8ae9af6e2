package connectors

import (
	"sort"
	"strings"

	"carrot/transform/comp"
)

// values are the cells of one column of a sample that are not null, with what is known of them.
type values struct {
	label    string
	texts    []string
	rows     int // of the sample
	distinct map[string]bool
}

var nullWords = []string{"N/A", "n/a", "NA", "NULL", "null", "#N/A"}

// columns proposes a name and type for every column.
func (p *proposer) columns(s *sample) {
	cols := make([]values, len(s.labels))
	var nulls []string
	for i, l := range s.labels {
		cols[i] = values{label: l, rows: len(s.rows), distinct: map[string]bool{}}
		for _, r := range s.rows {
			if i >= len(r) || r[i] == "" {
				continue
			}
			if contains(nullWords, r[i]) {
				if !contains(nulls, r[i]) {
					nulls = append(nulls, r[i])
				}
				continue
			}
			cols[i].texts = append(cols[i].texts, r[i])
			cols[i].distinct[r[i]] = true
		}
	}
	d := &p.in.Format.Dialect
	if len(nulls) > 0 {
		sort.Strings(nulls)
		d.Nulls = append(d.Nulls, nulls...)
		p.say("nulls: %s besides empty cells, because such words stand for no value", listed(nulls))
	}
	if !s.typed {
		p.numberMarks(cols)
	}
	dayFirst := p.dayOrder(cols)
	used := map[string]bool{}
	for _, v := range cols {
		if v.label == "" {
			continue
		}
		c := p.column(v, dayFirst)
		if c.Type == comp.Integer && len(p.in.Contract.Columns) == 0 && v.unique() && v.rows >= 10 {
			c.Type = comp.ID // a running number in the first column
		}
		c.From = v.label
		c.Name = freeName(slug(v.label), used)
		p.in.Contract.Columns = append(p.in.Contract.Columns, c)
		if c.Type == comp.ID && len(p.in.Contract.Keys) == 0 && v.unique() {
			p.in.Contract.Keys = []string{c.Name}
			p.say("keys: [%s], because it is never empty and never repeats", c.Name)
		}
	}
	if len(p.in.Contract.Keys) == 0 {
		p.say("keys: none found: name the columns that identify a row")
	}
}

// numberMarks finds a decimal comma and marks between thousands for the whole file.
func (p *proposer) numberMarks(cols []values) {
	votes := make([]int, len(numberStyles))
	example := make([]string, len(numberStyles))
	plain := 0
	for _, v := range cols {
		style, text := numberStyle(v.texts)
		switch {
		case style == len(numberStyles):
			plain++
		case style >= 0:
			votes[style]++
			if example[style] == "" {
				example[style] = text
			}
		}
	}
	best := -1
	for i, n := range votes {
		if n > 0 && (best < 0 || n > votes[best] || n == votes[best] && len(numberStyles[i].thousands) > len(numberStyles[best].thousands)) {
			best = i
		}
	}
	if best < 0 || numberStyles[best].point == ',' && plain > votes[best] {
		return
	}
	d := &p.in.Format.Dialect
	d.Decimal, d.Thousands = string(numberStyles[best].point), numberStyles[best].thousands
	p.say("`%s`, because numbers are written like %s", numberStyles[best].config, shapeOf(example[best]))
}

// numberStyle is the first style that reads every text of a column where plain digits do not; len(numberStyles) where
// every text is plain with a point, -1 where the texts are no numbers or tell nothing.
func numberStyle(texts []string) (style int, example string) {
	plain, points := &marks{point: '.'}, false
	odd := ""
	for _, t := range texts {
		points = points || strings.Contains(t, ".")
		if _, ok := plain.plainNumber([]byte(t)); !ok {
			odd = t
			break
		}
	}
	if odd == "" {
		if points {
			return len(numberStyles), ""
		}
		return -1, ""
	}
	for i, s := range numberStyles {
		m := &marks{point: s.point, thousands: []byte(s.thousands)}
		all := true
		for _, t := range texts {
			if _, ok := m.plainNumber([]byte(t)); !ok {
				all = false
				break
			}
		}
		if all {
			return i, odd
		}
	}
	return -1, ""
}

// dayOrder looks for one column that tells whether day or month comes first: +1 day, -1 month, 0 unknown.
func (p *proposer) dayOrder(cols []values) int {
	for _, v := range cols {
		fits := fitting(v.texts, dateLayouts())
		if len(fits) == 0 || fits[0] == "YYYY-MM-DD" {
			continue
		}
		day, month := false, false
		for _, l := range fits {
			day = day || strings.HasPrefix(l, "D")
			month = month || strings.HasPrefix(l, "M") && !strings.HasPrefix(l, "MMM")
		}
		if day && !month {
			return 1
		}
		if month && !day {
			return -1
		}
	}
	return 0
}

// dateLayouts are all layouts of days, then of instants.
func dateLayouts() []string {
	out := append([]string(nil), dateStyles...)
	for _, d := range dateStyles {
		for _, t := range timeStyles {
			out = append(out, d+t)
		}
	}
	return out
}

// fitting are the layouts that read every text.
func fitting(texts []string, layouts []string) (fits []string) {
	if len(texts) == 0 || len(texts[0]) < 6 || len(texts[0]) > 40 {
		return nil
	}
	for _, style := range layouts {
		l, err := compileLayout(style)
		if err != nil {
			continue
		}
		all := true
		for _, t := range texts {
			if _, ok := l.parse([]byte(t)); !ok {
				all = false
				break
			}
		}
		if all {
			fits = append(fits, style)
		}
	}
	return fits
}

// column proposes a type.
func (p *proposer) column(v values, dayFirst int) comp.Column {
	if len(v.texts) == 0 {
		return comp.Column{Type: comp.Text}
	}
	if p.truth(v) {
		return comp.Column{Type: comp.Bool}
	}
	if c, ok := p.number(v); ok {
		return c
	}
	if c, ok := p.moment(v, dayFirst); ok {
		return c
	}
	if isIDName(v.label) || v.unique() && coded(v) {
		return comp.Column{Type: comp.ID}
	}
	longest := 0
	for t := range v.distinct {
		longest = max(longest, len(t))
	}
	if longest <= 60 && len(v.distinct) <= max(12, len(v.texts)/5) {
		return comp.Column{Type: comp.Category}
	}
	return comp.Column{Type: comp.Text}
}

// truth says that a column holds true and false in one spelling, and declares that spelling.
func (p *proposer) truth(v values) bool {
	d := &p.in.Format.Dialect
	for _, pair := range [][2]string{{"true", "false"}, {"TRUE", "FALSE"}, {"True", "False"}} {
		all := true
		for t := range v.distinct {
			all = all && (t == pair[0] || t == pair[1])
		}
		if all {
			if !contains(d.True, pair[0]) {
				d.True, d.False = append(d.True, pair[0]), append(d.False, pair[1])
				p.say("booleans: %s and %s as well, because column %s is written so", pair[0], pair[1], shown(v.label))
			}
			return true
		}
	}
	return false
}

// number proposes id, integer or decimal for a column of digits.
func (p *proposer) number(v values) (comp.Column, bool) {
	m, err := p.in.Format.Dialect.marks()
	if err != nil {
		return comp.Column{}, false
	}
	scale, zeros, long := 0, false, false
	for t := range v.distinct {
		plain, ok := m.plainNumber([]byte(t))
		if !ok {
			if plain, ok = plainMarks.plainNumber([]byte(t)); !ok || m.point != '.' {
				return comp.Column{}, false
			}
		}
		whole, frac, _ := strings.Cut(strings.TrimPrefix(plain, "-"), ".")
		scale = max(scale, len(frac))
		zeros = zeros || len(whole) > 1 && whole[0] == '0'
		long = long || len(whole) > 15
	}
	switch {
	case scale > 0 && scale <= 18 && !zeros:
		return comp.Column{Type: comp.Decimal, Scale: max(2, scale)}, true
	case scale > 18:
		return comp.Column{Type: comp.Text}, true
	case zeros || long || isIDName(v.label):
		return comp.Column{Type: comp.ID}, true
	}
	return comp.Column{Type: comp.Integer}, true
}

// moment proposes date or instant with a layout. A layout that may be day first or month first is not guessed.
func (p *proposer) moment(v values, dayFirst int) (comp.Column, bool) {
	if iso(v.texts) {
		return p.clock(v, comp.Column{})
	}
	fits := fitting(v.texts, dateLayouts())
	if len(fits) == 0 {
		return comp.Column{}, false
	}
	layout := fits[0]
	for _, other := range fits[1:] {
		if layout[0] == other[0] || (layout[0] != 'D' && layout[0] != 'M') || (other[0] != 'D' && other[0] != 'M') {
			continue
		}
		switch {
		case dayFirst > 0 && layout[0] == 'M' || dayFirst < 0 && layout[0] == 'D':
			layout = other
		case dayFirst == 0:
			p.say("column %s: type text for now, because %s may be %s or %s and no row tells; declare the layout", shown(v.label), shapeOf(v.texts[0]), layout, other)
			return comp.Column{Type: comp.Text}, true
		}
		break
	}
	if layout == "YYYY-MM-DD" {
		return comp.Column{Type: comp.DateType}, true
	}
	if !strings.Contains(layout, "mm") {
		p.say("column %s: layout %s, because every cell fits it, such as %s", shown(v.label), layout, shapeOf(v.texts[0]))
		return comp.Column{Type: comp.DateType, Layout: layout}, true
	}
	return p.clock(v, comp.Column{Layout: layout})
}

func iso(texts []string) bool {
	for _, t := range texts {
		if _, ok := isoInstant([]byte(t)); !ok {
			return false
		}
	}
	return true
}

// clock tells days that are written with a clock at midnight from instants.
func (p *proposer) clock(v values, c comp.Column) (comp.Column, bool) {
	l, midnight, zoned := (*layout)(nil), true, true
	if c.Layout != "" {
		l, _ = compileLayout(c.Layout)
	}
	for _, t := range v.texts {
		var m moment
		if l == nil {
			m, _ = isoInstant([]byte(t))
		} else {
			m, _ = l.parse([]byte(t))
		}
		midnight = midnight && m.hour == 0 && m.minute == 0 && m.sec == 0
		zoned = zoned && m.zoned
	}
	if midnight && !zoned {
		if l == nil {
			for _, style := range []string{"YYYY-MM-DD hh:mm:ss", "YYYY-MM-DDThh:mm:ss", "YYYY-MM-DD hh:mm", "YYYY-MM-DDThh:mm"} {
				if len(fitting(v.texts, []string{style})) > 0 {
					c.Layout = style
					break
				}
			}
		}
		if c.Layout != "" {
			c.Type = comp.DateType
			p.say("column %s: a date, layout %s, because every time of day is midnight", shown(v.label), c.Layout)
			return c, true
		}
	}
	c.Type = comp.Instant
	if !zoned {
		c.Zone = "UTC"
		p.say("column %s: an instant without offset; zone UTC is a guess, put the zone of the account that exported", shown(v.label))
	}
	return c, true
}
