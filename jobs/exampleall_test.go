package jobs

import (
	"archive/zip"
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"carrot/config"
	"carrot/config/example"
	"carrot/reports"
	"carrot/transform"
	"carrot/transform/comp"
)

// sectionsBesides are the sections of reports that the example's closes do not show, each with the test that shows it. Nobody of the
// example is held: a demo whose people are held would be one of a company in trouble.
var sectionsBesides = map[string]string{
	"Why your pay is held":            "TestStatementSays",
	"Held: not counted until settled": "TestStatementSays",
	"Balances":                        "TestAccountTables",
}

// TestExampleShowsEverything holds the example company against all that there is to show: each measure of config/measures and of its
// own has a use and a value, and each section that package reports can set stands in something that is rendered of it.
func TestExampleShowsEverything(t *testing.T) {
	c := newCompany(t, example.Default(), nil)
	months := c.months(t, c.world.Months)
	wanted, shown := renderable(t, "../reports"), map[string]bool{}
	if len(wanted) < 25 {
		t.Errorf("only %d sections were found in the source of reports", len(wanted))
	}
	var results []*comp.Result
	last := c.world.Months - 1
	for _, m := range []int{5, 11, last - 1, last} { // with an adjustment, the end of a year, the end of the last quarter and the month before
		in := months[m]
		if m == last-1 { // as a preview, while people can still do something
			in.Run.Kind, in.Run.Business = comp.Preview, in.Run.Period.End-10
		}
		if m == last {
			in.Ledger = results[len(results)-1].Ledger
		}
		r, _, err := transform.ComputeWith(transform.DefaultVerbs(), in, &months[m-1])
		if err != nil {
			t.Fatal(err)
		}
		results = append(results, r)
		for i, spec := range c.house.Config.Settings.Sections {
			shown[spec.Kind] = shown[spec.Kind] || len(r.Management[i].Rows) > 0
		}
		lookAt(t, r, wanted, shown)
	}
	for _, wrong := range unusedMeasures(c.house.Config, results) {
		t.Error(wrong)
	}
	for _, wrong := range unshown(wanted, shown) {
		t.Error(wrong)
	}

	// The checks can fail: a measure whose only use is gone, one that nothing was measured for, and a section that nothing shows.
	lame := *c.house.Config
	lame.Plans = nil
	if got := strings.Join(unusedMeasures(&lame, results), "\n"); !strings.Contains(got, "csat_standing is used by nothing") {
		t.Errorf("without plans: %s", got)
	}
	if got := strings.Join(unusedMeasures(c.house.Config, results[:1]), "\n"); !strings.Contains(got, "employee_satisfaction has no value") {
		t.Errorf("without the end of a year: %s", got)
	}
	delete(shown, "Recognition")
	if got := unshown(wanted, shown); len(got) != 1 || !strings.Contains(got[0], "Recognition") {
		t.Errorf("without recognition: %q", got)
	}
}

// unusedMeasures are the measures that nothing of the config uses, or that no result has a value of, with what to do about each.
func unusedMeasures(c *config.Config, results []*comp.Result) (out []string) {
	used, valued := map[string]bool{}, map[string]bool{}
	for _, p := range c.Plans {
		for _, x := range p.Components {
			used[x.Measure] = true
			for _, part := range slices.Concat(x.Parts, x.Multiply) {
				used[part.Measure] = true
				for _, g := range part.Gates {
					used[g.Measure] = true
				}
			}
			for _, g := range x.Gates {
				used[g.Measure] = true
			}
		}
	}
	for i := range c.Settings.Sections {
		spec := &c.Settings.Sections[i]
		for _, id := range spec.Measures {
			used[id] = true
			for _, r := range results {
				valued[id] = valued[id] || reported(c, &r.Management[i], spec, id)
			}
		}
	}
	for _, r := range results {
		for _, s := range r.Scorecards {
			valued[s.Measure] = valued[s.Measure] || s.Value != nil
		}
	}
	for range c.Measures { // what a measure is made of has its use and its values
		for _, m := range c.Measures {
			for _, x := range m.Inputs {
				used[x.Measure], valued[x.Measure] = used[x.Measure] || used[m.ID], valued[x.Measure] || valued[m.ID]
			}
			if m.Standing != nil && m.Standing.Measure != "" {
				used[m.Standing.Measure], valued[m.Standing.Measure] = used[m.Standing.Measure] || used[m.ID], valued[m.Standing.Measure] || valued[m.ID]
			}
		}
	}
	for _, m := range c.Measures {
		switch {
		case m.Hidden || strings.Contains(m.ID, ":"): // written inside of another measure or a list
		case !used[m.ID]:
			out = append(out, fmt.Sprintf("%s:%d: %s is used by nothing of the example: make it a part of a shadow component in config/example/company/plans, or a row of management: in its carrot.yaml", m.Where.File, m.Where.Line, m.ID))
		case !valued[m.ID]:
			out = append(out, fmt.Sprintf("%s:%d: %s has no value in any close of the example: give its table rows in config/example, or correct its condition", m.Where.File, m.Where.Line, m.ID))
		}
	}
	return out
}

// reported says whether a section of the management report has a value of a measure.
func reported(c *config.Config, s *comp.Section, spec *comp.SectionSpec, id string) bool {
	title := ""
	for _, m := range c.Measures {
		if m.ID == id {
			title = m.Title
		}
	}
	value := slices.IndexFunc(s.Columns, func(c comp.SectionColumn) bool { return c.Title == "Value" })
	return slices.ContainsFunc(s.Rows, func(row []string) bool {
		if spec.Kind == "table" {
			return row[0] == title && row[value] != "-"
		}
		return !slices.Contains(row, "-") && !slices.Contains(row, "not enough data")
	})
}

// part is something that reports can set: a heading, a list's section, a kind of section for management, a sheet. Empty is what a
// sheet says that has no rows.
type part struct{ kind, name, empty, where string }

// renderable are the sections that package reports can set, as its source names them, and those that config gives it.
func renderable(t *testing.T, dir string) (out []part) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			from := len(out)
			ast.Inspect(d, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				sel, ok := call.Fun.(*ast.SelectorExpr)
				if !ok || len(call.Args) == 0 {
					return true
				}
				text, at := leftmost(call.Args[0]), fset.Position(call.Pos()).String()
				switch sel.Sel.Name {
				case "heading", "listed", "listTitle":
					out = append(out, part{"heading", text, "", at})
				case "sheet":
					out = append(out, part{"sheet", text, "", at})
				case "finish":
					for i := from; i < len(out); i++ {
						out[i].empty = text
					}
				}
				return true
			})
		}
	}
	for _, s := range comp.Sections {
		out = append(out, part{"list", s, "", "transform/comp/lists.go"})
	}
	keys, err := fs.ReadFile(os.DirFS("../config"), "keys.txt")
	if err != nil {
		t.Fatal(err)
	}
	_, line, _ := strings.Cut(string(keys), "management[].section!")
	line, _, _ = strings.Cut(line, "\n")
	for _, kind := range strings.FieldsFunc(strings.ReplaceAll(line, " or ", ","), func(r rune) bool { return r == ',' || r == ' ' }) {
		out = append(out, part{"section", kind, "", "config/keys.txt"})
	}
	return slices.DeleteFunc(out, func(p part) bool { return p.name == "" })
}

// leftmost is the text that an expression begins with; "" where it begins with none.
func leftmost(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, _ := strconv.Unquote(e.Value)
		return text
	case *ast.BinaryExpr:
		return leftmost(e.X)
	}
	return ""
}

// lookAt renders a result and marks what it shows.
func lookAt(t *testing.T, r *comp.Result, wanted []part, shown map[string]bool) {
	t.Helper()
	for _, s := range r.Statements {
		for _, l := range s.Lists {
			shown[l.Section] = shown[l.Section] || len(l.Rows) > 0
		}
	}
	mark := func(kind string, has func(part) bool) {
		for _, p := range wanted {
			if p.kind == kind && has(p) {
				shown[p.name] = true
			}
		}
	}
	err := reports.Render(r, reports.Options{Statements: true}, func(f reports.File) error {
		switch filepath.Ext(f.Path) {
		case ".pdf":
			if !slices.ContainsFunc(wanted, func(p part) bool { return p.kind == "heading" && !shown[p.name] && sectionsBesides[p.name] == "" }) {
				return nil
			}
			text, err := pdfWords(t.TempDir(), f.Bytes)
			mark("heading", func(p part) bool { return strings.Contains(text, p.name) })
			return err
		case ".xlsx":
			text, err := sheetWords(f.Bytes)
			mark("sheet", func(p part) bool {
				return strings.Contains(text, `name="`+p.name+`"`) && (p.empty == "" || !strings.Contains(text, p.empty))
			})
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// unshown are the wanted parts that nothing shows, with what to do about each, and those that are told to be shown elsewhere and are
// shown.
func unshown(wanted []part, shown map[string]bool) (out []string) {
	for _, p := range wanted {
		switch besides := sectionsBesides[p.name] != ""; {
		case !shown[p.name] && !besides:
			out = append(out, fmt.Sprintf("%s: the %s %q is in nothing that the example renders: give config/example/company what makes it (a list, a component, a section of management:)", p.where, p.kind, p.name))
		case shown[p.name] && besides:
			out = append(out, fmt.Sprintf("%s: the %s %q is in what the example renders: take it out of sectionsBesides", p.where, p.kind, p.name))
		}
	}
	return out
}

// pdfWords is the text of a PDF.
func pdfWords(dir string, pdf []byte) (string, error) {
	name := filepath.Join(dir, "a.pdf")
	if err := os.WriteFile(name, pdf, 0o600); err != nil {
		return "", err
	}
	text, err := exec.Command("pdftotext", "-enc", "UTF-8", name, "-").Output()
	if err != nil {
		return "", fmt.Errorf("pdftotext (apt-get install poppler-utils): %w", err)
	}
	return strings.Join(strings.Fields(string(text)), " "), nil
}

// sheetWords is all that stands in a workbook, as XML.
func sheetWords(book []byte) (string, error) {
	z, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			return "", err
		}
		if _, err := io.Copy(&b, r); err != nil {
			return "", err
		}
		if err := r.Close(); err != nil {
			return "", err
		}
	}
	return b.String(), nil
}
