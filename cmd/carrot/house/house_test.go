// Package house holds the repository to its own rules: who imports whom, what pure code may touch, how long a function
// may be, what stands at the top level.
package house

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Each checker is a function from sources to complaints, and each is tried on a planted violation: a checker that finds
// nothing in bad code finds nothing in good code either.

const (
	maxFunction  = 60  // lines, signature and closing brace included
	maxFile      = 400 // lines; tests may be longer
	maxInterface = 3   // methods
)

// source is one parsed Go file; path is relative to the repository, with forward slashes.
type source struct {
	path string
	text string
	ast  *ast.File
	fset *token.FileSet
}

func (s source) test() bool { return strings.HasSuffix(s.path, "_test.go") }

// at is "path:line" of a node.
func (s source) at(p token.Pos) string { return fmt.Sprintf("%s:%d", s.path, s.fset.Position(p).Line) }

func parse(t *testing.T, name, text string) source {
	t.Helper()
	return parseInto(t, token.NewFileSet(), name, text)
}

// parseInto parses into a file set that a whole package shares, as type-checking needs it.
func parseInto(t *testing.T, fset *token.FileSet, name, text string) source {
	t.Helper()
	f, err := parser.ParseFile(fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return source{name, text, f, fset}
}

// house is every Go file of the repository, whatever machine it is built for. Folders that the go command skips
// (testdata, dot names) are skipped here too.
func house(t *testing.T) []source {
	t.Helper()
	root := filepath.Join("..", "..", "..")
	var all []source
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && name != root && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".")) {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") {
			return nil
		}
		b, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		all = append(all, parse(t, filepath.ToSlash(rel), string(b)))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 10 {
		t.Fatalf("only %d Go files found: the walk is broken", len(all))
	}
	return all
}

// report fails once for each complaint.
func report(t *testing.T, complaints []string) {
	t.Helper()
	for _, c := range complaints {
		t.Error(c)
	}
}

// mustComplain fails where the checker did not see the planted violation.
func mustComplain(t *testing.T, complaints []string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !slices.ContainsFunc(complaints, func(c string) bool { return strings.Contains(c, w) }) {
			t.Errorf("the planted violation %q was not seen; complaints were %q", w, complaints)
		}
	}
	if len(complaints) != len(want) {
		t.Errorf("%d complaints, %d violations were planted: %q", len(complaints), len(want), complaints)
	}
}

func sizes(all []source) (out []string) {
	for _, s := range all {
		if s.test() {
			continue
		}
		if n := strings.Count(s.text, "\n"); n > maxFile {
			out = append(out, fmt.Sprintf("%s: %d lines, at most %d: split where a second subject begins", s.path, n, maxFile))
		}
		ast.Inspect(s.ast, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				lines := s.fset.Position(n.End()).Line - s.fset.Position(n.Pos()).Line + 1
				if lines > maxFunction {
					out = append(out, fmt.Sprintf("%s: func %s has %d lines, at most %d", s.at(n.Pos()), n.Name.Name, lines, maxFunction))
				}
			case *ast.InterfaceType:
				methods := 0
				for _, f := range n.Methods.List {
					methods += len(f.Names)
				}
				if methods > maxInterface {
					out = append(out, fmt.Sprintf("%s: interface with %d methods, at most %d", s.at(n.Pos()), methods, maxInterface))
				}
			}
			return true
		})
	}
	return out
}

func TestSizes(t *testing.T) { report(t, sizes(house(t))) }

func TestSizesSeesViolations(t *testing.T) {
	long := "package p\n\nfunc long() {\n" + strings.Repeat("\tprintln()\n", 59) + "}\n"
	fits := "package p\n\nfunc fits() {\n" + strings.Repeat("\tprintln()\n", 58) + "}\n"
	wide := "package p\n\ntype Wide interface{ A(); B(); C(); D() }\n"
	file := "package p\n" + strings.Repeat("// a line\n", 400)
	mustComplain(t, sizes([]source{
		parse(t, "p/long.go", long), parse(t, "p/fits.go", fits), parse(t, "p/wide.go", wide), parse(t, "p/file.go", file),
		parse(t, "p/file_test.go", file), parse(t, "p/long_test.go", long),
	}), "p/long.go:3: func long has 61 lines", "p/wide.go:3: interface with 4", "p/file.go: 401 lines")
}

// names refuses package names that say nothing and init functions, which run because of an import.
func names(all []source) (out []string) {
	empty := []string{"utils", "util", "common", "helpers", "helper", "manager", "pkg", "internal", "types"}
	seen := map[string]bool{}
	for _, s := range all {
		for _, part := range append(strings.Split(path.Dir(s.path), "/"), s.ast.Name.Name) {
			if key := path.Dir(s.path) + " " + part; slices.Contains(empty, part) && !seen[key] {
				seen[key] = true
				out = append(out, fmt.Sprintf("%s: a package called %s says nothing about what is in it", path.Dir(s.path), part))
			}
		}
		for _, d := range s.ast.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				out = append(out, s.at(f.Pos())+": func init: call it by name from where it is needed")
			}
		}
	}
	return out
}

func TestNames(t *testing.T) { report(t, names(house(t))) }

func TestNamesSeesViolations(t *testing.T) {
	mustComplain(t, names([]source{
		parse(t, "jobs/utils/a.go", "package utils\n"), parse(t, "jobs/b.go", "package common\n"),
		parse(t, "jobs/c.go", "package jobs\n\nfunc init() {}\n\ntype T int\n\nfunc (T) init() {}\n"),
	}), "jobs/utils: ", "called common", "jobs/c.go:3: func init")
}

// comments asks for a package comment in each package and a comment on each exported name outside tests.
func comments(all []source) (out []string) {
	documented, where := map[string]bool{}, []string{}
	for _, s := range all {
		if s.test() {
			continue
		}
		dir := path.Dir(s.path)
		if _, known := documented[dir]; !known {
			where = append(where, dir)
			documented[dir] = false
		}
		if s.ast.Doc.Text() != "" {
			documented[dir] = true
		}
		for _, d := range s.ast.Decls {
			out = append(out, undocumented(s, d)...)
		}
	}
	for _, dir := range where {
		if !documented[dir] {
			out = append(out, dir+": no package comment")
		}
	}
	return out
}

func undocumented(s source, d ast.Decl) (out []string) {
	complain := func(n *ast.Ident) {
		out = append(out, fmt.Sprintf("%s: exported %s has no comment", s.at(n.Pos()), n.Name))
	}
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Name.IsExported() && d.Doc.Text() == "" && (d.Recv == nil || exportedReceiver(d.Recv)) {
			complain(d.Name)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				if spec.Name.IsExported() && spec.Doc.Text() == "" && d.Doc.Text() == "" {
					complain(spec.Name)
				}
			case *ast.ValueSpec:
				// A comment on a group of constants speaks for all of them.
				for _, n := range spec.Names {
					if n.IsExported() && spec.Doc.Text() == "" && spec.Comment.Text() == "" && d.Doc.Text() == "" {
						complain(n)
					}
				}
			}
		}
	}
	return out
}

func exportedReceiver(recv *ast.FieldList) bool {
	e := recv.List[0].Type
	for {
		switch x := e.(type) {
		case *ast.StarExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.IndexListExpr:
			e = x.X
		case *ast.Ident:
			return x.IsExported()
		default:
			return true
		}
	}
}

func TestComments(t *testing.T) { report(t, comments(house(t))) }

func TestCommentsSeesViolations(t *testing.T) {
	bad := `package p

type Bare struct{}

func (*Bare) Method() {}

func Func() {}

const Const = 1

var Var int

type hidden struct{}

func (hidden) Fine() {}

// Said has a comment.
type Said[T any] struct{}

func (Said[T]) Get() {}

// The group speaks for both.
const (
	A = 1
	B = 2
)

func small() {}
`
	mustComplain(t, comments([]source{parse(t, "p/p.go", bad), parse(t, "q/q.go", "// Package q is fine.\npackage q\n"),
		parse(t, "q/q_test.go", "package q\n\nfunc TestX() {}\n")}),
		"p/p.go:3: exported Bare", "exported Method", "exported Func", "exported Const", "exported Var", "exported Get", "p: no package comment")
}

// layout holds the top level to the names that were agreed; dot names and what .gitignore names are not looked at.
func layout(entries, ignored []string) (out []string) {
	allowed := []string{"jobs", "connectors", "transform", "reports", "cmd", "config", "go.mod", "go.sum", "README.md", "CHANGELOG.md", "LICENSE"}
	for _, e := range entries {
		if strings.HasPrefix(e, ".") || slices.Contains(allowed, e) {
			continue
		}
		if slices.ContainsFunc(ignored, func(p string) bool {
			ok, _ := path.Match(strings.Trim(p, "/"), e)
			return ok
		}) {
			continue
		}
		out = append(out, e+": not a name of the top level; it belongs under one of "+strings.Join(allowed[:6], ", "))
	}
	for _, a := range allowed {
		if !slices.Contains(entries, a) {
			out = append(out, a+": missing at the top level")
		}
	}
	return out
}

func TestLayout(t *testing.T) {
	root := filepath.Join("..", "..", "..")
	dir, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	var entries []string
	for _, e := range dir {
		entries = append(entries, e.Name())
	}
	ignore, err := os.ReadFile(filepath.Join(root, ".gitignore"))
	if err != nil {
		t.Fatal(err)
	}
	report(t, layout(entries, strings.Fields(string(ignore))))
}

func TestLayoutSeesViolations(t *testing.T) {
	entries := []string{".ci", ".gitignore", "jobs", "connectors", "transform", "reports", "cmd", "config", "go.mod", "go.sum",
		"README.md", "LICENSE", "tools", "carrot-demo", "x.test"}
	mustComplain(t, layout(entries, []string{"/carrot-demo/", "*.test"}), "tools: not a name", "CHANGELOG.md: missing")
}
