package house

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
)

// Everything under transform/ is a pure function of archived bytes. These packages would let the machine in.
var impure = []string{"os", "net", "log", "math/rand", "crypto/rand", "syscall", "io/ioutil", "runtime", "unsafe", "plugin"}

// These names of package time read the machine's clock or zone.
var clock = []string{"Now", "Since", "Until", "Local", "LoadLocation", "After", "AfterFunc", "Tick", "NewTicker", "NewTimer", "Sleep"}

// Statistics draw from generators that they give a seed: these names alone make one.
const seeded = "math/rand/v2"

var generators = []string{"New", "NewPCG"}

// exports gives go/types the compiled form of every package that those under transform/ import.
func exports(t *testing.T, fset *token.FileSet) types.Importer {
	t.Helper()
	files := map[string]string{}
	for _, p := range goList(t, "-export", "-deps", "-json=ImportPath,Export", "./transform/...", "log/slog", "math/rand/v2") {
		files[p.ImportPath] = p.Export
	}
	return importer.ForCompiler(fset, "gc", func(name string) (io.ReadCloser, error) {
		if files[name] == "" {
			return nil, fmt.Errorf("%s: not compiled", name)
		}
		return os.Open(files[name])
	})
}

// purity type-checks one package and complains of impure imports, of names that read the clock, and, where floats is
// false, of everything whose type is a floating-point number, named or not (1.5, big.Rat's Float64).
func purity(dir string, all []source, imp types.Importer, floats bool) (out []string) {
	if len(all) == 0 {
		return nil
	}
	var files []*ast.File
	for _, s := range all {
		files = append(files, s.ast)
		for _, spec := range s.ast.Imports {
			name := strings.Trim(spec.Path.Value, `"`)
			if floats && name == seeded {
				continue // its names are looked at below
			}
			if slices.ContainsFunc(impure, func(bad string) bool { return within(name, bad) }) {
				out = append(out, fmt.Sprintf("%s: imports %s: pure code may not", s.at(spec.Pos()), name))
			}
		}
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}, Types: map[ast.Expr]types.TypeAndValue{}}
	conf := types.Config{Importer: imp, Error: func(err error) { out = append(out, "type check: "+err.Error()) }}
	_, _ = conf.Check(module+dir, all[0].fset, files, info)
	for _, s := range all {
		seen := map[int]bool{}
		ast.Inspect(s.ast, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				if o := info.Uses[id]; o != nil && o.Pkg() != nil && o.Pkg().Path() == "time" && slices.Contains(clock, o.Name()) {
					out = append(out, fmt.Sprintf("%s: names time.%s: pure code is told the time", s.at(id.Pos()), o.Name()))
				}
			}
			if id, ok := n.(*ast.Ident); ok {
				if f, ok := info.Uses[id].(*types.Func); ok && f.Pkg() != nil && f.Pkg().Path() == seeded && f.Signature().Recv() == nil && !slices.Contains(generators, f.Name()) {
					out = append(out, fmt.Sprintf("%s: names rand.%s: what is drawn comes from a generator with a seed", s.at(id.Pos()), f.Name()))
				}
			}
			if e, ok := n.(ast.Expr); ok && !floats && float(info.TypeOf(e)) {
				if line := s.fset.Position(e.Pos()).Line; !seen[line] {
					seen[line] = true
					out = append(out, s.at(e.Pos())+": a floating-point number: money is exact")
				}
			}
			return true
		})
	}
	return out
}

// float says whether values of the type, or one of several results, are floating-point or complex. An untyped constant
// that is nowhere made one is none.
func float(t types.Type) bool {
	switch t := t.(type) {
	case nil:
		return false
	case *types.Tuple:
		for i := range t.Len() {
			if float(t.At(i).Type()) {
				return true
			}
		}
		return false
	case *types.Slice:
		return float(t.Elem())
	case *types.Array:
		return float(t.Elem())
	case *types.Pointer:
		return float(t.Elem())
	case *types.Map:
		return float(t.Key()) || float(t.Elem())
	}
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&(types.IsFloat|types.IsComplex) != 0 && b.Info()&types.IsUntyped == 0
}

func TestPurity(t *testing.T) {
	packages := map[string][]source{}
	var dirs []string
	fset := token.NewFileSet()
	for _, s := range house(t) {
		dir := path.Dir(s.path)
		if s.test() || (dir != "transform" && !strings.HasPrefix(dir, "transform/")) {
			continue
		}
		if packages[dir] == nil {
			dirs = append(dirs, dir)
		}
		packages[dir] = append(packages[dir], parseInto(t, fset, s.path, s.text))
	}
	if len(dirs) < 2 {
		t.Fatalf("only %v under transform/", dirs)
	}
	imp := exports(t, fset)
	for _, dir := range dirs {
		report(t, purity(dir, packages[dir], imp, dir == "transform/stat"))
	}
}

func TestPuritySeesViolations(t *testing.T) {
	bad := `package p

import (
	"log/slog"
	"math/big"
	"math/rand/v2"
	clock "time"
)

type point struct{ x float64 }

func f(r *big.Rat) clock.Time {
	slog.Info("x")
	_ = rand.Int()
	v, _ := r.Float64()
	_ = v
	var time struct{ Now int }
	_ = time.Now
	half := 0.5
	_ = half
	const whole = 2.0
	_ = int(whole)
	zone := clock.Local
	return clock.Now().In(zone)
}
`
	fset := token.NewFileSet()
	files := []source{parseInto(t, fset, "transform/p/p.go", bad)}
	imp := exports(t, fset)
	impureOnes := []string{"p.go:4: imports log/slog", "p.go:23: names time.Local", "p.go:24: names time.Now"}
	mustComplain(t, purity("transform/p", files, imp, true), append(slices.Clone(impureOnes), "p.go:14: names rand.Int:")...)
	mustComplain(t, purity("transform/p", files, imp, false), append(impureOnes, "p.go:6: imports math/rand/v2", "p.go:14: names rand.Int:", "p.go:10: a floating", "p.go:15: a floating", "p.go:16: a floating",
		"p.go:19: a floating", "p.go:20: a floating")...)
}
