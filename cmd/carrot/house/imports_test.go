package house

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// listed is what `go list -json` says of a package, as far as it is used here.
type listed struct {
	ImportPath string
	Standard   bool
	Imports    []string
	Deps       []string
	Export     string
}

// goList runs go list in the repository. Packages that do not build are listed too: their imports are known all the same.
func goList(t *testing.T, args ...string) []listed {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-e"}, args...)...)
	cmd.Dir = filepath.Join("..", "..", "..")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.Bytes())
	}
	var all []listed
	dec := json.NewDecoder(bytes.NewReader(out))
	for {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

const module = "carrot/"

// edges is the import table: which of our packages a package may import. The first pattern that matches counts.
var edges = []struct {
	pkg string
	may []string
}{
	{"transform/comp", nil},
	{"transform/stat", []string{"transform/comp"}},
	{"transform/naive", []string{"transform/comp", "transform/stat"}},
	{"transform", []string{"transform/comp", "transform/stat"}},
	{"connectors", []string{"transform", "transform/comp"}},
	{"connectors/*", []string{"connectors", "transform", "transform/comp"}},
	{"reports", []string{"transform/comp"}},
	{"jobs/archive", []string{"transform/comp"}},
	{"jobs/archive/*", []string{"jobs/archive", "transform/comp"}},
	{"config", []string{"connectors", "transform", "transform/comp"}},
	{"config/measures", nil},
	{"config/detectors", nil},
	{"config/templates", nil},
	{"config/example", []string{"config/example/truth", "config/measures", "transform/comp"}},
	{"config/example/truth", []string{"transform/comp"}},
	{"jobs", []string{"transform", "transform/comp", "transform/stat", "transform/naive", "connectors", "reports", "jobs/archive", "jobs/plans", "config"}},
	{"jobs/plans", []string{"transform", "transform/comp", "config", "reports"}},
	{"cmd/carrot", []string{"*", "*/*", "*/*/*"}},
	{"cmd/carrot/house", nil}, // these tests
}

// outside says which of our packages may import a module of others. A module without a row may be imported by none;
// what only tests need has no row, so that nothing of it is linked into the program.
var outside = []struct {
	module string
	may    []string
}{
	{"github.com/apache/arrow/go/v15", []string{"transform", "connectors", "connectors/*", "reports", "config/example", "jobs", "jobs/plans"}},
	{"github.com/xuri/excelize/v2", []string{"reports", "connectors", "config/example"}},
	{"codeberg.org/go-pdf/fpdf", []string{"reports"}},
	{"cel.dev/cel-go", []string{"config"}},
	{"filippo.io/age", []string{"config", "jobs/archive"}},
	{"gonum.org/v1/gonum", []string{"transform/stat"}},
	{"go.yaml.in/yaml/v4", []string{"config"}},
	{"cloud.google.com/go/storage", []string{"jobs/archive/gcs"}},
	{"google.golang.org/api", []string{"jobs/archive/gcs"}},
	{"github.com/go-co-op/gocron/v2", []string{"jobs"}},
	{"github.com/jonboulle/clockwork", []string{"jobs", "cmd/carrot"}}, // gocron's clock
	{"github.com/klauspost/compress", []string{"jobs/archive", "connectors"}},
	{"github.com/zeebo/xxh3", []string{"transform"}},
	{"github.com/go-fonts/liberation", []string{"reports"}},
	{"golang.org/x/sync", []string{"jobs"}},
	{"golang.org/x/text", []string{"connectors", "config/example", "reports"}},
	{"github.com/spf13/cobra", []string{"cmd/carrot"}},
	{"github.com/vbauerster/mpb/v8", []string{"cmd/carrot"}},
	{"github.com/google/go-cmp", []string{"*/*test", "*/*/*test"}},
	{"testing", []string{"*/*test", "*/*/*test"}},
}

// reached says which of our packages may reach a module through others. The rest must build without it.
var reached = []struct {
	module string
	may    []string
}{
	{"cloud.google.com/go/storage", []string{"jobs/archive/gcs", "cmd/carrot"}},
	{"cel.dev/cel-go", []string{"config", "jobs", "jobs/plans", "cmd/carrot"}},
	{"github.com/apache/arrow/go/v15", []string{"transform", "connectors", "connectors/*", "reports", "config", "config/example", "jobs", "jobs/plans", "cmd/carrot"}},
	{"github.com/fsouza/fake-gcs-server", nil},
}

func matches(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		ok, _ := path.Match(p, name)
		return ok
	})
}

// within says whether an import path is the module or lies in it.
func within(imported, module string) bool {
	return imported == module || strings.HasPrefix(imported, module+"/")
}

func standard(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return !strings.Contains(first, ".")
}

func imports(all []listed) (out []string) {
	for _, p := range all {
		name := strings.TrimPrefix(p.ImportPath, module)
		row := slices.IndexFunc(edges, func(e struct {
			pkg string
			may []string
		}) bool {
			return matches([]string{e.pkg}, name)
		})
		if row < 0 {
			out = append(out, fmt.Sprintf("%s: no row in the import table: add one to edges", name))
			continue
		}
		for _, imp := range p.Imports {
			if ours, is := strings.CutPrefix(imp, module); is {
				if !matches(edges[row].may, ours) {
					out = append(out, fmt.Sprintf("%s imports %s; it may import %v of ours", name, ours, edges[row].may))
				}
				continue
			}
			if standard(imp) && !within(imp, "testing") {
				continue
			}
			if i := slices.IndexFunc(outside, func(o struct {
				module string
				may    []string
			}) bool {
				return within(imp, o.module)
			}); i < 0 {
				out = append(out, fmt.Sprintf("%s imports %s, which has no row in the table of modules", name, imp))
			} else if !matches(outside[i].may, name) {
				out = append(out, fmt.Sprintf("%s imports %s, which is for %v alone", name, imp, outside[i].may))
			}
		}
		out = append(out, reaches(name, p.Deps)...)
	}
	return out
}

func reaches(name string, deps []string) (out []string) {
	for _, r := range reached {
		if i := slices.IndexFunc(deps, func(d string) bool { return within(d, r.module) }); i >= 0 && !matches(r.may, name) {
			out = append(out, fmt.Sprintf("%s reaches %s through its imports; only %v may", name, deps[i], r.may))
		}
	}
	return out
}

func TestImports(t *testing.T) {
	all := goList(t, "-json=ImportPath,Standard,Imports,Deps", "./...")
	if len(all) < 3 {
		t.Fatalf("go list gave only %d packages", len(all))
	}
	report(t, imports(all))
}

func TestImportsSeesViolations(t *testing.T) {
	mustComplain(t, imports([]listed{
		{ImportPath: "carrot/transform/comp", Imports: []string{"math/big", "carrot/transform"}},
		{ImportPath: "carrot/transform", Imports: []string{"carrot/transform/comp", "carrot/transform/stat", "github.com/apache/arrow/go/v15/arrow"}},
		{ImportPath: "carrot/reports", Imports: []string{"cel.dev/cel-go/cel", "github.com/xuri/excelize/v2"}},
		{ImportPath: "carrot/jobs", Imports: []string{"carrot/jobs/archive/gcs"}, Deps: []string{"carrot/jobs/archive/gcs", "cloud.google.com/go/storage"}},
		{ImportPath: "carrot/jobs/archive/gcs", Imports: []string{"cloud.google.com/go/storage"}, Deps: []string{"cloud.google.com/go/storage"}},
		{ImportPath: "carrot/jobs/archive/s3", Imports: []string{"cloud.google.com/go/storage/internal"}},
		{ImportPath: "carrot/connectors/zendesk", Imports: []string{"carrot/connectors/salesforce", "example.com/unknown"}},
		{ImportPath: "carrot/config/example/truth", Imports: []string{"carrot/transform"}},
		{ImportPath: "carrot/cmd/carrot", Imports: []string{"carrot/jobs/archive/gcs", "carrot/jobs", "testing/iotest"}, Deps: []string{"github.com/fsouza/fake-gcs-server/fakestorage"}},
		{ImportPath: "carrot/garage"},
	}),
		"transform/comp imports transform;", "reports imports cel.dev/cel-go/cel", "jobs imports jobs/archive/gcs", "jobs reaches cloud.google.com/go/storage",
		"jobs/archive/s3 imports cloud.google.com/go/storage/internal", "connectors/zendesk imports connectors/salesforce", "connectors/zendesk imports example.com/unknown",
		"config/example/truth imports transform;", "cmd/carrot imports testing/iotest", "cmd/carrot reaches github.com/fsouza", "garage: no row")
}
