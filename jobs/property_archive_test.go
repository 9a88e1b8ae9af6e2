package jobs

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing/fstest"
	"time"

	"carrot/config"
	"carrot/jobs/archive"
	"carrot/jobs/archive/storetest"
	"carrot/jobs/plans"
	"carrot/transform/comp"
)

// exports are the files of a generated world: what each table says, with the days from which it says so.
type exports struct {
	c     *config.Config
	files fstest.MapFS
	days  []comp.Date
}

// exportsOf writes a world as the sources of its company would export it.
func exportsOf(c *config.Config, e config.Example) exports {
	rows := map[string][]config.ExampleRow{}
	for _, x := range e.Tables {
		rows[x.Table.Name] = x.Rows
	}
	for _, x := range e.People {
		rows["hr.people"] = append(rows["hr.people"], spells(x)...)
		rows["crm.logins"] = append(rows["crm.logins"], row(comp.NoDate, "login", x.ID, "employee", x.ID))
	}
	for _, x := range e.Numbers {
		rows["hr.numbers"] = append(rows["hr.numbers"], row(x.Known, "employee", x.Payee, "name", x.Name, "from", x.From.String(), "to", dayText(x.To), "amount", x.Amount.String(), "currency", string(x.Currency)))
	}
	for _, x := range e.FX {
		rows["hr.fx"] = append(rows["hr.fx"], row(x.Known, "date", x.Date.String(), "from", string(x.From), "to", string(x.To), "rate", x.Rate.String(), "kind", cmp.Or(x.Kind, "daily")))
	}
	for _, x := range e.Hours {
		rows["hr.weeks"] = append(rows["hr.weeks"], row(x.Known, "employee", x.Payee, "week", x.Week.String(), "hours", x.Hours.String()))
	}
	for _, x := range e.Events {
		table, day := map[string]string{"accepted": "acceptances", "satisfaction": "verdicts", "refunded": "endings"}[x.Event], map[string]string{"accepted": "accepted_on", "satisfaction": "answered_on", "refunded": "ended_on"}[x.Event]
		cells := []string{"deal_id", x.Of, day, x.On.String()}
		if x.Amount != nil {
			cells = append(cells, "amount", x.Amount.String())
		}
		if x.Score != nil {
			cells = append(cells, "score", x.Score.String())
		}
		rows["crm."+table] = append(rows["crm."+table], row(x.Known, cells...))
	}
	rows["crm.splits"] = append(slices.Clone(rows["crm.splits"]), row(comp.NoDate, "deal_id", "NONE", "owner", e.People[0].ID, "kind", "own", "percent", "100.00")) // an empty snapshot would stop
	rows["hr.weeks"] = append(rows["hr.weeks"], row(comp.NoDate, "employee", e.People[0].ID, "week", "2018-01-01", "hours", "0"))
	x := exports{c: c, files: fstest.MapFS{}, days: []comp.Date{comp.Day(2022, 1, 1)}}
	for _, name := range e.Closes {
		month, _ := comp.ParseMonth(name)
		x.days = append(x.days, month.End+1)
	}
	for _, all := range rows { // sorted below
		for _, r := range all {
			x.days = append(x.days, r.Known)
		}
	}
	slices.Sort(x.days)
	x.days = slices.DeleteFunc(slices.Compact(x.days), func(d comp.Date) bool { return d == comp.NoDate })
	for i := range c.Contracts {
		x.table(&c.Contracts[i], rows[c.Contracts[i].Name()])
	}
	return x
}

func dayText(d comp.Date) string {
	if d == comp.NoDate {
		return ""
	}
	return d.String()
}

// spells are the rows of a person, one for each stretch of days on which nothing changes.
func spells(p config.ExamplePerson) (out []config.ExampleRow) {
	attrs := map[string]string{"name": p.ID}
	for _, a := range p.Attrs {
		attrs[a.Name] = a.Value
	}
	known, from := p.Known, p.From
	add := func(to comp.Date) {
		cells := []string{"id", p.ID, "start", from.String(), "end", dayText(to)}
		for _, n := range []string{"name", "department", "entity", "manager", "fte", "leave", "plan", "own_rate"} {
			cells = append(cells, n, attrs[n])
		}
		out = append(out, row(known, cells...))
	}
	for _, x := range p.Then {
		if x.Known > known { // until then the days after are as those before
			add(p.To)
			known = x.Known
		}
		add(x.From - 1)
		for _, a := range x.Attrs {
			attrs[a.Name] = a.Value
		}
		from = x.From
	}
	add(p.To)
	return out
}

// table writes what a table says: of a delta the rows that are new on each day, of a snapshot all that are known then.
func (x *exports) table(c *comp.Contract, rows []config.ExampleRow) {
	for _, day := range x.days {
		fresh := func(r config.ExampleRow) bool { return max(r.Known, x.days[0]) == day }
		var now []config.ExampleRow
		for _, r := range rows {
			switch {
			case c.Mode == comp.Delta && fresh(r), c.Mode != comp.Delta && max(r.Known, x.days[0]) <= day:
				now = append(now, r)
			}
		}
		if c.Mode != comp.Delta {
			now = newest(c, now)
		}
		x.files[fmt.Sprintf("%s-%s.csv", c.Table, day)] = &fstest.MapFile{Data: csvOf(c, now)}
	}
}

// newest are the rows of which no later one has the same key.
func newest(c *comp.Contract, rows []config.ExampleRow) (out []config.ExampleRow) {
	same := func(a, b config.ExampleRow) bool {
		return len(c.Keys) > 0 && !slices.ContainsFunc(c.Keys, func(k string) bool { return cellText(a, k) != cellText(b, k) })
	}
	for i, r := range rows {
		if !slices.ContainsFunc(rows, func(o config.ExampleRow) bool { return same(r, o) && o.Known > rows[i].Known }) {
			out = append(out, r)
		}
	}
	return out
}

func csvOf(c *comp.Contract, rows []config.ExampleRow) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	var head []string
	for _, col := range c.Columns {
		head = append(head, col.From)
	}
	all := [][]string{head}
	for _, r := range rows {
		var cells []string
		for _, col := range c.Columns {
			text := cellText(r, col.Name)
			if col.Type == comp.Instant {
				text = strings.Replace(text, " ", "T", 1)
			}
			cells = append(cells, text)
		}
		all = append(all, cells)
	}
	_ = w.WriteAll(all) // into memory
	return b.Bytes()
}

// waived are the texts of the plans with a waiver of every lint that would refuse a close: generated plans are hardly wise.
func (p *trial) waived(e config.Example) []string {
	lints := map[[2]string][]string{} // by the head of the version
	for _, name := range e.Closes {
		month, _ := comp.ParseMonth(name)
		for _, x := range plans.Refusals(p.c, month) {
			line := fmt.Sprintf("  - {lint: %s, by: Nobody, reason: generated, until: 2030-12-31}\n", x.ID)
			if x.Component != "" {
				line = strings.Replace(line, ", by", ", component: "+x.Component+", by", 1)
			}
			if k := [2]string{x.Plan, x.Version}; !slices.Contains(lints[k], line) {
				lints[k] = append(lints[k], line)
			}
		}
	}
	var out []string
	for i, text := range p.texts {
		docs := strings.Split(text, "---\n")
		for k := range docs {
			if all := lints[[2]string{fmt.Sprintf("p%d", i), fmt.Sprint(k + 1)}]; len(all) > 0 {
				docs[k] += "waive:\n" + strings.Join(all, "")
			}
		}
		out = append(out, strings.Join(docs, "---\n"))
	}
	return out
}

// house is a generated company at work: its config and exports in memory, closed month after month by the engine that the
// property is about.
func (p *trial) house(e config.Example) (*House, []archive.RunRef) {
	x := exportsOf(p.c, e)
	first, _ := comp.ParseMonth(e.First)
	files := plangenFiles(p.waived(e), first.Start)
	c, wrong := config.Load(files, "carrot.yaml", func(string) (string, bool) { return "", false })
	if len(wrong) > 0 {
		p.Fatalf("%v", wrong[0])
	}
	h := &House{Config: c, Main: "carrot.yaml", Files: files, Folder: func(string) (fs.FS, error) { return x.files, nil }, Archive: storetest.NewMemory(),
		Program: archive.Program{Version: "test"}, Now: func() time.Time { return time.Unix(0, 0) }, Compute: p.compute}
	var refs []archive.RunRef
	for _, name := range e.Closes {
		month, _ := comp.ParseMonth(name)
		on := month.End + 2
		if _, err := h.Pull(context.Background(), on); err != nil {
			p.Fatalf("%v", err)
		}
		out, err := h.Run(context.Background(), Options{Kind: comp.Close, Period: month, Business: on, KnownAt: on, Statements: len(refs) == 1 && p.d.chance(10)})
		if err != nil {
			p.Fatalf("%v", err)
		}
		if out.Summary.Stopped {
			break
		}
		refs = append(refs, out.Ref)
	}
	return h, refs
}

// replayed: every close is derived again from the archive alone, to the same bytes.
func replayed(p *trial) {
	h, refs := p.house(p.e)
	for _, ref := range refs {
		r, err := h.Replay(context.Background(), ref)
		if err != nil {
			p.Fatalf("%v", err)
		}
		p.seen += r.Outputs
		for _, d := range r.Differences {
			p.Errorf("%s: %s", r.Period, d)
		}
	}
}

// whatIfIsWhatWas: the plans that were in force, tried over the archived months, would have posted what was posted, entry for
// entry, and a candidate that is the archived file makes no difference to anybody.
func whatIfIsWhatWas(p *trial) {
	ctx := context.Background()
	h, refs := p.house(p.e)
	if len(refs) == 0 {
		return
	}
	chain, err := h.Postings(ctx)
	if err != nil {
		p.Fatalf("%v", err)
	}
	past, err := past(ctx, h.Archive, chain)
	if err != nil {
		p.Fatalf("%v", err)
	}
	ms, err := h.openMonths(ctx, "", "")
	if err != nil {
		p.Fatalf("%v", err)
	}
	defer ms.Close()
	tried, err := ms.try("the archived plan", func(i int) []comp.Plan { return ms.all[i].k.config.Plans })
	if err != nil {
		p.Fatalf("%v", err)
	}
	was, is := entries(past.ledger), entries(tried.ledger)
	p.seen += len(was)
	for k := range was {
		if was[k] != is[k] {
			p.Errorf("%v: posted %v, and would be %v", k, was[k], is[k])
		}
	}
	for k := range is {
		if _, ok := was[k]; !ok {
			p.Errorf("%v: nothing posted, and would be %v", k, is[k])
		}
	}
	i := p.d(len(p.texts))
	s, err := h.Simulate(ctx, Candidate{Name: "same.yaml", Bytes: []byte(p.waived(p.e)[i])}, "", "")
	if err != nil {
		p.Fatalf("%v", err)
	}
	if len(s.People) > 0 || s.Held > 0 {
		p.Errorf("the same plan would change %+v", s.People)
	}
}

// entry is what a ledger adds up by, whatever the causes: which of them are told apart depends on the close before.
type entry struct{ payee, plan, component, paid, of, currency string }

func entries(ledger []comp.LedgerEntry) map[entry][2]int64 {
	out := map[entry][2]int64{}
	for _, l := range ledger {
		k := entry{l.Payee, l.Plan, l.Component, l.Paid, l.For, string(l.Amount.Currency)}
		out[k] = [2]int64{out[k][0] + l.Amount.Minor, out[k][1] + l.Held.Minor}
	}
	return out
}
