package config

import (
	"errors"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"

	"carrot/transform/comp"
)

// load reads everything, each part after those that it refers to.
func (l *loader) load(name string) {
	l.seen, l.broken = map[string]bool{}, map[string]bool{}
	l.tables, l.sources, l.measures = map[string]*table{}, map[string]node{}, map[string]*measured{}
	l.calendars, l.attributes, l.systems = map[string]bool{}, map[string]bool{}, map[string]bool{}
	l.shared, l.sharedParts = map[string]*sharedComponent{}, map[string]*sharedComponent{}
	l.exprs = newCompiler(l)
	docs, _, ok := l.documents(name)
	if !ok {
		return
	}
	for _, d := range docs[1:] {
		d.wrong("a second document", "one document in "+name, "remove --- and what follows")
	}
	f, ok := docs[0].fields("the config", "carrot! company! zone! pay! entities! archive published people_folders question! "+
		"sources! measures! plans! sealed_to shared legal lists stage accounts experiments detectors reviews roster! crosswalk fx quotas calendars events hours working_hours acceptances contributions fairness waivers adjustments expect schedule management")
	if !ok {
		return
	}
	l.company(f)
	l.folders(f)
	l.workingHours(f)
	l.each(f, path.Dir(name), "sources", l.source)
	l.endSources()
	l.people(f)
	l.accounts(f)
	l.expectations(f)
	l.schedule(f)
	if f.has("legal") {
		l.each(f, path.Dir(name), "legal", l.legal)
		l.endLegal()
	}
	if f.has("lists") {
		l.each(f, path.Dir(name), "lists", l.list)
		l.endLists()
	}
	l.each(f, path.Dir(name), "measures", l.measure)
	l.endMeasures()
	l.contacts()
	l.experiments(f)
	l.management(f)
	if f.has("shared") {
		l.each(f, path.Dir(name), "shared", l.sharedDoc)
	}
	l.each(f, path.Dir(name), "plans", l.plan)
	l.endPlans()
	l.endShared()
	l.fairness(f)
	l.reviews(f)
	if f.has("detectors") {
		l.each(f, path.Dir(name), "detectors", l.detector)
		l.endDetectors()
	}
}

// each reads every document of every file that the key's patterns match, in order of name.
func (l *loader) each(f fields, dir, key string, read func(n node, file []byte)) {
	var names []string
	l.broken[key] = !f.at(key).isList()
	for _, n := range f.at(key).items("file patterns") {
		pattern, ok := n.text(false)
		if !ok {
			continue
		}
		full := path.Join(dir, pattern)
		if path.IsAbs(pattern) || !fs.ValidPath(full) {
			n.wrong(n.says(), "a pattern of files below the config's folder", "write one such as "+key+"/*.yaml")
			l.broken[key] = true
			continue
		}
		found, err := fs.Glob(l.fsys, full)
		if _, e := fs.Stat(l.fsys, full); len(found) == 0 && e != nil && !errors.Is(e, fs.ErrNotExist) && !strings.ContainsAny(pattern, `*?[`) {
			found = []string{full} // it is there and cannot be read: reading it says why
		}
		switch {
		case err != nil:
			n.wrong(n.says(), "a pattern with *, ? and [ ] in pairs", "write one such as "+key+"/*.yaml")
			l.broken[key] = true
		case len(found) == 0 && !strings.ContainsAny(pattern, `*?[`):
			n.wrong(n.says(), "a file that is there", "check the name, or remove it")
		case len(found) == 0:
			n.wrong("the pattern "+n.says()+" without any file", "a pattern that files match", fileThere(key, pattern))
			l.broken[key] = true // what it should have matched is not called unknown as well
		}
		names = append(names, found...)
	}
	sort.Strings(names)
	for _, name := range slices.Compact(names) {
		if key == "plans" && strings.HasSuffix(name, ExamplesSuffix) {
			continue
		}
		docs, b, ok := l.documents(name)
		if !ok {
			l.broken[key] = true
			continue
		}
		for _, d := range docs {
			read(d, b)
		}
	}
}

var country = regexp.MustCompile(`^[A-Z]{2}$`)

// company reads the company-wide rules.
func (l *loader) company(f fields) {
	s := &l.config.Settings
	if v, ok := f.at("carrot").integer(0, 1<<30); ok && v != 1 {
		f.at("carrot").wrong("format version "+strconv.Itoa(v), "format version 1", "write carrot: 1, or use the release that the config was written for")
	}
	s.Company = f.text("company")
	s.Zone = f.zone("zone", "UTC")
	if p, ok := f.at("pay").fields("pay", "first! day! restate_months! approval"); ok {
		if m, ok := p.at("first").month(); ok {
			s.First = m.Start
		}
		s.PayDay = p.integer("day", 1, 1, 31)
		s.Restate = p.integer("restate_months", 0, 0, 120)
		s.Approval = p.choice("approval", "none", "none", "required") == "required"
	}
	s.PeopleBy = f.choice("people_folders", "id", "id", "hmac")
	s.Question = f.text("question")
	s.Adoption = f.adoption(s.First)
	l.entities(f)
}

func (l *loader) entities(f fields) {
	items := f.at("entities").items("legal entities")
	if f.at("entities").isList() && len(items) == 0 {
		f.at("entities").wrong("an empty list", "at least one legal entity", "add - {id: …, name: …, country: …, currency: …, pay_code: …}")
	}
	first := map[string]int{}
	for _, n := range items {
		e, ok := n.fields("an entity", "id! name! country! currency! pay_code! payroll company_code")
		if !ok {
			continue
		}
		le := comp.LegalEntity{ID: e.name("id"), Name: e.text("name"), Country: e.text("country"), Currency: e.currency("currency"), PayCode: e.text("pay_code")}
		if le.Country != "" && !country.MatchString(le.Country) {
			e.at("country").wrong(e.at("country").says(), "a country of two capitals", "write one such as DE")
		}
		e.payroll(&le)
		if line, twice := first[le.ID]; twice && le.ID != "" {
			e.at("id").wrong("entity "+le.ID+" a second time", "each id once", "rename it; the first is in line "+strconv.Itoa(line))
			continue
		}
		first[le.ID] = e.at("id").place().Line
		l.config.Settings.Entities = append(l.config.Settings.Entities, le)
	}
	es := l.config.Settings.Entities
	sort.SliceStable(es, func(i, j int) bool { return es[i].ID < es[j].ID })
}

// zone is a known IANA zone; otherwise the fallback.
func (f fields) zone(key, fallback string) string {
	s, ok := f.at(key).text(false)
	if !ok {
		return fallback
	}
	if _, err := comp.Zone(s); err != nil {
		f.at(key).wrong("the time zone "+strconv.Quote(short(s)), "an IANA zone", suggest(s, zoneNames))
		return fallback
	}
	return s
}

// zoneNames are the zones that a message suggests.
var zoneNames = strings.Fields("Europe/Berlin Europe/Paris Europe/London Europe/Madrid Europe/Rome Europe/Vienna Europe/Zurich " +
	"America/New_York America/Chicago America/Denver America/Los_Angeles America/Sao_Paulo Asia/Tokyo Asia/Singapore Asia/Kolkata " +
	"Asia/Dubai Australia/Sydney UTC")

// folders reads where things lie.
func (l *loader) folders(f fields) {
	c := l.config
	c.Archive, c.Published = "archive", "published"
	if f.has("archive") {
		c.Archive = f.location("archive")
	}
	if f.has("sealed_to") {
		c.SealedTo = f.recipients("sealed_to")
	}
	if f.has("published") {
		c.Published = f.location("published")
	}
	c.Waivers, c.Adjustments = f.text("waivers"), f.text("adjustments")
}

var variable = regexp.MustCompile(`\$\{([^}]*)\}`)

// location is a text with ${NAME} replaced from the environment.
func (f fields) location(key string) string {
	s, ok := f.at(key).text(false)
	if !ok {
		return ""
	}
	return variable.ReplaceAllStringFunc(s, func(ref string) string {
		name := variable.FindStringSubmatch(ref)[1]
		v, set := "", false
		if f.l.getenv != nil {
			v, set = f.l.getenv(name)
		}
		if !set {
			f.at(key).wrong("the environment variable "+name+", which is not set", "a value for it", "type: export "+name+"=…")
		}
		return v
	})
}

// expectations reads the declared control totals.
func (l *loader) expectations(f fields) {
	if !f.has("expect") {
		return
	}
	names := map[string]bool{}
	for _, n := range f.at("expect").items("control totals") {
		e, ok := n.fields("an expectation", "name! people table column sum rows period")
		if !ok {
			continue
		}
		x := comp.Expect{Name: e.text("name"), Where: n.place()}
		if names[x.Name] && x.Name != "" {
			e.at("name").wrong("the expectation "+strconv.Quote(short(x.Name))+" a second time", "each name once", "rename it")
		}
		names[x.Name] = true
		if m, ok := e.at("period").month(); ok {
			x.Period = m.Name()
		}
		l.wanted(e, &x)
		l.config.Settings.Expect = append(l.config.Settings.Expect, x)
	}
}

// wanted reads what an expectation wants: people, rows of a table, or the sum of a table's column.
func (l *loader) wanted(e fields, x *comp.Expect) {
	kind := e.onlyOne(true, "people", "rows", "sum")
	if kind == "" {
		return
	}
	x.Want, _ = e.at(kind).number()
	x.People = kind == "people"
	if kind != "sum" && e.has(kind) && x.Want.String() != "" && strings.ContainsAny(x.Want.String(), "./-") {
		e.at(kind).wrong(e.at(kind).says(), "a whole number of "+kind, "write one from 0 on")
	}
	if kind == "people" {
		e.never("no table: people are counted from the roster", "remove it", "table", "column")
		return
	}
	if !e.has("table") {
		e.wrong("an expectation of "+kind+" without table", "", "add table: source.table")
		return
	}
	t := l.table(e.at("table"))
	x.Table = e.text("table")
	if kind == "rows" {
		e.never("no column: rows are counted", "remove it, or write sum: instead of rows:", "column")
		return
	}
	if !e.has("column") {
		e.wrong("an expectation of a sum without column", "", "add column:")
		return
	}
	x.Column = l.column(t, e.at("column"), numeric...)
	if t != nil && t.survey != nil && t.survey.Promise == comp.Anonymous {
		e.at("column").wrong("a sum of anonymous answers", "rows: two sums tell the answer that came between", "write rows:")
	}
}

// schedule reads when runs are due.
func (l *loader) schedule(f fields) {
	if !f.has("schedule") {
		return
	}
	s, ok := f.at("schedule").fields("the schedule", "nightly close zone")
	if !ok {
		return
	}
	c := &l.config.Schedule
	c.Zone = s.zone("zone", l.config.Settings.Zone)
	if k, ok := s.at("nightly").clock(); ok {
		c.Nightly = &k
	}
	if !s.has("close") {
		return
	}
	if d, ok := s.at("close").fields("a close", "day! at!"); ok {
		c.CloseDay = d.integer("day", 0, 1, 31)
		c.CloseAt, _ = d.at("at").clock()
	}
}

var clockText = regexp.MustCompile(`^([01][0-9]|2[0-3]):([0-5][0-9])$`)

// clock is a time of day written HH:MM.
func (n node) clock() (Clock, bool) {
	const want = "a time of day such as \"02:30\""
	if !n.ok() || !n.scalar(want) {
		return Clock{}, false
	}
	m := clockText.FindStringSubmatch(n.y.Value)
	if m == nil {
		n.wrong(n.says(), want, "write HH:MM from 00:00 to 23:59 in quotes")
		return Clock{}, false
	}
	h, _ := strconv.Atoi(m[1])
	min, _ := strconv.Atoi(m[2])
	return Clock{h, min}, true
}

// String is HH:MM.
func (c Clock) String() string {
	two := func(n int) string { return string([]byte{'0' + byte(n/10), '0' + byte(n%10)}) }
	return two(c.Hour) + ":" + two(c.Minute)
}

// fileThere says how files come to be where a pattern of a key looks for them.
func fileThere(key, pattern string) string {
	next := "put a file there"
	if usual := key + "/*.yaml"; pattern != usual {
		next = "write one such as " + usual + ", or put a file there"
	}
	switch key {
	case "sources":
		next += "; carrot check --file EXPORT proposes one"
	case "plans", "measures":
		next += "; carrot plan template NAME writes one"
	}
	return next
}
