package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"carrot/transform/comp"
)

// certificate is audit/run.txt: on one page what went in, what became of it, what is paid, and how to check it. made are
// the files whose digests it names, with paths below published/<period>/.
func certificate(r *comp.Result, made []File) File {
	p := &page{}
	p.head(r)
	p.controls(r)
	p.exclusions(r)
	p.pay(r)
	p.accounts(r)
	p.legal(r)
	p.findings(r)
	p.decisions(r)
	p.expectations(r)
	p.check(r, made)
	p.inputs(r)
	return File{Path: "audit/run.txt", Media: mediaText, Class: comp.Personal, Bytes: []byte(p.b.String())}
}

// page is a text of at most 110 columns where ids and digests allow it.
type page struct{ b strings.Builder }

func (p *page) line(format string, args ...any) {
	p.b.WriteString(strings.TrimRight(fmt.Sprintf(format, args...), " ") + "\n")
}

func (p *page) section(title string) {
	p.line("\n%s\n%s", title, strings.Repeat("-", utf8.RuneCountInString(title)))
}

func (p *page) head(r *comp.Result) {
	run := r.Run
	p.line("CARROT RUN CERTIFICATE")
	p.line("======================")
	if s := standing(run); s != "" {
		p.line("*** %s ***", s)
	}
	if stopped(r) {
		p.line("*** STOPPED BY FINDINGS: nobody is paid by this run ***")
	}
	p.line("")
	p.line("company        %s", oneLine(r.Company))
	p.line("run            %s", run.ID)
	p.line("kind           %s", run.Kind)
	p.line("period         %s (%s)", run.Period.Name(), run.Period)
	p.line("pay date       %s", run.PayDate)
	p.line("business date  %s", run.Business)
	p.line("known at       %s", run.KnownAt)
	p.line("approved       %s", yesNo(run.Approved))
	p.line("program        %s", run.Program)
	p.line("request        sha256 %s", run.RequestDigest)
}

// inputs are the annex, because there are many. They are listed digest last, so that `sha256sum --check run.txt` does not take them for files beside it.
func (p *page) inputs(r *comp.Result) {
	p.section("ANNEX: INPUTS (name, version, sha256)")
	var rows [][]string
	for _, g := range [][]comp.NamedDigest{r.Run.Plans, r.Run.Measures, r.Run.Inputs} {
		for _, d := range byName(g) {
			rows = append(rows, []string{oneLine(d.Name), cmp.Or(oneLine(d.Version), "-"), d.Digest})
		}
	}
	p.table(rows, "none")
}

// byName sorts digests by name, version and digest.
func byName(ds []comp.NamedDigest) []comp.NamedDigest {
	return slices.SortedFunc(slices.Values(ds), func(a, b comp.NamedDigest) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Version, b.Version), cmp.Compare(a.Digest, b.Digest))
	})
}

// controls are those of the outcome, by table.
func controls(r *comp.Result) []comp.Control {
	return slices.SortedStableFunc(slices.Values(r.Controls), func(a, b comp.Control) int { return cmp.Compare(a.Table, b.Table) })
}

// expectations are those of the outcome, by name.
func expectations(r *comp.Result) []comp.Expectation {
	return slices.SortedFunc(slices.Values(r.Expectations), func(a, b comp.Expectation) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Want, b.Want), cmp.Compare(a.Got, b.Got))
	})
}

// controls shows per table that every row that came in is accounted for, in number and, per currency, in sum.
func (p *page) controls(r *comp.Result) {
	p.section("ROWS AND SUMS: in = paid + held + excluded + exception + other periods + superseded")
	if len(r.Controls) == 0 {
		p.line("none")
	}
	for _, c := range controls(r) {
		currencies := controlCurrencies(c)
		rows := [][]string{{oneLine(c.Table), ">rows"}}
		for _, cur := range currencies {
			rows[0] = append(rows[0], ">"+cmp.Or(string(cur), "sum"))
		}
		for _, part := range c.Parts {
			row := []string{"  " + part.Name, ">" + count(part.Rows)}
			for _, cur := range currencies {
				digits, _ := cur.Digits()
				row = append(row, ">"+exact(partNumber(part, cur), digits))
			}
			rows = append(rows, row)
		}
		verdict := "  ties"
		if !c.Ties() {
			verdict = "  DOES NOT TIE"
		}
		p.table(append(rows, []string{verdict}), "")
	}
}

// controlCurrencies are those that any part of a control has a sum in, sorted.
func controlCurrencies(c comp.Control) []comp.Currency {
	var out []comp.Currency
	for _, part := range c.Parts {
		for _, s := range part.Sums {
			if i, found := slices.BinarySearch(out, s.Currency); !found {
				out = slices.Insert(out, i, s.Currency)
			}
		}
	}
	return out
}

// partNumber is a part's sum in one currency: zero where it has none, because rows without a sum add nothing.
func partNumber(part comp.ControlPart, cur comp.Currency) comp.Number {
	var n comp.Number
	for _, s := range part.Sums {
		if s.Currency == cur {
			n = n.Add(s.Number)
		}
	}
	return n
}

func (p *page) pay(r *comp.Result) {
	p.section("STATEMENTS AND PAY")
	rows := [][]string{{"legal entity", "currency", ">statements", ">with pay", ">held", ">pay", ">held amount", ">year to date"}}
	for _, of := range offices(r) {
		for _, t := range totals(of.statements) {
			rows = append(rows, []string{cmp.Or(of.entity.ID, "none"), string(t.currency), ">" + count(int64(t.statements)), ">" + count(int64(t.withPay)),
				">" + count(int64(t.heldPayees)), ">" + exact(t.paid, t.digits()), ">" + exact(t.held, t.digits()), ">" + exact(t.yearToDate, t.digits())})
		}
	}
	p.table(rows, "")
}

func (p *page) findings(r *comp.Result) {
	p.section("FINDINGS")
	rows := [][]string{{"code", "reach", ">findings", ">rows", ">waived", ">open"}}
	for _, g := range findingGroups(findings(r)) {
		rows = append(rows, []string{g.code, g.reach.String(), ">" + count(g.findings), ">" + count(g.rows), ">" + count(g.waived), ">" + count(g.findings-g.waived)})
	}
	if len(rows) == 1 {
		rows = nil
	}
	p.table(rows, "none")
	p.line("entries on the Held sheets: %d", len(r.Held))
}

// findingGroup counts the findings of one code and reach.
type findingGroup struct {
	code                   string
	reach                  comp.Reach
	findings, rows, waived int64
}

// findingGroups are in the order of code and reach.
func findingGroups(fs []finding) []findingGroup {
	var out []findingGroup
	for _, f := range fs {
		key := findingGroup{code: f.Code, reach: f.Reach}
		i, found := slices.BinarySearchFunc(out, key, func(a, b findingGroup) int {
			return cmp.Or(cmp.Compare(a.code, b.code), cmp.Compare(a.reach, b.reach))
		})
		if !found {
			out = slices.Insert(out, i, key)
		}
		out[i].findings++
		out[i].rows += int64(max(1, f.Count))
		if f.Waived != "" {
			out[i].waived++
		}
	}
	return out
}

// decisions are what people settled by hand: waivers and adjustments.
func (p *page) decisions(r *comp.Result) {
	p.section("WAIVERS (finding, until, by, reason)")
	var rows [][]string
	for _, w := range r.Waivers {
		rows = append(rows, []string{oneLine(w.Finding), w.Until.String(), oneLine(w.By), oneLine(w.Reason)})
	}
	slices.SortFunc(rows, slices.Compare)
	p.table(rows, "none")
	p.section("ADJUSTMENTS (id, payee, amount, by, reason, evidence)")
	rows = nil
	for _, a := range r.Adjustments {
		rows = append(rows, []string{oneLine(a.ID), oneLine(a.Payee), ">" + money(a.Amount), oneLine(a.By), oneLine(a.Reason), oneLine(a.Evidence)})
	}
	slices.SortFunc(rows, slices.Compare)
	p.table(rows, "none")
}

func (p *page) expectations(r *comp.Result) {
	p.section("EXPECTATIONS (declared, found)")
	var rows [][]string
	for _, e := range expectations(r) {
		verdict := "met"
		if !e.Met {
			verdict = "NOT MET"
		}
		rows = append(rows, []string{oneLine(e.Name), ">" + oneLine(e.Want), ">" + oneLine(e.Got), verdict})
	}
	p.table(rows, "none declared")
}

// check ends the page. The lines with digests are those that sha256sum reads; it skips all others.
func (p *page) check(r *comp.Result, made []File) {
	p.section("FILES OF THIS RUN (statements: see the manifest)")
	for _, f := range made {
		name, ok := strings.CutPrefix(f.Path, "audit/")
		if !ok {
			name = "../" + f.Path
		}
		p.line("%s  %s", f.sum(), name)
	}
	p.section("HOW TO CHECK IT")
	p.table([][]string{
		{"cd audit && sha256sum --check run.txt", "the files above are those that this run made (it warns of lines that are text)"},
		{"carrot verify", "every byte in the archive is what its name says"},
		{"carrot replay " + r.Run.ID, "the same inputs give the same outputs again"},
	}, "")
	p.line("")
	p.line("In tables/*.csv text that a spreadsheet would run (it begins with = + - @) has an apostrophe before it;")
	p.line("tables/*.parquet holds the text unchanged. Answers given in confidence are counted, never listed.")
}

// table lines columns up; a cell that begins with > is set to the right. Empty says what stands there without rows.
func (p *page) table(rows [][]string, empty string) {
	if len(rows) == 0 {
		p.line("%s", empty)
		return
	}
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(strings.TrimPrefix(cell, ">")))
		}
	}
	for _, row := range rows {
		var b strings.Builder
		for i, cell := range row {
			text, right := strings.CutPrefix(cell, ">")
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(text))
			if right {
				text = pad + text
			} else {
				text += pad
			}
			b.WriteString(text + "  ")
		}
		p.line("%s", b.String())
	}
}

// oneLine keeps text from data on its line and from looking like another row.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
